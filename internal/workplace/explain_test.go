package workplace_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/pfx"
)

func TestExplain(t *testing.T) {
	hint := func(f token.Fault) string {
		ru, _ := (&token.Error{Fault: f, Tries: -1}).Hint()
		return ru
	}
	of := func(f token.Fault, err error) error { return &token.Error{Fault: f, Op: "open", Tries: -1, Err: err} }
	for _, c := range []struct {
		err  error
		want string
	}{
		{of(token.Locked, nil), hint(token.Locked)},
		{fmt.Errorf("signing: %w", of(token.Crashed, nil)), hint(token.Crashed)},
		{&token.Error{Fault: token.WrongPIN, Tries: 9}, "Осталось попыток: 9."},
		{of(token.Policy, pfx.ErrWeakPassword), "не меньше 8 знаков"},
		{of(token.Policy, nil), hint(token.Policy)},
		{of(token.Removed, &fs.PathError{Op: "open", Path: "/media", Err: fs.ErrNotExist}), "По этому пути"},
		{of(token.Removed, nil), hint(token.Removed)},
		{of(token.Unknown, context.Canceled), hint(token.Unknown)},
		{errors.Join(of(token.Unknown, nil), token.ErrNotFound), hint(token.Unknown)},
		{fmt.Errorf("list: %w", context.Canceled), "Прервано."},
		{token.ErrOtherKey, "другой ключ"},
		{workplace.ErrPublicPIN, "chmod 600"},
		{errors.New("something else"), ""},
	} {
		if got := workplace.Explain(c.err); !strings.Contains(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%v: got %q, want %q", c.err, got, c.want)
		}
	}
}

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"Вощёных Ефим": "Вощёных Ефим",
		"a\x1b[2Jb":    "a\uFFFD[2Jb",
		"a\nb\rc\td":   "a\uFFFDb\uFFFDc\uFFFDd",
		"a\u202Eb":     "a\uFFFDb",
		"a\x9bb\xff":   "a\uFFFDb\uFFFD",
		"":             "",
	} {
		if got := workplace.Clean(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
