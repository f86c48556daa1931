package tokentest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/token"
)

var reopening = []behaviour{
	{name: "reopening shows the same keys", needs: reopens, run: func(s *suite) {
		a, b := s.generate(s.any()), s.generate(s.any())
		want := s.ids()
		s.reopen()
		if got := s.ids(); !slices.Equal(got, want) {
			s.Errorf("got %v, want %v", got, want)
		}
		for _, key := range []token.Key{a, b} {
			if e := s.entry(key.Info().ID); e.Info != key.Info() || !same(e.Key.Public(), key.Public()) {
				s.Errorf("got %+v, want %+v", e.Info, key.Info())
			}
		}
	}},
	{name: "reopening shows the same device", needs: reopens, run: func(s *suite) {
		key := s.generate(s.any())
		s.reopen()
		if got, want := s.entry(key.Info().ID).Info.Device, key.Info().Device; got != want {
			s.Errorf("got %+v, want %+v", got, want)
		}
	}},
	{name: "reopening lets every algorithm sign", needs: reopens, run: func(s *suite) {
		var ids []string
		for _, name := range s.o.Algorithms {
			ids = append(ids, s.generate(token.Spec{Algorithm: name}).Info().ID)
		}
		s.reopen()
		for _, id := range ids {
			s.signs(s.entry(id).Key)
		}
	}},
	{name: "reopening shows the certificate", needs: reopens, run: func(s *suite) {
		key := s.generate(s.any())
		cert := s.certificate(key, 1, issued)
		s.install(key, cert)
		s.reopen()
		s.holds(key.Info().ID, cert)
	}},
	{name: "reopening lets a certificate be installed", needs: reopens, run: func(s *suite) {
		key := s.generate(s.any())
		cert := s.certificate(key, 1, issued)
		s.reopen()
		s.install(key, cert)
		s.holds(key.Info().ID, cert)
	}},
	{name: "reopening does not bring back what was deleted", needs: reopens, run: func(s *suite) {
		id := s.generate(s.any()).Info().ID
		s.remove(id)
		s.reopen()
		if slices.Contains(s.ids(), id) {
			s.Error("it is there again")
		}
	}},
	{name: "reopening lets a key be deleted", needs: reopens, run: func(s *suite) {
		id := s.generate(s.any()).Info().ID
		s.reopen()
		s.remove(id)
	}},
}

var cancelling = []behaviour{
	{name: "a cancelled listing is refused", run: func(s *suite) {
		_, err := s.carrier().List(s.over())
		s.refused("list", err, context.Canceled)
	}},
	{name: "a cancelled generating makes nothing", run: func(s *suite) {
		before := s.ids()
		_, err := s.carrier().Generate(s.over(), s.any())
		s.refused("generate", err, context.Canceled)
		if got := s.ids(); !slices.Equal(got, before) {
			s.Errorf("got %v, want %v", got, before)
		}
	}},
	{name: "a cancelled writing writes nothing", run: func(s *suite) {
		key := s.generate(s.any())
		s.refused("write", s.carrier().Write(s.over(), key.Info().ID, s.certificate(key, 1, issued)), context.Canceled)
		s.holds(key.Info().ID, nil)
	}},
	{name: "a cancelled deleting deletes nothing", run: func(s *suite) {
		key := s.generate(s.any())
		s.refused("delete", s.carrier().Delete(s.over(), key.Info().ID), context.Canceled)
		s.signs(s.entry(key.Info().ID).Key)
	}},
	{name: "a deadline that has passed is told as such", run: func(s *suite) {
		c := s.carrier()
		ctx, cancel := context.WithDeadline(s.Context(), time.Unix(0, 0))
		defer cancel()
		_, err := c.List(ctx)
		s.refused("list", err, context.DeadlineExceeded)
	}},
}

// over is a context that is cancelled.
func (s *suite) over() context.Context {
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	return ctx
}

var sharing = []behaviour{
	{name: "several goroutines generate at once", run: func(s *suite) {
		s.carrier()
		var ids [4]string
		s.together(len(ids), func(i int) error {
			key, err := s.c.Generate(s.Context(), s.any())
			if err == nil {
				ids[i] = key.Info().ID
			}
			return err
		})
		present := s.ids()
		for _, id := range ids {
			if id != "" {
				s.discard(id)
			}
			if !slices.Contains(present, id) {
				s.Errorf("key %q is not there", id)
			}
		}
	}},
	{name: "several goroutines ask for one ID, and one gets it", run: func(s *suite) {
		s.carrier()
		spec := s.any()
		spec.ID = freshID()
		s.discard(spec.ID)
		var won [4]bool
		s.together(len(won), func(i int) error {
			_, err := s.c.Generate(s.Context(), spec)
			won[i] = err == nil
			if errors.Is(err, token.ErrExists) {
				return nil
			}
			return err
		})
		n := 0
		for _, w := range won {
			if w {
				n++
			}
		}
		if n != 1 {
			s.Errorf("got %d keys made, want one", n)
		}
	}},
	{name: "several goroutines sign with one key", run: func(s *suite) {
		key := s.generate(s.any())
		s.together(4, func(int) error {
			for range 5 {
				if _, _, err := s.as.Sign(key, []byte("together")); err != nil {
					return err
				}
			}
			return nil
		})
	}},
	{name: "several goroutines sign with keys of their own", run: func(s *suite) {
		var keys []token.Key
		for range 3 {
			keys = append(keys, s.generate(s.any()))
		}
		s.together(len(keys), func(i int) error {
			_, _, err := s.as.Sign(keys[i], []byte("together"))
			return err
		})
	}},
	{name: "several goroutines list, sign, install and delete", run: func(s *suite) {
		signer, owner, victim := s.generate(s.any()), s.generate(s.any()), s.generate(s.any())
		cert := s.certificate(owner, 1, issued)
		s.together(4, func(i int) error {
			switch i {
			case 0:
				_, err := s.c.List(s.Context())
				return err
			case 1:
				_, _, err := s.as.Sign(signer, []byte("together"))
				return err
			case 2:
				return token.Install(s.Context(), s.c, owner.Info().ID, s.as, cert)
			default:
				return s.c.Delete(s.Context(), victim.Info().ID)
			}
		})
		s.holds(owner.Info().ID, cert)
		if slices.Contains(s.ids(), victim.Info().ID) {
			s.Error("the deleted key is there")
		}
	}},
	{name: "several goroutines install certificates of one key, and one stays", run: func(s *suite) {
		key := s.generate(s.any())
		var certs []*csr.Certificate
		for serial := range int64(4) {
			certs = append(certs, s.certificate(key, serial+1, issued))
		}
		s.together(len(certs), func(i int) error { return s.c.Write(s.Context(), key.Info().ID, certs[i]) })
		got := s.entry(key.Info().ID).Certificate
		if got == nil || !slices.ContainsFunc(certs, func(c *csr.Certificate) bool { return string(c.Raw) == string(got.Raw) }) {
			s.Errorf("got %v, want one of the four", got)
		}
	}},
}

// together runs n goroutines at once.
func (s *suite) together(n int, f func(i int) error) {
	s.Helper()
	start := make(chan struct{})
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			<-start
			if err := f(i); err != nil {
				s.Errorf("goroutine %d: %v", i, err)
			}
		})
	}
	close(start)
	wait.Wait()
}
