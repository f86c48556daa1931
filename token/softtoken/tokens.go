package softtoken

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/surguch/surguch/internal/atomicfile"
	"github.com/surguch/surguch/internal/filelock"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// ErrLocked says that another process has the folder open.
var ErrLocked = errors.New("softtoken: another process uses the folder")

// Config says where tokens are. Dir is required.
type Config struct {
	// Dir is the folder, made with mode 0700 if it is missing.
	Dir string
	// Iterations of PBKDF2 for PINs that are set from now on. Zero: 10000. Fewer
	// than 1000 (RFC 9337, section 4) are for tests.
	Iterations int
	// Die is called when a fault orders a crash. Nil: every call from then on
	// answers that the module has crashed, until the folder is opened anew.
	Die func()
}

// Format is a new token. The zero value is a plain one in the state in which
// it leaves the factory.
type Format struct {
	Profile string // one of Profiles; empty: plain
	Label   string // UTF-8, at most 32 octets
	Serial  string // at most 16 letters and digits; empty: 8 random hexadecimal digits
	// UserPIN and SOPIN may be empty: the factory's.
	UserPIN, SOPIN string
}

// Tokens are those of a folder, each in a slot of its own. It is made by Open.
// Its methods are safe for concurrent use.
type Tokens struct {
	config Config
	lock   io.Closer

	mu           sync.Mutex
	slots        []*slot // by number
	applications map[*Application]struct{}
	faults       faults
	tearing      bool  // the next write
	dead         error // nil as long as it lives
	closed       bool
	done         chan struct{} // closed with it
}

// Names of files: that of a token has the number of its slot in it.
const (
	lockName   = "lock"
	faultsName = "faults.json"
	slotPrefix = "slot-"
	slotSuffix = ".json"
	maxSlots   = 64
)

func (t *Tokens) slotPath(n int) string {
	return filepath.Join(t.config.Dir, fmt.Sprintf("%s%02d%s", slotPrefix, n, slotSuffix))
}

// Open opens the tokens of a folder, of which there may be none yet, for this
// process alone: ErrLocked if another has them. Files that a crash has left
// half written are removed.
func Open(c Config) (*Tokens, error) {
	if c.Iterations == 0 {
		c.Iterations = defaultIterations
	}
	if c.Dir == "" || c.Iterations < 0 {
		return nil, errors.New("softtoken: Config: want Dir, and Iterations not below zero")
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("softtoken: %w", err)
	}
	lock, err := filelock.Open(filepath.Join(c.Dir, lockName))
	switch {
	case errors.Is(err, filelock.ErrLocked):
		return nil, fmt.Errorf("%w: %s", ErrLocked, c.Dir)
	case err != nil:
		return nil, fmt.Errorf("softtoken: %w", err)
	}
	t := &Tokens{config: c, lock: lock, applications: map[*Application]struct{}{}, done: make(chan struct{})}
	if err := t.load(); err != nil {
		lock.Close()
		return nil, err
	}
	return t, nil
}

func (t *Tokens) load() error {
	torn, err := filepath.Glob(filepath.Join(t.config.Dir, ".*.json.*"))
	if err != nil {
		return fmt.Errorf("softtoken: %w", err)
	}
	for _, name := range torn {
		if err := os.Remove(name); err != nil {
			return fmt.Errorf("softtoken: %w", err)
		}
	}
	for n := range maxSlots {
		s := &slot{number: uint64(n), path: t.slotPath(n)}
		switch err := s.load(); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		default:
			t.slots = append(t.slots, s)
		}
	}
	return t.loadFaults()
}

// Close closes the folder. Applications answer CKR_CRYPTOKI_NOT_INITIALIZED
// from then on.
func (t *Tokens) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil
	}
	for a := range t.applications {
		a.forget()
	}
	t.closed = true
	close(t.done)
	return t.lock.Close()
}

// Add puts a new token into a slot behind the others and returns its number.
func (t *Tokens) Add(f Format) (slotNumber uint64, err error) {
	if f.Profile == "" {
		f.Profile = profiles[0].name
	}
	p, err := profileByName(f.Profile)
	if err != nil {
		return 0, err
	}
	if f.Serial == "" {
		serial := make([]byte, 4)
		rand.Read(serial)
		f.Serial = hex.EncodeToString(serial)
	}
	if len(f.Label) > 32 || !utf8.ValidString(f.Label) || len(f.Serial) > 16 || strings.ContainsFunc(f.Serial, notSerial) {
		return 0, errors.New("softtoken: add: the label has at most 32 octets of UTF-8, the serial number at most 16 letters and digits")
	}
	st := &state{Version: stateVersion, Profile: p.name, Serial: f.Serial, Label: f.Label, Next: 1, Objects: map[uint64]*stored{}}
	key := newKey()
	defer clear(key)
	for user, value := range map[uint32]string{cryptoki.SecurityOfficer: f.SOPIN, cryptoki.User: f.UserPIN} {
		if value == "" {
			value = p.factoryPIN(user)
		}
		if len(value) < p.minPIN || len(value) > p.maxPIN {
			return 0, fmt.Errorf("softtoken: add: PINs of %s have %d to %d octets", p.name, p.minPIN, p.maxPIN)
		}
		*st.pin(user) = newPIN(p, pin{}, []byte(value), key, user, f.Serial, t.config.Iterations)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return 0, errors.New("softtoken: add: closed")
	}
	return t.addState(p, st)
}

