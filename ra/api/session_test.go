package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

func TestOpenSession(t *testing.T) {
	w := newWorld(t)
	id, _ := w.begun()
	in := map[string]string{"credential": w.mail.link(), "secret": secret(5)}
	first := w.call("POST", "/session", "", in).is(201).json()
	if again := w.call("POST", "/session", "", in).is(201).json(); again["token"] != first["token"] || first["request"] != id {
		t.Errorf("got %v and %v", first, again)
	}
	in["secret"] = "short"
	w.call("POST", "/session", "", in).is(400, "malformed")
	w.call("POST", "/session?credential="+w.mail.link(), "", in).is(400, "malformed")
	// The link's token is no session's, in whatever place.
	w.call("GET", "/requests/"+id, w.mail.link(), nil).is(404, "not_found")
}

func TestSendCode(t *testing.T) {
	w := newWorld(t)
	_, _ = w.submitted()
	e := into[struct{ Token, Phone string }](w.call("POST", "/session", "", map[string]string{"credential": w.mail.link(), "secret": secret(9)}).is(201))
	if e.Phone == "" || strings.Contains(e.Phone, w.form.Phone[4:8]) {
		t.Errorf("got the phone %q", e.Phone)
	}
	wait := w.call("POST", "/session/code", e.Token, nil).is(429, "wait")
	if wait.header.Get("Retry-After") != "60" {
		t.Errorf("got the Retry-After %q, want 60", wait.header.Get("Retry-After"))
	}
	before := w.mail.code()
	w.clock.Advance(time.Minute)
	w.call("POST", "/session/code", e.Token, nil).is(200)
	if w.mail.code() == before {
		t.Error("no other code was sent")
	}
	w.call("POST", "/session/code", "operator", nil).is(403, "denied")
}

func TestConfirmSession(t *testing.T) {
	w := newWorld(t)
	id, _ := w.submitted()
	e := into[struct{ Token string }](w.call("POST", "/session", "", map[string]string{"credential": w.mail.link(), "secret": secret(9)}).is(201))
	code := w.mail.code()
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	a := w.call("POST", "/session/confirmation", e.Token, map[string]string{"code": wrong}).is(403, "code_wrong")
	if a.json()["left"] != 2.0 {
		t.Errorf("got %s", a.body)
	}
	// Until then he sees where it stands and nothing of the person.
	first := w.call("GET", "/requests/"+id, e.Token, nil).is(200)
	if v := first.json(); len(v) != 6 || v["state"] != "key_generation" || v["title"] == "" || v["form"] != nil {
		t.Errorf("unconfirmed: got %s", first.body)
	}
	for _, closed := range []string{"/requests/" + id + "/history", "/requests/" + id + "/certificate", "/requests/" + id + "/documents/request", "/requests"} {
		w.call("GET", closed, e.Token, nil).is(403, "unconfirmed")
	}
	w.call("POST", "/requests/"+id+"/steps", e.Token, map[string]string{"event": "cancel"}).is(403, "unconfirmed")
	w.call("POST", "/session/confirmation", e.Token, map[string]string{"code": code}).is(204)
	w.call("GET", "/requests/"+id+"/history", e.Token, nil).is(200)

	locked := into[struct{ Token string }](w.call("POST", "/session", "", map[string]string{"credential": w.mail.link(), "secret": secret(10)}).is(201))
	tries, last := 0, reply{}
	for last.status != 429 {
		if tries++; tries > 10 {
			t.Fatal("wrong codes do not lock")
		}
		if last = w.call("POST", "/session/confirmation", locked.Token, map[string]string{"code": wrong}); last.status == 403 && last.json()["left"] == 0.0 {
			w.clock.Advance(time.Minute)
			w.call("POST", "/session/code", locked.Token, nil).is(200)
		}
	}
	if tries != 5 || last.header.Get("Retry-After") == "" {
		t.Errorf("locked after %d wrong codes, want 5; %v", tries, last.header)
	}
}

func TestCloseSession(t *testing.T) {
	w := newWorld(t)
	id, token := w.begun()
	w.call("DELETE", "/session", token, nil).is(204)
	w.call("DELETE", "/session", token, nil).is(404, "not_found")
	w.call("GET", "/requests/"+id, token, nil).is(404, "not_found")
}

func TestPaymentSettled(t *testing.T) {
	w := newWorld(t)
	id := w.onDesk()
	paid := map[string]string{"request": id, "note": "платёжное поручение 17"}
	w.call("POST", "/callbacks/payment", "operator", paid).is(403, "denied")
	w.call("POST", "/callbacks/payment", "payments", map[string]string{"request": id}).is(400, "malformed")
	w.call("POST", "/callbacks/payment", "payments", map[string]string{"request": strings.Repeat("0", 32), "note": "нет такой"}).is(404, "not_found")
	w.call("POST", "/callbacks/payment", "payments", paid).is(204)
	r, err := w.authority.Request(w.ctx, ra.ID(id))
	if err != nil {
		t.Fatal(err)
	}
	if h, ok := r.Evidence(workflow.PaymentSettled); !ok || h.By != payments {
		t.Errorf("got %+v, %v", h, ok)
	}
}

func TestNewsWait(t *testing.T) {
	w := newWorld(t)
	id, _ := w.submitted()
	w.call("POST", "/callbacks/hasten", "payments", map[string]string{"request": id}).is(204)
	w.call("POST", "/callbacks/hasten", "payments", map[string]string{"request": strings.Repeat("0", 32)}).is(404, "not_found")
	w.call("POST", "/callbacks/hasten", "agent", map[string]string{"request": id}).is(403, "denied")
}
