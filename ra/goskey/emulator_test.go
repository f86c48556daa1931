package goskey_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey"
)

var (
	as    = csr.Standard()
	start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

// world is an emulator, the authority behind its persons' certificates, and
// one of the persons with his phone.
type world struct {
	*goskey.Emulator
	clock *testenv.Clock
	root  *csr.Certificate
	snils string
	phone *goskey.Phone
}

func newWorld(t testing.TB, curve *gost.Curve) *world {
	t.Helper()
	w := &world{clock: testenv.NewClock(start)}
	ca, root, err := newAuthority(as, start, w.clock)
	if err != nil {
		t.Fatal(err)
	}
	w.root = root
	if w.Emulator, err = goskey.NewEmulator(goskey.Config{Algorithms: as, CA: ca, Curve: curve, Clock: w.clock}); err != nil {
		t.Fatal(err)
	}
	w.snils, w.phone = w.enrol(t, 1)
	return w
}

func newName(t testing.TB, attributes ...csr.Attribute) csr.Name {
	t.Helper()
	name, err := csr.NewName(attributes...)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// enrol gives an invented person a phone.
func (w *world) enrol(t testing.TB, seed uint64) (snils string, phone *goskey.Phone) {
	t.Helper()
	p := testenv.NewPerson(seed)
	phone, err := w.Enrol(t.Context(), p.SNILS, newName(t, csr.NewAttribute(csr.SNILS, p.SNILS), csr.NewAttribute(csr.CommonName, p.LastName)))
	if err != nil {
		t.Fatal(err)
	}
	return p.SNILS, phone
}

// request is a package of two documents for the person, to be signed within
// a day.
func (w *world) request(key string) ra.SignRequest {
	return ra.SignRequest{
		Key: key, SNILS: w.snils, Title: "Заявление", Deadline: w.clock.Now().Add(24 * time.Hour), Acknowledge: true,
		Documents: []ra.SignDocument{{Name: "a.pdf", Data: []byte("%PDF a")}, {Name: "b.pdf", Data: nil}},
	}
}

func (w *world) submit(t testing.TB, r ra.SignRequest) ra.OperationID {
	t.Helper()
	id, err := w.Submit(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// state wants the package to be in the state given, with a reason if it ended
// badly and with signatures if it did well.
func (w *world) state(t *testing.T, id ra.OperationID, want ra.OperationState) ra.Operation {
	t.Helper()
	op, err := w.Status(t.Context(), id)
	if err != nil || op.State != want {
		t.Errorf("got %v, %v, want %v", op.State, err, want)
	}
	bad := want != ra.AwaitingUser && want != ra.Signed
	if (op.Reason != "") != bad || (op.Signatures != nil) != (want == ra.Signed) {
		t.Errorf("%v: got reason %q and %d signatures", op.State, op.Reason, len(op.Signatures))
	}
	return op
}

func TestSign(t *testing.T) {
	for _, curve := range []*gost.Curve{nil, gost.TC26A512()} {
		w := newWorld(t, curve)
		r := w.request("1")
		id := w.submit(t, r)
		list := w.phone.Packages()
		if len(list) != 1 || list[0].ID != id || list[0].Title != r.Title || !list[0].Acknowledge || len(list[0].Documents) != 2 {
			t.Fatalf("got %v on the phone, want the package", list)
		}
		if err := w.phone.Sign(id, true); !errors.Is(err, goskey.ErrNotViewed) {
			t.Errorf("unseen: got %v, want ErrNotViewed", err)
		}
		if err := w.phone.View(id); err != nil {
			t.Error(err)
		}
		if err := w.phone.Sign(id, false); !errors.Is(err, goskey.ErrNotChecked) {
			t.Errorf("unticked: got %v, want ErrNotChecked", err)
		}
		w.state(t, id, ra.AwaitingUser)
		w.clock.Advance(time.Minute)
		if err := w.phone.Sign(id, true); err != nil {
			t.Fatal(err)
		}
		op := w.state(t, id, ra.Signed)
		if len(op.Signatures) != len(r.Documents) || len(w.phone.Packages()) != 0 {
			t.Fatalf("got %d signatures, %d packages left, want %d, 0", len(op.Signatures), len(w.phone.Packages()), len(r.Documents))
		}
		for i, d := range r.Documents {
			w.verify(t, append([]byte{}, d.Data...), op.Signatures[i])
		}
		for what, act := range map[string]func(ra.OperationID) error{"view": w.phone.View, "sign": tick(w.phone), "decline": w.phone.Decline} {
			if err := act(id); !errors.Is(err, goskey.ErrNotWaiting) {
				t.Errorf("%s once more: got %v, want ErrNotWaiting", what, err)
			}
		}
	}
}

func tick(p *goskey.Phone) func(ra.OperationID) error {
	return func(id ra.OperationID) error { return p.Sign(id, true) }
}

// verify checks a detached signature over exactly this document, by the
// person, now.
func (w *world) verify(t *testing.T, document, signature []byte) {
	t.Helper()
	message, err := cms.Parse(as, signature)
	if err != nil {
		t.Fatal(err)
	}
	chain := csr.Chain{Anchors: []*csr.Certificate{w.root}, At: w.clock.Now()}
	signers, err := message.Verify(document, chain)
	if err != nil {
		t.Fatal(err)
	}
	if s := signers[0]; len(signers) != 1 || string(s.Certificate.Raw) != string(w.phone.Certificate().Raw) || !s.SignedAt.Equal(w.clock.Now()) ||
		s.Certificate.Subject.Get(csr.SNILS) != w.snils || message.Content != nil {
		t.Errorf("got signer %v at %v, want the person, now, detached", s.Certificate.Subject, s.SignedAt)
	}
	if _, err := message.Verify(append(document, 0), chain); !errors.Is(err, cms.ErrContent) {
		t.Errorf("another document: got %v, want ErrContent", err)
	}
}

// TestSignNoTick signs a package that asks for no tick.
func TestSignNoTick(t *testing.T) {
	w := newWorld(t, nil)
	r := w.request("1")
	r.Acknowledge = false
	id := w.submit(t, r)
	if err := errors.Join(w.phone.View(id), w.phone.Sign(id, false)); err != nil {
		t.Fatal(err)
	}
	w.state(t, id, ra.Signed)
}

// TestEnds lets packages end in every way but a signature, after which they
// are gone from the phone and stay as they are.
func TestEnds(t *testing.T) {
	w := newWorld(t, nil)
	cancel := func(id ra.OperationID) error { return w.Cancel(t.Context(), id) }
	for i, c := range []struct {
		what string
		end  func(ra.OperationID) error
		want ra.OperationState
	}{
		{"declined", w.phone.Decline, ra.RefusedByUser},
		{"withdrawn", cancel, ra.SigningExpired},
		{"expired", func(ra.OperationID) error { w.clock.Advance(time.Nanosecond); return nil }, ra.SigningExpired},
	} {
		id := w.submit(t, w.request(fmt.Sprint(i)))
		if err := w.phone.View(id); err != nil {
			t.Errorf("%s: %v", c.what, err)
		}
		if c.want == ra.SigningExpired {
			w.clock.Advance(24*time.Hour - time.Nanosecond) // a moment before the deadline
			w.state(t, id, ra.AwaitingUser)
		}
		if err := c.end(id); err != nil {
			t.Errorf("%s: %v", c.what, err)
		}
		before := w.state(t, id, c.want)
		if list := w.phone.Packages(); len(list) != 0 {
			t.Errorf("%s: got %v on the phone, want nothing", c.what, list)
		}
		if err := w.phone.Sign(id, true); !errors.Is(err, goskey.ErrNotWaiting) {
			t.Errorf("%s: signed: got %v, want ErrNotWaiting", c.what, err)
		}
		if err := cancel(id); err != nil {
			t.Errorf("%s: withdrawn afterwards: %v", c.what, err)
		}
		if after := w.state(t, id, c.want); after.Reason != before.Reason {
			t.Errorf("%s: got reason %q, then %q", c.what, before.Reason, after.Reason)
		}
	}
}

// TestExpiresUnasked signs after the deadline without a look at the status, and
// looks at the phone with another package on it.
func TestExpiresUnasked(t *testing.T) {
	w := newWorld(t, nil)
	id := w.submit(t, w.request("1"))
	w.submit(t, w.request("2"))
	if err := w.phone.View(id); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(24 * time.Hour)
	if err := w.phone.Sign(id, true); !errors.Is(err, goskey.ErrNotWaiting) {
		t.Errorf("got %v, want ErrNotWaiting", err)
	}
	if list := w.phone.Packages(); len(list) != 0 {
		t.Errorf("got %v on the phone, want nothing", list)
	}
	w.state(t, id, ra.SigningExpired)
}

func TestSubmitOnce(t *testing.T) {
	w := newWorld(t, nil)
	first, second := w.submit(t, w.request("1")), w.submit(t, w.request("2"))
	if first == second {
		t.Error("got one operation for two keys")
	}
	if again := w.submit(t, w.request("1")); again != first {
		t.Errorf("got operation %s, want %s", again, first)
	}
	if list := w.phone.Packages(); len(list) != 2 || list[0].ID != first || list[1].ID != second {
		t.Errorf("got %v on the phone, want two packages, the oldest first", list)
	}
	if err := w.phone.Decline(first); err != nil {
		t.Fatal(err)
	}
	if again := w.submit(t, w.request("1")); again != first || len(w.phone.Packages()) != 1 {
		t.Errorf("declined: got operation %s and %d packages, want %s and 1", again, len(w.phone.Packages()), first)
	}
	empty := w.request("3")
	empty.Documents = nil
	if id, err := w.Submit(t.Context(), empty); err == nil {
		t.Errorf("without documents: got operation %s", id)
	}
}

func TestOtherPerson(t *testing.T) {
	w := newWorld(t, nil)
	_, other := w.enrol(t, 2)
	id := w.submit(t, w.request("1"))
	if list := other.Packages(); len(list) != 0 {
		t.Errorf("got %v on another's phone, want nothing", list)
	}
	for what, act := range map[string]func(ra.OperationID) error{"view": other.View, "sign": tick(other), "decline": other.Decline} {
		if err := act(id); !errors.Is(err, goskey.ErrNotWaiting) {
			t.Errorf("%s: got %v, want ErrNotWaiting", what, err)
		}
	}
	if err := w.phone.Sign(id, true); !errors.Is(err, goskey.ErrNotViewed) {
		t.Errorf("another's look counted: got %v, want ErrNotViewed", err)
	}
}

func TestNobody(t *testing.T) {
	w := newWorld(t, nil)
	r := w.request("1")
	r.SNILS = testenv.NewPerson(3).SNILS
	id := w.submit(t, r)
	w.state(t, id, ra.SignerNotFound)
	if err := w.Cancel(t.Context(), id); err != nil {
		t.Error(err)
	}
	w.state(t, id, ra.SignerNotFound)

	if _, err := w.Status(t.Context(), "unknown"); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("status: got %v, want ErrNotFound", err)
	}
	if err := w.Cancel(t.Context(), "unknown"); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("cancel: got %v, want ErrNotFound", err)
	}
	if err := w.phone.View("unknown"); !errors.Is(err, goskey.ErrNotWaiting) {
		t.Errorf("view: got %v, want ErrNotWaiting", err)
	}
}

// answer is an authority that answers one and the same.
type answer struct {
	ra.CA
	outcome ra.Outcome
	err     error
}

func (a answer) Submit(context.Context, string, ra.Order) (ra.Outcome, error) {
	return a.outcome, a.err
}

func TestEnrolRefuses(t *testing.T) {
	down := errors.New("the authority is down")
	right := newName(t, csr.NewAttribute(csr.SNILS, "11223344595"))
	for what, c := range map[string]struct {
		ca      ra.CA
		subject csr.Name
		want    error // nil: any
	}{
		"another's SNILS": {answer{err: down}, newName(t, csr.NewAttribute(csr.SNILS, testenv.NewPerson(1).SNILS)), nil},
		"no SNILS":        {answer{err: down}, newName(t, csr.NewAttribute(csr.CommonName, "11223344595")), nil},
		"no answer":       {answer{err: down}, right, down},
		"pending":         {answer{outcome: ra.Outcome{State: ra.Pending}}, right, nil},
		"no certificate":  {answer{outcome: ra.Outcome{State: ra.Issued, Certificate: []byte{0x30, 0}}}, right, nil},
	} {
		e, err := goskey.NewEmulator(goskey.Config{Algorithms: as, CA: c.ca})
		if err != nil {
			t.Fatal(err)
		}
		if phone, err := e.Enrol(t.Context(), "11223344595", c.subject); phone != nil || err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want it refused", what, err)
		}
	}
	for what, c := range map[string]goskey.Config{"no algorithms": {CA: answer{}}, "no CA": {Algorithms: as}} {
		if e, err := goskey.NewEmulator(c); e != nil || err == nil {
			t.Errorf("%s: got no error", what)
		}
	}
}

// TestConcurrent submits, looks and signs from several sides at once.
func TestConcurrent(t *testing.T) {
	w := newWorld(t, nil)
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			id, err := w.Submit(t.Context(), w.request(fmt.Sprint(i/2))) // each key twice
			if err != nil {
				t.Error(err)
				return
			}
			w.phone.Packages()
			if err := errors.Join(w.phone.View(id), w.phone.Sign(id, true)); err != nil && !errors.Is(err, goskey.ErrNotWaiting) {
				t.Error(err)
			}
			w.state(t, id, ra.Signed)
		})
	}
	wait.Wait()
}
