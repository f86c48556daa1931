package pkcs11_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
	"github.com/surguch/surguch/token/pkcs11"
	"github.com/surguch/surguch/token/softtoken"
)

var gostKey = token.Spec{Algorithm: "CryptoPro-A", Name: "Вощёных"}

func generate(t *testing.T, c *pkcs11.Carrier, spec token.Spec) token.Key {
	t.Helper()
	key, err := c.Generate(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// counted is the right PIN, and how often it was asked for.
func counted(n *int) token.PIN {
	return func(context.Context, token.Question) (token.Answer, error) {
		*n++
		return token.Answer{PIN: []byte(softPIN)}, nil
	}
}

// TestSessionLost: a session that is no more is opened again, once, and the
// person asked again.
func TestSessionLost(t *testing.T) {
	for _, code := range []cryptoki.Code{cryptoki.SessionHandleInvalid, cryptoki.SessionClosed, cryptoki.UserNotLoggedIn} {
		t.Run(code.Error(), func(t *testing.T) {
			asked := 0
			c, m, _ := scripted(t, "plain", counted(&asked))
			key := generate(t, c, gostKey)
			m.once("Sign", code)
			if _, _, err := csr.Standard().Sign(key, []byte("x")); err != nil || asked != 2 {
				t.Errorf("lost once: got %v, asked %d times, want a signature and 2", err, asked)
			}
			m.always("Sign", code)
			m.calls["Sign"] = 0
			_, err := key.Sign(nil, make([]byte, 32), nil)
			if want := map[bool]token.Fault{true: token.Policy, false: token.Crashed}[code == cryptoki.UserNotLoggedIn]; kind(err) != want || m.calls["Sign"] != 2 {
				t.Errorf("lost for ever: got %v after %d calls, want %s after 2", err, m.calls["Sign"], want)
			}
		})
	}
}

// TestSessionLostInAChange: an operation that has changed something is not
// begun again.
func TestSessionLostInAChange(t *testing.T) {
	asked := 0
	c, m, _ := scripted(t, "plain", counted(&asked))
	generated := 0
	m.before = func(call string) error {
		if call == "GenerateKeyPair" {
			generated++
		}
		if call == "Sign" && generated == 1 { // the test signature
			return cryptoki.SessionHandleInvalid
		}
		return nil
	}
	if _, err := c.Generate(t.Context(), gostKey); kind(err) != token.Unknown || generated != 1 {
		t.Errorf("got %v after %d pairs, want Unknown after one", err, generated)
	}
}

// TestReplug: a token that was pulled out and put back works on, with the key
// that was found before, and after one question more.
func TestReplug(t *testing.T) {
	asked := 0
	c, _, soft := scripted(t, "rutoken-ecp3", counted(&asked))
	key := generate(t, c, gostKey)
	if err := soft.Remove(0); err != nil {
		t.Fatal(err)
	}
	if _, err := key.Sign(nil, make([]byte, 32), nil); kind(err) != token.Removed {
		t.Errorf("without the token: got %v, want Removed", err)
	}
	if _, err := c.List(t.Context()); kind(err) != token.Removed {
		t.Errorf("without the token: got %v, want Removed", err)
	}
	if err := soft.Insert(0); err != nil {
		t.Fatal(err)
	}
	if _, _, err := csr.Standard().Sign(key, []byte("x")); err != nil || asked != 2 {
		t.Errorf("got %v, asked %d times, want a signature and 2", err, asked)
	}
}

// TestAnotherToken: what is in the slot now is another token, and not touched.
func TestAnotherToken(t *testing.T) {
	asked := 0
	c, m, _ := scripted(t, "plain", counted(&asked))
	m.tokenInfo = func(i *cryptoki.TokenInfo) { i.Serial = "another" }
	if _, err := c.List(t.Context()); kind(err) != token.Removed || asked != 0 {
		t.Errorf("got %v, asked %d times, want Removed and never", err, asked)
	}
}

// TestPINIsNeverRepeated whatever the token answers to it.
func TestPINIsNeverRepeated(t *testing.T) {
	for code, want := range map[cryptoki.Code]token.Fault{
		cryptoki.PINIncorrect: token.WrongPIN, cryptoki.PINLocked: token.Locked, cryptoki.SessionHandleInvalid: token.Crashed,
		cryptoki.DeviceRemoved: token.Removed, cryptoki.GeneralError: token.Crashed, cryptoki.UserAnotherLoggedIn: token.Busy,
	} {
		asked := 0
		c, m, _ := scripted(t, "plain", counted(&asked))
		m.always("Login", code)
		if _, err := c.List(t.Context()); kind(err) != want || asked != 1 || m.calls["Login"] != 1 {
			t.Errorf("%v: got %v, asked %d times, tried %d times, want %s and once each", code, err, asked, m.calls["Login"], want)
		}
	}
}

// TestAlreadyLoggedIn: somebody in this process logged in, and that will do.
func TestAlreadyLoggedIn(t *testing.T) {
	soft, _ := newSoft(t, "plain")
	app := soft.Application()
	s, err := app.OpenSession(t.Context(), 0, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Login(t.Context(), s, cryptoki.User, []byte(softPIN)); err != nil {
		t.Fatal(err)
	}
	c := openWith(t, pkcs11.Config{Driver: app, PIN: token.FixedPIN(softPIN)})
	defer c.Close()
	if _, err := c.List(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestFlags: a token without counters tells by its flags what is left.
func TestFlags(t *testing.T) {
	var question token.Question
	yes := false
	ask := func(_ context.Context, q token.Question) (token.Answer, error) {
		question = q
		return token.Answer{PIN: []byte(softPIN), LastTry: yes}, nil
	}
	for _, test := range []struct {
		name        string
		flags       uint32
		yes, locked bool
		want        token.Question
	}{
		{"nothing told", 0, false, false, token.Question{Left: -1}},
		{"count low", cryptoki.FlagUserPINCountLow, false, false, token.Question{Left: -1}},
		{"final try", cryptoki.FlagUserPINFinalTry, false, true, token.Question{Left: 1, Last: true}},
		{"final try, allowed", cryptoki.FlagUserPINFinalTry, true, false, token.Question{Left: 1, Last: true}},
		{"locked", cryptoki.FlagUserPINLocked, true, true, token.Question{}},
		{"final try at the device", cryptoki.FlagUserPINFinalTry | cryptoki.FlagProtectedAuth, true, true, token.Question{}},
	} {
		c, m, _ := scripted(t, "plain", ask)
		m.tokenInfo = func(i *cryptoki.TokenInfo) { i.UserTries, i.Flags = -1, i.Flags|test.flags }
		question, yes = token.Question{}, test.yes
		_, err := c.List(t.Context())
		question.Device = token.Device{}
		if (kind(err) == token.Locked) != test.locked || !test.locked && err != nil || question != test.want {
			t.Errorf("%s: got %v after %+v, want %+v, locked: %v", test.name, err, question, test.want, test.locked)
		}
		if tried := m.calls["Login"] > 0; tried == test.locked {
			t.Errorf("%s: PIN tried: %v", test.name, tried)
		}
	}
}

// TestNoPIN: without anybody who knows the PIN nothing is tried.
func TestNoPIN(t *testing.T) {
	c, m, _ := scripted(t, "plain", nil)
	for _, err := range []error{second(c.List(t.Context())), c.CheckPIN(t.Context()), c.ChangePIN(t.Context())} {
		if kind(err) != token.Policy || m.calls["Login"]+m.calls["SetPIN"] != 0 {
			t.Errorf("got %v, want Policy", err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// TestNewPINPolicy: what a Rutoken calls a poor PIN is told by its name.
func TestNewPINPolicy(t *testing.T) {
	for chosen, want := range map[string]string{"123": "6 to 249", "11111111": "CKR_INAPPROPRIATE_PIN", softPIN: "CKR_PIN_IN_HISTORY"} {
		answers := []string{softPIN, chosen}
		c, _, _ := scripted(t, "rutoken-ecp3", asking(&answers))
		var e *token.Error
		if err := c.ChangePIN(t.Context()); !errors.As(err, &e) || e.Fault != token.Policy || !contains(e.Detail, want) {
			t.Errorf("%s: got %v, want Policy: %s", chosen, err, want)
		}
	}
}

// TestClosed: a carrier that is closed answers so, and so do its keys.
func TestClosed(t *testing.T) {
	c, _, _ := scripted(t, "plain", token.FixedPIN(softPIN))
	key := generate(t, c, gostKey)
	for range 2 {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range []error{second(c.List(t.Context())), second(key.Sign(nil, make([]byte, 32), nil)), c.CheckPIN(t.Context())} {
		if !errors.Is(err, os.ErrClosed) {
			t.Errorf("got %v, want os.ErrClosed", err)
		}
	}
}

// TestHang: a call that does not return is given up within its time, and told
// as what it was; the next call works.
func TestHang(t *testing.T) {
	made, dir := newSoft(t, "plain")
	if err := made.Close(); err != nil {
		t.Fatal(err)
	}
	c := openWith(t, pkcs11.Config{Module: dir, Worker: worker(t, "soft"), PIN: token.FixedPIN(softPIN), Timeout: 2 * time.Second})
	defer c.Close()
	key := generate(t, c, gostKey)
	give(t, dir, softtoken.Fault{Kind: softtoken.Hang, Call: "C_FindObjects"})
	if _, err := c.List(t.Context()); kind(err) != token.Crashed || !contains(err.Error(), "did not answer within 2s") {
		t.Errorf("reading: got %v, want Crashed", err)
	}
	give(t, dir, softtoken.Fault{Kind: softtoken.Hang, After: true, Call: "C_DestroyObject"})
	if err := c.Delete(t.Context(), key.Info().ID); kind(err) != token.Unknown {
		t.Errorf("changing: got %v, want Unknown", err)
	}
	if _, err := token.Find(t.Context(), c, key.Info().ID); !errors.Is(err, token.ErrNotFound) {
		t.Errorf("afterwards: got %v, want ErrNotFound: it took effect", err)
	}
	// A call whose caller goes is given up at once, and the child with it.
	give(t, dir, softtoken.Fault{Kind: softtoken.Hang, Call: "C_FindObjects"})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := c.List(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("given up: got %v, want context.DeadlineExceeded", err)
	}
	if _, err := c.List(t.Context()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestWorkers that are none.
func TestWorkers(t *testing.T) {
	for which, want := range map[string]token.Fault{"babbler": token.Crashed, "mute": token.Crashed, "unknown": token.Crashed} {
		_, err := pkcs11.Open(t.Context(), pkcs11.Config{Module: "x", Worker: worker(t, which), Timeout: time.Second})
		if kind(err) != want {
			t.Errorf("%s: got %v, want %s", which, err, want)
		}
	}
	_, err := pkcs11.Open(t.Context(), pkcs11.Config{Module: "x", Worker: []string{"/nonexistent/worker"}})
	if kind(err) != token.Unsupported {
		t.Errorf("no program: got %v, want Unsupported", err)
	}
}
