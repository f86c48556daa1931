package mtom

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits bound what Read takes. A zero field stands for its default.
type Limits struct {
	Message int64 // octets of the message as it travels; default 8 MiB
	Parts   int   // parts of a package, the root among them; default 64
	Part    int64 // octets of one part as it travels; default that of Message
}

// ErrTooLarge says that a message exceeds the limits.
var ErrTooLarge = errors.New("mtom: the message is larger than allowed")

// ErrMediaType says that a message is neither text/xml nor an MTOM package of
// SOAP 1.1, in UTF-8.
var ErrMediaType = errors.New("mtom: neither text/xml nor an MTOM package of SOAP 1.1")

// MissingPartError says that an xop:Include refers to a part the package does
// not have.
type MissingPartError struct {
	CID string // the Content-ID that is referred to, without angle brackets
}

// Error names the part.
func (e *MissingPartError) Error() string {
	return fmt.Sprintf("mtom: the package has no part %.100q", e.CID)
}

const (
	xopType  = "application/xop+xml"
	soapType = "text/xml"
)

// Read returns the XML document of a message whose Content-Type is
// contentType, with all its parts in place. It reads body to its end, or one
// octet beyond the limit. Its errors, beside plain ones for a malformed
// package: ErrTooLarge, ErrMediaType, *MissingPartError, and the error of body.
func Read(contentType string, body io.Reader, most Limits) ([]byte, error) {
	kind, params, err := parseMediaType(contentType)
	if err != nil {
		return nil, err
	}
	if most.Message == 0 {
		most.Message = 8 << 20
	}
	if most.Parts == 0 {
		most.Parts = 64
	}
	if most.Part == 0 {
		most.Part = most.Message
	}
	if kind != soapType && kind != "multipart/related" {
		return nil, ErrMediaType
	}
	message, err := io.ReadAll(io.LimitReader(body, most.Message+1))
	if err != nil {
		return nil, fmt.Errorf("mtom: reading the message: %w", err)
	}
	if int64(len(message)) > most.Message {
		return nil, ErrTooLarge
	}
	if kind == soapType {
		if !utf8Charset(params) {
			return nil, ErrMediaType
		}
		return message, nil
	}
	return open(message, params, most)
}

// open takes a package apart and puts its parts in place.
func open(message []byte, params map[string]string, most Limits) ([]byte, error) {
	if t := strings.ToLower(params["type"]); t != "" && t != xopType && t != soapType {
		return nil, ErrMediaType
	}
	parts, err := split(message, params["boundary"], most)
	if err != nil {
		return nil, err
	}
	root, err := takeRoot(&parts, params)
	if err != nil {
		return nil, err
	}
	doc, err := root.decode()
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*part, len(parts))
	for _, p := range parts {
		if p.id == "" {
			continue // nothing can refer to it
		}
		if byID[p.id] != nil || p.id == root.id {
			return nil, errors.New("mtom: two parts have one Content-ID")
		}
		byID[p.id] = p
	}
	return include(doc, byID)
}

// takeRoot removes the root from parts: the one that the start parameter
// names, else the first (RFC 2387, section 3.2).
func takeRoot(parts *[]*part, params map[string]string) (*part, error) {
	at := 0
	if start, given := params["start"]; given {
		at = -1
		for i, p := range *parts {
			if p.id != "" && p.id == contentID(start) {
				at = i
				break
			}
		}
		if at < 0 {
			return nil, errors.New("mtom: the package lacks the part it starts with")
		}
	}
	root := (*parts)[at]
	*parts = append((*parts)[:at:at], (*parts)[at+1:]...)
	kind, rootParams, err := parseMediaType(root.kind)
	if err != nil || kind != xopType && kind != soapType || !utf8Charset(rootParams) {
		return nil, ErrMediaType
	}
	return root, nil
}
