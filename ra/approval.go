package ra

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/surguch/surguch/workflow"
)

// Approval is one person's word that a request may be carried out as he saw
// it. It is bound to the hash of exactly that; any later edit voids it.
type Approval struct {
	By      Actor     `json:"by"`
	Content string    `json:"content"` // hash of what was seen, see Review
	At      time.Time `json:"at"`
	Until   time.Time `json:"until"`
	Note    string    `json:"note,omitempty"`
}

// Review is what an approver has to look at.
type Review struct {
	Request   ID
	Content   string // hash of all the rest: what Approve is given
	Subject   string // the certificate's, as a person reads it
	Form      Form
	Key       string // SHA-256 of the public key's SubjectPublicKeyInfo; "" if there is none yet
	Documents []Exhibit
	Checks    []Held
	Approvals []Approval // of this content so far
	Quorum    int        // how many different persons it takes
}

// content is the part of a request that an approval is about. What comes of
// the approval, the certificate and its papers, is no part of it.
type content struct {
	Process   string            `json:"process"` // hash of the definition
	Form      Form              `json:"form"`
	Documents map[string]string `json:"documents"` // hash, by kind and hash
	Checks    map[string]string `json:"checks"`    // exhibit, by evidence
}

// afterwards are the kinds of exhibits and the evidence that come of an
// approved request.
var (
	afterwardsExhibits = []string{
		CertificateExhibit, string(CertificateSheet), SheetSignature,
		RefusedCertificate, RefusalExhibit, RequestedExhibit, RevocationExhibit,
		string(InstructionScans), string(InstructionRequest), string(InstructionVisit), string(OriginalsRegister),
	}
	afterwardsEvidence = []workflow.Evidence{
		workflow.ApprovalsComplete, workflow.CertificateMatches, workflow.CertificatePrinted,
		workflow.AcknowledgementAccepted, workflow.CertificateInstalled, workflow.CertificateScan,
		workflow.StampNumber, workflow.MediumHandedOver, workflow.OriginalsDispatched, workflow.OriginalsReceived,
	}
)

