package forms

import (
	"encoding/asn1"
	"encoding/hex"
	"slices"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// shown is what the pieces of a cell say, octets in hexadecimal.
func shown(pieces []piece) (lines []string) {
	for _, p := range pieces {
		if p.octets != nil {
			lines = append(lines, hex.EncodeToString(p.octets))
			continue
		}
		lines = append(lines, p.words)
	}
	return lines
}

func sequence(build func(b *der.Builder)) []byte {
	return der.Marshal(func(b *der.Builder) { b.AddASN1(der.Sequence, build) })
}

func address6(b *der.Builder, url string) {
	b.AddASN1(der.Context(6), func(b *der.Builder) { b.AddBytes([]byte(url)) })
}

func extensions(t testing.TB) map[string]struct {
	e    csr.Extension
	want []string
} {
	t.Helper()
	name, err := csr.NewName(csr.NewAttribute(csr.CommonName, "УЦ"))
	if err != nil {
		t.Fatal(err)
	}
	tool, err := qualified.NewSubjectSignTool("СКЗИ")
	if err != nil {
		t.Fatal(err)
	}
	tools, err := qualified.IssuerSignTool{SignTool: "А", CATool: "Б", SignToolCert: "В", CAToolCert: "Г"}.Extension()
	if err != nil {
		t.Fatal(err)
	}
	at := func(t time.Time) func(b *der.Builder) {
		return func(b *der.Builder) { b.AddBytes([]byte(t.Format("20060102150405Z"))) }
	}
	return map[string]struct {
		e    csr.Extension
		want []string
	}{
		"key usage": {csr.NewKeyUsage(csr.DigitalSignature | csr.ContentCommitment), []string{"цифровая подпись, неотрекаемость (c0)"}},
		"key usage of two octets": {csr.NewKeyUsage(csr.KeyAgreement | csr.DecipherOnly),
			[]string{"согласование ключей, только расшифрование (0880)"}},
		"purposes": {csr.NewExtendedKeyUsage(oid.PurposeClientAuth, asn1.ObjectIdentifier{1, 2, 643, 2, 2, 34, 6}),
			[]string{"Проверка подлинности клиента (1.3.6.1.5.5.7.3.2)", "1.2.643.2.2.34.6"}},
		"end entity": {csr.NewBasicConstraints(false, -1), []string{"Сертификат удостоверяющего центра: нет"}},
		"authority":  {csr.NewBasicConstraints(true, 0), []string{"Сертификат удостоверяющего центра: да", "Наибольшая длина пути: 0"}},
		"key id":     {csr.NewSubjectKeyID([]byte{1, 0xab}), []string{"01ab"}},
		"issuer's key id": {csr.NewAuthorityKeyID([]byte{1, 0xab}),
			[]string{"Идентификатор ключа:", "01ab"}},
		"issuer's key id with name and number": {csr.Extension{ID: oid.AuthorityKeyID, Value: sequence(func(b *der.Builder) {
			b.AddASN1(der.Context(0), func(b *der.Builder) { b.AddBytes([]byte{7}) })
			b.AddASN1(der.ContextCons(1), func(b *der.Builder) {
				b.AddASN1(der.ContextCons(4), func(b *der.Builder) { b.AddBytes(name.Raw()) })
			})
			b.AddASN1(der.Context(2), func(b *der.Builder) { b.AddBytes([]byte{0, 0x99}) })
		})}, []string{"Идентификатор ключа:", "07", "Издатель сертификата удостоверяющего центра:", "CN=УЦ",
			"Серийный номер сертификата удостоверяющего центра:", "0099"}},
		"policies": {csr.NewCertificatePolicies(oid.PolicyKC1), []string{"Класс средства электронной подписи КС1 (1.2.643.100.113.1)"}},
		"policy with qualifiers": {csr.Extension{ID: oid.CertificatePolicies, Value: sequence(func(b *der.Builder) {
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{2, 5, 29, 32, 0})
				b.AddASN1(der.Sequence, func(b *der.Builder) {})
			})
		})}, []string{"Любая политика (2.5.29.32.0)", "Уточнения (DER):", "3000"}},
		"period": {csr.Extension{ID: oid.PrivateKeyUsagePeriod, Value: sequence(func(b *der.Builder) {
			b.AddASN1(der.Context(0), at(time.Date(2025, 11, 22, 10, 0, 0, 0, time.UTC)))
			b.AddASN1(der.Context(1), at(time.Date(2027, 2, 22, 10, 0, 0, 0, time.UTC)))
		})}, []string{"Действителен с 22.11.2025 10:00:00 UTC", "Действителен по 22.02.2027 10:00:00 UTC"}},
		"distribution points": {csr.Extension{ID: oid.CRLDistributionPoints, Value: sequence(func(b *der.Builder) {
			for _, url := range []string{"http://a.example.org/1.crl", "http://b.example.org/1.crl"} {
				b.AddASN1(der.Sequence, func(b *der.Builder) {
					b.AddASN1(der.ContextCons(0), func(b *der.Builder) {
						b.AddASN1(der.ContextCons(0), func(b *der.Builder) { address6(b, url) })
					})
				})
			}
		})}, []string{"http://a.example.org/1.crl", "http://b.example.org/1.crl"}},
		"information": {csr.Extension{ID: oid.AuthorityInfoAccess, Value: sequence(func(b *der.Builder) {
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1})
				address6(b, "http://ocsp.example.org")
			})
		})}, []string{"Служба OCSP (1.3.6.1.5.5.7.48.1):", "http://ocsp.example.org"}},
		"owner's tool": {tool, []string{"СКЗИ"}},
		"issuer's tools": {tools, []string{"Средство электронной подписи: А", "Средство удостоверяющего центра: Б",
			"Заключение на средство электронной подписи: В", "Заключение на средство удостоверяющего центра: Г"}},
		"identification": {qualified.NewIdentificationKind(qualified.InPerson), []string{"при личном присутствии (0)"}},
		"unknown":        {csr.Extension{ID: asn1.ObjectIdentifier{1, 2, 3}, Value: []byte{5, 0}}, []string{"DER:", "0500"}},
	}
}

