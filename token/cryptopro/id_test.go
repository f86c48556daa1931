package cryptopro_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/surguch/surguch/token"
)

// TestKeyNames finds names again that a container's name cannot have as they
// are, and shows how they stand there.
func TestKeyNames(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir, nil)
	for name, want := range map[string]string{
		"Вощёных":                            "Вощёных-",
		`a\b`:                                "a%5Cb-",
		"Ω":                                  "%CE%A9-",
		"100 %":                              "100 %-",
		"%5C %5c %":                          "%255C %5c %-",
		"%%5C":                               "%%255C-",
		"line\nbreak\x98":                    "line%0Abreak%98-",
		"\u0098":                             "%C2%98-",
		"\xff":                               "%FF-",
		"\ufffd":                             "%EF%BF%BD-",
		"-":                                  "--",
		"a-00112233445566778899aabbccddeeff": "a-00112233445566778899aabbccddeeff-",
		"00112233445566778899aabbccddeeff":   "00112233445566778899aabbccddeeff-",
		"":                                   "",
	} {
		key, err := c.Generate(t.Context(), token.Spec{Algorithm: "CryptoPro-A", Name: name})
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		id := key.Info().ID
		if got := parse(t, readFolder(t, filepath.Join(dir, id[:8]+".000"))).Name(); got != want+id {
			t.Errorf("%q: got container %q, want %q", name, got, want+id)
		}
		if e, err := token.Find(t.Context(), c, id); err != nil || e.Info.Name != name || key.Info().Name != name {
			t.Errorf("%q: got %q, %q, %v", name, key.Info().Name, e.Info.Name, err)
		}
	}
}

// TestListEnds: who is asked for the password of one container ends the list
// by an error.
func TestListEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := newForge(t, "protected")
	f.protect("12345678")
	put(t, dir, "a.000", f.files())
	who := &person{err: errors.New("nobody is at the desk"), answers: map[string]string{"": "12345678"}}
	c := open(t, dir, who.pin)
	if entries, err := c.List(t.Context()); entries != nil || !errors.Is(err, who.err) {
		t.Errorf("got %v, %v, want the person's error", entries, err)
	}
	if got := who.take(t); len(got) != 1 {
		t.Errorf("got %d questions, want one", len(got))
	}
}
