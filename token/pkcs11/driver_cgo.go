//go:build cgo

package pkcs11

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	p11 "github.com/miekg/pkcs11"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// A library is one of the whole process: it is initialised once, whoever opens
// it, and finalised by the last who closes it.
var (
	loading sync.Mutex
	loaded  = map[string]*driver{}
)

// driver is a library in this process.
type driver struct {
	path   string
	users  int  // who have it open; guarded by loading
	ours   bool // we initialised it, and finalise it
	ctx    *p11.Ctx
	native *native
	turn   chan struct{} // one call at a time
}

// handle is a driver that one user opened.
type handle struct {
	*driver
	once sync.Once
}

// loadModule loads the library of a path, or finds it loaded. One that somebody
// else in the process initialised is used and left initialised.
func loadModule(path string) (cryptoki.Module, error) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	loading.Lock()
	defer loading.Unlock()
	d := loaded[path]
	if d == nil {
		var err error
		if d, err = load(path); err != nil {
			return nil, &token.Error{Fault: token.Unsupported, Op: "open", Tries: -1, Detail: fmt.Sprintf("library %s: %v", path, err)}
		}
		loaded[path] = d
	}
	d.users++
	return &handle{driver: d}, nil
}

func load(path string) (*driver, error) {
	n, err := openNative(path)
	if err != nil {
		return nil, err
	}
	ctx := p11.New(path)
	if ctx == nil {
		return nil, errors.New("it is loaded and then is not")
	}
	d := &driver{path: path, ctx: ctx, native: n, turn: make(chan struct{}, 1), ours: true}
	switch err := translate(ctx.Initialize()); {
	case is(err, cryptoki.AlreadyInitialized):
		d.ours = false
	case err != nil:
		return nil, fmt.Errorf("C_Initialize: %w", err)
	}
	return d, nil
}

// Close gives the library up. It is not unloaded: libraries leave threads
// behind.
func (h *handle) Close() (err error) {
	h.once.Do(func() {
		loading.Lock()
		defer loading.Unlock()
		d := h.driver
		if d.users--; d.users > 0 {
			return
		}
		delete(loaded, d.path)
		d.turn <- struct{}{} // nobody calls it any more
		if d.ours {
			err = translate(d.ctx.Finalize())
		}
	})
	return err
}

// translate makes a return value of miekg/pkcs11 ours.
func translate(err error) error {
	var e p11.Error
	if errors.As(err, &e) {
		return cryptoki.Code(e)
	}
	return err
}

