package journey

import (
	"encoding/asn1"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/local"
	"github.com/surguch/surguch/ra/goskey"
	"github.com/surguch/surguch/smev/client"
	"github.com/surguch/surguch/smev/smevtest"
	"github.com/surguch/surguch/smev/xmldsig"
	"github.com/surguch/surguch/workflow"
)

// Config is what a world is made of. Required: Store, Messages and Printer.
type Config struct {
	Store    ra.Store
	Messages client.Store // of the SMEV client
	Printer  ra.Printer
	// Processes are those that requests begin in. Nil: the built-in ones.
	Processes []*workflow.Process
	// Keys is where applicants have their key pairs. Nil: in memory.
	Keys Keys
	// Start is where the virtual clock begins. Zero: the 23rd of November
	// 2026, a Monday morning.
	Start time.Time
	// Seed decides what the people's data are and which calls go wrong.
	Seed uint64
	// Faults is the share of calls to everything outside that goes wrong, and
	// of transactions that fail before or after they are durable: 0 to 1.
	Faults float64
	// Workers is how many requests are played, and effects run, at once.
	// Zero: 1.
	Workers int
	// Nodes is how many authorities on the one store the workers are spread
	// over. Zero: one for each.
	Nodes int
	// Telemetry observes the authority, and beside its spans those of calls to
	// what is outside of it. Nil: nothing does.
	Telemetry ra.Telemetry
	// Log receives what the authority logs. Nil: nothing does.
	Log *slog.Logger
}

// World is an authority with everything around it.
type World struct {
	Clock     *testenv.Clock
	Authority *ra.Authority
	Registers *smevtest.Server
	Phones    *goskey.Emulator

	cfg       Config
	as        csr.Algorithms
	processes map[string]*workflow.Process
	nodes     []*ra.Authority // of each worker, on one store
	dice      *dice
	post      *post
	agenda    *agenda
	ca        *authorities
	registers *registers
	printer   *printer
	transport *http.Transport

	mu    sync.Mutex
	cases map[ra.ID]*Case
	born  uint64 // people invented so far
}

// New makes a world. Close ends it; the store is the caller's.
func New(cfg Config) (w *World, err error) {
	if cfg.Start.IsZero() {
		cfg.Start = time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
	}
	if cfg.Processes == nil {
		cfg.Processes = workflow.Processes()
	}
	if cfg.Keys == nil {
		cfg.Keys = memory{}
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	cfg.Workers = max(cfg.Workers, 1)
	if cfg.Nodes <= 0 {
		cfg.Nodes = cfg.Workers
	}
	w = &World{
		Clock: testenv.NewClock(cfg.Start), cfg: cfg, as: csr.Standard(),
		processes: map[string]*workflow.Process{}, cases: map[ra.ID]*Case{},
		dice: &dice{rate: cfg.Faults, chance: rand.New(rand.NewPCG(cfg.Seed, 1))}, transport: &http.Transport{MaxIdleConnsPerHost: 64},
	}
	for _, p := range cfg.Processes {
		w.processes[p.Name] = p
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.Close())
		}
	}()
	issuing, root, err := w.newCA("Учебный удостоверяющий центр")
	if err != nil {
		return w, err
	}
	behindPhone, phoneRoot, err := w.newCA("Учебный центр приложения «Госключ»")
	if err != nil {
		return w, err
	}
	if w.Phones, err = goskey.NewEmulator(goskey.Config{Algorithms: w.as, CA: behindPhone, Clock: w.Clock}); err != nil {
		return w, err
	}
	inquiries, err := w.listen()
	if err != nil {
		return w, err
	}
	w.post, w.agenda = newPost(w.dice), &agenda{Agenda: cfg.Store}
	w.ca = newAuthorities(w, issuing)
	w.registers = &registers{Verifier: inquiries, w: w, asked: map[string]ra.ID{}}
	w.printer = &printer{Printer: cfg.Printer, w: w, codes: map[ra.ID]string{}}
	phones := phones{w.Phones, w}
	for i := range cfg.Workers {
		if i >= cfg.Nodes {
			w.nodes = append(w.nodes, w.nodes[i%cfg.Nodes])
			continue
		}
		node, err := ra.New(ra.Config{
			Store: unsteady{cfg.Store, w}, Processes: cfg.Processes, Algorithms: w.as,
			Registers: w.registers, Rehearsal: true, CA: w.ca, Issuers: []*csr.Certificate{root},
			Signer: phones, Keys: phones, SignerAnchors: []*csr.Certificate{phoneRoot, root},
			Uses:     map[string]ra.Use{use: {Title: "Электронные торги", Purposes: []asn1.ObjectIdentifier{{1, 2, 643, 6, 3, 1, 1}}}},
			Notifier: w.post, Printer: w.printer, Clock: w.Clock, Telemetry: cfg.Telemetry, Log: cfg.Log, Poll: quantum,
		})
		if err != nil {
			return w, err
		}
		w.nodes = append(w.nodes, node)
	}
	w.Authority = w.nodes[0]
	return w, nil
}

