package pkcs11

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// slot is a place with a token in it.
type slot struct {
	id     uint64
	reader string
	token  cryptoki.TokenInfo
}

func (s slot) device() token.Device {
	return token.Device{Manufacturer: s.token.Manufacturer, Model: s.token.Model, Serial: s.token.Serial, Label: s.token.Label}
}

// listSlots returns the slots that hold a token, each token once. Virtual
// slots are passed over: those that say so, and those whose token has no
// serial number, by which it could be told from another.
func listSlots(ctx context.Context, m cryptoki.Module) ([]slot, error) {
	ids, err := m.Slots(ctx, true)
	if err != nil {
		return nil, err
	}
	var list []slot
	for _, id := range ids {
		s, err := readSlot(ctx, m, id)
		switch {
		case gone(err): // pulled out while we looked
			continue
		case err != nil:
			return nil, err
		}
		if s.virtual() || contains(list, s) {
			continue
		}
		list = append(list, s)
	}
	return list, nil
}

func readSlot(ctx context.Context, m cryptoki.Module, id uint64) (s slot, err error) {
	info, err := m.SlotInfo(ctx, id)
	if err != nil {
		return s, err
	}
	t, err := m.TokenInfo(ctx, id)
	return slot{id, info.Description, t}, err
}

func (s slot) virtual() bool {
	return s.token.Serial == "" || strings.Contains(strings.ToLower(s.reader), "virtual")
}

func contains(list []slot, s slot) bool {
	for _, other := range list {
		if other.device().Same(s.device()) {
			return true
		}
	}
	return false
}

// Status is what a token tells about itself without a PIN.
type Status struct {
	Device             token.Device
	Reader             string // where it is now
	Initialized        bool
	PINSet             bool // the user has a PIN
	Pinpad             bool // the PIN is entered at the device
	WriteProtected     bool
	DefaultPIN         bool // the user's PIN is the one it left the factory with
	MustChange         bool // the user's PIN must be changed before use
	Tries, SOTries     int  // that are left; negative: not told, and not the last
	MinPIN, MaxPIN     int  // octets
	TotalMemory        int64
	FreeMemory         int64  // octets; negative: not told
	Hardware, Firmware string // versions
	// Algorithms are those that it makes keys of, by its mechanisms and the
	// sizes of keys that it tells.
	Algorithms []string
	Mechanisms []uint32
}

// Status asks the token.
func (c *Carrier) Status(ctx context.Context) (Status, error) {
	var s Status
	err := c.exclusive(ctx, "open", func(ctx context.Context) error {
		at, err := c.find(ctx)
		if err == nil {
			s, err = status(ctx, c.module, at)
		}
		return err
	})
	return s, err
}

// Devices returns the tokens of a library, each once. The Config's URI and PIN
// are not looked at.
func Devices(ctx context.Context, config Config) ([]Status, error) {
	m, err := config.withDefaults().module(ctx)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	slots, err := listSlots(ctx, m)
	var list []Status
	for _, at := range slots {
		s, failed := status(ctx, m, at)
		if failed != nil && !gone(failed) {
			err = failed
		}
		if failed == nil {
			list = append(list, s)
		}
	}
	if err != nil {
		return list, fault("list", token.Device{}, err)
	}
	return list, nil
}

func status(ctx context.Context, m cryptoki.Module, at slot) (Status, error) {
	list, err := m.Mechanisms(ctx, at.id)
	if err != nil {
		return Status{}, err
	}
	t := at.token
	s := Status{
		Device: at.device(), Reader: at.reader,
		Initialized: t.Flags&cryptoki.FlagTokenInitialized != 0, PINSet: t.Flags&cryptoki.FlagUserPINSet != 0,
		Pinpad: t.Flags&cryptoki.FlagProtectedAuth != 0, WriteProtected: t.Flags&cryptoki.FlagWriteProtected != 0,
		DefaultPIN: t.DefaultUserPIN, MustChange: t.Flags&cryptoki.FlagUserPINMustChange != 0,
		Tries: triesLeft(t, cryptoki.User), SOTries: triesLeft(t, cryptoki.SecurityOfficer),
		MinPIN: t.MinPIN, MaxPIN: t.MaxPIN, TotalMemory: memory(t.TotalMemory), FreeMemory: memory(t.FreeMemory),
		Hardware: version(t.Hardware), Firmware: version(t.Firmware), Mechanisms: list,
	}
	for _, a := range algorithms() {
		if !a.available(list) {
			continue
		}
		if a.bits > 0 {
			info, err := m.MechanismInfo(ctx, at.id, a.generate)
			if err != nil && (gone(err) || !errors.As(err, new(cryptoki.Code))) {
				return Status{}, err
			}
			if 0 < info.MaxKey && info.MaxKey < a.bits { // what is not told is no limit
				continue
			}
		}
		s.Algorithms = append(s.Algorithms, a.name)
	}
	return s, nil
}

// memory is a number of octets; negative: not told.
func memory(n uint64) int64 {
	if n > math.MaxInt64 {
		return -1
	}
	return int64(n)
}

func version(v [2]byte) string { return fmt.Sprintf("%d.%d", v[0], v[1]) }
