package wire

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"sync"
	"syscall"

	"github.com/surguch/surguch/token/internal/cryptoki"
	"github.com/surguch/surguch/token/softtoken"
)

// Listen opens a socket that only the user of this process may use. A socket
// that nobody listens at any more is taken away; one in use is an error.
func Listen(path string) (net.Listener, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() == fs.ModeSocket {
		switch c, err := net.Dial("unix", path); {
		case err == nil:
			c.Close()
			return nil, fmt.Errorf("wire: %s: another process listens", path)
		case errors.Is(err, syscall.ECONNREFUSED):
			if err := os.Remove(path); err != nil {
				return nil, fmt.Errorf("wire: %w", err)
			}
		}
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("wire: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, fmt.Errorf("wire: %w", err)
	}
	return l, nil
}

// Serve serves the tokens until ctx ends, and closes the listener and all
// connections then. It returns nil if that is why it ended.
func Serve(ctx context.Context, l net.Listener, t *softtoken.Tokens) error {
	ctx, cancel := context.WithCancel(ctx)
	var serving sync.WaitGroup
	defer serving.Wait()
	defer cancel()
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	for {
		conn, err := l.Accept()
		if err != nil {
			l.Close()
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("wire: %w", err)
		}
		serving.Go(func() { serve(ctx, conn, t) })
	}
}

// serve is the life of a connection. What is wrong with it ends it: there is
// nobody to tell but the other side.
func serve(ctx context.Context, conn io.ReadWriteCloser, t *softtoken.Tokens) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	defer conn.Close()
	// Requests are read while others are served, so that a client that goes
	// away ends the call that hangs for it.
	requests := make(chan []byte)
	go func() {
		defer close(requests)
		defer cancel()
		for {
			request, err := readFrame(conn)
			if err != nil {
				return
			}
			select {
			case requests <- request:
			case <-ctx.Done():
				return
			}
		}
	}()
	if first, ok := <-requests; !ok || string(first) != greeting || writeFrame(conn, []byte(greeting)) != nil {
		return
	}
	c := newClient(t)
	defer c.app.Close()
	for request := range requests {
		answer := c.serve(ctx, request)
		clear(request) // there may be a PIN in it
		if writeFrame(conn, answer) != nil {
			return
		}
	}
}

// client is the application at the other end.
type client struct {
	tokens   *softtoken.Tokens
	app      *softtoken.Application
	sessions map[cryptoki.Session]*work
}

// work is what a session has begun.
type work struct {
	slot                 uint64
	finding              bool
	found                []cryptoki.Object
	digest, sign, verify operation
}

// operation is one in progress, if op is not nil.
type operation struct {
	op      *softtoken.Operation
	inParts bool
}

func newClient(t *softtoken.Tokens) *client {
	return &client{tokens: t, app: t.Application(), sessions: map[cryptoki.Session]*work{}}
}

// serve returns the answer to a request, CK_RV first.
func (c *client) serve(ctx context.Context, request []byte) []byte {
	var a answer
	a.number(0)
	err := error(cryptoki.FunctionNotSupported)
	if len(request) > 0 {
		r := &reader{rest: request[1:]}
		if f := functions[request[0]]; f != nil {
			err = f(ctx, c, r, &a)
		}
	}
	rv := code(err)
	if rv != cryptoki.OK && !withResult(rv, request) {
		a = a[:8]
	}
	binary.LittleEndian.PutUint64(a, uint64(rv))
	return a
}

// withResult reports whether an answer has a result though it is an error.
func withResult(rv cryptoki.Code, request []byte) bool {
	switch rv {
	case cryptoki.BufferTooSmall:
		return true
	case cryptoki.AttributeSensitive, cryptoki.AttributeTypeInvalid:
		return request[0] == fnGetAttributeValue
	}
	return false
}

// code is the CK_RV of an error. Whatever befell the module, to a program in C
// it is a device that does not work.
func code(err error) cryptoki.Code {
	var c cryptoki.Code
	switch {
	case err == nil:
		return cryptoki.OK
	case errors.As(err, &c):
		return c
	}
	return cryptoki.DeviceError
}
