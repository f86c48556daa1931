package epgu

import (
	"archive/zip"
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
)

var sample = Form{
	Level: ra.UnqualifiedLevel, SNILS: "11223344595", Description: "Заявление <и> «запрос» & прочее",
	Backlink: "https://ra.example.org/?a=1&b=2", Expires: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC),
	OrgName: "ООО «Сургуч»", OrgINN: "7707083893",
}

func TestForm(t *testing.T) {
	for _, level := range []ra.Level{ra.QualifiedLevel, ra.UnqualifiedLevel} {
		for layout, documents := range map[Layout][]FormDocument{Flat: nil, Nested: {{"a.pdf", "application/pdf"}, {"b.txt", ""}}} {
			f := sample
			f.Level, f.Documents = level, documents
			raw, err := f.Marshal(layout)
			if err != nil {
				t.Fatal(err)
			}
			got, err := ParseForm(raw)
			if err != nil || !reflect.DeepEqual(*got, f) {
				t.Errorf("got %+v, %v, want %+v", got, err, f)
			}
			for _, want := range []string{"<Snils>112-233-445 95</Snils>", "<SignExpiration>2026-11-23T12:00:00.000+03:00</SignExpiration>"} {
				if !strings.Contains(string(raw), want) {
					t.Errorf("got %s, want %s in it", raw, want)
				}
			}
		}
	}
}

func TestParseFormRefuses(t *testing.T) {
	good, err := sample.Marshal(Flat)
	if err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string][2]string{
		"another namespace": {"sign_document/1.0.0", "sign_document/2.0.0"},
		"another root":      {"SignRequest", "SignAnswer"},
		"two SNILS":         {"<Snils>", "<Snils>112-233-445 95</Snils><Snils>"},
		"a bare SNILS":      {"112-233-445 95", "11223344595"},
		"letters in SNILS":  {"112-233-445 95", "112-233-445 9x"},
		"no expiry":         {"SignExpiration", "Expiration"},
		"no time":           {"2026-11-23T", "2026-13-23T"},
		"no orgINN":         {"orgINN", "INN"},
		"orgName twice":     {"orgINN", "orgName"},
		"a short INN":       {"7707083893", "770708389"},
		"not closed":        {"</SignRequest>", ""},
		"trailing":          {"</SignRequest>", "</SignRequest><a/>"},
		"both layouts":      {"</SignRequest>", "<Document/></SignRequest>"},
	} {
		raw := strings.ReplaceAll(string(good), change[0], change[1])
		if raw == string(good) {
			t.Fatalf("%s: nothing is changed", what)
		}
		if f, err := ParseForm([]byte(raw)); f != nil || err == nil {
			t.Errorf("%s: got %v, want it refused", what, f)
		}
	}
	nested := sample
	nested.Documents = []FormDocument{{"a.pdf", "application/pdf"}, {"b.pdf", "application/pdf"}}
	raw, err := nested.Marshal(Nested)
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]string{
		"one expires later": strings.Replace(string(raw), "2026-11-23T12", "2026-11-23T13", 1),
		"a document no id":  strings.Replace(string(raw), "DocumentId>", "Id>", 2),
	} {
		if f, err := ParseForm([]byte(c)); f != nil || err == nil {
			t.Errorf("%s: got %v, want it refused", what, f)
		}
	}
}

