package cryptopro_test

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/cryptopro"
	"github.com/surguch/surguch/token/tokentest"
)

func parse(t testing.TB, f cryptopro.Files) *cryptopro.Container {
	t.Helper()
	c, err := cryptopro.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCurves writes and opens containers with keys of all sets and of both
// kinds: the orders by which masks are inverted are right.
func TestCurves(t *testing.T) {
	source := stream("curves")
	for _, curve := range gost.Curves() {
		for _, signature := range []bool{false, true} {
			key, err := gost.GenerateKey(curve, source)
			if err != nil {
				t.Fatal(err)
			}
			made, err := cryptopro.New(key, cryptopro.Template{Name: curve.Name(), SignatureOnly: signature, Random: source})
			if err != nil {
				t.Errorf("%s: %v", curve.Name(), err)
				continue
			}
			c := parse(t, made.Files())
			if got, err := c.Open(nil); err != nil || !got.Equal(key) || c.Primary().Exchange == signature || c.Primary().Exportable {
				t.Errorf("%s: got %v, %v, %+v", curve.Name(), got, err, c.Primary())
			}
		}
	}
}

// TestForms reads what other tools write, and tells what is unusual.
func TestForms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		change   func(f *forge)
		files    func(f *forge, files *cryptopro.Files)
		password string
		want     []cryptopro.Finding
	}{
		{name: "as CSP writes it"},
		{name: "with a password", change: func(f *forge) { f.protect("12345678") }, password: "12345678"},
		{
			name: "four elements, one pair",
			change: func(f *forge) {
				f.header = [][]byte{
					bits(0), tlv(0x30, bits(7, 0x80), algorithm(idKey256, f.key.Curve().OID(), idDigest256)),
					tlv(0x85, tokentest.Certificate(t, f.key, 1).Raw), f.header[3],
				}
			},
			files: func(_ *forge, files *cryptopro.Files) { files.Primary2, files.Masks2 = nil, nil },
			want:  []cryptopro.Finding{cryptopro.NoForm, cryptopro.NoReserve},
		},
		{name: "another form", change: func(f *forge) { f.header[0] = tlv(0xa0, oidDER(idDigest94)) }, want: []cryptopro.Finding{cryptopro.OtherForm}},
		{name: "key attributes without bits", change: func(f *forge) {
			f.header[2] = tlv(0x30, bits(0), algorithm(idKey256, f.key.Curve().OID(), idDigest256))
		}},
		{
			name: "no key attributes",
			change: func(f *forge) {
				f.header[2] = tlv(0x30, algorithm(idKey256, f.key.Curve().OID(), idDigest256))
			},
			want: []cryptopro.Finding{cryptopro.NoKeyAttributes},
		},
		{
			name:   "no digest",
			change: func(f *forge) { f.header[2] = tlv(0x30, bits(0), algorithm(idKey256, f.key.Curve().OID())) },
			want:   []cryptopro.Finding{cryptopro.NoDigest},
		},
		{
			name: "another cipher by its parameters",
			change: func(f *forge) {
				f.header[2] = tlv(0x30, bits(0), algorithm(idKey256, f.key.Curve().OID(), idDigest256, idCipherA))
			},
			want: []cryptopro.Finding{cryptopro.OtherCipher},
		},
		{
			name:     "another cipher at work",
			change:   func(f *forge) { f.boxes = plainBoxesA; f.protect("12345678") },
			password: "12345678", want: []cryptopro.Finding{cryptopro.OtherCipher},
		},
		{name: "no name.key", files: func(_ *forge, files *cryptopro.Files) { files.Name = nil }, want: []cryptopro.Finding{cryptopro.NoName}},
		{name: "the name in the header", change: func(f *forge) { f.header = slices.Insert(f.header, 1, tlv(0x16, []byte("forged"))) }},
		{
			name:   "another name in the header",
			change: func(f *forge) { f.header = slices.Insert(f.header, 1, tlv(0x16, []byte("other"))) },
			want:   []cryptopro.Finding{cryptopro.OtherName},
		},
		{name: "more than a name in name.key", files: func(_ *forge, files *cryptopro.Files) {
			files.Name = tlv(0x30, tlv(0x16, []byte("forged")), tlv(0x30))
		}},
		{
			name:   "a certificate and no fingerprint",
			change: func(f *forge) { f.header[3] = tlv(0x85, tokentest.Certificate(t, f.key, 1).Raw) },
			want:   []cryptopro.Finding{cryptopro.NoFingerprint},
		},
		{
			name: "a certificate of another key",
			change: func(f *forge) {
				f.header = slices.Insert(f.header, 3, tlv(0x85, tokentest.Certificate(t, newForge(t, "another").key, 1).Raw))
			},
			want: []cryptopro.Finding{cryptopro.OtherCertificate},
		},
		{
			name:   "no certificate where one should be",
			change: func(f *forge) { f.header = slices.Insert(f.header, 3, tlv(0x85, []byte{5, 0})) },
			want:   []cryptopro.Finding{cryptopro.OtherCertificate},
		},
		{name: "more random octets than the salt", change: func(f *forge) { f.status = []byte("twelve bytes and some") }},
		{
			name:   "a password without a flag and a MAC",
			change: func(f *forge) { f.password = "12345678" }, password: "12345678",
		},
		{
			name:   "a password without a MAC",
			change: func(f *forge) { f.password, f.header[1] = "12345678", bits(6, 0xc0) }, password: "12345678",
			want: []cryptopro.Finding{cryptopro.PasswordFlag},
		},
		{
			name:   "a password without a flag",
			change: func(f *forge) { f.protect("12345678"); f.header[1] = bits(6, 0x40) }, password: "12345678",
			want: []cryptopro.Finding{cryptopro.PasswordFlag},
		},
		{name: "everything else that there may be", change: func(f *forge) {
			f.header = slices.Concat(f.header[:3], [][]byte{
				tlv(0x83, []byte("key")), tlv(0x87, []byte("name")),
				tlv(0xa8, tlv(0x16, []byte("path")), tlv(4, []byte("hmac"))), tlv(0xa9, tlv(0x16, []byte("path")), tlv(4, []byte("hmac"))),
				f.header[3], tlv(0x30, oidDER(idV2Full)), tlv(0x02, []byte{3}),
				tlv(0xac, tlv(0x30, oidDER(idV2Full), tlv(4, []byte("other")))), tlv(0x8d, []byte("name")),
			})
		}},
		{
			name:  "the first pair is gone",
			files: func(_ *forge, files *cryptopro.Files) { files.Primary = nil },
			want:  []cryptopro.Finding{cryptopro.DamagedPrimary},
		},
		{
			name:  "the first pair is damaged",
			files: func(_ *forge, files *cryptopro.Files) { files.Masks[10] ^= 1 },
			want:  []cryptopro.Finding{cryptopro.DamagedPrimary},
		},
		{
			name:  "the first key is damaged",
			files: func(_ *forge, files *cryptopro.Files) { files.Primary[10] ^= 1 },
		},
		{
			name:  "half of the reserve",
			files: func(_ *forge, files *cryptopro.Files) { files.Masks2 = nil },
			want:  []cryptopro.Finding{cryptopro.DamagedReserve},
		},
		{
			name: "a key that may not leave its carrier",
			files: func(f *forge, files *cryptopro.Files) {
				files.Primary = tlv(0x30, tlv(4, make([]byte, 32)), tlv(0x80, f.seal(f.key, f.mask)))
				files.Primary2, files.Masks2 = nil, nil
			},
			want: []cryptopro.Finding{cryptopro.NoReserve, cryptopro.SecondNumber},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newForge(t, c.name)
			if c.change != nil {
				c.change(f)
			}
			files := f.files()
			if c.files != nil {
				c.files(f, &files)
			}
			got := parse(t, files)
			if !slices.Equal(got.Findings(), c.want) {
				t.Errorf("got findings %v, want %v", got.Findings(), c.want)
			}
			if key, err := got.Open([]byte(c.password)); err != nil || !key.Equal(f.key) {
				t.Errorf("got %v, %v, want the key", key, err)
			}
			if c.password == "" {
				return
			}
			if _, err := got.Open([]byte(c.password + "1")); !errors.Is(err, cryptopro.ErrPassword) {
				t.Errorf("a wrong password: got %v, want ErrPassword", err)
			}
		})
	}
}

