package smevtest

import (
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/surguch/surguch/smev/internal/mtom"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// maxMessage is the most octets that are read of a message: enough to say how
// much too large its attachments are.
const maxMessage = 12 << 20

// call is one call of an operation.
type call struct {
	at        time.Time // by the clock of SMEV
	version   *soap.Version
	operation string
	message   []byte // the envelope, its parts in place
	body      *xmldsig.Element
	trouble   Trouble
	caller    string // mnemonic; empty if nobody was made out
	verdict   string // on the signature
}

// ServeHTTP answers one HTTP request at one of the paths of SMEV: a POST of a
// SOAP 1.1 envelope, or a GET of its description.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if name, ok := strings.CutPrefix(r.URL.Path, "/ws/"); ok {
		serveSchema(w, r, name)
		return
	}
	version := s.endpoints[r.URL.Path]
	if version == nil {
		http.NotFound(w, r)
		return
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		if describe(w, r, version) {
			return
		}
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	s.mu.Lock()
	now := s.settle()
	down := !now.Before(s.downFrom) && now.Before(s.downUntil)
	s.mu.Unlock()
	if down {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	c := &call{at: now, version: version}
	var err error
	c.message, err = mtom.Read(r.Header.Get("Content-Type"), r.Body, mtom.Limits{Message: maxMessage})
	switch {
	case errors.Is(err, mtom.ErrMediaType):
		w.WriteHeader(http.StatusUnsupportedMediaType)
		return
	case errors.Is(err, mtom.ErrTooLarge):
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		s.send(w, r, c, clientFault("Пакет MTOM не разобран: "+plain(err.Error())))
		return
	}
	if f := c.recognize(r.Header.Get("SOAPAction")); f != nil {
		s.send(w, r, c, f)
		return
	}
	s.serve(w, r, c)
}

// recognize finds the operation that an envelope calls for.
func (c *call) recognize(action string) *soap.Fault {
	body, err := soap.ReadEnvelope(c.message)
	if err != nil {
		return clientFault("SOAP-конверт не разобран: " + plain(err.Error()))
	}
	if body == nil || body.Name.Space != c.version.Types() {
		return clientFault("Тело SOAP-конверта не содержит сообщения СМЭВ версии " + c.version.Name() + ".")
	}
	operation, isRequest := strings.CutSuffix(body.Name.Local, "Request")
	if !isRequest || !c.version.Has(operation) {
		return clientFault("Тело SOAP-конверта не содержит операции СМЭВ версии " + c.version.Name() + ".")
	}
	if action != "" && action != `""` && strings.Trim(action, `"`) != strings.Trim(soap.Action(operation), `"`) {
		return clientFault("Операция не соответствует заголовку SOAPAction.")
	}
	c.operation, c.body = operation, body
	return nil
}

// serve performs a call, unless a trouble is in its way.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, c *call) {
	s.mu.Lock()
	c.trouble = s.troubles.take(c.operation)
	s.mu.Unlock()
	switch c.trouble {
	case Busy, BadGateway:
		status := map[Trouble]int{Busy: http.StatusServiceUnavailable, BadGateway: http.StatusBadGateway}[c.trouble]
		s.note(c, status, nil, "")
		w.WriteHeader(status)
		return
	case Failure:
		s.send(w, r, c, s.fault("SMEVFailure", "", "Сбой в инфраструктуре СМЭВ."))
		return
	case DropBefore:
		s.note(c, 0, nil, "")
		panic(http.ErrAbortHandler)
	}
	answer := s.perform(c)
	if c.trouble.signed() && forged(answer) == nil {
		s.mu.Lock()
		s.troubles.back(c.operation, c.trouble)
		s.mu.Unlock()
		c.trouble = None
	}
	s.send(w, r, c, answer)
}

func (s *Server) perform(c *call) reply {
	if f := s.authenticate(c); f != nil {
		return f
	}
	switch c.operation {
	case "SendRequest":
		return s.sendRequest(c)
	case "SendResponse":
		return s.sendResponse(c)
	case "GetRequest":
		return s.getRequest(c)
	case "GetResponse":
		return s.getResponse(c)
	case "GetStatus":
		return s.getStatus(c)
	case "GetIncomingQueueStatistics":
		return s.statistics(c)
	}
	return s.ack(c)
}

// send writes a reply, or does to it what the trouble says.
func (s *Server) send(w http.ResponseWriter, r *http.Request, c *call, answer reply) {
	doc, err := s.sealed(answer, c.version, c.trouble)
	if err != nil {
		// A message cannot be written in this version.
		answer = s.fault("SMEVFailure", "", "Сообщение не может быть передано: "+plain(err.Error()))
		if doc, err = answer.Envelope(c.version, nil); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
	}
	status, name := http.StatusOK, ""
	if f, refused := answer.(*soap.Fault); refused {
		status, name = http.StatusInternalServerError, f.Name
		if name == "" {
			name = f.FaultCode
		}
	}
	kind, body := soap.ContentType, doc
	if s.cfg.MTOM || attachedTo(answer) || c.trouble == Truncated {
		basic := func(local string) xmldsig.Name { return xmldsig.Name{Space: c.version.Basic(), Local: local} }
		if kind, body, err = mtom.Write(doc, rand.Reader, basic("Content"), basic("SignaturePKCS7")); err != nil {
			kind, body = soap.ContentType, doc
		}
	}
	switch c.trouble {
	case Truncated:
		body = body[:len(body)/2]
	case DropAfter:
		s.note(c, 0, doc, name)
		panic(http.ErrAbortHandler)
	case Slow:
		select {
		case <-r.Context().Done():
		case <-s.cfg.Clock.After(time.Minute):
		}
	}
	s.note(c, status, doc, name)
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write(body) // a reader that has gone away is his own affair
}

// attachedTo reports whether a reply carries files.
func attachedTo(r reply) bool {
	switch r := r.(type) {
	case *soap.GetRequestResponse:
		return len(r.Attachments) > 0
	case *soap.GetResponseResponse:
		return len(r.Attachments) > 0
	}
	return false
}

// note keeps a call in the journal and counts it. A status of zero says that
// the connection was broken.
func (s *Server) note(c *call, status int, answer []byte, fault string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.metrics.count(c, status, fault)
	s.journal.add(Exchange{
		At: c.at, Version: c.version.Name(), Operation: c.operation, Caller: c.caller, Verdict: c.verdict, Trouble: c.trouble,
		Status: status, Fault: fault, Request: c.message, Response: answer,
	})
}
