package smevtest

import (
	"context"
	"errors"
	"regexp"
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/xmldsig"
)

// register is a provider that the simulator has built in: it answers by the
// scenario in the data of the request.
type register struct {
	kind  smev.Kind
	owner string
	// read reads a request and checks it as its schema would.
	read func(*xmldsig.Element) (question, error)
}

// question is a request as the register understands it.
type question interface {
	// scenario is the one in its data.
	scenario() int
	// answer is what the register knows of it, on a day in Moscow.
	answer(scenario int, today time.Time) Reply
	// other is a question about somebody else.
	other() question
}

// registers are the built-in providers.
func registers(r *records) []*register {
	return []*register{
		{smev.PassportP001(), "МВД России", readP001},
		{smev.PassportP002(), "МВД России", readP002},
		{smev.SNILSValidation101(), "СФР", readSNILS},
		{smev.SNILSSearch(), "СФР", r.readSNILSSearch},
		{smev.PassportINN247(), "ФНС России", readINN},
		{smev.INNSearch270(smev.Organization{}), "ФНС России", r.readINNSearch},
		{smev.EGRUL406(), "ФНС России", r.readEGRUL},
		{smev.EGRIP405(), "ФНС России", r.readEGRIP},
		{smev.CertificateRegistration141(smev.RoutingTest), "Минцифры России", readESIA},
	}
}

// Handle answers a request by its scenario.
func (r *register) Handle(_ context.Context, q Request) ([]Reply, error) {
	doc, err := xmldsig.Parse(q.Content)
	if err != nil {
		return nil, &ContentError{err}
	}
	question, err := r.read(doc)
	if err != nil {
		return nil, &ContentError{err}
	}
	n := question.scenario()
	if q.swapped {
		question = question.other()
	}
	switch n {
	case never:
		return nil, nil
	case rejectedAsync:
		return nil, &ContentError{errScenario}
	}
	reply, ok := declined(n)
	if !ok {
		reply = question.answer(n, q.Received.In(moscow))
	}
	if first, ok := r.before(n); ok {
		first.After = (q.Delay / 2).Truncate(time.Millisecond)
		return []Reply{first, reply}, nil
	}
	return []Reply{reply}, nil
}

// before returns what comes at half the delay, before the answer, in the
// scenarios that have it.
func (r *register) before(n int) (Reply, bool) {
	switch {
	case n == statusFirst:
		return Reply{Status: &Status{Code: 1, Description: "Запрос принят в обработку."}}, true
	case n == validating && r.kind.Check == smev.CheckESIACertificate:
		return esiaStatus("VALIDATING", ""), true
	}
	return Reply{}, false
}

// document makes a reply of a business document.
func document(write func(*xmldsig.Writer)) Reply {
	var w xmldsig.Writer
	write(&w)
	doc, err := w.Bytes()
	if err != nil {
		// Only values of a parsed document are written back, and those XML can carry.
		panic(err)
	}
	return Reply{Content: doc}
}

var errShape = errors.New("значение не соответствует типу схемы")

// value is a text and the type it should be of.
type value struct {
	text string
	*regexp.Regexp
}

// fit checks values against their types. An error names none of them.
func fit(values ...value) error {
	for _, v := range values {
		if !v.MatchString(v.text) {
			return errShape
		}
	}
	return nil
}

// The simple types of the schemas, in short. orNone is the type of what may be
// left out.
var (
	russian     = regexp.MustCompile(`^[а-яА-ЯёЁ0-9\- ,.']{1,100}$`)
	orNone      = regexp.MustCompile(`^[а-яА-ЯёЁ0-9\- ,.']{0,100}$`)
	anyName     = regexp.MustCompile(`^[^\r\n\t>]{1,60}$`)
	anyOrNo     = regexp.MustCompile(`^[^\r\n\t>]{0,60}$`)
	day         = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
	dotted      = regexp.MustCompile(`^[0-3][0-9]\.[01][0-9]\.[0-9]{4}$`)
	gender      = regexp.MustCompile(`^(Male|Female)$`)
	digits4     = regexp.MustCompile(`^[0-9]{4}$`)
	digits6     = regexp.MustCompile(`^[0-9]{6}$`)
	digits10    = regexp.MustCompile(`^[0-9]{10}$`)
	digits11    = regexp.MustCompile(`^[0-9]{11}$`)
	digits12    = regexp.MustCompile(`^[0-9]{12}$`)
	digits13    = regexp.MustCompile(`^[0-9]{13}$`)
	digits15    = regexp.MustCompile(`^[0-9]{15}$`)
	spaced      = regexp.MustCompile(`^[0-9]{2} [0-9]{2} [0-9]{6}$`)
	environment = regexp.MustCompile(`^(DEV|UAT|TESIA|TCOD|PROD)$`)
	ownerType   = regexp.MustCompile(`^(PSO|ORG|IB|SYS)$`)
	hex         = regexp.MustCompile(`^([0-9A-Fa-f]{2}){1,20}$`)

	anyIssuer  = regexp.MustCompile(`^[а-яА-ЯёЁ\-0-9][а-яА-ЯёЁ\- \t\r\n',.0-9]{0,199}$`)
	questionID = regexp.MustCompile(`^[0-9A-Za-z\-]{1,36}$`)
)

// names makes the names of a namespace.
func names(space string) func(local string) xmldsig.Name {
	return func(local string) xmldsig.Name { return xmldsig.Name{Space: space, Local: local} }
}

// attr returns the value of an attribute without a namespace, or "".
func attr(e *xmldsig.Element, local string) string {
	v, _ := e.Attr(xmldsig.Name{Local: local})
	return v
}
