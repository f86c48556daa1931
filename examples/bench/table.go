package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"
)

// table is the result of a run.
type table struct {
	Go     string `json:"go"`
	Arch   string `json:"arch"`
	Engine string `json:"engine,omitempty"` // why there are no figures of the engine
	Rows   []row  `json:"rows"`
}

// row is one operation, per second of one thread.
type row struct {
	Operation string  `json:"operation"`
	Set       string  `json:"set"`
	Ours      float64 `json:"ours_per_second"`
	Engine    float64 `json:"engine_per_second,omitempty"`
	Ratio     float64 `json:"ratio,omitempty"` // ours to the engine's
	Bytes     int     `json:"bytes,omitempty"` // of one operation, where throughput is what counts
}

// measure takes n operations and returns the time they took.
type measure func(n int) (time.Duration, error)

// slice is about how long one side runs before the other has its turn.
const slice = 4 * time.Millisecond

// compare measures both sides in turn. theirs may be nil.
func compare(rounds int, ours, theirs measure) (r row, err error) {
	nOurs, err := calibrate(ours)
	if err != nil {
		return r, err
	}
	nTheirs := 0
	if theirs != nil {
		if nTheirs, err = calibrate(theirs); err != nil {
			return r, err
		}
	}
	var a, b, ratio []float64
	for range rounds {
		mine, err := rate(ours, nOurs)
		if err != nil {
			return r, err
		}
		a = append(a, mine)
		if theirs == nil {
			continue
		}
		other, err := rate(theirs, nTheirs)
		if err != nil {
			return r, err
		}
		b, ratio = append(b, other), append(ratio, mine/other)
	}
	r.Ours, r.Engine, r.Ratio = median(a), median(b), median(ratio)
	return r, nil
}

// calibrate finds how many operations fill a slice.
func calibrate(m measure) (int, error) {
	for n := 1; ; n *= 2 {
		took, err := m(n)
		if err != nil {
			return 0, err
		}
		if took >= slice/2 {
			return n, nil
		}
	}
}

func rate(m measure, n int) (float64, error) {
	took, err := m(n)
	return float64(n) / took.Seconds(), err
}

func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[len(list)/2]
}

func newTable() *table {
	return &table{Go: runtime.Version(), Arch: runtime.GOOS + "/" + runtime.GOARCH}
}

func (t *table) print(w io.Writer) {
	fmt.Fprintf(w, "%s %s, one thread; medians of sides measured in turn\n", t.Go, t.Arch)
	if t.Engine != "" {
		fmt.Fprintf(w, "no figures of OpenSSL's GOST engine: %s\n", t.Engine)
	}
	fmt.Fprintf(w, "\n%-16s %-15s %14s %14s %7s\n", "operation", "set", "surguch", "gost-engine", "ratio")
	for _, r := range t.Rows {
		fmt.Fprintf(w, "%-16s %-15s %14s %14s %7s\n", r.Operation, r.Set, r.figure(r.Ours), r.figure(r.Engine), ratioText(r.Ratio))
	}
}

// figure is operations per second, or throughput.
func (r row) figure(perSecond float64) string {
	switch {
	case perSecond == 0:
		return "–"
	case r.Bytes > 0:
		return fmt.Sprintf("%.1f MB/s", perSecond*float64(r.Bytes)/1e6)
	}
	return fmt.Sprintf("%.0f /s", perSecond)
}

func ratioText(r float64) string {
	if r == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", r)
}
