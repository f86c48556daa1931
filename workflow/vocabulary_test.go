package workflow_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"testing"

	"github.com/surguch/surguch/workflow"
)

// constants reads vocabulary.go: the stored strings by the name of their type.
// It fails on a constant without a comment of its own.
func constants(t *testing.T) map[string]map[string]bool {
	file, err := parser.ParseFile(token.NewFileSet(), "vocabulary.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		kind := spec.Type.(*ast.Ident).Name
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		if spec.Comment == nil {
			t.Errorf("%s has no comment", spec.Names[0])
		}
		if found[kind] == nil {
			found[kind] = map[string]bool{}
		}
		if found[kind][text] {
			t.Errorf("%s %q is declared twice", kind, text)
		}
		found[kind][text] = true
		return true
	})
	return found
}

func TestVocabulary(t *testing.T) {
	snake := regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	russian := regexp.MustCompile(`\p{Cyrillic}`)
	titles := map[string]func(string) string{
		"Role":     func(s string) string { return workflow.Role(s).Title() },
		"Event":    func(s string) string { return workflow.Event(s).Title() },
		"Evidence": func(s string) string { return workflow.Evidence(s).Title() },
		"Effect":   func(s string) string { return workflow.Effect(s).Title() },
	}
	found := constants(t)
	for kind, words := range found {
		for word := range words {
			if !snake.MatchString(word) {
				t.Errorf("%s %q: got another form, want snake_case", kind, word)
			}
			if title := titles[kind]; title != nil && !russian.MatchString(title(word)) {
				t.Errorf("%s %q has no Russian title", kind, word)
			}
		}
	}
	for _, p := range workflow.Processes() {
		evidence, events, roles := vocabulary(p)
		wantDeclared(t, p, found["Evidence"], evidence)
		wantDeclared(t, p, found["Event"], events)
		wantDeclared(t, p, found["Role"], roles)
		for _, place := range p.Places {
			wantDeclared(t, p, found["State"], []workflow.State{place.State})
			if !russian.MatchString(place.Title) {
				t.Errorf("%s: %s has no Russian title", p.Name, place.State)
			}
		}
		for _, s := range p.Steps {
			wantDeclared(t, p, found["Effect"], s.Do)
		}
		wantDeclared(t, p, found["Effect"], p.Start)
	}
}

func wantDeclared[T ~string](t *testing.T, p *workflow.Process, declared map[string]bool, words []T) {
	t.Helper()
	for _, word := range words {
		if !declared[string(word)] {
			t.Errorf("%s uses %q, which vocabulary.go does not declare", p.Name, word)
		}
	}
}

func TestTitlesFallBack(t *testing.T) {
	for got, want := range map[string]string{
		workflow.Agent.Title():             "Агент",
		workflow.Role("notary").Title():    "notary",
		workflow.Submit.Title():            "Далее",
		workflow.Event("notarise").Title(): "notarise",
		workflow.PassportScan.Title():      "скан паспорта (разворот с фото)",
		workflow.Evidence("deed").Title():  "deed",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestInvariants(t *testing.T) {
	for i := workflow.I1; i <= workflow.I12; i++ {
		before := workflow.Issuing
		if i >= workflow.I9 {
			before = workflow.Completed
		}
		if i.Evidence() == "" || i.Before() != before {
			t.Errorf("%v: got %q before %q, want something before %s", i, i.Evidence(), i.Before(), before)
		}
	}
	for _, i := range []workflow.Invariant{0, 13, -1} {
		if i.Evidence() != "" || i.Before() != "" {
			t.Errorf("%v: got %q before %q, want nothing", i, i.Evidence(), i.Before())
		}
	}
	if got := workflow.I12.String(); got != "I12" {
		t.Errorf("got %s, want I12", got)
	}
}
