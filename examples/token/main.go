// Token does at a workplace what there is to do with a key carrier: it finds
// out what works, makes keys and requests, installs certificates and minds
// PINs.
//
//	go run ./examples/token doctor   [-module LIB]… [-carrier PLACE [-login [-test]]] [-json]
//	go run ./examples/token list     -carrier PLACE
//	go run ./examples/token generate -carrier PLACE [-algorithm NAME] [-name TEXT]
//	go run ./examples/token request  -carrier PLACE [-id ID] (-subject NAME | -form FILE) -out FILE
//	go run ./examples/token install  -carrier PLACE [-id ID] CERTIFICATE
//	go run ./examples/token delete   -carrier PLACE -id ID [-yes] [-force]
//	go run ./examples/token pin      -carrier PLACE check | change | unblock
//
// A PLACE is where keys are:
//
//	file:DIR        a folder of keys, unencrypted: for development
//	pfx:FILE        a PKCS #12 file
//	cryptopro:DIR   the folder that containers of CryptoPro CSP are in
//	soft:DIR        a token in software: for development
//	pkcs11:URI      a token, by RFC 7512: pkcs11:serial=0a1b2c3d; its library by
//	                -module or module-path, or it is searched for
//
// Only generate makes a folder or a file that is not there, and in a soft place
// a token, with the PIN 12345678 and the administrator's 87654321. An ID is
// what list shows, or as much of its beginning as is unique; where a carrier
// has only one key, request needs none. Install finds the key of a certificate
// by itself.
//
// # A session
//
//	$ go build -o token ./examples/token
//	$ token doctor
//	$ token generate -carrier soft:keys -name Вощёных
//	Введите ПИН-код носителя surguch (development) softtoken (dev) ee03ed78 (осталось попыток: 10):
//	Создан ключ 8ff47430ad3b600605699e33585d84f5  CryptoPro-A  «Вощёных»  не извлекается
//	$ token request -carrier soft:keys -subject 'SNILS=11223344595,CN=Вощёных Ефим Ильич' -out request.p10
//	Запрос записан в request.p10, подписан ключом 8ff47430ad3b600605699e33585d84f5  CryptoPro-A  «Вощёных»  не извлекается
//	    SNILS=11223344595, CN=Вощёных Ефим Ильич
//
// The authority issues certificate.cer.
//
//	$ token install -carrier soft:keys certificate.cer
//	Сертификат записан, прочитан обратно и совпал байт в байт; пробная подпись ключом верна
//	    носитель    surguch (development) softtoken (dev) ee03ed78
//	    …
//	$ token list -carrier soft:keys
//	Носитель surguch (development) softtoken (dev) ee03ed78
//	8ff47430ad3b600605699e33585d84f5  CryptoPro-A  «Вощёных»  не извлекается
//	    сертификат SNILS=11223344595, CN=Вощёных Ефим Ильич, №5c41…, с 22.11.2026 по 15.02.2028
//	Ключей: 1
//	$ token delete -carrier soft:keys -id 8ff4 -force -yes
//	Будет удалён ключ 8ff47430ad3b600605699e33585d84f5  CryptoPro-A  «Вощёных»  не извлекается
//	    …
//	Удалено: на носителе этого ключа больше нет
//
// # PINs
//
// A PIN is typed, and not shown; or it is the first line of the file that the
// pin-source of a URI names; or it is in the environment, SURGUCH_PIN, where
// nobody is there to type it. Pin change and pin unblock take the new one from
// SURGUCH_NEW_PIN and the administrator's from SURGUCH_SO_PIN. No PIN is ever an
// argument, and none is printed. A wrong one is not tried again, and the last
// try is left alone until somebody types «да».
//
// # Subjects
//
// The NAME of -subject is attributes in their order, separated by commas; a
// backslash stands before a comma in a value. Their names are CN, SN, G, C, S,
// L, STREET, O, OU, T, E, OGRN, OGRNIP, SNILS, INN and INNLE. The FILE of -form
// is JSON, as examples/quickstart takes it: its fields are those of ra.Form.
//
// # Doctor
//
// Doctor tells of each known library of PKCS #11 whether it is installed and
// why it does not work, and what its tokens say about themselves, without a
// PIN; and it tries our own GOST on examples of RFC 9215. With -carrier it looks
// at that place too; with -login it asks for the PIN and lists the keys; with
// -test, on a token, it has a key pair made, signs with it, verifies, deletes
// it again, and tells so. What it finds wrong it says in Russian. With -json
// the same is for machines, under names that stay.
//
// # Libraries of vendors
//
// They run in a child process, which this program is as well: a library that
// crashes or hangs is an error and nothing more. A program that was built
// without cgo works with everything but these libraries.
//
// The exit status is 0 if all went well; 1 if not, if doctor found nothing
// that could be used, or delete deleted nothing; 2 for a wrong command line.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/surguch/surguch/internal/workplace"
)

