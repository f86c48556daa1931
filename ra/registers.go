package ra

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/workflow"
)

// inquiries is the memory of ask_registers between attempts.
type inquiries struct {
	Form  int64                   `json:"form"` // entry that found the form valid: what is asked about
	Asked map[smev.Check]*inquiry `json:"asked"`
}

type inquiry struct {
	Round   int      `json:"round,omitempty"` // asked anew that often, because the register was not available
	ID      string   `json:"id"`
	Outcome string   `json:"outcome,omitempty"` // as smev.Outcome prints
	Fields  []string `json:"fields,omitempty"`  // of the form, that a refusal is about

	// Reason is what the register says, for the dossier; it may name the
	// person, so that the task, which is not sealed, does not keep it.
	Reason string `json:"-"`

	retry time.Time // not before, when the register was not available
}

// askRegisters files one inquiry for each check, waits for the answers and
// says what they amount to: all confirmed, one refuted, or a human must look.
// Outcomes are never merged: only a register that says no counts as a no.
func (a *Authority) askRegisters(ctx context.Context, j *job) (found, error) {
	state := inquiries{Form: j.request.basis(workflow.FormValid), Asked: map[smev.Check]*inquiry{}}
	if len(j.task.Note) > 0 {
		if err := json.Unmarshal(j.task.Note, &state); err != nil {
			return found{}, fmt.Errorf("ra: inquiries of %s: %w", j.request.ID, err)
		}
	}
	if state.Form != j.request.basis(workflow.FormValid) || !wanted(j.process, j.request, workflow.RegistersPositive, workflow.RegisterRefuted) {
		return found{}, nil
	}
	out := found{on: workflow.FormValid, again: a.cfg.Poll}
	pending, human := false, false
	checks := a.checks(&j.request.Form)
	for _, check := range checks {
		q := state.Asked[check]
		if q == nil {
			q = &inquiry{}
			state.Asked[check] = q
		}
		if q.Outcome == "" {
			answer, err := a.inquire(ctx, j, check, q)
			if err != nil {
				return found{}, err
			}
			if answer == nil {
				pending = true
				out.again = max(out.again, q.retry.Sub(j.now))
				continue
			}
			if len(answer.Evidence.Envelope) > 0 {
				out.attach = append(out.attach, attachment{
					kind: "smev_" + string(check), media: mediaXML, data: answer.Evidence.Envelope, note: q.Outcome,
				})
			}
		}
		switch q.Outcome {
		case smev.Confirmed.String():
		case smev.Refuted.String():
			out.again = 0
			out.record = []Held{{
				Evidence: workflow.RegisterRefuted,
				Note:     fmt.Sprintf("%s: не подтверждено (%s), поля %v", checkNames[check], q.Reason, q.Fields),
			}}
			return out, nil
		default:
			human = true
		}
	}
	switch {
	case pending:
		var err error
		if out.note, err = json.Marshal(state); err != nil {
			return found{}, fmt.Errorf("ra: inquiries of %s: %w", j.request.ID, err)
		}
	case human:
		out.again, out.fire = 0, workflow.AskHuman
	default:
		out.again, out.record = 0, []Held{{
			Evidence: workflow.RegistersPositive, Until: j.now.Add(a.cfg.CheckLife),
			Note: "подтверждено: " + names(checks),
		}}
		if slices.Contains(checks, smev.CheckEGRUL) {
			out.record = append(out.record, Held{
				Evidence: workflow.AuthorityConfirmed, Until: j.now.Add(a.cfg.CheckLife),
				Note: "по ЕГРЮЛ действует от имени организации без доверенности",
			})
		}
	}
	return out, nil
}

