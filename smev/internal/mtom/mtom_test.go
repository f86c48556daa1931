package mtom_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/surguch/surguch/smev/internal/mtom"
	"github.com/surguch/surguch/smev/xmldsig"
)

const (
	contentType = `multipart/related; type="application/xop+xml"; boundary="uuid:b"; start="<root.message@cxf.apache.org>"; start-info="text/xml"`
	xop         = `xmlns:xop="http://www.w3.org/2004/08/xop/include"`
)

// pack is a package with boundary uuid:b, lines ending as CXF ends them.
func pack(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString("\r\n--uuid:b\r\n" + p)
	}
	return b.String() + "\r\n--uuid:b--"
}

// root is the root part with a document.
func root(doc string) string {
	return "Content-Type: application/xop+xml; charset=UTF-8; type=\"text/xml\"\r\nContent-Transfer-Encoding: binary\r\n" +
		"Content-ID: <root.message@cxf.apache.org>\r\n\r\n" + doc
}

func attachment(id, content string) string {
	return "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <" + id + ">\r\n\r\n" + content
}

func include(cid string) string { return `<xop:Include ` + xop + ` href="cid:` + cid + `"/>` }

func read(contentType, body string) (string, error) {
	doc, err := mtom.Read(contentType, strings.NewReader(body), mtom.Limits{})
	return string(doc), err
}

