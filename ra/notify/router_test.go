package notify_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/notify"
	"github.com/surguch/surguch/workflow"
)

const (
	canary = "kanareika" // stands in what no error and no log may repeat
	code   = "271828"
	link   = "5f0e." + canary
)

// post takes letters, text messages and bare notices, and fails when told to.
type post struct {
	mu      sync.Mutex
	letters []notify.Letter
	sms     []notify.SMS
	told    []ra.Notice
	fail    map[string]error // by "mail", "sms", "also"
}

func (p *post) do(what string, f func()) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.fail[what]; err != nil {
		return err
	}
	f()
	return nil
}

type mailer struct{ *post }

func (m mailer) Send(_ context.Context, l notify.Letter) error {
	return m.do("mail", func() { m.letters = append(m.letters, l) })
}

type texter struct{ *post }

func (x texter) Send(_ context.Context, m notify.SMS) error {
	return x.do("sms", func() { x.sms = append(x.sms, m) })
}

type also struct{ *post }

func (a also) Notify(_ context.Context, n ra.Notice) error {
	return a.do("also", func() { a.told = append(a.told, n) })
}

var offices = notify.Offices{
	{Role: workflow.Agent, Partner: "agent-7"}: {"agent-7@example.org", "chief-7@example.org"},
	{Role: workflow.Agent}:                     {"agents@example.org"},
	{Role: workflow.CAOperator}:                {"operators@example.org"},
}

func config(p *post) notify.Config {
	return notify.Config{
		Mail: mailer{p}, SMS: texter{p}, Also: []ra.Notifier{also{p}}, Colleagues: offices,
		Portal: "https://i.kontur.ru/#", Authority: "АО «Удостоверяющий центр»",
	}
}

func router(t *testing.T, c notify.Config) *notify.Router {
	t.Helper()
	r, err := notify.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// notice is one to an invented applicant, or to a colleague of his agent.
func notice(effect workflow.Effect, to workflow.Role, state workflow.State) ra.Notice {
	n := ra.Notice{
		Key: fmt.Sprintf("5f0e/%s/17", effect), Request: "5f0e", Partner: "agent-7", Seq: 17,
		Effect: effect, To: to, State: state, Title: "Выпуск сертификата",
	}
	if to == workflow.Applicant {
		form := applicant.Form(1)
		n.Email, n.Phone = form.Email, form.Phone
	}
	return n
}

func linkNotice() ra.Notice {
	n := notice(workflow.SendLink, workflow.Applicant, workflow.Draft)
	n.Link = link
	return n
}

func codeNotice() ra.Notice {
	n := notice("", workflow.Applicant, workflow.Draft)
	n.Code, n.Email = code, ""
	return n
}

// permanent reports whether ra.Permanent marked an error.
func permanent(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if reflect.TypeOf(err) == reflect.TypeOf(ra.Permanent(io.EOF)) {
			return true
		}
	}
	return false
}

func discreet(t *testing.T, what, text string) {
	t.Helper()
	form := applicant.Form(1)
	for _, w := range []string{canary, code, form.Email, form.Phone, form.Phone[1:]} {
		if strings.Contains(text, w) {
			t.Errorf("%s repeats %q: %s", what, w, text)
		}
	}
}

