package smevtest_test

import (
	"bytes"
	"crypto/rand"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/smev/internal/mtom"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/smevtest"
	"github.com/surguch/surguch/smev/xmldsig"
)

func TestHTTP(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	path := soap.V12().Path()
	for name, c := range map[string]struct {
		method, path, kind, body string
		want                     int
	}{
		"GET":           {http.MethodGet, path, "text/xml", "", http.StatusMethodNotAllowed},
		"PUT":           {http.MethodPut, path, "text/xml", "", http.StatusMethodNotAllowed},
		"JSON":          {http.MethodPost, path, "application/json", "{}", http.StatusUnsupportedMediaType},
		"SOAP 1.2":      {http.MethodPost, path, "application/soap+xml", "<x/>", http.StatusUnsupportedMediaType},
		"no type":       {http.MethodPost, path, "", "", http.StatusUnsupportedMediaType},
		"too large":     {http.MethodPost, path, "text/xml", strings.Repeat(" ", 12<<20+1), http.StatusRequestEntityTooLarge},
		"no package":    {http.MethodPost, path, `multipart/related; type="application/xop+xml"; boundary=b`, "x", http.StatusInternalServerError},
		"another path":  {http.MethodPost, "/smev/v1.4/ws", "text/xml", "<x/>", http.StatusNotFound},
		"no such file":  {http.MethodGet, "/ws/x.xsd", "", "", http.StatusNotFound},
		"no such XSD":   {http.MethodGet, path + "?xsd=x.xsd", "", "", http.StatusNotFound},
		"another's XSD": {http.MethodGet, path + "?xsd=smev-message-exchange-types-1.1.xsd", "", "", http.StatusNotFound},
		"climbing":      {http.MethodGet, path + "?xsd=../config.go", "", "", http.StatusNotFound},
	} {
		r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		w := httptest.NewRecorder()
		b.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: got %d, want %d", name, w.Code, c.want)
		}
	}
}

// The three endpoints speak their own version and no other.
func TestEndpoints(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	for _, v := range soap.Versions() {
		who := asker.at(v)
		doc := who.write(&soap.GetStatus{At: start})
		for _, endpoint := range soap.Versions() {
			want := "soap:Client"
			if endpoint == v {
				want = "ok"
			}
			if got := b.post(endpoint, "GetStatus", soap.ContentType, doc).describe(t); got != want {
				t.Errorf("%s at %s: got %s, want %s", v.Name(), endpoint.Path(), got, want)
			}
		}
		for _, action := range []string{"", "GetStatus"} {
			if got := b.post(v, action, soap.ContentType, doc).describe(t); got != "ok" {
				t.Errorf("SOAPAction %q: got %s", action, got)
			}
		}
		if got := b.post(v, "GetResponse", soap.ContentType, doc).describe(t); got != "soap:Client" {
			t.Errorf("SOAPAction of another operation: got %s", got)
		}
	}
	old := asker.at(soap.V12()).write(&soap.GetIncomingQueueStatistics{At: start})
	if got := b.post(soap.V13(), "", soap.ContentType, strings.ReplaceAll(old, "1.2", "1.3")).describe(t); got != "soap:Client" {
		t.Errorf("1.3 has no statistics: got %s", got)
	}
}

// What comes and what goes may be an MTOM package.
func TestMTOM(t *testing.T) {
	b := newBench(t, smevtest.Config{MTOM: true})
	asker, provider := b.enroll("ASKER"), b.enroll("PROVIDER")
	if err := b.Serve(registry(), "PROVIDER"); err != nil {
		t.Fatal(err)
	}
	m := asker.request([]byte(registryRequest))
	m.Data.Attachments = []soap.AttachmentHeader{{ContentID: "a", MIMEType: "text/plain", Signature: bytes.Repeat([]byte("sig"), 99)}}
	m.Attachments = []soap.AttachmentContent{{ID: "a", Content: []byte("в файле")}}
	basic := func(local string) xmldsig.Name { return xmldsig.Name{Space: soap.V12().Basic(), Local: local} }
	kind, body, err := mtom.Write([]byte(asker.write(m)), rand.Reader, basic("Content"), basic("SignaturePKCS7"))
	if err != nil || !bytes.Contains(body, []byte("xop:Include")) {
		t.Fatal(err)
	}
	answers := []answer{b.post(soap.V12(), "SendRequest", kind, string(body))}
	if got := answers[0].describe(t); got != "ok" {
		t.Fatal(got)
	}
	b.clock.Advance(time.Second)
	a := provider.call("GetRequest", provider.write(&soap.GetRequest{At: start}))
	r, by, err := soap.ReadGetRequestResponse(a.content(t))
	if err != nil || len(r.Attachments) != 1 || string(r.Attachments[0].Content) != "в файле" || bytes.Count(a.body, []byte("xop:Include")) != 2 {
		t.Fatalf("got %s, %v", a.body, err)
	}
	b.check(by.SMEV)
	b.check(by.Sender)
	answers = append(answers, a, asker.call("GetResponse", asker.write(&soap.GetResponse{At: start})), asker.call("Ack", "<"))
	for i, a := range answers {
		if !strings.HasPrefix(a.kind, `multipart/related; type="application/xop+xml"; boundary="uuid:`) || !strings.Contains(a.kind, "root.message@cxf.apache.org") {
			t.Errorf("%d: got %s", i, a.kind)
		}
	}
	if r, _, err := soap.ReadGetResponseResponse(answers[2].content(t)); err != nil || r.Response != nil {
		t.Errorf("an empty queue: got %v, %v", r, err)
	}
	// Without the option only what has attachments comes in a package.
	plain := newBench(t, smevtest.Config{})
	who := plain.enroll("ASKER")
	if a := who.call("GetStatus", who.write(&soap.GetStatus{At: start})); a.kind != soap.ContentType {
		t.Errorf("got %s", a.kind)
	}
}

