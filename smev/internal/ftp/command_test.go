package ftp

import (
	"bufio"
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestParseCommand(t *testing.T) {
	for text, want := range map[string]command{
		"NOOP\r\n":                 {"NOOP", ""},
		"noop\n":                   {"NOOP", ""},
		"Pwd \r\n":                 {"PWD", ""},
		"RETR a b \r\n":            {"RETR", "a b "},
		"RETR  a\r\n":              {"RETR", " a"},
		"STOR Заявление.zip\r\n":   {"STOR", "Заявление.zip"},
		"\xff\xf4\xff\xf2ABOR\r\n": {"ABOR", ""},
		"\xff\xf4\xffABOR\r\n":     {"ABOR", ""}, // the data mark went as urgent data
		"CWD " + strings.Repeat("a", 1018) + "\r\n": {"CWD", strings.Repeat("a", 1018)},
	} {
		if got, err := parseCommand(text); err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", text, got, err, want)
		}
	}
	for name, text := range map[string]string{
		"nothing":            "",
		"empty line":         "\r\n",
		"no end":             "NOOP",
		"CR alone":           "NOOP\r",
		"two letters":        "CD a\r\n",
		"five letters":       "RETRY a\r\n",
		"space first":        " NOOP\r\n",
		"tab between":        "RETR\ta\r\n",
		"digits":             "R3TR a\r\n",
		"letters not ASCII":  "ТЕСТ\r\n",
		"NUL in the verb":    "NO\x00P\r\n",
		"NUL":                "RETR a\x00b\r\n",
		"CR inside":          "RETR a\rDELE b\r\n",
		"two CR":             "RETR a\r\r\n",
		"two lines":          "RETR a\nDELE b\n",
		"escape":             "RETR \x1b[2J\r\n",
		"control of Latin-1": "RETR a\u0085b\r\n",
		"not UTF-8":          "RETR \xcf\xf0\r\n",
		"too long":           "CWD " + strings.Repeat("a", 1019) + "\r\n",
	} {
		if got, err := parseCommand(text); err != errSyntax || got != (command{}) {
			t.Errorf("%s: got %q, %v, want errSyntax", name, got, err)
		}
	}
}

func TestReadLine(t *testing.T) {
	long := strings.Repeat("x", maxLine)
	r := bufio.NewReaderSize(strings.NewReader("NOOP\r\n"+long+long+"y\r\nPWD\n"+long[:maxLine-1]+"\nQUIT"), maxLine)
	for _, want := range []string{"NOOP\r\n", long, "PWD\n", long[:maxLine-1] + "\n"} {
		if got, err := readLine(r); err != nil || got != want {
			t.Errorf("got %d octets %.10q, %v, want %d octets %.10q", len(got), got, err, len(want), want)
		}
	}
	if _, err := readLine(r); err != io.EOF {
		t.Errorf("a line without end: got %v, want EOF", err)
	}
}

func FuzzParseCommand(f *testing.F) {
	for _, seed := range []string{"NOOP\r\n", "retr a b\n", "STOR Заявление.zip\r\n", "\xff\xf4\xff\xf2ABOR\r\n", "CWD ../..\r\n", "A\r\n", "RETR a\rb\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseCommand(text)
		if err != nil {
			if got != (command{}) {
				t.Fatalf("got %q together with an error", got)
			}
			return
		}
		if n := len(got.verb); n < 3 || n > 4 || strings.Trim(got.verb, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			t.Fatalf("got verb %q", got.verb)
		}
		if !utf8.ValidString(got.argument) || strings.ContainsFunc(got.argument, unicode.IsControl) {
			t.Fatalf("got argument %q", got.argument)
		}
		// A line that ends with LF alone and has no space may be two octets shorter.
		if again := got.verb + " " + got.argument + "\n"; len(again) <= maxLine {
			if c, err := parseCommand(again); err != nil || c != got {
				t.Fatalf("written again it is %q, %v, want %q", c, err, got)
			}
		}
		p := clean("/home", got.argument)
		if !strings.HasPrefix(p, "/") || strings.Contains(p+"/", "/../") || strings.Contains(p, "//") {
			t.Fatalf("got path %q", p)
		}
	})
}
