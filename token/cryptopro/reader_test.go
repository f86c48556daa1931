package cryptopro_test

import (
	"bytes"
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/token/cryptopro"
)

// This file is a second reader, from the description of the format alone and
// by other means than the package: encoding/asn1 by structures, math/big for
// all numbers, and GOST 28147-89 written out as RFC 5830 has it.

type asnHeader struct {
	Content asn1.RawValue
	MAC     []byte
}

type asnContent struct {
	Form       asnForm `asn1:"optional,tag:0"`
	Name       string  `asn1:"optional,ia5"`
	Attributes asn1.BitString
	Primary    struct {
		Attributes asn1.BitString
		Algorithm  struct {
			ID     asn1.ObjectIdentifier
			Params []asn1.ObjectIdentifier
		} `asn1:"tag:0"`
	}
	PasswordMAC []byte          `asn1:"optional,tag:2"`
	Certificate []byte          `asn1:"optional,tag:5"`
	Fingerprint []byte          `asn1:"optional,tag:10"`
	Extensions  []asn1.RawValue `asn1:"optional,tag:12"`
}

type asnForm struct{ ID asn1.ObjectIdentifier }

type asnMasks struct{ Mask, Status, MAC []byte }

type asnPrimary struct{ Key []byte }

// unmarshal reads DER that is one whole value.
func unmarshal(t testing.TB, what string, raw []byte, into any) {
	t.Helper()
	if rest, err := asn1.Unmarshal(raw, into); err != nil || len(rest) != 0 {
		t.Fatalf("%s: got %v and %d octets more", what, err, len(rest))
	}
}

// number turns little-endian octets into a number.
func number(le []byte) *big.Int {
	be := slices.Clone(le)
	slices.Reverse(be)
	return new(big.Int).SetBytes(be)
}

// groupOrders are the orders of the groups that the golden containers use, in
// decimal.
var groupOrders = map[string]string{
	"CryptoPro-XchA": "115792089237316195423570985008687907853073762908499243225378155805079068850323",
	"256-A":          "28948022309329048855892746252171976963338560298092253442512153408785530358887",
	"512-A":          "13407807929942597099574024998205846127479365820592393377723561443721764030073449232318290585817636498049628612556596899500625279906416653993875474742293109",
}

// readFirst opens primary.key and masks.key, checks everything on the way, and
// returns the private number, little-endian.
func readFirst(t testing.TB, f cryptopro.Files, password string) []byte {
	t.Helper()
	var h asnHeader
	var content asnContent
	var masks asnMasks
	var primary asnPrimary
	unmarshal(t, "header.key", f.Header, &h)
	unmarshal(t, "the content", h.Content.FullBytes, &content)
	unmarshal(t, "masks.key", f.Masks, &masks)
	unmarshal(t, "primary.key", f.Primary, &primary)

	if got := plainMAC(plainBoxesZ, make([]byte, 32), h.Content.FullBytes); !bytes.Equal(got, h.MAC) {
		t.Fatalf("header.key: got MAC %x, want %x", h.MAC, got)
	}
	if got := plainMAC(plainBoxesZ, masks.Mask[len(masks.Mask)-32:], masks.Status); !bytes.Equal(got, masks.MAC) {
		t.Fatalf("masks.key: got MAC %x, want %x", masks.MAC, got)
	}
	if got := content.Attributes.At(0) == 1; got != (password != "") || content.Attributes.At(1) != 1 {
		t.Fatalf("got attributes %v", content.Attributes)
	}
	if password != "" {
		if got := plainMAC(plainBoxesZ, plainKDF(content.Fingerprint, password), make([]byte, 16)); !bytes.Equal(got, content.PasswordMAC) {
			t.Fatalf("got MAC %x of the password, want %x", content.PasswordMAC, got)
		}
	}
	if got := content.Form.ID.String(); got != "1.2.643.2.2.37.2.1" {
		t.Fatalf("got form %s", got)
	}
	var curve *gost.Curve
	for _, c := range gost.Curves() {
		if c.OID().Equal(content.Primary.Algorithm.Params[0]) {
			curve = c
		}
	}
	q, ok := new(big.Int).SetString(groupOrders[curve.Name()], 10)
	if !ok {
		t.Fatalf("no order of %s", curve.Name())
	}
	storage := plainKDF(masks.Status[:12], password)
	var text []byte
	for block := range slices.Chunk(primary.Key, 8) {
		text = append(text, plainCrypt(plainBoxesZ, storage, block, 'd')...)
	}
	d := new(big.Int).ModInverse(number(masks.Mask), q)
	d.Mod(d.Mul(d, number(text)), q)
	le := d.FillBytes(make([]byte, curve.Size()))
	slices.Reverse(le)
	key, err := gost.NewPrivateKey(curve, le)
	if err != nil {
		t.Fatal(err)
	}
	if got := key.PublicKey().Bytes()[:8]; !bytes.Equal(got, content.Fingerprint) {
		t.Fatalf("got fingerprint %x of the key, want %x", got, content.Fingerprint)
	}
	return le
}

