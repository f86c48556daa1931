package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// TestRows compares every name of every row with what there is.
func TestRows(t *testing.T) {
	rows, err := readRows(rowsJSON)
	if err != nil {
		t.Fatal(err)
	}
	seen, bySeed := map[string]bool{}, map[string]int{}
	for _, r := range rows {
		if seen[r.ID] || r.Note == "" {
			t.Errorf("%s: is there twice, or has no note", r.ID)
		}
		seen[r.ID] = true
		bySeed[r.Process()]++
		p, err := workflow.Lookup(r.Process())
		if err != nil {
			t.Errorf("%s: %v", r.ID, err)
			continue
		}
		c := r.Clause(p)
		for _, fault := range shape(&r, c) {
			t.Errorf("%s: %s", r.ID, fault)
		}
		if c != nil {
			for _, fault := range names(&r, c, p) {
				t.Errorf("%s: %s", r.ID, fault)
			}
		}
	}
	for _, p := range workflow.Processes() {
		for _, c := range p.Clauses {
			if !seen[c.ID] {
				t.Errorf("%s: no row has the clause %s", p.Name, c.ID)
			}
		}
	}
	want := map[string]int{"goskey": 26, "personal-link": 35, "agent": 19, "service-center": 20, "crm": 27}
	if !reflect.DeepEqual(bySeed, want) {
		t.Errorf("got %v rows, want %v", bySeed, want)
	}
}

// shape says what a row lacks, or has too much, for its kind.
func shape(r *Row, c *workflow.Clause) (faults []string) {
	ok := c != nil && r.Reason == ""
	switch r.Kind {
	case Lifecycle:
		ok = ok && (len(c.Arrows) > 0 || c.Begins)
	case Evidence:
		ok = ok && len(c.Evidence)+len(c.Quality) > 0
	case Document:
		ok = ok && len(c.Exhibits)+len(c.Evidence) > 0
	case Notice:
		ok = ok && len(c.Effects) > 0
	case Screen, Outside, Heading:
		ok = c == nil && r.Reason != ""
	default:
		ok = false
	}
	if !ok {
		faults = append(faults, "is not what a row of the kind "+string(r.Kind)+" is")
	}
	return faults
}

// names says which names of a clause there are not; Check has seen to arrows
// and evidence.
func names(r *Row, c *workflow.Clause, p *workflow.Process) (faults []string) {
	unknown := func(what, name string, known bool) {
		if !known {
			faults = append(faults, fmt.Sprintf("%s knows no %s %s", p.Name, what, name))
		}
	}
	orders := func(e workflow.Effect) bool {
		return slices.ContainsFunc(p.Steps, func(s workflow.Step) bool {
			return slices.Contains(c.Arrows, s.Arrow()) && slices.Contains(s.Do, e)
		})
	}
	for _, e := range c.Effects {
		// What the arrows of the row order is ordered by them, and not by others.
		if r.Kind == Notice && len(c.Arrows) > 0 && !orders(e) {
			faults = append(faults, "none of its arrows orders "+string(e))
		}
		if c.Begins && !slices.Contains(p.Start, e) {
			faults = append(faults, "the beginning does not order "+string(e))
		}
	}
	for _, kind := range c.Exhibits {
		unknown("document", kind, slices.Contains(exhibits, kind))
	}
	for _, field := range c.Fields {
		unknown("field", field, slices.Contains(formFields(), field))
	}
	for _, q := range c.Quality {
		unknown("quality", q, slices.Contains(qualities, ra.QualityItem(q)))
	}
	return faults
}

// exhibits are the kinds of documents that the rows may speak of.
var exhibits = []string{
	ra.RequestExhibit, ra.CertificateExhibit, ra.ApplicationSignature, ra.RequestFormSignature, ra.SheetSignature,
	string(ra.ApplicationForm), string(ra.RequestForm), string(ra.CertificateSheet), string(ra.InvoiceForm),
	string(ra.DocumentListForm), string(ra.QuestionnaireForm), string(ra.PowersForm),
	string(workflow.PassportScan), string(workflow.SNILSScan), string(workflow.OwnerPhoto),
	string(workflow.ApplicationScan), string(workflow.RequestScan), string(workflow.CertificateScan),
	"smev_passport", "smev_snils", "smev_inn",
}

var qualities = []ra.QualityItem{ra.ColourScan, ra.BlueInk, ra.SameSignature, ra.DatedPhoto, ra.FaceInPhoto}

// formFields are the JSON names of the form.
func formFields() (list []string) {
	for field := range reflect.TypeFor[ra.Form]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		list = append(list, name)
	}
	return list
}

