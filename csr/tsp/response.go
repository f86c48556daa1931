package tsp

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/surguch/surguch/internal/der"
)

// Status is what an authority answers (PKIStatus; RFC 3161, section 2.4.2).
type Status int

// The values of Status. With the first two a token comes, with the others none.
const (
	Granted Status = iota
	GrantedWithMods
	Rejection
	Waiting
	RevocationWarning
	RevocationNotification
)

func (s Status) String() string {
	names := []string{"granted", "grantedWithMods", "rejection", "waiting", "revocationWarning", "revocationNotification"}
	if s < 0 || int(s) >= len(names) {
		return fmt.Sprintf("status %d", int(s))
	}
	return names[s]
}

// Failure is the set of reasons an authority gives for a refusal
// (PKIFailureInfo; RFC 3161, section 2.4.2), a bit for each.
type Failure uint32

// The reasons, at the bits RFC 3161 gives them.
const (
	BadAlg              Failure = 1 << 0  // the hash is unknown or not accepted
	BadRequest          Failure = 1 << 2  // what is asked for is not allowed or supported
	BadDataFormat       Failure = 1 << 5  // the request does not parse
	TimeNotAvailable    Failure = 1 << 14 // the authority's time source is not available
	UnacceptedPolicy    Failure = 1 << 15
	UnacceptedExtension Failure = 1 << 16
	AddInfoNotAvailable Failure = 1 << 17
	SystemFailure       Failure = 1 << 25
)

var failureNames = map[Failure]string{
	BadAlg: "badAlg", BadRequest: "badRequest", BadDataFormat: "badDataFormat", TimeNotAvailable: "timeNotAvailable",
	UnacceptedPolicy: "unacceptedPolicy", UnacceptedExtension: "unacceptedExtension",
	AddInfoNotAvailable: "addInfoNotAvailable", SystemFailure: "systemFailure",
}

// String names the reasons as RFC 3161 does, with commas between them.
func (f Failure) String() string {
	var names []string
	for i := range 32 {
		bit := Failure(1) << i
		switch {
		case f&bit == 0:
		case failureNames[bit] != "":
			names = append(names, failureNames[bit])
		default:
			names = append(names, fmt.Sprintf("bit %d", i))
		}
	}
	return strings.Join(names, ", ")
}

// Response is an authority's answer as read. Token is nil unless the status is
// Granted or GrantedWithMods; nothing of it is verified.
type Response struct {
	Status  Status
	Text    []string // to people, in the authority's words
	Failure Failure
	Token   []byte // TimeStampToken, DER
}

// RejectedError says that the authority refused to make a time-stamp. Text is
// not part of the error's own text, being of foreign making.
type RejectedError struct {
	Status  Status
	Failure Failure
	Text    []string
}

func (e *RejectedError) Error() string {
	if e.Failure == 0 {
		return fmt.Sprintf("tsp: the authority refused: %v", e.Status)
	}
	return fmt.Sprintf("tsp: the authority refused: %v (%v)", e.Status, e.Failure)
}

// Err returns nil if the response holds a token, and a *RejectedError if not.
func (r *Response) Err() error {
	if r.Token != nil {
		return nil
	}
	return &RejectedError{r.Status, r.Failure, r.Text}
}

// ParseResponse reads a TimeStampResp (RFC 3161, section 2.4.2) in DER or BER.
// A refusal is no error here: see [Response.Err].
func ParseResponse(raw []byte) (*Response, error) {
	r, err := readResponse(raw)
	if err != nil {
		return nil, fmt.Errorf("tsp: response: %w", err)
	}
	return r, nil
}

func readResponse(raw []byte) (*Response, error) {
	normal, err := der.FromBER(bytes.Clone(raw))
	if err != nil {
		return nil, err
	}
	in, ok := der.ReadWhole(normal, der.Sequence)
	var info der.String
	var status int
	if !ok || !in.ReadASN1(&info, der.Sequence) || !info.ReadASN1Integer(&status) || status < 0 {
		return nil, errors.New("not a TimeStampResp")
	}
	r := &Response{Status: Status(status)}
	if r.Text, ok = readText(&info); !ok {
		return nil, errors.New("statusString does not parse")
	}
	if info.PeekASN1Tag(der.BitString) {
		var bits asn1.BitString
		if !info.ReadASN1BitString(&bits) {
			return nil, errors.New("failInfo does not parse")
		}
		for i := range min(32, bits.BitLength) {
			r.Failure |= Failure(bits.At(i)) << i
		}
	}
	if !info.Empty() {
		return nil, errors.New("status does not parse")
	}
	granted := r.Status == Granted || r.Status == GrantedWithMods
	if !in.Empty() {
		if r.Token, ok = der.ReadRaw(&in, der.Sequence); !ok || !in.Empty() {
			return nil, errors.New("timeStampToken does not parse")
		}
	}
	if granted != (r.Token != nil) {
		return nil, fmt.Errorf("status %v, and a token: %t", r.Status, r.Token != nil)
	}
	return r, nil
}

// readText reads PKIFreeText, SEQUENCE OF UTF8String, absent or not.
func readText(in *der.String) (list []string, ok bool) {
	var seq der.String
	var present bool
	if !in.ReadOptionalASN1(&seq, &present, der.Sequence) || present && seq.Empty() {
		return nil, false
	}
	for !seq.Empty() {
		var text der.String
		if !seq.ReadASN1(&text, der.UTF8String) || !utf8.Valid(text) {
			return nil, false
		}
		list = append(list, string(text))
	}
	return list, true
}

// marshal returns the TimeStampResp in DER, without Text.
func (r *Response) marshal() []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				b.AddASN1Int64(int64(r.Status))
				if r.Failure != 0 {
					b.AddASN1(der.BitString, func(b *der.Builder) { b.AddBytes(r.Failure.bits()) })
				}
			})
			b.AddBytes(r.Token)
		})
	})
}

// bits is the contents of a BIT STRING of named bits, which end with the last
// that is set (X.690, section 11.2.2).
func (f Failure) bits() []byte {
	var octets [4]byte
	last := 0
	for i := range 32 {
		if f&(1<<i) != 0 {
			octets[i/8] |= 0x80 >> (i % 8)
			last = i
		}
	}
	return append([]byte{byte(7 - last%8)}, octets[:last/8+1]...)
}
