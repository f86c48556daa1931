package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/surguch/surguch/workflow"
)

//go:embed testdata/rows.json
var rowsJSON []byte

// A Row is one sentence of a seed, and what in the process carries it out: one
// of the arrows is taken, and all the rest happens. testdata/README.md tells
// more.
type Row struct {
	ID   string // S2.7.1a: a part of item 7.1 of seed 002
	Kind Kind
	Note string // what the sentence says, in short

	Begins   bool     // the request comes into being
	Arrows   []string // "from event role"
	Evidence []workflow.Evidence
	Effects  []workflow.Effect
	Exhibits []string // kinds of documents that join the dossier
	Fields   []string // of the form
	Quality  []string // what a reviewer looks at
	Reason   string   // why nothing of all this
}

// Kind says what a sentence is about.
type Kind string

const (
	Lifecycle Kind = "lifecycle" // the request moves
	Evidence  Kind = "evidence"  // a fact is recorded
	Document  Kind = "document"  // a paper is made or brought
	Notice    Kind = "notice"    // somebody is told
	Screen    Kind = "screen"    // a button, a dialogue, a word to the reader
	Outside   Kind = "outside"   // it happens elsewhere
	Heading   Kind = "heading"   // no sentence about doing something
)

// kinds are all of them, in the order of a summary.
var kinds = []Kind{Lifecycle, Evidence, Document, Notice, Screen, Outside, Heading}

// seeds are the processes by the first part of a row's ID.
var seeds = map[string]string{"S0": "goskey", "S1": "personal-link", "S2": "agent", "S3": "service-center", "S4": "crm"}

// Process returns the name of the process that carries the row out.
func (r *Row) Process() string {
	seed, _, _ := strings.Cut(r.ID, ".")
	return seeds[seed]
}

// Steps returns the arrows of the row in their process.
func (r *Row) Steps(p *workflow.Process) ([]workflow.Step, error) {
	var steps []workflow.Step
	for _, arrow := range r.Arrows {
		words := strings.Fields(arrow)
		if len(words) != 3 {
			return nil, fmt.Errorf("row %s: %q is not a state, an event and a role", r.ID, arrow)
		}
		found := false
		for _, s := range p.Open(workflow.State(words[0]), workflow.Role(words[2])) {
			if s.On == workflow.Event(words[1]) {
				steps, found = append(steps, s), true
			}
		}
		if !found {
			return nil, fmt.Errorf("row %s: %s has no arrow %s", r.ID, p.Name, arrow)
		}
	}
	return steps, nil
}

// readRows reads the table of rows.
func readRows(data []byte) ([]Row, error) {
	var rows []Row
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&rows); err != nil {
		return nil, fmt.Errorf("rows: %w", err)
	}
	return rows, nil
}
