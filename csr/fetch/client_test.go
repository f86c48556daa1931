package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/csr/fetch"
	"github.com/surguch/surguch/internal/oid"
)

// web is a Getter of pages that were put there.
type web struct {
	mu    sync.Mutex
	pages map[string]func(body []byte) ([]byte, error)
	asked []string
}

func newWeb() *web { return &web{pages: map[string]func([]byte) ([]byte, error){}} }

func (w *web) put(url string, page []byte) {
	w.pages[url] = func([]byte) ([]byte, error) { return page, nil }
}

var errNotFound = errors.New("the server answers 404")

func (w *web) Get(ctx context.Context, url string, limit int64) ([]byte, error) {
	return w.Post(ctx, url, "", nil, limit)
}

func (w *web) Post(ctx context.Context, url, _ string, body []byte, _ int64) ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, url)
	page, ok := w.pages[url]
	if !ok {
		return nil, errNotFound
	}
	return page(body)
}

func client(w fetch.Getter, change func(*fetch.Config)) *fetch.Client {
	c := fetch.Config{Algorithms: as, Getter: w}
	if change != nil {
		change(&c)
	}
	return fetch.New(c)
}

const (
	ocsp1, ocsp2 = "http://ca.example/ocsp1", "http://ca.example/ocsp2"
	crl1, crl2   = "http://ca.example/1.crl", "http://ca.example/2.crl"
	ldap         = "ldap://ca.example/cn=ca?certificateRevocationList"
)

