package csr

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"slices"
)

// PEM labels of requests and certificates (RFC 7468). Windows writes
// "NEW CERTIFICATE REQUEST"; both are read.
const (
	PEMRequest     = "CERTIFICATE REQUEST"
	PEMRequestNew  = "NEW CERTIFICATE REQUEST"
	PEMCertificate = "CERTIFICATE"
)

// Decode finds the DER in a file that holds one request or certificate as
// PEM, as bare base64 or as DER itself. Text before a PEM block is passed
// over, as tools write it there (RFC 7468, section 2); a label other than
// those given is refused, and so is anything but white space after the block.
func Decode(file []byte, labels ...string) ([]byte, error) {
	if len(file) > 0 && file[0] == 0x30 && !isBase64(file) {
		return file, nil
	}
	if bytes.Contains(file, []byte("-----BEGIN ")) {
		block, rest := pem.Decode(file)
		if block == nil {
			return nil, errors.New("csr: PEM does not parse")
		}
		if len(bytes.TrimSpace(rest)) != 0 {
			return nil, errors.New("csr: more than one PEM block")
		}
		if !slices.Contains(labels, block.Type) {
			return nil, errors.New("csr: PEM block of another kind: " + block.Type)
		}
		return block.Bytes, nil
	}
	raw, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(file), nil)))
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
