package tokentest

import (
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/token"
)

// freshID is an ID that no key has.
func freshID() string {
	var id [16]byte
	rand.Read(id[:])
	return hex.EncodeToString(id[:])
}

var requesting = []behaviour{
	{name: "requests are made and parse with every algorithm", run: func(s *suite) {
		for _, name := range s.o.Algorithms {
			key := s.generate(token.Spec{Algorithm: name})
			if r := s.request(key); !same(r.PublicKey, key.Public()) {
				s.Errorf("%s: got another key in the request", name)
			}
		}
	}},
	{name: "requests carry a Cyrillic subject", run: func(s *suite) {
		r := s.request(s.generate(s.any()))
		if got, want := r.Subject.Get(csr.CommonName), "Вощёных Ефим Ильич"; got != want {
			s.Errorf("got %q, want %q", got, want)
		}
	}},
	{name: "requests can be made with a listed key", run: func(s *suite) {
		key := s.entry(s.generate(s.any()).Info().ID).Key
		if r := s.request(key); !same(r.PublicKey, key.Public()) {
			s.Error("got another key in the request")
		}
	}},
}

// request makes a request and reads it, which verifies its signature.
func (s *suite) request(key token.Key) *csr.Request {
	s.Helper()
	der, err := s.as.Create(key, &csr.Template{Subject: named(s, csr.Name{}, "Вощёных Ефим Ильич")})
	if err != nil {
		s.Fatalf("request: %v", err)
	}
	r, err := s.as.Parse(der)
	if err != nil {
		s.Fatalf("request: %v", err)
	}
	return r
}

var installing = []behaviour{
	{name: "installing works with every algorithm", run: func(s *suite) {
		for i, name := range s.o.Algorithms {
			key := s.generate(token.Spec{Algorithm: name})
			cert := s.certificate(key, int64(i+1), issued)
			s.install(key, cert)
			s.holds(key.Info().ID, cert)
		}
	}},
	{name: "installing can be verified", run: func(s *suite) {
		key := s.generate(s.any())
		cert := s.certificate(key, 1, issued)
		s.install(key, cert)
		if err := token.Verify(s.Context(), s.carrier(), key.Info().ID, s.as, cert); err != nil {
			s.Error(err)
		}
	}},
	{name: "verifying before installing is refused", run: func(s *suite) {
		key := s.generate(s.any())
		s.refused("verify", token.Verify(s.Context(), s.carrier(), key.Info().ID, s.as, s.certificate(key, 1, issued)), token.ErrReadBack)
	}},
	{name: "verifying another certificate is refused", run: func(s *suite) {
		key := s.generate(s.any())
		s.install(key, s.certificate(key, 1, issued))
		s.refused("verify", token.Verify(s.Context(), s.carrier(), key.Info().ID, s.as, s.certificate(key, 2, issued)), token.ErrReadBack)
	}},
	{name: "installing the certificate of another key is refused", run: func(s *suite) {
		key, other := s.generate(s.any()), s.generate(s.any())
		cert := s.certificate(other, 1, issued)
		s.refused("install", token.Install(s.Context(), s.carrier(), key.Info().ID, s.as, cert), token.ErrOtherKey)
		s.holds(key.Info().ID, nil)
		s.holds(other.Info().ID, nil)
	}},
	{name: "installing the certificate of another key leaves the right one", run: func(s *suite) {
		key, other := s.generate(s.any()), s.generate(s.any())
		right := s.certificate(key, 1, issued)
		s.install(key, right)
		s.refused("install", token.Install(s.Context(), s.carrier(), key.Info().ID, s.as, s.certificate(other, 2, issued)), token.ErrOtherKey)
		s.holds(key.Info().ID, right)
	}},
	{name: "installing beside no key is refused", run: func(s *suite) {
		cert := s.certificate(s.generate(s.any()), 1, issued)
		s.refused("install", token.Install(s.Context(), s.carrier(), freshID(), s.as, cert), token.ErrNotFound)
	}},
	{name: "writing beside no key is refused", run: func(s *suite) {
		cert := s.certificate(s.generate(s.any()), 1, issued)
		for _, id := range []string{freshID(), "", "x", "../victim", strings.Repeat("0", 31)} {
			s.refused("write beside "+id, s.carrier().Write(s.Context(), id, cert), token.ErrNotFound)
		}
	}},
	{name: "installing leaves other keys alone", run: func(s *suite) {
		key, other := s.generate(s.any()), s.generate(s.any())
		s.install(key, s.certificate(key, 1, issued))
		s.holds(other.Info().ID, nil)
		s.signs(other)
	}},
	{name: "installing leaves the key as it was", run: func(s *suite) {
		key := s.generate(s.any())
		s.install(key, s.certificate(key, 1, issued))
		if got := s.entry(key.Info().ID); got.Info != key.Info() || !same(got.Key.Public(), key.Public()) {
			s.Errorf("got %+v, want %+v", got.Info, key.Info())
		}
		s.signs(key)
	}},
	{name: "installing two keys keeps their certificates apart", run: func(s *suite) {
		a, b := s.generate(s.any()), s.generate(s.any())
		certA, certB := s.certificate(a, 1, issued), s.certificate(b, 2, issued)
		s.install(a, certA)
		s.install(b, certB)
		s.holds(a.Info().ID, certA)
		s.holds(b.Info().ID, certB)
	}},
	{name: "installing replaces an older certificate", run: func(s *suite) {
		key := s.generate(s.any())
		s.install(key, s.certificate(key, 1, issued))
		younger := s.certificate(key, 2, issued.AddDate(1, 0, 0))
		s.install(key, younger)
		s.holds(key.Info().ID, younger)
	}},
	{name: "installing replaces a younger certificate", run: func(s *suite) {
		key := s.generate(s.any())
		s.install(key, s.certificate(key, 1, issued))
		older := s.certificate(key, 2, issued.AddDate(-1, 0, 0))
		s.install(key, older)
		s.holds(key.Info().ID, older)
	}},
	{name: "installing the same certificate twice is well", run: func(s *suite) {
		key := s.generate(s.any())
		cert := s.certificate(key, 1, issued)
		s.install(key, cert)
		s.install(key, cert)
		s.holds(key.Info().ID, cert)
	}},
	{name: "installing many times leaves the last", run: func(s *suite) {
		key := s.generate(s.any())
		for serial := range int64(5) {
			cert := s.certificate(key, serial+1, issued)
			s.install(key, cert)
			s.holds(key.Info().ID, cert)
		}
	}},
}

