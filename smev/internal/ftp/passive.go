package ftp

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

var errNoData = errors.New("ftp: no data connection")

// passive is a port that waits for the client's data connection, and then that
// connection. The session may close it while run works.
type passive struct {
	listener *net.TCPListener
	peer     net.IP
	idle     time.Duration

	mu     sync.Mutex
	conn   net.Conn
	closed bool
}

// listen opens a data port on the address that the client called. What the
// session had before is closed. On failure it has told the client.
func (c *session) listen() *net.TCPAddr {
	c.drop()
	local, ok1 := c.control.LocalAddr().(*net.TCPAddr)
	peer, ok2 := c.control.RemoteAddr().(*net.TCPAddr)
	if ok1 && ok2 {
		l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: local.IP, Zone: local.Zone})
		if err == nil {
			c.passive = &passive{listener: l, peer: peer.IP, idle: c.server.cfg.Idle}
			return l.Addr().(*net.TCPAddr)
		}
	}
	c.reply(425, "no port for the data connection")
	return nil
}

// drop closes the data port.
func (c *session) drop() {
	if c.passive != nil {
		c.passive.close()
		c.passive = nil
	}
}

// passiveMode is PASV, for IPv4 only.
func (c *session) passiveMode(string) {
	if c.extended {
		c.reply(503, "EPSV ALL was said")
		return
	}
	if local, ok := c.control.LocalAddr().(*net.TCPAddr); !ok || local.IP.To4() == nil {
		c.reply(425, "use EPSV")
		return
	}
	if a := c.listen(); a != nil {
		host := strings.ReplaceAll(a.IP.To4().String(), ".", ",")
		c.reply(227, fmt.Sprintf("entering passive mode (%s,%d,%d)", host, a.Port>>8, a.Port&0xff))
	}
}

// extendedPassive is EPSV (RFC 2428, section 3). Its argument names the
// network: 1 for IPv4, 2 for IPv6, and only that of the control connection is
// to be had.
func (c *session) extendedPassive(network string) {
	own := "2"
	if local, ok := c.control.LocalAddr().(*net.TCPAddr); ok && local.IP.To4() != nil {
		own = "1"
	}
	switch {
	case strings.EqualFold(network, "ALL"):
		c.extended = true
		c.reply(200, "only EPSV from here on")
	case network != "" && network != own:
		c.reply(522, "not this network, use ("+own+")")
	default:
		if a := c.listen(); a != nil {
			c.reply(229, fmt.Sprintf("entering extended passive mode (|||%d|)", a.Port))
		}
	}
}

// run waits for the data connection and works on it.
func (p *passive) run(work func(net.Conn) error) error {
	defer p.close()
	conn, err := p.accept()
	if err != nil {
		return errNoData
	}
	return work(paced{conn, p.idle})
}

// accept returns the first connection from the client's address and closes the
// port behind it.
func (p *passive) accept() (net.Conn, error) {
	_ = p.listener.SetDeadline(time.Now().Add(p.idle)) // a closed one fails in Accept
	for {
		conn, err := p.listener.AcceptTCP()
		if err != nil {
			return nil, err
		}
		if from, ok := conn.RemoteAddr().(*net.TCPAddr); !ok || !from.IP.Equal(p.peer) {
			_ = conn.Close()
			continue
		}
		_ = p.listener.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.closed {
			_ = conn.Close()
			return nil, net.ErrClosed
		}
		p.conn = conn
		return conn, nil
	}
}

// close closes port and connection. It may be called many times.
func (p *passive) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	_ = p.listener.Close()
	if p.conn != nil {
		_ = p.conn.Close()
	}
}

// paced is a connection whose every read and write must end in time.
type paced struct {
	net.Conn
	idle time.Duration
}

func (c paced) Read(b []byte) (int, error) {
	_ = c.SetReadDeadline(time.Now().Add(c.idle)) // a closed one fails in Read
	return c.Conn.Read(b)
}

func (c paced) Write(b []byte) (int, error) {
	_ = c.SetWriteDeadline(time.Now().Add(c.idle)) // a closed one fails in Write
	return c.Conn.Write(b)
}
