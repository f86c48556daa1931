package folder

import (
	"bytes"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/surguch/surguch/csr"
)

// parseCertificate reads a certificate file: DER, PEM or base64.
func parseCertificate(as csr.Algorithms, file []byte) ([]byte, error) {
	der, err := csr.Decode(file, csr.PEMCertificate)
	if err != nil {
		return nil, err
	}
	cert, err := as.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return cert.Raw, nil
}

// refusal is what a file of that name says.
type refusal struct {
	code, reason string
}

// Bounds of a refusal, which people read.
const (
	maxCode   = 64
	maxReason = 4096
)

// parseRefusal reads a refusal. Editors of Windows write a byte order mark
// and end lines in two characters; both are taken.
func parseRefusal(file []byte) (*refusal, error) {
	file = bytes.TrimPrefix(file, []byte("\ufeff"))
	if !utf8.Valid(file) {
		return nil, errors.New("a refusal: not UTF-8")
	}
	r := &refusal{}
	ended := false
	for text := range strings.Lines(string(file)) {
		text = strings.TrimSpace(text)
		name, value, ok := strings.Cut(text, ":")
		value = strings.TrimSpace(value)
		switch {
		case text == "":
		case ended:
			return nil, errors.New("a refusal: something stands after its end")
		case text == "end":
			ended = true
		case ok && name == "code" && r.code == "":
			r.code = value
		case ok && name == "reason":
			r.reason = strings.TrimSpace(r.reason + " " + value)
		default:
			return nil, errors.New("a refusal: a line that is none of code, reason and end")
		}
	}
	switch {
	case !ended:
		return nil, errors.New("a refusal: the line end is missing")
	case r.code == "" || len(r.code) > maxCode || len(r.reason) > maxReason:
		return nil, errors.New("a refusal: no code, or more text than anybody reads")
	case strings.ContainsFunc(r.code+r.reason, unicode.IsControl):
		return nil, errors.New("a refusal: a control character")
	}
	return r, nil
}
