package xmldsig_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
)

// plainTransform is SMEV's transform of a canonical document, written after
// the rules and the classes they come from and without a thought for speed:
// the oracle of the tests.
func plainTransform(canonical []byte) (string, error) {
	type mapping struct{ space, prefix string }
	type tag struct {
		name     string
		mappings []mapping
	}
	var out strings.Builder
	var open []tag
	count := 0
	prefixOf := func(space string) string {
		for _, o := range open {
			for _, m := range o.mappings {
				if m.space == space {
					return m.prefix
				}
			}
		}
		count++
		prefix := fmt.Sprintf("ns%d", count)
		top := &open[len(open)-1]
		top.mappings = append(top.mappings, mapping{space, prefix})
		return prefix
	}
	d := xml.NewDecoder(strings.NewReader(string(canonical)))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return out.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Space == "" {
				return "", errors.New("no namespace")
			}
			open = append(open, tag{})
			name := prefixOf(token.Name.Space) + ":" + token.Name.Local
			attrs := slices.DeleteFunc(token.Attr, func(a xml.Attr) bool {
				return a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns"
			})
			slices.SortFunc(attrs, func(a, b xml.Attr) int {
				if (a.Name.Space == "") != (b.Name.Space == "") {
					return len(b.Name.Space) - len(a.Name.Space)
				}
				return slices.Compare(
					append(append(units(a.Name.Space), 0), units(a.Name.Local)...),
					append(append(units(b.Name.Space), 0), units(b.Name.Local)...))
			})
			written := ""
			for _, a := range attrs {
				name := a.Name.Local
				if a.Name.Space != "" {
					name = prefixOf(a.Name.Space) + ":" + name
				}
				written += fmt.Sprintf(` %s="%s"`, name, plainValue(a.Value))
			}
			open[len(open)-1].name = name
			out.WriteString("<" + name)
			for _, m := range open[len(open)-1].mappings {
				fmt.Fprintf(&out, ` xmlns:%s="%s"`, m.prefix, plainValue(m.space))
			}
			out.WriteString(written + ">")
		case xml.EndElement:
			out.WriteString("</" + open[len(open)-1].name + ">")
			open = open[:len(open)-1]
		case xml.CharData:
			text := units(string(token))
			if slices.ContainsFunc(text, func(u uint16) bool { return u > ' ' }) {
				out.WriteString(string(utf16.Decode(plainText(text))))
			}
		}
	}
}

func units(s string) []uint16 { return utf16.Encode([]rune(s)) }

func plainValue(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;", "\r", "&#xd;", "\n", "&#xa;", "\t", "&#x9;").Replace(s)
}

// plainText is what the stream writer does with a text: shorter than 12 units
// it goes as it is, longer it goes through a buffer of 512.
func plainText(text []uint16) (out []uint16) {
	if len(text) < 12 {
		for i, u := range text {
			if u == '>' && i != 0 && text[i-1] != ']' {
				out = append(out, u)
			} else {
				out = append(out, plainUnit(u)...)
			}
		}
		return out
	}
	for buffer := range slices.Chunk(text, 512) {
		for start, i := 0, 0; i < len(buffer); i++ {
			u := buffer[i]
			escape := u == '<' || u == '&' || u == '\r' || u == '>' && (i == start || buffer[i-1] == ']')
			if !escape {
				out = append(out, u)
				continue
			}
			out = append(out, plainUnit(u)...)
			start = i + 1
		}
	}
	return out
}

func plainUnit(u uint16) []uint16 {
	switch u {
	case '<':
		return units("&lt;")
	case '>':
		return units("&gt;")
	case '&':
		return units("&amp;")
	case '\r':
		return units("&#xd;")
	}
	return []uint16{u}
}