// TestTwoKeys reads containers with a key for signatures beside the one for
// key agreement, in both places where it may stand.
func TestTwoKeys(t *testing.T) {
	for _, c := range []struct {
		name   string
		params bool
		files  func(f *forge, second *gost.PrivateKey, files *cryptopro.Files)
	}{
		{"in the second pair", true, func(f *forge, second *gost.PrivateKey, files *cryptopro.Files) {
			files.Primary2 = tlv(0x30, tlv(4, f.seal(second, f.reserveMask())))
		}},
		{"without parameters", false, func(f *forge, second *gost.PrivateKey, files *cryptopro.Files) {
			files.Primary2 = tlv(0x30, tlv(4, f.seal(second, f.reserveMask())))
		}},
		{"beside the first", true, func(f *forge, second *gost.PrivateKey, files *cryptopro.Files) {
			files.Primary = tlv(0x30, tlv(4, f.seal(f.key, f.mask)), tlv(4, f.seal(second, f.mask)))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, second := newForge(t, c.name), newForge(t, c.name+", the second").key
			fingerprint := second.PublicKey().Bytes()[:8]
			f.header = append(f.header, tlv(0x8b, fingerprint))
			if c.params {
				// [4] IMPLICIT SEQUENCE
				params := tlv(0x30, bits(7, 0x80), algorithm(idKey256, second.Curve().OID(), idDigest256))
				params[0] = 0xa4
				f.header = slices.Insert(f.header, 3, params)
			}
			files := f.files()
			c.files(f, second, &files)
			got := parse(t, files)
			k, ok := got.Secondary()
			if !ok || !bytes.Equal(k.Fingerprint, fingerprint) || k.Curve != second.Curve() || k.Exchange || k.Exportable != true {
				t.Errorf("got %+v, %v", k, ok)
			}
			if key, err := got.Open(nil); err != nil || !key.Equal(f.key) {
				t.Errorf("got %v, %v, want the key", key, err)
			}
			if key, err := got.OpenSecondary(nil); err != nil || !key.Equal(second) {
				t.Errorf("got %v, %v, want the second key", key, err)
			}
			cert := tokentest.Certificate(t, second, 1)
			changed, err := got.WithCertificate(cert.Raw)
			if err != nil {
				t.Fatal(err)
			}
			if k, _ := changed.Secondary(); !bytes.Equal(k.RawCertificate, cert.Raw) || changed.Primary().RawCertificate != nil {
				t.Error("got the certificate of the second key elsewhere")
			}
		})
	}
	if _, err := parse(t, newForge(t, "one").files()).OpenSecondary(nil); !errors.Is(err, cryptopro.ErrUnsupported) {
		t.Errorf("a second key that is not there: got %v", err)
	}
}

