package local

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/internal/oid"
	"github.com/surguch/surguch/ra"
)

var periodID = oid.PrivateKeyUsagePeriod

// fixedExtensions are those that every certificate of this authority has
// alike, as far as the configuration provides for them.
func (c *Config) fixedExtensions() ([]csr.Extension, error) {
	subjectTool, err := qualified.NewSubjectSignTool(c.SubjectTool)
	if err != nil {
		return nil, err
	}
	issuerTool, err := c.IssuerTool.Extension()
	if err != nil {
		return nil, err
	}
	list := []csr.Extension{
		csr.NewKeyUsage(csr.DigitalSignature | csr.ContentCommitment | csr.KeyEncipherment | csr.DataEncipherment | csr.KeyAgreement),
		csr.NewCertificatePolicies(c.Class.Policies()...),
		subjectTool, issuerTool,
		csr.NewAuthorityKeyID(c.Certificate.SubjectKeyID),
	}
	if len(c.CRLURLs) > 0 {
		e, err := csr.NewCRLDistributionPoints(c.CRLURLs...)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	var access []csr.AccessDescription
	for _, u := range c.IssuerURLs {
		access = append(access, csr.AccessDescription{Method: csr.AccessCAIssuers, URL: u})
	}
	for _, u := range c.OCSPURLs {
		access = append(access, csr.AccessDescription{Method: csr.AccessOCSP, URL: u})
	}
	if len(access) > 0 {
		e, err := csr.NewAuthorityInfoAccess(access...)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// ownPurposes are for an authority's own services. In an owner's certificate
// they would let him speak for it.
var ownPurposes = []asn1.ObjectIdentifier{oid.PurposeOCSPSigning, oid.PurposeTimeStamping}

// checkOrder refuses what this authority does not issue to owners.
func (c *Config) checkOrder(o ra.Order) error {
	if o.Licence && c.Licence == nil {
		return errors.New("no licence of the signature tool is configured")
	}
	for _, own := range ownPurposes {
		if slices.ContainsFunc(o.Purposes, own.Equal) {
			return fmt.Errorf("the purpose %s is not for owners", own)
		}
	}
	return nil
}

// template is the certificate of an order in the form in force: subject and
// key as requested, extensions by the authority alone, in the order and with
// the criticality of the profile. After the last profile has lapsed it goes on
// by that one, of which the linter warns.
func (ca *CA) template(o ra.Order) (*csr.CertificateTemplate, error) {
	now, c := ca.now(), &ca.cfg
	end := now.Add(c.Life)
	switch {
	case now.Before(c.Certificate.NotBefore) || now.After(c.Certificate.NotAfter):
		return nil, errors.New("the authority's own certificate is not valid now")
	case !ca.keyEnd.IsZero() && now.After(ca.keyEnd):
		return nil, errors.New("the authority's key may not be used any more (privateKeyUsagePeriod)")
	case end.After(c.Certificate.NotAfter):
		return nil, errors.New("the certificate would be valid longer than the authority's own")
	}
	if err := c.checkOrder(o); err != nil {
		return nil, err
	}
	profile, err := qualified.ProfileAt(now)
	if err != nil && !errors.Is(err, qualified.ErrLapsed) {
		return nil, err
	}
	extensions, err := c.fixedExtensions()
	if err != nil {
		return nil, err
	}
	_, keyID, err := c.Algorithms.EncodeKey(o.Request.PublicKey)
	if err != nil {
		return nil, err
	}
	purposes := o.Purposes
	if len(purposes) == 0 {
		purposes = []asn1.ObjectIdentifier{oid.PurposeClientAuth, oid.PurposeEmailProtection}
	}
	extensions = append(extensions,
		csr.NewExtendedKeyUsage(purposes...),
		csr.NewSubjectKeyID(keyID),
		qualified.NewIdentificationKind(o.Identification),
		qualified.NewPrivateKeyUsagePeriod(now, end))
	if o.Licence {
		extensions = append(extensions, csr.Extension{ID: oid.EmbeddedLicence, Value: c.Licence})
	}
	t := &csr.CertificateTemplate{
		SerialNumber: ca.newSerial(), Issuer: c.Certificate.Subject,
		Subject: o.Request.Subject, RawKey: o.Request.RawKey, NotBefore: now, NotAfter: end,
	}
	for _, rule := range profile.Extensions {
		if e, ok := csr.FindExtension(extensions, rule.ID); ok && rule.EndEntity != qualified.Forbidden {
			e.Critical = rule.Critical
			t.Extensions = append(t.Extensions, e)
		}
	}
	return t, nil
}

// sign signs what was planned. The certificate is made anew from what the
// plan says, and what is signed must be the plan byte for byte.
func (ca *CA) sign(planned []byte) ([]byte, error) {
	c := &ca.cfg
	plan, err := c.Algorithms.ParseCertificate(planned)
	if err != nil {
		return nil, fmt.Errorf("local: %w", err)
	}
	der, err := c.Algorithms.CreateCertificate(c.Key, &csr.CertificateTemplate{
		SerialNumber: plan.SerialNumber, Issuer: plan.Issuer, Subject: plan.Subject, RawKey: plan.RawKey,
		NotBefore: plan.NotBefore, NotAfter: plan.NotAfter, Extensions: plan.Extensions,
	})
	if err != nil {
		return nil, fmt.Errorf("local: %w", err)
	}
	cert, err := c.Algorithms.ParseCertificate(der)
	if err != nil || !bytes.Equal(cert.RawTBS, plan.RawTBS) {
		return nil, errors.New("local: the certificate signed is not the one planned")
	}
	return der, nil
}

// Terms of an authority's certificate and key: what accredited authorities
// have (the linter's validity-long-authority and period-long-authority).
const (
	rootLife    = 15 * 365 * 24 * time.Hour
	rootKeyLife = 3 * 365 * 24 * time.Hour
)
