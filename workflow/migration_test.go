package workflow_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/workflow"
)

// renamed is a next version of the agent's process in which one place and one
// piece of evidence have other names.
func renamed(t testing.TB) *workflow.Migration {
	t.Helper()
	from, to := lookup(t, "agent"), lookup(t, "agent")
	to.Version = "2.0.0"
	for i := range to.Places {
		if to.Places[i].State == workflow.AgentRework {
			to.Places[i].State = "returned"
		}
	}
	for i := range to.Steps {
		s := &to.Steps[i]
		for _, at := range []*workflow.State{&s.From, &s.To} {
			if *at == workflow.AgentRework {
				*at = "returned"
			}
		}
		for _, list := range [][]workflow.Evidence{s.Needs, s.Void} {
			if j := slices.Index(list, workflow.OwnerPhoto); j >= 0 {
				list[j] = "portrait"
			}
		}
	}
	for _, c := range to.Clauses {
		for i, a := range c.Arrows {
			if a.From == workflow.AgentRework {
				c.Arrows[i].From = "returned"
			}
		}
		if j := slices.Index(c.Evidence, workflow.OwnerPhoto); j >= 0 {
			c.Evidence[j] = "portrait"
		}
	}
	return &workflow.Migration{
		From: from, To: to,
		States:   map[workflow.State]workflow.State{workflow.AgentRework: "returned"},
		Evidence: map[workflow.Evidence]workflow.Evidence{workflow.OwnerPhoto: "portrait"},
	}
}

// TestMigrationOfNames moves requests that came by all sorts of ways to all
// places: where only names differ, each has its place.
func TestMigrationOfNames(t *testing.T) {
	m := renamed(t)
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	moved := map[workflow.State]bool{}
	explore(t, m.From, func(r *request) {
		held := slices.Sorted(maps.Keys(r.held))
		p, err := m.Plan(r.at, held)
		if err != nil {
			t.Fatal(err)
		}
		want := &workflow.Placement{State: r.at, Held: slices.Clone(held)}
		if r.at == workflow.AgentRework {
			want.State = "returned"
		}
		if i := slices.Index(held, workflow.OwnerPhoto); i >= 0 {
			want.Held[i] = "portrait"
		}
		if p.State != want.State || !slices.Equal(p.Held, want.Held) || len(p.Lost) > 0 || p.Opens != nil {
			t.Fatalf("in %s: got %+v, want %+v", r.at, p, want)
		}
		moved[r.at] = true
	})
	if len(moved) != len(m.From.Places) {
		t.Errorf("requests of %d places were moved, want %d", len(moved), len(m.From.Places))
	}
}

// TestMigrationKeepsTheProof: a version that demands more takes only requests
// that have what it demands; those that have not come so far yet move freely.
func TestMigrationKeepsTheProof(t *testing.T) {
	from, to := lookup(t, "crm"), lookup(t, "crm")
	to.Version = "2.0.0"
	for i := range to.Steps { // nobody comes to the registers without consent any more
		if s := &to.Steps[i]; s.From == workflow.Draft && s.On == workflow.Submit {
			s.Needs = append(s.Needs, workflow.ConsentGiven)
		}
	}
	m := &workflow.Migration{From: from, To: to}
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	scans := []workflow.Evidence{workflow.FormValid, workflow.PassportScan, workflow.SNILSScan}
	if _, err := m.Plan(workflow.Draft, nil); err != nil {
		t.Errorf("a draft: got %v", err)
	}
	var unplaced *workflow.UnplacedError
	_, err := m.Plan(workflow.AutoCheck, scans)
	if !errors.As(err, &unplaced) || unplaced.To != workflow.AutoCheck || !slices.Equal(unplaced.Missing, []workflow.Evidence{workflow.ConsentGiven}) {
		t.Errorf("without consent: got %v", err)
	}
	p, err := m.Plan(workflow.AutoCheck, append(scans, workflow.ConsentGiven, workflow.RegistersPositive))
	if err != nil || p.State != workflow.AutoCheck || p.Opens == nil || p.Opens.On != workflow.Confirm {
		t.Errorf("with consent and an answer: got %+v, %v", p, err)
	}
	if _, err := m.Plan(workflow.Completed, nil); err != nil {
		t.Errorf("what has ended: got %v", err)
	}
}

