package tokentest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token"
)

var listing = []behaviour{
	{name: "listing changes nothing", run: func(s *suite) {
		if first, second := s.ids(), s.ids(); !slices.Equal(first, second) {
			s.Errorf("got %v, then %v", first, second)
		}
	}},
	{name: "listing shows a new key once", run: func(s *suite) {
		before := len(s.list())
		id := s.generate(s.any()).Info().ID
		n := 0
		for _, other := range s.ids() {
			if other == id {
				n++
			}
		}
		if n != 1 || len(s.list()) != before+1 {
			s.Errorf("got the key %d times, and %d keys after %d", n, len(s.list()), before)
		}
	}},
	{name: "listing keeps one order", run: func(s *suite) {
		for range 3 {
			s.generate(s.any())
		}
		want := s.ids()
		for range 3 {
			if got := s.ids(); !slices.Equal(got, want) {
				s.Errorf("got %v, want %v", got, want)
			}
		}
	}},
	{name: "listing shows IDs that differ", run: func(s *suite) {
		for range 3 {
			s.generate(s.any())
		}
		ids := s.ids()
		slices.Sort(ids)
		if len(slices.Compact(slices.Clone(ids))) != len(ids) {
			s.Errorf("got %v", ids)
		}
	}},
	{name: "listing tells what generating told", run: func(s *suite) {
		key := s.generate(s.any())
		e := s.entry(key.Info().ID)
		if e.Info != key.Info() || e.Key.Info() != key.Info() || !same(e.Key.Public(), key.Public()) {
			s.Errorf("got %+v and %+v, want %+v", e.Info, e.Key.Info(), key.Info())
		}
	}},
	{name: "listing shows no certificate before one is installed", run: func(s *suite) {
		s.holds(s.generate(s.any()).Info().ID, nil)
	}},
}

var generating = []behaviour{
	{name: "generating makes a key of every algorithm", run: func(s *suite) {
		for _, name := range s.o.Algorithms {
			key := s.generate(token.Spec{Algorithm: name, Name: name})
			if got := key.Info().Algorithm; got != name {
				s.Errorf("got %s, want %s", got, name)
			}
		}
	}},
	{name: "generating gives a public key of the algorithm", run: func(s *suite) {
		for _, name := range s.o.Algorithms {
			if got := algorithmOf(s.generate(token.Spec{Algorithm: name}).Public()); got != name {
				s.Errorf("got a public key of %s, want %s", got, name)
			}
		}
	}},
	{name: "generating gives a public key on its curve", run: func(s *suite) {
		for _, name := range s.o.Algorithms {
			pub := s.generate(token.Spec{Algorithm: name}).Public()
			spki, _, err := s.as.EncodeKey(pub)
			if err != nil {
				s.Errorf("%s: %v", name, err)
				continue
			}
			again, err := s.as.ParseKey(spki) // which checks the point
			if err != nil || !same(again, pub) {
				s.Errorf("%s: got %v, %v", name, again, err)
			}
		}
	}},
	{name: "generating takes the ID it is given", run: func(s *suite) {
		spec := s.any()
		spec.ID = freshID()
		if got := s.generate(spec).Info().ID; got != spec.ID {
			s.Errorf("got %s, want %s", got, spec.ID)
		}
		s.entry(spec.ID)
	}},
	{name: "generating chooses IDs that differ", run: func(s *suite) {
		a, b := s.generate(s.any()).Info().ID, s.generate(s.any()).Info().ID
		if a == b || a == "" || b == "" {
			s.Errorf("got %q and %q", a, b)
		}
	}},
	{name: "generating under an ID that exists is refused", run: func(s *suite) {
		key := s.generate(s.any())
		spec := token.Spec{Algorithm: s.o.Algorithms[0], Name: "another", ID: key.Info().ID}
		before := s.ids()
		_, err := s.carrier().Generate(s.Context(), spec)
		s.refused("generate", err, token.ErrExists)
		if e := s.entry(spec.ID); !same(e.Key.Public(), key.Public()) || e.Info.Name != key.Info().Name || !slices.Equal(s.ids(), before) {
			s.Error("the key that was there is changed")
		}
	}},
	{name: "generating under what is no ID is refused", run: func(s *suite) {
		before := s.ids()
		for _, id := range []string{"x", "../../victim", strings.Repeat("0", 30), strings.Repeat("g", 32), strings.Repeat("A", 32)} {
			spec := s.any()
			spec.ID = id
			key, err := s.carrier().Generate(s.Context(), spec)
			if err == nil && key.Info().ID != id {
				s.Errorf("%q: got a key of ID %q", id, key.Info().ID)
			}
			if err == nil {
				s.discard(key.Info().ID)
				if id != strings.Repeat("A", 32) {
					s.Errorf("%q: got a key, want an error", id)
				}
				before = s.ids()
			}
		}
		if got := s.ids(); !slices.Equal(got, before) {
			s.Errorf("got %v, want %v", got, before)
		}
	}},
	{name: "generating of an unknown algorithm is refused", run: func(s *suite) {
		before := s.ids()
		for _, name := range []string{"", "none", "256-Test", "RSA-1024"} {
			if _, err := s.carrier().Generate(s.Context(), token.Spec{Algorithm: name}); err == nil {
				s.Errorf("%q: got a key", name)
			}
		}
		if got := s.ids(); !slices.Equal(got, before) {
			s.Errorf("got %v, want %v", got, before)
		}
	}},
	{name: "generating keeps a Cyrillic name", run: func(s *suite) { s.keepsName("Ёлкина Щукарь-Ъ, ИП № 1") }},
	{name: "generating keeps an empty name", run: func(s *suite) { s.keepsName("") }},
	{name: "generating keeps a name of odd characters", run: func(s *suite) { s.keepsName(`../"a'\b` + "; <&>%s") }},
	{name: "generating keeps a long name", run: func(s *suite) { s.keepsName(strings.Repeat("Щ", 60)) }},
	{name: "generating allows two keys of one name", run: func(s *suite) {
		a, b := s.generate(s.any()), s.generate(s.any())
		if a.Info().Name != b.Info().Name || a.Info().ID == b.Info().ID {
			s.Errorf("got %+v and %+v", a.Info(), b.Info())
		}
	}},
	{name: "generating makes another key each time", run: func(s *suite) {
		if same(s.generate(s.any()).Public(), s.generate(s.any()).Public()) {
			s.Error("got the same key twice")
		}
	}},
	{name: "generating tells all about the key", run: func(s *suite) {
		i := s.generate(s.any()).Info()
		if i.ID == "" || i.Name != "Вощёных" || i.Algorithm != s.o.Algorithms[0] || i.Extractable != s.o.Extractable {
			s.Errorf("got %+v", i)
		}
	}},
	{name: "generating tells the device", run: func(s *suite) {
		a, b := s.generate(s.any()).Info().Device, s.generate(s.any()).Info().Device
		if a.Manufacturer == "" || a.Model == "" || a.Serial == "" || !a.Same(b) {
			s.Errorf("got %+v and %+v", a, b)
		}
	}},
	{name: "token.Generate gives the key an ID", run: func(s *suite) {
		key, err := token.Generate(s.Context(), s.carrier(), s.any())
		if err != nil {
			s.Fatal(err)
		}
		s.discard(key.Info().ID)
		if raw, err := hex.DecodeString(key.Info().ID); err != nil || len(raw) != 16 {
			s.Errorf("got ID %q", key.Info().ID)
		}
	}},
}

