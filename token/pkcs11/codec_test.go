package pkcs11

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"reflect"
	"testing"

	"github.com/surguch/surguch/token/internal/cryptoki"
)

func sampleRequests() []*request {
	return []*request{
		{call: callLoad, text: "/usr/lib/библиотека.so"},
		{call: callLogin, session: 1 << 40, number: 1, data: []byte("31415926")},
		{call: callLogin, session: 1}, // at the device
		{call: callSetPIN, session: 1, data: []byte{}, chosen: []byte("27182818")},
		{call: callGenerateKeyPair, session: 7, mechanism: cryptoki.Mechanism{Type: cryptoki.GOST512KeyGen},
			template: []cryptoki.Attribute{cryptoki.Bool(cryptoki.AttrToken, true), {Type: 0xFFFFFFFF}}, private: []cryptoki.Attribute{cryptoki.Text(cryptoki.AttrLabel, "\xff")}},
		{call: callSign, object: 1<<64 - 1, data: make([]byte, 64)},
		{call: callOpenSession, slot: 1<<64 - 1, flag: true},
	}
}

func sampleResponses() []*response {
	return []*response{
		{}, {code: cryptoki.PINIncorrect}, {failure: "не загружается"},
		{numbers: []uint64{0, 1, 1<<64 - 1}, texts: []string{"", "\xff\x00"}, data: []byte{}},
		{data: make([]byte, 3000)},
	}
}

