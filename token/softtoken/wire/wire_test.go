package wire

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token/internal/cryptoki"
	"github.com/surguch/surguch/token/softtoken"
)

const userPIN = "12345678"

func must[V any](t testing.TB) func(V, error) V {
	return func(v V, err error) V {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// daemon serves a new folder with one token.
func daemon(t testing.TB, profile string) (tokens *softtoken.Tokens, socket string) {
	t.Helper()
	dir := t.TempDir()
	tokens = must[*softtoken.Tokens](t)(softtoken.Open(softtoken.Config{Dir: filepath.Join(dir, "d"), Iterations: 1}))
	must[uint64](t)(tokens.Add(softtoken.Format{Profile: profile, Label: "Вощёных"}))
	socket = filepath.Join(dir, "s")
	listener := must[net.Listener](t)(Listen(socket))
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, listener, tokens) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
		tokens.Close()
	})
	return tokens, socket
}

// library does what the library in C does.
type library struct {
	testing.TB
	conn net.Conn
}

func dial(t testing.TB, socket string) *library {
	t.Helper()
	l := &library{t, must[net.Conn](t)(net.Dial("unix", socket))}
	t.Cleanup(func() { l.conn.Close() })
	if err := writeFrame(l.conn, []byte(greeting)); err != nil {
		t.Fatal(err)
	}
	if first := must[[]byte](t)(readFrame(l.conn)); string(first) != greeting {
		t.Fatalf("got the greeting %q", first)
	}
	return l
}

// pack puts arguments into a request: numbers, octets, templates, mechanisms.
func pack(fn uint8, args ...any) []byte {
	var a answer
	for _, arg := range args {
		switch v := arg.(type) {
		case int:
			a.number(uint64(v))
		case uint32:
			a.number(uint64(v))
		case uint64:
			a.number(v)
		case string:
			a.octets([]byte(v))
		case []byte:
			a.octets(v)
		case cryptoki.Mechanism:
			a.number(uint64(v.Type))
			a.octets(v.Param)
		case []cryptoki.Attribute:
			a.number(uint64(len(v)))
			for _, t := range v {
				a.number(uint64(t.Type))
				a.octets(t.Value)
			}
		}
	}
	return append([]byte{fn}, a...)
}

// call makes a call and compares its CK_RV.
func (l *library) call(want cryptoki.Code, fn uint8, args ...any) *reader {
	l.Helper()
	if err := writeFrame(l.conn, pack(fn, args...)); err != nil {
		l.Fatal(err)
	}
	reply := must[[]byte](l)(readFrame(l.conn))
	if got := cryptoki.Code(binary.LittleEndian.Uint64(reply)); got != want {
		l.Errorf("function %d: got %v, want %v", fn, got, want)
	}
	return &reader{rest: reply[8:]}
}

func cryptoProA() []cryptoki.Attribute {
	return []cryptoki.Attribute{cryptoki.Bytes(cryptoki.AttrGOSTParams, []byte{0x06, 0x07, 0x2a, 0x85, 0x03, 0x02, 0x02, 0x23, 0x01})}
}

// keys logs in and makes a key pair.
func (l *library) keys() (s, pub, priv uint64) {
	l.Helper()
	s = l.call(cryptoki.OK, fnOpenSession, 0, 6).number()
	l.call(cryptoki.OK, fnLogin, s, 1, userPIN)
	r := l.call(cryptoki.OK, fnGenerateKeyPair, s, cryptoki.Mechanism{Type: cryptoki.GOSTKeyPairGen}, cryptoProA(), []cryptoki.Attribute{cryptoki.Text(cryptoki.AttrLabel, "Ключ")})
	return s, r.number(), r.number()
}

var raw = cryptoki.Mechanism{Type: cryptoki.GOSTSign}

