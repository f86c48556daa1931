package smevtest

import (
	"errors"
	"regexp"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// register is a provider behind SMEV, by one kind of information.
type register struct {
	owner, title    string
	namespace, root string
	responseRoot    string
	read            func(content []byte) (inquiry, error) // checks the document as its schema would
}

// inquiry is a request as the register understands it.
type inquiry interface {
	scenario() int
	// respond returns the part of the response that says how it went.
	respond(scenario int) soap.Response
	// other returns an inquiry about somebody else.
	other() inquiry
}

func newRegister(k smev.Kind, owner string, read func([]byte) (inquiry, error)) *register {
	return &register{owner, k.Name, k.Namespace, k.Root, k.ResponseRoot, read}
}

var registers = []*register{
	newRegister(smev.PassportP002(), "МВД России", readPassport),
	newRegister(smev.SNILSValidation101(), "СФР", readSNILS),
	newRegister(smev.PassportINN247(), "ФНС России", readINN),
}

func registerOf(root xmldsig.Name) *register {
	for _, r := range registers {
		if root == (xmldsig.Name{Space: r.namespace, Local: r.root}) {
			return r
		}
	}
	return nil
}

// known reports whether a selector names the type of some response.
func known(namespace, root string) bool {
	for _, r := range registers {
		if r.namespace == namespace && r.responseRoot == root {
			return true
		}
	}
	return false
}

var (
	russian = regexp.MustCompile(`^[а-яА-ЯёЁ\-\s,.]{1,100}$`) // rus-100
	day     = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
	digits4 = regexp.MustCompile(`^[0-9]{4}$`)
	digits6 = regexp.MustCompile(`^[0-9]{6}$`)

	errShape = errors.New("значение не соответствует типу схемы")
)

// fits reports whether every value fits its expression; they come in turn.
func fits(pairs ...any) bool {
	for i := 0; i+1 < len(pairs); i += 2 {
		if !pairs[i+1].(*regexp.Regexp).MatchString(pairs[i].(string)) {
			return false
		}
	}
	return true
}
