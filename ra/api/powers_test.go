package api_test

import (
	"bytes"
	"testing"
	"time"
)

func TestConfirmPower(t *testing.T) {
	w := newWorld(t)
	id, token := w.begun()
	path := "/requests/" + id + "/power"
	power := map[string]any{"document": []byte("<power/>"), "signature": []byte("signature")}
	w.call("POST", path, "stranger", power).is(404, "not_found")
	w.call("POST", path, token, map[string]any{"document": []byte("<power/>")}).is(400, "malformed")
	a := w.call("POST", path, token, power).is(422, "power") // he acts for himself
	if a.json()["reason"] != "nobody_awaited" {
		t.Errorf("got %s", a.body)
	}
	if a := w.call("POST", path, token, map[string]any{"document": []byte("forged"), "signature": []byte("signature")}).is(422, "power"); a.json()["reason"] != "invalid" {
		t.Errorf("got %s", a.body)
	}
}

func TestRepresentApplicant(t *testing.T) {
	w := newWorld(t)
	id := w.onDesk()
	path := "/requests/" + id + "/representatives"
	admit := map[string]any{"actor": "deputy", "action": "admit", "until": w.clock.Now().Add(time.Hour), "note": "доверенность и паспорт предъявлены"}
	w.call("POST", path, "operator", admit).is(403, "denied") // no scan yet
	w.upload("/requests/"+id+"/documents?kind=power_of_attorney_scan", "operator", "application/pdf", pdf).is(201)
	w.call("POST", path, "operator", map[string]any{"actor": "deputy", "action": "admit"}).is(400, "malformed")
	w.call("POST", path, "operator", map[string]any{"action": "admit", "note": "x"}).is(400, "malformed")
	w.call("POST", path, "operator", map[string]any{"actor": "deputy", "action": "promote", "note": "x"}).is(400, "malformed")
	w.call("GET", "/requests/"+id, "deputy", nil).is(404, "not_found")
	if a := w.call("POST", path, "operator", admit).is(200); !bytes.Contains(a.body, []byte(`"representatives":[{"actor":"deputy"`)) {
		t.Errorf("got %s", a.body)
	}
	w.call("GET", "/requests/"+id, "deputy", nil).is(200)
	w.call("POST", path, "operator", map[string]any{"actor": "deputy", "action": "dismiss", "note": "доверенность отменена"}).is(200)
	w.call("GET", "/requests/"+id, "deputy", nil).is(404, "not_found")
}

func TestLinkSupport(t *testing.T) {
	w := newWorld(t)
	id, token := w.begun()
	path := "/requests/" + id + "/support"
	w.call("POST", path, "stranger", map[string]string{"case": "HD-17"}).is(404, "not_found")
	w.call("POST", path, token, map[string]string{"case": " HD-17"}).is(422, "form")
	if a := w.call("POST", path, token, map[string]string{"case": "HD-17"}).is(200); !bytes.Contains(a.body, []byte("HD-17")) {
		t.Errorf("got %s", a.body)
	}
}

func TestForwardOriginals(t *testing.T) {
	w := newWorld(t)
	id := w.onDesk()
	w.call("POST", "/originals", "agent", map[string]any{"requests": []string{id}}).is(400, "malformed")
	w.call("POST", "/originals", "agent", map[string]any{"requests": []string{}, "note": "почта"}).is(400, "malformed")
	w.call("POST", "/originals", "agent", map[string]any{"requests": []string{"7"}, "note": "почта"}).is(404, "not_found")
	w.call("POST", "/originals", "stranger", map[string]any{"requests": []string{id}, "note": "почта"}).is(404, "not_found")
	w.call("POST", "/originals", "agent", map[string]any{"requests": []string{id}, "note": "почта"}).is(403, "denied") // it waits for none
}

func TestContractSigned(t *testing.T) {
	w := newWorld(t)
	id, _ := w.begun()
	signed := map[string]string{"request": id, "note": "договор 5"}
	w.call("POST", "/callbacks/contract", "operator", signed).is(403, "denied")
	w.call("POST", "/callbacks/contract", "payments", map[string]string{"request": id}).is(400, "malformed")
	w.call("POST", "/callbacks/contract", "payments", signed).is(204)
	w.call("POST", "/callbacks/contract", "payments", signed).is(204)
	w.call("POST", "/callbacks/contract", "payments", map[string]string{"request": "7", "note": "договор 5"}).is(404, "not_found")
}
