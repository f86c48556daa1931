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

// handResponse wraps ResponseData and what follows the signature.
func handResponse(tbs []byte, tail ...[]byte) []byte {
	basic := element(0x30, tbs, algorithmID(oid.GOSTSign256), element(3, make([]byte, 65)), slices.Concat(tail...))
	return handBytes(oid.OCSPBasic, basic)
}

func handBytes(kind der.OID, basic []byte) []byte {
	return element(0x30, []byte{10, 1, 0}, element(0xa0, element(0x30,
		der.Marshal(func(b *der.Builder) { b.AddASN1ObjectIdentifier(kind) }), element(4, basic))))
}

func TestParseOCSPResponse(t *testing.T) {
	as := csr.Standard()
	ca := authority(t, newKey(t))
	name := element(0xa1, []byte{0x30, 0})
	good := []byte{0x80, 0}
	tbs := func(answers ...[]byte) []byte { return element(0x30, name, handTime, element(0x30, answers...)) }
	single := func(parts ...[]byte) []byte {
		return element(0x30, slices.Concat([][]byte{handID}, parts)...)
	}
	one := single(good, handTime)
	for what, raw := range map[string][]byte{
		"the least":                handResponse(tbs(one)),
		"a version":                handResponse(element(0x30, []byte{0xa0, 3, 2, 1, 0}, name, handTime, element(0x30, one))),
		"by key":                   handResponse(element(0x30, element(0xa2, element(4, make([]byte, 20))), handTime, element(0x30, one))),
		"all of an answer":         handResponse(tbs(single(good, handTime, element(0xa0, handTime), element(0xa1, handExtension(der.OID{1, 2, 3}, false, nil))))),
		"revoked":                  handResponse(tbs(single(element(0xa1, handTime), handTime))),
		"revoked, a reason":        handResponse(tbs(single(element(0xa1, handTime, element(0xa0, []byte{10, 1, 6})), handTime))),
		"unknown":                  handResponse(tbs(single([]byte{0x82, 0}, handTime))),
		"a nonce":                  handResponse(element(0x30, name, handTime, element(0x30, one), element(0xa1, handNonce(32)))),
		"a certificate":            handResponse(tbs(one), element(0xa0, element(0x30, ca.cert.Raw))),
		"no certificates in certs": handResponse(tbs(one), element(0xa0, element(0x30))),
	} {
		if r, err := as.ParseOCSPResponse(raw); err != nil || len(r.Answers) != 1 {
			t.Errorf("%s: got %v", what, err)
		}
	}
	if r, err := (csr.Algorithms{}).ParseOCSPResponse(handResponse(tbs(one), element(0xa0, element(0x30, ca.cert.Raw)))); err != nil || len(r.Certificates) != 0 {
		t.Errorf("a certificate of an unknown scheme: got %v", err)
	}
	for what, c := range map[string]struct {
		raw  []byte
		want error
		text string
	}{
		"nothing":                      {nil, nil, "not a response"},
		"no SEQUENCE":                  {[]byte{5, 0}, nil, "not a response"},
		"an empty one":                 {[]byte{0x30, 0}, nil, "not a response"},
		"trailing":                     {append(handResponse(tbs(one)), 0), nil, "not a response"},
		"status 7":                     {element(0x30, []byte{10, 1, 7}), nil, "not a response"},
		"status -1":                    {element(0x30, []byte{10, 1, 0xff}), nil, "not a response"},
		"status 4":                     {element(0x30, []byte{10, 1, 4}), csr.OCSPError(4), "answers 4"},
		"tryLater with an answer":      {element(0x30, []byte{10, 1, 3, 5, 0}), nil, "at once"},
		"success without an answer":    {element(0x30, []byte{10, 1, 0}), nil, "responseBytes"},
		"an answer of no form":         {element(0x30, []byte{10, 1, 0, 0xa0, 2, 5, 0}), nil, "responseBytes"},
		"another type":                 {handBytes(der.OID{1, 2, 3}, nil), nil, "type 1.2.3"},
		"basic: nothing":               {handBytes(oid.OCSPBasic, nil), nil, "BasicOCSPResponse"},
		"basic: no data":               {handBytes(oid.OCSPBasic, element(0x30)), nil, "BasicOCSPResponse"},
		"basic: no algorithm":          {handBytes(oid.OCSPBasic, element(0x30, tbs(one))), nil, "BasicOCSPResponse"},
		"basic: no signature":          {handBytes(oid.OCSPBasic, element(0x30, tbs(one), algorithmID(oid.GOSTSign256))), nil, "BasicOCSPResponse"},
		"basic: more":                  {handResponse(tbs(one), []byte{5, 0}), nil, "BasicOCSPResponse"},
		"basic: certs of no form":      {handResponse(tbs(one), []byte{0xa0, 2, 5, 0}), nil, "BasicOCSPResponse"},
		"basic: a certificate NULL":    {handResponse(tbs(one), element(0xa0, element(0x30, []byte{5, 0}))), nil, "certs"},
		"basic: a certificate empty":   {handResponse(tbs(one), element(0xa0, element(0x30, []byte{0x30, 0}))), nil, "certificate"},
		"basic: 17 certificates":       {handResponse(tbs(one), element(0xa0, element(0x30, bytes.Repeat(ca.cert.Raw, 17)))), nil, "too many"},
		"data: version 2":              {handResponse(element(0x30, []byte{0xa0, 3, 2, 1, 1}, name, handTime, element(0x30, one))), nil, "version"},
		"data: no responder":           {handResponse(element(0x30, handTime, element(0x30, one))), nil, "responderID"},
		"data: a name of no form":      {handResponse(element(0x30, []byte{0xa1, 2, 5, 0})), nil, "responderID"},
		"data: a cut name":             {handResponse(element(0x30, []byte{0xa1, 5})), nil, "responderID"},
		"data: a key of 19 octets":     {handResponse(element(0x30, element(0xa2, element(4, make([]byte, 19))))), nil, "responderID"},
		"data: producedAt a UTCTime":   {handResponse(element(0x30, name, element(0x17, []byte("261122120000Z")), element(0x30, one))), nil, "producedAt"},
		"data: no answers":             {handResponse(tbs()), nil, "responses"},
		"data: critical":               {handResponse(element(0x30, name, handTime, element(0x30, one), element(0xa1, handUnknown))), csr.ErrCritical, "1.2.3"},
		"data: a nonce of 129":         {handResponse(element(0x30, name, handTime, element(0x30, one), element(0xa1, handNonce(129)))), nil, "nonce"},
		"data: more":                   {handResponse(element(0x30, name, handTime, element(0x30, one), []byte{5, 0})), nil, "responseExtensions"},
		"answer: NULL":                 {handResponse(tbs([]byte{5, 0})), nil, "answer"},
		"answer: no CertID":            {handResponse(tbs([]byte{0x30, 0})), nil, "CertID"},
		"answer: no status":            {handResponse(tbs(single())), nil, "answer"},
		"answer: status 3":             {handResponse(tbs(single([]byte{0x83, 0}, handTime))), nil, "answer"},
		"answer: good with more":       {handResponse(tbs(single([]byte{0x80, 1, 0}, handTime))), nil, "answer"},
		"answer: unknown with more":    {handResponse(tbs(single([]byte{0x82, 1, 0}, handTime))), nil, "answer"},
		"answer: revoked, no time":     {handResponse(tbs(single([]byte{0xa1, 0}, handTime))), nil, "RevokedInfo"},
		"answer: revoked, UTCTime":     {handResponse(tbs(single(element(0xa1, element(0x17, []byte("261122120000Z"))), handTime))), nil, "RevokedInfo"},
		"answer: removeFromCRL":        {handResponse(tbs(single(element(0xa1, handTime, element(0xa0, []byte{10, 1, 8})), handTime))), nil, "RevokedInfo"},
		"answer: a reason of no form":  {handResponse(tbs(single(element(0xa1, handTime, element(0xa0, []byte{2, 1, 1})), handTime))), nil, "RevokedInfo"},
		"answer: revoked and more":     {handResponse(tbs(single(element(0xa1, handTime, []byte{5, 0}), handTime))), nil, "RevokedInfo"},
		"answer: no thisUpdate":        {handResponse(tbs(single(good))), nil, "answer"},
		"answer: nextUpdate a UTCTime": {handResponse(tbs(single(good, handTime, element(0xa0, element(0x17, []byte("261122120000Z")))))), nil, "answer"},
		"answer: critical":             {handResponse(tbs(single(good, handTime, element(0xa1, handUnknown)))), csr.ErrCritical, ""},
		"answer: more":                 {handResponse(tbs(single(good, handTime, []byte{5, 0}))), nil, "answer"},
	} {
		r, err := as.ParseOCSPResponse(c.raw)
		if err == nil || r != nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: got %v, %v, want %q", what, r, err, c.text)
		}
	}
}

func TestOCSPErrors(t *testing.T) {
	for e, want := range map[csr.OCSPError]string{
		csr.OCSPMalformedRequest: "malformedRequest", csr.OCSPInternalError: "internalError", csr.OCSPTryLater: "tryLater",
		csr.OCSPSigRequired: "sigRequired", csr.OCSPUnauthorized: "unauthorized",
	} {
		r, err := csr.Standard().ParseOCSPResponse(e.Response())
		if r != nil || !errors.Is(err, e) || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("got %v, %v, want %s", r, err, want)
		}
	}
}