func main() {
	if workplace.IsWorker(os.Args) {
		os.Exit(workplace.Work())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second Ctrl-C does not wait for anything
	os.Exit(run(ctx, os.Args[1:], workplace.Terminal(os.Stdin), os.Stdout, os.Stderr))
}

// program is one run of a command: what the command line says, and what is
// around it.
type program struct {
	carrier, id                   string
	modules                       []string
	algorithm, name               string
	subject, form, out            string
	yes, force, login, test, json bool

	keyboard       workplace.Keyboard // nil: nobody is there
	stdout, stderr io.Writer
}

// command is what the program can do. Rest are the arguments that are no flags.
type command struct {
	flags string // those it has
	run   func(p *program, ctx context.Context, rest []string) error
}

var commands = map[string]command{
	"doctor":   {"module carrier login test json", (*program).doctor},
	"list":     {"module carrier", (*program).list},
	"generate": {"module carrier algorithm name", (*program).generate},
	"request":  {"module carrier id subject form out", (*program).request},
	"install":  {"module carrier id", (*program).install},
	"delete":   {"module carrier id yes force", (*program).delete},
	"pin":      {"module carrier", (*program).pin},
}

// Errors of the command line.
var (
	errUsage = errors.New("неверная командная строка") // the flags are shown
	errTold  = errors.New("flag")                      // package flag has said everything
)

// run is main with its surroundings passed in. It returns the exit status.
func run(ctx context.Context, args []string, keyboard workplace.Keyboard, stdout, stderr io.Writer) int {
	p := &program{keyboard: keyboard, stdout: stdout, stderr: stderr}
	if len(args) == 0 || commands[args[0]].run == nil {
		fmt.Fprintln(stderr, "token: команда: doctor, list, generate, request, install, delete или pin; -h после неё покажет параметры")
		return 2
	}
	c := commands[args[0]]
	flags := p.flags(args[0], c.flags)
	rest, err := parse(flags, args[1:])
	if err == nil {
		err = c.run(p, ctx, rest)
	}
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errTold):
		return 2
	case errors.Is(err, errUsage):
		p.complain(err)
		flags.Usage()
		return 2
	}
	p.complain(err)
	return 1
}

// complain tells of an error: in Russian what to do about it, and what
// happened.
func (p *program) complain(err error) {
	lines := strings.Split(strings.TrimPrefix(err.Error(), "token: "), "\n")
	if text := workplace.Explain(err); text != "" {
		lines = append([]string{text}, lines...)
	}
	for i, line := range lines {
		fmt.Fprintf(p.stderr, "%-7s%s\n", map[bool]string{true: "token:"}[i == 0], workplace.Clean(line))
	}
}

// flags are those of a command that has the names.
func (p *program) flags(command, names string) *flag.FlagSet {
	f := flag.NewFlagSet("token "+command, flag.ContinueOnError)
	f.SetOutput(p.stderr)
	for _, name := range strings.Fields(names) {
		switch name {
		case "carrier":
			f.StringVar(&p.carrier, name, "", "`место` ключей: file:ПАПКА, pfx:ФАЙЛ, cryptopro:ПАПКА, soft:ПАПКА, pkcs11:URI")
		case "module":
			f.Func(name, "`библиотека` PKCS #11, если её нет в URI; для doctor — ещё одна, сколько нужно раз", func(s string) error {
				p.modules = append(p.modules, s)
				return nil
			})
		case "id":
			f.StringVar(&p.id, name, "", "`идентификатор` ключа или его начало")
		case "algorithm":
			f.StringVar(&p.algorithm, name, "CryptoPro-A", "`набор` параметров: 256-A … 256-D, 512-A … 512-C, CryptoPro-A/B/C/XchA/XchB; или RSA-2048, P-256 …")
		case "name":
			f.StringVar(&p.name, name, "", "`имя` ключа для людей")
		case "subject":
			f.StringVar(&p.subject, name, "", "`имя` владельца: SNILS=…,CN=…")
		case "form":
			f.StringVar(&p.form, name, "", "`файл` заявки, JSON, вместо -subject")
		case "out":
			f.StringVar(&p.out, name, "", "новый `файл` запроса, PEM")
		case "yes":
			f.BoolVar(&p.yes, name, false, "удалить, а не только показать")
		case "force":
			f.BoolVar(&p.force, name, false, "удалить и ключ с действующим сертификатом")
		case "login":
			f.BoolVar(&p.login, name, false, "спросить ПИН-код и показать ключи носителя -carrier")
		case "test":
			f.BoolVar(&p.test, name, false, "с -login: создать на токене пробный ключ, подписать им и удалить его")
		case "json":
			f.BoolVar(&p.json, name, false, "отчёт для машин")
		}
	}
	return f
}

// parse takes flags before and behind the other arguments.
func parse(flags *flag.FlagSet, args []string) (rest []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, errTold
		}
		if flags.NArg() == 0 {
			return rest, nil
		}
		rest, args = append(rest, flags.Arg(0)), flags.Args()[1:]
	}
}
