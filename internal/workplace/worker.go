package workplace

import (
	"fmt"
	"os"
	"os/signal"
	"slices"

	"github.com/surguch/surguch/token/pkcs11"
)

// workerCommand is the only argument of a program that is to be a worker.
const workerCommand = "pkcs11-worker"

// Worker returns the command that starts this program as a worker, for Config:
// its main must do what the package comment says.
func Worker() ([]string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("workplace: worker: %w", err)
	}
	return []string{self, workerCommand}, nil
}

// IsWorker reports whether a program with these arguments, os.Args, was started
// as a worker.
func IsWorker(args []string) bool {
	return len(args) == 2 && slices.Equal(args[1:], []string{workerCommand})
}

// Work is the main of a worker. It returns the exit status when the carrier
// that started it has ended.
//
// A worker shares the terminal with its carrier, and leaves it to that to end
// on Ctrl-C: what is being written to a token is not to be cut off. The library
// finds no PIN in the environment.
func Work() int {
	signal.Ignore(os.Interrupt)
	for _, variable := range []string{PINVariable, NewPINVariable, OfficerPINVariable} {
		os.Unsetenv(variable)
	}
	if err := pkcs11.Serve(); err != nil {
		fmt.Fprintln(os.Stderr, "pkcs11-worker:", err)
		return 1
	}
	return 0
}
