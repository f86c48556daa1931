package ftp_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/smev/internal/ftp"
)

var moment = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

// patience ends a test that hangs; nothing takes that long.
const patience = 20 * time.Second

func newTree(l ftp.Limits) *ftp.Tree {
	return ftp.NewTree(l, func() time.Time { return moment })
}

// serve starts a server on the loopback interface. When the test ends nothing
// of it may be left.
func serve(t *testing.T, cfg ftp.Config) (server *ftp.Server, address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return serveOn(t, cfg, l), l.Addr().String()
}

func serveOn(t *testing.T, cfg ftp.Config, l net.Listener) *ftp.Server {
	t.Helper()
	server := ftp.NewServer(cfg)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, net.ErrClosed) {
			t.Errorf("Serve: got %v, want net.ErrClosed", err)
		}
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		if strings.Contains(string(stacks), "internal/ftp.(*") {
			t.Errorf("goroutines are left:\n%s", stacks)
		}
	})
	return server
}

// client is a user at a telnet: it says commands and looks at the code of the
// reply.
type client struct {
	t    testing.TB
	conn net.Conn
	in   *textproto.Reader
}

func dial(t testing.TB, address string) *client {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	return &client{t, conn, textproto.NewReader(bufio.NewReader(conn))}
}

// enter dials and logs in.
func enter(t testing.TB, address, user, password string) *client {
	t.Helper()
	c := dial(t, address)
	c.reply(220)
	c.say(331, "USER "+user)
	c.say(230, "PASS "+password)
	return c
}

// say sends a line and returns the text of the reply, whose code must be want.
func (c *client) say(want int, text string) string {
	c.t.Helper()
	c.send(text + "\r\n")
	return c.reply(want, text)
}

func (c *client) send(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, text); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) reply(want int, after ...string) string {
	c.t.Helper()
	code, text, err := c.in.ReadResponse(0)
	if code != want {
		c.t.Fatalf("%.60q: got %d %s, %v, want %d", after, code, text, err, want)
	}
	return text
}

// gone checks that the server has broken the connection.
func (c *client) gone() {
	c.t.Helper()
	if line, err := c.in.ReadLine(); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		c.t.Fatalf("got %q, %v, want a broken connection", line, err)
	}
}

// port asks for a data port.
func (c *client) port() (address string) {
	c.t.Helper()
	var port int
	text := c.say(229, "EPSV")
	if _, err := fmt.Sscanf(text, "entering extended passive mode (|||%d|)", &port); err != nil {
		c.t.Fatalf("%q: %v", text, err)
	}
	return fmt.Sprintf("127.0.0.1:%d", port)
}

// data opens the data connection.
func (c *client) data() *net.TCPConn {
	c.t.Helper()
	return c.connect(c.port())
}

func (c *client) connect(address string) *net.TCPConn {
	c.t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	return conn.(*net.TCPConn)
}

// begin starts an upload and returns its data connection.
func (c *client) begin(name, octets string) *net.TCPConn {
	c.t.Helper()
	data := c.data()
	c.say(150, "STOR "+name)
	if _, err := io.WriteString(data, octets); err != nil {
		c.t.Fatal(err)
	}
	return data
}

// store uploads a file.
func (c *client) store(name, octets string) {
	c.t.Helper()
	_ = c.begin(name, octets).Close()
	c.reply(226, "STOR", name)
}

// fetch returns what a command sends over the data connection.
func (c *client) fetch(command string) string {
	c.t.Helper()
	data := c.data()
	c.say(150, command)
	return c.receive(data, command)
}

func (c *client) receive(data net.Conn, command string) string {
	c.t.Helper()
	octets, err := io.ReadAll(data)
	if err != nil {
		c.t.Fatalf("%s: %v", command, err)
	}
	c.reply(226, command)
	return string(octets)
}