// TestRefused says why a container is not read or does not open.
func TestRefused(t *testing.T) {
	set := func(i int, element []byte) func(*forge) {
		return func(f *forge) { f.header[i] = element }
	}
	insert := func(i int, element []byte) func(*forge) {
		return func(f *forge) { f.header = slices.Insert(f.header, i, element) }
	}
	xcha := gost.CryptoProXchA().OID()
	for _, c := range []struct {
		name   string
		change func(f *forge)
		files  func(files *cryptopro.Files)
		want   error
		text   string
		opens  bool // it is Open that refuses
	}{
		{name: "no header", files: func(f *cryptopro.Files) { f.Header = nil }, want: cryptopro.ErrDamaged, text: "header.key"},
		{name: "a bit of the header", files: func(f *cryptopro.Files) { f.Header[len(f.Header)-10] ^= 1 }, want: cryptopro.ErrDamaged, text: "the MAC does not fit"},
		{name: "a bit of its MAC", files: func(f *cryptopro.Files) { f.Header[len(f.Header)-1] ^= 1 }, want: cryptopro.ErrDamaged, text: "the MAC does not fit"},
		{name: "more than the header", files: func(f *cryptopro.Files) { f.Header = append(f.Header, 0) }, want: cryptopro.ErrDamaged, text: "not a container's header"},
		{name: "half of the header", files: func(f *cryptopro.Files) { f.Header = f.Header[:20] }, want: cryptopro.ErrDamaged, text: "not a container's header"},
		{name: "a long form of a length", files: func(f *cryptopro.Files) {
			f.Header = slices.Concat([]byte{0x30, 0x81, f.Header[1]}, f.Header[2:])
		}, want: cryptopro.ErrDamaged, text: "not a container's header"},
		{name: "name.key", files: func(f *cryptopro.Files) { f.Name = tlv(0x30, tlv(0x0c, []byte("name"))) }, want: cryptopro.ErrDamaged, text: "name.key"},
		{name: "more in name.key", files: func(f *cryptopro.Files) {
			f.Name = tlv(0x30, tlv(0x16, []byte("name")), tlv(5), tlv(5))
		}, want: cryptopro.ErrDamaged, text: "name.key"},
		{name: "both masks", files: func(f *cryptopro.Files) { f.Masks[10] ^= 1; f.Masks2[10] ^= 1 }, want: cryptopro.ErrDamaged, text: "masks.key: the MAC does not fit; reserve"},
		{name: "the salts", files: func(f *cryptopro.Files) { f.Masks[40] ^= 1; f.Masks2[40] ^= 1 }, want: cryptopro.ErrDamaged, text: "masks.key: the MAC does not fit"},
		{name: "no pair", files: func(f *cryptopro.Files) { *f = cryptopro.Files{Name: f.Name, Header: f.Header} }, want: cryptopro.ErrDamaged, text: "missing"},
		{name: "a mask too short", files: func(f *cryptopro.Files) { f.Masks, f.Masks2 = tlv(0x30, tlv(4, make([]byte, 31))), nil }, want: cryptopro.ErrDamaged, text: "masks.key: not a mask"},
		{name: "a number of 64 octets", files: func(f *cryptopro.Files) {
			f.Primary, f.Primary2 = tlv(0x30, tlv(4, make([]byte, 64))), nil
		}, want: cryptopro.ErrDamaged, text: "not as long as its mask"},
		{name: "three numbers", files: func(f *cryptopro.Files) {
			n := tlv(4, make([]byte, 32))
			f.Primary, f.Primary2 = tlv(0x30, n, n, n), nil
		}, want: cryptopro.ErrDamaged, text: "primary.key: not masked keys"},
		{name: "the old form", files: func(f *cryptopro.Files) {
			f.Primary, f.Primary2 = tlv(0x30, tlv(4, make([]byte, 32)), tlv(4, make([]byte, 4))), nil
		}, want: cryptopro.ErrUnsupported, text: "old form"},
		{name: "both keys", files: func(f *cryptopro.Files) { f.Primary[10] ^= 1; f.Primary2[10] ^= 1 }, want: cryptopro.ErrPassword, opens: true},
		{name: "both keys, and a password that is right", change: func(f *forge) { f.protect("") }, files: func(f *cryptopro.Files) { f.Primary[10] ^= 1; f.Primary2[10] ^= 1 }, want: cryptopro.ErrDamaged, text: "does not fit its fingerprint", opens: true},
		{name: "the fingerprint", change: set(3, tlv(0x8a, make([]byte, 8))), want: cryptopro.ErrPassword, opens: true},
		{name: "the MAC of the password", change: func(f *forge) { f.protect(""); f.header[3] = tlv(0x82, make([]byte, 4)) }, want: cryptopro.ErrPassword, opens: true},
		{name: "nothing to compare a key with", change: func(f *forge) { f.header = f.header[:3] }, want: cryptopro.ErrUnsupported, text: "neither a fingerprint", opens: true},
		{name: "a fingerprint too long", change: set(3, tlv(0x8a, make([]byte, 9))), want: cryptopro.ErrDamaged, text: "fingerprint"},
		{name: "a MAC of the password too long", change: insert(3, tlv(0x82, make([]byte, 5))), want: cryptopro.ErrDamaged, text: "header.key"},
		{name: "an unknown element", change: func(f *forge) { f.header = append(f.header, tlv(0x8e)) }, want: cryptopro.ErrDamaged, text: "unknown element 0x8e"},
		{name: "an element twice", change: func(f *forge) { f.header = append(f.header, f.header[3]) }, want: cryptopro.ErrDamaged, text: "0x8a twice"},
		{name: "elements out of order", change: func(f *forge) { f.header = append(f.header, tlv(0x85)) }, want: cryptopro.ErrDamaged, text: "0x85 twice or out of order"},
		{name: "no attributes", change: func(f *forge) { f.header = slices.Delete(f.header, 1, 2) }, want: cryptopro.ErrDamaged, text: "no attributes"},
		{name: "attributes with bits left over", change: set(1, bits(6, 0xff)), want: cryptopro.ErrDamaged, text: "header.key"},
		{name: "no parameters", change: func(f *forge) { f.header = slices.Delete(f.header, 2, 3) }, want: cryptopro.ErrDamaged, text: "no key"},
		{name: "the key is said to be absent", change: set(1, bits(5, 0x20)), want: cryptopro.ErrDamaged, text: "no key"},
		{name: "a functional key carrier", change: set(1, bits(4, 0x10)), want: cryptopro.ErrUnsupported, text: "functional key carrier"},
		{name: "no algorithm", change: set(2, tlv(0x30, bits(0))), want: cryptopro.ErrDamaged, text: "no algorithm"},
		{name: "no curve", change: set(2, tlv(0x30, bits(0), algorithm(idKey256))), want: cryptopro.ErrDamaged, text: "malformed algorithm"},
		{name: "too many parameters", change: set(2, tlv(0x30, bits(0), algorithm(idKey256, xcha, idDigest256, idCipherA, idCipherA))), want: cryptopro.ErrDamaged, text: "malformed algorithm"},
		{name: "an unknown algorithm", change: set(2, tlv(0x30, bits(0), algorithm(idV2Full, xcha))), want: cryptopro.ErrUnsupported, text: "algorithm 1.2.643.2.2.37.2.1"},
		{name: "an unknown curve", change: set(2, tlv(0x30, bits(0), algorithm(idKey256, idV2Full))), want: cryptopro.ErrUnsupported, text: "parameter set"},
		{name: "a curve of another size", change: set(2, tlv(0x30, bits(0), algorithm(idKey256, gost.TC26A512().OID()))), want: cryptopro.ErrUnsupported, text: "parameter set"},
		{name: "another digest", change: set(2, tlv(0x30, bits(0), algorithm(idKey256, xcha, idDigest94))), want: cryptopro.ErrUnsupported, text: "digest"},
		{name: "two generations", change: func(f *forge) {
			params := tlv(0x30, bits(0), algorithm(idKey2001, xcha, idDigest94))
			params[0] = 0xa4
			f.header = slices.Insert(f.header, 3, params)
		}, want: cryptopro.ErrUnsupported, text: "two generations"},
		{name: "extensions", change: func(f *forge) { f.header = append(f.header, tlv(0xac, tlv(4))) }, want: cryptopro.ErrDamaged, text: "header.key"},
		{name: "a validity without times", change: func(f *forge) {
			f.header = append(f.header, tlv(0xac, tlv(0x30, oidDER(asn1.ObjectIdentifier{1, 2, 643, 2, 2, 37, 3, 10}), tlv(4, tlv(0x30, tlv(0x81, []byte("soon")))))))
		}, want: cryptopro.ErrDamaged, text: "validity"},
		{name: "a mask of zero", change: func(f *forge) { f.mask = new(big.Int) }, want: cryptopro.ErrPassword, opens: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newForge(t, c.name)
			if c.change != nil {
				c.change(f)
			}
			files := f.files()
			if c.files != nil {
				c.files(&files)
			}
			got, err := cryptopro.Parse(files)
			if c.opens {
				if err != nil {
					t.Fatal(err)
				}
				var key *gost.PrivateKey
				if key, err = got.Open(nil); key != nil {
					t.Error("got a key with the error")
				}
			} else if got != nil {
				t.Error("got a container with the error")
			}
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("got %v, want %v with %q", err, c.want, c.text)
			}
		})
	}
}

