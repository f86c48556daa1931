package workplace_test

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/surguch/surguch/internal/workplace"
)

// TestNoTerminal: what is no terminal is no keyboard.
func TestNoTerminal(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	for _, f := range []*os.File{nil, r} {
		if k := workplace.Terminal(f); k != nil {
			t.Errorf("%v: got a keyboard", f)
		}
	}
}

// TestReadLine: a line is read and nothing behind it.
func TestReadLine(t *testing.T) {
	r := iotest.DataErrReader(strings.NewReader("да\n31415926\nконец"))
	for _, want := range []string{"да", "31415926", "конец"} {
		if line, err := workplace.ReadLine(r); string(line) != want || err != nil {
			t.Errorf("got %q, %v, want %q", line, err, want)
		}
	}
	if _, err := workplace.ReadLine(r); err != io.EOF {
		t.Errorf("at the end: got %v", err)
	}
	if _, err := workplace.ReadLine(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("да\n")))); !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("in between: got %v", err)
	}
}

// TestAwait: whoever waits is released when the context ends, and the terminal
// is put back before that.
func TestAwait(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	reading, typing, restored := make(chan struct{}), make(chan struct{}), false
	defer close(typing)
	go func() {
		<-reading
		cancel()
	}()
	line, err := workplace.Await(ctx, func() ([]byte, error) {
		close(reading)
		<-typing
		return []byte("31415926"), nil
	}, func() { restored = true })
	if line != nil || !errors.Is(err, context.Canceled) || !restored {
		t.Errorf("got %q, %v, terminal restored: %v", line, err, restored)
	}

	want := []byte("31415926")
	line, err = workplace.Await(t.Context(), func() ([]byte, error) { return want, nil }, func() { t.Error("given up") })
	if string(line) != "31415926" || err != nil {
		t.Errorf("got %q, %v", line, err)
	}
}
