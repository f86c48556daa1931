package cryptopro

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token"
)

// Errors a caller acts on.
var (
	// ErrPassword says that the password is wrong.
	ErrPassword = errors.New("cryptopro: wrong password")
	// ErrDamaged says that a file is missing or malformed, that a MAC does not
	// fit, or a key its fingerprint. The error names the file.
	ErrDamaged = errors.New("cryptopro: the container is damaged")
	// ErrUnsupported says that the container is sound, as far as can be told,
	// and of a kind that is not read: keys of 2001, keys in a functional key
	// carrier, keys of the old form.
	ErrUnsupported = errors.New("cryptopro: this kind of container is not supported")
)

func damaged(file, why string) error { return fmt.Errorf("%w: %s: %s", ErrDamaged, file, why) }

// Files are the files of a container, each one value in DER. Header is always
// there; of the others a foreign container may lack some.
type Files struct {
	Name     []byte // name.key
	Header   []byte // header.key
	Masks    []byte // masks.key
	Primary  []byte // primary.key
	Masks2   []byte // masks2.key
	Primary2 []byte // primary2.key
}

// Wipe clears those with keys and masks. Without a password they are the key.
func (f *Files) Wipe() {
	for _, secret := range [][]byte{f.Masks, f.Primary, f.Masks2, f.Primary2} {
		clear(secret)
	}
}

// Container is a container as read. It is immutable, and safe for concurrent
// use as long as nobody changes or wipes its files.
type Container struct {
	files    Files
	header   *header
	name     string
	pairs    []pair // that are sound: primary, reserve, or both
	findings findings
}

// Parse reads a container and checks the MACs of its header and of its masks.
// It needs no password and keeps the files. At least one of the pairs
// primary.key with masks.key and primary2.key with masks2.key must be sound.
//
// ErrDamaged if there is none, or another file is not sound. ErrUnsupported if the key or its form is
// none that this package knows; a container with a key of 2001 is read, but
// does not open.
func Parse(f Files) (*Container, error) {
	h, err := parseHeader(f.Header)
	if err != nil {
		return nil, err
	}
	c := &Container{files: f, header: h, name: h.name, findings: slices.Clone(h.findings)}
	if f.Name == nil {
		c.findings.note(NoName)
	} else if c.name, err = parseName(f.Name); err != nil {
		return nil, err
	} else if h.name != "" && h.name != c.name {
		c.findings.note(OtherName)
	}
	if !h.primary.Legacy {
		err = c.parsePairs()
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Container) parsePairs() error {
	first, err := parsePair(c.files.Primary, c.files.Masks, c.header.set)
	if err == nil {
		c.pairs = append(c.pairs, first)
	} else {
		c.findings.note(DamagedPrimary)
	}
	if c.files.Primary2 == nil && c.files.Masks2 == nil {
		c.findings.note(NoReserve)
	} else if second, err2 := parsePair(c.files.Primary2, c.files.Masks2, c.header.set); err2 == nil {
		c.pairs = append(c.pairs, second)
	} else {
		c.findings.note(DamagedReserve)
		if err != nil {
			err = fmt.Errorf("%w; reserve: %w", err, err2)
		}
	}
	if len(c.pairs) == 0 {
		return err
	}
	for _, p := range c.pairs {
		if len(p.sealed) > 1 {
			c.findings.note(SecondNumber)
		}
	}
	return nil
}

// Files returns the files of the container, which share its memory.
func (c *Container) Files() Files { return c.files }

// Name returns the name that CSP shows; empty if there is none.
func (c *Container) Name() string { return c.name }

// Protected reports whether the container says that a password is needed. A few
// tools do not tell.
func (c *Container) Protected() bool { return c.header.softPass }

// Primary returns what the header tells of the key.
func (c *Container) Primary() KeyInfo { return c.header.primary }

// Secondary returns what the header tells of the second key. Few containers
// have one: that for signatures, beside one for key agreement.
func (c *Container) Secondary() (k KeyInfo, ok bool) {
	if c.header.secondary == nil {
		return k, false
	}
	return *c.header.secondary, true
}

// Validity returns the times between which the key may be used, as CSP
// enforces them. Zero times are no limits.
func (c *Container) Validity() (notBefore, notAfter time.Time) {
	return c.header.notBefore, c.header.notAfter
}

// Format implements fmt.Formatter: whatever the verb, a container prints as its
// name. Its files may be as good as the key.
func (c *Container) Format(s fmt.State, _ rune) { fmt.Fprintf(s, "cryptopro.Container(%q)", c.name) }

// Findings returns what is unusual about the container.
func (c *Container) Findings() []Finding { return slices.Clone(c.findings) }

// Open returns the private key. The password is printable ASCII; empty if the
// container has none.
//
// The key is that of the first pair of files from which one comes that fits
// the fingerprint and the certificate, which proves the password. ErrPassword
// if the MAC of the password tells that it is wrong, or no key fits and there
// is no such MAC; ErrDamaged if none fits under a password that is right.
func (c *Container) Open(password []byte) (*gost.PrivateKey, error) {
	return c.open(&c.header.primary, password)
}

// OpenSecondary returns the second private key, as Open does the first.
func (c *Container) OpenSecondary(password []byte) (*gost.PrivateKey, error) {
	if c.header.secondary == nil {
		return nil, fmt.Errorf("%w: there is no second key", ErrUnsupported)
	}
	return c.open(c.header.secondary, password)
}

func (c *Container) open(k *KeyInfo, password []byte) (*gost.PrivateKey, error) {
	switch err := checkPassword(password); {
	case k.Legacy:
		return nil, fmt.Errorf("%w: a key of GOST R 34.10-2001", ErrUnsupported)
	case err != nil:
		return nil, err
	case !k.known():
		return nil, fmt.Errorf("%w: neither a fingerprint nor a certificate tells which key is right", ErrUnsupported)
	}
	proven := false
	if h := c.header; h.passwordMAC != nil && h.primary.Fingerprint != nil {
		if !equal(passwordMAC(password, h.primary.Fingerprint, h.set), h.passwordMAC) {
			return nil, ErrPassword
		}
		proven = true
	}
	for _, p := range c.pairs {
		if key, ok := p.open(k, password, c.header.set); ok {
			return key, nil
		}
	}
	if proven {
		return nil, damaged("primary.key", "the key does not fit its fingerprint")
	}
	return nil, ErrPassword
}

// WithCertificate returns the container with a certificate, DER, in the place
// of the key it is for, whose certificate it replaces. No password is needed.
// Nothing changes but header.key: in it that one element and the MAC.
//
// An error that is token.ErrOtherKey if the certificate is for none of the
// keys; ErrUnsupported if they are of 2001.
func (c *Container) WithCertificate(raw []byte) (*Container, error) {
	if c.header.primary.Legacy {
		return nil, fmt.Errorf("%w: a key of GOST R 34.10-2001", ErrUnsupported)
	}
	pub, err := certificateKey(raw)
	if err != nil {
		return nil, err
	}
	tag := tagCertificate
	if !c.header.primary.takes(pub) {
		tag = tagSecondaryCertificate
		if c.header.secondary == nil || !c.header.secondary.takes(pub) {
			return nil, fmt.Errorf("cryptopro: %w", token.ErrOtherKey)
		}
	}
	f := c.files
	f.Header = c.header.with(tag, raw)
	return Parse(f)
}

// takes reports whether a certificate of this public key may be installed.
func (k *KeyInfo) takes(pub *gost.PublicKey) bool {
	return k.known() && k.matches(pub)
}
