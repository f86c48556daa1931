package smev3_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/surguch/surguch/ra"
)

// TestStored compares the shape of what is stored of a package with what it has
// always been, and refuses other shapes.
func TestStored(t *testing.T) {
	w := newWorld()
	defer w.close()
	id := w.submit(w.request("1"))
	p, err := w.config.Store.Load(t.Context(), id)
	check(err)
	stored := string(p.Progress)
	shape := regexp.MustCompile(`^\{"made":1,"name":"Q-[0-9a-f]{32}","content":"[A-Za-z0-9+/=]+","signatures":\["[A-Za-z0-9+/=]+","[A-Za-z0-9+/=]+"\]\}$`)
	if !shape.MatchString(stored) {
		t.Fatalf("got %.300s… stored, want %v", stored, shape)
	}
	save := func(progress string) {
		p.Progress = []byte(progress)
		check(w.config.Store.Save(t.Context(), p))
		p.Version++
	}
	oneSignature := stored[:strings.LastIndex(stored, ",")] + "]}"
	for _, other := range []string{oneSignature, stored[:len(stored)-1], `{"made":1}`, ""} {
		save(other)
		if o, err := w.client.Status(t.Context(), id); err == nil || errors.Is(err, ra.ErrNotFound) || len(w.phone.History()) != 0 {
			t.Errorf("%.300q: got %v, %v, want an error", other, o.State, err)
		}
	}
	save(stored)
	w.state(t, id, ra.AwaitingUser)
	w.sign()
	w.state(t, id, ra.Signed)
}
