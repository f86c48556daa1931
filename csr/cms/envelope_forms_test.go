package cms_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
	"github.com/surguch/surguch/internal/testenv/outside"
)

// with returns EnvelopedData with originatorInfo, which may be empty, and the
// recipients given, the rest being that of raw.
func with(t *testing.T, raw []byte, version int64, originatorInfo, recipients []byte) []byte {
	t.Helper()
	outer, ok := der.ReadWhole(raw, der.Sequence)
	var typ der.OID
	var wrapped, in, old der.String
	var n int
	if !ok || !outer.ReadASN1ObjectIdentifier(&typ) || !outer.ReadASN1(&wrapped, der.ContextCons(0)) ||
		!wrapped.ReadASN1(&in, der.Sequence) || !in.ReadASN1Integer(&n) || !in.ReadASN1(&old, der.Set) {
		t.Fatal("the message is not as we write it")
	}
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1ObjectIdentifier(typ)
			b.AddASN1(der.ContextCons(0), func(b *der.Builder) {
				b.AddASN1(der.Sequence, func(b *der.Builder) {
					b.AddASN1Int64(version)
					b.AddBytes(originatorInfo)
					b.AddASN1(der.Set, func(b *der.Builder) { b.AddBytes(recipients) })
					b.AddBytes(in)
				})
			})
		})
	})
}

// recipients returns the contents of recipientInfos.
func recipients(t *testing.T, raw []byte) []byte {
	t.Helper()
	outer, _ := der.ReadWhole(raw, der.Sequence)
	var typ der.OID
	var wrapped, in, set der.String
	var n int
	if !outer.ReadASN1ObjectIdentifier(&typ) || !outer.ReadASN1(&wrapped, der.ContextCons(0)) ||
		!wrapped.ReadASN1(&in, der.Sequence) || !in.ReadASN1Integer(&n) || !in.ReadASN1(&set, der.Set) {
		t.Fatal("the message is not as we write it")
	}
	return set
}

// TestRecipientKeyID decrypts messages whose recipient is named by his key: by
// OpenSSL for key transport, by hand for key agreement.
func TestRecipientKeyID(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	key, cert := recipient(t, gost.TC26A256(), csr.NewSubjectKeyID([]byte("my own key")))
	out := outside.File(t, "out", nil)
	openssl.Run("cms", "-encrypt", "-keyid", "-binary", "-magma-ctr-acpkm-omac", "-in", outside.File(t, "in", document),
		"-recip", outside.File(t, "to.pem", csr.EncodePEM(csr.PEMCertificate, cert.Raw)), "-outform", "DER", "-out", out)
	transport, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}

	raw, err := cms.Encrypt(cms.EncryptOptions{KeyAgreement: true}, document, cert)
	if err != nil {
		t.Fatal(err)
	}
	in, ok := der.ReadWhole(recipients(t, raw), der.ContextCons(1))
	head := slices.Clone(in)
	var part, keys, one, value der.String
	for range 4 { // version, originator, ukm, keyEncryptionAlgorithm
		if _, _, ok := der.ReadAny(&in); !ok {
			t.Fatal("the recipient is not as we write it")
		}
	}
	head = head[:len(head)-len(in)]
	if !ok || !in.ReadASN1(&keys, der.Sequence) || !keys.ReadASN1(&one, der.Sequence) || !one.ReadASN1(&part, der.Sequence) || !one.ReadASN1(&value, der.OctetString) {
		t.Fatal("the recipient is not as we write it")
	}
	agreement := func(id func(b *der.Builder)) []byte {
		return with(t, raw, 2, nil, der.Marshal(func(b *der.Builder) {
			b.AddASN1(der.ContextCons(1), func(b *der.Builder) {
				b.AddBytes(head)
				b.AddASN1(der.Sequence, func(b *der.Builder) {
					b.AddASN1(der.Sequence, func(b *der.Builder) {
						b.AddASN1(der.ContextCons(0), id)
						b.AddASN1OctetString(value)
					})
				})
			})
		}))
	}
	for what, raw := range map[string][]byte{
		"transport": transport,
		"agreement": agreement(func(b *der.Builder) {
			b.AddASN1OctetString([]byte("my own key"))
			b.AddBytes(generalizedNow)
		}),
	} {
		d := parseEnveloped(t, raw)
		if string(d.Recipients[0].KeyID) != "my own key" || d.Recipients[0].SerialNumber != nil {
			t.Errorf("%s: got %+v", what, d.Recipients[0].Identifier)
		}
		if got, err := d.Decrypt(key, cert); err != nil || !bytes.Equal(got, document) {
			t.Errorf("%s: got %q, %v", what, got, err)
		}
		if _, err := d.Decrypt(recipient(t, gost.TC26A256())); err != cms.ErrNotRecipient {
			t.Errorf("%s: somebody else: got %v", what, err)
		}
	}
	if _, err := cms.ParseEnveloped(agreement(func(b *der.Builder) { b.AddASN1Int64(1) })); err == nil {
		t.Error("a number was taken for a key's identifier")
	}
}

