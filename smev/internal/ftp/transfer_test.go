package ftp_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/smev/internal/ftp"
)

// TestKilledClient closes both connections as the system does for a process
// that is killed, in their order. The server has seen the end of the file when
// it sees the end of the client.
func TestKilledClient(t *testing.T) {
	server, address := serve(t, ftp.Config{})
	server.Settle(patience)
	tree := newTree(ftp.Limits{})
	server.Allow("u", ftp.Account{Password: "p", Files: tree, Write: true})
	for range 20 {
		c := enter(t, address, "u", "p")
		data := c.begin("f", "half")
		_ = c.conn.(*net.TCPConn).CloseWrite()
		_ = data.Close()
		c.gone()
	}
	for range 20 {
		c := enter(t, address, "u", "p")
		_ = c.begin("f", "half").Close()
		c.say(426, "ABOR")
		c.reply(226)
	}
	if got := tree.Take("/"); len(got) != 0 {
		t.Errorf("got %q, want nothing", got)
	}
}

// upload is a server with the user u, who may write to a tree.
func upload(t *testing.T, cfg ftp.Config, l ftp.Limits) (tree *ftp.Tree, address string) {
	t.Helper()
	server, address := serve(t, cfg)
	tree = newTree(l)
	server.Allow("u", ftp.Account{Password: "p", Files: tree, Write: true})
	return tree, address
}

func TestStoreAndRetrieve(t *testing.T) {
	tree, address := upload(t, ftp.Config{}, ftp.Limits{})
	c := enter(t, address, "u", "p")
	c.say(257, "MKD uuid")
	c.say(250, "CWD uuid")
	long := strings.Repeat("0123456789abcde\n", 20000)
	for name, octets := range map[string]string{"empty": "", "binary": "\r\n\x00\xff\n", "long": long, "Имя с пробелами": "x"} {
		c.store(name, octets)
		for _, typ := range []string{"A", "I"} {
			c.say(200, "TYPE "+typ)
			if got := c.fetch("RETR " + name); got != octets {
				t.Errorf("%s, type %s: got %d octets, want %d", name, typ, len(got), len(octets))
			}
		}
	}
	c.store("binary", "another")
	if got := c.fetch("RETR /uuid/binary"); got != "another" {
		t.Errorf("replaced: got %q", got)
	}
	files := tree.Take("/uuid")
	if len(files) != 4 || string(files["long"]) != long || string(files["binary"]) != "another" {
		t.Errorf("got %d files", len(files))
	}
	c.data()
	c.say(550, "RETR long")
}

func TestLists(t *testing.T) {
	tree, address := upload(t, ftp.Config{}, ftp.Limits{})
	for _, name := range []string{"/b", "/a/c", "/a/d/e"} {
		if err := tree.Put(name, []byte("123")); err != nil {
			t.Fatal(err)
		}
	}
	c := enter(t, address, "u", "p")
	const (
		longB = "-rw-r--r-- 1 ftp ftp            3 Nov 22  2026 b\r\n"
		longA = "drwxr-xr-x 1 ftp ftp            0 Nov 22  2026 a\r\n"
	)
	for command, want := range map[string]string{
		"LIST":       longA + longB,
		"LIST -a":    longA + longB,
		"LIST -al /": longA + longB,
		"LIST b":     longB,
		"NLST":       "a\r\nb\r\n",
		"NLST a":     "c\r\nd\r\n",
		"NLST a/d":   "e\r\n",
		"NLST b":     "b\r\n",
		"MLSD":       "type=dir;modify=20261122093000; a\r\ntype=file;size=3;modify=20261122093000; b\r\n",
		"MLSD a/d":   "type=file;size=3;modify=20261122093000; e\r\n",
	} {
		if got := c.fetch(command); got != want {
			t.Errorf("%s: got %q, want %q", command, got, want)
		}
	}
	c.say(257, "MKD none")
	if got := c.fetch("NLST none"); got != "" {
		t.Errorf("an empty directory: got %q", got)
	}
}