// contentHash is SHA-256 over the content, hexadecimal.
func (r *Request) contentHash() (string, error) {
	form := r.Form
	form.Support = "" // of no matter to the certificate
	c := content{Process: r.ProcessHash, Form: form, Documents: map[string]string{}, Checks: map[string]string{}}
	for _, e := range r.Exhibits {
		if !slices.Contains(afterwardsExhibits, e.Kind) {
			c.Documents[e.Kind+" "+e.Hash] = e.Hash
		}
	}
	for _, h := range r.Held {
		if !slices.Contains(afterwardsEvidence, h.Evidence) {
			c.Checks[string(h.Evidence)] = h.Exhibit
		}
	}
	data, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("ra: request %s: %w", r.ID, err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// Review returns what an approver has to look at.
func (a *Authority) Review(ctx context.Context, id ID) (*Review, error) {
	r, err := a.load(ctx, id)
	if err != nil {
		return nil, err
	}
	p, err := a.process(ctx, r.ProcessHash)
	if err != nil {
		return nil, err
	}
	v := &Review{Request: id, Form: r.Form, Quorum: p.Approvals, Approvals: r.Approvals}
	if v.Content, err = r.contentHash(); err != nil {
		return nil, err
	}
	if name, err := Subject(&r.Form); err == nil {
		v.Subject = name.String()
	}
	if request, err := a.pkcs10(ctx, r); err == nil {
		sum := sha256.Sum256(request.RawKey)
		v.Key = hex.EncodeToString(sum[:])
	}
	for _, e := range r.Exhibits {
		if !slices.Contains(afterwardsExhibits, e.Kind) {
			v.Documents = append(v.Documents, e)
		}
	}
	for _, h := range r.Held {
		if !slices.Contains(afterwardsEvidence, h.Evidence) {
			v.Checks = append(v.Checks, h)
		}
	}
	return v, nil
}

// ContentError says that what the approver saw is not what the request is now.
type ContentError struct{ Request ID }

func (e *ContentError) Error() string {
	return fmt.Sprintf("ra: request %s is no longer what was reviewed", e.Request)
}

// DutiesError says that one person may not do both: he entered data or
// documents of the request, or has approved it already.
type DutiesError struct {
	Request ID
	Actor   string
	Action  string
}

func (e *DutiesError) Error() string {
	return fmt.Sprintf("ra: request %s: %s is for another person than %s", e.Request, e.Action, e.Actor)
}

// SecondFactorError says that an action needs an actor whose session was
// established with two factors.
type SecondFactorError struct {
	Request ID
	Action  string
}

func (e *SecondFactorError) Error() string {
	return fmt.Sprintf("ra: request %s: %s needs a second factor", e.Request, e.Action)
}

// Approve records a person's approval of the content he reviewed. When as many
// different persons as the process asks for have approved the same content,
// approvals_complete is held, until the first of their approvals expires.
//
// Nobody approves twice, nor a request that he began, filled in or attached
// documents to. Errors: *ContentError, *DutiesError, *SecondFactorError,
// *DeniedError; then nothing changed.
func (a *Authority) Approve(ctx context.Context, id ID, by Actor, content, note string) (*Request, error) {
	if by.Role != workflow.CAOperator && by.Role != workflow.DocDept {
		return nil, &DeniedError{id, by.Role, "approve"}
	}
	if !by.SecondFactor {
		return nil, &SecondFactorError{id, "approve"}
	}
	return a.step(ctx, ask{"Approve", id, by, []string{content, note}}, func(_ context.Context, p *workflow.Process, r *Request) (*move, error) {
		if p.Approvals == 0 || p.Final(r.State) {
			return nil, &DeniedError{id, by.Role, "approve"}
		}
		now, err := r.contentHash()
		if err != nil {
			return nil, err
		}
		if now != content {
			return nil, &ContentError{id}
		}
		approved := slices.ContainsFunc(r.Approvals, func(x Approval) bool {
			return x.By.ID == by.ID && a.cfg.Clock.Now().Before(x.Until)
		})
		if approved || slices.Contains(r.Authors, by.ID) {
			return nil, &DutiesError{id, by.ID, "approve"}
		}
		return a.approved(p, r, Approval{By: by, Content: content, Note: note}), nil
	})
}

// approved is the move of an approval, with the quorum if it is reached.
func (a *Authority) approved(p *workflow.Process, r *Request, x Approval) *move {
	x.At = a.cfg.Clock.Now().UTC()
	x.Until = x.At.Add(a.cfg.ApprovalLife)
	m := &move{by: x.By, write: []Entry{{Kind: Approved, Approval: &x, Note: x.Note}}}
	until, count := x.Until, 1
	for _, before := range r.Approvals {
		if before.Content == x.Content && x.At.Before(before.Until) {
			count++
			if before.Until.Before(until) {
				until = before.Until
			}
		}
	}
	if count >= p.Approvals {
		m.record = []Held{{
			Evidence: workflow.ApprovalsComplete, Until: until,
			Note: fmt.Sprintf("одобрили разные лица: %d из %d", count, p.Approvals),
		}}
	}
	return m
}

// void ends approvals whose content is no longer that of the request, or that
// are of somebody who has since entered any of it, be it the same once more.
func (s *saving) void() error {
	if len(s.r.Approvals) == 0 {
		return nil
	}
	now, err := s.r.contentHash()
	if err != nil {
		return err
	}
	byAuthor := slices.ContainsFunc(s.r.Approvals, func(x Approval) bool { return slices.Contains(s.r.Authors, x.By.ID) })
	if now == s.r.Approvals[0].Content && !byAuthor {
		return nil
	}
	return s.write(&Entry{
		Kind: ApprovalsVoid, By: System(), Void: s.r.held([]workflow.Evidence{workflow.ApprovalsComplete}),
		Note: "заявка изменена после одобрения",
	})
}

// strong reports whether an arrow may be followed on the word of a role only
// with a second factor: it leads to a certificate, or ends one.
func strong(arrow workflow.Step, by workflow.Role) bool {
	if by == workflow.System || by == workflow.Applicant || by == workflow.ApplicantRep {
		return false
	}
	for _, e := range arrow.Do {
		switch e {
		case workflow.SendToCA, workflow.RevokeCertificate, workflow.SuspendCertificate, workflow.ResumeCertificate:
			return true
		}
	}
	return arrow.On == workflow.Approve || arrow.To == workflow.Issuing
}