func TestStatus(t *testing.T) {
	ca, stranger := newAuthority("authority"), newAuthority("stranger")
	leaf := func(extensions ...csr.Extension) *csr.Certificate { return ca.leaf(42, extensions...) }
	responder := func(extensions ...csr.Extension) *authority {
		d := &authority{key: newKey()}
		d.cert = ca.issue(d.key, "responder", 77, append(extensions, csr.NewExtendedKeyUsage(oid.PurposeOCSPSigning))...)
		return d
	}
	says := func(who *authority, state csr.State, nonce bool) func([]byte) ([]byte, error) {
		return func(request []byte) ([]byte, error) { return ca.answer(request, who, state, nonce), nil }
	}
	noCheck := responder(csr.Extension{ID: oid.OCSPNoCheck, Value: []byte{5, 0}}, points(crl2))
	listed := responder(points(crl2))
	unlisted := responder()
	both := leaf(access(ocspAt(ocsp1), ocspAt(ocsp2)), points(ldap, crl1, crl2))
	many := make([]string, 20)
	for i := range many {
		many[i] = fmt.Sprintf("http://ca.example/many/%d", i)
	}
	long := "http://ca.example/" + strings.Repeat("a", 2048)
	type page = func([]byte) ([]byte, error)
	raw := func(b []byte) page { return func([]byte) ([]byte, error) { return b, nil } }
	for what, c := range map[string]struct {
		cert   *csr.Certificate
		pages  map[string]page
		change func(*fetch.Config)
		want   csr.State
		asked  int
		is     error
		text   []string // of the error; none: no error
	}{
		"ocsp: good":                   {both, map[string]page{ocsp1: says(ca, csr.StatusGood, true)}, nil, csr.StatusGood, 1, nil, nil},
		"ocsp: revoked":                {both, map[string]page{ocsp1: says(ca, csr.StatusRevoked, true), crl1: raw(ca.list())}, nil, csr.StatusRevoked, 1, nil, nil},
		"ocsp: the second":             {both, map[string]page{ocsp2: says(ca, csr.StatusGood, true)}, nil, csr.StatusGood, 2, nil, nil},
		"ocsp: tries later, the list":  {both, map[string]page{ocsp1: raw(csr.OCSPTryLater.Response()), crl1: raw(ca.list(42))}, nil, csr.StatusRevoked, 3, nil, nil},
		"ocsp: unknown, the list":      {both, map[string]page{ocsp1: says(ca, csr.StatusUnknown, true), crl1: raw(ca.list())}, nil, csr.StatusGood, 3, nil, nil},
		"ocsp: unknown, nothing else":  {leaf(access(ocspAt(ocsp1))), map[string]page{ocsp1: says(ca, csr.StatusUnknown, true)}, nil, 0, 1, fetch.ErrNoSource, []string{"does not know", "CRL: the certificate names no source"}},
		"ocsp: no nonce":               {leaf(access(ocspAt(ocsp1))), map[string]page{ocsp1: says(ca, csr.StatusGood, false)}, nil, 0, 1, csr.ErrNonce, []string{"nonce"}},
		"ocsp: no nonce, allowed":      {both, map[string]page{ocsp1: says(ca, csr.StatusGood, false)}, func(c *fetch.Config) { c.NonceOptional = true }, csr.StatusGood, 1, nil, nil},
		"ocsp: none asked for":         {both, map[string]page{ocsp1: says(ca, csr.StatusGood, false)}, func(c *fetch.Config) { c.Request.NoNonce = true }, csr.StatusGood, 1, nil, nil},
		"ocsp: Streebog":               {both, map[string]page{ocsp1: says(ca, csr.StatusGood, true)}, func(c *fetch.Config) { c.Request.Hash = csr.CertIDStreebog256 }, csr.StatusGood, 1, nil, nil},
		"ocsp: a hash that is none":    {leaf(access(ocspAt(ocsp1))), nil, func(c *fetch.Config) { c.Request.Hash = 9 }, 0, 0, nil, []string{"no hash has the number 9"}},
		"ocsp: a stranger":             {leaf(access(ocspAt(ocsp1))), map[string]page{ocsp1: says(stranger, csr.StatusGood, true)}, nil, 0, 1, nil, []string{"not for signing"}},
		"ocsp: a page of words":        {leaf(access(ocspAt(ocsp1))), map[string]page{ocsp1: raw([]byte("<html>"))}, nil, 0, 1, nil, []string{"not a response"}},
		"ocsp: too large":              {leaf(access(ocspAt(ocsp1))), map[string]page{ocsp1: raw(make([]byte, 300<<10))}, nil, 0, 1, fetch.ErrTooLarge, []string{"too large"}},
		"a delegate, not to check":     {both, map[string]page{ocsp1: says(noCheck, csr.StatusGood, true)}, nil, csr.StatusGood, 1, nil, nil},
		"a delegate without lists":     {both, map[string]page{ocsp1: says(unlisted, csr.StatusGood, true)}, nil, csr.StatusGood, 1, nil, nil},
		"a delegate, good":             {both, map[string]page{ocsp1: says(listed, csr.StatusGood, true), crl2: raw(ca.list())}, nil, csr.StatusGood, 2, nil, nil},
		"a delegate, revoked":          {leaf(access(ocspAt(ocsp1))), map[string]page{ocsp1: says(listed, csr.StatusGood, true), crl2: raw(ca.list(77))}, nil, 0, 2, nil, []string{"responder's certificate is revoked"}},
		"a delegate, nobody knows":     {leaf(access(ocspAt(ocsp1))), map[string]page{ocsp1: says(listed, csr.StatusGood, true)}, nil, 0, 2, errNotFound, []string{"responder's certificate: fetch"}},
		"list: good":                   {leaf(points(crl1)), map[string]page{crl1: raw(ca.list(41))}, nil, csr.StatusGood, 1, nil, nil},
		"list: revoked":                {leaf(points(crl1)), map[string]page{crl1: raw(ca.list(42))}, nil, csr.StatusRevoked, 1, nil, nil},
		"list: PEM":                    {leaf(points(crl1)), map[string]page{crl1: raw(csr.EncodePEM(csr.PEMCRL, ca.list(42)))}, nil, csr.StatusRevoked, 1, nil, nil},
		"list: PEM of another kind":    {leaf(points(crl1)), map[string]page{crl1: raw(csr.EncodePEM(csr.PEMCertificate, ca.list(42)))}, nil, 0, 1, nil, []string{"PEM"}},
		"list: the second":             {leaf(points(crl1, crl2)), map[string]page{crl2: raw(ca.list(42))}, nil, csr.StatusRevoked, 2, nil, nil},
		"list: a stranger's, the next": {leaf(points(crl1, crl2)), map[string]page{crl1: raw(stranger.list()), crl2: raw(ca.list(42))}, nil, csr.StatusRevoked, 2, nil, nil},
		"list: old":                    {leaf(points(crl1)), map[string]page{crl1: raw(ca.listAt(now.Add(-2 * time.Hour)))}, nil, 0, 1, csr.ErrStale, []string{"nextUpdate"}},
		"list: a page of words":        {leaf(points(crl1)), map[string]page{crl1: raw([]byte("<html>"))}, nil, 0, 1, nil, []string{"csr: crl: not one DER SEQUENCE"}},
		"list: too large":              {leaf(points(crl1)), map[string]page{crl1: raw(ca.list(1, 2, 3))}, func(c *fetch.Config) { c.MaxCRL = 100 }, 0, 1, fetch.ErrTooLarge, nil},
		"ldap only":                    {leaf(points(ldap)), nil, nil, 0, 0, fetch.ErrScheme, []string{"CRL at \"ldap://", "neither http nor https"}},
		"no address":                   {leaf(points("http://[", "http:///x", "http://me:word@ca.example/", long)), nil, nil, 0, 0, nil, []string{"not an address"}},
		"twenty addresses":             {leaf(points(many...)), nil, nil, 0, 8, errNotFound, []string{"more than 8 addresses"}},
		"nothing named":                {leaf(), nil, nil, 0, 0, fetch.ErrNoSource, []string{"OCSP: the certificate names no source; CRL: the certificate names no source"}},
		"extensions of no form":        {leaf(csr.Extension{ID: oid.AuthorityInfoAccess, Value: []byte{5, 0}}, csr.Extension{ID: oid.CRLDistributionPoints, Value: []byte{5, 0}}), nil, nil, 0, 0, nil, []string{"authorityInfoAccess does not parse", "cRLDistributionPoints does not parse"}},
		"nothing answers":              {both, nil, nil, 0, 4, errNotFound, []string{"OCSP at", "CRL at", "404"}},
	} {
		w := newWeb()
		w.pages = c.pages
		got, err := client(w, c.change).Status(t.Context(), c.cert, ca.cert, now)
		wantErr := c.text != nil || c.is != nil
		if got.State != c.want || (err != nil) != wantErr || c.is != nil && !errors.Is(err, c.is) || len(w.asked) != c.asked {
			t.Errorf("%s: got %v, %v after asking %q, want %v, %v", what, got.State, err, w.asked, c.want, c.is)
		}
		for _, text := range c.text {
			if err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("%s: got %v, want %q", what, err, text)
			}
		}
		var sources *fetch.SourcesError
		if err != nil && (!errors.As(err, &sources) || len(sources.Failures) == 0 || len(err.Error()) > 4096) {
			t.Errorf("%s: got %T of %d octets, want *SourcesError", what, err, len(err.Error()))
		}
	}
}

