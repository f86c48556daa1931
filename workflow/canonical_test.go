package workflow_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/surguch/surguch/workflow"
)

func TestCanonical(t *testing.T) {
	var hashes strings.Builder
	for _, p := range workflow.Processes() {
		canonical := p.Canonical()
		got, err := workflow.ParseCanonical(canonical)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, p) {
			t.Errorf("%s: changed on its way through JSON", p.Name)
		}
		if got.Hash() != p.Hash() || !bytes.Equal(got.Canonical(), canonical) {
			t.Errorf("%s: got another hash after parsing", p.Name)
		}
		fmt.Fprintln(&hashes, p.Name, p.Version, p.Hash())
	}
	golden(t, "hashes.txt", hashes.String())
}

// The hash covers every field: a change of any one shows.
func TestHashCoversFields(t *testing.T) {
	seen := map[string]string{lookup(t, "agent").Hash(): "nothing"}
	for field, change := range map[string]func(*workflow.Process){
		"Name":      func(p *workflow.Process) { p.Name += "x" },
		"Version":   func(p *workflow.Process) { p.Version += "x" },
		"Title":     func(p *workflow.Process) { p.Title += "x" },
		"Source":    func(p *workflow.Process) { p.Source += "x" },
		"Start":     func(p *workflow.Process) { p.Start = append(p.Start, "x") },
		"State":     func(p *workflow.Process) { p.Places[1].State += "x" },
		"Place":     func(p *workflow.Process) { p.Places[1].Title += "x" },
		"Owner":     func(p *workflow.Process) { p.Places[1].Owner += "x" },
		"Within":    func(p *workflow.Process) { p.Places[1].Within++ },
		"Late":      func(p *workflow.Process) { p.Places[1].Late += "x" },
		"From":      func(p *workflow.Process) { p.Steps[1].From += "x" },
		"On":        func(p *workflow.Process) { p.Steps[1].On += "x" },
		"By":        func(p *workflow.Process) { p.Steps[1].By += "x" },
		"Needs":     func(p *workflow.Process) { p.Steps[1].Needs = append(p.Steps[1].Needs, "x") },
		"To":        func(p *workflow.Process) { p.Steps[1].To += "x" },
		"Do":        func(p *workflow.Process) { p.Steps[1].Do = append(p.Steps[1].Do, "x") },
		"Void":      func(p *workflow.Process) { p.Steps[1].Void = append(p.Steps[1].Void, "x") },
		"Any":       func(p *workflow.Process) { p.Any["x"] = []workflow.Evidence{"y"} },
		"Contrary":  func(p *workflow.Process) { p.Contrary[0][1] += "x" },
		"Exempt":    func(p *workflow.Process) { p.Exempt = map[workflow.Invariant]string{workflow.I7: "x"} },
		"Approvals": func(p *workflow.Process) { p.Approvals++ },
	} {
		p := lookup(t, "agent")
		change(p)
		hash := p.Hash()
		if other, ok := seen[hash]; ok {
			t.Errorf("changing %s gives the hash of changing %s", field, other)
		}
		seen[hash] = field
	}
}

func TestParseCanonicalRefuses(t *testing.T) {
	const good = `{"name":"n","version":"1","title":"т","source":"s","places":[{"state":"a","title":"А"}],"exempt":{"I7":"free"}}`
	if _, err := workflow.ParseCanonical([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"empty":             "",
		"cut short":         good[:len(good)-1],
		"something after":   good + "{}",
		"white space":       good + "\n",
		"unknown member":    strings.Replace(good, `"exempt"`, `"colour":"red","exempt"`, 1),
		"member twice":      strings.Replace(good, `"title":"т"`, `"title":"т","title":"т"`, 1),
		"another order":     strings.Replace(good, `"name":"n","version":"1"`, `"version":"1","name":"n"`, 1),
		"another case":      strings.Replace(good, `"name"`, `"Name"`, 1),
		"another spelling":  strings.Replace(good, "т", `\u0442`, 1),
		"empty list":        strings.Replace(good, `"exempt"`, `"steps":[],"exempt"`, 1),
		"invariant X7":      strings.Replace(good, "I7", "X7", 1),
		"invariant I07":     strings.Replace(good, "I7", "I07", 1),
		"not an object":     "[]",
		"fractional within": strings.Replace(good, `"title":"А"`, `"title":"А","within_ns":0.5`, 1),
	} {
		if p, err := workflow.ParseCanonical([]byte(text)); err == nil || p != nil {
			t.Errorf("%s: got %v, %v, want an error", name, p, err)
		}
	}
}

func FuzzParseCanonical(f *testing.F) {
	for _, p := range workflow.Processes() { // their beginnings: the fuzzer shrinks long inputs for ever
		p.Places, p.Steps = p.Places[:2], p.Steps[:2]
		f.Add(p.Canonical())
	}
	f.Add([]byte(`{"name":"","version":"","title":"","source":"","steps":[{"from":"a","on":"","by":"system","needs":["x"],"to":"a"}],"any":{"x":["x"]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := workflow.ParseCanonical(data)
		if err != nil {
			if p != nil {
				t.Error("got a process with an error")
			}
			return
		}
		if !bytes.Equal(p.Canonical(), data) {
			t.Error("accepted another spelling")
		}
		_ = p.Mermaid()
		if p.Check() != nil {
			return
		}
		if _, err := p.Step(p.Initial(), "nothing", "nobody", have()); err == nil {
			t.Error("nobody can do nothing")
		}
	})
}
