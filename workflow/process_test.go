package workflow_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/surguch/surguch/workflow"
)

// have makes a lookup of what is listed.
func have(list ...workflow.Evidence) func(workflow.Evidence) bool {
	held := map[workflow.Evidence]bool{}
	for _, e := range list {
		held[e] = true
	}
	return func(e workflow.Evidence) bool { return held[e] }
}

func TestStep(t *testing.T) {
	p := lookup(t, "personal-link")
	for name, test := range map[string]struct {
		at   workflow.State
		on   workflow.Event
		by   workflow.Role
		have []workflow.Evidence
		to   workflow.State
		err  string
	}{
		"taken": {
			at: workflow.Draft, on: workflow.Submit, by: workflow.Applicant,
			have: []workflow.Evidence{workflow.FormValid, workflow.PaymentSettled, workflow.AuthorityConfirmed},
			to:   workflow.AutoCheck,
		},
		"needs nothing": {at: workflow.AutoCheck, on: workflow.AskHuman, by: workflow.System, to: workflow.ManualCheck},
		"an alternative will do": {
			at: workflow.KeyGeneration, on: workflow.SubmitRequest, by: workflow.Applicant,
			have: []workflow.Evidence{workflow.CheckOverride, workflow.RequestVerified},
			to:   workflow.RequestSubmitted,
		},
		"the Any name itself will do": {
			at: workflow.KeyGeneration, on: workflow.SubmitRequest, by: workflow.Applicant,
			have: []workflow.Evidence{workflow.RegistersConfirmed, workflow.RequestVerified},
			to:   workflow.RequestSubmitted,
		},
		"unknown state": {
			at: "drafted", on: workflow.Submit, by: workflow.Applicant,
			err: `workflow: personal-link: no state "drafted"`,
		},
		"not open": {
			at: workflow.Draft, on: workflow.Issue, by: workflow.System,
			err: "workflow: personal-link: issue is not open in draft",
		},
		"not open in a final place": {
			at: workflow.Completed, on: workflow.Revert, by: workflow.CAOperator,
			err: "workflow: personal-link: revert is not open in completed",
		},
		"another's": {
			at: workflow.Writing, on: workflow.Revert, by: workflow.Agent,
			err: "workflow: personal-link: revert in writing is for [applicant ca_operator], not for agent",
		},
		"missing": {
			at: workflow.Draft, on: workflow.Submit, by: workflow.Applicant,
			have: []workflow.Evidence{workflow.PaymentSettled},
			err:  "workflow: personal-link: submit in draft needs [form_valid]",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := p.Step(test.at, test.on, test.by, have(test.have...))
			switch {
			case test.err == "" && err != nil:
				t.Fatal(err)
			case test.err != "" && (err == nil || err.Error() != test.err):
				t.Fatalf("got %v, want %s", err, test.err)
			case s.To != test.to:
				t.Errorf("got %s, want %s", s.To, test.to)
			}
		})
	}
}

func TestRefusedError(t *testing.T) {
	p := lookup(t, "crm")
	_, err := p.Step(workflow.Draft, workflow.Submit, workflow.Agent, have(workflow.FormValid))
	var got *workflow.RefusedError
	if !errors.As(err, &got) {
		t.Fatalf("got %T, want *RefusedError", err)
	}
	want := &workflow.RefusedError{
		Process: "crm", State: "draft", Event: "submit", Role: "agent",
		Reason:  workflow.EvidenceMissing,
		Missing: []workflow.Evidence{"passport_scan", "snils_scan"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got, want := err.Error(), "workflow: crm: submit in draft needs [passport_scan snils_scan]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAutomatic(t *testing.T) {
	p := lookup(t, "personal-link")
	all := []workflow.Evidence{workflow.ApplicationAccepted, workflow.RegistersPositive, workflow.AuthorityConfirmed, workflow.IdentityProofed, workflow.RequestVerified}
	for i := range all {
		without := append(append([]workflow.Evidence{}, all[:i]...), all[i+1:]...)
		if s, ok := p.Automatic(workflow.SigningApplication, have(without...)); ok {
			t.Errorf("without %s: got %v, want none", all[i], s)
		}
	}
	s, ok := p.Automatic(workflow.SigningApplication, have(all...))
	if !ok || s.On != workflow.Accept {
		t.Errorf("got %v, %v, want accept", s, ok)
	}
	if s, ok := p.Automatic(workflow.AutoCheck, have()); ok {
		t.Errorf("got %v, want none: a system arrow without needs is fired by name", s)
	}
}

func TestOpen(t *testing.T) {
	p := lookup(t, "personal-link")
	for _, test := range []struct {
		at   workflow.State
		by   workflow.Role
		want []workflow.Event
	}{
		{workflow.Draft, workflow.Applicant, []workflow.Event{"submit", "cancel"}},
		{workflow.SigningApplication, workflow.Applicant, []workflow.Event{"resend", "amend", "revert", "cancel"}},
		{workflow.ManualCheck, workflow.CAOperator, []workflow.Event{"approve_check", "recheck", "return", "reject"}},
		{workflow.Issuing, workflow.Applicant, nil},
		{workflow.Completed, workflow.CAOperator, nil},
		{"nowhere", workflow.Applicant, nil},
	} {
		var got []workflow.Event
		for _, s := range p.Open(test.at, test.by) {
			got = append(got, s.On)
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s for %s: got %v, want %v", test.at, test.by, got, test.want)
		}
	}
}

func TestPlaces(t *testing.T) {
	p := lookup(t, "personal-link")
	if got := p.Initial(); got != workflow.Draft {
		t.Errorf("initial: got %s, want draft", got)
	}
	if place, ok := p.Place(workflow.CertificateAck); !ok || place.Title != "Требуется подписать бланк выпущенного сертификата" {
		t.Errorf("got %+v, %v", place, ok)
	}
	if _, ok := p.Place("nowhere"); ok {
		t.Error("got a place that is not declared")
	}
	for state, want := range map[workflow.State]bool{"completed": true, "expired": true, "draft": false, "nowhere": false} {
		if got := p.Final(state); got != want {
			t.Errorf("%s final: got %v, want %v", state, got, want)
		}
	}
	if got := new(workflow.Process).Initial(); got != "" {
		t.Errorf("initial of nothing: got %s", got)
	}
}

func TestMermaidEscapes(t *testing.T) {
	p := &workflow.Process{
		Title:  `say "hi"`,
		Places: []workflow.Place{{State: "a", Title: "say \"hi\"; #1\nnow"}},
	}
	want := "---\ntitle: \"say \\\"hi\\\"\"\n---\nstateDiagram-v2\n" +
		"    state \"say #quot;hi#quot;#59; #35;1 now\" as a\n    [*] --> a\n    a --> [*]\n"
	if got := p.Mermaid(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
