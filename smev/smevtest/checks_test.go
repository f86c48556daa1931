package smevtest_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/internal/uuid"
	"github.com/surguch/surguch/smev/smevtest"
)

// Of several faults in one request the first check speaks.
func TestChecksInOrder(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	sent := b.send("123456", "")
	request := func(id string, content string) string {
		return b.message(&soap.SendRequest{MessageID: id, ReferenceMessageID: id, Content: []byte(content)})
	}
	at := func(d time.Duration) string { return uuid.At(start.Add(d), [8]byte{}) }
	good, foreign := string(business(t, "123456")), `<r xmlns="urn:x"/>`
	for _, c := range []struct{ name, doc, want string }{
		{"no XML", "<", "soap:Client"},
		{"no operation", `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>`, "soap:Client"},
		{"another version", strings.ReplaceAll(request(at(0), good), "types/1.2", "types/1.1"), "soap:Client"},
		{"no content, bad id", request("x", ""), "InvalidContent SMEV-403"},
		{"two documents", request(at(0), good+good), "InvalidContent SMEV-403"},
		{"bad id, foreign type", request("x", foreign), "InvalidMessageIdFormat SMEV-300"},
		{"upper case", request(strings.ToUpper(sent), good), "InvalidMessageIdFormat SMEV-300"},
		{"random id", request("39f52a38-9a54-41ea-b23a-3316e2108089", good), "InvalidMessageIdFormat SMEV-300"},
		{"too old, foreign type", request(at(-48*time.Hour-time.Second), foreign), "StaleMessageId "},
		{"from the future", request(at(11*time.Minute), good), "StaleMessageId "},
		{"repeated, foreign type", request(sent, foreign), "MessageIsAlreadySent SMEV-301"},
		{"foreign type", request(at(0), foreign), "BusinessDataTypeIsNotSupported "},
	} {
		status, reply := b.post("SendRequest", c.doc)
		if got := describe(t, reply); status != http.StatusInternalServerError || got != c.want {
			t.Errorf("%s: got %d %s, want %s", c.name, status, got, c.want)
		}
	}
	if b.Filed() != 1 {
		t.Errorf("%d filed, want 1: refused requests are not stored", b.Filed())
	}
	for _, d := range []time.Duration{-48 * time.Hour, 10 * time.Minute} {
		if status, reply := b.post("SendRequest", request(at(d), good)); status != http.StatusOK {
			t.Errorf("an id of %v: %s", d, reply)
		}
	}
	for operation, doc := range map[string]string{
		"GetResponse": strings.ReplaceAll(b.message(&soap.GetResponse{At: start}), "Timestamp", "Time"),
		"Ack":         strings.ReplaceAll(b.message(&soap.Ack{Target: sent}), ` accepted="false"`, ""),
	} {
		if _, reply := b.post(operation, doc); describe(t, reply) != "InvalidContent SMEV-403" {
			t.Errorf("%s: got %s", operation, reply)
		}
	}
	if _, reply := b.post("Ack", b.message(&soap.GetResponse{At: start})); describe(t, reply) != "soap:Client" {
		t.Errorf("SOAPAction of another operation: %s", reply)
	}
}

// describe names the fault of a reply and its number, or the faultcode.
func describe(t *testing.T, reply string) string {
	t.Helper()
	body, err := soap.ReadEnvelope([]byte(reply))
	if err != nil {
		t.Fatal(err)
	}
	f := soap.ReadFault(body)
	switch {
	case f == nil:
		return "no fault"
	case f.Name == "":
		return f.FaultCode
	}
	return f.Name + " " + regexp.MustCompile(`^SMEV-\d+|`).FindString(f.Description)
}

// A business document that breaks its schema is taken and rejected later.
func TestAsynchronousCheck(t *testing.T) {
	good := string(business(t, "123456"))
	snils, err := smev.SNILSValidation101().Build(smev.Subject{LastName: "А", FirstName: "Б", Gender: smev.Male, SNILS: "11223344595", BirthDate: start})
	if err != nil {
		t.Fatal(err)
	}
	inn, err := smev.PassportINN247().Build(smev.Subject{
		LastName: "А", FirstName: "Б", INN: "500100732259", Passport: smev.Passport{Series: "4501", Number: "123456", Issued: start},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, doc := range []string{
		strings.Replace(good, "<sovm:number>123456", "<sovm:number>12345", 1),
		strings.Replace(good, "<sovm:series>", "<sovm:series>N", 1),
		strings.Replace(good, "<tns:requestInfo>", "<tns:requestInfo/><tns:requestInfo>", 1),
		strings.Replace(good, "<sovm:familyName>", "<sovm:familyName>X", 1),
		strings.Replace(string(snils), "11223344595", "112-233-445 95", 1),
		strings.Replace(string(snils), "Male", "M", 1),
		strings.Replace(string(snils), "tns:Snils>", "tns:SNILS>", 2),
		strings.Replace(string(inn), "45 01 123456", "4501123456", 1),
		strings.Replace(string(inn), `"21"`, `"07"`, 1),
		strings.Replace(string(inn), "500100732259", "50010073225", 1),
	} {
		b := newBench(t, smevtest.Config{})
		id := b.ids.New()
		if status, reply := b.post("SendRequest", b.message(&soap.SendRequest{MessageID: id, ReferenceMessageID: id, Content: []byte(doc)})); status != http.StatusOK {
			t.Fatalf("%s: %s", doc, reply)
		}
		b.clock.Advance(time.Second)
		r := b.get(soap.GetResponse{})
		if r == nil || r.Async == nil || r.Async.Category != "requestIsRejectedBySmev" || r.Async.OriginalMessageID != id || r.Async.Fault.Name != "InvalidContent" {
			t.Errorf("%s: got %+v", doc, r)
		}
	}
}

func TestHTTP(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	for name, c := range map[string]struct {
		method, kind, body string
		want               int
	}{
		"GET":       {http.MethodGet, "text/xml", "", http.StatusMethodNotAllowed},
		"JSON":      {http.MethodPost, "application/json", "{}", http.StatusUnsupportedMediaType},
		"no type":   {http.MethodPost, "", "", http.StatusUnsupportedMediaType},
		"too large": {http.MethodPost, "text/xml", strings.Repeat(" ", 5<<20+1), http.StatusRequestEntityTooLarge},
	} {
		r := httptest.NewRequest(c.method, "/", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		w := httptest.NewRecorder()
		b.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: got %d, want %d", name, w.Code, c.want)
		}
	}
}

func TestInjectedOnce(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	b.Inject("GetResponse", smevtest.Busy, smevtest.None, smevtest.Failure)
	doc := b.message(&soap.GetResponse{At: start})
	for i, want := range []int{503, 200, 500, 200} {
		if status, _ := b.post("GetResponse", doc); status != want {
			t.Errorf("request %d: got %d, want %d", i, status, want)
		}
	}
}
