package qualified_test

import (
	"bytes"
	"encoding/asn1"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
)

var (
	noon   = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	moscow = time.FixedZone("MSK", 3*60*60)
	tools  = qualified.IssuerSignTool{SignTool: "A", CATool: "Б", SignToolCert: "№1", CAToolCert: "2"}
)

func must(t testing.TB, e csr.Extension, err error) csr.Extension {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestExtensions compares with DER written by hand from RFC 9215, section 5
// and RFC 5280, and reads it back.
func TestExtensions(t *testing.T) {
	subject, err := qualified.NewSubjectSignTool("Сургуч 1")
	subject = must(t, subject, err)
	issuer, err := tools.Extension()
	issuer = must(t, issuer, err)
	for what, c := range map[string]struct {
		extension csr.Extension
		id, value string
	}{
		"in person":       {qualified.NewIdentificationKind(qualified.InPerson), "1.2.643.100.114", "\x02\x01\x00"},
		"by certificate":  {qualified.NewIdentificationKind(qualified.ByCertificate), "1.2.643.100.114", "\x02\x01\x01"},
		"by passport":     {qualified.NewIdentificationKind(qualified.ByChipPassport), "1.2.643.100.114", "\x02\x01\x02"},
		"by biometrics":   {qualified.NewIdentificationKind(qualified.ByBiometrics), "1.2.643.100.114", "\x02\x01\x03"},
		"subjectSignTool": {subject, "1.2.643.100.111", "\x0c\x0e\xd0\xa1\xd1\x83\xd1\x80\xd0\xb3\xd1\x83\xd1\x87\x20\x31"},
		"issuerSignTool": {issuer, "1.2.643.100.112", "\x30\x10" +
			"\x0c\x01\x41" + "\x0c\x02\xd0\x91" + "\x0c\x04\xe2\x84\x96\x31" + "\x0c\x01\x32"},
		"period": {qualified.NewPrivateKeyUsagePeriod(noon, noon.AddDate(0, 15, 0).In(moscow)), "2.5.29.16",
			"\x30\x22" + "\x80\x0f" + "20261122120000Z" + "\x81\x0f" + "20280222120000Z"},
		"period without a beginning": {qualified.NewPrivateKeyUsagePeriod(time.Time{}, noon), "2.5.29.16",
			"\x30\x11" + "\x81\x0f" + "20261122120000Z"},
		"period without an end": {qualified.NewPrivateKeyUsagePeriod(noon, time.Time{}), "2.5.29.16",
			"\x30\x11" + "\x80\x0f" + "20261122120000Z"},
	} {
		if got := c.extension; got.ID.String() != c.id || got.Critical || string(got.Value) != c.value {
			t.Errorf("%s: got %v, critical %v, %x, want %s, not critical, %x", what, got.ID, got.Critical, got.Value, c.id, c.value)
		}
	}

	for want := qualified.InPerson; want <= qualified.ByBiometrics; want++ {
		if got, err := qualified.ParseIdentificationKind(qualified.NewIdentificationKind(want).Value); got != want || err != nil {
			t.Errorf("identificationKind: got %v, %v, want %v", got, err, want)
		}
	}
	if got, err := qualified.ParseSubjectSignTool(subject.Value); got != "Сургуч 1" || err != nil {
		t.Errorf("subjectSignTool: got %q, %v", got, err)
	}
	if got, err := qualified.ParseIssuerSignTool(issuer.Value); got != tools || err != nil {
		t.Errorf("issuerSignTool: got %v, %v, want %v", got, err, tools)
	}
	for _, want := range [][2]time.Time{{noon, noon.AddDate(1, 3, 0)}, {noon, {}}, {{}, noon}} {
		from, to, err := qualified.ParsePrivateKeyUsagePeriod(qualified.NewPrivateKeyUsagePeriod(want[0], want[1]).Value)
		if !from.Equal(want[0]) || !to.Equal(want[1]) || err != nil {
			t.Errorf("privateKeyUsagePeriod: got %v, %v, %v, want %v", from, to, err, want)
		}
	}
}

// TestLengths tries every text at its limits, which count characters: each of
// these takes two octets.
func TestLengths(t *testing.T) {
	long := func(n int) string { return strings.Repeat("ж", n) }
	issuer := func(put func(*qualified.IssuerSignTool, string)) func(string) error {
		return func(text string) error {
			all := tools
			put(&all, text)
			_, err := all.Extension()
			return err
		}
	}
	for what, c := range map[string]struct {
		write func(string) error
		most  int
	}{
		"subjectSignTool": {func(text string) error { _, err := qualified.NewSubjectSignTool(text); return err }, 200},
		"signTool":        {issuer(func(t *qualified.IssuerSignTool, text string) { t.SignTool = text }), 200},
		"cATool":          {issuer(func(t *qualified.IssuerSignTool, text string) { t.CATool = text }), 200},
		"signToolCert":    {issuer(func(t *qualified.IssuerSignTool, text string) { t.SignToolCert = text }), 100},
		"cAToolCert":      {issuer(func(t *qualified.IssuerSignTool, text string) { t.CAToolCert = text }), 100},
	} {
		for _, text := range []string{"ж", long(c.most)} {
			if err := c.write(text); err != nil {
				t.Errorf("%s of %d octets: got %v, want it accepted", what, len(text), err)
			}
		}
		for _, text := range []string{"", long(c.most + 1), strings.Repeat("a", c.most+1), "a\xff"} {
			if err := c.write(text); err == nil || !strings.Contains(err.Error(), what) {
				t.Errorf("%s of %d octets: got %v, want an error that names it", what, len(text), err)
			}
		}
	}
}

// parsers are the package's parsers. Each writes what it read again, as
// package encoding/asn1 or this package has it.
var parsers = map[string]func([]byte) (again []byte, err error){
	"identificationKind": func(value []byte) ([]byte, error) {
		kind, err := qualified.ParseIdentificationKind(value)
		return qualified.NewIdentificationKind(kind).Value, err
	},
	"subjectSignTool": func(value []byte) ([]byte, error) {
		tool, err := qualified.ParseSubjectSignTool(value)
		if err != nil {
			return nil, err
		}
		return asn1.MarshalWithParams(tool, "utf8")
	},
	"issuerSignTool": func(value []byte) ([]byte, error) {
		t, err := qualified.ParseIssuerSignTool(value)
		if err != nil {
			return nil, err
		}
		return asn1.Marshal(struct {
			SignTool     string `asn1:"utf8"`
			CATool       string `asn1:"utf8"`
			SignToolCert string `asn1:"utf8"`
			CAToolCert   string `asn1:"utf8"`
		}(t))
	},
	"privateKeyUsagePeriod": func(value []byte) ([]byte, error) {
		from, to, err := qualified.ParsePrivateKeyUsagePeriod(value)
		return qualified.NewPrivateKeyUsagePeriod(from, to).Value, err
	},
}

func TestParsersRefuse(t *testing.T) {
	for parser, values := range map[string]map[string]string{
		"identificationKind": {
			"nothing": "", "below 0": "\x02\x01\xff", "above 3": "\x02\x01\x04", "an empty INTEGER": "\x02\x00",
			"a leading zero": "\x02\x02\x00\x01", "more than an int": "\x02\x09\x01\x00\x00\x00\x00\x00\x00\x00\x00",
			"ENUMERATED": "\x0a\x01\x01", "inside a SEQUENCE": "\x30\x03\x02\x01\x01", "trailing bytes": "\x02\x01\x01\x00",
		},
		"subjectSignTool": {
			"nothing": "", "PrintableString": "\x13\x01A", "not UTF-8": "\x0c\x01\xff", "trailing bytes": "\x0c\x01AB",
			"cut short": "\x0c\x02A", "a long form of a short length": "\x0c\x81\x01A", "no length": "\x2c\x80\x0c\x01A\x00\x00",
		},
		"issuerSignTool": {
			"nothing": "", "empty": "\x30\x00", "three": "\x30\x09\x0c\x01A\x0c\x01A\x0c\x01A",
			"five": "\x30\x0f\x0c\x01A\x0c\x01A\x0c\x01A\x0c\x01A\x0c\x01A", "trailing bytes": "\x30\x0c\x0c\x01A\x0c\x01A\x0c\x01A\x0c\x01A\x00",
			"a SET": "\x31\x0c\x0c\x01A\x0c\x01A\x0c\x01A\x0c\x01A", "one is IA5String": "\x30\x0c\x0c\x01A\x0c\x01A\x16\x01A\x0c\x01A",
			"one is not UTF-8": "\x30\x0c\x0c\x01A\x0c\x01A\x0c\x01A\x0c\x01\x80",
		},
		"privateKeyUsagePeriod": {
			"nothing": "", "neither end": "\x30\x00", "no zone": "\x30\x10\x80\x0e20261122120000",
			"a fraction": "\x30\x13\x80\x1120261122120000.5Z", "no seconds": "\x30\x0f\x80\x0d202611221200Z",
			"an offset": "\x30\x15\x80\x1320261122120000+0300", "month 13": "\x30\x11\x80\x0f20261322120000Z",
			"the zero time": "\x30\x11\x80\x0f00010101000000Z", "EXPLICIT": "\x30\x13\xa0\x11\x18\x0f20261122120000Z",
			"the end first":  "\x30\x22\x81\x0f20261122120000Z\x80\x0f20261122120000Z",
			"trailing bytes": "\x30\x11\x80\x0f20261122120000Z\x00", "UTCTime": "\x30\x0f\x80\x0d261122120000Z",
		},
	} {
		for what, value := range values {
			if again, err := parsers[parser]([]byte(value)); err == nil {
				t.Errorf("%s, %s: got %x, want it refused", parser, what, again)
			}
		}
	}
}

// fuzz asserts of a parser that it never panics and that what it accepts is
// written again as it was read.
func fuzz(f *testing.F, parser string, seeds ...string) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		if again, err := parsers[parser](value); err == nil && !bytes.Equal(again, value) {
			t.Fatalf("got %x, want %x", again, value)
		}
	})
}

