package smevtest

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/surguch/surguch/smev/internal/ftp"
	"github.com/surguch/surguch/smev/internal/soap"
)

// listening is what runs between Listen and Close.
type listening struct {
	http   *http.Server
	served chan struct{} // closed when everything has ended
	files  *ftp.Server
	stored string // address of the file store
}

// Listen starts to serve the endpoints and the file store, by default on free
// ports of the loopback interface, and returns the address of version 1.2; those
// of the other versions differ in the path alone.
func (s *Server) Listen() (url string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listening != nil {
		return "", errors.New("smevtest: listening already")
	}
	l, err := s.bind(s.cfg.Address)
	if err != nil {
		return "", err
	}
	f, err := s.bind(s.cfg.FileAddress)
	if err != nil {
		_ = l.Close()
		return "", err
	}
	now := &listening{
		files:  ftp.NewServer(ftp.Config{Remote: s.cfg.AnyAddress}),
		served: make(chan struct{}), stored: f.Addr().String(),
	}
	s.files.open(now.files)
	var running sync.WaitGroup
	now.http = &http.Server{
		Handler: s, ReadHeaderTimeout: time.Minute, IdleTimeout: 5 * time.Minute, ErrorLog: log.New(io.Discard, "", 0),
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				running.Add(1)
			case http.StateClosed:
				running.Done()
			}
		},
	}
	s.listening = now
	go func() {
		defer close(now.served)
		files := make(chan struct{})
		go func() {
			defer close(files)
			_ = now.files.Serve(f) // ends by Close
		}()
		_ = now.http.Serve(l) // ends with ErrServerClosed by Close
		running.Wait()
		<-files
	}()
	return "http://" + l.Addr().String() + soap.V12().Path(), nil
}

// bind opens an address, if it is one that may be opened.
func (s *Server) bind(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); !s.cfg.AnyAddress && (ip == nil || !ip.IsLoopback()) {
		return nil, errors.New("smevtest: not an IP address of the loopback interface, and Config.AnyAddress is not set")
	}
	return net.Listen("tcp", address)
}

// Files returns the address of the file store, host and port; empty while
// nobody listens. Its user for uploads is anonymous, with the password smev.
func (s *Server) Files() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listening == nil {
		return ""
	}
	return s.listening.stored
}

// Close stops serving, breaks the connections and returns when all of them have
// ended. What is queued stays; Listen may be called again.
func (s *Server) Close() error {
	s.mu.Lock()
	now := s.listening
	s.listening = nil
	s.mu.Unlock()
	if now == nil {
		return nil
	}
	s.files.close()
	err := errors.Join(now.http.Close(), now.files.Close())
	<-now.served
	return err
}