// The descriptions are those that were published, but for the addresses in
// them, which lead back to the simulator.
func TestDescription(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	get := func(target string) string {
		w := httptest.NewRecorder()
		b.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != soap.ContentType {
			t.Fatalf("%s: %d %s", target, w.Code, w.Header())
		}
		return w.Body.String()
	}
	reference := regexp.MustCompile(`schemaLocation="\?xsd=([^"]*)"`)
	for _, v := range soap.Versions() {
		seen := map[string]bool{}
		var follow func(target string)
		follow = func(target string) {
			doc := get(v.Path() + target)
			if err := xml.Unmarshal([]byte(doc), new(struct{})); err != nil {
				t.Fatalf("%s: %v", target, err)
			}
			for _, m := range reference.FindAllStringSubmatch(doc, -1) {
				if !seen[m[1]] {
					seen[m[1]] = true
					follow("?xsd=" + m[1])
				}
			}
			if strings.Contains(doc, `schemaLocation="smev`) {
				t.Errorf("%s refers to where nothing is", target)
			}
		}
		follow("?wsdl")
		want := map[string]int{"1.1": 3, "1.2": 3, "1.3": 5}[v.Name()]
		if len(seen) != want {
			t.Errorf("%s: reached %v", v.Name(), seen)
		}
		if doc := get(v.Path() + "?wsdl"); !strings.Contains(doc, `<soap:address location="http://example.com`+v.Path()+`"`) {
			t.Errorf("%s: the address is not that of the endpoint", v.Name())
		}
	}
	r := httptest.NewRequest(http.MethodGet, soap.V12().Path()+"?wsdl", nil)
	r.Host = `"$1<x>`
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	if err := xml.Unmarshal(w.Body.Bytes(), new(struct{})); err != nil || strings.Contains(w.Body.String(), "<x>") {
		t.Errorf("a Host breaks the description: %v", err)
	}
	// Under /ws/ they are byte for byte.
	files, err := filepath.Glob("schemas/*.*s*")
	if err != nil || len(files) < 14 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		if want := string(must(os.ReadFile(file))); get("/ws/"+filepath.Base(file)) != want {
			t.Errorf("%s is served changed", file)
		}
	}
}

func TestListenAndClose(t *testing.T) {
	before := runtime.NumGoroutine()
	s := newBench(t, smevtest.Config{})
	if err := s.Close(); err != nil || s.Files() != "" {
		t.Error(err)
	}
	asker := s.enroll("ASKER")
	asker.ask("123456")
	for range 2 { // a closed simulator can listen again
		url, err := s.Listen()
		if err != nil || !strings.HasPrefix(url, "http://127.0.0.1:") || !strings.HasSuffix(url, soap.V12().Path()) || !strings.HasPrefix(s.Files(), "127.0.0.1:") {
			t.Fatalf("%s, %v", url, err)
		}
		if _, err := s.Listen(); err == nil {
			t.Error("listens twice")
		}
		transport := &http.Transport{}
		res, err := (&http.Client{Transport: transport}).Get(url + "?wsdl")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		transport.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := http.Get(url); err == nil {
			t.Error("still served after Close")
		}
	}
	if s.Queued() != 1 {
		t.Error("what was queued is gone")
	}
	// Connections end in goroutines of their own; they are given the processor
	// until they have.
	for i := 0; runtime.NumGoroutine() > before && i < 100000; i++ {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines are left, %d were there before", n, before)
	}
}

// Nothing but the loopback interface is served unless it is asked for.
func TestLoopbackOnly(t *testing.T) {
	for _, cfg := range []smevtest.Config{
		{Address: "0.0.0.0:0"}, {Address: ":0"}, {Address: "localhost:0"}, {Address: "127.0.0.1"}, {FileAddress: "0.0.0.0:0"}, {Address: "[::]:0"},
	} {
		b := newBench(t, cfg)
		if url, err := b.Listen(); err == nil {
			b.Close()
			t.Errorf("%+v: listens on %s", cfg, url)
		}
	}
	b := newBench(t, smevtest.Config{Address: "0.0.0.0:0", AnyAddress: true})
	if _, err := b.Listen(); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}

// Replies are read by encoding/xml as well: nothing in them needs our reader.
func TestRepliesAreOrdinaryXML(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	asker.ask(smevtest.Number(602))
	b.step()
	a := asker.call("GetResponse", asker.write(&soap.GetResponse{At: start}))
	var got struct {
		Status string `xml:"Body>GetResponseResponse>ResponseMessage>Response>SenderProvidedResponseData>MessagePrimaryContent>response>responseInfo>invalidityReason"`
	}
	if err := xml.Unmarshal(a.body, &got); err != nil || got.Status != "602" {
		t.Errorf("got %q, %v", got.Status, err)
	}
}