func notSerial(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}

// addState writes a token into the slot behind the last.
func (t *Tokens) addState(p *profile, st *state) (uint64, error) {
	for _, s := range t.slots {
		if s.state.Serial == st.Serial && s.profile.manufacturer == p.manufacturer {
			return 0, fmt.Errorf("softtoken: add: slot %d has this serial number", s.number)
		}
	}
	number := 0
	if n := len(t.slots); n > 0 {
		number = int(t.slots[n-1].number) + 1
	}
	if number == maxSlots {
		return 0, errors.New("softtoken: add: no more slots")
	}
	// The token is written as any change of it.
	s := &slot{number: uint64(number), path: t.slotPath(number), profile: p, state: st}
	if err := t.change(s, func(*state) error { return nil }); err != nil {
		return 0, fmt.Errorf("softtoken: add: %w", err)
	}
	t.slots = append(t.slots, s)
	return s.number, nil
}

// slot returns the slot of a number; the token may be out of it.
func (t *Tokens) slot(n uint64) (*slot, error) {
	for _, s := range t.slots {
		if s.number == n {
			return s, nil
		}
	}
	return nil, cryptoki.SlotIDInvalid
}

// present returns the slot of a number with its token in it.
func (t *Tokens) present(n uint64) (*slot, error) {
	s, err := t.slot(n)
	if err == nil && s.removed {
		err = cryptoki.TokenNotPresent
	}
	return s, err
}

// Status is a token in a line, for people.
type Status struct {
	Slot                                        uint64
	Profile, Manufacturer, Model, Serial, Label string
	UserTries, SOTries                          int
	UserPINSet, DefaultPIN                      bool
	Objects                                     int
	FreeMemory                                  int // octets
	Removed, Full                               bool
}

// List returns the tokens in the order of their slots.
func (t *Tokens) List() (list []Status) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.slots {
		list = append(list, Status{
			Slot: s.number, Profile: s.profile.name, Manufacturer: s.profile.manufacturer, Model: s.profile.model,
			Serial: s.state.Serial, Label: s.state.Label, UserTries: s.state.User.Left, SOTries: s.state.SO.Left,
			UserPINSet: s.state.User.Set, DefaultPIN: s.state.User.Default, Objects: len(s.state.Objects),
			FreeMemory: s.free(), Removed: s.removed, Full: s.full,
		})
	}
	return list
}

// free is the room that is left, in octets.
func (s *slot) free() int {
	if s.full {
		return 0
	}
	return s.profile.memory - s.state.room()
}

// write writes a file, or tears it if a fault says so: the first half of it
// stays under the name of a temporary file, as a process that dies leaves it.
func (t *Tokens) write(path string, data []byte) error {
	if t.tearing {
		t.tearing = false
		f, err := os.CreateTemp(t.config.Dir, "."+filepath.Base(path)+".*")
		if err == nil {
			_, err = f.Write(data[:len(data)/2])
			err = errors.Join(err, f.Close())
		}
		t.die()
		return errors.Join(errors.New("softtoken: the write was torn"), err)
	}
	return atomicfile.Write(path, data, 0o600)
}

// try spends a try on a PIN: it is taken off on disk before the PIN is looked
// at. The right PIN gives the token's key and all tries back.
func (t *Tokens) try(s *slot, user uint32, value []byte) (key []byte, err error) {
	p := s.state.pin(user)
	if !p.Set {
		return nil, cryptoki.UserPINNotInitialized
	}
	if p.Left == 0 {
		return nil, cryptoki.PINLocked
	}
	if err := t.change(s, func(n *state) error { n.pin(user).Left--; return nil }); err != nil {
		return nil, err
	}
	key, ok := s.state.pin(user).open(value, user, s.state.Serial)
	if !ok {
		return nil, cryptoki.PINIncorrect
	}
	if err := t.change(s, func(n *state) error { n.pin(user).Left = s.profile.tries; return nil }); err != nil {
		clear(key)
		return nil, err
	}
	return key, nil
}

// setPIN makes value the PIN of a user, all its tries left.
func (t *Tokens) setPIN(s *slot, user uint32, value, key []byte) error {
	if err := s.profile.checkNewPIN(*s.state.pin(user), value, user); err != nil {
		return err
	}
	return t.change(s, func(n *state) error {
		p := n.pin(user)
		*p = newPIN(s.profile, *p, value, key, user, n.Serial, t.config.Iterations)
		return nil
	})
}
