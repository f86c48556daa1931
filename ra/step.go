package ra

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/surguch/surguch/workflow"
)

// move is what one command does to a request. save turns it into entries.
type move struct {
	by     Actor
	began  bool
	form   *Form // replaces the form
	link   *Link // replaces all links
	attach []attachment
	record []Held         // evidence, At and By filled in by save
	fire   workflow.Event // in the name of by; "": only what follows by itself
	claims []string
	blobs  []Blob
	settle *Task // the claimed task this move is the result of
	next   *Task // what follows it; nil: done
}

// attachment is a document on its way into the dossier.
type attachment struct {
	kind, media, note string
	data              []byte
}

// maxAutomatic bounds the automatic arrows of one move. Check has proven that
// loops of them end; this bound keeps a stored definition honest too.
const maxAutomatic = 32

// decide computes a move from the request as it stands.
type decide func(p *workflow.Process, r *Request) (*move, error)

// step is the only way a request changes: load, decide, save. A conflict is
// the caller's to see.
func (a *Authority) step(ctx context.Context, id ID, decide decide) (*Request, error) {
	r, err := a.cfg.Store.Load(ctx, id)
	if err != nil {
		return nil, err
	}
	p, err := a.process(ctx, r.ProcessHash)
	if err != nil {
		return nil, err
	}
	m, err := decide(p, r)
	if err != nil {
		return nil, err
	}
	if m.by.Request != "" && m.by.Request != id {
		return nil, &DeniedError{id, m.by.Role, "this request"}
	}
	return a.save(ctx, p, r, r.Version, m)
}

