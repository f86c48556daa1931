package api

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// call is one request on its way through the handler, and its answer.
type call struct {
	http.ResponseWriter
	h       *Handler
	r       *http.Request
	op      *operation // nil: it is none of ours
	arrived time.Time
	status  int    // answered; 0: nothing yet
	code    string // of the problem it was answered with
	err     error  // behind an answer that is our fault
	mark    string // by which the log is found: X-Request-Id

	query url.Values // checked
	caller
	request   *ra.Request   // that the path names, as it was when it was looked at
	authority *ra.Authority // for the one command that the key stands for
	matched   bool          // and for the one version that If-Match names
}

func newCall(h *Handler, w http.ResponseWriter, r *http.Request) *call {
	c := &call{ResponseWriter: w, h: h, r: r, arrived: h.cfg.Clock.Now(), mark: rand.Text(), authority: h.cfg.Authority}
	for name, value := range headers {
		w.Header()[name] = value
	}
	w.Header().Set("X-Request-Id", c.mark)
	return c
}

// headers are those of every answer. Nothing is stored on the way, guessed at,
// run, shown in a frame or shared with other origins.
var headers = http.Header{
	"Cache-Control":                {"no-store"},
	"Content-Security-Policy":      {"default-src 'none'; frame-ancestors 'none'"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
	"Referrer-Policy":              {"no-referrer"},
	"X-Content-Type-Options":       {"nosniff"},
}

// WriteHeader notes the status and sends it.
func (c *call) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (c *call) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (c *call) ctx() context.Context { return c.r.Context() }

// id is that of the request in the path.
func (c *call) id() ra.ID { return ra.ID(c.r.PathValue("id")) }

// carryOut does all that operations have in common and then the operation.
func (c *call) carryOut() error {
	if !c.op.streams {
		ctx, cancel := context.WithTimeout(c.ctx(), c.h.cfg.Timeout)
		defer cancel()
		c.r = c.r.WithContext(ctx)
	}
	// A body that comes drop by drop does not hold the request. The server
	// sets its own time for the next one.
	deadline := http.NewResponseController(c.ResponseWriter)
	_ = deadline.SetReadDeadline(time.Now().Add(c.h.cfg.Timeout)) // not supported: the server's own is all there is
	if c.r.Method != c.op.method {
		c.Header().Set("Allow", c.op.method)
		return fault("method_not_allowed") // HEAD, which asks nothing of ours
	}
	if err := c.h.limits.address.take(c.address()); err != nil {
		return err
	}
	if err := c.checkQuery(); err != nil {
		return err
	}
	if err := c.identify(); err != nil {
		return err
	}
	if err := c.find(); err != nil {
		return err
	}
	if err := c.command(); err != nil {
		return err
	}
	return c.op.run(c)
}

// find looks at the request that the path names, if it names one: what the
// caller may not see is not there, and he uses up nothing of its limit.
func (c *call) find() (err error) {
	if !strings.Contains(c.op.path, "{id}") {
		return nil
	}
	if !plainID(string(c.id())) {
		return ra.ErrNotFound
	}
	if c.token == "" {
		c.request, err = c.h.cfg.Authority.Read(c.ctx(), c.id(), c.actor)
	} else if c.request.ID != c.id() { // it was looked at with the session
		c.request, err = nil, ra.ErrNotFound
	}
	if err != nil {
		return err
	}
	return c.h.limits.request.take(string(c.id()))
}

// look reads the request once more, if the caller may see it still.
func (c *call) look() (err error) {
	if c.token == "" {
		c.request, err = c.h.cfg.Authority.Read(c.ctx(), c.id(), c.actor)
		return err
	}
	c.actor, c.request, err = c.h.cfg.Authority.Session(c.ctx(), c.token)
	if c.unconfirmed = errors.Is(err, ra.ErrUnconfirmed); c.unconfirmed {
		return nil
	}
	return err
}

// command prepares what changes state: it is done once under its key, and not
// at all if the request is no longer what the caller has seen.
func (c *call) command() error {
	if !c.op.keyed {
		return nil
	}
	key := c.r.Header.Values("Idempotency-Key")
	if len(key) == 0 {
		return fault("key_required")
	}
	if len(key) > 1 || len(key[0]) < 8 || len(key[0]) > 128 || strings.ContainsFunc(key[0], func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fault("key_malformed")
	}
	c.authority = c.h.cfg.Authority.Once(c.scoped(key[0]))
	match := c.r.Header.Get("If-Match")
	if match == "" || match == "*" || c.request == nil {
		return nil
	}
	version, err := strconv.ParseInt(strings.Trim(match, `"`), 10, 64)
	if err != nil || version < 1 || etag(version) != match {
		return fault("version_changed")
	}
	c.matched, c.authority = true, c.authority.At(version)
	return nil
}

func etag(version int64) string { return strconv.Quote(strconv.FormatInt(version, 10)) }

// staff reports whether the caller is of the authority itself.
func (c *call) staff() bool { return isStaff(c.actor.Role) }

func isStaff(role workflow.Role) bool {
	return role == workflow.CAOperator || role == workflow.DocDept || role == workflow.TaxOffice
}

// end writes the line of the log. A panic is answered like any fault of ours;
// what it says is not shown to anybody, where it happened goes to the log.
func (c *call) end() {
	if p := recover(); p != nil {
		if p == http.ErrAbortHandler {
			panic(p)
		}
		c.h.cfg.Log.Error("api: panic", "mark", c.mark, "stack", string(debug.Stack()))
		c.answer(fault("internal"))
	}
	level, name := slog.LevelInfo, "none"
	if c.op != nil {
		name = c.op.name
	}
	fields := []slog.Attr{
		slog.String("mark", c.mark), slog.String("operation", name), slog.Int("status", c.status),
		slog.Duration("duration", c.h.cfg.Clock.Now().Sub(c.arrived)),
	}
	if c.request != nil {
		fields = append(fields, slog.String("request", string(c.request.ID)))
	}
	if c.code != "" {
		fields = append(fields, slog.String("code", c.code))
	}
	if c.err != nil {
		level = slog.LevelError
		fields = append(fields, slog.Any("error", c.err))
	}
	c.h.cfg.Log.LogAttrs(c.ctx(), level, "api: request", fields...)
}
