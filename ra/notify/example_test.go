package notify_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing/fstest"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/notify"
	"github.com/surguch/surguch/workflow"
)

// printer stands for a mail server and an SMS provider.
type printer struct{}

func (printer) Send(_ context.Context, m notify.SMS) error {
	fmt.Println(m.Text)
	return nil
}

// The text message of seed 003, step 8.
func ExampleRouter() {
	router, err := notify.New(notify.Config{
		SMS: printer{}, Portal: "https://i.kontur.ru/#", Authority: "АО «Удостоверяющий центр»",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = router.Notify(context.Background(), ra.Notice{
		Key: "5f0e/send_sms/17", Request: "5f0e", Effect: workflow.SendSMS, To: workflow.Applicant,
		State: workflow.KeyGeneration, Phone: "+79990000001",
	})
	fmt.Println(err)
	// Output:
	// Ваш сертификат готов к выпуску! Для его установки и настройки рабочего места зайдите на сайт i.kontur.ru
	// <nil>
}

// An embedder's own words, and a reason nothing is to be sent for.
func ExampleConfig_texts() {
	_, err := notify.New(notify.Config{
		SMS: printer{}, Portal: "https://ra.example.org/#", Authority: "АО «Удостоверяющий центр»",
		Texts: fstest.MapFS{
			"sms/code.txt": {Data: []byte("Никому не говорите: {{.Code}}")},
			"sms/notify_applicant.awaiting_visit.txt": {Data: nil},
			"mail/notify_agent.approved.txt":          {Data: []byte("Заявка {{.Request}}\n\n{{.Titel}}")},
		},
	})
	fmt.Println(strings.Contains(err.Error(), "mail/notify_agent.approved.txt"), strings.Contains(err.Error(), "Titel"))
	// Output: true true
}

func ExampleLog() {
	plain := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	log := notify.Log(slog.New(slog.NewTextHandler(os.Stdout, plain)))
	log.Notify(context.Background(), ra.Notice{
		Key: "5f0e/notify_applicant/17", Request: "5f0e", Seq: 17, Effect: workflow.NotifyApplicant, To: workflow.Applicant,
		State: workflow.Completed, Email: "name@example.org",
	})
	// Output: level=INFO msg="notify: a notice" request=5f0e seq=17 reason=notify_applicant to=applicant state=completed
}

// Agents of a partner are told at the partner's addresses, those of any other
// at one that all share.
func ExampleOffices() {
	offices := notify.Offices{
		{Role: workflow.Agent, Partner: "agent-7"}: {"office@agent-7.example.org"},
		{Role: workflow.Agent}:                     {"agents@ca.example.org"},
	}
	for _, partner := range []string{"agent-7", "agent-8"} {
		fmt.Println(offices.Addresses(context.Background(), workflow.Agent, partner, "5f0e"))
	}
	// Output:
	// [office@agent-7.example.org] <nil>
	// [agents@ca.example.org] <nil>
}
