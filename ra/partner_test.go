package ra_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// branch is the service centre above both offices.
var branch = ra.Actor{ID: "centre-1", Role: workflow.ServiceCentre, Partner: "centre", Authn: "password", SecondFactor: true}

func (w *world) partners(list map[string]ra.Partner) *ra.Partners {
	w.t.Helper()
	tree, err := ra.NewPartners(list)
	if err != nil {
		w.t.Fatal(err)
	}
	w.reopen(func(c *ra.Config) { c.Partners = tree })
	return tree
}

func except(rights ...ra.Right) (list []ra.Right) {
	for _, r := range ra.Rights {
		if !slices.Contains(rights, r) {
			list = append(list, r)
		}
	}
	return list
}

func TestServiceCentreSeesItsAgents(t *testing.T) {
	o := newOffice(t)
	o.partners(map[string]ra.Partner{
		"centre": {Rights: ra.Rights}, "office-7": {"centre", ra.Rights}, "office-8": {"centre", ra.Rights}, "elsewhere": {Rights: ra.Rights},
	})
	begin := func(by ra.Actor) ra.ID {
		o.clock.Advance(time.Second)
		return o.must(o.authority.Begin(o.ctx, by, "agent", ra.Form{LegalForm: "person", Email: o.form.Email})).ID
	}
	seven, eight, own := begin(agent), begin(stranger), begin(branch)
	elsewhere := ra.Actor{ID: "agent-3", Role: workflow.Agent, Partner: "elsewhere"}
	far := begin(elsewhere)
	above := ra.Actor{ID: "agent-4", Role: workflow.Agent, Partner: "centre"} // an agent of the centre itself
	nobody := ra.Actor{ID: "centre-2", Role: workflow.ServiceCentre, Partner: "unknown"}
	for _, c := range []struct {
		by   ra.Actor
		want []ra.ID
	}{
		{branch, []ra.ID{seven, eight, own}},
		{agent, []ra.ID{seven}},
		{stranger, []ra.ID{eight}},
		{elsewhere, []ra.ID{far}},
		{above, []ra.ID{own}},
		{inspector, []ra.ID{seven, eight, own, far}},
	} {
		page, err := o.authority.Page(o.ctx, c.by, ra.Query{})
		var got []ra.ID
		for _, r := range page {
			got = append(got, r.ID)
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, %v, want %v", c.by.ID, got, err, c.want)
		}
		for _, id := range []ra.ID{seven, eight, own, far} {
			_, err := o.authority.Read(o.ctx, id, c.by)
			if sees := slices.Contains(c.want, id); sees != (err == nil) || !sees && !errors.Is(err, ra.ErrNotFound) {
				t.Errorf("%s reads %s: %v", c.by.ID, id, err)
			}
		}
	}
	for _, q := range []ra.Query{{Partners: []string{"elsewhere"}}, {Partners: []string{"office-7", "elsewhere"}}} {
		if _, err := o.authority.Page(o.ctx, branch, q); !isDenied(err) {
			t.Errorf("a page of %v: got %v, want it denied", q.Partners, err)
		}
	}
	if page, err := o.authority.Page(o.ctx, branch, ra.Query{Partners: []string{"office-8"}}); err != nil || len(page) != 1 || page[0].ID != eight {
		t.Errorf("a page of one office: got %v, %v", page, err)
	}
	if _, err := o.authority.Page(o.ctx, nobody, ra.Query{}); !isDenied(err) {
		t.Errorf("a partner that is not in the tree: got %v, want it denied", err)
	}
	if _, err := o.authority.Attach(o.ctx, far, branch, "passport_scan", scanned, ""); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("attaches to another's: got %v, want ErrNotFound", err)
	}
}

// lacking wants the command refused, for the right is not there.
func lacking(t *testing.T, right ra.Right, err error) {
	t.Helper()
	var e *ra.DelegationError
	if !errors.As(err, &e) || e.Right != right || !isDenied(err) {
		t.Errorf("got %v, want the right %s missing", err, right)
	}
}

