package softtoken

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"syscall"

	"github.com/surguch/surguch/token/internal/cryptoki"
)

// stateVersion is that of the file of a token.
const stateVersion = 1

// state is a token as its file has it, JSON. A state is not changed: a change
// makes another, and what both have in common is shared.
type state struct {
	Version int                `json:"version"`
	Profile string             `json:"profile"`
	Serial  string             `json:"serial"`
	Label   string             `json:"label"`
	User    pin                `json:"user"`
	SO      pin                `json:"securityOfficer"`
	Next    uint64             `json:"next"` // number of the next object
	Objects map[uint64]*stored `json:"objects"`
}

// stored is an object on disk: its attributes, or all of them sealed if it is
// private.
type stored struct {
	Values map[uint32][]byte `json:"values,omitempty"`
	Sealed []byte            `json:"sealed,omitempty"`
	Size   int               `json:"size"`
}

// clone returns a state to change.
func (s *state) clone() *state {
	n := *s
	n.Objects = maps.Clone(s.Objects)
	return &n
}

func (s *state) pin(user uint32) *pin {
	if user == cryptoki.SecurityOfficer {
		return &s.SO
	}
	return &s.User
}

// room is what the objects take, in octets.
func (s *state) room() (octets int) {
	for _, o := range s.Objects {
		octets += o.Size
	}
	return octets
}

// store makes an object one of the state, under a new number if n is 0.
func (s *state) store(n uint64, o *object, key []byte) {
	if n == 0 {
		n = s.Next
		s.Next++
	}
	kept := &stored{Size: o.size()}
	if o.truth(cryptoki.AttrPrivate) {
		values, err := json.Marshal(o.values)
		if err != nil {
			panic("softtoken: " + err.Error()) // a map of octets always marshals
		}
		kept.Sealed = seal(key, "object", s.Serial, n, values)
		clear(values)
	} else {
		kept.Values = o.values
	}
	s.Objects[n] = kept
}

// open returns an object; key may be nil if it is not private.
func (s *state) open(n uint64, key []byte) (*object, bool) {
	kept := s.Objects[n]
	if kept.Sealed == nil {
		return &object{values: kept.Values}, true
	}
	values, ok := unseal(key, "object", s.Serial, n, kept.Sealed)
	if !ok {
		return nil, false
	}
	defer clear(values)
	o := &object{}
	return o, json.Unmarshal(values, &o.values) == nil
}

// slot is a reader with its token.
type slot struct {
	number  uint64
	path    string
	profile *profile
	state   *state
	removed bool
	full    bool
	broken  bool   // what the disk has is not known
	moves   uint64 // insertions and removals
}

// load reads the file of a token.
func (s *slot) load() error {
	raw, err := os.ReadFile(s.path)
	if err != nil {
		return fmt.Errorf("softtoken: %w", err)
	}
	st, p, err := parseState(raw)
	if err != nil {
		return fmt.Errorf("softtoken: %s: %w", s.path, err)
	}
	s.state, s.profile = st, p
	return nil
}

// parseState reads the file of a token and refuses what this package would not
// have written.
func parseState(raw []byte) (*state, *profile, error) {
	st := &state{}
	if err := json.Unmarshal(raw, st); err != nil {
		return nil, nil, err
	}
	if st.Version != stateVersion {
		return nil, nil, fmt.Errorf("version %d, want %d", st.Version, stateVersion)
	}
	p, err := profileByName(st.Profile)
	if err != nil {
		return nil, nil, err
	}
	for _, pin := range []*pin{&st.SO, &st.User} {
		if pin.Left < 0 || pin.Left > p.tries || pin.Set && (pin.Iterations < 1 || pin.Iterations > 1<<24 || len(pin.Check) != 32) {
			return nil, nil, errors.New("a PIN is not in order")
		}
		for _, h := range pin.History {
			if h.Iterations < 1 || h.Iterations > 1<<24 {
				return nil, nil, errors.New("the history of a PIN is not in order")
			}
		}
	}
	if !st.SO.Set || st.Objects == nil {
		return nil, nil, errors.New("not a whole token")
	}
	for n, o := range st.Objects {
		if o == nil || n >= st.Next || (o.Sealed == nil) == (o.Values == nil) {
			return nil, nil, fmt.Errorf("object %d is not in order", n)
		}
	}
	return st, p, nil
}

// change lets f change a copy of the state, writes it, and makes it the state.
// If that fails the state is what the disk says.
func (t *Tokens) change(s *slot, f func(n *state) error) error {
	if s.broken {
		return cryptoki.DeviceError
	}
	n := s.state.clone()
	if err := f(n); err != nil {
		return err
	}
	raw, err := json.Marshal(n)
	if err != nil {
		panic("softtoken: " + err.Error()) // nothing in it can fail
	}
	if err := t.write(s.path, raw); err != nil {
		s.broken = s.load() != nil
		switch {
		case t.dead != nil:
			return gone(true, "write", err)
		case errors.Is(err, syscall.ENOSPC):
			return cryptoki.DeviceMemory
		}
		return cryptoki.DeviceError
	}
	s.state = n
	return nil
}

// fits refuses a state that is larger than the token.
func (s *slot) fits(n *state) error {
	if s.full || n.room() > s.profile.memory || len(n.Objects) > s.profile.objects {
		return cryptoki.DeviceMemory
	}
	return nil
}
