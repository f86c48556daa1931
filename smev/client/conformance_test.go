package client

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/internal/uuid"
	"github.com/surguch/surguch/smev/smevtest"
	"github.com/surguch/surguch/smev/xmldsig"
)

// TestConformance holds SMEV to what this package takes for granted of it: the
// simulator, or the test environment of SMEV itself if the environment names
// one. Then nothing is changed there but the queues of the participant.
//
//	SURGUCH_SMEV_URL           endpoint, such as http://smev3-n0.test.gosuslugi.ru:7500/smev/v1.2/ws
//	SURGUCH_SMEV_VERSION       1.1, 1.2 (default) or 1.3
//	SURGUCH_SMEV_KEY           file with the private key, PKCS #8
//	SURGUCH_SMEV_CERTIFICATE   file with its certificate
//	SURGUCH_SMEV_SMEV          file with the certificates SMEV signs with, PEM
//	SURGUCH_SMEV_PARTICIPANTS  file with the authorities of the registers, PEM
//	SURGUCH_SMEV_WAIT          how long to wait for answers; default 10m
func TestConformance(t *testing.T) {
	x := newContour(t)
	t.Run("an inquiry is answered", x.answered)
	t.Run("the same message is taken once", x.once)
	t.Run("an acknowledgement counts once", x.acknowledgedOnce)
	t.Run("an unsigned message", x.refuses("SendRequest", func(m *soap.SendRequest) ([]byte, error) { return m.Envelope(x.version, nil) }, "SignatureVerificationFault", "InvalidContent"))
	t.Run("another element is signed", x.refuses("SendRequest", x.wrongTarget, "SignatureVerificationFault"))
	t.Run("the content was changed", x.refuses("SendRequest", x.changed, "SignatureVerificationFault"))
	t.Run("a message id of chance", x.refuses("SendRequest", x.named("39f52a38-9a54-41ea-b23a-3316e2108089"), "InvalidMessageIdFormat"))
	t.Run("a message id of last week", x.refuses("SendRequest", x.named(uuid.At(x.cfg.Clock.Now().Add(-7*24*time.Hour), [8]byte{1})), "StaleMessageId"))
	t.Run("an unknown kind of information", x.refuses("SendRequest", x.unknown, "BusinessDataTypeIsNotSupported", "UnknownMessageType", "RecipientIsNotFound"))
	t.Run("statuses", x.statuses)
	if x.version.Has("GetIncomingQueueStatistics") {
		t.Run("statistics of queues", x.statistics)
	}
}

// contour is SMEV as the suite sees it.
type contour struct {
	*Client
	wait time.Duration
	pass func() // lets time go by
	key  string // of inquiries: unlike those of earlier runs
}

