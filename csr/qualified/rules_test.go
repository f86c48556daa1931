package qualified_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr/qualified"
)

// worlds are the names of what good makes.
var worlds = []string{"person", "sole-trader", "organization", "organization-automatic", "foreign-person", "foreign-organization",
	"authority", "root", "request"}

func ruleIDs(findings []qualified.Finding) (ids []string) {
	for _, f := range findings {
		if !slices.Contains(ids, f.Rule) {
			ids = append(ids, f.Rule)
		}
	}
	slices.Sort(ids)
	return ids
}

// TestGood: what the builders make breaks no rule, not even one that only
// informs.
func TestGood(t *testing.T) {
	for _, name := range worlds {
		for _, f := range good(t, name).lint(t) {
			t.Errorf("%s: got %s at %s, want nothing", name, f.Rule, f.Where)
		}
	}
}

// TestRules triggers every rule. The change to a good world must break that
// rule and no other, but for those it lists; without the change the rule is
// silent, which TestGood shows.
func TestRules(t *testing.T) {
	tried := map[string]bool{}
	for _, c := range cases {
		w := good(t, c.world)
		c.change(w)
		findings := w.lint(t)
		want := append([]string{c.rule}, c.also...)
		slices.Sort(want)
		if got := ruleIDs(findings); !slices.Equal(got, want) {
			t.Errorf("%s (%s): got %v, want %v", c.rule, c.world, got, want)
		}
		tried[c.rule] = true
	}
	for _, r := range qualified.Rules() {
		if !tried[r.ID] {
			t.Errorf("%s: no case triggers it", r.ID)
		}
	}
}

// TestInForce: every rule with a last day is silent from that day on, and
// each is before its first.
func TestInForce(t *testing.T) {
	rules := map[string]qualified.Rule{}
	for _, r := range qualified.Rules() {
		rules[r.ID] = r
	}
	for _, c := range cases {
		r := rules[c.rule]
		ends := []time.Time{r.From.Add(-time.Second)}
		if !r.Until.IsZero() {
			ends = append(ends, r.Until)
		}
		for _, at := range ends {
			w := good(t, c.world)
			c.change(w)
			w.options.At = at
			if slices.Contains(ruleIDs(w.lint(t)), c.rule) {
				t.Errorf("%s: got a finding on %v, want none outside %v to %v", c.rule, at, r.From, r.Until)
			}
		}
		w := good(t, c.world)
		c.change(w)
		w.options.At = r.From
		if !slices.Contains(ruleIDs(w.lint(t)), c.rule) {
			t.Errorf("%s: got no finding on its first day %v", c.rule, r.From)
		}
	}
}

// TestTable: every rule is complete and keeps the house's laws: a name of its
// own, a source, a date, texts in both languages, and no error that is only
// recalled.
func TestTable(t *testing.T) {
	rules := qualified.Rules()
	if len(rules) < 60 {
		t.Errorf("got %d rules, want 60 or more", len(rules))
	}
	seen := map[string]string{}
	for _, r := range rules {
		if r.ID == "" || strings.ToLower(r.ID) != r.ID || seen[r.ID] != "" {
			t.Errorf("%s: not a name of its own", r.ID)
		}
		for _, text := range []string{r.ID, r.English, r.Russian} {
			if seen[text] != "" {
				t.Errorf("%s: has %q as %s has", r.ID, text, seen[text])
			}
			seen[text] = r.ID
		}
		if r.From.IsZero() || !r.Until.IsZero() && !r.From.Before(r.Until) {
			t.Errorf("%s: in force from %v until %v", r.ID, r.From, r.Until)
		}
		if r.Citation.Act == "" || r.Citation.Russian == "" {
			t.Errorf("%s: no source", r.ID)
		}
		if r.Grade == qualified.Recalled && (r.Severity == qualified.Error || r.Citation.Section != "") {
			t.Errorf("%s: recalled, and yet %v citing %v", r.ID, r.Severity, r.Citation)
		}
		if !strings.ContainsFunc(r.Russian, func(c rune) bool { return c >= 'а' && c <= 'я' }) ||
			strings.HasSuffix(r.Russian, ".") || strings.HasSuffix(r.English, ".") {
			t.Errorf("%s: texts: %q, %q", r.ID, r.English, r.Russian)
		}
	}
}

// TestNoPersonalData: no finding holds a value of the subject.
func TestNoPersonalData(t *testing.T) {
	for _, c := range cases {
		w := good(t, c.world)
		c.change(w)
		for _, f := range w.lint(t) {
			for _, a := range w.subject {
				if utf := strings.TrimSpace(a.Value); len(utf) > 4 && strings.Contains(f.Where+f.English+f.Russian, utf) {
					t.Errorf("%s: the finding of %s shows the value of %v", c.rule, f.Rule, a.Type)
				}
			}
		}
	}
}
