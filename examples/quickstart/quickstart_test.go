package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv/outside"
	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/workflow"
)

var update = flag.Bool("update", false, "rewrite golden files")

// killAt, in the environment of a child, names the line of the journey and
// the microseconds after it at which the child kills itself.
const killAt = "QUICKSTART_KILL_AT"

// TestMain lets the test binary be the child that TestKilled kills, and the
// worker of a PKCS #11 carrier.
func TestMain(m *testing.M) {
	if workplace.IsWorker(os.Args) {
		os.Exit(workplace.Work())
	}
	if at := os.Getenv(killAt); at != "" {
		os.Exit(run(os.Args[1:], newSuicide(at), os.Stderr))
	}
	flag.Parse()
	os.Setenv("GORACE", "atexit_sleep_ms=0") // a child that ends under the race detector would wait a second
	os.Exit(m.Run())
}

// journeyTo runs quickstart into a new folder and returns it with the output.
func journeyTo(t *testing.T, args ...string) (dir, stdout string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "out")
	var out, errs bytes.Buffer
	if status := run(append([]string{"-dir", dir}, args...), &out, &errs); status != 0 {
		t.Fatalf("got status %d, want 0: %s", status, errs.String())
	}
	return dir, out.String()
}

var (
	times   = regexp.MustCompile(`(?m)^\d\d\.\d\d \d\d:\d\d:\d\d +[0-9.]+ с`)
	request = regexp.MustCompile(`[0-9a-f]{32}`)
)

func TestJourneyIsGolden(t *testing.T) {
	t.Parallel()
	dir, stdout := journeyTo(t)
	got := times.ReplaceAllString(stdout, "TIME")
	got = request.ReplaceAllString(strings.ReplaceAll(got, dir, "DIR"), "ID")
	golden := "testdata/journey.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	kept, err := os.ReadFile(filepath.Join(dir, "journey.txt"))
	if err != nil || string(kept) != stdout {
		t.Errorf("journey.txt is not what was printed (%v)", err)
	}
}

func TestEverythingIsKept(t *testing.T) {
	t.Parallel()
	dir, _ := journeyTo(t)
	for _, name := range []string{
		"application.json", "request.p10", "application.pdf", "application.p7s", "certificate.cer",
		"certificate.pem", "certificate.pdf", "ca.pem", "carrier", "ra.db", "journey.txt",
	} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Errorf("got %v, want %s", err, name)
		}
	}
	application, err := os.ReadFile(filepath.Join(dir, "application.json"))
	if err != nil {
		t.Fatal(err)
	}
	journeyTo(t, "-form", outside.File(t, "application.json", application)) // it goes in as it came out
}

// TestOpenSSL has OpenSSL with the GOST engine judge what a journey made,
// over every parameter set; with -short, over one of each length.
func TestOpenSSL(t *testing.T) {
	t.Parallel()
	openssl := outside.NewOpenSSL(t)
	curves := gost.Curves()
	if testing.Short() {
		curves = []*gost.Curve{gost.CryptoProA(), gost.TC26C512()}
	}
	for _, curve := range curves {
		t.Run(curve.Name(), func(t *testing.T) {
			t.Parallel()
			dir, _ := journeyTo(t, "-curve", curve.Name())
			in := func(name string) string { return filepath.Join(dir, name) }
			for want, args := range map[string][]string{
				"certificate.pem: OK":     {"verify", "-x509_strict", "-check_ss_sig", "-CAfile", in("ca.pem"), in("certificate.pem")},
				"verify OK":               {"req", "-in", in("request.p10"), "-verify", "-noout"},
				"Verification successful": {"cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", in("application.p7s"), "-content", in("application.pdf"), "-CAfile", in("goskey-ca.pem"), "-out", os.DevNull},
			} {
				if out := openssl.Run(args...); !strings.Contains(out, want) {
					t.Errorf("openssl %s: got %s, want %q", args[0], out, want)
				}
			}
			for _, pair := range [][2]string{{"certificate", "certificate"}, {"request", "request"}} {
				openssl.Run("cms", "-verify", "-binary", "-inform", "DER", "-in", in(pair[0]+".p7s"), "-content", in(pair[1]+".pdf"), "-CAfile", in("goskey-ca.pem"), "-out", os.DevNull)
			}
		})
	}
}

