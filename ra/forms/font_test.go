package forms

import (
	"slices"
	"strings"
	"testing"
)

func TestCharset(t *testing.T) {
	set := charset()
	for first, last := range map[rune]rune{
		' ': '~', 0xA0: 0xFF, 'А': 'я', 0x490: 0x491, '“': '„', '‘': '‚', '–': '—',
	} {
		for r := first; r <= last; r++ {
			if !set[r] {
				t.Errorf("the font has no character %U", r)
			}
		}
	}
	for _, r := range "ЁёЂЃЄЅІЇЈЉЊЋЌЎЏђѓєѕіїјљњћќўџ№₽€…•™−" {
		if !set[r] {
			t.Errorf("the font has no character %U", r)
		}
	}
	for _, r := range "\x00\n\t\u200b\u202e\ufeff\ufffd\uffff印\U0001F600" {
		if set[r] {
			t.Errorf("the font claims to have the character %U", r)
		}
	}
	if r, lacks := lacking("ab\xff"); !lacks || r != '\uFFFD' {
		t.Errorf("got %U, %v for bytes that are no UTF-8, want U+FFFD", r, lacks)
	}
}

// TestFontName: the licence forbids the original name.
func TestFontName(t *testing.T) {
	for name, font := range map[string]string{"regular": regularFont, "bold": boldFont} {
		for _, word := range []string{"PT Sans", "PTSans"} {
			wide := strings.Join(strings.Split(word, ""), "\x00")
			if strings.Contains(font, word) || strings.Contains(font, wide) {
				t.Errorf("%s: the font bears the name %s", name, word)
			}
		}
	}
}

// TestSameCharacters: what can be printed in one face can be in the other.
func TestSameCharacters(t *testing.T) {
	if got, want := len(characters(boldFont)), len(characters(regularFont)); got != want || len(charset()) != want {
		t.Errorf("got %d characters in bold and %d in both, want %d", got, len(charset()), want)
	}
}

func TestGroups(t *testing.T) {
	raw := make([]byte, 43)
	got := groups(raw)
	want := []string{strings.TrimSpace(strings.Repeat("0000 ", 10)), strings.TrimSpace(strings.Repeat("0000 ", 10)), "0000 00"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
