package api

import (
	"slices"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// history is the journal of a request as its reader may see it.
type history struct {
	Items []entryView `json:"items"`
}

// entryView is one entry of the journal. Data of the form is in the request,
// not here.
type entryView struct {
	Seq      int64             `json:"seq"`
	At       time.Time         `json:"at"`
	Kind     ra.EntryKind      `json:"kind"`
	Role     workflow.Role     `json:"role"` // of who did it
	Event    workflow.Event    `json:"event,omitempty"`
	From     workflow.State    `json:"from,omitempty"`
	To       workflow.State    `json:"to,omitempty"`
	Evidence workflow.Evidence `json:"evidence,omitempty"`
	Title    string            `json:"title,omitempty"`    // of the event or the evidence, in Russian
	Document *exhibit          `json:"document,omitempty"` // that was attached
	Note     string            `json:"note,omitempty"`     // as in the request
	By       *who              `json:"by,omitempty"`       // for the authority's people, and a partner's own
	Task     string            `json:"task,omitempty"`     // for the authority's people
}

// outside are the kinds of entries that everybody sees who sees the request.
// The rest is how the authority works within.
var outside = []ra.EntryKind{ra.Began, ra.FormChanged, ra.Attached, ra.Recorded, ra.Moved, ra.LinkMinted, ra.Reminded, ra.Lapsed, ra.Erased}

func (c *call) history(*none) (*history, error) {
	entries, err := c.h.cfg.Authority.History(c.ctx(), c.id())
	if err != nil {
		return nil, err
	}
	all := &history{Items: []entryView{}}
	for i := range entries {
		e := &entries[i]
		hidden := e.Document != nil && !c.seesExhibit(e.Document.Kind)
		if c.staff() || slices.Contains(outside, e.Kind) && !hidden {
			all.Items = append(all.Items, c.entry(e))
		}
	}
	return all, nil
}

func (c *call) entry(e *ra.Entry) entryView {
	x := entryView{
		Seq: e.Seq, At: e.At, Kind: e.Kind, Role: e.By.Role,
		Event: e.Event, From: e.From, To: e.To, Evidence: e.Evidence,
	}
	switch {
	case e.Event != "":
		x.Title = e.Event.Title()
	case e.Evidence != "":
		x.Title = e.Evidence.Title()
	}
	if e.Document != nil {
		d := c.exhibit(*e.Document)
		x.Document = &d
	}
	own := c.actor.Partner != "" && c.actor.Partner == e.By.Partner
	if c.staff() || own {
		x.By = whoIs(e.By)
	}
	if c.staff() || slices.Contains(reasons, e.Evidence) {
		x.Note = e.Note
	}
	if c.staff() {
		x.Task = e.Task
	}
	return x
}
