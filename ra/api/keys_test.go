package api_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

func TestSubmitRequest(t *testing.T) {
	w := newWorld(t)
	id, token := w.submitted()
	key := w.newKey()
	path := "/requests/" + id + "/request"
	other := w.form
	other.City = "Тверь"
	a := w.upload(path, token, "application/pkcs10", w.pkcs10(key, other)).is(422, "subject")
	if !bytes.Contains(a.body, []byte(`"different":["L"]`)) {
		t.Errorf("got %s", a.body)
	}
	der := w.pkcs10(key, w.form)
	torn := bytes.Clone(der)
	torn[len(torn)-1] ^= 1
	w.upload(path, token, "application/pkcs10", torn).is(422, "possession")
	w.upload(path, token, "application/pkcs10", []byte("nonsense")).is(422, "pkcs10")
	w.upload(path, token, "application/pdf", der).is(415, "media")
	w.upload(path, token, "application/pkcs10", der).is(200)
	again, token := w.submitted()
	w.upload("/requests/"+again+"/request", token, "application/pkcs10", der).is(409, "key_taken")
}

// issued goes on until the certificate is there and its sheet waits.
func (w *world) issued(key *gost.PrivateKey) (id, token string, sign func()) {
	w.t.Helper()
	id, token = w.submitted()
	subject, err := ra.Subject(&w.form)
	if err != nil {
		w.t.Fatal(err)
	}
	phone, err := w.phones.Enrol(w.ctx, w.form.SNILS, subject)
	if err != nil {
		w.t.Fatal(err)
	}
	sign = func() {
		w.t.Helper()
		for _, p := range phone.Packages() {
			if err := phone.View(p.ID); err != nil {
				w.t.Fatal(err)
			}
			if err := phone.Sign(p.ID, true); err != nil {
				w.t.Fatal(err)
			}
		}
		w.clock.Advance(time.Minute)
		w.settle()
	}
	w.upload("/requests/"+id+"/request", token, "application/pkcs10", w.pkcs10(key, w.form)).is(200)
	w.settle()
	sign()
	return id, token, sign
}

func TestFetchCertificate(t *testing.T) {
	w := newWorld(t)
	id, token := w.submitted()
	w.call("GET", "/requests/"+id+"/certificate", token, nil).is(404, "not_found")
	key := w.newKey()
	id, token, _ = w.issued(key)
	w.inState(id, workflow.CertificateAck)
	a := w.call("GET", "/requests/"+id+"/certificate", token, nil).is(200)
	cert, err := w.as.ParseCertificate(a.body)
	if err != nil || !key.PublicKey().Equal(cert.PublicKey) || a.header.Get("Content-Type") != "application/pkix-cert" {
		t.Errorf("got %v, %v", err, a.header)
	}
	w.call("GET", "/requests/"+id+"/certificate", "stranger", nil).is(404, "not_found")
}

// onHold begins a request to put the certificate of another on hold, for
// whoever holds it.
func (w *world) onHold(serial string) string {
	w.t.Helper()
	begun := w.call("POST", "/requests", "operator", map[string]any{"process": "suspension", "form": map[string]string{"certificate": serial}}).is(201)
	id, form := begun.id(), begun.json()["form"]
	w.call("PUT", "/requests/"+id+"/form", "operator", form).is(200)
	w.settle()
	return id
}

func TestSignApplication(t *testing.T) {
	w := newWorld(t)
	key := w.newKey()
	earlier, token, _ := w.issued(key)
	cert, err := w.as.ParseCertificate(w.call("GET", "/requests/"+earlier+"/certificate", token, nil).is(200).body)
	if err != nil {
		t.Fatal(err)
	}
	id := w.onHold(cert.SerialNumber.Text(16))
	paper := w.call("GET", "/requests/"+id+"/documents/revocation_application", "operator", nil).is(200).body
	signature, err := cms.Sign(w.as, key, cert, cms.Options{Detached: true, At: w.clock.Now()}, paper)
	if err != nil {
		t.Fatal(err)
	}
	path := "/requests/" + id + "/application-signature"
	w.upload(path, "operator", "application/pkcs7-signature", []byte("nonsense")).is(422, "signature")
	w.upload(path, "stranger", "application/pkcs7-signature", signature).is(404, "not_found")
	if a := w.upload(path, "operator", "application/pkcs7-signature", signature).is(200); !bytes.Contains(a.body, []byte("application_signed_old_cert")) {
		t.Errorf("got %s", a.body)
	}
	w.call("POST", "/requests/"+id+"/steps", "operator", map[string]string{"event": "submit"}).is(200)
	w.upload(path, "operator", "application/pkcs7-signature", signature).is(403, "denied")
}

func TestSetKeyPhrase(t *testing.T) {
	w := newWorld(t)
	id, token := w.begun()
	path := "/requests/" + id + "/key-phrase"
	w.call("PUT", path, token, map[string]string{"phrase": "мало"}).is(422, "form")
	w.call("PUT", path, "stranger", map[string]string{"phrase": "сургуч и ёлка"}).is(404, "not_found")
	w.call("PUT", path, token, map[string]string{"phrase": "сургуч и ёлка"}).is(200)
	for _, from := range []string{"", "/history"} {
		if a := w.call("GET", "/requests/"+id+from, "operator", nil).is(200); bytes.Contains(a.body, []byte("ёлка")) || bytes.Contains(a.body, []byte(`"hash"`)) {
			t.Errorf("the phrase is shown: %s", a.body)
		}
	}
}

