package softtoken

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/subtle"
	"unicode/utf8"

	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// defaultIterations of PBKDF2 make a PIN take a tenth of a second or so.
const defaultIterations = 10000

// pinHash tells a PIN from others: PBKDF2 with HMAC over Streebog of 512 bits
// (RFC 9337, section 4) gives 64 octets, a key and a check. The values are not
// changed once they are made.
type pinHash struct {
	Salt       []byte `json:"salt"`
	Iterations int    `json:"iterations"`
	Check      []byte `json:"check"` // 32 octets
}

// pin is the state of a PIN on disk.
type pin struct {
	pinHash
	Set     bool      `json:"set"`
	Default bool      `json:"default"` // the factory's
	Left    int       `json:"left"`    // tries
	Wrapped []byte    `json:"wrapped"` // the token's key, under the key of the PIN
	History []pinHash `json:"history,omitempty"`
}

// derive returns the key and the check of a PIN. The library takes the PIN as
// a string, of which a copy stays in memory until it is collected.
func (h *pinHash) derive(value []byte) (key, check []byte) {
	out, err := pbkdf2.Key(streebog.New512, string(value), h.Salt, h.Iterations, 64)
	if err != nil {
		panic("softtoken: " + err.Error()) // only FIPS mode refuses, which has no Streebog
	}
	return out[:32], out[32:]
}

// is reports whether the value is the PIN.
func (h *pinHash) is(value []byte) bool {
	key, check := h.derive(value)
	clear(key)
	return subtle.ConstantTimeCompare(check, h.Check) == 1
}

// newPIN wraps the token's key under a new value. What the old state knew of
// former values is carried on.
func newPIN(p *profile, old pin, value, key []byte, user uint32, serial string, iterations int) pin {
	n := pin{Set: true, Left: p.tries, Default: string(value) == p.factoryPIN(user)}
	n.Salt, n.Iterations = make([]byte, 16), iterations
	rand.Read(n.Salt)
	var wrapping []byte
	wrapping, n.Check = n.derive(value)
	n.Wrapped = seal(wrapping, "key", serial, uint64(user), key)
	clear(wrapping)
	n.History = old.History
	if old.Set {
		n.History = append([]pinHash{old.pinHash}, n.History...)
	}
	n.History = n.History[:min(len(n.History), max(0, p.history-1))]
	return n
}

// open returns the token's key, if the value is the PIN.
func (p *pin) open(value []byte, user uint32, serial string) (key []byte, ok bool) {
	wrapping, check := p.derive(value)
	defer clear(wrapping)
	if subtle.ConstantTimeCompare(check, p.Check) != 1 {
		return nil, false
	}
	return unseal(wrapping, "key", serial, uint64(user), p.Wrapped)
}

func (p *profile) factoryPIN(user uint32) string {
	if user == cryptoki.SecurityOfficer {
		return p.soPIN
	}
	return p.userPIN
}

// checkNewPIN applies the rules of the profile to a PIN that shall be set. Of
// the officer's PIN it asks the length only.
func (p *profile) checkNewPIN(old pin, value []byte, user uint32) error {
	if len(value) < p.minPIN || len(value) > p.maxPIN {
		return cryptoki.PINLenRange
	}
	if !utf8.Valid(value) {
		return cryptoki.PINInvalid
	}
	if user == cryptoki.SecurityOfficer {
		return nil
	}
	if p.refusesFirst && string(value) == p.userPIN || p.repeat > 0 && longestRun(value) >= p.repeat {
		return p.weak
	}
	if p.history > 0 && old.Set {
		for _, former := range append([]pinHash{old.pinHash}, old.History...) {
			if former.is(value) {
				return p.used
			}
		}
	}
	return nil
}

// longestRun is how many equal octets stand in a row.
func longestRun(value []byte) (longest int) {
	run := 0
	for i, c := range value {
		if i > 0 && c == value[i-1] {
			run++
		} else {
			run = 1
		}
		longest = max(longest, run)
	}
	return longest
}
