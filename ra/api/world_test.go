package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
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
	"github.com/surguch/surguch/ra/api"
	"github.com/surguch/surguch/ra/ca/local"
	"github.com/surguch/surguch/ra/goskey"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/workflow"
)

// world is a front of an authority on SQLite, with everything around it in the
// test's hands. Every answer that passes through it is held against the
// description.
type world struct {
	t         testing.TB
	ctx       context.Context
	clock     *testenv.Clock
	as        csr.Algorithms
	authority *ra.Authority
	ca        *meddler
	phones    *goskey.Emulator
	mail      *mailbox
	log       *buffer
	handler   *api.Handler
	config    api.Config
	form      ra.Form
	document  *description
	calls     int
	whenBegun func(id, token string)
}

// Those who call with a token of the embedder's.
var (
	operator  = ra.Actor{ID: "eva-operator", Role: workflow.CAOperator, SecondFactor: true}
	second    = ra.Actor{ID: "pavel-operator", Role: workflow.CAOperator, SecondFactor: true}
	agent     = ra.Actor{ID: "agent-7", Role: workflow.Agent, Partner: "ooo-vosk"}
	stranger  = ra.Actor{ID: "agent-9", Role: workflow.Agent, Partner: "ooo-drugoe"}
	payments  = ra.Actor{ID: "payment-system", Role: workflow.System}
	embedder  = map[string]ra.Actor{"operator": operator, "second": second, "agent": agent, "stranger": stranger, "payments": payments, "deputy": {ID: "deputy", Role: workflow.ApplicantRep}}
	embedders = func(r *http.Request) (ra.Actor, error) {
		name, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		by, ok := embedder[name]
		if !ok {
			return ra.Actor{}, errors.New("nobody knows him")
		}
		return by, nil
	}
)

