package soap

import (
	"strconv"

	"github.com/surguch/surguch/smev/xmldsig"
)

// Fault is a refusal by SMEV: a soap:Fault whose detail is an element of
// smev-message-exchange-faults.xsd, or the SmevFault of an asynchronous
// status. Code and Description stand in every fault real SMEV sends, also in
// those whose published type is empty. The fields after them belong to one
// fault each and are written for it alone.
type Fault struct {
	FaultCode string // soap:Server, soap:Client
	Text      string // faultstring
	Name      string // local name of the detail element, e.g. "StaleMessageId"; empty when there is no detail

	Code        string // names the node of SMEV; up to 50 characters, in 1.3 100
	Description string // "SMEV-nnn:" and a sentence

	// RootLocalName and RootNamespace name the business document of
	// BusinessDataTypeIsNotSupported.
	RootLocalName, RootNamespace string
	// ValidationErrors are those of InvalidContent, at least one.
	ValidationErrors []ValidationError
	// SignatureFault of SignatureVerificationFault says what is wrong:
	// PoorSOAPEnvelopeFormat, NoSignatureFound, IncorrectSignatureTarget,
	// SignatureIsInvalid, CertificateIsNotFound or CertificateIsExpired.
	SignatureFault string
	// Broker and Destination name the full queue of DestinationOverflow.
	Broker, Destination string
	// RealSize is the total of the attachments in octets, PermittedSize what
	// AttachmentSizeLimitExceeded and RemainedSize what QuoteLimitExceeded
	// allows.
	RealSize, PermittedSize, RemainedSize int64
}

// ValidationError is what a validator found wrong with a document.
type ValidationError struct {
	Position int // where it was found; -1 if that is not known
	Text     string
}

// Envelope writes the fault as a SOAP answer, which goes with HTTP status 500.
// It is not signed.
func (f *Fault) Envelope(v *Version, _ Sign) ([]byte, error) {
	return envelope(v, func(w *writer) {
		w.Open("soap:Fault")
		w.Leaf("faultcode", f.FaultCode)
		w.Leaf("faultstring", f.Text)
		if f.Name != "" {
			w.Open("detail")
			w.Open("ns3:"+f.Name, "xmlns:ns1", v.basic, "xmlns:ns2", v.types, "xmlns:ns3", v.faults)
			f.writeParts(w)
			w.Close()
			w.Close()
		}
		w.Close()
	})
}

func (f *Fault) writeParts(w *writer) {
	w.OptionalLeaf("ns1:Code", f.Code)
	w.OptionalLeaf("ns1:Description", f.Description)
	switch f.Name {
	case "BusinessDataTypeIsNotSupported":
		w.Leaf("ns3:RootElementLocalName", f.RootLocalName)
		w.Leaf("ns3:RootElementNamespaceURI", f.RootNamespace)
	case "InvalidContent":
		for _, e := range f.ValidationErrors {
			w.Leaf("ns3:ValidationError", e.Text, "errorPosition", strconv.Itoa(e.Position))
		}
	case "SignatureVerificationFault":
		w.Leaf("ns3:SignatureVerificationFault", f.SignatureFault)
	case "DestinationOverflow":
		w.Leaf("ns3:MessageBrokerAddress", f.Broker)
		w.Leaf("ns3:DestinationName", f.Destination)
	case "AttachmentSizeLimitExceeded":
		w.Leaf("ns3:PermittedTotalAttachmentSize", strconv.FormatInt(f.PermittedSize, 10))
		w.Leaf("ns3:RealTotalAttachmentSize", strconv.FormatInt(f.RealSize, 10))
	case "QuoteLimitExceeded":
		w.Leaf("ns3:RemainedTotalQuoteSize", strconv.FormatInt(f.RemainedSize, 10))
		w.Leaf("ns3:RealTotalAttachmentSize", strconv.FormatInt(f.RealSize, 10))
	}
}

// ReadFault reads a fault from the element in the body; nil means that the
// body holds something else. Real faults vary (no detail, detail of another
// version, foreign extensions), so whatever is recognised is taken and the
// rest stepped over; a number that cannot be read is zero.
func ReadFault(body *xmldsig.Element) *Fault {
	if body == nil || body.Name != env("Fault") {
		return nil
	}
	f := &Fault{}
	for _, e := range body.Children {
		switch e.Name {
		case xmldsig.Name{Local: "faultcode"}:
			f.FaultCode, _ = e.Leaf()
		case xmldsig.Name{Local: "faultstring"}:
			f.Text, _ = e.Leaf()
		case xmldsig.Name{Local: "detail"}:
			if len(e.Children) == 0 {
				continue
			}
			parts := readFaultParts(e.Children[0])
			parts.FaultCode, parts.Text, parts.Name = f.FaultCode, f.Text, e.Children[0].Name.Local
			f = parts
		}
	}
	return f
}

func readFaultParts(e *xmldsig.Element) *Fault {
	f := &Fault{}
	for _, part := range e.Children {
		text, err := part.Leaf()
		if err != nil {
			continue
		}
		switch part.Name.Local {
		case "Code":
			f.Code = text
		case "Description":
			f.Description = text
		case "RootElementLocalName":
			f.RootLocalName = text
		case "RootElementNamespaceURI":
			f.RootNamespace = text
		case "ValidationError":
			f.ValidationErrors = append(f.ValidationErrors, ValidationError{position(part), text})
		case "SignatureVerificationFault":
			f.SignatureFault = text
		case "MessageBrokerAddress":
			f.Broker = text
		case "DestinationName":
			f.Destination = text
		case "PermittedTotalAttachmentSize":
			f.PermittedSize = long(text)
		case "RemainedTotalQuoteSize":
			f.RemainedSize = long(text)
		case "RealTotalAttachmentSize":
			f.RealSize = long(text)
		}
	}
	return f
}

func position(e *xmldsig.Element) int {
	text, _ := e.Attr(xmldsig.Name{Local: "errorPosition"})
	n, err := strconv.ParseInt(collapse(text), 10, 32)
	if err != nil {
		return -1
	}
	return int(n)
}

func long(text string) int64 {
	n, err := strconv.ParseInt(collapse(text), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
