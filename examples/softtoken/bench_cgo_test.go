//go:build cgo && unix

package main

import (
	"crypto"
	"encoding/asn1"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/pkcs11"
	"github.com/surguch/surguch/token/softtoken"
)

// BenchmarkRequests makes whole requests, PKCS #10, each signed by a token and
// verified: one in this process, one behind the daemon's socket, and one behind
// the library in C and miekg/pkcs11, in this process and in a worker.
func BenchmarkRequests(b *testing.B) {
	library := shim(b)
	for _, c := range []struct {
		name string
		key  func(b *testing.B, curve *gost.Curve) crypto.Signer
	}{
		{"in-process", func(b *testing.B, curve *gost.Curve) crypto.Signer {
			tokens, err := softtoken.Open(softtoken.Config{Dir: b.TempDir(), Iterations: 1})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { tokens.Close() })
			if _, err := tokens.Add(softtoken.Format{}); err != nil {
				b.Fatal(err)
			}
			return generated(b, pkcs11.Config{Driver: tokens.Application(), PIN: token.FixedPIN(factoryPIN)}, curve)
		}},
		{"socket", func(b *testing.B, curve *gost.Curve) crypto.Signer { return newSocketKey(b, start(b, "plain"), curve) }},
		{"shim", func(b *testing.B, curve *gost.Curve) crypto.Signer {
			return generated(b, start(b, "plain").through(library, false, token.FixedPIN(factoryPIN)), curve)
		}},
		{"shim-in-worker", func(b *testing.B, curve *gost.Curve) crypto.Signer {
			return generated(b, start(b, "plain").through(library, true, token.FixedPIN(factoryPIN)), curve)
		}},
	} {
		for _, curve := range []*gost.Curve{gost.CryptoProA(), gost.TC26A512()} {
			b.Run(c.name+"/"+curve.Name(), func(b *testing.B) { makeRequests(b, c.key(b, curve)) })
		}
	}
}

func makeRequests(b *testing.B, key crypto.Signer) {
	as := csr.Standard()
	name, err := csr.NewName(csr.NewAttribute(csr.CommonName, "Вощёных Ефим Ильич"))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := as.Create(key, &csr.Template{Subject: name}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}

// generated is a key that a carrier makes.
func generated(b *testing.B, config pkcs11.Config, curve *gost.Curve) token.Key {
	b.Helper()
	carrier, err := pkcs11.Open(b.Context(), config)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { carrier.Close() })
	key, err := carrier.Generate(b.Context(), token.Spec{Algorithm: curve.Name()})
	if err != nil {
		b.Fatal(err)
	}
	return key
}

// socketKey is a key behind the daemon's socket, with no library in between:
// see package wire for what goes over it.
type socketKey struct {
	conn            net.Conn
	session, handle uint64
	mechanism       int
	public          *gost.PublicKey
}

// Functions of the daemon.
const (
	openSession       = 10
	login             = 14
	getAttributeValue = 19
	signInit          = 28
	sign              = 29
	generateKeyPair   = 36
)

func newSocketKey(b *testing.B, d *daemon, curve *gost.Curve) *socketKey {
	b.Helper()
	conn, err := net.Dial("unix", d.socket)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	k := &socketKey{conn: conn, mechanism: 0x1201}
	generate := 0x1200
	if curve.Size() == 64 {
		k.mechanism, generate = 0xD4321006, 0xD4321005
	}
	if _, err := k.frame([]byte("SOFTTOKEN\x01")); err != nil {
		b.Fatal(err)
	}
	call := func(function byte, arguments ...any) []byte {
		b.Helper()
		answer, err := k.call(function, arguments...)
		if err != nil {
			b.Fatal(err)
		}
		return answer
	}
	params, err := asn1.Marshal(curve.OID())
	if err != nil {
		b.Fatal(err)
	}
	k.session = binary.LittleEndian.Uint64(call(openSession, 0, 6))
	call(login, k.session, 1, []byte(factoryPIN))
	pair := call(generateKeyPair, k.session, generate, []byte(nil), 1, 0x250, params, 0) // CKA_GOSTR3410_PARAMS
	k.handle = binary.LittleEndian.Uint64(pair[8:])
	value := call(getAttributeValue, k.session, binary.LittleEndian.Uint64(pair), 1, 0x11, 128)[16:] // CKA_VALUE
	if k.public, err = gost.NewPublicKey(curve, value); err != nil {
		b.Fatal(err)
	}
	return k
}

func (k *socketKey) Public() crypto.PublicKey { return k.public }

func (k *socketKey) Sign(_ io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
	if _, err := k.call(signInit, k.session, k.mechanism, []byte(nil), k.handle); err != nil {
		return nil, err
	}
	answer, err := k.call(sign, k.session, digest, 128)
	if err != nil {
		return nil, err
	}
	return answer[16:], nil // behind two lengths
}

// call makes a call with numbers and octets for arguments.
func (k *socketKey) call(function byte, arguments ...any) ([]byte, error) {
	request := []byte{function}
	for _, a := range arguments {
		switch v := a.(type) {
		case int:
			request = binary.LittleEndian.AppendUint64(request, uint64(v))
		case uint64:
			request = binary.LittleEndian.AppendUint64(request, v)
		case []byte:
			request = append(binary.LittleEndian.AppendUint64(request, uint64(len(v))), v...)
		}
	}
	answer, err := k.frame(request)
	if err != nil {
		return nil, err
	}
	if rv := binary.LittleEndian.Uint64(answer); rv != 0 {
		return nil, fmt.Errorf("function %d: CK_RV 0x%X", function, rv)
	}
	return answer[8:], nil
}

// frame sends a frame and receives one.
func (k *socketKey) frame(octets []byte) ([]byte, error) {
	request := append(binary.LittleEndian.AppendUint32(nil, uint32(len(octets))), octets...)
	if _, err := k.conn.Write(request); err != nil {
		return nil, err
	}
	var size [4]byte
	if _, err := io.ReadFull(k.conn, size[:]); err != nil {
		return nil, err
	}
	answer := make([]byte, binary.LittleEndian.Uint32(size[:]))
	_, err := io.ReadFull(k.conn, answer)
	return answer, err
}
