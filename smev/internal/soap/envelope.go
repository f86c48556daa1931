package soap

import (
	"errors"
	"fmt"
	"strings"

	"github.com/surguch/surguch/smev/xmldsig"
)

const (
	envelopeNamespace = "http://schemas.xmlsoap.org/soap/envelope/"
	instanceNamespace = "http://www.w3.org/2001/XMLSchema-instance"
)

// ContentType is the media type of a message that travels without MTOM (SOAP
// 1.1 over HTTP).
const ContentType = "text/xml; charset=utf-8"

// Action returns the SOAPAction of an operation as the WSDL has it.
func Action(operation string) string { return `"urn:` + operation + `"` }

// ReadEnvelope returns the one element in the body of an envelope, or nil for
// an empty body, which real replies to Ack have. What a header holds is not
// looked at.
func ReadEnvelope(doc []byte) (*xmldsig.Element, error) {
	e, err := xmldsig.Parse(doc)
	if err != nil {
		return nil, err
	}
	s := e.Sequence(env("Envelope"))
	s.Optional(env("Header"))
	body := s.One(env("Body"))
	if err := s.End(); err != nil {
		return nil, err
	}
	var content *xmldsig.Element
	b := body.Sequence(env("Body"))
	if len(body.Children) != 0 {
		content = b.Any()
	}
	if err := b.End(); err != nil {
		return nil, err
	}
	return content, nil
}

func env(local string) xmldsig.Name {
	return xmldsig.Name{Space: envelopeNamespace, Local: local}
}

// open starts reading a message from the element in the body, which is called
// root in the namespace of some version.
func open(body *xmldsig.Element, root string) (*Version, *xmldsig.Sequence, error) {
	if body == nil {
		return nil, nil, fmt.Errorf("soap: the body is empty where %s is due", root)
	}
	v, ok := VersionOf(body.Name.Space)
	if !ok {
		return nil, nil, fmt.Errorf("soap: the body holds no message of SMEV 3 where %s is due", root)
	}
	if err := v.check(root); err != nil {
		return nil, nil, err
	}
	return v, body.Sequence(v.typ(root)), nil
}

// check returns an error if the version has no operation that root belongs to.
func (v *Version) check(root string) error {
	operation := root
	for _, suffix := range []string{"Request", "Response"} {
		if name, cut := strings.CutSuffix(root, suffix); cut {
			operation = name
		}
	}
	if !v.Has(operation) {
		return fmt.Errorf("soap: version %s has no operation %s", v.name, operation)
	}
	return nil
}

// writer writes a message of one version. Prefixes are never the default one:
// what others wrote stands inside the envelope, and elements of theirs without
// a prefix would fall into our namespace. ns1 is Basic, ns2 Types, ns3 Faults
// and ns4 Routing.
type writer struct {
	xmldsig.Writer
	v      *Version
	way    []string // local names of the open elements, the envelope first
	blocks []block
	err    error
}

// message writes an envelope with one element in its body, called root, and
// signs what parts asks to be signed.
func message(v *Version, root string, parts func(*writer)) ([]byte, error) {
	if err := v.check(root); err != nil {
		return nil, err
	}
	return envelope(v, func(w *writer) {
		w.Open("ns2:"+root, "xmlns:ns1", v.basic, "xmlns:ns2", v.types)
		parts(w)
		w.Close()
	})
}

func envelope(v *Version, body func(*writer)) ([]byte, error) {
	w := &writer{v: v}
	w.Open("soap:Envelope", "xmlns:soap", envelopeNamespace)
	w.Open("soap:Body")
	body(w)
	w.Close()
	w.Close()
	doc, err := w.Bytes()
	if err != nil {
		return nil, err
	}
	for _, b := range w.blocks {
		if doc, err = b.seal(doc); err != nil {
			return nil, err
		}
	}
	return doc, nil
}

// Open starts an element and notes the way to it.
func (w *writer) Open(name string, attrs ...string) {
	w.way = append(w.way, name[strings.IndexByte(name, ':')+1:])
	w.Writer.Open(name, attrs...)
}

// Close ends the innermost open element.
func (w *writer) Close() {
	w.way = w.way[:len(w.way)-1]
	w.Writer.Close()
}

// Bytes returns the document, or the first failure.
func (w *writer) Bytes() ([]byte, error) {
	if w.err != nil {
		return nil, w.err
	}
	return w.Writer.Bytes()
}

// due writes an element that the schema requires or not.
func (w *writer) due(required bool, name, text string) {
	if required && !w.v.lean {
		w.Leaf(name, text)
		return
	}
	w.OptionalLeaf(name, text)
}

// known writes an element unless its text is empty. To have text for an
// element the version does not know is a failure.
func (w *writer) known(knows bool, name, text string) {
	if text != "" {
		w.needs(knows, name)
		w.Leaf(name, text)
	}
}

// needs fails unless the version knows the element about to be written.
func (w *writer) needs(knows bool, name string) {
	if !knows {
		w.fail(fmt.Errorf("soap: version %s has no %s", w.v.name, name[strings.IndexByte(name, ':')+1:]))
	}
}

func (w *writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// element inserts an element that others wrote. It is a document of its own
// and called name, unless name is the zero one.
func (w *writer) element(doc []byte, name xmldsig.Name) {
	e, err := xmldsig.Parse(doc)
	switch {
	case err != nil:
		w.fail(fmt.Errorf("soap: %s to be passed on: %w", name.Local, err))
	case name != xmldsig.Name{} && e.Name != name:
		w.fail(errors.New("soap: something else is to be passed on than " + name.Local + " of version " + w.v.name))
	default:
		w.Raw(e.Raw())
	}
}
