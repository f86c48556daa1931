package smevtest

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// Clock tells the time.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

// Config says how the simulator behaves. Nothing in it is required.
type Config struct {
	// Clock is the time of SMEV and of the registers. Nil: the machine's
	// clock, with which answers take their real minutes.
	Clock Clock
	// Seed decides, together with the message ids, all delays and ids the
	// simulator makes. Zero is a seed like any other.
	Seed uint64
	// MinDelay and MaxDelay bound the time from an inquiry to its answer.
	// Both zero: 10 and 30 minutes. MaxDelay below MinDelay counts as equal.
	MinDelay, MaxDelay time.Duration
	// Lease is how long a delivered message waits for its Ack before it is
	// delivered again. Zero: 15 minutes.
	Lease time.Duration
}

// Server is the simulator. It is an http.Handler, on any path, and safe for
// concurrent use. It starts no goroutine before Listen and keeps all in
// memory.
type Server struct {
	cfg Config

	mu       sync.Mutex
	filed    map[string]bool // ids of the inquiries taken
	queue    []*message      // answers not yet acknowledged
	troubles map[string][]Trouble

	http   *http.Server
	served chan struct{} // closed when Serve and every connection have ended
}

// NewServer returns a simulator with empty queues.
func NewServer(cfg Config) *Server {
	if cfg.Clock == nil {
		cfg.Clock = machineClock{}
	}
	if cfg.MinDelay == 0 && cfg.MaxDelay == 0 {
		cfg.MinDelay, cfg.MaxDelay = 10*time.Minute, 30*time.Minute
	}
	cfg.MaxDelay = max(cfg.MinDelay, cfg.MaxDelay)
	if cfg.Lease == 0 {
		cfg.Lease = 15 * time.Minute
	}
	return &Server{cfg: cfg, filed: map[string]bool{}, troubles: map[string][]Trouble{}}
}

// Listen starts to serve on a free port of the loopback interface and returns
// the address a client asks. No other interface can be served: inquiries carry
// personal data in the clear.
func (s *Server) Listen() (url string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.http != nil {
		return "", errors.New("smevtest: listening already")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	var connections sync.WaitGroup
	server := &http.Server{
		Handler: s, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0),
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				connections.Add(1)
			case http.StateClosed:
				connections.Done()
			}
		},
	}
	served := make(chan struct{})
	s.http, s.served = server, served
	go func() {
		defer close(served)
		_ = server.Serve(l) // ends with ErrServerClosed by Close
		connections.Wait()
	}()
	return "http://" + l.Addr().String() + "/smev/v1.2/ws", nil
}

// Close stops serving, breaks the connections and returns when all of them have
// ended. What is queued stays; Listen may be called again.
func (s *Server) Close() error {
	s.mu.Lock()
	server, served := s.http, s.served
	s.http, s.served = nil, nil
	s.mu.Unlock()
	if server == nil {
		return nil
	}
	err := server.Close()
	<-served
	return err
}

// Next returns when the earliest answer that is not visible yet becomes so. A
// driver of the virtual clock sets it to that time.
func (s *Server) Next() (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.cfg.Clock.Now()
	var next time.Time
	for _, m := range s.queue {
		if m.due.After(now) && (next.IsZero() || m.due.Before(next)) {
			next = m.due
		}
	}
	return next, !next.IsZero()
}

// Filed returns how many inquiries have been taken.
func (s *Server) Filed() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.filed)
}

// Queued returns how many answers have been made and not yet acknowledged,
// visible or not.
func (s *Server) Queued() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queue)
}

type machineClock struct{}

func (machineClock) Now() time.Time                         { return time.Now() }
func (machineClock) After(d time.Duration) <-chan time.Time { return time.After(d) }
