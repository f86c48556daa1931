package catest_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/catest"
	"github.com/surguch/surguch/ra/ca/local"
)

var as = csr.Standard()

func newKey() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

// newCA is an authority that issues for every scheme.
func newCA(t testing.TB) *local.CA {
	t.Helper()
	key, err := newKey()
	if err != nil {
		t.Fatal(err)
	}
	name, err := csr.NewName(csr.NewAttribute(csr.StateOrProvince, "77 г. Москва"), csr.NewAttribute(csr.CommonName, "УЦ"))
	if err != nil {
		t.Fatal(err)
	}
	root, err := local.NewRoot(as, key, name, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	ca, err := local.New(local.Config{
		Algorithms: as, Key: key, Certificate: root, SubjectTool: "средство", Accept: []string{"signature-not-gost", "key-not-gost"},
		IssuerTool: qualified.IssuerSignTool{SignTool: "средство", CATool: "УЦ", SignToolCert: "нет", CAToolCert: "нет"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func order(t testing.TB) ra.Order {
	t.Helper()
	name, err := csr.NewName(csr.NewAttribute(csr.SNILS, "11223344595"), csr.NewAttribute(csr.CommonName, "Вощёных Ефим"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := newKey()
	if err != nil {
		t.Fatal(err)
	}
	der, err := as.Create(key, &csr.Template{Subject: name})
	if err != nil {
		t.Fatal(err)
	}
	request, err := as.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	return ra.Order{Request: request}
}

// TestConformance: one that does not fail keeps the contract, with keys of
// the suite's own choice.
func TestConformance(t *testing.T) {
	catest.Run(t, catest.Suite{Open: func(t *testing.T) ra.CA { return catest.New(catest.Config{CA: newCA(t)}) }})
}

// TestLateConformance: nor does one break it that is late, once it is waited
// for.
func TestLateConformance(t *testing.T) {
	catest.Run(t, catest.Suite{Open: func(t *testing.T) ra.CA {
		return catest.New(catest.Config{CA: newCA(t), Rate: 1, Faults: []catest.Fault{catest.Late}})
	}})
	catest.Run(t, catest.Suite{
		Open: func(t *testing.T) ra.CA {
			return catest.New(catest.Config{CA: newCA(t), Rate: 1, Faults: []catest.Fault{catest.Held}})
		},
		Serve: func(_ *testing.T, ca ra.CA) { ca.(*catest.CA).Release() },
	})
}

func failing(t testing.TB, f catest.Fault) *catest.CA {
	return catest.New(catest.Config{CA: newCA(t), Rate: 1, Faults: []catest.Fault{f}})
}

// one is the only order that a CA got.
func one(t *testing.T, ca *catest.CA) catest.Order {
	t.Helper()
	orders, err := ca.Orders(t.Context())
	if err != nil || len(orders) != 1 {
		t.Fatalf("got %d orders, %v, want 1", len(orders), err)
	}
	return orders[0]
}

func TestLostOnTheWay(t *testing.T) {
	for f, want := range map[catest.Fault]ra.OutcomeState{catest.LoseQuestion: ra.Unknown, catest.DropAnswer: ra.Issued} {
		ca := failing(t, f)
		if out, err := ca.Submit(t.Context(), "order", order(t)); !errors.Is(err, catest.ErrFault) || out.State != "" {
			t.Errorf("%s: got %v, %v, want ErrFault", f, out.State, err)
		}
		if got := one(t, ca); got.Now.State != want {
			t.Errorf("%s: got %v, want %v", f, got.Now.State, want)
		}
	}
}

func TestHang(t *testing.T) {
	ca := failing(t, catest.Hang)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if out, err := ca.Submit(ctx, "order", order(t)); !errors.Is(err, context.DeadlineExceeded) || out.State != "" {
		t.Errorf("got %v, %v, want the end of the context", out.State, err)
	}
}

// TestTwice: an order that arrives twice, or once more later, is one order.
func TestTwice(t *testing.T) {
	for _, f := range []catest.Fault{catest.Twice, catest.Replay} {
		ca, o := failing(t, f), order(t)
		for range 3 {
			if out, err := ca.Submit(t.Context(), "order", o); err != nil || out.State != ra.Issued {
				t.Errorf("%s: got %v, %v", f, out.State, err)
			}
		}
		if got := one(t, ca); len(got.Certificates) != 1 || ca.Counts()[f] != 3 {
			t.Errorf("%s: got %d certificates, %d faults", f, len(got.Certificates), ca.Counts()[f])
		}
	}
}

func TestWrongCertificates(t *testing.T) {
	for f, want := range map[catest.Fault]string{catest.WrongKey: "public key", catest.OtherSubject: "subject"} {
		ca, o := failing(t, f), order(t)
		var first []byte
		for range 2 {
			out, err := ca.Submit(t.Context(), "order", o)
			if err != nil || out.State != ra.Issued {
				t.Fatalf("%s: got %v, %v", f, out.State, err)
			}
			cert, err := as.ParseCertificate(out.Certificate)
			if err != nil {
				t.Fatal(err)
			}
			var differs *csr.MatchError
			if err := cert.Matches(o.Request); !errors.As(err, &differs) || differs.Field != want {
				t.Errorf("%s: got %v, want that the %s differs", f, err, want)
			}
			if first != nil && !bytes.Equal(first, out.Certificate) {
				t.Errorf("%s: got two certificates", f)
			}
			first = out.Certificate
		}
		if out, err := ca.Revoke(t.Context(), "order", ra.Revocation{}); err != nil || out.State != ra.Revoked {
			t.Errorf("%s: revoked: got %v, %v", f, out.State, err)
		}
		if got := one(t, ca); got.Fault != f || got.Now.State != ra.Revoked {
			t.Errorf("got %v", got)
		}
	}
}

// TestRefuse: a refusal is final, and nothing was issued.
func TestRefuse(t *testing.T) {
	ca, o := failing(t, catest.Refuse), order(t)
	for range 2 {
		if out, err := ca.Submit(t.Context(), "order", o); err != nil || out.State != ra.Refused || out.Code != "catest" {
			t.Errorf("got %v, %v", out, err)
		}
	}
	if got := one(t, ca); got.Now.State != ra.Unknown || len(got.Certificates) != 0 {
		t.Errorf("got %v", got)
	}
}

// TestWithdraw: what is revoked before it was issued never is.
func TestWithdraw(t *testing.T) {
	ca, o := failing(t, catest.Held), order(t)
	if out, err := ca.Submit(t.Context(), "order", o); err != nil || out.State != ra.Pending {
		t.Fatalf("got %v, %v", out.State, err)
	}
	for range 2 {
		if out, err := ca.Revoke(t.Context(), "order", ra.Revocation{}); err != nil || out.State != ra.Refused {
			t.Errorf("got %v, %v, want it withdrawn", out.State, err)
		}
	}
	ca.Release()
	if out, err := ca.Submit(t.Context(), "order", o); err != nil || out.State != ra.Refused {
		t.Errorf("got %v, %v, want it withdrawn", out.State, err)
	}
	if got := one(t, ca); got.Now.State != ra.Unknown {
		t.Errorf("got %v", got.Now.State)
	}
}

// TestSeed: the same seed chooses the same faults.
func TestSeed(t *testing.T) {
	run := func(seed uint64) map[catest.Fault]int {
		ca := catest.New(catest.Config{CA: newCA(t), Seed: seed, Rate: 0.5, Faults: []catest.Fault{
			catest.LoseQuestion, catest.DropAnswer, catest.Twice, catest.Late, catest.Refuse,
		}})
		o := order(t)
		for i := range 30 {
			if _, err := ca.Submit(t.Context(), string(rune('a'+i%10)), o); err != nil && !errors.Is(err, catest.ErrFault) {
				t.Fatal(err)
			}
		}
		return ca.Counts()
	}
	if a, b, c := run(1), run(1), run(2); !maps.Equal(a, b) || maps.Equal(a, c) {
		t.Errorf("got %v, %v by the same seed and %v by another", a, b, c)
	}
}

// broken is a CA that breaks the contract in one place.
type broken struct{ ra.CA }

func (b broken) Find(context.Context, string) (ra.Outcome, error) {
	return ra.Outcome{}, errors.New("find: out of order")
}

// TestErrorsPassThrough: the CA's own errors are shown as they are.
func TestErrorsPassThrough(t *testing.T) {
	ca := catest.New(catest.Config{CA: broken{newCA(t)}})
	if _, err := ca.Submit(t.Context(), "order", order(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := ca.Orders(t.Context()); err == nil {
		t.Error("got no error")
	}
	forging := catest.New(catest.Config{CA: newCA(t), Rate: 1, Faults: []catest.Fault{catest.WrongKey}, NewKey: func() (crypto.Signer, error) {
		return nil, errors.New("no keys left")
	}})
	if _, err := forging.Submit(t.Context(), "order", order(t)); err == nil {
		t.Error("no key: got no error")
	}
}
