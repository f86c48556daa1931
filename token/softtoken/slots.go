package softtoken

import (
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/surguch/surguch/token/internal/cryptoki"
)

// Info tells about the library.
func (a *Application) Info(ctx context.Context) (cryptoki.Info, error) {
	return locked(ctx, a, "C_GetInfo", func() (cryptoki.Info, error) {
		return cryptoki.Info{
			Manufacturer: "surguch", Description: "software token (development)", Version: [2]byte{2, 40}, Library: [2]byte{1, 0},
		}, nil
	})
}

// Slots returns the numbers of slots, those with a token in them or all.
func (a *Application) Slots(ctx context.Context, present bool) ([]uint64, error) {
	return locked(ctx, a, "C_GetSlotList", func() (list []uint64, err error) {
		for _, s := range a.tokens.slots {
			if !present || !s.removed {
				list = append(list, s.number)
			}
		}
		return list, nil
	})
}

// SlotInfo tells about a slot.
func (a *Application) SlotInfo(ctx context.Context, number uint64) (cryptoki.SlotInfo, error) {
	return locked(ctx, a, "C_GetSlotInfo", func() (cryptoki.SlotInfo, error) {
		s, err := a.tokens.slot(number)
		if err != nil {
			return cryptoki.SlotInfo{}, err
		}
		info := cryptoki.SlotInfo{
			Description: fmt.Sprintf("%s %02d 00", s.profile.reader, number), Manufacturer: s.profile.manufacturer, Flags: cryptoki.FlagRemovableDevice,
		}
		if s.profile.name != "plain" {
			info.Flags |= cryptoki.FlagHardwareSlot
		}
		if !s.removed {
			info.Flags |= cryptoki.FlagTokenPresent
		}
		return info, nil
	})
}

// SlotEvent returns the number of a slot into which a token was put, or out of
// which one was taken, since the application was made or last told of it:
// CKR_NO_EVENT if there is none. It does not wait.
func (a *Application) SlotEvent(ctx context.Context) (uint64, error) {
	return locked(ctx, a, "C_WaitForSlotEvent", func() (uint64, error) {
		for _, s := range a.tokens.slots {
			if a.moves[s.number] != s.moves {
				a.moves[s.number] = s.moves
				return s.number, nil
			}
		}
		return 0, cryptoki.NoEvent
	})
}

// TokenInfo tells about a token.
func (a *Application) TokenInfo(ctx context.Context, number uint64) (cryptoki.TokenInfo, error) {
	return locked(ctx, a, "C_GetTokenInfo", func() (cryptoki.TokenInfo, error) {
		s, err := a.tokens.present(number)
		if err != nil {
			return cryptoki.TokenInfo{}, err
		}
		p, st := s.profile, s.state
		return cryptoki.TokenInfo{
			Label: st.Label, Manufacturer: p.manufacturer, Model: p.model, Serial: st.Serial, Flags: s.flags(),
			MinPIN: p.minPIN, MaxPIN: p.maxPIN, TotalMemory: uint64(p.memory), FreeMemory: uint64(s.free()),
			Hardware: p.hardware, Firmware: p.firmware,
			UserTries: st.User.Left, SOTries: st.SO.Left, DefaultUserPIN: st.User.Set && st.User.Default,
		}, nil
	})
}

// flags are those of CK_TOKEN_INFO.
func (s *slot) flags() uint32 {
	flags := cryptoki.FlagRNG | cryptoki.FlagLoginRequired | cryptoki.FlagTokenInitialized
	if s.state.User.Set {
		flags |= cryptoki.FlagUserPINSet
	}
	for _, f := range []struct {
		pin               *pin
		low, last, locked uint32
	}{
		{&s.state.User, cryptoki.FlagUserPINCountLow, cryptoki.FlagUserPINFinalTry, cryptoki.FlagUserPINLocked},
		{&s.state.SO, cryptoki.FlagSOPINCountLow, cryptoki.FlagSOPINFinalTry, cryptoki.FlagSOPINLocked},
	} {
		switch left := f.pin.Left; {
		case !f.pin.Set || left == s.profile.tries:
		case left == 0:
			flags |= f.locked
		case left == 1:
			flags |= f.low | f.last
		default:
			flags |= f.low
		}
	}
	return flags
}

// Mechanisms returns the numbers of those that a token has.
func (a *Application) Mechanisms(ctx context.Context, number uint64) ([]uint32, error) {
	return locked(ctx, a, "C_GetMechanismList", func() ([]uint32, error) {
		s, err := a.tokens.present(number)
		if err != nil {
			return nil, err
		}
		return slices.Clone(s.profile.mechanisms), nil
	})
}

// MechanismInfo tells about a mechanism: sizes of keys are in bits.
func (a *Application) MechanismInfo(ctx context.Context, number uint64, mechanism uint32) (cryptoki.MechanismInfo, error) {
	return locked(ctx, a, "C_GetMechanismInfo", func() (cryptoki.MechanismInfo, error) {
		s, err := a.tokens.present(number)
		if err != nil {
			return cryptoki.MechanismInfo{}, err
		}
		return s.profile.info(mechanism)
	})
}

// InitToken erases a token, whose officer's PIN must be right, and takes the
// user's PIN away. CKR_SESSION_EXISTS if any application has a session with it.
func (a *Application) InitToken(ctx context.Context, number uint64, soPIN []byte, label string) error {
	return do(ctx, a, "C_InitToken", func() error {
		s, err := a.tokens.present(number)
		if err != nil {
			return err
		}
		if len(label) > 32 || !utf8.ValidString(label) {
			return cryptoki.ArgumentsBad
		}
		for other := range a.tokens.applications {
			for _, session := range other.sessions {
				if session.slot == number && !session.lost {
					return cryptoki.SessionExists
				}
			}
		}
		key, err := a.tokens.try(s, cryptoki.SecurityOfficer, soPIN)
		if err != nil {
			return err
		}
		defer clear(key)
		// Nothing that was sealed may open again: the key is a new one.
		fresh := newKey()
		defer clear(fresh)
		return a.tokens.change(s, func(n *state) error {
			n.Label, n.User, n.Objects = label, pin{Left: s.profile.tries}, map[uint64]*stored{}
			n.SO = newPIN(s.profile, n.SO, soPIN, fresh, cryptoki.SecurityOfficer, n.Serial, a.tokens.config.Iterations)
			return nil
		})
	})
}
