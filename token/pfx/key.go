package pfx

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token"
)

// key is a private key of a file that was opened.
type key struct {
	private crypto.Signer
	info    token.Info
}

func (k *key) Public() crypto.PublicKey { return k.private.Public() }

func (k *key) Info() token.Info { return k.info }

func (k *key) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return k.private.Sign(rand, digest, opts)
}

// Format prints the key's Info alone, whatever the verb.
func (k *key) Format(s fmt.State, _ rune) { fmt.Fprintf(s, "pfx.key(%+v)", k.info) }

// ids returns an ID for each key: its localKeyID in hexadecimal or, where it
// has none or another key has the same, the beginning of the SHA-256 of its
// SubjectPublicKeyInfo.
func (c *Carrier) ids(keys []Key) ([]string, error) {
	list := make([]string, 0, len(keys))
	for _, k := range keys {
		id := hex.EncodeToString(k.LocalID)
		if id == "" || slices.Contains(list, id) {
			spki, _, err := c.config.Algorithms.EncodeKey(k.Private.Public())
			if err != nil {
				return nil, err
			}
			sum := sha256.Sum256(spki)
			id = hex.EncodeToString(sum[:16])
		}
		if slices.Contains(list, id) {
			return nil, fmt.Errorf("pfx: a key stands twice: %s", id)
		}
		list = append(list, id)
	}
	return list, nil
}

// certificateOf returns the place of a key's certificate, or -1: the one with
// its localKeyID, or one without any and with its public key.
func (c *Carrier) certificateOf(k Key, certificates []Certificate) int {
	if len(k.LocalID) > 0 {
		if i := slices.IndexFunc(certificates, func(cert Certificate) bool { return bytes.Equal(cert.LocalID, k.LocalID) }); i >= 0 {
			return i
		}
	}
	pub, ok := k.Private.Public().(interface{ Equal(crypto.PublicKey) bool })
	return slices.IndexFunc(certificates, func(cert Certificate) bool {
		if !ok || len(cert.LocalID) > 0 {
			return false
		}
		parsed, err := c.config.Algorithms.ParseCertificate(cert.Raw)
		return err == nil && pub.Equal(parsed.PublicKey)
	})
}

// entry returns a key as a carrier has it.
func (c *Carrier) entry(k Key, id string, certificates []Certificate) (token.Entry, error) {
	info := token.Info{ID: id, Name: k.Name, Algorithm: algorithmName(k.Private), Device: c.folder.Device, Extractable: true}
	e := token.Entry{Info: info, Key: &key{k.Private, info}}
	i := c.certificateOf(k, certificates)
	if i < 0 {
		return e, nil
	}
	var cert *csr.Certificate
	cert, err := c.config.Algorithms.ParseCertificate(certificates[i].Raw)
	if err != nil {
		return token.Entry{}, fmt.Errorf("pfx: certificate of key %s: %w", id, err)
	}
	e.Certificate = cert
	return e, nil
}

// algorithmName returns the name that token.Spec has for the algorithm of a
// key.
func algorithmName(private crypto.Signer) string {
	switch k := private.(type) {
	case *gost.PrivateKey:
		return k.Curve().Name()
	case *rsa.PrivateKey:
		return fmt.Sprintf("RSA-%d", k.N.BitLen())
	case *ecdsa.PrivateKey:
		return k.Curve.Params().Name
	case ed25519.PrivateKey:
		return "Ed25519"
	}
	return fmt.Sprintf("%T", private)
}
