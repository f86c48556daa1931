package wire

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/surguch/surguch/token/internal/cryptoki"
)

// function serves one function of PKCS #11: it takes its arguments from r and
// puts what it gives into a.
type function func(ctx context.Context, c *client, r *reader, a *answer) error

// functions are all that are served; nil is none.
var functions = [256]function{
	fnGetInfo: getInfo, fnGetSlotList: getSlotList, fnGetSlotInfo: getSlotInfo, fnGetTokenInfo: getTokenInfo,
	fnGetMechanismList: getMechanismList, fnGetMechanismInfo: getMechanismInfo, fnInitToken: initToken,
	fnInitPIN: initPIN, fnSetPIN: setPIN, fnOpenSession: openSession, fnCloseSession: closeSession,
	fnCloseAllSessions: closeAllSessions, fnGetSessionInfo: getSessionInfo, fnLogin: login, fnLogout: logout,
	fnCreateObject: createObject, fnDestroyObject: destroyObject, fnGetObjectSize: getObjectSize,
	fnGetAttributeValue: getAttributeValue, fnSetAttributeValue: setAttributeValue,
	fnFindObjectsInit: findObjectsInit, fnFindObjects: findObjects, fnFindObjectsFinal: findObjectsFinal,
	fnDigestInit: digestInit, fnDigest: digest, fnDigestUpdate: digestUpdate, fnDigestFinal: digestFinal,
	fnSignInit: signInit, fnSign: sign, fnSignUpdate: signUpdate, fnSignFinal: signFinal,
	fnVerifyInit: verifyInit, fnVerify: verify, fnVerifyUpdate: verifyUpdate, fnVerifyFinal: verifyFinal,
	fnGenerateKeyPair: generateKeyPair, fnGenerateRandom: generateRandom, fnWaitForSlotEvent: waitForSlotEvent,
	fnControl: control,
}

func getInfo(ctx context.Context, c *client, r *reader, a *answer) error {
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	info, err := c.app.Info(ctx)
	a.version(info.Version)
	a.text(info.Manufacturer, 32)
	a.text(info.Description, 32)
	a.version(info.Library)
	return err
}

func getSlotList(ctx context.Context, c *client, r *reader, a *answer) error {
	present, size := r.number() != 0, r.number()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	slots, err := c.app.Slots(ctx, present)
	if err != nil {
		return err
	}
	return a.buffer(size, numbers(slots), 8)
}

// numbers packs a list of numbers as C has it.
func numbers[T ~uint32 | ~uint64](list []T) (b []byte) {
	for _, n := range list {
		b = binary.LittleEndian.AppendUint64(b, uint64(n))
	}
	return b
}

func getSlotInfo(ctx context.Context, c *client, r *reader, a *answer) error {
	slot := r.number()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	info, err := c.app.SlotInfo(ctx, slot)
	a.text(info.Description, 64)
	a.text(info.Manufacturer, 32)
	a.number(uint64(info.Flags))
	a.version([2]byte{1, 0})
	a.version([2]byte{1, 0})
	return err
}

func getTokenInfo(ctx context.Context, c *client, r *reader, a *answer) error {
	slot := r.number()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	info, err := c.app.TokenInfo(ctx, slot)
	var open uint64
	for _, w := range c.sessions {
		if w.slot == slot {
			open++
		}
	}
	a.text(info.Label, 32)
	a.text(info.Manufacturer, 32)
	a.text(info.Model, 16)
	a.text(info.Serial, 16)
	for _, n := range []uint64{
		uint64(info.Flags), 0, open, 0, open, // 0 is CK_EFFECTIVELY_INFINITE
		uint64(info.MaxPIN), uint64(info.MinPIN),
		info.TotalMemory, info.FreeMemory, info.TotalMemory, info.FreeMemory,
	} {
		a.number(n)
	}
	a.version(info.Hardware)
	a.version(info.Firmware)
	a.text(time.Now().UTC().Format("20060102150405")+"00", 16)
	return err
}

func getMechanismList(ctx context.Context, c *client, r *reader, a *answer) error {
	slot, size := r.number(), r.number()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	list, err := c.app.Mechanisms(ctx, slot)
	if err != nil {
		return err
	}
	return a.buffer(size, numbers(list), 8)
}

func getMechanismInfo(ctx context.Context, c *client, r *reader, a *answer) error {
	slot, mechanism := r.number(), r.type32()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	info, err := c.app.MechanismInfo(ctx, slot, mechanism)
	a.number(uint64(info.MinKey))
	a.number(uint64(info.MaxKey))
	a.number(uint64(info.Flags))
	return err
}

func waitForSlotEvent(ctx context.Context, c *client, r *reader, a *answer) error {
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	slot, err := c.app.SlotEvent(ctx)
	a.number(slot)
	return err
}

func initToken(ctx context.Context, c *client, r *reader, _ *answer) error {
	slot, pin, label := r.number(), r.octets(), r.octets()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	for len(label) > 0 && label[len(label)-1] == ' ' {
		label = label[:len(label)-1]
	}
	return c.app.InitToken(ctx, slot, pin, string(label))
}

func generateRandom(ctx context.Context, c *client, r *reader, a *answer) error {
	s, n := r.session(), r.number()
	if !r.done() || n > 1<<20 {
		return cryptoki.ArgumentsBad
	}
	b, err := c.app.Random(ctx, s, int(n))
	a.octets(b)
	return err
}
