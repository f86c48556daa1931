package tsp_test

import (
	"bytes"
	"crypto"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/csr/tsp"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/oid"
)

// signers are two people with certificates for an hour around noon and for
// the hour around three, and the message that both signed.
type signers struct {
	as    csr.Algorithms
	chain csr.Chain
	p7s   []byte // the first signed
	both  []byte
}

func newSigners(t testing.TB, first, second crypto.Signer) *signers {
	t.Helper()
	s := &signers{as: csr.Standard()}
	one := issue(t, "First", first, nil, nil, 30*time.Minute, csr.NewBasicConstraints(true, -1))
	two := issue(t, "Second", second, nil, nil, 3*time.Hour, csr.NewBasicConstraints(true, -1))
	s.chain.Anchors = []*csr.Certificate{one, two}
	var err error
	if s.p7s, err = cms.Sign(s.as, first, one, cms.Options{At: noon, Detached: true}, document); err != nil {
		t.Fatal(err)
	}
	sd, err := cms.Parse(s.as, s.p7s)
	if err != nil {
		t.Fatal(err)
	}
	if s.both, err = sd.Cosign(second, two, cms.Options{At: noon}, document); err != nil {
		t.Fatal(err)
	}
	return s
}

func parseCMS(t testing.TB, raw []byte) *cms.SignedData {
	t.Helper()
	sd, err := cms.Parse(csr.Standard(), raw)
	if err != nil {
		t.Fatal(err)
	}
	return sd
}

func TestExtend(t *testing.T) {
	a := newAuthority(t, key(t, gost.TC26A512()))
	for what, key := range keys(t) {
		t.Run(what, func(t *testing.T) {
			s := newSigners(t, key, a.key)
			p7s, err := a.client().Extend(t.Context(), s.both)
			if err != nil {
				t.Fatal(err)
			}
			sd := parseCMS(t, p7s)
			if !slices.EqualFunc(sd.Signatures(), parseCMS(t, s.both).Signatures(), bytes.Equal) {
				t.Error("the signatures are not what they were")
			}
			list, err := tsp.Verify(s.as, sd, document, s.chain, a.chain)
			if err != nil {
				t.Fatal(err)
			}
			if len(list) != 2 || !list[0].Time.Equal(noon) || !list[1].Time.Equal(noon) || list[0].Certificate == nil {
				t.Errorf("got %+v", list)
			}
			// Long after, when the signers' certificates have expired.
			late := s.chain
			late.At = noon.Add(24 * time.Hour)
			if _, err := sd.Verify(document, late); !errors.Is(err, csr.ErrExpired) {
				t.Errorf("got %v, want them expired", err)
			}
			late.At = noon
			judged, err := sd.Verify(document, late)
			if err != nil {
				t.Fatal(err)
			}
			for _, signer := range judged {
				if at, err := tsp.Signed(signer, s.as, a.chain); err != nil || !at.Equal(noon) {
					t.Errorf("got %v, %v", at, err)
				}
			}
			if _, err := tsp.Verify(s.as, sd, document[1:], s.chain, a.chain); !errors.Is(err, cms.ErrContent) {
				t.Errorf("other content: got %v", err)
			}
			if _, err := tsp.Verify(s.as, sd, document, s.chain, csr.Chain{}); !errors.Is(err, csr.ErrNoIssuer) {
				t.Errorf("no anchor of the authority: got %v", err)
			}
		})
	}
}