// take waits for a turn.
func (d *driver) take(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case d.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// begin has a call done, whose turn it is, by a goroutine of its own, so that
// who waits for it can give it up; it goes on then, and nobody else has a turn
// until it ends.
func begin[T any](ctx context.Context, d *driver, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		defer func() { <-d.turn }()
		value, err := f()
		done <- result{value, translate(err)}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// run waits for a turn and has a call done.
func run[T any](ctx context.Context, d *driver, f func() (T, error)) (T, error) {
	if err := d.take(ctx); err != nil {
		var none T
		return none, err
	}
	return begin(ctx, d, f)
}

// act is run for calls that return nothing.
func act(ctx context.Context, d *driver, f func() error) error {
	_, err := run(ctx, d, func() (struct{}, error) { return struct{}{}, f() })
	return err
}

func (d *driver) Info(ctx context.Context) (cryptoki.Info, error) {
	return run(ctx, d, func() (cryptoki.Info, error) {
		i, err := d.ctx.GetInfo()
		return cryptoki.Info{Manufacturer: i.ManufacturerID, Description: i.LibraryDescription, Version: pair2(i.CryptokiVersion), Library: pair2(i.LibraryVersion)}, err
	})
}

func pair2(v p11.Version) [2]byte { return [2]byte{v.Major, v.Minor} }

func (d *driver) Slots(ctx context.Context, present bool) ([]uint64, error) {
	return run(ctx, d, func() ([]uint64, error) {
		ids, err := d.ctx.GetSlotList(present)
		return widen(ids), err
	})
}

func widen(ids []uint) []uint64 {
	list := make([]uint64, len(ids))
	for i, id := range ids {
		list[i] = uint64(id)
	}
	return list
}

func (d *driver) SlotInfo(ctx context.Context, slot uint64) (cryptoki.SlotInfo, error) {
	return run(ctx, d, func() (cryptoki.SlotInfo, error) {
		i, err := d.ctx.GetSlotInfo(uint(slot))
		return cryptoki.SlotInfo{Description: trim(i.SlotDescription), Manufacturer: trim(i.ManufacturerID), Flags: uint32(i.Flags)}, err
	})
}

// trim takes off the zeros that some libraries fill texts up with.
func trim(s string) string { return string(bytes.TrimRight([]byte(s), " \x00")) }

func (d *driver) TokenInfo(ctx context.Context, slot uint64) (cryptoki.TokenInfo, error) {
	return run(ctx, d, func() (cryptoki.TokenInfo, error) {
		i, err := d.ctx.GetTokenInfo(uint(slot))
		if err != nil {
			return cryptoki.TokenInfo{}, err
		}
		t := cryptoki.TokenInfo{
			Label: trim(i.Label), Manufacturer: trim(i.ManufacturerID), Model: trim(i.Model), Serial: trim(i.SerialNumber),
			Flags: uint32(i.Flags), MinPIN: int(i.MinPinLen), MaxPIN: int(i.MaxPinLen),
			TotalMemory: told(i.TotalPublicMemory), FreeMemory: told(i.FreePublicMemory),
			Hardware: pair2(i.HardwareVersion), Firmware: pair2(i.FirmwareVersion), UserTries: -1, SOTries: -1,
		}
		d.native.extend(slot, &t)
		return t, nil
	})
}

// told is a number of octets; CK_UNAVAILABLE_INFORMATION is all ones, of the
// size that CK_ULONG has.
func told(n uint) uint64 {
	if n == ^uint(0) || uint64(n) == 0xFFFFFFFF {
		return cryptoki.Unavailable
	}
	return uint64(n)
}

func (d *driver) Mechanisms(ctx context.Context, slot uint64) ([]uint32, error) {
	return run(ctx, d, func() ([]uint32, error) {
		mechanisms, err := d.ctx.GetMechanismList(uint(slot))
		list := make([]uint32, len(mechanisms))
		for i, m := range mechanisms {
			list[i] = uint32(m.Mechanism)
		}
		return list, err
	})
}

func (d *driver) MechanismInfo(ctx context.Context, slot uint64, mechanism uint32) (cryptoki.MechanismInfo, error) {
	return run(ctx, d, func() (cryptoki.MechanismInfo, error) {
		i, err := d.ctx.GetMechanismInfo(uint(slot), []*p11.Mechanism{p11.NewMechanism(uint(mechanism), nil)})
		return cryptoki.MechanismInfo{MinKey: uint32(i.MinKeySize), MaxKey: uint32(i.MaxKeySize), Flags: uint32(i.Flags)}, err
	})
}

// InitToken gives miekg/pkcs11 a string of the PIN, which stays in memory: a
// token is initialised where it is made, not at a workplace.
func (d *driver) InitToken(ctx context.Context, slot uint64, soPIN []byte, label string) error {
	pin := string(soPIN)
	return act(ctx, d, func() error { return d.ctx.InitToken(uint(slot), pin, label) })
}

func (d *driver) OpenSession(ctx context.Context, slot uint64, write bool) (cryptoki.Session, error) {
	return run(ctx, d, func() (cryptoki.Session, error) {
		flags := uint(p11.CKF_SERIAL_SESSION)
		if write {
			flags |= p11.CKF_RW_SESSION
		}
		s, err := d.ctx.OpenSession(uint(slot), flags)
		return cryptoki.Session(s), err
	})
}

func (d *driver) CloseSession(ctx context.Context, s cryptoki.Session) error {
	return act(ctx, d, func() error { return d.ctx.CloseSession(p11.SessionHandle(s)) })
}

func (d *driver) Login(ctx context.Context, s cryptoki.Session, user uint32, pin []byte) error {
	return d.secretly(ctx, func(p ...secret) error { return d.native.login(s, user, p[0]) }, pin)
}

// secretly is act for calls with PINs, whose copies are wiped when the call
// ends, be it long after it was given up.
func (d *driver) secretly(ctx context.Context, f func(...secret) error, pins ...[]byte) error {
	if err := d.take(ctx); err != nil {
		return err
	}
	held := make([]secret, len(pins))
	for i, pin := range pins {
		held[i] = newSecret(pin)
	}
	_, err := begin(ctx, d, func() (struct{}, error) {
		for _, s := range held {
			defer s.free()
		}
		return struct{}{}, f(held...)
	})
	return err
}

func (d *driver) Logout(ctx context.Context, s cryptoki.Session) error {
	return act(ctx, d, func() error { return d.ctx.Logout(p11.SessionHandle(s)) })
}

func (d *driver) InitPIN(ctx context.Context, s cryptoki.Session, pin []byte) error {
	return d.secretly(ctx, func(p ...secret) error { return d.native.initPIN(s, p[0]) }, pin)
}

func (d *driver) SetPIN(ctx context.Context, s cryptoki.Session, old, new []byte) error {
	return d.secretly(ctx, func(p ...secret) error { return d.native.setPIN(s, p[0], p[1]) }, old, new)
}

func (d *driver) Find(ctx context.Context, s cryptoki.Session, template []cryptoki.Attribute) ([]cryptoki.Object, error) {
	return run(ctx, d, func() (found []cryptoki.Object, err error) {
		h := p11.SessionHandle(s)
		if err := d.ctx.FindObjectsInit(h, toC(template)); err != nil {
			return nil, err
		}
		// A search that is not ended makes the session useless.
		defer func() { err = errors.Join(err, d.ctx.FindObjectsFinal(h)) }()
		for {
			more, _, err := d.ctx.FindObjects(h, 64)
			if err != nil || len(more) == 0 {
				return found, err
			}
			for _, o := range more {
				found = append(found, cryptoki.Object(o))
			}
		}
	})
}

func (d *driver) Attribute(ctx context.Context, s cryptoki.Session, o cryptoki.Object, t uint32) ([]byte, error) {
	return run(ctx, d, func() ([]byte, error) {
		// One by one: one that is missing would fail all of them.
		list, err := d.ctx.GetAttributeValue(p11.SessionHandle(s), p11.ObjectHandle(o), []*p11.Attribute{{Type: uint(t)}})
		if err != nil {
			return nil, err
		}
		return fromC(t, list[0].Value), nil
	})
}

func (d *driver) SetAttribute(ctx context.Context, s cryptoki.Session, o cryptoki.Object, a cryptoki.Attribute) error {
	return act(ctx, d, func() error {
		return d.ctx.SetAttributeValue(p11.SessionHandle(s), p11.ObjectHandle(o), toC([]cryptoki.Attribute{a}))
	})
}

func (d *driver) Create(ctx context.Context, s cryptoki.Session, template []cryptoki.Attribute) (cryptoki.Object, error) {
	return run(ctx, d, func() (cryptoki.Object, error) {
		o, err := d.ctx.CreateObject(p11.SessionHandle(s), toC(template))
		return cryptoki.Object(o), err
	})
}

func (d *driver) Destroy(ctx context.Context, s cryptoki.Session, o cryptoki.Object) error {
	return act(ctx, d, func() error { return d.ctx.DestroyObject(p11.SessionHandle(s), p11.ObjectHandle(o)) })
}

func (d *driver) GenerateKeyPair(ctx context.Context, s cryptoki.Session, m cryptoki.Mechanism, public, private []cryptoki.Attribute) (pub, priv cryptoki.Object, err error) {
	both, err := run(ctx, d, func() ([2]cryptoki.Object, error) {
		pub, priv, err := d.ctx.GenerateKeyPair(p11.SessionHandle(s), mechanism(m), toC(public), toC(private))
		return [2]cryptoki.Object{cryptoki.Object(pub), cryptoki.Object(priv)}, err
	})
	return both[0], both[1], err
}

func mechanism(m cryptoki.Mechanism) []*p11.Mechanism {
	return []*p11.Mechanism{p11.NewMechanism(uint(m.Type), m.Param)}
}

func (d *driver) Sign(ctx context.Context, s cryptoki.Session, m cryptoki.Mechanism, key cryptoki.Object, data []byte) ([]byte, error) {
	data = bytes.Clone(data)
	return run(ctx, d, func() ([]byte, error) { return d.native.sign(s, m, key, data) })
}

func (d *driver) Digest(ctx context.Context, s cryptoki.Session, m cryptoki.Mechanism, data []byte) ([]byte, error) {
	data = bytes.Clone(data)
	return run(ctx, d, func() ([]byte, error) {
		if err := d.ctx.DigestInit(p11.SessionHandle(s), mechanism(m)); err != nil {
			return nil, err
		}
		return d.ctx.Digest(p11.SessionHandle(s), data)
	})
}

func (d *driver) Random(ctx context.Context, s cryptoki.Session, n int) ([]byte, error) {
	return run(ctx, d, func() ([]byte, error) { return d.ctx.GenerateRandom(p11.SessionHandle(s), n) })
}

// isNumber reports whether an attribute is a CK_ULONG, whose size and order of
// octets are the machine's.
func isNumber(t uint32) bool {
	switch t {
	case cryptoki.AttrClass, cryptoki.AttrCertificateType, cryptoki.AttrCategory, cryptoki.AttrKeyType, cryptoki.AttrModulusBits, cryptoki.AttrKeyGenMechanism:
		return true
	}
	return false
}

// toC makes attributes those of the machine.
func toC(template []cryptoki.Attribute) []*p11.Attribute {
	list := make([]*p11.Attribute, len(template))
	for i, a := range template {
		list[i] = &p11.Attribute{Type: uint(a.Type), Value: a.Value}
		if n, ok := cryptoki.Uint(a.Value); ok && isNumber(a.Type) {
			list[i] = p11.NewAttribute(uint(a.Type), n)
		}
	}
	return list
}

// fromC makes a value one of package cryptoki.
func fromC(t uint32, value []byte) []byte {
	switch {
	case isNumber(t) && len(value) == 4:
		return binary.LittleEndian.AppendUint64(nil, uint64(binary.NativeEndian.Uint32(value)))
	case isNumber(t) && len(value) == 8:
		return binary.LittleEndian.AppendUint64(nil, binary.NativeEndian.Uint64(value))
	}
	return value
}
