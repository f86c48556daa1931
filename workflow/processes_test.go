package workflow_test

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/workflow"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// golden compares text with a file of testdata, or rewrites the file.
func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got other text; after an intended change bump the version of the process and run go test -update\n%s", path, got)
	}
}

func lookup(t testing.TB, name string) *workflow.Process {
	t.Helper()
	p, err := workflow.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestProcesses(t *testing.T) {
	var names []string
	for _, p := range workflow.Processes() {
		names = append(names, p.Name)
		if err := p.Check(); err != nil {
			t.Error(err)
		}
		golden(t, p.Name+".mmd", p.Mermaid())
	}
	want := []string{"goskey", "personal-link", "agent", "service-center", "crm", "renewal", "revocation", "suspension"}
	if !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}

func TestProcessesAreCopies(t *testing.T) {
	p := lookup(t, "crm")
	want := p.Hash()
	for i := range p.Steps {
		for _, list := range [][]workflow.Evidence{p.Steps[i].Needs, p.Steps[i].Void} {
			for j := range list {
				list[j] = "spoilt"
			}
		}
		for j := range p.Steps[i].Do {
			p.Steps[i].Do[j] = "spoilt"
		}
	}
	p.Any[workflow.RegistersConfirmed][0] = "spoilt"
	p.Contrary[0][0] = "spoilt"
	p.Places[0].Title = "spoilt"
	delete(p.Exempt, workflow.I8)
	if got := lookup(t, "crm").Hash(); got != want {
		t.Errorf("a changed copy changed the process: got %s, want %s", got, want)
	}
}

func TestLookup(t *testing.T) {
	_, err := workflow.Lookup("gosky")
	want := `workflow: no process "gosky" among [goskey personal-link agent service-center crm renewal revocation suspension]`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestHappyPaths walks every process as its seed tells it: event by event, with
// the place it leads to. Automatic arrows appear as the evidence they wait for.
func TestHappyPaths(t *testing.T) {
	for name, path := range map[string]string{
		"goskey": `
			register     form_filled
			choose_kind  awaiting_visit
			identify     identified
			open_keygen  key_generation
			submit_request request_submitted
			printed      signing_application
			accept       issuing
			issue        issued
			printed      certificate_ack
			acknowledge  completed`,
		"personal-link": `
			submit       auto_check
			confirm      key_generation
			submit_request request_submitted
			printed      signing_application
			accept       issuing
			issue        issued
			printed      certificate_ack
			acknowledge  writing
			written      completed`,
		"agent": `
			submit       documents_pending
			submit_documents agent_review
			endorse      ready_for_review
			take         ca_review
			approve      approved
			invite       awaiting_visit
			identify     identified
			prepare_marker marker_ready
			give_marker  key_generation
			submit_request issuing
			issue        issued
			printed      certificate_ack
			acknowledge  writing
			written      originals_pending
			receive_originals completed`,
		"agent at the agent's": `
			submit       documents_pending
			submit_documents agent_review
			endorse      ready_for_review
			take         ca_review
			approve      approved
			invite       awaiting_visit
			identify     identified
			prepare_marker marker_ready
			keep_marker  agent_key_generation
			submit_request issuing
			issue        issued
			ready_for_handover handover
			hand_over    originals_pending
			receive_originals completed`,
		"service-center": `
			submit       form_filled
			create_form  documents_pending
			submit_documents ca_review
			approve      approved
			invite       awaiting_visit
			identify     identified
			open_keygen  key_generation
			submit_request issuing
			issue        issued
			printed      certificate_ack
			acknowledge  writing
			written      completed`,
		"crm": `
			submit       auto_check
			confirm      key_generation
			submit_request request_submitted
			printed      signing_application
			submit_papers application_review
			approve      awaiting_visit
			identify     photo_review
			approve      issuing
			issue        issued
			printed      certificate_ack
			submit_papers ack_review
			approve      writing
			written      completed`,
		"renewal": `
			submit       auto_check
			confirm      key_generation
			submit_request request_submitted
			printed      signing_application
			accept       issuing
			issue        issued
			printed      certificate_ack
			acknowledge  writing
			written      completed`,
		"revocation": `
			submit       signing_application
			submit_documents ca_review
			approve      revoking
			revoke       revoked`,
		"revocation by a court": `
			enforce      revoking
			revoke       revoked`,
		"suspension": `
			submit       ca_review
			approve      suspending
			suspend      suspended
			submit       application_review
			approve      resuming
			resume       resumed`,
		"suspension that nobody ends": `
			submit       ca_review
			approve      suspending
			suspend      suspended
			expire       revoking
			revoke       revoked`,
	} {
		t.Run(name, func(t *testing.T) {
			process, _, _ := strings.Cut(name, " ")
			r := begin(t, lookup(t, process))
			words := strings.Fields(path)
			for i := 0; i < len(words); i += 2 {
				on, to := workflow.Event(words[i]), workflow.State(words[i+1])
				j := slices.IndexFunc(r.p.Steps, func(s workflow.Step) bool { return s.From == r.at && s.On == on && s.To == to })
				if j < 0 {
					t.Fatalf("no arrow %s from %s to %s", on, r.at, to)
				}
				s := r.p.Steps[j]
				if r.satisfy(s); r.at == s.From {
					step, err := r.p.Step(r.at, on, s.By, r.have)
					if err != nil {
						t.Fatal(err)
					}
					r.take(step)
				}
				if r.at != to {
					t.Fatalf("%s: got %s, want %s", on, r.at, to)
				}
			}
			if !r.p.Final(r.at) || r.at == workflow.Cancelled || r.at == workflow.Rejected || r.at == workflow.Expired {
				t.Errorf("got %s, want the end that was aimed at", r.at)
			}
		})
	}
}

// TestEveryPlaceIsVisited shows that what Check proves about arrows is true of
// requests as well.
func TestEveryPlaceIsVisited(t *testing.T) {
	for _, p := range workflow.Processes() {
		visited := map[workflow.State]bool{}
		explore(t, p, func(r *request) { visited[r.at] = true })
		for _, place := range p.Places {
			if !visited[place.State] {
				t.Errorf("%s: no request comes to %s", p.Name, place.State)
			}
		}
	}
}

// explore searches the configurations of evidence, breadth first, until a
// request has been in every place.
func explore(t *testing.T, p *workflow.Process, visit func(*request)) {
	missing := map[workflow.State]bool{}
	for _, place := range p.Places {
		missing[place.State] = true
	}
	seen := map[string]bool{}
	for queue := []*request{begin(t, p)}; len(queue) > 0 && len(missing) > 0; queue = queue[1:] {
		r := queue[0]
		delete(missing, r.at)
		visit(r)
		for _, s := range p.Steps {
			if s.From != r.at {
				continue
			}
			next := r.clone()
			if next.satisfy(s); next.at == s.From {
				if step, err := p.Step(next.at, s.On, s.By, next.have); err == nil {
					next.take(step)
				}
			}
			if key := next.key(); !seen[key] {
				seen[key] = true
				queue = append(queue, next)
			}
		}
	}
}

// TestRandomWalks lets requests meet evidence and events in any order. The
// assertions are those of request.move and settle.
func TestRandomWalks(t *testing.T) {
	for _, p := range workflow.Processes() {
		evidence, events, roles := vocabulary(p)
		order := map[workflow.State]int{}
		for i, place := range p.Places {
			order[place.State] = i
		}
		aim, crucial := workflow.Completed, workflow.Issuing
		if _, issues := p.Place(workflow.Issuing); !issues { // the first of its ends, and the place before
			aim = p.Places[slices.IndexFunc(p.Places, func(place workflow.Place) bool { return p.Final(place.State) })].State
			crucial = p.Steps[slices.IndexFunc(p.Steps, func(s workflow.Step) bool { return s.To == aim })].From
		}
		rng := rand.New(rand.NewPCG(1, 2))
		completed, issued := 0, 0
		for range 1000 {
			r := begin(t, p)
			for range 300 {
				if p.Final(r.at) {
					break
				}
				before := r.at
				switch rng.IntN(12) {
				case 0: // any evidence, but certificates come from the authority
					e := evidence[rng.IntN(len(evidence))]
					if e != workflow.CertificateMatches || r.at == workflow.Issuing {
						r.record(e)
					}
				case 1: // any event by anyone
					s, err := p.Step(r.at, events[rng.IntN(len(events))], roles[rng.IntN(len(roles))], r.have)
					if err == nil {
						r.take(s)
					}
				default: // an event that may work
					open := p.Open(r.at, roles[rng.IntN(len(roles))])
					if len(open) == 0 {
						continue
					}
					s := open[rng.IntN(len(open))]
					onward := order[s.To] > order[s.From] && (s.To == aim || !p.Final(s.To))
					if !onward && rng.IntN(20) > 0 {
						continue // or hardly a request would get to the end
					}
					if r.satisfy(s); r.at != s.From {
						break
					}
					if s, err := p.Step(r.at, s.On, s.By, r.have); err == nil {
						r.take(s)
					}
				}
				if before != r.at && r.at == crucial {
					issued++
				}
			}
			if r.at == aim {
				completed++
			}
		}
		if completed == 0 || issued == 0 {
			t.Errorf("%s: got %d requests in %s and %d in %s, want some", p.Name, issued, crucial, completed, aim)
		}
	}
}

// TestOutcomes checks that a place where an effect has work to do is open for
// each outcome the effect may report by name.
func TestOutcomes(t *testing.T) {
	outcomes := map[workflow.Effect][]workflow.Event{
		workflow.AskRegisters:        {workflow.AskHuman},
		workflow.SignApplication:     {workflow.Declined},
		workflow.SignAcknowledgement: {workflow.Declined},
		workflow.SendToCA:            {workflow.RefuseByCA, workflow.Mismatch},
	}
	for _, p := range workflow.Processes() {
		for _, s := range p.Steps {
			for _, effect := range s.Do {
				for _, on := range outcomes[effect] {
					if _, err := p.Step(s.To, on, workflow.System, func(workflow.Evidence) bool { return false }); err != nil {
						t.Errorf("%v orders %s: %v", s, effect, err)
					}
				}
			}
		}
	}
}
