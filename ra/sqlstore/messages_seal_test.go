package sqlstore_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/smev/client"
)

// holds reports which of the words stand in the files of a directory.
func holds(t *testing.T, dir string, words ...string) (list []string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range words {
			if bytes.Contains(data, []byte(word)) {
				list = append(list, f.Name()+": "+word)
			}
		}
	}
	return list
}

// personal is what fillMessages puts into messages of a mark that must not be
// read by others.
func personal(mark string) []string {
	return []string{
		"Канарейкин-" + mark, "digest " + mark, "<envelope>" + mark, "empty " + mark, "file " + mark, "<answer>" + mark, "answered " + mark,
	}
}

// TestMessagesSealed looks for what is sealed in every octet of every file.
func TestMessagesSealed(t *testing.T) {
	t.Parallel()
	for how, keys := range sealings {
		dir := t.TempDir()
		s := open(t, filepath.Join(dir, "ra.db"))
		fillMessages(t, s.Messages(keys))
		var words []string
		for _, mark := range []string{string(first), string(second), "nobody", "reply", "stray", "request", "late"} {
			words = append(words, personal(mark)...)
		}
		words = append(words, "11223344595", "4510", "1980-02-29")
		list := holds(t, dir, words...)
		if keys != nil && len(list) > 0 {
			t.Errorf("got in a file:\n%s", strings.Join(list, "\n"))
		}
		if keys == nil && len(list) < 30 {
			t.Errorf("%s: got %d words, want nearly all: the test looks in the wrong place", how, len(list))
		}
		if keys != nil && len(holds(t, dir, "wrapped for "+string(first))) == 0 {
			t.Error("the key is not there, wrapped for its request")
		}
	}
}

// TestEraseMessages erases a request: nothing of its inquiries and the answers
// to them is left, and everything of the others'.
func TestEraseMessages(t *testing.T) {
	t.Parallel()
	for how, keys := range sealings {
		t.Run("SQLite "+how, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, filepath.Join(dir, "ra.db"))
			eraseMessages(t, s, keys, func() {
				words := append(personal(string(first)), "wrapped for "+string(first), string(first)+" b", string(first)+" early")
				if list := holds(t, dir, words...); len(list) > 0 {
					t.Errorf("got traces:\n%s", strings.Join(list, "\n"))
				}
				var copied bytes.Buffer
				if err := s.Backup(ctx, &copied); err != nil {
					t.Fatal(err)
				}
				for _, word := range words {
					if bytes.Contains(copied.Bytes(), []byte(word)) {
						t.Errorf("the backup has %s", word)
					}
				}
			})
		})
		t.Run("PostgreSQL "+how, func(t *testing.T) { eraseMessages(t, databases["PostgreSQL"](t), keys, func() {}) })
	}
}

