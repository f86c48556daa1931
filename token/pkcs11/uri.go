package pkcs11

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/surguch/surguch/token"
)

// URI is a PKCS #11 URI (RFC 7512): it names a token and perhaps an object on
// it. An attribute that is empty is not looked at. The zero value names
// everything.
type URI struct {
	// Of the token.
	Token        string // its label
	Manufacturer string
	Model        string
	Serial       string
	// Of an object on it.
	ID     []byte // CKA_ID
	Object string // label
	Type   string // public, private, cert, secret-key, data
	// Of the library and of the slot. They are kept and printed; a token is not
	// known by them.
	LibraryManufacturer string
	LibraryDescription  string
	LibraryVersion      string
	SlotManufacturer    string
	SlotDescription     string
	SlotID              string // a decimal number
	// Where the library and the PIN are.
	ModuleName string
	ModulePath string
	PINSource  string // a file or a URI; it is for the caller to read

	more []field // attributes of vendors, in their order
}

// field is an attribute of a vendor.
type field struct {
	query       bool // it stood behind the question mark
	name, value string
}

const scheme = "pkcs11:"

// path and query are the attributes of both parts of a URI, in the order in
// which they are printed (RFC 7512, section 2.3).
func (u *URI) path() []part {
	return []part{
		{"token", &u.Token}, {"manufacturer", &u.Manufacturer}, {"serial", &u.Serial}, {"model", &u.Model},
		{"library-manufacturer", &u.LibraryManufacturer}, {"library-version", &u.LibraryVersion}, {"library-description", &u.LibraryDescription},
		{"object", &u.Object}, {"type", &u.Type},
		{"slot-manufacturer", &u.SlotManufacturer}, {"slot-description", &u.SlotDescription}, {"slot-id", &u.SlotID},
	}
}

func (u *URI) query() []part {
	return []part{{"pin-source", &u.PINSource}, {"module-name", &u.ModuleName}, {"module-path", &u.ModulePath}}
}

type part struct {
	name  string
	value *string
}

var types = []string{"public", "private", "cert", "secret-key", "data"}

// ParseURI reads a URI. One with a PIN in it, pin-value, is refused: lists of
// processes and logs show such a PIN to everyone.
func ParseURI(s string) (URI, error) {
	u, err := parseURI(s)
	if err != nil {
		return URI{}, fmt.Errorf("pkcs11: URI: %w", err)
	}
	return u, nil
}

func parseURI(s string) (u URI, err error) {
	if len(s) < len(scheme) || !strings.EqualFold(s[:len(scheme)], scheme) {
		return u, errors.New("the scheme pkcs11 is missing")
	}
	path, query, asked := strings.Cut(s[len(scheme):], "?")
	seen := map[string]bool{}
	if path != "" {
		for _, text := range strings.Split(path, ";") {
			if err := u.set(text, false, seen); err != nil {
				return u, err
			}
		}
	}
	if asked && query != "" {
		for _, text := range strings.Split(query, "&") {
			if err := u.set(text, true, seen); err != nil {
				return u, err
			}
		}
	}
	if u.Type != "" && !slices.Contains(types, u.Type) {
		return u, fmt.Errorf("type %q is none of %v", u.Type, types)
	}
	if _, err := strconv.ParseUint(u.SlotID, 10, 64); u.SlotID != "" && err != nil {
		return u, errors.New("slot-id is no number")
	}
	return u, nil
}

// set reads one attribute. Errors do not show its value, which may be a PIN
// written in the wrong place.
func (u *URI) set(text string, query bool, seen map[string]bool) error {
	name, raw, ok := strings.Cut(text, "=")
	if !ok || name == "" || strings.Trim(name, nameCharacters) != "" {
		return errors.New("an attribute is not name=value")
	}
	if name == "pin-value" {
		return errors.New("pin-value is refused: a PIN does not belong into a URI")
	}
	value, err := unescape(raw, query)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	key := name
	if query {
		key = "?" + name
	}
	known := u.path()
	if query {
		known = u.query()
	}
	for _, p := range known {
		if p.name != name {
			continue
		}
		if seen[key] {
			return fmt.Errorf("%s stands twice", name)
		}
		seen[key] = true
		*p.value = value
		return nil
	}
	switch {
	case name == "id" && !query:
		if seen[key] {
			return errors.New("id stands twice")
		}
		seen[key] = true
		u.ID = []byte(value)
	case !query && seen[key]: // RFC 7512, section 2.3: in the path no name stands twice
		return fmt.Errorf("%s stands twice", name)
	default:
		seen[key] = true
		u.more = append(u.more, field{query, name, value})
	}
	return nil
}

const nameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

// Characters that stand for themselves in values (RFC 7512, section 2.3:
// unreserved and pk11-res-avail, with & and / where each part has them).
const (
	plain      = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:[]@!$'()*+,="
	plainPath  = plain + "&"
	plainQuery = plain + "/?|"
)

func unescape(s string, query bool) (string, error) {
	allowed := plainPath
	if query {
		allowed = plainQuery
	}
	var b []byte
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			if strings.IndexByte(allowed, s[i]) < 0 {
				return "", fmt.Errorf("octet 0x%02X must be written with %%", s[i])
			}
			b = append(b, s[i])
			continue
		}
		if i+3 > len(s) {
			return "", errors.New("% without two digits")
		}
		n, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
		if err != nil {
			return "", errors.New("% without two digits")
		}
		b = append(b, byte(n))
		i += 2
	}
	return string(b), nil
}

func escape(s, allowed string) string {
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte(allowed, s[i]) >= 0 {
			b.WriteByte(s[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", s[i])
		}
	}
	return b.String()
}

// String returns the URI, its attributes in one order and only those octets
// escaped that must be; the ID is escaped throughout, as RFC 7512, section 2.3
// would have it.
func (u URI) String() string {
	var path, query []string
	for _, p := range u.path() {
		if p.name == "object" && len(u.ID) > 0 {
			path = append(path, "id="+escape(string(u.ID), ""))
		}
		if *p.value != "" {
			path = append(path, p.name+"="+escape(*p.value, plainPath))
		}
	}
	for _, p := range u.query() {
		if *p.value != "" {
			query = append(query, p.name+"="+escape(*p.value, plainQuery))
		}
	}
	for _, f := range u.more {
		if f.query {
			query = append(query, f.name+"="+escape(f.value, plainQuery))
		} else {
			path = append(path, f.name+"="+escape(f.value, plainPath))
		}
	}
	s := scheme + strings.Join(path, ";")
	if len(query) > 0 {
		s += "?" + strings.Join(query, "&")
	}
	return s
}

// matches reports whether a device may be the one that is meant.
func (u URI) matches(d token.Device) bool {
	for _, pair := range [][2]string{{u.Token, d.Label}, {u.Manufacturer, d.Manufacturer}, {u.Model, d.Model}, {u.Serial, d.Serial}} {
		if pair[0] != "" && pair[0] != pair[1] {
			return false
		}
	}
	return true
}

// DeviceURI returns the URI of a device: its manufacturer, model and serial
// number.
func DeviceURI(d token.Device) URI {
	return URI{Manufacturer: d.Manufacturer, Model: d.Model, Serial: d.Serial}
}
