package smevtest

import (
	"bytes"
	"embed"
	"encoding/xml"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/surguch/surguch/smev/internal/soap"
)

//go:embed schemas/*.wsdl schemas/*.xsd
var schemas embed.FS

var (
	schemaLocation = regexp.MustCompile(`schemaLocation="([^"]+\.xsd)"`)
	soapLocation   = regexp.MustCompile(`(<soap:address location=")[^"]*"`)
)

// describe answers ?wsdl and ?xsd=name of an endpoint, and reports whether it
// was asked for one of them. Where the files refer to one another, and to the
// endpoint, they are given the addresses of this server.
func describe(w http.ResponseWriter, r *http.Request, v *soap.Version) bool {
	query := r.URL.Query()
	switch name := query.Get("xsd"); {
	case query.Has("wsdl"):
		doc, err := schemas.ReadFile("schemas/smev-message-exchange-service-" + v.Name() + ".wsdl")
		if err != nil {
			return false
		}
		var address bytes.Buffer
		_ = xml.EscapeText(&address, []byte((&url.URL{Scheme: "http", Host: r.Host, Path: v.Path()}).String())) // never fails
		doc = soapLocation.ReplaceAll(doc, []byte("${1}"+strings.ReplaceAll(address.String(), "$", "$$")+`"`))
		writeXML(w, referring(doc))
	case strings.HasSuffix(name, "-"+v.Name()+".xsd"):
		doc, err := schemas.ReadFile("schemas/" + name)
		if err != nil {
			http.NotFound(w, r)
			return true
		}
		writeXML(w, referring(doc))
	case query.Has("xsd"):
		http.NotFound(w, r)
	default:
		return false
	}
	return true
}

// referring has a file refer to others as an endpoint serves them.
func referring(doc []byte) []byte {
	return schemaLocation.ReplaceAll(doc, []byte(`schemaLocation="?xsd=${1}"`))
}

// serveSchema serves a file under /ws/, where real SMEV has those of 1.3, as
// it was published.
func serveSchema(w http.ResponseWriter, r *http.Request, name string) {
	doc, err := schemas.ReadFile("schemas/" + name)
	if err != nil || r.Method != http.MethodGet {
		http.NotFound(w, r)
		return
	}
	writeXML(w, doc)
}

func writeXML(w http.ResponseWriter, doc []byte) {
	w.Header().Set("Content-Type", soap.ContentType)
	_, _ = w.Write(doc) // a reader that has gone away is his own affair
}
