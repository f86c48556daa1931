package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/internal/atomicfile"
	"github.com/surguch/surguch/internal/oid"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/token"
)

// errOtherCertificate says that the server's certificate is not for the request
// that was handed in.
var errOtherCertificate = errors.New("rqmaker: the certificate is not what was requested")

// acknowledge shows what the certificate says, and signs the sheet of it with
// the new key when the owner has said that it is right.
func (j *journey) acknowledge(ctx context.Context) error {
	if j.state.Signature == nil {
		if err := j.signSheet(ctx); err != nil {
			return err
		}
	}
	err := j.client.post(ctx, j.state.Request, "/acknowledgement", "application/pkcs7-signature", j.state.Sends[sendAcknowledgement], j.state.Signature)
	if err == nil {
		j.say("Ознакомление подписано и отправлено.")
	}
	return err
}

// signSheet asks the owner and signs.
func (j *journey) signSheet(ctx context.Context) error {
	cert, err := j.certificate(ctx)
	if err != nil {
		return err
	}
	sheet, err := j.client.send(ctx, message{method: http.MethodGet, path: of(j.state.Request, "/documents/"+string(ra.CertificateSheet))})
	if err != nil {
		return err
	}
	path := j.state.path("certificate-" + j.state.Request + ".pdf")
	if err := atomicfile.Write(path, sheet, 0o600); err != nil {
		return fmt.Errorf("-state: %w", err)
	}
	j.say("Сертификат выпущен. Проверьте сведения:")
	j.showCertificate(cert)
	j.row("бланк", path)
	yes, err := j.agree(ctx, "Я проверил сведения, они верны. Подписать ознакомление?")
	if err != nil {
		return err
	}
	if !yes {
		return errDeclined
	}
	entry, err := token.Find(ctx, j.carrier, j.state.Key)
	if err != nil {
		return err
	}
	signature, err := cms.Sign(algorithms(), entry.Key, cert, cms.Options{Detached: true, At: time.Now()}, sheet)
	if err != nil {
		return err
	}
	j.state.Signature = signature
	return j.state.save()
}

// certificate fetches the certificate, and refuses one that is not what was
// requested: another key, or another name.
func (j *journey) certificate(ctx context.Context) (*csr.Certificate, error) {
	if j.state.PKCS10 == nil {
		return nil, errElsewhere
	}
	if err := j.open(ctx); err != nil {
		return nil, err
	}
	der, err := j.client.send(ctx, message{method: http.MethodGet, path: of(j.state.Request, "/certificate")})
	if err != nil {
		return nil, err
	}
	cert, err := algorithms().ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errOtherCertificate, err)
	}
	request, err := algorithms().Parse(j.state.PKCS10)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errStateBroken, err)
	}
	if err := cert.Matches(request); err != nil {
		return nil, fmt.Errorf("%w: %w", errOtherCertificate, err)
	}
	return cert, nil
}

// errElsewhere says that the key of the request was not made by this
// workstation.
var errElsewhere = errors.New("rqmaker: the key was made elsewhere")

// showCertificate shows what a certificate says.
func (j *journey) showCertificate(c *csr.Certificate) {
	for _, a := range c.Subject.Attributes() {
		j.row(oid.Russian(a.Type), a.Value)
	}
	j.row("издатель", c.Issuer.Get(csr.CommonName))
	j.row("номер", fmt.Sprintf("%X", c.SerialNumber))
	j.row("действует", "с "+c.NotBefore.Format("02.01.2006 15:04 MST")+" по "+c.NotAfter.Format("02.01.2006 15:04 MST"))
	j.row("SHA-256", fmt.Sprintf("%X", sha256.Sum256(c.Raw)))
}
