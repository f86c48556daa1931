package mail_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"io"
	"net"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"sync"
	"testing"
)

// postOffice is a mail server: ESMTP with STARTTLS, AUTH PLAIN over TLS, and
// enhanced status codes. It remembers the letters that it took.
type postOffice struct {
	implicit bool              // TLS from the beginning
	noTLS    bool              // STARTTLS is not offered
	answers  map[string]string // by command, in place of the usual; "hang up" closes the connection
	silent   chan struct{}     // if not nil, nothing is said until it is closed
	met      chan struct{}     // of a silent one: gets a value for each client

	listener net.Listener
	tls      *tls.Config
	roots    *x509.CertPool

	mu      sync.Mutex
	letters []posted
	said    []string // commands, one a line
}

type posted struct {
	from, to, login string
	secure          bool
	data            string
}

func (p *postOffice) open(t *testing.T) {
	t.Helper()
	stop, err := p.start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
}

func (p *postOffice) start() (stop func(), err error) {
	certified := httptest.NewTLSServer(nil) // for its certificate, which is for 127.0.0.1
	certified.Close()
	p.tls = &tls.Config{Certificates: certified.TLS.Certificates}
	p.roots = x509.NewCertPool()
	p.roots.AddCert(certified.Certificate())
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	var open sync.WaitGroup
	open.Go(func() {
		for {
			conn, err := p.listener.Accept()
			if err != nil {
				return
			}
			open.Go(func() { p.serve(conn) })
		}
	})
	return func() {
		p.listener.Close()
		open.Wait()
	}, nil
}

func (p *postOffice) port() int { return p.listener.Addr().(*net.TCPAddr).Port }

// serve speaks with one client.
func (p *postOffice) serve(conn net.Conn) {
	defer func() { conn.Close() }()
	if p.silent != nil {
		p.met <- struct{}{}
		<-p.silent
		return
	}
	secure := p.implicit
	if secure {
		conn = tls.Server(conn, p.tls)
	}
	text := textproto.NewConn(conn)
	var letter posted
	reply := func(command, usual string) bool {
		if answer, ok := p.answers[command]; ok {
			usual = answer
		}
		if usual == "hang up" {
			return false
		}
		return text.PrintfLine("%s", usual) == nil
	}
	for going := reply("connect", "220 post.example.org ESMTP"); going; {
		line, err := text.ReadLine()
		if err != nil {
			return
		}
		p.mu.Lock()
		p.said = append(p.said, line)
		p.mu.Unlock()
		command, argument, _ := strings.Cut(line, " ")
		switch command = strings.ToUpper(command); command {
		case "EHLO":
			usual := "250-post.example.org\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-AUTH PLAIN LOGIN"
			if !secure && !p.noTLS {
				usual += "\r\n250-STARTTLS"
			}
			going = reply(command, usual+"\r\n250 SIZE 1000000")
		case "STARTTLS":
			going = reply(command, "220 2.0.0 go on")
			conn = tls.Server(conn, p.tls)
			text, secure = textproto.NewConn(conn), true
		case "AUTH":
			_, encoded, _ := strings.Cut(argument, " ")
			plain, _ := base64.StdEncoding.DecodeString(encoded)
			letter.login = strings.ReplaceAll(string(plain), "\x00", "|")
			going = reply(command, "235 2.7.0 welcome")
		case "MAIL":
			letter.from, letter.secure = argument, secure
			going = reply(command, "250 2.1.0 ok")
		case "RCPT":
			letter.to = argument
			going = reply(command, "250 2.1.5 ok")
		case "DATA":
			if answer := p.answers[command]; answer != "" {
				going = reply(command, "")
				continue
			}
			text.PrintfLine("354 go on")
			data, err := io.ReadAll(text.DotReader())
			if err != nil {
				return
			}
			letter.data = string(data)
			if answer := p.answers["."]; answer == "" || answer[0] == '2' {
				p.mu.Lock()
				p.letters = append(p.letters, letter)
				p.mu.Unlock()
			}
			going = reply(".", "250 2.0.0 taken")
		case "QUIT":
			reply(command, "221 2.0.0 bye")
			return
		default:
			going = reply(command, "502 5.5.1 unknown")
		}
	}
}

func (p *postOffice) taken() []posted {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]posted{}, p.letters...)
}
