package ra_test

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// turn is the surroundings of a command: the authority, for one command under
// a key or at a version perhaps, the request, and who it is.
type turn struct {
	a  *ra.Authority
	r  *ra.Request
	by ra.Actor
}

// commands do, each by the name of a method, something right or wrong with a
// request, and say what.
var commands = map[string]func(x *walk, c turn) (string, error){
	"Acknowledge": func(x *walk, c turn) (string, error) {
		return "", errOf(c.a.Acknowledge(x.ctx, x.id, c.by, x.ownSignature(c.r)))
	},
	"AnswerCA": func(x *walk, c turn) (string, error) {
		answer := pick(x, []ra.Answer{{}, {Fields: map[string]string{"email": "b@example.org"}}, {Signature: []byte("no CMS")}})
		return "", errOf(c.a.AnswerCA(x.ctx, x.id, c.by, answer, pick(x, notes)))
	},
	"Approve": func(x *walk, c turn) (string, error) {
		review, err := x.authority.Review(x.ctx, x.id)
		if err != nil {
			return "review", err
		}
		c.by.Role = workflow.CAOperator
		return "", errOf(c.a.Approve(x.ctx, x.id, c.by, pick(x, []string{review.Content, review.Content, "another"}), ""))
	},
	"AdmitRepresentative": func(x *walk, c turn) (string, error) {
		return "", errOf(c.a.AdmitRepresentative(x.ctx, x.id, c.by, pick(x, people), x.clock.Now().Add(pick(x, pauses)), pick(x, notes)))
	},
	"Assign": func(x *walk, c turn) (string, error) {
		to := pick(x, append(people, ""))
		return to, errOf(c.a.Assign(x.ctx, x.id, c.by, to))
	},
	"Attach": func(x *walk, c turn) (string, error) {
		kind := pick(x, []string{"passport_scan", "snils_scan", "owner_photo", "application_scan", "certificate_scan", "other", ra.CertificateExhibit})
		return kind, errOf(c.a.Attach(x.ctx, x.id, c.by, kind, []byte(pick(x, []string{"%PDF-1.7\n%%EOF\n", "%PDF-1.4\n%%EOF\n", "no"})), ""))
	},
	"Attest": func(x *walk, c turn) (string, error) {
		evidence := pick(x, allEvidence(x.process))
		if arrow := x.arrow(c.r); arrow != nil && len(arrow.Needs) > 0 {
			evidence, c.by.Role = pick(x, arrow.Needs), arrow.By
		}
		return string(evidence), errOf(c.a.Attest(x.ctx, x.id, c.by, evidence, pick(x, notes)))
	},
	"Begin": func(x *walk, c turn) (string, error) {
		return "", errOf(c.a.Begin(x.ctx, c.by, pick(x, []string{x.process.Name, "unknown"}), ra.Form{LegalForm: "person", Email: pick(x, []string{"a@example.org", "nobody"})}))
	},
	"Confirm": func(x *walk, c turn) (string, error) {
		return "", c.a.Confirm(x.ctx, x.token, pick(x, []string{x.code, "000000"}))
	},
	"ConfirmPower": func(x *walk, c turn) (string, error) {
		return "", errOf(c.a.ConfirmPower(x.ctx, x.id, c.by, []byte("<power/>"), []byte("no CMS")))
	},
	"ConfirmInstalled": func(x *walk, c turn) (string, error) {
		read, _ := x.authority.Document(x.ctx, c.r, ra.CertificateExhibit)
		return "", errOf(c.a.ConfirmInstalled(x.ctx, x.id, c.by, read))
	},
	"Dismiss": func(x *walk, c turn) (string, error) {
		task := x.trouble(c.r, &c.by)
		return task, errOf(c.a.Dismiss(x.ctx, x.id, c.by, task, pick(x, notes)))
	},
	"Enter": func(x *walk, c turn) (string, error) {
		credential := pick(x, []string{x.link, x.link, x.link, x.marker, string(x.id) + ".AAAAAAAAAAAAAAAAAAAAAA", "0"})
		entrance, err := c.a.Enter(x.ctx, credential, fmt.Appendf(nil, "the secret of session %d", x.IntN(3)))
		if err == nil && entrance.Request == x.id {
			x.token = entrance.Token
		}
		return "", err
	},
	"Erase": func(x *walk, c turn) (string, error) {
		if x.aim == "Erase" {
			c.by.Role = workflow.CAOperator
		} else if x.IntN(4) > 0 {
			c.by.SecondFactor = false // it is the end of the walk
		}
		return "", c.a.Erase(x.ctx, x.id, c.by, pick(x, notes))
	},
	"Fill": func(x *walk, c turn) (string, error) {
		form := x.form
		if x.IntN(2) == 0 {
			form = applicant.Form(x.Uint64N(3))
		}
		return "", errOf(c.a.Fill(x.ctx, x.id, c.by, form))
	},
	"Fire": func(x *walk, c turn) (string, error) {
		event := pick(x, events(x.process))
		if arrow := x.arrow(c.r); arrow != nil {
			event, c.by.Role = arrow.On, arrow.By
		}
		return string(event), errOf(c.a.Fire(x.ctx, x.id, c.by, event))
	},
	"ForwardOriginals": func(x *walk, c turn) (string, error) {
		return "", errOf(c.a.ForwardOriginals(x.ctx, c.by, []ra.ID{x.id}, pick(x, notes)))
	},
	"GiveKeyPhrase": func(x *walk, c turn) (string, error) {
		return "", errOf(c.a.GiveKeyPhrase(x.ctx, x.id, c.by, x.phrase()))
	},
	"Hasten": func(x *walk, c turn) (string, error) { return "", c.a.Hasten(x.ctx, x.id) },
	"Identify": func(x *walk, c turn) (string, error) {
		how := pick(x, []qualified.Identification{qualified.InPerson, qualified.InPerson, qualified.ByBiometrics})
		return how.String(), errOf(c.a.Identify(x.ctx, x.id, c.by, how, pick(x, notes)))
	},
	"Judge": func(x *walk, c turn) (string, error) {
		var verdicts []ra.Verdict
		for _, e := range c.r.Exhibits {
			if x.IntN(2) == 0 {
				quality := []ra.Quality{{Item: ra.Legible, Good: true}}
				verdicts = append(verdicts, ra.Verdict{Exhibit: e.Hash, Kind: e.Kind, Accepted: x.IntN(3) > 0, Reason: pick(x, notes), Quality: quality})
			}
		}
		return fmt.Sprint(len(verdicts)), errOf(c.a.Judge(x.ctx, x.id, c.by, verdicts))
	},
	"Leave": func(x *walk, c turn) (string, error) {
		err := c.a.Leave(x.ctx, x.token)
		if err == nil {
			x.shut("leaving", x.token, "")
		}
		return "", err
	},
	"LinkSupport": func(x *walk, c turn) (string, error) {
		return "", errOf(c.a.LinkSupport(x.ctx, x.id, c.by, pick(x, []string{"", "SD-17", "17\n"})))
	},
	"PrintMarker": func(x *walk, c turn) (string, error) {
		printed, err := c.a.PrintMarker(x.ctx, x.id, c.by)
		if err == nil {
			x.marker = string(printed)
		}
		return "", err
	},
	"Retry": func(x *walk, c turn) (string, error) {
		task := x.trouble(c.r, &c.by)
		return task, errOf(c.a.Retry(x.ctx, x.id, c.by, task, pick(x, notes)))
	},
	"RevokeAccess": func(x *walk, c turn) (string, error) {
		_, err := c.a.RevokeAccess(x.ctx, x.id, c.by, pick(x, notes))
		if err == nil {
			x.shut("the end of all access", x.token, x.link)
		}
		return "", err
	},
	"SendCode": func(x *walk, c turn) (string, error) { return "", errOf(c.a.SendCode(x.ctx, x.token)) },
	"SendLink": func(x *walk, c turn) (string, error) { return "", errOf(c.a.SendLink(x.ctx, x.id, c.by)) },
	"SetKeyPhrase": func(x *walk, c turn) (string, error) {
		return "", errOf(c.a.SetKeyPhrase(x.ctx, x.id, c.by, x.phrase()))
	},
	"SignApplication": func(x *walk, c turn) (string, error) {
		return "", errOf(c.a.SignApplication(x.ctx, x.id, c.by, x.ownSignature(c.r)))
	},
	"SubmitCSR": func(x *walk, c turn) (string, error) {
		return "", errOf(c.a.SubmitCSR(x.ctx, x.id, c.by, x.csr))
	},

	"DismissRepresentative": func(x *walk, c turn) (string, error) {
		actor := pick(x, people)
		if len(c.r.Representatives) > 0 {
			actor = pick(x, c.r.Representatives).ID
		}
		return actor, errOf(c.a.DismissRepresentative(x.ctx, x.id, c.by, actor, pick(x, notes)))
	},

	"Choices": func(x *walk, c turn) (string, error) {
		return fmt.Sprint(len(c.a.Choices(x.process, c.r, c.by))), nil
	},
	"Document": func(x *walk, c turn) (string, error) {
		kind := pick(x, append(kinds(c.r), ra.CertificateExhibit))
		return kind, errOf(c.a.Document(x.ctx, c.r, kind))
	},
	"DocumentByHash": func(x *walk, c turn) (string, error) {
		hash := "unknown"
		if len(c.r.Exhibits) > 0 {
			hash = pick(x, c.r.Exhibits).Hash
		}
		return hash, errOf(c.a.DocumentByHash(x.ctx, c.r, hash))
	},
	"Explain": func(x *walk, c turn) (string, error) { return "", errOf(c.a.Explain(x.ctx, x.id)) },
	"History": func(x *walk, c turn) (string, error) { return "", errOf(c.a.History(x.ctx, x.id)) },
	"Journal": func(x *walk, c turn) (string, error) { return "", errOf(c.a.Journal(x.ctx, x.id)) },
	"Next":    func(x *walk, c turn) (string, error) { return "", errOf(c.a.Next(x.ctx)) },
	"Open": func(x *walk, c turn) (string, error) {
		_, _, err := c.a.Open(x.ctx, x.link)
		return "", err
	},
	"Page":    func(x *walk, c turn) (string, error) { return "", errOf(c.a.Page(x.ctx, c.by, ra.Query{Limit: 10})) },
	"Process": func(x *walk, c turn) (string, error) { return "", errOf(c.a.Process(x.ctx, c.r)) },
	"Read":    func(x *walk, c turn) (string, error) { return "", errOf(c.a.Read(x.ctx, x.id, c.by)) },
	"Request": func(x *walk, c turn) (string, error) { return "", errOf(c.a.Request(x.ctx, x.id)) },
	"Review":  func(x *walk, c turn) (string, error) { return "", errOf(c.a.Review(x.ctx, x.id)) },
	"Session": func(x *walk, c turn) (string, error) {
		_, _, err := c.a.Session(x.ctx, x.token)
		return "", err
	},
}

