package main

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

//go:embed peer/peer.c
var peerSource []byte

// engine is the helper that times OpenSSL with the GOST engine.
type engine struct {
	dir string
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

// startEngine compiles the helper and starts it.
func startEngine() (*engine, error) {
	dir, err := os.MkdirTemp("", "surguch-bench-")
	if err != nil {
		return nil, err
	}
	e := &engine{dir: dir}
	if err := e.start(); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

func (e *engine) start() error {
	cc, err := exec.LookPath("cc")
	if err != nil {
		return errors.New("no C compiler (Debian package build-essential)")
	}
	source, program := filepath.Join(e.dir, "peer.c"), filepath.Join(e.dir, "peer")
	if err := os.WriteFile(source, peerSource, 0o600); err != nil {
		return err
	}
	if out, err := exec.Command(cc, "-O2", "-o", program, source, "-lcrypto").CombinedOutput(); err != nil {
		return fmt.Errorf("the helper does not compile (Debian package libssl-dev): %s", firstLine(out))
	}
	e.cmd = exec.Command(program)
	if e.in, err = e.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := e.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	e.out = bufio.NewScanner(out)
	if err := e.cmd.Start(); err != nil {
		return err
	}
	_, err = e.ask("hash md_gost12_256 64 1") // is the engine there?
	return err
}

// ask sends one command and returns the time that the calls took.
func (e *engine) ask(format string, args ...any) (time.Duration, error) {
	if _, err := fmt.Fprintf(e.in, format+"\n", args...); err != nil {
		return 0, err
	}
	if !e.out.Scan() {
		return 0, errors.New("the helper has ended")
	}
	if fault, failed := strings.CutPrefix(e.out.Text(), "error: "); failed {
		return 0, errors.New(fault)
	}
	ns, err := strconv.ParseInt(e.out.Text(), 10, 64)
	return time.Duration(ns), err
}

func (e *engine) close() {
	if e.cmd != nil && e.cmd.Process != nil {
		e.in.Close()
		_ = e.cmd.Wait() // it ends with its input; how does not matter
	}
	os.RemoveAll(e.dir)
}

func firstLine(b []byte) string {
	line, _, _ := strings.Cut(string(b), "\n")
	return line
}
