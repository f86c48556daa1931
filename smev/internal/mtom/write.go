package mtom

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"

	"github.com/surguch/surguch/smev/xmldsig"
)

// Write packages a document of SOAP 1.1 as Apache CXF does and returns the
// Content-Type and the package. The elements called by one of names lose their
// Base64 to parts of their own; one whose content is not Base64 on a single
// line, or is empty, keeps it, so that Read gives the document back octet by
// octet. random makes the boundary and the Content-IDs, 32 octets; nobody who
// writes the document may foresee them, so it is crypto/rand outside tests.
func Write(doc []byte, random io.Reader, names ...xmldsig.Name) (contentType string, body []byte, err error) {
	elements, err := locate(doc)
	if err != nil {
		return "", nil, err
	}
	boundary, err := newUUID(random)
	if err != nil {
		return "", nil, err
	}
	ids, err := newUUID(random)
	if err != nil {
		return "", nil, err
	}
	boundary = "uuid:" + boundary

	const root = "root.message@cxf.apache.org"
	body = appendHead(body, boundary, xopType+`; charset=UTF-8; type="`+soapType+`"`, root)
	var tail []byte
	done, n := 0, 0
	for _, e := range elements {
		if !slices.Contains(names, e.Name) || len(e.Children) != 0 {
			continue
		}
		text := doc[e.inside:e.insideEnd]
		content, err := base64.StdEncoding.AppendDecode(nil, text)
		if err != nil || len(content) == 0 || base64.StdEncoding.EncodeToString(content) != string(text) {
			continue
		}
		n++
		name := ids + "-" + strconv.Itoa(n) + "@"
		body = append(body, doc[done:e.inside]...)
		body = fmt.Appendf(body, `<xop:Include xmlns:xop="%s" href="cid:%s"/>`,
			includeName.Space, name+url.QueryEscape(e.Name.Space))
		done = e.insideEnd
		tail = appendHead(tail, boundary, "application/octet-stream", name+e.Name.Space)
		tail = append(tail, content...)
	}
	body = append(append(body, doc[done:]...), tail...)
	body = append(body, "\r\n--"+boundary+"--"...)
	return `multipart/related; type="` + xopType + `"; boundary="` + boundary +
		`"; start="<` + root + `>"; start-info="` + soapType + `"`, body, nil
}

// appendHead begins a part.
func appendHead(b []byte, boundary, kind, id string) []byte {
	return fmt.Appendf(b, "\r\n--%s\r\nContent-Type: %s\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <%s>\r\n\r\n",
		boundary, kind, id)
}

// newUUID returns a UUID of version 4 (RFC 4122, section 4.4).
func newUUID(random io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", errors.New("mtom: no randomness for a boundary")
	}
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]), nil
}
