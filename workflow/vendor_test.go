package workflow_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/surguch/surguch/workflow"
)

// vendor is testdata/vendor-status.json: the status codes of one vendor, whose
// instructions are seeds 001 and 004, and where its requests stand here.
type vendor struct {
	Source  string
	Codes   []vendorCode
	Without []struct { // where the vendor has no code
		Process, Reason string
		State           workflow.State
	}
}

type vendorCode struct {
	Code      int
	Name      string
	Crosswalk string        // the state that processes.md, section 6.5, gives it
	Ours      bool          // it gives none: the mapping is our reading
	As        int           // a code that our states do not tell from this one
	Places    []vendorPlace // the first is where the code leads
	Note      string
}

type vendorPlace struct {
	Process       string
	State         workflow.State
	Held, Missing []workflow.Evidence
}

func (p vendorPlace) is(process string, at workflow.State, have func(workflow.Evidence) bool) bool {
	lacks := func(e workflow.Evidence) bool { return !have(e) }
	return p.Process == process && p.State == at && !slices.ContainsFunc(p.Held, lacks) && !slices.ContainsFunc(p.Missing, have)
}

func (v *vendor) code(n int) *vendorCode {
	i := slices.IndexFunc(v.Codes, func(c vendorCode) bool { return c.Code == n })
	if i < 0 {
		return nil
	}
	return &v.Codes[i]
}

// codes are those that a request in this place has: one, or the table is wrong.
func (v *vendor) codes(process string, at workflow.State, have func(workflow.Evidence) bool) (list []int) {
	for _, c := range v.Codes {
		if slices.ContainsFunc(c.Places, func(p vendorPlace) bool { return p.is(process, at, have) }) {
			list = append(list, c.Code)
		}
	}
	return list
}

func readVendor(t *testing.T) *vendor {
	t.Helper()
	data, err := os.ReadFile("testdata/vendor-status.json")
	if err != nil {
		t.Fatal(err)
	}
	v := &vendor{}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestVendorStatus follows each of the 43 codes to its place, which must be one
// of ours, and back.
func TestVendorStatus(t *testing.T) {
	v := readVendor(t)
	ours := 0
	for i, c := range v.Codes {
		if c.Name == "" || i > 0 && c.Code <= v.Codes[i-1].Code {
			t.Errorf("%d: has no name, or no order", c.Code)
		}
		if c.Ours {
			ours++
		}
		if c.Ours != (c.Crosswalk == "") {
			t.Errorf("%d: ours: %v, and the crosswalk says %q", c.Code, c.Ours, c.Crosswalk)
		}
		if c.As != 0 {
			if other := v.code(c.As); other == nil || other.As != 0 || len(c.Places) > 0 || c.Note == "" {
				t.Errorf("%d: is no code like %d", c.Code, c.As)
			}
			continue
		}
		if len(c.Places) == 0 {
			t.Errorf("%d: has no place", c.Code)
			continue
		}
		if c.Crosswalk != "" && string(c.Places[0].State) != c.Crosswalk && c.Note == "" {
			t.Errorf("%d: the crosswalk says %s, got %s without a reason", c.Code, c.Crosswalk, c.Places[0].State)
		}
		for _, place := range c.Places {
			p := lookup(t, place.Process)
			if _, ok := p.Place(place.State); !ok {
				t.Errorf("%d: %s has no place %s", c.Code, p.Name, place.State)
			}
			for _, e := range slices.Concat(place.Held, place.Missing) {
				if !slices.ContainsFunc(p.Steps, func(s workflow.Step) bool { return s.From == place.State && slices.Contains(s.Needs, e) }) {
					t.Errorf("%d: %s waits for no %s in %s", c.Code, p.Name, e, place.State)
				}
			}
			have := func(e workflow.Evidence) bool { return slices.Contains(place.Held, e) }
			if got := v.codes(place.Process, place.State, have); !slices.Equal(got, []int{c.Code}) {
				t.Errorf("%d: back from %s of %s with %v: got %v", c.Code, place.State, p.Name, place.Held, got)
			}
		}
	}
	if len(v.Codes) != 43 || ours != 17 {
		t.Errorf("got %d codes, %d of them by our reading, want 43 and 17", len(v.Codes), ours)
	}
}

// TestVendorProcesses: wherever a request of the vendor's own two processes
// stands, with whatever evidence, it has one code, or a reason why none.
func TestVendorProcesses(t *testing.T) {
	v := readVendor(t)
	for _, name := range []string{"personal-link", "crm"} {
		for _, place := range lookup(t, name).Places {
			var evidence []workflow.Evidence
			for _, c := range v.Codes {
				for _, p := range c.Places {
					if p.Process == name && p.State == place.State {
						evidence = unique(slices.Concat(evidence, p.Held, p.Missing))
					}
				}
			}
			want := 1
			for _, w := range v.Without {
				if w.Process == name && w.State == place.State && w.Reason != "" {
					want = 0
				}
			}
			for set := range 1 << len(evidence) {
				have := func(e workflow.Evidence) bool {
					i := slices.Index(evidence, e)
					return i >= 0 && set>>i&1 == 1
				}
				if got := v.codes(name, place.State, have); len(got) != want {
					t.Errorf("%s in %s with %b of %v: got the codes %v, want %d", name, place.State, set, evidence, got, want)
				}
			}
		}
	}
}
