package catest

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/ra"
)

// Suite is what [Run] needs to know of a connector. Required: Open.
type Suite struct {
	// Open returns a connector to an authority that has no orders yet.
	Open func(t *testing.T) ra.CA
	// Reopen returns a new connector to the same authority, as after a crash
	// of the process. Nil: it is not tested.
	Reopen func(t *testing.T, ca ra.CA) ra.CA
	// Serve has the people of the authority do what waits for them. It is
	// called while an outcome is Pending. Nil: nobody has to.
	Serve func(t *testing.T, ca ra.CA)

	// Algorithms and NewKey make the requests. Nil: csr.Standard() and ECDSA
	// P-256.
	Algorithms csr.Algorithms
	NewKey     func() (crypto.Signer, error)
}

// Run tests that a connector keeps the contract of ra.CA.
func Run(t *testing.T, s Suite) {
	if s.Algorithms == nil {
		s.Algorithms = csr.Standard()
	}
	if s.NewKey == nil {
		s.NewKey = newKey
	}
	for _, c := range []struct {
		name string
		run  func(*testing.T, *suite)
	}{
		{"Unknown", testUnknown}, {"Once", testOnce}, {"Keys", testKeys}, {"Concurrent", testConcurrent},
		{"Cancelled", testCancelled}, {"Suspend", testSuspend}, {"Revoke", testRevoke}, {"Asked", testAsked},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, &suite{Suite: s, t: t, ca: s.Open(t)}) })
	}
}

type suite struct {
	Suite
	t  *testing.T
	ca ra.CA
}

// reopen goes on with a new connector, if there is a way to get one.
func (s *suite) reopen() {
	s.t.Helper()
	if s.Reopen != nil {
		s.ca = s.Reopen(s.t, s.ca)
	}
}

// order is a request of an invented person.
func (s *suite) order(cn string) ra.Order {
	s.t.Helper()
	name, err := csr.NewName(
		csr.NewAttribute(csr.SNILS, "11223344595"), csr.NewAttribute(csr.INN, "500100732259"),
		csr.NewAttribute(csr.Country, "RU"), csr.NewAttribute(csr.CommonName, cn))
	s.must(err)
	key, err := s.NewKey()
	s.must(err)
	der, err := s.Algorithms.Create(key, &csr.Template{Subject: name})
	s.must(err)
	request, err := s.Algorithms.Parse(der)
	s.must(err)
	return ra.Order{Request: request, Identification: qualified.InPerson}
}

func (s *suite) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// patience is how many times in a row an outcome may be Pending.
const patience = 100

// until asks until the outcome is no longer Pending, and wants it to be in a
// state.
func (s *suite) until(what string, want ra.OutcomeState, ask func() (ra.Outcome, error)) ra.Outcome {
	s.t.Helper()
	for range patience {
		out, err := ask()
		if err != nil {
			s.t.Fatalf("%s: %v", what, err)
		}
		if out.State == ra.Pending {
			if s.Serve != nil {
				s.Serve(s.t, s.ca)
			}
			continue
		}
		if out.State != want {
			s.t.Fatalf("%s: got %v (%s), want %v", what, out.State, out.Code, want)
		}
		return out
	}
	s.t.Fatalf("%s: pending for ever", what)
	return ra.Outcome{}
}

func (s *suite) submit(key string, o ra.Order) ra.Outcome {
	s.t.Helper()
	return s.until("submit", ra.Issued, func() (ra.Outcome, error) { return s.ca.Submit(s.t.Context(), key, o) })
}

func (s *suite) find(key string, want ra.OutcomeState) ra.Outcome {
	s.t.Helper()
	return s.until("find", want, func() (ra.Outcome, error) { return s.ca.Find(s.t.Context(), key) })
}

func (s *suite) revoke(key string, action ra.RevocationAction, want ra.OutcomeState) ra.Outcome {
	s.t.Helper()
	r := ra.Revocation{Action: action}
	if action == ra.ActRevoke {
		r.Reason = csr.ReasonCessationOfOperation
	}
	return s.until("revoke", want, func() (ra.Outcome, error) { return s.ca.Revoke(s.t.Context(), key, r) })
}

// issued is the certificate of an outcome.
func (s *suite) issued(out ra.Outcome) *csr.Certificate {
	s.t.Helper()
	cert, err := s.Algorithms.ParseCertificate(out.Certificate)
	s.must(err)
	return cert
}

// testUnknown: of a key that was never submitted nothing is known, and to ask
// for it makes no order.
func testUnknown(t *testing.T, s *suite) {
	for range 2 {
		if out := s.find("nobody", ra.Unknown); out.Certificate != nil {
			t.Error("find: got a certificate")
		}
		s.revoke("nobody", ra.ActRevoke, ra.Unknown)
		s.revoke("nobody", ra.ActSuspend, ra.Unknown)
		s.revoke("nobody", ra.ActResume, ra.Unknown)
		s.until("answer", ra.Unknown, func() (ra.Outcome, error) { return s.ca.Answer(t.Context(), "nobody", ra.Answer{}) })
		s.reopen()
	}
	s.submit("nobody", s.order("Первый")) // the key is none the worse for it
}

