package mail_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/notify"
	"github.com/surguch/surguch/ra/notify/mail"
)

const (
	canary   = "kanareika" // stands in the password, the address and the text
	password = "password-" + canary
	address  = canary + "@example.org"
)

var letter = notify.Letter{
	ID: "0123456789abcdef0123456789abcdef", To: address, Subject: "Индивидуальная ссылка на заявку 17: проверка длинной строки темы письма",
	Text: "Здравствуйте!\n\nhttps://ra.example.org/#17." + canary + "\n.точка в начале строки\n",
}

func (p *postOffice) config() mail.Config {
	return mail.Config{
		Host: "127.0.0.1", Port: p.port(), ImplicitTLS: p.implicit, Roots: p.roots,
		Username: "ra", Password: password, Hello: "ra.example.org",
		From:  "Удостоверяющий центр <ra@ca.example.org>",
		Clock: testenv.NewClock(time.Date(2026, 10, 9, 10, 0, 0, 0, time.UTC)),
	}
}

func send(t *testing.T, c mail.Config, l notify.Letter) error {
	t.Helper()
	s, err := mail.New(c)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Send(t.Context(), l)
	discreet(t, err)
	return err
}

// discreet checks that an error repeats nothing that it must not.
func discreet(t *testing.T, err error) {
	t.Helper()
	if err != nil && strings.Contains(err.Error(), canary) {
		t.Errorf("the error repeats what is personal or secret: %v", err)
	}
}

func TestSend(t *testing.T) {
	for name, p := range map[string]*postOffice{"STARTTLS": {}, "implicit TLS": {implicit: true}} {
		p.open(t)
		if err := send(t, p.config(), letter); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		taken := p.taken()
		if len(taken) != 1 {
			t.Errorf("%s: got %d letters, want 1", name, len(taken))
			continue
		}
		got := taken[0]
		if !got.secure || got.login != "|ra|"+password || !strings.HasPrefix(got.from, "FROM:<ra@ca.example.org>") || got.to != "TO:<"+address+">" {
			t.Errorf("%s: got %+v", name, got)
		}
		m, err := netmail.ReadMessage(strings.NewReader(got.data))
		if err != nil {
			t.Fatal(err)
		}
		decode := func(name string) string {
			s, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(name))
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			return s
		}
		for header, want := range map[string]string{
			"Subject": letter.Subject, "To": "<" + address + ">", "From": "Удостоверяющий центр <ra@ca.example.org>",
			"Message-Id": "<" + letter.ID + "@ca.example.org>", "Auto-Submitted": "auto-generated",
			"Date": "Fri, 09 Oct 2026 10:00:00 +0000", "Mime-Version": "1.0",
			"Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "quoted-printable",
		} {
			if got := strings.ReplaceAll(decode(header), `"`, ""); got != want {
				t.Errorf("%s: %s: got %q, want %q", name, header, got, want)
			}
		}
		if len(m.Header) != 9 {
			t.Errorf("%s: got headers %v, want the nine above", name, m.Header)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
		if got := strings.ReplaceAll(string(body), "\r\n", "\n"); err != nil || strings.TrimSpace(got) != strings.TrimSpace(letter.Text) {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, letter.Text)
		}
	}
}

