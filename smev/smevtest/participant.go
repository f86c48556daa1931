package smevtest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/xmldsig"
)

// anonymous is the participant whose messages come unsigned, if they may.
const anonymous = "CONSUMER"

// participants are the systems that SMEV knows: by their certificates, and by
// their mnemonics, to which the certificates lead.
type participants struct {
	certificates map[[sha256.Size]byte]credential
	registered   map[string]bool
	denied       map[denial]bool
	sent         map[string]int64 // octets of attachments
}

// credential is what SMEV knows of a certificate.
type credential struct {
	mnemonic string
	from     time.Time
	until    time.Time
}

// denial is a type of requests that a participant may not send.
type denial struct{ mnemonic, namespace string }

func newParticipants() participants {
	return participants{
		certificates: map[[sha256.Size]byte]credential{}, registered: map[string]bool{anonymous: true},
		denied: map[denial]bool{}, sent: map[string]int64{},
	}
}

var mnemonics = regexp.MustCompile(`^[A-Za-z0-9_.\-]{1,50}$`)

func checkMnemonic(mnemonic string) error {
	if !mnemonics.MatchString(mnemonic) {
		return errors.New("smevtest: a mnemonic has 1 to 50 Latin letters, digits, '_', '.' and '-'")
	}
	if mnemonic == smev.Emulator {
		return fmt.Errorf("smevtest: the mnemonic %s is the simulator's own", smev.Emulator)
	}
	return nil
}

// Root returns the certificate of the simulator's own authority, which issues
// that of SMEV and those of Enroll.
func (s *Server) Root() *csr.Certificate { return s.ca.root }

// Certificate returns the certificate that SMEV signs with (ЭП-СМЭВ).
func (s *Server) Certificate() *csr.Certificate { return s.certificate }

// Enroll makes a participant: it issues a key and a certificate for the
// signature of a system (ЭП-ОВ), valid since a day ago and for 15 months,
// registers it under the mnemonic and returns the signer. The mnemonic has 1 to 50 Latin
// letters, digits, '_', '.' and '-'. A participant may be enrolled again: all
// his certificates are good.
func (s *Server) Enroll(mnemonic string) (*xmldsig.Signer, error) {
	key, cert, err := s.enroll(mnemonic)
	if err != nil {
		return nil, err
	}
	return xmldsig.NewSigner(s.as, key, cert)
}

func (s *Server) enroll(mnemonic string) (*gost.PrivateKey, *csr.Certificate, error) {
	if err := checkMnemonic(mnemonic); err != nil {
		return nil, nil, err
	}
	now := s.now()
	key, cert, err := s.ca.issue(mnemonic, now.Add(-backdate), now.Add(participantLife))
	if err != nil {
		return nil, nil, err
	}
	return key, cert, s.Register(mnemonic, cert)
}

// Register makes a participant of the holder of a certificate, whoever issued
// it. A participant may have several; a certificate belongs to one.
func (s *Server) Register(mnemonic string, cert *csr.Certificate) error {
	if err := checkMnemonic(mnemonic); err != nil {
		return err
	}
	id := sha256.Sum256(cert.Raw)
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.participants.certificates[id]; ok && known.mnemonic != mnemonic {
		return errors.New("smevtest: the certificate is another participant's")
	}
	s.participants.certificates[id] = credential{mnemonic, cert.NotBefore, cert.NotAfter}
	s.participants.registered[mnemonic] = true
	return nil
}

// Dismiss takes a participant from the list. His certificates stay known, so
// that his calls meet SenderIsNotRegistered, and requests to him are rejected.
func (s *Server) Dismiss(mnemonic string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.participants.registered, mnemonic)
}

// Deny takes from a participant the right to send requests of a namespace
// (AccessDenied).
func (s *Server) Deny(mnemonic, namespace string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.participants.denied[denial{mnemonic, namespace}] = true
}
