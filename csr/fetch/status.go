package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/oid"
)

// Media types of OCSP over HTTP (RFC 6960, appendix C).
const mediaRequest = "application/ocsp-request"

// Status decides whether a certificate is revoked: it asks the OCSP
// responders that the certificate names, one after the other, and then its
// lists. The first that knows the certificate counts. Issuer is the
// certificate's own, as [csr.Algorithms.VerifyChain] gives it; at is the time
// for which the answer must be current.
//
// If no source gives an answer the state is unknown and the error is a
// *SourcesError with the reason of each. A certificate that is revoked is no
// error.
func (c *Client) Status(ctx context.Context, cert, issuer *csr.Certificate, at time.Time) (csr.Status, error) {
	ctx, cancel := c.within(ctx)
	defer cancel()
	var failed tries
	if s, ok := c.tryOCSP(ctx, &failed, cert, issuer, at); ok {
		return s, nil
	}
	if s, ok := c.tryCRLs(ctx, &failed, cert, issuer, at); ok {
		return s, nil
	}
	return csr.Status{}, &SourcesError{"revocation status", failed}
}

// OCSP is [Client.Status] with the certificate's OCSP responders only.
func (c *Client) OCSP(ctx context.Context, cert, issuer *csr.Certificate, at time.Time) (csr.Status, error) {
	ctx, cancel := c.within(ctx)
	defer cancel()
	var failed tries
	if s, ok := c.tryOCSP(ctx, &failed, cert, issuer, at); ok {
		return s, nil
	}
	return csr.Status{}, &SourcesError{"revocation status", failed}
}

// CRL is [Client.Status] with the certificate's lists only.
func (c *Client) CRL(ctx context.Context, cert, issuer *csr.Certificate, at time.Time) (csr.Status, error) {
	ctx, cancel := c.within(ctx)
	defer cancel()
	var failed tries
	if s, ok := c.tryCRLs(ctx, &failed, cert, issuer, at); ok {
		return s, nil
	}
	return csr.Status{}, &SourcesError{"revocation status", failed}
}

func (c *Client) tryOCSP(ctx context.Context, failed *tries, cert, issuer *csr.Certificate, at time.Time) (s csr.Status, ok bool) {
	urls, err := cert.OCSPServers()
	ok = failed.each(ctx, "OCSP", urls, err, func(url string) (err error) {
		s, err = c.askOCSP(ctx, url, cert, issuer, at)
		return err
	})
	return s, ok
}

// askOCSP asks one responder. That it does not know the certificate is an
// error here: another source may.
func (c *Client) askOCSP(ctx context.Context, url string, cert, issuer *csr.Certificate, at time.Time) (csr.Status, error) {
	options := c.config.Request
	options.Nonce = nil // each request has its own
	request, err := csr.NewOCSPRequest(cert, issuer, options)
	if err != nil {
		return csr.Status{}, err
	}
	body, err := c.config.Getter.Post(ctx, url, mediaRequest, request.Raw, maxSmall)
	if err := checkLimit(body, maxSmall, err); err != nil {
		return csr.Status{}, err
	}
	response, err := c.as.ParseOCSPResponse(body)
	if err != nil {
		return csr.Status{}, err
	}
	s, err := c.as.CheckOCSP(response, csr.OCSPCheck{
		Certificate: cert, Issuer: issuer, At: at, Nonce: request.Nonce, NonceOptional: c.config.NonceOptional,
	})
	if err != nil {
		return csr.Status{}, err
	}
	if s.State == csr.StatusUnknown {
		return csr.Status{}, errors.New("the responder does not know the certificate")
	}
	if err := c.checkResponder(ctx, s.Responder, issuer, at); err != nil {
		return csr.Status{}, err
	}
	return s, nil
}

// checkResponder asks whether a delegated responder's certificate is revoked,
// unless it says that nobody need ask or names no list (RFC 6960, section
// 4.2.2.2.1). It asks lists only: a responder's word on itself is none.
func (c *Client) checkResponder(ctx context.Context, responder, issuer *csr.Certificate, at time.Time) error {
	if responder == issuer || bytes.Equal(responder.RawKey, issuer.RawKey) {
		return nil
	}
	if _, trusted := csr.FindExtension(responder.Extensions, oid.OCSPNoCheck); trusted {
		return nil
	}
	if urls, err := responder.CRLDistributionPoints(); err == nil && len(urls) == 0 {
		return nil
	}
	s, err := c.CRL(ctx, responder, issuer, at)
	switch {
	case err != nil:
		return fmt.Errorf("the responder's certificate: %w", err)
	case s.State != csr.StatusGood:
		return errors.New("the responder's certificate is revoked")
	}
	return nil
}

func (c *Client) tryCRLs(ctx context.Context, failed *tries, cert, issuer *csr.Certificate, at time.Time) (s csr.Status, ok bool) {
	urls, err := cert.CRLDistributionPoints()
	ok = failed.each(ctx, "CRL", urls, err, func(url string) error {
		list, err := c.list(ctx, url, issuer, at)
		if err != nil {
			return err
		}
		s, err = list.Status(cert)
		return err
	})
	return s, ok
}

// list returns the checked list at an address, kept or fetched.
func (c *Client) list(ctx context.Context, url string, issuer *csr.Certificate, at time.Time) (*csr.CRL, error) {
	key := newCRLKey(url, issuer)
	if list := c.lists.get(key, at); list != nil {
		return list, nil
	}
	body, err := c.get(ctx, url, c.config.MaxCRL)
	if err != nil {
		return nil, err
	}
	if body, err = unwrap(body, csr.PEMCRL); err != nil {
		return nil, err
	}
	list, err := csr.ParseCRL(body)
	if err != nil {
		return nil, err
	}
	if err := c.as.CheckCRL(list, issuer, at); err != nil {
		return nil, err
	}
	c.lists.put(key, list)
	return list, nil
}

// unwrap takes off PEM. RFC 5280 wants DER at both kinds of addresses, and
// some servers have PEM there.
func unwrap(body []byte, label string) ([]byte, error) {
	if bytes.HasPrefix(bytes.TrimSpace(body[:min(len(body), 64)]), []byte("-----BEGIN ")) {
		return csr.Decode(body, label)
	}
	return body, nil
}
