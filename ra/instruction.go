package ra

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/surguch/surguch/ra/internal/media"
	"github.com/surguch/surguch/workflow"
)

// instructions are the files that send_instruction sends, by what the
// applicant is to do next, and their names for him.
var instructions = map[DocumentKind]string{
	InstructionScans:   "Как передать сканы документов.pdf",
	InstructionRequest: "Запрос квалифицированной электронной подписи.pdf",
	InstructionVisit:   "Как прийти с документами.pdf",
}

// sendInstruction sends the applicant the instruction for the step that he has
// come to, as a file with the notice, and keeps the file that was sent.
func (a *Authority) sendInstruction(ctx context.Context, j *job) (found, error) {
	at, err := a.placeAt(ctx, j)
	if err != nil {
		return found{}, err
	}
	kind := instructionAt(j.process, at)
	data, err := a.instruction(ctx, j, at, kind)
	if err != nil {
		return found{}, err
	}
	n := a.notice(j, workflow.Applicant)
	n.Files = []NoticeFile{{Name: instructions[kind], Media: mediaPDF, Data: data}}
	if err := a.cfg.Notifier.Notify(ctx, n); err != nil {
		return found{}, err
	}
	return found{attach: []attachment{{kind: string(kind), media: mediaPDF, data: data, note: instructions[kind]}}}, nil
}

// placeAt is where the request was when the effect was ordered: by now it may
// have gone on.
func (a *Authority) placeAt(ctx context.Context, j *job) (workflow.State, error) {
	e, err := a.orderedBy(ctx, j.request, &j.task)
	if err != nil || e.To == "" {
		return j.request.State, err
	}
	return e.To, nil
}

// instructionAt is the instruction for what a place waits for.
func instructionAt(p *workflow.Process, at workflow.State) DocumentKind {
	here := &Request{State: at}
	switch {
	case wanted(p, here, workflow.RequestVerified):
		return InstructionRequest
	case wanted(p, here, workflow.DocumentsComplete):
		return InstructionScans
	}
	return InstructionVisit
}

// instruction is the file of an embedder, or else what the printer makes.
func (a *Authority) instruction(ctx context.Context, j *job, at workflow.State, kind DocumentKind) ([]byte, error) {
	if a.cfg.Instructions != nil {
		for _, name := range []string{j.process.Name + "/" + string(at) + ".pdf", string(kind) + ".pdf"} {
			data, err := fs.ReadFile(a.cfg.Instructions, name)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("ra: instruction %s: %w", name, err)
			}
			if typ, err := media.Detect(data); err != nil || typ != mediaPDF {
				return nil, Permanent(fmt.Errorf("ra: instruction %s is no PDF", name))
			}
			return data, nil
		}
	}
	return a.cfg.Printer.Print(ctx, Document{Kind: kind, Request: j.request})
}
