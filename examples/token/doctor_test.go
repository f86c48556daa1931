package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/pkcs11"
	"github.com/surguch/surguch/token/softtoken"
)

var update = flag.Bool("update", false, "rewrite golden files")

// sample is a report that has everything in it.
func sample() *report {
	stick := pkcs11.Status{
		Device: token.Device{Manufacturer: "Aktiv Co.", Model: "Rutoken ECP", Serial: "0a1b2c3d", Label: "Вощёных\x1b[2J"},
		Reader: "Aktiv Rutoken ECP 00 00", Initialized: true, PINSet: true, DefaultPIN: true, MustChange: true, Tries: 2, SOTries: 10,
		MinPIN: 6, MaxPIN: 249, TotalMemory: 131072, FreeMemory: 4096, Hardware: "20.5", Firmware: "23.2",
		Algorithms: []string{"256-A", "512-A", "CryptoPro-A", "CryptoPro-B", "CryptoPro-C", "CryptoPro-XchA", "RSA-2048", "P-256"},
		Mechanisms: []uint32{0x1200, 0x1201},
	}
	locked, raw, silent := stick, stick, stick
	locked.Device.Serial, locked.Tries, locked.SOTries, locked.WriteProtected = "0a1b2c3e", 0, 0, true
	raw.Device.Serial, raw.Initialized, raw.PINSet = "0a1b2c3f", false, false
	silent.Device = token.Device{Manufacturer: "SoftHSM project", Model: "SoftHSM v2", Serial: "5f0c"}
	silent.DefaultPIN, silent.MustChange, silent.Tries, silent.SOTries, silent.FreeMemory, silent.TotalMemory = false, false, -1, -1, -1, -1
	silent.Algorithms, silent.Pinpad = nil, true
	soft := newDeviceReport(pkcs11.Status{
		Device: token.Device{Manufacturer: "surguch (development)", Model: "softtoken (dev)", Serial: "1"}, Reader: "surguch softtoken (development) 00 00",
		Initialized: true, PINSet: true, Tries: 1, SOTries: 10, MinPIN: 4, MaxPIN: 64, TotalMemory: 1 << 20, FreeMemory: 1 << 20, Hardware: "1.0", Firmware: "1.0",
		Algorithms: []string{"CryptoPro-A"}, Mechanisms: []uint32{0x1200, 0x1201},
	})
	r := &report{GOST: []check{{Name: "RFC 9215, D.2: 256-A"}, {Name: "RFC 9215, D.3: 512-Test", Error: "csr: the signature does not verify"}}, Findings: []finding{}}
	for _, f := range []pkcs11.Found{
		{Name: "Rutoken", Path: "/usr/lib/librtpkcs11ecp.so", Library: "Aktiv Co., Rutoken ECP PKCS #11 library", Devices: []pkcs11.Status{stick, locked, raw}},
		{Name: "JaCarta", Path: "libjcPKCS11-2.so", Err: fs.ErrNotExist},
		{Name: "ESMART", Path: "/usr/lib/libisbc_pkcs11_main.so", Err: &token.Error{Fault: token.Unsupported, Op: "open", Tries: -1, Detail: "library /usr/lib/libisbc_pkcs11_main.so: missing symbol"}},
		{Name: "SoftHSM", Path: "/usr/lib/softhsm/libsofthsm2.so", Library: "SoftHSM, Implementation of PKCS11", Devices: []pkcs11.Status{silent}},
		{Name: "/opt/own.so", Path: "/opt/own.so", Err: fs.ErrNotExist},
		{Name: "/opt/empty.so", Path: "/opt/empty.so", Library: "nobody, nothing"},
	} {
		r.Modules = append(r.Modules, newModuleReport(f))
	}
	cert := func(from, months int) *certificate {
		begin := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC).AddDate(0, from, 0)
		return &certificate{Subject: "CN=Вощёных Ефим Ильич", Issuer: "CN=Учебный УЦ", Serial: "1f", NotBefore: begin, NotAfter: begin.AddDate(0, months, 9)}
	}
	r.Carrier = &placeReport{
		Place: "soft:keys", Token: &soft, Listed: true,
		Objects: []object{
			{ID: "01", Name: "без сертификата", Algorithm: "256-A"},
			{ID: "02", Name: "действует", Algorithm: "256-A", Extractable: true, Certificate: cert(-10, 15)},
			{ID: "03", Name: "истекает", Algorithm: "256-A", Certificate: cert(-15, 15)},
			{ID: "04", Name: "истёк", Algorithm: "256-A", Certificate: cert(-30, 15)},
			{ID: "05", Name: "впереди", Algorithm: "256-A", Certificate: cert(1, 15)},
			{ID: "06", Name: "повреждён"},
		},
		Trial: &trial{Algorithm: "CryptoPro-A", ID: "07", Generated: true, Signed: true, Error: "token: delete: removed"},
	}
	r.judge([]string{"/opt/own.so"}, time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	return r
}

