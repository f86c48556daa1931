package ra_test

import (
	"bytes"
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/local"
	"github.com/surguch/surguch/ra/goskey"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/workflow"
)

// world is an authority on SQLite with everything around it in the test's
// hands: registers that answer as told, a phone, an authority that issues.
type world struct {
	t         testing.TB
	ctx       context.Context
	clock     *testenv.Clock
	as        csr.Algorithms
	store     *sqlstore.Store
	dir       string // of the store
	registers *registers
	ca        *meddler
	phones    *goskey.Emulator
	mail      *mailbox
	log       *bytes.Buffer
	config    ra.Config
	authority *ra.Authority
	form      ra.Form
}

var (
	operator = ra.Actor{ID: "operator", Role: workflow.CAOperator}
	owner    = ra.Actor{ID: "applicant", Role: workflow.Applicant}
)

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{
		t: t, ctx: context.Background(), clock: testenv.NewClock(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)),
		as: csr.Standard(), registers: &registers{answers: map[smev.Check]smev.Answer{}, asked: map[string]string{}},
		mail: &mailbox{}, log: &bytes.Buffer{}, form: applicant.Form(3),
	}
	issuing, root := w.newCA("issuing")
	behindPhone, phoneRoot := w.newCA("behind the phone")
	w.ca = &meddler{CA: issuing}
	var err error
	if w.phones, err = goskey.NewEmulator(goskey.Config{Algorithms: w.as, CA: behindPhone, Clock: w.clock}); err != nil {
		t.Fatal(err)
	}
	w.dir = t.TempDir()
	if w.store, err = sqlstore.Open(w.ctx, filepath.Join(w.dir, "ra.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.store.Close(); err != nil {
			t.Error(err)
		}
	})
	process, err := workflow.Lookup("personal-link")
	if err != nil {
		t.Fatal(err)
	}
	w.config = ra.Config{
		Store: w.store, Processes: []*workflow.Process{process}, Algorithms: w.as,
		Registers: w.registers, Rehearsal: true, CA: w.ca, Issuers: []*csr.Certificate{root},
		Signer: w.phones, Keys: w.phones, SignerAnchors: []*csr.Certificate{phoneRoot},
		Notifier: w.mail, Printer: printer{}, Clock: w.clock,
		Log: slog.New(slog.NewTextHandler(w.log, nil)),
	}
	w.reopen(func(*ra.Config) {})
	return w
}

// reopen makes the authority anew, on the same store with other settings.
func (w *world) reopen(change func(*ra.Config)) {
	w.t.Helper()
	change(&w.config)
	var err error
	if w.authority, err = ra.New(w.config); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) newCA(cn string, changes ...func(*local.Config)) (*local.CA, *csr.Certificate) {
	w.t.Helper()
	key := w.newKey()
	name, err := csr.NewName(csr.NewAttribute(csr.StateOrProvince, "77 г. Москва"), csr.NewAttribute(csr.CommonName, cn))
	if err != nil {
		w.t.Fatal(err)
	}
	root, err := local.NewRoot(w.as, key, name, w.clock.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	tool := qualified.IssuerSignTool{SignTool: "tool", CATool: "tool", SignToolCert: "none", CAToolCert: "none"}
	config := local.Config{Algorithms: w.as, Key: key, Certificate: root, IssuerTool: tool, SubjectTool: "tool", Clock: w.clock}
	for _, change := range changes {
		change(&config)
	}
	ca, err := local.New(config)
	if err != nil {
		w.t.Fatal(err)
	}
	return ca, root
}

func (w *world) newKey() *gost.PrivateKey {
	w.t.Helper()
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return key
}

// must returns the request of a call that may not fail.
func (w *world) must(r *ra.Request, err error) *ra.Request {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// settle lets the authority do all that is due now.
func (w *world) settle() {
	w.t.Helper()
	for some := true; some; {
		var err error
		if some, err = w.authority.Work(w.ctx); err != nil {
			w.t.Fatal(err)
		}
	}
}

// pass moves the clock and lets the authority work.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	w.clock.Advance(d)
	w.settle()
}

// reload returns the request and checks that its journal amounts to it.
func (w *world) reload(id ra.ID) *ra.Request {
	w.t.Helper()
	r := w.must(w.authority.Request(w.ctx, id))
	entries, err := w.authority.History(w.ctx, id)
	if err != nil {
		w.t.Fatal(err)
	}
	again, err := ra.Replay(entries)
	if err != nil {
		w.t.Fatal(err)
	}
	if got, want := asJSON(w.t, again), asJSON(w.t, r); got != want {
		w.t.Fatalf("the journal gives\n%s, the request is\n%s", got, want)
	}
	return r
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// inState fails the test if the request is elsewhere.
func (w *world) inState(id ra.ID, want workflow.State) *ra.Request {
	w.t.Helper()
	r := w.reload(id)
	if r.State != want {
		w.t.Fatalf("got state %s, want %s; log:\n%s", r.State, want, w.log)
	}
	return r
}

// filled begins a request and fills its form.
func (w *world) filled() ra.ID {
	w.t.Helper()
	r := w.must(w.authority.Begin(w.ctx, operator, "personal-link", ra.Form{LegalForm: "person", Email: w.form.Email}))
	w.settle()
	w.must(w.authority.Fill(w.ctx, r.ID, owner, w.form))
	return r.ID
}

// confirmed goes on until the registers have confirmed.
func (w *world) confirmed() ra.ID {
	w.t.Helper()
	id := w.filled()
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Submit))
	w.settle()
	w.inState(id, workflow.KeyGeneration)
	return id
}

