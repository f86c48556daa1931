package token

import "context"

// PIN asks a person for a PIN or a password. It is called once each time one is
// needed; a wrong one is an error of what needed it, and never tried again by
// itself. What it returns is wiped after use. An error ends what needed the
// PIN.
type PIN func(ctx context.Context, q Question) (Answer, error)

// Question says which PIN is asked for.
type Question struct {
	Device Device
	Left   int  // tries that are left; negative: not known
	Last   bool // if this one is wrong, the carrier locks
	New    bool // a new PIN or password is chosen
}

// Answer is what the person entered.
type Answer struct {
	PIN []byte
	// LastTry allows the last try. Without it a carrier with one try left
	// answers Locked and asks the device nothing.
	LastTry bool
}

// FixedPIN returns a PIN that is known beforehand, for tests and machines. It
// does not use up the last try.
func FixedPIN(pin string) PIN {
	return func(context.Context, Question) (Answer, error) { return Answer{PIN: []byte(pin)}, nil }
}