// TestPassive uses PASV, and connects only after reply 150.
func TestPassive(t *testing.T) {
	_, address := upload(t, ftp.Config{}, ftp.Limits{})
	c := enter(t, address, "u", "p")
	text := c.say(227, "PASV")
	var high, low int
	if _, err := fmt.Sscanf(text, "entering passive mode (127,0,0,1,%d,%d)", &high, &low); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	c.say(150, "NLST")
	data := c.connect(fmt.Sprintf("127.0.0.1:%d", high<<8|low))
	if got := c.receive(data, "NLST"); got != "" {
		t.Errorf("got %q", got)
	}
	c.say(425, "NLST")
}

// TestOnePort opens ports anew: the one before is closed, and so is a port
// that has its connection.
func TestOnePort(t *testing.T) {
	_, address := upload(t, ftp.Config{}, ftp.Limits{})
	c := enter(t, address, "u", "p")
	old := c.port()
	current := c.port()
	refused(t, old)
	data := c.connect(current)
	c.say(150, "STOR x")
	if _, err := io.WriteString(data, "1"); err != nil {
		t.Fatal(err)
	}
	c.send("NOOP\r\n") // answered after the upload
	_ = data.Close()
	c.reply(226)
	c.reply(200)
	refused(t, current)
	unused := c.port()
	c.say(221, "QUIT")
	c.gone()
	refused(t, unused)
}

func refused(t *testing.T, address string) {
	t.Helper()
	if conn, err := net.Dial("tcp", address); err == nil {
		_ = conn.Close()
		t.Errorf("%s is open", address)
	}
}

// TestForeignPeer connects to the data port from another address of the
// machine, which Linux has without being asked: such a connection is not the
// client's.
func TestForeignPeer(t *testing.T) {
	_, address := upload(t, ftp.Config{}, ftp.Limits{})
	c := enter(t, address, "u", "p")
	port := c.port()
	other := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	foreign, err := other.Dial("tcp", port)
	if err != nil {
		t.Fatal(err)
	}
	defer foreign.Close()
	_ = foreign.SetDeadline(time.Now().Add(patience))
	c.say(150, "STOR x")
	if n, err := foreign.Read(make([]byte, 1)); n != 0 || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %d octets, %v, want the connection closed", n, err)
	}
	data := c.connect(port)
	if _, err := io.WriteString(data, "mine"); err != nil {
		t.Fatal(err)
	}
	_ = data.Close()
	c.reply(226)
	if got := c.fetch("RETR x"); got != "mine" {
		t.Errorf("got %q, want mine", got)
	}
}

// TestBrokenUpload breaks uploads off in every way. The file is what it was
// and the room is given back: the tree takes 1000 octets and no more.
func TestBrokenUpload(t *testing.T) {
	half := strings.Repeat("x", 600)
	for name, c := range map[string]struct {
		idle time.Duration
		how  func(*client)
	}{
		"ABOR": {0, func(c *client) {
			c.begin("f", half)
			c.say(426, "ABOR")
			c.reply(226)
			c.say(200, "NOOP")
		}},
		"ABOR as Telnet has it": {0, func(c *client) {
			c.begin("f", half)
			c.say(426, "\xff\xf4\xff\xf2ABOR")
			c.reply(226)
		}},
		"ABOR before the data connection": {0, func(c *client) {
			c.port()
			c.say(150, "STOR f")
			c.say(426, "ABOR")
			c.reply(226)
		}},
		"data connection reset": {0, func(c *client) {
			data := c.begin("f", half)
			_ = data.SetLinger(0)
			_ = data.Close()
			c.reply(426)
			c.say(200, "NOOP")
		}},
		"control connection lost": {0, func(c *client) {
			data := c.begin("f", half)
			_ = c.conn.(*net.TCPConn).CloseWrite()
			c.gone() // after the upload has been dropped
			ended(c.t, data)
		}},
		"control connection lost before any octet": {0, func(c *client) {
			data := c.data()
			c.say(150, "STOR f")
			_ = c.conn.(*net.TCPConn).CloseWrite()
			c.gone()
			ended(c.t, data)
		}},
		"file too large": {0, func(c *client) {
			data := c.begin("f", half)
			_, _ = io.WriteString(data, half) // may be cut off
			c.reply(552)
			c.say(200, "NOOP")
		}},
		"directory removed meanwhile": {0, func(c *client) {
			c.say(257, "MKD d")
			data := c.begin("d/f", half)
			other := enter(c.t, c.conn.RemoteAddr().String(), "u", "p")
			other.say(250, "RMD d")
			_ = data.Close()
			c.reply(550)
		}},
		"no data connection": {500 * time.Millisecond, func(c *client) {
			c.port()
			c.say(150, "STOR f")
			c.reply(425)
		}},
		"stall": {500 * time.Millisecond, func(c *client) {
			c.begin("f", half)
			c.reply(426)
		}},
		"too many commands meanwhile": {0, func(c *client) {
			c.begin("f", half)
			c.send(strings.Repeat("NOOP\r\n", 100))
			c.gone()
		}},
	} {
		t.Run(name, func(t *testing.T) {
			tree, address := upload(t, ftp.Config{Idle: c.idle}, ftp.Limits{File: 1000, Total: 1000})
			if err := tree.Put("/f", []byte("old")); err != nil {
				t.Fatal(err)
			}
			c.how(enter(t, address, "u", "p"))
			after := enter(t, address, "u", "p")
			if got := after.fetch("RETR f"); got != "old" {
				t.Errorf("got %d octets, want the file before", len(got))
			}
			if got := after.fetch("NLST"); got != "f\r\n" {
				t.Errorf("got %q, want f alone", got)
			}
			after.say(250, "DELE f")
			after.store("f", strings.Repeat("y", 1000))
		})
	}
}

