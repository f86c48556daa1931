package workplace_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/token"
)

// typist types lines, each of which must be asked for in the way that its first
// word says.
type typist struct {
	lines []string // "secret 1234", "line да"
	given [][]byte // secrets
	err   error    // when there are no more lines
}

func (t *typist) next(kind string) ([]byte, error) {
	if len(t.lines) == 0 {
		return nil, t.err
	}
	want, line, _ := strings.Cut(t.lines[0], " ")
	t.lines = t.lines[1:]
	if want != kind {
		return nil, errors.New("asked for a " + kind + " where a " + want + " was expected")
	}
	return []byte(line), nil
}

func (t *typist) Secret(context.Context) ([]byte, error) {
	line, err := t.next("secret")
	t.given = append(t.given, line)
	return line, err
}

func (t *typist) Line(context.Context) (string, error) {
	line, err := t.next("line")
	return string(line), err
}

var stick = token.Device{Manufacturer: "Aktiv Co.", Model: "Rutoken ECP", Serial: "0a1b2c3d", Label: "Вощёных\x1b[2J"}

func TestPerson(t *testing.T) {
	for name, c := range map[string]struct {
		question token.Question
		officer  bool
		lines    []string
		want     token.Answer
		err      error
		shown    []string
	}{
		"PIN": {
			token.Question{Device: stick, Left: 9}, false, []string{"secret 31415926"},
			token.Answer{PIN: []byte("31415926")}, nil, []string{"ПИН-код носителя Aktiv Co. Rutoken ECP 0a1b2c3d «Вощёных", "осталось попыток: 9"},
		},
		"tries not told": {
			token.Question{Device: stick, Left: -1}, false, []string{"secret 31415926"},
			token.Answer{PIN: []byte("31415926")}, nil, []string{"Введите ПИН-код"},
		},
		"officer": {
			token.Question{Device: stick, Left: 3}, true, []string{"secret 27182818"},
			token.Answer{PIN: []byte("27182818")}, nil, []string{"администратора", "осталось попыток: 3"},
		},
		"file": {
			token.Question{Device: token.Device{Model: "PFX", Serial: "ключ.pfx"}, Left: -1}, false, []string{"secret x"},
			token.Answer{PIN: []byte("x")}, nil, []string{"пароль файла ключ.pfx"},
		},
		"container": {
			token.Question{Device: token.Device{Model: "folder container", Serial: "keys", Label: "Вощёных"}, Left: -1}, false, []string{"secret "},
			token.Answer{PIN: []byte{}}, nil, []string{"пароль контейнера «Вощёных»"},
		},
		"last try allowed": {
			token.Question{Device: stick, Left: 1, Last: true}, false, []string{"line  Да ", "secret 31415926"},
			token.Answer{PIN: []byte("31415926"), LastTry: true}, nil, []string{"Последняя попытка", "«да»"},
		},
		"last try not allowed": {
			token.Question{Device: stick, Left: 1, Last: true}, false, []string{"line нет"},
			token.Answer{}, nil, []string{"заблокируется"},
		},
		"last try, only the line's end": {
			token.Question{Device: stick, Left: 1, Last: true}, false, []string{"line "},
			token.Answer{}, nil, nil,
		},
		"last try, gone away": {
			token.Question{Device: stick, Left: 1, Last: true}, false, nil,
			token.Answer{}, workplace.ErrNoPIN, nil,
		},
		"last try, gone away behind the word": {
			token.Question{Device: stick, Left: 1, Last: true}, false, []string{"line да"},
			token.Answer{}, workplace.ErrNoPIN, nil,
		},
		"gone away": {
			token.Question{Device: stick, Left: 9}, false, nil,
			token.Answer{}, workplace.ErrNoPIN, nil,
		},
		"new": {
			token.Question{Device: stick, Left: -1, New: true}, false, []string{"secret 11112222", "secret 11112222"},
			token.Answer{PIN: []byte("11112222")}, nil, []string{"Придумайте ПИН-код", "Повторите"},
		},
		"new, once different": {
			token.Question{Device: stick, Left: -1, New: true}, false, []string{"secret 11112222", "secret 11112223", "secret 3", "secret 3"},
			token.Answer{PIN: []byte("3")}, nil, []string{"по-разному"},
		},
		"new, always different": {
			token.Question{Device: stick, Left: -1, New: true}, false, []string{"secret 1", "secret 2", "secret 3", "secret 4", "secret 5", "secret 6"},
			token.Answer{}, workplace.ErrDiffer, nil,
		},
		"new, gone away in between": {
			token.Question{Device: stick, Left: -1, New: true}, false, []string{"secret 1"},
			token.Answer{}, workplace.ErrNoPIN, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			keys := &typist{lines: c.lines, err: io.EOF}
			p := workplace.Person{Keyboard: keys, Out: &out}
			ask := p.PIN
			if c.officer {
				ask = p.OfficerPIN
			}
			got, err := ask(t.Context(), c.question)
			if !bytes.Equal(got.PIN, c.want.PIN) || got.LastTry != c.want.LastTry || !errors.Is(err, c.err) {
				t.Errorf("got %q, %v, %v, want %q, %v, %v", got.PIN, got.LastTry, err, c.want.PIN, c.want.LastTry, c.err)
			}
			if len(keys.lines) > 0 {
				t.Errorf("not asked for: %q", keys.lines)
			}
			for _, text := range c.shown {
				if !strings.Contains(out.String(), text) {
					t.Errorf("got %q, want %q shown", &out, text)
				}
			}
			if strings.ContainsRune(out.String(), '\x1b') {
				t.Errorf("the label steers the terminal: %q", &out)
			}
			for _, line := range c.lines {
				if secret, ok := strings.CutPrefix(line, "secret "); ok && len(secret) > 7 && strings.Contains(out.String(), secret) {
					t.Errorf("%q is shown: %q", secret, &out)
				}
			}
			// What is not the answer is wiped.
			for _, secret := range keys.given {
				answer := len(got.PIN) > 0 && len(secret) > 0 && &secret[0] == &got.PIN[0]
				if !answer && len(bytes.Trim(secret, "\x00")) > 0 {
					t.Errorf("%q is not wiped", secret)
				}
			}
		})
	}
}

// TestPersonCancelled: an interrupted question is the context's error.
func TestPersonCancelled(t *testing.T) {
	keys := &typist{err: context.Canceled}
	for _, q := range []token.Question{{Left: 9}, {New: true}, {Last: true}} {
		answer, err := workplace.Person{Keyboard: keys, Out: io.Discard}.PIN(t.Context(), q)
		if !errors.Is(err, context.Canceled) || answer.PIN != nil || answer.LastTry {
			t.Errorf("%+v: got %+v, %v", q, answer, err)
		}
	}
}
