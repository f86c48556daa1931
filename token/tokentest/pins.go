package tokentest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/surguch/surguch/token"
)

// person answers questions for a PIN, and remembers them.
type person struct {
	pin, chosen string
	last        bool  // allows the last try
	err         error // instead of an answer
	before      func()
	asked       []token.Question
	given       [][]byte
}

func (p *person) ask(_ context.Context, q token.Question) (token.Answer, error) {
	p.asked = append(p.asked, q)
	if p.before != nil {
		p.before()
	}
	pin := []byte(p.pin)
	if q.New {
		pin = []byte(p.chosen)
	}
	p.given = append(p.given, pin)
	return token.Answer{PIN: pin, LastTry: p.last}, p.err
}

// wrong is a PIN of the same length that is not the right one.
func wrong(pin string) string {
	b := []byte(pin)
	for i := range b {
		b[i] = '0' + (b[i]+3)%10
	}
	return string(b)
}

func hasPIN(o Options) bool     { return o.PIN != nil }
func allNeedPIN(o Options) bool { return o.PIN != nil && o.PIN.Use == nil }
func counts(o Options) bool     { return o.PIN != nil && o.PIN.Tries > 2 }
func checks(o Options) bool     { return counts(o) && o.PIN.Check != nil }
func changesPIN(o Options) bool { return o.PIN != nil && o.PIN.Change != nil }
func unblocks(o Options) bool   { return counts(o) && o.PIN.Unblock != nil }

// with opens the carrier with a person to ask.
func (s *suite) with(p *person) { s.use(s.o.PIN.Open(s, p.ask)) }

// enter does what needs the PIN.
func (s *suite) enter(ctx context.Context) error {
	if s.o.PIN.Use != nil {
		return s.o.PIN.Use(ctx, s.c)
	}
	_, err := s.c.List(ctx)
	return err
}

// left is how many tries the carrier tells that are left, of so many.
func (s *suite) left(n int) int {
	if s.o.PIN.Silent && n > 1 {
		return -1
	}
	return n
}

// mistake enters a wrong PIN.
func (s *suite) mistake(p *person) *token.Error {
	s.Helper()
	p.pin = wrong(s.o.PIN.User)
	err := s.enter(s.Context())
	p.pin = s.o.PIN.User
	return s.fault(err, token.WrongPIN)
}

// fault wants an error of a carrier, of the given kind.
func (s *suite) fault(err error, want token.Fault) *token.Error {
	s.Helper()
	var e *token.Error
	if !errors.As(err, &e) || e.Fault != want {
		s.Fatalf("got %v, want %s", err, want)
	}
	if ru, en := e.Hint(); ru == "" || en == "" || e.Op == "" {
		s.Errorf("%v: operation %q, hints %q and %q", err, e.Op, ru, en)
	}
	return e
}

// lock enters wrong PINs until none is left.
func (s *suite) lock(p *person) {
	s.Helper()
	p.last = true
	for range s.o.PIN.Tries {
		s.mistake(p)
	}
	p.last = false
}

// opens wants the user's PIN of the person to be the right one.
func (s *suite) opens() {
	s.Helper()
	if err := s.enter(s.Context()); err != nil {
		s.Errorf("with the right PIN: %v", err)
	}
}

