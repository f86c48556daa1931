package csr_test

import (
	"bytes"
	"encoding/asn1"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/testenv/outside"
)

var (
	client = csr.ClientInfo{ClientID: 9, Machine: "РМ-7.corp", User: `CORP\ивановаанна`, Process: "certreq.exe"}
	csp    = csr.EnrollmentCSP{KeySpec: 1, Provider: csr.CryptoProCSP256}
	period = []csr.NameValue{{Name: "CpRaCertPeriod", Value: "12"}, {Name: "CpRaCertPeriodUnits", Value: "Months"}}
)

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// windowsRequest is a request with all that Windows and CryptoPro CSP add.
func windowsRequest(t testing.TB) []byte {
	t.Helper()
	attribute := must[csr.RequestAttribute](t)
	return must[[]byte](t)(csr.Standard().Create(newKey(t), &csr.Template{
		Subject:    name(t),
		Extensions: []csr.Extension{csr.NewKeyUsage(csr.DigitalSignature | csr.ContentCommitment)},
		Attributes: []csr.RequestAttribute{
			attribute(csr.NewOSVersion("10.0.19045.2")),
			attribute(client.Attribute()),
			attribute(csp.Attribute()),
			attribute(csr.NewNameValues(period...)),
			attribute(csr.NewChallengePassword("пароль")),
			csr.NewRenewalCertificate(newRoot(t, "old", -1).cert),
			{Type: asn1.ObjectIdentifier{1, 2, 3, 4}, Values: []byte{5, 0}},
		},
	}))
}

func TestRequestAttributes(t *testing.T) {
	der := windowsRequest(t)
	r := must[*csr.Request](t)(csr.Standard().Parse(der))
	if got := must[string](t)(r.OSVersion()); got != "10.0.19045.2" {
		t.Errorf("got OS version %q", got)
	}
	if got := must[string](t)(r.ChallengePassword()); got != "пароль" {
		t.Errorf("got another password")
	}
	if diff := cmp.Diff(&client, must[*csr.ClientInfo](t)(r.ClientInfo())); diff != "" {
		t.Errorf("client information: %s", diff)
	}
	if diff := cmp.Diff(&csp, must[*csr.EnrollmentCSP](t)(r.EnrollmentCSP())); diff != "" {
		t.Errorf("enrolment provider: %s", diff)
	}
	if diff := cmp.Diff(period, must[[]csr.NameValue](t)(r.NameValues())); diff != "" {
		t.Errorf("enrolment pairs: %s", diff)
	}
	old := must[[]byte](t)(r.RenewalCertificate())
	if _, err := csr.Standard().ParseCertificate(old); err != nil {
		t.Errorf("renewal certificate: %v", err)
	}
	if raw, ok := r.Attribute(asn1.ObjectIdentifier{1, 2, 3, 4}); !ok || !bytes.Equal(raw, []byte{5, 0}) {
		t.Errorf("an attribute nobody knows: got %x", raw)
	}
	if len(r.Attributes) != 8 || len(r.Extensions) != 1 || len(r.Deviations) != 0 {
		t.Errorf("got %d attributes, %d extensions, deviations %v", len(r.Attributes), len(r.Extensions), r.Deviations)
	}
	if !bytes.Equal(r.Reencode(), der) {
		t.Error("written again it is other bytes")
	}
}

// TestOpenSSLReadsAttributes has OpenSSL print a request with all attributes.
func TestOpenSSLReadsAttributes(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	out := openssl.Run("req", "-inform", "DER", "-in", outside.File(t, "windows.der", windowsRequest(t)), "-verify", "-noout", "-text", "-nameopt", "utf8")
	for _, want := range []string{"challengePassword", "10.0.19045.2", "Requested Extensions", "Digital Signature, Non Repudiation"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in what openssl prints", want)
		}
	}
}

// TestReadsOpenSSLAttributes reads the attributes OpenSSL writes.
func TestReadsOpenSSLAttributes(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	config := outside.File(t, "req.cnf", []byte("[req]\nprompt = no\ndistinguished_name = dn\nattributes = attr\nreq_extensions = ext\n"+
		"[dn]\nCN = Example\n[attr]\nchallengePassword = secret\nunstructuredName = Example Ltd\n[ext]\nkeyUsage = critical,digitalSignature\n"))
	key := t.TempDir() + "/key"
	openssl.Run("genpkey", "-algorithm", "gost2012_256", "-pkeyopt", "paramset:A", "-out", key)
	request := key + ".req"
	openssl.Run("req", "-new", "-key", key, "-config", config, "-out", request)
	r := must[*csr.Request](t)(csr.Standard().Parse(decode(t, request, csr.PEMRequest)))
	if got := must[string](t)(r.ChallengePassword()); got != "secret" {
		t.Error("got another password")
	}
	if len(r.Attributes) != 3 || len(r.Extensions) != 1 {
		t.Errorf("got %d attributes and %d extensions, want 3 and 1", len(r.Attributes), len(r.Extensions))
	}
	if want := []csr.Deviation{{Code: csr.NullParameters, Where: "signatureAlgorithm"}}; !cmp.Equal(r.Deviations, want) {
		t.Errorf("got deviations %v, want %v", r.Deviations, want)
	}
}

