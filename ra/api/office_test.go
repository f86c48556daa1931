package api_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/surguch/surguch/ra"
)

func TestReviewRequest(t *testing.T) {
	w := newWorld(t)
	id := w.onDesk()
	a := w.call("GET", "/requests/"+id+"/review", "operator", nil).is(200)
	v := into[struct {
		Content   string
		Form      ra.Form
		Documents []struct{ Kind string }
		Quorum    int
	}](a)
	if len(v.Content) != 64 || v.Form != w.form || len(v.Documents) != 1 || v.Quorum != 1 {
		t.Errorf("got %s", a.body)
	}
	w.call("GET", "/requests/"+id+"/review", "agent", nil).is(403, "denied")
}

func TestApproveRequest(t *testing.T) {
	w := newWorld(t)
	id := w.onDesk()
	path := "/requests/" + id + "/approvals"
	content := w.call("GET", "/requests/"+id+"/review", "operator", nil).is(200).json()["content"]
	w.call("POST", path, "operator", map[string]any{"content": strings.Repeat("0", 64)}).is(409, "content_changed")
	w.call("POST", path, "agent", map[string]any{"content": content}).is(403, "denied")
	w.call("POST", path, "operator", map[string]any{"content": content, "note": "всё верно"}).is(201)
	w.call("POST", path, "operator", map[string]any{"content": content}).is(403, "duties")
	if a := w.call("GET", "/requests/"+id, "agent", nil).is(200); bytes.Contains(a.body, []byte(operator.ID)) || bytes.Contains(a.body, []byte("всё верно")) {
		t.Errorf("the agent sees who approved: %s", a.body)
	}
}

func TestAssignRequest(t *testing.T) {
	w := newWorld(t)
	id := w.onDesk()
	a := w.call("POST", "/requests/"+id+"/assignment", "operator", map[string]string{"to": second.ID}).is(200)
	if a.json()["assignee"] != second.ID {
		t.Errorf("got %s", a.body)
	}
	if a := w.call("GET", "/requests/"+id, "agent", nil).is(200); bytes.Contains(a.body, []byte(second.ID)) {
		t.Errorf("the agent sees who works on it: %s", a.body)
	}
	w.call("POST", "/requests/"+id+"/assignment", "agent", map[string]string{"to": agent.ID}).is(403, "denied")
}

// inTrouble goes on until the CA wants corrections.
func (w *world) inTrouble() (id, token, task string) {
	w.t.Helper()
	w.ca.submit = func() (ra.Outcome, error) {
		return ra.Outcome{State: ra.NeedsCorrection, Fields: []string{"city"}, Reason: "проверьте город"}, nil
	}
	id, token, _ = w.issued(w.newKey())
	v := into[struct{ Trouble []struct{ Task string } }](w.call("GET", "/requests/"+id, "operator", nil).is(200))
	if len(v.Trouble) != 1 {
		w.t.Fatalf("got no trouble; log:\n%s", w.log)
	}
	return id, token, v.Trouble[0].Task
}

func TestAnswerCA(t *testing.T) {
	w := newWorld(t)
	id, token, _ := w.inTrouble()
	if a := w.call("GET", "/requests/"+id, token, nil).is(200); bytes.Contains(a.body, []byte("trouble")) || bytes.Contains(a.body, []byte("оператор")) {
		t.Errorf("the applicant sees the trouble: %s", a.body)
	}
	if a := w.call("GET", "/requests?trouble=true", "operator", nil).is(200); !bytes.Contains(a.body, []byte(id)) {
		t.Errorf("got %s", a.body)
	}
	answer := map[string]any{"fields": map[string]string{"city": "Москва"}, "note": "исправлено по письму"}
	w.call("POST", "/requests/"+id+"/answers", token, answer).is(403, "denied")
	w.call("POST", "/requests/"+id+"/answers", "operator", map[string]any{"fields": map[string]string{"city": "Москва"}}).is(400, "malformed")
	w.call("POST", "/requests/"+id+"/answers", "operator", map[string]any{"signature": []byte("none"), "note": "подпись"}).is(422, "signature")
	w.call("POST", "/requests/"+id+"/answers", "operator", answer).is(200)
	w.call("POST", "/requests/"+id+"/answers", "operator", answer).is(404, "not_found")
}

