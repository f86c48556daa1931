package ftp_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/surguch/surguch/smev/internal/ftp"
)

// TestUsersApart gives two receivers a file of the same name.
func TestUsersApart(t *testing.T) {
	server, address := serve(t, ftp.Config{})
	for _, user := range []string{"one", "two"} {
		tree := newTree(ftp.Limits{})
		for _, name := range []string{"/SignedContent.zip", "/" + user} {
			if err := tree.Put(name, []byte(user)); err != nil {
				t.Fatal(err)
			}
		}
		server.Allow(user, ftp.Account{Password: user, Files: tree})
	}
	one, two := enter(t, address, "one", "one"), enter(t, address, "two", "two")
	for range 2 {
		if got := one.fetch("RETR /SignedContent.zip"); got != "one" {
			t.Errorf("got %q, want one", got)
		}
		if got := two.fetch("RETR /SignedContent.zip"); got != "two" {
			t.Errorf("got %q, want two", got)
		}
	}
	if got := one.fetch("NLST"); got != "SignedContent.zip\r\none\r\n" {
		t.Errorf("got %q", got)
	}
	one.say(550, "RETR two")
	one.say(550, "RETR ../two/two")
	c := dial(t, address)
	c.reply(220)
	c.say(331, "USER one")
	c.say(530, "PASS two")
}

func TestWithdraw(t *testing.T) {
	server, address := serve(t, ftp.Config{})
	tree, stays := newTree(ftp.Limits{}), newTree(ftp.Limits{})
	server.Allow("stays", ftp.Account{Password: "p", Files: stays})
	server.Allow("goes", ftp.Account{Password: "p", Files: tree, Write: true})
	neighbour, stranger := enter(t, address, "stays", "p"), dial(t, address)
	stranger.reply(220)
	c := enter(t, address, "goes", "p")
	data := c.begin("f", "half")

	server.Withdraw("goes")
	c.gone()
	ended(t, data)
	stranger.say(331, "USER goes")
	stranger.say(530, "PASS p")
	neighbour.say(257, "PWD")

	server.Allow("goes", ftp.Account{Password: "q", Files: tree})
	c = enter(t, address, "goes", "q")
	if got := c.fetch("NLST"); got != "" {
		t.Errorf("the upload left %q", got)
	}
	server.Allow("goes", ftp.Account{Password: "r", Files: stays})
	c.gone()
	enter(t, address, "goes", "r")
	server.Withdraw("nobody")
	server.Withdraw("nobody")
	neighbour.say(257, "PWD")
}

func TestAllowWithoutFiles(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an account without files is taken")
		}
	}()
	ftp.NewServer(ftp.Config{}).Allow("u", ftp.Account{})
}

// TestClose closes the server while clients are in every state; serve checks
// that nothing is left.
func TestClose(t *testing.T) {
	server, address := serve(t, ftp.Config{})
	tree := newTree(ftp.Limits{})
	server.Allow("u", ftp.Account{Password: "p", Files: tree, Write: true})
	if err := tree.Put("/large", make([]byte, 32<<20)); err != nil {
		t.Fatal(err)
	}
	greeted := dial(t, address)
	greeted.reply(220)
	idle, up, down, waiting, full := enter(t, address, "u", "p"), enter(t, address, "u", "p"),
		enter(t, address, "u", "p"), enter(t, address, "u", "p"), enter(t, address, "u", "p")
	unused := idle.port()
	upData := up.begin("half", "half")
	downData := down.data()
	down.say(150, "RETR large")
	port := waiting.port()
	waiting.say(150, "STOR none")
	fullData := full.begin("held", "half")
	full.send("NOOP\r\nNOOP\r\nQUIT\r\n")

	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*client{greeted, idle, up, down, waiting} {
		c.gone()
	}
	ended(t, upData)
	ended(t, fullData)
	if n, err := io.Copy(io.Discard, downData); err == nil && n == 32<<20 {
		t.Error("the whole file came")
	}
	for _, a := range []string{address, unused, port} {
		refused(t, a)
	}
	if got := tree.Take("/"); len(got) != 1 {
		t.Errorf("got %d files, want the one before", len(got))
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Serve(l); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve after Close: got %v, want net.ErrClosed", err)
	}
	refused(t, l.Addr().String())
}

