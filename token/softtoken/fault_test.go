package softtoken_test

import (
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
	"github.com/surguch/surguch/token/softtoken"
)

func (w *world) order(f softtoken.Fault) {
	w.Helper()
	if err := w.tokens.Order(f); err != nil {
		w.Fatal(err)
	}
}

// count is how many objects the token has.
func (w *world) count(s cryptoki.Session) int {
	w.Helper()
	return len(must[[]cryptoki.Object](w)(w.Find(w.ctx(), s, nil)))
}

// TestFail fails the third creation, before and after its effect; the order
// outlives a restart.
func TestFail(t *testing.T) {
	for _, after := range []bool{false, true} {
		w := newWorld(t, "plain")
		w.order(softtoken.Fault{Kind: softtoken.Fail, Call: "C_CreateObject", Nth: 3, After: after, Code: uint32(cryptoki.FunctionFailed)})
		s := w.user()
		for i := 1; i <= 4; i++ {
			if i == 2 {
				w.restart()
				s = w.user()
			}
			_, err := w.Create(w.ctx(), s, data())
			w.want(map[bool]cryptoki.Code{true: cryptoki.FunctionFailed}[i == 3], err)
		}
		if got, want := w.count(s), map[bool]int{false: 3, true: 4}[after]; got != want || len(w.tokens.Faults()) != 0 {
			t.Errorf("after %v: got %d objects, want %d; faults left %v", after, got, want, w.tokens.Faults())
		}
	}
}

// TestRemove pulls the token out, at rest and in the middle of a call, and
// puts it back.
func TestRemove(t *testing.T) {
	w := newWorld(t, "plain")
	s := w.user()
	pub, priv := w.generate(s, gostPair(gost.CryptoProA()))
	for _, during := range []bool{false, true} {
		if during {
			w.order(softtoken.Fault{Kind: softtoken.Remove, Call: "C_Sign"})
			_, err := w.Sign(w.ctx(), s, cryptoki.Mechanism{Type: cryptoki.GOSTSign}, priv, make([]byte, 32))
			w.want(cryptoki.DeviceRemoved, err)
		} else if err := w.tokens.Remove(0); err != nil {
			t.Fatal(err)
		}
		w.want(cryptoki.DeviceRemoved, w.Login(w.ctx(), s, cryptoki.User, []byte(userPIN)))
		_, err := w.OpenSession(w.ctx(), 0, true)
		w.want(cryptoki.TokenNotPresent, err)
		_, err = w.TokenInfo(w.ctx(), 0)
		w.want(cryptoki.TokenNotPresent, err)
		if present, all := must[[]uint64](t)(w.Slots(w.ctx(), true)), must[[]uint64](t)(w.Slots(w.ctx(), false)); len(present) != 0 || len(all) != 1 {
			t.Errorf("got slots %v of %v", present, all)
		}
		if info := must[cryptoki.SlotInfo](t)(w.SlotInfo(w.ctx(), 0)); info.Flags&cryptoki.FlagTokenPresent != 0 {
			t.Error("the slot says the token is there")
		}
		if slot := must[uint64](t)(w.SlotEvent(w.ctx())); slot != 0 {
			t.Errorf("got an event of slot %d", slot)
		}
		if during { // it is still out after a restart
			w.restart()
			_, err = w.OpenSession(w.ctx(), 0, true)
			w.want(cryptoki.TokenNotPresent, err)
		}
		if err := w.tokens.Insert(0); err != nil {
			t.Fatal(err)
		}
		must[uint64](t)(w.SlotEvent(w.ctx()))
		_, err = w.SlotEvent(w.ctx())
		w.want(cryptoki.NoEvent, err)
		w.want(cryptoki.SessionHandleInvalid, w.Login(w.ctx(), s, cryptoki.User, []byte(userPIN)))
		s = w.session(true)
		_, err = w.Attribute(w.ctx(), s, pub, cryptoki.AttrLabel)
		w.want(cryptoki.ObjectHandleInvalid, err)
		w.want(cryptoki.UserNotLoggedIn, w.Logout(w.ctx(), s)) // the login went with it
		w.want(cryptoki.OK, w.Login(w.ctx(), s, cryptoki.User, []byte(userPIN)))
		priv = w.find(s, cryptoki.PrivateKey)[0]
	}
	if left := w.tokens.List()[0].UserTries; left != 10 {
		t.Errorf("it cost tries: %d left", left)
	}
}