func TestSettleTrouble(t *testing.T) {
	w := newWorld(t)
	id, token, task := w.inTrouble()
	settle := func(action, note string) map[string]string {
		return map[string]string{"task": task, "action": action, "note": note}
	}
	w.call("POST", "/requests/"+id+"/troubles", token, settle("retry", "ещё раз")).is(403, "denied")
	w.call("POST", "/requests/"+id+"/troubles", "operator", settle("retry", "")).is(400, "malformed")
	w.call("POST", "/requests/"+id+"/troubles", "operator", settle("forget", "забыть")).is(400, "malformed")
	w.call("POST", "/requests/"+id+"/troubles", "operator", settle("retry", "центр исправил у себя")).is(200)
	w.settle()
	w.call("POST", "/requests/"+id+"/troubles", "operator", settle("dismiss", "решено по телефону")).is(200)
	w.call("POST", "/requests/"+id+"/troubles", "operator", settle("dismiss", "ещё раз")).is(404, "not_found")
}

func TestSendLink(t *testing.T) {
	w := newWorld(t)
	id, token := w.begun()
	before := w.mail.link()
	w.call("POST", "/requests/"+id+"/link", token, nil).is(403, "denied")
	w.call("POST", "/requests/"+id+"/link", "stranger", nil).is(404, "not_found")
	w.call("POST", "/requests/"+id+"/link", "operator", nil).is(200)
	w.settle()
	w.call("GET", "/requests/"+id, token, nil).is(404, "not_found")
	w.call("POST", "/session", "", map[string]string{"credential": before, "secret": secret(2)}).is(404, "not_found")
	w.call("POST", "/session", "", map[string]string{"credential": w.mail.link(), "secret": secret(2)}).is(201)
}

func TestEndAccess(t *testing.T) {
	w := newWorld(t)
	id, token := w.begun()
	w.call("DELETE", "/requests/"+id+"/access", "operator", map[string]string{"note": ""}).is(400, "malformed")
	w.call("DELETE", "/requests/"+id+"/access", token, map[string]string{"note": "сам"}).is(403, "denied")
	w.call("DELETE", "/requests/"+id+"/access", "operator", map[string]string{"note": "ссылка попала в чужие руки"}).is(200)
	w.call("GET", "/requests/"+id, token, nil).is(404, "not_found")
	w.call("POST", "/session", "", map[string]string{"credential": w.mail.link(), "secret": secret(2)}).is(404, "not_found")
}

func TestJudgeDocuments(t *testing.T) {
	w := newWorld(t)
	id := w.onDesk()
	var seen struct {
		Documents []struct{ Kind, Hash string }
	}
	if err := json.Unmarshal(w.call("GET", "/requests/"+id, "second", nil).is(200).body, &seen); err != nil || len(seen.Documents) == 0 {
		t.Fatalf("got %+v, %v", seen, err)
	}
	judging := func(reason string) map[string]any {
		return map[string]any{"verdicts": []any{map[string]any{"kind": seen.Documents[0].Kind, "hash": seen.Documents[0].Hash, "accepted": false, "reason": reason}}}
	}
	path := "/requests/" + id + "/verdicts"
	w.call("POST", path, "second", map[string]any{"verdicts": []any{}}).is(400, "malformed")
	w.call("POST", path, "second", judging(" ")).is(400, "malformed")
	w.call("POST", path, "stranger", judging("не читается серия")).is(404, "not_found")
	if a := w.call("POST", path, "second", judging("не читается серия")).is(200); !bytes.Contains(a.body, []byte("не читается серия")) {
		t.Errorf("got %s", a.body)
	}
	seen.Documents[0].Hash = strings.Repeat("0", 64)
	w.call("POST", path, "second", judging("не читается серия")).is(409, "content_changed")
}
