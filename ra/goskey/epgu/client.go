package epgu

import (
	"crypto"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/channel"
)

// Config says who asks and whom. Required: ESIA, EPGU, APIKey, Region, OrgName,
// OrgINN, Key, Certificate and Anchors.
type Config struct {
	ESIA, EPGU string // addresses, http or https, without a path
	APIKey     string // of the organisation's system
	Region     string // two digits
	OrgName    string // the person reads it, up to 250 characters
	OrgINN     string // 10 or 12 digits

	Key         crypto.Signer    // of the organisation's qualified certificate
	Certificate *csr.Certificate // by which ESIA knows it
	// Anchors are the CAs under which persons sign in Goskey.
	Anchors []*csr.Certificate

	// Algorithms are the schemes of all signatures. Nil: csr.Standard().
	Algorithms csr.Algorithms
	// Service is the number of the service. "": 10000000374.
	Service string
	// Layout of req.xml. "": Flat, that of specification 1.9.
	Layout Layout
	// Backlink is where the application leads back to, up to 250 characters.
	// "": nowhere.
	Backlink string
	// Requests and Orders bound what is sent. Zero: PortalRequests and
	// PortalOrders.
	Requests, Orders Quota
	// Store remembers packages. Nil: channel.NewMemory(), which forgets them
	// with the process.
	Store channel.Store
	// HTTP makes the requests; redirects are refused whatever it says. Nil: a
	// client with a timeout of one minute.
	HTTP *http.Client
	// Clock tells the time. Nil: the machine's.
	Clock interface{ Now() time.Time }
}

// Client is a ra.MobileSigner behind the state portal. It is safe for
// concurrent use.
type Client struct {
	cfg              Config
	http             *http.Client
	requests, orders *Window
	size             int // of a chunk

	tokens sync.Mutex // held while a token is fetched
	access string
	until  time.Time

	mu     sync.Mutex
	silent time.Time // the portal is not asked before
	polls  map[ra.OperationID]poll
	busy   map[ra.OperationID]chan struct{} // closed when a call is through with the package
}

var _ ra.MobileSigner = (*Client)(nil)

// New checks the configuration and returns a client. It sends nothing.
func New(cfg Config) (*Client, error) {
	if cfg.Service == "" {
		cfg.Service = "10000000374"
	}
	if cfg.Algorithms == nil {
		cfg.Algorithms = csr.Standard()
	}
	if cfg.Requests == (Quota{}) {
		cfg.Requests = PortalRequests
	}
	if cfg.Orders == (Quota{}) {
		cfg.Orders = PortalOrders
	}
	if cfg.Store == nil {
		cfg.Store = channel.NewMemory()
	}
	if cfg.Clock == nil {
		cfg.Clock = machineClock{}
	}
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("epgu: config: %w", err)
	}
	plain := http.Client{Timeout: time.Minute}
	if cfg.HTTP != nil {
		plain = *cfg.HTTP
	}
	plain.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{
		cfg: cfg, http: &plain, size: ChunkSize, requests: NewWindow(cfg.Requests), orders: NewWindow(cfg.Orders),
		polls: map[ra.OperationID]poll{}, busy: map[ra.OperationID]chan struct{}{},
	}, nil
}

func (cfg *Config) check() error {
	for name, address := range map[string]*string{"ESIA": &cfg.ESIA, "EPGU": &cfg.EPGU} {
		u, err := url.Parse(*address)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
			return fmt.Errorf("%s is not an http or https address without a path", name)
		}
		*address = u.Scheme + "://" + u.Host
	}
	switch {
	case cfg.APIKey == "" || len(cfg.Region) != 2 || !digits(cfg.Region) || !digits(cfg.Service):
		return errors.New("one of APIKey, Region and Service is missing or not what it should be")
	case cfg.Key == nil || cfg.Certificate == nil || len(cfg.Anchors) == 0:
		return errors.New("one of Key, Certificate and Anchors is missing")
	case cfg.Layout != Flat && cfg.Layout != Nested:
		return fmt.Errorf("there is no layout %q", cfg.Layout)
	case cfg.Requests.N < 1 || cfg.Requests.Per <= 0 || cfg.Orders.N < 1 || cfg.Orders.Per <= 0:
		return errors.New("a quota allows nothing")
	}
	// What a form says of the organisation is checked with a person that fits.
	sample := Form{
		SNILS: "00000000000", Description: "-", Expires: time.Unix(0, 0),
		Backlink: cfg.Backlink, OrgName: cfg.OrgName, OrgINN: cfg.OrgINN,
	}
	return sample.check()
}

// sign makes the organisation's detached signature.
func (c *Client) sign(data []byte) ([]byte, error) {
	s, err := cms.Sign(c.cfg.Algorithms, c.cfg.Key, c.cfg.Certificate, cms.Options{Detached: true, At: c.cfg.Clock.Now()}, data)
	if err != nil {
		return nil, fmt.Errorf("epgu: the organisation's signature: %w", err)
	}
	return s, nil
}

// archive makes what is sent for a request at this moment.
func (c *Client) archive(r *ra.SignRequest) ([]byte, error) {
	f := Form{
		Level: r.Level, SNILS: r.SNILS, Description: shorten(r.Title), Backlink: c.cfg.Backlink,
		Expires: c.deadline(r), OrgName: c.cfg.OrgName, OrgINN: c.cfg.OrgINN,
	}
	var a Archive
	for _, d := range r.Documents {
		signature, err := c.sign(d.Data)
		if err != nil {
			return nil, err
		}
		a.Documents = append(a.Documents, File{Name: d.Name, Data: d.Data, Signature: signature})
		if c.cfg.Layout == Nested {
			f.Documents = append(f.Documents, FormDocument{ID: d.Name, Media: d.Media})
		}
	}
	raw, err := f.Marshal(c.cfg.Layout)
	if err != nil {
		return nil, err
	}
	signature, err := c.sign(raw)
	if err != nil {
		return nil, err
	}
	a.Form = File{Name: formName, Data: raw, Signature: signature}
	return a.Marshal()
}

// The portal takes deadlines of up to a day; a little is left for clocks that
// differ.
const (
	maxLife = 24 * time.Hour
	slack   = 5 * time.Minute
)

// deadline is the one the portal is told.
func (c *Client) deadline(r *ra.SignRequest) time.Time {
	if latest := c.cfg.Clock.Now().Add(maxLife - slack); r.Deadline.After(latest) {
		return latest
	}
	return r.Deadline
}

// shorten cuts a title down to what a form takes.
func shorten(title string) string {
	if utf8.RuneCountInString(title) <= maxText {
		return title
	}
	return string([]rune(title)[:maxText-1]) + "…"
}

type machineClock struct{}

func (machineClock) Now() time.Time { return time.Now() }
