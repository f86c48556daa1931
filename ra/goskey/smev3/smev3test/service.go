// Package smev3test is the Goskey service behind SMEV, in front of people's
// phones, which goskey.Emulator has. Its method Answer is a handler for
// smev/client.Client.Serve.
//
//	service, err := smev3test.New(smev3test.Config{Phones: emulator, Senders: roots, Clock: clock})
//	go exchange.Serve(ctx, service.Answer)
package smev3test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/smev3"
	"github.com/surguch/surguch/smev/client"
)

// Config is what a service works with. Required: Phones and Senders.
type Config struct {
	Phones  ra.MobileSigner    // usually a *goskey.Emulator
	Senders []*csr.Certificate // CAs of the organisations' certificates

	Algorithms csr.Algorithms               // nil: csr.Standard()
	Clock      interface{ Now() time.Time } // nil: the machine's
}

// Service answers requests for signatures.
type Service struct {
	cfg    Config
	mu     sync.Mutex
	silent int
}

// New returns a service.
func New(c Config) (*Service, error) {
	if c.Phones == nil || len(c.Senders) == 0 {
		return nil, errors.New("smev3test: config: Phones and Senders are required")
	}
	if c.Algorithms == nil {
		c.Algorithms = csr.Standard()
	}
	if c.Clock == nil {
		c.Clock = machineClock{}
	}
	return &Service{cfg: c}, nil
}

type machineClock struct{}

func (machineClock) Now() time.Time { return time.Now() }

// ErrWaiting says that the person has not decided yet: the request stays in the
// queue.
var ErrWaiting = errors.New("smev3test: the documents are with the person")

// NoAnswer has the sender's signature of the next n requests not checked.
func (s *Service) NoAnswer(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silent = n
}

// Codes of errors.
const (
	codeNobody   = "1"
	codeExpired  = "4"
	codeNoAnswer = "10"
	codeRequest  = "11"
)

// Answer answers a request, or ErrWaiting.
func (s *Service) Answer(ctx context.Context, q *client.Inquiry) (*client.Outcome, error) {
	r, err := smev3.ParseRequest(q.Content)
	if err != nil {
		return &client.Outcome{Rejections: []client.Rejection{{Code: "FAILURE", Description: "запрос не разобран"}}}, nil
	}
	answer := &smev3.Response{ID: "A-" + r.ID, RequestID: r.ID, At: s.cfg.Clock.Now(), SNILS: r.SNILS}
	finish := func(files ...client.Attachment) (*client.Outcome, error) {
		return &client.Outcome{Message: client.Message{Content: answer.Marshal(), Attachments: files}}, nil
	}
	documents, ok := s.documents(r, q.Attachments)
	if !ok || r.Expires.After(r.At.Add(24*time.Hour)) {
		answer.Code = codeRequest
		return finish()
	}
	s.mu.Lock()
	silent := s.silent > 0
	if silent {
		s.silent--
	}
	s.mu.Unlock()
	if silent {
		answer.Code = codeNoAnswer
		return finish()
	}
	id, err := s.cfg.Phones.Submit(ctx, ra.SignRequest{
		Key: "smev/" + q.Evidence.MessageID, SNILS: r.SNILS, Title: r.Description, Deadline: r.Expires, Documents: documents,
	})
	if err != nil {
		return nil, err
	}
	o, err := s.cfg.Phones.Status(ctx, id)
	if err != nil {
		return nil, err
	}
	switch o.State {
	case ra.Signed:
		var files []client.Attachment
		for i, signature := range o.Signatures {
			answer.Signatures = append(answer.Signatures, smev3.Signature{Document: r.Documents[i].ID, Attachment: fmt.Sprintf("ATTACHMENT_%d", i+1)})
			files = append(files, client.Attachment{Name: r.Documents[i].ID + ".p7s", MediaType: "application/x-pkcs7-signature", Data: signature})
		}
		return finish(files...)
	case ra.RefusedByUser:
		answer.Rejected = true
	case ra.SigningExpired:
		answer.Code = codeExpired
	case ra.SignerNotFound:
		answer.Code = codeNobody
	default:
		return nil, ErrWaiting
	}
	return finish()
}

// documents pairs the files of a request with their signatures and verifies
// these.
func (s *Service) documents(r *smev3.Request, files []client.Attachment) (list []ra.SignDocument, ok bool) {
	if len(files) != 2*len(r.Documents) {
		return nil, false
	}
	for i, d := range r.Documents {
		document, signature := files[2*i], files[2*i+1]
		message, err := cms.Parse(s.cfg.Algorithms, signature.Data)
		if err != nil {
			return nil, false
		}
		if _, err := message.Verify(document.Data, csr.Chain{Anchors: s.cfg.Senders, At: s.cfg.Clock.Now()}); err != nil {
			return nil, false
		}
		list = append(list, ra.SignDocument{Name: d.Name, Media: d.Media, Data: document.Data})
	}
	return list, true
}