// TestSendFile: a file arrives with the letter, octet by octet, under its name.
func TestSendFile(t *testing.T) {
	p := &postOffice{}
	p.open(t)
	l, data := letter, bytes.Repeat([]byte("%PDF\x00\r\n.\n"), 500)
	l.Files = []ra.NoticeFile{{Name: "Как передать сканы документов.pdf", Media: "application/pdf", Data: data}}
	if err := send(t, p.config(), l); err != nil {
		t.Fatal(err)
	}
	m, err := netmail.ReadMessage(strings.NewReader(p.taken()[0].data))
	if err != nil {
		t.Fatal(err)
	}
	typ, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || typ != "multipart/mixed" {
		t.Fatalf("got %s, %v, want multipart/mixed", typ, err)
	}
	parts := multipart.NewReader(m.Body, parameters["boundary"])
	text, err := parts.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(text); err != nil || !strings.Contains(strings.ReplaceAll(string(body), "\r\n", "\n"), "точка в начале строки") {
		t.Errorf("got the text %q, %v", body, err)
	}
	file, err := parts.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	name, err := new(mime.WordDecoder).DecodeHeader(file.FileName())
	if err != nil || name != l.Files[0].Name || !strings.HasPrefix(file.Header.Get("Content-Type"), "application/pdf") {
		t.Errorf("got %q, %s, %v", name, file.Header.Get("Content-Type"), err)
	}
	if got, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, file)); err != nil || !bytes.Equal(got, data) {
		t.Errorf("got %d octets, %v, want %d", len(got), err, len(data))
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Errorf("got %v, want two parts", err)
	}
	for _, bad := range []ra.NoticeFile{{Name: "", Media: "application/pdf"}, {Name: "a\r\nBcc: b@example.org", Media: "application/pdf"}, {Name: "../a", Media: "application/pdf"}, {Name: "a.pdf", Media: "pdf\r\n"}, {Name: "a.pdf"}} {
		l.Files = []ra.NoticeFile{bad}
		if err := send(t, p.config(), l); !errors.Is(err, notify.ErrRefused) {
			t.Errorf("%+v: got %v, want it refused", bad, err)
		}
	}
}

// TestRefusals: what the server answers, where, and what comes of it. The
// server repeats address and text wherever it can.
func TestRefusals(t *testing.T) {
	gossip := " " + address + " " + password + " said " + canary
	for name, c := range map[string]struct {
		command, answer string
		refused         bool
	}{
		"no such mailbox":        {"RCPT", "550 5.1.1" + gossip, true},
		"mailbox is full":        {"RCPT", "452 4.2.2" + gossip, false},
		"greylisted":             {"RCPT", "450 4.7.1" + gossip, false},
		"sender refused":         {"MAIL", "550 5.7.1" + gossip, false},
		"no data":                {"DATA", "451 4.3.0" + gossip, false},
		"no data for good":       {"DATA", "554 5.6.0" + gossip, true},
		"text refused":           {".", "550 5.7.1" + gossip, true},
		"text refused for now":   {".", "451 4.7.1" + gossip, false},
		"wrong password":         {"AUTH", "535 5.7.8" + gossip, false},
		"no service":             {"connect", "554" + gossip, false},
		"no greeting":            {"connect", "hang up", false},
		"hangs up at AUTH":       {"AUTH", "hang up", false},
		"hangs up at RCPT":       {"RCPT", "hang up", false},
		"hangs up after a text":  {".", "hang up", false},
		"says nonsense":          {"RCPT", gossip, false},
		"says nonsense at first": {"connect", "nonsense", false},
		"STARTTLS fails":         {"STARTTLS", "454 4.7.0" + gossip, false},
	} {
		p := &postOffice{answers: map[string]string{c.command: c.answer}}
		p.open(t)
		err := send(t, p.config(), letter)
		if err == nil || errors.Is(err, notify.ErrRefused) != c.refused {
			t.Errorf("%s: got %v, want refused %v", name, err, c.refused)
		}
		if code, _, _ := strings.Cut(c.answer, " "); err != nil && len(code) == 3 && !strings.Contains(err.Error(), code) {
			t.Errorf("%s: got %v, want the code %s in it", name, err, code)
		}
		if n := len(p.taken()); n != 0 {
			t.Errorf("%s: got %d letters, want none", name, n)
		}
	}
}

// TestFarewell: a letter that was taken is sent, whatever the server says
// afterwards: it would go twice.
func TestFarewell(t *testing.T) {
	for _, answer := range []string{"421 4.3.2 closing", "500 what?", "hang up"} {
		p := &postOffice{answers: map[string]string{"QUIT": answer, "RSET": answer, "NOOP": answer}}
		p.open(t)
		if err := send(t, p.config(), letter); err != nil {
			t.Errorf("%s: %v", answer, err)
		}
		if n := len(p.taken()); n != 1 {
			t.Errorf("%s: got %d letters, want 1", answer, n)
		}
	}
}

