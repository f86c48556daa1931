package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/internal/testenv/outside"
	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/local"
	"github.com/surguch/surguch/token/softtoken"
)

// subject is that of an invented person.
const subject = `SNILS=11223344595,CN=Вощёных Ефим Ильич`

// newAuthority makes an authority with a root of its own.
func newAuthority(t testing.TB, clock interface{ Now() time.Time }) *local.CA {
	t.Helper()
	as := csr.Standard()
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		t.Fatal(err)
	}
	name, err := csr.NewName(csr.NewAttribute(csr.StateOrProvince, "77 г. Москва"), csr.NewAttribute(csr.CommonName, "Учебный УЦ"))
	if err != nil {
		t.Fatal(err)
	}
	root, err := local.NewRoot(as, key, name, clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	ca, err := local.New(local.Config{
		Algorithms: as, Key: key, Certificate: root, SubjectTool: "средство владельца", Clock: clock,
		IssuerTool: qualified.IssuerSignTool{
			SignTool: "средство УЦ", CATool: "учебный УЦ", SignToolCert: "не сертифицировано", CAToolCert: "не сертифицирован",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

// at is a clock that stands.
type at time.Time

func (a at) Now() time.Time { return time.Time(a) }

// issue has an authority answer the request in a file, at a time, and returns
// the certificate.
func (b *bench) issue(request string, when time.Time) []byte {
	b.Helper()
	data, err := os.ReadFile(request)
	if err != nil {
		b.Fatal(err)
	}
	der, err := csr.Decode(data, csr.PEMRequest)
	if err != nil {
		b.Fatal(err)
	}
	r, err := csr.Standard().Parse(der)
	if err != nil {
		b.Fatal(err)
	}
	outcome, err := newAuthority(b, at(when)).Submit(b.Context(), "order-1", ra.Order{Request: r, Identification: qualified.InPerson})
	if err != nil || outcome.Certificate == nil {
		b.Fatalf("no certificate: %v %s", err, outcome.Reason)
	}
	return outcome.Certificate
}

// keep writes a file and returns its path.
func (b *bench) keep(name string, data []byte) string {
	b.Helper()
	path := filepath.Join(b.dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

// keyID is the ID of the key in the line that begins so.
func (b *bench) keyID(stdout, before string) string {
	b.Helper()
	_, rest, ok := strings.Cut(stdout, before)
	if !ok {
		b.Fatalf("got %q, want %q in it", stdout, before)
	}
	return strings.Fields(rest)[0]
}

// TestCycle goes through the life of a key at each kind of place: made,
// requested, certified, listed, deleted.
func TestCycle(t *testing.T) {
	for kind, c := range map[string]struct{ place, algorithm, pin string }{
		"file":           {"file:DIR/keys", "CryptoPro-A", ""},
		"pfx":            {"pfx:DIR/key.pfx", "512-A", password},
		"cryptopro":      {"cryptopro:DIR/containers", "CryptoPro-XchA", userPIN},
		"open cryptopro": {"cryptopro:DIR/containers", "256-A", ""},
		"soft":           {"soft:DIR/soft", "256-B", userPIN},
	} {
		if kind == "pfx" && testing.Short() {
			continue // minutes under the race detector, which runs the short tests
		}
		t.Run(kind, func(t *testing.T) {
			b := newBench(t)
			openssl := outside.NewOpenSSL(t)
			t.Setenv(workplace.PINVariable, c.pin)
			if kind == "soft" {
				b.soft(softtoken.Format{Profile: "rutoken-ecp2", Label: "Вощёных"})
			}
			carrier := " -carrier " + c.place
			request := filepath.Join(b.dir, "request.p10")

			id := b.keyID(b.want(0, "generate -name Вощёных -algorithm "+c.algorithm+carrier, c.algorithm, "«Вощёных»"), "Создан ключ ")
			b.want(0, "list"+carrier, id, "Ключей: 1")

			status, stdout, stderr := b.run("request"+carrier+" -out "+request+" -subject", subject)
			if status != 0 || !strings.Contains(stdout, "CN=Вощёных Ефим Ильич") {
				t.Fatalf("request: got %d: %s%s", status, stdout, stderr)
			}
			if out := openssl.Run("req", "-in", request, "-verify", "-noout", "-text", "-nameopt", "utf8"); !strings.Contains(out, "OK") || !strings.Contains(out, "Вощёных Ефим Ильич") || !strings.Contains(out, "Non Repudiation") {
				t.Errorf("openssl req: %s", out)
			}
			der := b.issue(request, time.Now().Add(-time.Hour))
			certificate := b.keep("certificate.cer", der)
			b.want(0, "install"+carrier+" "+certificate, "записан", "байт в байт", id, "CN=Вощёных Ефим Ильич", "Учебный УЦ")
			b.want(0, "list"+carrier, id, "сертификат", "SNILS=11223344595")

			b.want(0, "delete"+carrier+" -yes -force -id "+id[:6], "Удалено")
			b.want(0, "list"+carrier, "Ключей: 0")
		})
	}
}

// TestCare: nothing is written over another file, a certificate that stands
// there already is proven again, and a key goes only on demand, twice if its
// certificate is in force.
func TestCare(t *testing.T) {
	b := newBench(t)
	const carrier = " -carrier file:DIR/keys"
	id := b.keyID(b.want(0, "generate"+carrier), "Создан ключ ")
	request := filepath.Join(b.dir, "request.p10")
	b.run("request"+carrier+" -out "+request+" -subject", subject)
	if status, _, stderr := b.run("request"+carrier+" -out "+request+" -subject", subject); status != 1 || !strings.Contains(stderr, "уже есть") {
		t.Errorf("over another file: got %d: %s", status, stderr)
	}
	der := b.issue(request, time.Now().Add(-time.Hour))
	certificate := b.keep("certificate.cer", der)
	b.want(0, "install"+carrier+" "+certificate, "записан")
	b.want(0, "install"+carrier+" -id "+id[:4]+" "+b.keep("certificate.pem", csr.EncodePEM(csr.PEMCertificate, der)), "уже стоял")

	b.want(1, "delete"+carrier+" -id "+id, "Будет удалён", "и сертификат", "ещё действует", "-force")
	b.want(1, "delete"+carrier+" -yes -id "+id, "-force")
	b.want(1, "delete"+carrier+" -force -id "+id, "добавьте -yes")
	b.want(0, "list"+carrier, "Ключей: 1")
	b.want(0, "delete"+carrier+" -yes -force -id "+id[:6], "Удалено")
	b.want(1, "delete"+carrier+" -yes -id "+id, "Такого ключа на носителе нет")
	b.want(1, "install"+carrier+" "+certificate, "Такого ключа на носителе нет")
}

// TestExpired: a certificate whose time is over is installed with a warning,
// and its key goes without force.
func TestExpired(t *testing.T) {
	b := newBench(t)
	const carrier = " -carrier file:DIR/keys"
	id := b.keyID(b.want(0, "generate"+carrier), "Создан ключ ")
	request := filepath.Join(b.dir, "request.p10")
	b.run("request"+carrier+" -out "+request+" -subject", subject)
	certificate := b.keep("certificate.cer", b.issue(request, time.Now().AddDate(-2, 0, 0)))
	b.want(0, "install"+carrier+" "+certificate, "Внимание", "истёк")
	b.want(0, "delete"+carrier+" -yes -id "+id, "Удалено")
}

// TestForm: the subject comes from an application, as the authority will
// compare it, and the faults of the application are told by field.
func TestForm(t *testing.T) {
	b := newBench(t)
	const carrier = " -carrier file:DIR/keys"
	b.want(0, "generate"+carrier)
	application := ra.Application{Process: "personal-link", Form: applicant.Form(7)}
	data, err := json.Marshal(application)
	if err != nil {
		t.Fatal(err)
	}
	request := filepath.Join(b.dir, "request.p10")
	b.want(0, "request"+carrier+" -out "+request+" -form "+b.keep("form.json", data), "CN="+application.FullName())
	want, err := ra.Subject(&application.Form)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := csr.Standard().ParseCertificate(b.issue(request, time.Now()))
	if err != nil || !cert.Subject.Equal(want) {
		t.Errorf("got %s, %v, want %s", cert.Subject, err, want)
	}
	b.want(1, "request"+carrier+" -out "+request+"2 -form "+b.keep("bad.json", []byte(`{"colour":"red"}`)), "colour: такого поля")
	b.want(1, "request"+carrier+" -out "+request+"2 -form DIR/none.json", "none.json")
	b.want(1, "request"+carrier+" -out "+request+"2 -form "+b.keep("empty.json", []byte(`{}`)), "-form")
}

// TestWhichKey: an ID may be shortened as long as it is unique; without one a
// request wants a carrier of one key, and a certificate finds its own.
func TestWhichKey(t *testing.T) {
	b := newBench(t)
	const carrier = " -carrier file:DIR/keys"
	var ids []string
	for n := range 17 { // so that two begin with the same digit
		ids = append(ids, b.keyID(b.want(0, fmt.Sprintf("generate -name ключ%d", n)+carrier), "Создан ключ "))
	}
	request := filepath.Join(b.dir, "request.p10")
	if status, _, stderr := b.run("request"+carrier+" -out "+request+" -subject", subject); status != 1 || !strings.Contains(stderr, "несколько") || !strings.Contains(stderr, ids[16]) {
		t.Errorf("no ID: got %d: %s", status, stderr)
	}
	for i, id := range ids {
		for _, other := range ids[:i] {
			if id[0] == other[0] {
				b.want(1, "delete -yes"+carrier+" -id "+id[:1], "несколько", id, other)
			}
		}
	}
	if status, stdout, stderr := b.run("request"+carrier+" -out "+request+" -id "+ids[3]+" -subject", subject); status != 0 {
		t.Fatalf("got %d: %s%s", status, stdout, stderr)
	}
	certificate := b.keep("certificate.cer", b.issue(request, time.Now().Add(-time.Hour)))
	b.want(1, "install"+carrier+" -id "+ids[4]+" "+certificate, "другой ключ")
	b.want(0, "install"+carrier+" "+certificate, ids[3])
	b.want(1, "install"+carrier+" DIR/none.cer", "none.cer")
	b.want(1, "install"+carrier+" "+b.keep("broken.cer", []byte("broken")), "broken.cer")
	b.want(1, "install"+carrier+" "+request, "request.p10")
}

// TestAbsent: a place that is not there is an error, and is not made by those
// who only look.
func TestAbsent(t *testing.T) {
	b := newBench(t)
	t.Setenv(workplace.PINVariable, password)
	for _, kind := range []string{"file", "pfx", "cryptopro", "soft"} {
		place := " -carrier " + kind + ":DIR/none"
		b.want(1, "list"+place, "По этому пути ничего нет")
		b.want(1, "generate -carrier "+kind+":DIR/unplugged/keys", "По этому пути ничего нет")
		b.want(1, "doctor"+place, "не удалось", "По этому пути ничего нет")
	}
	if entries, err := os.ReadDir(b.dir); err != nil || len(entries) > 0 {
		t.Errorf("something was made: %v, %v", entries, err)
	}
	b.want(1, "generate -algorithm 1024-Z -carrier file:DIR/none", "не поддерживает")
	t.Setenv(workplace.PINVariable, "12345678")
	b.want(1, "generate -carrier pfx:DIR/weak.pfx", "Пароль слишком прост")
	if _, err := os.Stat(filepath.Join(b.dir, "weak.pfx")); err == nil {
		t.Error("a file was written under a weak password")
	}
}
