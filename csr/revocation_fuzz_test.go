package csr_test

import (
	"bytes"
	"crypto/x509"
	"math/big"
	"slices"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/oid"
)

// FuzzParseCRL reads lists. What was read is found again, is the same as
// crypto/x509 reads if it does, and survives being written and read.
func FuzzParseCRL(f *testing.F) {
	for _, v := range crlVectors(f) {
		f.Add(unhex(f, v.CRL))
	}
	ca := authority(f, newKey(f))
	f.Add(ca.crl(nil))
	f.Add(handCRL{entries: handEntry(csr.Extension{ID: oid.ReasonCode, Value: []byte{10, 1, 1}})}.unsigned(f))
	f.Add(handCRL{extensions: []csr.Extension{idp("\xa0\x09\xa0\x07\x86\x05a:bcd", "\x81\x01\xff")}}.unsigned(f))
	f.Add(handCRL{version: []byte{}, noNext: true, entries: handEntry()}.unsigned(f))
	f.Fuzz(func(t *testing.T, raw []byte) {
		list, err := csr.ParseCRL(raw)
		if (list == nil) != (err != nil) {
			t.Fatalf("got %v with error %v", list, err)
		}
		if err != nil {
			return
		}
		if !bytes.Equal(list.Raw, raw) || !bytes.Equal(list.Reencode(), raw) || !bytes.Contains(raw, list.RawTBS) || !bytes.Equal(list.Issuer.Raw(), list.RawIssuer) {
			t.Fatal("raw parts are not of what was given")
		}
		entries := slices.Collect(list.All())
		if len(entries) != list.Len() {
			t.Fatalf("got %d entries, want %d", len(entries), list.Len())
		}
		for _, e := range entries {
			if got, found := list.Find(e.SerialNumber); !found || got.RevokedAt.After(e.RevokedAt) {
				t.Fatalf("got %v, %v, want %v", got, found, e)
			}
		}
		if want, err := x509.ParseRevocationList(raw); err == nil && list.Number != nil && want.Number != nil {
			compareCRL(t, "fuzzed", list, want)
		}
		written, err := ca.as.CreateCRL(ca.key, &csr.CRLTemplate{
			Issuer: list.Issuer, Number: big.NewInt(1), ThisUpdate: list.ThisUpdate, NextUpdate: list.NextUpdate, Entries: entries,
		})
		if err != nil {
			return // a serial number twice, times in the wrong order and the like
		}
		again := parseCRL(t, written)
		if !again.ThisUpdate.Equal(list.ThisUpdate) || !slices.EqualFunc(slices.Collect(again.All()), entries, sameRevocation) {
			t.Fatal("the list written again differs")
		}
	})
}

// FuzzParseOCSPRequest reads requests; the parts that were read make the same
// request again.
func FuzzParseOCSPRequest(f *testing.F) {
	ca := authority(f, newKey(f))
	subject := ca.subject(42)
	for _, h := range []csr.CertIDHash{csr.CertIDSHA1, csr.CertIDSHA256, csr.CertIDStreebog256} {
		f.Add(askOCSP(f, subject, ca.cert, csr.OCSPOptions{Hash: h, NoNonce: h == csr.CertIDSHA256}).Raw)
	}
	list := element(0x30, element(0x30, handID, element(0xa0, handExtension(oid.CRLNumber, false, nil))), element(0x30, handID))
	signature := element(0xa0, element(0x30, algorithmID(oid.GOSTSign256), []byte{3, 2, 0, 1}))
	f.Add(element(0x30, element(0x30, element(0xa1, element(0xa4, []byte{0x30, 0})), list, element(0xa2, handNonce(1))), signature))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := csr.ParseOCSPRequest(raw)
		if (r == nil) != (err != nil) {
			t.Fatalf("got %v with error %v", r, err)
		}
		if err != nil {
			return
		}
		if !bytes.Equal(r.Raw, raw) || !bytes.Equal(r.Reencode(), raw) || len(r.CertIDs) == 0 || r.Nonce != nil && (len(r.Nonce) == 0 || len(r.Nonce) > 128) {
			t.Fatalf("got %+v", r)
		}
		var ids []byte
		for _, id := range r.CertIDs {
			ids = append(ids, element(0x30, id.Raw)...)
		}
		plain := element(0x30, element(0x30, element(0x30, ids)))
		again, err := csr.ParseOCSPRequest(plain)
		if err != nil {
			t.Fatal(err)
		}
		for i, id := range again.CertIDs {
			want := r.CertIDs[i]
			if !bytes.Equal(id.Raw, want.Raw) || !id.Hash.Equal(want.Hash) || id.SerialNumber.Cmp(want.SerialNumber) != 0 || !bytes.Equal(id.IssuerKeyHash, want.IssuerKeyHash) {
				t.Fatalf("got %+v, want %+v", id, want)
			}
			id.Names(subject, ca.cert)
		}
		if len(r.Extensions) == 0 && !r.Signed && len(plain) == len(raw) && !bytes.Equal(plain, raw) {
			t.Fatal("written again it differs")
		}
	})
}