func newWorld(t testing.TB, changes ...func(*api.Config)) *world {
	t.Helper()
	w := &world{
		t: t, ctx: context.Background(), clock: testenv.NewClock(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)),
		as: csr.Standard(), mail: &mailbox{}, log: &buffer{}, form: applicant.Form(3),
	}
	issuing, root := w.newCA("issuing")
	behindPhone, phoneRoot := w.newCA("behind the phone")
	w.ca = &meddler{CA: issuing}
	var err error
	if w.phones, err = goskey.NewEmulator(goskey.Config{Algorithms: w.as, CA: behindPhone, Clock: w.clock}); err != nil {
		t.Fatal(err)
	}
	store, err := sqlstore.Open(w.ctx, filepath.Join(t.TempDir(), "ra.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	link, err := workflow.Lookup("personal-link")
	if err != nil {
		t.Fatal(err)
	}
	hold, err := workflow.Lookup("suspension")
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if w.authority, err = ra.New(ra.Config{
		Store: store, Processes: []*workflow.Process{link, desk(), hold}, Algorithms: w.as,
		Registers: registers{}, Rehearsal: true, CA: w.ca, Issuers: []*csr.Certificate{root},
		Signer: w.phones, SignerAnchors: []*csr.Certificate{phoneRoot},
		Notifier: w.mail, Printer: printer{}, Powers: powers{}, Clock: w.clock, Log: log,
	}); err != nil {
		t.Fatal(err)
	}
	w.config = api.Config{
		Authority: w.authority, Prefix: "/ra/v1", Authenticate: embedders, Clock: w.clock, Log: log,
		RefusalDelay: -1, Limits: api.Limits{Address: unlimited, Caller: unlimited, Request: unlimited, Entry: unlimited},
	}
	for _, change := range changes {
		change(&w.config)
	}
	if w.handler, err = api.New(w.config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.handler.Close)
	w.document = w.describe()
	return w
}

var unlimited = api.Rate{Burst: -1}

// desk is a process of the embedder's with what personal-link does without: an
// agent, a marker, scans, approvals.
func desk() *workflow.Process {
	const day = 24 * time.Hour
	return &workflow.Process{
		Name: "desk", Version: "1", Title: "Выдача у Агента", Source: "a test", Approvals: 1,
		Places: []workflow.Place{
			{State: workflow.Draft, Title: "Заполняется", Owner: workflow.Agent, Within: 30 * day, Late: workflow.Expire},
			{State: workflow.CAReview, Title: "Проверяется", Owner: workflow.CAOperator, Within: 3 * day, Late: workflow.Expire},
			{State: workflow.AwaitingVisit, Title: "Ожидается клиент", Owner: workflow.Agent, Within: 3 * day, Late: workflow.Expire},
			{State: workflow.MarkerReady, Title: "Маркер", Owner: workflow.Agent, Within: 3 * day, Late: workflow.Expire},
			{State: workflow.KeyGeneration, Title: "Изготовление ключей", Owner: workflow.Applicant, Within: 3 * day, Late: workflow.Expire},
			{State: "made", Title: "Ключи изготовлены"},
			{State: workflow.Expired, Title: "Истёк срок"},
		},
		Steps: []workflow.Step{
			{From: workflow.Draft, On: workflow.Submit, By: workflow.Agent, Needs: []workflow.Evidence{workflow.FormValid, workflow.PassportScan}, To: workflow.CAReview},
			{From: workflow.CAReview, On: workflow.Approve, By: workflow.CAOperator, Needs: []workflow.Evidence{workflow.ApprovalsComplete}, To: workflow.AwaitingVisit},
			{From: workflow.CAReview, On: workflow.Return, By: workflow.CAOperator, Needs: []workflow.Evidence{workflow.ReturnReason}, To: workflow.Draft},
			{From: workflow.AwaitingVisit, On: workflow.Identify, By: workflow.Agent, Needs: []workflow.Evidence{workflow.IdentityProofed}, To: workflow.MarkerReady},
			{From: workflow.MarkerReady, On: workflow.GiveMarker, By: workflow.Agent, Needs: []workflow.Evidence{workflow.MarkerReceipt}, To: workflow.KeyGeneration},
			{From: workflow.KeyGeneration, On: workflow.SubmitRequest, By: workflow.Applicant, Needs: []workflow.Evidence{workflow.MarkerAccepted, workflow.RequestVerified}, To: "made"},
			{From: workflow.Draft, On: workflow.Expire, By: workflow.System, To: workflow.Expired},
			{From: workflow.CAReview, On: workflow.Expire, By: workflow.System, To: workflow.Expired},
			{From: workflow.AwaitingVisit, On: workflow.Expire, By: workflow.System, To: workflow.Expired},
			{From: workflow.MarkerReady, On: workflow.Expire, By: workflow.System, To: workflow.Expired},
			{From: workflow.KeyGeneration, On: workflow.Expire, By: workflow.System, To: workflow.Expired},
		},
	}
}

func (w *world) newCA(cn string) (*local.CA, *csr.Certificate) {
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
	ca, err := local.New(local.Config{Algorithms: w.as, Key: key, Certificate: root, IssuerTool: tool, SubjectTool: "tool", Clock: w.clock})
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

// pkcs10 makes a request for the form under a key.
func (w *world) pkcs10(key *gost.PrivateKey, form ra.Form) []byte {
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

// reply is an answer as a client sees it.
type reply struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

// request is one to the front. The body is JSON unless it is bytes.
func (w *world) request(method, path, token string, body any) *http.Request {
	w.t.Helper()
	var reader io.Reader
	media := ""
	switch b := body.(type) {
	case nil:
	case []byte:
		reader, media = bytes.NewReader(b), http.DetectContentType(b)
	case string:
		reader, media = strings.NewReader(b), "application/json"
	default:
		data, err := json.Marshal(body)
		if err != nil {
			w.t.Fatal(err)
		}
		reader, media = bytes.NewReader(data), "application/json"
	}
	r := httptest.NewRequest(method, w.config.Prefix+path, reader)
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if method != "GET" && !strings.HasPrefix(path, "/session") {
		w.calls++
		r.Header.Set("Idempotency-Key", fmt.Sprintf("key-%08d", w.calls))
	}
	return r
}

// do sends a request, and holds the answer against the description.
func (w *world) do(r *http.Request) reply {
	w.t.Helper()
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	a := reply{w.t, rec.Code, rec.Header(), rec.Body.Bytes()}
	if w.document != nil {
		w.document.holds(w.t, r, a)
	}
	return a
}

// call is do for the common case.
func (w *world) call(method, path, token string, body any) reply {
	w.t.Helper()
	return w.do(w.request(method, path, token, body))
}

// upload sends bytes of a media type.
func (w *world) upload(path, token, media string, data []byte) reply {
	w.t.Helper()
	r := w.request("POST", path, token, data)
	r.Header.Set("Content-Type", media)
	return w.do(r)
}

// is fails the test if the answer has another status, or, for a problem,
// another code.
func (a reply) is(status int, code ...string) reply {
	a.t.Helper()
	if a.status != status || len(code) > 0 && a.json()["code"] != code[0] {
		a.t.Fatalf("got %d %s, want %d %v", a.status, a.body, status, code)
	}
	return a
}

func (a reply) json() map[string]any {
	a.t.Helper()
	var v map[string]any
	if err := json.Unmarshal(a.body, &v); err != nil {
		a.t.Fatalf("%v: %s", err, a.body)
	}
	return v
}

// into decodes the answer.
func into[T any](a reply) (v T) {
	a.t.Helper()
	if err := json.Unmarshal(a.body, &v); err != nil {
		a.t.Fatalf("%v: %s", err, a.body)
	}
	return v
}

// id is that of the request that the answer shows.
func (a reply) id() string { a.t.Helper(); return a.json()["id"].(string) }

func (a reply) state() string { a.t.Helper(); return a.json()["state"].(string) }

// secret is the caller's half of a session.
func secret(n int) string { return fmt.Sprintf("%032d", n)[:32] }

// enter opens a session with a link's token, the code entered.
func (w *world) enter(credential string, n int) string {
	w.t.Helper()
	e := into[struct{ Token, Phone string }](w.call("POST", "/session", "", map[string]string{"credential": credential, "secret": secret(n)}).is(201))
	if e.Phone != "" {
		w.call("POST", "/session/confirmation", e.Token, map[string]string{"code": w.mail.code()}).is(204)
	}
	return e.Token
}

// begun begins a request by link and returns its ID and a session.
func (w *world) begun() (id, token string) {
	w.t.Helper()
	id = w.call("POST", "/requests", "operator", map[string]any{
		"process": "personal-link", "form": map[string]string{"legalForm": "person", "email": w.form.Email},
	}).is(201).id()
	w.settle()
	token = w.enter(w.mail.link(), 1)
	if w.whenBegun != nil {
		w.whenBegun(id, token)
	}
	return id, token
}

// submitted fills the form and goes on until the registers have confirmed.
func (w *world) submitted() (id, token string) {
	w.t.Helper()
	id, token = w.begun()
	w.call("PUT", "/requests/"+id+"/form", token, w.form).is(200)
	w.call("POST", "/requests/"+id+"/steps", token, map[string]string{"event": "submit"}).is(200)
	w.settle()
	w.inState(id, workflow.KeyGeneration)
	return id, token
}

func (w *world) inState(id string, want workflow.State) {
	w.t.Helper()
	r, err := w.authority.Request(w.ctx, ra.ID(id))
	if err != nil || r.State != want {
		w.t.Fatalf("got %v, %v, want the state %s; log:\n%s", r, err, want, w.log)
	}
}

// onDesk begins a request at the agent's, with form and scan, under review.
func (w *world) onDesk() string {
	w.t.Helper()
	id := w.call("POST", "/requests", "agent", map[string]any{"process": "desk", "form": w.form}).is(201).id()
	w.call("PUT", "/requests/"+id+"/form", "agent", w.form).is(200)
	w.upload("/requests/"+id+"/documents?kind=passport_scan", "agent", "application/pdf", pdf).is(201)
	w.call("POST", "/requests/"+id+"/steps", "agent", map[string]string{"event": "submit"}).is(200)
	return id
}

// invited goes on until the client comes.
func (w *world) invited() string {
	w.t.Helper()
	id := w.onDesk()
	content := w.call("GET", "/requests/"+id+"/review", "operator", nil).is(200).json()["content"]
	w.call("POST", "/requests/"+id+"/approvals", "operator", map[string]any{"content": content}).is(201)
	w.call("POST", "/requests/"+id+"/steps", "operator", map[string]string{"event": "approve"}).is(200)
	return id
}

// marked goes on until the client has a marker, and returns its code.
func (w *world) marked() (id, code string) {
	w.t.Helper()
	id = w.invited()
	w.call("POST", "/requests/"+id+"/identification", "agent", map[string]string{"how": "in_person", "note": "паспорт"}).is(200)
	w.call("POST", "/requests/"+id+"/steps", "agent", map[string]string{"event": "identify"}).is(200)
	paper := w.call("POST", "/requests/"+id+"/marker", "agent", nil).is(200)
	w.call("POST", "/requests/"+id+"/evidence", "agent", map[string]string{"evidence": "marker_receipt", "note": "расписка"}).is(200)
	w.call("POST", "/requests/"+id+"/steps", "agent", map[string]string{"event": "give_marker"}).is(200)
	return id, markerCode.FindString(string(paper.body))
}

var (
	markerCode = regexp.MustCompile(`[0-9A-Z]{5}(-[0-9A-Z]{5}){4}`)
	pdf        = []byte("%PDF-1.4 a scan %%EOF")
)

// long reports whether there is time for what takes long.
func long() bool { return os.Getenv("SURGUCH_LONG") != "" }

// powers takes every power of attorney that is not forged.
type powers struct{}

func (powers) Verify(_ context.Context, document, _ []byte, at time.Time) (*ra.Power, error) {
	if string(document) == "forged" {
		return nil, errors.New("forged")
	}
	return &ra.Power{From: at, Until: at.Add(time.Hour)}, nil
}

// registers confirm everything.
type registers struct{}

func (registers) Ask(_ context.Context, q smev.Inquiry) (string, error) {
	return fmt.Sprintf("%s-%s", q.Check, q.Key), nil
}

func (registers) Answer(_ context.Context, id string) (*smev.Answer, error) {
	check, _, _ := strings.Cut(id, "-")
	return &smev.Answer{
		Check: smev.Check(check), Outcome: smev.Confirmed, Reason: "confirmed",
		Evidence: smev.Evidence{OriginalMessageID: id, Provider: smev.Emulator, Envelope: []byte("<answer/>")},
	}, nil
}

// meddler passes orders on to a CA, unless told what to do instead.
type meddler struct {
	ra.CA
	submit func() (ra.Outcome, error)
}

func (m *meddler) Submit(ctx context.Context, key string, o ra.Order) (ra.Outcome, error) {
	if m.submit != nil {
		return m.submit()
	}
	return m.CA.Submit(ctx, key, o)
}

func (m *meddler) Find(ctx context.Context, key string) (ra.Outcome, error) {
	if m.submit != nil {
		return m.submit()
	}
	return m.CA.Find(ctx, key)
}

func (m *meddler) Answer(ctx context.Context, key string, a ra.Answer) (ra.Outcome, error) {
	if m.submit != nil {
		m.submit = nil
		return ra.Outcome{State: ra.Pending}, nil
	}
	return m.CA.Answer(ctx, key, a)
}

// mailbox keeps what people were told.
type mailbox struct {
	mu      sync.Mutex
	notices []ra.Notice
}

func (m *mailbox) Notify(_ context.Context, n ra.Notice) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.notices = append(m.notices, n)
	return nil
}

// last is what was sent last, of what want picks.
func (m *mailbox) last(want func(ra.Notice) string) (found string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, n := range m.notices {
		if s := want(n); s != "" {
			found = s
		}
	}
	return found
}

func (m *mailbox) link() string { return m.last(func(n ra.Notice) string { return n.Link }) }
func (m *mailbox) code() string { return m.last(func(n ra.Notice) string { return n.Code }) }

// printer prints a line that names what it was printed from.
type printer struct{}

func (printer) Print(_ context.Context, d ra.Document) ([]byte, error) {
	text := fmt.Sprintf("%%PDF-1.4 %s of %s: %x %x", d.Kind, d.Request.ID, d.PKCS10, d.Certificate)
	if d.Marker != nil {
		text += " " + d.Marker.Code
	}
	return []byte(text + " %%EOF"), nil
}

// buffer is a log that several may write.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
