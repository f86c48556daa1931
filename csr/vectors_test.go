package csr_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
)

type vector struct {
	Section     string `json:"section"`
	Request     string `json:"certificate_request_der_hex"`
	Certificate string `json:"certificate_der_hex"`
}

func vectors(t testing.TB) []vector {
	t.Helper()
	data, err := os.ReadFile("testdata/rfc9215/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []vector
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestRFC9215 reads and verifies the requests and self-signed certificates of
// RFC 9215, appendix D. Two of them use test parameter sets, which are
// refused unless asked for by name.
func TestRFC9215(t *testing.T) {
	test := csr.Standard(gost.Test256(), gost.TC26A256(), gost.Test512())
	for _, v := range vectors(t) {
		t.Run(v.Section, func(t *testing.T) {
			request, err := test.Parse(unhex(t, v.Request))
			if err != nil {
				t.Fatal(err)
			}
			cert, err := test.ParseCertificate(unhex(t, v.Certificate))
			if err != nil {
				t.Fatal(err)
			}
			if err := test.CheckIssued(cert, cert); err != nil {
				t.Errorf("self-signature: %v", err)
			}
			if err := cert.Matches(request); err != nil {
				t.Error(err)
			}
			if got, want := cert.Subject.String(), "CN=Example"; got != want {
				t.Errorf("got subject %s, want %s", got, want)
			}
			if got, want := cert.NotAfter, time.Date(2050, 12, 31, 0, 0, 0, 0, time.UTC); !got.Equal(want) {
				t.Errorf("got notAfter %v, want %v", got, want)
			}
			if !cert.IsCA || cert.SerialNumber.Int64() < 10 {
				t.Errorf("got CA %v, serial number %v", cert.IsCA, cert.SerialNumber)
			}
			broken := unhex(t, v.Request)
			broken[len(broken)-1] ^= 1
			if _, err := test.Parse(broken); !errors.Is(err, csr.ErrSignature) {
				t.Errorf("a changed signature: got %v, want ErrSignature", err)
			}
			if _, err := csr.Standard().Parse(unhex(t, v.Request)); (err == nil) != (v.Section == "D.2") {
				t.Errorf("without the test sets: got %v", err)
			}
		})
	}
}

// TestTC26 reads the example certificates of TC 26, whose private keys are
// known, and verifies their own signatures.
func TestTC26(t *testing.T) {
	data, err := os.ReadFile("testdata/tc26.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []struct {
		Name, Paramset, D string
		Certificate       string `json:"certificate_der_hex"`
	}
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	if len(list) != 2 {
		t.Fatalf("got %d examples, want 2", len(list))
	}
	as := csr.Standard()
	for _, v := range list {
		raw := unhex(t, v.Certificate)
		c, err := as.ParseCertificate(raw)
		if err != nil {
			t.Fatal(err)
		}
		if err := as.CheckIssued(c, c); err != nil {
			t.Errorf("%s: %v", v.Name, err)
		}
		d := unhex(t, v.D)
		slices.Reverse(d) // printed as a number
		key, err := gost.NewPrivateKey(c.PublicKey.(*gost.PublicKey).Curve(), d)
		if err != nil {
			t.Fatal(err)
		}
		if !key.PublicKey().Equal(c.PublicKey) {
			t.Errorf("%s: got another public key than that of d", v.Name)
		}
		if !bytes.Equal(c.Reencode(), raw) {
			t.Errorf("%s: written again it is other bytes", v.Name)
		}
	}
}