func TestReadRowsRefuses(t *testing.T) {
	for _, text := range []string{"", "{}", `[{"id":"S1.1","colour":"red"}]`} {
		if _, err := readRows([]byte(text)); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

// command runs the program. A dot of the test's own is the only one it finds.
func command(t *testing.T, dot string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	path := t.TempDir()
	if dot != "" {
		if err := os.WriteFile(filepath.Join(path, "dot"), []byte(dot), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", path)
	var out, errs bytes.Buffer
	status = run(args, &out, &errs)
	return out.String(), errs.String(), status
}

func TestDocument(t *testing.T) {
	stdout, stderr, status := command(t, "")
	if status != 0 || stderr != "" {
		t.Fatalf("got status %d: %s", status, stderr)
	}
	for _, p := range workflow.Processes() {
		for _, want := range []string{p.Title, p.Source, p.Hash()[:12], "\n## " + p.Name + "\n\n```mermaid\n" + p.Mermaid() + "```\n"} {
			if !strings.Contains(stdout, want) {
				t.Errorf("%s: the document lacks %s", p.Name, want)
			}
		}
	}
	for _, want := range []string{
		"| S1.3 | presses «Далее» | lifecycle | `draft --submit(applicant)--> auto_check` |",
		"| S1.5 | 10 to 30 minutes, usually | screen | *said to the reader; ",
		"| S2.7 | the client chooses how to get the certificate | lifecycle | `marker_ready --give_marker(agent)--> key_generation` or `marker_ready --keep_marker(agent)--> agent_key_generation` |",
		"looked at `same_signature` `blue_ink` `colour_scan` |",
		"\n26 rows: ", "\n27 rows: ",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the document lacks %s", want)
		}
	}
}

func TestOneProcess(t *testing.T) {
	p, err := workflow.Lookup("revocation")
	if err != nil {
		t.Fatal(err)
	}
	stdout, _, status := command(t, "", "-format", "dot", "revocation")
	if status != 0 || !strings.Contains(stdout, "```dot\n"+p.DOT()+"```\n") || strings.Contains(stdout, "goskey") || strings.Contains(stdout, "| row |") {
		t.Errorf("got status %d and\n%s", status, stdout)
	}
}

func TestDirectory(t *testing.T) {
	const echo = "#!/bin/sh\nprintf '<svg>%s ' \"$*\"\nwhile IFS= read -r line; do printf '%s\\n' \"$line\"; done\n"
	p, err := workflow.Lookup("agent")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		dot, want string // what is in agent.svg
		complains string
		status    int
	}{
		"Graphviz is there":     {echo, "<svg>-Tsvg " + p.DOT(), "", 0},
		"Graphviz is not there": {"", "", "graphviz", 0},
		"Graphviz fails":        {"#!/bin/sh\necho no memory >&2\nexit 3\n", "", "agent: exit status 3: no memory", 1},
	} {
		dir := filepath.Join(t.TempDir(), "new")
		stdout, stderr, status := command(t, c.dot, "-o", dir, "agent")
		if status != c.status || stdout != "" || (c.complains == "") != (stderr == "") || !strings.Contains(stderr, c.complains) {
			t.Errorf("%s: got status %d, %q, %q", name, status, stdout, stderr)
		}
		for file, want := range map[string]string{"agent.mmd": p.Mermaid(), "agent.dot": p.DOT(), "agent.svg": c.want} {
			got, err := os.ReadFile(filepath.Join(dir, file))
			if c.status == 0 && (string(got) != want || (err != nil) != (want == "")) {
				t.Errorf("%s: %s: got %q, %v", name, file, got, err)
			}
		}
		if text, err := os.ReadFile(filepath.Join(dir, "processes.md")); c.status == 0 && (err != nil || !bytes.Contains(text, []byte("\n19 rows: "))) {
			t.Errorf("%s: got %v and\n%s", name, err, text)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"-h"}, 0, "-format"},
		{[]string{"-x"}, 2, "-x"},
		{[]string{"-format", "svg"}, 2, `no language "svg"`},
		{[]string{"nobody"}, 2, `no process "nobody"`},
		{[]string{"-journey", "nobody"}, 2, `no process "nobody"`},
		{[]string{"-journey", "-o", t.TempDir(), "agent"}, 2, "not written into a directory"},
	} {
		stdout, stderr, status := command(t, "", c.args...)
		if status != c.status || stdout != "" || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: got status %d, %q, %q", c.args, status, stdout, stderr)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, stderr, status := command(t, "", "-o", filepath.Join(file, "below")); status != 1 || stderr == "" {
		t.Errorf("into a file: got status %d", status)
	}
}
