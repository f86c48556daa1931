package epgu_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/local"
	"github.com/surguch/surguch/ra/goskey"
	"github.com/surguch/surguch/ra/goskey/epgu"
	"github.com/surguch/surguch/ra/goskey/epgu/epgutest"
)

const apiKey = "КЛЮЧ-5f0c/9a"

var (
	as    = csr.Standard()
	start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

// world is a client, the portal it speaks to, and the phones behind it.
type world struct {
	t        testing.TB
	clock    *testenv.Clock
	ca       *local.CA
	root     *csr.Certificate
	phones   *goskey.Emulator
	snils    string
	phone    *goskey.Phone
	portal   *epgutest.Portal
	config   epgu.Config
	client   *epgu.Client
	requests atomic.Int64
	fault    func(*http.Request) int
}

// newWorld makes a world; change may change what it is made of.
func newWorld(t testing.TB, change func(*epgu.Config, *epgutest.Config)) *world {
	t.Helper()
	w := &world{t: t, clock: testenv.NewClock(start), snils: testenv.NewPerson(1).SNILS}
	w.ca, w.root = exampleAuthority(w.clock)
	var err error
	w.phones, err = goskey.NewEmulator(goskey.Config{Algorithms: as, CA: w.ca, Clock: w.clock})
	w.must(err)
	w.phone = w.enrol(w.snils)

	sender, certificate := exampleSender(w.ca)
	front := epgutest.Config{
		Phones: w.phones, APIKey: apiKey, Senders: []*csr.Certificate{w.root}, Clock: w.clock,
		Fault: func(r *http.Request) int {
			w.requests.Add(1)
			if w.fault != nil {
				return w.fault(r)
			}
			return 0
		},
	}
	w.config = epgu.Config{
		APIKey: apiKey, Region: "77", OrgName: "ООО «Сургуч» & Ко", OrgINN: "7707083893",
		Key: sender, Certificate: certificate, Anchors: []*csr.Certificate{w.root}, Clock: w.clock,
	}
	if change != nil {
		change(&w.config, &front)
	}
	w.portal, err = epgutest.New(front)
	w.must(err)
	server := httptest.NewServer(w.portal)
	t.Cleanup(server.Close)
	w.config.ESIA, w.config.EPGU = server.URL, server.URL+"/"
	w.restart()
	return w
}

// restart makes the client anew; the Store stays, if there is one.
func (w *world) restart() {
	w.t.Helper()
	var err error
	w.client, err = epgu.New(w.config)
	w.must(err)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// enrol gives a person a phone.
func (w *world) enrol(snils string) *goskey.Phone {
	w.t.Helper()
	subject, err := csr.NewName(csr.NewAttribute(csr.SNILS, snils), csr.NewAttribute(csr.CommonName, "Вощёных"))
	w.must(err)
	phone, err := w.phones.Enrol(w.t.Context(), snils, subject)
	w.must(err)
	return phone
}

// request is a package for the person, to be signed within a day.
func (w *world) request(key string) ra.SignRequest {
	return ra.SignRequest{
		Key: key, SNILS: w.snils, Title: "Заявление <и> запрос", Deadline: w.clock.Now().Add(24 * time.Hour),
		Documents: []ra.SignDocument{
			{Name: "заявление.pdf", Media: "application/pdf", Data: []byte("%PDF a")},
			{Name: "request_form.pdf", Media: "application/pdf", Data: []byte("%PDF b")},
		},
	}
}

func (w *world) submit(r ra.SignRequest) ra.OperationID {
	w.t.Helper()
	id, err := w.client.Submit(w.t.Context(), r)
	w.must(err)
	return id
}

// status asks the client after the pause between polls.
func (w *world) status(id ra.OperationID) (ra.Operation, error) {
	w.clock.Advance(5 * time.Minute)
	return w.client.Status(w.t.Context(), id)
}

// state wants the package to be in the state given.
func (w *world) state(id ra.OperationID, want ra.OperationState) ra.Operation {
	w.t.Helper()
	o, err := w.status(id)
	if err != nil || o.State != want {
		w.t.Fatalf("got %v, %v, want %v", o.State, err, want)
	}
	return o
}

// sign signs everything on the phone.
func (w *world) sign() {
	w.t.Helper()
	for _, p := range w.phone.Packages() {
		w.must(errors.Join(w.phone.View(p.ID), w.phone.Sign(p.ID, true)))
	}
}

// signed wants the package signed, and the portal to have had it once.
func (w *world) signed(id ra.OperationID, pushed int) {
	w.t.Helper()
	if o := w.state(id, ra.Signed); len(o.Signatures) != 2 {
		w.t.Errorf("got %d signatures, want 2", len(o.Signatures))
	}
	if got, tooMany := w.portal.Counts(); got != pushed || tooMany != 0 {
		w.t.Errorf("got %d orders and %d refusals for a quota, want %d and none", got, tooMany, pushed)
	}
}

// phonesOf is a service that answers as the function says.
type phonesOf struct {
	ra.MobileSigner
	status func(ra.Operation) ra.Operation
}

func (p phonesOf) Status(ctx context.Context, id ra.OperationID) (ra.Operation, error) {
	o, err := p.MobileSigner.Status(ctx, id)
	return p.status(o), err
}
