package smevtest_test

import (
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/smev/internal/mtom"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/smevtest"
)

// FuzzHandler posts whatever comes: nothing panics, and whatever is answered
// with 500 is a SOAP fault.
func FuzzHandler(f *testing.F) {
	b := newBench(f, smevtest.Config{Unsigned: true})
	nobody := &system{b, "", soap.V12(), nil}
	asker := b.enroll("ASKER")
	for i, v := range soap.Versions() {
		for _, who := range []*system{nobody.at(v), asker.at(v)} {
			request := who.request(business("123456"))
			request.Data.Attachments = []soap.AttachmentHeader{{ContentID: "a", MIMEType: "text/plain", Signature: []byte{1}}}
			request.Attachments = []soap.AttachmentContent{{ID: "a", Content: []byte("file")}}
			for operation, m := range map[string]envelope{
				"SendRequest": request, "GetRequest": &soap.GetRequest{At: start}, "GetResponse": &soap.GetResponse{At: start},
				"GetStatus": &soap.GetStatus{At: start}, "Ack": &soap.Ack{Target: b.ids.New()},
				"SendResponse": &soap.SendResponse{Data: soap.ResponseData{MessageID: b.ids.New(), To: "x", Content: []byte(registryResponse)}},
			} {
				f.Add(uint8(i), soap.ContentType, soap.Action(operation), who.write(m))
			}
		}
	}
	for _, c := range kindCases() {
		f.Add(uint8(1), "text/xml", "", nobody.write(nobody.request(must(c.kind.Build(subject())))))
	}
	kind, body, err := mtom.Write([]byte(nobody.write(nobody.request(business("123456")))), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint8(1), kind, "", string(body))
	f.Fuzz(func(t *testing.T, version uint8, kind, action, body string) {
		v := soap.Versions()[version%3]
		r := httptest.NewRequest(http.MethodPost, v.Path(), strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		r.Header.Set("SOAPAction", action)
		w := httptest.NewRecorder()
		b.ServeHTTP(w, r)
		switch w.Code {
		case http.StatusUnsupportedMediaType, http.StatusRequestEntityTooLarge:
			return
		case http.StatusOK, http.StatusInternalServerError:
		default:
			t.Fatalf("status %d", w.Code)
		}
		a := answer{w.Code, w.Header().Get("Content-Type"), w.Body.Bytes()}
		fault := soap.ReadFault(a.content(t))
		if (fault != nil) != (w.Code == http.StatusInternalServerError) {
			t.Fatalf("status %d with %s", w.Code, w.Body)
		}
		if fault != nil && fault.Name == "SMEVFailure" {
			t.Fatalf("a message cannot be written: %s", w.Body)
		}
		if at, ok := b.Next(); ok && at.Before(start.Add(24*time.Hour)) {
			b.clock.Set(at)
		}
	})
}
