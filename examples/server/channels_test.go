package main

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/notify/webhook"
	"github.com/surguch/surguch/workflow"
)

// environment is one of these variables alone.
func environment(variables map[string]string) func(string) string {
	return func(name string) string { return variables[name] }
}

func noEnvironment(string) string { return "" }

// notifier makes the messages of a program in this environment.
func notifier(t *testing.T, variables map[string]string) (n ra.Notifier, outbox string, err error) {
	t.Helper()
	c, err := parseConfig([]byte(smallest()))
	if err != nil {
		t.Fatal(err)
	}
	c.dir, c.Authority.Name = t.TempDir(), "АО «Учебный удостоверяющий центр»"
	c.Actors[0].Mail = "agent@example.org"
	p := &program{addr: "127.0.0.1:8443", log: slog.New(slog.DiscardHandler), env: environment(variables)}
	n, hooks, err := p.newNotifier(c)
	if hooks != nil {
		t.Cleanup(func() { hooks.Close() })
	}
	return n, c.path(c.Outbox), err
}

// notices are of all sorts.
var notices = []ra.Notice{
	{Key: "1/code/4", Request: "1", To: workflow.Applicant, Phone: "+79001234567", Email: "a@example.org", Code: "314159"},
	{Key: "1/code/4", Request: "1", To: workflow.Applicant, Phone: "+79001234567", Email: "a@example.org", Code: "314159"},
	{Key: "1/send_link/2", Request: "1", Effect: workflow.SendLink, To: workflow.Applicant, Email: "a@example.org", Link: "1.secret"},
	{Key: "1/notify_agent/3", Request: "1", Effect: workflow.NotifyAgent, Partner: "p", To: workflow.Agent, Title: "Ожидается клиент"},
	{Key: "1/notify_agent/3", Request: "1", Effect: workflow.NotifyAgent, Partner: "other", To: workflow.Agent, Title: "Ожидается клиент"},
}

// files are those of a folder, by their parts of it.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		info, err2 := d.Info()
		if err == nil && err2 == nil && filepath.Separator == '/' && info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v", name, info.Mode())
		}
		part, _ := filepath.Rel(dir, name)
		all[filepath.ToSlash(part)] = string(data)
		return errors.Join(err, err2)
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestOutbox: without an environment everything is in files; a code is in a
// text message and nowhere else, a repetition is the same file, and nobody else
// reads it.
func TestOutbox(t *testing.T) {
	n, outbox, err := notifier(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, notice := range notices {
		if err := n.Notify(t.Context(), notice); err != nil {
			t.Errorf("%s: %v", notice.Key, err)
		}
	}
	if err := n.Notify(t.Context(), ra.Notice{Key: "1/code/5", To: workflow.Applicant, Code: "271828"}); err == nil {
		t.Error("a code went to nobody")
	}
	got := files(t, outbox)
	if len(got) != 3 {
		t.Errorf("got %d messages, want 3: %v", len(got), got)
	}
	for what, words := range map[string][]string{
		smsDir + "/":    {"To: +79001234567", "314159"},
		mailDir + "/ ":  {"To: a@example.org", "https://127.0.0.1:8443/#1.secret"},
		mailDir + "/  ": {"To: agent@example.org", "Subject: ", "Ожидается клиент", "«Учебный удостоверяющий центр»"},
	} {
		found := false
		for name, text := range got {
			has := strings.HasPrefix(name, strings.TrimSpace(what))
			for _, w := range words {
				has = has && strings.Contains(text, w)
			}
			found = found || has
		}
		if !found {
			t.Errorf("no message in %s has %q: %v", what, words, got)
		}
	}
}

// TestSMSProvider: text messages go to the provider that the environment names,
// and nothing of them is in the outbox.
func TestSMSProvider(t *testing.T) {
	var bodies, keys []string
	provider := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		bodies, keys = append(bodies, string(data)), append(keys, r.Header.Get("Authorization"))
	}))
	defer provider.Close()
	for body, want := range map[string]string{"": `{"to": "+79001234567", "text": "Код 314159. Никому его не сообщайте.", "id": "`, "to={{digits .To}}": "to=79001234567"} {
		bodies, keys = nil, nil
		n, outbox, err := notifier(t, map[string]string{envSMS: provider.URL, envSMSKey: "Bearer key", envSMSBody: body})
		if err != nil {
			t.Fatal(err)
		}
		if err := n.Notify(t.Context(), notices[0]); err != nil {
			t.Fatal(err)
		}
		if len(bodies) != 1 || !strings.HasPrefix(bodies[0], want) || keys[0] != "Bearer key" || body == "" && !json.Valid([]byte(bodies[0])) {
			t.Errorf("got %q with %q, want %q", bodies, keys, want)
		}
		if got := files(t, outbox); len(got) != 0 {
			t.Errorf("got in the outbox: %v", got)
		}
	}
}

