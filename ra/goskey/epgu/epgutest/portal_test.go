package epgutest_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/local"
	"github.com/surguch/surguch/ra/goskey/epgu"
	"github.com/surguch/surguch/ra/goskey/epgu/epgutest"
)

var (
	as    = csr.Standard()
	start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

// phones keep what is submitted and wait for ever.
type phones struct{ got []ra.SignRequest }

func (p *phones) Submit(_ context.Context, r ra.SignRequest) (ra.OperationID, error) {
	p.got = append(p.got, r)
	return ra.OperationID(r.Key), nil
}

func (p *phones) Status(context.Context, ra.OperationID) (ra.Operation, error) {
	return ra.Operation{State: ra.AwaitingUser}, nil
}

func (p *phones) Cancel(context.Context, ra.OperationID) error { return nil }

// sender is a key with a certificate of its own making.
type sender struct {
	key         *gost.PrivateKey
	certificate *csr.Certificate
}

func newSender(t *testing.T) sender {
	t.Helper()
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		t.Fatal(err)
	}
	name, err := csr.NewName(csr.NewAttribute(csr.StateOrProvince, "77 г. Москва"), csr.NewAttribute(csr.CommonName, "ООО «Сургуч»"))
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := local.NewRoot(as, key, name, start)
	if err != nil {
		t.Fatal(err)
	}
	return sender{key, certificate}
}

