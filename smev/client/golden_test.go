package client_test

import (
	"bytes"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/smevtest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// recorder notes both directions of the last exchange.
type recorder struct {
	http.RoundTripper
	request, response []byte
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := req.GetBody()
	if err != nil {
		return nil, err
	}
	if r.request, err = io.ReadAll(body); err != nil {
		return nil, err
	}
	res, err := r.RoundTripper.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if r.response, err = io.ReadAll(res.Body); err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(r.response))
	return res, nil
}

// newRecorded is a world whose exchanges are noted. Clock, seed and entropy
// are fixed, and so are all times and ids in the messages.
func newRecorded(t *testing.T) (*world, *recorder) {
	w := newWorld(t)
	rec := &recorder{RoundTripper: w.config.HTTP.Transport}
	w.config.HTTP = &http.Client{Transport: rec}
	w.restart()
	return w, rec
}

func TestGoldenRequests(t *testing.T) {
	nameless := subject()
	nameless.MiddleName = ""
	for name, q := range map[string]smev.Inquiry{
		"passport":               {Check: smev.CheckPassport, Subject: subject()},
		"passport-no-patronymic": {Check: smev.CheckPassport, Subject: nameless},
		"snils":                  {Check: smev.CheckSNILS, Subject: subject()},
		"inn":                    {Check: smev.CheckINN, Subject: subject()},
	} {
		w, rec := newRecorded(t)
		w.ask("k", q.Check, q.Subject)
		golden(t, name+".SendRequestRequest", rec.request)
		golden(t, name+".SendRequestResponse", rec.response)
	}
	for name, node := range map[string]string{"any": "", "node": "north-1"} {
		w, rec := newRecorded(t)
		w.config.Node = node
		w.restart()
		id := w.ask("k", smev.CheckINN, subject())
		golden(t, name+".SendRequestRequest", rec.request)
		w.pending(id)
		golden(t, name+".GetResponseRequest", rec.request)
		golden(t, "empty.GetResponseResponse", rec.response)
		w.await(id)
		golden(t, name+".AckRequest", rec.request)
		golden(t, "ok.AckResponse", rec.response)
	}
}

func TestGoldenResponses(t *testing.T) {
	for name, c := range map[string]struct {
		check    smev.Check
		scenario int
	}{
		"passport-300": {smev.CheckPassport, 0}, "passport-301": {smev.CheckPassport, 602}, "passport-302": {smev.CheckPassport, 302},
		"snils-true": {smev.CheckSNILS, 0}, "snils-false": {smev.CheckSNILS, 601},
		"inn-1": {smev.CheckINN, 0}, "inn-2": {smev.CheckINN, 601}, "inn-3": {smev.CheckINN, 302},
		"no-data": {smev.CheckSNILS, 700}, "failure": {smev.CheckPassport, 703},
		"status": {smev.CheckINN, 710}, "async-rejected": {smev.CheckPassport, 730},
	} {
		w := newWorld(t)
		id := w.ask("k", c.check, of(c.check, c.scenario))
		w.step()
		if _, err := w.Answer(w.ctx, id); err != nil && c.scenario != 710 {
			t.Fatalf("%s: %v", name, err)
		}
		kept, err := w.store.Answers(w.ctx, id)
		if err != nil || len(kept) != 1 {
			t.Fatalf("%s: %d messages, %v", name, len(kept), err)
		}
		golden(t, name+".GetResponseResponse", kept[0].Envelope)
	}
}

func TestGoldenFaults(t *testing.T) {
	const selector = "<ns1:NamespaceURI>urn:x</ns1:NamespaceURI><ns1:RootElementLocalName>r</ns1:RootElementLocalName><ns1:Timestamp>"
	w, rec := newRecorded(t)
	id := w.ask("k", smev.CheckPassport, subject())
	sent := string(rec.request)
	w.pending(id)
	get := string(rec.request)
	w.await(id)
	ack := string(rec.request)
	for _, c := range []struct{ name, operation, doc string }{
		{"target-message-is-not-found", "Ack", ack},
		{"message-is-already-sent", "SendRequest", sent},
		{"invalid-message-id-format", "SendRequest", strings.ReplaceAll(sent, id, "39f52a38-9a54-41ea-b23a-3316e2108089")},
		{"stale-message-id", "SendRequest", strings.ReplaceAll(sent, id, "39f52a38-9a54-11ea-b23a-3316e2108089")},
		{"business-data-type-is-not-supported", "SendRequest", strings.ReplaceAll(strings.ReplaceAll(sent, id, "8"+id[1:]), "p002", "p999")},
		{"invalid-content", "SendRequest", strings.Replace(sent, "<ns2:MessageID>"+id+"</ns2:MessageID>", "", 1)},
		{"unknown-message-type", "GetResponse", strings.Replace(get, "<ns1:Timestamp>", selector, 1)},
		{"not-supported", "GetStatus", strings.ReplaceAll(get, "GetResponseRequest", "GetStatusRequest")},
	} {
		w.post(c.operation, c.doc)
		golden(t, c.name+".Fault", rec.response)
	}
	w.server.Inject("SendRequest", smevtest.Failure)
	w.post("SendRequest", sent)
	golden(t, "smev-failure.Fault", rec.response)
}

func (w *world) post(operation, doc string) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.ctx, http.MethodPost, w.config.URL, strings.NewReader(doc))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "text/xml; charset=utf-8")
	req.Header.Set("SOAPAction", `"urn:`+operation+`"`)
	res, err := w.config.HTTP.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	res.Body.Close()
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name+".xml")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s:\ngot  %s\nwant %s", name, got, want)
	}
}
