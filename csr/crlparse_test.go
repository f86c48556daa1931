package csr_test

import (
	"encoding/asn1"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// handCRL is a list put together by hand, to be wrong where wanted.
type handCRL struct {
	version    []byte // an element; nil: version 2
	algorithm  der.OID
	noNext     bool
	entries    func(b *der.Builder) // the contents; nil: none
	extensions []csr.Extension
	rawExts    []byte // instead of extensions
	tail       []byte
}

func (h handCRL) tbs(t testing.TB) []byte {
	if h.version == nil {
		h.version = []byte{2, 1, 1}
	}
	if h.algorithm == nil {
		h.algorithm = oid.GOSTSign256
	}
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddBytes(h.version)
			der.AlgorithmIdentifier{OID: h.algorithm}.Add(b)
			b.AddBytes(commonName(t, "authority").Raw())
			der.AddTime(b, now.Add(-time.Hour))
			if !h.noNext {
				der.AddTime(b, now.Add(time.Hour))
			}
			if h.entries != nil {
				b.AddASN1(der.Sequence, h.entries)
			}
			if h.rawExts != nil {
				b.AddASN1(der.ContextCons(0), func(b *der.Builder) { b.AddBytes(h.rawExts) })
			} else if h.extensions != nil {
				b.AddASN1(der.ContextCons(0), func(b *der.Builder) { handExtensions(b, h.extensions) })
			}
			b.AddBytes(h.tail)
		})
	})
}

// unsigned is the list under no signature: for reading only.
func (h handCRL) unsigned(t testing.TB) []byte { return h.wrap(h.tbs(t), make([]byte, 64)) }

func (h handCRL) wrap(tbs, sig []byte) []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddBytes(tbs)
			der.AlgorithmIdentifier{OID: oid.GOSTSign256}.Add(b)
			b.AddASN1BitString(sig)
		})
	})
}

func (h handCRL) seal(t testing.TB, ca *issuer) []byte {
	t.Helper()
	tbs := h.tbs(t)
	_, sig, err := ca.as.Sign(ca.key, tbs)
	if err != nil {
		t.Fatal(err)
	}
	return h.wrap(tbs, sig)
}

func handExtensions(b *der.Builder, list []csr.Extension) {
	b.AddASN1(der.Sequence, func(b *der.Builder) {
		for _, e := range list {
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				b.AddASN1ObjectIdentifier(e.ID)
				if e.Critical {
					b.AddASN1Boolean(true)
				}
				b.AddASN1OctetString(e.Value)
			})
		}
	})
}

// handEntry writes an entry of serial number 5.
func handEntry(list ...csr.Extension) func(b *der.Builder) {
	return func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1Int64(5)
			der.AddTime(b, now)
			if list != nil {
				handExtensions(b, list)
			}
		})
	}
}

func hand(text string) func(b *der.Builder) {
	return func(b *der.Builder) { b.AddBytes([]byte(text)) }
}

func TestParseCRLAccepts(t *testing.T) {
	odd := csr.Extension{ID: asn1.ObjectIdentifier{1, 2, 3}, Value: []byte{5, 0}}
	for what, c := range map[string]struct {
		list handCRL
		len  int
	}{
		"version 1":             {handCRL{version: []byte{}, entries: handEntry()}, 1},
		"an empty list":         {handCRL{entries: hand("")}, 0},
		"extensions not known":  {handCRL{entries: handEntry(odd), extensions: []csr.Extension{odd}}, 1},
		"reasonCode 0":          {handCRL{entries: handEntry(csr.Extension{ID: oid.ReasonCode, Value: []byte{10, 1, 0}})}, 1},
		"critical reasonCode":   {handCRL{entries: handEntry(csr.Extension{ID: oid.ReasonCode, Critical: true, Value: []byte{10, 1, 1}})}, 1},
		"critical cRLNumber":    {handCRL{extensions: []csr.Extension{{ID: oid.CRLNumber, Critical: true, Value: []byte{2, 1, 1}}}}, 0},
		"GeneralizedTime":       {handCRL{entries: hand("\x30\x14\x02\x01\x05\x18\x0f20261122120000Z")}, 1},
		"a negative serial":     {handCRL{entries: hand("\x30\x12\x02\x01\xff\x17\x0d261122120000Z")}, 1},
		"idp of nothing":        {handCRL{extensions: []csr.Extension{idp()}}, 0},
		"idp, explicit default": {handCRL{extensions: []csr.Extension{idp("\x81\x01\x00", "\x84\x01\x00")}}, 0},
	} {
		list, err := csr.ParseCRL(c.list.unsigned(t))
		if err != nil || list.Len() != c.len {
			t.Errorf("%s: got %v", what, err)
		}
	}
}

