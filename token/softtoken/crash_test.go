package softtoken_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token/internal/cryptoki"
	"github.com/surguch/surguch/token/softtoken"
)

// childDir, in the environment, makes the test binary a child that changes the
// token in this folder until it is killed.
const childDir = "SURGUCH_SOFTTOKEN_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		fmt.Fprintln(os.Stderr, child(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// child goes through the steps and tells of each that was done.
func child(dir string) error {
	ctx := context.Background()
	tokens, err := softtoken.Open(softtoken.Config{Dir: dir, Iterations: 1})
	if err != nil {
		return err
	}
	a, other := tokens.Application(), tokens.Application()
	s, err := a.OpenSession(ctx, 0, true)
	if err == nil {
		err = a.Login(ctx, s, cryptoki.User, []byte(userPIN))
	}
	if err != nil {
		return err
	}
	guest, err := other.OpenSession(ctx, 0, true)
	if err != nil {
		return err
	}
	var last cryptoki.Object
	p := gostPair(gost.CryptoProA())
	for n := 0; ; n++ {
		label := cryptoki.Text(cryptoki.AttrLabel, strconv.Itoa(n))
		common := []cryptoki.Attribute{cryptoki.Bool(cryptoki.AttrToken, true), label}
		switch n % steps {
		case 0:
			last, err = a.Create(ctx, s, data(label))
		case 1:
			_, _, err = a.GenerateKeyPair(ctx, s, cryptoki.Mechanism{Type: p.generate}, append(common, p.public...), common)
		case 2:
			err = a.Destroy(ctx, s, last)
		case 3:
			if err = other.Login(ctx, guest, cryptoki.User, []byte("wrong")); err == error(cryptoki.PINIncorrect) {
				err = nil
			}
		case 4:
			if err = other.Login(ctx, guest, cryptoki.User, []byte(userPIN)); err == nil {
				err = other.Logout(ctx, guest)
			}
		}
		if err != nil {
			return err
		}
		fmt.Println(n)
	}
}

// steps is how many there are before they begin again.
const steps = 5

// model is what the token has after so many steps: the labels of its objects,
// sorted, and the tries that are left.
func model(n int) (labels []string, left int) {
	left = 10
	for i := range n {
		switch label := strconv.Itoa(i); i % steps {
		case 0:
			labels = append(labels, label)
		case 1:
			labels = append(labels, label, label)
		case 2:
			labels = slices.DeleteFunc(labels, func(l string) bool { return l == strconv.Itoa(i-2) })
		case 3:
			left = 9
		case 4:
			left = 10
		}
	}
	slices.Sort(labels)
	return labels, left
}

// possible are the states the disk may have when the child died after n steps
// that it told of: old, new, or a try that was taken off and not given back.
func possible(n int) (all []string) {
	for _, m := range []int{n, n + 1} {
		labels, left := model(m)
		all = append(all, fmt.Sprint(labels, left))
		if n%steps >= 3 {
			all = append(all, fmt.Sprint(labels, left-1))
		}
	}
	return all
}

// TestKill kills a process in the midst of its changes, many times.
func TestKill(t *testing.T) {
	exe := must[string](t)(os.Executable())
	rounds := 20
	if os.Getenv("SURGUCH_LONG") != "" {
		rounds = 500
	}
	for range rounds {
		w := newWorld(t, "plain")
		w.tokens.Close()
		cmd := exec.Command(exe)
		cmd.Env = append(os.Environ(), childDir+"="+w.dir)
		var stderr strings.Builder
		cmd.Stderr = &stderr
		lines := must[interface{ Read([]byte) (int, error) }](t)(cmd.StdoutPipe())
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		told, until := 0, 1+rand.IntN(25)
		for scan := bufio.NewScanner(lines); scan.Scan(); told++ {
			if told == until {
				cmd.Process.Kill()
			}
		}
		cmd.Wait()
		if told < until {
			t.Fatalf("the child came to step %d: %s", told, &stderr)
		}
		w.open()
		left := w.tokens.List()[0].UserTries
		s := w.user()
		var labels []string
		for _, o := range must[[]cryptoki.Object](t)(w.Find(w.ctx(), s, nil)) {
			labels = append(labels, string(w.attribute(s, o, cryptoki.AttrLabel)))
		}
		slices.Sort(labels)
		if got := fmt.Sprint(labels, left); !slices.Contains(possible(told), got) {
			t.Errorf("after %d steps: got %s, want one of %q", told, got, possible(told))
		}
		for _, key := range w.find(s, cryptoki.PrivateKey) {
			if _, err := w.Sign(w.ctx(), s, cryptoki.Mechanism{Type: cryptoki.GOSTSign}, key, make([]byte, 32)); err != nil {
				t.Error(err)
			}
		}
		w.tokens.Close()
	}
}