// TestHang has a call wait for its context, before and after its effect.
func TestHang(t *testing.T) {
	for after, want := range map[bool]token.Fault{false: token.Crashed, true: token.Unknown} {
		w := newWorld(t, "plain")
		s := w.user()
		w.order(softtoken.Fault{Kind: softtoken.Hang, Call: "C_CreateObject", After: after})
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		_, err := w.Create(ctx, s, data())
		if !errors.Is(err, want) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after %v: got %v, want %v", after, err, want)
		}
		if got, want := w.count(s), map[bool]int{true: 1}[after]; got != want {
			t.Errorf("after %v: got %d objects, want %d", after, got, want)
		}
		// Closing the folder ends the wait too.
		w.order(softtoken.Fault{Kind: softtoken.Hang, Call: "C_CreateObject"})
		done := make(chan error)
		go func() {
			_, err := w.Create(context.Background(), s, data())
			done <- err
		}()
		for len(w.tokens.Faults()) > 0 {
			runtime.Gosched()
		}
		w.tokens.Close()
		w.want(cryptoki.NotInitialized, <-done)
	}
}

// TestCrash has the module die, and be dead until the folder is opened anew.
func TestCrash(t *testing.T) {
	for _, c := range []struct {
		fault softtoken.Fault
		want  token.Fault
		have  int // objects, after it
	}{
		{softtoken.Fault{Kind: softtoken.Crash}, token.Crashed, 0},
		{softtoken.Fault{Kind: softtoken.Crash, After: true}, token.Unknown, 1},
		{softtoken.Fault{Kind: softtoken.Tear}, token.Unknown, 0},
	} {
		w := newWorld(t, "plain")
		s := w.user()
		c.fault.Call = "C_CreateObject"
		w.order(c.fault)
		_, err := w.Create(w.ctx(), s, data())
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.fault.Kind, err, c.want)
		}
		if _, err := w.Info(w.ctx()); !errors.Is(err, token.Crashed) {
			t.Errorf("%s: then got %v, want Crashed", c.fault.Kind, err)
		}
		torn, err := filepath.Glob(filepath.Join(w.dir, ".slot-*"))
		if err != nil || (len(torn) == 1) != (c.fault.Kind == softtoken.Tear) {
			t.Errorf("%s: got torn files %v", c.fault.Kind, torn)
		}
		w.restart()
		if got := w.count(w.user()); got != c.have {
			t.Errorf("%s: got %d objects, want %d", c.fault.Kind, got, c.have)
		}
		if torn, _ := filepath.Glob(filepath.Join(w.dir, ".*")); len(torn) != 0 {
			t.Errorf("%s: %v are left", c.fault.Kind, torn)
		}
	}
}

// TestTornTry tears the write that takes a try off: nothing is told of the
// PIN, right or wrong, and the try is there again, for nothing was asked.
func TestTornTry(t *testing.T) {
	for _, pin := range []string{userPIN, "00000000"} {
		w := newWorld(t, "plain")
		s := w.session(true)
		w.order(softtoken.Fault{Kind: softtoken.Tear, Call: "C_Login"})
		if err := w.Login(w.ctx(), s, cryptoki.User, []byte(pin)); !errors.Is(err, token.Unknown) {
			t.Errorf("got %v, want Unknown", err)
		}
		w.restart()
		if left := w.tokens.List()[0].UserTries; left != 10 {
			t.Errorf("got %d tries", left)
		}
	}
}

// TestCrashCostsTry: who has the module die after a wrong PIN gains nothing.
func TestCrashCostsTry(t *testing.T) {
	w := newWorld(t, "plain")
	for left := 9; left > 5; left-- {
		s := w.session(true)
		w.order(softtoken.Fault{Kind: softtoken.Crash, Call: "C_Login", After: true})
		if err := w.Login(w.ctx(), s, cryptoki.User, []byte("00000000")); !errors.Is(err, token.Unknown) {
			t.Errorf("got %v, want Unknown", err)
		}
		w.restart()
		if got := w.tokens.List()[0].UserTries; got != left {
			t.Errorf("got %d tries, want %d", got, left)
		}
	}
}