func TestRightsNarrowDownTheTree(t *testing.T) {
	o := newOffice(t)
	id := o.identified()
	tree := o.partners(map[string]ra.Partner{"centre": {Rights: except(ra.RightMarkers)}, "office-7": {"centre", ra.Rights}})
	_, err := o.authority.PrintMarker(o.ctx, id, agent)
	lacking(t, ra.RightMarkers, err)
	_, err = o.authority.Fire(o.ctx, id, agent, workflow.PrepareMarker)
	lacking(t, ra.RightMarkers, err)
	before := o.reload(id).Version
	for _, s := range o.authority.Choices(o.config.Processes[0], o.reload(id), agent) {
		if s.On == workflow.PrepareMarker {
			t.Error("the marker is offered to whom it was not delegated")
		}
	}

	if err := tree.Replace(map[string]ra.Partner{"centre": {Rights: ra.Rights}, "office-7": {"centre", ra.Rights}}); err != nil {
		t.Fatal(err)
	}
	if got := o.reload(id).Version; got != before {
		t.Errorf("got version %d, want what was denied to change nothing: %d", got, before)
	}
	o.fire(id, agent, workflow.PrepareMarker, workflow.MarkerReady)
}

func TestRightsOfCommands(t *testing.T) {
	identify := func(o *office, id ra.ID) error {
		_, err := o.authority.Identify(o.ctx, id, agent, qualified.InPerson, "паспорт")
		return err
	}
	attest := func(e workflow.Evidence) func(*office, ra.ID) error {
		return func(o *office, id ra.ID) error {
			_, err := o.authority.Attest(o.ctx, id, agent, e, "основание")
			return err
		}
	}
	for _, c := range []struct {
		right ra.Right
		at    workflow.State
		try   func(*office, ra.ID) error
	}{
		{ra.RightCreate, workflow.AwaitingVisit, func(o *office, _ ra.ID) error {
			_, err := o.authority.Begin(o.ctx, agent, "agent", ra.Form{LegalForm: "person", Email: o.form.Email})
			return err
		}},
		{ra.RightIdentify, workflow.AwaitingVisit, identify},
		{ra.RightIdentify, workflow.AwaitingVisit, attest(workflow.OriginalsShown)},
		{ra.RightReview, workflow.AwaitingVisit, attest(workflow.ReturnReason)},
		{ra.RightReview, workflow.AgentReview, func(o *office, id ra.ID) error {
			_, err := o.authority.Fire(o.ctx, id, agent, workflow.Endorse)
			return err
		}},
		{ra.RightKeys, workflow.AgentKeyGeneration, func(o *office, id ra.ID) error {
			_, err := o.authority.SubmitCSR(o.ctx, id, agent, o.request(o.newKey(), o.form))
			return err
		}},
		{ra.RightHandOver, workflow.Handover, attest(workflow.StampNumber)},
		{ra.RightOriginal, workflow.OriginalsPending, attest(workflow.OriginalsDispatched)},
	} {
		o := newOffice(t)
		p := o.config.Processes[0]
		id := o.plant(o.store, plan{process: p, state: c.at, partner: agent.Partner})
		o.partners(map[string]ra.Partner{"office-7": {Rights: except(c.right)}})
		lacking(t, c.right, c.try(o, id))
		o.partners(map[string]ra.Partner{"office-7": {Rights: []ra.Right{c.right}}})
		if err := c.try(o, id); isDenied(err) || errors.Is(err, ra.ErrNotFound) {
			t.Errorf("%s in %s: got %v, though it has the right", c.right, c.at, err)
		}
	}
}

func TestPartnersAreATree(t *testing.T) {
	for want, list := range map[string]map[string]ra.Partner{
		"stands above itself": {"a": {Parent: "b"}, "b": {Parent: "c"}, "c": {Parent: "b"}},
		"which is none":       {"a": {Parent: "b"}},
		"no name":             {"": {}},
		"no right":            {"a": {Rights: []ra.Right{"issue"}}},
	} {
		if _, err := ra.NewPartners(list); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
	tree, err := ra.NewPartners(map[string]ra.Partner{"a": {Rights: ra.Rights}, "b": {"a", ra.Rights}})
	if err != nil {
		t.Fatal(err)
	}
	if err := tree.Replace(map[string]ra.Partner{"a": {Parent: "a"}}); err == nil {
		t.Error("got a partner above itself, want it refused")
	}
	if !tree.Has("b", ra.RightKeys) || tree.Has("", ra.RightKeys) || tree.Has("x", ra.RightKeys) || !slices.Equal(tree.Beneath("a"), []string{"a", "b"}) {
		t.Error("after a refused Replace the tree is not what it was")
	}
}
