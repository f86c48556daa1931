package local

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
)

// Bounds of one OCSP request.
const (
	maxOCSPRequest = 16 << 10 // octets
	maxOCSPAsked   = 64       // certificates
)

// OCSP answers an OCSP request (RFC 6960), both DER, about certificates of
// this authority as they are this moment. What it was not asked in the right
// way, or about others' certificates, it answers with the error of section
// 4.2.1 that says so. A certificate it never issued is unknown.
func (ca *CA) OCSP(request []byte) []byte {
	q, err := csr.ParseOCSPRequest(request)
	if err != nil || len(q.CertIDs) > maxOCSPAsked {
		return csr.OCSPMalformedRequest.Response()
	}
	t := &csr.OCSPResponseTemplate{Responder: ca.cfg.Certificate, ProducedAt: ca.now(), Nonce: q.Nonce}
	for _, id := range q.CertIDs {
		if !id.IssuedBy(ca.cfg.Certificate) {
			return csr.OCSPUnauthorized.Response()
		}
		t.Answers = append(t.Answers, csr.OCSPAnswer{CertID: id, Status: ca.status(id, t.ProducedAt)})
	}
	der, err := ca.cfg.Algorithms.CreateOCSPResponse(ca.cfg.Key, t)
	if err != nil {
		return csr.OCSPInternalError.Response()
	}
	return der
}

func (ca *CA) status(id csr.CertID, now time.Time) csr.Status {
	ca.mu.Lock()
	defer ca.mu.Unlock()
	s := csr.Status{State: csr.StatusUnknown, ThisUpdate: now}
	if id.SerialNumber.Sign() <= 0 {
		return s
	}
	switch o := ca.serials[string(id.SerialNumber.Bytes())]; {
	case o == nil || o.state == ra.Pending:
	case o.state == ra.Issued:
		s.State = csr.StatusGood
	default:
		s.State, s.Revocation = csr.StatusRevoked, o.revocation
	}
	return s
}

// Responder answers OCSP over HTTP (RFC 6960, appendix A): POST with the
// request as the body, GET with it in base64 as the rest of the path.
// http.StripPrefix takes off what stands before it.
func (ca *CA) Responder() http.Handler { return http.HandlerFunc(ca.serveOCSP) }

func (ca *CA) serveOCSP(w http.ResponseWriter, r *http.Request) {
	var request []byte
	var err error
	switch r.Method {
	case http.MethodPost:
		request, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxOCSPRequest))
	case http.MethodGet:
		// The encoded path is taken: in a decoded one the slashes of base64
		// may have been run together.
		var text string
		text, err = url.PathUnescape(strings.TrimPrefix(r.URL.EscapedPath(), "/"))
		if err == nil && len(text) <= maxOCSPRequest {
			request, err = base64.StdEncoding.DecodeString(text)
		}
	default:
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, "OCSP is asked by GET or POST", http.StatusMethodNotAllowed)
		return
	}
	response := csr.OCSPMalformedRequest.Response()
	if err == nil {
		response = ca.OCSP(request)
	}
	w.Header().Set("Content-Type", "application/ocsp-response")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(response)
}
