package ra

import (
	"slices"
	"time"

	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/workflow"
)

// ID names a request: 32 lower-case hexadecimal digits, the first 12 of them
// the milliseconds of its birth, so that IDs sort by age.
type ID string

// Actor is who does something, as the embedder established it. It is
// recorded with everything the actor does.
type Actor struct {
	ID           string        `json:"id"`
	Role         workflow.Role `json:"role"`
	Partner      string        `json:"partner,omitempty"`      // the organisation behind an agent
	Authn        string        `json:"authn,omitempty"`        // how it was established: password, link, token …
	SecondFactor bool          `json:"secondFactor,omitempty"` // by two factors
	Request      ID            `json:"request,omitempty"`      // the only request it may touch; "": any
}

// System is the actor of everything the authority does by itself.
func System() Actor { return Actor{ID: "system", Role: workflow.System} }

// Request is an application for a certificate: what the journal of its
// entries amounts to. Only the authority changes it, in step.go; what callers
// get is a copy.
type Request struct {
	ID      ID             `json:"id"`
	Version int64          `json:"version"` // sequence number of its last entry
	State   workflow.State `json:"state"`

	Process     string `json:"process"`     // name
	ProcessHash string `json:"processHash"` // of the version it is pinned to; also its blob

	Form     Form      `json:"form"`
	Held     []Held    `json:"held"`     // evidence, in the order recorded
	Exhibits []Exhibit `json:"exhibits"` // documents, in the order attached
	Links    []Link    `json:"links"`    // individual links, hashed

	Created  time.Time `json:"created"`
	Updated  time.Time `json:"updated"`
	Deadline time.Time `json:"deadline"` // of the present place; zero in a final one
}

// Held is one piece of evidence that the request holds.
type Held struct {
	Evidence workflow.Evidence `json:"evidence"`
	Seq      int64             `json:"seq"` // of the entry that recorded it
	At       time.Time         `json:"at"`
	By       Actor             `json:"by"`
	Until    time.Time         `json:"until,omitzero"`    // stale afterwards; zero: never
	Exhibit  string            `json:"exhibit,omitempty"` // hash of the document that proves it
	Note     string            `json:"note,omitempty"`    // what was found, in Russian; no personal data
	// Identification is set with identity_proofed: how the owner was identified.
	Identification *qualified.Identification `json:"identification,omitempty"`
}

// Exhibit is a document of the dossier. It is immutable and named by the
// SHA-256 of its bytes, in hexadecimal.
type Exhibit struct {
	Hash  string    `json:"hash"`
	Kind  string    `json:"kind"`  // application, request, certificate, smev_passport …
	Media string    `json:"media"` // MIME type
	Size  int       `json:"size"`  // octets
	At    time.Time `json:"at"`
	By    Actor     `json:"by"`
	Note  string    `json:"note,omitempty"`
}

// EntryKind says what a journal entry records.
type EntryKind string

// Kinds of journal entries.
const (
	Began       EntryKind = "began"    // the request came into being in To
	FormChanged EntryKind = "form"     // the form was replaced
	Attached    EntryKind = "exhibit"  // Exhibit joined the dossier
	Recorded    EntryKind = "evidence" // Evidence is held from now on
	Moved       EntryKind = "arrow"    // Event led From → To, Void was dropped
	LinkMinted  EntryKind = "link"     // an individual link replaced those before it
)

// Entry is one line of a request's journal. Entries of a request are numbered
// from 1 without gaps; they are never changed or removed.
type Entry struct {
	Request  ID                  `json:"request"`
	Seq      int64               `json:"seq"`
	At       time.Time           `json:"at"`
	By       Actor               `json:"by"`
	Kind     EntryKind           `json:"kind"`
	Event    workflow.Event      `json:"event,omitempty"`
	From     workflow.State      `json:"from,omitempty"`
	To       workflow.State      `json:"to,omitempty"`
	Evidence workflow.Evidence   `json:"evidence,omitempty"`
	Void     []workflow.Evidence `json:"void,omitempty"` // evidence dropped by this entry
	Exhibit  string              `json:"exhibit,omitempty"`
	Note     string              `json:"note,omitempty"`
}

// Evidence returns the piece of evidence if the request holds it, stale or
// not.
func (r *Request) Evidence(e workflow.Evidence) (Held, bool) {
	for _, h := range r.Held {
		if h.Evidence == e {
			return h, true
		}
	}
	return Held{}, false
}

// Fresh returns a function that reports whether evidence is held and not
// stale at the given time: what [workflow.Process.Step] asks for.
func (r *Request) Fresh(at time.Time) func(workflow.Evidence) bool {
	return func(e workflow.Evidence) bool {
		h, ok := r.Evidence(e)
		return ok && (h.Until.IsZero() || at.Before(h.Until))
	}
}

// Exhibit returns the latest document of the given kind.
func (r *Request) Exhibit(kind string) (Exhibit, bool) {
	for _, e := range slices.Backward(r.Exhibits) {
		if e.Kind == kind {
			return e, true
		}
	}
	return Exhibit{}, false
}

// clone returns a copy that shares nothing that is ever changed in place.
func (r *Request) clone() *Request {
	c := *r
	c.Held = slices.Clone(r.Held)
	c.Exhibits = slices.Clone(r.Exhibits)
	c.Links = slices.Clone(r.Links)
	return &c
}

// drop forgets evidence and returns what of it had been held.
func (r *Request) drop(list []workflow.Evidence) (dropped []workflow.Evidence) {
	r.Held = slices.DeleteFunc(r.Held, func(h Held) bool {
		if !slices.Contains(list, h.Evidence) {
			return false
		}
		dropped = append(dropped, h.Evidence)
		return true
	})
	return dropped
}
