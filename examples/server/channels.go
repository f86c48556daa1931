package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/notify"
	"github.com/surguch/surguch/ra/notify/mail"
	"github.com/surguch/surguch/ra/notify/sms"
	"github.com/surguch/surguch/ra/notify/webhook"
)

// Variables of the environment that name the channels to people and programs.
// They hold secrets, which a command line would show to everybody on the
// machine.
const (
	envMail          = "SURGUCH_SMTP"      // smtp://USER:PASSWORD@HOST:587 (STARTTLS) or smtps://…:465
	envFrom          = "SURGUCH_MAIL_FROM" // sender of letters; goes with the mail server
	envSMS           = "SURGUCH_SMS"       // https address that text messages are posted to
	envSMSKey        = "SURGUCH_SMS_AUTHORIZATION"
	envSMSBody       = "SURGUCH_SMS_BODY" // as in package ra/notify/sms
	envWebhook       = "SURGUCH_WEBHOOK"  // https address that is told of every notice
	envWebhookSecret = "SURGUCH_WEBHOOK_SECRET"
)

// smsBody is what is posted for a text message if nothing else is asked for.
const smsBody = `{"to": {{json .To}}, "text": {{json .Text}}, "id": {{json .ID}}}`

// texts are those that are not the ones of package ra/notify.
//
//go:embed texts
var texts embed.FS

// newNotifier makes the router of messages: letters and text messages go to the
// servers that the environment names, and to the outbox where it names none.
// Every notice is logged as well. Hooks is nil without a webhook.
func (p *program) newNotifier(c *config) (router ra.Notifier, hooks *webhook.Sender, err error) {
	settings := notify.Config{
		Also: []ra.Notifier{notify.Log(p.log)}, Colleagues: offices(c.Actors),
		Portal: c.Portal, Authority: c.Authority.Name,
	}
	if settings.Portal == "" {
		settings.Portal = "https://" + p.addr + "/#"
	}
	if settings.Texts, err = fs.Sub(texts, "texts"); err != nil {
		return nil, nil, err
	}
	outbox := c.path(c.Outbox)
	if settings.Mail, err = p.newMailer(outbox); err != nil {
		return nil, nil, err
	}
	if settings.SMS, err = p.newTexter(outbox); err != nil {
		return nil, nil, err
	}
	if hooks, err = p.newHooks(outbox); err != nil {
		return nil, nil, err
	}
	if hooks != nil {
		settings.Also = append(settings.Also, hooks)
	}
	if router, err = notify.New(settings); err != nil && hooks != nil {
		err = errors.Join(err, hooks.Close())
	}
	return router, hooks, err
}

// newMailer is the mail server of the environment, or the outbox.
func (p *program) newMailer(outbox string) (notify.Mailer, error) {
	address := p.env(envMail)
	if address == "" {
		return openLetters(outbox)
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" || u.Path != "" || u.RawQuery != "" {
		return nil, fmt.Errorf("%w: %s: нужен адрес smtp://… или smtps://…", errUsage, envMail) // what it is is secret
	}
	settings := mail.Config{Host: u.Hostname(), ImplicitTLS: u.Scheme == "smtps", From: p.env(envFrom), Username: u.User.Username()}
	settings.Password, _ = u.User.Password()
	if u.Port() != "" {
		if settings.Port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, fmt.Errorf("%w: %s: порт не число", errUsage, envMail)
		}
	}
	server, err := mail.New(settings)
	if err != nil {
		return nil, fmt.Errorf("%w: %s, %s: %w", errUsage, envMail, envFrom, err)
	}
	return server, nil
}

// newTexter is the provider of the environment, or the outbox.
func (p *program) newTexter(outbox string) (notify.Texter, error) {
	address := p.env(envSMS)
	if address == "" {
		return openTexts(outbox)
	}
	settings := sms.Config{URL: address, Body: p.env(envSMSBody), Header: http.Header{}}
	if settings.Body == "" {
		settings.Body = smsBody
		settings.Header.Set("Content-Type", "application/json")
	}
	if key := p.env(envSMSKey); key != "" {
		settings.Header.Set("Authorization", key)
	}
	gateway, err := sms.New(settings)
	if err != nil {
		return nil, fmt.Errorf("%w: %s, %s: %w", errUsage, envSMS, envSMSBody, err)
	}
	return gateway, nil
}

// newHooks is the webhook of the environment, nil without one. What waits to be
// delivered waits in the outbox, for each instance in a folder of its own.
func (p *program) newHooks(outbox string) (*webhook.Sender, error) {
	address := p.env(envWebhook)
	if address == "" {
		return nil, nil
	}
	secret, err := webhook.ParseSecret(p.env(envWebhookSecret))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errUsage, envWebhookSecret, err)
	}
	hooks, err := webhook.Open(webhook.Config{
		Dir: filepath.Join(outbox, hooksDir, p.node), Log: p.log,
		Endpoints: []webhook.Endpoint{{Name: "environment", URL: address, Secrets: []webhook.Secret{secret}}},
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", envWebhook, err)
	}
	return hooks, nil
}

// offices are the addresses of the colleagues, by what they work for.
func offices(actors []actor) notify.Offices {
	all := notify.Offices{}
	for _, a := range actors {
		if a.Mail != "" {
			office := notify.Office{Role: a.Role, Partner: a.Partner}
			all[office] = append(all[office], a.Mail)
		}
	}
	return all
}
