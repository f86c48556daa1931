package fetch

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
)

// maxFetches is how many times Chain may go out for an issuer; a chain has no
// more certificates.
const maxFetches = 8

// Issuers fetches the issuers of a certificate from the addresses that it
// names (RFC 5280, section 4.2.2.1): a certificate in DER or PEM, or a bundle
// of them (.p7b). It returns those of the first address that has any whose
// key signed the certificate, and nothing else is said of them: they are
// candidates for [csr.Algorithms.VerifyChain], not trusted. Without any the
// error is a *SourcesError.
func (c *Client) Issuers(ctx context.Context, cert *csr.Certificate) (issuers []*csr.Certificate, err error) {
	ctx, cancel := c.within(ctx)
	defer cancel()
	var failed tries
	urls, err := cert.IssuerURLs()
	ok := failed.each(ctx, "certificate", urls, err, func(url string) error {
		body, err := c.get(ctx, url, maxSmall)
		if err != nil {
			return err
		}
		found, err := c.parseCertificates(body)
		if err != nil {
			return err
		}
		for _, one := range found {
			if c.as.CheckIssued(cert, one) == nil {
				issuers = append(issuers, one)
			}
		}
		if len(issuers) == 0 {
			return errors.New("no certificate there issued this one")
		}
		return nil
	})
	if !ok {
		return nil, &SourcesError{"issuer", failed}
	}
	return issuers, nil
}

// parseCertificates reads one certificate or a bundle.
func (c *Client) parseCertificates(body []byte) ([]*csr.Certificate, error) {
	raw, err := unwrap(body, csr.PEMCertificate)
	if err != nil {
		return nil, err
	}
	one, err := c.as.ParseCertificate(raw)
	if err == nil {
		return []*csr.Certificate{one}, nil
	}
	if list, err := cms.ParseBundle(c.as, raw); err == nil {
		return list, nil
	}
	return nil, err // of the certificate, which is the usual thing
}

// Chain is [csr.Algorithms.VerifyChain] that fetches missing intermediates
// from the addresses in the certificates. Anchors are never fetched.
// Revocation is not looked at.
func (c *Client) Chain(ctx context.Context, leaf *csr.Certificate, with csr.Chain) ([]*csr.Certificate, error) {
	ctx, cancel := c.within(ctx)
	defer cancel()
	with.Intermediates = slices.Clone(with.Intermediates)
	for range maxFetches {
		chain, err := c.as.VerifyChain(leaf, with)
		var incomplete *csr.ChainError
		if !errors.As(err, &incomplete) || !errors.Is(err, csr.ErrNoIssuer) {
			return chain, err
		}
		issuers, fetchErr := c.Issuers(ctx, incomplete.Certificate)
		if fetchErr != nil {
			return nil, fmt.Errorf("%w: %w", err, fetchErr)
		}
		known := len(with.Intermediates)
		for _, one := range issuers {
			if !slices.ContainsFunc(with.Intermediates, func(k *csr.Certificate) bool { return string(k.Raw) == string(one.Raw) }) {
				with.Intermediates = append(with.Intermediates, one)
			}
		}
		if len(with.Intermediates) == known {
			return nil, err
		}
	}
	return nil, fmt.Errorf("fetch: chain: still incomplete after %d certificates", maxFetches)
}