func TestRead(t *testing.T) {
	const two = `<a><b>AP8=</b><c x="'>">Ag==</c></a>`
	twoParts := []string{attachment("1@x", "\x00\xff"), attachment("2@x", "\x02")}
	doc := `<a><b>` + include("1@x") + `</b><c x="'>">` + include("2@x") + `</c></a>`
	for name, c := range map[string]struct{ contentType, body, want string }{
		"text/xml":         {"text/xml; charset=utf-8", "<a/>", "<a/>"},
		"no charset":       {"Text/XML", "<a/>", "<a/>"},
		"Include as it is": {"text/xml", "<a>" + include("x") + "</a>", "<a>" + include("x") + "</a>"},
		"no parts":         {contentType, pack(root("<a/>")), "<a/>"},
		"a byte order mark and comments": {contentType, pack(root("\uFEFF<?xml version=\"1.0\"?><!-- <x> --><a><![CDATA[<y>]]><b>"+include("1@x")+"</b></a>"), twoParts[0]),
			"\uFEFF<?xml version=\"1.0\"?><!-- <x> --><a><![CDATA[<y>]]><b>AP8=</b></a>"},
		"two parts":          {contentType, pack(root(doc), twoParts[0], twoParts[1]), two},
		"parts in any order": {contentType, pack(twoParts[1], root(doc), twoParts[0]), two},
		"two tags":           {contentType, pack(root(`<a><xop:Include `+xop+` href="cid:1@x"></xop:Include></a>`), twoParts[0]), "<a>AP8=</a>"},
		"default namespace":  {contentType, pack(root(`<a><Include href='CID:1@x' xmlns="http://www.w3.org/2004/08/xop/include"/></a>`), twoParts[0]), "<a>AP8=</a>"},
		"another Include":    {contentType, pack(root(`<a><Include href="cid:1@x"/></a>`), twoParts[0]), `<a><Include href="cid:1@x"/></a>`},
		"an empty part":      {contentType, pack(root("<a>"+include("1@x")+"</a>"), attachment("1@x", "")), "<a></a>"},
		"nobody refers":      {contentType, pack(root("<a/>"), twoParts[0], "Content-Type: text/plain\r\n\r\nx"), "<a/>"},
		"encoded here, plain there": {contentType, pack(root("<a>"+include("1@urn%3A%2F%2Fx")+"</a>"), attachment("1@urn://x", "\x00\xff")),
			"<a>AP8=</a>"},
		"encoded in both": {contentType, pack(root("<a>"+include("1@urn%3A%2F%2Fx")+"</a>"), attachment("1@urn%3A%2F%2Fx", "\x00\xff")),
			"<a>AP8=</a>"},
		"an odd percent sign": {contentType, pack(root("<a>"+include("1%zz")+"</a>"), attachment("1%zz", "\x00\xff")), "<a>AP8=</a>"},
		"no quotes, no start": {"multipart/related;boundary=uuid:b;type=application/xop+xml", pack(root(doc), twoParts[0], twoParts[1]), two},
		"start without brackets": {`Multipart/Related; start=root.message@cxf.apache.org; Boundary="uuid:\b";`,
			pack(twoParts[1], root(doc), twoParts[0]), two},
		"no brackets, folded headers": {contentType, pack(root("<a>"+include("1@x")+"</a>"),
			"content-type:\r\n application/octet-stream\r\ncontent-id:\t1@x\r\n\r\n\x00\xff"), "<a>AP8=</a>"},
		"line feeds alone": {contentType, strings.ReplaceAll(pack(root(doc), twoParts[0], twoParts[1]), "\r\n", "\n"), two},
		"preamble, blanks after the boundary, epilogue": {contentType,
			"preamble --uuid:b\r\n--uuid:b \t\r\n" + root("<a/>") + "\r\n--uuid:b--\r\nepilogue\r\n--uuid:b\r\n", "<a/>"},
		"begins with the boundary":           {contentType, strings.TrimPrefix(pack(root("<a/>")), "\r\n"), "<a/>"},
		"no line end before the end":         {contentType, strings.Replace(pack(root("<a/>")), "\r\n--uuid:b--", "--uuid:b--", 1), "<a/>"},
		"the boundary inside a line":         {contentType, pack(root("<a>"+include("1@x")+"</a>"), attachment("1@x", "x--uuid:b\r\n")), "<a>eC0tdXVpZDpiDQo=</a>"},
		"a longer boundary":                  {contentType, pack(root("<a>"+include("1@x")+"</a>"), attachment("1@x", "\r\n--uuid:b1\r\n")), "<a>DQotLXV1aWQ6YjENCg==</a>"},
		"base64":                             {contentType, pack(root("<a>"+include("1@x")+"</a>"), "Content-ID: <1@x>\r\nContent-Transfer-Encoding: Base64\r\n\r\nAP\r\n8=\r\n"), "<a>AP8=</a>"},
		"quoted-printable":                   {contentType, pack(root("<a>"+include("1@x")+"</a>"), "Content-ID: <1@x>\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=00=\r\n=FF"), "<a>AP8=</a>"},
		"8bit":                               {contentType, pack(root("<a>"+include("1@x")+"</a>"), "Content-ID: <1@x>\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\x00\xff"), "<a>AP8=</a>"},
		"a root of another kind, no Include": {`multipart/related; type="text/xml"; boundary=uuid:b`, pack("Content-Type: text/xml\r\n\r\n<a/>"), "<a/>"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := read(c.contentType, c.body); err != nil || got != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	one := attachment("1@x", "\x00")
	in := func(doc string, parts ...string) string { return pack(append([]string{root(doc)}, parts...)...) }
	for name, c := range map[string]struct{ contentType, body, want string }{
		"JSON":                     {"application/json", "{}", "neither text/xml nor"},
		"nothing":                  {"", "<a/>", "neither text/xml nor"},
		"SOAP 1.2":                 {"application/soap+xml", "<a/>", "neither text/xml nor"},
		"SOAP 1.2 in a package":    {`multipart/related; type="application/soap+xml"; boundary="uuid:b"`, in("<a/>"), "neither text/xml nor"},
		"bare XOP":                 {"application/xop+xml", "<a/>", "neither text/xml nor"},
		"windows-1251":             {"text/xml; charset=windows-1251", "<a/>", "neither text/xml nor"},
		"windows-1251 in a part":   {contentType, pack(strings.Replace(root("<a/>"), "UTF-8", "windows-1251", 1)), "neither text/xml nor"},
		"a root that is no XML":    {"multipart/related; boundary=uuid:b", pack(one), "neither text/xml nor"},
		"a parameter twice":        {contentType + "; boundary=c", in("<a/>"), "malformed media type"},
		"an open quote":            {`multipart/related; boundary="uuid:b`, in("<a/>"), "malformed media type"},
		"text after a quote":       {`multipart/related; boundary="uuid:b"x`, in("<a/>"), "malformed media type"},
		"a nameless parameter":     {`multipart/related; ="uuid:b"`, in("<a/>"), "malformed media type"},
		"no boundary":              {"multipart/related", in("<a/>"), "no usable boundary"},
		"a boundary of two lines":  {"multipart/related; boundary=\"a\r\nb\"", in("<a/>"), "no usable boundary"},
		"no parts":                 {contentType, "--uuid:b--", "is empty"},
		"no delimiter":             {contentType, "<a/>", "cut short"},
		"no end":                   {contentType, strings.TrimSuffix(in("<a/>"), "--"), "cut short"},
		"no start":                 {contentType, pack(one), "lacks the part it starts with"},
		"an empty start":           {`multipart/related; boundary=uuid:b; start=""`, pack("Content-Type: text/xml\r\n\r\n<a/>"), "lacks the part it starts with"},
		"a part without headers":   {contentType, "--uuid:b\r\n--uuid:b--", "malformed headers"},
		"one Content-ID twice":     {contentType, in("<a/>", one, attachment("1%40x", "")), "two parts have one Content-ID"},
		"the root's Content-ID":    {contentType, in("<a/>", attachment("root.message@cxf.apache.org", "")), "two parts have one Content-ID"},
		"two Content-IDs":          {contentType, in("<a/>", "Content-ID: <1>\r\nContent-Id: <2>\r\n\r\n"), "malformed headers"},
		"no end of headers":        {contentType, in("<a/>", "Content-ID: <1>"), "malformed headers"},
		"malformed headers":        {contentType, in("<a/>", "Content-ID <1>\r\n\r\n"), "malformed headers"},
		"endless headers":          {contentType, in("<a/>", "X: "+strings.Repeat("x", 9000)+"\r\n\r\n"), "malformed headers"},
		"an unknown encoding":      {contentType, in("<a>"+include("1@x")+"</a>", strings.Replace(one, "binary", "uuencode", 1)), "unknown transfer encoding"},
		"not Base64":               {contentType, in("<a>"+include("1@x")+"</a>", strings.Replace(one, "binary", "base64", 1)), "not the Base64 it says"},
		"not quoted-printable":     {contentType, in("<a>"+include("1@x")+"</a>", strings.Replace(attachment("1@x", "\x01"), "binary", "quoted-printable", 1)), "not the quoted-printable text"},
		"a missing part":           {contentType, in("<a>" + include("2%40x") + "</a>"), `no part "2@x"`},
		"the root itself":          {contentType, in("<a>" + include("root.message@cxf.apache.org") + "</a>"), "no part"},
		"a part twice":             {contentType, in("<a><b>"+include("1@x")+"</b><c>"+include("1@x")+"</c></a>", one), "referred to twice"},
		"text beside":              {contentType, in("<a>secret"+include("1@x")+"</a>", one), "not alone in its element"},
		"blanks beside":            {contentType, in("<a> "+include("1@x")+"</a>", one), "not alone in its element"},
		"an element beside":        {contentType, in("<a>"+include("1@x")+"<b/></a>", one), "not alone in its element"},
		"two in one element":       {contentType, in("<a>"+include("1@x")+include("2@x")+"</a>", one, attachment("2@x", "")), "not alone in its element"},
		"a comment beside":         {contentType, in("<a>"+include("1@x")+"<!-- --></a>", one), "not alone in its element"},
		"something inside":         {contentType, in("<a><xop:Include "+xop+` href="cid:1@x"><b/></xop:Include></a>`, one), "not alone in its element"},
		"the document is Include":  {contentType, in(include("1@x"), one), "not alone in its element"},
		"no href":                  {contentType, in("<a><xop:Include "+xop+"/></a>", one), "no cid URL"},
		"http":                     {contentType, in("<a><xop:Include "+xop+` href="http://secret/"/></a>`, one), "no cid URL"},
		"an empty cid":             {contentType, in("<a>"+include("")+"</a>", one), "no cid URL"},
		"malformed beside Include": {contentType, in("<a>"+include("1@x")+"</b>", one), "xmldsig:"},
		"a document type":          {contentType, in("<!DOCTYPE a><a>"+include("1@x")+"</a>", one), "xmldsig:"},
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := mtom.Read(c.contentType, strings.NewReader(c.body), mtom.Limits{})
			if err == nil || doc != nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %q, %v, want %s", doc, err, c.want)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error quotes the message: %v", err)
			}
			if strings.HasPrefix(c.want, "neither") != errors.Is(err, mtom.ErrMediaType) {
				t.Errorf("%v is ErrMediaType: %v", err, errors.Is(err, mtom.ErrMediaType))
			}
		})
	}
	var missing *mtom.MissingPartError
	if _, err := read(contentType, in("<a>"+include("2%40x")+"</a>")); !errors.As(err, &missing) || missing.CID != "2@x" {
		t.Errorf("got %v, want the part 2@x named", err)
	}
}

