package ra

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/workflow"
)

// inquiries is the memory of ask_registers between attempts.
type inquiries struct {
	Form  int64                   `json:"form"` // entry that found the form valid: what is asked about
	Asked map[smev.Check]*inquiry `json:"asked"`
}

type inquiry struct {
	ID      string   `json:"id"`
	Outcome string   `json:"outcome,omitempty"` // as smev.Outcome prints
	Reason  string   `json:"reason,omitempty"`
	Fields  []string `json:"fields,omitempty"` // of the form, that a refusal is about
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
	subject := inquirySubject(&j.request.Form)
	out := found{on: workflow.FormValid, again: a.Poll}
	pending, human := false, ""
	for _, check := range a.Checks {
		q := state.Asked[check]
		if q == nil {
			id, err := a.Registers.Ask(ctx, smev.Inquiry{Key: j.task.Key + "/" + string(check), Check: check, Subject: subject})
			if err != nil {
				return found{}, err
			}
			q = &inquiry{ID: id}
			state.Asked[check] = q
		}
		if q.Outcome == "" {
			answer, err := a.answer(ctx, check, q.ID)
			switch {
			case errors.Is(err, smev.ErrUnknown): // lost on the other side: ask anew
				delete(state.Asked, check)
				pending = true
				continue
			case errors.Is(err, smev.ErrPending):
				pending = true
				continue
			case err != nil:
				return found{}, err
			}
			if answer.Outcome == smev.Unavailable {
				delete(state.Asked, check)
				pending = true
				if wait := answer.RetryAt.Sub(j.now); wait > out.again {
					out.again = wait
				}
				continue
			}
			q.Outcome, q.Reason, q.Fields = answer.Outcome.String(), answer.Reason, answer.Fields
			out.attach = append(out.attach, attachment{
				kind: "smev_" + string(check), media: mediaXML, data: answer.Evidence.Envelope, note: q.Outcome,
			})
		}
		switch q.Outcome {
		case smev.Confirmed.String():
		case smev.Refuted.String():
			return refuted(out, check, q), nil
		default:
			human = string(check) + ": " + q.Outcome
		}
	}
	switch {
	case pending:
		note, err := json.Marshal(state)
		if err != nil {
			return found{}, fmt.Errorf("ra: inquiries of %s: %w", j.request.ID, err)
		}
		out.note = note
		return out, nil
	case human != "":
		return found{on: out.on, attach: out.attach, fire: workflow.AskHuman}, nil
	}
	return found{on: out.on, attach: out.attach, record: []Held{{
		Evidence: workflow.RegistersPositive, Until: j.now.Add(a.CheckLife),
		Note: fmt.Sprintf("подтверждено: %s", names(a.Checks)),
	}}}, nil
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
	answer, err := a.Registers.Answer(ctx, id)
	if err != nil {
		return nil, err
	}
	if answer.Evidence.OriginalMessageID != id {
		return nil, &AnswerError{id, answer.Evidence.OriginalMessageID}
	}
	if answer.Check != check {
		return nil, &AnswerError{string(check) + " " + id, string(answer.Check) + " " + answer.Evidence.OriginalMessageID}
	}
	if answer.Evidence.Provider == smev.Emulator && !a.Rehearsal {
		return nil, errSimulated
	}
	return answer, nil
}

// errSimulated refuses a simulator's answer outside a rehearsal.
var errSimulated = errors.New("ra: a simulator's answer proves nothing about a person: Config.Rehearsal is not set")

func refuted(out found, check smev.Check, q *inquiry) found {
	return found{on: out.on, attach: out.attach, record: []Held{{
		Evidence: workflow.RegisterRefuted,
		Note:     fmt.Sprintf("%s: не подтверждено (%s), поля %v", checkNames[check], q.Reason, q.Fields),
	}}}
}

var checkNames = map[smev.Check]string{
	smev.CheckPassport: "паспорт", smev.CheckSNILS: "СНИЛС", smev.CheckINN: "ИНН",
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
		Gender: gender, BirthDate: parseDate(f.BirthDate), SNILS: f.SNILS, INN: f.INN,
		Passport: smev.Passport{
			Series: f.PassportSeries, Number: f.PassportNumber,
			Issued: parseDate(f.PassportDate), IssuerCode: digitsOf(f.PassportDivCode),
		},
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