// TestMigrationPastAGuard: a request is not put behind an arrow whose needs it
// never met.
func TestMigrationPastAGuard(t *testing.T) {
	m := renamed(t)
	m.States[workflow.MarkerReady] = workflow.KeyGeneration // a marker that nobody has signed for
	held := []workflow.Evidence{
		workflow.FormValid, workflow.DocumentsComplete, workflow.PaymentSettled, workflow.DocumentsAccepted, workflow.ApplicationAccepted,
		workflow.DutiesSeparated, workflow.ApprovalsComplete, workflow.OriginalsShown, workflow.IdentityProofed,
		workflow.AuthorityConfirmed, workflow.OwnerPhoto, workflow.PassportScan,
	}
	var unplaced *workflow.UnplacedError
	_, err := m.Plan(workflow.MarkerReady, held)
	if want := []workflow.Evidence{workflow.MarkerReceipt}; !errors.As(err, &unplaced) || !slices.Equal(unplaced.Missing, want) {
		t.Errorf("got %v, want %v missing", err, want)
	}
	// The client's choice and the registers' answer come and go; the next arrow asks for them.
	if _, err := m.Plan(workflow.KeyGeneration, append(held, workflow.MarkerReceipt)); err != nil {
		t.Errorf("where it belongs: got %v", err)
	}
	if _, err := m.Plan(workflow.Identified, held); err != nil {
		t.Errorf("where it belongs: got %v", err)
	}
}

// TestMigrationOfWhatComesAndGoes: what brought a request to its place may be
// contradicted while it waits there. It stays where it is, and so may move.
func TestMigrationOfWhatComesAndGoes(t *testing.T) {
	version := func(v string) *workflow.Process {
		return &workflow.Process{
			Name: "errand", Version: v, Title: "Поручение", Source: "a test",
			Places: []workflow.Place{
				{State: "open", Title: "Открыто", Owner: workflow.Applicant, Within: time.Hour, Late: workflow.Expire},
				{State: "ready", Title: "Готово", Owner: workflow.Agent, Within: time.Hour, Late: workflow.Expire},
				{State: "over", Title: "Закрыто"},
			},
			Contrary: [][2]workflow.Evidence{{"yes", "no"}},
			Steps: []workflow.Step{
				{From: "open", On: workflow.Submit, By: workflow.Applicant, Needs: []workflow.Evidence{"signed", "yes"}, To: "ready"},
				{From: "open", On: workflow.Expire, By: workflow.System, To: "over"},
				{From: "ready", On: workflow.Cancel, By: workflow.Agent, Needs: []workflow.Evidence{"no"}, To: "over"},
				{From: "ready", On: workflow.Expire, By: workflow.System, To: "over"},
			},
		}
	}
	m := &workflow.Migration{From: version("1"), To: version("2")}
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	if p, err := m.Plan("ready", []workflow.Evidence{"signed", "no"}); err != nil || p.State != "ready" || len(p.Held) != 2 {
		t.Errorf("got %+v, %v", p, err)
	}
	if _, err := m.Plan("ready", []workflow.Evidence{"yes"}); err == nil {
		t.Error("what nobody signed is moved behind the signature")
	}
}

// TestMigrationLoses: evidence that the new version does not know, or is told
// not to count, is named.
func TestMigrationLoses(t *testing.T) {
	m := renamed(t)
	m.Evidence = map[workflow.Evidence]workflow.Evidence{workflow.DocumentsComplete: ""}
	p, err := m.Plan(workflow.DocumentsPending, []workflow.Evidence{workflow.FormValid, workflow.OwnerPhoto, "a note"})
	if err != nil || !slices.Equal(p.Lost, []workflow.Evidence{workflow.OwnerPhoto}) || !slices.Equal(p.Held, []workflow.Evidence{workflow.FormValid, "a note"}) {
		t.Errorf("got %+v, %v", p, err)
	}
	p, err = m.Plan(workflow.DocumentsPending, []workflow.Evidence{workflow.FormValid, workflow.DocumentsComplete})
	if err != nil || !slices.Equal(p.Lost, []workflow.Evidence{workflow.DocumentsComplete}) {
		t.Errorf("got %+v, %v", p, err)
	}

	m.Evidence = map[workflow.Evidence]workflow.Evidence{workflow.DeliveryOwn: workflow.DeliveryAgent, workflow.MarkerReceipt: workflow.DeliveryOwn}
	_, err = m.Plan(workflow.DocumentsPending, []workflow.Evidence{workflow.FormValid, workflow.DeliveryOwn, workflow.MarkerReceipt})
	var unplaced *workflow.UnplacedError
	if !errors.As(err, &unplaced) || len(unplaced.Contrary) != 1 {
		t.Errorf("got %v, want it to exclude itself", err)
	}
	m.Evidence = map[workflow.Evidence]workflow.Evidence{workflow.OwnerPhoto: workflow.PassportScan} // two become one
	p, err = m.Plan(workflow.DocumentsPending, []workflow.Evidence{workflow.FormValid, workflow.OwnerPhoto, workflow.PassportScan})
	if err != nil || !slices.Equal(p.Held, []workflow.Evidence{workflow.FormValid, workflow.PassportScan}) || len(p.Lost) > 0 {
		t.Errorf("got %+v, %v", p, err)
	}
	for _, at := range []workflow.State{"returned", "nowhere"} { // names of the new version, and of none
		if _, err := m.Plan(at, nil); !errors.As(err, &unplaced) || unplaced.To != "" {
			t.Errorf("%s: got %v", at, err)
		}
	}
}