// TestReadsOldWindows reads extensions under Microsoft's own identifier, and
// refuses a request that has them twice.
func TestReadsOldWindows(t *testing.T) {
	as := csr.Standard()
	set := csr.NewKeyUsage(csr.KeyAgreement)
	inner := []byte{0x30, 0x10, 0x30, 0x0e, 6, 3, 0x55, 0x1d, 15, 1, 1, 0xff, 4, 4}
	inner = append(inner, set.Value...)
	old := csr.RequestAttribute{Type: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 2, 1, 14}, Values: inner}
	r := must[*csr.Request](t)(as.Parse(must[[]byte](t)(as.Create(newKey(t), &csr.Template{Subject: name(t), Attributes: []csr.RequestAttribute{old}}))))
	if len(r.Extensions) != 1 || !r.Extensions[0].Critical || !bytes.Equal(r.Extensions[0].Value, set.Value) {
		t.Errorf("got extensions %v", r.Extensions)
	}
	twice := must[[]byte](t)(as.Create(newKey(t), &csr.Template{Subject: name(t), Extensions: []csr.Extension{set}, Attributes: []csr.RequestAttribute{old}}))
	if _, err := as.Parse(twice); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("got %v, want the second list refused", err)
	}
}

func TestRequestAttributesRefused(t *testing.T) {
	long := strings.Repeat("x", 256)
	for what, make := range map[string]func() error{
		"empty password":         func() error { _, err := csr.NewChallengePassword(""); return err },
		"password of 256":        func() error { _, err := csr.NewChallengePassword(long); return err },
		"password not UTF-8":     func() error { _, err := csr.NewChallengePassword("\xff"); return err },
		"OS version in Cyrillic": func() error { _, err := csr.NewOSVersion("десять"); return err },
		"user not UTF-8":         func() error { _, err := csr.ClientInfo{User: "\xff"}.Attribute(); return err },
		"no provider":            func() error { _, err := csr.EnrollmentCSP{}.Attribute(); return err },
		"pair without a name":    func() error { _, err := csr.NewNameValues(csr.NameValue{Value: "x"}); return err },
		"attribute without value": func() error {
			_, err := csr.Standard().Create(newKey(t), &csr.Template{Attributes: []csr.RequestAttribute{{Type: []int{1, 2, 3}}}})
			return err
		},
		"attribute twice": func() error {
			a := csr.RequestAttribute{Type: []int{1, 2, 3}, Values: []byte{5, 0}}
			_, err := csr.Standard().Create(newKey(t), &csr.Template{Attributes: []csr.RequestAttribute{a, a}})
			return err
		},
	} {
		if make() == nil {
			t.Errorf("%s: accepted", what)
		}
	}
	bad := []byte{0x30, 3, 2, 1}
	for what, read := range map[string]func(r *csr.Request) error{
		"1.2.840.113549.1.9.7":   func(r *csr.Request) error { _, err := r.ChallengePassword(); return err },
		"1.3.6.1.4.1.311.13.2.3": func(r *csr.Request) error { _, err := r.OSVersion(); return err },
		"1.3.6.1.4.1.311.21.20":  func(r *csr.Request) error { _, err := r.ClientInfo(); return err },
		"1.3.6.1.4.1.311.13.2.2": func(r *csr.Request) error { _, err := r.EnrollmentCSP(); return err },
		"1.3.6.1.4.1.311.13.2.1": func(r *csr.Request) error { _, err := r.NameValues(); return err },
		"1.3.6.1.4.1.311.13.1":   func(r *csr.Request) error { _, err := r.RenewalCertificate(); return err },
	} {
		var id asn1.ObjectIdentifier
		for _, part := range strings.Split(what, ".") {
			n := 0
			for _, c := range part {
				n = 10*n + int(c-'0')
			}
			id = append(id, n)
		}
		if read(&csr.Request{Attributes: []csr.RequestAttribute{{Type: id, Values: bad}}}) == nil {
			t.Errorf("%s: accepted", what)
		}
		if err := read(&csr.Request{}); err != nil {
			t.Errorf("%s, absent: got %v", what, err)
		}
	}
}
