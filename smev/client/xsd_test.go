package client_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/testenv/outside"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/client"
	"github.com/surguch/surguch/smev/internal/mtom"
	"github.com/surguch/surguch/smev/internal/soap"
)

// recorder notes both directions of every exchange.
type recorder struct {
	http.RoundTripper
	t    *testing.T
	docs [][]byte // envelopes, with parts of MTOM in their places
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := req.GetBody()
	if err != nil {
		return nil, err
	}
	r.note(req.Header.Get("Content-Type"), body)
	res, err := r.RoundTripper.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	reply, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	r.note(res.Header.Get("Content-Type"), bytes.NewReader(reply))
	res.Body = io.NopCloser(bytes.NewReader(reply))
	return res, nil
}

func (r *recorder) note(contentType string, body io.Reader) {
	doc, err := mtom.Read(contentType, body, mtom.Limits{})
	if err != nil {
		r.t.Error(err)
	}
	r.docs = append(r.docs, doc)
}

// TestSchemas validates every message of either side against the published
// schemas of its version: inquiries of all kinds, their answers, files in
// messages, statuses.
func TestSchemas(t *testing.T) {
	xmllint := outside.Need(t, "xmllint")
	for version, v := range map[client.Version]*soap.Version{client.V11: soap.V11(), client.V12: soap.V12(), client.V13: soap.V13()} {
		w := newWorld(t)
		rec := &recorder{RoundTripper: w.config.HTTP.Transport, t: t}
		w.config.HTTP, w.config.Version = &http.Client{Transport: rec}, version
		w.config.URL = strings.Replace(w.config.URL, soap.V12().Path(), v.Path(), 1)
		w.restart()
		var ids []string
		for i, n := range []int{0, 302, 602, 700, 710, 730} {
			for _, check := range []smev.Check{smev.CheckPassport, smev.CheckSNILS, smev.CheckINN} {
				ids = append(ids, w.ask(fmt.Sprint(check, i), check, of(check, n)))
			}
		}
		if _, err := w.Post(w.ctx, "post", client.Message{
			Content:     []byte(`<a:r xmlns:a="urn:x">1</a:r>`),
			Attachments: []client.Attachment{{MediaType: "application/pdf", Data: []byte("%PDF-1.7")}},
		}); err == nil {
			t.Error("a message of an unknown kind was taken")
		}
		for w.step() {
			if _, err := w.Poll(w.ctx); err != nil {
				t.Fatal(err)
			}
		}
		for _, id := range ids {
			if _, err := w.Answer(w.ctx, id); err != nil {
				t.Error(err)
			}
		}
		if len(rec.docs) < 100 {
			t.Fatalf("version %s: only %d messages", version, len(rec.docs))
		}
		validate(t, xmllint, v, rec.docs)
	}
}

// validate has xmllint look at the elements in the bodies of envelopes.
func validate(t *testing.T, xmllint string, v *soap.Version, docs [][]byte) {
	t.Helper()
	dir, err := filepath.Abs("../internal/soap/testdata/xsd/v" + strings.ReplaceAll(v.Name(), ".", "_"))
	if err != nil {
		t.Fatal(err)
	}
	// The asynchronous status names fault types by xsi:type, and the schema of
	// types does not import them.
	work := t.TempDir()
	schema := filepath.Join(work, "exchange.xsd")
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(schema, fmt.Sprintf(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:import namespace="%s" schemaLocation="%s/smev-message-exchange-types-%s.xsd"/>
<xs:import namespace="%s" schemaLocation="%[2]s/smev-message-exchange-faults-%[3]s.xsd"/>
</xs:schema>`, v.Types(), dir, v.Name(), v.Faults()))
	args := []string{"--noout", "--nonet", "--schema", schema}
	for i, doc := range docs {
		body, err := soap.ReadEnvelope(doc)
		if err != nil {
			t.Fatal(err)
		}
		if soap.ReadFault(body) != nil {
			continue // its types are empty in the schema, and never are in fact
		}
		name := filepath.Join(work, fmt.Sprintf("%03d.xml", i))
		write(name, string(body.Raw()))
		args = append(args, name)
	}
	out, err := exec.CommandContext(t.Context(), xmllint, args...).CombinedOutput()
	for line := range strings.Lines(string(out)) {
		switch {
		case strings.HasSuffix(line, " validates\n"), strings.HasSuffix(line, "fails to validate\n"):
		case v.Name() != "1.3" && strings.Contains(line, "requestIsRejectedBySmev"):
		default:
			t.Errorf("version %s: %s", v.Name(), line)
		}
	}
	if err == nil && !strings.Contains(string(out), "validates") {
		t.Errorf("xmllint did nothing: %s", out)
	}
	// The validator is not blind.
	bad := filepath.Join(work, "bad.xml")
	write(bad, `<ns2:AckRequest xmlns:ns2="`+v.Types()+`"/>`)
	if exec.CommandContext(t.Context(), xmllint, "--noout", "--nonet", "--schema", schema, bad).Run() == nil {
		t.Error("an AckRequest without its target is called valid")
	}
}
