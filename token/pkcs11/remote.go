package pkcs11

import (
	"context"
	"errors"
	"math"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// The functions of cryptoki.Module, done by the child.

// shape checks how many numbers and texts an answer has: a child answers for a
// vendor's library and is not trusted to count.
func (w *worker) shape(ctx context.Context, q *request, numbers, texts int) (*response, error) {
	a, err := w.do(ctx, q)
	if err == nil && (len(a.numbers) != numbers || len(a.texts) != texts) {
		err = w.nonsense(q)
	}
	return a, err
}

// nonsense is the error of an answer that makes no sense.
func (w *worker) nonsense(q *request) error {
	f := token.Crashed
	if q.call.changes() {
		f = token.Unknown
	}
	return &token.Error{Fault: f, Tries: -1, Err: errFrame}
}

func (w *worker) Info(ctx context.Context) (i cryptoki.Info, err error) {
	a, err := w.shape(ctx, &request{call: callInfo}, 2, 2)
	if err != nil {
		return i, err
	}
	return cryptoki.Info{Manufacturer: a.texts[0], Description: a.texts[1], Version: unpack(a.numbers[0]), Library: unpack(a.numbers[1])}, nil
}

func (w *worker) Slots(ctx context.Context, present bool) ([]uint64, error) {
	a, err := w.do(ctx, &request{call: callSlots, flag: present})
	if err != nil {
		return nil, err
	}
	return a.numbers, nil
}

func (w *worker) SlotInfo(ctx context.Context, slot uint64) (i cryptoki.SlotInfo, err error) {
	a, err := w.shape(ctx, &request{call: callSlotInfo, slot: slot}, 1, 2)
	if err != nil {
		return i, err
	}
	return cryptoki.SlotInfo{Description: a.texts[0], Manufacturer: a.texts[1], Flags: uint32(a.numbers[0])}, nil
}

func (w *worker) TokenInfo(ctx context.Context, slot uint64) (t cryptoki.TokenInfo, err error) {
	a, err := w.shape(ctx, &request{call: callTokenInfo, slot: slot}, 10, 4)
	if err != nil {
		return t, err
	}
	n := a.numbers
	return cryptoki.TokenInfo{
		Label: a.texts[0], Manufacturer: a.texts[1], Model: a.texts[2], Serial: a.texts[3],
		Flags: uint32(n[0]), MinPIN: int(n[1]), MaxPIN: int(n[2]), TotalMemory: n[3], FreeMemory: n[4],
		Hardware: unpack(n[5]), Firmware: unpack(n[6]), UserTries: int(n[7]), SOTries: int(n[8]), DefaultUserPIN: n[9] == 1,
	}, nil
}

func (w *worker) Mechanisms(ctx context.Context, slot uint64) ([]uint32, error) {
	q := &request{call: callMechanisms, slot: slot}
	a, err := w.do(ctx, q)
	if err != nil {
		return nil, err
	}
	list := make([]uint32, len(a.numbers))
	for i, n := range a.numbers {
		if n > math.MaxUint32 {
			return nil, w.nonsense(q)
		}
		list[i] = uint32(n)
	}
	return list, nil
}

func (w *worker) MechanismInfo(ctx context.Context, slot uint64, mechanism uint32) (i cryptoki.MechanismInfo, err error) {
	a, err := w.shape(ctx, &request{call: callMechanismInfo, slot: slot, number: uint64(mechanism)}, 3, 0)
	if err != nil {
		return i, err
	}
	return cryptoki.MechanismInfo{MinKey: uint32(a.numbers[0]), MaxKey: uint32(a.numbers[1]), Flags: uint32(a.numbers[2])}, nil
}

func (w *worker) InitToken(ctx context.Context, slot uint64, soPIN []byte, label string) error {
	_, err := w.do(ctx, &request{call: callInitToken, slot: slot, data: soPIN, text: label})
	return err
}

func (w *worker) OpenSession(ctx context.Context, slot uint64, write bool) (cryptoki.Session, error) {
	a, err := w.shape(ctx, &request{call: callOpenSession, slot: slot, flag: write}, 1, 0)
	if err != nil {
		return 0, err
	}
	return cryptoki.Session(a.numbers[0]), nil
}

func (w *worker) CloseSession(ctx context.Context, s cryptoki.Session) error {
	_, err := w.do(ctx, &request{call: callCloseSession, session: s})
	return err
}

func (w *worker) Login(ctx context.Context, s cryptoki.Session, user uint32, pin []byte) error {
	_, err := w.do(ctx, &request{call: callLogin, session: s, number: uint64(user), data: pin})
	return err
}

func (w *worker) Logout(ctx context.Context, s cryptoki.Session) error {
	_, err := w.do(ctx, &request{call: callLogout, session: s})
	return err
}

func (w *worker) InitPIN(ctx context.Context, s cryptoki.Session, pin []byte) error {
	_, err := w.do(ctx, &request{call: callInitPIN, session: s, data: pin})
	return err
}

func (w *worker) SetPIN(ctx context.Context, s cryptoki.Session, old, new []byte) error {
	_, err := w.do(ctx, &request{call: callSetPIN, session: s, data: old, chosen: new})
	return err
}

func (w *worker) Find(ctx context.Context, s cryptoki.Session, template []cryptoki.Attribute) ([]cryptoki.Object, error) {
	a, err := w.do(ctx, &request{call: callFind, session: s, template: template})
	if err != nil {
		return nil, err
	}
	found := make([]cryptoki.Object, len(a.numbers))
	for i, n := range a.numbers {
		found[i] = cryptoki.Object(n)
	}
	return found, nil
}

func (w *worker) Attribute(ctx context.Context, s cryptoki.Session, o cryptoki.Object, t uint32) ([]byte, error) {
	return w.data(ctx, &request{call: callAttribute, session: s, object: o, number: uint64(t)})
}

func (w *worker) SetAttribute(ctx context.Context, s cryptoki.Session, o cryptoki.Object, a cryptoki.Attribute) error {
	_, err := w.do(ctx, &request{call: callSetAttribute, session: s, object: o, template: []cryptoki.Attribute{a}})
	return err
}

func (w *worker) Create(ctx context.Context, s cryptoki.Session, template []cryptoki.Attribute) (cryptoki.Object, error) {
	a, err := w.shape(ctx, &request{call: callCreate, session: s, template: template}, 1, 0)
	if err != nil {
		return 0, err
	}
	return cryptoki.Object(a.numbers[0]), nil
}

func (w *worker) Destroy(ctx context.Context, s cryptoki.Session, o cryptoki.Object) error {
	_, err := w.do(ctx, &request{call: callDestroy, session: s, object: o})
	return err
}

func (w *worker) GenerateKeyPair(ctx context.Context, s cryptoki.Session, m cryptoki.Mechanism, public, private []cryptoki.Attribute) (pub, priv cryptoki.Object, err error) {
	a, err := w.shape(ctx, &request{call: callGenerateKeyPair, session: s, mechanism: m, template: public, private: private}, 2, 0)
	if err != nil {
		return 0, 0, err
	}
	return cryptoki.Object(a.numbers[0]), cryptoki.Object(a.numbers[1]), nil
}

func (w *worker) Sign(ctx context.Context, s cryptoki.Session, m cryptoki.Mechanism, key cryptoki.Object, data []byte) ([]byte, error) {
	return w.data(ctx, &request{call: callSign, session: s, mechanism: m, object: key, data: data})
}

func (w *worker) Digest(ctx context.Context, s cryptoki.Session, m cryptoki.Mechanism, data []byte) ([]byte, error) {
	return w.data(ctx, &request{call: callDigest, session: s, mechanism: m, data: data})
}

func (w *worker) Random(ctx context.Context, s cryptoki.Session, n int) ([]byte, error) {
	if n < 0 {
		return nil, errors.New("pkcs11: a negative number of octets")
	}
	return w.data(ctx, &request{call: callRandom, session: s, number: uint64(n)})
}

// data is for calls that return octets.
func (w *worker) data(ctx context.Context, q *request) ([]byte, error) {
	a, err := w.do(ctx, q)
	if err != nil {
		return nil, err
	}
	return a.data, nil
}
