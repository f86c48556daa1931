package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestJourneys plays a few journeys of each kind, and looks at the table.
func TestJourneys(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "table.json")
	var out, faults bytes.Buffer
	if status := run([]string{"-journeys", "-rounds", "1", "-portion", "5", "-dir", dir, "-json", file}, &out, &faults); status != 0 {
		t.Fatalf("it ends with %d: %s", status, &faults)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var found journeysResult
	if err := json.Unmarshal(data, &found); err != nil {
		t.Fatal(err)
	}
	what := map[string]float64{}
	for _, r := range found.Rows {
		if !bytes.Contains(out.Bytes(), []byte(r.Database)) || !bytes.Contains(out.Bytes(), []byte(r.What)) {
			t.Errorf("the table lacks %s of %s", r.What, r.Database)
		}
		if r.Database == "SQLite" {
			what[r.What] = r.PerSecond
		}
	}
	for _, name := range []string{"all five processes", "goskey", "personal-link", "agent", "service-center", "crm", "all five, with the forms"} {
		if what[name] <= 0 {
			t.Errorf("%s: %v journeys per second", name, what[name])
		}
	}
	calls := map[string]float64{}
	for _, s := range found.Spent {
		if s.Database == "SQLite" {
			calls[s.What] = s.Calls
		}
		if s.Milliseconds < 0 {
			t.Errorf("%s of %s takes %v ms", s.What, s.Database, s.Milliseconds)
		}
	}
	for _, n := range names {
		if n.part != "people: keys, signatures, looking" && calls[n.part] < 0.5 {
			t.Errorf("%s: %v calls of a journey", n.part, calls[n.part])
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
}
