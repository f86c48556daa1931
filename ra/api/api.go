package api

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"path"
	"strings"
	"time"

	"github.com/surguch/surguch/ra"
)

// Config is what a handler is made of. Required: Authority.
type Config struct {
	// Authority is whose front this is.
	Authority *ra.Authority
	// Prefix is the path that the handler is mounted under: "" or "/ra/v1".
	Prefix string
	// Authenticate tells who calls, if it is not a session of this package:
	// any error, or an actor without an ID or a role, is answered with 401.
	// It is asked for every request and by several goroutines. Nil: nobody
	// comes but with a session.
	Authenticate func(*http.Request) (ra.Actor, error)
	// Address is where a request comes from, for the limits. Nil: the other
	// end of the connection. Behind a proxy it must be what that proxy says.
	Address func(*http.Request) netip.Addr

	// Limits bound how often one comes.
	Limits Limits
	// Streams is how many may listen to events at once. Zero: 1000.
	Streams int
	// RefusalDelay is how long after its arrival a wrong credential is
	// refused at the earliest; at the latest it is a quarter more. Zero:
	// 250 ms. Negative: at once, which tells by the time what was wrong.
	RefusalDelay time.Duration
	// Timeout is how long a request may take, the reading of its body
	// included. Zero: 30 s. Streams of events are not bound by it.
	Timeout time.Duration

	// Clock tells the time. Nil: the machine's.
	Clock ra.Clock
	// Log receives a line for each request: operation, status, duration. It
	// gets no tokens and no personal data. Nil: slog.Default().
	Log *slog.Logger
}

// Defaults of Config, and the bounds that are not configured.
const (
	defaultRefusalDelay = 250 * time.Millisecond
	defaultTimeout      = 30 * time.Second
	defaultStreams      = 1000

	streamsOfOne = 8                // streams that one caller may hold
	pollEvery    = time.Second      // between looks at a request somebody listens to
	heartbeat    = 15 * time.Second // between signs of life in a stream
	writeTimeout = 10 * time.Second // for each event of a stream
	jsonMost     = 64 << 10         // octets of a JSON body
	derMost      = 64 << 10         // octets of a PKCS #10 request, a certificate
	signatureMax = 1 << 20          // octets of a detached signature
	pageDefault  = 50               // requests of a page
	pageMost     = 200
	secretLeast  = 16 // octets of the secret that a session is asked for with
	secretMost   = 32
)

// Handler is the front. It is safe for concurrent use.
type Handler struct {
	cfg      Config
	mux      *http.ServeMux
	limits   limiters
	broker   *broker
	document []byte // /openapi.json
}

// New checks the configuration and returns the handler.
func New(c Config) (*Handler, error) {
	switch {
	case c.Authority == nil:
		return nil, errors.New("api: config: Authority is required")
	case c.Prefix != "" && (c.Prefix[0] != '/' || path.Clean(c.Prefix) != c.Prefix || strings.ContainsAny(c.Prefix, "{} ")):
		return nil, errors.New("api: config: Prefix is not a plain path such as /ra/v1")
	}
	if c.Address == nil {
		c.Address = peer
	}
	c.RefusalDelay = cmp.Or(c.RefusalDelay, defaultRefusalDelay)
	c.Timeout = cmp.Or(c.Timeout, defaultTimeout)
	c.Streams = cmp.Or(c.Streams, defaultStreams)
	if c.Clock == nil {
		c.Clock = machineClock{}
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	h := &Handler{cfg: c, mux: http.NewServeMux(), limits: newLimiters(c.Limits, c.Clock)}
	h.broker = newBroker(c.Clock, c.Streams, func(ctx context.Context, id ra.ID) (int64, error) {
		r, err := c.Authority.Request(ctx, id)
		if err != nil {
			return 0, err
		}
		return r.Version, nil
	})
	if err := h.route(operations); err != nil {
		return nil, err
	}
	return h, nil
}

// route registers the operations, and answers what is none of them.
func (h *Handler) route(table []operation) (err error) {
	methods := map[string][]string{}
	var paths []string
	for i := range table {
		op := &table[i]
		h.mux.HandleFunc(op.method+" "+h.cfg.Prefix+op.path, func(w http.ResponseWriter, r *http.Request) {
			c := w.(*call)
			c.op, c.r = op, r
			c.answer(c.carryOut())
		})
		if methods[op.path] == nil {
			paths = append(paths, op.path)
		}
		methods[op.path] = append(methods[op.path], op.method)
	}
	for _, path := range paths {
		allowed := strings.Join(methods[path], ", ")
		h.mux.HandleFunc(h.cfg.Prefix+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Allow", allowed)
			w.(*call).answer(fault("method_not_allowed"))
		})
	}
	h.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { w.(*call).answer(fault("not_found")) })
	h.document, err = document(h.cfg.Prefix, table)
	return err
}

// ServeHTTP answers a request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := newCall(h, w, r)
	defer c.end()
	if r.URL.Path == "" || path.Clean(r.URL.Path) != r.URL.Path {
		c.answer(fault("not_found")) // and no redirection, which would repeat the address
		return
	}
	h.mux.ServeHTTP(c, c.r)
}

// Close ends all streams of events and waits until they have ended. It may be
// given to http.Server.RegisterOnShutdown: the server would wait for them.
func (h *Handler) Close() { h.broker.close() }

type machineClock struct{}

func (machineClock) Now() time.Time                         { return time.Now().UTC() }
func (machineClock) After(d time.Duration) <-chan time.Time { return time.After(d) }