var generalizedNow = append([]byte{24, 15}, "20260314120000Z"...)

// TestEnvelopedParts puts into a message parts that it cannot have.
func TestEnvelopedParts(t *testing.T) {
	_, cert := recipient(t, gost.TC26A256())
	raw, err := cms.Encrypt(cms.EncryptOptions{}, document, cert)
	if err != nil {
		t.Fatal(err)
	}
	good := recipients(t, raw)
	name := []byte{0x30, 5, 0x30, 0, 2, 1, 1}
	algorithm := []byte{0x30, 3, 6, 1, 0x2a}
	element := func(tag byte, parts ...[]byte) []byte {
		body := bytes.Join(parts, nil)
		return append([]byte{tag, byte(len(body))}, body...)
	}
	v3 := []byte{2, 1, 3}
	sender := element(0xa0, name)
	keys := element(0x30, element(0x30, name, []byte{4, 0}))
	agreement := func(parts ...[]byte) []byte { return element(0xa1, parts...) }
	if _, err := cms.ParseEnveloped(with(t, raw, 2, nil, agreement(v3, sender, algorithm, keys))); err != nil {
		t.Errorf("the parts that are right: %v", err)
	}
	for what, raw := range map[string][]byte{
		"version":                    with(t, raw, 5, nil, good),
		"originatorInfo":             with(t, raw, 2, []byte{0xa0, 2, 5, 0}, good),
		"certificates of originator": with(t, raw, 2, []byte{0xa0, 3, 0xa0, 1, 5}, good),
		"KeyTransRecipientInfo 1":    with(t, raw, 2, nil, element(0x30, []byte{2, 1, 1}, name, algorithm, []byte{4, 0})),
		"KeyTransRecipientInfo 2":    with(t, raw, 2, nil, element(0x30, []byte{2, 1, 0}, []byte{5, 0}, algorithm, []byte{4, 0})),
		"KeyTransRecipientInfo 3":    with(t, raw, 2, nil, element(0x30, []byte{2, 1, 0}, name, []byte{5, 0}, []byte{4, 0})),
		"KeyTransRecipientInfo 4":    with(t, raw, 2, nil, element(0x30, []byte{2, 1, 0}, name, algorithm)),
		"KeyTransRecipientInfo 5":    with(t, raw, 2, nil, element(0x30, []byte{2, 1, 0}, name, algorithm, []byte{4, 0, 5, 0})),
		"KeyTransRecipientInfo 6":    with(t, raw, 2, nil, element(0x30, []byte{2, 1, 0}, []byte{0x30, 0}, algorithm, []byte{4, 0})),
		"KeyAgreeRecipientInfo 1":    with(t, raw, 2, nil, agreement([]byte{2, 1, 2}, sender, algorithm, keys)),
		"KeyAgreeRecipientInfo 2":    with(t, raw, 2, nil, agreement(v3, []byte{0xa0, 0}, algorithm, keys)),
		"KeyAgreeRecipientInfo 3":    with(t, raw, 2, nil, agreement(v3, element(0xa0, name, name), algorithm, keys)),
		"KeyAgreeRecipientInfo 4":    with(t, raw, 2, nil, agreement(v3, element(0xa0, []byte{0xa1, 5}), algorithm, keys)),
		"KeyAgreeRecipientInfo 5":    with(t, raw, 2, nil, agreement(v3, sender, []byte{0xa1, 2, 5, 0}, algorithm, keys)),
		"KeyAgreeRecipientInfo 6":    with(t, raw, 2, nil, agreement(v3, sender, []byte{0x30, 0}, keys)),
		"KeyAgreeRecipientInfo 7":    with(t, raw, 2, nil, agreement(v3, sender, algorithm)),
		"KeyAgreeRecipientInfo 8":    with(t, raw, 2, nil, agreement(v3, sender, algorithm, element(0x30, []byte{5, 0}))),
		"KeyAgreeRecipientInfo 9":    with(t, raw, 2, nil, agreement(v3, sender, algorithm, element(0x30, element(0x30, name)))),
		"KeyAgreeRecipientInfo A":    with(t, raw, 2, nil, agreement(v3, sender, algorithm, element(0x30, element(0x30, []byte{5, 0, 4, 0})))),
	} {
		want := strings.TrimRight(what, " 123456789A")
		if d, err := cms.ParseEnveloped(raw); d != nil || err == nil || !strings.Contains(err.Error(), want) && !strings.Contains(err.Error(), "BER") {
			t.Errorf("got %v, want %s", err, what)
		}
	}
}