// TestOneSource asks responders only, and lists only.
func TestOneSource(t *testing.T) {
	ca := newAuthority("authority")
	cert := ca.leaf(42, access(ocspAt(ocsp1)), points(crl1))
	w := newWeb()
	w.put(crl1, ca.list(42))
	c := client(w, nil)
	if s, err := c.OCSP(t.Context(), cert, ca.cert, now); !errors.Is(err, errNotFound) || s.State != csr.StatusUnknown {
		t.Errorf("got %v, %v", s.State, err)
	}
	if s, err := c.CRL(t.Context(), cert, ca.cert, now); err != nil || s.State != csr.StatusRevoked {
		t.Errorf("got %v, %v", s.State, err)
	}
	w.pages[ocsp1] = func(request []byte) ([]byte, error) { return ca.answer(request, ca, csr.StatusGood, true), nil }
	if s, err := c.OCSP(t.Context(), cert, ca.cert, now); err != nil || s.State != csr.StatusGood {
		t.Errorf("got %v, %v", s.State, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	asked := len(w.asked)
	if s, err := client(w, nil).Status(ctx, cert, ca.cert, now); !errors.Is(err, context.Canceled) || s.State != csr.StatusUnknown || len(w.asked) != asked {
		t.Errorf("cancelled: got %v, %v", s.State, err)
	}
}

// TestListsAreKept asks for a list once while it is current.
func TestListsAreKept(t *testing.T) {
	ca, twin := newAuthority("authority"), newAuthority("authority")
	cert, second, third := ca.leaf(42, points(crl1)), ca.leaf(43, points(crl2)), ca.leaf(44, points("http://ca.example/3.crl"))
	w := newWeb()
	w.put(crl1, ca.list(42))
	w.put(crl2, ca.list(42))
	w.put("http://ca.example/3.crl", ca.list(42))
	ask := func(c *fetch.Client, cert *csr.Certificate, issuer *authority, at time.Time, want int) {
		t.Helper()
		w.asked = nil
		_, err := c.CRL(t.Context(), cert, issuer.cert, at)
		if len(w.asked) != want {
			t.Errorf("asked %q (%v), want %d", w.asked, err, want)
		}
	}
	c := client(w, nil)
	ask(c, cert, ca, now, 1)
	ask(c, cert, ca, now, 0)
	ask(c, cert, ca, now.Add(time.Hour), 0)
	ask(c, cert, twin, now, 1)                       // another issuer: not the list that was checked
	ask(c, cert, ca, now.Add(2*time.Hour), 1)        // past nextUpdate
	w.put(crl1, ca.listAt(now.Add(2*time.Hour), 42)) // the next list
	ask(c, cert, ca, now.Add(2*time.Hour), 1)
	ask(c, cert, ca, now.Add(2*time.Hour), 0)
	w.put(crl1, ca.list(42)) // an old one does not drive out the new one
	ask(c, cert, ca, now, 1)
	ask(c, cert, ca, now.Add(2*time.Hour), 0)

	none := client(w, func(c *fetch.Config) { c.KeepCRLs = -1 })
	ask(none, cert, ca, now, 1)
	ask(none, cert, ca, now, 1)

	two := client(w, func(c *fetch.Config) { c.KeepCRLs = 2*int64(len(ca.list(42))) + 20 })
	ask(two, cert, ca, now, 1)
	ask(two, second, ca, now, 1)
	ask(two, cert, ca, now, 0)
	ask(two, third, ca, now, 1) // drives out the second, not used for longest
	ask(two, cert, ca, now, 0)
	ask(two, second, ca, now, 1)
}

// TestConcurrentUse has many ask one Client, for the race detector.
func TestConcurrentUse(t *testing.T) {
	ca := newAuthority("authority")
	w := newWeb()
	certs := make([]*csr.Certificate, 4)
	for i := range certs {
		url := fmt.Sprintf("http://ca.example/%d.crl", i)
		w.put(url, ca.list(2))
		certs[i] = ca.leaf(int64(i+1), points(url))
	}
	c := client(w, func(c *fetch.Config) { c.KeepCRLs = 2*int64(len(ca.list(2))) + 20 })
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			want := csr.StatusGood
			if i%4 == 1 {
				want = csr.StatusRevoked
			}
			if s, err := c.Status(t.Context(), certs[i%4], ca.cert, now); err != nil || s.State != want {
				t.Errorf("%d: got %v, %v, want %v", i, s.State, err, want)
			}
		})
	}
	all.Wait()
}

