package workflow

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// small is a sound process of five places, with an automatic choice, a loop
// that spends its evidence, alternatives and an exemption. Every broken process
// below is small with one defect.
func small() *Process {
	return &Process{
		Name: "small", Version: "1", Title: "Малый процесс", Source: "this test",
		Start: []Effect{SendLink},
		Places: []Place{
			{Draft, "Черновик", Applicant, time.Hour, Expire},
			{AutoCheck, "Проверка", System, time.Hour, Expire},
			{Issuing, "Выпуск", System, time.Hour, Escalate},
			{State: Completed, Title: "Выдан"},
			{State: Expired, Title: "Истёк срок"},
		},
		Steps: []Step{
			{Draft, Submit, Applicant, []Evidence{FormValid, IdentityProofed}, AutoCheck, []Effect{AskRegisters}, nil},
			{Draft, Expire, System, nil, Expired, nil, nil},
			{AutoCheck, Confirm, System, []Evidence{RegistersConfirmed, DocumentsAccepted, RequestVerified, ApplicationAccepted, AuthorityConfirmed}, Issuing, []Effect{SendToCA}, nil},
			{AutoCheck, Deny, System, []Evidence{RegisterRefuted}, Draft, []Effect{NotifyApplicant}, []Evidence{FormValid, RegisterRefuted}},
			{AutoCheck, Expire, System, nil, Expired, nil, nil},
			{Issuing, Issue, System, []Evidence{CertificateMatches, AcknowledgementAccepted, CertificateInstalled, DutiesSeparated}, Completed, nil, nil},
			{Issuing, Escalate, System, nil, Issuing, []Effect{NotifyOperator}, nil},
		},
		Any: map[Evidence][]Evidence{
			RegistersConfirmed: {RegistersPositive, CheckOverride},
			IdentityProofed:    {"in_person", "by_certificate"},
		},
		Contrary: [][2]Evidence{{RegistersConfirmed, RegisterRefuted}, {RegistersPositive, RegisterRefuted}, {RegisterRefuted, CheckOverride}},
		Exempt:   map[Invariant]string{I7: "issued free of charge"},
	}
}

// on returns the arrow of an event.
func on(p *Process, from State, on Event) *Step {
	return &p.Steps[slices.IndexFunc(p.Steps, func(s Step) bool { return s.From == from && s.On == on })]
}

func add(p *Process, s Step) { p.Steps = append(p.Steps, s) }

