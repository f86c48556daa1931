package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"

	"github.com/surguch/surguch/internal/journey"
	"github.com/surguch/surguch/internal/testenv/pg"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/workflow"
)

// journeysResult is what -journeys finds.
type journeysResult struct {
	Rows  []journeysRow `json:"rows"`
	Spent []spentRow    `json:"spent"`
}

// journeysRow is what a database allows.
type journeysRow struct {
	Database  string  `json:"database"`
	What      string  `json:"what"`
	Forms     bool    `json:"forms"`
	PerSecond float64 `json:"per_second"`
}

// spentRow is where a part of the time of a journey goes.
type spentRow struct {
	Database string `json:"database"`
	spent
}

// journeysBench plays requests from their beginning to the certificate.
type journeysBench struct {
	ctx     context.Context
	portion int // journeys of each side in a round
	out     io.Writer
	played  uint64 // worlds so far: each has people of its own
}

// side is one of those that are measured in turn.
type side struct {
	database  string
	store     *sqlstore.Store
	what      string
	processes []*workflow.Process
	printer   ra.Printer
	forms     bool // printer prints the real ones
}

// journeyWorkers is how many requests are played at once, and effects run.
const journeyWorkers = 32

// runJourneys measures SQLite in a folder and PostgreSQL at a URL, or in a
// server of its own where it is installed.
func runJourneys(ctx context.Context, dir, postgres string, rounds, portion int, out io.Writer) (result *journeysResult, err error) {
	sqlite, err := sqlstore.Open(ctx, filepath.Join(dir, "journeys.db"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, sqlite.Close()) }()
	databases := []side{{database: "SQLite", store: sqlite}}
	missing := error(nil)
	if postgres == "" {
		var drop func() error
		if postgres, drop, missing = pg.Open(); missing == nil {
			defer func() { err = errors.Join(err, drop()) }()
		}
	}
	if missing == nil {
		store, err := sqlstore.OpenPostgres(ctx, sqlstore.PostgresConfig{URL: postgres})
		if err != nil {
			return nil, err
		}
		defer store.Close()
		databases = append(databases, side{database: "PostgreSQL", store: store})
	} else {
		fmt.Fprintf(out, "no figures of PostgreSQL: %v\n", missing)
	}
	forms, err := newForms()
	if err != nil {
		return nil, err
	}
	b := &journeysBench{ctx: ctx, portion: portion, out: out}
	result = &journeysResult{}
	if result.Rows, err = b.rates(rounds, sides(databases, forms)); err != nil {
		return nil, err
	}
	for _, s := range databases {
		s.processes, s.printer = workflow.Processes()[:5], forms
		rows, err := b.spent(s)
		if err != nil {
			return nil, err
		}
		result.Spent = append(result.Spent, rows...)
	}
	return result, nil
}

// sides are the five processes together, with the forms and without, and each
// alone, on each database.
func sides(databases []side, forms ra.Printer) (list []side) {
	five := workflow.Processes()[:5]
	for _, s := range databases {
		s.what, s.processes, s.printer = "all five processes", five, line{}
		list = append(list, s)
		for _, p := range five {
			s.what, s.processes = p.Name, []*workflow.Process{p}
			list = append(list, s)
		}
		s.what, s.processes, s.printer, s.forms = "all five, with the forms", five, forms, true
		list = append(list, s)
	}
	return list
}

// rates measures all sides in turn, and prints the medians.
func (b *journeysBench) rates(rounds int, sides []side) (rows []journeysRow, err error) {
	found := make([][]float64, len(sides))
	for range rounds {
		for i, s := range sides {
			took, err := b.play(s, journeyWorkers, nil)
			if err != nil {
				return nil, err
			}
			found[i] = append(found[i], float64(b.portion)/took.Seconds())
		}
	}
	fmt.Fprintf(b.out, "%-20s %-34s %21s\n", "database", "what", "journeys per second")
	for i, s := range sides {
		r := journeysRow{Database: s.database, What: s.what, Forms: s.forms, PerSecond: median(found[i])}
		rows = append(rows, r)
		fmt.Fprintf(b.out, "%-20s %-34s %21.1f\n", r.Database, r.What, r.PerSecond)
	}
	return rows, nil
}

// spent measures where the time goes: of one journey after the other, so that
// nobody waits for somebody else, and no two share a sync.
func (b *journeysBench) spent(s side) (rows []spentRow, err error) {
	c := newCount()
	took, err := b.play(s, 1, c)
	if err != nil {
		return nil, err
	}
	whole := float64(took.Microseconds()) / 1000 / float64(b.portion)
	fmt.Fprintf(b.out, "\n%-20s %-34s %9s %11s %7s\n", s.database, "a journey alone, with the forms", "calls", "ms", "share")
	for _, x := range c.parts(b.portion) {
		rows = append(rows, spentRow{s.database, x})
		fmt.Fprintf(b.out, "%-20s %-34s %9.1f %11.2f %5.1f %%\n", s.database, x.What, x.Calls, x.Milliseconds, 100*x.Milliseconds/whole)
	}
	return rows, nil
}

// play plays a portion of journeys straight to the certificate, and returns the
// time it took. What it is spent on is counted, if c is not nil.
func (b *journeysBench) play(s side, workers int, c *count) (took time.Duration, err error) {
	b.played++
	config := journey.Config{Store: s.store, Messages: s.store.Messages(nil), Printer: s.printer, Seed: b.played, Workers: workers, Nodes: 1}
	ctx := b.ctx
	if c != nil {
		config.Store, config.Messages, config.Telemetry = countedStore{s.store, c}, countedMessages{config.Messages, c}, c
	}
	w, err := journey.New(config)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	begun := time.Now()
	if c != nil {
		var end func(error)
		ctx, end = c.Start(ctx, "people")
		defer end(nil)
	}
	cases, failed := make([]*journey.Case, b.portion), make([]error, workers)
	var wait sync.WaitGroup
	for k := range workers {
		wait.Go(func() {
			for i := k; i < len(cases) && failed[k] == nil; i += workers {
				p := s.processes[i%len(s.processes)]
				cases[i], failed[k] = w.Begin(ctx, journey.Plan{Name: fmt.Sprint(i), Process: p.Name, Organization: p.Name == "goskey"})
			}
		})
	}
	wait.Wait()
	if err := errors.Join(failed...); err != nil {
		return 0, err
	}
	err = w.Play(ctx, cases...)
	return time.Since(begun), err
}
