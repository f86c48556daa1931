package cryptoki

import (
	"context"
	"encoding/binary"
)

// Session and Object are handles. A session is of one token, and its objects
// are known by it alone.
type (
	Session uint64
	Object  uint64
)

// Attribute is a part of an object. Numbers are 8 octets, little-endian, and
// truths are one octet, 0 or 1, whatever the machine has.
type Attribute struct {
	Type  uint32
	Value []byte
}

// Number makes an attribute of a number.
func Number[T ~uint32 | ~uint64 | ~int](t uint32, v T) Attribute {
	return Attribute{t, binary.LittleEndian.AppendUint64(nil, uint64(v))}
}

// Bool makes an attribute that is true or false.
func Bool(t uint32, v bool) Attribute {
	if v {
		return Attribute{t, []byte{1}}
	}
	return Attribute{t, []byte{0}}
}

// Text makes an attribute of a text.
func Text(t uint32, v string) Attribute { return Attribute{t, []byte(v)} }

// Bytes makes an attribute of octets.
func Bytes(t uint32, v []byte) Attribute { return Attribute{t, v} }

// Uint is the number in a value; ok is false if there is none.
func Uint(value []byte) (n uint64, ok bool) {
	if len(value) != 8 && len(value) != 4 {
		return 0, false
	}
	var b [8]byte
	copy(b[:], value)
	return binary.LittleEndian.Uint64(b[:]), true
}

// Mechanism is a way to do something, with its parameter.
type Mechanism struct {
	Type  uint32
	Param []byte
}

// Info is CK_INFO.
type Info struct {
	Manufacturer, Description string
	Version                   [2]byte // of Cryptoki
	Library                   [2]byte
}

// SlotInfo is CK_SLOT_INFO.
type SlotInfo struct {
	Description, Manufacturer string
	Flags                     uint32
}

// TokenInfo is CK_TOKEN_INFO, with what vendors tell beyond it. Texts are
// without the spaces behind them.
type TokenInfo struct {
	Label, Manufacturer, Model, Serial string
	Flags                              uint32
	MinPIN, MaxPIN                     int
	TotalMemory, FreeMemory            uint64 // octets; Unavailable: not told
	Hardware, Firmware                 [2]byte

	UserTries, SOTries int // left; negative: not told
	DefaultUserPIN     bool
}

// MechanismInfo is CK_MECHANISM_INFO.
type MechanismInfo struct{ MinKey, MaxKey, Flags uint32 }

// Module is a PKCS #11 library at work. Its methods are safe for concurrent
// use. An error is a Code, or something worse that befell whoever runs the
// library: then it is a *token.Error of kind Crashed or Unknown. A call whose
// ctx ends is given up, though it may still take effect.
type Module interface {
	Info(ctx context.Context) (Info, error)
	// Slots returns those with a token in them, or all.
	Slots(ctx context.Context, present bool) ([]uint64, error)
	SlotInfo(ctx context.Context, slot uint64) (SlotInfo, error)
	TokenInfo(ctx context.Context, slot uint64) (TokenInfo, error)
	Mechanisms(ctx context.Context, slot uint64) ([]uint32, error)
	MechanismInfo(ctx context.Context, slot uint64, mechanism uint32) (MechanismInfo, error)
	// InitToken erases a token.
	InitToken(ctx context.Context, slot uint64, soPIN []byte, label string) error

	OpenSession(ctx context.Context, slot uint64, write bool) (Session, error)
	CloseSession(ctx context.Context, s Session) error
	Login(ctx context.Context, s Session, user uint32, pin []byte) error
	Logout(ctx context.Context, s Session) error
	// InitPIN sets the user's PIN in a session of the security officer, which
	// unblocks it.
	InitPIN(ctx context.Context, s Session, pin []byte) error
	SetPIN(ctx context.Context, s Session, old, new []byte) error

	// Find returns all objects that have these attributes.
	Find(ctx context.Context, s Session, template []Attribute) ([]Object, error)
	// Attribute returns one attribute of an object.
	Attribute(ctx context.Context, s Session, o Object, t uint32) ([]byte, error)
	SetAttribute(ctx context.Context, s Session, o Object, a Attribute) error
	Create(ctx context.Context, s Session, template []Attribute) (Object, error)
	Destroy(ctx context.Context, s Session, o Object) error
	GenerateKeyPair(ctx context.Context, s Session, m Mechanism, public, private []Attribute) (pub, priv Object, err error)

	Sign(ctx context.Context, s Session, m Mechanism, key Object, data []byte) ([]byte, error)
	Digest(ctx context.Context, s Session, m Mechanism, data []byte) ([]byte, error)
	Random(ctx context.Context, s Session, n int) ([]byte, error)

	Close() error
}