// golden compares with a file in testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

// TestReport prints a report that has everything in it, for people and for
// machines.
func TestReport(t *testing.T) {
	r := sample()
	var text bytes.Buffer
	r.print(&text)
	golden(t, "report.txt", text.Bytes())
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "report.json", append(raw, '\n'))
	if r.OK || bytes.ContainsRune(text.Bytes(), '\x1b') {
		t.Errorf("all is well, or a label steers the terminal: %q", &text)
	}
}

// codes are those of the findings of a severity.
func (r *report) codes(severity string) (list []string) {
	for _, f := range r.Findings {
		if f.Severity == severity {
			list = append(list, f.Code)
		}
	}
	return list
}

// TestJudge: one usable token is enough, unless a place was asked for; a
// library that fails matters if it was named.
func TestJudge(t *testing.T) {
	good := deviceReport{Manufacturer: "Aktiv Co.", Serial: "1", Initialized: true, PINSet: true, Algorithms: []string{"CryptoPro-A"}}
	zero := 0
	locked, rsa := good, good
	locked.Serial, locked.Tries = "2", &zero
	rsa.Serial, rsa.Algorithms = "3", []string{"RSA-2048"}
	works := func(tokens ...deviceReport) moduleReport {
		return moduleReport{Name: "a", State: stateOK, Tokens: tokens}
	}
	fails := moduleReport{Name: "b", Path: "b", State: stateFailed}
	for name, c := range map[string]struct {
		modules          []moduleReport
		carrier          *placeReport
		asked            []string
		errors, warnings string
	}{
		"nothing":             {nil, nil, nil, "nothing-usable", ""},
		"one good":            {[]moduleReport{works(good)}, nil, nil, "", ""},
		"good and locked":     {[]moduleReport{works(locked, good)}, nil, nil, "", "pin-locked"},
		"locked":              {[]moduleReport{works(locked)}, nil, nil, "nothing-usable", "pin-locked"},
		"no GOST":             {[]moduleReport{works(rsa)}, nil, nil, "nothing-usable", "no-gost"},
		"good, another fails": {[]moduleReport{works(good), fails}, nil, nil, "", "module-failed"},
		"the named one fails": {[]moduleReport{works(good), fails}, nil, []string{"b"}, "module-failed", ""},
		"place is locked":     {[]moduleReport{works(good, locked)}, &placeReport{Place: "pkcs11:", Token: &locked}, nil, "nothing-usable", "pin-locked"},
		"place is good":       {nil, &placeReport{Place: "pkcs11:", Token: &good}, nil, "", ""},
		"place fails":         {[]moduleReport{works(good)}, &placeReport{Place: "pfx:a", Error: "gone"}, nil, "carrier-failed", ""},
		"place not listed":    {nil, &placeReport{Place: "pfx:a"}, nil, "", "not-listed"},
		"folder":              {nil, &placeReport{Place: "file:a", Listed: true}, nil, "", "development"},
		"containers":          {nil, &placeReport{Place: "cryptopro:a", Listed: true}, nil, "", ""},
		"trial fails":         {nil, &placeReport{Place: "pkcs11:", Token: &good, Listed: true, Trial: &trial{Error: "removed"}}, nil, "trial-failed", ""},
		"trial passes":        {nil, &placeReport{Place: "pkcs11:", Token: &good, Listed: true, Trial: &trial{Generated: true, Signed: true, Deleted: true}}, nil, "", ""},
	} {
		r := &report{Modules: c.modules, Carrier: c.carrier}
		r.judge(c.asked, time.Now())
		got := []string{strings.Join(r.codes(severityError), " "), strings.Join(r.codes(severityWarning), " ")}
		if want := []string{c.errors, c.warnings}; !slices.Equal(got, want) || r.OK != (c.errors == "") {
			t.Errorf("%s: got %q, %v, want %q", name, got, r.OK, want)
		}
	}
}