// TestChannels: what goes where.
func TestChannels(t *testing.T) {
	form := applicant.Form(1)
	for name, c := range map[string]struct {
		n    ra.Notice
		mail []string // addresses
		sms  int
	}{
		"a code":                   {codeNotice(), nil, 1},
		"a code, with an address":  {func() ra.Notice { n := codeNotice(); n.Email = form.Email; return n }(), nil, 1},
		"a link":                   {linkNotice(), []string{form.Email}, 0},
		"the text message of S3.8": {notice(workflow.SendSMS, workflow.Applicant, workflow.KeyGeneration), nil, 1},
		"an invitation":            {notice(workflow.NotifyApplicant, workflow.Applicant, workflow.AwaitingVisit), []string{form.Email}, 1},
		"the end":                  {notice(workflow.NotifyApplicant, workflow.Applicant, workflow.Completed), []string{form.Email}, 0},
		"an agent":                 {notice(workflow.NotifyAgent, workflow.Agent, workflow.Approved), []string{"agent-7@example.org", "chief-7@example.org"}, 0},
		"operators":                {notice(workflow.NotifyOperator, workflow.CAOperator, workflow.ManualCheck), []string{"operators@example.org"}, 0},
		"nobody listed":            {notice(workflow.NotifyDocDept, workflow.DocDept, workflow.AckReview), nil, 0},
	} {
		p := &post{}
		if err := router(t, config(p)).Notify(t.Context(), c.n); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var to []string
		for _, l := range p.letters {
			to = append(to, l.To)
			if strings.Contains(l.Subject+l.Text, code) {
				t.Errorf("%s: the letter has the code", name)
			}
			if got := strings.Contains(l.Text, "https://i.kontur.ru/#"+link); got != (c.n.Link != "") || strings.Contains(l.Subject, canary) {
				t.Errorf("%s: got the link %v in %q, want %v, and none in the subject", name, got, l, !got)
			}
		}
		for _, m := range p.sms {
			if m.To != form.Phone || strings.Contains(m.Text, canary) || strings.Contains(m.Text, code) != (c.n.Code != "") {
				t.Errorf("%s: got %q", name, m)
			}
		}
		if !slices.Equal(to, c.mail) || len(p.sms) != c.sms {
			t.Errorf("%s: got letters to %v and %d text messages, want %v and %d", name, to, len(p.sms), c.mail, c.sms)
		}
		if len(p.told) != 1 || p.told[0].Key != c.n.Key || p.told[0].State != c.n.State {
			t.Errorf("%s: got %v told besides, want the notice", name, p.told)
		}
		discreet(t, name+": what is told besides", fmt.Sprint(p.told))
	}
}

// TestSeedWords: what the seeds quote is said letter for letter.
func TestSeedWords(t *testing.T) {
	p := &post{}
	settings := config(p)
	settings.Colleagues = notify.Offices{
		{Role: workflow.Agent}: {"a@example.org"}, {Role: workflow.ServiceCentre}: {"s@example.org"}, {Role: workflow.DocDept}: {"d@example.org"},
	}
	r := router(t, settings)
	for _, c := range []struct {
		row   string
		n     ra.Notice
		sms   bool
		whole bool
		want  string
	}{
		{"S3.8a", notice(workflow.SendSMS, workflow.Applicant, workflow.KeyGeneration), true, true,
			"Ваш сертификат готов к выпуску! Для его установки и настройки рабочего места зайдите на сайт i.kontur.ru"},
		{"S1.2", linkNotice(), false, false, "При переходе по индивидуальной ссылке необходимо заполнить информацию о лице, на чье имя выпускается сертификат."},
		{"S1.3", linkNotice(), false, false, "После заполнения необходимо нажать «Далее»."},
		{"S1.10d", notice(workflow.NotifyApplicant, workflow.Applicant, workflow.Completed), false, false, "Подпись успешно выпущена."},
		{"S1.10e", notice(workflow.NotifyApplicant, workflow.Applicant, workflow.Completed), false, false, "Выпуск сертификата завершен, можно приступать к работе."},
		{"S1.10b", notice(workflow.NotifyApplicant, workflow.Applicant, workflow.Writing), false, false, "Обязательно установите носитель с контейнером подписи"},
		{"S2.5", notice(workflow.NotifyAgent, workflow.Agent, workflow.Approved), false, false, "о возможности получения сертификата ЭП"},
		{"S3.3b", notice(workflow.NotifyApplicant, workflow.Applicant, workflow.DocumentsPending), false, false, "передать скан-копии паспорта, СНИЛС и заявления на выдачу сертификата"},
		{"S3.5z", notice(workflow.NotifyServiceCentre, workflow.ServiceCentre, workflow.Approved), false, false, "привезти оригинал заявления, паспорт и СНИЛС"},
		{"S4.9", notice(workflow.NotifyDocDept, workflow.DocDept, workflow.ApplicationReview), false, false, "строго как в паспорте и синей ручкой"},
	} {
		*p = post{}
		if err := r.Notify(t.Context(), c.n); err != nil {
			t.Errorf("%s: %v", c.row, err)
			continue
		}
		got := ""
		if c.sms && len(p.sms) == 1 {
			got = p.sms[0].Text
		} else if !c.sms && len(p.letters) > 0 {
			got = p.letters[0].Text
		}
		if !strings.Contains(got, c.want) || c.whole && got != c.want {
			t.Errorf("%s: got %q, want %q", c.row, got, c.want)
		}
	}
}

