package local

import (
	"crypto"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/ra"
)

// plan makes the certificate of an order without a signature and has the
// linter look at it. A refusal says in Russian which rules it breaks.
func (ca *CA) plan(o ra.Order) (planned []byte, refusal string, err error) {
	if o.Request == nil {
		return nil, "", ra.Permanent(errors.New("local: the order has no request"))
	}
	t, err := ca.template(o)
	if err != nil {
		return nil, "", ra.Permanent(fmt.Errorf("local: %w", err))
	}
	as, err := unsigned(ca.cfg.Algorithms, ca.cfg.Key.Public())
	if err == nil {
		planned, err = as.CreateCertificate(noKey{}, t)
	}
	var cert *csr.Certificate
	if err == nil {
		cert, err = ca.cfg.Algorithms.ParseCertificate(planned)
	}
	if err != nil {
		return nil, "", ra.Permanent(fmt.Errorf("local: %w", err))
	}
	var broken []string
	for _, f := range qualified.LintCertificate(cert, qualified.Options{}) {
		if f.Severity == qualified.Error && !slices.Contains(ca.cfg.Accept, f.Rule) {
			broken = append(broken, f.Rule+": "+f.Russian)
		}
	}
	return planned, strings.Join(broken, "; "), nil
}

// checkAccept refuses a name that no rule has: a slip there would let nothing
// through, or be meant for a rule that is called otherwise.
func (c *Config) checkAccept() error {
	for _, name := range c.Accept {
		if !slices.ContainsFunc(qualified.Rules(), func(r qualified.Rule) bool { return r.ID == name }) {
			return fmt.Errorf("no rule of csr/qualified is called %q", name)
		}
	}
	return nil
}

// noKey stands for the authority's key while a certificate is looked at. Its
// signature is zeros: of what may yet be refused no valid signature comes into
// being.
type noKey struct{}

func (noKey) Public() crypto.PublicKey { return noKey{} }

func (noKey) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return make([]byte, 64), nil
}

// unsigned is the list of schemes with which noKey writes certificates that
// say they are signed in the scheme of pub.
func unsigned(as csr.Algorithms, pub crypto.PublicKey) (csr.Algorithms, error) {
	a, err := as.ForKey(pub)
	if err != nil {
		return nil, err
	}
	scheme := *a
	scheme.Key = nil // it reads no keys
	scheme.Fits = func(pub crypto.PublicKey) bool { return pub == noKey{} }
	scheme.Verify = func(crypto.PublicKey, []byte, []byte) bool { return true }
	return append(csr.Algorithms{&scheme}, as...), nil
}
