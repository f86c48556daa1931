package client_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/client"
)

// TestOutcomes takes every scenario of every register over the wire.
func TestOutcomes(t *testing.T) {
	type want struct {
		outcome smev.Outcome
		reason  map[smev.Check]string // by check; one under "" for all
	}
	all := func(reason string) map[smev.Check]string { return map[smev.Check]string{"": reason} }
	table := map[int]want{
		0: {smev.Confirmed, map[smev.Check]string{smev.CheckPassport: "mvd_300", smev.CheckSNILS: "sfr_true", smev.CheckINN: "fns_1"}},
		302: {smev.NotFound, map[smev.Check]string{
			smev.CheckPassport: "mvd_302", smev.CheckSNILS: "rejected_no_data", smev.CheckINN: "fns_3",
		}},
		310: {smev.Inconclusive, map[smev.Check]string{
			smev.CheckPassport: "mvd_310", smev.CheckSNILS: "sfr_unknown_result", smev.CheckINN: "fns_10",
		}},
		700: {smev.NotFound, all("rejected_no_data")},
		701: {smev.Rejected, all("rejected_access_denied")},
		702: {smev.Rejected, all("rejected_unknown_request_description")},
		703: {smev.Unavailable, all("rejected_failure")},
		710: {smev.Confirmed, map[smev.Check]string{smev.CheckPassport: "mvd_300", smev.CheckSNILS: "sfr_true", smev.CheckINN: "fns_1"}},
		730: {smev.Rejected, all("smev_rejected")},
	}
	for n := 601; n <= 609; n++ {
		table[n] = want{smev.Refuted, map[smev.Check]string{
			smev.CheckPassport: fmt.Sprintf("mvd_301_%d", n), smev.CheckSNILS: "sfr_false", smev.CheckINN: "fns_2",
		}}
	}
	w := newWorld(t)
	fields := map[smev.Check][]string{
		smev.CheckPassport: {"passportSeries", "passportNumber"}, smev.CheckSNILS: {"SNILS"}, smev.CheckINN: {"INNFL"},
	}
	for scenario, want := range table {
		for _, check := range []smev.Check{smev.CheckPassport, smev.CheckSNILS, smev.CheckINN} {
			name := fmt.Sprintf("%s %d", check, scenario)
			asked := w.clock.Now()
			id := w.ask(name, check, of(check, scenario))
			w.pending(id)
			a := w.await(id)
			reason := want.reason[check]
			if reason == "" {
				reason = want.reason[""]
			}
			if a.Check != check || a.Outcome != want.outcome || a.Reason != reason {
				t.Errorf("%s: got %s %s %s, want %s %s", name, a.Check, a.Outcome, a.Reason, want.outcome, reason)
			}
			var concerned []string
			if a.Outcome == smev.Refuted || a.Outcome == smev.NotFound || a.Outcome == smev.Inconclusive {
				concerned = fields[check]
			}
			if !slices.Equal(a.Fields, concerned) {
				t.Errorf("%s: got fields %v, want %v", name, a.Fields, concerned)
			}
			if a.Text == "" || !strings.HasSuffix(a.Text, ".") {
				t.Errorf("%s: text %q is no sentence", name, a.Text)
			}
			if retry := !a.RetryAt.IsZero(); retry != (a.Outcome == smev.Unavailable) || retry && !a.RetryAt.After(w.clock.Now()) {
				t.Errorf("%s: retry at %v", name, a.RetryAt)
			}
			e := a.Evidence
			if e.OriginalMessageID != id || e.MessageID == "" || e.MessageID == id || e.Provider != smev.Emulator ||
				e.Namespace == "" || !strings.Contains(string(e.Envelope), e.MessageID) {
				t.Errorf("%s: evidence %+v", name, e)
			}
			delay := e.SentAt.Sub(asked)
			if low, high := 10*time.Minute, 30*time.Minute; scenario == 730 {
				if delay != time.Second {
					t.Errorf("%s: SMEV rejects after %v, want 1s", name, delay)
				}
			} else if delay < low || delay > high {
				t.Errorf("%s: answered after %v, want %v to %v", name, delay, low, high)
			}
			if again, err := w.Answer(w.ctx, id); err != nil || again.Reason != a.Reason {
				t.Errorf("%s: a second look gives %+v, %v", name, again, err)
			}
		}
	}
	if n := w.server.Queued(); n != 0 {
		t.Errorf("%d answers were not acknowledged", n)
	}
}

func TestSeriesScenario(t *testing.T) {
	w := newWorld(t)
	s := subject()
	s.Passport.Series = "0000"
	if a := w.await(w.ask("k", smev.CheckPassport, s)); a.Outcome != smev.NotFound {
		t.Errorf("got %s, want not_found", a.Outcome)
	}
}

func TestNeverAnswers(t *testing.T) {
	w := newWorld(t)
	id := w.ask("k", smev.CheckPassport, of(smev.CheckPassport, 720))
	w.clock.Advance(30 * 24 * time.Hour)
	w.pending(id)
}

// The kinds of a check may change while inquiries are under way.
func TestOlderVersionReadsItsAnswers(t *testing.T) {
	w := newWorld(t)
	id := w.ask("k", smev.CheckPassport, subject())
	newer := smev.PassportP002()
	newer.Namespace = "urn://ru/mvd/sovm/p002/2.0.0"
	w.config.Kinds = []smev.Kind{newer}
	w.restart()
	if _, err := w.Answer(w.ctx, id); err != nil && !errors.Is(err, smev.ErrPending) {
		t.Fatal(err)
	}
	for w.step() {
		continue
	}
	if _, err := w.Answer(w.ctx, id); err == nil || !strings.Contains(err.Error(), "no longer configured") {
		t.Errorf("got %v", err)
	}
	w.config.Kinds = []smev.Kind{newer, smev.PassportP002()}
	w.restart()
	if a, err := w.Answer(w.ctx, id); err != nil || a.Outcome != smev.Confirmed {
		t.Errorf("got %+v, %v", a, err)
	}
}

func TestConfig(t *testing.T) {
	broken := smev.PassportP002()
	broken.Parse = nil
	for name, change := range map[string]func(c *client.Config){
		"no address":      func(c *client.Config) { c.URL = "" },
		"not an address":  func(c *client.Config) { c.URL = "ftp://smev" },
		"no host":         func(c *client.Config) { c.URL = "http://" },
		"no version":      func(c *client.Config) { c.Version = "2.0" },
		"no signer":       func(c *client.Config) { c.Signer = nil },
		"nobody is SMEV":  func(c *client.Config) { c.SMEV = nil },
		"no participants": func(c *client.Config) { c.Participants = nil },
		"long node":       func(c *client.Config) { c.Node = strings.Repeat("я", 51) },
		"incomplete kind": func(c *client.Config) { c.Kinds = []smev.Kind{broken} },
	} {
		cfg := nobody()
		change(&cfg)
		if _, err := client.New(cfg); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	cfg := nobody()
	cfg.Node = strings.Repeat("я", 50)
	if _, err := client.New(cfg); err != nil {
		t.Error(err)
	}
}

func TestCancelled(t *testing.T) {
	w := newWorld(t)
	id := w.ask("k", smev.CheckINN, subject())
	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	if _, err := w.Answer(ctx, id); !errors.Is(err, context.Canceled) || !temporary(err) {
		t.Errorf("got %v", err)
	}
	if _, err := w.Ask(ctx, smev.Inquiry{Key: "k2", Check: smev.CheckINN, Subject: subject()}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func temporary(err error) bool {
	var t interface{ Temporary() bool }
	return errors.As(err, &t) && t.Temporary()
}