// TestSign goes through a signature as C programs do, with all that they may
// do wrong on the way.
func TestSign(t *testing.T) {
	_, socket := daemon(t, "plain")
	l := dial(t, socket)
	s, pub, priv := l.keys()
	digest := bytes.Repeat([]byte{7}, 32)
	l.call(cryptoki.OperationNotInitialized, fnSign, s, digest, 64)
	l.call(cryptoki.KeyHandleInvalid, fnSignInit, s, raw, 0)
	l.call(cryptoki.OK, fnSignInit, s, raw, priv)
	l.call(cryptoki.OperationActive, fnSignInit, s, raw, priv)
	if r := l.call(cryptoki.OK, fnSign, s, digest, none); r.number() != 64 || len(r.octets()) != 0 {
		t.Error("the size is not 64, or there is more than it")
	}
	if r := l.call(cryptoki.BufferTooSmall, fnSign, s, digest, 63); r.number() != 64 || len(r.octets()) != 0 {
		t.Error("the size is not 64, or there is more than it")
	}
	r := l.call(cryptoki.OK, fnSign, s, digest, 64)
	r.number()
	sig := r.octets()
	value := l.attribute(s, pub, cryptoki.AttrValue)
	if !gost.Verify(must[*gost.PublicKey](t)(gost.NewPublicKey(gost.CryptoProA(), value)), digest, sig) {
		t.Error("the signature is wrong")
	}
	l.call(cryptoki.OperationNotInitialized, fnSign, s, digest, 64) // it has ended

	// In parts, and by an error that ends it.
	l.call(cryptoki.OK, fnSignInit, s, cryptoki.Mechanism{Type: cryptoki.GOSTSignHash256}, priv)
	l.call(cryptoki.OK, fnSignUpdate, s, "mess")
	l.call(cryptoki.OK, fnSignUpdate, s, "age")
	l.call(cryptoki.BufferTooSmall, fnSignFinal, s, 1)
	r = l.call(cryptoki.OK, fnSignFinal, s, 100)
	r.number()
	sig = r.octets()
	l.call(cryptoki.OK, fnVerifyInit, s, cryptoki.Mechanism{Type: cryptoki.GOSTSignHash256}, pub)
	l.call(cryptoki.OK, fnVerify, s, "message", sig)
	l.call(cryptoki.OK, fnVerifyInit, s, cryptoki.Mechanism{Type: cryptoki.GOSTSignHash256}, pub)
	l.call(cryptoki.OK, fnVerifyUpdate, s, "massage")
	l.call(cryptoki.SignatureInvalid, fnVerifyFinal, s, sig)
	l.call(cryptoki.OperationNotInitialized, fnVerifyFinal, s, sig)
	l.call(cryptoki.OK, fnSignInit, s, raw, priv)
	l.call(cryptoki.DataLenRange, fnSign, s, "short", 64)
	l.call(cryptoki.OperationNotInitialized, fnSign, s, digest, 64)

	l.call(cryptoki.OK, fnDigestInit, s, cryptoki.Mechanism{Type: cryptoki.Streebog512})
	l.call(cryptoki.OK, fnDigestUpdate, s, "message")
	l.call(cryptoki.OperationActive, fnDigest, s, "message", 64)
	l.call(cryptoki.OperationNotInitialized, fnDigestFinal, s, 64)
}

func (l *library) attribute(s, o uint64, t uint32) []byte {
	l.Helper()
	r := l.call(cryptoki.OK, fnGetAttributeValue, s, o, 1, t, 1<<16)
	r.number()
	return r.octets()
}

