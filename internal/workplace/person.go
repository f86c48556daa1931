package workplace

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/surguch/surguch/token"
)

// Keyboard is what a person types on. A call that ends with ctx returns its
// error.
type Keyboard interface {
	// Secret reads a line that is not shown. The caller wipes it.
	Secret(ctx context.Context) ([]byte, error)
	// Line reads a line that is shown, without its end.
	Line(ctx context.Context) (string, error)
}

// Person is somebody at a workplace, who is asked in Russian. Both fields are
// required.
type Person struct {
	Keyboard Keyboard
	Out      io.Writer // where questions are shown, such as standard error
}

// PIN asks for the user's PIN, or the password of a file or a container; it is
// a token.PIN. The question names the device and tells how many tries are
// left. A new PIN is entered twice. Before the last try the person must type
// the word «да»; without it there is no PIN in the answer.
func (p Person) PIN(ctx context.Context, q token.Question) (token.Answer, error) {
	return p.ask(ctx, q, what(q.Device))
}

// OfficerPIN asks for the PIN of the security officer, in the same way.
func (p Person) OfficerPIN(ctx context.Context, q token.Question) (token.Answer, error) {
	return p.ask(ctx, q, "ПИН-код администратора (PUK) носителя "+Title(q.Device))
}

// what names that which is asked for. Files and containers have passwords, by
// the models that packages pfx and cryptopro give them.
func what(d token.Device) string {
	switch d.Model {
	case "PFX":
		return "пароль файла " + Clean(d.Serial)
	case "folder container":
		return "пароль контейнера «" + Clean(d.Label) + "»"
	}
	return "ПИН-код носителя " + Title(d)
}

// Title is a device as a person knows it: manufacturer, model, serial number,
// and the label if it has one.
func Title(d token.Device) string {
	if d.Label == "" {
		return Clean(d.String())
	}
	return Clean(d.String() + " «" + d.Label + "»")
}

func (p Person) ask(ctx context.Context, q token.Question, what string) (token.Answer, error) {
	if q.New {
		return p.choose(ctx, what)
	}
	left := ""
	switch {
	case q.Last:
		fmt.Fprintf(p.Out, "Последняя попытка: %s. Если он окажется неверным, носитель заблокируется.\nЧтобы попробовать, введите слово «да»: ", what)
		line, err := p.Keyboard.Line(ctx)
		if err != nil {
			return token.Answer{}, p.ended(err)
		}
		if !strings.EqualFold(strings.TrimSpace(line), "да") {
			return token.Answer{}, nil
		}
	case q.Left >= 0:
		left = fmt.Sprintf(" (осталось попыток: %d)", q.Left)
	}
	pin, err := p.secret(ctx, fmt.Sprintf("Введите %s%s: ", what, left))
	return token.Answer{PIN: pin, LastTry: q.Last && err == nil}, err
}

// rounds is how often a person may enter a new PIN that is not the same twice.
const rounds = 3

// errDiffer says that the two entries of a new PIN differ.
var errDiffer = errors.New("workplace: the new PIN was not entered twice alike")

// choose asks for a new PIN until it is entered twice alike.
func (p Person) choose(ctx context.Context, what string) (token.Answer, error) {
	for range rounds {
		first, err := p.secret(ctx, "Придумайте "+what+": ")
		if err != nil {
			return token.Answer{}, err
		}
		second, err := p.secret(ctx, "Повторите: ")
		same := subtle.ConstantTimeCompare(first, second) == 1
		clear(second)
		if err == nil && same {
			return token.Answer{PIN: first}, nil
		}
		clear(first)
		if err != nil {
			return token.Answer{}, err
		}
		fmt.Fprintln(p.Out, "Введено по-разному.")
	}
	return token.Answer{}, errDiffer
}

// secret asks for a line that is not shown.
func (p Person) secret(ctx context.Context, question string) ([]byte, error) {
	fmt.Fprint(p.Out, question)
	line, err := p.Keyboard.Secret(ctx)
	fmt.Fprintln(p.Out) // that of the person was not shown either
	if err != nil {
		clear(line)
		return nil, p.ended(err)
	}
	return line, nil
}

// ended is the error of somebody who went away instead of answering.
func (p Person) ended(err error) error {
	if errors.Is(err, io.EOF) {
		return ErrNoPIN
	}
	return err
}
