package ra

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/workflow"
)

// ID names a request: 32 lower-case hexadecimal digits, the first 12 of them
// the milliseconds of its birth, so that IDs sort by age.
type ID string

// Request is an application for a certificate: what the journal of its
// entries amounts to. Only the authority changes it, in step.go; what callers
// get is a copy.
type Request struct {
	ID      ID             `json:"id"`
	Version int64          `json:"version"` // sequence number of its last entry
	State   workflow.State `json:"state"`

	Process     string `json:"process"`     // name
	ProcessHash string `json:"processHash"` // of the version it is pinned to; also its blob

	Form      Form       `json:"form"`
	Held      []Held     `json:"held"`               // evidence, in the order recorded
	Exhibits  []Exhibit  `json:"exhibits"`           // documents, in the order attached
	Verdicts  []Verdict  `json:"verdicts,omitempty"` // on documents, the latest on each
	Links     []Link     `json:"links"`              // individual links, hashed
	Marker    *Marker    `json:"marker,omitempty"`
	Sessions  []Session  `json:"sessions,omitempty"` // that last, hashed
	Wrong     int        `json:"wrongCodes,omitempty"`
	Locked    time.Time  `json:"codesLocked,omitzero"` // no code from the phone is taken until then
	Phrase    *KeyPhrase `json:"keyPhrase,omitempty"`  // stretched
	Approvals []Approval `json:"approvals,omitempty"`
	// Representatives act for the applicant by powers of attorney.
	Representatives []Representative `json:"representatives,omitempty"`

	Trouble []Trouble `json:"trouble,omitempty"` // effects that failed for good, in the order they did

	Partner  string    `json:"partner,omitempty"`  // of whoever began it
	Authors  []string  `json:"authors,omitempty"`  // IDs of those who entered its data and documents
	Assignee string    `json:"assignee,omitempty"` // who works on it, in this place
	Created  time.Time `json:"created"`
	Updated  time.Time `json:"updated"`
	Erased   bool      `json:"erased,omitempty"` // nothing else is left of it
	Deadline time.Time `json:"deadline"`         // of the present place; zero in a final one

	// Late is the number of the entry that set the deadline: a timer of
	// another one is of another stay.
	Late int64 `json:"late,omitempty"`
	key  *caseKey
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
	Blob  string    `json:"blob"`  // what it is stored as: sealed, if the case is
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
	Began         EntryKind = "began"          // the request came into being in To
	FormChanged   EntryKind = "form"           // the form was replaced
	Attached      EntryKind = "exhibit"        // Exhibit joined the dossier
	Judged        EntryKind = "verdict"        // a reviewer has found what Verdict says of Exhibit
	Recorded      EntryKind = "evidence"       // Evidence is held from now on
	Moved         EntryKind = "arrow"          // Event led From → To, Void was dropped
	LinkMinted    EntryKind = "link"           // an individual link replaced those before it
	MarkerChanged EntryKind = "marker"         // the marker is now Marker
	Admission     EntryKind = "session"        // a session is now Session
	AccessEnded   EntryKind = "access_ended"   // links, marker and sessions end
	PhraseChanged EntryKind = "key_phrase"     // the key phrase is now Phrase: chosen, or named on the telephone
	SupportLinked EntryKind = "support"        // a case at the help desk is about the request
	Represented   EntryKind = "representative" // Representative acts for the applicant from now on, or does not any more
	Reminded      EntryKind = "reminder"       // whoever must act was reminded
	Assigned      EntryKind = "assignment"     // the request was given to Assignee
	Lapsed        EntryKind = "lapsed"         // Evidence does not count any more and is established anew
	Troubled      EntryKind = "trouble"        // Task failed for good, or its outcome is unknown
	Retried       EntryKind = "retry"          // an operator had Task begun again
	Dismissed     EntryKind = "dismiss"        // an operator settled the trouble with Task by other means
	Approved      EntryKind = "approval"       // a person approved what he saw
	ApprovalsVoid EntryKind = "approvals_void" // the request changed after them
	Done          EntryKind = "done"           // Task was done, and there is nothing else to record of it
	LateResult    EntryKind = "late"           // a worker came with the result of Task after another had taken it: not applied
	Erased        EntryKind = "erased"         // the case was erased; of earlier entries only the numbers are left
	Forgotten     EntryKind = "forgotten"      // an entry of an erased case
)