// TestAttributes reads several at once, of which some cannot be told.
func TestAttributes(t *testing.T) {
	_, socket := daemon(t, "plain")
	l := dial(t, socket)
	s, _, priv := l.keys()
	type row struct {
		size, need uint64
		value      string
	}
	for what, c := range map[string]struct {
		want cryptoki.Code
		args []any
		rows []row
	}{
		"all told":      {cryptoki.OK, []any{2, cryptoki.AttrLabel, 8, cryptoki.AttrSign, 1}, []row{{8, 8, "Ключ"}, {1, 1, "\x01"}}},
		"sizes":         {cryptoki.OK, []any{1, cryptoki.AttrLabel, none}, []row{{none, 8, ""}}},
		"too small":     {cryptoki.BufferTooSmall, []any{2, cryptoki.AttrLabel, 7, cryptoki.AttrSign, 1}, []row{{7, 8, ""}, {1, 1, "\x01"}}},
		"sensitive":     {cryptoki.AttributeSensitive, []any{2, cryptoki.AttrValue, 32, cryptoki.AttrSign, 1}, []row{{32, none, ""}, {1, 1, "\x01"}}},
		"not there":     {cryptoki.AttributeTypeInvalid, []any{2, cryptoki.AttrModulus, 32, cryptoki.AttrSign, 1}, []row{{32, none, ""}, {1, 1, "\x01"}}},
		"no such type":  {cryptoki.AttributeTypeInvalid, []any{1, uint64(1) << 40, 32}, []row{{32, none, ""}}},
		"none":          {cryptoki.OK, []any{0}, nil},
		"fewer than so": {cryptoki.ArgumentsBad, []any{2, cryptoki.AttrLabel, 8}, nil},
	} {
		r := l.call(c.want, fnGetAttributeValue, append([]any{s, priv}, c.args...)...)
		for i, want := range c.rows {
			if need, value := r.number(), r.octets(); need != want.need || string(value) != want.value {
				t.Errorf("%s: %d: got %d, %q, want %d, %q", what, i, need, value, want.need, want.value)
			}
		}
		if !r.done() {
			t.Errorf("%s: the answer has another length", what)
		}
	}
	l.call(cryptoki.ObjectHandleInvalid, fnGetAttributeValue, s, 1, 1, cryptoki.AttrLabel, 8)
}

// TestFind finds in portions.
func TestFind(t *testing.T) {
	_, socket := daemon(t, "plain")
	l := dial(t, socket)
	s, pub, priv := l.keys()
	l.call(cryptoki.OperationNotInitialized, fnFindObjects, s, 1)
	l.call(cryptoki.OperationNotInitialized, fnFindObjectsFinal, s)
	l.call(cryptoki.OK, fnFindObjectsInit, s, []cryptoki.Attribute{})
	l.call(cryptoki.OperationActive, fnFindObjectsInit, s, []cryptoki.Attribute{})
	for _, want := range [][]uint64{{pub}, {priv}, {}} {
		if got := l.call(cryptoki.OK, fnFindObjects, s, 1).octets(); !bytes.Equal(got, numbers(want)) {
			t.Errorf("got %x, want %x", got, want)
		}
	}
	l.call(cryptoki.OK, fnFindObjectsFinal, s)
	l.call(cryptoki.SessionHandleInvalid, fnFindObjectsInit, 1, []cryptoki.Attribute{})
}

// TestApplications keeps connections apart, and ends what is theirs with them.
func TestApplications(t *testing.T) {
	_, socket := daemon(t, "plain")
	one, two := dial(t, socket), dial(t, socket)
	s, _, priv := one.keys()
	two.call(cryptoki.SessionHandleInvalid, fnSignInit, s, raw, priv)
	other := two.call(cryptoki.OK, fnOpenSession, 0, 6).number()
	if other == s {
		t.Error("two applications have one handle")
	}
	if r := two.call(cryptoki.OK, fnGetSessionInfo, other); r.number() != 0 || r.number() != 2 {
		t.Error("the login of one is another's") // CKS_RW_PUBLIC_SESSION
	}
	two.call(cryptoki.SessionExists, fnInitToken, 0, "87654321", "label")
	two.call(cryptoki.OK, fnCloseAllSessions, 0)
	two.call(cryptoki.SessionHandleInvalid, fnFindObjects, other, 1)
	one.conn.Close()
	for { // as soon as the daemon has seen it
		writeFrame(two.conn, pack(fnInitToken, 0, "87654321", "label   "))
		if reply := must[[]byte](t)(readFrame(two.conn)); binary.LittleEndian.Uint64(reply) == uint64(cryptoki.OK) {
			break
		}
	}
	two.call(cryptoki.ArgumentsBad, fnGetInfo, 1)
	two.call(cryptoki.FunctionNotSupported, 99)
	two.call(0xB4, fnOpenSession, 0, 2) // CKR_SESSION_PARALLEL_NOT_SUPPORTED
}