// request makes a PKCS #10 request for the form under the key.
func (w *world) request(key crypto.Signer, form ra.Form) []byte {
	w.t.Helper()
	subject, err := ra.Subject(&form)
	if err != nil {
		w.t.Fatal(err)
	}
	der, err := w.as.Create(key, &csr.Template{Subject: subject})
	if err != nil {
		w.t.Fatal(err)
	}
	return der
}

// sent goes on until the package is on the phone.
func (w *world) sent(key crypto.Signer) (ra.ID, *goskey.Phone) {
	w.t.Helper()
	id := w.confirmed()
	phone := w.phone(w.form)
	w.must(w.authority.SubmitCSR(w.ctx, id, owner, w.request(key, w.form)))
	w.settle()
	w.inState(id, workflow.SigningApplication)
	return id, phone
}

func (w *world) phone(form ra.Form) *goskey.Phone {
	w.t.Helper()
	subject, err := ra.Subject(&form)
	if err != nil {
		w.t.Fatal(err)
	}
	phone, err := w.phones.Enrol(w.ctx, form.SNILS, subject)
	if err != nil {
		w.t.Fatal(err)
	}
	return phone
}

// sign signs everything that waits on the phone.
func (w *world) sign(phone *goskey.Phone) {
	w.t.Helper()
	waiting := phone.Packages()
	if len(waiting) == 0 {
		w.t.Fatalf("nothing waits on the phone; log:\n%s", w.log)
	}
	for _, p := range waiting {
		if err := errors.Join(phone.View(p.ID), phone.Sign(p.ID, true)); err != nil {
			w.t.Fatal(err)
		}
	}
	w.pass(time.Minute)
}

// logIsClean fails the test if the log shows a datum of the applicant.
func (w *world) logIsClean() {
	w.t.Helper()
	for _, secret := range []string{w.form.LastName, w.form.SNILS, w.form.INN, w.form.Email, w.form.PassportNumber, w.form.Phone} {
		if strings.Contains(w.log.String(), secret) {
			w.t.Errorf("the log shows %q", secret)
		}
	}
}

// registers answer each check as told; Confirmed without being told.
type registers struct {
	mu      sync.Mutex
	answers map[smev.Check]smev.Answer
	asked   map[string]string // id by key
	pending bool
	foreign string // inquiry id to answer with, instead of the one asked
}

func (r *registers) Ask(_ context.Context, q smev.Inquiry) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.asked[q.Key]; !ok {
		r.asked[q.Key] = fmt.Sprintf("%s-%d", q.Check, len(r.asked)+1)
	}
	return r.asked[q.Key], nil
}

func (r *registers) Answer(_ context.Context, id string) (*smev.Answer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pending {
		return nil, smev.ErrPending
	}
	check := smev.Check(id[:bytes.IndexByte([]byte(id), '-')])
	a, told := r.answers[check]
	if !told {
		a = smev.Answer{Outcome: smev.Confirmed, Reason: "confirmed"}
	}
	a.Check = check
	a.Evidence = smev.Evidence{OriginalMessageID: id, Provider: smev.Emulator, Envelope: []byte("<answer to=\"" + id + "\"/>")}
	if r.foreign != "" {
		a.Evidence.OriginalMessageID = r.foreign
	}
	return &a, nil
}

// meddler passes orders on to a CA, unless told what to do instead.
type meddler struct {
	ra.CA
	submit func(ctx context.Context, key string, o ra.Order) (ra.Outcome, error)
	calls  int
}

func (m *meddler) Submit(ctx context.Context, key string, o ra.Order) (ra.Outcome, error) {
	m.calls++
	if m.submit != nil {
		return m.submit(ctx, key, o)
	}
	return m.CA.Submit(ctx, key, o)
}

type mailbox struct{ notices []ra.Notice }

func (m *mailbox) Notify(_ context.Context, n ra.Notice) error {
	m.notices = append(m.notices, n)
	return nil
}

// printer prints a line that names what it was printed from.
type printer struct{}

func (printer) Print(_ context.Context, d ra.Document) ([]byte, error) {
	if d.Marker != nil {
		return []byte("CODE " + d.Marker.Code), nil
	}
	return fmt.Appendf(nil, "%s of %s: %x %x", d.Kind, d.Request.ID, d.PKCS10, d.Certificate), nil
}
