package epgutest

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/epgu"
)

// Config is what a portal works with. Required: Phones, APIKey and Senders.
type Config struct {
	Phones  ra.MobileSigner    // usually a *goskey.Emulator
	APIKey  string             // of the one system it knows
	Senders []*csr.Certificate // CAs of the organisation's certificate

	Algorithms csr.Algorithms               // nil: csr.Standard()
	Clock      interface{ Now() time.Time } // nil: the machine's
	TokenLife  time.Duration                // zero: an hour
	// Requests and Orders are enforced. Zero: those of the portal.
	Requests, Orders epgu.Quota
	// Fault, if set, is asked about each request; a status that is not zero is
	// the answer, and nothing else happens.
	Fault func(*http.Request) int
}

// Portal is the state portal. It keeps everything in memory.
type Portal struct {
	cfg              Config
	mux              *http.ServeMux
	requests, orders *epgu.Window

	mu      sync.Mutex
	tokens  map[string]time.Time // to their ends
	list    map[int64]*order
	next    int64
	silent  int // orders whose sender is not going to be checked
	pushed  int
	refused int
}

// New returns a portal without any order.
func New(c Config) (*Portal, error) {
	if c.Phones == nil || c.APIKey == "" || len(c.Senders) == 0 {
		return nil, errors.New("epgutest: config: one of Phones, APIKey and Senders is missing")
	}
	if c.Algorithms == nil {
		c.Algorithms = csr.Standard()
	}
	if c.Clock == nil {
		c.Clock = machineClock{}
	}
	if c.TokenLife == 0 {
		c.TokenLife = time.Hour
	}
	if c.Requests == (epgu.Quota{}) {
		c.Requests = epgu.PortalRequests
	}
	if c.Orders == (epgu.Quota{}) {
		c.Orders = epgu.PortalOrders
	}
	p := &Portal{
		cfg: c, mux: http.NewServeMux(), requests: epgu.NewWindow(c.Requests), orders: epgu.NewWindow(c.Orders),
		tokens: map[string]time.Time{}, list: map[int64]*order{}, next: 1_230_254_874,
	}
	p.mux.HandleFunc("GET /esia-rs/api/public/v1/orgs/ext-app/{key}/tkn", p.token)
	for path, handler := range map[string]http.HandlerFunc{
		"POST /api/gusmev/order":                             p.create,
		"POST /api/gusmev/push":                              p.push,
		"POST /api/gusmev/push/chunked":                      p.pushChunked,
		"POST /api/gusmev/order/{order}":                     p.status,
		"POST /api/gusmev/order/{order}/cancel":              p.cancel,
		"GET /api/storage/v2/files/{number}/{type}/download": p.download,
	} {
		p.mux.HandleFunc(path, p.authorized(handler))
	}
	return p, nil
}

type machineClock struct{}

func (machineClock) Now() time.Time { return time.Now() }

// NoAnswer has the next n orders end without a check of their sender.
func (p *Portal) NoAnswer(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = n
}

// Counts tells how many orders came whole, and how many requests were refused
// for a quota.
func (p *Portal) Counts() (pushed, tooMany int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pushed, p.refused
}

// ServeHTTP implements http.Handler.
func (p *Portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, ok := p.requests.Take(p.cfg.Clock.Now()); !ok {
		p.tooMany(w)
		return
	}
	if p.cfg.Fault != nil {
		if status := p.cfg.Fault(r); status != 0 {
			fail(w, status, "internal_error")
			return
		}
	}
	p.mux.ServeHTTP(w, r)
}

func (p *Portal) tooMany(w http.ResponseWriter) {
	p.mu.Lock()
	p.refused++
	p.mu.Unlock()
	w.Header().Set("Retry-After", "60")
	fail(w, http.StatusTooManyRequests, "limitation_exception")
}

// fail answers as annex 4 of the specification says.
func fail(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"code": code, "message": "отказ"}) // who has hung up reads nothing
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // who has hung up reads nothing
}

// token gives a token to the organisation whose signature is over the API key.
func (p *Portal) token(w http.ResponseWriter, r *http.Request) {
	signature, err := base64.URLEncoding.DecodeString(r.URL.Query().Get("signature"))
	if err != nil || r.PathValue("key") != p.cfg.APIKey || p.verify([]byte(p.cfg.APIKey), signature) != nil {
		fail(w, http.StatusForbidden, "access_denied_system")
		return
	}
	var chance [16]byte
	rand.Read(chance[:])
	until := p.cfg.Clock.Now().Add(p.cfg.TokenLife)
	encode := base64.RawURLEncoding.EncodeToString
	token := encode([]byte(`{"alg":"none"}`)) + "." + encode(fmt.Appendf(nil, `{"exp":%d}`, until.Unix())) + "." + hex.EncodeToString(chance[:])
	p.mu.Lock()
	p.tokens[token] = until
	p.mu.Unlock()
	answer(w, map[string]string{"accessTkn": token})
}

// authorized lets only those through who show a token that is valid yet.
func (p *Portal) authorized(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, ok := bytes.CutPrefix([]byte(r.Header.Get("Authorization")), []byte("Bearer "))
		p.mu.Lock()
		until, known := p.tokens[string(token)]
		p.mu.Unlock()
		if !ok || !known || !p.cfg.Clock.Now().Before(until) {
			fail(w, http.StatusUnauthorized, "access_denied_user")
			return
		}
		next(w, r)
	}
}

// verify checks a signature of the sender.
func (p *Portal) verify(data, signature []byte) error {
	message, err := cms.Parse(p.cfg.Algorithms, signature)
	if err != nil {
		return err
	}
	_, err = message.Verify(data, csr.Chain{Anchors: p.cfg.Senders, At: p.cfg.Clock.Now()})
	return err
}