func frame(t testing.TB, m message) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := writeFrame(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestFrames go there and back, and every one that is cut short or has
// something behind it is refused.
func TestFrames(t *testing.T) {
	check := func(m, empty message) {
		t.Helper()
		raw := frame(t, m)
		if err := readFrame(bytes.NewReader(raw), empty); err != nil || !reflect.DeepEqual(m, empty) {
			t.Errorf("got %+v, %v, want %+v", empty, err, m)
		}
		for n := range raw {
			if err := readFrame(bytes.NewReader(raw[:n]), reflect.New(reflect.TypeOf(m).Elem()).Interface().(message)); err == nil {
				t.Errorf("%d octets of %d: got no error", n, len(raw))
			}
		}
		long := append(bytes.Clone(raw), 0)
		binary.BigEndian.PutUint32(long, uint32(len(long)-4))
		if err := readFrame(bytes.NewReader(long), reflect.New(reflect.TypeOf(m).Elem()).Interface().(message)); !errors.Is(err, errFrame) {
			t.Errorf("one octet more: got %v", err)
		}
	}
	for _, q := range sampleRequests() {
		check(q, new(request))
	}
	for _, a := range sampleResponses() {
		check(a, new(response))
	}
	if err := readFrame(bytes.NewReader(nil), new(request)); err != io.EOF {
		t.Errorf("at the end: got %v, want io.EOF", err)
	}
	if err := writeFrame(io.Discard, &response{data: make([]byte, maxFrame)}); !errors.Is(err, errFrame) {
		t.Errorf("too long: got %v", err)
	}
}

// TestFrameIsWiped: no copy of a PIN stays behind in the buffer of a frame,
// and it is written in one piece.
func TestFrameIsWiped(t *testing.T) {
	var kept keeper
	pin := []byte("31415926")
	if err := writeFrame(&kept, &request{call: callLogin, data: pin, text: string(make([]byte, 5000))}); err != nil {
		t.Fatal(err)
	}
	if kept.writes != 1 || !kept.had || bytes.Contains(kept.buffer, pin) {
		t.Errorf("%d writes, PIN written: %v, still there: %v", kept.writes, kept.had, bytes.Contains(kept.buffer, pin))
	}
}

// keeper keeps the buffer it is given, which no writer may do.
type keeper struct {
	buffer []byte
	writes int
	had    bool
}

func (k *keeper) Write(p []byte) (int, error) {
	k.buffer, k.had = p, bytes.Contains(p, []byte("31415926"))
	k.writes++
	return len(p), nil
}

// large is a library whose list of objects is too long for a frame.
type large struct{ cryptoki.Module }

func (large) Info(context.Context) (cryptoki.Info, error) { return cryptoki.Info{}, nil }
func (large) Find(context.Context, cryptoki.Session, []cryptoki.Attribute) ([]cryptoki.Object, error) {
	return make([]cryptoki.Object, maxFrame/8), nil
}
func (large) Close() error { return nil }

// TestServe: the child answers before a library is loaded, after it could not
// be, and when an answer is too long.
func TestServe(t *testing.T) {
	var in, out bytes.Buffer
	for _, q := range []*request{{call: callInfo}, {call: callLoad, text: "bad"}, {call: callLoad, text: "good"}, {call: callInfo}, {call: callFind}, {call: callLoad, text: "twice"}} {
		in.Write(frame(t, q))
	}
	err := serve(&in, &out, func(path string) (cryptoki.Module, error) {
		if path == "bad" {
			return nil, errors.New("it is bad")
		}
		return large{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []response{{code: cryptoki.NotInitialized}, {failure: "it is bad"}, {}, {numbers: []uint64{0, 0}, texts: []string{"", ""}}, {code: cryptoki.HostMemory}, {code: cryptoki.FunctionNotSupported}} {
		var got response
		if err := readFrame(&out, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("answer %d: got %+v, %v, want %+v", i, got, err, want)
		}
	}
}

// FuzzRequest is the child's side: what it accepts it writes again the same.
func FuzzRequest(f *testing.F) {
	for _, q := range sampleRequests() {
		f.Add(frame(f, q))
	}
	f.Fuzz(func(t *testing.T, raw []byte) { again(t, raw, new(request)) })
}

// FuzzResponse is the carrier's side.
func FuzzResponse(f *testing.F) {
	for _, a := range sampleResponses() {
		f.Add(frame(f, a))
	}
	f.Fuzz(func(t *testing.T, raw []byte) { again(t, raw, new(response)) })
}

// again writes what was read.
func again(t *testing.T, raw []byte, m message) {
	r := bytes.NewReader(raw)
	if readFrame(r, m) != nil {
		return
	}
	if read := raw[:len(raw)-r.Len()]; !bytes.Equal(frame(t, m), read) {
		t.Errorf("%x is read as %+v, which is written otherwise", read, m)
	}
}

// FuzzServe feeds a child whatever comes.
func FuzzServe(f *testing.F) {
	load := frame(f, &request{call: callLoad, text: "x"})
	for _, q := range sampleRequests() {
		f.Add(append(bytes.Clone(load), frame(f, q)...))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		_ = serve(bytes.NewReader(raw), io.Discard, func(string) (cryptoki.Module, error) { return empty{}, nil })
	})
}

// empty is a library without a token.
type empty struct{}

const none = cryptoki.SlotIDInvalid

func (empty) Info(context.Context) (i cryptoki.Info, err error)                 { return i, nil }
func (empty) Slots(context.Context, bool) ([]uint64, error)                     { return nil, nil }
func (empty) SlotInfo(context.Context, uint64) (i cryptoki.SlotInfo, _ error)   { return i, none }
func (empty) TokenInfo(context.Context, uint64) (i cryptoki.TokenInfo, _ error) { return i, none }
func (empty) Mechanisms(context.Context, uint64) ([]uint32, error)              { return nil, none }
func (empty) MechanismInfo(context.Context, uint64, uint32) (i cryptoki.MechanismInfo, _ error) {
	return i, none
}
func (empty) InitToken(context.Context, uint64, []byte, string) error { return none }
func (empty) OpenSession(context.Context, uint64, bool) (cryptoki.Session, error) {
	return 0, none
}
func (empty) CloseSession(context.Context, cryptoki.Session) error          { return none }
func (empty) Login(context.Context, cryptoki.Session, uint32, []byte) error { return none }
func (empty) Logout(context.Context, cryptoki.Session) error                { return none }
func (empty) InitPIN(context.Context, cryptoki.Session, []byte) error       { return none }
func (empty) SetPIN(context.Context, cryptoki.Session, []byte, []byte) error {
	return none
}
func (empty) Find(context.Context, cryptoki.Session, []cryptoki.Attribute) ([]cryptoki.Object, error) {
	return nil, none
}
func (empty) Attribute(context.Context, cryptoki.Session, cryptoki.Object, uint32) ([]byte, error) {
	return nil, none
}
func (empty) SetAttribute(context.Context, cryptoki.Session, cryptoki.Object, cryptoki.Attribute) error {
	return none
}
func (empty) Create(context.Context, cryptoki.Session, []cryptoki.Attribute) (cryptoki.Object, error) {
	return 0, none
}
func (empty) Destroy(context.Context, cryptoki.Session, cryptoki.Object) error { return none }
func (empty) GenerateKeyPair(context.Context, cryptoki.Session, cryptoki.Mechanism, []cryptoki.Attribute, []cryptoki.Attribute) (cryptoki.Object, cryptoki.Object, error) {
	return 0, 0, none
}
func (empty) Sign(context.Context, cryptoki.Session, cryptoki.Mechanism, cryptoki.Object, []byte) ([]byte, error) {
	return nil, none
}
func (empty) Digest(context.Context, cryptoki.Session, cryptoki.Mechanism, []byte) ([]byte, error) {
	return nil, none
}
func (empty) Random(context.Context, cryptoki.Session, int) ([]byte, error) { return nil, none }
func (empty) Close() error                                                  { return nil }