func FuzzParseIdentificationKind(f *testing.F) {
	fuzz(f, "identificationKind", "\x02\x01\x00", "\x02\x01\x03", "\x02\x02\x00\x01")
}

func FuzzParseSubjectSignTool(f *testing.F) {
	fuzz(f, "subjectSignTool", "\x0c\x02\xd0\x91", "\x0c\x00", "\x0c\x81\x80"+strings.Repeat("a", 128))
}

func FuzzParseIssuerSignTool(f *testing.F) {
	fuzz(f, "issuerSignTool", "\x30\x10\x0c\x01\x41\x0c\x02\xd0\x91\x0c\x04\xe2\x84\x96\x31\x0c\x01\x32")
}

func FuzzParsePrivateKeyUsagePeriod(f *testing.F) {
	fuzz(f, "privateKeyUsagePeriod", "\x30\x22\x80\x0f20261122120000Z\x81\x0f20280222120000Z", "\x30\x11\x80\x0f20261122120000Z",
		"\x30\x13\x81\x1120261122120000.5Z")
}

func TestIdentificationString(t *testing.T) {
	seen := map[string]bool{}
	for i := qualified.InPerson; i <= qualified.ByBiometrics+1; i++ {
		if text := i.String(); text == "" || seen[text] {
			t.Errorf("got %q for %d, want a text of its own", text, int(i))
		}
		seen[i.String()] = true
	}
	if got, want := qualified.Identification(7).String(), "Identification(7)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
