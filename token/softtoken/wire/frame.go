package wire

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/surguch/surguch/token/internal/cryptoki"
)

// greeting is the first frame of both sides.
const greeting = "SOFTTOKEN\x01"

// maxFrame is the most octets of a frame.
const maxFrame = 16 << 20

// none is the size of a buffer that is a null pointer, and of an attribute
// that cannot be told.
const none = ^uint64(0)

// Functions.
const (
	fnGetInfo uint8 = iota + 1
	fnGetSlotList
	fnGetSlotInfo
	fnGetTokenInfo
	fnGetMechanismList
	fnGetMechanismInfo
	fnInitToken
	fnInitPIN
	fnSetPIN
	fnOpenSession
	fnCloseSession
	fnCloseAllSessions
	fnGetSessionInfo
	fnLogin
	fnLogout
	fnCreateObject
	fnDestroyObject
	fnGetObjectSize
	fnGetAttributeValue
	fnSetAttributeValue
	fnFindObjectsInit
	fnFindObjects
	fnFindObjectsFinal
	fnDigestInit
	fnDigest
	fnDigestUpdate
	fnDigestFinal
	fnSignInit
	fnSign
	fnSignUpdate
	fnSignFinal
	fnVerifyInit
	fnVerify
	fnVerifyUpdate
	fnVerifyFinal
	fnGenerateKeyPair
	fnGenerateRandom
	fnWaitForSlotEvent

	fnControl uint8 = 128
)

// readFrame reads a frame. It takes memory as octets arrive, not as a length
// promises.
func readFrame(r io.Reader) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(size[:])
	if n > maxFrame {
		return nil, fmt.Errorf("wire: frame of %d octets, want at most %d", n, maxFrame)
	}
	var b bytes.Buffer
	if _, err := io.CopyN(&b, r, int64(n)); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return b.Bytes(), nil
}

// writeFrame writes a frame in one piece.
func writeFrame(w io.Writer, payload []byte) error {
	if len(payload) > maxFrame {
		return fmt.Errorf("wire: frame of %d octets, want at most %d", len(payload), maxFrame)
	}
	frame := binary.LittleEndian.AppendUint32(make([]byte, 0, 4+len(payload)), uint32(len(payload)))
	_, err := w.Write(append(frame, payload...))
	return err
}

// reader takes the arguments of a request apart. After the first that is not
// there all are zero, and ok is false.
type reader struct {
	rest []byte
	bad  bool
}

// done reports whether all arguments were there and nothing stands behind.
func (r *reader) done() bool { return !r.bad && len(r.rest) == 0 }

func (r *reader) number() uint64 {
	if r.bad || len(r.rest) < 8 {
		r.bad = true
		return 0
	}
	n := binary.LittleEndian.Uint64(r.rest)
	r.rest = r.rest[8:]
	return n
}

// type32 reads the type of an attribute or a mechanism. None is larger than
// four octets; what is, is no type.
func (r *reader) type32() uint32 {
	if n := r.number(); n < 1<<32-1 {
		return uint32(n)
	}
	return 1<<32 - 1
}

func (r *reader) octets() []byte {
	n := r.number()
	if r.bad || n > uint64(len(r.rest)) {
		r.bad = true
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) template() (list []cryptoki.Attribute) {
	for n := r.number(); n > 0 && !r.bad; n-- {
		list = append(list, cryptoki.Attribute{Type: r.type32(), Value: r.octets()})
	}
	return list
}

func (r *reader) mechanism() cryptoki.Mechanism {
	return cryptoki.Mechanism{Type: r.type32(), Param: r.octets()}
}

func (r *reader) session() cryptoki.Session { return cryptoki.Session(r.number()) }

func (r *reader) object() cryptoki.Object { return cryptoki.Object(r.number()) }

// answer is what a function gives, without CK_RV.
type answer []byte

func (a *answer) number(n uint64) { *a = binary.LittleEndian.AppendUint64(*a, n) }

func (a *answer) octets(b []byte) {
	a.number(uint64(len(b)))
	*a = append(*a, b...)
}

// text adds a text of a fixed size, with spaces behind it.
func (a *answer) text(s string, size int) {
	b := append([]byte(s), bytes.Repeat([]byte{' '}, size)...)
	a.octets(b[:size])
}

func (a *answer) version(v [2]byte) { a.number(uint64(v[0])<<8 | uint64(v[1])) }

// buffer adds contents for a buffer of C: their size in units, and themselves
// if there is a buffer that has the room.
func (a *answer) buffer(size uint64, contents []byte, unit int) error {
	need := uint64(len(contents) / unit)
	a.number(need)
	switch {
	case size == none:
		a.octets(nil)
	case size < need:
		a.octets(nil)
		return cryptoki.BufferTooSmall
	default:
		a.octets(contents)
	}
	return nil
}
