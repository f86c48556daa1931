package api

import (
	"slices"
	"strings"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// view is a request as its reader may see it. A session whose code is missing
// gets the first fields only, up to Deadline.
type view struct {
	ID       ra.ID          `json:"id"`
	Version  int64          `json:"version"` // goes up with every change; also the ETag
	State    workflow.State `json:"state"`
	Title    string         `json:"title"` // of the state, in Russian
	Final    bool           `json:"final"` // nothing will change any more
	Deadline time.Time      `json:"deadline,omitzero"`

	Process   string    `json:"process,omitempty"`
	Form      *ra.Form  `json:"form,omitempty"`
	Open      []choice  `json:"open,omitempty"`
	Running   []running `json:"running,omitempty"`
	Trouble   []trouble `json:"trouble,omitempty"` // for the authority's people
	Documents []exhibit `json:"documents,omitempty"`
	Evidence  []held    `json:"evidence,omitempty"`
	// Representatives act for the applicant.
	Representatives []representative `json:"representatives,omitempty"`
	Explanation     string           `json:"explanation,omitempty"` // in Russian: why it waits, on whom, what is missing
	Partner         string           `json:"partner,omitempty"`     // for partners and the authority's people
	Assignee        string           `json:"assignee,omitempty"`    // for the authority's people
	Created         time.Time        `json:"created,omitzero"`
	Updated         time.Time        `json:"updated,omitzero"`
}

// choice is a step that the reader may take here, and what it still lacks.
type choice struct {
	Event workflow.Event `json:"event"`
	Title string         `json:"title"`
	Needs []fact         `json:"needs,omitempty"`
}

// running is work that the authority is at.
type running struct {
	Effect workflow.Effect `json:"effect"`
	Title  string          `json:"title"`
}

// representative acts for the applicant by a power of attorney.
type representative struct {
	Actor string    `json:"actor"`
	Until time.Time `json:"until,omitzero"`
}

// trouble is work that failed and waits for an operator.
type trouble struct {
	Task   string          `json:"task"`
	Effect workflow.Effect `json:"effect"`
	Title  string          `json:"title"`
	State  ra.TaskState    `json:"state"`
	Since  time.Time       `json:"since"`
	Error  string          `json:"error"`
}

// exhibit is a document of the dossier.
type exhibit struct {
	Kind  string    `json:"kind"`
	Hash  string    `json:"hash"` // SHA-256, hexadecimal
	Media string    `json:"media"`
	Size  int       `json:"size"`
	At    time.Time `json:"at"`
	Note  string    `json:"note,omitempty"` // for the authority's people
}

// held is a piece of evidence.
type held struct {
	Evidence workflow.Evidence `json:"evidence"`
	Title    string            `json:"title"`
	At       time.Time         `json:"at"`
	Until    time.Time         `json:"until,omitzero"`
	Note     string            `json:"note,omitempty"` // what it rests on, for the authority's people; why a request came back, for all
	By       *who              `json:"by,omitempty"`   // for the authority's people
}

// who is somebody who acted.
type who struct {
	ID      string        `json:"id"`
	Role    workflow.Role `json:"role"`
	Partner string        `json:"partner,omitempty"`
}

// summary is a request as lists and events have it. A session whose code is
// missing gets the first fields only, up to Deadline.
type summary struct {
	ID       ra.ID          `json:"id"`
	Version  int64          `json:"version"`
	State    workflow.State `json:"state"`
	Title    string         `json:"title"`
	Final    bool           `json:"final"`
	Deadline time.Time      `json:"deadline,omitzero"`

	Process  string    `json:"process,omitempty"`
	Name     string    `json:"name,omitempty"` // of the owner
	Partner  string    `json:"partner,omitempty"`
	Assignee string    `json:"assignee,omitempty"`
	Trouble  bool      `json:"trouble,omitempty"`
	Created  time.Time `json:"created,omitzero"`
	Updated  time.Time `json:"updated,omitzero"`
}

// etag is that of an answer with a version.
func (v *view) etag() string { return etag(v.Version) }

// view is the request as the caller may see it.
func (c *call) view(r *ra.Request) (*view, error) {
	p, err := c.h.cfg.Authority.Process(c.ctx(), r)
	if err != nil {
		return nil, err
	}
	place, _ := p.Place(r.State)
	v := &view{ID: r.ID, Version: r.Version, State: r.State, Title: place.Title, Final: p.Final(r.State), Deadline: r.Deadline}
	if c.unconfirmed {
		return v, nil
	}
	v.Process, v.Created, v.Updated = r.Process, r.Created, r.Updated
	if !r.Erased {
		form := r.Form
		v.Form = &form
	}
	fresh := r.Fresh(c.h.cfg.Clock.Now())
	for _, s := range c.h.cfg.Authority.Choices(p, r, c.actor) {
		lacks := slices.DeleteFunc(slices.Clone(s.Needs), func(e workflow.Evidence) bool { return p.Holds(e, fresh) })
		v.Open = append(v.Open, choice{s.On, s.On.Title(), facts(lacks)})
	}
	for _, e := range r.Exhibits {
		if c.seesExhibit(e.Kind) {
			v.Documents = append(v.Documents, c.exhibit(e))
		}
	}
	for _, h := range r.Held {
		v.Evidence = append(v.Evidence, c.held(h))
	}
	for _, x := range r.Representatives {
		v.Representatives = append(v.Representatives, representative{x.ID, x.Until})
	}
	if c.actor.Role != workflow.Applicant && c.actor.Role != workflow.ApplicantRep {
		v.Partner = r.Partner
	}
	if c.staff() {
		v.Assignee = r.Assignee
		for _, t := range r.Trouble {
			v.Trouble = append(v.Trouble, trouble{t.Task, t.Effect, t.Effect.Title(), t.State, t.Since, t.Error})
		}
	}
	return v, c.explain(v)
}

// explain adds what is going on this moment. What is in trouble is for the
// authority's people: to everybody else the request simply waits.
func (c *call) explain(v *view) error {
	e, err := c.h.cfg.Authority.Explain(c.ctx(), v.ID)
	if err != nil {
		return err
	}
	if !c.staff() {
		e.Trouble = nil
	}
	v.Explanation = e.Russian()
	for _, t := range e.Running {
		v.Running = append(v.Running, running{t.Effect, t.Effect.Title()})
	}
	return nil
}

// summary is the request in short.
func (c *call) summary(r *ra.Request) (*summary, error) {
	p, err := c.h.cfg.Authority.Process(c.ctx(), r)
	if err != nil {
		return nil, err
	}
	place, _ := p.Place(r.State)
	s := &summary{ID: r.ID, Version: r.Version, State: r.State, Title: place.Title, Final: p.Final(r.State), Deadline: r.Deadline}
	if c.unconfirmed {
		return s, nil
	}
	s.Process, s.Name, s.Created, s.Updated = r.Process, r.Form.FullName(), r.Created, r.Updated
	if c.actor.Role != workflow.Applicant && c.actor.Role != workflow.ApplicantRep {
		s.Partner = r.Partner
	}
	if c.staff() {
		s.Assignee, s.Trouble = r.Assignee, len(r.Trouble) > 0
	}
	return s, nil
}

// inside are the kinds of exhibits that are between the authority, the
// registers and the CAs.
var inside = []string{ra.RefusedCertificate, ra.RefusalExhibit, ra.RequestedExhibit, ra.RevocationExhibit}

func (c *call) seesExhibit(kind string) bool {
	return c.staff() || !strings.HasPrefix(kind, "smev_") && !slices.Contains(inside, kind)
}

func (c *call) exhibit(e ra.Exhibit) exhibit {
	x := exhibit{Kind: e.Kind, Hash: e.Hash, Media: e.Media, Size: e.Size, At: e.At}
	if c.staff() {
		x.Note = e.Note
	}
	return x
}

// reasons are the evidence whose note is written for whoever has to act on it.
var reasons = []workflow.Evidence{workflow.ReturnReason, workflow.RejectionReason}

func (c *call) held(h ra.Held) held {
	x := held{Evidence: h.Evidence, Title: h.Evidence.Title(), At: h.At, Until: h.Until}
	if c.staff() || slices.Contains(reasons, h.Evidence) {
		x.Note = h.Note
	}
	if c.staff() {
		x.By = whoIs(h.By)
	}
	return x
}

func whoIs(a ra.Actor) *who { return &who{a.ID, a.Role, a.Partner} }