// Entry is one line of a request's journal. Entries of a request are numbered
// from 1 without gaps; they are never changed or removed. Together they are
// the request: see [Replay].
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
	Task     string              `json:"task,omitempty"`     // key; of the first entry of what came of an effect, too
	Assignee string              `json:"assignee,omitempty"` // of Assigned
	Note     string              `json:"note,omitempty"`

	// Clauses are those of the process's source that the entry is a part of.
	Clauses []string `json:"clauses,omitempty"`

	// What the entry made of the request, in full.
	Process        string          `json:"process,omitempty"`        // of Began
	ProcessHash    string          `json:"processHash,omitempty"`    // of Began
	Form           *Form           `json:"form,omitempty"`           // of Began and FormChanged
	Held           *Held           `json:"held,omitempty"`           // of Recorded
	Document       *Exhibit        `json:"document,omitempty"`       // of Attached
	Verdict        *Verdict        `json:"verdict,omitempty"`        // of Judged
	Link           *Link           `json:"link,omitempty"`           // of LinkMinted
	Marker         *Marker         `json:"marker,omitempty"`         // of MarkerChanged
	Session        *Session        `json:"session,omitempty"`        // of Admission
	Phrase         *KeyPhrase      `json:"phrase,omitempty"`         // of PhraseChanged
	Representative *Representative `json:"representative,omitempty"` // of Represented
	Support        *string         `json:"support,omitempty"`        // of SupportLinked
	Trouble        *Trouble        `json:"trouble,omitempty"`        // of Troubled
	Approval       *Approval       `json:"approval,omitempty"`       // of Approved
	Deadline       time.Time       `json:"deadline,omitzero"`        // of Began and Moved

	// Salt makes the commitment of the audit trail to this entry say nothing
	// about it: 16 octets.
	Salt []byte `json:"salt"`
}

// apply is the only place where a request changes: it becomes what it is after
// the entry. An entry that does not follow on it is an error.
func (r *Request) apply(e *Entry) error {
	switch {
	case e.Seq != r.Version+1:
		return fmt.Errorf("ra: journal of %s: entry %d stands where %d belongs", e.Request, e.Seq, r.Version+1)
	case (e.Kind == Began) != (e.Seq == 1):
		return fmt.Errorf("ra: journal of %s: entry %d: a request begins once, first", e.Request, e.Seq)
	case e.Kind == Moved && e.From != r.State:
		return fmt.Errorf("ra: journal of %s: entry %d leaves %s from %s", e.Request, e.Seq, e.From, r.State)
	case !e.Whole():
		return fmt.Errorf("ra: journal of %s: entry %d of kind %q lacks its contents", e.Request, e.Seq, e.Kind)
	}
	r.Version, r.Updated = e.Seq, e.At
	r.drop(e.Void)
	if person := e.By.Role != workflow.System; person && (e.Kind == Began || e.Kind == FormChanged || e.Kind == Attached) &&
		!slices.Contains(r.Authors, e.By.ID) {
		r.Authors = append(r.Authors, e.By.ID)
	}
	switch e.Kind {
	case Erased:
		key := r.key
		*r = *r.erased()
		r.key = key // until this entry is written
	case Began:
		r.Partner = e.By.Partner
		r.ID, r.Created, r.Process, r.ProcessHash = e.Request, e.At, e.Process, e.ProcessHash
		r.State, r.Form, r.Deadline, r.Late = e.To, *e.Form, e.Deadline, e.Seq
	case Moved:
		if e.To != r.State {
			r.Assignee = ""
		}
		r.State, r.Deadline, r.Late = e.To, e.Deadline, e.Seq
	case Assigned:
		r.Assignee = e.Assignee
	case FormChanged:
		if !r.Form.sameOwner(e.Form) {
			r.Representatives = nil
		}
		r.Form = *e.Form
	case Represented:
		r.represented(e.Representative)
	case SupportLinked:
		r.Form.Support = *e.Support
	case LinkMinted:
		r.Links = []Link{*e.Link}
	case MarkerChanged:
		if e.Marker.Ended || r.Marker != nil && r.Marker.Number != e.Marker.Number {
			r.endSessions(func(s Session) bool { return s.By == byMarker })
		}
		r.Marker = e.Marker
	case Admission:
		r.admit(e)
	case AccessEnded:
		r.Links, r.Marker, r.Sessions = nil, nil, nil
	case PhraseChanged:
		r.Phrase = e.Phrase
	case Attached:
		r.Exhibits = append(r.Exhibits, *e.Document)
	case Judged:
		r.judged(e.Verdict)
	case Recorded:
		r.drop([]workflow.Evidence{e.Evidence})
		r.Held = append(r.Held, *e.Held)
	case Approved:
		r.Approvals = append(r.Approvals, *e.Approval)
	case ApprovalsVoid:
		r.Approvals = nil
	case Troubled:
		r.Trouble = append(r.Trouble, *e.Trouble)
	case Retried, Dismissed:
		r.Trouble = slices.DeleteFunc(r.Trouble, func(t Trouble) bool { return t.Task == e.Task })
	}
	return nil
}

