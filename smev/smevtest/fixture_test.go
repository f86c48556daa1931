package smevtest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/mtom"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/internal/uuid"
	"github.com/surguch/surguch/smev/smevtest"
	"github.com/surguch/surguch/smev/xmldsig"
)

var start = time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)

// bench talks to the simulator without a client, so that each check of the
// simulator is seen by itself.
type bench struct {
	t     testing.TB
	clock *testenv.Clock
	*smevtest.Server
	ids *uuid.Generator
}

func newBench(t testing.TB, cfg smevtest.Config) *bench {
	t.Helper()
	b := &bench{t: t, clock: testenv.NewClock(start)}
	cfg.Clock = b.clock
	b.Server = must(smevtest.NewServer(cfg))
	b.ids = must(uuid.NewGenerator(b.clock.Now, nil))
	return b
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// system is a participant at an endpoint of the simulator.
type system struct {
	*bench
	mnemonic string
	v        *soap.Version
	sign     soap.Sign
}

// enroll makes a participant.
func (b *bench) enroll(mnemonic string) *system {
	b.t.Helper()
	return &system{b, mnemonic, soap.V12(), must(b.Enroll(mnemonic)).Sign}
}

// at is the same participant at the endpoint of another version.
func (s *system) at(v *soap.Version) *system {
	other := *s
	other.v = v
	return &other
}

// envelope is a message of SMEV.
type envelope interface {
	Envelope(*soap.Version, soap.Sign) ([]byte, error)
}

// write writes a message and signs it.
func (s *system) write(m envelope) string { return string(must(m.Envelope(s.v, s.sign))) }

// answer is an HTTP answer.
type answer struct {
	status int
	kind   string
	body   []byte
}

// post sends a body to an endpoint.
func (b *bench) post(v *soap.Version, operation, kind, body string) answer {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPost, v.Path(), strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	if operation != "" {
		r.Header.Set("SOAPAction", soap.Action(operation))
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return answer{w.Code, w.Header().Get("Content-Type"), w.Body.Bytes()}
}

// call sends a document to the participant's endpoint.
func (s *system) call(operation, doc string) answer {
	s.t.Helper()
	return s.post(s.v, operation, soap.ContentType, doc)
}

// document returns the envelope, its MTOM parts in place.
func (a answer) document() []byte {
	return must(mtom.Read(a.kind, strings.NewReader(string(a.body)), mtom.Limits{}))
}

// content returns the element in the body.
func (a answer) content(t testing.TB) *xmldsig.Element {
	t.Helper()
	e, err := soap.ReadEnvelope(a.document())
	if err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
	return e
}

var number = regexp.MustCompile(`^SMEV-\d+|`)

// describe names the fault of an answer and its number, or "ok".
func (a answer) describe(t testing.TB) string {
	t.Helper()
	f := soap.ReadFault(a.content(t))
	switch {
	case f == nil && a.status == http.StatusOK:
		return "ok"
	case f == nil || a.status != http.StatusInternalServerError:
		return fmt.Sprintf("status %d", a.status)
	case f.Name == "":
		return f.FaultCode
	case f.SignatureFault != "":
		return f.SignatureFault + " " + number.FindString(f.Description)
	}
	return strings.TrimSpace(f.Name + " " + number.FindString(f.Description))
}

// request is an inquiry with a business document.
func (s *system) request(content []byte) *soap.SendRequest {
	id := s.ids.New()
	return &soap.SendRequest{Data: soap.RequestData{MessageID: id, ReferenceMessageID: id, Content: content}}
}

// send files a request and returns its id.
func (s *system) send(m *soap.SendRequest) string {
	s.t.Helper()
	a := s.call("SendRequest", s.write(m))
	if a.status != http.StatusOK {
		s.t.Fatalf("%d %s", a.status, a.body)
	}
	r, _, err := soap.ReadSendRequestResponse(a.content(s.t))
	if err != nil || r.Metadata.MessageID != m.Data.MessageID || r.Metadata.Status != "requestIsQueued" {
		s.t.Fatalf("got %+v, %v", r, err)
	}
	return m.Data.MessageID
}

// ask files an inquiry about a passport number.
func (s *system) ask(number string) string { return s.send(s.request(business(number))) }

// get fetches the next answer; nil says that there is none.
func (s *system) get(m soap.GetResponse) *soap.Response {
	s.t.Helper()
	m.At = s.clock.Now()
	a := s.call("GetResponse", s.write(&m))
	if a.status != http.StatusOK {
		s.t.Fatalf("%d %s", a.status, a.body)
	}
	return must2(soap.ReadGetResponseResponse(a.content(s.t))).Response
}

// take fetches the next request, of a provider.
func (s *system) take() *soap.Request {
	s.t.Helper()
	a := s.call("GetRequest", s.write(&soap.GetRequest{At: s.clock.Now()}))
	if a.status != http.StatusOK {
		s.t.Fatalf("%d %s", a.status, a.body)
	}
	return must2(soap.ReadGetRequestResponse(a.content(s.t))).Request
}

// state fetches the next status.
func (s *system) state() *soap.AsyncStatus {
	s.t.Helper()
	a := s.call("GetStatus", s.write(&soap.GetStatus{At: s.clock.Now()}))
	if a.status != http.StatusOK {
		s.t.Fatalf("%d %s", a.status, a.body)
	}
	return must2(soap.ReadGetStatusResponse(a.content(s.t))).Status
}

func must2[T any](v T, _ soap.Signatures, err error) T { return must(v, err) }

// ack acknowledges and reports whether the message waited for it.
func (s *system) ack(id string, accepted bool) bool {
	s.t.Helper()
	switch got := s.call("Ack", s.write(&soap.Ack{Target: id, Accepted: accepted})).describe(s.t); got {
	case "ok":
		return true
	case "TargetMessageIsNotFound SMEV-501":
		return false
	default:
		s.t.Fatal(got)
		return false
	}
}

// step moves the clock to the next message and reports whether there is one.
func (b *bench) step() bool {
	at, ok := b.Next()
	if ok {
		b.clock.Set(at)
	}
	return ok
}

// subject is an invented person with all that an inquiry can be about.
func subject() smev.Subject {
	p := testenv.NewPerson(3)
	g := smev.Male
	if p.Gender == "2" {
		g = smev.Female
	}
	return smev.Subject{
		LastName: p.LastName, FirstName: p.FirstName, MiddleName: p.MiddleName, Gender: g, BirthDate: p.Born,
		SNILS: p.SNILS, INN: p.INN, BirthPlace: p.BirthPlace, OGRNIP: smevtest.OGRNIP(0),
		Passport:     smev.Passport{Series: p.Series, Number: p.Number, Issued: p.Issued, IssuerCode: p.IssuerCode, Issuer: "ОТДЕЛ"},
		Organization: smev.Organization{OGRN: smevtest.OGRN(0), INN: smevtest.INN10(0), KPP: "770101001", Name: "ООО Сургуч"},
		Certificate: smev.Certificate{
			SerialNumber: smevtest.Serial(0), IssuerOrganization: "ООО Печать", Owner: smev.OwnerPerson, NotBefore: start, NotAfter: start.AddDate(1, 0, 0),
		},
	}
}

// business is the document of an inquiry about a passport number.
func business(number string) []byte {
	s := subject()
	s.Passport.Number = number
	return must(smev.PassportP002().Build(s))
}

// brief is what failing tests print of an answer.
func brief(r *soap.Response) string {
	if r == nil {
		return "no answer"
	}
	d := r.Data
	text := fmt.Sprintf("%s to %s from %s at %v: ", d.MessageID, r.OriginalMessageID, r.Metadata.Sender, r.Metadata.DeliveredAt)
	switch {
	case d.Async != nil:
		return text + d.Async.Category + " " + d.Async.Fault.Name
	case d.Status != nil:
		return text + fmt.Sprint(*d.Status)
	case d.Rejections != nil:
		return text + fmt.Sprint(d.Rejections)
	}
	return text + string(d.Content)
}

// words returns root and text of a business document of one element.
func words(content []byte) string {
	e := must(xmldsig.Parse(content))
	return e.Name.Space + " " + e.Name.Local + " " + must(e.Leaf())
}