func TestParseCRLRefuses(t *testing.T) {
	ext := func(id der.OID, critical bool, value string) []csr.Extension {
		return []csr.Extension{{ID: id, Critical: critical, Value: []byte(value)}}
	}
	entry := func(id der.OID, critical bool, value string) handCRL {
		return handCRL{entries: handEntry(ext(id, critical, value)...)}
	}
	number := func(value string) handCRL { return handCRL{extensions: ext(oid.CRLNumber, false, value)} }
	point := func(elements ...string) handCRL { return handCRL{extensions: []csr.Extension{idp(elements...)}} }
	unknown := asn1.ObjectIdentifier{1, 2, 3}
	var many []csr.Extension
	for i := range 300 {
		many = append(many, csr.Extension{ID: asn1.ObjectIdentifier{1, 2, 3, i}, Value: []byte{5, 0}})
	}
	for what, c := range map[string]struct {
		list handCRL
		want error
		text string
	}{
		"delta":                      {handCRL{extensions: ext(oid.DeltaCRL, true, "\x02\x01\x01")}, csr.ErrDeltaCRL, ""},
		"delta, not critical":        {handCRL{extensions: ext(oid.DeltaCRL, false, "\x02\x01\x01")}, csr.ErrDeltaCRL, ""},
		"indirect":                   {point("\x84\x01\xff"), csr.ErrIndirectCRL, ""},
		"certificateIssuer":          {entry(oid.CertificateIssuer, true, "\x30\x00"), csr.ErrIndirectCRL, ""},
		"unknown critical":           {handCRL{extensions: ext(unknown, true, "\x05\x00")}, csr.ErrCritical, "1.2.3"},
		"unknown critical, entry":    {entry(unknown, true, "\x05\x00"), csr.ErrCritical, "1.2.3"},
		"critical freshestCRL":       {handCRL{extensions: ext(oid.FreshestCRL, true, "\x30\x00")}, csr.ErrCritical, ""},
		"some reasons":               {point("\x83\x02\x06\x40"), nil, "some reasons"},
		"attribute certificates":     {point("\x85\x01\xff"), nil, "attribute"},
		"users and authorities":      {point("\x81\x01\xff", "\x82\x01\xff"), nil, "contradicts"},
		"a relative name":            {point("\xa0\x02\xa1\x00"), nil, "fullName"},
		"no name":                    {point("\xa0\x02\xa0\x00"), nil, "fullName"},
		"a cut name":                 {point("\xa0\x04\xa0\x02\x86\x05"), nil, "fullName"},
		"idp, cut":                   {point("\xa0\x05"), nil, "issuingDistributionPoint"},
		"idp, a boolean of 1":        {point("\x81\x01\x01"), nil, "issuingDistributionPoint"},
		"idp, an empty boolean":      {point("\x81\x00"), nil, "issuingDistributionPoint"},
		"idp, out of order":          {point("\x82\x01\x00", "\x81\x01\xff"), nil, "issuingDistributionPoint"},
		"idp, a cut flag":            {point("\x81\x05"), nil, "issuingDistributionPoint"},
		"idp, no SEQUENCE":           {handCRL{extensions: ext(oid.IssuingDistributionPoint, true, "\x05\x00")}, nil, "issuingDistributionPoint"},
		"reasonCode 7":               {entry(oid.ReasonCode, false, "\x0a\x01\x07"), nil, "reasonCode 7"},
		"removeFromCRL":              {entry(oid.ReasonCode, false, "\x0a\x01\x08"), nil, "reasonCode 8"},
		"reasonCode 11":              {entry(oid.ReasonCode, false, "\x0a\x01\x0b"), nil, "reasonCode 11"},
		"reasonCode -1":              {entry(oid.ReasonCode, false, "\x0a\x01\xff"), nil, "reasonCode -1"},
		"reasonCode an INTEGER":      {entry(oid.ReasonCode, false, "\x02\x01\x01"), nil, "reasonCode"},
		"reasonCode and more":        {entry(oid.ReasonCode, false, "\x0a\x01\x01\x05\x00"), nil, "reasonCode"},
		"invalidityDate a UTCTime":   {entry(oid.InvalidityDate, false, "\x17\x0d261122120000Z"), nil, "invalidityDate"},
		"reasonCode twice":           {handCRL{entries: handEntry(append(ext(oid.ReasonCode, false, "\x0a\x01\x01"), ext(oid.ReasonCode, false, "\x0a\x01\x01")...)...)}, nil, "twice"},
		"cRLNumber negative":         {number("\x02\x01\xff"), nil, "cRLNumber"},
		"cRLNumber too long":         {number("\x02\x16\x01" + strings.Repeat("\x00", 21)), nil, "cRLNumber"},
		"cRLNumber and more":         {number("\x02\x01\x01\x05\x00"), nil, "cRLNumber"},
		"cRLNumber no number":        {number("\x05\x00"), nil, "cRLNumber"},
		"authorityKeyIdentifier":     {handCRL{extensions: ext(oid.AuthorityKeyID, false, "\x05\x00")}, nil, "authorityKeyIdentifier"},
		"an extension twice":         {handCRL{extensions: append(ext(oid.CRLNumber, false, "\x02\x01\x01"), ext(oid.CRLNumber, false, "\x02\x01\x01")...)}, nil, "twice"},
		"300 extensions":             {handCRL{extensions: many}, nil, "more than"},
		"extensions no SEQUENCE":     {handCRL{rawExts: []byte{5, 0}}, nil, "SEQUENCE"},
		"extensions and more":        {handCRL{rawExts: []byte{0x30, 0, 5, 0}}, nil, "after"},
		"extensions in version 1":    {handCRL{version: []byte{}, extensions: many[:1]}, nil, "version 2"},
		"entry's in version 1":       {handCRL{version: []byte{}, entries: handEntry(many[0])}, nil, "version 2"},
		"version 0 written out":      {handCRL{version: []byte{2, 1, 0}}, nil, "version"},
		"version 3":                  {handCRL{version: []byte{2, 1, 2}}, nil, "version"},
		"two algorithms":             {handCRL{algorithm: oid.GOSTSign512}, nil, "differ"},
		"something after":            {handCRL{tail: []byte{5, 0}}, nil, "crlExtensions"},
		"a cut extension":            {handCRL{tail: []byte{0xa0, 5}}, nil, "crlExtensions"},
		"an entry no SEQUENCE":       {handCRL{entries: hand("\x31\x00")}, nil, "revokedCertificates"},
		"an empty entry":             {handCRL{entries: hand("\x30\x00")}, nil, "serial"},
		"an empty serial":            {handCRL{entries: hand("\x30\x11\x02\x00\x17\x0d261122120000Z")}, nil, "serial"},
		"a serial of two forms":      {handCRL{entries: hand("\x30\x13\x02\x02\x00\x01\x17\x0d261122120000Z")}, nil, "serial"},
		"a negative serial, too":     {handCRL{entries: hand("\x30\x13\x02\x02\xff\x80\x17\x0d261122120000Z")}, nil, "serial"},
		"a serial of 128 octets":     {handCRL{entries: hand("\x30\x81\x92\x02\x81\x80" + strings.Repeat("\x01", 128) + "\x17\x0d261122120000Z")}, nil, "serial"},
		"no date":                    {handCRL{entries: hand("\x30\x03\x02\x01\x05")}, nil, "revocationDate"},
		"a date without seconds":     {handCRL{entries: hand("\x30\x10\x02\x01\x05\x17\x0b2611221200Z")}, nil, "revocationDate"},
		"an entry and more":          {handCRL{entries: hand("\x30\x16\x02\x01\x05\x17\x0d261122120000Z\x30\x00\x05\x00")}, nil, "crlEntryExtensions"},
		"an entry's extensions NULL": {handCRL{entries: hand("\x30\x14\x02\x01\x05\x17\x0d261122120000Z\x05\x00")}, nil, "crlEntryExtensions"},
		"an entry's extension cut":   {handCRL{entries: hand("\x30\x16\x02\x01\x05\x17\x0d261122120000Z\x30\x02\x30\x00")}, nil, "extension"},
		"a critical id of ill form":  {handCRL{entries: hand("\x30\x1e\x02\x01\x05\x17\x0d261122120000Z\x30\x0a\x30\x08\x06\x01\x80\x01\x01\xff\x04\x00")}, csr.ErrCritical, ""},
	} {
		list, err := csr.ParseCRL(c.list.unsigned(t))
		if err == nil || list != nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) || !strings.HasPrefix(err.Error(), "csr: crl: ") {
			t.Errorf("%s: got %v, want %v %q", what, err, c.want, c.text)
		}
	}
	for what, raw := range map[string][]byte{
		"nothing": nil, "no SEQUENCE": {5, 0}, "an empty one": {0x30, 0}, "trailing": append(handCRL{}.unsigned(t), 0),
	} {
		if list, err := csr.ParseCRL(raw); err == nil || list != nil {
			t.Errorf("%s: got %v, want it refused", what, list)
		}
	}
}