var deleting = []behaviour{
	{name: "deleting removes the key", run: func(s *suite) {
		key := s.generate(s.any())
		s.remove(key.Info().ID)
		if slices.Contains(s.ids(), key.Info().ID) {
			s.Error("it is still there")
		}
	}},
	{name: "deleting removes the certificate", run: func(s *suite) {
		spec := s.any()
		spec.ID = freshID()
		key := s.generate(spec)
		s.install(key, s.certificate(key, 1, issued))
		s.remove(spec.ID)
		s.generate(spec)
		s.holds(spec.ID, nil)
	}},
	{name: "deleting leaves other keys", run: func(s *suite) {
		key, other := s.generate(s.any()), s.generate(s.any())
		cert := s.certificate(other, 1, issued)
		s.install(other, cert)
		s.remove(key.Info().ID)
		s.holds(other.Info().ID, cert)
		s.signs(s.entry(other.Info().ID).Key)
	}},
	{name: "deleting twice is refused", run: func(s *suite) {
		id := s.generate(s.any()).Info().ID
		s.remove(id)
		s.refused("delete", s.carrier().Delete(s.Context(), id), token.ErrNotFound)
	}},
	{name: "deleting what is not there is refused", run: func(s *suite) {
		before := s.ids()
		for _, id := range []string{freshID(), "", "x", "../victim", strings.Repeat("0", 31), strings.Repeat("g", 32)} {
			s.refused("delete "+id, s.carrier().Delete(s.Context(), id), token.ErrNotFound)
		}
		if got := s.ids(); !slices.Equal(got, before) {
			s.Errorf("got %v, want %v", got, before)
		}
	}},
	{name: "deleting lets the ID be used again", run: func(s *suite) {
		spec := s.any()
		spec.ID = freshID()
		first := s.generate(spec)
		s.remove(spec.ID)
		if same(first.Public(), s.generate(spec).Public()) {
			s.Error("got the deleted key again")
		}
	}},
	{name: "installing after deleting is refused", run: func(s *suite) {
		key := s.generate(s.any())
		cert := s.certificate(key, 1, issued)
		s.remove(key.Info().ID)
		s.refused("install", token.Install(s.Context(), s.carrier(), key.Info().ID, s.as, cert), token.ErrNotFound)
	}},
}

func (s *suite) remove(id string) {
	s.Helper()
	if err := s.carrier().Delete(s.Context(), id); err != nil {
		s.Fatalf("delete: %v", err)
	}
}
