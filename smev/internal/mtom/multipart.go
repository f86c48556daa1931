package mtom

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime/quotedprintable"
	"net/textproto"
	"net/url"
	"strings"
)

// part is a part of a package. Content and headers are as they travel.
type part struct {
	id       string // Content-ID, see contentID
	kind     string // Content-Type
	encoding string // Content-Transfer-Encoding, lower case
	content  []byte
}

// split takes a package apart (RFC 2046, section 5.1.1). mime/multipart is not
// used: it does not see a closing delimiter that follows the last part without
// a line end.
func split(message []byte, boundary string, most Limits) ([]*part, error) {
	if boundary == "" || len(boundary) > 200 || strings.ContainsAny(boundary, "\r\n") {
		return nil, errors.New("mtom: the package has no usable boundary")
	}
	delimiter := []byte("--" + boundary)
	var parts []*part
	start := -1 // of the part being read; in the preamble there is none
	for at := 0; ; {
		i := bytes.Index(message[at:], delimiter)
		if i < 0 {
			return nil, errors.New("mtom: the package is cut short")
		}
		i += at
		at = i + len(delimiter)
		closing := bytes.HasPrefix(message[at:], []byte("--"))
		blank := blankLine(message[at:])
		if !closing && (blank == 0 || i > 0 && message[i-1] != '\n') {
			continue // a longer boundary, or the middle of a line
		}
		if start >= 0 {
			if len(parts) == most.Parts {
				return nil, ErrTooLarge
			}
			raw := message[start:max(start, lineStart(message, i))]
			if int64(len(raw)) > most.Part {
				return nil, ErrTooLarge
			}
			p, err := parsePart(raw)
			if err != nil {
				return nil, err
			}
			parts = append(parts, p)
		}
		if closing {
			if parts == nil {
				return nil, errors.New("mtom: the package is empty")
			}
			return parts, nil
		}
		at += blank
		start = at
	}
}

// blankLine returns the length of the rest of a line if it is blank, else 0.
func blankLine(b []byte) int {
	rest := bytes.TrimLeft(b, " \t")
	rest = bytes.TrimPrefix(rest, []byte("\r"))
	if !bytes.HasPrefix(rest, []byte("\n")) {
		return 0
	}
	return len(b) - len(rest) + 1
}

// lineStart returns i without the line end in front of it, which belongs to
// the delimiter.
func lineStart(message []byte, i int) int {
	head := bytes.TrimSuffix(message[:i], []byte("\n"))
	if len(head) < i {
		head = bytes.TrimSuffix(head, []byte("\r"))
	}
	return len(head)
}

// maxHeader bounds the headers of a part; those of CXF have some 200 octets.
const maxHeader = 8 << 10

func parsePart(raw []byte) (*part, error) {
	malformed := errors.New("mtom: a part has malformed headers")
	head := 0 // length of the headers with the empty line after them
	for line := 0; ; {
		n := bytes.IndexByte(raw[line:min(len(raw), maxHeader)], '\n')
		if n < 0 {
			return nil, malformed
		}
		blank := len(bytes.TrimRight(raw[line:line+n], "\r")) == 0
		line += n + 1
		if blank {
			head = line
			break
		}
	}
	header, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(raw[:head]))).ReadMIMEHeader()
	if err != nil {
		return nil, malformed
	}
	for _, name := range []string{"Content-Id", "Content-Type", "Content-Transfer-Encoding"} {
		if len(header[name]) > 1 {
			return nil, malformed
		}
	}
	return &part{
		id: contentID(header.Get("Content-Id")), kind: header.Get("Content-Type"),
		encoding: strings.ToLower(strings.TrimSpace(header.Get("Content-Transfer-Encoding"))), content: raw[head:],
	}, nil
}

// contentID brings the ways to write a Content-ID to one: without angle
// brackets and percent-decoded. RFC 2392 has it encoded in a cid URL only; CXF
// has encoded it in the header too, and in neither place any longer.
func contentID(s string) string {
	s = strings.TrimSpace(s)
	if inner, ok := strings.CutPrefix(s, "<"); ok {
		s = strings.TrimSuffix(inner, ">")
	}
	if decoded, err := url.PathUnescape(s); err == nil {
		return decoded
	}
	return s
}

// decode undoes the transfer encoding (RFC 2045, section 6).
func (p *part) decode() ([]byte, error) {
	switch p.encoding {
	case "", "7bit", "8bit", "binary":
		return p.content, nil
	case "base64":
		content, err := base64.StdEncoding.DecodeString(strings.Map(func(r rune) rune {
			if r == ' ' || r == '\t' || r == '\r' || r == '\n' {
				return -1
			}
			return r
		}, string(p.content)))
		if err != nil {
			return nil, errors.New("mtom: a part is not the Base64 it says to be")
		}
		return content, nil
	case "quoted-printable":
		content, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(p.content)))
		if err != nil {
			return nil, errors.New("mtom: a part is not the quoted-printable text it says to be")
		}
		return content, nil
	}
	return nil, errors.New("mtom: a part has an unknown transfer encoding")
}

// parseMediaType reads a Content-Type. Unlike mime.ParseMediaType it takes a
// value without quotes up to the next semicolon, whatever its characters.
func parseMediaType(s string) (kind string, params map[string]string, err error) {
	kind, rest, _ := strings.Cut(s, ";")
	params = map[string]string{}
	for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
		var name, value string
		name, rest, _ = strings.Cut(rest, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if value, rest, err = paramValue(strings.TrimSpace(rest)); err != nil {
			return "", nil, err
		}
		if _, twice := params[name]; twice || name == "" {
			return "", nil, errors.New("mtom: malformed media type")
		}
		params[name] = value
	}
	return strings.ToLower(strings.TrimSpace(kind)), params, nil
}

// paramValue returns the value at the beginning of s and what comes after its
// semicolon.
func paramValue(s string) (value, rest string, err error) {
	if !strings.HasPrefix(s, `"`) {
		value, rest, _ = strings.Cut(s, ";")
		return strings.TrimSpace(value), rest, nil
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == '"':
			after := strings.TrimSpace(s[i+1:])
			if after != "" && after[0] != ';' {
				return "", "", errors.New("mtom: malformed media type")
			}
			return b.String(), strings.TrimPrefix(after, ";"), nil
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", errors.New("mtom: malformed media type")
}

// utf8Charset reports whether a charset, if there is one, is UTF-8 or part of
// it.
func utf8Charset(params map[string]string) bool {
	switch strings.ToLower(params["charset"]) {
	case "", "utf-8", "us-ascii":
		return true
	}
	return false
}
