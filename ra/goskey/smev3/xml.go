package smev3

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// writer writes XML into memory, which does not fail.
type writer struct{ bytes.Buffer }

func (w *writer) escape(text string) { _ = xml.EscapeText(w, []byte(text)) }

// open writes a start tag with attributes, names and values in turn.
func (w *writer) open(name string, attributes ...string) {
	w.WriteString("<" + name)
	for i := 0; i < len(attributes); i += 2 {
		w.WriteString(" " + attributes[i] + `="`)
		w.escape(attributes[i+1])
		w.WriteString(`"`)
	}
	w.WriteString(">")
}

func (w *writer) shut(name string) { w.WriteString("</" + name + ">") }

func (w *writer) text(name, text string) {
	w.open(name)
	w.escape(text)
	w.shut(name)
}

// dashed is a SNILS as NNN-NNN-NNN NN.
func dashed(snils string) string {
	return snils[:3] + "-" + snils[3:6] + "-" + snils[6:9] + " " + snils[9:]
}

// undashed is the way back; "" if it does not look so.
func undashed(s string) string {
	if len(s) != 14 || s[3] != '-' || s[7] != '-' || s[11] != ' ' {
		return ""
	}
	s = s[:3] + s[4:7] + s[8:11] + s[12:]
	if strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}

// plain reports whether a text is short enough and XML can carry it as it is.
func plain(s string) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxText &&
		!strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0xFFFD || r == 0xFFFE || r == 0xFFFF })
}

// file is an element that stands for an attachment.
type file struct {
	ID          string `xml:"docId,attr"`
	Attachment  string `xml:"uuid,attr"`
	Media       string `xml:"mimeType,attr"`
	Description string `xml:"description,attr"`
}

// decode reads one element of the namespace and nothing after it.
func decode(raw []byte, root string, into any, name *xml.Name) error {
	if len(raw) > maxDoc {
		return errors.New("too long")
	}
	d := xml.NewDecoder(bytes.NewReader(raw))
	if d.Decode(into) != nil {
		return errors.New("no well-formed XML")
	}
	for {
		t, err := d.Token()
		if err == io.EOF {
			break
		}
		if text, ok := t.(xml.CharData); err != nil || !ok || len(bytes.TrimSpace(text)) > 0 {
			return errors.New("something follows the root element")
		}
	}
	if *name != (xml.Name{Space: Namespace, Local: root}) {
		return errors.New("another root element")
	}
	return nil
}