// packed is a ZIP of files, each name followed by its content.
func packed(t testing.TB, files ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err == nil {
			_, err = w.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestArchive(t *testing.T) {
	a := Archive{Form: File{"req.xml", []byte("<a/>"), []byte("s")}, Documents: []File{
		{"заявление.pdf", []byte("%PDF"), []byte("s1")}, {"Ё ’,_.txt", []byte{}, []byte("s2")},
	}}
	raw, err := a.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseArchive(raw)
	if err != nil || !reflect.DeepEqual(*got, a) {
		t.Errorf("got %v, %v, want %v", got, err, a)
	}
}

func TestParseArchiveRefuses(t *testing.T) {
	for what, files := range map[string][]string{
		"nothing":             {},
		"no form":             {"a.pdf", "a", "a.pdf.sig", "s"},
		"no documents":        {"req.xml", "a", "req.xml.sig", "s"},
		"a document unsigned": {"req.xml", "a", "req.xml.sig", "s", "a.pdf", "a"},
		"a form unsigned":     {"req.xml", "a", "a.pdf", "a", "a.pdf.sig", "s"},
		"a lone signature":    {"req.xml", "a", "req.xml.sig", "s", "a.pdf", "a", "b.pdf.sig", "s"},
		"a folder":            {"req.xml", "a", "req.xml.sig", "s", "d/a.pdf", "a", "d/a.pdf.sig", "s"},
		"twice":               {"req.xml", "a", "req.xml", "a", "req.xml.sig", "s", "a.pdf", "a", "a.pdf.sig", "s"},
		"another kind":        {"req.xml", "a", "req.xml.sig", "s", "a.exe", "a", "a.exe.sig", "s"},
	} {
		if a, err := ParseArchive(packed(t, files...)); a != nil || err == nil {
			t.Errorf("%s: got %v, want it refused", what, a)
		}
	}
	// A file that unpacks to more than a package may be.
	bomb := packed(t, "req.xml", "a", "req.xml.sig", "s", "a.txt", strings.Repeat("0", 1<<20), "a.txt.sig", "s")
	for limit, want := range map[int64]bool{1 << 20: false, 1<<20 + 4: true} {
		if a, err := parseArchive(bomb, limit); (err == nil) != want {
			t.Errorf("%d octets unpacked to %d: got %v, %v", len(bomb), limit, a != nil, err)
		}
	}
}

func TestParseOrder(t *testing.T) {
	for what, c := range map[string]struct {
		raw  string
		want ra.OperationState // "": an error
	}{
		"a string":    {`{"code":"OK","message":null,"order":"{\"orderStatusId\":17}"}`, ra.AwaitingUser},
		"an object":   {`{"code":"OK","order":{"orderStatusId":3,"orderResponseFiles":[]}}`, ra.Signed},
		"a draft":     {`{"code":"OK","order":{"orderStatusId":0}}`, ra.AwaitingUser},
		"refused":     {`{"code":"OK","order":{"orderStatusId":4,"currentStatusHistory":{"title":"Отказ в подписании","comment":"SIGN_REJECT"}}}`, ra.RefusedByUser},
		"expired":     {`{"code":"OK","order":{"orderStatusId":4,"currentStatusHistory":{"title":"Срок подписания ИСТЁК"}}}`, ra.SigningExpired},
		"expired too": {`{"code":"OK","order":{"orderStatusId":4,"currentStatusHistory":{"comment":"expired"}}}`, ra.SigningExpired},
		"nobody":      {`{"code":"OK","order":{"orderStatusId":5,"currentStatusHistory":{"comment":"SNILS_NOT_FOUND"}}}`, ra.SignerNotFound},
		"failed":      {`{"code":"OK","order":{"orderStatusId":5}}`, ""},
		"unknown":     {`{"code":"OK","order":{"orderStatusId":99}}`, ""},
	} {
		o, err := parseOrder([]byte(c.raw))
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if got, err := o.state(); got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s: got %v, %v, want %v", what, got, err, c.want)
		}
	}
	for _, raw := range []string{`{"code":"OK"}`, `{"code":"OK","order":null}`, `{"code":"OK","order":""}`} {
		if o, err := parseOrder([]byte(raw)); o != nil || err != nil {
			t.Errorf("%s: got %v, %v, want no order yet", raw, o, err)
		}
	}
	for _, raw := range []string{``, `[]`, `{}`, `{"code":"OK","order":"{"}`, `{"code":"OK","order":{}}`, `{"code":"bad_request"}`} {
		if o, err := parseOrder([]byte(raw)); o != nil || err == nil {
			t.Errorf("%s: got %v, want an error", raw, o)
		}
	}
}

func TestParseLink(t *testing.T) {
	if number, mnemonic, ok := parseLink("terrabyte://00/21001646170/заявление.pdf.sig/3"); !ok || number != "21001646170" || mnemonic != "заявление.pdf.sig" {
		t.Errorf("got %s, %s, %v", number, mnemonic, ok)
	}
	for _, link := range []string{
		"", "terrabyte://00/1/a", "terrabyte://00/1/a/2", "terrabyte://00//a/3", "terrabyte://00/1//3", "terrabyte://00/../a/3",
		"https://00/1/a/3", "terrabyte://00/1/a/b/3", "terrabyte://00/" + strings.Repeat("1", 21) + "/a/3",
	} {
		if _, _, ok := parseLink(link); ok {
			t.Errorf("%s: got ok", link)
		}
	}
}

func TestWindow(t *testing.T) {
	w, at := NewWindow(Quota{3, time.Minute}), time.Unix(0, 0)
	for i := range 3 {
		if _, ok := w.Take(at.Add(time.Duration(i) * time.Second)); !ok {
			t.Fatalf("act %d is refused", i)
		}
	}
	if until, ok := w.Take(at.Add(59 * time.Second)); ok || !until.Equal(at.Add(time.Minute)) {
		t.Errorf("got %v, %v, want a refusal until the first is a minute old", until, ok)
	}
	for _, s := range []int{60, 61, 62} {
		if _, ok := w.Take(at.Add(time.Duration(s) * time.Second)); !ok {
			t.Errorf("after %d s: refused", s)
		}
	}
	if _, ok := w.Take(at.Add(119 * time.Second)); ok {
		t.Error("four within a minute: got ok")
	}
}

func FuzzParseForm(f *testing.F) {
	for _, l := range []Layout{Flat, Nested} {
		s := sample
		s.Documents = []FormDocument{{"a.pdf", "application/pdf"}}
		raw, err := s.Marshal(l)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		form, err := ParseForm(raw)
		if (form == nil) != (err != nil) {
			t.Fatalf("got %v with %v", form, err)
		}
		if err != nil {
			return
		}
		layout := Flat
		if len(form.Documents) > 0 {
			layout = Nested
		}
		again, err := form.Marshal(layout)
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParseForm(again)
		if err != nil || back.Expires.Sub(form.Expires).Abs() >= time.Millisecond {
			t.Fatalf("got %v, %v, want %v", back, err, form)
		}
		back.Expires = form.Expires // written to the millisecond
		if !reflect.DeepEqual(back, form) {
			t.Fatalf("got %v, want %v", back, form)
		}
	})
}

