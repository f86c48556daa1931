package epgu_test

import (
	"errors"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/epgu"
	"github.com/surguch/surguch/ra/goskey/epgu/epgutest"
)

// TestForged has the service return what must not be believed.
func TestForged(t *testing.T) {
	var change func(ra.Operation) ra.Operation
	for what, c := range map[string]struct {
		change func(w *world, o ra.Operation) ra.Operation
		want   error // nil: any
	}{
		"another person": {func(w *world, _ ra.Operation) ra.Operation { return w.others() }, ra.ErrOtherPerson},
		"another document": {func(_ *world, o ra.Operation) ra.Operation {
			o.Signatures = [][]byte{o.Signatures[1], o.Signatures[0]}
			return o
		}, cms.ErrContent},
		"nonsense": {func(_ *world, o ra.Operation) ra.Operation {
			o.Signatures = [][]byte{{0x30, 0}, {0x30, 0}}
			return o
		}, nil},
	} {
		w := newWorld(t, func(_ *epgu.Config, p *epgutest.Config) {
			p.Phones = phonesOf{p.Phones, func(o ra.Operation) ra.Operation {
				if change == nil || o.State != ra.Signed {
					return o
				}
				return change(o)
			}}
		})
		change = nil
		id := w.submit(w.request("1"))
		w.state(id, ra.AwaitingUser)
		w.sign()
		forged := c.change(w, w.direct())
		change = func(ra.Operation) ra.Operation { return forged }
		var e *ra.SignatureError
		if o, err := w.status(id); !errors.As(err, &e) || c.want != nil && !errors.Is(err, c.want) || o.State != "" {
			t.Errorf("%s: got %v, %v, want *SignatureError %v", what, o.State, err, c.want)
		}
	}
}

// others is the package as another person signs it.
func (w *world) others() ra.Operation {
	w.t.Helper()
	r := w.request("another")
	r.SNILS = testenv.NewPerson(2).SNILS
	phone := w.enrol(r.SNILS)
	id, err := w.phones.Submit(w.t.Context(), r)
	w.must(errors.Join(err, phone.View(id), phone.Sign(id, true)))
	o, err := w.phones.Status(w.t.Context(), id)
	w.must(err)
	return o
}

// direct is the package as the person signed it, past the portal.
func (w *world) direct() ra.Operation {
	w.t.Helper()
	o, err := w.phones.Status(w.t.Context(), w.phone.History()[0].ID)
	w.must(err)
	return o
}

// TestAnchors refuses signatures of an authority that the client does not
// know.
func TestAnchors(t *testing.T) {
	other := newWorld(t, nil)
	w := newWorld(t, func(c *epgu.Config, _ *epgutest.Config) { c.Anchors = []*csr.Certificate{other.root} })
	id := w.submit(w.request("1"))
	w.state(id, ra.AwaitingUser)
	w.sign()
	var e *ra.SignatureError
	if _, err := w.status(id); !errors.As(err, &e) {
		t.Errorf("got %v, want *SignatureError", err)
	}
}
