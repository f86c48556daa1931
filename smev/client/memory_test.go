package client_test

import (
	"errors"
	"testing"

	"github.com/surguch/surguch/smev/client"
)

func TestMemory(t *testing.T) {
	ctx, m := t.Context(), client.NewMemory()
	put := func(id, was string, state client.State) client.Sent {
		t.Helper()
		s, err := m.Put(ctx, client.Sent{Key: "k", MessageID: id, State: state, Envelope: []byte(id)}, was)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
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
		if s := put(step.id, step.was, step.state); s.MessageID != step.want || s.State != step.is {
			t.Errorf("%+v: got %s in state %d", step, s.MessageID, s.State)
		}
	}
	if s, err := m.Get(ctx, "a"); err != nil || s.State != client.Accepted {
		t.Errorf("the replaced inquiry: %+v, %v", s, err)
	}
	for _, id := range []string{"b", "x", ""} {
		if s, err := m.Get(ctx, id); !errors.Is(err, client.ErrNotFound) {
			t.Errorf("%q: got %+v, %v", id, s, err)
		}
	}
	// Nothing that was given or returned is shared.
	s, _ := m.Get(ctx, "c")
	s.Envelope[0] = '!'
	if s, _ = m.Get(ctx, "c"); string(s.Envelope) != "c" {
		t.Error("the stored bytes can be changed from outside")
	}

	envelope := []byte("first")
	for _, r := range []client.Received{
		{MessageID: "1", OriginalMessageID: "c", Envelope: envelope},
		{MessageID: "2", OriginalMessageID: "z", Stray: true},
		{MessageID: "1", OriginalMessageID: "c", Envelope: []byte("again")},
		{MessageID: "3", OriginalMessageID: "c"},
	} {
		if err := m.Keep(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	envelope[0] = '!'
	answers, err := m.Answers(ctx, "c")
	if err != nil || len(answers) != 2 || string(answers[0].Envelope) != "first" || answers[1].MessageID != "3" {
		t.Errorf("got %+v, %v", answers, err)
	}
	strays, err := m.Strays(ctx)
	if err != nil || len(strays) != 1 || strays[0].MessageID != "2" {
		t.Errorf("got %+v, %v", strays, err)
	}
}