// TestHangEnds ends a call that hangs when its client goes away.
func TestHangEnds(t *testing.T) {
	tokens, socket := daemon(t, "plain")
	if err := tokens.Order(softtoken.Fault{Kind: softtoken.Hang, Call: "C_GetInfo"}); err != nil {
		t.Fatal(err)
	}
	l := dial(t, socket)
	if err := writeFrame(l.conn, pack(fnGetInfo)); err != nil {
		t.Fatal(err)
	}
	for len(tokens.Faults()) > 0 {
		runtime.Gosched()
	}
	dial(t, socket).call(cryptoki.OK, fnGetInfo) // others are served meanwhile
	l.conn.Close()
} // and the daemon ends only if no call hangs

// TestGreeting turns away who speaks something else.
func TestGreeting(t *testing.T) {
	_, socket := daemon(t, "plain")
	for what, first := range map[string][]byte{
		"another version": {10, 0, 0, 0, 'S', 'O', 'F', 'T', 'T', 'O', 'K', 'E', 'N', 2}, "HTTP": []byte("GET / HTTP/1.1\r\n\r\n"),
		"a frame without end": {255, 255, 255, 255}, "nothing": {0, 0, 0, 0},
	} {
		conn := must[net.Conn](t)(net.Dial("unix", socket))
		if _, err := conn.Write(first); err != nil {
			t.Fatal(err)
		}
		if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil {
			t.Errorf("%s: got an answer", what)
		}
		conn.Close()
	}
}

// TestControl orders faults from outside.
func TestControl(t *testing.T) {
	tokens, socket := daemon(t, "rutoken-ecp2")
	ctx := t.Context()
	report := must[Report](t)(Control(ctx, socket, Command{Order: &softtoken.Fault{Kind: softtoken.Fail, Call: "C_GetInfo", Code: 5}}))
	if len(report.Tokens) != 1 || report.Tokens[0].Profile != "rutoken-ecp2" || len(report.Faults) != 1 {
		t.Errorf("got %+v", report)
	}
	dial(t, socket).call(cryptoki.GeneralError, fnGetInfo)
	for _, action := range []string{"remove", "insert", "full", "roomy", "lock"} {
		must[Report](t)(Control(ctx, socket, Command{Action: action}))
		s := tokens.List()[0]
		if s.Removed != (action == "remove") || s.Full != (action == "full") || (s.UserTries == 0) != (action == "lock") {
			t.Errorf("%s: got %+v", action, s)
		}
	}
	must[Report](t)(Control(ctx, socket, Command{Clear: true}))
	for what, c := range map[string]Command{"no such action": {Action: "melt"}, "no such slot": {Action: "remove", Slot: 3}, "no such kind": {Order: &softtoken.Fault{Kind: "melt"}}} {
		if _, err := Control(ctx, socket, c); err == nil {
			t.Errorf("%s: got no error", what)
		}
	}
	if _, err := Control(ctx, socket+"x", Command{}); err == nil {
		t.Error("no daemon: got no error")
	}
}

// TestListen takes a socket over that a dead daemon left, and no other.
func TestListen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	first := must[net.Listener](t)(Listen(path))
	if _, err := Listen(path); err == nil {
		t.Error("in use: got no error")
	}
	first.(*net.UnixListener).SetUnlinkOnClose(false)
	first.Close()
	must[net.Listener](t)(Listen(path)).Close()
}