func TestChain(t *testing.T) {
	const rootAt, subAt, p7At = "http://ca.example/root.cer", "http://ca.example/sub.cer", "http://ca.example/sub.p7b"
	root := newAuthority("root")
	middle := root.under("middle", access(issuerAt(rootAt)))
	sub := middle.under("sub", access(issuerAt(subAt)))
	leaf := sub.leaf(9, access(issuerAt("ldap://ca.example/"), issuerAt("http://ca.example/gone"), issuerAt(p7At)))
	with := csr.Chain{Anchors: []*csr.Certificate{root.cert}, At: now}
	w := newWeb()
	w.put(subAt, csr.EncodePEM(csr.PEMCertificate, middle.cert.Raw))
	w.put(p7At, cms.Bundle(newAuthority("sub").cert, sub.cert))
	chain, err := client(w, nil).Chain(t.Context(), leaf, with)
	if err != nil {
		t.Fatal(err)
	}
	want := []*csr.Certificate{leaf, sub.cert, middle.cert, root.cert}
	if !slices.EqualFunc(chain, want, func(a, b *csr.Certificate) bool { return string(a.Raw) == string(b.Raw) }) {
		t.Errorf("got a chain of %d", len(chain))
	}
	if with.Intermediates != nil {
		t.Error("the caller's list was changed")
	}

	for what, c := range map[string]struct {
		page []byte
		text string
	}{
		"nothing":            {nil, "404"},
		"words":              {[]byte("<html>"), "certificate"},
		"broken PEM":         {[]byte("-----BEGIN CERTIFICATE-----\nx"), "PEM"},
		"another's":          {newAuthority("sub").cert.Raw, "no certificate there issued"},
		"too large":          {make([]byte, 257<<10), "too large"},
		"a bundle of nobody": {cms.Bundle(), "no certificate there issued"},
	} {
		w := newWeb()
		if c.page != nil {
			w.put(p7At, c.page)
		}
		chain, err := client(w, nil).Chain(t.Context(), leaf, with)
		if err == nil || chain != nil || !errors.Is(err, csr.ErrNoIssuer) || !strings.Contains(err.Error(), c.text) || !strings.Contains(err.Error(), "ldap") {
			t.Errorf("%s: got %v, want %q", what, err, c.text)
		}
	}

	// Two authorities that point at each other lead nowhere.
	other := csr.Chain{Anchors: []*csr.Certificate{newAuthority("other").cert}, At: now}
	w.put(rootAt, root.cert.Raw)
	if _, err := client(w, nil).Chain(t.Context(), leaf, other); !errors.Is(err, csr.ErrNoIssuer) {
		t.Errorf("another anchor: got %v, want ErrNoIssuer", err)
	}
	if issuers, err := client(w, nil).Issuers(t.Context(), root.leaf(5)); !errors.Is(err, fetch.ErrNoSource) || issuers != nil {
		t.Errorf("no address: got %v, %v, want ErrNoSource", issuers, err)
	}
	expired := with
	expired.At = now.AddDate(20, 0, 0)
	if _, err := client(w, nil).Chain(t.Context(), leaf, expired); !errors.Is(err, csr.ErrExpired) {
		t.Errorf("expired: got %v, want ErrExpired", err)
	}
}

