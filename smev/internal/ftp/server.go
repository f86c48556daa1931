package ftp

import (
	"crypto/subtle"
	"fmt"
	"net"
	"sync"
	"time"
)

// Config says how the server behaves. Nothing in it is required.
type Config struct {
	// Idle is how long a client may keep the server waiting: for its next
	// command, for its data connection, or for the next octets of a transfer.
	// It is real time, whatever the clock of the simulator. Zero: one minute.
	Idle time.Duration
	// Connections is how many clients are served at a time. Zero: 64.
	Connections int
	// Remote admits clients that are not on the loopback interface.
	Remote bool
}

// Account is what a user logs in with and then sees.
type Account struct {
	Password string
	Files    *Tree // the whole view of the user. Required
	Write    bool  // the user may change it
}

// Server serves files over FTP. It is safe for concurrent use.
type Server struct {
	cfg     Config
	settle  time.Duration  // tests change it
	running sync.WaitGroup // Serve and all that it started

	mu        sync.Mutex
	closed    bool
	listeners []net.Listener
	sessions  map[*session]bool
	users     map[string]*Account
}

// NewServer returns a server without users.
func NewServer(cfg Config) *Server {
	if cfg.Idle == 0 {
		cfg.Idle = time.Minute
	}
	if cfg.Connections == 0 {
		cfg.Connections = 64
	}
	return &Server{cfg: cfg, settle: settle, sessions: map[*session]bool{}, users: map[string]*Account{}}
}

// Allow lets user log in. An account the name had before is withdrawn.
func (s *Server) Allow(user string, a Account) {
	if a.Files == nil {
		panic("ftp: account without files")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.withdraw(user)
	s.users[user] = &a
}

// Withdraw ends the account of user and breaks its connections; the tree
// stays with whoever made it. A user that is not known is no error.
func (s *Server) Withdraw(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.withdraw(user)
}

func (s *Server) withdraw(user string) {
	for c := range s.sessions {
		if c.account != nil && c.account == s.users[user] {
			_ = c.control.Close()
		}
	}
	delete(s.users, user)
}

// Serve accepts clients from l until l fails or the server is closed, and
// closes l. Its error is never nil and wraps net.ErrClosed after Close.
func (s *Server) Serve(l net.Listener) error {
	defer func() { _ = l.Close() }()
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return fmt.Errorf("ftp: serve: %w", net.ErrClosed)
	}
	s.listeners = append(s.listeners, l)
	s.running.Add(1)
	s.mu.Unlock()
	defer s.running.Done()
	for {
		conn, err := l.Accept()
		if err != nil {
			return fmt.Errorf("ftp: serve: %w", err)
		}
		s.admit(conn)
	}
}

// admit starts a session for conn, or turns it away.
func (s *Server) admit(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	peer, tcp := conn.RemoteAddr().(*net.TCPAddr)
	if s.closed || !s.cfg.Remote && !(tcp && peer.IP.IsLoopback()) {
		_ = conn.Close()
		return
	}
	c := &session{server: s, control: conn, lines: make(chan line), dir: "/"}
	if len(s.sessions) >= s.cfg.Connections {
		c.reply(421, "too many connections")
		_ = conn.Close()
		return
	}
	s.sessions[c] = true
	s.running.Go(c.run)
}

// login gives the session the account of user if the password is right.
func (s *Server) login(c *session, user, password string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.users[user]
	if !ok || subtle.ConstantTimeCompare([]byte(a.Password), []byte(password)) != 1 {
		return false
	}
	c.account = a
	return true
}

// logout takes the account from the session again.
func (s *Server) logout(c *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.account = nil
}

// forget frees the place of a session.
func (s *Server) forget(c *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, c)
}

// Close stops serving, breaks all connections and returns when nothing that
// Serve started is left. Uploads under way are dropped. A closed server stays
// closed.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	for _, l := range s.listeners {
		_ = l.Close()
	}
	for c := range s.sessions {
		_ = c.control.Close()
	}
	s.mu.Unlock()
	s.running.Wait()
	return nil
}
