package cms_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/oid"
)

// file reads one of testdata: PEM of whatever label, or hex.
func file(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var out []byte
	switch filepath.Ext(name) {
	case ".pem":
		for _, label := range []string{"CMS", csr.PEMCertificate, "PRIVATE KEY"} {
			if out, err = csr.Decode(data, label); err == nil {
				break
			}
		}
	case ".hex":
		out, err = hex.DecodeString(strings.TrimSpace(string(data)))
	default:
		out = data
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out
}

func certificate(t testing.TB, raw []byte) *csr.Certificate {
	t.Helper()
	c, err := csr.Standard().ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func private(t testing.TB, raw []byte) *gost.PrivateKey {
	t.Helper()
	k, err := gost.ParsePKCS8PrivateKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// issued makes a self-signed certificate of the name for the key.
func issued(t testing.TB, key *gost.PrivateKey, name csr.Name, serial int64, extensions ...csr.Extension) *csr.Certificate {
	t.Helper()
	as := csr.Standard(append(gost.Curves(), gost.Test256(), gost.Test512())...)
	spki, _, err := as.EncodeKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := as.CreateCertificate(key, &csr.CertificateTemplate{
		SerialNumber: big.NewInt(serial), Issuer: name, Subject: name, RawKey: spki,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), Extensions: extensions,
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := as.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// recipient makes a key and a certificate for it.
func recipient(t testing.TB, c *gost.Curve, extensions ...csr.Extension) (*gost.PrivateKey, *csr.Certificate) {
	t.Helper()
	key, err := gost.GenerateKey(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	name, err := csr.NewName(csr.NewAttribute(csr.CommonName, "Recipient"))
	if err != nil {
		t.Fatal(err)
	}
	return key, issued(t, key, name, 1, extensions...)
}

func parseEnveloped(t testing.TB, raw []byte) *cms.EnvelopedData {
	t.Helper()
	d, err := cms.ParseEnveloped(raw)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestEnvelopedTC26 decrypts the examples of R 1323565.1.025-2019.
func TestEnvelopedTC26(t *testing.T) {
	for _, test := range []struct {
		message, recipient string
		authenticated      bool
	}{
		{"tc26/encrypted_keyagree_a211.pem", "tc26/recipient512", true},
		{"tc26/encrypted_keytrans_a231.pem", "tc26/recipient256", false},
	} {
		d := parseEnveloped(t, file(t, test.message))
		if d.Authenticated != test.authenticated {
			t.Errorf("%s: got authenticated %t, want %t", test.message, d.Authenticated, test.authenticated)
		}
		key, cert := private(t, file(t, test.recipient+"_key.pem")), certificate(t, file(t, test.recipient+"_cert.pem"))
		got, err := d.Decrypt(key, cert)
		if err != nil {
			t.Errorf("%s: %v", test.message, err)
		}
		if want := bytes.TrimSuffix(file(t, "tc26/text_decrypted.plain"), []byte("\n")); !bytes.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", test.message, got, want)
		}
	}
}

// TestEnvelopedTK26CMS decrypts the older examples of TC 26, with GOST
// 28147-89. The longest is of more than one interval of key meshing.
func TestEnvelopedTK26CMS(t *testing.T) {
	var numbers map[string]string
	if err := json.Unmarshal(file(t, "tc26-28147/keys.json"), &numbers); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, key string
		curve     *gost.Curve
		want      string
	}{
		{"transport256", "256", gost.CryptoProXchA(), strings.Repeat("Test data to encrypt.\n", 100)},
		{"transport512", "512", gost.TC26B512(), "Test message"},
		{"agreement256", "256", gost.CryptoProXchA(), "Test message"},
		{"agreement512", "512", gost.TC26B512(), "Test message"},
	} {
		t.Run(test.name, func(t *testing.T) {
			number, err := hex.DecodeString(numbers[test.key])
			if err != nil {
				t.Fatal(err)
			}
			slices.Reverse(number)
			key, err := gost.NewPrivateKey(test.curve, number)
			if err != nil {
				t.Fatal(err)
			}
			d := parseEnveloped(t, file(t, "tc26-28147/"+test.name+".hex"))
			name, err := csr.ParseName(d.Recipients[0].RawIssuer)
			if err != nil {
				t.Fatal(err)
			}
			got, err := d.Decrypt(key, issued(t, key, name, 1))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if d.Authenticated {
				t.Error("GOST 28147-89 in CFB passes for authenticated")
			}
		})
	}
}

// options are all the forms there are.
func options() map[string]cms.EncryptOptions {
	all := map[string]cms.EncryptOptions{}
	for name, c := range map[string]cms.Cipher{"kuznyechik": cms.Kuznyechik, "magma": cms.Magma} {
		for _, noMAC := range []bool{false, true} {
			for _, agreement := range []bool{false, true} {
				all[fmt.Sprintf("%s/mac=%t/agreement=%t", name, !noMAC, agreement)] = cms.EncryptOptions{Cipher: c, NoMAC: noMAC, KeyAgreement: agreement}
			}
		}
	}
	return all
}

// TestEnvelopedRoundTrip encrypts for recipients on every curve at once, each
// of whom reads the message; content is empty, short, and of several sections.
func TestEnvelopedRoundTrip(t *testing.T) {
	var keys []*gost.PrivateKey
	var certs []*csr.Certificate
	for i, c := range append(gost.Curves(), gost.Test256(), gost.Test512()) {
		key, _ := recipient(t, c)
		name, err := csr.NewName(csr.NewAttribute(csr.CommonName, c.Name()))
		if err != nil {
			t.Fatal(err)
		}
		keys, certs = append(keys, key), append(certs, issued(t, key, name, int64(i+1)))
	}
	for what, o := range options() {
		t.Run(what, func(t *testing.T) {
			for _, size := range []int{0, 1, 100, 600_001} {
				want := bytes.Repeat([]byte("surguch"), size/7+1)[:size]
				keys, certs := keys, certs
				if size > 1000 {
					keys, certs = keys[:2], certs[:2]
				}
				raw, err := cms.Encrypt(o, want, certs...)
				if err != nil {
					t.Fatal(err)
				}
				d := parseEnveloped(t, raw)
				if len(d.Recipients) != len(certs) || d.Authenticated == o.NoMAC || !d.ContentType.Equal(oid.Data) {
					t.Fatalf("got %d recipients, authenticated %t, type %v", len(d.Recipients), d.Authenticated, d.ContentType)
				}
				for i := range keys {
					got, err := d.Decrypt(keys[i], certs[i])
					if err != nil {
						t.Fatalf("%s: %v", certs[i].Subject, err)
					}
					if !bytes.Equal(got, want) {
						t.Fatalf("%s: got %d other octets", certs[i].Subject, len(got))
					}
				}
			}
		})
	}
}

// TestEnvelopedEveryByte changes each octet of authenticated messages: none of
// the results may decrypt to other content, and none may say more than that it
// does not decrypt once the keys are in play.
func TestEnvelopedEveryByte(t *testing.T) {
	key, cert := recipient(t, gost.TC26A256())
	for _, agreement := range []bool{false, true} {
		want := []byte("not to be changed")
		raw, err := cms.Encrypt(cms.EncryptOptions{KeyAgreement: agreement}, want, cert)
		if err != nil {
			t.Fatal(err)
		}
		for i := range raw {
			for _, bit := range []byte{0x01, 0x80} {
				changed := bytes.Clone(raw)
				changed[i] ^= bit
				d, err := cms.ParseEnveloped(changed)
				if err != nil {
					continue
				}
				got, err := d.Decrypt(key, cert)
				switch {
				case err != nil && got != nil:
					t.Fatalf("octet %d: content with an error", i)
				case err == nil && d.Authenticated && !bytes.Equal(got, want):
					t.Fatalf("octet %d: got %q", i, got)
				}
			}
		}
	}
}

// TestEnvelopedStatic decrypts messages encrypted with the sender's lasting
// key, as the example A.2.2.1 of R 1323565.1.025-2019 is.
func TestEnvelopedStatic(t *testing.T) {
	for _, c := range []*gost.Curve{gost.CryptoProA(), gost.TC26C512()} {
		key, cert := recipient(t, c)
		sender, _ := recipient(t, c)
		name, err := csr.NewName(csr.NewAttribute(csr.CommonName, "Sender"))
		if err != nil {
			t.Fatal(err)
		}
		senderCert := issued(t, sender, name, 7, csr.NewSubjectKeyID([]byte("sender")))
		other, otherCert := recipient(t, gost.TC26B256())
		for _, byKeyID := range []bool{false, true} {
			want := []byte("from one known to one known")
			raw, err := cms.EncryptStatic(cms.EncryptOptions{}, want, sender, senderCert, byKeyID, cert)
			if err != nil {
				t.Fatal(err)
			}
			d := parseEnveloped(t, raw)
			if r := d.Recipients[0]; r.Sender == nil || !r.Sender.Names(senderCert) || r.Sender.Names(cert) {
				t.Errorf("got sender %v", r.Sender)
			}
			if len(d.Certificates) != 1 || !bytes.Equal(d.Certificates[0], senderCert.Raw) {
				t.Errorf("got %d certificates, want the sender's", len(d.Certificates))
			}
			got, err := d.Decrypt(key, cert, otherCert, senderCert)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("got %q, %v", got, err)
			}
			if _, err := d.Decrypt(key, cert, otherCert); !errors.Is(err, cms.ErrNoSender) {
				t.Errorf("without the sender's certificate: got %v", err)
			}
			false1 := issued(t, other, name, 7, csr.NewSubjectKeyID([]byte("sender")))
			if _, err := d.Decrypt(key, cert, false1); err == nil {
				t.Error("a sender on another curve was taken")
			}
			third, err := gost.GenerateKey(c, nil)
			if err != nil {
				t.Fatal(err)
			}
			false2 := issued(t, third, name, 7, csr.NewSubjectKeyID([]byte("sender")))
			if _, err := d.Decrypt(key, cert, false2); err != cms.ErrDecrypt {
				t.Errorf("another sender: got %v", err)
			}
		}
	}
}

func TestEncryptRefuses(t *testing.T) {
	_, cert := recipient(t, gost.TC26A256())
	_, signing := recipient(t, gost.TC26A256(), csr.NewKeyUsage(csr.DigitalSignature|csr.ContentCommitment))
	ecdsa := selfSigned(t, csr.Standard(), keys(t)["P-384"], 1)
	for what, refuse := range map[string]func() ([]byte, error){
		"no recipients":   func() ([]byte, error) { return cms.Encrypt(cms.EncryptOptions{}, nil) },
		"key for signing": func() ([]byte, error) { return cms.Encrypt(cms.EncryptOptions{}, nil, cert, signing) },
		"ECDSA":           func() ([]byte, error) { return cms.Encrypt(cms.EncryptOptions{}, nil, ecdsa) },
		"cipher":          func() ([]byte, error) { return cms.Encrypt(cms.EncryptOptions{Cipher: 2}, nil, cert) },
		"negative cipher": func() ([]byte, error) { return cms.Encrypt(cms.EncryptOptions{Cipher: -1}, nil, cert) },
		"content type":    func() ([]byte, error) { return cms.Encrypt(cms.EncryptOptions{ContentType: []int{9, 9, 9}}, nil, cert) },
		"short key":       func() ([]byte, error) { return cms.EncryptWithKey(cms.EncryptOptions{}, make([]byte, 31), nil) },
		"agreement and a key": func() ([]byte, error) {
			return cms.EncryptWithKey(cms.EncryptOptions{KeyAgreement: true}, make([]byte, 32), nil)
		},
	} {
		if raw, err := refuse(); err == nil || raw != nil || !strings.HasPrefix(err.Error(), "cms: encrypt: ") {
			t.Errorf("%s: got %d octets, %v", what, len(raw), err)
		}
	}
	_, both := recipient(t, gost.TC26A256(), csr.NewKeyUsage(csr.DigitalSignature|csr.KeyAgreement))
	if _, err := cms.Encrypt(cms.EncryptOptions{}, nil, both); err != nil {
		t.Error(err)
	}
}

// brokenToken fails at agreement, or agrees on too little.
type brokenToken struct {
	*gost.PrivateKey
	err error
}

func (b brokenToken) KEG(*gost.PublicKey, []byte) ([]byte, error) { return make([]byte, 63), b.err }

func TestDecryptRefuses(t *testing.T) {
	key, cert := recipient(t, gost.TC26A256())
	_, otherCert := recipient(t, gost.TC26A256())
	third, thirdCert := recipient(t, gost.CryptoProA(), csr.NewSubjectKeyID([]byte("third")))
	raw, err := cms.Encrypt(cms.EncryptOptions{}, []byte("text"), cert)
	if err != nil {
		t.Fatal(err)
	}
	d := parseEnveloped(t, raw)
	if _, err := d.Decrypt(key, otherCert); err == nil || errors.Is(err, cms.ErrNotRecipient) {
		t.Errorf("a certificate of another key: got %v", err)
	}
	name, err := csr.NewName(csr.NewAttribute(csr.CommonName, "Another"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Decrypt(key, issued(t, key, name, 1)); err != cms.ErrNotRecipient {
		t.Errorf("another certificate of the key: got %v", err)
	}
	if _, err := d.Decrypt(third, thirdCert); err == nil || err == cms.ErrDecrypt {
		t.Errorf("the name on another curve: got %v", err) // public knowledge
	}
	lost := errors.New("token was removed")
	if _, err := d.Decrypt(brokenToken{key, lost}, cert); !errors.Is(err, lost) {
		t.Errorf("a failing token: got %v", err)
	}
	if _, err := d.Decrypt(brokenToken{key, nil}, cert); err == nil {
		t.Error("63 octets of keys were taken")
	}
	same, err := gost.GenerateKey(gost.TC26A256(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Decrypt(same, issued(t, same, cert.Issuer, 1)); err != cms.ErrDecrypt {
		t.Errorf("another key under the name: got %v", err)
	}
}

// TestEnvelopedForms replaces parts of a message: what it cannot be is refused
// by the right step.
func TestEnvelopedForms(t *testing.T) {
	key, cert := recipient(t, gost.TC26B256())
	message := func(o cms.EncryptOptions) []byte {
		raw, err := cms.Encrypt(o, []byte("sixteen octets !"), cert)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	encoded := func(id ...int) []byte {
		var b []byte
		for _, n := range id {
			b = append(b, byte(n))
		}
		return b
	}
	kuznyechikOMAC := encoded(0x2a, 0x85, 0x03, 7, 1, 1, 5, 2, 2)
	kexp15 := encoded(0x2a, 0x85, 0x03, 7, 1, 1, 7, 2, 1)
	agreement256 := encoded(0x2a, 0x85, 0x03, 7, 1, 1, 6, 1)
	omac := encoded(0x2a, 0x85, 0x03, 7, 1, 0, 6, 1, 1)
	for what, test := range map[string]struct {
		o        cms.EncryptOptions
		old, new []byte
		parses   bool
		err      string
	}{
		"unknown cipher":          {old: kuznyechikOMAC, new: encoded(0x2a, 0x85, 0x03, 7, 1, 1, 5, 2, 9), err: "is not supported"},
		"ukm of the other cipher": {old: kuznyechikOMAC, new: encoded(0x2a, 0x85, 0x03, 7, 1, 1, 5, 1, 2), err: "parameters"},
		"no MAC":                  {old: omac, new: encoded(0x2a, 0x85, 0x03, 7, 1, 0, 6, 1, 2), err: "the MAC is missing"},
		"unknown wrap":            {old: kexp15, new: encoded(0x2a, 0x85, 0x03, 7, 1, 1, 7, 2, 9), parses: true, err: "keyEncryptionAlgorithm"},
		"wrap of Magma":           {old: kexp15, new: encoded(0x2a, 0x85, 0x03, 7, 1, 1, 7, 1, 1), parses: true, err: "length"},
		"agreement of 512 bits":   {old: agreement256, new: encoded(0x2a, 0x85, 0x03, 7, 1, 1, 6, 2), parses: true, err: "does not go with"},
		"another message":         {old: encoded(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 3), new: encoded(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 6), err: "EnvelopedData"},
		"wrap, agreement":         {o: cms.EncryptOptions{KeyAgreement: true}, old: kexp15, new: encoded(0x2a, 0x85, 0x03, 7, 1, 1, 7, 1, 1), parses: true, err: "length"},
		"another curve":           {old: encoded(0x2a, 0x85, 0x03, 7, 1, 2, 1, 1, 2), new: encoded(0x2a, 0x85, 0x03, 7, 1, 2, 1, 1, 1), parses: true, err: "the sender's key"},
	} {
		t.Run(what, func(t *testing.T) {
			raw := message(test.o)
			if !bytes.Contains(raw, test.old) {
				t.Fatal("the message has nothing to replace")
			}
			raw = bytes.ReplaceAll(raw, test.old, test.new)
			d, err := cms.ParseEnveloped(raw)
			if (err == nil) != test.parses {
				t.Fatalf("got %v", err)
			}
			if err == nil {
				_, err = d.Decrypt(key, cert)
			}
			if err == nil || err == cms.ErrDecrypt || !strings.Contains(err.Error(), test.err) || !strings.HasPrefix(err.Error(), "cms: ") {
				t.Errorf("got %v, want an error with %q", err, test.err)
			}
		})
	}
}

// TestDowngrade takes the MAC off a message: what comes out has nothing to do
// with the content, since content with a MAC has a key of its own.
func TestDowngrade(t *testing.T) {
	key := bytes.Repeat([]byte{7}, 32)
	text := []byte("content under a MAC, which an attacker takes off")
	raw, err := cms.EncryptWithKey(cms.EncryptOptions{}, key, text)
	if err != nil {
		t.Fatal(err)
	}
	raw = bytes.Replace(raw, []byte{7, 1, 1, 5, 2, 2}, []byte{7, 1, 1, 5, 2, 1}, 1)
	d, err := cms.ParseEncrypted(raw)
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.Decrypt(key)
	if err != nil || d.Authenticated {
		t.Fatalf("got %v, authenticated %t", err, d.Authenticated)
	}
	same := 0
	for i := range got {
		if got[i] == text[i] {
			same++
		}
	}
	if same > 8 {
		t.Errorf("%d of %d octets are those of the text", same, len(text))
	}
}