func TestNoAlgorithms(t *testing.T) {
	ca := newAuthority("authority")
	w := newWeb()
	w.put(crl1, ca.list())
	s, err := fetch.New(fetch.Config{Getter: w}).Status(t.Context(), ca.leaf(1, points(crl1)), ca.cert, now)
	if s.State != csr.StatusUnknown || !errors.Is(err, csr.ErrUnknownAlgorithm) {
		t.Errorf("got %v, %v, want ErrUnknownAlgorithm", s.State, err)
	}
}

func ExampleClient_Status() {
	ca := newAuthority("authority")
	cert := ca.leaf(42, points("http://ca.example/ca.crl"))
	// The network, where the authority has put its list. Without a Getter in
	// the Config it is the real one.
	network := newWeb()
	network.put("http://ca.example/ca.crl", ca.list(42))

	client := fetch.New(fetch.Config{Algorithms: csr.Standard(), Getter: network})
	status, err := client.Status(context.Background(), cert, ca.cert, now)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(status.State, status.Revocation.Reason, status.State.Russian())

	_, err = client.Status(context.Background(), ca.leaf(43, points("ldap://ca.example/")), ca.cert, now)
	fmt.Println(err)
	// Output:
	// revoked superseded отозван
	// fetch: revocation status: OCSP: the certificate names no source; CRL at "ldap://ca.example/": neither http nor https
}

func ExampleClient_Chain() {
	root := newAuthority("root")
	sub := root.under("sub")
	leaf := sub.leaf(42, access(issuerAt("http://ca.example/sub.cer")))
	network := newWeb()
	network.put("http://ca.example/sub.cer", sub.cert.Raw)

	client := fetch.New(fetch.Config{Algorithms: csr.Standard(), Getter: network})
	chain, err := client.Chain(context.Background(), leaf, csr.Chain{Anchors: []*csr.Certificate{root.cert}, At: now})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range chain {
		fmt.Println(c.Subject)
	}
	// Output:
	// CN=leaf
	// CN=sub
	// CN=root
}