// TestSelfTest: our own GOST passes, and a wrong example is told.
func TestSelfTest(t *testing.T) {
	for _, c := range selfTest(examples) {
		if c.Error != "" {
			t.Errorf("%s: %s", c.Name, c.Error)
		}
	}
	for name, change := range map[string]func(*example){
		"signature": func(e *example) { e.request = e.request[:len(e.request)-2] + "00" },
		"request":   func(e *example) { e.request = e.request[2:] },
		"key":       func(e *example) { e.key = "01" + e.key[2:] },
		"curve":     func(e *example) { e.curve = examples[1].curve },
		"no hex":    func(e *example) { e.key = "x" + e.key[1:] },
	} {
		e := examples[0]
		change(&e)
		if got := selfTest([]example{e}); got[0].Error == "" {
			t.Errorf("%s: passes", name)
		}
	}
}

// report runs doctor and reads what it says for machines.
func (b *bench) report(want int, args string) report {
	b.Helper()
	var r report
	if err := json.Unmarshal([]byte(b.want(want, "doctor -json "+args)), &r); err != nil {
		b.Fatal(err)
	}
	if r.OK != (want == 0) {
		b.Errorf("%s: got ok: %v with status %d", args, r.OK, want)
	}
	return r
}

// TestDoctorSoft looks at a token in software: without a PIN at its state, with
// it at its keys, and by a trial of which nothing is left.
func TestDoctorSoft(t *testing.T) {
	b := newBench(t)
	carrier := "-carrier soft:" + b.soft(softtoken.Format{Serial: "0a1b2c3d", Label: "Вощёных"})
	r := b.report(0, carrier)
	if k := r.Carrier.Token; k == nil || k.Serial != "0a1b2c3d" || *k.Tries != 10 || !k.PINSet || k.DefaultPIN || r.Carrier.Listed || !slices.Contains(k.Algorithms, "512-C") {
		t.Errorf("got %+v", r.Carrier)
	}
	if got := r.codes(severityWarning); !slices.Contains(got, "development") {
		t.Errorf("got %q", got)
	}
	b.types("secret " + userPIN)
	b.want(0, "generate -name Вощёных "+carrier)
	b.types("secret " + userPIN)
	if r = b.report(0, "-login "+carrier); !r.Carrier.Listed || len(r.Carrier.Objects) != 1 || r.Carrier.Objects[0].Name != "Вощёных" || r.Carrier.Trial != nil {
		t.Errorf("got %+v", r.Carrier)
	}
	b.types("secret " + userPIN)
	b.want(0, "doctor -login -test "+carrier, "softtoken (dev) 0a1b2c3d «Вощёных»", "создана ключевая пара", "подпись проверена программно", "её больше нет", "работать можно")
	b.types("secret " + userPIN)
	b.want(0, "list "+carrier, "Ключей: 1")

	b.types("secret 00000000")
	if r = b.report(1, "-login "+carrier); !strings.Contains(r.Carrier.Error, "Осталось попыток: 9") || !slices.Contains(r.codes(severityError), "carrier-failed") {
		t.Errorf("a wrong PIN: got %+v", r.Carrier)
	}
	b.want(0, "doctor "+carrier, "осталось попыток: 9")
}

