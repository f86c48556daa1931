package tokentest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/token"
)

// broken are the faults that are tried, and whether the change may have been
// made all the same.
var broken = []struct {
	fault token.Fault
	may   bool
}{
	{token.Removed, true}, {token.Full, false}, {token.ReadOnly, false}, {token.Busy, false}, {token.Crashed, false}, {token.Unknown, true},
}

// breaking are the behaviours under each fault.
func breaking() (list []behaviour) {
	for _, b := range broken {
		needs := func(o Options) bool { return o.Faults[b.fault] != nil }
		add := func(name string, run func(s *suite)) {
			list = append(list, behaviour{name: fmt.Sprintf("%s: %s", b.fault, name), needs: needs, run: run})
		}
		add("generating makes a whole key or none", func(s *suite) { s.breakGenerating(b.fault, b.may) })
		add("writing leaves none or the new certificate", func(s *suite) { s.breakWriting(b.fault, b.may) })
		add("replacing leaves the old or the new certificate", func(s *suite) { s.breakReplacing(b.fault, b.may) })
		if b.fault != token.Full { // deleting needs no room
			add("deleting leaves a whole key or none", func(s *suite) { s.breakDeleting(b.fault, b.may) })
		}
		add("the carrier works again afterwards", func(s *suite) { s.recover(b.fault) })
	}
	return append(list, behaviour{
		name:  "unknown: token.Generate finds the key if it was made",
		needs: func(o Options) bool { return o.Faults[token.Unknown] != nil },
		run:   (*suite).reconcile,
	})
}

// under makes a change that fails, and mends the carrier.
func (s *suite) under(f token.Fault, change func() error) {
	s.Helper()
	mend := s.o.Faults[f](s, s.carrier())
	err := change()
	mend()
	s.fault(err, f)
}

func (s *suite) breakGenerating(f token.Fault, may bool) {
	before := s.ids()
	spec := s.any()
	spec.ID = freshID()
	s.under(f, func() error {
		_, err := s.carrier().Generate(s.Context(), spec)
		return err
	})
	after := s.ids()
	if slices.Contains(after, spec.ID) {
		s.discard(spec.ID)
		if !may {
			s.Error("the key was made")
		}
		s.signs(s.entry(spec.ID).Key)
		after = slices.DeleteFunc(after, func(id string) bool { return id == spec.ID })
	}
	if !slices.Equal(after, before) {
		s.Errorf("got %v, want %v", after, before)
	}
}

func (s *suite) breakWriting(f token.Fault, may bool) {
	key := s.generate(s.any())
	s.breakInstalling(f, may, key, nil)
}

func (s *suite) breakReplacing(f token.Fault, may bool) {
	key := s.generate(s.any())
	old := s.certificate(key, 1, issued)
	s.install(key, old)
	s.breakInstalling(f, may, key, old)
}

func (s *suite) breakInstalling(f token.Fault, may bool, key token.Key, old *csr.Certificate) {
	id := key.Info().ID
	cert := s.certificate(key, 2, issued.AddDate(1, 0, 0))
	s.under(f, func() error { return s.carrier().Write(s.Context(), id, cert) })
	if got := s.entry(id).Certificate; got != nil && string(got.Raw) == string(cert.Raw) && may {
		return
	}
	s.holds(id, old)
	s.signs(s.entry(id).Key)
}

func (s *suite) breakDeleting(f token.Fault, may bool) {
	key := s.generate(s.any())
	cert := s.certificate(key, 1, issued)
	s.install(key, cert)
	id := key.Info().ID
	s.under(f, func() error { return s.carrier().Delete(s.Context(), id) })
	if may && !slices.Contains(s.ids(), id) {
		return
	}
	s.signs(s.entry(id).Key)
	s.holds(id, cert)
}

func (s *suite) recover(f token.Fault) {
	s.under(f, func() error {
		key, err := s.carrier().Generate(s.Context(), s.any())
		if err == nil {
			s.discard(key.Info().ID)
		}
		return err
	})
	key := s.generate(s.any())
	cert := s.certificate(key, 1, issued)
	s.install(key, cert)
	s.holds(key.Info().ID, cert)
	s.signs(key)
	s.remove(key.Info().ID)
}

func (s *suite) reconcile() {
	before := len(s.ids())
	mend := s.o.Faults[token.Unknown](s, s.carrier())
	spec := s.any()
	spec.ID = freshID()
	key, err := token.Generate(s.Context(), s.carrier(), spec)
	mend()
	made := slices.Contains(s.ids(), spec.ID)
	switch {
	case err == nil && !made, err == nil && key.Info().ID != spec.ID:
		s.Errorf("got %+v, which is not there", key.Info())
	case err != nil && !errors.Is(err, token.Unknown):
		s.Errorf("got %v", err)
	case err == nil:
		s.signs(key)
	}
	if made {
		s.discard(spec.ID)
	}
	if got, want := len(s.ids()), before; got > want+1 || got < want {
		s.Errorf("got %d keys, want %d or one more", got, want)
	}
}
