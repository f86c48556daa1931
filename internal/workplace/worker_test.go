package workplace_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/workplace"
)

// TestWorker: the program is its own worker, which ends with whoever started
// it, and says why it ends otherwise.
func TestWorker(t *testing.T) {
	argv, err := workplace.Worker()
	if err != nil || !workplace.IsWorker(argv) {
		t.Fatalf("got %q, %v, want the arguments of a worker", argv, err)
	}
	for _, args := range [][]string{nil, {"token"}, {"token", "list"}, append(argv, "more")} {
		if workplace.IsWorker(args) {
			t.Errorf("%q: taken for a worker", args)
		}
	}
	for input, want := range map[string]int{"": 0, strings.Repeat("\xff", 64): 1} {
		cmd := exec.Command(argv[0], argv[1:]...)
		cmd.Stdin = strings.NewReader(input)
		out, _ := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); got != want || (len(out) > 0) != (want != 0) {
			t.Errorf("%q: got status %d, want %d: %s", input, got, want, out)
		}
	}
}