func newContour(t *testing.T) *contour {
	t.Helper()
	if os.Getenv("SURGUCH_SMEV_URL") != "" {
		return realContour(t)
	}
	clock := testenv.NewClock(time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC))
	server, err := smevtest.NewServer(smevtest.Config{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	url, err := server.Listen()
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	signer, err := server.Enroll("RA0001")
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(Config{
		URL: url, Clock: clock, Test: true, HTTP: &http.Client{Transport: transport}, Log: slog.New(slog.DiscardHandler),
		Signer: func() *xmldsig.Signer { return signer },
		SMEV:   []*csr.Certificate{server.Certificate()}, Participants: []*csr.Certificate{server.Root()},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &contour{Client: c, wait: time.Hour, pass: func() { clock.Advance(time.Minute) }, key: "k"}
}

func realContour(t *testing.T) *contour {
	t.Helper()
	as := csr.Standard()
	read := func(name string) []byte {
		file, err := os.ReadFile(os.Getenv(name))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return file
	}
	list := func(name string) (certs []*csr.Certificate) {
		const end = "-----END CERTIFICATE-----\n"
		for block := range strings.SplitAfterSeq(strings.ReplaceAll(string(read(name)), "\r", ""), end) {
			if der, err := csr.Decode([]byte(block), csr.PEMCertificate); err == nil {
				cert, err := as.ParseCertificate(der)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				certs = append(certs, cert)
			}
		}
		return certs
	}
	der, err := csr.Decode(read("SURGUCH_SMEV_KEY"), "PRIVATE KEY")
	if err != nil {
		t.Fatal(err)
	}
	key, err := gost.ParsePKCS8PrivateKey(der)
	if err != nil {
		t.Fatal(err)
	}
	der, err = csr.Decode(read("SURGUCH_SMEV_CERTIFICATE"), csr.PEMCertificate)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := as.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := xmldsig.NewSigner(as, key, cert)
	if err != nil {
		t.Fatal(err)
	}
	wait := 10 * time.Minute
	if text := os.Getenv("SURGUCH_SMEV_WAIT"); text != "" {
		if wait, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	c, err := New(Config{
		URL: os.Getenv("SURGUCH_SMEV_URL"), Version: Version(os.Getenv("SURGUCH_SMEV_VERSION")), Test: true,
		Signer: func() *xmldsig.Signer { return signer }, SMEV: list("SURGUCH_SMEV_SMEV"), Participants: list("SURGUCH_SMEV_PARTICIPANTS"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return &contour{Client: c, wait: wait, pass: func() { <-c.cfg.Clock.After(5 * time.Second) }, key: c.ids.New()}
}

// person does not exist.
func person() smev.Subject {
	p := testenv.NewPerson(4)
	return smev.Subject{
		LastName: p.LastName, FirstName: p.FirstName, MiddleName: p.MiddleName, Gender: smev.Male, BirthDate: p.Born, SNILS: p.SNILS, INN: p.INN,
		Passport: smev.Passport{Series: p.Series, Number: p.Number, Issued: p.Issued, IssuerCode: p.IssuerCode},
	}
}

// answered: a passport is asked about, and whatever the answer is, SMEV and
// the register have signed it.
func (x *contour) answered(t *testing.T) {
	id, err := x.Ask(t.Context(), smev.Inquiry{Key: x.key, Check: smev.CheckPassport, Subject: person()})
	if err != nil {
		t.Fatal(err)
	}
	for end := x.cfg.Clock.Now().Add(x.wait); ; x.pass() {
		a, err := x.Answer(t.Context(), id)
		if err == nil {
			if len(a.Evidence.SMEVSigner) == 0 || a.Reason == reasonUnsigned {
				t.Errorf("got %s %s without its signatures", a.Outcome, a.Reason)
			}
			return
		}
		if !errors.Is(err, smev.ErrPending) || x.cfg.Clock.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// message is an inquiry that nobody has sent yet.
func (x *contour) message(t *testing.T) *soap.SendRequest {
	t.Helper()
	content, err := smev.PassportP002().Build(person())
	if err != nil {
		t.Fatal(err)
	}
	m := &soap.SendRequest{Data: x.data(x.ids.New())}
	m.Data.Content = content
	return m
}

func (x *contour) once(t *testing.T) {
	envelope, err := x.message(t).Envelope(x.version, x.sign)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := x.call(t.Context(), "SendRequest", envelope); err != nil {
		t.Fatal(err)
	}
	_, _, err = x.call(t.Context(), "SendRequest", envelope)
	if f := asFault(err); f == nil || !f.is("MessageIsAlreadySent", "SMEV-301") {
		t.Errorf("got %v, want MessageIsAlreadySent", err)
	}
}

func (x *contour) acknowledgedOnce(t *testing.T) {
	m := soap.Ack{Target: x.ids.New(), Accepted: true}
	envelope, err := m.Envelope(x.version, x.sign)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = x.call(t.Context(), "Ack", envelope)
	if f := asFault(err); f == nil || !f.is("TargetMessageIsNotFound", "SMEV-501") {
		t.Errorf("got %v, want TargetMessageIsNotFound", err)
	}
}

// refuses is a test that a message meets one of the faults.
func (x *contour) refuses(operation string, envelope func(m *soap.SendRequest) ([]byte, error), faults ...string) func(t *testing.T) {
	return func(t *testing.T) {
		doc, err := envelope(x.message(t))
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = x.call(context.Background(), operation, doc)
		f := asFault(err)
		for _, want := range faults {
			if f != nil && f.Name == want {
				return
			}
		}
		t.Errorf("got %v, want one of %v", err, faults)
	}
}

// wrongTarget has a signature over the business document in the place of that
// over the data of the sender.
func (x *contour) wrongTarget(m *soap.SendRequest) ([]byte, error) {
	m.Data.Content = []byte(strings.Replace(string(m.Data.Content), "request ", `request Id="SIGNED_BY_CONSUMER2" `, 1))
	return m.Envelope(x.version, func(target *xmldsig.Element) ([]byte, error) {
		for _, child := range target.Children {
			if child.Name.Local == "MessagePrimaryContent" {
				return x.sign(child.Children[0])
			}
		}
		return nil, errors.New("no content")
	})
}

func (x *contour) changed(m *soap.SendRequest) ([]byte, error) {
	doc, err := m.Envelope(x.version, x.sign)
	return []byte(strings.Replace(string(doc), person().FirstName, "Подмен", 1)), err
}

func (x *contour) named(id string) func(m *soap.SendRequest) ([]byte, error) {
	return func(m *soap.SendRequest) ([]byte, error) {
		m.Data.MessageID, m.Data.ReferenceMessageID = id, id
		return m.Envelope(x.version, x.sign)
	}
}

func (x *contour) unknown(m *soap.SendRequest) ([]byte, error) {
	m.Data.Content = []byte(`<a:request xmlns:a="urn://nobody/knows/0.0.1"/>`)
	return m.Envelope(x.version, x.sign)
}

func (x *contour) statuses(t *testing.T) {
	if _, err := x.drain(t.Context(), Status); err != nil {
		t.Error(err)
	}
}

func (x *contour) statistics(t *testing.T) {
	m := soap.GetIncomingQueueStatistics{NodeID: x.cfg.Node, At: x.cfg.Clock.Now()}
	envelope, err := m.Envelope(x.version, x.sign)
	if err != nil {
		t.Fatal(err)
	}
	body, _, err := x.call(t.Context(), "GetIncomingQueueStatistics", envelope)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := soap.ReadGetIncomingQueueStatisticsResponse(body); err != nil {
		t.Error(err)
	}
}