// Test2001 recognizes keys of the generation before, by both algorithms, and
// opens none.
func Test2001(t *testing.T) {
	for _, id := range []asn1.ObjectIdentifier{idKey2001, idDH2001} {
		f := newForge(t, "2001")
		f.boxes = plainBoxesA
		f.header[2] = tlv(0x30, bits(7, 0x80), algorithm(id, gost.CryptoProXchA().OID(), idDigest94, idCipherA))
		c := parse(t, f.files())
		if k := c.Primary(); !k.Legacy || !k.Exportable || k.Curve != nil || !bytes.Equal(k.Fingerprint, f.key.PublicKey().Bytes()[:8]) || c.Name() != "forged" {
			t.Errorf("%v: got %+v of %q", id, k, c.Name())
		}
		if key, err := c.Open(nil); key != nil || !errors.Is(err, cryptopro.ErrUnsupported) || !strings.Contains(err.Error(), "34.10-2001") {
			t.Errorf("%v: got %v, %v, want ErrUnsupported", id, key, err)
		}
		if _, err := c.WithCertificate(tokentest.Certificate(t, f.key, 1).Raw); !errors.Is(err, cryptopro.ErrUnsupported) {
			t.Errorf("%v: a certificate: got %v, want ErrUnsupported", id, err)
		}
	}
}

