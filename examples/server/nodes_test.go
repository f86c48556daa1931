package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/internal/testenv/pg"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/smev/smevtest"
)

// begin begins a request by an individual link and returns its ID. Of every
// other person the phone is known as well, so that he needs a code.
func begin(r *running, operator string, seed uint64) string {
	r.t.Helper()
	form := applicant.Form(seed)
	known := map[string]string{"legalForm": form.LegalForm, "email": form.Email}
	if seed%2 == 1 {
		known["phone"] = form.Phone
	}
	answer := r.must(operator, http.MethodPost, prefix+"/requests", map[string]any{"process": "personal-link", "form": known})
	return value[struct{ ID string }](r.t, answer).ID
}

// linkIn is an individual link in a message, codeIn the code in one.
var (
	linkIn = regexp.MustCompile(`#([0-9a-f]{32}\.[A-Za-z0-9_-]{22})`)
	codeIn = regexp.MustCompile(`(?m)^Код (\d{6})\b`)
)

// message returns what a pattern finds in a message that has a word, when one
// has come.
func (r *running) message(part, word string, pattern *regexp.Regexp) string {
	r.t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		files, err := filepath.Glob(filepath.Join(r.dir, devOutbox, part, "*.txt"))
		if err != nil {
			r.t.Fatal(err)
		}
		for _, name := range files {
			if data, err := os.ReadFile(name); err == nil && bytes.Contains(data, []byte(word)) && pattern.Match(data) {
				found := pattern.FindStringSubmatch(string(data))
				return found[len(found)-1]
			}
		}
		<-time.After(20 * time.Millisecond) // a folder tells nobody
	}
	r.t.Fatalf("no message in %s: %s", part, r.log.String())
	return ""
}

// enter opens a session by the individual link in the applicant's mail, and by
// the code on his phone if that is known. A link opens when it is recorded,
// which is a moment after it was sent.
func (r *running) enter(id, phone string) (token string) {
	r.t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		link := r.message(mailDir, "#"+id+".", linkIn)
		answer := r.do("", http.MethodPost, prefix+"/session", map[string]string{
			"credential": link, "secret": base64.RawURLEncoding.EncodeToString([]byte("0123456789abcdef" + id[:16])),
		})
		if answer.status == http.StatusNotFound {
			continue
		}
		session := value[struct{ Token, Phone string }](r.t, answer)
		if session.Phone != "" {
			r.must(session.Token, http.MethodPost, prefix+"/session/confirmation", map[string]string{"code": r.message(smsDir, phone, codeIn)})
		}
		return session.Token
	}
	r.t.Fatal("the link does not open")
	return ""
}

// newSMEV starts a simulator that both instances ask, enrols them under one
// mnemonic, and enters it into the configuration of a development folder.
func newSMEV(t *testing.T, dir string) {
	t.Helper()
	s, err := smevtest.NewServer(smevtest.Config{MinDelay: 100 * time.Millisecond, MaxDelay: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	url, err := s.Listen()
	if err != nil {
		t.Fatal(err)
	}
	enrolled := httptest.NewRecorder()
	s.Admin().ServeHTTP(enrolled, httptest.NewRequest(http.MethodPost, "/enroll?mnemonic=RA0001", nil))
	for name, data := range map[string][]byte{
		"own.pem":  enrolled.Body.Bytes(),
		"smev.pem": csr.EncodePEM(csr.PEMCertificate, s.Certificate().Raw),
		"root.pem": csr.EncodePEM(csr.PEMCertificate, s.Root().Raw),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(dir, devConfig)
	c, err := readConfig(name)
	if err != nil {
		t.Fatal(err)
	}
	c.Registers = registersConfig{URL: url, Key: "own.pem", Certificate: "own.pem", SMEV: "smev.pem", Participants: "root.pem", Test: true}
	data, err := json.Marshal(c)
	if err == nil {
		err = os.WriteFile(name, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestNodes: two instances on one PostgreSQL database serve one queue. What is
// begun at one goes on at the other, and when one stops nothing is lost.
func TestNodes(t *testing.T) {
	url, dir := pg.Start(t), t.TempDir()
	first := start(t, dir, "-db", url)
	first.end()
	newSMEV(t, dir)
	a := start(t, dir, "-db", url, "-node", "a")
	b := start(t, dir, "-db", url, "-node", "b")
	operator := first.tokens["Оператор"]

	var ids, sessions []string
	for seed := range uint64(4) {
		first, second := a, b
		if seed%2 == 1 {
			first, second = b, a
		}
		id := begin(first, operator, seed)
		session := second.enter(id, applicant.Form(seed).Phone)
		second.must(session, http.MethodPut, prefix+"/requests/"+id+"/form", applicant.Form(seed))
		first.must(session, http.MethodPost, prefix+"/requests/"+id+"/steps", map[string]string{"event": "submit"})
		ids, sessions = append(ids, id), append(sessions, session)
	}
	for i, id := range ids {
		a.wait(sessions[i], id, "key_generation")
	}
	a.end()
	for i, id := range ids {
		form := applicant.Form(uint64(i))
		path := prefix + "/requests/" + id
		b.must(sessions[i], http.MethodPost, path+"/request", makeRequest(t, form), "application/pkcs10")
		b.wait(sessions[i], id, "writing")
		certificate, err := csr.Standard().ParseCertificate(b.must(sessions[i], http.MethodGet, path+"/certificate", nil).data)
		if err != nil || certificate.Subject.Get(csr.SNILS) != form.SNILS {
			t.Errorf("request %d: got the certificate of somebody else (%v)", i, err)
		}
		b.must(sessions[i], http.MethodPost, path+"/installation", certificate.Raw, "application/pkix-cert")
	}
	list := value[struct{ Items []struct{ State string } }](t, b.must(operator, http.MethodGet, prefix+"/requests?process=personal-link", nil))
	if len(list.Items) != len(ids) {
		t.Errorf("got %d requests, want %d", len(list.Items), len(ids))
	}
	for _, r := range list.Items {
		if r.State != "completed" {
			t.Errorf("got a request in %s", r.State)
		}
	}
	for i := range ids {
		form := applicant.Form(uint64(i))
		for _, datum := range []string{form.LastName, form.SNILS, form.INN, form.Email, form.Phone, strings.Split(sessions[i], ".")[1]} {
			if strings.Contains(a.log.String()+b.log.String(), datum) {
				t.Errorf("the log has %q", datum)
			}
		}
	}
}

// makeRequest makes a key and a PKCS #10 request for a form.
func makeRequest(t *testing.T, form ra.Form) []byte {
	t.Helper()
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		t.Fatal(err)
	}
	subject, err := ra.Subject(&form)
	if err != nil {
		t.Fatal(err)
	}
	der, err := csr.Standard().Create(key, &csr.Template{Subject: subject})
	if err != nil {
		t.Fatal(fmt.Errorf("making the request: %w", err))
	}
	return der
}
