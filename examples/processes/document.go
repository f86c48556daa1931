package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/surguch/surguch/workflow"
)

// document writes the Markdown of the processes.
func document(w io.Writer, list []*workflow.Process, format string, draw func(*workflow.Process) string) error {
	rows, err := readRows(rowsJSON)
	if err != nil {
		return err
	}
	fmt.Fprint(w, "# Processes\n\n| process | version | title | source | hash |\n|---|---|---|---|---|\n")
	for _, p := range list {
		fmt.Fprintf(w, "| `%s` | %s | %s | %s | `%.12s` |\n", p.Name, p.Version, p.Title, p.Source, p.Hash())
	}
	for _, p := range list {
		fmt.Fprintf(w, "\n## %s\n\n```%s\n%s```\n", p.Name, format, draw(p))
		if err := table(w, p, rows); err != nil {
			return err
		}
	}
	return nil
}

// table writes the sentences of a process's seed beside its steps; nothing, if
// it has no seed.
func table(w io.Writer, p *workflow.Process, rows []Row) error {
	count := map[Kind]int{}
	total := 0
	for _, r := range rows {
		if r.Process() != p.Name {
			continue
		}
		if total == 0 {
			fmt.Fprint(w, "\n| row | what the seed says | kind | what carries it out |\n|---|---|---|---|\n")
		}
		total++
		count[r.Kind]++
		steps, err := r.Steps(p)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", r.ID, r.Note, r.Kind, r.carriedOut(steps))
	}
	if total == 0 {
		return nil
	}
	var sums []string
	for _, k := range kinds {
		if count[k] > 0 {
			sums = append(sums, fmt.Sprintf("%d %s", count[k], k))
		}
	}
	_, err := fmt.Fprintf(w, "\n%d rows: %s.\n", total, strings.Join(sums, ", "))
	return err
}

// carriedOut says in one cell of the table what the row comes to.
func (r *Row) carriedOut(steps []workflow.Step) string {
	if r.Reason != "" {
		return "*" + r.Reason + "*"
	}
	var parts []string
	if r.Begins {
		parts = append(parts, "the request begins")
	}
	var arrows []string
	for _, s := range steps {
		arrows = append(arrows, "`"+s.String()+"`")
	}
	for _, list := range [][]string{
		{strings.Join(arrows, " or ")},
		named("evidence", r.Evidence), named("effects", r.Effects), named("documents", r.Exhibits),
		named("fields", r.Fields), named("looked at", r.Quality),
	} {
		if len(list) > 0 && list[0] != "" {
			parts = append(parts, strings.Join(list, " "))
		}
	}
	return strings.Join(parts, "; ")
}

// named is a list of names under a word; nil if it is empty.
func named[T ~string](word string, list []T) []string {
	if len(list) == 0 {
		return nil
	}
	words := []string{word}
	for _, name := range list {
		words = append(words, "`"+string(name)+"`")
	}
	return words
}