// TestSetFullAndLock orders what lasts until it is undone.
func TestSetFullAndLock(t *testing.T) {
	w := newWorld(t, "plain")
	s := w.user()
	for _, err := range []error{w.tokens.SetFull(0, true), w.tokens.LockPIN(0)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.Create(w.ctx(), s, data())
	w.want(cryptoki.DeviceMemory, err)
	w.restart()
	s = w.session(true)
	if info := must[cryptoki.TokenInfo](t)(w.TokenInfo(w.ctx(), 0)); info.FreeMemory != 0 {
		t.Errorf("got %d octets free", info.FreeMemory)
	}
	w.want(cryptoki.PINLocked, w.Login(w.ctx(), s, cryptoki.User, []byte(userPIN)))
	if err := w.tokens.ClearFaults(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Create(w.ctx(), s, data()); err != nil {
		t.Error(err)
	}
	w.want(cryptoki.PINLocked, w.Login(w.ctx(), s, cryptoki.User, []byte(userPIN)))
	for what, err := range map[string]error{
		"no such kind": w.tokens.Order(softtoken.Fault{Kind: "melt"}), "no such slot": w.tokens.Order(softtoken.Fault{Kind: softtoken.Remove, Slot: 9}),
		"a negative count": w.tokens.Order(softtoken.Fault{Kind: softtoken.Fail, Nth: -1}), "removal of no slot": w.tokens.Remove(9),
	} {
		if err == nil {
			t.Errorf("%s: got no error", what)
		}
	}
}

// TestOpen refuses a folder that is in use, and files that are not in order.
func TestOpen(t *testing.T) {
	w := newWorld(t, "plain")
	if _, err := softtoken.Open(softtoken.Config{Dir: w.dir}); !errors.Is(err, softtoken.ErrLocked) {
		t.Errorf("got %v, want ErrLocked", err)
	}
	if _, err := softtoken.Open(softtoken.Config{}); err == nil {
		t.Error("no folder: got no error")
	}
	path := filepath.Join(w.dir, "slot-00.json")
	good := must[[]byte](t)(os.ReadFile(path))
	w.tokens.Close()
	for what, change := range map[string][2]string{
		"version": {`"version":1`, `"version":2`}, "profile": {`"plain"`, `"etoken"`}, "tries": {`"left":10`, `"left":11`},
		"check": {`"check":"`, `"check":"AA`}, "iterations": {`"iterations":1`, `"iterations":0`}, "half": {string(good[len(good)/2:]), ""},
	} {
		bad := strings.Replace(string(good), change[0], change[1], 1)
		if bad == string(good) {
			t.Fatalf("%s: nothing was changed", what)
		}
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if tokens, err := softtoken.Open(softtoken.Config{Dir: w.dir}); err == nil {
			t.Errorf("%s: got no error", what)
			tokens.Close()
		}
	}
}

// TestStolen looks for secrets in what a thief of the folder has.
func TestStolen(t *testing.T) {
	w := newWorld(t, "plain")
	s := w.user()
	key := must[*gost.PrivateKey](t)(gost.GenerateKey(gost.CryptoProA(), nil))
	must[cryptoki.Object](t)(w.Create(w.ctx(), s, []cryptoki.Attribute{
		cryptoki.Number(cryptoki.AttrClass, cryptoki.PrivateKey), cryptoki.Number(cryptoki.AttrKeyType, cryptoki.GOST), cryptoki.Bool(cryptoki.AttrToken, true),
		cryptoki.Bytes(cryptoki.AttrGOSTParams, oidOf(gost.CryptoProA())), cryptoki.Bytes(cryptoki.AttrValue, key.Bytes()), cryptoki.Text(cryptoki.AttrLabel, "private label"),
	}))
	must[cryptoki.Object](t)(w.Create(w.ctx(), s, data(cryptoki.Text(cryptoki.AttrLabel, "public label"))))
	must[cryptoki.Object](t)(w.Create(w.ctx(), s, data(cryptoki.Bool(cryptoki.AttrPrivate, true), cryptoki.Text(cryptoki.AttrApplication, "private data"))))
	file := string(must[[]byte](t)(os.ReadFile(filepath.Join(w.dir, "slot-00.json"))))
	for what, c := range map[string]struct {
		octets []byte
		there  bool
	}{
		"the key": {key.Bytes(), false}, "its label": {[]byte("private label"), false}, "private data": {[]byte("private data"), false},
		"the PIN": {[]byte(userPIN), false}, "a public label": {[]byte("public label"), true},
	} {
		if got := strings.Contains(file, base64Of(c.octets)); got != c.there {
			t.Errorf("%s in the file: %v, want %v", what, got, c.there)
		}
	}
	if strings.Contains(file, userPIN) || strings.Contains(file, soPIN) {
		t.Error("a PIN is in the file")
	}
	if info := must[os.FileInfo](t)(os.Stat(filepath.Join(w.dir, "slot-00.json"))); runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read the file: %v", info.Mode())
	}
}

func base64Of(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
