//go:build unix

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// host runs the program that uses the library.
func host(t *testing.T, d *daemon, what string) *exec.Cmd {
	t.Helper()
	program := filepath.Join(t.TempDir(), "host")
	compile(t, program, "shim/host/host.c", "-ldl")
	cmd := exec.Command(program, shim(t), what)
	cmd.Env = append(os.Environ(), "SURGUCH_SOFTTOKEN="+d.socket)
	return cmd
}

// TestHost forks a program that works with the token, and has its threads sign
// at once.
func TestHost(t *testing.T) {
	for _, what := range []string{"fork", "threads"} {
		if out, err := host(t, start(t, "rutoken-ecp2"), what).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", what, err, out)
		}
	}
}

// TestKilledDaemon kills the daemon while objects are being made: the program
// sees an error of the device and lives, and the token has what it was told
// of, or one more.
func TestKilledDaemon(t *testing.T) {
	d := start(t, "plain")
	total := 0
	for range 4 {
		cmd := host(t, d, "churn")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		stdout, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		made, until := 0, 1+rand.IntN(30)
		for scan := bufio.NewScanner(stdout); scan.Scan(); made++ {
			if made == until {
				d.kill()
			}
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the program: %v\n%s", err, &stderr)
		}
		d.start()
		report := d.list()
		var objects int
		if _, err := fmt.Sscanf(report[strings.Index(report, "объектов"):], "объектов %d", &objects); err != nil {
			t.Fatalf("%v:\n%s", err, report)
		}
		if objects != total+made && objects != total+made+1 {
			t.Errorf("got %d objects, want %d or one more", objects, total+made)
		}
		total = objects
	}
}

// TestOutlive has a program outlive the daemon, and go on with the next one;
// its session is gone.
func TestOutlive(t *testing.T) {
	d := start(t, "plain")
	cmd := host(t, d, "outlive")
	stdin, err1 := cmd.StdinPipe()
	stdout, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewScanner(stdout)
	ask := func(when, want string) {
		t.Helper()
		io.WriteString(stdin, "\n")
		if !answers.Scan() || answers.Text() != want {
			t.Errorf("%s: got %q, want %s", when, answers.Text(), want)
		}
	}
	ask("alive", "0x0")
	d.kill()
	ask("dead", "0x30")
	ask("still dead", "0x30")
	d.start()
	ask("alive again", "0xb3")
	stdin.Close()
	if err := cmd.Wait(); err != nil {
		t.Errorf("the program: %v", err)
	}
}
