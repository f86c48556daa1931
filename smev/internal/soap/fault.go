package soap

import (
	"strconv"

	"github.com/surguch/surguch/smev/xmldsig"
)

// Fault is a refusal by SMEV: a soap:Fault whose detail is an element of
// smev-message-exchange-faults-1.2.xsd, or the SmevFault of an asynchronous
// status. Code and Description stand in every fault real SMEV sends, also in
// those whose published type is empty.
type Fault struct {
	FaultCode string // soap:Server, soap:Client
	Text      string // faultstring
	Name      string // local name of the detail element, e.g. "StaleMessageId"; empty when there is no detail

	Code        string // ≤ 50 characters, names the node of SMEV
	Description string // "SMEV-nnn:" and a sentence

	RootLocalName, RootNamespace string   // of BusinessDataTypeIsNotSupported
	ValidationErrors             []string // of InvalidContent
}

// Envelope writes the fault as a SOAP answer, HTTP status 500.
func (f *Fault) Envelope() ([]byte, error) {
	return envelope(func(w *xmldsig.Writer) {
		w.Open("soap:Fault")
		w.Leaf("faultcode", f.FaultCode)
		w.Leaf("faultstring", f.Text)
		if f.Name != "" {
			w.Open("detail")
			w.Open("ns3:"+f.Name, "xmlns:ns1", Basic, "xmlns:ns2", Types, "xmlns:ns3", Faults)
			f.writeParts(w)
			w.Close()
			w.Close()
		}
		w.Close()
	})
}

func (f *Fault) writeParts(w *xmldsig.Writer) {
	w.OptionalLeaf("ns1:Code", f.Code)
	w.OptionalLeaf("ns1:Description", f.Description)
	switch f.Name {
	case "BusinessDataTypeIsNotSupported":
		w.Leaf("ns3:RootElementLocalName", f.RootLocalName)
		w.Leaf("ns3:RootElementNamespaceURI", f.RootNamespace)
	case "InvalidContent":
		for _, text := range f.ValidationErrors {
			w.Leaf("ns3:ValidationError", text, "errorPosition", strconv.Itoa(-1))
		}
	}
}

// ReadFault reads a fault from the element in the body; nil means that the
// body holds something else. Real faults vary (no detail, detail of an older
// version, foreign extensions), so whatever is recognised is taken and the
// rest stepped over.
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
			f.ValidationErrors = append(f.ValidationErrors, text)
		}
	}
	return f
}