func TestMigrationCheck(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*workflow.Migration)
		want   []string
	}{
		"no place": {
			func(m *workflow.Migration) { m.States = nil },
			[]string{"workflow: agent: migration: agent_rework: has no place in version 2.0.0"},
		},
		"a place that is not there": {
			func(m *workflow.Migration) { m.States[workflow.AgentRework] = "nowhere" },
			[]string{"migration: agent_rework: has no place"},
		},
		"ended": {
			func(m *workflow.Migration) { m.States[workflow.Draft] = workflow.Cancelled },
			[]string{"migration: draft: is not final, and cancelled is"},
		},
		"begun again": {
			func(m *workflow.Migration) { m.States[workflow.Rejected] = workflow.Draft },
			[]string{"migration: rejected: is final, and draft is not"},
		},
		"issued by nobody": {
			func(m *workflow.Migration) {
				m.States[workflow.KeyGeneration], m.States[workflow.Cancelled] = workflow.Issuing, workflow.Completed
			},
			[]string{"migration: key_generation: comes to issuing by no arrow", "migration: cancelled: comes to completed by no arrow"},
		},
		"a state misspelt": {
			func(m *workflow.Migration) { m.States["draught"] = workflow.Draft },
			[]string{"migration: draught: is no state of version 1.3.0"},
		},
		"evidence misspelt": {
			func(m *workflow.Migration) {
				m.Evidence = map[workflow.Evidence]workflow.Evidence{"foto": "portrait", workflow.StampNumber: "stamp"}
			},
			[]string{"migration: foto: is no evidence of version 1.3.0", "migration: stamp_number: stamp is no evidence of version 2.0.0"},
		},
		"another process": {
			func(m *workflow.Migration) { m.To = lookup(t, "crm") },
			[]string{"migration: name: crm is another process"},
		},
		"an unsound version": {
			func(m *workflow.Migration) { m.To.Title = "" },
			[]string{"workflow: agent: header: title"},
		},
		"no version": {func(m *workflow.Migration) { m.To = nil }, []string{"two versions"}},
	} {
		m := renamed(t)
		c.change(m)
		err := m.Check()
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %s", name, err, want)
			}
		}
	}
}

// A process is given up for a version in which the operator's decision has a
// place of its own. A dry run tells what becomes of two requests.
func ExampleMigration() {
	old, err := workflow.Lookup("crm")
	if err != nil {
		fmt.Println(err)
		return
	}
	next, err := workflow.Lookup("crm")
	if err != nil {
		fmt.Println(err)
		return
	}
	next.Version = "2.0.0"
	for i := range next.Places {
		if next.Places[i].State == workflow.ManualCheck {
			next.Places[i].State = "operator_check"
		}
	}
	for i := range next.Steps {
		for _, at := range []*workflow.State{&next.Steps[i].From, &next.Steps[i].To} {
			if *at == workflow.ManualCheck {
				*at = "operator_check"
			}
		}
	}
	m := &workflow.Migration{From: old, To: next}
	fmt.Println(m.Check())

	m.States = map[workflow.State]workflow.State{workflow.ManualCheck: "operator_check"}
	fmt.Println(m.Check())
	for _, held := range [][]workflow.Evidence{
		{workflow.FormValid, workflow.PassportScan, workflow.SNILSScan},
		{workflow.FormValid, workflow.PassportScan},
	} {
		place, err := m.Plan(workflow.ManualCheck, held)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(place.State, place.Held)
	}
	// Output:
	// workflow: crm: migration: manual_check: has no place in version 2.0.0
	// <nil>
	// operator_check [form_valid passport_scan snils_scan]
	// workflow: crm: a request in manual_check cannot move to operator_check: it lacks [snils_scan]
}
