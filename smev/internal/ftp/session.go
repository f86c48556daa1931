package ftp

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"
)

// session is one control connection. All its fields belong to the goroutine of
// run; account is changed under the server's lock, which reads it too.
type session struct {
	server  *Server
	control net.Conn
	lines   chan line // from read; ends with the line that has an error
	held    []line    // came during a transfer

	user     string   // of USER, waiting for PASS
	account  *Account // nil before the login
	dir      string   // clean path in the account's tree
	passive  *passive // waiting for a transfer, or in it
	extended bool     // EPSV ALL was said
	quit     bool     // no more commands are taken
}

// line is what came over the control connection.
type line struct {
	text string
	err  error
}

// run serves the client until it goes, is idle for too long or is broken off.
func (c *session) run() {
	defer func() {
		c.drop()
		c.server.forget(c)
		_ = c.control.Close() // the client takes it that all before is done
		for range c.lines {
			// read ends with its connection.
		}
	}()
	c.server.running.Go(c.read)
	c.reply(220, "file store ready")
	for !c.quit {
		l := c.next()
		if errors.Is(l.err, os.ErrDeadlineExceeded) {
			c.reply(421, "idle for too long")
		}
		if l.err != nil {
			return
		}
		c.answer(l.text)
	}
}

// read passes on what comes, also while a transfer is under way.
func (c *session) read() {
	defer close(c.lines)
	r := bufio.NewReaderSize(c.control, maxLine)
	for {
		text, err := readLine(r)
		c.lines <- line{text, err}
		if err != nil {
			return
		}
	}
}

// next waits for the next line.
func (c *session) next() line {
	if len(c.held) > 0 {
		l := c.held[0]
		c.held = c.held[1:]
		return l
	}
	_ = c.control.SetReadDeadline(time.Now().Add(c.server.cfg.Idle)) // a closed one fails in read
	return <-c.lines
}

// answer carries out one command.
func (c *session) answer(text string) {
	command, err := parseCommand(text)
	if err != nil {
		c.reply(500, "not a command")
		return
	}
	row, ok := commands[command.verb]
	switch {
	case !ok:
		c.reply(502, "not served here")
	case c.account == nil && row.needs&login != 0:
		c.reply(530, "log in first")
	case command.argument == "" && row.needs&argument != 0:
		c.reply(501, "an argument is missing")
	case row.needs&write != 0 && !c.account.Write:
		c.reply(550, "not allowed")
	default:
		row.run(c, command.argument)
	}
}

// reply sends one line. text has no line end: it is ours, or a path that came
// in a command.
func (c *session) reply(code int, text string) {
	c.send(fmt.Sprintf("%d %s\r\n", code, text))
}

// replyLines sends a reply of several lines, in between indented (RFC 2389,
// section 3.2).
func (c *session) replyLines(code int, first string, between []string, last string) {
	var b strings.Builder
	fmt.Fprintf(&b, "%d-%s\r\n", code, first)
	for _, text := range between {
		fmt.Fprintf(&b, " %s\r\n", text)
	}
	fmt.Fprintf(&b, "%d %s\r\n", code, last)
	c.send(b.String())
}

// send breaks the connection to a client that does not take its replies.
func (c *session) send(text string) {
	_ = c.control.SetWriteDeadline(time.Now().Add(c.server.cfg.Idle)) // a closed one fails in Write
	if _, err := c.control.Write([]byte(text)); err != nil {
		_ = c.control.Close()
	}
}

// refuse tells the client what the tree has against its wish.
func (c *session) refuse(err error) {
	code := 550
	if errors.Is(err, errFull) {
		code = 552
	}
	c.reply(code, err.Error())
}

// path resolves the argument of a command.
func (c *session) path(name string) string { return clean(c.dir, name) }
