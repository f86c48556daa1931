package smevtest

import (
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// maxRequest is the most SMEV takes as one message, 5 MiB.
const maxRequest = 5 << 20

// ServeHTTP answers one request: a POST of a SOAP 1.1 envelope.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "text/xml" {
		w.WriteHeader(http.StatusUnsupportedMediaType)
		return
	}
	doc, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	body, err := soap.ReadEnvelope(doc)
	if err != nil || body == nil || body.Name.Space != soap.Types {
		answer(w, clientFault("Тело SOAP-конверта не содержит операции СМЭВ."))
		return
	}
	operation, isRequest := strings.CutSuffix(body.Name.Local, "Request")
	if action := r.Header.Get("SOAPAction"); !isRequest || action != "" && action != soap.Action(operation) {
		answer(w, clientFault("Операция не соответствует заголовку SOAPAction."))
		return
	}
	trouble := s.trouble(operation)
	switch trouble {
	case Busy:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case Failure:
		answer(w, fault("SMEVFailure", "", "Сбой в инфраструктуре СМЭВ."))
		return
	case DropBefore:
		panic(http.ErrAbortHandler)
	}
	reply := s.perform(operation, body, trouble)
	if trouble == DropAfter {
		panic(http.ErrAbortHandler)
	}
	answer(w, reply)
}

// reply is anything that writes itself as an envelope.
type reply interface{ Envelope() ([]byte, error) }

func (s *Server) perform(operation string, body *xmldsig.Element, trouble Trouble) reply {
	switch operation {
	case "SendRequest":
		return s.sendRequest(body, trouble)
	case "GetResponse":
		return s.getResponse(body)
	case "Ack":
		return s.ack(body)
	}
	return clientFault("Операция не поддерживается эмулятором.")
}

func answer(w http.ResponseWriter, r reply) {
	doc, err := r.Envelope()
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", soap.ContentType)
	if _, refused := r.(*soap.Fault); refused {
		w.WriteHeader(http.StatusInternalServerError)
	}
	_, _ = w.Write(doc) // a reader that has gone away is his own affair
}

// envelopeFunc makes a reply of a function.
type envelopeFunc func() ([]byte, error)

func (f envelopeFunc) Envelope() ([]byte, error) { return f() }