// TestWithCertificate installs certificates, short and long, without the
// password, and finds every other octet where it was.
func TestWithCertificate(t *testing.T) {
	t.Parallel()
	f := newForge(t, "certificate")
	f.protect("12345678")
	f.header = append(slices.Insert(f.header, 4, tlv(0x87, []byte("name"))), tlv(0x02, []byte{3}))
	whole := f.files()
	c := parse(t, whole)
	before, _ := elements(t, c.Files().Header)
	for serial := range int64(3) {
		cert := tokentest.Certificate(t, f.key, serial+1)
		raw := cert.Raw
		changed, err := c.WithCertificate(raw)
		if err != nil {
			t.Fatal(err)
		}
		files := changed.Files()
		after, mac := elements(t, files.Header)
		want := slices.Insert(slices.Clone(before), 4, tlv(0x85, raw))
		if !slices.EqualFunc(after, want, bytes.Equal) {
			t.Errorf("got elements %x, want %x", after, want)
		}
		if want := tlv(4, plainMAC(plainBoxesZ, make([]byte, 32), tlv(0x30, want...))); !bytes.Equal(mac, want) {
			t.Errorf("got MAC %x, want %x", mac, want)
		}
		files.Header = c.Files().Header
		for name, data := range byName(files) {
			if want := byName(whole)[name]; name != "header.key" && !bytes.Equal(data, want) {
				t.Errorf("got another %s", name)
			}
		}
		if !bytes.Equal(changed.Primary().RawCertificate, raw) || len(changed.Findings()) != 0 {
			t.Errorf("got another certificate, or findings %v", changed.Findings())
		}
		c = changed // the next one replaces it
	}
	if key, err := c.Open([]byte("12345678")); err != nil || !key.Equal(f.key) {
		t.Errorf("got %v, %v, want the key", key, err)
	}
	other := newForge(t, "another")
	tc26, err := gost.NewPrivateKey(gost.CryptoProA(), f.key.Bytes()) // the same point under another name
	if err != nil {
		t.Fatal(err)
	}
	for what, raw := range map[string][]byte{
		"another key": tokentest.Certificate(t, other.key, 1).Raw, "another set": tokentest.Certificate(t, tc26, 1).Raw,
	} {
		if changed, err := c.WithCertificate(raw); changed != nil || !errors.Is(err, token.ErrOtherKey) {
			t.Errorf("%s: got %v, want ErrOtherKey", what, err)
		}
	}
	raw := tokentest.Certificate(t, f.key, 1).Raw
	for n := range len(raw) {
		if changed, err := c.WithCertificate(raw[:n]); changed != nil || err == nil {
			t.Fatalf("%d octets of a certificate: got no error", n)
		}
	}
}