// TestListenerFails ends Serve alone: the clients stay until Close.
func TestListenerFails(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serveOn(t, ftp.Config{}, l)
	c := dial(t, l.Addr().String())
	c.reply(220)
	_ = l.Close()
	c.say(200, "NOOP")
}

func TestIdle(t *testing.T) {
	_, address := serve(t, ftp.Config{Idle: 500 * time.Millisecond})
	c := dial(t, address)
	c.reply(220)
	c.send("NOO") // a line that does not end
	c.reply(421)
	c.gone()
}

func TestConnections(t *testing.T) {
	_, address := serve(t, ftp.Config{Connections: 2})
	one, two := dial(t, address), dial(t, address)
	one.reply(220)
	two.reply(220)
	three := dial(t, address)
	three.reply(421)
	three.gone()
	one.say(221, "QUIT")
	one.gone()
	dial(t, address).reply(220)
	two.say(200, "NOOP")
}

// listener passes its connections through wrap.
type listener struct {
	net.Listener
	wrap func(net.Conn) net.Conn
}

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return l.wrap(c), nil
}

// elsewhere is a connection that tells other addresses than it has.
type elsewhere struct {
	net.Conn
	local, remote net.Addr
}

func (e elsewhere) LocalAddr() net.Addr  { return e.local }
func (e elsewhere) RemoteAddr() net.Addr { return e.remote }

// serveElsewhere serves clients that seem to call from remote, on local.
func serveElsewhere(t *testing.T, cfg ftp.Config, local, remote net.Addr) (*ftp.Server, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := serveOn(t, cfg, listener{l, func(c net.Conn) net.Conn { return elsewhere{c, local, remote} }})
	return server, l.Addr().String()
}

func TestRemote(t *testing.T) {
	local := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}
	for name, c := range map[string]struct {
		remote net.Addr
		want   bool
	}{
		"loopback":          {&net.TCPAddr{IP: net.IPv4(127, 3, 2, 1)}, true},
		"loopback of IPv6":  {&net.TCPAddr{IP: net.IPv6loopback}, true},
		"private network":   {&net.TCPAddr{IP: net.IPv4(10, 0, 0, 1)}, false},
		"elsewhere by IPv6": {&net.TCPAddr{IP: net.ParseIP("2001:db8::1")}, false},
		"no TCP":            {&net.UnixAddr{Name: "x", Net: "unix"}, false},
	} {
		for _, admitted := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", Remote ", admitted), func(t *testing.T) {
				_, address := serveElsewhere(t, ftp.Config{Remote: admitted}, local, c.remote)
				if client := dial(t, address); c.want || admitted {
					client.reply(220)
				} else {
					client.gone()
				}
			})
		}
	}
}

// TestIPv6 tells a client that called over IPv6 to use EPSV.
func TestIPv6(t *testing.T) {
	six := &net.TCPAddr{IP: net.IPv6loopback}
	server, address := serveElsewhere(t, ftp.Config{}, six, six)
	server.Allow("u", ftp.Account{Password: "p", Files: newTree(ftp.Limits{})})
	c := enter(t, address, "u", "p")
	c.say(425, "PASV")
	c.say(522, "EPSV 1")
}

// TestNoPort has an address on which no port can be opened.
func TestNoPort(t *testing.T) {
	away := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1)} // of RFC 5737, nobody's
	server, address := serveElsewhere(t, ftp.Config{Remote: true}, away, away)
	server.Allow("u", ftp.Account{Password: "p", Files: newTree(ftp.Limits{})})
	c := enter(t, address, "u", "p")
	c.say(425, "EPSV")
	c.say(425, "PASV")
	c.say(425, "NLST")
}