// TestNoTLS: without TLS, or with a certificate of somebody else, nothing that
// matters is said.
func TestNoTLS(t *testing.T) {
	for name, c := range map[string]struct {
		p      *postOffice
		change func(*mail.Config)
	}{
		"not offered":       {&postOffice{noTLS: true}, func(*mail.Config) {}},
		"unknown authority": {&postOffice{}, func(c *mail.Config) { c.Roots = nil }},
		"another's name":    {&postOffice{}, func(c *mail.Config) { c.Host = "localhost" }},
		"implicit, unknown": {&postOffice{implicit: true}, func(c *mail.Config) { c.Roots = nil }},
	} {
		c.p.open(t)
		config := c.p.config()
		c.change(&config)
		if err := send(t, config, letter); err == nil {
			t.Errorf("%s: got no error", name)
		}
		c.p.mu.Lock()
		if i := slices.IndexFunc(c.p.said, func(line string) bool {
			return strings.HasPrefix(line, "AUTH") || strings.HasPrefix(line, "MAIL")
		}); i >= 0 {
			t.Errorf("%s: the client said %q", name, c.p.said[i])
		}
		c.p.mu.Unlock()
	}
}

// TestSilence: a server that says nothing holds nobody longer than his context
// or the timeout.
func TestSilence(t *testing.T) {
	p := &postOffice{silent: make(chan struct{}), met: make(chan struct{}, 2)}
	p.open(t)
	t.Cleanup(func() { close(p.silent) }) // before the post office closes
	c := p.config()
	s, err := mail.New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Send(ctx, letter) }()
	<-p.met
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
	c.Timeout = 50 * time.Millisecond
	if err := send(t, c, letter); err == nil {
		t.Error("got no error, want one after the timeout")
	}
}

func TestBadLetters(t *testing.T) {
	p := &postOffice{}
	p.open(t)
	for name, change := range map[string]func(*notify.Letter){
		"no address":          func(l *notify.Letter) { l.To = "" },
		"two addresses":       func(l *notify.Letter) { l.To = address + ", a@example.org" },
		"an address and name": func(l *notify.Letter) { l.To = "A <" + address + ">" },
		"a header":            func(l *notify.Letter) { l.To = address + "\r\nBcc: " + canary + "@example.com" },
		"a command":           func(l *notify.Letter) { l.To = "\"a>\r\nRCPT TO:<b\"@example.org" },
		"subject of lines":    func(l *notify.Letter) { l.Subject = canary + "\r\nBcc: a@example.org" },
		"no subject":          func(l *notify.Letter) { l.Subject = "" },
		"identifier":          func(l *notify.Letter) { l.ID = "1>\r\nBcc: <" + canary },
	} {
		l := letter
		change(&l)
		if err := send(t, p.config(), l); !errors.Is(err, notify.ErrRefused) {
			t.Errorf("%s: got %v, want it refused", name, err)
		}
	}
	if n := len(p.said); n != 0 {
		t.Errorf("the server was told %v, want nothing", p.said)
	}
}

func TestConfig(t *testing.T) {
	good := mail.Config{Host: "smtp.example.org", From: "ra@example.org"}
	if _, err := mail.New(good); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*mail.Config){
		"no host":     func(c *mail.Config) { c.Host = "" },
		"no sender":   func(c *mail.Config) { c.From = "" },
		"sender":      func(c *mail.Config) { c.From = "ra" },
		"no password": func(c *mail.Config) { c.Username = "ra" },
		"no name":     func(c *mail.Config) { c.Password = canary },
		"port":        func(c *mail.Config) { c.Port = 70000 },
	} {
		c := good
		change(&c)
		_, err := mail.New(c)
		if err == nil {
			t.Errorf("%s: got no error", name)
		}
		discreet(t, err)
	}
}
