package audit_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/audit"
	"github.com/surguch/surguch/ra/ca/local"
	"github.com/surguch/surguch/ra/goskey"
	"github.com/surguch/surguch/ra/storetest"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/workflow"
)

var (
	operator = ra.Actor{ID: "operator-17", Role: workflow.CAOperator, SecondFactor: true}
	owner    = ra.Actor{ID: "applicant", Role: workflow.Applicant}
)

// world is an authority in memory that brings requests to a certificate.
type world struct {
	t         testing.TB
	ctx       context.Context
	clock     *testenv.Clock
	as        csr.Algorithms
	store     ra.Store
	roots     []*csr.Certificate // of the CA and of the one behind the phones
	phones    *goskey.Emulator
	authority *ra.Authority
	sealer    *audit.Sealer
	v         *audit.Verifier
}

func newWorld(t testing.TB, keys ra.CaseKeys) *world {
	t.Helper()
	return newWorldOn(t, keys, storetest.NewMemory(storetest.Faults{}))
}

func newWorldOn(t testing.TB, keys ra.CaseKeys, store ra.Store) *world {
	t.Helper()
	w := &world{
		t: t, ctx: context.Background(), clock: testenv.NewClock(start), as: csr.Standard(),
		store: store, v: newVerifier(t),
	}
	issuing, root := w.newCA("issuing")
	behindPhone, phoneRoot := w.newCA("behind the phone")
	w.roots = []*csr.Certificate{root, phoneRoot}
	var err error
	if w.phones, err = goskey.NewEmulator(goskey.Config{Algorithms: w.as, CA: behindPhone, Clock: w.clock}); err != nil {
		t.Fatal(err)
	}
	process, err := workflow.Lookup("personal-link")
	if err != nil {
		t.Fatal(err)
	}
	w.authority, err = ra.New(ra.Config{
		Store: w.store, Processes: []*workflow.Process{process}, Algorithms: w.as, CaseKeys: keys,
		Registers: registers{}, Rehearsal: true, CA: issuing, Issuers: []*csr.Certificate{root},
		Signer: w.phones, SignerAnchors: []*csr.Certificate{phoneRoot},
		Notifier: mailbox{}, Printer: printer{}, Clock: w.clock, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.sealer = sealer(t, w.store, w.clock, nil)
	return w
}

func (w *world) newCA(cn string) (*local.CA, *csr.Certificate) {
	w.t.Helper()
	name, err := csr.NewName(
		csr.NewAttribute(csr.OGRN, "1027700132195"), csr.NewAttribute(csr.INNLE, "7707083893"),
		csr.NewAttribute(csr.Country, "RU"), csr.NewAttribute(csr.StateOrProvince, "77 г. Москва"),
		csr.NewAttribute(csr.Locality, "Москва"), csr.NewAttribute(csr.StreetAddress, "ул. Сургучная, д. 1"),
		csr.NewAttribute(csr.Organization, cn), csr.NewAttribute(csr.CommonName, cn),
	)
	if err != nil {
		w.t.Fatal(err)
	}
	k := w.newKey()
	root, err := local.NewRoot(w.as, k, name, w.clock.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	tool := qualified.IssuerSignTool{SignTool: "средство", CATool: "центр", SignToolCert: "не сертифицировано", CAToolCert: "не сертифицирован"}
	ca, err := local.New(local.Config{Algorithms: w.as, Key: k, Certificate: root, IssuerTool: tool, SubjectTool: "средство", Clock: w.clock})
	if err != nil {
		w.t.Fatal(err)
	}
	return ca, root
}

func (w *world) newKey() *gost.PrivateKey {
	w.t.Helper()
	k, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return k
}

func (w *world) must(r *ra.Request, err error) *ra.Request {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// pass moves the clock and lets the authority work.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	w.clock.Advance(d)
	for some := true; some; {
		var err error
		if some, err = w.authority.Work(w.ctx); err != nil {
			w.t.Fatal(err)
		}
	}
}

// completed is a request that has come to its end: two documents and the
// certificate sheet, each signed on the phone.
func (w *world) completed(seed uint64) ra.ID {
	w.t.Helper()
	form := applicant.Form(seed)
	id := w.must(w.authority.Begin(w.ctx, operator, "personal-link", ra.Form{LegalForm: "person", Email: form.Email})).ID
	w.pass(time.Second)
	w.must(w.authority.Fill(w.ctx, id, owner, form))
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Submit))
	w.pass(time.Second)
	subject, err := ra.Subject(&form)
	if err != nil {
		w.t.Fatal(err)
	}
	der, err := w.as.Create(w.newKey(), &csr.Template{Subject: subject})
	if err != nil {
		w.t.Fatal(err)
	}
	w.must(w.authority.SubmitCSR(w.ctx, id, owner, der))
	phone, err := w.phones.Enrol(w.ctx, form.SNILS, subject)
	if err != nil {
		w.t.Fatal(err)
	}
	w.pass(time.Second)
	for range 2 {
		for _, p := range phone.Packages() {
			if err := errors.Join(phone.View(p.ID), phone.Sign(p.ID, true)); err != nil {
				w.t.Fatal(err)
			}
		}
		w.pass(time.Minute)
	}
	r := w.must(w.authority.Request(w.ctx, id))
	certificate, err := w.authority.Document(w.ctx, r, ra.CertificateExhibit)
	if err != nil {
		w.t.Fatalf("in %s: %v", r.State, err)
	}
	w.must(w.authority.ConfirmInstalled(w.ctx, id, owner, certificate))
	w.pass(time.Second)
	return id
}

// export seals what waits and exports a case.
func (w *world) export(id ra.ID) []byte {
	w.t.Helper()
	if _, err := w.sealer.Seal(w.ctx); err != nil {
		w.t.Fatal(err)
	}
	var file bytes.Buffer
	if err := audit.Export(w.ctx, w.authority, w.store, id, &file); err != nil {
		w.t.Fatal(err)
	}
	return file.Bytes()
}

// check opens and verifies a case file.
func check(file []byte, o audit.VerifierOptions) (audit.CaseReport, error) {
	c, err := audit.OpenCaseFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return audit.CaseReport{}, err
	}
	return c.Verify(o)
}

// registers confirm everything.
type registers struct{}

func (registers) Ask(_ context.Context, q smev.Inquiry) (string, error) {
	return string(q.Check) + "-" + rand.Text(), nil
}

func (registers) Answer(_ context.Context, id string) (*smev.Answer, error) {
	check, _, _ := strings.Cut(id, "-")
	return &smev.Answer{
		Check: smev.Check(check), Outcome: smev.Confirmed, Reason: "confirmed",
		Evidence: smev.Evidence{OriginalMessageID: id, Provider: smev.Emulator, Envelope: []byte("<answer to=\"" + id + "\"/>")},
	}, nil
}

type mailbox struct{}

func (mailbox) Notify(context.Context, ra.Notice) error { return nil }

// printer prints a line that names what it was printed from.
type printer struct{}

func (printer) Print(_ context.Context, d ra.Document) ([]byte, error) {
	return fmt.Appendf(nil, "%s of %s: %x %x", d.Kind, d.Request.ID, d.PKCS10, d.Certificate), nil
}

// vault keeps the keys of cases as they are.
type vault struct{}

func (vault) Wrap(_ context.Context, _ ra.ID, key []byte) ([]byte, error) {
	return bytes.Clone(key), nil
}

func (vault) Unwrap(_ context.Context, _ ra.ID, key []byte) ([]byte, error) {
	return bytes.Clone(key), nil
}
