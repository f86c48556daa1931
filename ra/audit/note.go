package audit

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// signature is a signature line of a note, not verified.
type signature struct {
	name  string
	id    uint32
	value []byte
}

// Bounds of a note: C2SP wants at least 16 signatures accepted, each of which
// may have nearly 5 kB.
const (
	noteMost       = 128 << 10
	signaturesMost = 32
)

const signaturePrefix = "— " // em dash, space

var base64Strict = base64.StdEncoding.Strict()

// splitNote takes a signed note apart (c2sp.org/signed-note): a text that ends
// in a newline, an empty line, signature lines.
func splitNote(note []byte) (text []byte, list []signature, err error) {
	switch {
	case len(note) > noteMost:
		return nil, nil, errors.New("too long")
	case !utf8.Valid(note) || bytes.ContainsFunc(note, func(r rune) bool { return r < ' ' && r != '\n' }):
		return nil, nil, errors.New("not text")
	}
	split := bytes.LastIndex(note, []byte("\n\n"))
	if split < 0 || note[len(note)-1] != '\n' || split+2 == len(note) {
		return nil, nil, errors.New("no signature lines")
	}
	text = note[:split+1]
	for line := range strings.SplitSeq(string(note[split+2:len(note)-1]), "\n") {
		s, ok := parseSignature(line)
		if !ok {
			return nil, nil, errors.New("a signature line does not parse")
		}
		if list = append(list, s); len(list) > signaturesMost {
			return nil, nil, errors.New("too many signatures")
		}
	}
	return text, list, nil
}

// parseSignature reads "— name base64(key id ‖ signature)".
func parseSignature(line string) (s signature, ok bool) {
	line, ok = strings.CutPrefix(line, signaturePrefix)
	name, text, spaced := strings.Cut(line, " ")
	raw, err := base64Strict.DecodeString(text)
	if !ok || !spaced || !validName(name) || err != nil || len(raw) < 5 {
		return signature{}, false
	}
	return signature{name, binary.BigEndian.Uint32(raw), raw[4:]}, true
}

// String is the signature line, without its newline.
func (s signature) String() string {
	raw := append(binary.BigEndian.AppendUint32(nil, s.id), s.value...)
	return signaturePrefix + s.name + " " + base64.StdEncoding.EncodeToString(raw)
}

// joinNote is a note of one signature.
func joinNote(text []byte, s signature) []byte {
	return fmt.Appendf(nil, "%s\n%s\n", text, s)
}

// validName reports whether a key, and so an origin, may have this name: C2SP
// allows neither Unicode spaces nor a plus.
func validName(name string) bool {
	return name != "" && len(name) <= 256 && utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool {
		return unicode.IsSpace(r) || r == '+' || r < ' '
	})
}