func (s sender) sign(t *testing.T, data []byte, at time.Time) []byte {
	t.Helper()
	signature, err := cms.Sign(as, s.key, s.certificate, cms.Options{Detached: true, At: at}, data)
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

// archive is what a sender sends for a person, until the time given.
func (s sender) archive(t *testing.T, expires time.Time, change func(*epgu.Archive)) []byte {
	t.Helper()
	f := epgu.Form{SNILS: testenv.NewPerson(1).SNILS, Description: "Заявление", Expires: expires, OrgName: "ООО «Сургуч»", OrgINN: "7707083893"}
	raw, err := f.Marshal(epgu.Flat)
	if err != nil {
		t.Fatal(err)
	}
	a := &epgu.Archive{
		Form:      epgu.File{Name: "req.xml", Data: raw, Signature: s.sign(t, raw, start)},
		Documents: []epgu.File{{Name: "a.txt", Data: []byte("a"), Signature: s.sign(t, []byte("a"), start)}},
	}
	if change != nil {
		change(a)
	}
	packed, err := a.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

// desk is somebody who speaks to a portal by hand.
type desk struct {
	t      *testing.T
	clock  *testenv.Clock
	sender sender
	phones *phones
	portal *epgutest.Portal
	url    string
	token  string
}

func newDesk(t *testing.T) *desk {
	d := &desk{t: t, clock: testenv.NewClock(start), sender: newSender(t), phones: &phones{}}
	var err error
	d.portal, err = epgutest.New(epgutest.Config{
		Phones: d.phones, APIKey: "key", Senders: []*csr.Certificate{d.sender.certificate}, Clock: d.clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(d.portal)
	t.Cleanup(server.Close)
	d.url = server.URL
	return d
}

// do makes a request and returns status and body.
func (d *desk) do(method, path, media string, body io.Reader) (int, string) {
	d.t.Helper()
	r, err := http.NewRequest(method, d.url+path, body)
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Content-Type", media)
	if d.token != "" {
		r.Header.Set("Authorization", "Bearer "+d.token)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return response.StatusCode, string(answer)
}

// logIn gets a token for a signature over the API key.
func (d *desk) logIn(signature []byte) int {
	d.t.Helper()
	status, body := d.do("GET", "/esia-rs/api/public/v1/orgs/ext-app/key/tkn?signature="+url.QueryEscape(base64.URLEncoding.EncodeToString(signature)), "", nil)
	var answer struct {
		Token string `json:"accessTkn"`
	}
	if status == http.StatusOK {
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			d.t.Fatal(err)
		}
	}
	d.token = answer.Token
	return status
}

// post sends a form with a file.
func (d *desk) post(path string, file []byte, fields ...string) (int, string) {
	d.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			d.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", "archive.zip")
	if err == nil {
		_, err = part.Write(file)
	}
	if err != nil || w.Close() != nil {
		d.t.Fatal(err)
	}
	return d.do("POST", path, w.FormDataContentType(), &body)
}

const meta = `{"region":"77","serviceCode":"10000000374","targetCode":"-10000000374"}`

func TestToken(t *testing.T) {
	d := newDesk(t)
	if status, _ := d.do("POST", "/api/gusmev/order", "application/json", strings.NewReader(meta)); status != http.StatusUnauthorized {
		t.Errorf("without a token: got %d, want 401", status)
	}
	for what, signature := range map[string][]byte{
		"nobody":        newSender(t).sign(t, []byte("key"), start),
		"another text":  d.sender.sign(t, []byte("another"), start),
		"no signature":  nil,
		"no CMS at all": {0x30, 0},
	} {
		if status := d.logIn(signature); status != http.StatusForbidden {
			t.Errorf("%s: got %d, want 403", what, status)
		}
	}
	if status := d.logIn(d.sender.sign(t, []byte("key"), start)); status != http.StatusOK {
		t.Fatalf("got %d", status)
	}
	if status, body := d.do("POST", "/api/gusmev/order", "application/json", strings.NewReader(meta)); status != http.StatusOK {
		t.Errorf("got %d %s", status, body)
	}
	d.clock.Advance(time.Hour)
	if status, _ := d.do("POST", "/api/gusmev/order", "application/json", strings.NewReader(meta)); status != http.StatusUnauthorized {
		t.Errorf("an old token: got %d, want 401", status)
	}
}

// TestPush sends archives whole: what the portal checks decides whether the
// phone gets them.
func TestPush(t *testing.T) {
	other := newSender(t)
	for what, c := range map[string]struct {
		expires time.Duration
		change  func(*epgu.Archive)
		want    string
	}{
		"good":                   {24 * time.Hour, nil, "WAIT_RESPONSE"},
		"expires too late":       {24*time.Hour + time.Second, nil, "REQUEST_ERROR"},
		"has expired":            {0, nil, "REQUEST_ERROR"},
		"by another sender":      {time.Hour, func(a *epgu.Archive) { a.Documents[0].Signature = other.sign(t, []byte("a"), start) }, "REQUEST_ERROR"},
		"the form by another":    {time.Hour, func(a *epgu.Archive) { a.Form.Signature = other.sign(t, a.Form.Data, start) }, "REQUEST_ERROR"},
		"over another document":  {time.Hour, func(a *epgu.Archive) { a.Documents[0].Data = []byte("b") }, "REQUEST_ERROR"},
		"a name not allowed":     {time.Hour, func(a *epgu.Archive) { a.Documents[0].Name = "a-b.txt" }, "REQUEST_ERROR"},
		"nothing to be unpacked": {time.Hour, func(a *epgu.Archive) { a.Documents = nil }, "REQUEST_ERROR"},
	} {
		d := newDesk(t)
		d.logIn(d.sender.sign(t, []byte("key"), start))
		status, body := d.post("/api/gusmev/push", d.sender.archive(t, start.Add(c.expires), c.change), "meta", meta)
		var made struct {
			Order int64 `json:"orderId"`
		}
		if err := json.Unmarshal([]byte(body), &made); status != http.StatusOK || err != nil || made.Order == 0 {
			t.Fatalf("%s: got %d %s", what, status, body)
		}
		status, body = d.do("POST", fmt.Sprintf("/api/gusmev/order/%d?embed=STATUS_HISTORY", made.Order), "application/json", strings.NewReader(meta))
		if status != http.StatusOK || !strings.Contains(body, c.want) || (len(d.phones.got) == 1) != (c.want == "WAIT_RESPONSE") {
			t.Errorf("%s: got %d %s and %d packages, want %s", what, status, body, len(d.phones.got), c.want)
		}
	}
}

// TestChunks refuses chunks out of their order, and more of them after the
// last.
func TestChunks(t *testing.T) {
	d := newDesk(t)
	d.logIn(d.sender.sign(t, []byte("key"), start))
	_, body := d.do("POST", "/api/gusmev/order", "application/json", strings.NewReader(meta))
	var made struct {
		Order int64 `json:"orderId"`
	}
	if err := json.Unmarshal([]byte(body), &made); err != nil {
		t.Fatal(err)
	}
	archive := d.sender.archive(t, start.Add(time.Hour), nil)
	half := len(archive) / 2
	for i, c := range []struct {
		order  int64
		chunk  string
		chunks string
		data   []byte
		want   int
	}{
		{made.Order + 1, "0", "1", archive, 400},
		{made.Order, "1", "2", archive[half:], 400},
		{made.Order, "2", "2", archive[half:], 400},
		{made.Order, "-1", "2", archive[half:], 400},
		{made.Order, "x", "2", archive[half:], 400},
		{made.Order, "0", "2", archive[half:], 200},
		{made.Order, "0", "2", archive[:half], 200}, // begins anew
		{made.Order, "1", "2", archive[half:], 200},
		{made.Order, "0", "2", archive[:half], 409},
	} {
		status, _ := d.post("/api/gusmev/push/chunked", c.data, "orderId", fmt.Sprint(c.order), "meta", meta, "chunk", c.chunk, "chunks", c.chunks)
		if status != c.want {
			t.Errorf("chunk %d: got %d, want %d", i, status, c.want)
		}
	}
	if pushed, _ := d.portal.Counts(); pushed != 1 || len(d.phones.got) != 1 {
		t.Errorf("got %d orders and %d packages, want one", pushed, len(d.phones.got))
	}
	if status, _ := d.do("POST", fmt.Sprintf("/api/gusmev/order/%d/cancel", made.Order), "", nil); status != http.StatusBadRequest {
		t.Errorf("withdrawn without a reason: got %d, want 400", status)
	}
	if status, _ := d.do("POST", "/api/gusmev/order/1", "", nil); status != http.StatusNoContent {
		t.Errorf("no such order: got %d, want 204", status)
	}
	if status, _ := d.do("GET", fmt.Sprintf("/api/storage/v2/files/%d00/3/download?mnemonic=a.txt.sig", made.Order), "", nil); status != http.StatusNotFound {
		t.Errorf("a file before it is signed: got %d, want 404", status)
	}
}

// TestQuota refuses the order after the twentieth within ten minutes.
func TestQuota(t *testing.T) {
	d := newDesk(t)
	d.logIn(d.sender.sign(t, []byte("key"), start))
	for i := range epgu.PortalOrders.N + 1 {
		want := http.StatusOK
		if i == epgu.PortalOrders.N {
			want = http.StatusTooManyRequests
		}
		if status, _ := d.do("POST", "/api/gusmev/order", "application/json", strings.NewReader(meta)); status != want {
			t.Errorf("order %d: got %d, want %d", i+1, status, want)
		}
	}
}
