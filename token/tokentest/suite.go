package tokentest

import (
	"bytes"
	"context"
	"errors"
	"math/big"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/token"
)

// carrier is the one that the behaviour is about.
func (s *suite) carrier() token.Carrier {
	s.Helper()
	if s.c == nil {
		s.use(s.o.Open(s))
	}
	return s.c
}

// use makes a carrier the one that the behaviour is about. It is closed in the
// end, or whatever took its place.
func (s *suite) use(c token.Carrier) {
	s.c = c
	s.Cleanup(func() {
		if err := s.c.Close(); err != nil {
			s.Errorf("close: %v", err)
		}
	})
}

// reopen opens the carrier again.
func (s *suite) reopen() {
	s.Helper()
	s.c = s.o.Reopen(s, s.carrier())
}

func (s *suite) any() token.Spec {
	return token.Spec{Algorithm: s.o.Algorithms[0], Name: "Вощёных"}
}

// generate makes a key, which is deleted in the end.
func (s *suite) generate(spec token.Spec) token.Key {
	s.Helper()
	key, err := s.carrier().Generate(s.Context(), spec)
	if err != nil {
		s.Fatalf("generate %+v: %v", spec, err)
	}
	s.discard(key.Info().ID)
	return key
}

// discard deletes a key in the end, if it is still there.
func (s *suite) discard(id string) {
	s.Cleanup(func() {
		err := s.c.Delete(context.WithoutCancel(s.Context()), id)
		if err != nil && !errors.Is(err, token.ErrNotFound) {
			s.Errorf("clearing up: %v", err)
		}
	})
}

func (s *suite) list() []token.Entry {
	s.Helper()
	entries, err := s.carrier().List(s.Context())
	if err != nil {
		s.Fatalf("list: %v", err)
	}
	return entries
}

// entry is what the list says about a key.
func (s *suite) entry(id string) token.Entry {
	s.Helper()
	e, err := token.Find(s.Context(), s.carrier(), id)
	if err != nil {
		s.Fatalf("find: %v", err)
	}
	return e
}

// ids are those of all keys.
func (s *suite) ids() []string {
	s.Helper()
	var ids []string
	for _, e := range s.list() {
		ids = append(ids, e.Info.ID)
	}
	return ids
}

// certificate is one for the key that begins at a time.
func (s *suite) certificate(key token.Key, serial int64, from time.Time) *csr.Certificate {
	s.Helper()
	return Issue(s, key, csr.CertificateTemplate{SerialNumber: big.NewInt(serial), NotBefore: from})
}

func (s *suite) install(key token.Key, cert *csr.Certificate) {
	s.Helper()
	if err := token.Install(s.Context(), s.carrier(), key.Info().ID, s.as, cert); err != nil {
		s.Fatalf("install: %v", err)
	}
}

// holds wants the certificate beside the key; nil: none.
func (s *suite) holds(id string, want *csr.Certificate) {
	s.Helper()
	got := s.entry(id).Certificate
	switch {
	case want == nil && got != nil:
		s.Errorf("got certificate %v, want none", got.SerialNumber)
	case want != nil && got == nil:
		s.Errorf("got no certificate, want %v", want.SerialNumber)
	case want != nil && !bytes.Equal(got.Raw, want.Raw):
		s.Errorf("got certificate %v, want %v", got.SerialNumber, want.SerialNumber)
	}
}

// signs wants a signature that verifies.
func (s *suite) signs(key token.Key) {
	s.Helper()
	if _, _, err := s.as.Sign(key, []byte("surguch: conformance")); err != nil {
		s.Errorf("sign: %v", err)
	}
}

// refused wants an error of the given kind.
func (s *suite) refused(what string, err, want error) {
	s.Helper()
	if !errors.Is(err, want) {
		s.Errorf("%s: got %v, want %v", what, err, want)
	}
}
