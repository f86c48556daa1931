package journey

import (
	"context"
	"crypto"
	"errors"
	"math/rand/v2"
	"slices"

	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

type signer = crypto.Signer

// partner is the office that agents, and service centres, belong to.
const partner = "office-7"

// Those who act for everybody.
var (
	operator = person("operator", workflow.CAOperator)
	approver = person("approver", workflow.CAOperator)
	clerk    = person("clerk", workflow.CAOperator)
	outside  = ra.Actor{ID: "callback", Role: workflow.System, Authn: "callback"}

	people = map[workflow.Role]ra.Actor{
		workflow.Agent:         person("agent", workflow.Agent),
		workflow.ServiceCentre: person("centre", workflow.ServiceCentre),
		workflow.CAOperator:    operator,
		workflow.DocDept:       person("department", workflow.DocDept),
		workflow.TaxOffice:     person("inspector-7701", workflow.TaxOffice),
		workflow.System:        outside,
	}
)

func person(id string, role workflow.Role) ra.Actor {
	by := ra.Actor{ID: id, Role: role, Authn: "password", SecondFactor: true}
	if role == workflow.Agent || role == workflow.ServiceCentre {
		by.Partner = partner
	}
	return by
}

// beginner is who begins the request: the owner of the first place, but where a
// centre sends the invoice first, or an operator the link.
func (c *Case) beginner() ra.Actor {
	place := c.process.Places[0]
	for _, e := range c.process.Start {
		switch e {
		case workflow.SendInvoice:
			return people[workflow.ServiceCentre]
		case workflow.SendLink:
			return operator
		}
	}
	if place.Owner == workflow.Applicant {
		return c.client
	}
	return people[place.Owner]
}

// by is who acts in a role: the applicant in the session that his link or
// marker opened, if there is one.
func (h *hand) by(ctx context.Context, role workflow.Role) ra.Actor {
	if h.session != "" {
		if by, _, err := h.a.Session(ctx, h.session); err == nil && by.Role == role && by.Scope == ra.ScopeAll {
			return by
		}
	}
	if role == workflow.Applicant {
		return h.client
	}
	return people[role]
}

// writes is who enters data in a role: an operator who does is not the one that
// decides.
func (h *hand) writes(ctx context.Context, role workflow.Role) ra.Actor {
	if role == workflow.CAOperator {
		return clerk
	}
	return h.by(ctx, role)
}

// atWork is who acts where the keys are made: in the session of the marker, if
// there is one.
func (h *hand) atWork(ctx context.Context, role workflow.Role) ra.Actor {
	if h.session != "" {
		if by, _, err := h.a.Session(ctx, h.session); err == nil && by.Role == role {
			return by
		}
	}
	return h.by(ctx, role)
}

// secret is what a session is opened with; nobody listens here.
var secret = make([]byte, 16)

// enter opens a session by a link or by the code of a marker, and confirms it
// by the code that comes to the phone.
func (h *hand) enter(ctx context.Context, credential string) error {
	e, err := h.a.Enter(ctx, credential, secret)
	if err != nil {
		return err
	}
	h.session = e.Token
	if e.Phone == "" {
		return nil
	}
	if _, _, err = h.a.Session(ctx, e.Token); !errors.Is(err, ra.ErrUnconfirmed) {
		return err
	}
	code := h.w.post.of(h.ID).code
	if code == "" || code == h.tried { // the one that was sent has not come
		if _, err := h.a.SendCode(ctx, e.Token); err != nil {
			return err
		}
		code = h.w.post.of(h.ID).code
	}
	h.tried = code
	var wrong *ra.CodeError
	if err := h.a.Confirm(ctx, e.Token, code); !errors.As(err, &wrong) {
		return err
	}
	return errLater
}

// linked reports whether the applicant of a process comes by a link.
func (c *Case) linked() bool {
	for _, e := range c.process.Start {
		if e == workflow.SendLink {
			return true
		}
	}
	return false
}

// enterFirst has the applicant open his link before he acts, where he comes by
// one; an old link is replaced.
func (h *hand) enterFirst(ctx context.Context, r *ra.Request, role workflow.Role) error {
	if role != workflow.Applicant || !h.linked() || h.by(ctx, role).Request != "" {
		return nil
	}
	return h.open(ctx, r, operator)
}

// open has the applicant open his link, or somebody send him one in place of an
// old one. While a link is being sent he waits: of a sending that goes wrong he
// may have the letter, and yet its link opens nothing.
func (h *hand) open(ctx context.Context, r *ra.Request, by ra.Actor) error {
	if slices.Contains(h.running(), workflow.SendLink) {
		return errUnderWay
	}
	if len(r.Links) == 0 || !r.Links[0].Expires.After(h.w.Clock.Now()) {
		if _, err := h.do().SendLink(ctx, h.ID, by); err != nil {
			return err
		}
		return errLater
	}
	return h.enter(ctx, h.w.post.of(h.ID).link)
}

// errLater says that something has been asked for and is not there yet,
// errUnderWay that nothing is to be done until it is.
var (
	errLater    = errors.New("journey: later")
	errUnderWay = errors.New("journey: under way")
)

// numbers gives an organisation its numbers.
func numbers(f *ra.Form, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 7))
	f.OGRN, f.INNLE, f.KPP = testenv.NewOGRN(r), testenv.NewINN10(r), "770101001"
}
