package workflow_test

import (
	"fmt"
	"time"

	"github.com/surguch/surguch/workflow"
)

// An embedder's own process: a person asks, an operator answers. It uses the
// vocabulary of the package where it fits, and words of its own.
func Example() {
	support := &workflow.Process{
		Name: "support", Version: "1.0.0", Title: "Техподдержка", Source: "seed 003, foot of the page",
		Places: []workflow.Place{
			{State: "draft", Title: "Заполните, пожалуйста, все поля", Owner: workflow.Applicant, Within: time.Hour, Late: workflow.Expire},
			{State: "asked", Title: "Вопрос задан", Owner: workflow.CAOperator, Within: 72 * time.Hour, Late: workflow.Remind},
			{State: "answered", Title: "Ответ отправлен"},
			{State: "expired", Title: "Не отправлено"},
		},
		Steps: []workflow.Step{
			{From: "draft", On: workflow.Submit, By: workflow.Applicant, Needs: []workflow.Evidence{workflow.FormValid}, To: "asked", Do: []workflow.Effect{workflow.NotifyOperator}},
			{From: "draft", On: workflow.Expire, By: workflow.System, To: "expired"},
			{From: "asked", On: "answer", By: workflow.CAOperator, Needs: []workflow.Evidence{"answer_text"}, To: "answered", Do: []workflow.Effect{workflow.NotifyApplicant}},
			{From: "asked", On: workflow.Remind, By: workflow.System, To: "asked", Do: []workflow.Effect{workflow.NotifyOperator}},
		},
	}
	fmt.Println(support.Check())
	fmt.Print(support.Mermaid())
	// Output:
	// <nil>
	// ---
	// title: "Техподдержка"
	// ---
	// stateDiagram-v2
	//     state "Заполните, пожалуйста, все поля" as draft
	//     state "Вопрос задан" as asked
	//     state "Ответ отправлен" as answered
	//     state "Не отправлено" as expired
	//     [*] --> draft
	//     draft --> asked: submit (applicant) [form_valid]
	//     draft --> expired: expire (system)
	//     asked --> answered: answer (ca_operator) [answer_text]
	//     asked --> asked: remind (system)
	//     answered --> [*]
	//     expired --> [*]
}

// Check refuses a change that would let a request slip past a safeguard.
func ExampleProcess_Check() {
	p, err := workflow.Lookup("personal-link")
	if err != nil {
		fmt.Println(err)
		return
	}
	p.Steps = append(p.Steps, workflow.Step{
		From: workflow.KeyGeneration, On: "issue_anyway", By: workflow.CAOperator, To: workflow.Issuing,
		Needs: []workflow.Evidence{workflow.RegistersConfirmed, workflow.RequestVerified, workflow.ApplicationAccepted},
	})
	fmt.Println(p.Check())
	// Output:
	// workflow: personal-link: invariant: key_generation --issue_anyway(ca_operator)--> issuing: I4 is not certain: identity_proofed
	// workflow: personal-link: invariant: key_generation --issue_anyway(ca_operator)--> issuing: I8 is not certain: authority_confirmed
}

// Step answers what an event does, or why it does nothing.
func ExampleProcess_Step() {
	p, err := workflow.Lookup("crm")
	if err != nil {
		fmt.Println(err)
		return
	}
	held := map[workflow.Evidence]bool{workflow.FormValid: true}
	have := func(e workflow.Evidence) bool { return held[e] }

	_, err = p.Step(workflow.Draft, workflow.Submit, workflow.Agent, have)
	fmt.Println(err)

	held[workflow.PassportScan], held[workflow.SNILSScan] = true, true
	step, err := p.Step(workflow.Draft, workflow.Submit, workflow.Agent, have)
	fmt.Println(step, step.Do, err)
	// Output:
	// workflow: crm: submit in draft needs [passport_scan snils_scan]
	// draft --submit(agent)--> auto_check [ask_registers] <nil>
}

// Open lists the buttons of a page.
func ExampleProcess_Open() {
	p, err := workflow.Lookup("personal-link")
	if err != nil {
		fmt.Println(err)
		return
	}
	place, _ := p.Place(workflow.SigningApplication)
	fmt.Println(place.Title)
	for _, step := range p.Open(place.State, workflow.Applicant) {
		fmt.Println("-", step.On.Title())
	}
	// Output:
	// Подписание заявления и запроса в приложении Госключ
	// - Отправить на подпись повторно
	// - Изменить анкету
	// - Откатить заявку
	// - Отменить заявку
}
