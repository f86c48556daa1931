// Package storetest is what every store of messages is tested by: the
// sentences of client.Store as tests.
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) client.Store { return openMine(t) })
//	}
package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/client"
)

// Run tests a store. Open returns a new, empty one and sees to it that it is
// closed when the test ends.
func Run(t *testing.T, open func(t *testing.T) client.Store) {
	for _, c := range []struct {
		name string
		test func(x *bench)
	}{
		{"what is put", testPut},
		{"one message of a key", testReplace},
		{"what is kept", testKeep},
		{"requests wait for their replies", testRequests},
		{"strays", testStrays},
		{"forgetting", testForget},
		{"one winner", testOneWinner},
		{"a context that has ended", testEnded},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(&bench{t, context.Background(), open(t)}) })
	}
}

// bench is a store under test.
type bench struct {
	*testing.T
	ctx context.Context
	client.Store
}

var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// full is a message with everything in it. The person does not exist.
func full(key, id string) client.Sent {
	return client.Sent{
		Key: key, MessageID: id, State: client.Prepared, Check: smev.CheckPassport, Namespace: "urn://kind/1.0",
		Subject: smev.Subject{
			LastName: "Канарейкин", FirstName: "Пётр", BirthDate: time.Date(1980, 2, 29, 0, 0, 0, 0, time.UTC), SNILS: "11223344595",
			Passport: smev.Passport{Series: "4510", Number: "123456", Issued: time.Date(2010, 3, 1, 0, 0, 0, 0, time.UTC), IssuerCode: "770001"},
		},
		Digest: "digest", Envelope: []byte("envelope of " + id),
		Files:  []client.File{{ID: "file of " + id, Name: "a.pdf", Data: []byte{0, 1, 2}}, {ID: "second", Name: "b.xml", Data: []byte("b")}},
		MadeAt: start,
	}
}

func received(role client.Role, id, original string) client.Received {
	return client.Received{
		MessageID: id, Role: role, OriginalMessageID: original, Envelope: []byte("envelope of " + id),
		Files: []client.File{{ID: "file of " + id, Name: "c.zip", Data: []byte("c")}}, ReceivedAt: start.Add(time.Hour),
	}
}

func (x *bench) put(s client.Sent, was string) client.Sent {
	x.Helper()
	got, err := x.Put(x.ctx, s, was)
	if err != nil {
		x.Fatal(err)
	}
	return got
}

func (x *bench) keep(list ...client.Received) {
	x.Helper()
	for _, r := range list {
		if err := x.Keep(x.ctx, r); err != nil {
			x.Fatal(err)
		}
	}
}

func (x *bench) same(what string, got, want any) {
	x.Helper()
	if !reflect.DeepEqual(got, want) {
		x.Errorf("%s: got\n%+v, want\n%+v", what, got, want)
	}
}

// ids are those of messages that were listed without an error.
func (x *bench) ids(list []client.Received, err error) []string {
	x.Helper()
	if err != nil {
		x.Fatal(err)
	}
	var ids []string
	for _, r := range list {
		ids = append(ids, r.MessageID)
	}
	return ids
}

func testPut(x *bench) {
	s := full("k", "a")
	x.same("put", x.put(s, ""), s)
	got, err := x.Get(x.ctx, "a")
	if err != nil {
		x.Fatal(err)
	}
	x.same("got", got, s)
	bare := client.Sent{Key: "bare", MessageID: "bare", State: client.Prepared, Envelope: []byte("e"), MadeAt: start}
	x.same("without what may be missing", x.put(bare, ""), bare)
	got.Envelope[0], got.Files[0].Data[0] = '!', '!'
	if got, err = x.Get(x.ctx, "a"); err != nil || !reflect.DeepEqual(got, s) {
		x.Errorf("what was stored can be changed from outside: %+v, %v", got, err)
	}
	for _, id := range []string{"b", "k", ""} {
		if got, err := x.Get(x.ctx, id); !errors.Is(err, client.ErrNotFound) {
			x.Errorf("%q: got %+v, %v", id, got, err)
		}
	}
}

func testReplace(x *bench) {
	for _, step := range []struct {
		id, was string
		state   client.State
		want    string
		is      client.State
	}{
		{"a", "x", client.Prepared, "", 0},               // not what the key has: nothing happens
		{"a", "", client.Prepared, "a", client.Prepared}, // the first wins
		{"b", "", client.Prepared, "a", client.Prepared}, // the second learns of it
		{"a", "a", client.Accepted, "a", client.Accepted},
		{"c", "a", client.Prepared, "c", client.Prepared},
		{"a", "a", client.Refused, "c", client.Prepared}, // replaced meanwhile
	} {
		s := full("k", step.id)
		s.State = step.state
		if s := x.put(s, step.was); s.MessageID != step.want || s.State != step.is {
			x.Errorf("%+v: got %s in state %d", step, s.MessageID, s.State)
		}
	}
	if s, err := x.Get(x.ctx, "a"); err != nil || s.State != client.Accepted {
		x.Errorf("the replaced message: %+v, %v", s, err)
	}
	for _, id := range []string{"b", "x"} {
		if s, err := x.Get(x.ctx, id); !errors.Is(err, client.ErrNotFound) {
			x.Errorf("%q: got %+v, %v", id, s, err)
		}
	}
	for key, want := range map[string]string{"k": "c", "never put": ""} {
		if s := x.put(client.Sent{Key: key}, "none"); s.MessageID != want {
			x.Errorf("only asked for, %q has %q, want %q", key, s.MessageID, want)
		}
	}
	x.same("another key", x.put(full("other", "o"), ""), full("other", "o"))
}

