package main

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// smallest is a configuration with all that is required.
func smallest() string {
	return `{"actors":[{"id":"a","role":"agent","partner":"p","token":"` + hashed("one") + `"}],
		"processes":["agent"],"authority":{},"ca":{"kind":"folder","dir":"ca"},"registers":{},"outbox":"out"}`
}

func TestParseConfig(t *testing.T) {
	if _, err := parseConfig([]byte(smallest())); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"unknown member": {`"outbox"`, `"inbox":"in","outbox"`},
		"no actors":      {`"actors":[{`, `"actors":[],"x":[{`},
		"no partner":     {`"partner":"p",`, ``},
		"no hash":        {hashed("one"), "one"},
		"twice":          {`"actors":[`, `"actors":[{"id":"b","role":"ca_operator","token":"` + hashed("one") + `"},`},
		"no outbox":      {`"out"`, `""`},
		"marker's life":  {`"outbox"`, `"markerLife":"-1h","outbox"`},
		"more follows":   {`"out"}`, `"out"}{}`},
	} {
		text := strings.Replace(smallest(), change[0], change[1], 1)
		if text == smallest() {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := parseConfig([]byte(text)); err == nil || strings.Contains(err.Error(), hashed("one")) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestAuthenticate: a token stands for its actor, and nothing else for anybody.
func TestAuthenticate(t *testing.T) {
	known := newCallers([]actor{
		{ID: "operator", Role: workflow.CAOperator, SecondFactor: true, Token: hashed("one")},
		{ID: "agent", Role: workflow.Agent, Partner: "office", Token: hashed("two")},
	})
	for header, want := range map[string]ra.Actor{
		"Bearer one": {ID: "operator", Role: workflow.CAOperator, Authn: "token", SecondFactor: true},
		"bearer two": {ID: "agent", Role: workflow.Agent, Partner: "office", Authn: "token"},
		"Bearer":     {}, "": {}, "Bearer ": {}, "one": {}, "Basic one": {}, "Bearer three": {}, "Bearer " + hashed("one"): {},
	} {
		r, err := http.NewRequest(http.MethodGet, "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", header)
		got, err := known.authenticate(r)
		if got != want || (err == nil) != (want.ID != "") {
			t.Errorf("%q: got %+v, %v, want %+v", header, got, err, want)
		}
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add([]byte(smallest()))
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"actors":[{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parseConfig(data)
		if (err == nil) == (c == nil) {
			t.Fatalf("got %v and %v", c, err)
		}
		if c != nil {
			if known := newCallers(c.Actors); len(known) != len(c.Actors) {
				t.Errorf("got %d callers of %d actors", len(known), len(c.Actors))
			}
			if _, err := c.Authority.paper(); err == nil && c.Authority.RulesDate == "" {
				t.Error("a paper without a date")
			}
		}
	})
}
