package tsp_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/csr/tsp"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

var (
	document = []byte("Заявление на изготовление сертификата\n")
	policy   = asn1.ObjectIdentifier{1, 2, 643, 100, 7, 1}
	noon     = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
)

// keys are of every kind that signs.
func keys(t testing.TB) map[string]crypto.Signer {
	t.Helper()
	all := map[string]crypto.Signer{}
	for _, c := range []*gost.Curve{gost.CryptoProA(), gost.TC26A256(), gost.TC26A512(), gost.TC26C512()} {
		all[c.Name()] = key(t, c)
	}
	p, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, e, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	all["P-256"], all["RSA"], all["Ed25519"] = p, r, e
	return all
}

func key(t testing.TB, c *gost.Curve) *gost.PrivateKey {
	t.Helper()
	k, err := gost.GenerateKey(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var serials int64

// issue makes a certificate for the key, from an issuer or, with none, from
// itself, valid for so long around noon.
func issue(t testing.TB, name string, key crypto.Signer, issuer *csr.Certificate, issuerKey crypto.Signer, around time.Duration, extensions ...csr.Extension) *csr.Certificate {
	t.Helper()
	as := csr.Standard()
	subject, err := csr.NewName(csr.NewAttribute(csr.CommonName, name))
	if err != nil {
		t.Fatal(err)
	}
	spki, id, err := as.EncodeKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	by, signer := subject, key
	if issuer != nil {
		by, signer = issuer.Subject, issuerKey
	}
	serials++
	raw, err := as.CreateCertificate(signer, &csr.CertificateTemplate{
		SerialNumber: big.NewInt(serials), Issuer: by, Subject: subject, RawKey: spki,
		NotBefore: noon.Add(-around), NotAfter: noon.Add(around),
		Extensions: append([]csr.Extension{csr.NewSubjectKeyID(id)}, extensions...),
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := as.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func purposes(critical bool, list ...asn1.ObjectIdentifier) csr.Extension {
	e := csr.NewExtendedKeyUsage(list...)
	e.Critical = critical
	return e
}

// authority is a root and a TSA under it, whose clock stands at noon.
type authority struct {
	*tsp.TSA
	rootKey, key crypto.Signer
	root, cert   *csr.Certificate
	chain        csr.Chain
}

func newAuthority(t testing.TB, key crypto.Signer, change ...func(c *tsp.TSAConfig)) *authority {
	t.Helper()
	a := &authority{rootKey: key, key: key}
	a.root = issue(t, "Root", key, nil, nil, 10*365*24*time.Hour, csr.NewBasicConstraints(true, -1), csr.NewKeyUsage(csr.KeyCertSign))
	a.cert = issue(t, "TSA", key, a.root, key, 365*24*time.Hour, csr.NewKeyUsage(csr.DigitalSignature), purposes(true, oid.PurposeTimeStamping))
	config := tsp.TSAConfig{
		Algorithms: csr.Standard(), Key: key, Certificate: a.cert, Policy: policy, Accuracy: 1500 * time.Millisecond,
		Now: func() time.Time { return noon },
	}
	for _, f := range change {
		f(&config)
	}
	var err error
	if a.TSA, err = tsp.NewTSA(config); err != nil {
		t.Fatal(err)
	}
	a.chain = csr.Chain{Anchors: []*csr.Certificate{a.root}}
	return a
}

func (a *authority) client() *tsp.Client {
	return &tsp.Client{Authority: a, Algorithms: csr.Standard(), Chain: a.chain}
}

// token has the TSA make a token for the document.
func (a *authority) token(t testing.TB) *tsp.Token {
	t.Helper()
	raw, err := a.Issue(tsp.NewRequest(csr.Standard()[0], document))
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, raw)
}

func parse(t testing.TB, raw []byte) *tsp.Token {
	t.Helper()
	token, err := tsp.ParseToken(csr.Standard(), raw)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestStamp(t *testing.T) {
	as := csr.Standard()
	for what, key := range keys(t) {
		t.Run(what, func(t *testing.T) {
			a := newAuthority(t, key)
			for _, digest := range as[:3] {
				client := a.client()
				client.Digest, client.Policy = digest, policy
				token, err := client.Stamp(t.Context(), document)
				if err != nil {
					t.Fatal(err)
				}
				if !token.Time.Equal(noon) || token.Accuracy != 1500*time.Millisecond || !token.Policy.Equal(policy) ||
					token.SerialNumber.BitLen() != 159 || token.Ordering || !token.Imprint.Equal(tsp.NewImprint(digest, document)) {
					t.Errorf("got %+v", token.Info)
				}
				signer, err := token.Verify(document, a.chain)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(signer.Certificate.Raw, a.cert.Raw) || len(signer.Chain) != 2 {
					t.Errorf("got signer %s, chain of %d", signer.Certificate.Subject, len(signer.Chain))
				}
				if _, err := token.VerifyImprint(tsp.NewImprint(digest, document), a.chain); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestWithoutCertificates asks for a token alone: it needs the authority's
// certificate from elsewhere.
func TestWithoutCertificates(t *testing.T) {
	a := newAuthority(t, key(t, gost.TC26A256()))
	raw, err := a.Issue(&tsp.Request{Imprint: tsp.NewImprint(csr.Standard()[1], document)})
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(raw, a.cert.Raw) {
		t.Error("the certificate came unasked for")
	}
	token := parse(t, raw)
	if _, err := token.Verify(document, a.chain); !errors.Is(err, cms.ErrNoCertificate) {
		t.Errorf("got %v, want ErrNoCertificate", err)
	}
	a.chain.Intermediates = []*csr.Certificate{a.cert}
	if _, err := token.Verify(document, a.chain); err != nil {
		t.Error(err)
	}
	if token.Nonce != nil {
		t.Errorf("got nonce %v", token.Nonce)
	}
}

func TestTokenRefuses(t *testing.T) {
	a := newAuthority(t, key(t, gost.TC26A256()))
	token := a.token(t)
	other := newAuthority(t, key(t, gost.TC26A256()))
	as := csr.Standard()
	for what, test := range map[string]struct {
		verify func() (cms.Signer, error)
		want   error
	}{
		"other data":    {func() (cms.Signer, error) { return token.Verify(document[1:], a.chain) }, tsp.ErrImprint},
		"other imprint": {func() (cms.Signer, error) { return token.VerifyImprint(tsp.NewImprint(as[0], nil), a.chain) }, tsp.ErrImprint},
		"other hash":    {func() (cms.Signer, error) { return token.VerifyImprint(tsp.NewImprint(as[1], document), a.chain) }, tsp.ErrImprint},
		"other root":    {func() (cms.Signer, error) { return token.Verify(document, other.chain) }, csr.ErrNoIssuer},
	} {
		if signer, err := test.verify(); !errors.Is(err, test.want) || signer.Certificate != nil || !strings.HasPrefix(err.Error(), "tsp: token: ") {
			t.Errorf("%s: got %v, want %v", what, err, test.want)
		}
	}

	t.Run("unknown digest", func(t *testing.T) {
		raw, err := a.Issue(&tsp.Request{Imprint: tsp.Imprint{Digest: oid.SHA1, Hash: make([]byte, 20)}, CertReq: true})
		if err != nil {
			t.Fatal(err)
		}
		token := parse(t, raw)
		if _, err := token.Verify(document, a.chain); !errors.Is(err, csr.ErrUnknownAlgorithm) {
			t.Errorf("got %v", err)
		}
		if _, err := token.VerifyImprint(token.Imprint, a.chain); !errors.Is(err, csr.ErrUnknownAlgorithm) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("expired", func(t *testing.T) {
		for _, at := range []string{"20280314120000Z", "20240314120000Z"} {
			if _, err := parse(t, signedInfo(t, a, generalized(at))).Verify(document, a.chain); !errors.Is(err, csr.ErrExpired) {
				t.Errorf("%s: got %v", at, err)
			}
		}
		for _, years := range []int{-2, 2} {
			late := newAuthority(t, a.key, func(c *tsp.TSAConfig) { c.Now = func() time.Time { return noon.AddDate(years, 0, 0) } })
			if token, err := late.Issue(tsp.NewRequest(as[0], document)); err == nil || token != nil {
				t.Error("a TSA works without a valid certificate")
			}
		}
	})
	t.Run("signature", func(t *testing.T) {
		raw := bytes.Clone(token.Raw)
		raw[len(raw)-1] ^= 1
		if _, err := parse(t, raw).Verify(document, a.chain); !errors.Is(err, csr.ErrSignature) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("purpose", func(t *testing.T) {
		for what, e := range map[string][]csr.Extension{
			"none":         nil,
			"not critical": {purposes(false, oid.PurposeTimeStamping)},
			"two":          {purposes(true, oid.PurposeTimeStamping, oid.PurposeEmailProtection)},
			"another":      {purposes(true, oid.PurposeOCSPSigning)},
		} {
			cert := issue(t, "TSA", a.key, a.root, a.rootKey, time.Hour, e...)
			if _, err := tsp.NewTSA(tsp.TSAConfig{Algorithms: as, Key: a.key, Certificate: cert, Policy: policy}); !errors.Is(err, tsp.ErrPurpose) {
				t.Errorf("%s: a TSA with such a certificate: got %v", what, err)
			}
			raw, err := cms.Sign(as, a.key, cert, cms.Options{At: noon, ContentType: oid.TSTInfo}, content(t, token.Raw))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parse(t, raw).Verify(document, a.chain); !errors.Is(err, tsp.ErrPurpose) {
				t.Errorf("%s: got %v", what, err)
			}
		}
	})
	t.Run("not bound", func(t *testing.T) {
		if _, err := parse(t, unbound(t, a, content(t, token.Raw))).Verify(document, a.chain); err == nil || !strings.Contains(err.Error(), "names the certificate") {
			t.Errorf("got %v", err)
		}
	})
}

// content returns the TSTInfo of a token.
func content(t testing.TB, token []byte) []byte {
	t.Helper()
	sd, err := cms.Parse(csr.Standard(), token)
	if err != nil {
		t.Fatal(err)
	}
	return sd.Content
}

// unbound makes a token without a signing certificate attribute.
func unbound(t testing.TB, a *authority, info []byte) []byte {
	t.Helper()
	as := csr.Standard()
	scheme, err := as.ForKey(a.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	attribute := func(typ asn1.ObjectIdentifier, value func(b *der.Builder)) func(b *der.Builder) {
		return func(b *der.Builder) {
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				b.AddASN1ObjectIdentifier(typ)
				b.AddASN1(der.Set, value)
			})
		}
	}
	attributes := func(b *der.Builder) {
		attribute(oid.ContentType, func(b *der.Builder) { b.AddASN1ObjectIdentifier(oid.TSTInfo) })(b)
		attribute(oid.MessageDigest, func(b *der.Builder) { b.AddASN1OctetString(scheme.Sum(info)) })(b)
	}
	_, signature, err := as.Sign(a.key, der.Marshal(func(b *der.Builder) { b.AddASN1(der.Set, attributes) }))
	if err != nil {
		t.Fatal(err)
	}
	digest := der.AlgorithmIdentifier{OID: scheme.Digest}
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1ObjectIdentifier(oid.SignedData)
			b.AddASN1(der.ContextCons(0), func(b *der.Builder) {
				b.AddASN1(der.Sequence, func(b *der.Builder) {
					b.AddASN1Int64(3)
					b.AddASN1(der.Set, digest.Add)
					b.AddASN1(der.Sequence, func(b *der.Builder) {
						b.AddASN1ObjectIdentifier(oid.TSTInfo)
						b.AddASN1(der.ContextCons(0), func(b *der.Builder) { b.AddASN1OctetString(info) })
					})
					b.AddASN1(der.ContextCons(0), func(b *der.Builder) { b.AddBytes(a.cert.Raw) })
					b.AddASN1(der.Set, func(b *der.Builder) {
						b.AddASN1(der.Sequence, func(b *der.Builder) {
							b.AddASN1Int64(1)
							b.AddASN1(der.Sequence, func(b *der.Builder) {
								b.AddBytes(a.cert.RawIssuer)
								b.AddASN1BigInt(a.cert.SerialNumber)
							})
							digest.Add(b)
							b.AddASN1(der.ContextCons(0), attributes)
							der.AlgorithmIdentifier{OID: scheme.Signature}.Add(b)
							b.AddASN1OctetString(signature)
						})
					})
				})
			})
		})
	})
}

func TestParseTokenRefuses(t *testing.T) {
	a := newAuthority(t, key(t, gost.TC26A256()))
	as := csr.Standard()
	info := content(t, a.token(t).Raw)
	sign := func(o cms.Options, content []byte) []byte {
		o.At = noon
		raw, err := cms.Sign(as, a.key, a.cert, o, content)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	sd, err := cms.Parse(as, a.token(t).Raw)
	if err != nil {
		t.Fatal(err)
	}
	two, err := sd.Cosign(a.key, a.cert, cms.Options{At: noon}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for what, raw := range map[string][]byte{
		"is not TSTInfo":     sign(cms.Options{}, info),
		"TSTInfo is missing": sign(cms.Options{ContentType: oid.TSTInfo, Detached: true}, info),
		"not a TSTInfo":      sign(cms.Options{ContentType: oid.TSTInfo}, document),
		"2 signatures":       two,
		"cms: parse":         document,
	} {
		if token, err := tsp.ParseToken(as, raw); token != nil || err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("got %v, want %s", err, what)
		}
	}
}

// answer is an authority that says whatever it says.
type answer func(request []byte) ([]byte, error)

func (a answer) Stamp(_ context.Context, request []byte) ([]byte, error) { return a(request) }

// TestClientRefuses gives the client answers to other questions.
func TestClientRefuses(t *testing.T) {
	a := newAuthority(t, key(t, gost.TC26A256()))
	changed := func(change func(r *tsp.Request)) answer {
		return func(request []byte) ([]byte, error) {
			r, err := tsp.ParseRequest(request)
			if err != nil {
				return nil, err
			}
			change(r)
			raw, err := tsp.CreateRequest(r)
			if err != nil {
				return nil, err
			}
			return a.Stamp(t.Context(), raw)
		}
	}
	unreachable := errors.New("unreachable")
	for what, test := range map[string]struct {
		authority tsp.Authority
		want      error
	}{
		"imprint":        {changed(func(r *tsp.Request) { r.Imprint.Hash[0] ^= 1 }), tsp.ErrImprint},
		"nonce":          {changed(func(r *tsp.Request) { r.Nonce.Add(r.Nonce, big.NewInt(1)) }), tsp.ErrNonce},
		"no nonce":       {changed(func(r *tsp.Request) { r.Nonce = nil }), tsp.ErrNonce},
		"unreachable":    {answer(func([]byte) ([]byte, error) { return nil, unreachable }), unreachable},
		"no certificate": {changed(func(r *tsp.Request) { r.CertReq = false }), cms.ErrNoCertificate},
	} {
		client := a.client()
		client.Authority = test.authority
		if token, err := client.Stamp(t.Context(), document); !errors.Is(err, test.want) || token != nil {
			t.Errorf("%s: got %v, want %v", what, err, test.want)
		}
	}

	client := a.client()
	client.Policy = asn1.ObjectIdentifier{1, 2, 3}
	client.Authority = changed(func(r *tsp.Request) { r.Policy = nil })
	if _, err := client.Stamp(t.Context(), document); !errors.Is(err, tsp.ErrPolicy) {
		t.Errorf("policy: got %v", err)
	}
	client = a.client()
	client.Chain = newAuthority(t, key(t, gost.TC26A256())).chain
	if _, err := client.Stamp(t.Context(), document); !errors.Is(err, csr.ErrNoIssuer) {
		t.Errorf("anchors: got %v", err)
	}
	for _, raw := range [][]byte{nil, {0x30, 0}, document} {
		client.Authority = answer(func([]byte) ([]byte, error) { return raw, nil })
		if _, err := client.Stamp(t.Context(), document); err == nil || !strings.HasPrefix(err.Error(), "tsp: response: ") {
			t.Errorf("%x: got %v", raw, err)
		}
	}
	if _, err := (&tsp.Client{Authority: a}).Stamp(t.Context(), document); err == nil {
		t.Error("a client without algorithms works")
	}
}

// TestRejection sends the TSA what it refuses.
func TestRejection(t *testing.T) {
	a := newAuthority(t, key(t, gost.TC26A256()))
	good := tsp.NewImprint(csr.Standard()[0], document)
	for what, test := range map[string]struct {
		request *tsp.Request
		want    tsp.Failure
	}{
		"digest":    {&tsp.Request{Imprint: tsp.Imprint{Digest: oid.SHA1, Hash: make([]byte, 20)}}, tsp.BadAlg},
		"length":    {&tsp.Request{Imprint: tsp.Imprint{Digest: good.Digest, Hash: good.Hash[1:]}}, tsp.BadDataFormat},
		"policy":    {&tsp.Request{Imprint: good, Policy: asn1.ObjectIdentifier{1, 2, 3}}, tsp.UnacceptedPolicy},
		"extension": {&tsp.Request{Imprint: good, Extensions: []csr.Extension{{ID: []int{1, 2, 3}, Value: []byte{5, 0}}}}, tsp.UnacceptedExtension},
		"format":    {nil, tsp.BadDataFormat},
	} {
		var raw []byte
		if test.request != nil {
			var err error
			if raw, err = tsp.CreateRequest(test.request); err != nil {
				t.Fatal(err)
			}
		}
		answer, err := a.Stamp(t.Context(), raw)
		if err != nil {
			t.Fatal(err)
		}
		response, err := tsp.ParseResponse(answer)
		if err != nil {
			t.Fatal(err)
		}
		var rejected *tsp.RejectedError
		if !errors.As(response.Err(), &rejected) || rejected.Status != tsp.Rejection || rejected.Failure != test.want || response.Token != nil {
			t.Errorf("%s: got %v, want %v", what, response.Err(), test.want)
		}
	}
	if got, want := (&tsp.RejectedError{Status: tsp.Rejection, Failure: tsp.BadAlg | tsp.SystemFailure | 1<<7}).Error(), "tsp: the authority refused: rejection (badAlg, bit 7, systemFailure)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := (&tsp.RejectedError{Status: 9}).Error(), "tsp: the authority refused: status 9"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTSARefuses(t *testing.T) {
	a := newAuthority(t, key(t, gost.TC26A256()))
	good := tsp.TSAConfig{Algorithms: csr.Standard(), Key: a.key, Certificate: a.cert, Policy: policy}
	for what, change := range map[string]func(c *tsp.TSAConfig){
		"algorithms":  func(c *tsp.TSAConfig) { c.Algorithms = nil },
		"key":         func(c *tsp.TSAConfig) { c.Key = nil },
		"another key": func(c *tsp.TSAConfig) { c.Key = key(t, gost.TC26A256()) },
		"certificate": func(c *tsp.TSAConfig) { c.Certificate = nil },
		"policy":      func(c *tsp.TSAConfig) { c.Policy = nil },
		"accuracy":    func(c *tsp.TSAConfig) { c.Accuracy = -1 },
	} {
		c := good
		change(&c)
		if tsa, err := tsp.NewTSA(c); err == nil || tsa != nil {
			t.Errorf("%s: got a TSA", what)
		}
	}
	exhausted := errors.New("no more numbers")
	good.Serial = func() (*big.Int, error) { return nil, exhausted }
	tsa, err := tsp.NewTSA(good)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&tsp.Client{Authority: tsa, Algorithms: good.Algorithms, Chain: a.chain}).Stamp(t.Context(), document); !errors.Is(err, exhausted) {
		t.Errorf("got %v", err)
	}
}
