package csr_test

import (
	"bytes"
	"encoding/base64"
	"testing"

	"github.com/surguch/surguch/csr"
)

func TestDecode(t *testing.T) {
	der := unhex(t, vectors(t)[0].Request)
	armoured := csr.EncodePEM(csr.PEMRequest, der)
	text := base64.StdEncoding.EncodeToString(der)
	for what, file := range map[string][]byte{
		"DER":                   der,
		"PEM":                   armoured,
		"PEM of Windows":        csr.EncodePEM(csr.PEMRequestNew, der),
		"PEM after words":       append([]byte("Certificate Request:\n  Version: 1\n\n"), armoured...),
		"PEM and empty lines":   append(bytes.Clone(armoured), "\r\n\n"...),
		"base64":                []byte(text),
		"base64 in short lines": []byte(text[:64] + "\r\n" + text[64:100] + "\n" + text[100:] + "\n"),
	} {
		got, err := csr.Decode(file, csr.PEMRequest, csr.PEMRequestNew)
		if err != nil || !bytes.Equal(got, der) {
			t.Errorf("%s: got %d octets, %v; want %d", what, len(got), err, len(der))
		}
	}
	for what, file := range map[string][]byte{
		"nothing":        nil,
		"another label":  csr.EncodePEM(csr.PEMCertificate, der),
		"two blocks":     append(bytes.Clone(armoured), armoured...),
		"a broken block": armoured[:len(armoured)-20],
		"text":           []byte("заявка"),
		"other base64":   []byte("QUJD"),
	} {
		if got, err := csr.Decode(file, csr.PEMRequest, csr.PEMRequestNew); err == nil || got != nil {
			t.Errorf("%s: got %d octets, want it refused", what, len(got))
		}
	}
}