func FuzzParseArchive(f *testing.F) {
	f.Add(packed(f, "req.xml", "a", "req.xml.sig", "s", "a.pdf", "b", "a.pdf.sig", "s"))
	f.Add(packed(f))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := ParseArchive(raw)
		if (a == nil) != (err != nil) {
			t.Fatalf("got %v with %v", a, err)
		}
		if err != nil {
			return
		}
		again, err := a.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if back, err := ParseArchive(again); err != nil || !reflect.DeepEqual(back, a) {
			t.Fatalf("got %v, %v, want %v", back, err, a)
		}
	})
}

func FuzzParseOrder(f *testing.F) {
	f.Add([]byte(`{"code":"OK","order":"{\"orderStatusId\":17}"}`))
	f.Add([]byte(`{"code":"OK","order":{"orderStatusId":3,"orderResponseFiles":[{"mimeType":"a","link":"terrabyte://00/1/a.pdf.sig/3"}]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		o, err := parseOrder(raw)
		if o == nil {
			return
		}
		if err != nil {
			t.Fatalf("got an order with %v", err)
		}
		if state, err := o.state(); (state == "") != (err != nil) {
			t.Fatalf("got %q with %v", state, err)
		}
		if number, _, ok := o.file("a.pdf"); ok != digits(number) {
			t.Fatalf("got number %q, %v", number, ok)
		}
	})
}

func FuzzParseToken(f *testing.F) {
	f.Add("eyJhbGciOiJub25lIn0.eyJleHAiOjE3OTU0MzYwMDB9.AA")
	f.Fuzz(func(t *testing.T, token string) {
		until, err := parseToken(token)
		if until.IsZero() != (err != nil) || err == nil && strings.ContainsAny(token, "\r\n ") {
			t.Fatalf("got %v with %v", until, err)
		}
	})
}