func TestPapersNameTheApplicant(t *testing.T) {
	t.Parallel()
	pdftotext := outside.Need(t, "pdftotext")
	dir, _ := journeyTo(t)
	for _, name := range []string{"application.pdf", "request.pdf", "certificate.pdf"} {
		text, err := exec.Command(pdftotext, filepath.Join(dir, name), "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		if person := shipped(); !strings.Contains(string(text), person.FullName()) || !strings.Contains(string(text), person.SNILS) {
			t.Errorf("%s does not name the applicant", name)
		}
	}
}

// TestPrivateKeyStaysOnTheCarrier looks for the private key, in the forms it
// could be written in, in everything but the carrier.
func TestPrivateKeyStaysOnTheCarrier(t *testing.T) {
	t.Parallel()
	dir, _ := journeyTo(t)
	keys, err := filepath.Glob(filepath.Join(dir, "carrier", "*.key"))
	if err != nil || len(keys) != 1 {
		t.Fatalf("got %d keys (%v), want 1", len(keys), err)
	}
	file, err := os.ReadFile(keys[0])
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(file)
	private, err := gost.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	secret := private.Bytes()
	forms := [][]byte{secret, []byte(hex.EncodeToString(secret)), []byte(base64.StdEncoding.EncodeToString(secret)[:40])}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Base(filepath.Dir(path)) == "carrier" {
			return err
		}
		data, err := os.ReadFile(path)
		for _, form := range forms {
			if bytes.Contains(data, form) {
				t.Errorf("%s holds the private key", d.Name())
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRefusals(t *testing.T) {
	good, err := json.Marshal(shipped())
	if err != nil {
		t.Fatal(err)
	}
	person := shipped()
	change := func(old, with string) []byte { return []byte(strings.Replace(string(good), old, with, 1)) }
	for what, c := range map[string]struct {
		form []byte
		args []string
		want []string
	}{
		"wrong check number": {change(person.SNILS, "11223344596"), nil, []string{"SNILS: неверная контрольная сумма СНИЛС"}},
		"missing field":      {change(`"ownerLastName":"`+person.LastName+`",`, ""), nil, []string{"ownerLastName: поле не заполнено"}},
		"two faults":         {change(`"city":"Москва","street"`, `"city":"","postalcode"`), nil, []string{"postalcode: такого поля"}},
		"several faults": {[]byte(strings.NewReplacer(person.INN, "1", `"RU"`, `"XX"`).Replace(string(good))), nil,
			[]string{"INNFL: ИНН состоит из 12 цифр", "ownerCountry: "}},
		"unknown process": {change("personal-link", "teleport"), nil, []string{"process: неизвестный процесс"}},
		"no process":      {change(`"process":"personal-link"`, `"process":""`), nil, []string{"process: поле не заполнено"}},
		"no JSON":         {[]byte("заявка"), nil, []string{"application: файл заявки не читается как JSON"}},
		"unreadable file": {nil, []string{"-form", "nowhere.json"}, []string{"файл заявки не читается", "nowhere.json"}},
		"unknown curve":   {good, []string{"-curve", "P-256"}, []string{"CryptoPro-XchB", "512-C", "256-A"}},
	} {
		t.Run(what, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "out")
			args := append([]string{"-dir", dir}, c.args...)
			if c.form != nil {
				args = append(args, "-form", outside.File(t, "form.json", c.form))
			}
			var out, errs bytes.Buffer
			if status := run(args, &out, &errs); status != 1 {
				t.Errorf("got status %d, want 1", status)
			}
			for _, want := range c.want {
				if !strings.Contains(errs.String(), want) {
					t.Errorf("got %q, want %q in it", errs.String(), want)
				}
			}
			if len(c.want) == 2 && what == "several faults" && strings.Count(errs.String(), "\n") != 2 {
				t.Errorf("got %q, want one sentence for each fault", errs.String())
			}
			if out.Len() > 0 {
				t.Errorf("got %q on standard output, want nothing", out.String())
			}
			if _, err := os.Stat(dir); !os.IsNotExist(err) {
				t.Errorf("the folder was made (%v)", err)
			}
		})
	}
}

func TestRefutedByRegister(t *testing.T) {
	t.Parallel()
	person := shipped()
	person.PassportNumber = "999601" // the simulator knows it as expired
	form, err := json.Marshal(person)
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if status := run([]string{"-form", outside.File(t, "form.json", form)}, &out, &errs); status != 1 {
		t.Errorf("got status %d, want 1", status)
	}
	if !strings.Contains(out.String(), "mvd_301_601") || !strings.Contains(errs.String(), "сведения не подтверждены") {
		t.Errorf("got %s%s, want the reason", out.String(), errs.String())
	}
}

func TestFullFolderIsRefused(t *testing.T) {
	file := outside.File(t, "precious", []byte("data"))
	var out, errs bytes.Buffer
	if status := run([]string{"-dir", filepath.Dir(file)}, &out, &errs); status != 1 || !strings.Contains(errs.String(), "не пуста") {
		t.Errorf("got status %d: %s", status, errs.String())
	}
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(entries) != 1 {
		t.Errorf("got %d files (%v), want the one that was there", len(entries), err)
	}
}

// TestReadmeForm runs the application that the README shows.
func TestReadmeForm(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```json\n(.*?)```").FindSubmatch(readme)
	if block == nil {
		t.Fatal("the README shows no application")
	}
	journeyTo(t, "-form", outside.File(t, "form.json", block[1]))
}

// suicide is a standard output that kills its process with a signal nobody
// can catch, at a given line and some microseconds later.
type suicide struct {
	left  int
	delay time.Duration
}

func newSuicide(at string) *suicide {
	line, delay, _ := strings.Cut(at, "+")
	n, err1 := strconv.Atoi(line)
	us, err2 := strconv.Atoi(delay)
	if err1 != nil || err2 != nil {
		panic(killAt + ": " + at)
	}
	return &suicide{n, time.Duration(us) * time.Microsecond}
}

func (s *suicide) Write(p []byte) (int, error) {
	if s.left--; s.left == 0 {
		go func() {
			time.Sleep(s.delay)
			self, err := os.FindProcess(os.Getpid())
			if err == nil {
				err = self.Kill()
			}
			panic(err)
		}()
	}
	return len(p), nil
}

// TestKilled kills a journey at 20 points (5 with -short, 400 in the long
// run) and opens its database again: every request there is whole, its
// journal amounts to its state, and everything it refers to is there.
func TestKilled(t *testing.T) {
	t.Parallel()
	points := 20
	switch {
	case os.Getenv("SURGUCH_LONG") != "":
		points = 400
	case testing.Short():
		points = 5
	}
	states := map[workflow.State]bool{}
	for point := range points {
		dir := filepath.Join(t.TempDir(), "out")
		at := fmt.Sprintf("%d+%d", 5+point*31/points, point*211%1700)
		cmd := exec.Command(os.Args[0], "-dir", dir)
		cmd.Env = append(os.Environ(), killAt+"="+at)
		out, err := cmd.CombinedOutput()
		if err == nil && point < points*3/4 {
			t.Errorf("point %s: the child was not killed: %s", at, out)
		}
		for _, r := range wholeRequests(t, filepath.Join(dir, "ra.db")) {
			states[r.State] = true
		}
	}
	if want := 4; len(states) < want {
		t.Errorf("the points met %d states, want at least %d: %v", len(states), want, states)
	}
}

// wholeRequests opens a database and checks every request in it.
func wholeRequests(t *testing.T, path string) []*ra.Request {
	t.Helper()
	ctx := context.Background()
	store, err := sqlstore.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	rows, err := store.Page(ctx, ra.Query{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var requests []*ra.Request
	for _, row := range rows {
		var r ra.Request
		if err := json.Unmarshal(row.Data, &r); err != nil {
			t.Fatal(err)
		}
		requests = append(requests, &r)
		lines, err := store.History(ctx, r.ID, 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		entries := make([]ra.Entry, len(lines))
		for i, l := range lines {
			if err := json.Unmarshal(l.Data, &entries[i]); err != nil {
				t.Fatal(err)
			}
		}
		again, err := ra.Replay(entries)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(again); err != nil || string(got) != string(row.Data) {
			t.Errorf("the journal gives\n%s (%v), the request is\n%s", got, err, row.Data)
		}
		for _, e := range r.Exhibits {
			mustHave(t, store, e.Blob)
		}
		mustHave(t, store, r.ProcessHash)
		p, err := workflow.Lookup(r.Process)
		if err != nil {
			t.Fatal(err)
		}
		if arrow, open := p.Automatic(r.State, r.Fresh(r.Updated)); open {
			t.Errorf("a half step: in %s the arrow %s is open and was not followed", r.State, arrow.On)
		}
	}
	return requests
}

func mustHave(t *testing.T, store *sqlstore.Store, hash string) {
	t.Helper()
	if _, err := store.Blob(context.Background(), hash); err != nil {
		t.Errorf("a document is missing: %v", err)
	}
}