// keepsName wants a key to bear a name, in the list too.
func (s *suite) keepsName(name string) {
	s.Helper()
	key := s.generate(token.Spec{Algorithm: s.o.Algorithms[0], Name: name})
	if got := key.Info().Name; got != name {
		s.Errorf("got %q, want %q", got, name)
	}
	if got := s.entry(key.Info().ID).Info.Name; got != name {
		s.Errorf("in the list: got %q, want %q", got, name)
	}
}

var signing = []behaviour{
	{name: "signing verifies with every algorithm", run: func(s *suite) {
		for _, name := range s.o.Algorithms {
			s.signs(s.generate(token.Spec{Algorithm: name}))
		}
	}},
	{name: "signing works with a listed key", run: func(s *suite) {
		for _, name := range s.o.Algorithms {
			s.signs(s.entry(s.generate(token.Spec{Algorithm: name}).Info().ID).Key)
		}
	}},
	{name: "signing is of this message only", run: func(s *suite) {
		key := s.generate(s.any())
		a, sig, err := s.as.Sign(key, []byte("one"))
		if err != nil {
			s.Fatal(err)
		}
		if a.VerifyMessage(key.Public(), []byte("two"), sig) {
			s.Error("it verifies with another message")
		}
	}},
	{name: "signing is of this key only", run: func(s *suite) {
		key, other := s.generate(s.any()), s.generate(s.any())
		a, sig, err := s.as.Sign(key, []byte("one"))
		if err != nil {
			s.Fatal(err)
		}
		if a.VerifyMessage(other.Public(), []byte("one"), sig) {
			s.Error("it verifies with another key")
		}
	}},
	{name: "signing refuses a digest of another length", run: func(s *suite) {
		for _, name := range s.o.Algorithms {
			key := s.generate(token.Spec{Algorithm: name})
			if _, ec := key.Public().(*ecdsa.PublicKey); ec {
				continue // takes any
			}
			a, err := s.as.ForKey(key.Public())
			if err != nil {
				s.Fatal(err)
			}
			for _, n := range []int{0, 1, 31, 63, 65} {
				if sig, err := key.Sign(nil, make([]byte, n), a.Options); err == nil {
					s.Errorf("%s: %d octets: got a signature of %d", name, n, len(sig))
				}
			}
			s.signs(key)
		}
	}},
	{name: "signing works many times", run: func(s *suite) {
		key := s.generate(s.any())
		for range 20 {
			s.signs(key)
		}
	}},
	{name: "signing works with two keys in turn", run: func(s *suite) {
		a, b := s.generate(s.any()), s.generate(s.any())
		for range 3 {
			s.signs(a)
			s.signs(b)
		}
	}},
	{name: "signing leaves the public key as it was", run: func(s *suite) {
		key := s.generate(s.any())
		before := key.Public()
		s.signs(key)
		if !same(before, key.Public()) {
			s.Error("it changed")
		}
	}},
	{name: "signing works after other keys were made and deleted", run: func(s *suite) {
		key := s.generate(s.any())
		other := s.generate(s.any())
		if err := s.carrier().Delete(s.Context(), other.Info().ID); err != nil {
			s.Fatal(err)
		}
		s.signs(key)
	}},
}

func same(a, b crypto.PublicKey) bool {
	k, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && k.Equal(b)
}

// algorithmOf names the algorithm of a public key as token.Spec does.
func algorithmOf(pub crypto.PublicKey) string {
	switch pub := pub.(type) {
	case *gost.PublicKey:
		return pub.Curve().Name()
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA-%d", pub.N.BitLen())
	case *ecdsa.PublicKey:
		return pub.Curve.Params().Name
	}
	return fmt.Sprintf("%T", pub)
}
