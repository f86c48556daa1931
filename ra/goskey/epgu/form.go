package epgu

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/surguch/surguch/ra"
)

// Layout is a layout of req.xml.
type Layout string

// Layouts. The portal has been seen to take both.
const (
	Flat   Layout = ""       // specification 1.9: everything once, about the whole package
	Nested Layout = "nested" // specification 1.8: everything in each Document
)

// Namespaces of SignRequest, by level.
var namespaces = map[ra.Level]string{
	ra.UnqualifiedLevel: "urn://mpkey.gosuslugi.ru/sign_document/1.0.0",
	ra.QualifiedLevel:   "urn://mpkey.gosuslugi.ru/sign_document_ukep/1.0.0",
}

// Form is req.xml: who is to sign, until when, and who asks.
type Form struct {
	Level       ra.Level
	SNILS       string // 11 digits
	Description string // what the person sees, 1 to 250 characters
	Backlink    string // up to 250 characters; "": none
	Expires     time.Time
	OrgName     string // 1 to 250 characters
	OrgINN      string
	Documents   []FormDocument // the layout Nested has them, Flat has none
}

// FormDocument is what the layout Nested says of a document.
type FormDocument struct{ ID, Media string }

// moscow is the zone of the portal's times.
var moscow = time.FixedZone("MSK", 3*60*60)

const (
	formTime   = "2006-01-02T15:04:05.000-07:00"
	maxText    = 250
	maxForm    = 1 << 20
	orgName    = "orgName"
	orgINN     = "orgINN"
	maxAttribs = 10
)

