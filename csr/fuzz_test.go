package csr_test

import (
	"bytes"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
)

func FuzzParse(f *testing.F) {
	as := csr.Standard(gost.Test256(), gost.TC26A256(), gost.Test512())
	for _, v := range vectors(f) {
		f.Add(unhex(f, v.Request))
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		r, err := as.Parse(der)
		if (r == nil) != (err != nil) {
			t.Fatalf("got %v with error %v", r, err)
		}
		if err == nil && !bytes.Equal(r.Raw, der) {
			t.Fatal("Raw is not what was given")
		}
	})
}

func FuzzParseCertificate(f *testing.F) {
	as := csr.Standard(gost.Test256(), gost.TC26A256(), gost.Test512())
	for _, v := range vectors(f) {
		f.Add(unhex(f, v.Certificate))
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		c, err := as.ParseCertificate(der)
		if (c == nil) != (err != nil) {
			t.Fatalf("got %v with error %v", c, err)
		}
		if err != nil {
			return
		}
		if !bytes.Contains(der, c.RawTBS) || !bytes.Equal(c.Issuer.Raw(), c.RawIssuer) {
			t.Fatal("raw parts are not of what was given")
		}
		_ = c.Subject.String()
	})
}

func FuzzParseName(f *testing.F) {
	f.Add(name(f).Raw())
	f.Fuzz(func(t *testing.T, der []byte) {
		n, err := csr.ParseName(der)
		if err == nil && !bytes.Equal(n.Raw(), der) {
			t.Fatal("Raw is not what was given")
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n"))
	f.Add([]byte("MAA="))
	f.Add([]byte{0x30, 0})
	f.Fuzz(func(t *testing.T, file []byte) {
		der, err := csr.Decode(file, csr.PEMRequest, csr.PEMRequestNew)
		if (der == nil) != (err != nil) {
			t.Fatalf("got %x with error %v", der, err)
		}
	})
}
