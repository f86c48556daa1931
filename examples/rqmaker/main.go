// RQmaker is the tool of a key workstation: it makes the key pair of a request
// on a carrier, hands in the certificate request, has the owner acknowledge the
// certificate and installs it beside its key, all in one session (seed 002,
// steps 7.1 and 7.2).
//
//	go run ./examples/rqmaker -server URL -carrier PLACE [-ca FILE] [-state DIR] [-curve NAME] [-module LIB] [-yes]
//
// What opens the session is the marker: the code that the agent prints in
// answer to the request and hands out against signature. The program asks for
// it, and then for the code of the text message that the server sends to the
// owner's phone. On a machine without a person the marker is in the variable
// SURGUCH_MARKER; it is never an argument. A slip of the hand is noticed here,
// by the marker's check character, and costs no attempt.
//
// A PLACE is where keys are, as examples/token has it: pkcs11:URI, pfx:FILE,
// cryptopro:DIR, soft:DIR or file:DIR. It is made if it is not there. The URL is
// that of the authority's interface, https; plain http is for this machine
// alone. The FILE of -ca holds the certificates, PEM, that the server's leads
// to, if they are not among those of the system.
//
//	$ rqmaker -server https://ra.example.org/api -carrier pkcs11:serial=0a1b2c3d
//	Код маркера: 4J8K2-…
//	Код из СМС на +7 9** ***-**-67: 314159
//	Будет запрошен сертификат
//	    владелец   Вощёных Ефим Ильич
//	    …
//	Создать ключ и отправить запрос? Введите «да»: да
//
// # What is asked and what is not
//
// -yes answers the question whether to request the certificate that is shown.
// That the contents of the issued certificate are right only the owner can say,
// at the keyboard: law 63-FZ, article 18, part 3. His answer is signed with the
// new key and sent, and there is no flag for it.
//
// # Crashes
//
// What was begun is in a small file of the -state folder, by default that of
// the user's configuration, readable by nobody else: the session, the ID of the
// key pair before it is made, and each message before it is sent. After a crash,
// a lost network or a reboot the same command goes on where it stopped: the key
// pair is looked for under its ID and made only if it is not there, and the
// server recognises a message that it has had. The file goes when the
// certificate is installed. The marker and PINs are nowhere in it.
//
// PINs are asked for as examples/token asks for them. The exit status is 0 when
// the certificate is installed, 1 when not, 2 for a wrong command line.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/atomicfile"
	"github.com/surguch/surguch/internal/workplace"
)

func main() {
	if workplace.IsWorker(os.Args) {
		os.Exit(workplace.Work())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second Ctrl-C does not wait for anything
	p := &program{
		marker: os.Getenv(markerVariable), keyboard: workplace.Terminal(os.Stdin),
		stdout: os.Stdout, stderr: os.Stderr, write: atomicfile.Write,
	}
	os.Unsetenv(markerVariable) // libraries of tokens do not find it
	os.Exit(p.run(ctx, os.Args[1:]))
}

// program is one run: what the command line says, and what is around it.
type program struct {
	server, carrier, ca, dir, curve, module string
	yes                                     bool

	marker         string             // of the environment; "": a person is asked for it
	keyboard       workplace.Keyboard // nil: nobody is there
	stdout, stderr io.Writer
	transport      func(http.RoundTripper) http.RoundTripper              // stands before the network; nil: nothing does
	write          func(name string, data []byte, mode fs.FileMode) error // keeps the state, wholly or not at all
}

// errUsage says that the command line is wrong.
var errUsage = errors.New("неверная командная строка")

// run is main with its surroundings passed in. It returns the exit status.
func (p *program) run(ctx context.Context, args []string) int {
	flags := flag.NewFlagSet("rqmaker", flag.ContinueOnError)
	flags.SetOutput(p.stderr)
	flags.StringVar(&p.server, "server", "", "`адрес` интерфейса центра регистрации: https://…")
	flags.StringVar(&p.carrier, "carrier", "", "`место` ключей: pkcs11:URI, pfx:ФАЙЛ, cryptopro:ПАПКА, soft:ПАПКА, file:ПАПКА")
	flags.StringVar(&p.ca, "ca", "", "`файл` PEM с корневыми сертификатами сервера, если их нет в системе")
	flags.StringVar(&p.dir, "state", "", "`папка` для начатого; по умолчанию в настройках пользователя")
	flags.StringVar(&p.curve, "curve", "CryptoPro-A", "`набор` параметров ключа: 256-A … 256-D, 512-A … 512-C, CryptoPro-A/B/C/XchA/XchB")
	flags.StringVar(&p.module, "module", "", "`библиотека` PKCS #11, если её нет в URI")
	flags.BoolVar(&p.yes, "yes", false, "запросить сертификат без вопроса")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	err := p.start(ctx, flags.Args())
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		fmt.Fprintln(p.stderr, "rqmaker:", err)
		return 2
	}
	p.complain(err)
	return 1
}

// start checks all that can be checked before anybody is asked anything, and
// goes on with what was begun.
func (p *program) start(ctx context.Context, rest []string) (err error) {
	if len(rest) > 0 {
		return fmt.Errorf("%w: лишние аргументы: код маркера спрашивается, в командной строке его не бывает", errUsage)
	}
	if p.server == "" || p.carrier == "" {
		return fmt.Errorf("%w: нужны -server и -carrier", errUsage)
	}
	if _, err := gost.CurveByName(p.curve); err != nil {
		return fmt.Errorf("%w: -curve: %w", errUsage, err)
	}
	place, err := p.place()
	if err != nil {
		return err
	}
	c, err := newClient(p.server, p.ca, p.transport)
	if err != nil {
		return err
	}
	if p.dir == "" {
		if p.dir, err = defaultDir(); err != nil {
			return err
		}
	}
	s, err := openState(p.dir, p.write)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	return (&journey{program: p, client: c, state: s, place: place}).walk(ctx)
}

// place reads -carrier. A path is made absolute: the state remembers it, and
// the next run may begin in another folder.
func (p *program) place() (place workplace.Place, err error) {
	if place, err = workplace.ParsePlace(p.carrier); err != nil {
		return place, fmt.Errorf("%w: -carrier: %w", errUsage, err)
	}
	if place.Path != "" {
		if place.Path, err = filepath.Abs(place.Path); err != nil {
			return place, fmt.Errorf("-carrier: %w", err)
		}
	}
	if p.module != "" && place.Kind != workplace.PKCS11 {
		return place, fmt.Errorf("%w: -module бывает только у носителей pkcs11", errUsage)
	}
	return place, nil
}

// defaultDir is where the state is kept if nobody says where.
func defaultDir() (string, error) {
	base, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("%w: укажите -state, папка настроек пользователя неизвестна: %w", errUsage, err)
	}
	return filepath.Join(base, "surguch", "rqmaker"), nil
}
