package api

import (
	"strings"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// review is what an approver has to look at.
type review struct {
	Request   ra.ID          `json:"request"`
	Content   string         `json:"content"` // hash of all the rest: what an approval names
	Subject   string         `json:"subject"` // the certificate's
	Form      ra.Form        `json:"form"`
	Key       string         `json:"key,omitempty"` // SHA-256 of the public key's SubjectPublicKeyInfo, hexadecimal
	Documents []exhibit      `json:"documents"`
	Checks    []held         `json:"checks"`
	Approvals []approvalView `json:"approvals"`
	Quorum    int            `json:"quorum"` // how many different persons it takes
}

// approvalView is one person's approval.
type approvalView struct {
	By      who       `json:"by"`
	Content string    `json:"content"`
	At      time.Time `json:"at"`
	Until   time.Time `json:"until"`
	Note    string    `json:"note,omitempty"`
}

// approver reports whether the caller is of those who approve.
func (c *call) approver() bool {
	return c.actor.Role == workflow.CAOperator || c.actor.Role == workflow.DocDept
}

func (c *call) review(*none) (*review, error) {
	if !c.approver() {
		return nil, fault("denied")
	}
	seen, err := c.h.cfg.Authority.Review(c.ctx(), c.id())
	if err != nil {
		return nil, err
	}
	v := &review{
		Request: seen.Request, Content: seen.Content, Subject: seen.Subject, Form: seen.Form, Key: seen.Key, Quorum: seen.Quorum,
		Documents: []exhibit{}, Checks: []held{}, Approvals: []approvalView{},
	}
	for _, e := range seen.Documents {
		v.Documents = append(v.Documents, c.exhibit(e))
	}
	for _, h := range seen.Checks {
		v.Checks = append(v.Checks, c.held(h))
	}
	for _, a := range seen.Approvals {
		v.Approvals = append(v.Approvals, approvalView{*whoIs(a.By), a.Content, a.At, a.Until, a.Note})
	}
	return v, nil
}

// approving is an approval of what was reviewed.
type approving struct {
	Content string `json:"content"`
	Note    string `json:"note,omitempty"`
}

func (c *call) approve(in *approving) (*view, error) {
	return c.changed(c.authority.Approve(c.ctx(), c.id(), c.actor, in.Content, in.Note))
}

// judging is what a reviewer found of documents.
type judging struct {
	Verdicts []verdict `json:"verdicts"`
}

// verdict is what he found of one.
type verdict struct {
	Kind     string       `json:"kind"`
	Hash     string       `json:"hash"` // of the document that he saw
	Accepted bool         `json:"accepted"`
	Reason   string       `json:"reason,omitempty"` // why not, in Russian
	Quality  []ra.Quality `json:"quality,omitempty"`
}

func (c *call) judge(in *judging) (*view, error) {
	var list []ra.Verdict
	for _, v := range in.Verdicts {
		if !v.Accepted && strings.TrimSpace(v.Reason) == "" {
			return nil, malformed("reason", "missing", "укажите, почему документ возвращён")
		}
		list = append(list, ra.Verdict{Exhibit: v.Hash, Kind: v.Kind, Accepted: v.Accepted, Reason: v.Reason, Quality: v.Quality})
	}
	if len(list) == 0 {
		return nil, malformed("verdicts", "missing", "нет ни одного документа")
	}
	return c.changed(c.authority.Judge(c.ctx(), c.id(), c.actor, list))
}

// assigning gives a request to somebody; to nobody, if To is "".
type assigning struct {
	To string `json:"to"`
}

func (c *call) assign(in *assigning) (*view, error) {
	return c.changed(c.authority.Assign(c.ctx(), c.id(), c.actor, in.To))
}

// settling is what an operator decides about work that failed.
type settling struct {
	Task   string `json:"task"`
	Action string `json:"action"` // retry or dismiss
	Note   string `json:"note"`
}

func (c *call) settle(in *settling) (*view, error) {
	if err := needNote(in.Note); err != nil {
		return nil, err
	}
	switch in.Action {
	case "retry":
		return c.changed(c.authority.Retry(c.ctx(), c.id(), c.actor, in.Task, in.Note))
	case "dismiss":
		return c.changed(c.authority.Dismiss(c.ctx(), c.id(), c.actor, in.Task, in.Note))
	}
	return nil, malformed("action", "unknown", "retry или dismiss")
}

// answering is what a CA asked for.
type answering struct {
	Fields    map[string]string `json:"fields,omitempty"`    // corrected, by their names in the form
	Signature []byte            `json:"signature,omitempty"` // detached CMS over the CA's document, DER
	Note      string            `json:"note"`
}

func (c *call) answerCA(in *answering) (*view, error) {
	if err := needNote(in.Note); err != nil {
		return nil, err
	}
	return c.changed(c.authority.AnswerCA(c.ctx(), c.id(), c.actor, ra.Answer{Fields: in.Fields, Signature: in.Signature}, in.Note))
}