// FuzzServe serves a stream of frames behind the greeting: no panic, one
// answer to a request, which is at least CK_RV.
func FuzzServe(f *testing.F) {
	tokens := must[*softtoken.Tokens](f)(softtoken.Open(softtoken.Config{Dir: f.TempDir(), Iterations: 1}))
	f.Cleanup(func() { tokens.Close() })
	must[uint64](f)(tokens.Add(softtoken.Format{Profile: "jacarta-2"}))
	stream := func(requests ...[]byte) []byte {
		var b bytes.Buffer
		for _, r := range requests {
			writeFrame(&b, r)
		}
		return b.Bytes()
	}
	f.Add(stream(pack(fnGetInfo), pack(fnGetSlotList, 1, none), pack(fnGetSlotList, 1, 4), pack(fnGetTokenInfo, 0), pack(fnGetMechanismList, 0, 3), pack(fnGetMechanismInfo, 0, 0x1201)))
	f.Add(stream(pack(fnOpenSession, 0, 6), pack(fnLogin, uint64(none), 1, "1234567890"), pack(fnFindObjectsInit, uint64(none), []cryptoki.Attribute{}), pack(fnFindObjects, uint64(none), 3)))
	f.Add(stream(pack(fnOpenSession, 0, 6), pack(fnGenerateKeyPair, uint64(none), cryptoki.Mechanism{Type: 0x1200}, cryptoProA(), cryptoProA()),
		pack(fnSignInit, uint64(none), raw, 1), pack(fnSign, uint64(none), make([]byte, 32), 64), pack(fnGetAttributeValue, uint64(none), 1, 1, 3, 9)))
	f.Add(stream(pack(fnOpenSession, 0, 6), pack(fnDigestInit, uint64(none), cryptoki.Mechanism{Type: cryptoki.Streebog256}), pack(fnDigestUpdate, uint64(none), "a"), pack(fnDigestFinal, uint64(none), 32)))
	f.Add(stream(pack(fnOpenSession, 0, 6), pack(fnCreateObject, uint64(none), []cryptoki.Attribute{cryptoki.Number(0, 0)}), pack(fnSetAttributeValue, uint64(none), 1, []cryptoki.Attribute{}), pack(fnControl, `{}`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		c := newClient(tokens)
		defer c.app.Close()
		in := bytes.NewReader(data)
		var last cryptoki.Session
		for range 50 {
			request, err := readFrame(in)
			if err != nil {
				if len(request) != 0 {
					t.Error("a frame with an error")
				}
				if _, ok := err.(interface{ Timeout() bool }); ok || errors.Is(err, io.ErrClosedPipe) {
					t.Errorf("got %v", err)
				}
				return
			}
			if len(request) > 0 && request[0] == fnControl {
				continue // it would order faults for the next input
			}
			// The handle of a session is not known beforehand: all ones stand
			// for the one opened last.
			if len(request) >= 9 && binary.LittleEndian.Uint64(request[1:]) == none {
				binary.LittleEndian.PutUint64(request[1:], uint64(last))
			}
			reply := c.serve(t.Context(), request)
			if len(reply) < 8 {
				t.Fatalf("got an answer of %d octets", len(reply))
			}
			rv := cryptoki.Code(binary.LittleEndian.Uint64(reply))
			if rv == cryptoki.OK && request[0] == fnOpenSession {
				last = cryptoki.Session(binary.LittleEndian.Uint64(reply[8:]))
			}
			if rv != cryptoki.OK && rv != cryptoki.BufferTooSmall && len(reply) > 8 && request[0] != fnGetAttributeValue {
				t.Errorf("function %d: %v with %d octets", request[0], rv, len(reply)-8)
			}
		}
	})
}

// BenchmarkSign signs digests over the socket, as C_SignInit and C_Sign do.
func BenchmarkSign(b *testing.B) {
	_, socket := daemon(b, "plain")
	l := dial(b, socket)
	s, _, priv := l.keys()
	digest := make([]byte, 32)
	for b.Loop() {
		l.call(cryptoki.OK, fnSignInit, s, raw, priv)
		l.call(cryptoki.OK, fnSign, s, digest, 64)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "signatures/s")
}