// TestDoctorPlaces looks at places that are no tokens.
func TestDoctorPlaces(t *testing.T) {
	b := newBench(t)
	b.want(0, "generate -name Вощёных -carrier file:DIR/keys")
	b.types("secret "+userPIN, "secret "+userPIN)
	b.want(0, "generate -name Вощёных -carrier cryptopro:DIR/containers")
	for _, place := range []string{"file:DIR/keys", "cryptopro:DIR/containers"} {
		if r := b.report(0, "-carrier "+place); !r.Carrier.Listed || len(r.Carrier.Objects) != 1 || r.Carrier.Objects[0].Name != "Вощёных" {
			t.Errorf("%s: got %+v", place, r.Carrier)
		}
	}
	b.keep("broken.pfx", []byte("broken"))
	b.want(0, "doctor -carrier pfx:DIR/broken.pfx", "-login")
	t.Setenv(workplace.PINVariable, password)
	b.want(1, "doctor -login -carrier pfx:DIR/broken.pfx", "не поддерживает")
	b.want(1, "doctor -module DIR/none.so", "none.so", "Названная библиотека не работает")
	b.want(1, "doctor -carrier pkcs11:serial=none;manufacturer=nobody")
}

// stubborn is a carrier whose Delete fails.
type stubborn struct {
	token.Carrier
	err  error
	does bool // it deletes all the same
}

func (s *stubborn) Delete(ctx context.Context, id string) error {
	if s.does {
		if err := s.Carrier.Delete(ctx, id); err != nil {
			return err
		}
	}
	return s.err
}

// hasty is a carrier on which somebody presses Ctrl-C as soon as a key is made.
type hasty struct {
	token.Carrier
	interrupt func()
}

func (h *hasty) Generate(ctx context.Context, spec token.Spec) (token.Key, error) {
	defer h.interrupt()
	return h.Carrier.Generate(ctx, spec)
}

// TestTrialInterrupted: the key of a trial goes though the program is
// interrupted.
func TestTrialInterrupted(t *testing.T) {
	carrier, err := workplace.Open(t.Context(), workplace.Place{Kind: workplace.File, Path: t.TempDir()}, workplace.Config{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	got := try(ctx, &hasty{carrier, cancel}, "CryptoPro-A")
	if entries, err := carrier.List(t.Context()); !got.Generated || !got.Deleted || len(entries) > 0 || err != nil || ctx.Err() == nil {
		t.Errorf("got %+v, %d keys left, %v", got, len(entries), err)
	}
}

// TestTrial: the key of a trial that stays behind is told, and one that went
// though the carrier does not know it is gone.
func TestTrial(t *testing.T) {
	unknown := &token.Error{Fault: token.Unknown, Op: "delete", Tries: -1}
	for name, c := range map[string]struct {
		does      bool
		err       error
		algorithm string
		deleted   bool
		left      int
	}{
		"deleted":            {true, nil, "CryptoPro-A", true, 0},
		"unknown, and gone":  {true, unknown, "CryptoPro-A", true, 0},
		"unknown, and there": {false, unknown, "CryptoPro-A", false, 1},
		"says so, and there": {false, nil, "CryptoPro-A", false, 1},
		"fails":              {false, errors.New("read-only"), "CryptoPro-A", false, 1},
		"no such algorithm":  {true, nil, "1024-Z", false, 0},
	} {
		carrier, err := workplace.Open(t.Context(), workplace.Place{Kind: workplace.File, Path: t.TempDir()}, workplace.Config{})
		if err != nil {
			t.Fatal(err)
		}
		got := try(t.Context(), &stubborn{carrier, c.err, c.does}, c.algorithm)
		entries, err := carrier.List(t.Context())
		if err != nil || len(entries) != c.left || got.Deleted != c.deleted || got.Signed != got.Generated || (got.Error == "") != c.deleted {
			t.Errorf("%s: got %+v, %d keys left, %v", name, got, len(entries), err)
		}
	}
	for want, list := range map[string][]string{
		"CryptoPro-A": {"RSA-2048", "256-A", "CryptoPro-A"}, "256-B": {"P-256", "256-B", "512-B"}, "RSA-2048": {"RSA-2048"},
	} {
		if got := trialAlgorithm(list); got != want {
			t.Errorf("%q: got %s, want %s", list, got, want)
		}
	}
}