// TestParseCRLRefusesParts leaves out or breaks the fields of TBSCertList.
func TestParseCRLRefusesParts(t *testing.T) {
	algorithm, issuer, at := algorithmID(oid.GOSTSign256), commonName(t, "authority").Raw(), element(0x17, []byte("261122120000Z"))
	for what, c := range map[string]struct {
		tbs  []byte
		text string
	}{
		"nothing":                       {element(0x30), "signature"},
		"no issuer":                     {element(0x30, algorithm), "issuer"},
		"an issuer that is no name":     {element(0x30, algorithm, []byte{0x30, 2, 5, 0}), "issuer"},
		"no thisUpdate":                 {element(0x30, algorithm, issuer), "thisUpdate"},
		"a thisUpdate of no form":       {element(0x30, algorithm, issuer, element(0x17, []byte("2611221200Z"))), "thisUpdate"},
		"a nextUpdate of no form":       {element(0x30, algorithm, issuer, at, element(0x17, []byte("2611221200Z"))), "nextUpdate"},
		"a cut list":                    {element(0x30, algorithm, issuer, at, at, []byte{0x30, 5}), "revokedCertificates"},
		"the list before the next time": {element(0x30, algorithm, issuer, at, []byte{0x30, 0}, at), "crlExtensions"},
	} {
		if list, err := csr.ParseCRL(handCRL{}.wrap(c.tbs, make([]byte, 64))); err == nil || list != nil || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: got %v, want %q", what, err, c.text)
		}
	}
}

// implicit is an element of the given identifier octet.
func implicit(tag byte, content []byte) []byte {
	return der.Marshal(func(b *der.Builder) { b.AddASN1(der.Tag(tag), func(b *der.Builder) { b.AddBytes(content) }) })
}
