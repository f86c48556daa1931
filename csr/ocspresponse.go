package csr

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// OCSPError is a responder's word that it gives no answer: OCSPResponseStatus
// of RFC 6960, section 4.2.1. It is not signed, so anybody on the way may
// have written it.
type OCSPError uint8

// The words of RFC 6960, section 4.2.1.
const (
	OCSPMalformedRequest OCSPError = 1
	OCSPInternalError    OCSPError = 2
	OCSPTryLater         OCSPError = 3
	OCSPSigRequired      OCSPError = 5
	OCSPUnauthorized     OCSPError = 6
)

func (e OCSPError) Error() string {
	words := map[OCSPError]string{
		OCSPMalformedRequest: "malformedRequest", OCSPInternalError: "internalError", OCSPTryLater: "tryLater",
		OCSPSigRequired: "sigRequired", OCSPUnauthorized: "unauthorized",
	}
	if word, ok := words[e]; ok {
		return "csr: ocsp: the responder answers " + word
	}
	return fmt.Sprintf("csr: ocsp: the responder answers %d", uint8(e))
}

// Response returns the response that says so, DER.
func (e OCSPError) Response() []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) { addEnumerated(b, uint8(e)) })
	})
}

func addEnumerated(b *der.Builder, n uint8) {
	b.AddASN1(der.Enumerated, func(b *der.Builder) { b.AddUint8(n) })
}

// OCSPResponse is a basic response (RFC 6960, section 4.2.1) as read. Its
// structure has been checked, its signature has not: see
// [Algorithms.CheckOCSP].
type OCSPResponse struct {
	Raw    []byte // the whole response
	RawTBS []byte // ResponseData: what is signed

	RawResponderName []byte // the responder's Name; nil when it is named by its key
	ResponderKeyHash []byte // SHA-1 of the responder's key; nil when it is named by name
	ProducedAt       time.Time
	Answers          []OCSPAnswer
	Nonce            []byte // nil when absent
	Extensions       []Extension
	Certificates     []*Certificate // sent along; proven nothing by themselves
	Signature        []byte

	// Deviations are what the response's writer did against a standard.
	Deviations []Deviation

	signatureAlgorithm der.AlgorithmIdentifier
}

// OCSPAnswer is what a response says of one certificate.
type OCSPAnswer struct {
	CertID CertID
	Status Status
}

// maxOCSPCertificates is how many certificates a response may carry: each
// costs the reading of a key.
const maxOCSPCertificates = 16

// ParseOCSPResponse reads a response in DER. One that says no more than that
// there is no answer is an OCSPError. Certificates sent along whose schemes
// are not in the list are passed over; critical extensions that are not known
// are ErrCritical.
func (as Algorithms) ParseOCSPResponse(raw []byte) (*OCSPResponse, error) {
	r := &OCSPResponse{Raw: bytes.Clone(raw)}
	outer, ok := der.ReadWhole(r.Raw, der.Sequence)
	var status int
	if !ok || !outer.ReadASN1Enum(&status) || status < 0 || status > 6 {
		return nil, errors.New("csr: ocsp: not a response")
	}
	if status != 0 {
		if !outer.Empty() {
			return nil, errors.New("csr: ocsp: response: an answer and none at once")
		}
		return nil, OCSPError(status)
	}
	var wrapped, in, basic der.String
	var kind der.OID
	if !outer.ReadASN1(&wrapped, der.ContextCons(0)) || !outer.Empty() ||
		!wrapped.ReadASN1(&in, der.Sequence) || !wrapped.Empty() || !in.ReadASN1ObjectIdentifier(&kind) ||
		!in.ReadASN1(&basic, der.OctetString) || !in.Empty() {
		return nil, errors.New("csr: ocsp: response: responseBytes does not parse")
	}
	if !kind.Equal(oid.OCSPBasic) {
		return nil, fmt.Errorf("csr: ocsp: response of type %v", kind)
	}
	if err := r.readBasic(as, basic); err != nil {
		return nil, err
	}
	return r, nil
}

// readBasic reads BasicOCSPResponse.
func (r *OCSPResponse) readBasic(as Algorithms, basic []byte) error {
	bad := errors.New("csr: ocsp: response: BasicOCSPResponse does not parse")
	in, ok := der.ReadWhole(basic, der.Sequence)
	if !ok {
		return bad
	}
	if r.RawTBS, ok = der.ReadRaw(&in, der.Sequence); !ok {
		return bad
	}
	if r.signatureAlgorithm, ok = der.ReadAlgorithm(&in); !ok {
		return bad
	}
	if r.Signature, ok = der.ReadBits(&in); !ok {
		return bad
	}
	var wrapped, list der.String
	var present bool
	if !in.ReadOptionalASN1(&wrapped, &present, der.ContextCons(0)) || !in.Empty() ||
		present && (!wrapped.ReadASN1(&list, der.Sequence) || !wrapped.Empty()) {
		return bad
	}
	for n := 0; !list.Empty(); n++ {
		raw, ok := der.ReadRaw(&list, der.Sequence)
		if !ok || n == maxOCSPCertificates {
			return errors.New("csr: ocsp: response: certs does not parse or has too many")
		}
		switch c, err := as.ParseCertificate(raw); {
		case errors.Is(err, ErrUnknownAlgorithm):
		case err != nil:
			return fmt.Errorf("csr: ocsp: response: %w", err)
		default:
			r.Certificates = append(r.Certificates, c)
		}
	}
	return r.readTBS()
}

