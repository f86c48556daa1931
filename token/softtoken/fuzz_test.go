package softtoken

import (
	"encoding/json"
	"testing"

	"github.com/surguch/surguch/token/internal/cryptoki"
)

// FuzzState reads files of tokens: what is accepted is written again as it
// was, and its objects can be looked at.
func FuzzState(f *testing.F) {
	key := newKey()
	st := &state{Version: stateVersion, Profile: "plain", Serial: "0a1b2c3d", Next: 1, Objects: map[uint64]*stored{}}
	for _, user := range []uint32{cryptoki.User, cryptoki.SecurityOfficer} {
		*st.pin(user) = newPIN(profiles[0], pin{}, []byte("12345678"), key, user, st.Serial, 1)
	}
	for _, private := range []bool{false, true} {
		o, err := newObject(profiles[0], []cryptoki.Attribute{cryptoki.Number(cryptoki.AttrClass, cryptoki.Data), cryptoki.Bool(cryptoki.AttrPrivate, private)})
		if err != nil {
			f.Fatal(err)
		}
		st.store(0, o, key)
	}
	seed, err := json.Marshal(st)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte(`{"version":1,"profile":"jacarta-2","objects":{"1":{"values":{"0":"AA=="}}},"next":2,"securityOfficer":{"set":true,"iterations":1,"check":""}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		st, p, err := parseState(raw)
		if err != nil {
			if st != nil || p != nil {
				t.Error("an error with a result")
			}
			return
		}
		for n := range st.Objects {
			if o, ok := st.open(n, key); ok {
				for a := range o.values {
					o.read(a)
				}
				o.publicKey(p)
				o.privateKey(p)
			}
		}
		written, err := json.Marshal(st)
		if err != nil {
			t.Fatal(err)
		}
		again, _, err := parseState(written)
		if err != nil {
			t.Fatalf("what was read and written is refused: %v", err)
		}
		if twice, _ := json.Marshal(again); string(twice) != string(written) {
			t.Errorf("got %s, want %s", twice, written)
		}
	})
}

// FuzzTemplate makes objects of attributes: types and values alternate, each
// value with its length before it.
func FuzzTemplate(f *testing.F) {
	f.Add([]byte{0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1})
	f.Add([]byte{0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 0x40, 8, 0x30, 0, 0, 0, 0, 0, 0, 0, 0x11, 2, 7, 7})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var template []cryptoki.Attribute
		for len(raw) >= 2 {
			typ, n := uint32(raw[0]), int(raw[1])
			if typ >= 0x40 {
				typ += 0xC0 // keys begin at 0x100
			}
			raw = raw[2:]
			n = min(n, len(raw))
			template = append(template, cryptoki.Attribute{Type: typ, Value: raw[:n]})
			raw = raw[n:]
		}
		for _, p := range profiles {
			o, err := newObject(p, template)
			if err != nil {
				if _, ok := err.(cryptoki.Code); !ok || o != nil {
					t.Fatalf("got %v, %v", o, err)
				}
				continue
			}
			// A word that may be read is in the object as it was given.
			for _, a := range template {
				if _, err := o.read(a.Type); err != nil && err != error(cryptoki.AttributeSensitive) {
					t.Errorf("attribute %#x: %v", a.Type, err)
				}
			}
			if _, err := o.changed(template); err != nil {
				if _, ok := err.(cryptoki.Code); !ok {
					t.Error(err)
				}
			}
		}
	})
}