func TestCheckAccepts(t *testing.T) {
	for name, change := range map[string]func(*Process){
		"small": func(*Process) {},
		"no exemption needed": func(p *Process) {
			delete(p.Exempt, I7)
			on(p, Draft, Submit).Needs = append(on(p, Draft, Submit).Needs, PaymentSettled)
		},
		"a form for its Any name": func(p *Process) { on(p, Draft, Submit).Needs[1] = "in_person" },
		"neither milestone": func(p *Process) {
			p.Places[2].State, p.Places[3].State, p.Exempt = "answering", "answered", nil
			for i := range p.Steps {
				for _, at := range []*State{&p.Steps[i].From, &p.Steps[i].To} {
					switch *at {
					case Issuing:
						*at = "answering"
					case Completed:
						*at = "answered"
					}
				}
			}
		},
		"an automatic loop that spends its need": func(p *Process) {
			on(p, Issuing, Issue).By = CAOperator
			add(p, Step{Issuing, RefuseByCA, System, []Evidence{"refused"}, AutoCheck, nil, []Evidence{"refused"}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := small()
			change(p)
			if err := p.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCheckRefuses(t *testing.T) {
	for _, test := range []struct {
		rule, name string
		spoil      func(*Process)
	}{
		{"header", "no name", func(p *Process) { p.Name = "" }},
		{"header", "name of two words", func(p *Process) { p.Name = "two words" }},
		{"header", "no version", func(p *Process) { p.Version = "" }},
		{"header", "no title", func(p *Process) { p.Title = " " }},
		{"header", "title is not UTF-8", func(p *Process) { p.Title = "\xff" }},
		{"header", "no source", func(p *Process) { p.Source = "" }},
		{"approvals", "negative", func(p *Process) { p.Approvals = -1 }},

		{"place", "none at all", func(p *Process) { *p = Process{Name: "n", Version: "1", Title: "t", Source: "s"} }},
		{"place", "declared twice", func(p *Process) { p.Places = append(p.Places, p.Places[4]) }},
		{"place", "no title", func(p *Process) { p.Places[1].Title = "" }},
		{"place", "name of two words", func(p *Process) {
			p.Places = append(p.Places, Place{State: "two words", Title: "t"})
			add(p, Step{From: Draft, On: Cancel, By: Applicant, To: "two words"})
		}},
		{"owner", "none", func(p *Process) { p.Places[1].Owner = "" }},
		{"deadline", "no time", func(p *Process) { p.Places[0].Within = 0 }},
		{"deadline", "negative time", func(p *Process) { p.Places[0].Within = -time.Hour }},
		{"deadline", "no event", func(p *Process) { p.Places[0].Late = "" }},
		{"deadline", "event without arrow", func(p *Process) { p.Places[0].Late = Overdue }},
		{"deadline", "arrow of a person", func(p *Process) { on(p, Draft, Expire).By = Agent }},
		{"deadline", "arrow with needs", func(p *Process) { on(p, Draft, Expire).Needs = []Evidence{ReturnReason} }},
		{"final", "arrow leaves", func(p *Process) { add(p, Step{From: Expired, On: Reopen, By: CAOperator, To: Draft}) }},

		{"arrow", "to nowhere", func(p *Process) { add(p, Step{From: Draft, On: Cancel, By: Applicant, To: Cancelled}) }},
		{"arrow", "from nowhere", func(p *Process) { add(p, Step{From: Rework, On: Cancel, By: Applicant, To: Expired}) }},
		{"arrow", "no event", func(p *Process) { add(p, Step{From: Draft, By: Applicant, To: Expired}) }},
		{"arrow", "no role", func(p *Process) { add(p, Step{From: Draft, On: Cancel, To: Expired}) }},
		{"arrow", "needs the unnamed", func(p *Process) { on(p, Draft, Submit).Needs = []Evidence{FormValid, IdentityProofed, ""} }},
		{"ambiguous", "two arrows", func(p *Process) { add(p, Step{From: Draft, On: Submit, By: Applicant, To: Expired}) }},
		{"duplicate", "needs", func(p *Process) { on(p, Draft, Submit).Needs = []Evidence{FormValid, IdentityProofed, FormValid} }},
		{"duplicate", "drops", func(p *Process) { on(p, AutoCheck, Deny).Void = []Evidence{RegisterRefuted, FormValid, FormValid} }},
		{"duplicate", "effects", func(p *Process) { on(p, Draft, Submit).Do = []Effect{AskRegisters, AskRegisters} }},
		{"duplicate", "start", func(p *Process) { p.Start = []Effect{SendLink, SendLink} }},
		{"duplicate", "alternatives", func(p *Process) { p.Any[IdentityProofed] = []Evidence{"in_person", "in_person"} }},
		{"duplicate", "contrary", func(p *Process) { p.Contrary = append(p.Contrary, [2]Evidence{CheckOverride, RegisterRefuted}) }},
		{"effect", "unnamed", func(p *Process) { on(p, Draft, Submit).Do = []Effect{""} }},
		{"effect", "unnamed at the start", func(p *Process) { p.Start = []Effect{""} }},

		{"clause", "there twice", func(p *Process) { p.Clauses = []Clause{{ID: "1", Begins: true}, {ID: "1", Begins: true}} }},
		{"clause", "no number", func(p *Process) { p.Clauses = []Clause{{Begins: true}} }},
		{"clause", "nothing carries it out", func(p *Process) { p.Clauses = []Clause{{ID: "1"}} }},
		{"clause", "an arrow that is not there", func(p *Process) { p.Clauses = []Clause{{ID: "1", Arrows: []Arrow{{Draft, Submit, System}}}} }},
		{"clause", "evidence that nothing needs", func(p *Process) { p.Clauses = []Clause{{ID: "1", Evidence: []Evidence{StampNumber}}} }},
		{"clause", "an effect that nothing orders", func(p *Process) { p.Clauses = []Clause{{ID: "1", Effects: []Effect{IssueMarker}}} }},
		{"clause", "a document of two words", func(p *Process) { p.Clauses = []Clause{{ID: "1", Exhibits: []string{"two words"}}} }},
		{"duplicate", "evidence of a clause", func(p *Process) { p.Clauses = []Clause{{ID: "1", Evidence: []Evidence{FormValid, FormValid}}} }},

		{"any", "no alternatives", func(p *Process) { p.Any[IdentityProofed] = nil }},
		{"any", "an alternative is itself", func(p *Process) { p.Any[IdentityProofed] = []Evidence{IdentityProofed} }},
		{"any", "an alternative is an Any name", func(p *Process) { p.Any["visited"] = []Evidence{IdentityProofed} }},
		{"any", "an alternative is unnamed", func(p *Process) { p.Any[IdentityProofed] = []Evidence{""} }},
		{"contrary", "to itself", func(p *Process) { p.Contrary = append(p.Contrary, [2]Evidence{ReturnReason, ReturnReason}) }},
		{"contrary", "to the unknown", func(p *Process) { p.Contrary = append(p.Contrary, [2]Evidence{CertificateScan, RegisterRefuted}) }},
		{"void", "unknown", func(p *Process) { on(p, AutoCheck, Deny).Void = []Evidence{RegisterRefuted, "register_refutd"} }},
		{"void", "an Any name but not its alternatives", func(p *Process) {
			on(p, AutoCheck, Deny).Void = []Evidence{RegisterRefuted, IdentityProofed, "in_person"}
		}},

		{"reachable", "island", func(p *Process) { p.Places = append(p.Places, Place{State: Cancelled, Title: "t"}) }},
		{"dead end", "no way out", func(p *Process) {
			p.Places = append(p.Places, Place{Rework, "t", Applicant, time.Hour, Remind})
			add(p, Step{From: Draft, On: Return, By: Agent, To: Rework})
			add(p, Step{From: Rework, On: Remind, By: System, To: Rework})
		}},
		{"exclusive", "nothing contrary", func(p *Process) {
			add(p, Step{From: AutoCheck, On: Approve, By: System, Needs: []Evidence{"waved_through"}, To: Expired})
		}},
		{"exclusive", "one form of the need is not contrary", func(p *Process) { p.Contrary = p.Contrary[:2] }},
		{"loop", "between two places", func(p *Process) {
			on(p, Issuing, Issue).By = CAOperator
			add(p, Step{From: Issuing, On: RefuseByCA, By: System, Needs: []Evidence{"refused"}, To: AutoCheck})
		}},
		{"loop", "in one place", func(p *Process) {
			add(p, Step{From: Draft, On: Remind, By: System, Needs: []Evidence{"reminder"}, To: Draft})
		}},
		{"loop", "drops one form of its need", func(p *Process) {
			add(p, Step{From: Draft, On: Remind, By: System, Needs: []Evidence{IdentityProofed}, To: Draft, Void: []Evidence{"in_person"}})
		}},

		{"milestone", "issuing without completed", func(p *Process) { p.Places[3].State = "done"; on(p, Issuing, Issue).To = "done" }},
		{"milestone", "issuing comes first", func(p *Process) {
			p.Places[0], p.Places[2] = p.Places[2], p.Places[0]
			add(p, Step{From: Issuing, On: Reopen, By: CAOperator, To: Draft})
		}},
		{"invariant", "dropped on the way", func(p *Process) {
			add(p, Step{From: AutoCheck, On: Amend, By: Applicant, To: AutoCheck, Void: []Evidence{FormValid}})
		}},
		{"invariant", "one form dropped on the way", func(p *Process) {
			add(p, Step{From: AutoCheck, On: Amend, By: Applicant, To: AutoCheck, Void: []Evidence{"in_person"}})
		}},
		{"invariant", "a way round", func(p *Process) {
			needs := on(p, AutoCheck, Confirm).Needs
			add(p, Step{From: Draft, On: Accept, By: CAOperator, Needs: needs, To: Issuing, Do: []Effect{SendToCA}})
		}},
		{"invariant", "not asked for again where it may have turned", func(p *Process) {
			s := on(p, AutoCheck, Confirm)
			s.By, s.Needs = CAOperator, s.Needs[1:]
			on(p, Draft, Submit).Needs = []Evidence{FormValid, IdentityProofed, RegistersConfirmed}
		}},
		{"exempt", "no reason", func(p *Process) { p.Exempt[I7] = "" }},
		{"exempt", "collected all the same", func(p *Process) { p.Exempt[I4] = "the person is known" }},
		{"exempt", "no such invariant", func(p *Process) { p.Exempt[13] = "unlucky" }},
	} {
		t.Run(test.rule+"/"+test.name, func(t *testing.T) {
			p := small()
			test.spoil(p)
			wantRule(t, p.Check(), test.rule)
		})
	}
}

// Each of the twelve invariants is missed where it is not collected, and not
// missed where it is marked as not applicable.
func TestCheckInvariants(t *testing.T) {
	for i := I1; i <= I12; i++ {
		p := small()
		delete(p.Exempt, I7)
		on(p, Draft, Submit).Needs = append(on(p, Draft, Submit).Needs, PaymentSettled)
		on(p, AutoCheck, Deny).Void = []Evidence{RegisterRefuted}
		for j := range p.Steps {
			needs := &p.Steps[j].Needs
			*needs = slices.DeleteFunc(*needs, func(e Evidence) bool { return e == i.Evidence() })
		}
		if i == I2 { // without it nothing is contrary to deny any more
			on(p, AutoCheck, Deny).By = CAOperator
		}
		wantRule(t, p.Check(), "invariant")
		p.Exempt[i] = "not applicable in this test"
		if err := p.Check(); err != nil {
			t.Errorf("%v exempt: %v", i, err)
		}
	}
}

// wantRule asserts that an error is faults of one rule and nothing else.
func wantRule(t *testing.T, err error, rule string) {
	t.Helper()
	if err == nil {
		t.Fatalf("got no fault, want %q", rule)
	}
	for _, err := range err.(interface{ Unwrap() []error }).Unwrap() {
		var fault *Fault
		if !errors.As(err, &fault) || fault.Rule != rule || fault.Where == "" && rule != "place" || fault.Text == "" {
			t.Errorf("got %v, want only %q", err, rule)
		}
	}
}

// TestCheckWorkdays refuses a part of a day for somebody who acts on working
// days.
func TestCheckWorkdays(t *testing.T) {
	for within, sound := range map[time.Duration]bool{48 * time.Hour: true, 36 * time.Hour: false} {
		p, err := Lookup("agent")
		if err != nil {
			t.Fatal(err)
		}
		for i := range p.Places {
			if p.Places[i].State == CAReview {
				p.Places[i].Within = within
			}
		}
		if err := p.Check(); (err == nil) != sound {
			t.Errorf("%v: got %v", within, err)
		}
	}
}