// TestWebhook: events wait in the outbox, without what opens a request.
func TestWebhook(t *testing.T) {
	n, outbox, err := notifier(t, map[string]string{envWebhook: "https://crm.example.org/hooks", envWebhookSecret: webhook.NewSecret().Reveal()})
	if err != nil {
		t.Fatal(err)
	}
	for _, notice := range notices {
		if err := n.Notify(t.Context(), notice); err != nil {
			t.Errorf("%s: %v", notice.Key, err)
		}
	}
	events := 0
	for name, text := range files(t, outbox) {
		if !strings.HasPrefix(name, hooksDir+"/") || filepath.Base(name) == "lock" {
			continue
		}
		if events++; strings.Contains(text, "secret") || strings.Contains(text, "314159") || strings.Contains(text, "a@example.org") {
			t.Errorf("%s: %s", name, text)
		}
	}
	if events == 0 {
		t.Error("no event waits")
	}
}

// TestChannels: what is wrong in the environment is named by the variable,
// without what stands there.
func TestChannels(t *testing.T) {
	for what, c := range map[string]struct {
		variables map[string]string
		names     string // in the error; "": none
	}{
		"STARTTLS":          {map[string]string{envMail: "smtp://ra:CANARY@mail.example.org", envFrom: "ЦР <ra@example.org>"}, ""},
		"TLS":               {map[string]string{envMail: "smtps://mail.example.org:4650", envFrom: "ra@example.org"}, ""},
		"no sender":         {map[string]string{envMail: "smtp://ra:CANARY@mail.example.org"}, envFrom},
		"another protocol":  {map[string]string{envMail: "https://ra:CANARY@mail.example.org", envFrom: "ra@example.org"}, envMail},
		"no password":       {map[string]string{envMail: "smtp://ra@mail.example.org", envFrom: "ra@example.org"}, envMail},
		"no URL":            {map[string]string{envMail: "smtp://ra:CANARY@ho st", envFrom: "ra@example.org"}, envMail},
		"SMS in the clear":  {map[string]string{envSMS: "http://sms.example.org/CANARY"}, envSMS},
		"SMS template":      {map[string]string{envSMS: "https://sms.example.org/CANARY", envSMSBody: "{{.Nothing}}"}, envSMSBody},
		"webhook, secret":   {map[string]string{envWebhook: "https://crm.example.org/CANARY", envWebhookSecret: "CANARY"}, envWebhookSecret},
		"webhook, no https": {map[string]string{envWebhook: "http://crm.example.org/CANARY", envWebhookSecret: webhook.NewSecret().Reveal()}, envWebhook},
	} {
		n, _, err := notifier(t, c.variables)
		switch {
		case c.names == "" && (err != nil || n == nil):
			t.Errorf("%s: got %v", what, err)
		case c.names != "" && (err == nil || !strings.Contains(err.Error(), c.names) || strings.Contains(err.Error(), "CANARY")):
			t.Errorf("%s: got %v, want it to name %s", what, err, c.names)
		}
	}
}
