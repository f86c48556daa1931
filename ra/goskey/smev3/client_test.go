package smev3_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/local"
	"github.com/surguch/surguch/ra/goskey"
	"github.com/surguch/surguch/ra/goskey/channel"
	"github.com/surguch/surguch/ra/goskey/smev3"
	"github.com/surguch/surguch/ra/goskey/smev3/smev3test"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/client"
	"github.com/surguch/surguch/smev/smevtest"
	"github.com/surguch/surguch/smev/xmldsig"
)

var (
	as    = csr.Standard()
	start = time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)
)

// world is two participants of a simulated SMEV: we, and Goskey with its
// phones.
type world struct {
	clock   *testenv.Clock
	ca      *local.CA
	root    *csr.Certificate
	phones  *goskey.Emulator
	snils   string
	phone   *goskey.Phone
	service *smev3test.Service
	goskey  *client.Client
	handler client.Handler
	config  smev3.Config
	client  *smev3.Client
	close   func()

	participant func(client.Store) *client.Client // makes us anew, as after a restart
}

func check(err error) {
	if err != nil {
		log.Panic(err)
	}
}

func newWorld() *world {
	w := &world{clock: testenv.NewClock(start), snils: testenv.NewPerson(1).SNILS}
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	check(err)
	w.root, err = local.NewRoot(as, key, name(csr.NewAttribute(csr.StateOrProvince, "77 г. Москва"), csr.NewAttribute(csr.CommonName, "Учебный УЦ")), start)
	check(err)
	w.ca, err = local.New(local.Config{
		Algorithms: as, Key: key, Certificate: w.root, Clock: w.clock, SubjectTool: "приложение",
		IssuerTool: qualified.IssuerSignTool{
			SignTool: "средство УЦ", CATool: "учебный УЦ", SignToolCert: "не сертифицировано", CAToolCert: "не сертифицирован",
		},
	})
	check(err)
	w.phones, err = goskey.NewEmulator(goskey.Config{Algorithms: as, CA: w.ca, Clock: w.clock})
	check(err)
	w.phone = w.enrol(w.snils)
	w.service, err = smev3test.New(smev3test.Config{Phones: w.phones, Senders: []*csr.Certificate{w.root}, Clock: w.clock})
	check(err)
	w.handler = w.service.Answer

	server, err := smevtest.NewServer(smevtest.Config{Clock: w.clock, Seed: 7})
	check(err)
	url, err := server.Listen()
	check(err)
	check(server.Serve(smev.Kind{Name: "Госключ", Namespace: smev3.Namespace, Root: smev3.Root, ResponseRoot: smev3.ResponseRoot}, "MNSV03"))
	transport, signers := &http.Transport{}, map[string]*xmldsig.Signer{}
	w.close = func() { transport.CloseIdleConnections(); check(server.Close()) }
	participant := func(mnemonic string, store client.Store) *client.Client {
		signer := signers[mnemonic]
		if signer == nil {
			signer, err = server.Enroll(mnemonic)
			check(err)
			signers[mnemonic] = signer
		}
		c, err := client.New(client.Config{
			URL: url, HTTP: &http.Client{Transport: transport}, Clock: w.clock, Test: true,
			Signer: func() *xmldsig.Signer { return signer },
			SMEV:   []*csr.Certificate{server.Certificate()}, Participants: []*csr.Certificate{server.Root()},
			Store: store, Log: slog.New(slog.DiscardHandler),
		})
		check(err)
		return c
	}
	w.participant = func(store client.Store) *client.Client { return participant("RA0001", store) }
	ours := w.participant(nil)
	w.goskey = participant("MNSV03", nil)

	sender, certificate := w.sender()
	w.config = smev3.Config{
		Exchange: ours, OrgName: "ООО «Сургуч» & Ко", Key: sender, Certificate: certificate,
		Anchors: []*csr.Certificate{w.root}, Clock: w.clock, Store: channel.NewMemory(),
	}
	w.restart()
	return w
}

func (w *world) restart() {
	var err error
	w.client, err = smev3.New(w.config)
	check(err)
}

func name(attributes ...csr.Attribute) csr.Name {
	n, err := csr.NewName(attributes...)
	check(err)
	return n
}

func (w *world) enrol(snils string) *goskey.Phone {
	phone, err := w.phones.Enrol(context.Background(), snils, name(csr.NewAttribute(csr.SNILS, snils), csr.NewAttribute(csr.CommonName, "Вощёных")))
	check(err)
	return phone
}

