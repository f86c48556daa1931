package folder_test

import (
	"bytes"
	"crypto"
	"encoding/asn1"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/catest"
	"github.com/surguch/surguch/ra/ca/folder"
	"github.com/surguch/surguch/ra/ca/local"
)

var (
	as    = csr.Standard()
	start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

func newSigner() (crypto.Signer, error) { return gost.GenerateKey(gost.CryptoProA(), nil) }

// robot is the authority on the other side: it knows the folder and nothing
// of us.
type robot struct {
	t    testing.TB
	dir  string
	ca   *local.CA
	take bool // takes the files away that it has read
	pem  bool // writes PEM
}

func newRobot(t testing.TB, dir string) *robot {
	t.Helper()
	key, err := newSigner()
	if err != nil {
		t.Fatal(err)
	}
	name, err := csr.NewName(csr.NewAttribute(csr.StateOrProvince, "77 г. Москва"), csr.NewAttribute(csr.CommonName, "УЦ за папкой"))
	if err != nil {
		t.Fatal(err)
	}
	root, err := local.NewRoot(as, key, name, start)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := local.New(local.Config{
		Algorithms: as, Key: key, Certificate: root, SubjectTool: "средство", Clock: testenv.NewClock(start),
		IssuerTool: qualified.IssuerSignTool{SignTool: "средство", CATool: "УЦ", SignToolCert: "нет", CAToolCert: "нет"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &robot{t: t, dir: dir, ca: ca}
}

// put writes as the protocol asks: under another name first.
func (r *robot) put(file string, data []byte) {
	r.t.Helper()
	name := filepath.Join(r.dir, "in", file)
	if err := errors.Join(os.WriteFile(name+".tmp", data, 0o600), os.Rename(name+".tmp", name)); err != nil {
		r.t.Fatal(err)
	}
}

// serve does all that waits in `out`.
func (r *robot) serve() {
	r.t.Helper()
	files, err := filepath.Glob(filepath.Join(r.dir, "out", "*"))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			r.t.Fatal(err)
		}
		r.file(filepath.Base(path), data)
		if r.take {
			if err := os.Remove(path); err != nil {
				r.t.Fatal(err)
			}
		}
	}
}

func (r *robot) file(name string, data []byte) {
	r.t.Helper()
	ctx := r.t.Context()
	base, kind, _ := strings.Cut(name, ".")
	order, _, _ := strings.Cut(base, "-")
	var out ra.Outcome
	var err error
	switch kind {
	case "txt":
		return
	case "p10":
		request, parsed := as.Parse(data)
		if parsed != nil {
			r.t.Fatal(parsed)
		}
		out, err = r.ca.Submit(ctx, order, ra.Order{Request: request})
		if err == nil && out.Certificate == nil {
			r.put(order+".refused", fmt.Appendf(nil, "code: %s\nreason: %s\nend\n", out.Code, "отказано"))
			return
		}
		cert := out.Certificate
		if r.pem {
			cert = csr.EncodePEM(csr.PEMCertificate, cert)
		}
		r.put(order+".cer", cert)
	case "revoke":
		_, err = r.ca.Revoke(ctx, order, ra.Revocation{Reason: csr.ReasonSuperseded})
		r.put(base+".done", nil)
	case "suspend":
		_, err = r.ca.Revoke(ctx, order, ra.Revocation{Action: ra.ActSuspend})
		r.put(base+".done", nil)
	case "resume":
		_, err = r.ca.Revoke(ctx, order, ra.Revocation{Action: ra.ActResume})
		r.put(base+".done", nil)
	default:
		r.t.Fatalf("a file that the protocol does not know: %s", name)
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

func open(t testing.TB, dir string) *folder.CA {
	t.Helper()
	ca, err := folder.New(folder.Config{Dir: dir, Algorithms: as})
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func TestConformance(t *testing.T) {
	for _, take := range []bool{false, true} {
		t.Run(fmt.Sprintf("take=%v", take), func(t *testing.T) {
			robots := map[ra.CA]*robot{}
			catest.Run(t, catest.Suite{
				NewKey: newSigner,
				Open: func(t *testing.T) ra.CA {
					dir := t.TempDir()
					ca := open(t, dir)
					robots[ca] = newRobot(t, dir)
					robots[ca].take, robots[ca].pem = take, take
					return ca
				},
				Reopen: func(t *testing.T, old ra.CA) ra.CA {
					ca := open(t, robots[old].dir)
					robots[ca] = robots[old]
					return ca
				},
				Serve: func(_ *testing.T, ca ra.CA) { robots[ca].serve() },
			})
		})
	}
}

// order is a request of an invented person.
func order(t testing.TB, seed uint64) ra.Order {
	t.Helper()
	p := testenv.NewPerson(seed)
	name, err := csr.NewName(csr.NewAttribute(csr.SNILS, p.SNILS), csr.NewAttribute(csr.CommonName, p.LastName))
	if err != nil {
		t.Fatal(err)
	}
	key, err := newSigner()
	if err != nil {
		t.Fatal(err)
	}
	der, err := as.Create(key, &csr.Template{Subject: name})
	if err != nil {
		t.Fatal(err)
	}
	request, err := as.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	return ra.Order{Request: request, Identification: qualified.ByCertificate}
}

// want fails the test if the order is elsewhere.
func want(t *testing.T, ca ra.CA, state ra.OutcomeState) ra.Outcome {
	t.Helper()
	out, err := ca.Find(t.Context(), "order")
	if err != nil || out.State != state {
		t.Fatalf("got %v, %v, want %v", out.State, err, state)
	}
	return out
}

func submit(t *testing.T, ca ra.CA, o ra.Order) {
	t.Helper()
	if out, err := ca.Submit(t.Context(), "order", o); err != nil || out.State != ra.Pending {
		t.Fatalf("got %v, %v, want Pending", out.State, err)
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	ca, o, name := open(t, dir), order(t, 1), folder.Name("order")
	submit(t, ca, o)
	p10, err := os.ReadFile(filepath.Join(dir, "out", name+".p10"))
	if err != nil || !bytes.Equal(p10, o.Request.Raw) {
		t.Errorf("the request: got other octets, %v", err)
	}
	card, err := os.ReadFile(filepath.Join(dir, "out", name+".txt"))
	wantCard := "order: " + name + "\nidentification: 1\nidentified: " + qualified.ByCertificate.String() + "\nend\n"
	if err != nil || string(card) != wantCard {
		t.Errorf("the card: got %q, %v", card, err)
	}
	if out, err := ca.Revoke(t.Context(), "order", ra.Revocation{Reason: csr.ReasonSuperseded, At: start}); err != nil || out.State != ra.Pending {
		t.Errorf("got %v, %v, want Pending", out.State, err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "out", name+"-1.revoke"))
	wantText := "order: " + name + "\nat: 2026-11-22T12:00:00Z\nreason: 4\nwhy: superseded\nend\n"
	if err != nil || string(text) != wantText {
		t.Errorf("the revocation: got %q, %v", text, err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil || len(files) != 4 {
		t.Errorf("got %v, want three files out and our record", files)
	}
}

// TestCardSaysWhatFor: purposes and licence stand on the card, and stay when the
// folder is opened anew.
func TestCardSaysWhatFor(t *testing.T) {
	dir := t.TempDir()
	o, name := order(t, 1), folder.Name("order")
	o.Purposes, o.Licence = []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 2}, {1, 2, 643, 6, 3}}, true
	submit(t, open(t, dir), o)
	path := filepath.Join(dir, "out", name+".txt")
	want := "order: " + name + "\nidentification: 1\nidentified: " + qualified.ByCertificate.String() +
		"\npurpose: 1.3.6.1.5.5.7.3.2\npurpose: 1.2.643.6.3\nlicence: embedded\nend\n"
	if card, err := os.ReadFile(path); err != nil || string(card) != want {
		t.Errorf("got %q, %v, want %q", card, err, want)
	}
	submit(t, open(t, dir), order(t, 1)) // the same key: the first order stands
	if card, err := os.ReadFile(path); err != nil || string(card) != want {
		t.Errorf("opened anew: got %q, %v, want %q", card, err, want)
	}
}

// TestHalfWritten cuts the certificate and the refusal at every octet: none of
// it counts before it is whole.
func TestHalfWritten(t *testing.T) {
	dir := t.TempDir()
	ca, r, o := open(t, dir), newRobot(t, dir), order(t, 1)
	submit(t, ca, o)
	in := filepath.Join(dir, "in", folder.Name("order"))
	issued, err := r.ca.Submit(t.Context(), "order", o)
	if err != nil {
		t.Fatal(err)
	}
	refused := []byte("code: 17\nreason: нет\nreason: подписи\nend")
	for file, data := range map[string][]byte{".cer": issued.Certificate, ".refused": refused} {
		for n := range data {
			if err := os.WriteFile(in+file, data[:n], 0o600); err != nil {
				t.Fatal(err)
			}
			want(t, ca, ra.Pending)
		}
		if err := os.Remove(in + file); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(in+".refused", refused, 0o600); err != nil {
		t.Fatal(err)
	}
	if out := want(t, ca, ra.Refused); out.Code != "17" || out.Reason != "нет подписи" {
		t.Errorf("got %q, %q", out.Code, out.Reason)
	}
}

// TestNeverWhole names a file that is no better after a while.
func TestNeverWhole(t *testing.T) {
	for _, c := range [][2]string{{".cer", "hello"}, {".cer", ""}, {".refused", "нет подписи"}} {
		file, data := c[0], c[1]
		dir := t.TempDir()
		ca := open(t, dir)
		submit(t, ca, order(t, 1))
		path := filepath.Join(dir, "in", folder.Name("order")+file)
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		want(t, ca, ra.Pending)
		old := time.Now().Add(-time.Hour)
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
		if out, err := ca.Find(t.Context(), "order"); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: got %v, %v, want an error that names the file", file, out.State, err)
		}
	}
}

func TestNoFile(t *testing.T) {
	dir := t.TempDir()
	ca := open(t, dir)
	submit(t, ca, order(t, 1))
	path := filepath.Join(dir, "in", folder.Name("order")+".cer")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := ca.Find(t.Context(), "order"); err == nil {
		t.Error("a folder: got no error")
	}
	if err := errors.Join(os.Remove(path), os.WriteFile(path, make([]byte, 65<<10), 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := ca.Find(t.Context(), "order"); err == nil {
		t.Error("too large: got no error")
	}
}

// TestFirstCertificateCounts: what is written over a certificate does not.
func TestFirstCertificateCounts(t *testing.T) {
	dir := t.TempDir()
	ca, r := open(t, dir), newRobot(t, dir)
	submit(t, ca, order(t, 1))
	r.serve()
	first := want(t, ca, ra.Issued).Certificate
	other, err := r.ca.Submit(t.Context(), "another", order(t, 2))
	if err != nil {
		t.Fatal(err)
	}
	r.put(folder.Name("order")+".cer", other.Certificate)
	r.put(folder.Name("order")+".refused", []byte("code: 1\nend\n"))
	if got := want(t, open(t, dir), ra.Issued).Certificate; !bytes.Equal(got, first) {
		t.Error("got the second certificate")
	}
}

// TestCrash loses the files that were to be seen after the record of an order,
// and the record that they had been seen.
func TestCrash(t *testing.T) {
	dir := t.TempDir()
	ca, o, name := open(t, dir), order(t, 1), folder.Name("order")
	out := filepath.Join(dir, "out")
	if err := os.Rename(out, out+"-lost"); err != nil {
		t.Fatal(err)
	}
	if _, err := ca.Submit(t.Context(), "order", o); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want that `out` does not exist", err)
	}
	ca = open(t, dir) // makes it again
	want(t, ca, ra.Pending)
	if p10, err := os.ReadFile(filepath.Join(out, name+".p10")); err != nil || !bytes.Equal(p10, o.Request.Raw) {
		t.Errorf("the request is not out: %v", err)
	}
	// Taken away by the authority, it is not written again.
	if err := os.Remove(filepath.Join(out, name+".p10")); err != nil {
		t.Fatal(err)
	}
	ca = open(t, dir)
	submit(t, ca, o)
	if _, err := ca.Revoke(t.Context(), "order", ra.Revocation{}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(out, name+".p10")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the request is out a second time")
	}
}

// TestWithdraw drops an order that has no certificate, and revokes one that
// came all the same.
func TestWithdraw(t *testing.T) {
	dir := t.TempDir()
	ca, r, name := open(t, dir), newRobot(t, dir), folder.Name("order")
	o := order(t, 1)
	submit(t, ca, o)
	for range 2 {
		if out, err := ca.Revoke(t.Context(), "order", ra.Revocation{}); err != nil || out.State != ra.Pending {
			t.Fatalf("got %v, %v, want Pending", out.State, err)
		}
	}
	r.put(name+"-1.done", nil)
	if out := want(t, ca, ra.Refused); out.Code != "withdrawn" {
		t.Errorf("got the code %q", out.Code)
	}
	issued, err := r.ca.Submit(t.Context(), "order", o)
	if err != nil {
		t.Fatal(err)
	}
	r.put(name+".cer", issued.Certificate)
	want(t, ca, ra.Revoked)
}

func TestRefuses(t *testing.T) {
	for what, c := range map[string]folder.Config{
		"no folder": {Algorithms: as}, "no algorithms": {Dir: t.TempDir()},
		"a file": {Algorithms: as, Dir: filepath.Join(fileOf(t), "exchange")},
	} {
		if _, err := folder.New(c); err == nil {
			t.Errorf("%s: got no error", what)
		}
	}
	ca := open(t, t.TempDir())
	if _, err := ca.Submit(t.Context(), "order", ra.Order{}); err == nil {
		t.Error("no request: got no error")
	}
	submit(t, ca, order(t, 1))
	for what, r := range map[string]ra.Revocation{
		"no such action": {Action: 9}, "a hold": {Reason: csr.ReasonCertificateHold},
		"nothing to suspend": {Action: ra.ActSuspend},
	} {
		if out, err := ca.Revoke(t.Context(), "order", r); err == nil {
			t.Errorf("%s: got %v, want an error", what, out.State)
		}
	}
}

func fileOf(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestDamagedRecord does not take an order for unknown whose record is
// damaged: it would be sent again.
func TestDamagedRecord(t *testing.T) {
	dir := t.TempDir()
	ca := open(t, dir)
	submit(t, ca, order(t, 1))
	path := filepath.Join(dir, "orders", folder.Name("order")+".json")
	for _, data := range []string{"", "{}", `{"key":"order","changes":[{"action":9}]}`} {
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := ca.Find(t.Context(), "order"); err == nil {
			t.Errorf("%q: got %v, want an error", data, out.State)
		}
		if out, err := ca.Submit(t.Context(), "order", order(t, 1)); err == nil {
			t.Errorf("%q: submit: got %v, want an error", data, out.State)
		}
	}
}

// TestSuspectSince: the authority is told since when a key is suspect.
func TestSuspectSince(t *testing.T) {
	dir := t.TempDir()
	ca, o, name := open(t, dir), order(t, 1), folder.Name("order")
	submit(t, ca, o)
	ask := ra.Revocation{Reason: csr.ReasonKeyCompromise, At: start, InvalidSince: start.AddDate(0, 0, -2)}
	if out, err := ca.Revoke(t.Context(), "order", ask); err != nil || out.State != ra.Pending {
		t.Fatalf("got %v, %v, want Pending", out.State, err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "out", name+"-1.revoke"))
	if want := "why: keyCompromise\ninvalid: 2026-11-20T12:00:00Z\nend\n"; err != nil || !strings.HasSuffix(string(text), want) {
		t.Errorf("got %q, %v, want the end %q", text, err, want)
	}
}
