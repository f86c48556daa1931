// Package memcheck runs a test of the calling package under Valgrind's
// memcheck and tells which code let a branch or an address depend on what the
// test had marked secret (see package secret).
package memcheck

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// Finding is one place where control flow or an address depends on a secret.
type Finding struct {
	Function string // its name without the package
	Place    string // package, function, file and line, as memcheck prints them
	Kind     string // "Conditional jump or move …" or "Use of uninitialised value …"
}

// Run builds the package in the current folder with the tag valgrind, runs
// the named test of it under memcheck, and returns what was found, each place
// once. The test itself must pass. Without Valgrind the calling test is
// skipped; where nothing may skip (SURGUCH_NOSKIP) it fails.
func Run(t *testing.T, test string) []Finding {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("memcheck follows secrets on linux/amd64 only")
	}
	valgrind, err := exec.LookPath("valgrind")
	if err != nil {
		const why = "valgrind is not installed (Debian package valgrind)"
		if os.Getenv("SURGUCH_NOSKIP") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	dir := t.TempDir()
	program, log := filepath.Join(dir, "secret.test"), filepath.Join(dir, "memcheck.log")
	if out, err := exec.Command("go", "test", "-c", "-tags", "valgrind", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go test -c -tags valgrind: %v\n%s", err, out)
	}
	for run := range attempts {
		cmd := exec.Command(valgrind, "--error-limit=no", maxFrame, "--log-file="+log, program, "-test.run", "^"+test+"$", "-test.v")
		cmd.Env = append(os.Environ(), "GOGC=off", "GOMAXPROCS=1")
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--- PASS: "+test) {
			if run < 2 {
				continue // Valgrind itself may have stumbled over the runtime
			}
			t.Fatalf("%s under valgrind: %v\n%s", test, err, out)
		}
		report, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		if found, clear := findings(string(report)); clear {
			return found
		}
	}
	t.Fatalf("%s under valgrind: memcheck was confused in each of %d runs", test, attempts)
	return nil
}

// maxFrame tells memcheck that a stack pointer which moves by more than so many
// octets has gone to another stack. By its default, 2 MB, it takes the change
// from one goroutine to another, whose stacks lie near each other, for a frame
// of that size, and all that lies between for undefined: then every function
// is reported, those of package testing included.
const maxFrame = "--max-stackframe=4096"

// attempts is how often a run is repeated in which memcheck was confused all
// the same.
const attempts = 20

// about is the line that says what memcheck saw; others may stand before it.
var about = regexp.MustCompile(`(?m)^(Conditional jump|Use of uninitialised).*$`)

// frame is a line of a stack: "at 0x52EE62: package.Function (file.go:13)".
var frame = regexp.MustCompile(`(?:at|by) 0x[0-9A-F]+: (\S+) \((\S+)\)`)

// findings reads memcheck's report; it is clear unless memcheck was confused.
// The runtime of Go is full of what memcheck takes for undefined, with secrets
// or without; it counts only where it compares or hashes on behalf of others.
func findings(report string) (list []Finding, clear bool) {
	seen := map[string]bool{}
	for block := range strings.SplitSeq(stripPrefix(report), "\n\n") {
		kind := about.FindString(block)
		top := frame.FindStringSubmatch(block)
		if kind == "" || top == nil || inRuntime(top[1]) {
			continue
		}
		if strings.HasPrefix(top[1], "testing.") {
			return nil, false
		}
		place := top[1] + " (" + top[2] + ")"
		if seen[place] {
			continue
		}
		seen[place] = true
		list = append(list, Finding{top[1][strings.LastIndexByte(top[1], '.')+1:], place, kind})
	}
	return list, true
}

func inRuntime(function string) bool {
	assembly := !strings.Contains(function, ".")
	return assembly || strings.HasPrefix(function, "runtime.") && !strings.HasPrefix(function, "runtime.mem")
}

// stripPrefix removes "==PID== " from each line.
func stripPrefix(report string) string {
	return regexp.MustCompile(`(?m)^(==|--)\d+(==|--) ?`).ReplaceAllString(report, "")
}
