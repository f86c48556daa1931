package ra

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/workflow"
)

// keyNote is the memory of a question for a key pair between attempts. It stays
// with the task when that is done: the certificate goes to the same place.
type keyNote struct {
	Form      int64       `json:"form"`            // entry that found the form valid: whose key it is
	Round     int         `json:"round,omitempty"` // asked anew that often, because the person did not want to
	Operation OperationID `json:"operation,omitempty"`
}

// createKey has the owner make the key pair in the application on his phone,
// and takes the PKCS #10 request that comes back as it takes any other.
func (a *Authority) createKey(ctx context.Context, j *job) (found, error) {
	note := keyNote{Form: j.request.basis(workflow.FormValid)}
	if len(j.task.Note) > 0 {
		if err := json.Unmarshal(j.task.Note, &note); err != nil {
			return found{}, fmt.Errorf("ra: key of %s: %w", j.request.ID, err)
		}
	}
	if note.Form != j.request.basis(workflow.FormValid) || !wanted(j.process, j.request, workflow.RequestVerified) {
		if note.Operation != "" {
			return found{}, a.cfg.Keys.DropKey(ctx, note.Operation)
		}
		return found{}, nil
	}
	if note.Operation == "" {
		subject, err := Subject(&j.request.Form)
		if err != nil {
			return found{}, Permanent(fmt.Errorf("ra: request %s: %w", j.request.ID, err))
		}
		note.Operation, err = a.cfg.Keys.AskKey(ctx, KeyRequest{
			Key: fmt.Sprintf("%s/%d", j.task.Key, note.Round), SNILS: j.request.Form.SNILS,
			Title: "Создание ключа и запроса на сертификат", Template: csr.Template{Subject: subject, Extensions: []csr.Extension{keyUsage}},
			Deadline: j.now.Add(a.cfg.SigningLife),
		})
		if err != nil {
			return found{}, err
		}
		out := found{on: workflow.FormValid, again: soon} // once it is remembered where the key is
		out.note, err = json.Marshal(note)
		return out, err
	}
	op, err := a.cfg.Keys.KeyStatus(ctx, note.Operation)
	if err != nil {
		return found{}, err
	}
	out := found{on: workflow.FormValid}
	switch op.State {
	case KeyMade:
		return a.keyMade(j, out, op.Request)
	case AwaitingUser:
		out.again = a.cfg.Poll
	case RefusedByUser, SigningExpired, SignerNotFound: // asked again, until the place is left
		note.Round, note.Operation, out.again = note.Round+1, "", longPause
	default:
		return found{}, fmt.Errorf("ra: the keys' service answers with an unknown state %q", op.State)
	}
	out.note, err = json.Marshal(note)
	return out, err
}

// keyUsage is what a person's key is for: signatures, and keys of messages.
var keyUsage = csr.NewKeyUsage(csr.DigitalSignature | csr.ContentCommitment | csr.KeyEncipherment | csr.DataEncipherment | csr.KeyAgreement)

func (a *Authority) keyMade(j *job, out found, der []byte) (found, error) {
	request, err := a.cfg.Algorithms.Parse(der)
	if err == nil {
		err = a.checkRequest(&j.request.Form, request)
	}
	if err != nil {
		return found{}, Permanent(fmt.Errorf("ra: request %s: the request that the phone made: %w", j.request.ID, err))
	}
	out.claims = []string{keyClaim(request)}
	out.attach = []attachment{{kind: RequestExhibit, media: mediaPKCS10, data: request.Raw}}
	out.record = []Held{requestVerified(request)}
	return out, nil
}

// requestVerified is the evidence of a PKCS #10 request that was checked.
func requestVerified(r *csr.Request) Held {
	return Held{
		Evidence: workflow.RequestVerified, Exhibit: hashOf(r.Raw),
		Note: "владение ключом доказано, имя совпадает с анкетой; " + r.Algorithm.Name,
	}
}

// handOver gives the certificate to the application that made its key, if one
// did. One that does not count any more stays where it is: by now the
// application may have been asked for another key.
func (a *Authority) handOver(ctx context.Context, r *Request) error {
	if _, counts := r.Evidence(workflow.CertificateMatches); a.cfg.Keys == nil || !counts {
		return nil
	}
	tasks, err := a.cfg.Store.Tasks(ctx, r.ID)
	if err != nil {
		return err
	}
	var last *Task
	for i, t := range tasks {
		if t.Effect == workflow.CreateKey && t.State == TaskDone {
			last = &tasks[i]
		}
	}
	if last == nil || len(last.Note) == 0 {
		return nil
	}
	var note keyNote
	if err := json.Unmarshal(last.Note, &note); err != nil {
		return fmt.Errorf("ra: key of %s: %w", r.ID, err)
	}
	certificate, err := a.Document(ctx, r, CertificateExhibit)
	if err != nil {
		return err
	}
	return a.cfg.Keys.Install(ctx, note.Operation, certificate)
}
