package api

import (
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// empowering is an electronic power of attorney.
type empowering struct {
	Document  []byte `json:"document"`  // XML
	Signature []byte `json:"signature"` // the principal's, detached CMS, DER
}

func (c *call) confirmPower(in *empowering) (*view, error) {
	if len(in.Document) == 0 || len(in.Signature) == 0 {
		return nil, malformed("document", "missing", "нужны файл доверенности и файл подписи")
	}
	return c.changed(c.authority.ConfirmPower(c.ctx(), c.id(), c.actor, in.Document, in.Signature))
}

// representing says who acts for the applicant.
type representing struct {
	Actor  string    `json:"actor"`          // ID of his login
	Action string    `json:"action"`         // admit or dismiss
	Until  time.Time `json:"until,omitzero"` // of admit: when the power ends
	Note   string    `json:"note"`           // what he showed, or why he does not any more
}

func (c *call) represent(in *representing) (*view, error) {
	if err := needNote(in.Note); err != nil {
		return nil, err
	}
	if in.Actor == "" {
		return nil, malformed("actor", "missing", "укажите, кто представляет заявителя")
	}
	switch in.Action {
	case "admit":
		return c.changed(c.authority.AdmitRepresentative(c.ctx(), c.id(), c.actor, in.Actor, in.Until, in.Note))
	case "dismiss":
		return c.changed(c.authority.DismissRepresentative(c.ctx(), c.id(), c.actor, in.Actor, in.Note))
	}
	return nil, malformed("action", "unknown", "admit или dismiss")
}

// supporting is a case at the help desk; none, if Case is "".
type supporting struct {
	Case string `json:"case"`
}

func (c *call) support(in *supporting) (*view, error) {
	return c.changed(c.authority.LinkSupport(c.ctx(), c.id(), c.actor, in.Case))
}

// forwarding is a parcel of originals.
type forwarding struct {
	Requests []ra.ID `json:"requests"`
	Note     string  `json:"note"` // by what it is sent
}

// forward prints another register each time: whoever did not get the paper is
// given one that says the same.
func (c *call) forward(in *forwarding) (*file, error) {
	if err := needNote(in.Note); err != nil {
		return nil, err
	}
	if len(in.Requests) == 0 || len(in.Requests) > pageMost {
		return nil, malformed("requests", "range", "от 1 до 200 заявок")
	}
	for _, id := range in.Requests {
		if !plainID(string(id)) {
			return nil, ra.ErrNotFound
		}
	}
	pdf, err := c.h.cfg.Authority.ForwardOriginals(c.ctx(), c.actor, in.Requests, in.Note)
	return &file{"originals_register.pdf", mediaPDF, pdf}, err
}

func (c *call) contracted(in *calling) (*none, error) { return c.reported(in, ra.ContractSigned) }

// reported records what an outside service says.
func (c *call) reported(in *calling, evidence workflow.Evidence) (*none, error) {
	if err := needNote(in.Note); err != nil {
		return nil, err
	}
	if !plainID(string(in.Request)) {
		return nil, ra.ErrNotFound
	}
	_, err := c.authority.Attest(c.ctx(), in.Request, c.actor, evidence, in.Note)
	return nil, err
}