// Marshal writes the form. Values that the specification does not allow are an
// error that names the field.
func (f *Form) Marshal(l Layout) ([]byte, error) {
	if err := f.check(); err != nil {
		return nil, fmt.Errorf("epgu: form: %w", err)
	}
	w := &writer{}
	w.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<SignRequest xmlns="` + namespaces[f.Level] + `">`)
	w.element("Snils", f.SNILS[:3]+"-"+f.SNILS[3:6]+"-"+f.SNILS[6:9]+" "+f.SNILS[9:])
	if l == Nested {
		for _, d := range f.Documents {
			w.WriteString("<Document>")
			w.element("DocumentId", d.ID)
			w.element("MimeType", d.Media)
			f.common(w)
			w.WriteString("</Document>")
		}
	} else {
		f.common(w)
	}
	w.WriteString("</SignRequest>\n")
	return w.Bytes(), nil
}

// common writes what is once in the layout Flat and in each document in Nested.
func (f *Form) common(w *writer) {
	w.element("Description", f.Description)
	if f.Backlink != "" {
		w.element("Backlink", f.Backlink)
	}
	w.element("SignExpiration", f.Expires.In(moscow).Format(formTime))
	for _, a := range [][2]string{{orgName, f.OrgName}, {orgINN, f.OrgINN}} {
		w.WriteString("<Attribute>")
		w.element("AttributeName", a[0])
		w.element("AttributeValue", a[1])
		w.WriteString("</Attribute>")
	}
}

func (f *Form) check() error {
	switch {
	case namespaces[f.Level] == "":
		return errors.New("there is no such level")
	case !digits(f.SNILS) || len(f.SNILS) != 11:
		return errors.New("SNILS does not have 11 digits")
	case !digits(f.OrgINN) || len(f.OrgINN) != 10 && len(f.OrgINN) != 12:
		return errors.New("OrgINN does not have 10 or 12 digits")
	case f.Expires.IsZero():
		return errors.New("the field Expires is missing")
	}
	for _, t := range []struct {
		name, value string
		least       int
	}{{"Description", f.Description, 1}, {"Backlink", f.Backlink, 0}, {"OrgName", f.OrgName, 1}} {
		if n := utf8.RuneCountInString(t.value); n < t.least || n > maxText || !plain(t.value) {
			return fmt.Errorf("%s does not have %d to %d printable characters", t.name, t.least, maxText)
		}
	}
	return nil
}

// plain reports whether XML can carry the text as it is.
func plain(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0xFFFD || r == 0xFFFE || r == 0xFFFF })
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// writer writes XML into memory, which does not fail.
type writer struct{ bytes.Buffer }

func (w *writer) element(name, text string) {
	w.WriteString("<" + name + ">")
	_ = xml.EscapeText(w, []byte(text)) // a bytes.Buffer takes everything
	w.WriteString("</" + name + ">")
}

// xmlCommon is common to both layouts. Everything is a list, so that what
// stands twice is seen.
type xmlCommon struct {
	Description    []string
	Backlink       []string
	SignExpiration []string
	Attribute      []struct {
		AttributeName, AttributeValue []string
	}
}

type xmlForm struct {
	XMLName xml.Name
	Snils   []string
	xmlCommon
	Document []struct {
		DocumentId, MimeType []string
		xmlCommon
	}
}

// ParseForm reads req.xml in either layout. The documents of the layout Nested
// must agree in everything but themselves. Errors name elements.
func ParseForm(raw []byte) (*Form, error) {
	f, err := parseForm(raw)
	if err != nil {
		return nil, fmt.Errorf("epgu: form: %w", err)
	}
	return f, nil
}

func parseForm(raw []byte) (*Form, error) {
	if len(raw) > maxForm {
		return nil, errors.New("too long")
	}
	var x xmlForm
	d := xml.NewDecoder(bytes.NewReader(raw))
	if err := d.Decode(&x); err != nil {
		return nil, errors.New("no well-formed XML")
	}
	for {
		t, err := d.Token()
		if err == io.EOF {
			break
		}
		if text, ok := t.(xml.CharData); err != nil || !ok || len(bytes.TrimSpace(text)) > 0 {
			return nil, errors.New("something follows the root element")
		}
	}
	f := &Form{}
	for level, space := range namespaces {
		if x.XMLName == (xml.Name{Space: space, Local: "SignRequest"}) {
			f.Level = level
		}
	}
	if x.XMLName != (xml.Name{Space: namespaces[f.Level], Local: "SignRequest"}) {
		return nil, errors.New("another root element than SignRequest of a known namespace")
	}
	snils, err := one("Snils", x.Snils)
	if err != nil {
		return nil, err
	}
	if len(snils) != 14 || snils[3] != '-' || snils[7] != '-' || snils[11] != ' ' {
		return nil, errors.New("the element Snils does not look like NNN-NNN-NNN NN")
	}
	f.SNILS = snils[:3] + snils[4:7] + snils[8:11] + snils[12:]
	if len(x.Document) == 0 {
		if err := f.read(&x.xmlCommon); err != nil {
			return nil, err
		}
		return f, f.check()
	}
	if len(x.Description)+len(x.Backlink)+len(x.SignExpiration)+len(x.Attribute) > 0 || len(x.Document) > MaxDocuments {
		return nil, errors.New("both layouts at once, or too many documents")
	}
	first := *f
	for i := range x.Document {
		each := first
		id, idErr := one("DocumentId", x.Document[i].DocumentId)
		media, mediaErr := one("MimeType", x.Document[i].MimeType)
		if err := errors.Join(idErr, mediaErr, each.read(&x.Document[i].xmlCommon)); err != nil {
			return nil, err
		}
		if i > 0 && (each.Description != f.Description || each.Backlink != f.Backlink || !each.Expires.Equal(f.Expires) ||
			each.OrgName != f.OrgName || each.OrgINN != f.OrgINN) {
			return nil, errors.New("the documents do not agree")
		}
		each.Documents = append(f.Documents, FormDocument{ID: id, Media: media})
		*f = each
	}
	return f, f.check()
}

// read takes the part that is common to both layouts.
func (f *Form) read(x *xmlCommon) (err error) {
	if f.Description, err = one("Description", x.Description); err != nil {
		return err
	}
	if len(x.Backlink) > 0 {
		if f.Backlink, err = one("Backlink", x.Backlink); err != nil {
			return err
		}
	}
	text, err := one("SignExpiration", x.SignExpiration)
	if err != nil {
		return err
	}
	if f.Expires, err = time.Parse(time.RFC3339, text); err != nil {
		return errors.New("SignExpiration is no time")
	}
	f.Expires = f.Expires.UTC()
	if len(x.Attribute) > maxAttribs {
		return errors.New("too many of Attribute")
	}
	seen := map[string]string{}
	for _, a := range x.Attribute {
		name, nameErr := one("AttributeName", a.AttributeName)
		value, valueErr := one("AttributeValue", a.AttributeValue)
		if err := errors.Join(nameErr, valueErr); err != nil {
			return err
		}
		if _, twice := seen[name]; twice {
			return errors.New("an Attribute stands twice")
		}
		seen[name] = value
	}
	f.OrgName, f.OrgINN = seen[orgName], seen[orgINN]
	return nil
}

// one is the text of an element that stands once.
func one(name string, list []string) (string, error) {
	if len(list) != 1 {
		return "", fmt.Errorf("%s does not stand exactly once", name)
	}
	return list[0], nil
}
