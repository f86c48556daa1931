package api_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra/api"
)

// TestBuckets takes tokens and lets time pass: as many as the burst at once,
// then one for each interval, and never more saved up than the burst.
func TestBuckets(t *testing.T) {
	clock := testenv.NewClock(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	take := api.Take(api.Rate{Every: time.Second, Burst: 3}, clock)
	drain := func() (n int) {
		for take("one") == 0 {
			n++
		}
		return n
	}
	for _, c := range []struct {
		pass time.Duration
		want int
	}{{0, 3}, {0, 0}, {999 * time.Millisecond, 0}, {time.Millisecond, 1}, {2 * time.Second, 2}, {time.Hour, 3}} {
		clock.Advance(c.pass)
		if got := drain(); got != c.want {
			t.Errorf("after %v: got %d tokens, want %d", c.pass, got, c.want)
		}
	}
	if wait := take("one"); wait != time.Second {
		t.Errorf("got the wait %v, want a second", wait)
	}
	if take("another") != 0 {
		t.Error("another name has no bucket of its own")
	}
	free := api.Take(api.Rate{Burst: -1}, clock)
	for range 1000 {
		if free("one") != 0 {
			t.Fatal("no limit limits")
		}
	}
}

// TestLimits comes too often, from one address, as one caller, about one
// request, with credentials: each is told when to come again, and nobody else
// suffers from it.
func TestLimits(t *testing.T) {
	const burst = 5
	rate := api.Rate{Every: 10 * time.Second, Burst: burst}
	from := func(r *http.Request) netip.Addr { return netip.MustParseAddr(r.Header.Get("X-From")) }
	another := func(r *http.Request) { r.Header.Set("X-From", "192.0.2.2") }
	for _, c := range []struct {
		name    string
		limit   func(*api.Limits)
		method  string
		path    string // %s: the request
		token   string
		body    any
		spared  func(r *http.Request) // who is not slowed down by it
		skipped int                   // tokens taken before
	}{
		{"address", func(l *api.Limits) { l.Address = rate }, "GET", "/openapi.json", "", nil, another, 0},
		{"caller", func(l *api.Limits) { l.Caller = rate }, "GET", "/requests", "operator", nil,
			func(r *http.Request) { r.Header.Set("Authorization", "Bearer second") }, 1},
		{"request", func(l *api.Limits) { l.Request = rate }, "GET", "/requests/%s", "operator", nil,
			func(r *http.Request) { r.URL.Path = "/ra/v1/requests" }, 0},
		{"credentials", func(l *api.Limits) { l.Entry = rate }, "POST", "/session", "",
			map[string]string{"credential": strings.Repeat("0", 32) + ".AAAAAAAAAAAAAAAAAAAAAA", "secret": secret(1)}, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, func(a *api.Config) {
				c.limit(&a.Limits)
				a.Address = func(r *http.Request) netip.Addr {
					if r.Header.Get("X-From") == "" {
						return netip.MustParseAddr("192.0.2.9")
					}
					return from(r)
				}
			})
			id := ""
			if strings.Contains(c.path, "%s") || c.skipped > 0 {
				id = w.call("POST", "/requests", "operator", map[string]any{"process": "desk", "form": w.form}).is(201).id()
			}
			path := c.path
			if strings.Contains(path, "%s") {
				path = fmt.Sprintf(path, id)
			}
			request := func() *http.Request {
				r := w.request(c.method, path, c.token, c.body)
				r.Header.Set("X-From", "192.0.2.1")
				return r
			}
			for range burst - c.skipped {
				if a := w.do(request()); a.status == 429 {
					t.Fatalf("too early: %s", a.body)
				}
			}
			slow := w.do(request()).is(429, "too_many")
			if got := slow.header.Get("Retry-After"); got != "10" {
				t.Errorf("got the Retry-After %q, want 10", got)
			}
			if c.spared != nil {
				r := request()
				c.spared(r)
				if a := w.do(r); a.status == 429 {
					t.Errorf("somebody else: got %s", a.body)
				}
			}
			w.clock.Advance(10 * time.Second)
			if a := w.do(request()); a.status == 429 {
				t.Errorf("after Retry-After: got %s", a.body)
			}
		})
	}
}

// TestCredentialsOfOneLink come from many addresses: the link is limited, and
// the next one is not.
func TestCredentialsOfOneLink(t *testing.T) {
	n := byte(0)
	w := newWorld(t, func(c *api.Config) {
		c.Limits.Entry = api.Rate{Every: time.Hour, Burst: 3}
		c.Address = func(*http.Request) netip.Addr { n++; return netip.AddrFrom4([4]byte{192, 0, 2, n}) }
	})
	try := func(id string) int {
		return w.call("POST", "/session", "", map[string]string{"credential": id + ".AAAAAAAAAAAAAAAAAAAAAA", "secret": secret(1)}).status
	}
	one, two := strings.Repeat("0", 32), strings.Repeat("1", 32)
	got := fmt.Sprint(try(one), try(one), try(one), try(one), try(two))
	if got != "404 404 404 429 404" {
		t.Errorf("got %s", got)
	}
}

// TestNetworks counts an IPv6 network as one address.
func TestNetworks(t *testing.T) {
	address := ""
	w := newWorld(t, func(c *api.Config) {
		c.Limits.Address = api.Rate{Every: time.Hour, Burst: 2}
		c.Address = nil
	})
	from := func(a string) int {
		address = a
		r := w.request("GET", "/openapi.json", "", nil)
		r.RemoteAddr = address
		return w.do(r).status
	}
	got := fmt.Sprint(from("[2001:db8::1]:1"), from("[2001:db8::ffff]:2"), from("[2001:db8::2]:3"), from("[2001:db8:0:1::1]:4"), from("[::ffff:192.0.2.77]:5"), from("192.0.2.77:6"), from("192.0.2.77:7"))
	if got != "200 200 429 200 200 200 429" {
		t.Errorf("got %s", got)
	}
}
