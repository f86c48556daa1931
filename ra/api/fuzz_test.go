package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/api"
)

// FuzzDecode gives any bytes to the reader of JSON: it does not panic, what it
// refuses leaves nothing half done to rely on, and what it takes it takes
// again when it is written anew.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"process":"desk","form":{"legalForm":"person","email":"a@b.c"}}`, `{"process":"a","process":"b"}`, `{"form":null}`,
		`{"process":"\ud800"}`, `[`, `{"form":{"form":{}}}`, `{"process":1e400}`, `{} {}`, "{\"process\":\"\xff\"}",
	} {
		f.Add([]byte(seed))
	}
	type input struct {
		Process string            `json:"process,omitempty"`
		Form    ra.Form           `json:"form,omitzero"`
		Fields  map[string]string `json:"fields,omitempty"`
		Raw     []byte            `json:"raw,omitempty"`
		Count   int               `json:"count,omitempty"`
		Yes     bool              `json:"yes,omitempty"`
		List    []ra.Fault        `json:"list,omitempty"`
		At      *time.Time        `json:"at,omitempty"`
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var one, two input
		if api.Decode(data, &one) != nil {
			return
		}
		again, err := json.Marshal(one)
		if err != nil {
			t.Skip() // a year that RFC 3339 does not have
		}
		if err := api.Decode(again, &two); err != nil {
			t.Fatalf("took %s, and not %s: %v", data, again, err)
		}
		if third, _ := json.Marshal(two); !bytes.Equal(again, third) {
			t.Fatalf("got %s of %s", third, again)
		}
	})
}

// FuzzCursor gives any text to the reader of cursors: what it takes it writes
// as it was.
func FuzzCursor(f *testing.F) {
	f.Add("d0xm8-" + strings.Repeat("0", 32))
	f.Add("-" + strings.Repeat("a", 32))
	f.Add("+1-" + strings.Repeat("0", 32))
	f.Fuzz(func(t *testing.T, text string) {
		if again, ok := api.ParseNext(text); ok && again != text {
			t.Fatalf("took %q and wrote %q", text, again)
		}
	})
}

// TestFuzzClient sends requests made at random of what the front understands
// and what it does not, in everybody's name, about everybody's requests: it
// never fails, and nobody is shown a datum of another.
func TestFuzzClient(t *testing.T) {
	requests := 2000
	if long() {
		requests = 100_000
	}
	w := newWorld(t)
	z := newFuzzer(w)
	statuses := map[int]int{}
	for n := range requests {
		if n%200 == 0 {
			w.clock.Advance(time.Minute)
			w.settle()
			z.admit()
		}
		by := z.callers[z.IntN(len(z.callers))]
		r := z.request(by)
		text := fmt.Sprintf("%s %s by %+v", r.Method, r.URL, by)
		a := w.do(r)
		statuses[a.status]++
		if a.status >= 500 {
			t.Fatalf("%d: %s: got %d %s; log:\n%s", n, text, a.status, a.body, w.log)
		}
		for i, v := range z.victims {
			if by.sees == everybody || by.sees == i {
				continue
			}
			if canary := v.in(a); canary != "" {
				t.Fatalf("%d: %s shows %q of %d: %s", n, text, canary, i, a.body)
			}
		}
	}
	t.Logf("%d requests: %v", requests, statuses)
	for _, want := range []int{200, 201, 204, 400, 401, 403, 404, 405, 409, 412, 415, 422, 428} {
		if statuses[want] == 0 {
			t.Errorf("nothing was answered with %d: the requests are too dull", want)
		}
	}
}

// victim is a person whose data nobody else may see.
type victim struct {
	id, desk string
	canaries [][]byte
}

// in returns what an answer shows of the person; "" if nothing.
func (v victim) in(a reply) string {
	for _, c := range v.canaries {
		if bytes.Contains(a.body, c) || strings.Contains(fmt.Sprint(a.header), string(c)) {
			return string(c)
		}
	}
	return ""
}

// one who calls, and whose data he may see.
type one struct {
	token string
	sees  int // a victim, by number
}

// Instead of a victim's number.
const (
	everybody = -1
	noVictim  = -2
)

// fuzzer makes requests, the same ones in every run.
type fuzzer struct {
	*rand.Rand
	w       *world
	victims []victim
	callers []one
	entered int
	paths   []string
	ids     []string
	words   map[string][]string // by the name of a field
}

func newFuzzer(w *world) *fuzzer {
	z := &fuzzer{Rand: rand.New(rand.NewPCG(1, 2)), w: w}
	for i := range 3 {
		w.form = applicant.Form(uint64(100 + i))
		v := victim{}
		v.id, _ = w.submitted()
		v.desk, _ = w.marked()
		for _, word := range []string{w.form.SNILS, w.form.INN, w.form.Email, w.form.Phone, w.form.PassportNumber} {
			v.canaries = append(v.canaries, []byte(word))
		}
		z.victims = append(z.victims, v)
		z.ids = append(z.ids, v.id, v.desk)
	}
	z.paths = slices.Sorted(maps.Keys(w.document.Paths))
	anything := []string{
		"", "заметка", "\x00", strings.Repeat("я", 2000), "' OR 1=1 --", "../../etc/passwd", "{{7*7}}", "true", "9999999999999999999999",
		"desk", "personal-link", "passport_scan", "request", "certificate", "certificate_sheet", "application", "ca_operator", "draft",
	}
	z.words = map[string][]string{
		"": anything, "kind": {"passport_scan", "request", "application", "owner_photo"}, "note": {"заметка"},
		"event": {"submit", "approve", "cancel", "revert", "amend", "return", "identify", "give_marker"}, "process": {"desk", "personal-link"},
		"evidence": {"return_reason", "rejection_reason", "check_override", "originals_shown", "marker_receipt"},
		"how":      {"in_person"}, "action": {"retry", "dismiss"}, "secret": {secret(1), secret(2)}, "request": z.ids,
		"limit": {"1", "2", "200"}, "queue": {"applicant", "agent"}, "trouble": {"true", "false"}, "name": {"с", "п"}, "contains": {"сур"},
		"snils": {w.form.SNILS}, "email": {"somebody@example.org"}, "to": {"eva", ""},
	}
	return z
}

