package smev3

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Namespace is that of the documents, Root and ResponseRoot their names.
const (
	Namespace    = "urn://gosuslugi/sig-contract-snils-UKEP/1.0.0"
	Root         = "RequestSignUkep"
	ResponseRoot = "ResponseSignUkep"
)

const (
	route    = "MNSV03"
	timeForm = "2006-01-02T15:04:05.000-07:00"
	maxDoc   = 1 << 20
	maxText  = 250
	orgName  = "orgName"
)

// moscow is the zone of the service's times.
var moscow = time.FixedZone("MSK", 3*60*60)

// Request is RequestSignUkep.
type Request struct {
	ID          string // 1 to 250 characters
	At          time.Time
	SNILS       string // 11 digits
	Expires     time.Time
	Description string
	Documents   []Document
	Backlink    string // "": none
	OrgName     string
}

// Document is a document of a Request with the sender's signature. The ids of
// attachments are those in the message.
type Document struct {
	ID         string // unique in the request
	Attachment string
	Media      string
	Name       string
	Signature  string // attachment of the sender's CMS
}

// Marshal writes the request, without XML declaration.
func (r *Request) Marshal() ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("smev3: request: %w", err)
	}
	w := &writer{}
	w.open(Root, "xmlns", Namespace, "Id", r.ID, "routeNumber", route, "timestamp", r.At.In(moscow).Format(timeForm))
	w.text("SNILS", dashed(r.SNILS))
	w.text("signExp", r.Expires.In(moscow).Format(timeForm))
	w.text("descDoc", r.Description)
	w.open("Contracts")
	for _, d := range r.Documents {
		w.open("Contract")
		w.open("Document", "docId", d.ID, "uuid", d.Attachment, "mimeType", d.Media, "description", d.Name)
		w.shut("Document")
		w.open("Signature", "docId", "sig-"+d.ID, "uuid", d.Signature, "mimeType", "application/sig", "description", "Подпись отправителя")
		w.shut("Signature")
		w.shut("Contract")
	}
	w.shut("Contracts")
	if r.Backlink != "" {
		w.text("Backlink", r.Backlink)
	}
	w.open("AddData")
	w.text("AttrName", orgName)
	w.text("AttrValue", r.OrgName)
	w.shut("AddData")
	w.shut(Root)
	return w.Bytes(), nil
}

func (r *Request) check() error {
	switch {
	case len(r.SNILS) != 11 || strings.Trim(r.SNILS, "0123456789") != "":
		return errors.New("SNILS does not have 11 digits")
	case r.At.IsZero() || r.Expires.IsZero():
		return errors.New("a time is missing")
	case len(r.Documents) == 0 || len(r.Documents) > MaxDocuments:
		return fmt.Errorf("not 1 to %d documents", MaxDocuments)
	}
	texts := [][2]string{{"Id", r.ID}, {"descDoc", r.Description}, {"orgName", r.OrgName}}
	seen := map[string]bool{}
	for _, d := range r.Documents {
		if seen[d.ID] {
			return errors.New("a docId stands twice")
		}
		seen[d.ID] = true
		texts = append(texts, [][2]string{
			{"docId", d.ID}, {"uuid", d.Attachment}, {"mimeType", d.Media}, {"description", d.Name}, {"uuid of a signature", d.Signature},
		}...)
	}
	for _, t := range texts {
		if t[1] == "" || !plain(t[1]) {
			return fmt.Errorf("%s does not have 1 to %d printable characters", t[0], maxText)
		}
	}
	if !plain(r.Backlink) {
		return errors.New("the field Backlink is too long or not printable")
	}
	if strings.Contains(r.Description+r.OrgName+r.Backlink, ">") {
		return errors.New("a text has '>', which SMEV's transform writes in two ways, so that no signature over it would do")
	}
	return nil
}

// ParseRequest reads a request. Errors name elements.
func ParseRequest(raw []byte) (*Request, error) {
	var x struct {
		XMLName  xml.Name
		ID       string   `xml:"Id,attr"`
		Time     string   `xml:"timestamp,attr"`
		SNILS    []string `xml:"SNILS"`
		Expires  []string `xml:"signExp"`
		Desc     []string `xml:"descDoc"`
		Contract []struct {
			Document  []file
			Signature []file
		} `xml:"Contracts>Contract"`
		Backlink []string
		AddData  []struct{ AttrName, AttrValue []string }
	}
	if err := decode(raw, Root, &x, &x.XMLName); err != nil {
		return nil, fmt.Errorf("smev3: request: %w", err)
	}
	if len(x.SNILS) != 1 || len(x.Expires) != 1 || len(x.Desc) != 1 || len(x.Backlink) > 1 || len(x.AddData) > 10 {
		return nil, errors.New("smev3: request: an element stands not exactly once")
	}
	r := &Request{ID: x.ID, SNILS: undashed(x.SNILS[0]), Description: x.Desc[0], Backlink: strings.Join(x.Backlink, "")}
	var err, errExpires error
	r.At, err = time.Parse(time.RFC3339, x.Time)
	r.Expires, errExpires = time.Parse(time.RFC3339, x.Expires[0])
	if err != nil || errExpires != nil {
		return nil, errors.New("smev3: request: timestamp or signExp is no time")
	}
	r.At, r.Expires = r.At.UTC(), r.Expires.UTC()
	for _, c := range x.Contract {
		if len(c.Document) != 1 || len(c.Signature) != 1 {
			return nil, errors.New("smev3: request: a Contract has not one Document and one Signature")
		}
		d := c.Document[0]
		r.Documents = append(r.Documents, Document{d.ID, d.Attachment, d.Media, d.Description, c.Signature[0].Attachment})
	}
	for _, a := range x.AddData {
		if len(a.AttrName) != 1 || len(a.AttrValue) != 1 {
			return nil, errors.New("smev3: request: AddData is not a name and a value")
		}
		if a.AttrName[0] == orgName {
			r.OrgName = a.AttrValue[0]
		}
	}
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("smev3: request: %w", err)
	}
	return r, nil
}