// Test28147Forms changes single octets of the examples with GOST 28147-89.
func Test28147Forms(t *testing.T) {
	unhex := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	keys := map[string]*gost.PrivateKey{}
	for name, c := range map[string]*gost.Curve{"transport512": gost.TC26B512(), "agreement256": gost.CryptoProXchA()} {
		keys[name], _ = recipient(t, c) // not the right one: what is refused is refused before it matters
	}
	for what, test := range map[string]struct {
		message  string
		old, new string
		want     string
	}{
		"right form, wrong key": {"transport512", "30280420", "30280420", cms.ErrDecrypt.Error()},
		"no key transport":      {"transport512", "3081ef3028", "3181ef3028", "does not parse"},
		"session key":           {"transport512", "30280420", "30280520", "does not parse"},
		"MAC of the key":        {"transport512", "0404dead", "0504dead", "does not parse"},
		"no parameters":         {"transport512", "a081c20609", "a181c20609", "does not parse"},
		"no ephemeral key":      {"transport512", "a081aa3021", "a181aa3021", "no key of the sender"},
		"no ukm":                {"transport512", "0408bc2c", "0508bc2c", "does not parse"},
		"unknown set":           {"transport512", "a081c206092a8503070102050101", "a081c206092a8503070102050109", "parameter set"},
		"ephemeral key":         {"transport512", "2a850307010201020206082a8503070101020303", "2a850307010201020906082a8503070101020303", "the sender's key"},
		"agreement, wrong key":  {"agreement256", "30280420", "30280420", cms.ErrDecrypt.Error()},
		"CryptoPro wrap":        {"agreement256", "2a850302020d00", "2a850302020d01", cms.ErrDecrypt.Error()},
		"unknown wrap":          {"agreement256", "2a850302020d00", "2a850302020d07", "key wrap"},
		"wrap of unknown set":   {"agreement256", "0d00300b06092a8503070102050101", "0d00300b06092a8503070102050109", "parameter set"},
		"wrap without set":      {"agreement256", "0d00300b0609", "0d00310b0609", "does not parse"},
		"wrapped key":           {"agreement256", "30280420", "30290420", "does not parse"},
		"zero ukm":              {"agreement256", "04085febcda2665a9042", "04080000000000000000", "key agreement"},
		"another agreement":     {"agreement256", "302206082a85030701010101", "302206082a85030701010109", "keyEncryptionAlgorithm"},
	} {
		t.Run(what, func(t *testing.T) {
			raw := file(t, "tc26-28147/"+test.message+".hex")
			if !bytes.Contains(raw, unhex(test.old)) {
				t.Fatal("there is nothing to replace")
			}
			d := parseEnveloped(t, bytes.Replace(raw, unhex(test.old), unhex(test.new), 1))
			name, err := csr.ParseName(d.Recipients[0].RawIssuer)
			if err != nil {
				t.Fatal(err)
			}
			key := keys[test.message]
			got, err := d.Decrypt(key, issued(t, key, name, 1))
			if got != nil || err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "cms: ") {
				t.Errorf("got %q, %v, want %s", got, err, test.want)
			}
		})
	}
	content := bytes.Replace(file(t, "tc26-28147/agreement256.hex"), unhex("04087566"), unhex("05087566"), 1)
	if _, err := cms.ParseEnveloped(content); err == nil || !strings.Contains(err.Error(), "parameters") {
		t.Errorf("initial value: got %v", err)
	}
	unknown := file(t, "tc26-28147/agreement256.hex")
	i := bytes.LastIndex(unknown, unhex("2a8503070102050101"))
	unknown[i+8] = 9
	if _, err := cms.ParseEnveloped(unknown); err == nil || !strings.Contains(err.Error(), "parameter set") {
		t.Errorf("unknown set of the content: got %v", err)
	}
}

