package pfx_test

import (
	"bytes"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/oid"
	"github.com/surguch/surguch/token/pfx"
)

// vector returns the octets of a file of testdata.
func vector(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

var tc26Password = []byte("Пароль для PFX")

// TestTC26 opens the example of R 50.1.112-2016.
func TestTC26(t *testing.T) {
	file := vector(t, "tc26/pfx.hex")
	c, err := pfx.Parse(file, tc26Password)
	if err != nil {
		t.Fatal(err)
	}
	if want := []pfx.Finding{pfx.OldCipher}; !slices.Equal(c.Findings, want) {
		t.Errorf("got findings %v, want %v", c.Findings, want)
	}
	if len(c.Keys) != 1 || len(c.Certificates) != 1 {
		t.Fatalf("got %d keys and %d certificates, want one of each", len(c.Keys), len(c.Certificates))
	}
	want, err := gost.ParsePKCS8PrivateKey(vector(t, "tc26/key.hex"))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Keys[0]; !want.Equal(got.Private) || len(got.LocalID) == 0 || !bytes.Equal(got.LocalID, c.Certificates[0].LocalID) {
		t.Errorf("got another key, or another localKeyID: %x, %x", got.LocalID, c.Certificates[0].LocalID)
	}
	if bag := vector(t, "tc26/certificate.hex"); !bytes.Contains(bag, c.Certificates[0].Raw) {
		t.Error("got another certificate")
	}
	cert, err := csr.Standard().ParseCertificate(c.Certificates[0].Raw)
	if err != nil {
		t.Fatal(err)
	}
	if !want.PublicKey().Equal(cert.PublicKey) {
		t.Error("the certificate is for another key")
	}
	key, err := pfx.MACKey(oid.HMACStreebog512, tc26Password, file[1418:1450], 2000)
	if err != nil || !bytes.Equal(key, vector(t, "tc26/mackey.hex")) {
		t.Errorf("got key %x of the MAC, %v", key, err)
	}
}

// rfc9548 returns an example of RFC 9548.
func rfc9548(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "rfc9548", name+".b64"))
	if err != nil {
		t.Fatal(err)
	}
	file, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(text), "\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// TestRFC9548 opens the examples of RFC 9548: the key is that of the
// certificate, which both have.
func TestRFC9548(t *testing.T) {
	var certificates [][]byte
	for name, want := range map[string][]pfx.Finding{"a2": {pfx.PlainCertificate}, "a3": nil} {
		c, err := pfx.Parse(rfc9548(t, name), tc26Password)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !slices.Equal(c.Findings, want) || len(c.Keys) != 1 || len(c.Certificates) != 1 {
			t.Fatalf("%s: got %v, %d keys, %d certificates", name, c.Findings, len(c.Keys), len(c.Certificates))
		}
		key, one := c.Keys[0], c.Certificates[0]
		if key.Name != "p12FriendlyName" || one.Name != key.Name || len(key.LocalID) != 20 || !bytes.Equal(key.LocalID, one.LocalID) {
			t.Errorf("%s: got %q, %x and %q, %x", name, key.Name, key.LocalID, one.Name, one.LocalID)
		}
		cert, err := csr.Standard().ParseCertificate(one.Raw)
		if err != nil {
			t.Fatal(err)
		}
		sameKey(t, key.Private, cert.PublicKey)
		certificates = append(certificates, one.Raw)
	}
	if !bytes.Equal(certificates[0], certificates[1]) {
		t.Error("got two certificates")
	}
}

// TestRC2 has the examples of RFC 2268, section 5.
func TestRC2(t *testing.T) {
	for _, c := range []struct {
		key         string
		effective   int
		text, block string
	}{
		{"0000000000000000", 63, "0000000000000000", "ebb773f993278eff"},
		{"ffffffffffffffff", 64, "ffffffffffffffff", "278b27e42e2f0d49"},
		{"3000000000000000", 64, "1000000000000001", "30649edf9be7d2c2"},
		{"88", 64, "0000000000000000", "61a8a244adacccf0"},
		{"88bca90e90875a", 64, "0000000000000000", "6ccf4308974c267f"},
		{"88bca90e90875a7f0f79c384627bafb2", 64, "0000000000000000", "1a807d272bbe5db1"},
		{"88bca90e90875a7f0f79c384627bafb2", 128, "0000000000000000", "2269552ab0f85ca6"},
	} {
		key, _ := hex.DecodeString(c.key)
		block, _ := hex.DecodeString(c.block)
		cipher, err := pfx.NewRC2(key, c.effective)
		if err != nil {
			t.Fatal(err)
		}
		cipher.Decrypt(block, block)
		if got := hex.EncodeToString(block); got != c.text {
			t.Errorf("%s, %d bits: got %s, want %s", c.key, c.effective, got, c.text)
		}
	}
}

// TestOMAC decrypts CTR-ACPKM-OMAC: the example of R 1323565.1.025-2019 with
// Magma, and with Kuznyechik what package cms makes. In CMS the MAC stands
// elsewhere; here it follows the text.
func TestOMAC(t *testing.T) {
	text, err := os.ReadFile("testdata/tc26/encrypted_magma_a411.pem")
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	magmaKey, key := vector(t, "tc26/a411.hex"), bytes.Repeat([]byte{7}, 32)
	made, err := cms.EncryptWithKey(cms.EncryptOptions{}, key, []byte("text of some octets"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		magma    bool
		key, raw []byte
	}{{true, magmaKey, block.Bytes}, {false, key, made}} {
		data, err := cms.ParseEncrypted(c.raw)
		if err != nil || !data.Authenticated {
			t.Fatalf("%v, authenticated: %v", err, data.Authenticated)
		}
		want, err := data.Decrypt(c.key)
		if err != nil {
			t.Fatal(err)
		}
		ukm, encrypted := partsOf(t, c.raw)
		got, err := pfx.OpenOMAC(c.magma, c.key, ukm, encrypted)
		if err != nil || !bytes.Equal(got, want) || len(got) == 0 {
			t.Errorf("magma: %v: got %q, %v, want %q", c.magma, got, err, want)
		}
		for i := range encrypted {
			encrypted[i] ^= 1
			if got, err := pfx.OpenOMAC(c.magma, c.key, ukm, encrypted); !errors.Is(err, pfx.ErrPassword) || got != nil {
				t.Errorf("octet %d changed: got %q, %v", i, got, err)
			}
			encrypted[i] ^= 1
		}
	}
}

// partsOf returns the ukm, and the text with the MAC after it, of EncryptedData
// with a MAC.
func partsOf(t *testing.T, raw []byte) (ukm, encrypted []byte) {
	t.Helper()
	var message struct {
		Type asn1.ObjectIdentifier
		Data struct {
			Version int
			Info    struct {
				Type      asn1.ObjectIdentifier
				Algorithm struct {
					Scheme asn1.ObjectIdentifier
					Params struct{ UKM []byte }
				}
				Text asn1.RawValue
			}
			Attributes asn1.RawValue
		} `asn1:"explicit,tag:0"`
	}
	if _, err := asn1.Unmarshal(raw, &message); err != nil {
		t.Fatal(err)
	}
	var attribute struct {
		Type   asn1.ObjectIdentifier
		Values [][]byte `asn1:"set"`
	}
	if _, err := asn1.Unmarshal(message.Data.Attributes.Bytes, &attribute); err != nil || len(attribute.Values) != 1 {
		t.Fatalf("%v, %d values", err, len(attribute.Values))
	}
	return message.Data.Info.Algorithm.Params.UKM, append(bytes.Clone(message.Data.Info.Text.Bytes), attribute.Values[0]...)
}