// TestEveryNotice: whatever the processes have told, in whatever place, there
// is a text for it.
func TestEveryNotice(t *testing.T) {
	p := &post{}
	c := config(p)
	everybody := notify.Offices{}
	told := map[workflow.Effect]workflow.Role{
		workflow.SendLink: workflow.Applicant, workflow.SendInvoice: workflow.Applicant, workflow.SendPack: workflow.Applicant,
		workflow.SendInstruction: workflow.Applicant, workflow.SendSMS: workflow.Applicant, workflow.NotifyApplicant: workflow.Applicant,
		workflow.NotifyAgent: workflow.Agent, workflow.IssueMarker: workflow.Agent, workflow.NotifyServiceCentre: workflow.ServiceCentre,
		workflow.NotifyOperator: workflow.CAOperator, workflow.NotifyDocDept: workflow.DocDept,
	}
	for _, role := range told {
		everybody[notify.Office{Role: role}] = []string{string(role) + "@example.org"}
	}
	c.Colleagues = everybody
	r := router(t, c)
	notices := 0
	for _, process := range workflow.Processes() {
		steps := append([]workflow.Step{{To: process.Initial(), Do: process.Start}}, process.Steps...)
		for _, step := range steps {
			for _, effect := range step.Do {
				to, ok := told[effect]
				if !ok {
					if name := string(effect); strings.HasPrefix(name, "notify_") || strings.HasPrefix(name, "send_") && effect != workflow.SendToCA {
						t.Errorf("%s: %s: who is told by %s?", process.Name, step, effect)
					}
					continue
				}
				place, _ := process.Place(step.To)
				n := notice(effect, to, step.To)
				n.Title = place.Title
				if effect == workflow.SendLink {
					n.Link = link
				}
				*p = post{}
				notices++
				if err := r.Notify(t.Context(), n); err != nil || len(p.letters)+len(p.sms) == 0 {
					t.Errorf("%s: %s: %s: got %v, %d letters and %d text messages", process.Name, step, effect, err, len(p.letters), len(p.sms))
				}
				for _, l := range p.letters {
					if !strings.Contains(l.Subject, "5f0e") || !strings.Contains(l.Text, place.Title) || strings.Contains(l.Text, "{{") {
						t.Errorf("%s: %s: %s: got %q, want request and title in it", process.Name, step, effect, l)
					}
				}
			}
		}
	}
	if notices < 100 {
		t.Errorf("got %d notices, want those of five processes", notices)
	}
}

