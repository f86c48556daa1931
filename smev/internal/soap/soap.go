// Package soap holds the messages of the SMEV 3 exchange, schema version 1.2,
// as both sides of the wire see them: each message has a method that writes
// its SOAP 1.1 envelope and a function that reads it from the body.
//
// Writing follows smev-message-exchange-types-1.2.xsd to the letter, with every
// element the schema requires. Reading keeps the order of the schema but
// forgives what real traffic of 2020–2026 leaves out (OriginalTransactionCode,
// ReferenceMessageID, HumanReadableName, DestinationName, SupplementaryData)
// and takes any status word, since newer ones appear in 1.2 replies.
//
// Signature blocks are optional in the schema. They are not written; on
// reading they are stepped over.
package soap

import (
	"errors"
	"time"

	"github.com/surguch/surguch/smev/xmldsig"
)

// The namespaces of schema version 1.2 and of SOAP 1.1.
const (
	Types  = "urn://x-artefacts-smev-gov-ru/services/message-exchange/types/1.2"
	Basic  = "urn://x-artefacts-smev-gov-ru/services/message-exchange/types/basic/1.2"
	Faults = "urn://x-artefacts-smev-gov-ru/services/message-exchange/types/faults/1.2"

	envelopeNamespace = "http://schemas.xmlsoap.org/soap/envelope/"
	instanceNamespace = "http://www.w3.org/2001/XMLSchema-instance"
)

// ContentType is the media type of every message (SOAP 1.1 over HTTP).
const ContentType = "text/xml; charset=utf-8"

// Action returns the SOAPAction of an operation as the WSDL has it.
func Action(operation string) string { return `"urn:` + operation + `"` }

func typ(local string) xmldsig.Name { return xmldsig.Name{Space: Types, Local: local} }
func bas(local string) xmldsig.Name { return xmldsig.Name{Space: Basic, Local: local} }
func env(local string) xmldsig.Name {
	return xmldsig.Name{Space: envelopeNamespace, Local: local}
}

// envelope writes an envelope around a body. Prefixes are never the default
// one: business documents stand inside the envelope, and those whose elements
// have no namespace would fall into ours.
func envelope(body func(*xmldsig.Writer)) ([]byte, error) {
	var w xmldsig.Writer
	w.Open("soap:Envelope", "xmlns:soap", envelopeNamespace)
	w.Open("soap:Body")
	body(&w)
	w.Close()
	w.Close()
	return w.Bytes()
}

// root opens the element right under the body, with our prefixes declared.
func root(w *xmldsig.Writer, name string) {
	w.Open("ns2:"+name, "xmlns:ns1", Basic, "xmlns:ns2", Types)
}

// ReadEnvelope returns the one element in the body of an envelope, or nil for
// an empty body, which real replies to Ack have.
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

// moscow is UTC+3: SMEV stamps its messages with the local time of Moscow,
// which has had no other offset since 2014.
var moscow = time.FixedZone("", 3*60*60)

// stamp writes an xs:dateTime as SMEV does, with milliseconds and offset.
func stamp(t time.Time) string {
	return t.In(moscow).Format("2006-01-02T15:04:05.000-07:00")
}

// moment reads an xs:dateTime; one without offset is taken as Moscow time.
func moment(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t.UTC(), nil
	}
	t, err := time.ParseInLocation("2006-01-02T15:04:05.999999999", s, moscow)
	if err != nil {
		return time.Time{}, errors.New("soap: not an xs:dateTime")
	}
	return t.UTC(), nil
}