// use is what the people's certificates are for.
const use = "trade"

// listen starts a simulator of SMEV and returns a client of it.
func (w *World) listen() (*client.Client, error) {
	var err error
	if w.Registers, err = smevtest.NewServer(smevtest.Config{Clock: w.Clock, Seed: w.cfg.Seed, FaultRate: w.cfg.Faults, Backlog: 1 << 20}); err != nil {
		return nil, err
	}
	url, err := w.Registers.Listen()
	if err != nil {
		return nil, err
	}
	signer, err := w.Registers.Enroll("RA0001")
	if err != nil {
		return nil, err
	}
	return client.New(client.Config{
		URL: url, Clock: w.Clock, Test: true, Store: w.cfg.Messages, HTTP: &http.Client{Transport: watched{w.transport, w}},
		Signer: func() *xmldsig.Signer { return signer },
		SMEV:   []*csr.Certificate{w.Registers.Certificate()}, Participants: []*csr.Certificate{w.Registers.Root()},
	})
}

// newCA makes a certification authority with a root of its own.
func (w *World) newCA(name string) (*local.CA, *csr.Certificate, error) {
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		return nil, nil, err
	}
	dn, err := csr.NewName(
		csr.NewAttribute(csr.OGRN, "1027700132195"), csr.NewAttribute(csr.INNLE, "7707083893"),
		csr.NewAttribute(csr.Country, "RU"), csr.NewAttribute(csr.StateOrProvince, "77 г. Москва"),
		csr.NewAttribute(csr.Locality, "Москва"), csr.NewAttribute(csr.Organization, name), csr.NewAttribute(csr.CommonName, name),
	)
	if err != nil {
		return nil, nil, err
	}
	root, err := local.NewRoot(w.as, key, dn, w.Clock.Now())
	if err != nil {
		return nil, nil, err
	}
	ca, err := local.New(local.Config{
		Algorithms: w.as, Key: key, Certificate: root, Clock: w.Clock, SubjectTool: "учебное средство", Licence: []byte("\x0c\x0420-Y"),
		IssuerTool: qualified.IssuerSignTool{SignTool: "учебное средство", CATool: "учебный центр", SignToolCert: "нет", CAToolCert: "нет"},
	})
	return ca, root, err
}

// Close ends what the world began.
func (w *World) Close() error {
	w.transport.CloseIdleConnections()
	if w.Registers != nil {
		return w.Registers.Close()
	}
	return nil
}

// mood is what the people want the outside world to do to a request.
func (w *World) mood(id ra.ID) mood {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.cases[id]
	for c != nil && c.successor != nil {
		c = c.successor // what happens to the certificate is its doing
	}
	if c != nil {
		return c.mood
	}
	return ""
}

// wake tells the people of a request that something has happened to it. It may
// be named by the key of one of its tasks.
func (w *World) wake(id ra.ID) {
	name, _, _ := strings.Cut(string(id), "/")
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.cases[ra.ID(name)]; c != nil {
		c.awake = true
	}
}

// saved tells the people of a request what has become of it.
func (w *World) saved(change *ra.Change) {
	entries := make([]ra.Entry, len(change.Lines))
	for i, l := range change.Lines {
		if json.Unmarshal(l.Data, &entries[i]) != nil { // cases are not sealed here
			entries[i] = ra.Entry{}
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.cases[change.Row.ID]
	if c == nil {
		return
	}
	c.awake = true
	for i := range entries {
		c.follow(&entries[i])
	}
	c.order(change.Tasks...)
	if change.After != nil {
		c.order(*change.After)
	}
}
