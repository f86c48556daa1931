package cryptopro_test

import (
	"encoding/asn1"
	"math/big"
	"slices"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token/cryptopro"
)

// forge is a second writer, with which tests make containers that the package
// itself does not: those of other tools, and broken ones.
type forge struct {
	key      *gost.PrivateKey
	password string
	boxes    []string
	header   [][]byte // elements of the content
	mask     *big.Int // of the first pair; the reserve has its square
	status   []byte
}

// Algorithms of keys, and what their parameters name.
var (
	idKey256      = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 1, 1}
	idExchange256 = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 6, 1}
	idDigest256   = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 2, 2}
	idKey2001     = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 19}
	idDH2001      = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 98}
	idDigest94    = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 30, 1}
	idCipherA     = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 31, 1}
	idV2Full      = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 37, 2, 1}
)

// tlv is one element of DER of at most 65535 octets.
func tlv(tag byte, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	switch n := len(body); {
	case n < 0x80:
		return append([]byte{tag, byte(n)}, body...)
	case n < 0x100:
		return append([]byte{tag, 0x81, byte(n)}, body...)
	default:
		return append([]byte{tag, 0x82, byte(n >> 8), byte(n)}, body...)
	}
}

func oidDER(id asn1.ObjectIdentifier) []byte {
	raw, err := asn1.Marshal(id)
	if err != nil {
		panic(err)
	}
	return raw
}

// algorithm is [0] of a key's parameters.
func algorithm(id asn1.ObjectIdentifier, params ...asn1.ObjectIdentifier) []byte {
	var list [][]byte
	for _, p := range params {
		list = append(list, oidDER(p))
	}
	return tlv(0xa0, oidDER(id), tlv(0x30, list...))
}

// bits is a BIT STRING of one octet, or of none.
func bits(unused byte, octets ...byte) []byte { return tlv(0x03, []byte{unused}, octets) }

// newForge returns a writer of a container as CSP makes it, whose password is
// empty, under XchA.
func newForge(t testing.TB, name string) *forge {
	t.Helper()
	key, err := gost.GenerateKey(gost.CryptoProXchA(), stream(name))
	if err != nil {
		t.Fatal(err)
	}
	return &forge{
		key: key, boxes: plainBoxesZ, mask: big.NewInt(0x1234567), status: []byte("twelve bytes"),
		header: [][]byte{
			tlv(0xa0, oidDER(idV2Full)),
			bits(6, 0x40),
			tlv(0x30, bits(2, 0xa4), algorithm(idExchange256, key.Curve().OID(), idDigest256)),
			tlv(0x8a, key.PublicKey().Bytes()[:8]),
		},
	}
}

// protect gives the container a password.
func (f *forge) protect(password string) {
	f.password = password
	f.header[1] = bits(6, 0xc0)
	m := plainMAC(f.boxes, plainKDF(f.key.PublicKey().Bytes()[:8], password), make([]byte, 16))
	f.header = slices.Insert(f.header, 3, tlv(0x82, m))
}

// seal returns the encrypted number of a key.
func (f *forge) seal(key *gost.PrivateKey, mask *big.Int) []byte {
	q, _ := new(big.Int).SetString(groupOrders[key.Curve().Name()], 10)
	n := new(big.Int).Mul(number(key.Bytes()), mask)
	le := n.Mod(n, q).FillBytes(make([]byte, key.Curve().Size()))
	slices.Reverse(le)
	var out []byte
	for block := range slices.Chunk(le, 8) {
		out = append(out, plainCrypt(f.boxes, plainKDF(f.status[:12], f.password), block, 'e')...)
	}
	return out
}

// masks returns masks.key.
func (f *forge) masks(mask *big.Int) []byte {
	le := mask.FillBytes(make([]byte, f.key.Curve().Size()))
	slices.Reverse(le)
	return tlv(0x30, tlv(4, le), tlv(4, f.status), tlv(4, plainMAC(f.boxes, le[len(le)-32:], f.status)))
}

// reserveMask is the mask of the second pair.
func (f *forge) reserveMask() *big.Int { return new(big.Int).Mul(f.mask, f.mask) }

// files returns the container, with the key in both pairs.
func (f *forge) files() cryptopro.Files {
	return cryptopro.Files{
		Name:     tlv(0x30, tlv(0x16, []byte("forged"))),
		Header:   f.sealHeader(f.header...),
		Primary:  tlv(0x30, tlv(4, f.seal(f.key, f.mask))),
		Masks:    f.masks(f.mask),
		Primary2: tlv(0x30, tlv(4, f.seal(f.key, f.reserveMask()))),
		Masks2:   f.masks(f.reserveMask()),
	}
}

// sealHeader returns header.key of the elements of a content.
func (f *forge) sealHeader(elements ...[]byte) []byte {
	content := tlv(0x30, elements...)
	return tlv(0x30, content, tlv(4, plainMAC(f.boxes, make([]byte, 32), content)))
}

// elements returns the elements of a header's content, and the MAC's element.
func elements(t testing.TB, header []byte) (list [][]byte, mac []byte) {
	t.Helper()
	var h struct {
		Content []asn1.RawValue
		MAC     asn1.RawValue
	}
	unmarshal(t, "header.key", header, &h)
	for _, e := range h.Content {
		list = append(list, e.FullBytes)
	}
	return list, h.MAC.FullBytes
}
