package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
)

var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// corpus is one certificate of an authority, without errors, and one of a
// root, with one.
const (
	fair   = "../../csr/testdata/x509-ca/4489a8d2b24a.pem"
	faulty = "../../csr/testdata/x509-ca/roots/ea7213f58e8b.pem"
)

// request makes a request of an invented person without a SNILS.
func request(t *testing.T) []byte {
	t.Helper()
	key, err := gost.GenerateKey(gost.CryptoProA(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	name, err := csr.NewName(
		csr.NewAttribute(csr.INN, "500100732259"), csr.NewAttribute(csr.Country, "RU"),
		csr.NewAttribute(csr.CommonName, "Сургучёва Ксения Ильинична"),
		csr.NewAttribute(csr.GivenName, "Ксения Ильинична"), csr.NewAttribute(csr.Surname, "Сургучёва"))
	if err != nil {
		t.Fatal(err)
	}
	extensions, err := qualified.Wanted{SignTool: "СКЗИ", Class: qualified.KC1}.Extensions()
	if err != nil {
		t.Fatal(err)
	}
	der, err := csr.Standard().Create(key, &csr.Template{Subject: name, Extensions: extensions})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestRun(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	load := func(file string) []byte {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	der := request(t)
	requestDER := write("request.der", der)
	requestPEM := write("request.pem", csr.EncodePEM(csr.PEMRequestNew, der))
	requestText := write("request.txt", []byte(base64.StdEncoding.EncodeToString(der)))
	two := write("two.pem", append(load(fair), load(faulty)...))
	key := write("key.pem", csr.EncodePEM("PRIVATE KEY", []byte{0x30, 0}))
	broken := write("broken.pem", append(load(fair), "-----BEGIN CERTIFICATE-----\n"...))
	const snils = "ошибка subject-snils-missing: subject SNILS: нет атрибута SNILS физического лица [63-ФЗ, ст. 17"

	for what, c := range map[string]struct {
		args   []string
		stdin  string
		status int
		want   []string // in the output
	}{
		"fair":               {[]string{fair}, "", 0, []string{"сертификат, владелец: юридическое лицо", "предупреждение usage-not-critical"}},
		"faulty":             {[]string{faulty}, "", 1, []string{"ошибка period-fraction", "[RFC 5280, раздел 4.1.2.5.2]"}},
		"both in one":        {[]string{two}, "", 1, []string{two + "#1: ", two + "#2: "}},
		"both":               {[]string{fair, faulty}, "", 1, []string{fair + ": ", faulty + ": "}},
		"English":            {[]string{"-en", faulty}, "", 1, []string{"owner: organization-automatic", "error period-fraction", "fractions of a second [RFC 5280, section 4.1.2.5.2]"}},
		"request, DER":       {[]string{requestDER}, "", 1, []string{"запрос, владелец: физическое лицо, замечаний: 1", snils}},
		"request, PEM":       {[]string{requestPEM}, "", 1, []string{snils}},
		"request, base64":    {[]string{requestText}, "", 1, []string{snils}},
		"standard input":     {[]string{"-"}, string(der), 1, []string{"-: запрос", snils}},
		"an owner given":     {[]string{"-owner", "sole-trader", requestDER}, "", 1, []string{"индивидуальный предприниматель", "subject-ogrnip-missing"}},
		"a day given":        {[]string{"-at", "2027-09-01", requestDER}, "", 1, []string{"profile-lapsed"}},
		"nothing":            {nil, "", 2, nil},
		"a wrong flag":       {[]string{"-x"}, "", 2, nil},
		"a wrong day":        {[]string{"-at", "1.9.2027", fair}, "", 2, nil},
		"a wrong owner":      {[]string{"-owner", "nobody", fair}, "", 2, nil},
		"help":               {[]string{"-h"}, "", 0, nil},
		"no file":            {[]string{filepath.Join(dir, "none"), faulty}, "", 2, []string{"period-fraction"}},
		"neither of the two": {[]string{key}, "", 2, nil},
		"a broken block":     {[]string{broken}, "", 2, []string{"usage-not-critical"}},
		"garbage":            {[]string{"-"}, "garbage", 2, nil},
	} {
		var stdout, stderr bytes.Buffer
		status := run(c.args, strings.NewReader(c.stdin), &stdout, &stderr, today)
		if status != c.status {
			t.Errorf("%s: got status %d, want %d: %s", what, status, c.status, stderr.String())
		}
		if (status == 2) == (stderr.Len() == 0) && what != "help" {
			t.Errorf("%s: got %q on standard error", what, stderr.String())
		}
		for _, want := range c.want {
			if !strings.Contains(stdout.String(), want) {
				t.Errorf("%s: got\n%swant %s in it", what, stdout.String(), want)
			}
		}
		if strings.Contains(stdout.String()+stderr.String(), "500100732259") {
			t.Errorf("%s: the output shows a number of the owner", what)
		}
	}
}

func TestJSON(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if status := run([]string{"-json", fair, faulty}, nil, &stdout, &stderr, today); status != 1 {
		t.Fatalf("got status %d: %s", status, stderr.String())
	}
	d := json.NewDecoder(&stdout)
	for _, file := range []string{fair, faulty} {
		var r report
		if err := d.Decode(&r); err != nil || r.File != file || r.Kind != "certificate" || len(r.Findings) == 0 {
			t.Errorf("%s: got %+v, %v", file, r, err)
		}
	}
}
