// Server is a registration authority behind its HTTP interface (package
// ra/api), on SQLite or PostgreSQL.
//
//	go run ./examples/server -dev DIR [-addr HOST:PORT] [-db WHERE]
//	go run ./examples/server -config FILE -db WHERE -tls-cert FILE -tls-key FILE [-addr HOST:PORT] [-node NAME]
//
// WHERE is the path of an SQLite file or a URL, postgres://…. Any number of
// instances serve one PostgreSQL database: each answers requests, and River
// spreads the work in the background over them. The interface is under /api,
// and describes itself at /api/openapi.json; /healthz answers while the process
// lives, /readyz while the database can be reached and no stop is under way.
// The log is JSON on standard error and has no personal data.
//
// SIGTERM and an interrupt stop it in order: no new connections, what was begun
// is answered, the work in the background ends, the database is closed. A kill
// loses nothing that was answered.
//
// # Configuration
//
// The FILE of -config is JSON; names of files in it are relative to its folder.
// See the type config. Operators and agents come with bearer tokens, of which
// the file has the SHA-256:
//
//	{
//	  "actors": [
//	    {"id": "operator-1", "role": "ca_operator", "secondFactor": true, "token": "5d41…"},
//	    {"id": "agent-1", "role": "agent", "partner": "office-7", "token": "7d79…"}
//	  ],
//	  "processes": ["agent"],
//	  "authority": {"name": "АО «Удостоверяющий центр»", …},
//	  "invoice": {"Seller": {"Name": "АО «Удостоверяющий центр»", …}, "Items": […]},
//	  "ca": {"kind": "folder", "dir": "exchange", "issuers": "issuers.pem"},
//	  "registers": {"url": "https://smev.example.org/…", "key": "smev.key", …},
//	  "outbox": "outbox"
//	}
//
// # Messages
//
// What people are told, in whose words and by which channel, is package
// ra/notify's. The channels are named by the environment, since they come with
// secrets:
//
//	SURGUCH_SMTP=smtp://USER:PASSWORD@mail.example.org:587
//	SURGUCH_MAIL_FROM='Удостоверяющий центр <ra@example.org>'
//	SURGUCH_SMS=https://sms.example.org/v1/messages
//	SURGUCH_SMS_AUTHORIZATION='Bearer KEY'
//	SURGUCH_SMS_BODY='{"to": {{json .To}}, "text": {{json .Text}}}'
//	SURGUCH_WEBHOOK=https://crm.example.org/hooks/ra
//	SURGUCH_WEBHOOK_SECRET=whsec_…
//
// smtp begins with STARTTLS, smtps with TLS. Letters without a mail server and
// text messages without a provider are files of the outbox, mail/*.txt and
// sms/*.txt, for somebody to take away. They hold links and codes, so the folder
// is as secret as those: nothing else of them is written down anywhere. Events
// for the webhook wait in the outbox until they are delivered. "portal" in the
// configuration is the address that individual links lead to; actors with a
// "mail" get the letters for their role. Of every notice the log has a line,
// which tells of nobody.
//
// # Development
//
// -dev makes everything that a run needs in a folder, the first time: tokens of
// an operator, an agent and an applicant, which are shown once; a certification
// authority with its key; a certificate for TLS, tls/cert.pem, which clients
// trust by their -ca; the SQLite file. In the process run a simulator of SMEV
// that answers in seconds, and emulated phones that sign at once whatever comes.
//
//	$ go run ./examples/server -dev authority
//	Оператор   4QZ…
//	Агент      N7M…
//	…
//	$ curl --cacert authority/tls/cert.pem -H 'Authorization: Bearer 4QZ…' https://127.0.0.1:8443/api/requests
//
// The simulator keeps everything in memory and belongs to its process. Several
// instances in development share one that runs by itself, as
// examples/smevsim does: registers in the configuration names it.
//
// Nothing that comes of it is worth anything: the registers are invented, and
// so is the person whom the phone belongs to.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second signal does not wait for anything
	p := &program{stdout: os.Stdout, stderr: os.Stderr, env: os.Getenv}
	os.Exit(p.run(ctx, os.Args[1:]))
}

// program is one run: what the command line says, and what is around it.
type program struct {
	addr, db, cert, key, config, dev, node string

	stdout, stderr io.Writer
	env            func(string) string // os.Getenv
	log            *slog.Logger
}

// errUsage says that the command line is wrong.
var errUsage = errors.New("неверная командная строка")

// run is main with its surroundings passed in. It returns the exit status: 0
// when it was stopped, 1 when something failed, 2 for a wrong command line.
func (p *program) run(ctx context.Context, args []string) int {
	flags := flag.NewFlagSet("server", flag.ContinueOnError)
	flags.SetOutput(p.stderr)
	flags.StringVar(&p.addr, "addr", "127.0.0.1:8443", "`адрес` и порт")
	flags.StringVar(&p.db, "db", "", "файл SQLite или `адрес` postgres://…; с -dev по умолчанию файл в его папке")
	flags.StringVar(&p.cert, "tls-cert", "", "`файл` сертификата TLS с цепочкой, PEM")
	flags.StringVar(&p.key, "tls-key", "", "`файл` ключа TLS, PEM")
	flags.StringVar(&p.config, "config", "", "`файл` настроек, JSON")
	flags.StringVar(&p.dev, "dev", "", "`папка` для разработки: всё нужное создаётся в ней")
	flags.StringVar(&p.node, "node", "", "`имя` этого экземпляра, если их несколько")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	p.log = slog.New(slog.NewJSONHandler(p.stderr, nil))
	err := p.start(ctx, flags.Args())
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		fmt.Fprintln(p.stderr, "server:", err)
		return 2
	}
	p.log.Error("server: stopped", "error", err)
	return 1
}

// start checks the command line, makes what -dev wants and serves.
func (p *program) start(ctx context.Context, rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("%w: лишние аргументы: %v", errUsage, rest)
	case p.dev != "" && (p.config != "" || p.cert != "" || p.key != ""):
		return fmt.Errorf("%w: -dev создаёт настройки и сертификат TLS сам", errUsage)
	case p.dev == "" && (p.config == "" || p.db == "" || p.cert == "" || p.key == ""):
		return fmt.Errorf("%w: нужны -config, -db, -tls-cert и -tls-key; для разработки -dev", errUsage)
	}
	if p.dev != "" {
		if err := p.develop(); err != nil {
			return err
		}
	}
	c, err := readConfig(p.config)
	if err != nil {
		return err
	}
	if c.Registers.Simulator && p.dev == "" {
		return fmt.Errorf("%w: registers.simulator бывает только с -dev: его ответы ничего не доказывают", errUsage)
	}
	return p.serve(ctx, c)
}
