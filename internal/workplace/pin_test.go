package workplace_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/token"
)

const pin = "31415926"

// pinFile writes a file with a PIN.
func pinFile(t testing.TB, contents string, mode fs.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "пин код")
	if err := os.WriteFile(path, []byte(contents), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSource(t *testing.T) {
	for contents, want := range map[string]string{
		pin:                        pin,
		pin + "\n":                 pin,
		pin + "\r\nsecond\n":       pin,
		"\uFEFF" + pin + "\r\n":    pin,
		" " + pin + " \n":          " " + pin + " ",
		strings.Repeat("x", 1024):  strings.Repeat("x", 1024),
		"":                         "",
		"\n" + pin:                 "",
		"\uFEFF\n":                 "",
		strings.Repeat("x", 1025):  "",
		strings.Repeat("x", 99999): "",
	} {
		path := pinFile(t, contents, 0o600)
		for _, source := range []string{path, "file:" + escaped(path), "FILE://localhost" + escaped(path)} {
			answer, err := workplace.Source(source)(t.Context(), token.Question{Last: true})
			if string(answer.PIN) != want || (err == nil) != (want != "") || answer.LastTry {
				t.Errorf("%.20q: got %.20q, %v, want %.20q", contents, answer.PIN, err, want)
			}
			if err != nil && strings.Contains(err.Error(), pin) {
				t.Errorf("the error shows the PIN: %v", err)
			}
		}
	}
}

// escaped is a path as a URI has it.
func escaped(path string) string {
	if runtime.GOOS == "windows" {
		path = "/" + filepath.ToSlash(path)
	}
	return strings.ReplaceAll(path, " ", "%20")
}

func TestSourceRefuses(t *testing.T) {
	dir := t.TempDir()
	for source, want := range map[string]string{
		"":                     "command",
		"|cat /pin":            "command",
		"file://example.org/a": "this machine",
		"file:":                "this machine",
		"file:%zz":             "this machine",
		"file:/pin?a":          "this machine",
		dir:                    "is no file",
		dir + "/none":          "none",
		"https://example.org/": "https:",
	} {
		answer, err := workplace.Source(source)(t.Context(), token.Question{})
		if err == nil || answer.PIN != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %q, %v, want an error of %s", source, answer.PIN, err, want)
		}
	}
	if _, err := workplace.Source(pinFile(t, pin, 0o600))(t.Context(), token.Question{New: true}); !errors.Is(err, workplace.ErrNoPIN) {
		t.Errorf("a new PIN: got %v, want ErrNoPIN", err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o660, 0o644} {
		if _, err := workplace.Source(pinFile(t, pin, mode))(t.Context(), token.Question{}); !errors.Is(err, workplace.ErrPublicPIN) {
			t.Errorf("mode %v: got %v, want ErrPublicPIN", mode, err)
		}
	}
}

// TestSources: the first source that is set answers, and no other.
func TestSources(t *testing.T) {
	const variable = "SURGUCH_TEST_PIN"
	path := pinFile(t, "of the file", 0o600)
	person := func(context.Context, token.Question) (token.Answer, error) {
		return token.Answer{PIN: []byte("of the person")}, nil
	}
	for name, c := range map[string]struct {
		sources workplace.Sources
		set     bool
		want    string
	}{
		"all":               {workplace.Sources{File: path, Variable: variable, Person: person}, true, "of the file"},
		"no file":           {workplace.Sources{Variable: variable, Person: person}, true, "of the variable"},
		"variable not set":  {workplace.Sources{Variable: variable, Person: person}, false, "of the person"},
		"person":            {workplace.Sources{Person: person}, true, "of the person"},
		"nobody":            {workplace.Sources{Variable: variable}, false, ""},
		"nothing":           {workplace.Sources{}, true, ""},
		"file that is gone": {workplace.Sources{File: path + ".", Person: person}, false, ""},
	} {
		if c.set {
			t.Setenv(variable, "of the variable")
		} else {
			os.Unsetenv(variable)
		}
		answer, err := c.sources.PIN()(t.Context(), token.Question{})
		if string(answer.PIN) != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: got %q, %v, want %q", name, answer.PIN, err, c.want)
		}
		if c.want == "" && c.sources.File == "" && !errors.Is(err, workplace.ErrNoPIN) {
			t.Errorf("%s: got %v, want ErrNoPIN", name, err)
		}
	}
}

// TestEnvironment: a variable that is set to nothing is an answer, and the last
// try is left alone.
func TestEnvironment(t *testing.T) {
	const variable = "SURGUCH_TEST_PIN"
	t.Setenv(variable, "")
	answer, err := workplace.Environment(variable)(t.Context(), token.Question{Last: true, Left: 1})
	if err != nil || len(answer.PIN) != 0 || answer.LastTry {
		t.Errorf("got %+v, %v, want nothing", answer, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := workplace.Environment(variable)(ctx, token.Question{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

func FuzzFirstLine(f *testing.F) {
	for _, seed := range []string{pin, pin + "\n", pin + "\r\n\n", "\uFEFF" + pin, "\r\n", "\xEF\xBB"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := string(data)
		line, err := workplace.FirstLine(data)
		if string(data) != before {
			t.Error("the file was changed")
		}
		if err != nil {
			if line != nil {
				t.Errorf("got %q and %v", line, err)
			}
			return
		}
		if len(line) == 0 || strings.ContainsRune(string(line), '\n') || !strings.Contains(before, string(line)) {
			t.Errorf("%q: got %q", before, line)
		}
	})
}

func FuzzSourcePath(f *testing.F) {
	for _, seed := range []string{"/pin", "file:/pin", "file:///a%20b", "FILE://localhost/pin", "|id", "file:", `C:\pin`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		path, err := workplace.SourcePath(source)
		if (err == nil) != (path != "") || strings.HasPrefix(source, "|") && err == nil {
			t.Errorf("%q: got %q, %v", source, path, err)
		}
	})
}
