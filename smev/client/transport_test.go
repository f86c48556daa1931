package client_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/client"
)

// canned answers every request with one reply and returns the error of Ask.
func canned(t *testing.T, reply http.HandlerFunc) error {
	t.Helper()
	var requests int
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		reply(w, r)
	}))
	defer server.Close()
	cfg := nobody()
	cfg.URL, cfg.HTTP = server.URL, server.Client()
	c, err := client.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	id, err := c.Ask(t.Context(), smev.Inquiry{Key: "k", Check: smev.CheckPassport, Subject: subject()})
	if err == nil {
		t.Fatalf("asked as %s", id)
	}
	if requests != 1 {
		t.Errorf("%d requests were made, want 1", requests)
	}
	return err
}

func xml(status int, doc string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		w.WriteHeader(status)
		fmt.Fprint(w, doc)
	}
}

func fault(inside string) string {
	return `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault>` + inside + `</soap:Fault></soap:Body></soap:Envelope>`
}

func TestTransportErrors(t *testing.T) {
	const empty = `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body/></soap:Envelope>`
	mtom := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", `multipart/related; type="application/xop+xml"; boundary="uuid:1"`)
		fmt.Fprint(w, "--uuid:1--")
	}
	json := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, "{}")
	}
	redirect := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}
	cut := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		xml(http.StatusOK, "<a>")(w, nil)
	}
	for name, c := range map[string]struct {
		reply     http.HandlerFunc
		status    int
		temporary bool
		text      string
	}{
		"bad gateway":       {xml(502, ""), 502, true, "HTTP status 502"},
		"too many requests": {xml(429, ""), 429, true, "HTTP status 429"},
		"not found":         {xml(404, ""), 404, false, "HTTP status 404"},
		"redirect":          {redirect, 307, false, "HTTP status 307"},
		"not XML":           {xml(200, "<html>"), 200, false, "cut short"},
		"gateway page":      {xml(500, "<html>"), 500, true, "cut short"},
		"error, no fault":   {xml(500, empty), 500, true, "without a fault"},
		"empty body":        {xml(200, empty), 200, false, "the body is empty"},
		"MTOM, cut off":     {mtom, 200, true, "mtom"},
		"JSON":              {json, 200, false, "neither text/xml nor"},
		"too long":          {xml(200, strings.Repeat(" ", client.MaxResponse+1)), 200, false, "larger than allowed"},
		"document type":     {xml(200, "<!DOCTYPE a><a/>"), 200, false, "document type"},
		"cut off":           {cut, 200, true, "unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			err := canned(t, c.reply)
			var e *client.TransportError
			if !errors.As(err, &e) || e.Status != c.status || e.Temporary() != c.temporary || e.Operation != "SendRequest" ||
				!strings.Contains(e.Error(), c.text) {
				t.Errorf("got %v, want %s", err, c.text)
			}
		})
	}
	c, err := client.New(nobody())
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Ask(t.Context(), smev.Inquiry{Key: "k", Check: smev.CheckINN, Subject: subject()})
	var e *client.TransportError
	if !errors.As(err, &e) || e.Status != 0 || !e.Temporary() || errors.Unwrap(e) == nil {
		t.Errorf("nobody listens: got %v", err)
	}
}

// Faults vary in the wild: with and without detail, numbers in the text only.
func TestFaultErrors(t *testing.T) {
	detail := func(name, description string) string {
		return `<faultcode>soap:Server</faultcode><faultstring>x</faultstring><detail><f:` + name +
			` xmlns:f="urn://x-artefacts-smev-gov-ru/services/message-exchange/types/faults/1.2" xmlns="urn://x-artefacts-smev-gov-ru/services/message-exchange/types/basic/1.2">` +
			`<Code>c</Code><Description>` + description + `</Description></f:` + name + `></detail>`
	}
	for name, c := range map[string]struct {
		inside    string
		temporary bool
		text      string
	}{
		"failure":          {detail("SMEVFailure", "x"), true, "smev/client: SendRequest: refused by SMEV: SMEVFailure"},
		"overflow":         {detail("DestinationOverflow", "SMEV-600:x"), true, "smev/client: SendRequest: refused by SMEV: DestinationOverflow (SMEV-600)"},
		"signature":        {detail("SignatureVerificationFault", "SMEV-100:x"), false, "smev/client: SendRequest: refused by SMEV: SignatureVerificationFault (SMEV-100)"},
		"invalid content":  {detail("InvalidContent", "SMEV-403:x"), false, "smev/client: SendRequest: refused by SMEV: InvalidContent (SMEV-403)"},
		"access":           {detail("AccessDenied", "x"), false, "smev/client: SendRequest: refused by SMEV: AccessDenied"},
		"newer fault":      {detail("Иванов", "x"), true, "smev/client: SendRequest: refused by SMEV"},
		"no detail":        {`<faultcode>soap:Server</faultcode><faultstring>SMEV-100:x</faultstring>`, false, "smev/client: SendRequest: refused by SMEV (SMEV-100)"},
		"overflow, bare":   {`<faultcode>soap:Server</faultcode><faultstring>SMEV-600:x</faultstring>`, true, "smev/client: SendRequest: refused by SMEV (SMEV-600)"},
		"unknown, server":  {`<faultcode>soap:Server</faultcode><faultstring>x</faultstring>`, true, "smev/client: SendRequest: refused by SMEV"},
		"unknown, client":  {`<faultcode>soap:Client</faultcode><faultstring>x</faultstring><detail/>`, false, "smev/client: SendRequest: refused by SMEV"},
		"nothing in it":    {``, false, "smev/client: SendRequest: refused by SMEV"},
		"fault with a 200": {detail("AccessDenied", "x"), false, "smev/client: SendRequest: refused by SMEV: AccessDenied"},
	} {
		t.Run(name, func(t *testing.T) {
			status := http.StatusInternalServerError
			if strings.HasSuffix(name, "200") {
				status = http.StatusOK
			}
			err := canned(t, xml(status, fault(c.inside)))
			var e *client.FaultError
			if !errors.As(err, &e) || e.Temporary() != c.temporary || e.Error() != c.text {
				t.Errorf("got %v, want %s, temporary %t", err, c.text, c.temporary)
			}
		})
	}
}

// A reply to another message proves nothing about ours.
func TestReplyToAnotherMessage(t *testing.T) {
	const reply = `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>` +
		`<t:SendRequestResponse xmlns:t="urn://x-artefacts-smev-gov-ru/services/message-exchange/types/1.2"><t:MessageMetadata>` +
		`<t:MessageId>39f52a38-9a54-11ea-b23a-3316e2108089</t:MessageId><t:MessageType>REQUEST</t:MessageType><t:Sender><t:Mnemonic>m</t:Mnemonic></t:Sender>` +
		`<t:SendingTimestamp>2026-11-23T10:00:00.000+03:00</t:SendingTimestamp></t:MessageMetadata></t:SendRequestResponse></soap:Body></soap:Envelope>`
	if err := canned(t, xml(200, reply)); !strings.Contains(err.Error(), "to another message") {
		t.Errorf("got %v", err)
	}
}

// What goes over the wire: one POST with the headers of the WSDL.
func TestHeaders(t *testing.T) {
	var got http.Header
	_ = canned(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	if got.Get("Content-Type") != "text/xml; charset=utf-8" || got.Get("SOAPAction") != `"urn:SendRequest"` {
		t.Errorf("got %v", got)
	}
}
