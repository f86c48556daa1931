package smevtest

import (
	"errors"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/surguch/surguch/smev/internal/soap"
)

// What follows are the simple types of the schemas, which soap, made to read
// what real SMEV sends, does not hold values to. Errors name elements.

var (
	identifier = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	mimeType   = regexp.MustCompile(`^(text|image|audio|video|application)/[a-zA-Z0-9\-+.]*$`)
	ncName     = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_.\-]*$`)
)

var rejectCodes = []string{"ACCESS_DENIED", "NO_DATA", "UNKNOWN_REQUEST_DESCRIPTION", "FAILURE"}

func tooLong(text string, most int) bool { return utf8.RuneCountInString(text) > most }

func checkRequest(m *soap.SendRequest) error {
	d := &m.Data
	switch {
	case d.ReferenceMessageID != "" && !identifier.MatchString(d.ReferenceMessageID):
		return errors.New("ReferenceMessageID is not a UUID")
	case tooLong(d.TransactionCode, 1500):
		return errors.New("TransactionCode has more than 1500 characters")
	case d.TransactionCode != plain(d.TransactionCode):
		return errors.New("TransactionCode cannot be repeated in an answer that everybody signs alike")
	case tooLong(d.NodeID, 50):
		return errors.New("NodeID has more than 50 characters")
	}
	return checkHeaders(d.Attachments, d.Files, m.Attachments)
}

func checkResponse(m *soap.SendResponse) error {
	d := &m.Data
	switch {
	case d.Async != nil:
		return errors.New("AsyncProcessingStatus is for SMEV to say")
	case tooLong(d.To, 4000):
		return errors.New("the address in To has more than 4000 characters")
	case d.Status != nil && tooLong(d.Status.Description, 4000):
		return errors.New("StatusDescription has more than 4000 characters")
	}
	for _, r := range d.Rejections {
		switch {
		case !slices.Contains(rejectCodes, r.Code):
			return errors.New("RejectionReasonCode is none of the codes")
		case tooLong(r.Description, 4000):
			return errors.New("RejectionReasonDescription has more than 4000 characters")
		}
	}
	return checkHeaders(d.Attachments, d.Files, m.Attachments)
}

func checkHeaders(attachments []soap.AttachmentHeader, files []soap.RefAttachmentHeader, contents []soap.AttachmentContent) error {
	for _, a := range attachments {
		if !mimeType.MatchString(a.MIMEType) {
			return errors.New("MimeType of an AttachmentHeader is no type of the schema")
		}
	}
	for _, f := range files {
		if !mimeType.MatchString(f.MIMEType) {
			return errors.New("MimeType of a RefAttachmentHeader is no type of the schema")
		}
	}
	for _, c := range contents {
		if !ncName.MatchString(c.ID) {
			return errors.New("the Id of an AttachmentContent is not an xs:ID")
		}
	}
	return nil
}

// checkSelector checks a selector of GetRequest and GetResponse.
func checkSelector(m *soap.Selector) error {
	switch {
	case tooLong(m.NodeID, 50):
		return errors.New("NodeID has more than 50 characters")
	case m.Root != "" && !ncName.MatchString(m.Root):
		return errors.New("RootElementLocalName is not an NCName")
	}
	return nil
}
