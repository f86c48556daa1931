package sqlstore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv/pg"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/client"
	"github.com/surguch/surguch/smev/client/storetest"
)

// ring wraps keys: it puts the ID they are wrapped for before them and masks
// them, so that a key is no use under another ID, and can be looked for.
type ring struct {
	mask byte
	ids  chan ra.ID // gets those of Wrap, if there is room
}

func (r ring) Wrap(_ context.Context, id ra.ID, key []byte) ([]byte, error) {
	select {
	case r.ids <- id:
	default:
	}
	return append([]byte("wrapped for "+id), r.masked(key)...), nil
}

func (r ring) Unwrap(_ context.Context, id ra.ID, wrapped []byte) ([]byte, error) {
	key, ok := bytes.CutPrefix(wrapped, []byte("wrapped for "+id))
	if !ok {
		return nil, errors.New("ring: wrapped for another")
	}
	return r.masked(key), nil
}

func (r ring) masked(key []byte) []byte {
	out := bytes.Clone(key)
	for i := range out {
		out[i] ^= r.mask
	}
	return out
}

// sealings are the ways in which messages are kept.
var sealings = map[string]ra.CaseKeys{"in the clear": nil, "sealed": ring{mask: 0x5a}}

// databases opens an empty store of each kind.
var databases = map[string]func(t testing.TB) *sqlstore.Store{
	"SQLite":     func(t testing.TB) *sqlstore.Store { return open(t, filepath.Join(t.TempDir(), "ra.db")) },
	"PostgreSQL": func(t testing.TB) *sqlstore.Store { return openPostgres(t, sqlstore.PostgresConfig{URL: pg.Start(t)}) },
}

func TestMessages(t *testing.T) {
	t.Parallel()
	for name, open := range databases {
		for how, keys := range sealings {
			t.Run(name+" "+how, func(t *testing.T) {
				t.Parallel()
				storetest.Run(t, func(t *testing.T) client.Store { return open(t).Messages(keys) })
			})
		}
	}
}

// Requests of the authority: their IDs, and keys of inquiries about them.
const (
	first  ra.ID = "019a0b1c2d3e4f5061728394a5b6c7d8"
	second ra.ID = "019a0b1c2d3e4f5061728394a5b6c7d9"
)

func inquiryKey(id ra.ID) string { return string(id) + "/ask_registers/7/passport/0" }

// inquiry is a message about a request, with everything in it. The person does
// not exist.
func inquiry(key, id, mark string) client.Sent {
	return client.Sent{
		Key: key, MessageID: id, State: client.Prepared, Check: smev.CheckPassport, Namespace: "urn://kind/1.0",
		Subject: smev.Subject{
			LastName: "Канарейкин-" + mark, FirstName: "Пётр", BirthDate: time.Date(1980, 2, 29, 0, 0, 0, 0, time.UTC), SNILS: "11223344595",
			Passport: smev.Passport{Series: "4510", Number: "123456", Issued: time.Date(2010, 3, 1, 0, 0, 0, 0, time.UTC), IssuerCode: "770001"},
		},
		Digest: "digest " + mark, Envelope: []byte("<envelope>" + mark + "</envelope>"),
		Files: []client.File{
			{ID: "1", Name: "empty " + mark, Data: nil},
			{ID: "2", Name: "b.xml", Data: bytes.Repeat([]byte("file "+mark+"\n"), 2000)},
		},
		MadeAt: start,
	}
}

func answer(role client.Role, id, original, mark string) client.Received {
	return client.Received{
		MessageID: id, Role: role, OriginalMessageID: original, Envelope: []byte("<answer>" + mark + "</answer>"),
		Files: []client.File{{ID: "3", Name: "c.zip", Data: bytes.Repeat([]byte("answered "+mark+"\n"), 2000)}}, ReceivedAt: start.Add(time.Hour),
	}
}

func putAll(t testing.TB, m *sqlstore.Messages, list ...client.Sent) {
	t.Helper()
	was := map[string]string{}
	for _, s := range list {
		got, err := m.Put(ctx, s, was[s.Key])
		if err != nil || !reflect.DeepEqual(got, s) {
			t.Fatalf("got %+v, %v; want %+v", got, err, s)
		}
		was[s.Key] = s.MessageID
	}
}