// inquire files the inquiry unless it is filed, and fetches its answer: nil
// while there is none. A register that is not available is asked anew later,
// under another key; data it cannot be asked about is for a human.
func (a *Authority) inquire(ctx context.Context, j *job, check smev.Check, q *inquiry) (*smev.Answer, error) {
	if q.ID == "" {
		var err error
		q.ID, err = a.cfg.Registers.Ask(ctx, smev.Inquiry{
			Key:     fmt.Sprintf("%s/%s/%d", j.task.Key, check, q.Round),
			Check:   check,
			Subject: inquirySubject(&j.request.Form),
		})
		var cannot *smev.SubjectError
		if errors.As(err, &cannot) {
			q.Outcome, q.Fields = smev.Inconclusive.String(), []string{cannot.Field}
			return &smev.Answer{Check: check, Outcome: smev.Inconclusive}, nil
		}
		if err != nil {
			return nil, err
		}
	}
	answer, err := a.answer(ctx, check, q.ID)
	switch {
	case errors.Is(err, smev.ErrPending):
		return nil, nil
	case errors.Is(err, smev.ErrUnknown): // lost on the other side: filed again next time
		q.ID = ""
		return nil, nil
	case err != nil:
		return nil, err
	case answer.Outcome == smev.Unavailable:
		q.ID, q.Round, q.retry = "", q.Round+1, answer.RetryAt
		return nil, nil
	}
	q.Outcome, q.Reason, q.Fields = answer.Outcome.String(), answer.Reason, answer.Fields
	return answer, nil
}

// AnswerError says that a register's answer does not belong to the inquiry it
// was given for. Nothing of it was recorded.
type AnswerError struct {
	Asked, Answered string // inquiry IDs
}

func (e *AnswerError) Error() string {
	return fmt.Sprintf("ra: the answer to inquiry %s is for inquiry %s", e.Asked, e.Answered)
}

// answer fetches an answer and refuses one that is for another inquiry.
func (a *Authority) answer(ctx context.Context, check smev.Check, id string) (*smev.Answer, error) {
	answer, err := a.cfg.Registers.Answer(ctx, id)
	if err != nil {
		return nil, err
	}
	if answer.Evidence.OriginalMessageID != id {
		return nil, &AnswerError{id, answer.Evidence.OriginalMessageID}
	}
	if answer.Check != check {
		return nil, &AnswerError{string(check) + " " + id, string(answer.Check) + " " + answer.Evidence.OriginalMessageID}
	}
	if answer.Evidence.Provider == smev.Emulator && !a.cfg.Rehearsal {
		return nil, errSimulated
	}
	return answer, nil
}

// errSimulated refuses a simulator's answer outside a rehearsal.
var errSimulated = errors.New("ra: a simulator's answer proves nothing about a person: Config.Rehearsal is not set")

// checks are the inquiries about a form: those of the person, and what the
// registers know of him as a sole trader or as the head of an organisation. For
// whom a power of attorney speaks, EGRUL does not.
func (a *Authority) checks(f *Form) []smev.Check {
	switch {
	case f.LegalForm == LegalSoleTrader:
		return append(slices.Clip(a.cfg.Checks), smev.CheckEGRIP)
	case f.LegalForm == LegalOrganization && f.ActsBy == ByRegister:
		return append(slices.Clip(a.cfg.Checks), smev.CheckEGRUL)
	}
	return a.cfg.Checks
}

var checkNames = map[smev.Check]string{
	smev.CheckPassport: "паспорт", smev.CheckSNILS: "СНИЛС", smev.CheckINN: "ИНН",
	smev.CheckEGRUL: "ЕГРЮЛ", smev.CheckEGRIP: "ЕГРИП",
}

func names(checks []smev.Check) string {
	text := ""
	for i, c := range checks {
		if i > 0 {
			text += ", "
		}
		text += checkNames[c]
	}
	return text
}

// inquirySubject is what the registers are asked about. The form has been
// checked, so its dates parse.
func inquirySubject(f *Form) smev.Subject {
	gender := smev.Male
	if f.Gender == "2" {
		gender = smev.Female
	}
	return smev.Subject{
		LastName: f.LastName, FirstName: f.FirstName, MiddleName: f.MiddleName,
		Gender: gender, BirthDate: parseDate(f.BirthDate), BirthPlace: f.BirthPlace, SNILS: f.SNILS, INN: f.INN,
		Passport: smev.Passport{
			Series: f.PassportSeries, Number: f.PassportNumber,
			Issued: parseDate(f.PassportDate), IssuerCode: digitsOf(f.PassportDivCode), Issuer: f.PassportIssuer,
		},
		OGRNIP:       f.OGRNIP,
		Organization: smev.Organization{OGRN: f.OGRN, INN: f.INNLE, KPP: f.KPP, Name: f.Organization},
	}
}

func digitsOf(s string) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			out = append(out, s[i])
		}
	}
	return string(out)
}