func TestLimits(t *testing.T) {
	body := pack(root("<a>"+include("1@x")+"</a>"), attachment("1@x", strings.Repeat("x", 1000)))
	size := int64(len(body))
	for _, c := range []struct {
		most mtom.Limits
		want bool
	}{
		{mtom.Limits{}, true},
		{mtom.Limits{Message: size, Parts: 2, Part: 1200}, true},
		{mtom.Limits{Message: size - 1}, false},
		{mtom.Limits{Parts: 1}, false},
		{mtom.Limits{Part: 1000}, false},
	} {
		doc, err := mtom.Read(contentType, strings.NewReader(body), c.most)
		if (err == nil) != c.want || (doc != nil) != c.want || err != nil && !errors.Is(err, mtom.ErrTooLarge) {
			t.Errorf("%+v: got %d octets, %v", c.most, len(doc), err)
		}
	}
	if _, err := mtom.Read("text/xml", strings.NewReader(strings.Repeat("x", 11)), mtom.Limits{Message: 10}); !errors.Is(err, mtom.ErrTooLarge) {
		t.Errorf("text/xml: got %v", err)
	}
	broken := errors.New("broken")
	if _, err := mtom.Read("text/xml", iotest.ErrReader(broken), mtom.Limits{}); !errors.Is(err, broken) {
		t.Errorf("got %v, want the error of the body", err)
	}
	// Not more than one octet beyond the limit is read.
	rest := strings.NewReader(strings.Repeat("x", 100))
	if _, err := mtom.Read("text/xml", rest, mtom.Limits{Message: 10}); err == nil || rest.Len() != 89 {
		t.Errorf("%d octets are left, %v", rest.Len(), err)
	}
	// A body nobody can read is not read.
	if _, err := mtom.Read("image/png", rest, mtom.Limits{}); err == nil || rest.Len() != 89 {
		t.Errorf("%d octets are left, %v", rest.Len(), err)
	}
}