var asking = []behaviour{
	{name: "the right PIN opens the carrier", needs: hasPIN, run: func(s *suite) {
		p := &person{pin: s.o.PIN.User}
		s.with(p)
		s.opens()
		if len(p.asked) == 0 {
			s.Error("nobody was asked")
		}
	}},
	{name: "a PIN is asked for its device", needs: hasPIN, run: func(s *suite) {
		p := &person{pin: s.o.PIN.User}
		s.with(p)
		s.opens()
		key := s.generate(s.any())
		if len(p.asked) == 0 || !p.asked[0].Device.Same(key.Info().Device) || p.asked[0].New {
			s.Errorf("got questions %+v", p.asked)
		}
	}},
	{name: "a PIN is wiped after use", needs: hasPIN, run: func(s *suite) {
		p := &person{pin: s.o.PIN.User}
		s.with(p)
		s.opens()
		for _, pin := range p.given {
			if slices.ContainsFunc(pin, func(b byte) bool { return b != 0 }) {
				s.Error("it was not")
			}
		}
	}},
	{name: "a wrong PIN is refused", needs: hasPIN, run: func(s *suite) {
		p := &person{}
		s.with(p)
		s.mistake(p)
		s.opens()
	}},
	{name: "a wrong PIN is not repeated", needs: hasPIN, run: func(s *suite) {
		p := &person{}
		s.with(p)
		s.mistake(p)
		if len(p.asked) != 1 {
			s.Errorf("it was asked for %d times", len(p.asked))
		}
		s.opens()
	}},
	{name: "a wrong PIN is wiped after use", needs: hasPIN, run: func(s *suite) {
		p := &person{}
		s.with(p)
		s.mistake(p)
		for _, pin := range p.given {
			if slices.ContainsFunc(pin, func(b byte) bool { return b != 0 }) {
				s.Error("it was not")
			}
		}
		s.opens()
	}},
	{name: "a wrong PIN makes no key", needs: allNeedPIN, run: func(s *suite) {
		p := &person{pin: wrong(s.o.PIN.User)}
		s.with(p)
		_, err := s.c.Generate(s.Context(), s.any())
		s.fault(err, token.WrongPIN)
		p.pin = s.o.PIN.User
		for _, e := range s.list() {
			if e.Info.Name == s.any().Name {
				s.Errorf("got key %+v", e.Info)
			}
		}
	}},
	{name: "no error shows a PIN", needs: hasPIN, run: func(s *suite) {
		p := &person{}
		s.with(p)
		e := s.mistake(p)
		ru, en := e.Hint()
		for _, text := range []string{e.Error(), ru, en, fmt.Sprintf("%+v %#v %q", e, *e, e)} {
			if strings.Contains(text, wrong(s.o.PIN.User)) || strings.Contains(text, s.o.PIN.User) {
				s.Errorf("%q does", text)
			}
		}
		s.opens()
	}},
	{name: "no carrier prints its PIN", needs: hasPIN, run: func(s *suite) {
		p := &person{pin: s.o.PIN.User}
		s.with(p)
		s.opens()
		key := s.generate(s.any())
		for _, v := range []any{key, key.Info(), s.list()} {
			if text := fmt.Sprintf("%+v %#v", v, v); strings.Contains(text, s.o.PIN.User) {
				s.Errorf("%T does", v)
			}
		}
	}},
	{name: "an error of the person is passed on", needs: hasPIN, run: func(s *suite) {
		p := &person{pin: s.o.PIN.User, err: errors.New("nobody is at the desk")}
		s.with(p)
		s.refused("an error", s.enter(s.Context()), p.err)
		p.err = nil
		s.opens()
	}},
	{name: "an empty PIN is refused", needs: hasPIN, run: func(s *suite) {
		p := &person{}
		s.with(p)
		if err := s.enter(s.Context()); err == nil {
			s.Error("it is not")
		}
		p.pin = s.o.PIN.User
		s.opens()
	}},
	{name: "a PIN entered too late is not used", needs: allNeedPIN, run: func(s *suite) {
		p := &person{pin: wrong(s.o.PIN.User)}
		ctx, cancel := context.WithCancel(s.Context())
		p.before = cancel
		s.with(p)
		s.refused("an operation given up", s.enter(ctx), context.Canceled)
		p.before, p.pin, p.asked = nil, s.o.PIN.User, nil
		s.opens()
		if got, want := p.asked[0].Left, s.left(s.o.PIN.Tries); s.o.PIN.Tries > 0 && got != want {
			s.Errorf("got %d tries left, want %d", got, want)
		}
	}},
	{name: "wrong PINs count down", needs: counts, run: func(s *suite) {
		p := &person{}
		s.with(p)
		for i := 1; i <= 2; i++ {
			e := s.mistake(p)
			if want := s.left(s.o.PIN.Tries - i); e.Tries != want {
				s.Errorf("got %d tries left, want %d", e.Tries, want)
			}
			if ru, _ := e.Hint(); e.Tries >= 0 && !strings.Contains(ru, fmt.Sprint(e.Tries)) {
				s.Errorf("hint %q does not tell", ru)
			}
		}
		s.opens()
	}},
	{name: "a question tells the tries left", needs: counts, run: func(s *suite) {
		p := &person{}
		s.with(p)
		s.mistake(p)
		s.opens()
		if a, b := p.asked[0], p.asked[1]; a.Left != s.left(s.o.PIN.Tries) || b.Left != s.left(s.o.PIN.Tries-1) || a.Last || b.Last {
			s.Errorf("got %+v and %+v", a, b)
		}
	}},
	{name: "the right PIN gives all tries back", needs: checks, run: func(s *suite) {
		p := &person{}
		s.with(p)
		s.mistake(p)
		s.opens()
		p.pin = wrong(s.o.PIN.User)
		for left := s.o.PIN.Tries - 1; left > 0; left-- { // with the first mistake there would be one less
			e := s.fault(s.o.PIN.Check(s.Context(), s.c), token.WrongPIN)
			if want := s.left(left); e.Tries != want {
				s.Errorf("got %d tries left, want %d", e.Tries, want)
			}
		}
		p.pin, p.last = s.o.PIN.User, true
		s.opens()
	}},
	{name: "checking a PIN tells right from wrong", needs: checks, run: func(s *suite) {
		p := &person{pin: s.o.PIN.User}
		s.with(p)
		if err := s.o.PIN.Check(s.Context(), s.c); err != nil {
			s.Error(err)
		}
		p.pin = wrong(s.o.PIN.User)
		s.fault(s.o.PIN.Check(s.Context(), s.c), token.WrongPIN)
		p.pin = s.o.PIN.User
		if err := s.o.PIN.Check(s.Context(), s.c); err != nil {
			s.Error(err)
		}
	}},
	{name: "checking a PIN asks though one was entered", needs: checks, run: func(s *suite) {
		p := &person{pin: s.o.PIN.User}
		s.with(p)
		s.opens()
		before := len(p.asked)
		if err := s.o.PIN.Check(s.Context(), s.c); err != nil || len(p.asked) != before+1 {
			s.Errorf("got %v and %d questions", err, len(p.asked)-before)
		}
	}},
	{name: "a key signs after the PIN was checked", needs: checks, run: func(s *suite) {
		p := &person{pin: s.o.PIN.User}
		s.with(p)
		key := s.generate(s.any())
		if err := s.o.PIN.Check(s.Context(), s.c); err != nil {
			s.Fatal(err)
		}
		s.signs(key)
	}},
	{name: "the last try is refused without a yes", needs: counts, run: func(s *suite) {
		p := &person{}
		s.with(p)
		for range s.o.PIN.Tries - 1 {
			s.mistake(p)
		}
		s.fault(s.enter(s.Context()), token.Locked) // with the right PIN, even
		if q := p.asked[len(p.asked)-1]; !q.Last || q.Left != 1 {
			s.Errorf("got question %+v", q)
		}
		p.last = true
		s.opens()
	}},
	{name: "the last try can be used up with a yes", needs: unblocks, run: func(s *suite) {
		p := &person{}
		s.with(p)
		s.lock(p)
		s.fault(s.enter(s.Context()), token.Locked)
	}},
	{name: "a locked carrier asks nobody", needs: unblocks, run: func(s *suite) {
		p := &person{}
		s.with(p)
		s.lock(p)
		before := len(p.asked)
		_, err := s.c.Generate(s.Context(), s.any())
		s.fault(err, token.Locked)
		if len(p.asked) != before {
			s.Error("it does")
		}
	}},
	{name: "unblocking restores a locked carrier", needs: unblocks, run: func(s *suite) {
		p := &person{pin: s.o.PIN.User, chosen: wrong(s.o.PIN.User)}
		s.with(p)
		key := s.generate(s.any())
		if err := s.o.PIN.Unblock(s.Context(), s.c, token.FixedPIN(s.o.PIN.Officer)); err != nil {
			s.Fatal(err)
		}
		// The user has the PIN that was the wrong one until now.
		p.pin = p.chosen
		s.opens()
		s.signs(key)
	}},
	{name: "unblocking ends a lock", needs: unblocks, run: func(s *suite) {
		p := &person{chosen: wrong(wrong(s.o.PIN.User))} // many carriers do not take an old PIN again
		s.with(p)
		s.lock(p)
		if err := s.o.PIN.Unblock(s.Context(), s.c, token.FixedPIN(s.o.PIN.Officer)); err != nil {
			s.Fatal(err)
		}
		p.pin = p.chosen
		s.opens()
		if got, want := p.asked[len(p.asked)-1].Left, s.left(s.o.PIN.Tries); got != want {
			s.Errorf("got %d tries left, want %d", got, want)
		}
	}},
	{name: "unblocking with a wrong PIN is refused", needs: unblocks, run: func(s *suite) {
		p := &person{chosen: s.o.PIN.User}
		s.with(p)
		s.lock(p)
		s.fault(s.o.PIN.Unblock(s.Context(), s.c, token.FixedPIN(wrong(s.o.PIN.Officer))), token.WrongPIN)
		s.fault(s.enter(s.Context()), token.Locked)
	}},
	{name: "a changed PIN takes the place of the old", needs: changesPIN, run: func(s *suite) {
		p := &person{pin: s.o.PIN.User, chosen: wrong(s.o.PIN.User)}
		s.with(p)
		key := s.generate(s.any())
		if err := s.o.PIN.Change(s.Context(), s.c); err != nil {
			s.Fatal(err)
		}
		if q := p.asked[len(p.asked)-1]; !q.New {
			s.Errorf("got question %+v", q)
		}
		p.pin = p.chosen
		s.signs(key)
		s.opens()
	}},
	{name: "a PIN changed after a wrong one stays", needs: changesPIN, run: func(s *suite) {
		p := &person{pin: wrong(s.o.PIN.User), chosen: wrong(s.o.PIN.User)}
		s.with(p)
		s.fault(s.o.PIN.Change(s.Context(), s.c), token.WrongPIN)
		p.pin = s.o.PIN.User
		s.opens()
	}},
}
