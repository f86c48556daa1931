package csr_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

func TestNewOCSPRequest(t *testing.T) {
	ca := authority(t, newKey(t))
	subject := ca.subject(42)
	if r := askOCSP(t, subject, ca.cert, csr.OCSPOptions{NoNonce: true}); r.Nonce != nil || len(r.Extensions) != 0 {
		t.Errorf("got nonce %x", r.Nonce)
	}
	if r := askOCSP(t, subject, ca.cert, csr.OCSPOptions{Nonce: []byte("n")}); string(r.Nonce) != "n" || !bytes.Contains(r.Raw, []byte("\x04\x03\x04\x01n")) {
		t.Errorf("got nonce %x in %x", r.Nonce, r.Raw)
	}
	if a, b := askOCSP(t, subject, ca.cert, csr.OCSPOptions{}), askOCSP(t, subject, ca.cert, csr.OCSPOptions{}); bytes.Equal(a.Nonce, b.Nonce) {
		t.Error("two requests have one nonce")
	}
	for what, o := range map[string]csr.OCSPOptions{
		"an empty nonce": {Nonce: []byte{}}, "a long nonce": {Nonce: make([]byte, 129)}, "an unknown hash": {Hash: 3},
	} {
		if r, err := csr.NewOCSPRequest(subject, ca.cert, o); err == nil || r != nil {
			t.Errorf("%s: got %v, want it refused", what, r)
		}
	}
	if r, err := csr.NewOCSPRequest(subject, subject, csr.OCSPOptions{}); !errors.Is(err, csr.ErrNoIssuer) || r != nil {
		t.Errorf("another issuer: got %v, %v, want ErrNoIssuer", r, err)
	}
	if (csr.CertID{Hash: der.OID{1, 2, 3}}).IssuedBy(ca.cert) {
		t.Error("an unknown hash matches")
	}
}

// Pieces of requests and responses, put together by hand.
var (
	handID    = element(0x30, algorithmID(oid.SHA1), element(4, make([]byte, 20)), element(4, make([]byte, 20)), []byte{2, 1, 42})
	handTime  = element(0x18, []byte("20261122120000Z"))
	handNonce = func(n int) []byte {
		return handExtension(oid.OCSPNonce, false, element(4, make([]byte, n)))
	}
	handUnknown = handExtension(der.OID{1, 2, 3}, true, []byte{5, 0})
)

func element(tag byte, content ...[]byte) []byte { return implicit(tag, slices.Concat(content...)) }

func algorithmID(id der.OID, params ...byte) []byte {
	return der.Marshal(der.AlgorithmIdentifier{OID: id, Params: params}.Add)
}

func handExtension(id der.OID, critical bool, value []byte) []byte {
	return der.Marshal(func(b *der.Builder) { handExtensions(b, []csr.Extension{{ID: id, Critical: critical, Value: value}}) })
}

