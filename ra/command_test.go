package ra_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// TestOnce repeats commands: the same key and content get the first answer,
// other content is refused, and nothing is done twice.
func TestOnce(t *testing.T) {
	w := newWorld(t)
	begin := ra.Form{LegalForm: "person", Email: w.form.Email}
	first := w.must(w.authority.Once("k1").Begin(w.ctx, operator, "personal-link", begin))
	w.settle()
	w.must(w.authority.Fill(w.ctx, first.ID, owner, w.form))
	again := w.must(w.authority.Once("k1").Begin(w.ctx, operator, "personal-link", begin))
	if asJSON(t, again) != asJSON(t, first) {
		t.Errorf("got another answer:\n%s\n%s", asJSON(t, again), asJSON(t, first))
	}
	submitted := w.must(w.authority.Once("k2").Fire(w.ctx, first.ID, owner, workflow.Submit))
	w.settle()
	w.inState(first.ID, workflow.KeyGeneration)
	// The event is not open any more, and the repetition is still answered.
	again = w.must(w.authority.Once("k2").Fire(w.ctx, first.ID, owner, workflow.Submit))
	if asJSON(t, again) != asJSON(t, submitted) {
		t.Error("got another answer to the repeated event")
	}
	for what, repeat := range map[string]func() error{
		"another event": func() error {
			_, err := w.authority.Once("k2").Fire(w.ctx, first.ID, owner, workflow.Cancel)
			return err
		},
		"another actor": func() error {
			_, err := w.authority.Once("k2").Fire(w.ctx, first.ID, ra.Actor{ID: "other", Role: workflow.Applicant}, workflow.Submit)
			return err
		},
		"another method": func() error {
			_, err := w.authority.Once("k1").Fill(w.ctx, first.ID, owner, w.form)
			return err
		},
		"another form": func() error {
			_, err := w.authority.Once("k1").Begin(w.ctx, operator, "personal-link", ra.Form{LegalForm: "person", Email: "b@example.org"})
			return err
		},
	} {
		reused := unchanged[*ra.ReusedKeyError](w, first.ID, what, repeat)
		if reused.Key == "" {
			t.Errorf("%s: the error names no key", what)
		}
	}
}

// TestOnceAtOnce sends one command many times at once: one is carried out, and
// all get its answer.
func TestOnceAtOnce(t *testing.T) {
	w := newWorld(t)
	id := w.filled()
	const callers = 16
	answers := make(chan *ra.Request, callers)
	failures := make(chan error, callers)
	for range callers {
		go func() {
			r, err := w.authority.Once("key").Fire(w.ctx, id, owner, workflow.Submit)
			answers <- r
			failures <- err
		}()
	}
	var first *ra.Request
	for range callers {
		r, err := <-answers, <-failures
		switch {
		case err != nil:
			t.Fatal(err)
		case first == nil:
			first = r
		case asJSON(t, r) != asJSON(t, first):
			t.Error("got different answers to one command")
		}
	}
	moved := 0
	entries, err := w.authority.History(w.ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Event == workflow.Submit {
			moved++
		}
	}
	if moved != 1 {
		t.Errorf("got %d submissions, want 1", moved)
	}
}

// TestAt: a command to a version that is no more is refused and changes
// nothing; repeated under its key it is answered, whatever the version is.
func TestAt(t *testing.T) {
	w := newWorld(t)
	id := w.filled()
	seen := w.reload(id).Version
	late := unchanged[*ra.ConflictError](w, id, "an older version", func() error {
		_, err := w.authority.At(seen-1).Fire(w.ctx, id, owner, workflow.Submit)
		return err
	})
	if late.Base != seen-1 {
		t.Errorf("got %+v", late)
	}
	first := w.must(w.authority.Once("k").At(seen).Fire(w.ctx, id, owner, workflow.Submit))
	again := w.must(w.authority.Once("k").At(seen).Fire(w.ctx, id, owner, workflow.Submit))
	if asJSON(t, again) != asJSON(t, first) {
		t.Error("got another answer to the repeated command")
	}
}

// whole makes the answers to commands what they were before they named a
// version: the request itself.
type whole struct{ ra.Store }

func (s whole) Save(ctx context.Context, c *ra.Change) error {
	if c.Command != nil {
		var stored, answer map[string]json.RawMessage
		data := func() (plain []byte) { json.Unmarshal(stored["data"], &plain); return plain }
		if err := errors.Join(json.Unmarshal(c.Command.Answer, &stored), json.Unmarshal(data(), &answer)); err != nil {
			return err
		}
		delete(answer, "version")
		answer["request"] = c.Row.Data
		plain, err := json.Marshal(answer)
		if err != nil {
			return err
		}
		if stored["data"], err = json.Marshal(plain); err != nil {
			return err
		}
		if c.Command.Answer, err = json.Marshal(stored); err != nil {
			return err
		}
	}
	return s.Store.Save(ctx, c)
}

// TestOnceBeforeVersions repeats a command whose answer an earlier release has
// stored.
func TestOnceBeforeVersions(t *testing.T) {
	w := newWorld(t)
	w.reopen(func(c *ra.Config) { c.Store = whole{w.store} })
	id := w.filled()
	first := w.must(w.authority.Once("k").Fire(w.ctx, id, owner, workflow.Submit))
	w.settle()
	w.reopen(func(c *ra.Config) { c.Store = w.store })
	again := w.must(w.authority.Once("k").Fire(w.ctx, id, owner, workflow.Submit))
	if asJSON(t, again) != asJSON(t, first) || again.Version == w.reload(id).Version {
		t.Errorf("got another answer:\n%s\n%s", asJSON(t, again), asJSON(t, first))
	}
}
