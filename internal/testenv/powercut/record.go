package powercut

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Strace returns the path of strace, or ends the test: it is skipped, or fails
// where nothing may skip (SURGUCH_NOSKIP).
func Strace(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("strace")
	if err == nil {
		return path
	}
	const why = "strace is not installed (Debian package strace)"
	if os.Getenv("SURGUCH_NOSKIP") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
	return ""
}

// calls are the system calls that change files or names, or tell what a
// descriptor is.
const calls = "open,openat,creat,write,pwrite64,fsync,fdatasync,ftruncate,truncate,rename,renameat,renameat2,unlink,unlinkat"

// longest is more than any one call writes.
const longest = "16777216"

// Record runs the command to its end and returns what it did to the files of
// dir. The command names them by their full path and tells on its standard
// output, line by line, what somebody outside may rely on.
func Record(t testing.TB, dir string, cmd *exec.Cmd) *Recording {
	t.Helper()
	strace := Strace(t)
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(t.TempDir(), "strace.log")
	cmd.Args = append([]string{strace, "-f", "--seccomp-bpf", "-qq", "-y", "-xx", "-s", longest, "-e", "trace=" + calls,
		"-e", "signal=none", "-o", log, "--", cmd.Path}, cmd.Args[1:]...)
	cmd.Path = strace
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("powercut: %v\n%s", err, said.Bytes())
	}
	f, err := os.Open(log)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := parse(f, dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// parse reads the log of strace.
func parse(log io.Reader, dir string) (*Recording, error) {
	r := &Recording{dir: dir}
	begun := map[string]started{}
	lines := bufio.NewReaderSize(log, 1<<20)
	for n := 1; ; n++ {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return r, nil
		}
		if err != nil {
			return nil, fmt.Errorf("powercut: %w", err)
		}
		thread, text, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
		text = strings.TrimLeft(text, " ")
		since := len(r.ops)
		switch {
		case strings.HasPrefix(text, "+++"), strings.HasPrefix(text, "---"):
			continue
		case strings.HasSuffix(text, " <unfinished ...>"):
			begun[thread] = started{strings.TrimSuffix(text, " <unfinished ...>"), since}
			continue
		case strings.HasPrefix(text, "<... "):
			s := begun[thread]
			_, rest, _ := strings.Cut(text, " resumed>")
			text, since = s.text+rest, s.since
		}
		if err := r.call(text, since); err != nil {
			return nil, fmt.Errorf("powercut: line %d: %w", n, err)
		}
	}
}

// started is the first half of a call that others came between.
type started struct {
	text  string
	since int // number of operations that had ended
}

// call adds what one system call did, if it concerns the directory.
func (r *Recording) call(text string, since int) error {
	name, rest, ok := strings.Cut(text, "(")
	end := strings.LastIndex(rest, " = ")
	if !ok || end < 0 {
		return fmt.Errorf("cannot read %.80q", text)
	}
	args, result := strings.TrimRight(rest[:end], " "), rest[end+3:]
	if strings.HasPrefix(result, "-1") || strings.HasPrefix(result, "?") {
		return nil
	}
	a, err := arguments(strings.TrimSuffix(args, ")"))
	if err != nil {
		return fmt.Errorf("%w in %.80q", err, text)
	}
	o := op{since: since}
	switch name {
	case "open", "creat":
		o.kind, o.name, o.truncate = opened, a[0].text, name == "creat" || strings.Contains(a[1].word, "O_TRUNC")
	case "openat":
		o.kind, o.name, o.truncate = opened, a[1].text, strings.Contains(a[2].word, "O_TRUNC")
	case "write":
		if a[0].word == "1" {
			r.ops = append(r.ops, op{kind: told, data: []byte(a[1].text)})
			return nil
		}
		if r.inside(a[0].path) != "" {
			return errors.New("a write without a place is not understood")
		}
		return nil
	case "pwrite64":
		o.kind, o.name, o.data, o.at = written, a[0].path, []byte(a[1].text), a[3].number()
		if n := int64(len(o.data)); !strings.HasPrefix(result, fmt.Sprint(n)) {
			return fmt.Errorf("%d octets were to be written, the result is %s", n, result)
		}
	case "ftruncate":
		o.kind, o.name, o.at = resized, a[0].path, a[1].number()
	case "truncate":
		o.kind, o.name, o.at = resized, a[0].text, a[1].number()
	case "fsync", "fdatasync":
		o.kind, o.name = synced, a[0].path
	case "unlink":
		o.kind, o.name = removed, a[0].text
	case "unlinkat":
		o.kind, o.name = removed, a[1].text
	case "rename":
		o.kind, o.name, o.to = renamed, a[0].text, a[1].text
	case "renameat", "renameat2":
		o.kind, o.name, o.to = renamed, a[1].text, a[3].text
	default:
		return fmt.Errorf("the call %s is not understood", name)
	}
	if o.kind == synced && filepath.Clean(o.name) == r.dir {
		o.name = "."
	} else {
		o.name = r.inside(o.name)
	}
	if o.to != "" {
		o.to = r.inside(o.to)
	}
	if o.name != "" {
		r.ops = append(r.ops, o)
	}
	return nil
}

// inside is the name of a file in the directory; "" for others.
func (r *Recording) inside(path string) string {
	if dir, name := filepath.Split(filepath.Clean(path)); filepath.Clean(dir) == r.dir {
		return name
	}
	return ""
}