const basic = "urn://x-artefacts-smev-gov-ru/services/message-exchange/types/basic/1.2"

// names are the elements that CXF takes out of a message of SMEV.
var names = []xmldsig.Name{{Space: basic, Local: "Content"}, {Space: basic, Local: "SignaturePKCS7"}}

func TestWrite(t *testing.T) {
	const doc = `<e xmlns:n="` + basic + `"><n:SignaturePKCS7>MAA=</n:SignaturePKCS7><n:Id>MAA=</n:Id><n:Content>AP8=</n:Content></e>`
	random := bytes.NewReader(bytes.Repeat([]byte{0xab}, 32))
	kind, body, err := mtom.Write([]byte(doc), random, names...)
	if err != nil {
		t.Fatal(err)
	}
	const id = "abababab-abab-4bab-abab-abababababab"
	wantKind := `multipart/related; type="application/xop+xml"; boundary="uuid:` + id + `"; start="<root.message@cxf.apache.org>"; start-info="text/xml"`
	if kind != wantKind {
		t.Errorf("got  %s\nwant %s", kind, wantKind)
	}
	const cid = "urn%3A%2F%2Fx-artefacts-smev-gov-ru%2Fservices%2Fmessage-exchange%2Ftypes%2Fbasic%2F1.2"
	want := "\r\n--uuid:" + id + "\r\n" +
		"Content-Type: application/xop+xml; charset=UTF-8; type=\"text/xml\"\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <root.message@cxf.apache.org>\r\n\r\n" +
		`<e xmlns:n="` + basic + `"><n:SignaturePKCS7>` + include(id+"-1@"+cid) + `</n:SignaturePKCS7><n:Id>MAA=</n:Id><n:Content>` + include(id+"-2@"+cid) + `</n:Content></e>` +
		"\r\n--uuid:" + id + "\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <" + id + "-1@" + basic + ">\r\n\r\n\x30\x00" +
		"\r\n--uuid:" + id + "\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <" + id + "-2@" + basic + ">\r\n\r\n\x00\xff" +
		"\r\n--uuid:" + id + "--"
	if string(body) != want {
		t.Errorf("got  %q\nwant %q", body, want)
	}
	if got, err := read(kind, string(body)); err != nil || got != doc {
		t.Errorf("got %s, %v, want %s", got, err, doc)
	}
}