// TestRepetition: what was sent is not sent again while the rest is; and what
// is sent again has the identifier that it had.
func TestRepetition(t *testing.T) {
	p := &post{fail: map[string]error{"sms": errors.New("no line")}}
	r := router(t, config(p))
	n := notice(workflow.NotifyApplicant, workflow.Applicant, workflow.AwaitingVisit)
	for range 3 {
		if err := r.Notify(t.Context(), n); err == nil || permanent(err) {
			t.Fatalf("got %v, want an error that may pass", err)
		}
	}
	if len(p.letters) != 1 || len(p.sms) != 0 {
		t.Errorf("got %d letters and %d text messages, want 1 and none", len(p.letters), len(p.sms))
	}
	p.fail = nil
	for range 2 { // the second time, nobody remembers
		if err := r.Notify(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	if len(p.letters) != 2 || len(p.sms) != 2 {
		t.Fatalf("got %d letters and %d text messages, want 2 and 2", len(p.letters), len(p.sms))
	}
	if p.letters[0].ID != p.letters[1].ID || p.sms[0].ID != p.sms[1].ID || p.letters[0].ID == p.sms[0].ID || len(p.sms[0].ID) != 32 {
		t.Errorf("got identifiers %v and %v, want two, each twice", p.letters, p.sms)
	}
}

// TestLinkAgain: a link that was minted anew is another letter, which no
// mailbox may take for a repetition of the first.
func TestLinkAgain(t *testing.T) {
	p := &post{}
	r := router(t, config(p))
	n := linkNotice()
	again := n
	again.Link += "2"
	for _, n := range []ra.Notice{n, n, again} {
		if err := r.Notify(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	if l := p.letters; len(l) != 3 || l[0].ID != l[1].ID || l[0].ID == l[2].ID {
		t.Errorf("got %v, want the third under another identifier", p.letters)
	}
}

// TestFailures: which errors a repetition may cure. None tells a secret.
func TestFailures(t *testing.T) {
	refused := fmt.Errorf("550: %w", notify.ErrRefused)
	down := errors.New("no line")
	visit := notice(workflow.NotifyApplicant, workflow.Applicant, workflow.AwaitingVisit)
	without := func(n ra.Notice, change func(*ra.Notice)) ra.Notice { change(&n); return n }
	for name, c := range map[string]struct {
		n         ra.Notice
		fail      map[string]error
		config    func(*notify.Config)
		permanent bool
	}{
		"mail is down":              {linkNotice(), map[string]error{"mail": down}, nil, false},
		"mail refused":              {linkNotice(), map[string]error{"mail": refused}, nil, true},
		"both refused":              {visit, map[string]error{"mail": refused, "sms": refused}, nil, true},
		"one refused, one down":     {visit, map[string]error{"mail": refused, "sms": down}, nil, false},
		"one refused, one sent":     {visit, map[string]error{"mail": refused}, nil, true},
		"sms is down":               {codeNotice(), map[string]error{"sms": down}, nil, false},
		"no room for webhooks":      {visit, map[string]error{"also": down}, nil, false},
		"a code without a phone":    {without(codeNotice(), func(n *ra.Notice) { n.Phone = "" }), nil, nil, true},
		"a code without a gateway":  {codeNotice(), nil, func(c *notify.Config) { c.SMS = nil }, true},
		"a link without an address": {without(linkNotice(), func(n *ra.Notice) { n.Email = "" }), nil, nil, true},
		"a link without mail":       {linkNotice(), nil, func(c *notify.Config) { c.Mail = nil }, true},
		"a link of other letters":   {without(linkNotice(), func(n *ra.Notice) { n.Link += "\r\nBcc: x" }), nil, nil, true},
		"a link by another text":    {without(linkNotice(), func(n *ra.Notice) { n.Effect = workflow.NotifyApplicant }), nil, nil, true},
		"a link, and only texts": {linkNotice(), nil, func(c *notify.Config) {
			c.Mail, c.Texts = nil, fstest.MapFS{"sms/send_link.txt": {Data: []byte("Ссылка выслана")}}
		}, true},
		"a link, and only a log": {linkNotice(), nil, func(c *notify.Config) { c.Mail, c.SMS = nil, nil }, true},
		"a code, and only a log": {codeNotice(), nil, func(c *notify.Config) { c.Mail, c.SMS = nil, nil }, true},
		"an unknown reason":      {notice("sing", workflow.Applicant, workflow.Draft), nil, nil, true},
		"no directory to be had": {notice(workflow.NotifyAgent, workflow.Agent, workflow.Approved), nil, func(c *notify.Config) { c.Colleagues = closed{} }, false},
	} {
		p := &post{fail: c.fail}
		settings := config(p)
		if c.config != nil {
			c.config(&settings)
		}
		err := router(t, settings).Notify(t.Context(), c.n)
		if err == nil || permanent(err) != c.permanent {
			t.Errorf("%s: got %v, want permanent %v", name, err, c.permanent)
			continue
		}
		if p.fail["also"] != nil && len(p.letters)+len(p.sms) > 0 {
			t.Errorf("%s: got letters, want none before the notice is kept", name)
		}
		discreet(t, name, err.Error())
	}
}

type closed struct{}

func (closed) Addresses(context.Context, workflow.Role, string, ra.ID) ([]string, error) {
	return nil, errors.New("closed")
}

// TestTexts: an embedder replaces texts, adds some for places of his own, and
// silences others.
func TestTexts(t *testing.T) {
	p := &post{}
	c := config(p)
	c.Texts = fstest.MapFS{
		"mail/notify_applicant.completed.txt": {Data: []byte("Готово: {{.Request}}\r\n\r\nВсё готово.\r\n{{template \"signature\" .}}")},
		"mail/notify_applicant.expired.txt":   {Data: []byte("\n")},
		"mail/notify_applicant.tea.txt":       {Data: []byte("Чай\n\n{{.Title}} {{.Site}}")},
		"sms/notify_applicant.completed.txt":  {Data: []byte("Готово")},
		"sms/send_link.txt":                   {Data: []byte("Ссылка: {{.Link}}.")},
		"signature.txt":                       {Data: []byte("Ваш {{.Authority}}")},
	}
	r := router(t, c)
	for _, state := range []workflow.State{workflow.Completed, workflow.Expired, "tea"} {
		if err := r.Notify(t.Context(), notice(workflow.NotifyApplicant, workflow.Applicant, state)); err != nil {
			t.Errorf("%s: %v", state, err)
		}
	}
	if len(p.letters) != 2 || len(p.sms) != 1 || p.sms[0].Text != "Готово" {
		t.Fatalf("got %v and %v, want two letters and a text message", p.letters, p.sms)
	}
	if l := p.letters[0]; l.Subject != "Готово: 5f0e" || l.Text != "Всё готово.\nВаш АО «Удостоверяющий центр»\n" {
		t.Errorf("got %q", l)
	}
	*p = post{letters: p.letters}
	if err := r.Notify(t.Context(), linkNotice()); err != nil || len(p.sms) != 1 || p.sms[0].Text != "Ссылка: ." {
		t.Errorf("got %v, %v, want a text message without the link, which goes by mail", err, p.sms)
	}
	if l := p.letters[1]; l.Subject != "Чай" || l.Text != "Выпуск сертификата i.kontur.ru\n" {
		t.Errorf("got %q", l)
	}
}

// TestBadTexts: what is wrong with a text shows when the router is made.
func TestBadTexts(t *testing.T) {
	for name, c := range map[string]struct{ file, text string }{
		"not a template":          {"mail/notify_agent.txt", "A\n\n{{.Title"},
		"an unknown fact":         {"mail/notify_agent.txt", "A\n\n{{.Email}}"},
		"an unknown template":     {"mail/notify_agent.txt", "A\n\n{{template \"foot\" .}}"},
		"no subject":              {"mail/notify_agent.txt", "{{with .Code}}A{{end}}\n\n"},
		"no text":                 {"mail/notify_agent.txt", "A\n\n"},
		"no empty line":           {"mail/notify_agent.txt", "A\nB\n\nC"},
		"a subject of controls":   {"mail/notify_agent.txt", "A\x00\n\nB"},
		"not UTF-8":               {"mail/notify_agent.txt", "A\n\n\xff"},
		"too long a subject":      {"mail/notify_agent.txt", strings.Repeat("Ы", 201) + "\n\nB"},
		"too long a text message": {"sms/send_sms.txt", strings.Repeat("Ы", 501)},
		"a link without the link": {"mail/send_link.txt", "A\n\n{{.Portal}}"},
		"a link in the subject":   {"mail/send_link.txt", "A {{.Link}}\n\n{{.Link}}"},
		"a silent link":           {"mail/send_link.draft.txt", ""},
		"a code without the code": {"sms/code.txt", "Код"},
		"a silent code":           {"sms/code.txt", ""},
		"a code by mail":          {"mail/code.txt", "A\n\n{{.Code}}"},
		"an unknown reason":       {"mail/notify_aplicant.txt", "A\n\nB"},
		"an unknown channel":      {"fax/notify_agent.txt", "A\n\nB"},
		"a stray file":            {"README.md", "A"},
		"a bad signature":         {"signature.txt", "{{.Email}}"},
	} {
		settings := config(&post{})
		settings.Texts = fstest.MapFS{c.file: {Data: []byte(c.text)}}
		if _, err := notify.New(settings); err == nil || !strings.Contains(err.Error(), "Texts") {
			t.Errorf("%s: got %v, want an error about the texts", name, err)
		}
	}
}

func TestConfig(t *testing.T) {
	for name, change := range map[string]func(*notify.Config){
		"no channel":       func(c *notify.Config) { *c = notify.Config{Portal: c.Portal, Authority: c.Authority} },
		"no portal":        func(c *notify.Config) { c.Portal = "" },
		"http":             func(c *notify.Config) { c.Portal = "http://ra.example.org/#" },
		"no fragment":      func(c *notify.Config) { c.Portal = "https://ra.example.org/" },
		"a query":          func(c *notify.Config) { c.Portal = "https://ra.example.org/?link=#" },
		"no authority":     func(c *notify.Config) { c.Authority = "" },
		"two lines":        func(c *notify.Config) { c.Authority = "A\nB" },
		"portal, two rows": func(c *notify.Config) { c.Portal = "https://ra.example.org/\n#" },
	} {
		c := config(&post{})
		change(&c)
		if _, err := notify.New(c); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
	p := &post{}
	alone, err := notify.New(notify.Config{Also: []ra.Notifier{also{p}}})
	if err != nil {
		t.Fatalf("nothing but a log: %v", err)
	}
	n := notice(workflow.NotifyApplicant, workflow.Applicant, workflow.Completed)
	if err := alone.Notify(t.Context(), n); err != nil || len(p.told) != 1 {
		t.Errorf("nothing but a log: got %v and %d notices, want 1", err, len(p.told))
	}
}

func TestLog(t *testing.T) {
	var b strings.Builder
	log := notify.Log(slog.New(slog.NewTextHandler(&b, nil)))
	for _, n := range []ra.Notice{linkNotice(), codeNotice()} { // not even if it is given them
		if err := log.Notify(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	if got := b.String(); strings.Count(got, "request=5f0e") != 2 || !strings.Contains(got, "reason=send_link") || !strings.Contains(got, "reason=code") {
		t.Errorf("got %s, want a line for each", got)
	}
	discreet(t, "the log", b.String())
}

// FuzzNotice: whatever is in a notice, a letter has one line of subject, and
// the secrets are where they belong or nowhere.
func FuzzNotice(f *testing.F) {
	f.Add("5f0e", "notify_applicant", "completed", "Выпуск сертификата", "name@example.org", "")
	f.Add("5f0e\r\nBcc: x@example.org", "send_link", "draft", "A\r\n\r\nB", "name@example.org\r\nBcc: x", "5f0e.kanareika")
	f.Add("{{.Link}}", "notify_applicant", "../../sms/code", "{{.Link}}\x00\u2028", "", "5f0e.a\r\n")
	p := &post{}
	r, err := notify.New(config(p))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, request, effect, state, title, email, link string) {
		*p = post{}
		err := r.Notify(t.Context(), ra.Notice{
			Key: request + "/" + effect, Request: ra.ID(request), Effect: workflow.Effect(effect), To: workflow.Applicant,
			State: workflow.State(state), Title: title, Email: email, Link: link,
		})
		if err == nil && len(p.letters) == 0 {
			t.Error("got no error and no letter")
		}
		for _, l := range p.letters {
			if l.To != email || l.Subject == "" || strings.ContainsAny(l.Subject, "\r\n\x00") || l.Text == "" {
				t.Errorf("got %q", l)
			}
			if link != "" && !strings.Contains(l.Text, "https://i.kontur.ru/#"+link) {
				t.Errorf("the letter lacks the link: %q", l)
			}
		}
		if len(p.sms) > 0 {
			t.Errorf("got %v without a phone", p.sms)
		}
	})
}
