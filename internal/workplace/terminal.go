package workplace

import (
	"context"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// terminal is a keyboard with a screen that can be kept from showing.
type terminal struct{ file *os.File }

// Terminal returns the keyboard of a terminal, such as standard input; nil if
// the file is none.
//
// When a context ends in the middle of a line, the terminal shows again what is
// typed, and the next line is read and forgotten: the program is to end then.
// The end of input, Ctrl-D, is not noticed in a line that is not shown.
func Terminal(f *os.File) Keyboard {
	if f == nil || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return terminal{f}
}

func (t terminal) Secret(ctx context.Context) ([]byte, error) {
	fd := int(t.file.Fd())
	shown, err := term.GetState(fd)
	if err != nil {
		return nil, fmt.Errorf("workplace: terminal: %w", err)
	}
	return await(ctx, func() ([]byte, error) { return term.ReadPassword(fd) }, func() { _ = term.Restore(fd, shown) })
}

func (t terminal) Line(ctx context.Context) (string, error) {
	line, err := await(ctx, func() ([]byte, error) { return readLine(t.file) }, func() {})
	return string(line), err
}

// await reads until ctx ends; then it gives up, and what is read later is
// wiped.
func await(ctx context.Context, read func() ([]byte, error), giveUp func()) ([]byte, error) {
	type typed struct {
		line []byte
		err  error
	}
	done := make(chan typed)
	go func() {
		line, err := read()
		select {
		case done <- typed{line, err}:
		case <-ctx.Done():
			clear(line)
		}
	}()
	select {
	case got := <-done:
		return got.line, got.err
	case <-ctx.Done():
		giveUp()
		return nil, ctx.Err()
	}
}

// readLine reads to the end of a line and not an octet further: what follows
// may be a secret.
func readLine(r io.Reader) ([]byte, error) {
	var line, one []byte
	one = make([]byte, 1)
	for {
		n, err := r.Read(one)
		if n > 0 {
			if one[0] == '\n' {
				return line, nil
			}
			line = append(line, one[0])
		}
		if err == io.EOF && len(line) > 0 {
			return line, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