// settle is step for the results of effects: what happened outside has
// happened, so if somebody changed the request meanwhile it is loaded and
// decided again. Whoever lost the task itself stops: its next owner goes on.
func (a *Authority) settle(ctx context.Context, t *Task, decide decide) error {
	for {
		_, err := a.step(ctx, t.Request, decide)
		var conflict *ConflictError
		if !errors.As(err, &conflict) || conflict.Task {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// save applies the move to a copy of the request and stores everything it
// leads to in one transaction: request, entries, documents, effects, deadline.
func (a *Authority) save(ctx context.Context, p *workflow.Process, from *Request, base int64, m *move) (*Request, error) {
	s := saving{a: a, p: p, r: from.clone(), m: m, now: a.cfg.Clock.Now().UTC().Truncate(time.Millisecond)}
	s.change = Change{Request: s.r, Base: base, Blobs: m.blobs, Claims: m.claims, Settle: m.settle, Next: m.next}
	if err := s.apply(); err != nil {
		return nil, err
	}
	if len(s.change.Entries) == 0 && m.settle == nil {
		return from, nil
	}
	if err := a.cfg.Store.Save(ctx, &s.change); err != nil {
		return nil, err
	}
	return s.r, nil
}

// saving is one run of save.
type saving struct {
	a      *Authority
	p      *workflow.Process
	r      *Request
	m      *move
	now    time.Time
	change Change
}

func (s *saving) apply() error {
	if s.m.began {
		s.write(Entry{Kind: Began, To: s.r.State})
		s.order(s.p.Start)
		s.enter(s.r.State)
	}
	if s.m.form != nil {
		s.r.Form = *s.m.form
		s.write(Entry{Kind: FormChanged})
	}
	if s.m.link != nil {
		s.r.Links = []Link{*s.m.link}
		s.write(Entry{Kind: LinkMinted})
	}
	for _, d := range s.m.attach {
		s.attach(d)
	}
	for _, h := range s.m.record {
		s.record(h)
	}
	if s.m.fire != "" {
		arrow, err := s.p.Step(s.r.State, s.m.fire, s.m.by.Role, s.r.Fresh(s.now))
		if err != nil {
			return err
		}
		s.follow(arrow, s.m.by)
	}
	for range maxAutomatic {
		arrow, open := s.p.Automatic(s.r.State, s.r.Fresh(s.now))
		if !open {
			return nil
		}
		s.follow(arrow, System())
	}
	return fmt.Errorf("ra: process %s: automatic arrows do not end in %s", s.p.Name, s.r.State)
}

// write appends an entry and thereby raises the version.
func (s *saving) write(e Entry) {
	s.r.Version++
	s.r.Updated = s.now
	e.Request, e.Seq, e.At = s.r.ID, s.r.Version, s.now
	if e.By.ID == "" {
		e.By = s.m.by
	}
	s.change.Entries = append(s.change.Entries, e)
}

func (s *saving) attach(d attachment) {
	e := Exhibit{
		Hash: hashOf(d.data), Kind: d.kind, Media: d.media, Size: len(d.data),
		At: s.now, By: s.m.by, Note: d.note,
	}
	s.r.Exhibits = append(s.r.Exhibits, e)
	s.change.Blobs = append(s.change.Blobs, Blob{e.Hash, d.data})
	s.write(Entry{Kind: Attached, Exhibit: e.Hash, Note: d.kind})
}

// record replaces evidence of the same name and drops its contrary. Unless a
// person vouches for it, evidence is what the authority itself found.
func (s *saving) record(h Held) {
	void := s.r.drop(contraries(s.p, h.Evidence))
	s.r.drop([]workflow.Evidence{h.Evidence})
	h.Seq, h.At = s.r.Version+1, s.now
	if h.By.ID == "" {
		h.By = System()
	}
	s.r.Held = append(s.r.Held, h)
	s.write(Entry{Kind: Recorded, By: h.By, Evidence: h.Evidence, Void: void, Exhibit: h.Exhibit, Note: h.Note})
}

func contraries(p *workflow.Process, e workflow.Evidence) (list []workflow.Evidence) {
	for _, pair := range p.Contrary {
		if i := slices.Index(pair[:], e); i >= 0 {
			list = append(list, pair[1-i])
		}
	}
	return list
}

// follow goes along an arrow: place, evidence dropped, effects, deadline.
func (s *saving) follow(arrow workflow.Step, by Actor) {
	void := s.r.drop(arrow.Void)
	s.r.State = arrow.To
	s.write(Entry{Kind: Moved, By: by, Event: arrow.On, From: arrow.From, To: arrow.To, Void: void})
	s.order(arrow.Do)
	s.enter(arrow.To)
}

// order puts effects on the agenda, keyed by the entry that asks for them.
func (s *saving) order(effects []workflow.Effect) {
	for _, e := range effects {
		s.change.Tasks = append(s.change.Tasks, Task{
			Key:     fmt.Sprintf("%s/%s/%d", s.r.ID, e, s.r.Version),
			Request: s.r.ID, Effect: e, Due: s.now,
		})
	}
}

// enter sets the deadline of a place, also of one entered anew.
func (s *saving) enter(state workflow.State) {
	s.change.Moved, s.change.Deadline = true, nil
	s.r.Deadline = time.Time{}
	if place, ok := s.p.Place(state); ok && place.Within > 0 {
		s.r.Deadline = s.now.Add(place.Within)
		s.change.Deadline = &Deadline{Request: s.r.ID, Event: place.Late, Due: s.r.Deadline}
	}
}

// Replay reads a journal and returns what it amounts to: the state, and the
// evidence held, in the order recorded. It refuses a journal with a gap, or
// one whose arrows do not follow on each other.
func Replay(entries []Entry) (workflow.State, []workflow.Evidence, error) {
	var state workflow.State
	var held []workflow.Evidence
	for i, e := range entries {
		if e.Seq != int64(i+1) {
			return "", nil, fmt.Errorf("ra: journal of %s: entry %d stands where %d belongs", e.Request, e.Seq, i+1)
		}
		if (e.Kind == Began) != (i == 0) {
			return "", nil, fmt.Errorf("ra: journal of %s: entry %d: a request begins once, first", e.Request, e.Seq)
		}
		held = slices.DeleteFunc(held, func(h workflow.Evidence) bool { return slices.Contains(e.Void, h) })
		switch e.Kind {
		case Began:
			state = e.To
		case Moved:
			if e.From != state {
				return "", nil, fmt.Errorf("ra: journal of %s: entry %d leaves %s from %s", e.Request, e.Seq, e.From, state)
			}
			state = e.To
		case Recorded:
			held = slices.DeleteFunc(held, func(h workflow.Evidence) bool { return h == e.Evidence })
			held = append(held, e.Evidence)
		}
	}
	if len(entries) == 0 {
		return "", nil, errors.New("ra: an empty journal")
	}
	return state, held, nil
}