func TestGiveKeyPhrase(t *testing.T) {
	w := newWorld(t)
	w.whenBegun = func(id, token string) {
		w.call("PUT", "/requests/"+id+"/key-phrase", token, map[string]string{"phrase": "Сургуч и ёлка"}).is(200)
	}
	earlier, token, _ := w.issued(w.newKey())
	cert, err := w.as.ParseCertificate(w.call("GET", "/requests/"+earlier+"/certificate", token, nil).is(200).body)
	if err != nil {
		t.Fatal(err)
	}
	id := w.onHold(cert.SerialNumber.Text(16))
	path := "/requests/" + id + "/key-phrase"
	w.call("POST", path, "stranger", map[string]string{"phrase": "сургуч, и елка"}).is(404, "not_found")
	if a := w.call("POST", path, "operator", map[string]string{"phrase": "сургуч и сосна"}).is(403, "phrase_wrong"); a.json()["left"] != 4.0 {
		t.Errorf("got %s", a.body)
	}
	for range 3 {
		w.call("POST", path, "operator", map[string]string{"phrase": "сургуч и берёза"}).is(403, "phrase_wrong")
	}
	if a := w.call("POST", path, "operator", map[string]string{"phrase": "сургуч и дуб"}).is(429, "wait"); a.header.Get("Retry-After") != "900" {
		t.Errorf("got %v", a.header)
	}
	w.call("POST", path, "operator", map[string]string{"phrase": "сургуч и ёлка"}).is(429, "wait")
	w.clock.Advance(15 * time.Minute)
	if a := w.call("POST", path, "operator", map[string]string{"phrase": "сургуч, и елка"}).is(200); !bytes.Contains(a.body, []byte("key_phrase_given")) {
		t.Errorf("got %s", a.body)
	}
}

func TestAcknowledgeCertificate(t *testing.T) {
	w := newWorld(t)
	key := w.newKey()
	id, token, _ := w.issued(key)
	w.inState(id, workflow.CertificateAck)
	sheet := w.call("GET", "/requests/"+id+"/documents/certificate_sheet", token, nil).is(200).body
	der := w.call("GET", "/requests/"+id+"/certificate", token, nil).is(200).body
	cert, err := w.as.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(what []byte) []byte {
		t.Helper()
		signature, err := cms.Sign(w.as, key, cert, cms.Options{Detached: true, At: w.clock.Now()}, what)
		if err != nil {
			t.Fatal(err)
		}
		return signature
	}
	path := "/requests/" + id + "/acknowledgement"
	w.upload(path, token, "application/pkcs7-signature", sign([]byte("another sheet"))).is(422, "signature")
	w.upload(path, token, "application/pkcs7-signature", []byte("nonsense")).is(422, "signature")
	if a := w.upload(path, token, "application/pkcs7-signature", sign(sheet)).is(200); a.state() != "writing" {
		t.Errorf("got the state %s", a.state())
	}
	before, token := w.submitted()
	w.upload("/requests/"+before+"/acknowledgement", token, "application/pkcs7-signature", sign(sheet)).is(404, "not_found")
}

func TestConfirmInstallation(t *testing.T) {
	w := newWorld(t)
	id, token, sign := w.issued(w.newKey())
	sign()
	w.inState(id, workflow.Writing)
	der := w.call("GET", "/requests/"+id+"/certificate", token, nil).is(200).body
	path := "/requests/" + id + "/installation"
	w.upload(path, token, "application/pkix-cert", der[:len(der)-1]).is(422, "other_certificate")
	if a := w.upload(path, token, "application/pkix-cert", der).is(200); a.state() != "completed" || a.json()["final"] != true {
		t.Errorf("got %s", a.body)
	}
}

func TestPrintMarker(t *testing.T) {
	w := newWorld(t)
	id := w.invited()
	w.call("POST", "/requests/"+id+"/marker", "agent", nil).is(403, "denied")
	w.call("POST", "/requests/"+id+"/identification", "agent", map[string]string{"how": "in_person", "note": "паспорт"}).is(200)
	w.call("POST", "/requests/"+id+"/steps", "agent", map[string]string{"event": "identify"}).is(200)
	first := w.request("POST", "/requests/"+id+"/marker", "agent", nil)
	first.Header.Set("Idempotency-Key", "the-paper-jammed")
	one := w.do(first).is(200)
	second := w.request("POST", "/requests/"+id+"/marker", "agent", nil)
	second.Header.Set("Idempotency-Key", "the-paper-jammed")
	two := w.do(second).is(200)
	codes := []string{markerCode.FindString(string(one.body)), markerCode.FindString(string(two.body))}
	if codes[0] == "" || codes[1] == "" || codes[0] == codes[1] || one.header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %q and %v", codes, one.header)
	}
	w.call("POST", "/requests/"+id+"/evidence", "agent", map[string]string{"evidence": "marker_receipt", "note": "расписка"}).is(200)
	w.call("POST", "/requests/"+id+"/steps", "agent", map[string]string{"event": "give_marker"}).is(200)
	w.call("POST", "/session", "", map[string]string{"credential": codes[0], "secret": secret(1)}).is(404, "not_found")
	w.call("POST", "/session", "", map[string]string{"credential": codes[1], "secret": secret(1)}).is(201)
}
