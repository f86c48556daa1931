package local_test

import (
	"bytes"
	"encoding/asn1"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/local"
)

var (
	clientAuth = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 2}
	mail       = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 4}
	ocsp       = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 9}
	stamping   = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}
	platforms  = asn1.ObjectIdentifier{1, 2, 643, 6, 3}
	licence    = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 49, 2}
)

// TestOrderedPurposes: the certificate has what the order says, and the usual
// purposes where it says nothing.
func TestOrderedPurposes(t *testing.T) {
	c := config(t, newKey(t, gost.CryptoProA()), start)
	c.Licence = []byte{0x05, 0x00}
	for what, x := range map[string]struct {
		purposes, want []asn1.ObjectIdentifier
		licence        bool
	}{
		"nothing":   {nil, []asn1.ObjectIdentifier{clientAuth, mail}, false},
		"platforms": {[]asn1.ObjectIdentifier{platforms, clientAuth}, []asn1.ObjectIdentifier{platforms, clientAuth}, true},
	} {
		o := order(t, 1)
		o.Purposes, o.Licence = x.purposes, x.licence
		cert := submit(t, open(t, c), "order", o)
		if !slices.EqualFunc(cert.ExtendedKeyUsage, x.want, asn1.ObjectIdentifier.Equal) {
			t.Errorf("%s: got %v, want %v", what, cert.ExtendedKeyUsage, x.want)
		}
		if e, ok := csr.FindExtension(cert.Extensions, licence); ok != x.licence || ok && (e.Critical || !bytes.Equal(e.Value, c.Licence)) {
			t.Errorf("%s: got the licence %x (%v), want it there: %v", what, e.Value, ok, x.licence)
		}
	}
}

// TestOrderThatIsNotForOwners: what would let an owner speak for the authority,
// and a licence that it has not.
func TestOrderThatIsNotForOwners(t *testing.T) {
	c := config(t, newKey(t, gost.CryptoProA()), start)
	for what, change := range map[string]func(*ra.Order){
		"OCSP":        func(o *ra.Order) { o.Purposes = []asn1.ObjectIdentifier{clientAuth, ocsp} },
		"time stamps": func(o *ra.Order) { o.Purposes = []asn1.ObjectIdentifier{stamping} },
		"a licence":   func(o *ra.Order) { o.Licence = true },
	} {
		ca, o := open(t, c), order(t, 1)
		change(&o)
		if out, err := ca.Submit(t.Context(), "order", o); err == nil || !strings.HasPrefix(err.Error(), "local: ") {
			t.Errorf("%s: got %v, %v, want an error", what, out.State, err)
		}
		if out, err := ca.Find(t.Context(), "order"); err != nil || out.State != ra.Unknown {
			t.Errorf("%s: got %v, %v, want the key of the order unused", what, out.State, err)
		}
	}
	for _, bad := range [][]byte{{}, {0x05}, {0x05, 0x00, 0x00}} {
		c.Licence = bad
		if _, err := local.New(c); err == nil {
			t.Errorf("got the licence %x accepted", bad)
		}
	}
}
