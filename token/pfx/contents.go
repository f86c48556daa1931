package pfx

import (
	"crypto"
	"errors"
	"fmt"

	"github.com/surguch/surguch/token"
)

// Contents is what a file holds, in its order.
type Contents struct {
	Keys         []Key
	Certificates []Certificate
	// Findings tell what Parse met. Marshal ignores them.
	Findings []Finding
}

// Key is a private key: a *gost.PrivateKey, or *rsa.PrivateKey,
// *ecdsa.PrivateKey or ed25519.PrivateKey.
type Key struct {
	Private crypto.Signer
	Name    string // friendlyName; empty: none
	LocalID []byte // localKeyID, which the key's certificate has too; nil: none
}

// Format implements fmt.Formatter: whatever the verb, a key prints its name
// alone.
func (k Key) Format(s fmt.State, _ rune) { fmt.Fprintf(s, "pfx.Key(%q)", k.Name) }

// Certificate is an X.509 certificate.
type Certificate struct {
	Raw     []byte // as in the file: a SEQUENCE; Parse looks no further
	Name    string // friendlyName; empty: none
	LocalID []byte // localKeyID of its key; nil: none
}

// Errors a caller acts on.
var (
	// ErrPassword says that the password is wrong, or the file damaged: one
	// cannot be told from the other. It is token.WrongPIN.
	ErrPassword = fmt.Errorf("pfx: wrong password, or the file is damaged: %w", token.WrongPIN)
	// ErrWeakPassword says that Marshal was given a password that protects
	// nothing. It is token.Policy.
	ErrWeakPassword = fmt.Errorf("pfx: the password is too weak: %w", token.Policy)
	// ErrFormat says that the file is no PKCS #12, or is out of bounds.
	ErrFormat = errors.New("pfx: not a PKCS #12 file")
)

// malformed is the error for a part of the file that does not parse.
func malformed(what string) error { return fmt.Errorf("%w: %s does not parse", ErrFormat, what) }

// unsupported is the error for a scheme that is not read. It is
// token.Unsupported.
func unsupported(format string, args ...any) error {
	return fmt.Errorf("pfx: %s is not supported: %w", fmt.Sprintf(format, args...), token.Unsupported)
}