func keepAll(t testing.TB, m *sqlstore.Messages, list ...client.Received) {
	t.Helper()
	for _, r := range list {
		if err := m.Keep(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
}

// fillMessages makes messages of all sorts, those of a request marked with its
// ID.
func fillMessages(t testing.TB, m *sqlstore.Messages) {
	t.Helper()
	for _, id := range []ra.ID{first, second} {
		mark := string(id)
		keepAll(t, m, answer(client.Response, mark+" early", mark+" b", mark)) // a stray, until it is asked for
		a, b := inquiry(inquiryKey(id), mark+" a", mark), inquiry(inquiryKey(id), mark+" b", mark)
		accepted := b
		accepted.State = client.Accepted
		putAll(t, m, a, b, accepted)
		bad := answer(client.Response, mark+" bad", mark+" b", mark)
		bad.Distrust = "digest"
		keepAll(t, m, bad, answer(client.Status, mark+" status", mark+" a", mark), answer(client.Response, mark+" answer", mark+" b", mark))
	}
	putAll(t, m, inquiry("alone", "alone", "nobody"), inquiry(client.ReplyKey("asked"), "replied", "reply"))
	keepAll(t, m, answer(client.Response, "stray", "lost", "stray"), answer(client.Request, "asked", "", "request"), answer(client.Response, "late", "alone", "late"))
}

// everything is what a store of messages answers, in words.
func everything(t testing.TB, m *sqlstore.Messages) (all []string) {
	t.Helper()
	for _, id := range []string{string(first) + " a", string(first) + " b", string(second) + " a", string(second) + " b", "alone", "replied"} {
		s, err := m.Get(ctx, id)
		answers, err2 := m.Answers(ctx, id)
		all = append(all, asJSON(t, s, err), listed(t, answers, err2))
	}
	requests, err := m.Requests(ctx, 9)
	strays, err2 := m.Strays(ctx, 9)
	return append(all, listed(t, requests, err), listed(t, strays, err2))
}

// asJSON is anything in words, subjects included, which print as hidden.
func asJSON(t testing.TB, v any, err error) string {
	t.Helper()
	data, err2 := json.Marshal(v)
	if err2 != nil {
		t.Fatal(err2)
	}
	return fmt.Sprintf("%s %v", data, err)
}

func listed(t testing.TB, list []client.Received, err error) string {
	t.Helper()
	return asJSON(t, list, err)
}

// TestMessagesReopened: what is there is there after closing, and the next
// message is numbered behind it.
func TestMessagesReopened(t *testing.T) {
	t.Parallel()
	for how, keys := range sealings {
		path, url := filepath.Join(t.TempDir(), "ra.db"), pg.Start(t)
		for name, open := range map[string]func() *sqlstore.Store{
			"SQLite":     func() *sqlstore.Store { return open(t, path) },
			"PostgreSQL": func() *sqlstore.Store { return openPostgres(t, sqlstore.PostgresConfig{URL: url}) },
		} {
			t.Run(name+" "+how, func(t *testing.T) {
				s := open()
				fillMessages(t, s.Messages(keys))
				before := everything(t, s.Messages(keys))
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				m := open().Messages(keys)
				if after := everything(t, m); !slices.Equal(before, after) {
					t.Errorf("got\n%s, want\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
				}
				keepAll(t, m, answer(client.Response, "next", "lost", "next"))
				if list, err := m.Strays(ctx, 9); err != nil || len(list) != 4 || list[3].MessageID != "next" {
					t.Errorf("got %s, want the new one last of four", listed(t, list, err))
				}
			})
		}
	}
}

// TestMessagesCopied: a copy in the other database answers the same.
func TestMessagesCopied(t *testing.T) {
	t.Parallel()
	for how, keys := range sealings {
		t.Run(how, func(t *testing.T) {
			from, to := databases["SQLite"](t), databases["PostgreSQL"](t)
			fillMessages(t, from.Messages(keys))
			if err := from.CopyTo(ctx, to); err != nil {
				t.Fatal(err)
			}
			if got, want := everything(t, to.Messages(keys)), everything(t, from.Messages(keys)); !slices.Equal(got, want) {
				t.Errorf("got\n%s, want\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			keepAll(t, to.Messages(keys), answer(client.Response, "next", "lost", "next"))
		})
	}
}

// TestCaseOfMessages: what a key is wrapped for is the request that its
// messages belong to; a hash of theirs, if they belong to none.
func TestCaseOfMessages(t *testing.T) {
	keys := ring{0x5a, make(chan ra.ID, 1)}
	m := databases["SQLite"](t).Messages(keys)
	alone := map[ra.ID]bool{}
	for i, c := range []struct {
		key string
		of  ra.ID // "": of no request
	}{
		{inquiryKey(first), first},
		{string(first) + "/register_certificate/9", first},
		{string(first) + "/", first},
		{string(first), ""},
		{string(first[1:]) + "/x", ""},
		{strings.ToUpper(string(first)) + "/x", ""},
		{"reply/" + string(first), ""},
		{"x" + inquiryKey(first), ""},
	} {
		id := fmt.Sprint("message ", i)
		putAll(t, m, inquiry(c.key, id, "x"))
		got := <-keys.ids
		keepAll(t, m, answer(client.Response, "answer to "+id, id, "x"))
		if len(keys.ids) > 0 {
			t.Errorf("%s: its answer has a key of its own", c.key)
		}
		switch {
		case c.of == "" && (len(got) != 32 || strings.Trim(string(got), "0123456789abcdef") != "" || alone[got] || got == first):
			t.Errorf("%s: got %s, want an ID that no other has", c.key, got)
		case c.of == "":
			alone[got] = true
		case got != c.of:
			t.Errorf("%s: got %s, want %s", c.key, got, c.of)
		}
		if _, err := m.Answers(ctx, id); err != nil {
			t.Error(err)
		}
	}
	for _, r := range []client.Received{
		answer(client.Response, "1", "lost", "x"), answer(client.Response, "2", "lost", "x"), answer(client.Status, "1", "lost", "x"), answer(client.Request, "1", "", "x"),
	} {
		keepAll(t, m, r)
		if got := <-keys.ids; alone[got] || got == first {
			t.Errorf("%s: got %s, which another has", r.MessageID, got)
		} else {
			alone[got] = true
		}
	}
}

// TestReplyFirst: a request that comes when its reply is there already, from a
// queue that gives it again, waits for none.
func TestReplyFirst(t *testing.T) {
	for name, open := range databases {
		m := open(t).Messages(nil)
		for i, state := range []client.State{client.Prepared, client.Accepted, client.Refused} {
			request := fmt.Sprint("request ", i)
			reply := inquiry(client.ReplyKey(request), "reply to "+request, "x")
			reply.State = state
			putAll(t, m, reply)
			keepAll(t, m, answer(client.Request, request, "", "x"))
		}
		if list, err := m.Requests(ctx, 9); err != nil || len(list) != 1 || list[0].MessageID != "request 0" {
			t.Errorf("%s: got %s, want the one whose reply is prepared", name, listed(t, list, err))
		}
	}
}

// TestSubjectSurvives puts something into every field a subject has.
func TestSubjectSurvives(t *testing.T) {
	s := inquiry("k", "a", "x")
	n := 0
	fillFields(t, reflect.ValueOf(&s.Subject).Elem(), &n)
	if n < 20 {
		t.Fatalf("got %d fields, want all of them", n)
	}
	moscow := time.FixedZone("", 3*60*60)
	s.Subject.BirthDate = time.Date(1980, 2, 29, 0, 0, 0, 0, moscow) // still the 28th in UTC
	m := databases["SQLite"](t).Messages(nil)
	if _, err := m.Put(ctx, s, ""); err != nil {
		t.Fatal(err)
	}
	got, err := m.Get(ctx, "a")
	if err != nil || got.Subject.BirthDate.Format(time.DateOnly) != "1980-02-29" {
		t.Fatalf("got %s, %v; want the same day", got.Subject.BirthDate, err)
	}
	got.Subject.BirthDate = s.Subject.BirthDate
	if !reflect.DeepEqual(got.Subject, s.Subject) {
		t.Error("got another subject")
	}
}

func fillFields(t *testing.T, v reflect.Value, n *int) {
	for i := range v.NumField() {
		*n++
		switch f := v.Field(i); {
		case f.Type() == reflect.TypeFor[time.Time]():
			f.Set(reflect.ValueOf(start.Add(time.Duration(*n) * time.Second)))
		case f.Kind() == reflect.String:
			f.SetString(fmt.Sprintf("<%d>\n\\ufffd \uFFFD", *n))
		case f.Kind() == reflect.Struct:
			fillFields(t, f, n)
		default:
			t.Fatalf("the test cannot fill a %s", f.Type())
		}
	}
}

// TestRefusedMessages are mistakes of their makers: nothing is written.
func TestRefusedMessages(t *testing.T) {
	for name, open := range databases {
		s := open(t)
		m := s.Messages(nil)
		for what, spoil := range map[string]func(s *client.Sent){
			"no key":            func(s *client.Sent) { s.Key = "" },
			"no id":             func(s *client.Sent) { s.MessageID = "" },
			"key is no text":    func(s *client.Sent) { s.Key = "\xff" },
			"id is no text":     func(s *client.Sent) { s.MessageID = "\x00" },
			"subject no text":   func(s *client.Sent) { s.Subject.LastName = "Канарейкин\xff" },
			"digest is no text": func(s *client.Sent) { s.Digest = "\xff" },
			"file is no text":   func(s *client.Sent) { s.Files[0].Name = "Канарейкин\xff" },
			"no year":           func(s *client.Sent) { s.Subject.BirthDate = time.Date(19800, 2, 29, 0, 0, 0, 0, time.UTC) },
		} {
			sent := inquiry("k", "a", "x")
			spoil(&sent)
			if _, err := m.Put(ctx, sent, ""); err == nil || strings.Contains(err.Error(), "Канарейкин") {
				t.Errorf("%s, %s: got %v", name, what, err)
			}
		}
		bad := answer(client.Response, "a", "\xff", "x")
		if err := m.Keep(ctx, bad); err == nil {
			t.Errorf("%s: an answer to what is no text was kept", name)
		}
		putAll(t, m, inquiry("k", "a", "x"))
		before := dump(t, s)
		if _, err := m.Put(ctx, inquiry("other", "a", "y"), ""); err == nil {
			t.Errorf("%s: one message has two keys", name)
		}
		if got, err := m.Put(ctx, inquiry("k", "b", "y"), "\xff"); err != nil || got.MessageID != "a" {
			t.Errorf("%s: got %v, %v; want the message that is there", name, got.MessageID, err)
		}
		if got, err := m.Put(ctx, client.Sent{Key: "k"}, "none"); err != nil || got.MessageID != "a" {
			t.Errorf("%s: got %v, %v; want what the key has", name, got.MessageID, err)
		}
		if got, err := m.Put(ctx, client.Sent{Key: "new"}, "none"); err != nil || got.MessageID != "" {
			t.Errorf("%s: got %v, %v; want that the key has nothing", name, got.MessageID, err)
		}
		if err := m.Forget(ctx, "\xff"); err != nil {
			t.Error(err)
		}
		if list, err := m.Strays(ctx, -1); err != nil || len(list) != 0 {
			t.Errorf("%s: got %d of fewer than none, %v", name, len(list), err)
		}
		if after := dump(t, s); !slices.Equal(before, after) {
			t.Errorf("%s: something was written", name)
		}
	}
}

// TestBrokenMessages: what does not parse is an error that quotes nothing.
func TestBrokenMessages(t *testing.T) {
	s := databases["SQLite"](t)
	m := s.Messages(nil)
	putAll(t, m, inquiry("k", "a", "x"))
	keepAll(t, m, answer(client.Response, "1", "a", "x"))
	for _, data := range []string{
		"", "\n", "Канарейкин\n", `{"envelope":3}` + "\nab", `{"envelope":3}` + "\nabcd", `{"envelope":-1}` + "\n",
		`{"envelope":1,"files":[{"size":-1}]}` + "\nab", `{"envelope":1,"files":[{"size":1},{"size":9223372036854775807}]}` + "\nab",
		`{"subject":{"BirthDate":"Канарейкин"},"envelope":0}` + "\n",
	} {
		for _, table := range []string{"sent", "received"} {
			if err := s.Exec(`UPDATE `+table+` SET data = $1`, []byte(data)); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := m.Get(ctx, "a"); err == nil || got.Key != "" || strings.Contains(err.Error(), "Канарейкин") {
			t.Errorf("%q: got %v, %v", data, got, err)
		}
		if got, err := m.Answers(ctx, "a"); err == nil || got != nil || strings.Contains(err.Error(), "Канарейкин") {
			t.Errorf("%q: got %v, %v", data, got, err)
		}
	}
}
