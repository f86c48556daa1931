package cms_test

import (
	"bytes"
	"crypto"
	"crypto/sha1"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// spoil is a way to spoil a good message, and the end of the error that Parse
// or Verify must bring; none means that it must verify all the same.
type spoil struct {
	change func(f *forged, s *forgedSigner)
	parse  string
	verify string
}

func setAttribute(s *forgedSigner, i int, raw []byte) { s.attributes[i] = raw }

// essV2 is signingCertificateV2 with these members of its ESSCertIDv2.
func essV2(parts ...[]byte) []byte {
	return attributeOf(oid.SigningCertificateV2, element(der.Sequence, element(der.Sequence, element(der.Sequence, parts...))))
}

// essV1 is signingCertificate of RFC 2634.
func essV1(parts ...[]byte) []byte {
	return attributeOf(oid.SigningCertificate, element(der.Sequence, element(der.Sequence, element(der.Sequence, parts...))))
}

func spoils(cert *csr.Certificate, other crypto.Signer) map[string]spoil {
	null := []byte{5, 0}
	octets := func(b []byte) []byte { return element(der.OctetString, b) }
	hash := streebog.Sum256(cert.Raw)
	sha := sha1.Sum(cert.Raw)
	unknown := der.OID{1, 3, 6, 1, 4, 1, 99999, 1}
	add := func(raw []byte) func(*forged, *forgedSigner) {
		return func(_ *forged, s *forgedSigner) { s.attributes = append(s.attributes, raw) }
	}
	return map[string]spoil{
		"nothing":                 {change: func(*forged, *forgedSigner) {}},
		"attributes out of order": {change: func(_ *forged, s *forgedSigner) { s.attributes[0], s.attributes[2] = s.attributes[2], s.attributes[0] }},
		"the same, signed in order": {change: func(_ *forged, s *forgedSigner) {
			s.attributes[0], s.attributes[2], s.sorted = s.attributes[2], s.attributes[0], true
		}},
		"no signing time":      {change: func(_ *forged, s *forgedSigner) { s.attributes = append(s.attributes[:1:1], s.attributes[2]) }},
		"a digest with NULL":   {change: func(_ *forged, s *forgedSigner) { s.digest = algorithmID(oid.Streebog256, null...) }},
		"the key's identifier": {change: func(_ *forged, s *forgedSigner) { s.algorithm = algorithmID(oid.GOST3410_256) }},
		"the same with NULL":   {change: func(_ *forged, s *forgedSigner) { s.algorithm = algorithmID(oid.GOST3410_256, null...) }},
		"a key identifier":     {change: func(_ *forged, s *forgedSigner) { s.version, s.sid = 3, element(der.Context(0), cert.SubjectKeyID) }},
		"one in segments": {change: func(_ *forged, s *forgedSigner) {
			s.version, s.sid = 3, element(der.ContextCons(0), octets(cert.SubjectKeyID[:5]), octets(cert.SubjectKeyID[5:]))
		}},
		"no attributes":              {change: func(_ *forged, s *forgedSigner) { s.attributes = nil }},
		"certificate by hash":        {change: add(essV2(algorithmID(oid.Streebog256), octets(hash[:])))},
		"the same with NULL, issuer": {change: add(essV2(algorithmID(oid.Streebog256, null...), octets(hash[:]), element(der.Sequence, null)))},
		"certificate by SHA-1":       {change: add(essV1(octets(sha[:])))},
		"an unknown attribute":       {change: add(attributeOf(unknown, null, null))},
		"other revocation data": {change: func(f *forged, _ *forgedSigner) {
			f.crls = element(der.ContextCons(1), element(der.ContextCons(1), null))
		}},
		"an attribute certificate": {change: func(f *forged, _ *forgedSigner) {
			f.certs = element(der.ContextCons(0), cert.Raw, element(der.ContextCons(2), null))
		}},

		"another outer type":     {change: func(f *forged, _ *forgedSigner) { f.outer = oid.Data }, parse: "is not SignedData"},
		"version 0":              {change: func(f *forged, _ *forgedSigner) { f.version = 0 }, parse: "version or digestAlgorithms do not parse"},
		"version 6":              {change: func(f *forged, _ *forgedSigner) { f.version = 6 }, parse: "version or digestAlgorithms do not parse"},
		"digests no SET":         {change: func(f *forged, _ *forgedSigner) { f.digests[0] = 0x30 }, parse: "version or digestAlgorithms do not parse"},
		"digests no algorithms":  {change: func(f *forged, _ *forgedSigner) { f.digests = element(der.Set, null) }, parse: "digestAlgorithms do not parse"},
		"a content no string":    {change: func(f *forged, _ *forgedSigner) { f.content = null }, parse: "the content does not parse"},
		"two contents":           {change: func(f *forged, _ *forgedSigner) { f.content = append(f.content, f.content...) }, parse: "the content does not parse"},
		"a broken certificate":   {change: func(f *forged, _ *forgedSigner) { f.certs = element(der.ContextCons(0), element(der.Sequence, null)) }, parse: "csr: certificate: the signed part does not parse"},
		"something at the end":   {change: func(f *forged, _ *forgedSigner) { f.after = null }, parse: "signerInfos do not parse"},
		"a signer of version 2":  {change: func(_ *forged, s *forgedSigner) { s.version = 2 }, parse: "SignerInfo of version 2"},
		"version 3, no key":      {change: func(_ *forged, s *forgedSigner) { s.version = 3 }, parse: "SignerInfo does not parse"},
		"an empty key":           {change: func(_ *forged, s *forgedSigner) { s.version, s.sid = 3, element(der.Context(0)) }, parse: "SignerInfo does not parse"},
		"version 1, a key":       {change: func(_ *forged, s *forgedSigner) { s.sid = element(der.Context(0), cert.SubjectKeyID) }, parse: "SignerInfo does not parse"},
		"an issuer, no serial":   {change: func(_ *forged, s *forgedSigner) { s.sid = element(der.Sequence, cert.RawIssuer) }, parse: "SignerInfo does not parse"},
		"no digest algorithm":    {change: func(_ *forged, s *forgedSigner) { s.digest = nil }, parse: "SignerInfo does not parse"},
		"no signature algorithm": {change: func(_ *forged, s *forgedSigner) { s.algorithm = nil }, parse: "SignerInfo does not parse"},
		"more in a signer":       {change: func(_ *forged, s *forgedSigner) { s.after = null }, parse: "SignerInfo does not parse"},
		"unsigned ones broken":   {change: func(_ *forged, s *forgedSigner) { s.unsigned = element(der.ContextCons(1), null) }, parse: "unsigned attributes: an attribute does not parse"},
		"signed ones broken":     {change: add(null), parse: "signed attributes: an attribute does not parse"},
		"an attribute of three":  {change: add(element(der.Sequence, objectID(unknown), element(der.Set), null)), parse: "signed attributes: an attribute does not parse"},

		"nobody":                   {change: func(f *forged, _ *forgedSigner) { f.signers = nil }, verify: "nobody signed"},
		"no certificate":           {change: func(f *forged, _ *forgedSigner) { f.certs = nil }, verify: "the signer's certificate is missing"},
		"another serial":           {change: func(_ *forged, s *forgedSigner) { s.sid = element(der.Sequence, cert.RawIssuer, integer(77)) }, verify: "the signer's certificate is missing"},
		"another key identifier":   {change: func(_ *forged, s *forgedSigner) { s.version, s.sid = 3, element(der.Context(0), make([]byte, 20)) }, verify: "the signer's certificate is missing"},
		"another key":              {change: func(_ *forged, s *forgedSigner) { s.key = other }, verify: "the signature does not verify"},
		"an empty signature":       {change: func(_ *forged, s *forgedSigner) { s.signature = []byte{} }, verify: "the signature does not verify"},
		"no attributes, wrong":     {change: func(_ *forged, s *forgedSigner) { s.attributes, s.key = nil, other }, verify: "the signature does not verify"},
		"an unknown digest":        {change: func(_ *forged, s *forgedSigner) { s.digest = algorithmID(unknown) }, verify: "digest algorithm " + unknown.String()},
		"a digest with parameters": {change: func(_ *forged, s *forgedSigner) { s.digest = algorithmID(oid.Streebog256, 4, 0) }, verify: "with a key of type *gost.PublicKey"},
		"the digest of another":    {change: func(_ *forged, s *forgedSigner) { s.digest, s.attributes = algorithmID(oid.SHA256), nil }, verify: "with a key of type *gost.PublicKey"},
		"the other length":         {change: func(_ *forged, s *forgedSigner) { s.digest, s.attributes = algorithmID(oid.Streebog512), nil }, verify: "with a key of type *gost.PublicKey"},
		"an unknown signature":     {change: func(_ *forged, s *forgedSigner) { s.algorithm = algorithmID(unknown) }, verify: "with a key of type *gost.PublicKey"},
		"a signature of RSA":       {change: func(_ *forged, s *forgedSigner) { s.algorithm = algorithmID(oid.RSA, null...) }, verify: "with a key of type *gost.PublicKey"},
		"signature parameters":     {change: func(_ *forged, s *forgedSigner) { s.algorithm = algorithmID(oid.GOSTSign256, 4, 0) }, verify: "with a key of type *gost.PublicKey"},

		"attributes of nothing": {change: func(_ *forged, s *forgedSigner) { s.attributes = [][]byte{} }, verify: "contentType or messageDigest is missing"},
		"no content type":       {change: func(_ *forged, s *forgedSigner) { s.attributes = s.attributes[1:] }, verify: "contentType or messageDigest is missing"},
		"no digest":             {change: func(_ *forged, s *forgedSigner) { s.attributes = s.attributes[:2] }, verify: "contentType or messageDigest is missing"},
		"another content type": {change: func(_ *forged, s *forgedSigner) {
			setAttribute(s, 0, attributeOf(oid.ContentType, objectID(oid.TSTInfo)))
		}, verify: "contentType is not that of the content"},
		"content types": {change: func(_ *forged, s *forgedSigner) {
			setAttribute(s, 0, attributeOf(oid.ContentType, objectID(oid.Data), objectID(oid.Data)))
		}, verify: "contentType is not that of the content"},
		"content of a type": {change: func(f *forged, _ *forgedSigner) { f.typ = oid.TSTInfo }, verify: "contentType is not that of the content"},
		"one unsigned":      {change: func(f *forged, s *forgedSigner) { f.typ, s.attributes = oid.TSTInfo, nil }, verify: "no signed attributes, and the content is not plain data"},
		"a digest of else":  {change: func(_ *forged, s *forgedSigner) { setAttribute(s, 2, attributeOf(oid.MessageDigest, octets(hash[:]))) }, verify: "the content is not what was signed"},
		"a digest cut": {change: func(_ *forged, s *forgedSigner) {
			setAttribute(s, 2, attributeOf(oid.MessageDigest, octets(hash[:31])))
		}, verify: "the content is not what was signed"},
		"digests": {change: func(_ *forged, s *forgedSigner) {
			setAttribute(s, 2, attributeOf(oid.MessageDigest, octets(hash[:]), octets(hash[:])))
		}, verify: "messageDigest does not parse"},
		"a digest no string": {change: func(_ *forged, s *forgedSigner) { setAttribute(s, 2, attributeOf(oid.MessageDigest, null)) }, verify: "messageDigest does not parse"},
		"two digests":        {change: func(_ *forged, s *forgedSigner) { s.attributes = append(s.attributes, s.attributes[2]) }, verify: "stands twice"},
		"a time no time":     {change: func(_ *forged, s *forgedSigner) { setAttribute(s, 1, attributeOf(oid.SigningTime, null)) }, verify: "signingTime does not parse"},
		"no time in it":      {change: func(_ *forged, s *forgedSigner) { setAttribute(s, 1, attributeOf(oid.SigningTime)) }, verify: "signingTime does not parse"},

		"certificate: broken":     {change: add(attributeOf(oid.SigningCertificateV2, null)), verify: "the signing certificate attribute does not parse"},
		"certificate: none":       {change: add(attributeOf(oid.SigningCertificateV2, element(der.Sequence, element(der.Sequence)))), verify: "the signing certificate attribute does not parse"},
		"certificate: no hash":    {change: add(essV2(algorithmID(oid.Streebog256))), verify: "the signing certificate attribute does not parse"},
		"certificate: more":       {change: add(essV2(algorithmID(oid.Streebog256), octets(hash[:]), null)), verify: "the signing certificate attribute does not parse"},
		"certificate: parameters": {change: add(essV2(algorithmID(oid.Streebog256, 4, 0), octets(hash[:]))), verify: "the signing certificate attribute does not parse"},
		"certificate: other":      {change: add(essV2(algorithmID(oid.Streebog256), octets(make([]byte, 32)))), verify: "names another certificate"},
		"certificate: SHA-256":    {change: add(essV2(octets(hash[:]))), verify: "names another certificate"},
		"certificate: unknown":    {change: add(essV2(algorithmID(oid.SHA1), octets(sha[:]))), verify: "digest algorithm 1.3.14.3.2.26"},
		"version 1: other":        {change: add(essV1(octets(make([]byte, 20)))), verify: "names another certificate"},
		"version 1: an algorithm": {change: add(essV1(algorithmID(oid.SHA1), octets(sha[:]))), verify: "the signing certificate attribute does not parse"},
		"both, one wrong": {change: func(_ *forged, s *forgedSigner) {
			s.attributes = append(s.attributes, essV1(octets(sha[:])), essV2(algorithmID(oid.Streebog256), octets(make([]byte, 32))))
		}, verify: "names another certificate"},
	}
}

// TestRefuses spoils a message in every way and looks at the error.
func TestRefuses(t *testing.T) {
	as := csr.Standard()
	key, other := keys(t)["CryptoPro-A"], keys(t)["256-A"]
	cert := selfSigned(t, as, key, 1)
	with := csr.Chain{Anchors: []*csr.Certificate{cert}, At: time.Now()}
	for what, c := range spoils(cert, other) {
		f := forge(t, as, key, cert, document)
		c.change(f, f.signers[0])
		sd, err := cms.Parse(as, f.write(t))
		if c.parse != "" {
			if err == nil || sd != nil || !strings.HasPrefix(err.Error(), "cms: parse: ") || !strings.HasSuffix(err.Error(), c.parse) {
				t.Errorf("%s: got %v from Parse, want …%s", what, err, c.parse)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		signers, err := sd.Verify(nil, with)
		switch {
		case c.verify == "" && (err != nil || len(signers) != 1):
			t.Errorf("%s: got %v, want it verified", what, err)
		case c.verify != "" && (err == nil || signers != nil || !strings.HasPrefix(err.Error(), "cms: ") || !strings.HasSuffix(err.Error(), c.verify)):
			t.Errorf("%s: got %v from Verify, want …%s", what, err, c.verify)
		}
	}
}

// TestLikeAttributes signs the signed attributes of one message as the content
// of another and the other way round: RFC 5652 leaves them alike.
func TestLikeAttributes(t *testing.T) {
	as := csr.Standard()
	key := keys(t)["CryptoPro-A"]
	cert := selfSigned(t, as, key, 1)
	with := csr.Chain{Anchors: []*csr.Certificate{cert}, At: time.Now()}
	long := bytes.Repeat([]byte{1}, 300)
	for what, c := range map[string]struct {
		content []byte
		refused bool
	}{
		"an empty SET":             {element(der.Set), true},
		"a short SET":              {element(der.Set, []byte{5, 0}), true},
		"a long SET":               {element(der.Set, element(der.OctetString, long)), true},
		"a SET and more":           {append(element(der.Set, long), 0), false},
		"a SET cut":                {element(der.Set, long)[:200], false},
		"a SEQUENCE":               {element(der.Sequence, []byte{5, 0}), false},
		"the tag alone":            {[]byte{0x31}, false},
		"a length of no octets":    {[]byte{0x31, 0x80, 0, 0}, false},
		"a length that is too big": {[]byte{0x31, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0}, false},
		"a length of nine octets":  {[]byte{0x31, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 0}, false},
		"a cut length":             {[]byte{0x31, 0x84, 0, 0}, false},
		"nothing":                  {[]byte{}, false},
	} {
		f := forge(t, as, key, cert, c.content)
		f.signers[0].attributes = nil
		sd, err := cms.Parse(as, f.write(t))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sd.Verify(nil, with); (err != nil) != c.refused {
			t.Errorf("%s: got %v, want it refused: %v", what, err, c.refused)
		}
	}
}

func TestKeyUsage(t *testing.T) {
	as := csr.Standard()
	key := keys(t)["CryptoPro-A"]
	for usage, allowed := range map[csr.KeyUsage]bool{
		csr.DigitalSignature:                    true,
		csr.ContentCommitment | csr.KeyCertSign: true,
		csr.KeyCertSign | csr.CRLSign:           false,
		csr.KeyEncipherment:                     false,
		0:                                       false,
	} {
		cert := named(t, as, key, "x", 1, csr.NewKeyUsage(usage))
		with := csr.Chain{Anchors: []*csr.Certificate{cert}, At: time.Now()}
		sd, err := cms.Parse(as, forge(t, as, key, cert, document).write(t))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sd.Verify(nil, with); (err == nil) != allowed || !allowed && !errors.Is(err, cms.ErrKeyUsage) {
			t.Errorf("%b: got %v from Verify, want it allowed: %v", usage, err, allowed)
		}
		raw, err := cms.Sign(as, key, cert, cms.Options{At: time.Now()}, document)
		if (err == nil) != allowed || (raw != nil) != allowed || !allowed && !errors.Is(err, cms.ErrKeyUsage) {
			t.Errorf("%b: got %v from Sign, want it allowed: %v", usage, err, allowed)
		}
	}
}

// TestPureWithoutAttributes refuses Ed25519 over the content itself.
func TestPureWithoutAttributes(t *testing.T) {
	as := csr.Standard()
	key := keys(t)["Ed25519"]
	cert := selfSigned(t, as, key, 1)
	f := forge(t, as, key, cert, document)
	f.signers[0].attributes = nil
	sd, err := cms.Parse(as, f.write(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sd.Verify(nil, csr.Chain{Anchors: []*csr.Certificate{cert}, At: time.Now()}); err == nil {
		t.Error("verifies")
	}
}

// TestSameName has several certificates that a signer's identifier fits.
func TestSameName(t *testing.T) {
	as := csr.Standard()
	key, other := keys(t)["CryptoPro-A"], keys(t)["256-A"]
	cert, twin := selfSigned(t, as, key, 1), selfSigned(t, as, other, 1)
	renewed := named(t, as, key, "another name", 2)
	at := time.Now()
	byKey := func(f *forged, s *forgedSigner) { s.version, s.sid = 3, element(der.Context(0), cert.SubjectKeyID) }
	hash := streebog.Sum256(renewed.Raw)
	for what, c := range map[string]struct {
		sent    []*csr.Certificate
		change  func(*forged, *forgedSigner)
		anchors []*csr.Certificate
		want    *csr.Certificate
	}{
		"a twin of another key": {[]*csr.Certificate{twin, cert}, func(*forged, *forgedSigner) {}, []*csr.Certificate{cert, twin}, cert},
		"a renewed certificate": {[]*csr.Certificate{cert, renewed}, byKey, []*csr.Certificate{renewed}, renewed},
		"the renewed one by hash": {[]*csr.Certificate{cert, renewed}, func(f *forged, s *forgedSigner) {
			byKey(f, s)
			s.attributes = append(s.attributes, essV2(algorithmID(oid.Streebog256), element(der.OctetString, hash[:])))
		}, []*csr.Certificate{cert, renewed}, renewed},
		"nine twins": {append(bytes9(t, as, other), cert), func(*forged, *forgedSigner) {}, []*csr.Certificate{cert}, nil},
	} {
		f := forge(t, as, key, cert, document)
		c.change(f, f.signers[0])
		var raws [][]byte
		for _, one := range c.sent {
			raws = append(raws, one.Raw)
		}
		f.certs = element(der.ContextCons(0), raws...)
		sd, err := cms.Parse(as, f.write(t))
		if err != nil {
			t.Fatal(err)
		}
		signers, err := sd.Verify(nil, csr.Chain{Anchors: c.anchors, At: at})
		if c.want == nil {
			if err == nil {
				t.Errorf("%s: verifies", what)
			}
			// What the caller gives is tried first.
			_, err = sd.Verify(nil, csr.Chain{Anchors: c.anchors, Intermediates: c.anchors, At: at})
			if err != nil {
				t.Errorf("%s: with the certificate given: %v", what, err)
			}
			continue
		}
		if err != nil || !bytes.Equal(signers[0].Certificate.Raw, c.want.Raw) {
			t.Errorf("%s: got %v, want certificate %v", what, err, c.want.SerialNumber)
		}
	}
}

// bytes9 are nine different certificates of one name and number.
func bytes9(t testing.TB, as csr.Algorithms, key crypto.Signer) (list []*csr.Certificate) {
	for range 9 {
		list = append(list, selfSigned(t, as, key, 1))
	}
	return list
}

func TestSignRefuses(t *testing.T) {
	as := csr.Standard()
	all := keys(t)
	cert := selfSigned(t, as, all["256-A"], 1)
	now := time.Now()
	for what, c := range map[string]struct {
		as   csr.Algorithms
		key  crypto.Signer
		o    cms.Options
		want string
	}{
		"another key":           {as, all["256-B"], cms.Options{At: now}, "the certificate is not for this key"},
		"no time":               {as, all["256-A"], cms.Options{}, "the signing time is not set"},
		"a time too early":      {as, all["256-A"], cms.Options{At: time.Date(1949, 12, 31, 23, 0, 0, 0, time.UTC)}, "the signing time is before 1950 or after 9999"},
		"a time too late":       {as, all["256-A"], cms.Options{At: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}, "the signing time is before 1950 or after 9999"},
		"a type that is none":   {as, all["256-A"], cms.Options{At: now, ContentType: der.OID{9, 9}}, "content type: 9.9 is no object identifier"},
		"an empty list":         {nil, all["256-A"], cms.Options{At: now}, "no scheme takes a public key of type *gost.PublicKey"},
		"a signer that fails":   {as, failing{all["256-A"]}, cms.Options{At: now}, "the token is gone"},
		"a signer that garbles": {as, garbling{all["256-A"]}, cms.Options{At: now}, "the signature does not verify"},
	} {
		raw, err := cms.Sign(c.as, c.key, cert, c.o, document)
		if raw != nil || err == nil || !strings.HasPrefix(err.Error(), "cms: sign: ") || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%s: got %v, want …%s", what, err, c.want)
		}
		raw, err = cms.SignReader(c.as, c.key, cert, c.o, bytes.NewReader(document))
		if raw != nil || err == nil || !strings.HasPrefix(err.Error(), "cms: sign: ") || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%s, from a reader: got %v, want …%s", what, err, c.want)
		}
	}
}
