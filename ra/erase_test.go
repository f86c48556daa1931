package ra_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// keyring wraps case keys by a mask: enough to see that a store has them
// wrapped.
type keyring struct{ unwrapped int }

func (k *keyring) Wrap(_ context.Context, _ ra.ID, key []byte) ([]byte, error) { return mask(key), nil }

func (k *keyring) Unwrap(_ context.Context, _ ra.ID, wrapped []byte) ([]byte, error) {
	k.unwrapped++
	return mask(wrapped), nil
}

func mask(b []byte) []byte {
	out := bytes.Clone(b)
	for i := range out {
		out[i] ^= 0x5a
	}
	return out
}

var secured = ra.Actor{ID: "operator", Role: workflow.CAOperator, SecondFactor: true}

// TestSealed runs a request under keys of cases and looks for its owner in
// every file of the store.
func TestSealed(t *testing.T) {
	w := newWorld(t)
	ring := &keyring{}
	w.reopen(func(c *ra.Config) { c.CaseKeys = ring })
	id, phone := w.sent(w.newKey())
	w.sign(phone)
	w.inState(id, workflow.CertificateAck)
	w.clean(t, w.form.FirstName, w.form.Email, w.form.PassportNumber, w.form.BirthPlace)
	w.reopen(func(c *ra.Config) { c.CaseKeys = ring })
	if w.reload(id); ring.unwrapped == 0 {
		t.Error("the key was never unwrapped")
	}
	w.reopen(func(c *ra.Config) { c.CaseKeys = nil })
	if _, err := w.authority.Request(w.ctx, id); err == nil {
		t.Error("without keys a sealed request opens")
	}
}

// clean fails the test if any of the words stands in a file of the store.
func (w *world) clean(t *testing.T, words ...string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(w.dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("got %d files of the store, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range words {
			if bytes.Contains(data, []byte(word)) {
				t.Errorf("%s holds %q", filepath.Base(file), word)
			}
		}
	}
}

// TestErase erases a case, sealed or not: none of it is left in any file, and
// it is found by its ID alone.
func TestErase(t *testing.T) {
	for what, keys := range map[string]ra.CaseKeys{"sealed": &keyring{}, "in the clear": nil} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t)
			w.reopen(func(c *ra.Config) { c.CaseKeys = keys })
			id := w.confirmed()
			unchanged[*ra.DeniedError](w, id, "a request under way", func() error {
				return w.authority.Erase(w.ctx, id, secured, "срок хранения истёк")
			})
			w.must(w.authority.Once("secret key of a command").Fire(w.ctx, id, owner, workflow.Cancel))
			w.settle()
			unchanged[*ra.SecondFactorError](w, id, "one factor", func() error {
				return w.authority.Erase(w.ctx, id, operator, "срок хранения истёк")
			})
			if err := w.authority.Erase(w.ctx, id, secured, "срок хранения истёк"); err != nil {
				t.Fatal(err)
			}
			w.clean(t, w.form.FirstName, w.form.LastName, w.form.Email, w.form.PassportNumber, w.form.SNILS, w.form.INN,
				ra.Normalise(w.form.LastName))
			r := w.must(w.authority.Request(w.ctx, id))
			if !r.Erased || r.State != workflow.Cancelled || r.Form.LastName != "" || len(r.Exhibits) != 0 {
				t.Errorf("got %s", asJSON(t, r))
			}
			if rows, err := w.store.Page(w.ctx, ra.Query{SNILS: w.form.SNILS}); err != nil || len(rows) != 0 {
				t.Errorf("got %d requests by its SNILS, %v; want none", len(rows), err)
			}
			entries, err := w.authority.History(w.ctx, id)
			if err != nil || int64(len(entries)) != r.Version || entries[0].Kind != ra.Forgotten || entries[len(entries)-1].Kind != ra.Erased {
				t.Errorf("got %d entries, %v", len(entries), err)
			}
			if err := w.authority.Erase(w.ctx, id, secured, "ещё раз"); !errors.Is(err, ra.ErrNotFound) {
				t.Errorf("a second time: got %v, want ErrNotFound", err)
			}
		})
	}
}

func TestAttach(t *testing.T) {
	w := newWorld(t)
	id := w.filled()
	pdf := []byte("%PDF-1.7\n%%EOF\n")
	r := w.must(w.authority.Attach(w.ctx, id, owner, "passport_scan", pdf, "разворот с фото"))
	if _, held := r.Evidence(workflow.PassportScan); !held {
		t.Error("the scan is no evidence")
	}
	data, err := w.authority.Document(w.ctx, r, "passport_scan")
	if err != nil || !bytes.Equal(data, pdf) {
		t.Errorf("got %q, %v", data, err)
	}
	unchanged[*ra.MediaError](w, id, "a web page", func() error {
		_, err := w.authority.Attach(w.ctx, id, owner, "passport_scan", []byte("<html>"), "")
		return err
	})
	for what, c := range map[string]struct {
		by   ra.Actor
		kind string
	}{
		"a certificate":    {owner, ra.CertificateExhibit},
		"a register":       {owner, "smev_passport"},
		"nothing":          {owner, ""},
		"another's place":  {ra.Actor{ID: "x", Role: workflow.TaxOffice}, "passport_scan"},
		"the printed form": {operator, string(ra.ApplicationForm)},
	} {
		unchanged[*ra.DeniedError](w, id, what, func() error {
			_, err := w.authority.Attach(w.ctx, id, c.by, c.kind, pdf, "")
			return err
		})
	}
	if strings.Contains(w.log.String(), "passport") {
		t.Error("the log names the document")
	}
}
