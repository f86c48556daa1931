package smevtest

import (
	"errors"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/xmldsig"
)

// service is a kind of information that SMEV knows, and who answers requests
// of it.
type service struct {
	kind     smev.Kind
	owner    string   // for people; empty for a participant
	provider Provider // nil: the participant
	mnemonic string   // of the participant
	signer   *xmldsig.Signer
}

func requestRoot(k smev.Kind) xmldsig.Name { return xmldsig.Name{Space: k.Namespace, Local: k.Root} }

func responseRoot(k smev.Kind) xmldsig.Name {
	return xmldsig.Name{Space: k.Namespace, Local: k.ResponseRoot}
}

// named reports whether a name is that of the requests or of the answers.
// Selectors of real clients name either.
func (k *service) named(n xmldsig.Name) bool {
	return n == requestRoot(k.kind) || n == responseRoot(k.kind)
}

// recipient is what a message tells of who answers.
func (k *service) recipient() (mnemonic, name string) {
	if k.provider == nil {
		return k.mnemonic, "Участник " + k.mnemonic
	}
	return smev.Emulator, "Эмулятор: " + k.owner
}

// Provide makes a kind of information known and has p answer its requests, in
// place of whoever did so before. Of the kind Namespace, Root, ResponseRoot
// and Name count.
func (s *Server) Provide(kind smev.Kind, p Provider) error {
	if p == nil {
		return errors.New("smevtest: no provider")
	}
	now := s.now()
	signer, _, err := s.ca.signer("Эмулятор: поставщик", now.Add(-backdate), now.Add(systemLife))
	if err != nil {
		return err
	}
	return s.offer(&service{kind: kind, owner: kind.Name, provider: p, signer: signer})
}

// Serve makes a kind of information known and sends its requests to a
// participant, who fetches them with GetRequest and answers with SendResponse,
// in place of whoever answered before. Of the kind Namespace, Root,
// ResponseRoot and Name count. Requests that a provider of Go code has before
// it are still answered by that.
func (s *Server) Serve(kind smev.Kind, mnemonic string) error {
	if err := checkMnemonic(mnemonic); err != nil {
		return err
	}
	return s.offer(&service{kind: kind, mnemonic: mnemonic})
}

func (s *Server) offer(k *service) error {
	if k.kind.Namespace == "" || k.kind.Root == "" || k.kind.ResponseRoot == "" {
		return errors.New("smevtest: the kind has no namespace, root or response root")
	}
	k.kind.Name, k.owner = short(plain(k.kind.Name)), short(plain(k.owner))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.services[requestRoot(k.kind)] = k
	return nil
}

// known reports whether a selector names the type of something.
func (s *Server) known(want selector) bool {
	if want == (selector{}) {
		return true
	}
	for _, k := range s.services {
		if k.named(xmldsig.Name{Space: want.namespace, Local: want.root}) {
			return true
		}
	}
	return false
}