func TestParseOCSPRequest(t *testing.T) {
	list := element(0x30, element(0x30, handID))
	request := func(parts ...[]byte) []byte { return element(0x30, element(0x30, parts...)) }
	signature := element(0xa0, element(0x30, algorithmID(oid.GOSTSign256), []byte{3, 2, 0, 1}))
	type refusal struct {
		raw  []byte
		want error
		text string
	}
	for what, c := range map[string]struct {
		raw    []byte
		ids    int
		signed bool
	}{
		"the least":       {request(list), 1, false},
		"a version":       {request([]byte{0xa0, 3, 2, 1, 0}, list), 1, false},
		"a requestor":     {request(element(0xa1, element(0xa4, []byte{0x30, 0})), list), 1, false},
		"two":             {request(element(0x30, element(0x30, handID), element(0x30, handID))), 2, false},
		"a nonce of 1":    {request(list, element(0xa2, handNonce(1))), 1, false},
		"a nonce of 32":   {request(list, element(0xa2, handNonce(32))), 1, false},
		"signed":          {element(0x30, element(0x30, list), signature), 1, true},
		"NULL parameters": {request(element(0x30, element(0x30, element(0x30, algorithmID(oid.SHA1, 5, 0), handID[2+len(algorithmID(oid.SHA1)):])))), 1, false},
		"an unknown hash": {request(element(0x30, element(0x30, element(0x30, algorithmID(der.OID{1, 2, 3}), []byte{4, 1, 1, 4, 1, 1, 2, 1, 1})))), 1, false},
		"its extensions":  {request(element(0x30, element(0x30, handID, element(0xa0, handExtension(der.OID{1, 2, 3}, false, nil))))), 1, false},
	} {
		r, err := csr.ParseOCSPRequest(c.raw)
		if err != nil || len(r.CertIDs) != c.ids || r.Signed != c.signed {
			t.Errorf("%s: got %+v, %v", what, r, err)
		}
	}
	badID := func(parts ...[]byte) []byte { return request(element(0x30, element(0x30, element(0x30, parts...)))) }
	hash := element(4, make([]byte, 20))
	for what, c := range map[string]refusal{
		"nothing":                   {nil, nil, "not a request"},
		"no SEQUENCE":               {[]byte{5, 0}, nil, "not a request"},
		"an empty one":              {[]byte{0x30, 0}, nil, "not a request"},
		"trailing":                  {append(request(list), 0), nil, "not a request"},
		"version 2":                 {request([]byte{0xa0, 3, 2, 1, 1}, list), nil, "version"},
		"a version of no form":      {request([]byte{0xa0, 2, 5, 0}, list), nil, "version"},
		"a cut requestor":           {request([]byte{0xa1, 5}), nil, "requestorName"},
		"no list":                   {request(), nil, "requestList"},
		"an empty list":             {request([]byte{0x30, 0}), nil, "requestList"},
		"a list of NULL":            {request(element(0x30, []byte{5, 0})), nil, "requestList"},
		"an empty request":          {request(element(0x30, []byte{0x30, 0})), nil, "CertID"},
		"a request and more":        {request(element(0x30, element(0x30, handID, []byte{5, 0}))), nil, "singleRequestExtensions"},
		"single: critical":          {request(element(0x30, element(0x30, handID, element(0xa0, handUnknown)))), csr.ErrCritical, ""},
		"single: no form":           {request(element(0x30, element(0x30, handID, element(0xa0, []byte{5, 0})))), nil, "extensions"},
		"critical":                  {request(list, element(0xa2, handUnknown)), csr.ErrCritical, "1.2.3"},
		"extensions of no form":     {request(list, element(0xa2, []byte{5, 0})), nil, "extensions"},
		"something after":           {request(list, []byte{5, 0}), nil, "requestExtensions"},
		"a nonce of 0":              {request(list, element(0xa2, handNonce(0))), nil, "nonce"},
		"a nonce of 129":            {request(list, element(0xa2, handNonce(129))), nil, "nonce"},
		"a bare nonce":              {request(list, element(0xa2, handExtension(oid.OCSPNonce, false, []byte("12345678")))), nil, "nonce"},
		"certID: no hash":           {badID([]byte{5, 0}, hash, hash, []byte{2, 1, 1}), nil, "CertID"},
		"certID: parameters":        {badID(algorithmID(oid.SHA1, 2, 1, 1), hash, hash, []byte{2, 1, 1}), nil, "CertID"},
		"certID: of another length": {badID(algorithmID(oid.SHA256), hash, hash, []byte{2, 1, 1}), nil, "CertID"},
		"certID: of two lengths":    {badID(algorithmID(der.OID{1, 2, 3}), hash, []byte{4, 1, 1}, []byte{2, 1, 1}), nil, "CertID"},
		"certID: of no length":      {badID(algorithmID(der.OID{1, 2, 3}), []byte{4, 0, 4, 0}, []byte{2, 1, 1}), nil, "CertID"},
		"certID: no key":            {badID(algorithmID(oid.SHA1), hash, []byte{2, 1, 1}), nil, "CertID"},
		"certID: no serial":         {badID(algorithmID(oid.SHA1), hash, hash), nil, "CertID"},
		"certID: a serial twice":    {badID(algorithmID(oid.SHA1), hash, hash, []byte{2, 1, 1, 2, 1, 1}), nil, "CertID"},
		"signature: cut":            {element(0x30, element(0x30, list), element(0xa0, element(0x30))), nil, "optionalSignature"},
		"signature: no bits":        {element(0x30, element(0x30, list), element(0xa0, element(0x30, algorithmID(oid.GOSTSign256)))), nil, "optionalSignature"},
		"signature: another thing":  {element(0x30, element(0x30, list), []byte{5, 0}), nil, "optionalSignature"},
		"signature: and more":       {element(0x30, element(0x30, list), signature, signature), nil, "optionalSignature"},
	} {
		r, err := csr.ParseOCSPRequest(c.raw)
		if err == nil || r != nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: got %v, %v, want %q", what, r, err, c.text)
		}
	}
}