// testOnce: one key, one certificate, whatever is asked and however often.
func testOnce(t *testing.T, s *suite) {
	o := s.order("Первый")
	first := s.submit("order", o)
	if err := s.issued(first).Matches(o.Request); err != nil {
		t.Error(err)
	}
	want := bytes.Clone(first.Certificate)
	clear(first.Certificate) // is the caller's to change
	for range 2 {
		for what, out := range map[string]ra.Outcome{
			"find": s.find("order", ra.Issued), "submit": s.submit("order", o), "another order": s.submit("order", s.order("Второй")),
		} {
			if !bytes.Equal(out.Certificate, want) {
				t.Errorf("%s: got another certificate", what)
			}
		}
		s.reopen()
	}
}

// testKeys: keys are any text, and what differs is another order, in a file
// system that folds case or knows reserved names too.
func testKeys(t *testing.T, s *suite) {
	serials := map[string]string{}
	keys := []string{"a", "A", "a ", "a/b", "../a", "CON", "ключ", "nul.cer", strings.Repeat("long", 100)}
	for _, key := range keys {
		cert := s.issued(s.submit(key, s.order("Первый")))
		if other, twice := serials[cert.SerialNumber.String()]; twice {
			t.Errorf("the keys %q and %q: got one serial number", key, other)
		}
		serials[cert.SerialNumber.String()] = key
	}
	s.reopen()
	for _, key := range keys {
		if n := s.issued(s.find(key, ra.Issued)).SerialNumber.String(); serials[n] != key {
			t.Errorf("the key %q: got another certificate", key)
		}
	}
}

// testConcurrent: several workers who hand over one order get one certificate.
func testConcurrent(t *testing.T, s *suite) {
	o := s.order("Первый")
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if _, err := s.ca.Submit(t.Context(), "order", o); err != nil {
				t.Error(err)
			}
			if _, err := s.ca.Find(t.Context(), "order"); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if first := s.submit("order", o); !bytes.Equal(first.Certificate, s.find("order", ra.Issued).Certificate) {
		t.Error("got two certificates")
	}
}

// testCancelled: whatever a caller who gave up leaves behind, Find and Submit
// come to one certificate.
func testCancelled(t *testing.T, s *suite) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := s.order("Первый")
	if out, err := s.ca.Submit(ctx, "order", o); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v, want context.Canceled, or no error", out.State, err)
	}
	first := s.submit("order", o)
	if again := s.find("order", ra.Issued); !bytes.Equal(again.Certificate, first.Certificate) {
		t.Error("got two certificates")
	}
}

// testSuspend: a suspension is lifted, and begun again; repetitions, and a
// resumption of what was not suspended, are no errors.
func testSuspend(t *testing.T, s *suite) {
	want := s.submit("order", s.order("Первый")).Certificate
	for range 2 {
		for _, c := range []struct {
			action ra.RevocationAction
			want   ra.OutcomeState
		}{{ra.ActResume, ra.Issued}, {ra.ActSuspend, ra.Suspended}, {ra.ActSuspend, ra.Suspended}, {ra.ActResume, ra.Issued}} {
			if out := s.revoke("order", c.action, c.want); !bytes.Equal(out.Certificate, want) {
				t.Error("revoke: got another certificate")
			}
			s.reopen()
			if out := s.find("order", c.want); !bytes.Equal(out.Certificate, want) {
				t.Error("find: got another certificate")
			}
		}
	}
	s.revoke("order", ra.ActSuspend, ra.Suspended)
	s.revoke("order", ra.ActRevoke, ra.Revoked)
}

// testRevoke: the end is for good, and no second certificate follows on it.
func testRevoke(t *testing.T, s *suite) {
	o := s.order("Первый")
	want := s.submit("order", o).Certificate
	for range 2 {
		if out := s.revoke("order", ra.ActRevoke, ra.Revoked); !bytes.Equal(out.Certificate, want) {
			t.Error("got another certificate")
		}
		s.reopen()
	}
	s.revoke("order", ra.ActSuspend, ra.Revoked)
	s.revoke("order", ra.ActResume, ra.Revoked)
	s.find("order", ra.Revoked)
	out := s.until("submit", ra.Revoked, func() (ra.Outcome, error) { return s.ca.Submit(t.Context(), "order", o) })
	if !bytes.Equal(out.Certificate, want) {
		t.Error("submit: got another certificate")
	}
}

// testAsked: an answer to what was not asked changes nothing.
func testAsked(t *testing.T, s *suite) {
	want := s.submit("order", s.order("Первый")).Certificate
	out := s.until("answer", ra.Issued, func() (ra.Outcome, error) {
		return s.ca.Answer(t.Context(), "order", ra.Answer{Signature: []byte("подпись")})
	})
	if !bytes.Equal(out.Certificate, want) {
		t.Error("got another certificate")
	}
}
