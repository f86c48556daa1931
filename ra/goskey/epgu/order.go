package epgu

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/surguch/surguch/ra"
)

// Numbers of statuses of an order.
const (
	statusDraft    = 0
	statusDone     = 3
	statusRejected = 4 // by the person, or expired: the text tells
	statusFailed   = 5
	statusWaiting  = 17
)

// order is what the portal says of an order.
type order struct {
	Status   *int        `json:"orderStatusId"`
	Current  status      `json:"currentStatusHistory"`
	Statuses []status    `json:"statuses"`
	Files    []orderFile `json:"orderResponseFiles"`
}

// status is an entry of an order's history.
type status struct {
	ID      int    `json:"statusId"`
	Title   string `json:"title"`
	Comment string `json:"comment"`
}

// orderFile is a file of the answer.
type orderFile struct {
	Media string `json:"mimeType"`
	Link  string `json:"link"`
}

// parseOrder reads the answer to a question for an order. Nil without an error:
// the portal has no order yet under the number. The order stands there as an
// object or as a string that holds one.
func parseOrder(raw []byte) (*order, error) {
	var answer struct {
		Code  string          `json:"code"`
		Order json.RawMessage `json:"order"`
	}
	if json.Unmarshal(raw, &answer) != nil {
		return nil, errors.New("epgu: order: no JSON of an answer")
	}
	if answer.Code != "OK" {
		return nil, &OrderError{Code: code(answer.Code)}
	}
	inner := bytes.TrimSpace(answer.Order)
	if len(inner) > 0 && inner[0] == '"' {
		var text string
		if json.Unmarshal(inner, &text) != nil {
			return nil, errors.New("epgu: order: no JSON in the string")
		}
		inner = []byte(text)
	}
	if len(inner) == 0 || string(inner) == "null" {
		return nil, nil
	}
	var o order
	if json.Unmarshal(inner, &o) != nil || o.Status == nil {
		return nil, errors.New("epgu: order: no order with a status")
	}
	return &o, nil
}

// OrderError says that the portal gave up an order. Code is its word for why.
type OrderError struct{ Code string }

func (e *OrderError) Error() string {
	return fmt.Sprintf("epgu: the portal gives the order up: %s", e.Code)
}

// Codes of an OrderError beside those of the portal's own annex 4.
const (
	codeRequest  = "REQUEST_ERROR"
	codeNoAnswer = "STATE_EDS_NO_ANSWER" // the sender's signature was not checked in time
	codeNobody   = "SNILS_NOT_FOUND"
	codeExpired  = "EXPIRED"
)

// says reports whether the latest entry of the history has one of the words,
// whatever their case.
func (o *order) says(words ...string) bool {
	text := strings.ToUpper(o.Current.Title + " " + o.Current.Comment)
	for _, w := range words {
		if strings.Contains(text, strings.ToUpper(w)) {
			return true
		}
	}
	return false
}

// state is the operation's state. Status 4 is a refusal or the deadline, which
// the text alone tells apart. An *OrderError if the order has failed.
func (o *order) state() (ra.OperationState, error) {
	switch *o.Status {
	case statusDraft, statusWaiting:
		return ra.AwaitingUser, nil
	case statusDone:
		return ra.Signed, nil
	case statusRejected:
		if o.says(codeExpired, "истёк", "истек") {
			return ra.SigningExpired, nil
		}
		return ra.RefusedByUser, nil
	case statusFailed:
		switch {
		case o.says(codeNobody):
			return ra.SignerNotFound, nil
		case o.says(codeNoAnswer):
			return "", &OrderError{Code: codeNoAnswer}
		}
		return "", &OrderError{Code: codeRequest}
	}
	return "", fmt.Errorf("epgu: order: unknown status %d", *o.Status)
}

// file finds the signature of a document by the name in its link.
func (o *order) file(name string) (number, mnemonic string, ok bool) {
	for _, f := range o.Files {
		number, mnemonic, ok := parseLink(f.Link)
		if ok && (mnemonic == name || mnemonic == name+sigSuffix || mnemonic == name+".p7s") {
			return number, mnemonic, true
		}
	}
	return "", "", false
}

// parseLink takes terrabyte://00/NUMBER/MNEMONIC/3 apart.
func parseLink(link string) (number, mnemonic string, ok bool) {
	rest, ok := strings.CutPrefix(link, "terrabyte://")
	parts := strings.Split(rest, "/")
	if !ok || len(parts) != 4 || !digits(parts[1]) || len(parts[1]) > 20 || parts[2] == "" || parts[3] != "3" {
		return "", "", false
	}
	return parts[1], parts[2], true
}

// code is a code of the portal, if it looks like one; whatever else stands
// there may be a datum of somebody.
func code(s string) string {
	if s == "" || len(s) > 60 || strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz_0123456789") != "" || digits(s) {
		return "unknown"
	}
	return s
}
