package smev3_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/ra/goskey/smev3"
)

var (
	request = smev3.Request{
		ID: "Q-1", At: start, SNILS: "11223344595", Expires: start.Add(24 * time.Hour), Description: "Заявление <и «запрос» & прочее",
		Documents: []smev3.Document{
			{"doc-1", "ATTACHMENT_1", "application/pdf", "a \"b\".pdf", "ATTACHMENT_2"}, {"doc-2", "ATTACHMENT_3", "text/plain", "b", "ATTACHMENT_4"},
		},
		Backlink: "https://ra.example.org/?a=1&b=2", OrgName: "ООО «Сургуч»",
	}
	responses = map[string]smev3.Response{
		"signed":   {Signatures: []smev3.Signature{{"doc-1", "ATTACHMENT_1"}, {"doc-2", "ATTACHMENT_2"}}},
		"rejected": {Rejected: true},
		"an error": {Code: "4"},
		"interim":  {Interim: true},
	}
)

// full is a response with what all have.
func full(r smev3.Response) smev3.Response {
	r.ID, r.RequestID, r.At, r.SNILS = "A-1", "Q-1", start, "11223344595"
	return r
}

func TestDocuments(t *testing.T) {
	raw, err := request.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := smev3.ParseRequest(raw); err != nil || !reflect.DeepEqual(*got, request) {
		t.Errorf("got %+v, %v, want %+v", got, err, request)
	}
	for _, want := range []string{`routeNumber="MNSV03"`, "<SNILS>112-233-445 95</SNILS>", "<signExp>2026-11-24T10:00:00.000+03:00</signExp>"} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("got %s, want %s in it", raw, want)
		}
	}
	for what, r := range responses {
		r = full(r)
		if got, err := smev3.ParseResponse(r.Marshal()); err != nil || !reflect.DeepEqual(*got, r) {
			t.Errorf("%s: got %+v, %v, want %+v", what, got, err, r)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	raw, err := request.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string][2]string{
		"another namespace": {"UKEP/1.0.0", "UKEP/2.0.0"},
		"another root":      {"RequestSignUkep", "RequestSigContract"},
		"two SNILS":         {"<SNILS>", "<SNILS/><SNILS>"},
		"a bare SNILS":      {"112-233-445 95", "11223344595"},
		"no time":           {"2026-11-24T", "2026-11-34T"},
		"an id twice":       {"doc-2", "doc-1"},
		"no signature":      {"<Signature docId=\"sig-doc-1\"", "<Sign docId=\"sig-doc-1\""},
		"a bracket":         {"прочее", "прочее &gt;"},
		"trailing":          {"</RequestSignUkep>", "</RequestSignUkep>more"},
	} {
		changed := strings.ReplaceAll(string(raw), change[0], change[1])
		if changed == string(raw) {
			t.Fatalf("%s: nothing is changed", what)
		}
		if r, err := smev3.ParseRequest([]byte(changed)); r != nil || err == nil {
			t.Errorf("%s: got %v, want it refused", what, r)
		}
	}
	signed := full(responses["signed"])
	for what, change := range map[string][2]string{
		"no request":    {`ReqId="Q-1"`, ""},
		"both at once":  {"</ResponseSignUkep>", "<SignReject/></ResponseSignUkep>"},
		"nothing":       {"Documents>", "Papers>"},
		"no attachment": {`uuid="ATTACHMENT_1"`, ""},
		"no SNILS":      {"SNILS", "OID"},
	} {
		changed := strings.ReplaceAll(string(signed.Marshal()), change[0], change[1])
		if changed == string(signed.Marshal()) {
			t.Fatalf("%s: nothing is changed", what)
		}
		if r, err := smev3.ParseResponse([]byte(changed)); r != nil || err == nil {
			t.Errorf("%s: got %v, want it refused", what, r)
		}
	}
}

func FuzzParseRequest(f *testing.F) {
	raw, err := request.Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := smev3.ParseRequest(raw)
		if (r == nil) != (err != nil) {
			t.Fatalf("got %v with %v", r, err)
		}
		if err != nil || r.OrgName == "" {
			return
		}
		again, err := r.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		back, err := smev3.ParseRequest(again)
		if err != nil {
			t.Fatal(err)
		}
		back.At, back.Expires = r.At, r.Expires // written to the millisecond
		if !reflect.DeepEqual(back, r) {
			t.Fatalf("got %v, want %v", back, r)
		}
	})
}

func FuzzParseResponse(f *testing.F) {
	for _, r := range responses {
		r = full(r)
		f.Add(r.Marshal())
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := smev3.ParseResponse(raw)
		if (r == nil) != (err != nil) {
			t.Fatalf("got %v with %v", r, err)
		}
		if err != nil {
			return
		}
		back, err := smev3.ParseResponse(r.Marshal())
		if err != nil {
			t.Fatal(err)
		}
		back.At = r.At // written to the millisecond
		if !reflect.DeepEqual(back, r) {
			t.Fatalf("got %v, want %v", back, r)
		}
	})
}