// forgetPersons drops what a login showed of the actors of an entry, which is
// recorded nowhere.
func (e *Entry) forgetPersons() {
	e.By.Person = ""
	if e.Held != nil {
		e.Held.By.Person = ""
	}
	if e.Document != nil {
		e.Document.By.Person = ""
	}
	if e.Verdict != nil {
		e.Verdict.By.Person = ""
	}
	if e.Approval != nil {
		e.Approval.By.Person = ""
	}
}

// Whole reports whether the entry has what its kind is about, without which it
// cannot be replayed.
func (e *Entry) Whole() bool {
	switch e.Kind {
	case Began, FormChanged:
		return e.Form != nil
	case LinkMinted:
		return e.Link != nil
	case MarkerChanged:
		return e.Marker != nil
	case Admission:
		return e.Session != nil
	case PhraseChanged:
		return e.Phrase != nil
	case Represented:
		return e.Representative != nil
	case SupportLinked:
		return e.Support != nil
	case Attached:
		return e.Document != nil
	case Judged:
		return e.Verdict != nil
	case Recorded:
		return e.Held != nil
	case Troubled:
		return e.Trouble != nil
	case Approved:
		return e.Approval != nil
	}
	return true
}

// Replay makes a request of its journal, from the first entry on. It refuses a
// journal with a gap, or one whose entries do not follow on each other.
func Replay(entries []Entry) (*Request, error) {
	r := &Request{}
	for i := range entries {
		if err := r.apply(&entries[i]); err != nil {
			return nil, err
		}
	}
	if len(entries) == 0 {
		return nil, errors.New("ra: an empty journal")
	}
	return r, nil
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

// clone returns a copy that shares nothing with the request but its key, which
// never changes.
func (r *Request) clone() *Request {
	c := *r
	c.Held = slices.Clone(r.Held)
	for i := range c.Held {
		c.Held[i].Identification = copyOf(c.Held[i].Identification)
	}
	c.Exhibits = slices.Clone(r.Exhibits)
	c.Verdicts = slices.Clone(r.Verdicts)
	for i := range c.Verdicts {
		c.Verdicts[i].Quality = slices.Clone(c.Verdicts[i].Quality)
	}
	c.Links = slices.Clone(r.Links)
	c.Marker = copyOf(r.Marker)
	c.Sessions = slices.Clone(r.Sessions)
	for i := range c.Sessions {
		code := copyOf(c.Sessions[i].Code)
		if code != nil {
			code.Salt = slices.Clone(code.Salt)
		}
		c.Sessions[i].Code = code
	}
	c.Phrase = copyOf(r.Phrase)
	c.Approvals = slices.Clone(r.Approvals)
	c.Authors = slices.Clone(r.Authors)
	c.Trouble = slices.Clone(r.Trouble)
	c.Representatives = slices.Clone(r.Representatives)
	return &c
}

func copyOf[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}

// held returns what of the list is held.
func (r *Request) held(list []workflow.Evidence) (held []workflow.Evidence) {
	for _, e := range list {
		if _, ok := r.Evidence(e); ok {
			held = append(held, e)
		}
	}
	return held
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