// TestMACLong shows that the MAC of a header of more than 1024 octets, as any
// with a certificate of an authority, does not change its key on the way.
func TestMACLong(t *testing.T) {
	f := newForge(t, "long")
	f.header = slices.Insert(f.header, 3, tlv(0x83, make([]byte, 3000)))
	c := parse(t, f.files())
	if changed, err := c.WithCertificate(tokentest.Certificate(t, f.key, 1).Raw); err != nil || len(changed.Files().Header) < 3000 {
		t.Error(err)
	}
}

func TestNewRefuses(t *testing.T) {
	key, err := gost.GenerateKey(gost.CryptoProXchA(), nil)
	if err != nil {
		t.Fatal(err)
	}
	test, err := gost.GenerateKey(gost.Test256(), nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for what, c := range map[string]struct {
		key      *gost.PrivateKey
		template cryptopro.Template
		text     string
	}{
		"no name":                   {key, cryptopro.Template{}, "1 to 125"},
		"a long name":               {key, cryptopro.Template{Name: strings.Repeat("ё", 126)}, "1 to 125"},
		"letters it has not":        {key, cryptopro.Template{Name: "Ωμέγα"}, "Windows-1251 has no 'Ω'"},
		"a backslash":               {key, cryptopro.Template{Name: `\\.\HDIMAGE\x`}, "backslash"},
		"a line break":              {key, cryptopro.Template{Name: "a\nb"}, "control character"},
		"a password in Russian":     {key, cryptopro.Template{Name: "a", Password: []byte("пароль")}, "printable ASCII"},
		"a password with a control": {key, cryptopro.Template{Name: "a", Password: []byte("a\x00")}, "printable ASCII"},
		"a set for tests":           {test, cryptopro.Template{Name: "a"}, "256-Test"},
		"no end":                    {key, cryptopro.Template{Name: "a", NotBefore: now}, "never be valid"},
		"the end first":             {key, cryptopro.Template{Name: "a", NotBefore: now, NotAfter: now.Add(-1)}, "never be valid"},
		"a late year":               {key, cryptopro.Template{Name: "a", NotAfter: now.AddDate(9000, 0, 0)}, "year"},
		"no random octets":          {key, cryptopro.Template{Name: "a", Random: strings.NewReader("few")}, "EOF"},
		"no salt":                   {key, cryptopro.Template{Name: "a", Random: strings.NewReader(strings.Repeat("x", 70))}, "EOF"},
	} {
		made, err := cryptopro.New(c.key, c.template)
		if made != nil || err == nil || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: got %v, %v, want %q", what, made, err, c.text)
		}
		if err != nil && strings.Contains(err.Error(), "пароль") {
			t.Errorf("%s: the error has the password", what)
		}
	}
}

