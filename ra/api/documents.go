package api

import (
	"cmp"
	"errors"
	"strings"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// Media types of what goes in and out.
const (
	mediaPKCS10      = "application/pkcs10"
	mediaCertificate = "application/pkix-cert"
	mediaSignature   = "application/pkcs7-signature"
	mediaPDF         = "application/pdf"
	mediaAny         = "application/octet-stream"
)

// mediaScans are those that documents come in. What one really is, is told by
// its content.
var mediaScans = []string{mediaPDF, "image/jpeg", "image/png", "image/tiff", mediaAny}

// mediaDocuments are those that documents of a dossier have.
var mediaDocuments = []string{
	mediaPDF, "image/jpeg", "image/png", "image/tiff", mediaPKCS10, mediaCertificate, mediaSignature,
	"application/xml", "text/plain; charset=utf-8", mediaAny,
}

// extensions are those of files, by media type.
var extensions = map[string]string{
	mediaPDF: ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tiff",
	mediaPKCS10: ".p10", mediaCertificate: ".cer", mediaSignature: ".p7s",
	"application/xml": ".xml", "text/plain; charset=utf-8": ".txt",
}

var attachParameters = []parameter{
	{name: "kind", required: true, en: "of the document: passport_scan, application_scan …; 1 to 64 of a-z, 0-9 and _"},
	{name: "note", en: "about it, for whoever checks it"},
}

func (c *call) attach(data []byte) (*view, error) {
	kind := c.query.Get("kind")
	if len(kind) > 64 || kindName(kind, "") != kind {
		return nil, malformed("kind", "kind", "от 1 до 64 знаков: a-z, 0-9 и _")
	}
	return c.changed(c.authority.Attach(c.ctx(), c.id(), c.actor, kind, data, c.query.Get("note")))
}

// document gives the latest of a kind, or the one of a hash.
func (c *call) document() (*file, error) {
	name := c.r.PathValue("kind")
	for i := len(c.request.Exhibits) - 1; i >= 0; i-- {
		e := c.request.Exhibits[i]
		if c.seesExhibit(e.Kind) && (e.Kind == name || e.Hash == name) {
			return c.file(e)
		}
	}
	return nil, ra.ErrNotFound
}

func (c *call) certificate() (*file, error) {
	e, ok := c.request.Exhibit(ra.CertificateExhibit)
	if !ok {
		return nil, ra.ErrNotFound
	}
	return c.file(e)
}

func (c *call) file(e ra.Exhibit) (*file, error) {
	data, err := c.h.cfg.Authority.DocumentByHash(c.ctx(), c.request, e.Hash)
	if err != nil {
		return nil, err
	}
	media := e.Media
	if extensions[media] == "" {
		media = mediaAny
	}
	return &file{kindName(e.Kind, extensions[e.Media]), media, data}, nil
}

func (c *call) submitRequest(der []byte) (*view, error) {
	r, err := c.authority.SubmitCSR(c.ctx(), c.id(), c.actor, der)
	if err != nil && rowOf(err).code == "internal" {
		// The authority does not tell what is wrong with the bytes by type.
		if _, bad := csr.Standard().Parse(der); bad != nil && !errors.Is(bad, csr.ErrUnknownAlgorithm) {
			err = &requestError{err}
		}
	}
	return c.changed(r, err)
}

func (c *call) signApplication(signature []byte) (*view, error) {
	return c.changed(c.authority.SignApplication(c.ctx(), c.id(), c.actor, signature))
}

func (c *call) acknowledge(signature []byte) (*view, error) {
	return c.changed(c.authority.Acknowledge(c.ctx(), c.id(), c.actor, signature))
}

func (c *call) installed(readBack []byte) (*view, error) {
	return c.changed(c.authority.ConfirmInstalled(c.ctx(), c.id(), c.actor, readBack))
}

// attesting is evidence on a person's word.
type attesting struct {
	Evidence workflow.Evidence `json:"evidence"`
	Note     string            `json:"note"`
}

func (c *call) attest(in *attesting) (*view, error) {
	if err := needNote(in.Note); err != nil {
		return nil, err
	}
	return c.changed(c.authority.Attest(c.ctx(), c.id(), c.actor, in.Evidence, in.Note))
}

// identifying is how a person was identified.
type identifying struct {
	How  string `json:"how"` // in_person, by_certificate, by_chip_passport, by_biometrics
	Note string `json:"note"`
}

var identifications = map[string]qualified.Identification{
	"in_person":        qualified.InPerson,
	"by_certificate":   qualified.ByCertificate,
	"by_chip_passport": qualified.ByChipPassport,
	"by_biometrics":    qualified.ByBiometrics,
}

func (c *call) identifyOwner(in *identifying) (*view, error) {
	how, ok := identifications[in.How]
	if !ok {
		return nil, malformed("how", "unknown", "in_person, by_certificate, by_chip_passport или by_biometrics")
	}
	if err := needNote(in.Note); err != nil {
		return nil, err
	}
	return c.changed(c.authority.Identify(c.ctx(), c.id(), c.actor, how, in.Note))
}

// kindName is what the name of a file is made of: a kind, and nothing else.
func kindName(kind, extension string) string {
	return cmp.Or(strings.Map(func(r rune) rune {
		if r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, kind), "document") + extension
}
