package ra_test

import (
	"testing"
	"testing/fstest"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// file is what came with the last notice of send_instruction.
func (o *office) file() ra.NoticeFile {
	o.t.Helper()
	for i := len(o.mail.notices) - 1; i >= 0; i-- {
		n := o.mail.notices[i]
		if n.Effect != workflow.SendInstruction {
			continue
		}
		if len(n.Files) != 1 || n.To != workflow.Applicant || n.Email != o.form.Email {
			o.t.Fatalf("got %+v, want one file for the applicant", n)
		}
		return n.Files[0]
	}
	o.t.Fatal("no instruction was sent")
	return ra.NoticeFile{}
}

// TestInstructions: each of the two instructions of seed 003 is sent where it
// is needed, and what was sent is kept.
func TestInstructions(t *testing.T) {
	own := []byte("%PDF-1.7 own\n%%EOF\n")
	for what, c := range map[string]struct {
		files         fstest.MapFS
		scans, visits string // what is sent
	}{
		"built in":     {nil, "instruction_scans of ", "instruction_request of "},
		"by the place": {fstest.MapFS{"service-center/key_generation.pdf": {Data: own}}, "instruction_scans of ", string(own)},
		"by the kind":  {fstest.MapFS{"instruction_scans.pdf": {Data: own}}, string(own), "instruction_request of "},
	} {
		t.Run(what, func(t *testing.T) {
			o := newOfficeOf(t, "service-center")
			if c.files != nil {
				o.reopen(func(r *ra.Config) { r.Instructions = c.files })
			}
			id, subscriber := o.created()
			sent := func(kind ra.DocumentKind, name, begins string) {
				t.Helper()
				f := o.file()
				if f.Name != name || f.Media != "application/pdf" || len(f.Data) < len(begins) || string(f.Data[:len(begins)]) != begins {
					t.Errorf("got %s %s %q, want %s %q", f.Name, f.Media, f.Data, name, begins)
				}
				if kept, _ := o.exhibit(id, string(kind)); string(kept) != string(f.Data) {
					t.Errorf("the dossier has %q as %s, want what was sent", kept, kind)
				}
			}
			sent(ra.InstructionScans, "Как передать сканы документов.pdf", c.scans)
			o.attach(id, subscriber, workflow.PassportScan, workflow.SNILSScan, workflow.ApplicationScan)
			o.fire(id, subscriber, workflow.SubmitDocuments, workflow.CAReview)
			o.attest(id, inspector, workflow.DocumentsAccepted, workflow.ApplicationAccepted)
			o.visited(id, true)
			sent(ra.InstructionRequest, "Запрос квалифицированной электронной подписи.pdf", c.visits)
		})
	}
}

// TestInstructionIsOfThePlace: the one for the place it was ordered in, though
// the request has gone on since.
func TestInstructionIsOfThePlace(t *testing.T) {
	o := newOfficeOf(t, "service-center")
	id := o.must(o.authority.Begin(o.ctx, centre, "service-center", ra.Form{LegalForm: "person", Email: o.form.Email})).ID
	o.settle()
	subscriber := ra.Actor{ID: "subscriber", Role: workflow.Applicant, Partner: "centre"}
	o.must(o.authority.Fill(o.ctx, id, subscriber, o.form))
	o.fire(id, subscriber, workflow.Submit, workflow.FormFilled)
	o.must(o.authority.Fire(o.ctx, id, centre, workflow.CreateForm))
	o.must(o.authority.Fire(o.ctx, id, subscriber, workflow.Cancel))
	o.settle()
	if got := o.file().Name; got != "Как передать сканы документов.pdf" {
		t.Errorf("got %s, want the instruction for the documents", got)
	}
}

func TestInstructionThatIsNoPDF(t *testing.T) {
	o := newOfficeOf(t, "service-center")
	o.reopen(func(c *ra.Config) { c.Instructions = fstest.MapFS{"instruction_scans.pdf": {Data: []byte("text")}} })
	id := o.must(o.authority.Begin(o.ctx, centre, "service-center", ra.Form{LegalForm: "person", Email: o.form.Email})).ID
	o.settle()
	subscriber := ra.Actor{ID: "subscriber", Role: workflow.Applicant, Partner: "centre"}
	o.must(o.authority.Fill(o.ctx, id, subscriber, o.form))
	o.fire(id, subscriber, workflow.Submit, workflow.FormFilled)
	o.fire(id, centre, workflow.CreateForm, workflow.DocumentsPending)
	if r := o.reload(id); len(r.Trouble) != 1 || r.Trouble[0].Effect != workflow.SendInstruction {
		t.Errorf("got trouble %+v, want that of the instruction", r.Trouble)
	}
}