// FuzzParseOCSPResponse reads responses; what was read survives being written
// and read, and a response nobody signed is never accepted.
func FuzzParseOCSPResponse(f *testing.F) {
	ca := authority(f, newKey(f))
	subject := ca.subject(42)
	id := askOCSP(f, subject, ca.cert, csr.OCSPOptions{}).CertIDs[0]
	for _, s := range []csr.Status{goodAt(now), revokedAt(now), {ThisUpdate: now}} {
		f.Add(answer(f, ca.as, ca.key, ca.cert, id, s, func(o *csr.OCSPResponseTemplate) {
			o.ByKey, o.Nonce = s.State == csr.StatusGood, []byte("nonce")
			o.Certificates = []*csr.Certificate{ca.cert}
		}).Raw)
	}
	f.Add(csr.OCSPTryLater.Response())
	one := element(0x30, handID, []byte{0x80, 0}, handTime, element(0xa0, handTime), element(0xa1, handExtension(oid.CRLNumber, false, nil)))
	f.Add(handResponse(element(0x30, []byte{0xa0, 3, 2, 1, 0}, element(0xa1, []byte{0x30, 0}), handTime, element(0x30, one, one), element(0xa1, handNonce(4)))))
	stranger := authority(f, newKey(f))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := ca.as.ParseOCSPResponse(raw)
		if (r == nil) != (err != nil) {
			t.Fatalf("got %v with error %v", r, err)
		}
		if err != nil {
			return
		}
		if !bytes.Equal(r.Raw, raw) || !bytes.Equal(r.Reencode(), raw) || !bytes.Contains(raw, r.RawTBS) || len(r.Answers) == 0 || (r.RawResponderName == nil) == (r.ResponderKeyHash == nil) {
			t.Fatalf("got %+v", r)
		}
		if s, err := ca.as.CheckOCSP(r, csr.OCSPCheck{Certificate: subject, Issuer: stranger.cert, At: now}); err == nil {
			t.Fatalf("got %v of a stranger", s.State)
		}
		written, err := ca.as.CreateOCSPResponse(ca.key, &csr.OCSPResponseTemplate{
			Responder: ca.cert, ProducedAt: r.ProducedAt, Answers: r.Answers, Nonce: r.Nonce, Certificates: r.Certificates,
		})
		if err != nil {
			return // times in the wrong order
		}
		again, err := ca.as.ParseOCSPResponse(written)
		if err != nil {
			t.Fatal(err)
		}
		if !again.ProducedAt.Equal(r.ProducedAt) || !bytes.Equal(again.Nonce, r.Nonce) || !slices.EqualFunc(again.Answers, r.Answers, sameAnswer) {
			t.Fatal("the response written again differs")
		}
	})
}

func sameAnswer(a, b csr.OCSPAnswer) bool {
	return bytes.Equal(a.CertID.Raw, b.CertID.Raw) && a.Status.State == b.Status.State &&
		a.Status.ThisUpdate.Equal(b.Status.ThisUpdate) && a.Status.NextUpdate.Equal(b.Status.NextUpdate) &&
		a.Status.Revocation.RevokedAt.Equal(b.Status.Revocation.RevokedAt) && a.Status.Revocation.Reason == b.Status.Revocation.Reason
}
