package ftp

import (
	"errors"
	"io"
	"net"
	"slices"
	"time"
)

// chunk is how much of a download is written at once and must go in time.
const chunk = 64 << 10

// settle is how long after the end of an upload the control connection must
// stand. It is there for loopback, where all that a client that died has sent
// is known by then; over a network it is often too short, but never wrong.
const settle = 20 * time.Millisecond

// maxHeld is how many commands may wait for the end of a transfer.
const maxHeld = 8

var (
	errAborted = errors.New("ftp: transfer aborted by the client")
	errLost    = errors.New("ftp: control connection lost in a transfer")
)

// store is STOR: the file is there when all of it is.
func (c *session) store(name string) {
	u, err := c.account.Files.create(c.path(name))
	if err != nil {
		c.refuse(err)
		return
	}
	err = c.transfer(func(data net.Conn) error {
		_, err := io.Copy(u, data)
		return err
	})
	if err == nil {
		err = c.settled()
	}
	if err == nil {
		err = u.commit()
	}
	u.discard() // before the client is told
	c.finish(err)
}

// retrieve is RETR.
func (c *session) retrieve(name string) {
	if e, ok := c.file(name); ok {
		c.finish(c.download(e.data))
	}
}

// download sends octets over the data connection.
func (c *session) download(octets []byte) error {
	return c.transfer(func(data net.Conn) error {
		for part := range slices.Chunk(octets, chunk) {
			if _, err := data.Write(part); err != nil {
				return err
			}
		}
		return nil
	})
}

// transfer runs work on the data connection and heeds the control connection
// meanwhile. When it returns, work has ended.
func (c *session) transfer(work func(net.Conn) error) error {
	p := c.passive
	if p == nil {
		return errNoData
	}
	defer c.drop()
	c.reply(150, "waiting for the data connection")
	_ = c.control.SetReadDeadline(time.Time{}) // a closed one fails in read
	done := make(chan error, 1)
	c.server.running.Go(func() { done <- p.run(work) })
	for {
		select {
		case err := <-done:
			return err
		case l := <-c.lines:
			if broken := c.hold(l); broken != nil {
				p.close()
				<-done
				return broken
			}
		}
	}
}

// settled waits a moment after the end of an upload. A client that was killed
// closes both connections, and the server may see the data connection, whose
// end is the end of the file, first.
func (c *session) settled() error {
	select {
	case l := <-c.lines:
		return c.hold(l)
	case <-time.After(c.server.settle):
		return nil
	}
}

// hold keeps a line that came during a transfer for its turn. It returns
// errAborted or errLost for what breaks the transfer off; a client that sends
// more than is held is lost as well.
func (c *session) hold(l line) error {
	if command, err := parseCommand(l.text); l.err == nil && err == nil && command.verb == "ABOR" {
		return errAborted
	}
	if len(c.held) == maxHeld {
		c.quit = true
		return errLost
	}
	c.held = append(c.held, l)
	if l.err != nil {
		return errLost
	}
	return nil
}

// finish tells the client how a transfer ended (RFC 959, section 5.4).
func (c *session) finish(err error) {
	var why refusal
	switch {
	case err == nil:
		c.reply(226, "transfer complete")
	case errors.As(err, &why):
		c.refuse(why)
	case errors.Is(err, errNoData):
		c.reply(425, "no data connection; PASV or EPSV opens one")
	case errors.Is(err, errAborted):
		c.reply(426, "transfer aborted")
		c.reply(226, "data connection closed")
	case !errors.Is(err, errLost):
		c.reply(426, "the data connection broke")
	}
}