func TestExtensionValue(t *testing.T) {
	for name, c := range extensions(t) {
		t.Run(name, func(t *testing.T) {
			if got := shown(extensionValue(c.e)); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			broken := c.e
			broken.Value = append(slices.Clone(c.e.Value), 0)
			if got := shown(extensionValue(broken)); !slices.Equal(got, []string{"DER:", hex.EncodeToString(broken.Value)}) {
				t.Errorf("with an octet after it: got %q, want all of it in DER", got)
			}
		})
	}
}

// TestEveryReaderHasName: what is put into words has a Russian title.
func TestEveryReaderHasName(t *testing.T) {
	for _, r := range readers {
		if extensionNames[r.id.String()] == "" {
			t.Errorf("%v has no name", r.id)
		}
	}
}

// FuzzExtensionValue: whatever a certificate has in an extension, the form
// says something, and a value that it does not understand it shows whole.
func FuzzExtensionValue(f *testing.F) {
	for _, c := range extensions(f) {
		for i, r := range readers {
			if r.id.Equal(c.e.ID) {
				f.Add(i, c.e.Value)
			}
		}
	}
	f.Fuzz(func(t *testing.T, reader int, value []byte) {
		if reader < 0 || reader >= len(readers) {
			return
		}
		e := csr.Extension{ID: readers[reader].id, Value: value}
		_, understood := readers[reader].read(value)
		if got := shown(extensionValue(e)); !understood && !slices.Equal(got, []string{"DER:", hex.EncodeToString(value)}) {
			t.Errorf("got %q for a value that is not understood: %x", got, value)
		}
	})
}
