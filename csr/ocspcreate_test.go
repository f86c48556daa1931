package csr_test

import (
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
)

func TestCreateOCSPResponseRefuses(t *testing.T) {
	ca := authority(t, newKey(t))
	id := askOCSP(t, ca.subject(42), ca.cert, csr.OCSPOptions{}).CertIDs[0]
	far := time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	status := func(change func(*csr.Status)) func(*csr.OCSPResponseTemplate) {
		return func(o *csr.OCSPResponseTemplate) {
			o.Answers[0].Status = revokedAt(now)
			change(&o.Answers[0].Status)
		}
	}
	for what, change := range map[string]func(*csr.OCSPResponseTemplate){
		"no responder":        func(o *csr.OCSPResponseTemplate) { o.Responder = nil },
		"another key":         func(o *csr.OCSPResponseTemplate) { o.Responder = authority(t, newKey(t)).cert },
		"no producedAt":       func(o *csr.OCSPResponseTemplate) { o.ProducedAt = time.Time{} },
		"produced in 10000":   func(o *csr.OCSPResponseTemplate) { o.ProducedAt = far },
		"no answers":          func(o *csr.OCSPResponseTemplate) { o.Answers = nil },
		"an empty nonce":      func(o *csr.OCSPResponseTemplate) { o.Nonce = []byte{} },
		"a long nonce":        func(o *csr.OCSPResponseTemplate) { o.Nonce = make([]byte, 129) },
		"17 certificates":     func(o *csr.OCSPResponseTemplate) { o.Certificates = make([]*csr.Certificate, 17) },
		"no CertID":           func(o *csr.OCSPResponseTemplate) { o.Answers[0].CertID = csr.CertID{} },
		"no thisUpdate":       status(func(s *csr.Status) { s.ThisUpdate = time.Time{} }),
		"nextUpdate earlier":  status(func(s *csr.Status) { s.NextUpdate = s.ThisUpdate.Add(-1) }),
		"nextUpdate in 10000": status(func(s *csr.Status) { s.NextUpdate = far }),
		"state 3":             status(func(s *csr.Status) { s.State = 3 }),
		"revoked never":       status(func(s *csr.Status) { s.Revocation.RevokedAt = time.Time{} }),
		"revoked in 10000":    status(func(s *csr.Status) { s.Revocation.RevokedAt = far }),
		"removeFromCRL":       status(func(s *csr.Status) { s.Revocation.Reason = csr.ReasonRemoveFromCRL }),
		"another's":           status(func(s *csr.Status) { s.Revocation.SerialNumber = big.NewInt(43) }),
	} {
		template := &csr.OCSPResponseTemplate{Responder: ca.cert, ProducedAt: now, Answers: []csr.OCSPAnswer{{CertID: id, Status: goodAt(now)}}}
		change(template)
		if raw, err := ca.as.CreateOCSPResponse(ca.key, template); err == nil || raw != nil || !strings.HasPrefix(err.Error(), "csr: ocsp: ") {
			t.Errorf("%s: got %d octets, %v, want it refused", what, len(raw), err)
		}
	}
	template := &csr.OCSPResponseTemplate{Responder: ca.cert, ProducedAt: now, Answers: []csr.OCSPAnswer{{CertID: id, Status: goodAt(now)}}}
	if raw, err := csr.Algorithms(nil).CreateOCSPResponse(ca.key, template); !errors.Is(err, csr.ErrUnknownAlgorithm) || raw != nil {
		t.Errorf("no algorithm: got %v, want ErrUnknownAlgorithm", err)
	}
}
