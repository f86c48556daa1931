package csr_test

import (
	"bytes"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
)

// wide accepts whatever this module can read.
var wide = append(append(csr.Standard(gost.Test256(), gost.TC26A256(), gost.Test512()), csr.Standard()...), csr.Legacy()...)

func FuzzParse(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(unhex(f, v.Request))
	}
	f.Add(windowsRequest(f))
	f.Fuzz(func(t *testing.T, der []byte) {
		r, err := wide.Parse(der)
		if (r == nil) != (err != nil) {
			t.Fatalf("got %v with error %v", r, err)
		}
		if err != nil {
			return
		}
		if !bytes.Equal(r.Raw, der) || !bytes.Equal(r.Reencode(), der) {
			t.Fatal("written again it is other bytes")
		}
		readEnrollment(r)
	})
}

// FuzzRequestAttributes reads attributes whose request nobody signed.
func FuzzRequestAttributes(f *testing.F) {
	r, err := wide.Parse(windowsRequest(f))
	if err != nil {
		f.Fatal(err)
	}
	for i, a := range r.Attributes {
		f.Add(i, a.Values)
	}
	f.Fuzz(func(t *testing.T, i int, values []byte) {
		if i < 0 || i >= len(r.Attributes) {
			return
		}
		readEnrollment(&csr.Request{Attributes: []csr.RequestAttribute{{Type: r.Attributes[i].Type, Values: values}}})
	})
}

func readEnrollment(r *csr.Request) {
	_, _ = r.ChallengePassword()
	_, _ = r.OSVersion()
	_, _ = r.ClientInfo()
	_, _ = r.EnrollmentCSP()
	_, _ = r.NameValues()
	_, _ = r.RenewalCertificate()
}

func FuzzParseCertificate(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(unhex(f, v.Certificate))
	}
	for _, folder := range []string{"", "roots"} {
		for _, c := range corpus(f, folder) {
			f.Add(c.Raw)
		}
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		c, err := wide.ParseCertificate(der)
		if (c == nil) != (err != nil) {
			t.Fatalf("got %v with error %v", c, err)
		}
		if err != nil {
			return
		}
		if !bytes.Equal(c.Raw, der) || !bytes.Equal(c.Reencode(), der) {
			t.Fatal("written again it is other bytes")
		}
		_ = c.Subject.String()
		_, _ = c.CRLDistributionPoints()
		_, _ = c.OCSPServers()
		_ = wide.CheckIssued(c, c)
		if _, err := wide.VerifyChain(c, csr.Chain{Anchors: []*csr.Certificate{c}, At: c.NotBefore}); err == nil &&
			bytes.Equal(c.RawIssuer, c.RawSubject) && wide.CheckIssued(c, c) != nil {
			t.Fatal("a self-signed anchor whose signature does not verify")
		}
	})
}

// FuzzParseExtension reads the value of every extension this package knows.
func FuzzParseExtension(f *testing.F) {
	for _, folder := range []string{"", "roots"} {
		for _, c := range corpus(f, folder) {
			for _, e := range c.Extensions {
				f.Add(e.Value)
			}
		}
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		if u, err := csr.ParseKeyUsage(value); err == nil && u != 0 {
			if back, err := csr.ParseKeyUsage(csr.NewKeyUsage(u).Value); err != nil || back != u {
				t.Errorf("keyUsage: got %b, want %b", back, u)
			}
		}
		if list, err := csr.ParseExtendedKeyUsage(value); err == nil && !bytes.Equal(csr.NewExtendedKeyUsage(list...).Value, value) {
			t.Error("extKeyUsage written again is other bytes")
		}
		if id, err := csr.ParseSubjectKeyID(value); err == nil && !bytes.Equal(csr.NewSubjectKeyID(id).Value, value) {
			t.Error("subjectKeyIdentifier written again is other bytes")
		}
		_, _, _ = csr.ParseBasicConstraints(value)
		_, _ = csr.ParseCertificatePolicies(value)
		_, _ = csr.ParseAuthorityKeyID(value)
		_, _ = csr.ParseCRLDistributionPoints(value)
		_, _ = csr.ParseAuthorityInfoAccess(value)
	})
}

func FuzzParseName(f *testing.F) {
	f.Add(name(f).Raw())
	for _, c := range corpus(f, "") {
		f.Add(c.RawSubject)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		n, err := csr.ParseName(der)
		if err == nil && (!bytes.Equal(n.Raw(), der) || !bytes.Equal(n.Reencode(), der)) {
			t.Fatal("written again it is other bytes")
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