// sender is the organisation's key and certificate.
func (w *world) sender() (*gost.PrivateKey, *csr.Certificate) {
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	check(err)
	der, err := as.Create(key, &csr.Template{Subject: name(csr.NewAttribute(csr.SNILS, testenv.NewPerson(7).SNILS), csr.NewAttribute(csr.CommonName, "ООО «Сургуч»"))})
	check(err)
	request, err := as.Parse(der)
	check(err)
	o, err := w.ca.Submit(context.Background(), "sender", ra.Order{Request: request})
	check(err)
	certificate, err := as.ParseCertificate(o.Certificate)
	check(err)
	return key, certificate
}

func (w *world) request(key string) ra.SignRequest {
	return ra.SignRequest{
		Key: key, SNILS: w.snils, Title: "Заявление <и> запрос", Deadline: w.clock.Now().Add(24 * time.Hour),
		Documents: []ra.SignDocument{
			{Name: "заявление.pdf", Media: "application/pdf", Data: []byte("%PDF a")},
			{Name: "запрос.pdf", Media: "application/pdf", Data: []byte("%PDF b")},
		},
	}
}

func (w *world) submit(r ra.SignRequest) ra.OperationID {
	id, err := w.client.Submit(context.Background(), r)
	check(err)
	return id
}

// status asks us, then lets a minute pass and Goskey work.
func (w *world) status(id ra.OperationID) (ra.Operation, error) {
	o, err := w.client.Status(context.Background(), id)
	w.clock.Advance(time.Minute)
	if _, err := w.goskey.ServeOnce(context.Background(), w.handler); !errors.Is(err, smev3test.ErrWaiting) {
		check(err)
	}
	w.clock.Advance(time.Minute)
	return o, err
}

// state wants the package in the state given within some polls.
func (w *world) state(t testing.TB, id ra.OperationID, want ra.OperationState) ra.Operation {
	t.Helper()
	o, err := w.status(id)
	for range 3 {
		if err == nil && o.State == ra.AwaitingUser && want != ra.AwaitingUser {
			o, err = w.status(id)
		}
	}
	if err != nil || o.State != want {
		t.Fatalf("got %v, %v, want %v", o.State, err, want)
	}
	return o
}

func (w *world) sign() {
	for _, p := range w.phone.Packages() {
		check(errors.Join(w.phone.View(p.ID), w.phone.Sign(p.ID, true)))
	}
}

// A document goes through SMEV to a person's phone and comes back signed. SMEV,
// Goskey and the phone are emulated.
func Example() {
	w := newWorld()
	defer w.close()
	id := w.submit(ra.SignRequest{
		Key: "request-1/application", SNILS: w.snils, Title: "Заявление", Deadline: w.clock.Now().Add(24 * time.Hour),
		Documents: []ra.SignDocument{{Name: "заявление.txt", Media: "text/plain", Data: []byte("Прошу выдать сертификат")}},
	})
	operation, err := w.status(id) // sends it
	check(err)
	fmt.Println(operation.State)
	for _, p := range w.phone.Packages() {
		fmt.Println(p.Title, w.phone.View(p.ID), w.phone.Sign(p.ID, true))
	}
	for operation.State == ra.AwaitingUser {
		operation, err = w.status(id)
		check(err)
	}
	fmt.Println(operation.State, len(operation.Signatures))
	// Output:
	// awaiting_user
	// Заявление <nil> <nil>
	// signed 1
}

func TestSign(t *testing.T) {
	w := newWorld()
	defer w.close()
	r := w.request("1")
	id := w.submit(r)
	if again := w.submit(r); again != id || len(w.phone.Packages()) != 0 {
		t.Errorf("got %s and %s, want one operation and nothing sent", id, again)
	}
	for range 3 {
		w.state(t, id, ra.AwaitingUser)
		w.restart()
	}
	if list := w.phone.Packages(); len(list) != 1 || list[0].Title != "Заявление <и› запрос" || len(list[0].Documents) != 2 || list[0].Documents[1].Name != "запрос.pdf" {
		t.Fatalf("got %v on the phone, want the package", list)
	}
	w.sign()
	for range 2 {
		o := w.state(t, id, ra.Signed)
		for i, d := range r.Documents {
			message, err := cms.Parse(as, o.Signatures[i])
			if err != nil {
				t.Fatal(err)
			}
			if _, err := message.Verify(d.Data, csr.Chain{Anchors: []*csr.Certificate{w.root}, At: w.clock.Now()}); err != nil {
				t.Errorf("document %d: %v", i, err)
			}
		}
	}
}

