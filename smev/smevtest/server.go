package smevtest

import (
	"fmt"
	"sync"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// Server is the simulator. It is an http.Handler for the endpoints of SMEV and
// safe for concurrent use. It starts no goroutine before Listen and keeps all
// in memory, within bounds.
type Server struct {
	cfg Config
	as  csr.Algorithms // GOST R 34.10-2012, which is all that SMEV takes

	ca          *authority
	certificate *csr.Certificate // of SMEV
	signer      *xmldsig.Signer  // of SMEV
	expired     *xmldsig.Signer  // of SMEV, with a certificate of the past
	tester      *xmldsig.Signer  // of the asker that is the simulator itself

	endpoints map[string]*soap.Version // by path, in the manner of the configuration
	records   *records                 // what the registers know
	files     *files                   // the file store

	mu           sync.Mutex
	skew         time.Duration // of the clock of SMEV
	downFrom     time.Time     // maintenance
	downUntil    time.Time
	participants participants
	services     map[xmldsig.Name]*service // by the root of the request
	inquiries    map[string]*inquiry       // requests taken, by message id
	answered     map[string]time.Time      // answers taken, by message id
	queues       *queues
	troubles     troubles
	journal      *journal
	metrics      metrics

	asked int64 // requests of Ask

	listening *listening // nil unless Listen was called
}

// NewServer returns a simulator with empty queues and new keys. The error is
// that of making keys and certificates.
func NewServer(cfg Config) (*Server, error) {
	cfg = cfg.withDefaults()
	s := &Server{
		cfg: cfg, as: csr.Standard()[:2],
		endpoints:    map[string]*soap.Version{},
		records:      &records{},
		participants: newParticipants(),
		services:     map[xmldsig.Name]*service{},
		inquiries:    map[string]*inquiry{}, answered: map[string]time.Time{},
		troubles: newTroubles(cfg),
		journal:  newJournal(cfg.Journal),
		metrics:  newMetrics(),
	}
	s.files = newFiles(cfg.Clock.Now)
	s.queues = newQueues(cfg, s.files.withdraw)
	for _, v := range soap.Versions() {
		if cfg.Manner != Published {
			v = v.Lean()
		}
		s.endpoints[v.Path()] = v
	}
	if err := s.makeKeys(cfg.Clock.Now()); err != nil {
		return nil, fmt.Errorf("smevtest: %w", err)
	}
	return s, nil
}

// makeKeys makes the authority, the keys of SMEV and those of the registers.
func (s *Server) makeKeys(now time.Time) (err error) {
	if s.ca, err = newAuthority(s.as, s.cfg.Curve, now); err != nil {
		return err
	}
	if s.signer, s.certificate, err = s.ca.signer("Эмулятор СМЭВ", now.Add(-backdate), now.Add(systemLife)); err != nil {
		return err
	}
	if s.expired, _, err = s.ca.signer("Эмулятор СМЭВ", now.Add(-participantLife), now.Add(-backdate)); err != nil {
		return err
	}
	if s.tester, _, err = s.ca.signer("Эмулятор: потребитель", now.Add(-backdate), now.Add(systemLife)); err != nil {
		return err
	}
	owners := map[string]*xmldsig.Signer{}
	for _, r := range registers(s.records) {
		if owners[r.owner] == nil {
			if owners[r.owner], _, err = s.ca.signer("Эмулятор: "+r.owner, now.Add(-backdate), now.Add(systemLife)); err != nil {
				return err
			}
		}
		s.services[requestRoot(r.kind)] = &service{kind: r.kind, owner: r.owner, provider: r, signer: owners[r.owner]}
	}
	return nil
}

// now is the time by the clock of SMEV.
func (s *Server) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.time()
}

// time is now, for those who hold s.mu.
func (s *Server) time() time.Time { return s.cfg.Clock.Now().Add(s.skew) }

// settle makes happen all that is due, and returns the time by the clock of
// SMEV. The caller holds s.mu.
func (s *Server) settle() time.Time {
	now := s.time()
	s.queues.settle(now, s.endOfLife)
	return now
}

// Skew sets the clock of SMEV ahead of Config.Clock by d, or behind it if d is
// negative.
func (s *Server) Skew(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.skew = d
}

// Maintain closes SMEV from a time until another, by its own clock: every call
// in between gets HTTP status 503. A new window replaces the old one.
func (s *Server) Maintain(from, until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.downFrom, s.downUntil = from, until
}

// Next returns when the next message becomes visible to somebody: an answer, a
// request, a rejection. A driver of the virtual clock sets it to that time.
// Messages that wait for their Ack again after a lease do not count.
func (s *Server) Next() (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	at, ok := s.queues.next()
	if !ok {
		return time.Time{}, false
	}
	return at.Add(-s.skew), true
}

// Filed returns how many requests have been taken.
func (s *Server) Filed() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int(s.metrics.filed)
}

// Queued returns how many answers have been made and not yet acknowledged,
// visible or not.
func (s *Server) Queued() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	return s.queues.count(responses)
}
