package workflow

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// Canonical returns the process as JSON with one possible spelling: members in
// the order of the Go fields, maps sorted by key, empty members left out, no
// white space, UTF-8 unescaped. Lists keep their order, which has a meaning:
// the first place is the initial one, arrows are buttons, effects run in turn.
func (p *Process) Canonical() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(p); err != nil {
		panic("workflow: a process is strings and numbers: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// ParseCanonical reads what Canonical wrote and accepts no other spelling. It
// does not Check: a process that a request is pinned to was checked by the
// release that stored it, and must stay readable when later rules are stricter.
func ParseCanonical(canonical []byte) (*Process, error) {
	var p Process
	if err := json.Unmarshal(canonical, &p); err != nil {
		return nil, fmt.Errorf("workflow: read process: %w", err)
	}
	if !bytes.Equal(p.Canonical(), canonical) {
		return nil, errors.New("workflow: read process: not in canonical form")
	}
	return &p, nil
}

// Hash returns the SHA-256 of Canonical in lower-case hexadecimal: the identity
// of this exact process, which history rows and approvals refer to.
func (p *Process) Hash() string {
	sum := sha256.Sum256(p.Canonical())
	return hex.EncodeToString(sum[:])
}
