package fetch_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/fetch"
)

// here allows the test servers.
var here = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

// serve starts a server of everything the tests ask for.
func serve(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/page", func(w http.ResponseWriter, r *http.Request) {
		if len(r.Cookies()) > 0 || r.Header.Get("Authorization") != "" || r.Header.Get("Accept-Encoding") != "" {
			t.Errorf("got headers %v", r.Header)
		}
		http.SetCookie(w, &http.Cookie{Name: "who", Value: "you"})
		fmt.Fprint(w, "page")
	})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s ", r.Method, r.Header.Get("Content-Type"))
		io.Copy(w, r.Body)
	})
	mux.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
		for range 1 << 20 {
			if _, err := w.Write(make([]byte, 1024)); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/announced", func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Content-Length", "99999999") })
	mux.HandleFunc("/cut", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "10")
		fmt.Fprint(w, "cut")
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("x"))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	mux.HandleFunc("/silent", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/to", func(w http.ResponseWriter, r *http.Request) {
		code := http.StatusFound
		if r.URL.Query().Get("keep") != "" {
			code = http.StatusTemporaryRedirect
		}
		w.Header().Set("Location", r.URL.Query().Get("url"))
		w.WriteHeader(code)
	})
	mux.HandleFunc("/circle", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/circle", http.StatusFound) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func TestHTTP(t *testing.T) {
	s := serve(t)
	h := fetch.NewHTTP(fetch.HTTPConfig{Allow: here})
	brief := fetch.NewHTTP(fetch.HTTPConfig{Allow: here, Timeout: 2 * time.Second})
	to := func(target string) string { return "/to?url=" + url.QueryEscape(target) }
	for path, want := range map[string]string{
		"/page": "page", to("/page"): "page", to(to(to("/page"))): "page",
	} {
		for range 2 { // the second time a cookie could be sent
			if got, err := h.Get(t.Context(), s.URL+path, 4); err != nil || string(got) != want {
				t.Errorf("%s: got %q, %v, want %q", path, got, err, want)
			}
		}
	}
	for path, want := range map[string]string{
		"/echo": "POST text/plain body", to("/echo") + "&keep=1": "POST text/plain body",
	} {
		if got, err := h.Post(t.Context(), s.URL+path, "text/plain", []byte("body"), 100); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v, want %q", path, got, err, want)
		}
	}
	if _, err := h.Post(t.Context(), s.URL+to("/echo"), "text/plain", []byte("body"), 100); err == nil || !strings.Contains(err.Error(), "drops") {
		t.Errorf("a redirect of a POST: got %v", err)
	}
	for path, c := range map[string]struct {
		is   error
		text string
	}{
		"/nothing":                          {nil, "404"},
		"/endless":                          {fetch.ErrTooLarge, ""},
		"/announced":                        {fetch.ErrTooLarge, ""},
		"/cut":                              {io.ErrUnexpectedEOF, ""},
		"/slow":                             {context.DeadlineExceeded, ""},
		"/silent":                           {context.DeadlineExceeded, ""},
		"/circle":                           {nil, "more than 3 redirects"},
		to(to(to(to("/page")))):             {nil, "more than 3 redirects"},
		to("file:///etc/passwd"):            {fetch.ErrScheme, ""},
		to("ftp://127.0.0.1/"):              {fetch.ErrScheme, ""},
		to("http://me:word@127.0.0.1/"):     {nil, "not an address"},
		to("http://127.0.0.2/"):             {fetch.ErrAddress, ""},
		to("http://[::1]:" + portOf(s.URL)): {fetch.ErrAddress, ""},
		to("http://169.254.169.254/"):       {fetch.ErrAddress, ""},
	} {
		h := h
		if c.is == context.DeadlineExceeded {
			h = brief
		}
		got, err := h.Get(t.Context(), s.URL+path, 1<<20)
		if err == nil || got != nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.text) || strings.Contains(err.Error(), s.URL) {
			t.Errorf("%s: got %d octets, %v, want %v %q", path, len(got), err, c.is, c.text)
		}
	}
	for _, address := range []string{"ldap://ca.example/", "file:///etc/passwd", "//127.0.0.1/page", "", "http://", "http://a b/", "gopher://127.0.0.1/", "http://me@127.0.0.1/"} {
		if got, err := h.Get(t.Context(), address, 10); err == nil {
			t.Errorf("%q: got %q, want it refused", address, got)
		}
	}
}

func portOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Port()
}

// TestRefusesAddresses dials nothing that is not public: by number, by name,
// by redirect.
func TestRefusesAddresses(t *testing.T) {
	s := serve(t)
	h := fetch.NewHTTP(fetch.HTTPConfig{})
	for _, host := range []string{
		"127.0.0.1", "localhost", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
		"255.255.255.255", "[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[fd12::1]", "[ff02::1]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]",
		"[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001::1]",
	} {
		if _, err := h.Get(t.Context(), "http://"+host+":"+portOf(s.URL)+"/page", 10); !errors.Is(err, fetch.ErrAddress) && !errors.Is(err, syscall.EAFNOSUPPORT) {
			t.Errorf("%s: got %v, want ErrAddress", host, err)
		}
	}
}

// TestEnvironmentIsNotAsked shows that a proxy is used when given and only
// then.
func TestEnvironmentIsNotAsked(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "proxy for "+r.URL.Host) }))
	t.Cleanup(proxy.Close)
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	s := serve(t)
	if got, err := fetch.NewHTTP(fetch.HTTPConfig{Allow: here}).Get(t.Context(), s.URL+"/page", 10); err != nil || string(got) != "page" {
		t.Errorf("got %q, %v", got, err)
	}
	through, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	h := fetch.NewHTTP(fetch.HTTPConfig{Allow: here, Proxy: http.ProxyURL(through)})
	if got, err := h.Get(t.Context(), "http://ca.example/page", 100); err != nil || string(got) != "proxy for ca.example" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestHTTPS(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "page") }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // of clients who do not trust it
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	if got, err := fetch.NewHTTP(fetch.HTTPConfig{Allow: here, RootCAs: roots}).Get(t.Context(), s.URL, 10); err != nil || string(got) != "page" {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := fetch.NewHTTP(fetch.HTTPConfig{Allow: here, RootCAs: x509.NewCertPool()}).Get(t.Context(), s.URL, 10); err == nil {
		t.Errorf("an unknown server: got %q", got)
	}
}

// TestOverHTTP goes all the way: the first responder fails, the list is there.
func TestOverHTTP(t *testing.T) {
	ca := newAuthority("authority")
	list := ca.list(42)
	mux := http.NewServeMux()
	mux.HandleFunc("/broken", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no", http.StatusInternalServerError) })
	mux.HandleFunc("/ocsp", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/ocsp-request" {
			t.Errorf("got %s of %s", r.Method, r.Header.Get("Content-Type"))
		}
		request, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.Write(ca.answer(request, ca, csr.StatusRevoked, true))
	})
	mux.HandleFunc("/crl", func(w http.ResponseWriter, r *http.Request) { w.Write(list) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	h := fetch.NewHTTP(fetch.HTTPConfig{Allow: here})
	for what, cert := range map[string]*csr.Certificate{
		"the second responder": ca.leaf(42, access(ocspAt(s.URL+"/broken"), ocspAt(s.URL+"/ocsp"))),
		"the list":             ca.leaf(42, access(ocspAt(s.URL+"/broken")), points(ldap, s.URL+"/nothing", s.URL+"/crl")),
	} {
		if got, err := client(h, nil).Status(t.Context(), cert, ca.cert, now); err != nil || got.State != csr.StatusRevoked {
			t.Errorf("%s: got %v, %v, want revoked", what, got.State, err)
		}
		if got, err := client(nil, nil).Status(t.Context(), cert, ca.cert, now); !errors.Is(err, fetch.ErrAddress) || got.State != csr.StatusUnknown {
			t.Errorf("%s, by default: got %v, %v, want ErrAddress", what, got.State, err)
		}
	}
}

// TestTimeout bounds a question as a whole.
func TestTimeout(t *testing.T) {
	ca := newAuthority("authority")
	s := serve(t)
	slow := s.URL + "/slow"
	cert := ca.leaf(42, access(ocspAt(slow), ocspAt(slow)), points(slow, slow, slow))
	c := client(fetch.NewHTTP(fetch.HTTPConfig{Allow: here}), func(c *fetch.Config) { c.Timeout = 100 * time.Millisecond })
	start := time.Now()
	if got, err := c.Status(t.Context(), cert, ca.cert, now); !errors.Is(err, context.DeadlineExceeded) || got.State != csr.StatusUnknown {
		t.Errorf("got %v, %v, want DeadlineExceeded", got.State, err)
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("took %v", took)
	}
}
