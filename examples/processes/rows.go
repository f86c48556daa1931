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

// A Row is one sentence of a seed. What carries it out is the clause of its
// process that has its ID; testdata/README.md tells more.
type Row struct {
	ID     string // S2.7.1a: a part of item 7.1 of seed 002
	Kind   Kind
	Note   string // what the sentence says, in short
	Reason string // why nothing carries it out
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

// Clause returns what in the process carries the row out; nil, if nothing does.
func (r *Row) Clause(p *workflow.Process) *workflow.Clause {
	for i := range p.Clauses {
		if p.Clauses[i].ID == r.ID {
			return &p.Clauses[i]
		}
	}
	return nil
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
