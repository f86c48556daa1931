package csr

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"errors"
)

// PEM labels of requests and certificates (RFC 7468). Windows writes
// "NEW CERTIFICATE REQUEST"; both are read.
const (
	PEMRequest     = "CERTIFICATE REQUEST"
	PEMRequestNew  = "NEW CERTIFICATE REQUEST"
	PEMCertificate = "CERTIFICATE"
)

// Decode finds the DER in a file that holds one request or certificate as
// PEM, as bare base64 or as DER itself. A PEM label other than those given is
// refused; so is anything after the first block but white space.
func Decode(file []byte, labels ...string) ([]byte, error) {
	trimmed := bytes.TrimSpace(file)
	if bytes.HasPrefix(trimmed, []byte("-----BEGIN")) {
		block, rest := pem.Decode(trimmed)
		if block == nil {
			return nil, errors.New("csr: PEM does not parse")
		}
		if len(bytes.TrimSpace(rest)) != 0 {
			return nil, errors.New("csr: more than one PEM block")
		}
		for _, l := range labels {
			if block.Type == l {
				return block.Bytes, nil
			}
		}
		return nil, errors.New("csr: PEM block of another kind: " + block.Type)
	}
	if len(file) > 0 && file[0] == 0x30 && (len(file) < 2 || file[1] >= 0x80 || !isBase64(trimmed)) {
		return file, nil
	}
	raw, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(trimmed), nil)))
	if err != nil || len(raw) == 0 || raw[0] != 0x30 {
		return nil, errors.New("csr: neither PEM nor base64 nor DER")
	}
	return raw, nil
}

func isBase64(b []byte) bool {
	_, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(b), nil)))
	return err == nil
}

// EncodePEM wraps DER under the given label.
func EncodePEM(label string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
}
