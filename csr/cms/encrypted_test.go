package cms_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// TestEncryptedTC26 decrypts the example of R 1323565.1.025-2019.
func TestEncryptedTC26(t *testing.T) {
	d, err := cms.ParseEncrypted(file(t, "tc26/encrypted_magma_a411.pem"))
	if err != nil {
		t.Fatal(err)
	}
	key := file(t, "tc26/encryption_key.hex")
	slices.Reverse(key)
	got, err := d.Decrypt(key)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasSuffix(got, []byte("EncryptedData.")) || !d.Authenticated {
		t.Errorf("got %q, authenticated %t", got, d.Authenticated)
	}
	key[0] ^= 1
	if got, err := d.Decrypt(key); err != cms.ErrDecrypt || got != nil {
		t.Errorf("another key: got %q, %v", got, err)
	}
	if _, err := d.Decrypt(key[:31]); err == nil || err == cms.ErrDecrypt {
		t.Errorf("short key: got %v", err)
	}
}

func TestEncryptedRoundTrip(t *testing.T) {
	key := bytes.Repeat([]byte{1, 2, 3, 4}, 8)
	for what, o := range options() {
		if o.KeyAgreement {
			continue
		}
		o.ContentType = oid.SignedData
		for _, size := range []int{0, 1, 9000, 300_000} {
			want := bytes.Repeat([]byte{0xa5}, size)
			raw, err := cms.EncryptWithKey(o, key, want)
			if err != nil {
				t.Fatal(err)
			}
			d, err := cms.ParseEncrypted(raw)
			if err != nil {
				t.Fatal(err)
			}
			got, err := d.Decrypt(key)
			if err != nil || !bytes.Equal(got, want) || !d.ContentType.Equal(oid.SignedData) || d.Authenticated == o.NoMAC {
				t.Errorf("%s: got %d octets of type %v, %v", what, len(got), d.ContentType, err)
			}
		}
	}
}

// TestEncryptedMAC cuts, doubles and changes the MAC.
func TestEncryptedMAC(t *testing.T) {
	key := make([]byte, 32)
	raw, err := cms.EncryptWithKey(cms.EncryptOptions{}, key, []byte("text"))
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Clone(raw)
	changed[len(raw)-1] ^= 1
	d, err := cms.ParseEncrypted(changed)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := d.Decrypt(key); err != cms.ErrDecrypt || got != nil {
		t.Errorf("got %q, %v", got, err)
	}

	// The same message with other unprotectedAttrs.
	outer, _ := der.ReadWhole(raw, der.Sequence)
	var typ der.OID
	var wrapped, data, attributes der.String
	var version int
	if !outer.ReadASN1ObjectIdentifier(&typ) || !outer.ReadASN1(&wrapped, der.ContextCons(0)) || !wrapped.ReadASN1(&data, der.Sequence) || !data.ReadASN1Integer(&version) || version != 2 {
		t.Fatal("the message is not as we write it")
	}
	content, ok := der.ReadRaw(&data, der.Sequence)
	if !ok || !data.ReadASN1(&attributes, der.ContextCons(1)) {
		t.Fatal("the message is not as we write it")
	}
	for what, attributes := range map[string][]byte{
		"is missing":             nil,
		"does not parse":         bytes.Repeat(attributes, 2),
		"the MAC does not parse": bytes.Replace(attributes, []byte{0x31, 0x12, 4, 0x10}, []byte{0x31, 0x12, 5, 0x10}, 1),
		"unprotectedAttrs":       {0x30, 0},
	} {
		changed := der.Marshal(func(b *der.Builder) {
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				b.AddASN1ObjectIdentifier(typ)
				b.AddASN1(der.ContextCons(0), func(b *der.Builder) {
					b.AddASN1(der.Sequence, func(b *der.Builder) {
						b.AddASN1Int64(2)
						b.AddBytes(content)
						b.AddASN1(der.ContextCons(1), func(b *der.Builder) { b.AddBytes(attributes) })
					})
				})
			})
		})
		if d, err := cms.ParseEncrypted(changed); d != nil || err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("got %v, want %s", err, what)
		}
	}
}