// aims are the commands that are of use where certain evidence is waited for.
var aims = map[string][]workflow.Evidence{
	"Approve":          {workflow.ApprovalsComplete},
	"Fill":             {workflow.FormValid},
	"ForwardOriginals": {workflow.OriginalsDispatched},
	"GiveKeyPhrase":    {workflow.KeyPhraseGiven},
	"Identify":         {workflow.IdentityProofed},
	"SetKeyPhrase":     {workflow.RequestVerified, workflow.CertificateMatches}, // with a certificate nobody sets one any more
	"Judge":            {workflow.DocumentsAccepted, workflow.ApplicationAccepted, workflow.ReturnReason},
	"PrintMarker":      {workflow.MarkerReceipt, workflow.MarkerAccepted},
	"SignApplication":  {workflow.SignedByOldKey},
	"SubmitCSR":        {workflow.RequestVerified},
}

// prepare does what a command needs to have a chance.
func (x *walk) prepare(name string) {
	x.t.Helper()
	by := ra.Actor{ID: "another clerk", Role: workflow.CAOperator, SecondFactor: true}
	switch name {
	case "Enter", "Open":
		x.linked()
	case "Confirm", "Leave", "SendCode", "Session":
		_, _, err := x.authority.Session(x.ctx, x.token)
		if errors.Is(err, ra.ErrNotFound) && x.IntN(2) == 0 {
			x.linked()
			if e, err := x.authority.Enter(x.ctx, x.link, fmt.Appendf(nil, "the secret of session %d", x.IntN(3))); err == nil {
				x.token = e.Token
			}
		}
		if errors.Is(err, ra.ErrUnconfirmed) && name == "Session" {
			x.authority.Confirm(x.ctx, x.token, x.code)
		}
		if errors.Is(err, ra.ErrUnconfirmed) && name == "SendCode" {
			x.pass(2 * time.Minute)
		}
	case "AdmitRepresentative", "DismissRepresentative":
		x.authority.Attach(x.ctx, x.id, by, "power_of_attorney_scan", []byte("%PDF-1.7\n%%EOF\n"), "")
		if name == "DismissRepresentative" {
			x.authority.AdmitRepresentative(x.ctx, x.id, by, pick(x, people), x.clock.Now().Add(time.Hour), "основание")
		}
	case "Judge", "Document", "DocumentByHash":
		x.authority.Attach(x.ctx, x.id, by, "passport_scan", []byte("%PDF-1.7\n%%EOF\n"), "")
	}
}

