package main

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/internal/testenv/outside"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// office is an agent's, with the authority behind it: what happens to a request
// before its marker is printed (seed 002, steps 1 to 7).
type office struct {
	phones                     sync.Map // of the owners, by request
	t                          *testing.T
	server                     *server
	agent, operator, other, fi *desk
	pdftotext                  string
}

func newOffice(t *testing.T, s *server) *office {
	t.Helper()
	return &office{
		t: t, server: s, pdftotext: outside.Need(t, "pdftotext"),
		agent: s.desk(t, "Агент"), operator: s.desk(t, "Оператор"), other: s.desk(t, "Оператор 2"), fi: s.desk(t, "Платежи"),
	}
}

// scan is a picture, another one each time it is asked for by another name.
func scan(name string) []byte {
	picture := image.NewGray(image.Rect(0, 0, 8, len(name)))
	for i, c := range []byte(name) {
		picture.Set(i%8, i, color.Gray{c})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func (o *office) fire(d *desk, id string, event workflow.Event) {
	o.t.Helper()
	d.json(http.MethodPost, of(id, "/steps"), map[string]any{"event": event})
}

func (o *office) attest(d *desk, id string, e workflow.Evidence, note string) {
	o.t.Helper()
	d.json(http.MethodPost, of(id, "/evidence"), map[string]any{"evidence": e, "note": note})
}

func (o *office) attach(d *desk, id string, kind workflow.Evidence) {
	o.t.Helper()
	d.do(http.MethodPost, of(id, "/documents?kind="+string(kind)), "image/png", scan(string(kind)+id))
}

// request takes the request of an invented person to the printed marker, and
// returns its ID and the marker's code. With own, the owner makes the keys.
func (o *office) request(seed uint64, own bool) (id, marker string) {
	o.t.Helper()
	form := applicant.Form(seed)
	// Steps 1 and 2.
	begun := o.agent.json(http.MethodPost, "/requests", map[string]any{"process": "agent", "form": form})
	id = begun.ID
	o.phones.Store(id, form.Phone)
	o.agent.json(http.MethodPut, of(id, "/form"), form)
	o.fire(o.agent, id, workflow.Submit)
	for _, kind := range []workflow.Evidence{workflow.PassportScan, workflow.SNILSScan, workflow.ApplicationScan} {
		o.attach(o.agent, id, kind)
	}
	o.fire(o.agent, id, workflow.SubmitDocuments)
	o.fi.json(http.MethodPost, "/callbacks/payment", map[string]any{"request": id, "note": "платёжное поручение 17"})
	// Steps 3 and 4.
	o.fire(o.agent, id, workflow.Endorse)
	o.fire(o.operator, id, workflow.Take)
	o.attest(o.operator, id, workflow.DocumentsAccepted, "комплект проверен")
	o.attest(o.operator, id, workflow.ApplicationAccepted, "подпись как в паспорте")
	// Approvals are of what is seen, the answers of the registers among it.
	o.operator.until(id, func(v *view) bool { return v.holds(workflow.RegistersPositive) })
	var review struct{ Content string }
	if err := json.Unmarshal(o.other.do(http.MethodGet, of(id, "/review"), "", nil), &review); err != nil {
		o.t.Fatal(err)
	}
	o.other.json(http.MethodPost, of(id, "/approvals"), map[string]any{"content": review.Content, "note": "сверено"})
	o.agent.wait(id, workflow.Approved)
	// Steps 5 and 6.
	o.fire(o.agent, id, workflow.Invite)
	o.attest(o.agent, id, workflow.OriginalsShown, "паспорт и СНИЛС предъявлены")
	o.agent.json(http.MethodPost, of(id, "/identification"), map[string]any{"how": "in_person", "note": "паспорт"})
	o.attach(o.agent, id, workflow.OwnerPhoto)
	o.attach(o.agent, id, workflow.PassportScan)
	o.fire(o.agent, id, workflow.Identify)
	// Step 7.
	o.fire(o.agent, id, workflow.PrepareMarker)
	marker = o.print(id)
	if own {
		o.attest(o.agent, id, workflow.DeliveryOwn, "получит на своём рабочем месте")
		o.attest(o.agent, id, workflow.MarkerReceipt, "расписка от сегодняшнего дня")
		o.fire(o.agent, id, workflow.GiveMarker)
	} else {
		o.attest(o.agent, id, workflow.DeliveryAgent, "получит у Агента")
		o.fire(o.agent, id, workflow.KeepMarker)
	}
	return id, marker
}

// print has the marker printed and reads its code off the paper.
func (o *office) print(id string) string {
	o.t.Helper()
	pdf := o.agent.do(http.MethodPost, of(id, "/marker"), "", nil)
	tool := exec.Command(o.pdftotext, "-layout", "-", "-")
	tool.Stdin = bytes.NewReader(pdf)
	text, err := tool.Output()
	if err != nil {
		o.t.Fatalf("pdftotext: %v", err)
	}
	for line := range strings.Lines(string(text)) {
		if code, err := ra.ParseMarker(strings.TrimSpace(line)); err == nil {
			return code
		}
	}
	o.t.Fatalf("no code on the marker:\n%s", text)
	return ""
}

// withdraw has the marker withdrawn, and waits until it and its session count no
// more: the authority does that after the step.
func (o *office) withdraw(id string) {
	o.t.Helper()
	o.fire(o.agent, id, workflow.WithdrawMarker)
	o.operator.until(id, func(*view) bool {
		var history struct {
			Items []struct {
				Kind  ra.EntryKind
				Event workflow.Event
			}
		}
		if err := json.Unmarshal(o.operator.do(http.MethodGet, of(id, "/history"), "", nil), &history); err != nil {
			o.t.Fatal(err)
		}
		asked, done := false, false
		for _, e := range history.Items {
			asked = asked || e.Event == workflow.WithdrawMarker
			done = done || asked && e.Kind == ra.MarkerChanged
		}
		return done
	})
}

// finish hands over what the agent has made, and the originals: step 7.2 to 8.
func (o *office) finish(id string, own bool) {
	o.t.Helper()
	if !own {
		o.attest(o.agent, id, workflow.StampNumber, "печать № 4")
		o.attest(o.agent, id, workflow.MediumHandedOver, "расписка в получении носителя")
		o.fire(o.agent, id, workflow.HandOver)
	}
	o.attest(o.agent, id, workflow.OriginalsDispatched, "отправление 14")
	o.attest(o.operator, id, workflow.OriginalsReceived, "получены")
	o.fire(o.operator, id, workflow.ReceiveOriginals)
	o.operator.wait(id, workflow.Completed)
}
