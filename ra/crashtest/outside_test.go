package crashtest

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/rpc"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/local"
	"github.com/surguch/surguch/ra/goskey"
)

// world is all that is outside of the authority. Its certification authority
// has no memory for keys when it is handed an order: it issues each time, and
// only Find tells what was issued. So an order that is sent twice shows.
type world struct {
	t      testing.TB
	socket string
	as     csr.Algorithms
	roots  [2]*csr.Certificate // of the authority that issues, and of the one behind the phones

	mu       sync.Mutex
	issuing  *local.CA
	orders   map[string]int // certificates by key of the order
	first    map[string]ra.Outcome
	revoked  map[string]int
	notices  map[string]int // by key
	asked    map[string]int // inquiries by key
	packages map[string]int // by key
	exported []ra.Checkpoint
	phones   *goskey.Emulator
	people   []*goskey.Phone
	requests [][]byte // PKCS #10 of each person's workplace
	seal     *gost.PrivateKey
}

// newWorld makes a world with so many people in it.
func newWorld(t testing.TB, people int) *world {
	t.Helper()
	w := &world{
		t: t, as: csr.Standard(), socket: filepath.Join(t.TempDir(), "world"),
		orders: map[string]int{}, first: map[string]ra.Outcome{}, revoked: map[string]int{},
		notices: map[string]int{}, asked: map[string]int{}, packages: map[string]int{},
	}
	var behind *local.CA
	w.issuing, w.roots[0] = w.newCA("issuing")
	behind, w.roots[1] = w.newCA("behind the phones")
	w.seal = newKey(t)
	var err error
	if w.phones, err = goskey.NewEmulator(goskey.Config{Algorithms: w.as, CA: behind}); err != nil {
		t.Fatal(err)
	}
	for i := range people {
		w.settle(applicant.Form(uint64(i + 1)))
	}
	w.serve()
	return w
}

func newKey(t testing.TB) *gost.PrivateKey {
	t.Helper()
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (w *world) newCA(cn string) (*local.CA, *csr.Certificate) {
	w.t.Helper()
	key := newKey(w.t)
	name, err := csr.NewName(csr.NewAttribute(csr.StateOrProvince, "77 г. Москва"), csr.NewAttribute(csr.CommonName, cn))
	if err != nil {
		w.t.Fatal(err)
	}
	root, err := local.NewRoot(w.as, key, name, clock{-time.Hour}.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	tool := qualified.IssuerSignTool{SignTool: "tool", CATool: "tool", SignToolCert: "none", CAToolCert: "none"}
	ca, err := local.New(local.Config{
		Algorithms: w.as, Key: key, Certificate: root, IssuerTool: tool, SubjectTool: "tool",
		Clock: clock{},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return ca, root
}

// settle gives a person a phone and a workplace.
func (w *world) settle(form ra.Form) {
	w.t.Helper()
	subject, err := ra.Subject(&form)
	if err != nil {
		w.t.Fatal(err)
	}
	phone, err := w.phones.Enrol(context.Background(), form.SNILS, subject)
	if err != nil {
		w.t.Fatal(err)
	}
	der, err := w.as.Create(newKey(w.t), &csr.Template{Subject: subject})
	if err != nil {
		w.t.Fatal(err)
	}
	w.people, w.requests = append(w.people, phone), append(w.requests, der)
}

// serve answers children, and has people sign what is on their phones.
func (w *world) serve() {
	w.t.Helper()
	server := rpc.NewServer()
	if err := server.RegisterName("World", &desk{w}); err != nil {
		w.t.Fatal(err)
	}
	listener, err := net.Listen("unix", w.socket)
	if err != nil {
		w.t.Fatal(err)
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // the test is over
			}
			go server.ServeConn(conn)
		}
	}()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan bool)
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			for _, p := range w.people {
				for _, waiting := range p.Packages() {
					_ = errors.Join(p.View(waiting.ID), p.Sign(waiting.ID, true)) // or it was withdrawn meanwhile
				}
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	w.t.Cleanup(func() { cancel(); <-done; listener.Close() })
}

// repeated counts what was asked more than once under one key, which is
// harmless where the key tells, and the keys of orders that issued twice.
func (w *world) repeated() (harmless int, doubled []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range []map[string]int{w.notices, w.asked, w.packages} {
		for _, n := range m {
			harmless += n - 1
		}
	}
	for _, key := range slices.Sorted(maps.Keys(w.orders)) {
		if w.orders[key] > 1 {
			doubled = append(doubled, key)
		}
	}
	return harmless, doubled
}
