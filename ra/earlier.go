package ra

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/workflow"
)

// earlier is where a certificate came from: the request that ordered it, and
// the CA that issued it, under what key. Renewal, revocation and suspension are
// requests of their own, and find it by the serial number in their form.
type earlier struct {
	request     *Request
	certificate *csr.Certificate
	order       string // key
	route       Route
}

// errNoCertificate says that no certificate ordered here is meant.
var errNoCertificate = fmt.Errorf("%w: no certificate of this serial number was ordered here for the owner of the form", ErrNotFound)

// concerns reports whether requests of a process are about a certificate that
// exists.
func concerns(p *workflow.Process) bool {
	return waitsFor(p, workflow.PredecessorValid) || alters(p)
}

// alters reports whether requests of a process change what becomes of a
// certificate that exists.
func alters(p *workflow.Process) bool {
	return waitsFor(p, workflow.CertificateRevoked, workflow.CertificateSuspended, workflow.CertificateResumed)
}

// waitsFor reports whether any of the evidence opens an arrow anywhere.
func waitsFor(p *workflow.Process, evidence ...workflow.Evidence) bool {
	return slices.ContainsFunc(p.Steps, func(s workflow.Step) bool {
		return slices.ContainsFunc(evidence, func(e workflow.Evidence) bool { return slices.Contains(s.Needs, e) })
	})
}

// certificateClaim is the name under which a certificate belongs for ever to
// the request that ordered it. Serial numbers are told apart within one CA
// only (RFC 5280, section 4.1.2.2), so the name has the route.
func certificateClaim(route string, serial *big.Int) string {
	return "certificate:" + serial.Text(16) + "@" + route
}

// certificateClaims are the claims of a certificate that was checked.
func (a *Authority) certificateClaims(route Route, der []byte) []string {
	c, err := a.cfg.Algorithms.ParseCertificate(der)
	if err != nil || c.SerialNumber.Sign() <= 0 {
		return nil
	}
	return []string{certificateClaim(route.Name, c.SerialNumber)}
}

// parseSerial reads a serial number of up to 20 octets (RFC 5280, section
// 4.1.2.2), in hexadecimal, as a sheet shows it: in groups.
func parseSerial(text string) (*big.Int, bool) {
	digits := strings.Join(strings.Fields(text), "")
	if strings.Trim(digits, "0123456789abcdefABCDEF") != "" || len(strings.TrimLeft(digits, "0")) > 40 {
		return nil, false
	}
	n, ok := new(big.Int).SetString(digits, 16)
	return n, ok && n.Sign() > 0
}

// earlier finds the certificate that a form names and whose owner it is about.
// errNoCertificate if there is none.
func (a *Authority) earlier(ctx context.Context, f *Form) (*earlier, error) {
	return a.earlierOf(ctx, f.Certificate, func(x *earlier) bool { return x.ownedBy(f) })
}

// earlierOf finds the one certificate of a serial number that may be meant.
func (a *Authority) earlierOf(ctx context.Context, serial string, meant func(*earlier) bool) (*earlier, error) {
	n, ok := parseSerial(serial)
	if !ok {
		return nil, errNoCertificate
	}
	routes := []string{""}
	for _, r := range a.cfg.Routes {
		routes = append(routes, r.Name)
	}
	var only *earlier
	for _, route := range routes {
		id, err := a.cfg.Store.Claimed(ctx, certificateClaim(route, n))
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		x, err := a.earlierIn(ctx, id, n)
		if err != nil {
			return nil, err
		}
		if x == nil || !meant(x) {
			continue
		}
		if only != nil {
			return nil, errNoCertificate // two CAs use the same number: which, nobody has said
		}
		only = x
	}
	if only == nil {
		return nil, errNoCertificate
	}
	return only, nil
}

// earlierIn finds a certificate in the dossier of the request that ordered it,
// and its order; nil if it is not there.
func (a *Authority) earlierIn(ctx context.Context, id ID, serial *big.Int) (*earlier, error) {
	r, err := a.load(ctx, id)
	if err != nil {
		return nil, err
	}
	tasks, err := a.cfg.Store.Tasks(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, t := range tasks {
		if t.Effect != workflow.SendToCA {
			continue
		}
		note, err := noteOf(&t)
		if err != nil {
			return nil, err
		}
		if !has(r, CertificateExhibit, note.Certificate) {
			continue
		}
		der, err := a.blob(ctx, r, note.Certificate)
		if err != nil {
			return nil, err
		}
		c, err := a.cfg.Algorithms.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("ra: request %s: its certificate: %w", id, err)
		}
		if c.SerialNumber.Cmp(serial) != 0 {
			continue
		}
		route, err := a.routeNamed(note.Route)
		if err != nil {
			return nil, err
		}
		return &earlier{r, c, t.Key, route}, nil
	}
	return nil, nil
}

