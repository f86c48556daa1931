package main

import (
	"crypto"
	"encoding/pem"
	"errors"
	"fmt"
	"os"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
)

// readKey reads a GOST private key, PKCS #8 in PEM.
func readKey(name string) (crypto.Signer, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	defer clear(data)
	block, _ := pem.Decode(data)
	if block == nil || block.Type != pemKey {
		return nil, fmt.Errorf("%s: no PEM of a private key", name)
	}
	key, err := gost.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return key, nil
}

// pemKey is the label of PKCS #8 (RFC 7468, section 10).
const pemKey = "PRIVATE KEY"

// readCertificates reads certificates, PEM, at least one.
func readCertificates(as csr.Algorithms, name string) ([]*csr.Certificate, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var list []*csr.Certificate
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != csr.PEMCertificate {
			continue // the key may stand in the same file
		}
		c, err := as.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		list = append(list, c)
	}
	if len(list) == 0 {
		return nil, errors.New(name + ": no certificates in PEM")
	}
	return list, nil
}
