package api_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/ra"
)

// TestEveryOperation walks the description: every operation has a test of its
// name, texts in both languages, and its path has no other door.
func TestEveryOperation(t *testing.T) {
	w := newWorld(t)
	var source []byte
	for _, file := range []string{"operations_test.go", "keys_test.go", "office_test.go", "session_test.go", "events_test.go", "powers_test.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		source = append(source, text...)
	}
	seen := 0
	for path, methods := range w.document.Paths {
		for method, op := range methods {
			seen++
			name := "func Test" + strings.ToUpper(op.OperationID[:1]) + op.OperationID[1:] + "("
			if !bytes.Contains(source, []byte(name)) {
				t.Errorf("%s %s: no %s", method, path, name)
			}
			if op.Summary == "" || !strings.ContainsAny(op.Ru, "аеиоуы") {
				t.Errorf("%s: got the texts %q and %q", op.OperationID, op.Summary, op.Ru)
			}
			keyed := slices.ContainsFunc(op.Parameters, func(p struct {
				In, Name string
				Required bool
			}) bool {
				return p.Name == "Idempotency-Key" && p.Required
			})
			if changes := method != "get" && !strings.HasPrefix(path, "/session"); keyed != changes {
				t.Errorf("%s: Idempotency-Key is asked for: %v, want %v", op.OperationID, keyed, changes)
			}
		}
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"} {
			if _, ok := methods[strings.ToLower(method)]; ok {
				continue
			}
			concrete := strings.NewReplacer("{id}", strings.Repeat("0", 32), "{kind}", "request").Replace(path)
			a := w.call(method, concrete, "operator", nil).is(405)
			if allow := a.header.Get("Allow"); allow == "" || strings.Contains(allow, method) {
				t.Errorf("%s %s: got the Allow %q", method, path, allow)
			}
		}
	}
	if seen < 30 {
		t.Errorf("got %d operations, want them all", seen)
	}
	for code, r := range w.document.Components.Responses {
		if r.Status < 400 || !strings.ContainsAny(r.Ru, "аеиоуы") {
			t.Errorf("the problem %s: got %d, %q", code, r.Status, r.Ru)
		}
	}
}

