package workplace

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/surguch/surguch/token/pkcs11"
)

// Kind is a kind of place.
type Kind string

// The kinds, as they begin a place.
const (
	File      Kind = "file"      // a folder of keys
	PFX       Kind = "pfx"       // a PKCS #12 file
	CryptoPro Kind = "cryptopro" // a folder of containers of CryptoPro CSP
	Soft      Kind = "soft"      // a folder with a token in software
	PKCS11    Kind = "pkcs11"    // a PKCS #11 token
)

// Place is where keys are.
type Place struct {
	Kind Kind
	Path string     // of the folder or the file; with PKCS11 empty
	URI  pkcs11.URI // with PKCS11
}

// errKind names the kinds.
var errKind = errors.New("место ключей начинается с вида: file:ПАПКА, pfx:ФАЙЛ, cryptopro:ПАПКА, soft:ПАПКА или pkcs11:URI")

// ParsePlace reads a place. A path that begins with ~/ is in the home folder,
// since no shell sees it behind the colon. Errors are in Russian, and show
// nothing of a URI, which may hold a PIN that does not belong there.
func ParsePlace(s string) (Place, error) {
	kind, path, _ := strings.Cut(s, ":")
	p := Place{Kind: Kind(strings.ToLower(kind))}
	switch p.Kind {
	case PKCS11:
		var err error
		if p.URI, err = pkcs11.ParseURI(s); err != nil {
			return Place{}, fmt.Errorf("место ключей: %w", err)
		}
		return p, nil
	case File, PFX, CryptoPro, Soft:
		if path == "" || strings.ContainsRune(path, 0) {
			return Place{}, fmt.Errorf("место ключей: за %s: нет пути", p.Kind)
		}
		p.Path = expand(path)
		return p, nil
	}
	return Place{}, errKind
}

// expand puts the home folder in place of a tilde.
func expand(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	home, err := os.UserHomeDir()
	if !ok || err != nil {
		return path
	}
	return filepath.Join(home, rest)
}

// String returns the place as ParsePlace reads it.
func (p Place) String() string {
	if p.Kind == PKCS11 {
		return p.URI.String()
	}
	return string(p.Kind) + ":" + p.Path
}
