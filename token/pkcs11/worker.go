package pkcs11

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"time"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// worker is a library that runs in a child process. A child that dies, hangs
// or answers nonsense is killed, and the next call starts another.
type worker struct {
	argv    []string
	path    string
	timeout time.Duration

	turn     chan struct{} // one call at a time
	child    *child
	last     cryptoki.Session            // that was given out
	sessions map[cryptoki.Session]uint64 // those of the present child, by the numbers we gave out
	closed   bool
}

// child is a process that runs Serve.
type child struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out io.Reader
	end sync.Once
}

// startWorker starts a child and has it load the library.
func startWorker(ctx context.Context, argv []string, path string, timeout time.Duration) (cryptoki.Module, error) {
	w := &worker{argv: argv, path: path, timeout: timeout, turn: make(chan struct{}, 1)}
	if _, err := w.Info(ctx); err != nil {
		w.Close()
		return nil, fault("open", token.Device{}, err)
	}
	return w, nil
}

// start starts a child. The library is named in the first request, where no
// list of processes shows it.
func (w *worker) start(ctx context.Context) error {
	cmd := exec.Command(w.argv[0], w.argv[1:]...)
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return &token.Error{Fault: token.Unsupported, Tries: -1, Detail: "the worker does not start", Err: err}
	}
	w.child, w.sessions = &child{cmd: cmd, in: in, out: out}, map[cryptoki.Session]uint64{}
	a, err := w.exchange(ctx, &request{call: callLoad, text: w.path})
	if err == nil {
		err = a.err()
	}
	if err != nil {
		w.stop()
	}
	return err
}

// stop kills the child. Sessions that it had are no more.
func (w *worker) stop() {
	if w.child != nil {
		w.child.kill()
	}
	w.child, w.sessions = nil, nil
}

// kill ends the process and says what became of it.
func (c *child) kill() string {
	end := "was ended"
	c.end.Do(func() {
		_ = c.cmd.Process.Kill()
		_ = c.cmd.Wait()
		end = c.cmd.ProcessState.String()
	})
	return end
}

// leave lets the process end by itself, and finalise its library, as long as a
// call may last.
func (c *child) leave(grace time.Duration) {
	c.in.Close()
	late := time.AfterFunc(grace, func() { _ = c.cmd.Process.Kill() })
	defer late.Stop()
	c.end.Do(func() { _ = c.cmd.Wait() })
}

// do has a call done and returns its answer. Sessions in it are those that we
// gave out.
func (w *worker) do(ctx context.Context, q *request) (*response, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case w.turn <- struct{}{}:
		defer func() { <-w.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if w.closed {
		return nil, cryptoki.NotInitialized
	}
	if w.child == nil {
		if err := w.start(ctx); err != nil {
			return nil, err
		}
	}
	given := q.session
	if given != 0 {
		real, ok := w.sessions[given]
		if !ok {
			return nil, cryptoki.SessionHandleInvalid // of a child that is no more
		}
		q.session = cryptoki.Session(real)
	}
	a, err := w.exchange(ctx, q)
	if err == nil {
		err = a.err()
	}
	switch {
	case q.call == callCloseSession:
		delete(w.sessions, given)
	case q.call == callOpenSession && err == nil && len(a.numbers) == 1:
		w.last++
		w.sessions[w.last] = a.numbers[0]
		a.numbers[0] = uint64(w.last)
	}
	return a, err
}

// exchange sends a request and waits for its answer, within the time that a
// call may last.
func (w *worker) exchange(ctx context.Context, q *request) (*response, error) {
	limit := w.timeout
	if q.call == callGenerateKeyPair || q.call == callInitToken {
		limit *= 10
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	type answer struct {
		a   response
		err error
	}
	done := make(chan answer, 1)
	c := w.child
	go func() {
		var got answer
		if got.err = writeFrame(c.in, q); got.err == nil {
			got.err = readFrame(c.out, &got.a)
		}
		done <- got
	}()
	var why error
	select {
	case got := <-done:
		if got.err == nil {
			return &got.a, nil
		}
		why = got.err
		done <- got
	case <-limited.Done():
		why = limited.Err()
	}
	end := c.kill()
	w.stop()
	<-done // the pipes are closed, and nobody reads the request any more
	e := &token.Error{Fault: token.Crashed, Tries: -1, Detail: "the worker " + end, Err: why}
	switch {
	case ctx.Err() != nil:
		e.Detail, e.Err = "the call was given up", ctx.Err()
		if !q.call.changes() {
			return nil, ctx.Err()
		}
	case errors.Is(why, context.DeadlineExceeded):
		e.Detail, e.Err = fmt.Sprintf("the library did not answer within %v", limit), nil
	}
	if q.call.changes() {
		e.Fault = token.Unknown
	}
	return nil, e
}

// Close ends the child.
func (w *worker) Close() error {
	w.turn <- struct{}{}
	defer func() { <-w.turn }()
	w.closed = true
	if w.child != nil {
		w.child.leave(w.timeout)
	}
	w.child, w.sessions = nil, nil
	return nil
}
