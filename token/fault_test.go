package token_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/surguch/surguch/token"
)

// TestFaults: an error of a carrier is its fault and what lies beneath, and
// has a hint in both languages.
func TestFaults(t *testing.T) {
	stick := token.Device{Manufacturer: "Aktiv Co.", Model: "Rutoken ECP", Serial: "0a1b2c3d", Label: "мой"}
	for _, f := range []token.Fault{
		token.Removed, token.WrongPIN, token.Locked, token.Full, token.ReadOnly, token.Policy, token.Unsupported, token.Busy, token.Crashed, token.Unknown,
	} {
		err := error(&token.Error{Fault: f, Op: "generate", Device: stick, Tries: 3, Detail: "CKR_X", Err: fs.ErrClosed})
		if !errors.Is(err, f) || !errors.Is(err, fs.ErrClosed) || errors.Is(err, token.Fault("other")) {
			t.Errorf("%s: %v is something else", f, err)
		}
		for _, part := range []string{"generate", "Aktiv Co. Rutoken ECP 0a1b2c3d", string(f), "CKR_X", fs.ErrClosed.Error()} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q does not tell %q", err, part)
			}
		}
		var e *token.Error
		if !errors.As(err, &e) {
			t.Fatal("no *token.Error")
		}
		ru, en := e.Hint()
		tries := f == token.WrongPIN
		if ru == "" || en == "" || strings.Contains(ru, "3") != tries || strings.Contains(en, "3") != tries {
			t.Errorf("%s: hints %q, %q", f, ru, en)
		}
	}
	other := stick
	other.Label = "иная"
	if !stick.Same(other) || stick.Same(token.Device{}) {
		t.Error("a label makes it another device")
	}
}

// lost is a carrier whose driver dies in the middle of a change.
type lost struct {
	token.Carrier
	before bool // it dies before the change takes effect
}

func (l *lost) Generate(ctx context.Context, spec token.Spec) (token.Key, error) {
	if !l.before {
		if _, err := l.Carrier.Generate(ctx, spec); err != nil {
			return nil, err
		}
	}
	return nil, &token.Error{Fault: token.Unknown, Op: "generate"}
}

// TestGenerateUnknown: a key of which the carrier does not know whether it was
// made is looked for, and never made twice.
func TestGenerateUnknown(t *testing.T) {
	for _, before := range []bool{false, true} {
		c := open(t)
		key, err := token.Generate(t.Context(), &lost{c, before}, token.Spec{Algorithm: "CryptoPro-A"})
		if before != errors.Is(err, token.Unknown) || before != errors.Is(err, token.ErrNotFound) || before != (key == nil) {
			t.Errorf("died before: %v: got %v, %v", before, key, err)
		}
		entries, err := c.List(t.Context())
		if want := map[bool]int{false: 1, true: 0}[before]; err != nil || len(entries) != want {
			t.Errorf("died before: %v: %d keys, %v", before, len(entries), err)
		}
	}
}
