package goskey_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey"
)

// keyRequest asks the person of an account for a key.
func (w *world) keyRequest(a goskey.Account, key string) ra.KeyRequest {
	return ra.KeyRequest{
		Key: key, SNILS: a.SNILS, Title: "Сертификат УКЭП ЮЛ", Template: csr.Template{Subject: a.Subject},
		Deadline: w.clock.Now().Add(24 * time.Hour),
	}
}

func (w *world) askKey(t testing.TB, r ra.KeyRequest) ra.OperationID {
	t.Helper()
	id, err := w.AskKey(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (w *world) keyState(t *testing.T, id ra.OperationID, want ra.OperationState) ra.KeyOperation {
	t.Helper()
	o, err := w.KeyStatus(t.Context(), id)
	if err != nil || o.State != want || (o.Request != nil) != (want == ra.KeyMade) {
		t.Errorf("got %v with a request of %d octets, %v, want %v", o.State, len(o.Request), err, want)
	}
	return o
}

// issue has the world's authority issue for a request.
func (w *world) issue(t *testing.T, key string, der []byte) []byte {
	t.Helper()
	request, err := as.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	o, err := w.CA.Submit(t.Context(), key, ra.Order{Request: request, Identification: qualified.InPerson})
	if err != nil || o.State != ra.Issued {
		t.Fatalf("got %v, %v", o.State, err)
	}
	return o.Certificate
}

// TestMakeKey is the second part of seed 000: the key is made in the
// application, its certificate comes into it, and documents are signed by it.
func TestMakeKey(t *testing.T) {
	w := newWorld(t, nil)
	a, p := w.open(t, 2, nil), w.NewPhone()
	r := w.keyRequest(a, "1")
	w.keyState(t, w.askKey(t, r), ra.SignerNotFound)
	w.arrive(t, p, a, goskey.AtIdentification)
	w.clock.Advance(time.Minute)

	r.Key = "2"
	id := w.askKey(t, r)
	if again := w.askKey(t, r); again != id || len(p.KeyRequests()) != 1 || !p.KeyRequests()[0].Subject.Equal(a.Subject) {
		t.Errorf("got %s and %s, %d requests on the phone, want one", id, again, len(p.KeyRequests()))
	}
	w.keyState(t, id, ra.AwaitingUser)
	if err := w.phone.MakeKey(id); !errors.Is(err, goskey.ErrNotWaiting) {
		t.Errorf("another person: got %v, want ErrNotWaiting", err)
	}
	if err := w.Install(t.Context(), id, w.root.Raw); !errors.Is(err, goskey.ErrNotWaiting) {
		t.Errorf("a certificate before the key: got %v, want ErrNotWaiting", err)
	}
	w.clock.Advance(time.Minute)
	if err := p.MakeKey(id); err != nil {
		t.Fatal(err)
	}
	if err := p.MakeKey(id); !errors.Is(err, goskey.ErrNotWaiting) {
		t.Errorf("twice: got %v, want ErrNotWaiting", err)
	}
	der := w.issue(t, "company", w.keyState(t, id, ra.KeyMade).Request)
	if err := w.Install(t.Context(), id, p.Certificate().Raw); !errors.Is(err, goskey.ErrOtherKey) {
		t.Errorf("another certificate: got %v, want ErrOtherKey", err)
	}
	w.clock.Advance(time.Minute)
	for range 2 {
		if err := w.Install(t.Context(), id, der); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Install(t.Context(), id, p.Certificates()[0].Raw); !errors.Is(err, goskey.ErrOtherKey) {
		t.Errorf("another certificate afterwards: got %v, want ErrOtherKey", err)
	}
	if list := p.Certificates(); len(list) != 2 || !bytes.Equal(list[1].Raw, der) {
		t.Fatalf("got %d certificates, want the new one last", len(list))
	}

	s := w.request("1")
	s.SNILS, s.Documents = a.SNILS, s.Documents[:1]
	w.clock.Advance(time.Minute)
	pack := w.submit(t, s)
	w.clock.Advance(time.Minute)
	if err := errors.Join(p.View(pack), p.Sign(pack, true)); err != nil {
		t.Fatal(err)
	}
	w.snils, w.phone = a.SNILS, p
	w.verify(t, s.Documents[0].Data, w.state(t, pack, ra.Signed).Signatures[0])
	if h := p.History(); len(h) != 1 || h[0].State != ra.Signed || !h[0].Ended.Equal(w.clock.Now()) {
		t.Errorf("got history %v, want the package with its date", h)
	}
	var kinds []goskey.EventKind
	for _, e := range p.Events() {
		kinds = append(kinds, e.Kind)
	}
	want := []goskey.EventKind{
		goskey.EventCertificate, goskey.EventKeyAsked, goskey.EventKeyMade, goskey.EventCertificate, goskey.EventPackage, goskey.EventSigned,
	}
	if len(kinds) != len(want) {
		t.Fatalf("got events %v, want %v", kinds, want)
	}
	for i := range want {
		if kinds[i] != want[i] {
			t.Errorf("got event %s, want %s", kinds[i], want[i])
		}
	}
}

// TestKeyEnds lets a key end in every way but a certificate.
func TestKeyEnds(t *testing.T) {
	w := newWorld(t, nil)
	a, p := w.open(t, 2, nil), w.NewPhone()
	w.arrive(t, p, a, goskey.AtIdentification)
	drop := func(id ra.OperationID) error { return w.DropKey(t.Context(), id) }
	for _, c := range []struct {
		what string
		end  func(ra.OperationID) error
		want ra.OperationState
	}{
		{"refused", p.RefuseKey, ra.RefusedByUser},
		{"withdrawn", drop, ra.SigningExpired},
		{"late", func(ra.OperationID) error { w.clock.Advance(24 * time.Hour); return nil }, ra.SigningExpired},
		{"dropped", func(id ra.OperationID) error { return errors.Join(p.MakeKey(id), drop(id)) }, ra.SigningExpired},
	} {
		id := w.askKey(t, w.keyRequest(a, c.what))
		if err := c.end(id); err != nil {
			t.Errorf("%s: %v", c.what, err)
		}
		if o := w.keyState(t, id, c.want); o.Reason == "" || len(p.KeyRequests()) != 0 {
			t.Errorf("%s: got reason %q and %d requests on the phone", c.what, o.Reason, len(p.KeyRequests()))
		}
		for _, act := range []func(ra.OperationID) error{p.MakeKey, p.RefuseKey} {
			if err := act(id); !errors.Is(err, goskey.ErrNotWaiting) {
				t.Errorf("%s: afterwards: got %v, want ErrNotWaiting", c.what, err)
			}
		}
		if err := drop(id); err != nil {
			t.Errorf("%s: dropped afterwards: %v", c.what, err)
		}
		w.keyState(t, id, c.want)
	}
	if _, err := w.KeyStatus(t.Context(), "unknown"); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
	r := w.keyRequest(a, "another")
	r.SNILS = w.snils
	if _, err := w.AskKey(t.Context(), r); err == nil {
		t.Error("for another's name: got no error")
	}
}

// TestLostKey loses a key with the phone: what was not issued yet ends, and
// what was issued is gone from the phone.
func TestLostKey(t *testing.T) {
	w := newWorld(t, nil)
	a, p := w.open(t, 2, nil), w.NewPhone()
	w.arrive(t, p, a, goskey.AtIdentification)
	issued, open := w.askKey(t, w.keyRequest(a, "1")), w.askKey(t, w.keyRequest(a, "2"))
	if err := errors.Join(p.MakeKey(issued), p.MakeKey(open)); err != nil {
		t.Fatal(err)
	}
	der := w.issue(t, "1", w.keyState(t, issued, ra.KeyMade).Request)
	late := w.issue(t, "2", w.keyState(t, open, ra.KeyMade).Request)
	if err := errors.Join(w.Install(t.Context(), issued, der), p.Reinstall()); err != nil {
		t.Fatal(err)
	}
	w.keyState(t, issued, ra.KeyMade)
	w.keyState(t, open, ra.RefusedByUser)
	for id, der := range map[ra.OperationID][]byte{issued: der, open: late} {
		if err := w.Install(t.Context(), id, der); !errors.Is(err, goskey.ErrNotWaiting) {
			t.Errorf("got %v, want ErrNotWaiting", err)
		}
	}
}
