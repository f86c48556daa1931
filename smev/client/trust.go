package client

import (
	"bytes"
	"errors"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// SignatureError says that a message is not signed as it has to be by SMEV, or
// by the participant it comes from.
type SignatureError struct {
	Operation string // SendRequest, GetResponse …
	Signer    string // "SMEV", "sender"
	Reason    string // missing, format, target, algorithm, certificate, digest, value, untrusted
	Err       error  // a *xmldsig.VerifyError, a *csr.ChainError, or nil
}

// Error names the operation, the signer and the reason.
func (e *SignatureError) Error() string {
	text := "smev/client: " + e.Operation + ": signature of " + e.Signer + ": " + e.Reason
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *SignatureError) Unwrap() error { return e.Err }

// Temporary reports true: whoever stands between us and SMEV may be gone the
// next time. A wrong configuration of Config.SMEV does not mend itself.
func (e *SignatureError) Temporary() bool { return true }

var reasons = map[xmldsig.Reason]string{
	xmldsig.ReasonNoSignature: "missing", xmldsig.ReasonFormat: "format", xmldsig.ReasonTarget: "target",
	xmldsig.ReasonAlgorithm: "algorithm", xmldsig.ReasonCertificate: "certificate",
	xmldsig.ReasonDigest: "digest", xmldsig.ReasonValue: "value",
}

// bySMEV verifies a signature of SMEV and returns its certificate.
func (c *Client) bySMEV(operation string, s soap.Signed, at time.Time) (*csr.Certificate, *SignatureError) {
	return c.signedBy(operation, "SMEV", s, c.cfg.SMEV, at)
}

// bySender verifies a signature of another participant, or of SMEV where it
// answers in the place of one.
func (c *Client) bySender(operation string, s soap.Signed, at time.Time) (*csr.Certificate, *SignatureError) {
	return c.signedBy(operation, "sender", s, append(c.cfg.Participants[:len(c.cfg.Participants):len(c.cfg.Participants)], c.cfg.SMEV...), at)
}

func (c *Client) signedBy(operation, signer string, s soap.Signed, anchors []*csr.Certificate, at time.Time) (*csr.Certificate, *SignatureError) {
	refused := &SignatureError{Operation: operation, Signer: signer, Reason: "missing"}
	if s.Signature == nil {
		return nil, refused
	}
	signature, err := xmldsig.Verify(c.cfg.Algorithms, s.Signature, s.Target)
	if err != nil {
		refused.Reason, refused.Err = "format", err
		var why *xmldsig.VerifyError
		if errors.As(err, &why) {
			refused.Reason = reasons[why.Reason]
		}
		return nil, refused
	}
	if err := c.trusted(signature.Certificate, anchors, at); err != nil {
		refused.Reason, refused.Err = "untrusted", err
		return nil, refused
	}
	return signature.Certificate, nil
}

// trusted checks that a certificate is one of the anchors and valid, or leads
// to one.
func (c *Client) trusted(cert *csr.Certificate, anchors []*csr.Certificate, at time.Time) error {
	for _, a := range anchors {
		if bytes.Equal(a.Raw, cert.Raw) {
			if at.Before(a.NotBefore) || at.After(a.NotAfter) {
				return errors.New("the certificate is not valid at this time")
			}
			return nil
		}
	}
	_, err := c.cfg.Algorithms.VerifyChain(cert, csr.Chain{Anchors: anchors, At: at})
	return err
}