// What is not Base64 on a single line stays where it is, and every document
// comes back octet by octet.
func TestWriteKeeps(t *testing.T) {
	for name, inside := range map[string]string{
		"nothing": "", "an empty element": "<n:Content/>", "two empty tags": "<n:Content></n:Content>",
		"two lines": "<n:Content>AP8=\n</n:Content>", "CDATA": "<n:Content><![CDATA[AP8=]]></n:Content>", "a reference": "<n:Content>AP8&#61;</n:Content>",
		"a comment": "<n:Content>AP8=<!-- --></n:Content>", "bits too many": "<n:Content>AP9=</n:Content>", "no padding": "<n:Content>AP8</n:Content>",
		"an element": "<n:Content><x/></n:Content>", "another namespace": `<Content>AP8=</Content>`,
		"an Include of the sender": "<n:Other>" + include("x") + "</n:Other>",
	} {
		doc := `<?xml version="1.0"?><e xmlns:n="` + basic + `">` + inside + `</e>`
		kind, body, err := mtom.Write([]byte(doc), bytes.NewReader(make([]byte, 32)), names...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if strings.Contains(string(body), "-1@") {
			t.Errorf("%s: taken out: %s", name, body)
		}
		if name == "an Include of the sender" {
			continue // it refers to nothing
		}
		if got, err := read(kind, string(body)); err != nil || got != doc {
			t.Errorf("%s: got %s, %v, want %s", name, got, err, doc)
		}
	}
	for name, c := range map[string]struct {
		doc    string
		random io.Reader
	}{
		"malformed":             {"<a>", bytes.NewReader(make([]byte, 32))},
		"no randomness":         {"<a/>", iotest.ErrReader(io.ErrClosedPipe)},
		"not enough randomness": {"<a/>", bytes.NewReader(make([]byte, 31))},
	} {
		if kind, body, err := mtom.Write([]byte(c.doc), c.random); err == nil || kind != "" || body != nil {
			t.Errorf("%s: got %s, %s", name, kind, body)
		}
	}
}

// FuzzMTOM reads any package. A document that is read is one whose elements
// can be told apart, and it comes back from a package of our own.
func FuzzMTOM(f *testing.F) {
	f.Add(contentType, []byte(pack(root("<a><b>"+include("1@x")+"</b></a>"), attachment("1@x", "\x00\xff"))))
	f.Add("multipart/related;boundary=uuid:b", []byte("--uuid:b\nContent-Type: text/xml\n\n<a/>--uuid:b--"))
	f.Add(`multipart/related; boundary="uuid:b"; start="<1%40x>"`, []byte(pack("Content-ID: 1@x\r\nContent-Type: application/xop+xml\r\nContent-Transfer-Encoding: base64\r\n\r\nPGEvPg==")))
	f.Add("text/xml", []byte(`<?xml version="1.0"?><!-- <a> --><n:e xmlns:n="`+basic+`"><n:Content>AP8=</n:Content><![CDATA[<]]><b c='>'/></n:e>`))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		doc, err := mtom.Read(contentType, bytes.NewReader(body), mtom.Limits{Message: 1 << 20, Parts: 8})
		if err != nil {
			if doc != nil {
				t.Fatal("a document together with an error")
			}
			return
		}
		if len(doc) > 2*len(body) {
			t.Fatalf("%d octets became %d", len(body), len(doc))
		}
		foreseen := sha256.Sum256(doc) // yet by nobody who writes doc
		kind, again, err := mtom.Write(doc, bytes.NewReader(foreseen[:]), names...)
		if err != nil {
			if _, err := xmldsig.Parse(doc); err == nil {
				t.Fatalf("%s is a document, but: %v", doc, err)
			}
			return
		}
		var missing *mtom.MissingPartError
		back, err := mtom.Read(kind, bytes.NewReader(again), mtom.Limits{})
		if err == nil && !bytes.Equal(back, doc) {
			t.Fatalf("got  %s\nwant %s", back, doc)
		}
		if err != nil && !bytes.Contains(doc, []byte("Include")) || errors.As(err, &missing) && strings.Contains(missing.CID, "-1@") {
			t.Fatalf("%s: %v", again, err)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	body := pack(root("<a>"+strings.Repeat("<f>x</f>", 1000)+"<b>"+include("1@x")+"</b></a>"), attachment("1@x", strings.Repeat("x", 1<<20)))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := read(contentType, body); err != nil {
			b.Fatal(err)
		}
	}
}
