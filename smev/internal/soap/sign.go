package soap

import (
	"errors"
	"fmt"
	"slices"

	"github.com/surguch/surguch/smev/xmldsig"
)

// Sign makes the ds:Signature over an element and returns it as a document of
// its own, without XML declaration. The element belongs to the message being
// written and has its Id. Nil in place of a Sign means that no signature block
// is written; real SMEV refuses such messages, simple simulators take them.
type Sign func(target *xmldsig.Element) ([]byte, error)

// Signed is what one signature block of a message says.
type Signed struct {
	// Target is the element that the schema has signed. Nil: the schema gives
	// the message no block of this kind.
	Target *xmldsig.Element
	// Signature is the ds:Signature in the block. Nil: the block is missing or
	// empty.
	Signature *xmldsig.Element
}

// Signatures are the signature blocks of a message.
type Signatures struct {
	Caller   Signed // CallerInformationSystemSignature, of the system that calls SMEV
	SMEV     Signed // SMEVSignature, of SMEV
	Sender   Signed // SenderInformationSystemSignature, of the system SMEV had the content from
	Personal Signed // PersonalSignature over the business document, of an official
	Routing  Signed // RoutingSignature of 1.3, of the system that calls SMEV
}

const (
	callerSignature  = "CallerInformationSystemSignature"
	smevSignature    = "SMEVSignature"
	senderSignature  = "SenderInformationSystemSignature"
	routingSignature = "RoutingSignature"
)

// The Id of a signed element says by custom who signs it.
const (
	idOfConsumer = "SIGNED_BY_CONSUMER"
	idOfCaller   = "SIGNED_BY_CALLER"
	idOfSMEV     = "SIGNED_BY_SMEV"
	idOfRouting  = "ROUTING_SIGNED_BY_CALLER"
)

var signatureName = xmldsig.Name{Space: "http://www.w3.org/2000/09/xmldsig#", Local: "Signature"}

// readSigned reads the signature block that may come next.
func readSigned(s *xmldsig.Sequence, target *xmldsig.Element, container xmldsig.Name) Signed {
	e := s.Optional(container)
	if e == nil {
		return Signed{Target: target}
	}
	sub := e.Sequence(container)
	signature := sub.Optional(signatureName)
	s.Fail(sub.End())
	return Signed{target, signature}
}

// block is a signature that is still to be made. Its target and its container
// are brothers.
type block struct {
	sign      Sign
	way       []string // local names of the elements around both, the envelope first
	target    string
	container string
}

// signature writes the empty container of a signature over its brother target,
// which is made when the envelope is complete.
func (w *writer) signature(sign Sign, target, prefix, container string) {
	if sign == nil {
		return
	}
	w.container(prefix+":"+container, nil)
	w.blocks = append(w.blocks, block{sign, slices.Clone(w.way), target, container})
}

// container writes a signature block around a signature made before, or an
// empty one.
func (w *writer) container(name string, signature []byte) {
	w.Open(name)
	if signature != nil {
		w.element(signature, signatureName)
	} else {
		w.Raw(nil) // two tags, as real messages have
	}
	w.Close()
}

// seal makes the signature and puts it into its container. All other bytes of
// the document stay as they are.
func (b block) seal(doc []byte) ([]byte, error) {
	e, err := xmldsig.Parse(doc)
	if err != nil {
		return nil, err
	}
	for _, name := range b.way[1:] {
		e = child(e, name)
	}
	target, container := child(e, b.target), child(e, b.container)
	if target == nil || container == nil {
		return nil, errors.New("soap: what was written into the message breaks it open")
	}
	signature, err := makeSignature(b.sign, target)
	if err != nil {
		return nil, err
	}
	return xmldsig.Splice(container, signature), nil
}

func makeSignature(sign Sign, target *xmldsig.Element) ([]byte, error) {
	signature, err := sign(target)
	if err != nil {
		return nil, fmt.Errorf("soap: signing %s: %w", target.Name.Local, err)
	}
	if e, err := xmldsig.Parse(signature); err != nil || e.Name != signatureName {
		return nil, fmt.Errorf("soap: signing %s gave no ds:Signature", target.Name.Local)
	}
	return signature, nil
}

// child returns the first child of that local name, or nil.
func child(e *xmldsig.Element, local string) *xmldsig.Element {
	if e == nil {
		return nil
	}
	for _, c := range e.Children {
		if c.Name.Local == local {
			return c
		}
	}
	return nil
}

// Provided is what one side of the exchange has signed for the other:
// SenderProvidedRequestData or SenderProvidedResponseData. SMEV hands it over
// as the bytes it came in, since any other would break the signature. No Id in
// it may be SIGNED_BY_SMEV: that is the Id of what SMEV signs itself.
type Provided struct {
	Data      []byte // the element, a document of its own
	Signature []byte // the ds:Signature over it; nil if it is not signed
}

// Provided returns the target and its signature as bytes. It is for the Caller
// of [SendRequest] and [SendResponse], whose target SMEV passes on.
func (s Signed) Provided() Provided {
	if s.Target == nil {
		return Provided{}
	}
	p := Provided{Data: s.Target.Raw()}
	if s.Signature != nil {
		p.Signature = s.Signature.Raw()
	}
	return p
}

// provide writes a document of its own with write and signs it.
func provide(v *Version, id string, sign Sign, write func(w *writer, attrs ...string)) (Provided, error) {
	w := &writer{v: v}
	write(w, "xmlns:ns1", v.basic, "xmlns:ns2", v.types, "Id", id)
	data, err := w.Bytes()
	if err != nil || sign == nil {
		return Provided{Data: data}, err
	}
	e, err := xmldsig.Parse(data)
	if err != nil {
		return Provided{}, err
	}
	signature, err := makeSignature(sign, e)
	if err != nil {
		return Provided{}, err
	}
	return Provided{data, signature}, nil
}
