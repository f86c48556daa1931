package qualified

import (
	"bytes"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// Identification is how the applicant's identity was established: the value
// of the identificationKind extension (RFC 9215, section 5; law 63-FZ,
// article 18).
type Identification int

// Ways of identification.
const (
	InPerson       Identification = 0 // при личном присутствии
	ByCertificate  Identification = 1 // действующей квалифицированной подписью
	ByChipPassport Identification = 2 // загранпаспортом с чипом
	ByBiometrics   Identification = 3 // через ЕСИА и Единую биометрическую систему
)

// String is the Russian wording for printed forms.
func (i Identification) String() string {
	switch i {
	case InPerson:
		return "при личном присутствии"
	case ByCertificate:
		return "с использованием квалифицированного сертификата без личного присутствия"
	case ByChipPassport:
		return "по заграничному паспорту с электронным носителем без личного присутствия"
	case ByBiometrics:
		return "с использованием единой системы идентификации и биометрии без личного присутствия"
	}
	return fmt.Sprintf("Identification(%d)", int(i))
}

// NewIdentificationKind returns the identificationKind extension: a bare
// INTEGER, not critical.
func NewIdentificationKind(kind Identification) csr.Extension {
	return csr.Extension{ID: oid.IdentificationKind, Value: der.Marshal(func(b *der.Builder) { b.AddASN1Int64(int64(kind)) })}
}

// ParseIdentificationKind reads the value of an identificationKind extension.
func ParseIdentificationKind(value []byte) (Identification, error) {
	in := der.String(value)
	var kind int
	if !in.ReadASN1Integer(&kind) || !in.Empty() || kind < 0 || kind > 3 {
		return 0, errors.New("qualified: identificationKind is not an INTEGER from 0 to 3")
	}
	return Identification(kind), nil
}

// NewSubjectSignTool returns the subjectSignTool extension: the name of the
// owner's signature tool, a UTF8String of 1 to 200 characters, not critical.
func NewSubjectSignTool(tool string) (csr.Extension, error) {
	if err := checkText("subjectSignTool", tool, 200); err != nil {
		return csr.Extension{}, err
	}
	return csr.Extension{ID: oid.SubjectSignTool, Value: der.Marshal(func(b *der.Builder) { addUTF8(b, tool) })}, nil
}

// ParseSubjectSignTool reads the value of a subjectSignTool extension.
func ParseSubjectSignTool(value []byte) (string, error) {
	text, ok := der.ReadWhole(value, der.UTF8String)
	if !ok || !utf8.Valid(text) {
		return "", errors.New("qualified: subjectSignTool is not a UTF8String")
	}
	return string(text), nil
}

// IssuerSignTool names the authority's tools and the documents of their
// conformity: the issuerSignTool extension.
type IssuerSignTool struct {
	SignTool     string // the signature tool, 1 to 200 characters
	CATool       string // the authority's tool, 1 to 200
	SignToolCert string // conformity document of the first, 1 to 100
	CAToolCert   string // conformity document of the second, 1 to 100
}

// Extension returns the issuerSignTool extension, not critical.
func (t IssuerSignTool) Extension() (csr.Extension, error) {
	for _, f := range []struct {
		name, text string
		most       int
	}{
		{"signTool", t.SignTool, 200}, {"cATool", t.CATool, 200},
		{"signToolCert", t.SignToolCert, 100}, {"cAToolCert", t.CAToolCert, 100},
	} {
		if err := checkText("issuerSignTool: "+f.name, f.text, f.most); err != nil {
			return csr.Extension{}, err
		}
	}
	return csr.Extension{ID: oid.IssuerSignTool, Value: der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			addUTF8(b, t.SignTool)
			addUTF8(b, t.CATool)
			addUTF8(b, t.SignToolCert)
			addUTF8(b, t.CAToolCert)
		})
	})}, nil
}

// ParseIssuerSignTool reads the value of an issuerSignTool extension.
func ParseIssuerSignTool(value []byte) (t IssuerSignTool, err error) {
	seq, ok := der.ReadWhole(value, der.Sequence)
	for _, field := range []*string{&t.SignTool, &t.CATool, &t.SignToolCert, &t.CAToolCert} {
		var text der.String
		ok = ok && seq.ReadASN1(&text, der.UTF8String) && utf8.Valid(text)
		*field = string(text)
	}
	if !ok || !seq.Empty() {
		return IssuerSignTool{}, errors.New("qualified: issuerSignTool is not a SEQUENCE of four UTF8Strings")
	}
	return t, nil
}

func addUTF8(b *der.Builder, s string) {
	b.AddASN1(der.UTF8String, func(b *der.Builder) { b.AddBytes([]byte(s)) })
}

func checkText(name, text string, most int) error {
	if n := utf8.RuneCountInString(text); n < 1 || n > most || !utf8.ValidString(text) {
		return fmt.Errorf("qualified: %s: %d characters, want 1 to %d of UTF-8", name, n, most)
	}
	return nil
}

// NewPrivateKeyUsagePeriod returns the privateKeyUsagePeriod extension, not
// critical: when the signature key may be used (law 457-FZ of 04.08.2023 asks
// for it in qualified certificates; accredited authorities write both ends).
// An end that is the zero time is left out.
func NewPrivateKeyUsagePeriod(notBefore, notAfter time.Time) csr.Extension {
	end := func(b *der.Builder, n uint8, t time.Time) {
		if !t.IsZero() {
			b.AddASN1(der.Context(n), func(b *der.Builder) { b.AddBytes([]byte(t.UTC().Format(generalizedTime))) })
		}
	}
	return csr.Extension{ID: oid.PrivateKeyUsagePeriod, Value: der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			end(b, 0, notBefore)
			end(b, 1, notAfter)
		})
	})}
}

// generalizedTime is the one form of GeneralizedTime in certificates (RFC
// 5280, section 4.1.2.5.2).
const generalizedTime = "20060102150405Z"

// ParsePrivateKeyUsagePeriod reads the value of a privateKeyUsagePeriod
// extension. One end may be absent: it is the zero time.
func ParsePrivateKeyUsagePeriod(value []byte) (notBefore, notAfter time.Time, err error) {
	notBefore, notAfter, err = readPeriod(value)
	// Only what is written again as it was read is DER: time.Parse takes
	// fractions of a second too.
	if err != nil || !bytes.Equal(NewPrivateKeyUsagePeriod(notBefore, notAfter).Value, value) {
		return time.Time{}, time.Time{}, errPeriod
	}
	return notBefore, notAfter, nil
}

var errPeriod = errors.New("qualified: privateKeyUsagePeriod does not parse")

// readPeriod reads a privateKeyUsagePeriod whose times may have fractions of
// a second, as the state root of 17.12.2025 has them.
func readPeriod(value []byte) (notBefore, notAfter time.Time, err error) {
	seq, ok := der.ReadWhole(value, der.Sequence)
	for i, t := range []*time.Time{&notBefore, &notAfter} {
		var text der.String
		var present bool
		if !ok || !seq.ReadOptionalASN1(&text, &present, der.Context(uint8(i))) {
			ok = false
			break
		}
		if present {
			*t, err = time.Parse(generalizedTime, string(text))
			ok = err == nil
		}
	}
	if !ok || !seq.Empty() || notBefore.IsZero() && notAfter.IsZero() {
		return time.Time{}, time.Time{}, errPeriod
	}
	return notBefore, notAfter, nil
}