// TestContentParts does the same with EncryptedContentInfo and DigestedData.
func TestContentParts(t *testing.T) {
	message := func(typ der.OID, parts ...[]byte) []byte {
		return der.Marshal(func(b *der.Builder) {
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				b.AddASN1ObjectIdentifier(typ)
				b.AddASN1(der.ContextCons(0), func(b *der.Builder) {
					b.AddASN1(der.Sequence, func(b *der.Builder) { b.AddBytes(bytes.Join(parts, nil)) })
				})
			})
		})
	}
	sequence := func(parts ...[]byte) []byte {
		return der.Marshal(func(b *der.Builder) {
			b.AddASN1(der.Sequence, func(b *der.Builder) { b.AddBytes(bytes.Join(parts, nil)) })
		})
	}
	id := der.Marshal(func(b *der.Builder) { b.AddASN1ObjectIdentifier(oid.Data) })
	cipher := der.Marshal(der.AlgorithmIdentifier{OID: oid.MagmaCTRACPKM, Params: sequence(append([]byte{4, 12}, make([]byte, 12)...))}.Add)
	zero, null := []byte{2, 1, 0}, []byte{5, 0}
	text := []byte{0x80, 1, 7}
	if _, err := cms.ParseEncrypted(message(oid.EncryptedData, zero, sequence(id, cipher, text))); err != nil {
		t.Errorf("the parts that are right: %v", err)
	}
	for what, raw := range map[string][]byte{
		"version":                     message(oid.EncryptedData, []byte{2, 1, 1}, sequence(id, cipher, text)),
		"encryptedContentInfo":        message(oid.EncryptedData, zero, sequence(cipher, text)),
		"contentEncryptionAlgorithm":  message(oid.EncryptedData, zero, sequence(id, text)),
		"the encrypted content is no": message(oid.EncryptedData, zero, sequence(id, cipher)),
		"encryptedContent does":       message(oid.EncryptedData, zero, sequence(id, cipher, null)),
		"encryptedContent does not":   message(oid.EncryptedData, zero, sequence(id, cipher, text, null)),
		"unprotectedAttrs":            message(oid.EncryptedData, zero, sequence(id, cipher, text), null),
		"is not EncryptedData":        message(oid.Data, zero),
	} {
		if d, err := cms.ParseEncrypted(raw); d != nil || err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("got %v, want %s", err, what)
		}
	}
	as := csr.Standard()
	digest := der.Marshal(der.AlgorithmIdentifier{OID: oid.Streebog256}.Add)
	for what, raw := range map[string][]byte{
		"version":              message(oid.DigestedData, []byte{2, 1, 1}),
		"digestAlgorithm":      message(oid.DigestedData, zero, sequence(id, id)),
		"encapContentInfo":     message(oid.DigestedData, zero, digest, null),
		"digest does not":      message(oid.DigestedData, zero, digest, sequence(id)),
		"digest does not p":    message(oid.DigestedData, zero, digest, sequence(id), []byte{4, 0, 5, 0}),
		"is not DigestedData":  message(oid.EncryptedData, zero),
		"the content does not": message(oid.DigestedData, zero, digest, sequence(id, []byte{0xa0, 2, 5, 0})),
	} {
		if d, err := cms.ParseDigested(as, raw); d != nil || err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("got %v, want %s", err, what)
		}
	}
}