// TestDescribe holds the description against the reviewed one: what clients
// rely on does not change by accident. SURGUCH_UPDATE=1 writes it anew.
func TestDescribe(t *testing.T) {
	w := newWorld(t)
	got := w.call("GET", "/openapi.json", "", nil).is(200).body
	golden := filepath.Join("testdata", "openapi.json")
	if os.Getenv("SURGUCH_UPDATE") != "" {
		if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(append(got, '\n'), want) {
		t.Error("the description is not the one in testdata; if that is meant, write it anew with SURGUCH_UPDATE=1")
	}
}

func TestBeginRequest(t *testing.T) {
	w := newWorld(t)
	begin := map[string]any{"process": "personal-link", "form": map[string]string{"legalForm": "person", "email": w.form.Email}}
	r := w.request("POST", "/requests", "operator", begin)
	r.Header.Set("Idempotency-Key", "one-and-the-same")
	first := w.do(r).is(201)
	if got, want := first.header.Get("Location"), "/ra/v1/requests/"+first.id(); got != want {
		t.Errorf("got the Location %q, want %q", got, want)
	}
	if first.header.Get("ETag") != `"1"` || first.state() != "draft" {
		t.Errorf("got %s %s", first.header.Get("ETag"), first.body)
	}
	again := w.request("POST", "/requests", "operator", begin)
	again.Header.Set("Idempotency-Key", "one-and-the-same")
	if a := w.do(again).is(201); a.id() != first.id() {
		t.Error("a repetition made another request")
	}
	other := w.request("POST", "/requests", "agent", begin)
	other.Header.Set("Idempotency-Key", "one-and-the-same")
	if a := w.do(other).is(201); a.id() == first.id() {
		t.Error("another caller's key is not his own")
	}
	begin["process"] = "desk"
	reused := w.request("POST", "/requests", "operator", begin)
	reused.Header.Set("Idempotency-Key", "one-and-the-same")
	w.do(reused).is(422, "key_reused")
	begin["process"] = "nonsense"
	w.call("POST", "/requests", "operator", begin).is(422, "unknown_process")
	begin["process"], begin["form"] = "desk", map[string]string{"legalForm": "person", "email": "nobody"}
	w.call("POST", "/requests", "operator", begin).is(422, "form")
}

func TestListRequests(t *testing.T) {
	w := newWorld(t)
	var mine []string
	for range 5 {
		mine = append(mine, w.onDesk())
	}
	slices.Sort(mine)
	id, token := w.begun()
	type page struct {
		Items []struct{ ID, State, Name, Partner string }
		Next  string
	}
	ids := func(p page) (list []string) {
		for _, i := range p.Items {
			list = append(list, i.ID)
		}
		return list
	}
	for _, order := range []string{"", "&name=" + w.form.LastName} {
		var got []string
		after := ""
		for pages := 0; pages == 0 || after != ""; pages++ {
			p := into[page](w.call("GET", "/requests?process=desk&limit=2"+order+after, "agent", nil).is(200))
			if got = append(got, ids(p)...); len(got) > 5 {
				break
			}
			if after = ""; p.Next != "" {
				after = "&after=" + p.Next
				if strings.Contains(p.Next, "name") || len(p.Next) > 60 {
					t.Errorf("got the cursor %s", p.Next)
				}
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, mine) {
			t.Errorf("in the order %q: got %v, want %v", order, got, mine)
		}
	}
	if p := into[page](w.call("GET", "/requests?snils="+w.form.SNILS+"&queue=ca_operator", "operator", nil).is(200)); len(p.Items) != 5 || p.Items[0].Partner != agent.Partner {
		t.Errorf("got %+v", p)
	}
	if p := into[page](w.call("GET", "/requests", "stranger", nil).is(200)); len(p.Items) != 0 {
		t.Errorf("a stranger got %+v", p)
	}
	if p := into[page](w.call("GET", "/requests", "operator", nil).is(200)); !slices.Contains(ids(p), id) {
		t.Error("an operator does not see all")
	}
	w.call("GET", "/requests", token, nil).is(403, "denied")
	for _, query := range []string{
		"limit=0", "limit=201", "limit=x", "contains=ab", "trouble=yes", "after=x", "nonsense=1", "limit=1&limit=2", "%zz", "name=a&after=1-" + strings.Repeat("0", 32),
	} {
		w.call("GET", "/requests?"+query, "operator", nil).is(400, "malformed")
	}
}

func TestReadRequest(t *testing.T) {
	w := newWorld(t)
	id, token := w.submitted()
	a := w.call("GET", "/requests/"+id, token, nil).is(200)
	v := into[struct {
		Title, Explanation string
		Form               ra.Form
		Open               []struct {
			Event string
			Needs []struct{ Evidence string }
		}
	}](a)
	if v.Form != w.form || v.Title == "" || !strings.Contains(v.Explanation, "не хватает") {
		t.Errorf("got %+v", v)
	}
	if len(v.Open) == 0 || v.Open[0].Event != "submit_request" || len(v.Open[0].Needs) != 1 || v.Open[0].Needs[0].Evidence != "request_verified" {
		t.Errorf("got the steps %+v", v.Open)
	}
	if a.header.Get("ETag") == "" {
		t.Error("no ETag")
	}
	w.call("GET", "/requests/"+id, "stranger", nil).is(404, "not_found")
	w.call("GET", "/requests/"+strings.Repeat("0", 32), "operator", nil).is(404, "not_found")
	w.call("GET", "/requests/nonsense", "operator", nil).is(404, "not_found")
	w.call("GET", "/requests/"+id, "", nil).is(401, "unauthenticated")
	w.call("GET", "/requests/"+id, "payments", nil).is(403, "denied")
}

func TestReadHistory(t *testing.T) {
	w := newWorld(t)
	id, token := w.submitted()
	type journal struct {
		Items []struct {
			Kind, Role, Note string
			By               *struct{ ID string }
			Document         *struct{ Kind string }
		}
	}
	all := into[journal](w.call("GET", "/requests/"+id+"/history", "operator", nil).is(200))
	own := into[journal](w.call("GET", "/requests/"+id+"/history", token, nil).is(200))
	if len(own.Items) >= len(all.Items) {
		t.Errorf("the applicant sees %d entries, the operator %d", len(own.Items), len(all.Items))
	}
	for _, e := range own.Items {
		if e.By != nil || e.Note != "" || e.Kind == "session" || e.Document != nil && strings.HasPrefix(e.Document.Kind, "smev_") {
			t.Errorf("the applicant sees %+v", e)
		}
	}
	if all.Items[0].By == nil || all.Items[0].By.ID != operator.ID {
		t.Errorf("the operator sees %+v", all.Items[0])
	}
	desk := w.onDesk()
	for name, want := range map[string]string{"agent": agent.ID, "operator": agent.ID} {
		if j := into[journal](w.call("GET", "/requests/"+desk+"/history", name, nil).is(200)); j.Items[0].By == nil || j.Items[0].By.ID != want {
			t.Errorf("%s sees %+v", name, j.Items[0])
		}
	}
}

func TestFillForm(t *testing.T) {
	w := newWorld(t)
	id, token := w.begun()
	wrong := w.form
	wrong.INN = "123456789012"
	a := w.call("PUT", "/requests/"+id+"/form", token, wrong).is(422, "form")
	if bytes.Contains(a.body, []byte(wrong.INN)) || !bytes.Contains(a.body, []byte(`"INNFL"`)) {
		t.Errorf("got %s", a.body)
	}
	filled := w.call("PUT", "/requests/"+id+"/form", token, w.form).is(200)
	stale := w.request("PUT", "/requests/"+id+"/form", token, w.form)
	stale.Header.Set("If-Match", `"1"`)
	late := w.do(stale).is(412, "version_changed")
	current := late.json()["current"].(map[string]any)
	if current["version"] != filled.json()["version"] || current["state"] != "draft" {
		t.Errorf("the loser got %v", current)
	}
	fresh := w.request("PUT", "/requests/"+id+"/form", token, w.form)
	fresh.Header.Set("If-Match", filled.header.Get("ETag"))
	w.do(fresh).is(200)
	w.call("PUT", "/requests/"+id+"/form", "agent", w.form).is(404, "not_found")
	w.call("PUT", "/requests/"+id+"/form", "operator", w.form).is(403, "denied")
}

func TestFireStep(t *testing.T) {
	w := newWorld(t)
	id, token := w.begun()
	refused := w.call("POST", "/requests/"+id+"/steps", token, map[string]string{"event": "submit"}).is(409, "refused")
	if refused.json()["reason"] != "evidence_missing" || !bytes.Contains(refused.body, []byte("form_valid")) || refused.json()["current"] == nil {
		t.Errorf("got %s", refused.body)
	}
	w.call("PUT", "/requests/"+id+"/form", token, w.form).is(200)
	step := w.request("POST", "/requests/"+id+"/steps", token, map[string]string{"event": "submit"})
	step.Header.Set("Idempotency-Key", "submit-once")
	if a := w.do(step).is(200); a.state() != "auto_check" {
		t.Errorf("got the state %s", a.state())
	}
	w.settle()
	again := w.request("POST", "/requests/"+id+"/steps", token, map[string]string{"event": "submit"})
	again.Header.Set("Idempotency-Key", "submit-once")
	if a := w.do(again).is(200); a.state() != "auto_check" {
		t.Errorf("a repetition got the state %s, want the first answer", a.state())
	}
	w.call("POST", "/requests/"+id+"/steps", token, map[string]string{"event": "nonsense"}).is(409, "refused")
	desk := w.onDesk()
	w.call("POST", "/requests/"+desk+"/steps", "agent", map[string]string{"event": "approve"}).is(409, "refused")
}

func TestAttestEvidence(t *testing.T) {
	w := newWorld(t)
	id := w.onDesk()
	note := map[string]string{"evidence": "return_reason", "note": "скан не читается"}
	a := w.call("POST", "/requests/"+id+"/evidence", "operator", note).is(200)
	if !bytes.Contains(a.body, []byte("скан не читается")) {
		t.Errorf("got %s", a.body)
	}
	if a := w.call("GET", "/requests/"+id, "agent", nil).is(200); !bytes.Contains(a.body, []byte("скан не читается")) {
		t.Errorf("the agent does not learn why: %s", a.body)
	}
	w.call("POST", "/requests/"+id+"/evidence", "operator", map[string]string{"evidence": "return_reason", "note": " "}).is(400, "malformed")
	w.call("POST", "/requests/"+id+"/evidence", "operator", map[string]string{"evidence": "form_valid", "note": "на слово"}).is(403, "denied")
}

func TestIdentifyOwner(t *testing.T) {
	w := newWorld(t)
	id := w.invited()
	how := map[string]string{"how": "in_person", "note": "паспорт предъявлен"}
	w.call("POST", "/requests/"+id+"/identification", "stranger", how).is(404, "not_found")
	a := w.call("POST", "/requests/"+id+"/identification", "agent", how).is(200)
	if !bytes.Contains(a.body, []byte("identity_proofed")) || bytes.Contains(a.body, []byte("паспорт предъявлен")) {
		t.Errorf("got %s", a.body)
	}
	w.call("POST", "/requests/"+id+"/identification", "agent", map[string]string{"how": "by_telephone", "note": "голос"}).is(400, "malformed")
	w.call("POST", "/requests/"+id+"/identification", "agent", map[string]string{"how": "in_person"}).is(400, "malformed")
	w.call("POST", "/requests/"+id+"/identification", "agent", map[string]string{"how": "by_biometrics", "note": "на слово"}).is(403, "denied")
}

func TestAttachDocument(t *testing.T) {
	w := newWorld(t)
	id := w.onDesk()
	path := "/requests/" + id + "/documents"
	w.upload(path+"?kind=passport_scan&note=%D1%81%D0%BA%D0%B0%D0%BD", "operator", "application/octet-stream", pdf).is(201)
	w.upload(path+"?kind=passport_scan", "operator", "application/pdf", []byte("<html>")).is(422, "document")
	w.upload(path+"?kind=passport_scan", "operator", "text/html", pdf).is(415, "media")
	w.upload(path+"?kind=certificate", "operator", "application/pdf", pdf).is(403, "denied")
	w.upload(path, "operator", "application/pdf", pdf).is(400, "malformed")
	w.upload(path+"?kind=../etc", "operator", "application/pdf", pdf).is(400, "malformed")
	w.upload(path+"?kind=passport_scan", "operator", "application/pdf", make([]byte, ra.MaxDocument+1)).is(413, "too_large")
}

func TestFetchDocument(t *testing.T) {
	w := newWorld(t)
	id := w.onDesk()
	a := w.call("GET", "/requests/"+id+"/documents/passport_scan", "agent", nil).is(200)
	if !bytes.Equal(a.body, pdf) || a.header.Get("Content-Type") != "application/pdf" ||
		a.header.Get("Content-Disposition") != `attachment; filename="passport_scan.pdf"` || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %v %s", a.header, a.body)
	}
	documents := into[struct{ Documents []struct{ Hash string } }](w.call("GET", "/requests/"+id, "agent", nil)).Documents
	if b := w.call("GET", "/requests/"+id+"/documents/"+documents[0].Hash, "agent", nil).is(200); !bytes.Equal(b.body, pdf) {
		t.Errorf("by hash: got %s", b.body)
	}
	w.call("GET", "/requests/"+id+"/documents/passport_scan", "stranger", nil).is(404, "not_found")
	w.call("GET", "/requests/"+id+"/documents/nothing", "agent", nil).is(404, "not_found")

	own, token := w.submitted() // with what the registers answered, which is not the applicant's
	for _, e := range into[struct{ Documents []struct{ Hash, Kind string } }](w.call("GET", "/requests/"+own, "operator", nil).is(200)).Documents {
		w.call("GET", "/requests/"+own+"/documents/"+e.Hash, "operator", nil).is(200)
		w.call("GET", "/requests/"+own+"/documents/"+e.Hash, token, nil).is(404, "not_found")
		w.call("GET", "/requests/"+own+"/documents/"+e.Kind, token, nil).is(404, "not_found")
	}
}