func TestEnds(t *testing.T) {
	for what, c := range map[string]struct {
		end  func(w *world, id ra.OperationID)
		want ra.OperationState
	}{
		"declined":  {func(w *world, _ ra.OperationID) { check(w.phone.Decline(w.phone.Packages()[0].ID)) }, ra.RefusedByUser},
		"expired":   {func(w *world, _ ra.OperationID) { w.clock.Advance(24 * time.Hour) }, ra.SigningExpired},
		"withdrawn": {func(w *world, id ra.OperationID) { check(w.client.Cancel(context.Background(), id)) }, ra.SigningExpired},
		"nobody":    {nil, ra.SignerNotFound},
	} {
		w := newWorld()
		r := w.request("1")
		if c.end == nil {
			r.SNILS = testenv.NewPerson(9).SNILS
		}
		id := w.submit(r)
		w.state(t, id, ra.AwaitingUser)
		if c.end != nil {
			c.end(w, id)
		}
		for range 2 {
			if o := w.state(t, id, c.want); o.Reason == "" || o.Signatures != nil {
				t.Errorf("%s: got reason %q, %d signatures", what, o.Reason, len(o.Signatures))
			}
		}
		if err := w.client.Cancel(t.Context(), id); err != nil {
			t.Errorf("%s: withdrawn afterwards: %v", what, err)
		}
		w.close()
	}
}

// TestDeadline tells the service of a deadline that it takes, if ours is later.
func TestDeadline(t *testing.T) {
	w := newWorld()
	defer w.close()
	r := w.request("1")
	r.Deadline = start.Add(48 * time.Hour)
	w.state(t, w.submit(r), ra.AwaitingUser)
	if list := w.phone.Packages(); len(list) != 1 || !list[0].Deadline.Equal(start.Add(24*time.Hour)) {
		t.Errorf("got %v on the phone, want it for a day", list)
	}
}

// TestNoAnswer makes a message anew whose sender was not checked.
func TestNoAnswer(t *testing.T) {
	w := newWorld()
	defer w.close()
	w.service.NoAnswer(2)
	id := w.submit(w.request("1"))
	for range 6 {
		w.state(t, id, ra.AwaitingUser)
	}
	if len(w.phone.Packages()) != 1 {
		t.Fatalf("got %d packages on the phone, want one", len(w.phone.Packages()))
	}
	w.sign()
	w.state(t, id, ra.Signed)

	w.service.NoAnswer(3)
	id = w.submit(w.request("2"))
	var e *smev3.AnswerError
	for range 6 {
		if _, err := w.status(id); err != nil {
			if !errors.As(err, &e) || e.Code != "10" || reflect.TypeOf(err) != reflect.TypeOf(ra.Permanent(e)) {
				t.Errorf("got %v, want *AnswerError for good", err)
			}
			return
		}
	}
	t.Error("got no error after three messages")
}