// plainKDF is CPKDF, with the password as UTF-16 in four octets a character.
func plainKDF(salt []byte, password string) []byte {
	sum := func(s string) string {
		x := streebog.Sum256([]byte(s))
		return string(x[:])
	}
	xor := func(s string, x byte) string {
		return string(mapBytes([]byte(s), func(b byte) byte { return b ^ x }))
	}
	var pin string
	for _, c := range []byte(password) {
		pin += string([]byte{c, 0, 0, 0})
	}
	zeros := strings.Repeat("\x00", 32)
	h := sum(string(salt) + pin)
	c := "DENEFH028.760246785.IUEFHWUIO.EF" + zeros
	n := 2000
	if password == "" {
		n = 2
	}
	for range n {
		c = sum(xor(c, 0x36)+h+xor(c, 0x5c)+h) + zeros
	}
	c = sum(xor(c[:32], 0x36) + string(salt) + xor(c[:32], 0x5c) + pin)
	return []byte(sum(c))
}

func mapBytes(b []byte, f func(byte) byte) []byte {
	for i := range b {
		b[i] = f(b[i])
	}
	return b
}

// plainBoxesZ are id-tc26-gost-28147-param-Z as RFC 7836, appendix C, prints
// them: a row for each group of four bits, the least significant first.
// plainBoxesA are id-Gost28147-89-CryptoPro-A-ParamSet (RFC 4357, section
// 11.2).
var (
	plainBoxesZ = []string{
		"c462a5b9e8d703f1", "68239a5c1e47bd0f", "b3582fade174c960", "c821d4f670a53e9b",
		"7f5a816d093eb42c", "5df692cab78143e0", "8e25691cf4b0da37", "17ed05834fa69cb2",
	}
	plainBoxesA = []string{
		"96328b17a4efc0d5", "37e98af0526cb4d1", "e462b3d8cf5a0719", "e7acd13902b4f856",
		"b5198df0e423c7a6", "3adc120b75948fe6", "1d297a608c45f3be", "baf50ce8623917d4",
	}
)

// plainRounds are the words of the key in the order of their use.
var plainRounds = map[byte]string{
	'e': "01234567" + "01234567" + "01234567" + "76543210",
	'd': "01234567" + "76543210" + "76543210" + "76543210",
	'm': "01234567" + "01234567",
}

// plainCrypt takes one block through GOST 28147-89: e to encrypt, d to
// decrypt, m for the MAC.
func plainCrypt(boxes []string, key, block []byte, what byte) []byte {
	word := func(b []byte) uint32 { return uint32(number(b[:4]).Uint64()) }
	n1, n2 := word(block), word(block[4:])
	for _, k := range plainRounds[what] {
		sum := n1 + word(key[4*(k-'0'):])
		var s uint32
		for i, row := range boxes {
			digit, _ := hex.DecodeString("0" + row[sum>>(4*i)&15:][:1])
			s |= uint32(digit[0]) << (4 * i)
		}
		n1, n2 = n2^(s<<11|s>>21), n1
	}
	if what != 'm' {
		n1, n2 = n2, n1
	}
	var out []byte
	for _, n := range []uint32{n1, n2} {
		out = append(out, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	}
	return out
}

// plainMAC is the MAC of GOST 28147-89, the last block filled with zeros.
func plainMAC(boxes []string, key, data []byte) []byte {
	state := make([]byte, 8)
	for block := range slices.Chunk(data, 8) {
		for i, b := range block {
			state[i] ^= b
		}
		state = plainCrypt(boxes, key, state, 'm')
	}
	return state[:4]
}
