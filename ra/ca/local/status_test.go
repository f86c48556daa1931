package local_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/local"
)

// states is an authority with a certificate in every state.
type states struct {
	config local.Config
	clock  *testenv.Clock
	ca     *local.CA
	certs  map[string]*csr.Certificate // good, suspended, resumed, revoked
}

func newStates(t *testing.T, at time.Time) *states {
	t.Helper()
	s := &states{config: config(t, newKey(t, gost.CryptoProA()), at), clock: testenv.NewClock(at), certs: map[string]*csr.Certificate{}}
	s.config.Clock, s.config.Dir = s.clock, t.TempDir()
	s.ca = open(t, s.config)
	for i, name := range []string{"good", "suspended", "resumed", "revoked"} {
		s.certs[name] = submit(t, s.ca, name, order(t, uint64(i+1)))
	}
	for _, c := range []struct {
		key string
		r   ra.Revocation
	}{
		{"suspended", ra.Revocation{Action: ra.ActSuspend}}, {"resumed", ra.Revocation{Action: ra.ActSuspend}},
		{"resumed", ra.Revocation{Action: ra.ActResume}}, {"revoked", ra.Revocation{Reason: csr.ReasonKeyCompromise, At: at.Add(time.Hour)}},
	} {
		if _, err := s.ca.Revoke(t.Context(), c.key, c.r); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// want is the state of each certificate as the world is told.
var want = map[string]csr.Revocation{
	"good": {}, "resumed": {}, "suspended": {Reason: csr.ReasonCertificateHold}, "revoked": {Reason: csr.ReasonKeyCompromise},
}

func wantState(name string) csr.State {
	if want[name].Reason == 0 {
		return csr.StatusGood
	}
	return csr.StatusRevoked
}

func TestCRL(t *testing.T) {
	s := newStates(t, start)
	for number := range int64(3) {
		der, err := s.ca.CRL()
		if err != nil {
			t.Fatal(err)
		}
		list, err := csr.ParseCRL(der)
		if err != nil {
			t.Fatal(err)
		}
		if list.Number.Int64() != number+1 || !list.NextUpdate.Equal(list.ThisUpdate.Add(24*time.Hour)) {
			t.Errorf("got number %v, %v to %v, want %d for a day", list.Number, list.ThisUpdate, list.NextUpdate, number+1)
		}
		if err := as.CheckCRL(list, s.config.Certificate, s.clock.Now()); err != nil {
			t.Error(err)
		}
		for name, cert := range s.certs {
			status, err := list.Status(cert)
			if err != nil || status.State != wantState(name) || status.Revocation.Reason != want[name].Reason {
				t.Errorf("%s: got %v, %v, %v", name, status.State, status.Revocation.Reason, err)
			}
			if status.State == csr.StatusRevoked && !status.Revocation.RevokedAt.Equal(start) {
				t.Errorf("%s: got revoked at %v, want no time that has not come", name, status.Revocation.RevokedAt)
			}
		}
		if number == 1 { // the number goes on after a restart
			if err := s.ca.Close(); err != nil {
				t.Fatal(err)
			}
			s.ca = open(t, s.config)
		}
		s.clock.Advance(time.Hour)
	}
}

func TestCRLRefused(t *testing.T) {
	c := config(t, newKey(t, gost.CryptoProA()), start)
	spki, _, err := as.EncodeKey(c.Key.Public())
	if err != nil {
		t.Fatal(err)
	}
	der, err := as.CreateCertificate(c.Key, &csr.CertificateTemplate{
		SerialNumber: c.Certificate.SerialNumber, Issuer: c.Certificate.Subject, Subject: c.Certificate.Subject, RawKey: spki,
		NotBefore: start, NotAfter: start.AddDate(5, 0, 0),
		Extensions: []csr.Extension{csr.NewBasicConstraints(true, 0), csr.NewKeyUsage(csr.KeyCertSign)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Certificate, err = as.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	ca := open(t, c)
	if _, err := ca.CRL(); err != local.ErrMayNotList {
		t.Errorf("got %v, want ErrMayNotList", err)
	}
	if err := ca.Publish(t.TempDir()); err != local.ErrMayNotList {
		t.Errorf("publish: got %v, want ErrMayNotList", err)
	}
}

func TestPublish(t *testing.T) {
	s, dir := newStates(t, start), t.TempDir()
	for range 2 {
		if err := s.ca.Publish(dir); err != nil {
			t.Fatal(err)
		}
	}
	cert, err := os.ReadFile(filepath.Join(dir, local.CertificateFile))
	if err != nil || !bytes.Equal(cert, s.config.Certificate.Raw) {
		t.Errorf("got another certificate, %v", err)
	}
	der, err := os.ReadFile(filepath.Join(dir, local.ListFile))
	if err != nil {
		t.Fatal(err)
	}
	if list, err := csr.ParseCRL(der); err != nil || list.Number.Int64() != 2 {
		t.Errorf("got list %v, %v, want the second", list, err)
	}
	if err := s.ca.Publish(filepath.Join(dir, "missing")); err == nil {
		t.Error("a missing folder: got no error")
	}
}

// ask asks over HTTP in one of the two ways.
func ask(t *testing.T, server, method string, request []byte) []byte {
	t.Helper()
	address, body := server+"/ocsp", io.Reader(nil)
	if method == http.MethodGet {
		address += "/" + url.PathEscape(base64.StdEncoding.EncodeToString(request))
	} else {
		body = bytes.NewReader(request)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if kind := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || kind != "application/ocsp-response" {
		t.Fatalf("got %s, %s", response.Status, kind)
	}
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestResponder(t *testing.T) {
	s := newStates(t, start)
	server := httptest.NewServer(http.StripPrefix("/ocsp", s.ca.Responder()))
	defer server.Close()
	for name, cert := range s.certs {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			for hash := range csr.CertIDStreebog256 + 1 {
				q, err := csr.NewOCSPRequest(cert, s.config.Certificate, csr.OCSPOptions{Hash: hash})
				if err != nil {
					t.Fatal(err)
				}
				answer, err := as.ParseOCSPResponse(ask(t, server.URL, method, q.Raw))
				if err != nil {
					t.Fatal(err)
				}
				status, err := as.CheckOCSP(answer, csr.OCSPCheck{Certificate: cert, Issuer: s.config.Certificate, At: start, Nonce: q.Nonce})
				if err != nil || status.State != wantState(name) || status.Revocation.Reason != want[name].Reason {
					t.Errorf("%s by %s: got %v, %v, %v", name, method, status.State, status.Revocation.Reason, err)
				}
			}
		}
	}
}

// TestResponderRefuses answers what was not asked in the right way with the
// error that says so.
func TestResponderRefuses(t *testing.T) {
	s := newStates(t, start)
	server := httptest.NewServer(http.StripPrefix("/ocsp", s.ca.Responder()))
	defer server.Close()
	other := newStates(t, start)
	foreign, err := csr.NewOCSPRequest(other.certs["good"], other.config.Certificate, csr.OCSPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		request []byte
		want    csr.OCSPError
	}{
		"nothing":           {nil, csr.OCSPMalformedRequest},
		"no request":        {[]byte("hello"), csr.OCSPMalformedRequest},
		"too much":          {make([]byte, 20<<10), csr.OCSPMalformedRequest},
		"another authority": {foreign.Raw, csr.OCSPUnauthorized},
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if got := ask(t, server.URL, method, c.request); !bytes.Equal(got, c.want.Response()) {
				t.Errorf("%s by %s: got %x, want %v", what, method, got, c.want)
			}
		}
	}
	response, err := http.Head(server.URL + "/ocsp/")
	if err != nil || response.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("HEAD: got %v, %v, want 405", response, err)
	}
}

// TestUnknownCertificate: a serial number that was never given is neither good
// nor revoked.
func TestUnknownCertificate(t *testing.T) {
	s := newStates(t, start)
	never := *s.certs["good"]
	never.SerialNumber = s.config.Certificate.SerialNumber
	q, err := csr.NewOCSPRequest(&never, s.config.Certificate, csr.OCSPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := as.ParseOCSPResponse(s.ca.OCSP(q.Raw))
	if err != nil {
		t.Fatal(err)
	}
	status, err := as.CheckOCSP(answer, csr.OCSPCheck{Certificate: &never, Issuer: s.config.Certificate, At: start, Nonce: q.Nonce})
	if err != nil || status.State != csr.StatusUnknown {
		t.Errorf("got %v, %v, want unknown", status.State, err)
	}
}