// arrow is mostly one out of the place where the request rests.
func (x *walk) arrow(r *ra.Request) *workflow.Step {
	from := slices.DeleteFunc(slices.Clone(x.process.Steps), func(s workflow.Step) bool { return s.From != r.State || s.By == workflow.System })
	if len(from) == 0 || x.IntN(4) == 0 {
		return nil
	}
	return &from[x.IntN(len(from))]
}

// looks are the commands that change nothing, whatever comes of them.
var looks = []string{
	"Choices", "Document", "DocumentByHash", "Explain", "History", "Journal", "Next", "Open", "Page", "Process", "Read", "Request", "Review", "Session",
}

// ofSessions are the commands of whoever comes with a secret, by which they know
// a repetition, and not by a key. They leave a trace when they are refused: a
// wrong code is a try less, and a code that could not be sent is a new one all
// the same.
var ofSessions = []string{"Confirm", "Enter", "Leave", "SendCode"}

// apart are the methods that are no commands, and where they take part.
var apart = map[string]string{
	"Once": "command gives some commands a key",
	"At":   "command gives some commands a version",
	"Work": "pass lets the authority work",
	"Run":  "does the work of Work until it is stopped",
}

// TestEveryCommandWalks: no method of an authority is forgotten in the walks.
func TestEveryCommandWalks(t *testing.T) {
	authority := reflect.TypeFor[*ra.Authority]()
	known := slices.Concat(slices.Collect(maps.Keys(commands)), slices.Collect(maps.Keys(apart)))
	for m := range authority.Methods() {
		if !slices.Contains(known, m.Name) {
			t.Errorf("nobody walks %s", m.Name)
		}
	}
	for _, name := range slices.Concat(known, looks, ofSessions) {
		if _, ok := authority.MethodByName(name); !ok {
			t.Errorf("there is no method %s", name)
		}
	}
}

// pauses are how much time passes.
var pauses = []time.Duration{0, time.Second, time.Minute, time.Hour, 30 * time.Hour, 9 * 24 * time.Hour}

// notes are what people say of their reasons.
var notes = []string{"", "основание", "основание"}

func errOf[T any](_ T, err error) error { return err }

// kinds are those of the documents of a request.
func kinds(r *ra.Request) (list []string) {
	for _, e := range r.Exhibits {
		list = append(list, e.Kind)
	}
	return list
}

// trouble is a task in trouble, if there is one, and makes somebody whom it
// concerns.
func (x *walk) trouble(r *ra.Request, by *ra.Actor) string {
	if len(r.Trouble) == 0 {
		return "none"
	}
	by.Role = workflow.CAOperator
	return pick(x, r.Trouble).Task
}

// demanding are the commands that need a certificate, a signature or a paper
// that no walk comes by: here they are refused, and each has tests of its own.
var demanding = []string{
	"Acknowledge", "AnswerCA", "ConfirmInstalled", "ConfirmPower", "GiveKeyPhrase", "SignApplication",
}
