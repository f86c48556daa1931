package main

import (
	"fmt"
	"io"
	"slices"
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
		carried := "*" + r.Reason + "*"
		if c := r.Clause(p); c != nil {
			carried = carriedOut(p, c)
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", r.ID, r.Note, r.Kind, carried)
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

// carriedOut says in one cell of the table what the clause comes to.
func carriedOut(p *workflow.Process, c *workflow.Clause) string {
	var parts []string
	if c.Begins {
		parts = append(parts, "the request begins")
	}
	var arrows []string
	for _, s := range p.Steps {
		if slices.Contains(c.Arrows, s.Arrow()) {
			arrows = append(arrows, "`"+s.String()+"`")
		}
	}
	for _, list := range [][]string{
		{strings.Join(arrows, " or ")}, named("in", c.In),
		named("evidence", c.Evidence), named("effects", c.Effects), named("documents", c.Exhibits),
		named("fields", c.Fields), named("looked at", c.Quality),
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
