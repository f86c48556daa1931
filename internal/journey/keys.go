package journey

import (
	"context"
	"crypto"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token"
)

// Keys is where applicants have their key pairs.
type Keys interface {
	// New makes a key pair.
	New(ctx context.Context) (id string, key crypto.Signer, err error)
	// Install puts a certificate, DER, beside its key, and returns what is then
	// read back.
	Install(ctx context.Context, id string, certificate []byte) ([]byte, error)
}

// Carrier has the key pairs on a carrier.
type Carrier struct {
	token.Carrier
	Algorithms csr.Algorithms
}

// New implements Keys.
func (c Carrier) New(ctx context.Context) (string, crypto.Signer, error) {
	key, err := token.Generate(ctx, c.Carrier, token.Spec{Algorithm: "CryptoPro-A", Name: "surguch"})
	if err != nil {
		return "", nil, err
	}
	return key.Info().ID, key, nil
}

// Install implements Keys.
func (c Carrier) Install(ctx context.Context, id string, certificate []byte) ([]byte, error) {
	cert, err := c.Algorithms.ParseCertificate(certificate)
	if err != nil {
		return nil, err
	}
	if err := token.Install(ctx, c.Carrier, id, c.Algorithms, cert); err != nil {
		return nil, err
	}
	entry, err := token.Find(ctx, c.Carrier, id)
	if err != nil {
		return nil, err
	}
	return entry.Certificate.Raw, nil
}

// memory keeps nothing: whoever asked has the key.
type memory struct{}

func (memory) New(context.Context) (string, crypto.Signer, error) {
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	return "", key, err
}

func (memory) Install(_ context.Context, _ string, certificate []byte) ([]byte, error) {
	return certificate, nil
}
