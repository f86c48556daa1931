package smevtest

import (
	"fmt"
	"hash/fnv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

const (
	textEnvelope = "Сообщение не соответствует схеме конверта."
	textFiles    = "Файл из хранилища не найден или не соответствует хэшу."
)

// fault is a refusal with a detail element. SMEV begins the description with a
// number; faults whose number was never seen go without.
func (s *Server) fault(name, number, text string) *soap.Fault {
	return s.newFault("SYNC", name, number, text)
}

// asyncFault is what an asynchronous check found.
func (s *Server) asyncFault(name, number, text string) *soap.Fault {
	return s.newFault("ASYNC", name, number, text)
}

func (s *Server) newFault(phase, name, number, text string) *soap.Fault {
	f := &soap.Fault{FaultCode: "soap:Server", Text: text, Name: name, Description: text}
	if number != "" {
		f.Description = number + ":" + text
	}
	switch h := fnv.New32a(); s.cfg.Manner {
	case Like2021:
		f.Code = "emu:P:EMU_CORE1:TR:" + phase + ":SPS:1"
	case Like2026:
		_, _ = h.Write([]byte(name)) // never fails
		f.Code = fmt.Sprintf("028%03d", h.Sum32()%1000)
	default:
		f.Code = "emu:" + phase + ":" + name
	}
	return f
}

// clientFault is a refusal of what is no message of SMEV at all.
func clientFault(text string) *soap.Fault { return &soap.Fault{FaultCode: "soap:Client", Text: text} }

// invalidContent is the refusal of a message against its schema. err names
// elements and places, not values.
func (s *Server) invalidContent(text string, err error) *soap.Fault {
	f := s.fault("InvalidContent", "SMEV-403", text)
	f.ValidationErrors = []soap.ValidationError{{Position: -1, Text: plain(err.Error())}}
	return f
}

// signatureFault is the refusal of a signature, by the code of the schema.
func (s *Server) signatureFault(code, text string) *soap.Fault {
	f := s.fault("SignatureVerificationFault", "SMEV-100", text)
	f.SignatureFault = code
	return f
}

// plain makes of an error's text one that can be written in XML and signed by
// everybody: without '>' and controls.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '>':
			return '"'
		case unicode.IsControl(r), r == utf8.RuneError:
			return ' '
		}
		return r
	}, text)
	if !xmldsig.Writable(text) {
		return "текст ошибки не записывается в XML"
	}
	return text
}

// short cuts a text to the length of StatusDetails.
func short(text string) string {
	const most = 500
	if r := []rune(text); len(r) > most {
		return string(r[:most])
	}
	return text
}