// ownedBy reports whether a form is about the owner of the certificate, in the
// capacity that it gives him: whoever has left an organisation does not act for
// himself about its certificate. For an organisation somebody else may apply,
// such as its head.
func (x *earlier) ownedBy(f *Form) bool {
	of := x.certificate.Subject.Get
	if of(csr.OGRN) != f.OGRN || of(csr.OGRNIP) != f.OGRNIP {
		return false
	}
	return f.OGRN != "" || x.ofPerson(f)
}

// ofPerson reports whether the certificate names the person of the form.
func (x *earlier) ofPerson(f *Form) bool {
	return f.SNILS != "" && x.certificate.Subject.Get(csr.SNILS) == f.SNILS
}

// mayUse reports whether somebody may make a request about the certificate.
// Partners: about those of requests within their reach alone. An applicant:
// about those of requests he may see, and about his own by its SNILS, which the
// certificate shows to everybody; his word alone does nothing yet.
func (a *Authority) mayUse(by Actor, x *earlier, f *Form) bool {
	if by.Role == workflow.Applicant || by.Role == workflow.ApplicantRep {
		return a.sees(by, x.request) || x.ofPerson(f)
	}
	return a.sees(by, x.request)
}

// unfit says in Russian why the certificate is not in force, asking its CA; ""
// if it is. An error means that nothing is known.
func (a *Authority) unfit(ctx context.Context, x *earlier) (string, error) {
	if x.route.CA == nil {
		return "", Permanent(errors.New("ra: the CA of the certificate is not configured"))
	}
	o, err := x.route.CA.Find(ctx, x.order)
	if err != nil {
		return "", x.request.discreet(err)
	}
	now := a.cfg.Clock.Now()
	switch {
	case o.State == Revoked:
		return "действие сертификата прекращено", nil
	case o.State == Suspended:
		return "действие сертификата приостановлено", nil
	case o.State != Issued || !bytes.Equal(o.Certificate, x.certificate.Raw):
		return "удостоверяющий центр не подтверждает, что сертификат действует", nil
	case now.After(x.certificate.NotAfter):
		return "срок действия сертификата истёк", nil
	case now.Add(clockAhead).Before(x.certificate.NotBefore):
		return "срок действия сертификата не начался", nil
	}
	return "", nil
}

// predecessor is the evidence that a certificate may be renewed, or may not: it
// is in force, and what it says of its owner is what the form says.
func (a *Authority) predecessor(ctx context.Context, x *earlier, f *Form) (Held, error) {
	why, err := a.unfit(ctx, x)
	if err != nil {
		return Held{}, err
	}
	if why == "" && checkName(f, x.certificate.Subject) != nil {
		why = "в сертификате о владельце сказано другое"
	}
	if why != "" {
		return Held{Evidence: workflow.PredecessorUnfit, Note: why}, nil
	}
	return Held{
		Evidence: workflow.PredecessorValid, Until: a.cfg.Clock.Now().Add(a.cfg.CheckLife),
		Note: "прежний сертификат действует, сведения о владельце те же",
	}, nil
}

// checkPredecessor asks what has become of the certificate to be renewed, where
// that counts.
func (a *Authority) checkPredecessor(ctx context.Context, j *job) (found, error) {
	if !wanted(j.process, j.request, workflow.PredecessorValid) {
		return found{}, nil
	}
	x, err := a.earlier(ctx, &j.request.Form)
	if err != nil {
		return found{}, forGood(err)
	}
	h, err := a.predecessor(ctx, x, &j.request.Form)
	return found{on: workflow.FormValid, record: []Held{h}}, err
}

// forGood marks the error of a certificate that is not found: to look again
// does not help.
func forGood(err error) error {
	if errors.Is(err, errNoCertificate) {
		return Permanent(err)
	}
	return err
}