// admit makes sessions anew, since the requests end them: of links with and
// without the code, and one of a marker.
func (z *fuzzer) admit() {
	z.w.t.Helper()
	z.callers = []one{
		{"operator", everybody}, {"second", everybody}, {"agent", everybody},
		{"stranger", noVictim}, {"payments", noVictim}, {"", noVictim}, {"nonsense", noVictim},
	}
	for i, v := range z.victims {
		before := z.w.mail.link()
		z.w.call("POST", "/requests/"+v.id+"/link", "operator", nil)
		z.w.settle()
		link := z.w.mail.link()
		if link == before {
			continue // its end has come
		}
		z.entered += 2
		z.callers = append(z.callers, one{z.w.enter(link, z.entered), i})
		e := into[struct{ Token string }](z.w.call("POST", "/session", "", map[string]string{"credential": link, "secret": secret(z.entered + 1)}).is(201))
		z.callers = append(z.callers, one{e.Token, noVictim})
	}
}

// pick is one of a list.
func (z *fuzzer) pick(list []string) string { return list[z.IntN(len(list))] }

// rarely is true one time in n.
func (z *fuzzer) rarely(n int) bool { return z.IntN(n) == 0 }

// word is a value for a field: mostly one that is understood.
func (z *fuzzer) word(name string) string {
	if list := z.words[name]; list != nil && !z.rarely(6) {
		return z.pick(list)
	}
	return z.pick(z.words[""])
}

// request makes one in the name of a caller.
func (z *fuzzer) request(by one) *http.Request {
	path := z.pick(z.paths)
	methods := z.w.document.Paths[path]
	method := strings.ToUpper(z.pick(slices.Sorted(maps.Keys(methods))))
	if z.rarely(20) {
		method = z.pick([]string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"})
	}
	if strings.HasSuffix(path, "/events") && method == "GET" || path == "/session" && method == "DELETE" && !z.rarely(20) {
		method = "PUT" // streams have tests of their own, and sessions are to last
	}
	id := z.pick(z.ids)
	if z.rarely(10) {
		id = z.pick([]string{strings.Repeat("0", 32), "nonsense", strings.Repeat("f", 1000)})
	}
	op := methods[strings.ToLower(method)]
	path = strings.NewReplacer("{id}", id, "{kind}", url.PathEscape(z.word("kind"))).Replace(path)
	r := z.w.request(method, path+z.query(op), by.token, z.body(op))
	if op.RequestBody != nil && !z.rarely(10) {
		r.Header.Set("Content-Type", z.pick(slices.Sorted(maps.Keys(op.RequestBody.Content))))
	}
	if z.rarely(10) {
		r.Header.Set("If-Match", z.pick([]string{`"1"`, `"7"`, "*", "W/\"1\"", ",,,", `"x"`}))
	}
	if z.rarely(20) {
		r.Header.Set("Idempotency-Key", z.pick([]string{"the-same-key", "", "short", strings.Repeat("k", 500)}))
	}
	if z.rarely(20) {
		r.Header.Del("Idempotency-Key")
	}
	if z.rarely(20) {
		r.Header.Set("Authorization", z.pick([]string{"Basic b3BlcmF0b3I6", "Bearer", "Bearer " + strings.Repeat("a", 5000), "bearer " + by.token}))
	}
	return r
}

func (z *fuzzer) query(op described) string {
	q := url.Values{}
	for _, p := range op.Parameters {
		if p.In == "query" && (p.Required && !z.rarely(10) || z.rarely(6)) {
			q.Add(p.Name, z.word(p.Name))
		}
	}
	if z.rarely(20) {
		q.Add(z.pick([]string{"kind", "note", "after", "nonsense"}), z.word(""))
	}
	switch {
	case z.rarely(50):
		return "?%zz" + q.Encode()
	case len(q) == 0:
		return ""
	}
	return "?" + q.Encode()
}

// body makes one that the description asks for, or anything else.
func (z *fuzzer) body(op described) any {
	switch z.IntN(30) {
	case 0:
		return nil
	case 1:
		return z.pick([]string{"", "{", "null", "[[[[", `{"a":1}`, "\xff", `{"note":"x","note":"y"}`})
	case 2:
		junk := make([]byte, z.IntN(300))
		for i := range junk {
			junk[i] = byte(z.Uint32())
		}
		return junk
	}
	if op.RequestBody == nil {
		return nil
	}
	content, ok := op.RequestBody.Content["application/json"]
	if !ok {
		return [][]byte{pdf, pdf, pdf, []byte("%PDF-1.7"), {0x30, 0x82, 0x01}, {}, bytes.Repeat([]byte{0x30, 0x80}, 1000)}[z.IntN(7)]
	}
	return z.value("", content.Schema)
}

func (z *fuzzer) value(name string, s schema) any {
	if ref, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		if ref == "Form" && !z.rarely(3) {
			return applicant.Form(z.Uint64() % 50)
		}
		s = z.w.document.Components.Schemas[ref]
	}
	switch s.Type {
	case "object":
		members := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
			if !z.rarely(12) {
				members[name] = z.value(name, s.Properties[name])
			}
		}
		if s.Properties == nil {
			members[z.word("")] = z.word("")
		}
		return members
	case "string":
		return z.word(name)
	}
	return nil
}