// TestVerifyTimes has signers stamped at different times: each is judged as of
// his own.
func TestVerifyTimes(t *testing.T) {
	hour := 0
	a := newAuthority(t, key(t, gost.TC26A256()), func(c *tsp.TSAConfig) {
		c.Now = func() time.Time { hour++; return noon.Add(time.Duration(hour-1) * time.Hour) }
	})
	s := newSigners(t, key(t, gost.TC26A256()), key(t, gost.TC26A256()))
	stampIn := func(order ...int) *cms.SignedData {
		t.Helper()
		hour = 0
		raw := s.both
		for _, i := range order {
			token, err := a.client().Stamp(t.Context(), parseCMS(t, s.both).Signatures()[i])
			if err != nil {
				t.Fatal(err)
			}
			if raw, err = cms.AddUnsigned(raw, i, cms.Attribute{Type: oid.SignatureTimeStamp, Values: token.Raw}); err != nil {
				t.Fatal(err)
			}
		}
		return parseCMS(t, raw)
	}
	at := s.chain
	at.At = noon
	judged, err := parseCMS(t, s.both).Verify(document, at)
	if err != nil {
		t.Fatal(err)
	}
	short := 0 // whose certificate is valid at noon and no more at one
	if judged[1].Certificate.Subject.String() == "CN=First" {
		short = 1
	}
	list, err := tsp.Verify(s.as, stampIn(short, 1-short), document, s.chain, a.chain)
	if err != nil {
		t.Fatal(err)
	}
	if got := list[1-short].Time.Sub(list[short].Time); got != time.Hour {
		t.Errorf("got %v between the two", got)
	}
	if _, err := tsp.Verify(s.as, stampIn(1-short, short), document, s.chain, a.chain); !errors.Is(err, csr.ErrExpired) {
		t.Errorf("stamped after the certificate expired: got %v", err)
	}
	// The earliest of several stamps counts.
	list, err = tsp.Verify(s.as, stampIn(short, 1-short, short), document, s.chain, a.chain)
	if err != nil || !list[short].Time.Equal(noon) {
		t.Errorf("got %v, %v", list, err)
	}
	if _, err := tsp.Verify(s.as, stampIn(short), document, s.chain, a.chain); !errors.Is(err, tsp.ErrNoTimeStamp) {
		t.Errorf("one is not stamped: got %v", err)
	}
}

// TestForeignStamps attaches to a signature what is no time-stamp of it.
func TestForeignStamps(t *testing.T) {
	a := newAuthority(t, key(t, gost.TC26A256()))
	s := newSigners(t, key(t, gost.TC26A256()), key(t, gost.TC26A256()))
	good, err := a.client().Extend(t.Context(), s.p7s)
	if err != nil {
		t.Fatal(err)
	}
	add := func(raw []byte, values []byte) []byte {
		t.Helper()
		raw, err := cms.AddUnsigned(raw, 0, cms.Attribute{Type: oid.SignatureTimeStamp, Values: values})
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	for what, test := range map[string]struct {
		values []byte
		want   string
	}{
		"of other data": {a.token(t).Raw, tsp.ErrImprint.Error()},
		"not a token":   {[]byte{5, 0}, "not a ContentInfo"},
		"many":          {bytes.Repeat([]byte{5, 0}, 17), "too many"},
	} {
		_, err := tsp.Verify(s.as, parseCMS(t, add(s.p7s, test.values)), document, s.chain, a.chain)
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "tsp: signer 1: ") {
			t.Errorf("%s: got %v", what, err)
		}
		list, err := tsp.Verify(s.as, parseCMS(t, add(good, test.values)), document, s.chain, a.chain)
		if (err != nil) != (what == "many") {
			t.Errorf("%s, beside a good one: got %v, %v", what, list, err)
		}
	}
	if _, err := tsp.Verify(s.as, parseCMS(t, s.p7s), document, s.chain, a.chain); !errors.Is(err, tsp.ErrNoTimeStamp) {
		t.Errorf("no time-stamp: got %v", err)
	}
	if _, err := tsp.Signed(cms.Signer{}, s.as, a.chain); !errors.Is(err, tsp.ErrNoTimeStamp) {
		t.Errorf("no time-stamp: got %v", err)
	}
	bundle := cms.Bundle(a.root)
	if _, err := a.client().Extend(t.Context(), bundle); !errors.Is(err, cms.ErrNoSigners) {
		t.Errorf("nobody signed: got %v", err)
	}
	if _, err := tsp.Verify(s.as, parseCMS(t, bundle), nil, s.chain, a.chain); !errors.Is(err, cms.ErrNoSigners) {
		t.Errorf("nobody signed: got %v", err)
	}
	if _, err := a.client().Extend(t.Context(), document); err == nil {
		t.Error("a document was extended")
	}
	client := a.client()
	client.Authority = answer(func([]byte) ([]byte, error) { return nil, errors.New("no") })
	if p7s, err := client.Extend(t.Context(), s.both); err == nil || p7s != nil {
		t.Errorf("got %d octets, %v", len(p7s), err)
	}
}
