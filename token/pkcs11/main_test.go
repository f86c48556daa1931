package pkcs11_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/pkcs11"
	"github.com/surguch/surguch/token/tokentest"
)

// workerVariable makes the test program a worker; it says which.
const workerVariable = "SURGUCH_TEST_WORKER"

// TestMain is the main of the tests and of their workers.
func TestMain(m *testing.M) {
	which := os.Getenv(workerVariable)
	if which == "" {
		os.Exit(m.Run())
	}
	if err := pkcs11.ServeTest(which); err != nil {
		os.Exit(1)
	}
}

// worker is the command of a worker: this program.
func worker(t testing.TB, which string) []string {
	t.Helper()
	t.Setenv(workerVariable, which)
	t.Setenv("GORACE", "atexit_sleep_ms=0") // a child that ends under the race detector would wait a second
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{self}
}

// kind is the fault of an error; "" if it is none of a carrier.
func kind(err error) token.Fault {
	var e *token.Error
	if errors.As(err, &e) {
		return e.Fault
	}
	return ""
}

// asking answers with one PIN after the other.
func asking(answers *[]string) token.PIN {
	return func(context.Context, token.Question) (token.Answer, error) {
		if len(*answers) == 0 {
			return token.Answer{}, errors.New("one question too many")
		}
		next := (*answers)[0]
		*answers = (*answers)[1:]
		return token.Answer{PIN: []byte(next)}, nil
	}
}

// options are those of a carrier that Open opens.
func options(config pkcs11.Config) tokentest.Options {
	open := func(t testing.TB) token.Carrier {
		t.Helper()
		c, err := pkcs11.Open(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	return tokentest.Options{
		Open: open,
		Reopen: func(t testing.TB, c token.Carrier) token.Carrier {
			t.Helper()
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			return open(t)
		},
	}
}

// pinOptions are those of a carrier with PINs.
func pinOptions(open func(testing.TB, token.PIN) token.Carrier, user, officer string, tries int) *tokentest.PIN {
	return &tokentest.PIN{
		Open: open, User: user, Officer: officer, Tries: tries,
		Check:  func(ctx context.Context, c token.Carrier) error { return c.(*pkcs11.Carrier).CheckPIN(ctx) },
		Change: func(ctx context.Context, c token.Carrier) error { return c.(*pkcs11.Carrier).ChangePIN(ctx) },
		Unblock: func(ctx context.Context, c token.Carrier, officer token.PIN) error {
			return c.(*pkcs11.Carrier).Unblock(ctx, officer)
		},
	}
}
