package modes_test

import (
	"bytes"
	"encoding/asn1"
	"encoding/pem"
	"testing"

	"github.com/surguch/surguch/gost/kdf"
	"github.com/surguch/surguch/gost/kuznyechik"
	"github.com/surguch/surguch/gost/magma"
	"github.com/surguch/surguch/gost/modes"
)

// What these tests read of CMS (RFC 5652, sections 6 and 8; R
// 1323565.1.025-2019).
type (
	encryptedContent struct {
		Type      asn1.ObjectIdentifier
		Algorithm struct {
			Algorithm  asn1.ObjectIdentifier
			Parameters struct{ UKM []byte }
		}
		Content []byte `asn1:"tag:0"`
	}
	attribute struct {
		Type   asn1.ObjectIdentifier
		Values [][]byte `asn1:"set"`
	}
	envelopedData struct {
		Version    int
		Recipients []asn1.RawValue `asn1:"set"`
		Content    encryptedContent
		Attributes []attribute `asn1:"optional,tag:1,set"`
	}
	encryptedData struct {
		Version    int
		Content    encryptedContent
		Attributes []attribute `asn1:"optional,tag:1,set"`
	}
	keyTransport struct {
		Version              int
		Recipient, Algorithm asn1.RawValue
		Key                  []byte
	}
	transported struct {
		Wrapped   []byte
		Ephemeral asn1.RawValue
		UKM       []byte
	}
	keyAgreement struct {
		Version    int
		Originator asn1.RawValue
		UKM        []byte `asn1:"explicit,tag:1"`
		Algorithm  asn1.RawValue
		Keys       []struct {
			Recipient asn1.RawValue
			Key       []byte
		}
	}
)

// parse reads the content of a ContentInfo into v.
func parse(t *testing.T, der []byte, v any) {
	t.Helper()
	var info struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue // [0] EXPLICIT
	}
	unmarshal(t, der, &info, "")
	unmarshal(t, info.Content.Bytes, v, "")
}

func unmarshal(t *testing.T, der []byte, v any, params string) {
	t.Helper()
	rest, err := asn1.UnmarshalWithParams(der, v, params)
	if err != nil || len(rest) > 0 {
		t.Fatalf("%T: %v, %d octets left", v, err, len(rest))
	}
}

// sectionOf is the size of sections in CMS.
var sectionOf = map[int]int{kuznyechik.BlockSize: modes.KuznyechikSection, magma.BlockSize: modes.MagmaSection}

// crypt encrypts and decrypts content by its key, as CMS has it: the initial
// value is the beginning of the UKM. With OMAC there are two keys, for which
// the rest of the UKM is the seed, and the tag is encrypted after the text.
// It returns the text or ciphertext, the encrypted tag, and whether the one it
// got is that of the text.
func crypt(t *testing.T, c newCipher, key, ukm, in, mac []byte, decrypt bool) (out, tag []byte, ok bool) {
	t.Helper()
	n := block(t, c, key).BlockSize()
	kmac := []byte(nil)
	if mac != nil {
		keys := kdf.Tree(key, []byte("kdf tree"), ukm[n/2:], 1, 64)
		key, kmac = keys[:32], keys[32:]
	}
	stream := newCTR(t, c, key, ukm[:n/2], sectionOf[n])
	out = make([]byte, len(in))
	stream.XORKeyStream(out, in)
	if mac == nil {
		return out, nil, true
	}
	omac := modes.NewOMAC(block(t, c, kmac))
	if decrypt {
		omac.Write(out)
	} else {
		omac.Write(in)
	}
	tag = omac.Sum(nil)
	stream.XORKeyStream(tag, tag)
	return out, tag, bytes.Equal(tag, mac)
}

// mac returns the encrypted tag that content has among its attributes, if any.
func mac(t *testing.T, attributes []attribute) []byte {
	t.Helper()
	for _, a := range attributes {
		if a.Type.String() == "1.2.643.7.1.0.6.1.1" && len(a.Values) == 1 {
			return a.Values[0]
		}
	}
	return nil
}

// unwrap unwraps the key of the content. KEG is the two keys that wrap it.
func unwrap(t *testing.T, c newCipher, keg, ukm, wrapped []byte) []byte {
	t.Helper()
	n := block(t, c, keg[:32]).BlockSize()
	key, err := modes.KImp15(c, keg[:32], keg[32:], ukm[24:24+n/2], wrapped)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// The examples of TC 26: real messages, from the wrapped key to the text.
func TestCMSExamples(t *testing.T) {
	var keys map[string]struct{ KEG, CEK, Text octets }
	read(t, "tc26-cms/keys.json", &keys)
	check := func(t *testing.T, c newCipher, key []byte, content encryptedContent, attributes []attribute, hasMAC bool, want []byte) {
		t.Helper()
		tag := mac(t, attributes)
		if (tag != nil) != hasMAC {
			t.Fatalf("MAC: got %x", tag)
		}
		got, _, ok := crypt(t, c, key, content.Algorithm.Parameters.UKM, content.Content, tag, true)
		if !ok {
			t.Error("the MAC is of another text")
		}
		if !bytes.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}

	t.Run("key agreement", func(t *testing.T) {
		var data envelopedData
		parse(t, readPEM(t, "encrypted_keyagree_a211.pem"), &data)
		var r keyAgreement
		unmarshal(t, data.Recipients[0].FullBytes, &r, "tag:1")
		key := unwrap(t, kuznyechik.New, keys["a211"].KEG, r.UKM, r.Keys[0].Key)
		check(t, kuznyechik.New, key, data.Content, data.Attributes, true, keys["a211"].Text)
	})
	t.Run("key transport", func(t *testing.T) {
		var data envelopedData
		parse(t, readPEM(t, "encrypted_keytrans_a231.pem"), &data)
		r := transport(t, data)
		key := unwrap(t, kuznyechik.New, keys["a231"].KEG, r.UKM, r.Wrapped)
		check(t, kuznyechik.New, key, data.Content, data.Attributes, false, keys["a231"].Text)
	})
	t.Run("shared key", func(t *testing.T) {
		var data encryptedData
		parse(t, readPEM(t, "encrypted_magma_a411.pem"), &data)
		check(t, magma.New, keys["a411"].CEK, data.Content, data.Attributes, true, keys["a411"].Text)
	})
}

func readPEM(t *testing.T, name string) []byte {
	t.Helper()
	p, _ := pem.Decode(readFile(t, "testdata/tc26-cms/"+name))
	if p == nil {
		t.Fatalf("%s is not PEM", name)
	}
	return p.Bytes
}

// transport returns what the first recipient has got.
func transport(t *testing.T, data envelopedData) (key transported) {
	t.Helper()
	var r keyTransport
	unmarshal(t, data.Recipients[0].FullBytes, &r, "")
	unmarshal(t, r.Key, &key, "")
	return key
}
