// Package mail sends letters through a mail server: SMTP (RFC 5321) over TLS,
// and nothing without it. [Server] implements notify.Mailer.
//
//	server, err := mail.New(mail.Config{
//		Host: "smtp.example.org", Username: "ra", Password: password,
//		From: "Удостоверяющий центр <ra@example.org>",
//	})
//	router, err := notify.New(notify.Config{Mail: server, …})
//
// A letter is plain text in UTF-8. Auto-Submitted (RFC 3834) keeps holiday
// notices from answering it; Message-ID is the same when it is sent again, so
// that it can be recognised.
//
// A server that took a letter and was cut off before it said so gets it again:
// SMTP offers no more than at least once (RFC 5321, section 4.5.4.1).
package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/notify"
)

const (
	defaultTimeout = 30 * time.Second
	submission     = 587 // RFC 6409
	submissions    = 465 // RFC 8314
)

// Config is what a server is reached by. Required: Host and From.
type Config struct {
	// Host is the server's name, as its certificate has it.
	Host string
	// Port is where it listens. Zero: 587, or 465 with ImplicitTLS.
	Port int
	// ImplicitTLS has the connection begin with TLS. False: it begins in the
	// clear and STARTTLS is required before anything else is said.
	ImplicitTLS bool
	// Username and Password log in. Empty: nobody does.
	Username, Password string
	// From is the sender: name@example.org or Name <name@example.org>. The
	// domain ends the Message-ID as well.
	From string
	// Hello is how this host calls itself. Empty: the machine's name.
	Hello string
	// Timeout bounds the sending of one letter. Zero: 30 seconds.
	Timeout time.Duration
	// Roots are the authorities that the server's certificate may come from.
	// Nil: the machine's.
	Roots *x509.CertPool
	// Clock dates the letters. Nil: the machine's.
	Clock ra.Clock
}

// Server sends letters, each over a connection of its own. It is safe for
// concurrent use.
type Server struct {
	cfg     Config
	from    *mail.Address
	domain  string
	options []gomail.Option
}

var _ notify.Mailer = (*Server)(nil)

// New checks the configuration and returns the server. It sends nothing.
func New(c Config) (*Server, error) {
	if c.Host == "" || c.From == "" {
		return nil, errors.New("mail: config: Host and From are required")
	}
	from, err := mail.ParseAddress(c.From)
	if err != nil {
		return nil, errors.New("mail: config: From is not an address")
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	if (c.Username == "") != (c.Password == "") {
		return nil, errors.New("mail: config: Username and Password go together")
	}
	c.Timeout = cmp.Or(c.Timeout, defaultTimeout)
	if c.ImplicitTLS {
		c.Port = cmp.Or(c.Port, submissions)
	}
	c.Port = cmp.Or(c.Port, submission)
	s := &Server{cfg: c, from: from, domain: domain}
	s.options = []gomail.Option{
		gomail.WithPort(c.Port), gomail.WithTimeout(c.Timeout), gomail.WithTLSPolicy(gomail.TLSMandatory),
		gomail.WithTLSConfig(s.tls()), gomail.WithoutNoop(),
		gomail.WithoutRset(), // its failure would look like that of a letter that was taken
	}
	if c.ImplicitTLS {
		s.options = append(s.options, gomail.WithSSL())
	}
	if c.Hello != "" {
		s.options = append(s.options, gomail.WithHELO(c.Hello))
	}
	if c.Username != "" {
		s.options = append(s.options, gomail.WithUsername(c.Username), gomail.WithPassword(c.Password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	if _, err := gomail.NewClient(c.Host, s.options...); err != nil {
		return nil, fmt.Errorf("mail: config: %w", err)
	}
	return s, nil
}

func (s *Server) tls() *tls.Config {
	return &tls.Config{ServerName: s.cfg.Host, RootCAs: s.cfg.Roots, MinVersion: tls.VersionTLS12}
}

// Send sends a letter. The error wraps notify.ErrRefused if the letter cannot
// be written or the server refused it for good.
func (s *Server) Send(ctx context.Context, l notify.Letter) error {
	m, err := s.message(l)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	dial := func(_ context.Context, network, address string) (net.Conn, error) {
		return s.dial(ctx, network, address)
	}
	client, err := gomail.NewClient(s.cfg.Host, append(s.options[:len(s.options):len(s.options)], gomail.WithDialContextFunc(dial))...)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	if err := client.DialWithContext(ctx); err != nil {
		return failure(ctx, "connecting", err)
	}
	if err := client.Send(m); err != nil {
		return failure(ctx, "sending", err)
	}
	client.Close() // the letter is taken: a bad farewell changes nothing
	return nil
}

// dial connects to the server. The connection ends with the context, at
// whatever stage it is.
func (s *Server) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { conn.Close() })
	if !s.cfg.ImplicitTLS {
		return conn, nil
	}
	secure := tls.Client(conn, s.tls())
	return secure, secure.HandshakeContext(ctx)
}