func eraseMessages(t *testing.T, s *sqlstore.Store, keys ra.CaseKeys, look func()) {
	t.Helper()
	m := s.Messages(keys)
	save(t, s, change(first, 0))
	save(t, s, change(second, 0))
	fillMessages(t, m)
	of := func(id ra.ID, erased bool) (list []string) {
		for _, line := range dump(t, s) {
			table, _, _ := strings.Cut(line, "|")
			if (table == "sent" || table == "received") && strings.Contains(line, string(id)) != erased {
				list = append(list, line)
			}
		}
		return list
	}
	if n := len(of(first, false)); n != 6 {
		t.Fatalf("got %d messages of the request, want 6: the test looks in the wrong place", n)
	}
	others, kept := of(first, true), everything(t, m)[4:]
	c := blank(first, 1)
	if err := s.Save(ctx, c); err != nil {
		t.Fatal(err)
	}
	if list := of(first, false); len(list) > 0 {
		t.Errorf("got rows\n%s", strings.Join(list, "\n"))
	}
	if now := of(first, true); !slices.Equal(now, others) {
		t.Errorf("of others: got\n%s, want\n%s", strings.Join(now, "\n"), strings.Join(others, "\n"))
	}
	look()
	if _, err := m.Get(ctx, string(first)+" b"); !errors.Is(err, client.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
	// The last line lists strays, of which the request had one.
	if now := everything(t, m)[4:]; !slices.Equal(now[:len(now)-1], kept[:len(kept)-1]) {
		t.Errorf("of others: got\n%s, want\n%s", strings.Join(now, "\n"), strings.Join(kept, "\n"))
	}
	if list, err := m.Strays(ctx, 9); err != nil || len(list) != 2 {
		t.Errorf("got %s, want 2 strays", listed(t, list, err))
	}
	// What comes too late is a stray under a key of its own.
	keepAll(t, m, answer(client.Response, "too late", string(first)+" b", "x"))
	if list, err := m.Strays(ctx, 9); err != nil || len(list) != 3 || list[2].MessageID != "too late" {
		t.Errorf("got %s, want it among 3 strays", listed(t, list, err))
	}
}

// TestForgetMessages looks for what was forgotten in every octet of every
// file.
func TestForgetMessages(t *testing.T) {
	t.Parallel()
	for how, keys := range sealings {
		dir := t.TempDir()
		m := open(t, filepath.Join(dir, "ra.db")).Messages(keys)
		fillMessages(t, m)
		for _, key := range []string{inquiryKey(first), client.ReplyKey("asked")} {
			if err := m.Forget(ctx, key); err != nil {
				t.Fatal(err)
			}
		}
		if list := holds(t, dir, append(personal(string(first)), string(first), "<envelope>reply", "<answer>request", "replied")...); len(list) > 0 {
			t.Errorf("%s: got traces:\n%s", how, strings.Join(list, "\n"))
		}
		if list := holds(t, dir, string(second)+" a"); len(list) == 0 {
			t.Errorf("%s: another request's are gone", how)
		}
	}
}

// lost has no key any more, and short returns something else.
type lost struct{ ra.CaseKeys }

var errLost = errors.New("the key is destroyed")

func (lost) Wrap(context.Context, ra.ID, []byte) ([]byte, error)   { return nil, errLost }
func (lost) Unwrap(context.Context, ra.ID, []byte) ([]byte, error) { return nil, errLost }

type short struct{ ra.CaseKeys }

func (short) Wrap(context.Context, ra.ID, []byte) ([]byte, error)   { return nil, nil }
func (short) Unwrap(context.Context, ra.ID, []byte) ([]byte, error) { return []byte("short"), nil }

// TestWrongKeys: what does not open is an error that names the message and
// nothing of the person, and nothing is written over it.
func TestWrongKeys(t *testing.T) {
	t.Parallel()
	s := databases["SQLite"](t)
	fillMessages(t, s.Messages(ring{mask: 0x5a}))
	before := dump(t, s)
	sent := inquiry(inquiryKey(first), string(first)+" b", string(first))
	for what, c := range map[string]struct {
		keys ra.CaseKeys
		says string
	}{
		"another key": {ring{mask: 0x33}, "does not open"},
		"none":        {nil, "no keys"},
		"lost":        {lost{}, errLost.Error()},
		"no key":      {short{}, "no key"},
	} {
		m := s.Messages(c.keys)
		for where, call := range map[string]func() (any, error){
			"get":      func() (any, error) { return m.Get(ctx, sent.MessageID) },
			"answers":  func() (any, error) { return m.Answers(ctx, sent.MessageID) },
			"requests": func() (any, error) { return m.Requests(ctx, 9) },
			"strays":   func() (any, error) { return m.Strays(ctx, 9) },
			"put":      func() (any, error) { return m.Put(ctx, sent, "") }, // returns the one that is there
		} {
			got, err := call()
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "message ") || strings.Contains(err.Error(), "Канарейкин") {
				t.Errorf("%s, %s: got %v", what, where, err)
			}
			switch got := got.(type) {
			case client.Sent:
				if got.Key != "" {
					t.Errorf("%s, %s: got %v with the error", what, where, got)
				}
			case []client.Received:
				if got != nil {
					t.Errorf("%s, %s: got %v with the error", what, where, got)
				}
			}
		}
		for where, err := range map[string]error{
			"put":  failure(m.Put(ctx, sent, sent.MessageID)),
			"keep": m.Keep(ctx, answer(client.Response, "new", sent.MessageID, "x")),
		} {
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s, %s: got %v", what, where, err)
			}
		}
	}
	for _, keys := range []ra.CaseKeys{lost{}, short{}} {
		if _, err := s.Messages(keys).Put(ctx, inquiry("new", "new", "x"), ""); err == nil {
			t.Error("what could not be wrapped is stored")
		}
	}
	if after := dump(t, s); !slices.Equal(before, after) {
		t.Error("something was written")
	}
}

func failure[T any](_ T, err error) error { return err }

// TestSealedFromNowOn: an authority that gets keys later reads what is in the
// clear, and seals what comes.
func TestSealedFromNowOn(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "ra.db"))
	a, b := inquiry("k", "a", "before"), inquiry("k", "b", "after")
	putAll(t, s.Messages(nil), a)
	keepAll(t, s.Messages(nil), answer(client.Response, "1", "a", "before"))
	m := s.Messages(ring{mask: 0x5a})
	if _, err := m.Put(ctx, b, "a"); err != nil {
		t.Fatal(err)
	}
	keepAll(t, m, answer(client.Response, "2", "a", "after"), answer(client.Response, "3", "b", "after"))
	if list, err := m.Answers(ctx, "a"); err != nil || len(list) != 2 || string(list[0].Envelope) != "<answer>before</answer>" || string(list[1].Envelope) != "<answer>after</answer>" {
		t.Errorf("got %s", listed(t, list, err))
	}
	if got, err := m.Get(ctx, "a"); err != nil || got.Subject.LastName != a.Subject.LastName {
		t.Errorf("got %v, %v", got, err)
	}
	if list := holds(t, dir, personal("after")...); len(list) > 0 {
		t.Errorf("got in a file:\n%s", strings.Join(list, "\n"))
	}
}