// TestNames writes names in all characters of Windows-1251 and reads them
// back.
func TestNames(t *testing.T) {
	t.Parallel()
	f := newForge(t, "names")
	for c := range 256 {
		if c < 0x20 || c == 0x7f || c == '\\' || c == 0x98 {
			continue
		}
		files := f.files()
		files.Name = tlv(0x30, tlv(0x16, []byte{'n', byte(c)}))
		name := parse(t, files).Name()
		made, err := cryptopro.New(f.key, cryptopro.Template{Name: name})
		if err != nil {
			t.Errorf("%#x: %v", c, err)
			continue
		}
		if got := made.Files().Name; !bytes.Equal(got, files.Name) || len([]rune(name)) != 2 {
			t.Errorf("%#x, read as %q: got %x, want %x", c, name, got, files.Name)
		}
	}
	files := f.files()
	files.Name = tlv(0x30, tlv(0x16, []byte("\xc2\xee\xf9\xb8\xed\xfb\xf5 \xb9 1")))
	if got, want := parse(t, files).Name(), "Вощёных № 1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestAnyDamage changes single bits of all files: the key is right, or there
// is an error.
func TestAnyDamage(t *testing.T) {
	t.Parallel()
	f := newForge(t, "damage")
	f.protect("") // a MAC of the password, and few rounds
	whole := f.files()
	random := rand.New(stream("damage"))
	refused := 0
	for range 1000 {
		files := cryptopro.Files{
			Name: whole.Name, Header: slices.Clone(whole.Header), Primary: slices.Clone(whole.Primary),
			Masks: slices.Clone(whole.Masks), Primary2: slices.Clone(whole.Primary2), Masks2: slices.Clone(whole.Masks2),
		}
		names := []string{"header.key", "primary.key", "masks.key", "primary2.key", "masks2.key"}
		for range 1 + random.IntN(3) {
			data := byName(files)[names[random.IntN(len(names))]]
			data[random.IntN(len(data))] ^= 1 << random.IntN(8)
		}
		c, err := cryptopro.Parse(files)
		if err != nil {
			refused++
			continue
		}
		if key, err := c.Open(nil); err != nil {
			refused++
		} else if !key.Equal(f.key) {
			t.Fatalf("got another key of %x", files)
		}
	}
	if refused == 0 {
		t.Error("nothing was refused")
	}
}

// TestWipe clears what could give the key away.
func TestWipe(t *testing.T) {
	files := newForge(t, "wipe").files()
	files.Wipe()
	for name, data := range byName(files) {
		public := name == "header.key" || name == "name.key"
		if empty := len(bytes.Trim(data, "\x00")) == 0; empty == public {
			t.Errorf("%s: got %x", name, data)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	for i, g := range golden {
		_, c := makeGolden(b, i)
		b.Run(g.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := c.Open([]byte(g.password)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