// ended checks that the server has let go of a data connection.
func ended(t testing.TB, data net.Conn) {
	t.Helper()
	if n, err := data.Read(make([]byte, 1)); n != 0 || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %d octets, %v, want the connection closed", n, err)
	}
}

// TestUnseen looks at an upload from outside before and after its end.
func TestUnseen(t *testing.T) {
	tree, address := upload(t, ftp.Config{}, ftp.Limits{})
	c, other := enter(t, address, "u", "p"), enter(t, address, "u", "p")
	data := c.begin("f", "all of it")
	other.say(550, "SIZE f")
	if got := other.fetch("NLST"); got != "" {
		t.Errorf("under way: got %q", got)
	}
	if got := tree.Take("/"); len(got) != 0 {
		t.Errorf("under way: took %d files", len(got))
	}
	_ = data.Close()
	c.reply(226)
	if got := other.fetch("RETR f"); got != "all of it" {
		t.Errorf("got %q", got)
	}
}

// TestBrokenDownload goes away in the middle of a file larger than what the
// machine buffers; the session stays.
func TestBrokenDownload(t *testing.T) {
	tree, address := upload(t, ftp.Config{}, ftp.Limits{})
	if err := tree.Put("/f", make([]byte, 32<<20)); err != nil {
		t.Fatal(err)
	}
	c := enter(t, address, "u", "p")
	port := c.port()
	data := c.connect(port)
	c.say(150, "RETR f")
	if _, err := io.ReadFull(data, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	refused(t, port) // it takes one connection
	_ = data.Close()
	c.reply(426)
	c.data()
	c.say(150, "RETR f")
	c.say(426, "ABOR")
	c.reply(226)
	if got := c.fetch("RETR f"); len(got) != 32<<20 {
		t.Errorf("got %d octets", len(got))
	}
}

// TestConcurrentUploads stores files of one's own and one file of all, which
// must be that of one client, whole.
func TestConcurrentUploads(t *testing.T) {
	tree, address := upload(t, ftp.Config{}, ftp.Limits{})
	const clients, size = 16, 100_000
	octets := func(i int) string { return strings.Repeat(string(rune('a'+i)), size) }
	t.Run("all", func(t *testing.T) {
		for i := range clients {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				c := enter(t, address, "u", "p")
				c.store(fmt.Sprintf("own-%d", i), octets(i))
				c.store("same", octets(i))
				if got := c.fetch("RETR same"); len(got) != size || strings.Trim(got, got[:1]) != "" {
					t.Errorf("got %d octets of several clients", len(got))
				}
			})
		}
	})
	files := tree.Take("/")
	for i := range clients {
		if string(files[fmt.Sprintf("own-%d", i)]) != octets(i) {
			t.Errorf("file %d is not what was sent", i)
		}
	}
	if len(files) != clients+1 {
		t.Errorf("got %d files", len(files))
	}
}
