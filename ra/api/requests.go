package api

import (
	"strings"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// beginning is what a request begins with.
type beginning struct {
	Process string  `json:"process"`
	Form    ra.Form `json:"form"`
}

func (c *call) begin(in *beginning) (*view, error) {
	r, err := c.authority.Begin(c.ctx(), c.actor, in.Process, in.Form)
	if err != nil {
		return nil, err
	}
	c.Header().Set("Location", c.h.cfg.Prefix+"/requests/"+string(r.ID))
	return c.changed(r, nil)
}

// changed is the answer to a command.
func (c *call) changed(r *ra.Request, err error) (*view, error) {
	if err != nil {
		return nil, err
	}
	return c.view(r)
}

func (c *call) read(*none) (*view, error) { return c.view(c.request) }

func (c *call) fill(in *ra.Form) (*view, error) {
	return c.changed(c.authority.Fill(c.ctx(), c.id(), c.actor, *in))
}

// phrasing is a key phrase as it is typed.
type phrasing struct {
	Phrase string `json:"phrase"`
}

func (c *call) setKeyPhrase(in *phrasing) (*view, error) {
	return c.changed(c.authority.SetKeyPhrase(c.ctx(), c.id(), c.actor, in.Phrase))
}

func (c *call) giveKeyPhrase(in *phrasing) (*view, error) {
	return c.changed(c.authority.GiveKeyPhrase(c.ctx(), c.id(), c.actor, in.Phrase))
}

// stepping is an event that is to happen.
type stepping struct {
	Event workflow.Event `json:"event"`
}

func (c *call) step(in *stepping) (*view, error) {
	return c.changed(c.authority.Fire(c.ctx(), c.id(), c.actor, in.Event))
}

func (c *call) link(*none) (*view, error) {
	return c.changed(c.authority.SendLink(c.ctx(), c.id(), c.actor))
}

// noted is a command with its reason.
type noted struct {
	Note string `json:"note"`
}

func (c *call) endAccess(in *noted) (*view, error) {
	if err := needNote(in.Note); err != nil {
		return nil, err
	}
	return c.changed(c.authority.RevokeAccess(c.ctx(), c.id(), c.actor, in.Note))
}

// needNote asks for a reason where one is required.
func needNote(note string) error {
	if strings.TrimSpace(note) == "" {
		return malformed("note", "missing", "укажите основание")
	}
	return nil
}

// marker prints a new one each time: the code of a marker is nowhere kept, so
// whoever did not get the paper can only be given another. The lost one ends.
func (c *call) marker() (*file, error) {
	pdf, err := c.h.cfg.Authority.PrintMarker(c.ctx(), c.id(), c.actor)
	return &file{"marker.pdf", "application/pdf", pdf}, err
}

// calling is an outside service that says something about a request.
type calling struct {
	Request ra.ID  `json:"request"`
	Note    string `json:"note"`
}

func (c *call) paid(in *calling) (*none, error) { return c.reported(in, workflow.PaymentSettled) }

// hastening is an outside service that says that news wait.
type hastening struct {
	Request ra.ID `json:"request"`
}

func (c *call) hasten(in *hastening) (*none, error) {
	if !plainID(string(in.Request)) {
		return nil, ra.ErrNotFound
	}
	if _, err := c.authority.Read(c.ctx(), in.Request, c.actor); err != nil {
		return nil, err
	}
	return nil, c.authority.Hasten(c.ctx(), in.Request)
}

func (c *call) openapi() (*file, error) {
	return &file{"openapi.json", mediaJSON, c.h.document}, nil
}