// TestForged has the service answer what must not be believed.
func TestForged(t *testing.T) {
	signature := func(w *world, snils, text string) []byte {
		phone := w.enrol(snils)
		id, err := w.phones.Submit(context.Background(), ra.SignRequest{
			Key: snils + text, SNILS: snils, Deadline: w.clock.Now().Add(time.Hour), Documents: []ra.SignDocument{{Name: "a", Data: []byte(text)}},
		})
		check(errors.Join(err, phone.View(id), phone.Sign(id, true)))
		o, err := w.phones.Status(context.Background(), id)
		check(err)
		return o.Signatures[0]
	}
	for what, c := range map[string]struct {
		change func(w *world, r *smev3.Response) [][]byte
		want   error // nil: a *SignatureError of any reason
	}{
		"another request": {func(w *world, r *smev3.Response) [][]byte {
			r.RequestID += "0"
			return [][]byte{signature(w, w.snils, "%PDF a"), signature(w, w.snils, "%PDF b")}
		}, smev3.ErrOtherAnswer},
		"about another person": {func(w *world, r *smev3.Response) [][]byte {
			r.SNILS = testenv.NewPerson(2).SNILS
			return [][]byte{signature(w, w.snils, "%PDF a"), signature(w, w.snils, "%PDF b")}
		}, smev3.ErrOtherAnswer},
		"by another person": {func(w *world, _ *smev3.Response) [][]byte {
			other := testenv.NewPerson(2).SNILS
			return [][]byte{signature(w, other, "%PDF a"), signature(w, other, "%PDF b")}
		}, ra.ErrOtherPerson},
		"another document": {func(w *world, _ *smev3.Response) [][]byte {
			return [][]byte{signature(w, w.snils, "%PDF a"), signature(w, w.snils, "%PDF c")}
		}, cms.ErrContent},
		"one for both": {func(w *world, _ *smev3.Response) [][]byte { return [][]byte{signature(w, w.snils, "%PDF a")} }, ra.ErrTooFew},
		"nonsense":     {func(*world, *smev3.Response) [][]byte { return [][]byte{{0x30, 0}, {0x30, 0}} }, nil},
	} {
		w := newWorld()
		w.handler = func(_ context.Context, q *client.Inquiry) (*client.Outcome, error) {
			asked, err := smev3.ParseRequest(q.Content)
			check(err)
			r := &smev3.Response{ID: "A", RequestID: asked.ID, At: w.clock.Now(), SNILS: asked.SNILS}
			var files []client.Attachment
			for i, raw := range c.change(w, r) {
				r.Signatures = append(r.Signatures, smev3.Signature{Document: fmt.Sprintf("doc-%d", i+1), Attachment: fmt.Sprintf("ATTACHMENT_%d", i+1)})
				files = append(files, client.Attachment{MediaType: "application/x-pkcs7-signature", Data: raw})
			}
			return &client.Outcome{Message: client.Message{Content: r.Marshal(), Attachments: files}}, nil
		}
		id := w.submit(w.request("1"))
		_, err := w.status(id)
		check(err)
		o, err := w.status(id)
		var e *ra.SignatureError
		if err == nil || c.want != nil && !errors.Is(err, c.want) || c.want != smev3.ErrOtherAnswer && !errors.As(err, &e) || o.State != "" {
			t.Errorf("%s: got %v, %v, want %v", what, o.State, err, c.want)
		} else if strings.Contains(err.Error(), w.snils) {
			t.Errorf("%s: the error quotes: %v", what, err)
		}
		w.close()
	}
}

// TestAnyOrder finds the signatures in whatever order they come.
func TestAnyOrder(t *testing.T) {
	w := newWorld()
	defer w.close()
	w.handler = func(ctx context.Context, q *client.Inquiry) (*client.Outcome, error) {
		o, err := w.service.Answer(ctx, q)
		if err == nil && len(o.Message.Attachments) == 2 {
			a := o.Message.Attachments
			a[0], a[1] = a[1], a[0]
		}
		return o, err
	}
	id := w.submit(w.request("1"))
	w.state(t, id, ra.AwaitingUser)
	w.sign()
	w.state(t, id, ra.Signed)
}

func TestSubmitRefuses(t *testing.T) {
	w := newWorld()
	defer w.close()
	for what, change := range map[string]func(*ra.SignRequest){
		"unqualified":  func(r *ra.SignRequest) { r.Level = ra.UnqualifiedLevel },
		"no documents": func(r *ra.SignRequest) { r.Documents = nil },
		"an empty one": func(r *ra.SignRequest) { r.Documents[0].Data = nil },
		"a large one":  func(r *ra.SignRequest) { r.Documents[0].Data = make([]byte, smev3.MaxDocument+1) },
		"too much": func(r *ra.SignRequest) {
			for i := range 5 {
				r.Documents = append(r.Documents, ra.SignDocument{Name: fmt.Sprint(i), Media: "text/plain", Data: make([]byte, smev3.MaxDocument)})
			}
		},
		"no SNILS":    func(r *ra.SignRequest) { r.SNILS = "123" },
		"no title":    func(r *ra.SignRequest) { r.Title = "" },
		"no name":     func(r *ra.SignRequest) { r.Documents[1].Name = "" },
		"no deadline": func(r *ra.SignRequest) { r.Deadline = time.Time{} },
	} {
		r := w.request(what)
		change(&r)
		if id, err := w.client.Submit(t.Context(), r); err == nil || id != "" {
			t.Errorf("%s: got %s, %v, want it refused", what, id, err)
		}
	}
	for what, change := range map[string]func(*smev3.Config){
		"no exchange": func(c *smev3.Config) { c.Exchange = nil },
		"no key":      func(c *smev3.Config) { c.Key = nil },
		"no anchors":  func(c *smev3.Config) { c.Anchors = nil },
		"no name":     func(c *smev3.Config) { c.OrgName = "" },
	} {
		c := w.config
		change(&c)
		if got, err := smev3.New(c); got != nil || err == nil {
			t.Errorf("%s: got no error", what)
		}
	}
	if _, err := w.client.Status(t.Context(), "unknown"); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}