// readTBS reads ResponseData.
func (r *OCSPResponse) readTBS() (err error) {
	d := (*deviations)(&r.Deviations)
	in, _ := der.ReadWhole(r.RawTBS, der.Sequence)
	if !readOCSPVersion(&in, d) {
		return errors.New("csr: ocsp: response: version is not 1")
	}
	if err := r.readResponder(&in); err != nil {
		return err
	}
	var ok bool
	if r.ProducedAt, ok = readGeneralizedTime(&in); !ok {
		return errors.New("csr: ocsp: response: producedAt does not parse")
	}
	var list, wrapped der.String
	if !in.ReadASN1(&list, der.Sequence) || list.Empty() {
		return errors.New("csr: ocsp: response: responses does not parse")
	}
	for !list.Empty() {
		a, err := readOCSPAnswer(&list, d)
		if err != nil {
			return err
		}
		r.Answers = append(r.Answers, a)
	}
	var present bool
	if !in.ReadOptionalASN1(&wrapped, &present, der.ContextCons(1)) || !in.Empty() {
		return errors.New("csr: ocsp: response: responseExtensions does not parse")
	}
	if present {
		r.Extensions, r.Nonce, err = readOCSPExtensions(wrapped, d)
	}
	return err
}

// readResponder reads ResponderID: byName [1] or byKey [2], both EXPLICIT.
func (r *OCSPResponse) readResponder(in *der.String) error {
	bad := errors.New("csr: ocsp: response: responderID does not parse")
	var id, hash der.String
	var ok bool
	if in.PeekASN1Tag(der.ContextCons(1)) {
		if !in.ReadASN1(&id, der.ContextCons(1)) {
			return bad
		}
		if r.RawResponderName, ok = der.ReadRaw(&id, der.Sequence); !ok || !id.Empty() {
			return bad
		}
		return nil
	}
	if !in.ReadASN1(&id, der.ContextCons(2)) || !id.ReadASN1(&hash, der.OctetString) || !id.Empty() || len(hash) != 20 {
		return bad
	}
	r.ResponderKeyHash = hash
	return nil
}

// readOCSPAnswer reads SingleResponse.
func readOCSPAnswer(list *der.String, d *deviations) (a OCSPAnswer, err error) {
	bad := errors.New("csr: ocsp: response: an answer does not parse")
	var in, status, next, wrapped der.String
	var tag der.Tag
	if !list.ReadASN1(&in, der.Sequence) {
		return a, bad
	}
	if a.CertID, err = readCertID(&in); err != nil {
		return a, err
	}
	if !in.ReadAnyASN1(&status, &tag) {
		return a, bad
	}
	switch tag {
	case der.Context(0):
		a.Status.State = StatusGood
	case der.ContextCons(1):
		a.Status.State = StatusRevoked
		a.Status.Revocation.SerialNumber = a.CertID.SerialNumber
		if !a.Status.Revocation.read(&status) {
			return a, errors.New("csr: ocsp: response: RevokedInfo does not parse")
		}
	case der.Context(2):
		a.Status.State = StatusUnknown
	default:
		return a, bad
	}
	if !status.Empty() { // good and unknown are NULL
		return a, bad
	}
	var ok, present bool
	if a.Status.ThisUpdate, ok = readGeneralizedTime(&in); !ok || !in.ReadOptionalASN1(&next, &present, der.ContextCons(0)) {
		return a, bad
	}
	if present {
		if a.Status.NextUpdate, ok = readGeneralizedTime(&next); !ok || !next.Empty() {
			return a, bad
		}
	}
	if !in.ReadOptionalASN1(&wrapped, &present, der.ContextCons(1)) || !in.Empty() {
		return a, bad
	}
	if present {
		err = readNoCritical(wrapped, d)
	}
	return a, err
}

// read reads the contents of RevokedInfo.
func (r *Revocation) read(in *der.String) bool {
	var ok, present bool
	if r.RevokedAt, ok = readGeneralizedTime(in); !ok {
		return false
	}
	var reason der.String
	if !in.ReadOptionalASN1(&reason, &present, der.ContextCons(0)) || !in.Empty() {
		return false
	}
	if present {
		var code int
		if !reason.ReadASN1Enum(&code) || !reason.Empty() {
			return false
		}
		r.Reason, ok = newReason(code)
	}
	return ok
}