func testKeep(x *bench) {
	x.put(full("k", "a"), "")
	first, third := received(client.Response, "1", "a"), received(client.Status, "3", "a")
	again := first
	again.Envelope, again.Files = []byte("again"), nil
	status := received(client.Status, "1", "a") // another role, another message
	x.keep(first, received(client.Response, "2", "z"), again, third, status, received(client.Request, "4", ""))
	answers, err := x.Answers(x.ctx, "a")
	if err != nil {
		x.Fatal(err)
	}
	x.same("answers", answers, []client.Received{first, third, status})
	if answers, err = x.Answers(x.ctx, "none"); err != nil || len(answers) != 0 {
		x.Errorf("got %+v, %v", answers, err)
	}
	if answers, err = x.Answers(x.ctx, ""); err != nil || len(answers) != 0 {
		x.Errorf("requests are no answers: %+v, %v", answers, err)
	}
}

func testRequests(x *bench) {
	bad := received(client.Request, "bad", "")
	bad.Distrust = "value"
	x.keep(received(client.Request, "1", ""), bad, received(client.Request, "2", ""), received(client.Response, "3", "z"), received(client.Request, "4", ""))
	x.same("all", x.ids(x.Requests(x.ctx, 10)), []string{"1", "2", "4"})
	x.same("two", x.ids(x.Requests(x.ctx, 2)), []string{"1", "2"})
	reply := func(request string, state client.State) {
		s := full(client.ReplyKey(request), "reply to "+request)
		s.State = state
		if got := x.put(s, ""); got.State != state {
			x.put(s, s.MessageID)
		}
	}
	reply("1", client.Prepared)
	x.same("with a prepared reply", x.ids(x.Requests(x.ctx, 10)), []string{"1", "2", "4"})
	reply("1", client.Accepted)
	reply("4", client.Refused)
	x.same("with replies", x.ids(x.Requests(x.ctx, 10)), []string{"2"})
}

func testStrays(x *bench) {
	x.put(full("k", "a"), "")
	x.put(full("k", "b"), "a")
	bad, badRequest := received(client.Response, "bad", "a"), received(client.Request, "bad request", "")
	bad.Distrust, badRequest.Distrust = "digest", "value"
	x.keep(received(client.Response, "1", "a"), bad, received(client.Response, "2", "z"), received(client.Request, "3", ""), received(client.Status, "4", "z"), badRequest, received(client.Response, "5", "b"))
	x.same("strays", x.ids(x.Strays(x.ctx, 10)), []string{"bad", "2", "4", "bad request"})
	x.same("two strays", x.ids(x.Strays(x.ctx, 2)), []string{"bad", "2"})
	x.put(full("late", "z"), "")
	x.same("asked for after all", x.ids(x.Strays(x.ctx, 10)), []string{"bad", "bad request"})
}

func testForget(x *bench) {
	x.put(full("k", "a"), "")
	x.put(full("k", "b"), "a")
	x.put(full("other", "o"), "")
	x.put(full(client.ReplyKey("r"), "reply"), "")
	x.keep(received(client.Response, "1", "a"), received(client.Status, "2", "b"), received(client.Response, "3", "o"), received(client.Request, "r", ""), received(client.Request, "r2", ""))
	for _, key := range []string{"k", client.ReplyKey("r"), "never put"} {
		if err := x.Forget(x.ctx, key); err != nil {
			x.Fatal(err)
		}
	}
	for _, id := range []string{"a", "b", "reply"} {
		if s, err := x.Get(x.ctx, id); !errors.Is(err, client.ErrNotFound) {
			x.Errorf("%s: got %+v, %v", id, s, err)
		}
		x.same("answers to "+id, x.ids(x.Answers(x.ctx, id)), []string(nil))
	}
	x.same("strays", x.ids(x.Strays(x.ctx, 10)), []string(nil))
	x.same("requests", x.ids(x.Requests(x.ctx, 10)), []string{"r2"})
	x.same("the other key", x.ids(x.Answers(x.ctx, "o")), []string{"3"})
	x.same("the key again", x.put(full("k", "c"), ""), full("k", "c"))
}

func testOneWinner(x *bench) {
	var wins atomic.Int64
	var wait sync.WaitGroup
	for i := range 16 {
		wait.Go(func() {
			for k := range 10 {
				s := full(fmt.Sprint("key ", k), fmt.Sprint("message ", k, " of ", i))
				got, err := x.Put(x.ctx, s, "")
				if err != nil {
					x.Error(err)
				}
				if got.MessageID == s.MessageID {
					wins.Add(1)
				}
				if err := x.Keep(x.ctx, received(client.Response, fmt.Sprint("answer ", k), fmt.Sprint("asked ", k))); err != nil {
					x.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if wins.Load() != 10 {
		x.Errorf("%d winners of 10 keys", wins.Load())
	}
	for k := range 10 {
		x.same("answers", x.ids(x.Answers(x.ctx, fmt.Sprint("asked ", k))), []string{fmt.Sprint("answer ", k)})
	}
}

// testEnded: a store may do what it is asked in a context that has ended, or
// refuse it, but it says which.
func testEnded(x *bench) {
	ctx, cancel := context.WithCancel(x.ctx)
	cancel()
	_, putErr := x.Put(ctx, full("k", "a"), "")
	_, err := x.Get(x.ctx, "a")
	if (putErr == nil) != (err == nil) {
		x.Errorf("put: %v, then got: %v", putErr, err)
	}
	keepErr := x.Keep(ctx, received(client.Response, "1", "a"))
	if answers := x.ids(x.Answers(x.ctx, "a")); (keepErr == nil) != (len(answers) == 1) {
		x.Errorf("keep: %v, then answers: %v", keepErr, answers)
	}
}
