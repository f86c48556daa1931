package smevtest

import "github.com/surguch/surguch/smev/internal/soap"

// fault is a refusal with a detail element. SMEV begins the description with a
// number; faults whose number was never seen go without.
func fault(name, number, text string) *soap.Fault {
	f := &soap.Fault{
		FaultCode: "soap:Server", Text: text, Name: name, Code: "emu:SYNC:" + name, Description: text,
	}
	if number != "" {
		f.Description = number + ":" + text
	}
	return f
}

// clientFault is a refusal of what is no message of SMEV at all.
func clientFault(text string) *soap.Fault { return &soap.Fault{FaultCode: "soap:Client", Text: text} }

// invalidContent is the refusal of a message against its schema. err names
// elements and places, not values.
func invalidContent(text string, err error) *soap.Fault {
	f := fault("InvalidContent", "SMEV-403", text)
	f.ValidationErrors = []string{err.Error()}
	return f
}
