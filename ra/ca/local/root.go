package local

import (
	"crypto"
	"fmt"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
)

// Root is what the self-signed certificate of an authority says that issues
// to owners directly (pathLen 0). Required: Name and From.
type Root struct {
	Name csr.Name
	From time.Time
	Life time.Duration // zero: 15 years
	// KeyLife is how long the key signs certificates, for
	// privateKeyUsagePeriod. Zero: 3 years.
	KeyLife time.Duration
	// Tool is what the authority signs with, for subjectSignTool. "": this
	// package.
	Tool string
	// IssuerTool goes into issuerSignTool. Zero: left out, as roots do.
	IssuerTool qualified.IssuerSignTool
	Class      qualified.Class // of Tool; zero: KC1
}

// NewRoot makes the root certificate of a name with the defaults of [Root].
func NewRoot(as csr.Algorithms, key crypto.Signer, name csr.Name, now time.Time) (*csr.Certificate, error) {
	return Root{Name: name, From: now}.Create(as, key)
}

// Create makes the certificate. It breaks no rule of csr/qualified that its
// name does not break: an authority is an organisation with its address and
// numbers.
func (r Root) Create(as csr.Algorithms, key crypto.Signer) (*csr.Certificate, error) {
	cert, err := r.create(as, key)
	if err != nil {
		return nil, fmt.Errorf("local: root: %w", err)
	}
	return cert, nil
}

func (r Root) create(as csr.Algorithms, key crypto.Signer) (*csr.Certificate, error) {
	if r.Life == 0 {
		r.Life = rootLife
	}
	if r.KeyLife == 0 {
		r.KeyLife = min(rootKeyLife, r.Life)
	}
	if r.Tool == "" {
		r.Tool = "surguch, программное средство (не сертифицировано)"
	}
	if r.Class == 0 {
		r.Class = qualified.KC1
	}
	spki, keyID, err := as.EncodeKey(key.Public())
	if err != nil {
		return nil, err
	}
	tool, err := qualified.NewSubjectSignTool(r.Tool)
	if err != nil {
		return nil, err
	}
	from := r.From.UTC().Truncate(time.Second)
	t := &csr.CertificateTemplate{
		SerialNumber: randomSerial(), Issuer: r.Name, Subject: r.Name, RawKey: spki,
		NotBefore: from, NotAfter: from.Add(r.Life),
		Extensions: []csr.Extension{
			csr.NewKeyUsage(csr.DigitalSignature | csr.KeyCertSign | csr.CRLSign),
			csr.NewBasicConstraints(true, 0),
			csr.NewCertificatePolicies(r.Class.Policies()...),
			csr.NewSubjectKeyID(keyID),
			tool,
			qualified.NewPrivateKeyUsagePeriod(from, from.Add(r.KeyLife)),
		},
	}
	if r.IssuerTool != (qualified.IssuerSignTool{}) {
		e, err := r.IssuerTool.Extension()
		if err != nil {
			return nil, err
		}
		t.Extensions = append(t.Extensions, e)
	}
	der, err := as.CreateCertificate(key, t)
	if err != nil {
		return nil, err
	}
	return as.ParseCertificate(der)
}
