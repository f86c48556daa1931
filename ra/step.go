package ra

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/surguch/surguch/ra/internal/seal"
	"github.com/surguch/surguch/workflow"
)

// move is what one command does to a request. save turns it into entries.
type move struct {
	by     Actor
	began  bool
	form   *Form               // replaces the form
	void   []workflow.Evidence // what falls with the form before
	link   *Link               // replaces all links
	attach []attachment
	record []Held            // evidence, At and By filled in by save
	fire   workflow.Event    // in the name of by; "": only what follows by itself
	write  []Entry           // entries of other kinds
	order  []workflow.Effect // effects ordered with them
	rang   *Timer            // a timer that is over
	claims []string
	blobs  []Blob
	erase  bool     // the case ends for ever
	forget []string // documents, by blob
	settle *Task    // the claimed task this move is the result of
	after  *Task    // what it is then
	done   *ending  // its effect is done, and the journal says so
}

// attachment is a document on its way into the dossier.
type attachment struct {
	kind, media, note string
	data              []byte
}

// decide computes a move from the request as it stands.
type decide func(ctx context.Context, p *workflow.Process, r *Request) (*move, error)

// step is the only way a request changes: load, decide, save. A conflict is
// the caller's to see, unless he gave his command a key and named no version:
// then it is decided again, on the request as it is. What is asked counts if the command has a key.
func (a *Authority) step(ctx context.Context, q ask, decide decide) (after *Request, err error) {
	ctx, end := a.watch(ctx, "ra.step", Attribute{"command", q.What}, Attribute{"request", string(q.ID)})
	defer func() { end(err) }()
	if done, err := a.repeated(ctx, q); done != nil || err != nil {
		return done, err
	}
	for range decisions {
		after, err = a.tryStep(ctx, q, decide)
		var conflict *ConflictError
		if a.once == "" || a.at != 0 || !errors.As(err, &conflict) {
			break
		}
	}
	if err != nil { // perhaps because somebody has carried out the same command this moment
		if done, reused := a.repeated(ctx, q); done != nil || reused != nil {
			return done, reused
		}
	}
	return after, err
}

func (a *Authority) tryStep(ctx context.Context, q ask, decide decide) (*Request, error) {
	r, err := a.loaded, error(nil)
	if r == nil {
		r, err = a.load(ctx, q.ID)
	}
	if err != nil {
		return nil, err
	}
	if a.at != 0 && a.at != r.Version {
		return nil, &ConflictError{Request: q.ID, Base: a.at}
	}
	p, err := a.process(ctx, r.ProcessHash)
	if err != nil {
		return nil, err
	}
	if q.By.ofPartner() && !a.sees(q.By, r) {
		return nil, fmt.Errorf("%w: request %s", ErrNotFound, q.ID) // it is another partner's
	}
	if err := a.represents(r, q); err != nil {
		return nil, err
	}
	if err := a.delegated(q.By, q); err != nil {
		return nil, err
	}
	m, err := decide(ctx, p, r)
	if err != nil {
		return nil, err
	}
	if !m.by.may(q) {
		return nil, &DeniedError{q.ID, m.by.Role, q.What}
	}
	return a.save(ctx, q, p, r, m)
}

// settle is step for the results of effects. It is decided on the request as it
// was seen before, if it was (else nil). What happened outside has happened, so
// if somebody changed the request meanwhile it is loaded and decided again.
// Whoever lost the task itself stops: its next owner goes on.
func (a *Authority) settle(ctx context.Context, t *Task, seen *Request, decide decide) error {
	b := *a
	for b.loaded = seen; ; b.loaded = nil {
		_, err := b.step(ctx, ask{ID: t.Request}, decide)
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
// leads to in one transaction: request, entries, documents, effects, timers,
// audit trail, and the answer to the command.
func (a *Authority) save(ctx context.Context, q ask, p *workflow.Process, from *Request, m *move) (*Request, error) {
	s := saving{a: a, p: p, r: from.clone(), m: m, now: a.cfg.Clock.Now().UTC().Truncate(time.Millisecond)}
	s.change = Change{Base: from.Version, Blobs: m.blobs, Claims: m.claims, Erase: m.erase, Forget: m.forget, Rang: m.rang, Settle: m.settle, After: m.after}
	if err := s.apply(); err != nil {
		return nil, err
	}
	if len(s.change.Lines) == 0 && m.settle == nil && m.rang == nil {
		return from, nil
	}
	place, _ := p.Place(s.r.State)
	var err error
	if s.change.Row, err = s.r.encode(place.Owner); err != nil {
		return nil, err
	}
	if s.change.Command, err = a.command(q, s.r); err != nil {
		return nil, err
	}
	if err := s.keep(ctx); err != nil {
		return nil, err
	}
	err = a.cfg.Store.Save(ctx, &s.change)
	if err == nil {
		a.remember(s.change.Row, s.r)
		a.cfg.Telemetry.Count(ctx, "ra.transitions", int64(len(s.change.Lines)))
	}
	var repeated *RepeatedError
	if errors.As(err, &repeated) { // by somebody who asked the same this moment
		return a.answered(ctx, q, &repeated.Command)
	}
	if err != nil {
		return nil, err
	}
	return s.r, s.destroy(ctx)
}

// keep puts documents where they belong: with the transaction, or before it
// into a place of their own.
func (s *saving) keep(ctx context.Context) error {
	if s.a.cfg.Documents == nil {
		s.change.Blobs = append(s.change.Blobs, s.documents...)
		return nil
	}
	for _, d := range s.documents {
		if err := s.a.cfg.Documents.Put(ctx, d.Name, d.Data); err != nil {
			return err
		}
	}
	return nil
}

// destroy removes the documents of an erased case from a place of their own.
func (s *saving) destroy(ctx context.Context) error {
	if s.a.cfg.Documents == nil {
		return nil
	}
	for _, name := range s.m.forget {
		if err := s.a.cfg.Documents.Delete(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// saving is one run of save.
type saving struct {
	a      *Authority
	p      *workflow.Process
	r      *Request
	m      *move
	now    time.Time
	change Change

	documents []Blob
	told      bool // that the effect of the move is done
}

func (s *saving) apply() error {
	if s.m.began {
		form := s.r.Form
		e := Entry{Kind: Began, To: s.r.State, Process: s.r.Process, ProcessHash: s.r.ProcessHash, Form: &form}
		if err := s.enter(&e, s.p.Start); err != nil {
			return err
		}
	}
	if s.m.form != nil {
		if err := s.write(&Entry{Kind: FormChanged, Form: s.m.form, Void: s.m.void}); err != nil {
			return err
		}
	}
	if s.m.link != nil {
		if err := s.write(&Entry{Kind: LinkMinted, Link: s.m.link}); err != nil {
			return err
		}
	}
	for _, d := range s.m.attach {
		if err := s.attach(d); err != nil {
			return err
		}
	}
	for i := range s.m.write {
		if err := s.write(&s.m.write[i]); err != nil {
			return err
		}
	}
	for _, h := range s.m.record {
		if err := s.record(h); err != nil {
			return err
		}
	}
	s.order(s.m.order)
	if err := s.void(); err != nil {
		return err
	}
	if s.m.done != nil && len(s.change.Lines) == 0 && s.m.fire == "" && !s.r.Erased {
		if err := s.write(&Entry{Kind: Done, Note: s.m.done.effect.Title()}); err != nil {
			return err
		}
	}
	if s.m.fire != "" {
		arrow, err := s.p.Step(s.r.State, s.m.fire, s.m.by.as(s.p), s.r.Fresh(s.now))
		if err != nil {
			return err
		}
		if strong(arrow, s.m.by.as(s.p)) && !s.m.by.SecondFactor {
			return &SecondFactorError{s.r.ID, string(arrow.On)}
		}
		if err := s.follow(arrow, s.m.by); err != nil {
			return err
		}
	}
	for range maxAutomatic {
		arrow, open := s.p.Automatic(s.r.State, s.r.Fresh(s.now))
		if !open {
			s.setTimers()
			return nil
		}
		// The last piece of evidence is as good as the event itself.
		if strong(arrow, s.m.by.as(s.p)) && !s.m.by.SecondFactor {
			return &SecondFactorError{s.r.ID, string(arrow.On)}
		}
		if err := s.follow(arrow, System()); err != nil {
			return err
		}
	}
	return fmt.Errorf("ra: process %s: automatic arrows do not end in %s", s.p.Name, s.r.State)
}

// write appends an entry to the journal and makes the request what it is then.
func (s *saving) write(e *Entry) error {
	e.Request, e.Seq, e.At = s.r.ID, s.r.Version+1, s.now
	if e.By.ID == "" {
		e.By = s.m.by
	}
	var end ending
	if s.m.done != nil && !s.told {
		s.told, e.Task, end = true, s.m.settle.Key, *s.m.done
	}
	e.forgetPersons()
	e.Clauses = clauses(s.p, e, s.r.State, end)
	e.Salt = seal.NewSalt()
	if err := s.r.apply(e); err != nil {
		return err
	}
	if e.Kind == Erased {
		s.r.key = nil
	}
	line, leaf, err := s.r.encodeEntry(e)
	if err != nil {
		return err
	}
	s.change.Lines = append(s.change.Lines, line)
	s.change.Leaves = append(s.change.Leaves, leaf)
	return nil
}

func (s *saving) attach(d attachment) error {
	e := Exhibit{
		Hash: hashOf(d.data), Kind: d.kind, Media: d.media, Size: len(d.data),
		At: s.now, By: s.m.by, Note: d.note,
	}
	stored := s.r.sealDocument(e.Hash, d.data)
	e.Blob = hashOf(stored)
	s.documents = append(s.documents, Blob{e.Blob, stored})
	return s.write(&Entry{Kind: Attached, Exhibit: e.Hash, Document: &e, Note: d.kind})
}

// record replaces evidence of the same name and drops its contrary. Unless a
// person vouches for it, evidence is what the authority itself found.
func (s *saving) record(h Held) error {
	h.Seq, h.At = s.r.Version+1, s.now
	if h.By.ID == "" {
		h.By = System()
	}
	s.change.Moved = s.change.Moved || !h.Until.IsZero() // it has a timer from now on
	return s.write(&Entry{
		Kind: Recorded, By: h.By, Evidence: h.Evidence, Void: s.r.held(contraries(s.p, h.Evidence)),
		Held: &h, Exhibit: h.Exhibit, Note: h.Note,
	})
}

func contraries(p *workflow.Process, e workflow.Evidence) (list []workflow.Evidence) {
	for _, pair := range p.Contrary {
		if i := slices.Index(pair[:], e); i >= 0 {
			list = append(list, pair[1-i])
		}
	}
	return list
}

// follow goes along an arrow: place, evidence dropped, effects, timers.
func (s *saving) follow(arrow workflow.Step, by Actor) error {
	err := s.enter(&Entry{
		Kind: Moved, By: by, Event: arrow.On, From: arrow.From, To: arrow.To, Void: s.r.held(arrow.Void),
	}, arrow.Do)
	if err != nil {
		return err
	}
	return s.void() // an arrow that drops evidence changes what was approved
}

// enter is the entry into a place, also into the one the request was in: it
// has its timers from now on, and the effects are ordered.
func (s *saving) enter(e *Entry, effects []workflow.Effect) error {
	place, _ := s.p.Place(e.To)
	if place.Within > 0 {
		e.Deadline = s.now.Add(place.Within)
		if slices.Contains(s.p.Workdays, place.Owner) {
			var known bool
			if e.Deadline, known = workdays(s.a.cfg.Calendar, s.now, int(place.Within/(24*time.Hour))); !known {
				e.Note = noteWeekdays
			}
		}
	}
	if err := s.write(e); err != nil {
		return err
	}
	s.order(effects)
	s.order(slices.DeleteFunc(s.lapsed(), func(e workflow.Effect) bool { return slices.Contains(effects, e) }))
	s.change.Moved = true
	return nil
}

// order puts effects on the agenda, keyed by the entry that asks for them.
func (s *saving) order(effects []workflow.Effect) {
	for _, e := range effects {
		s.change.Tasks = append(s.change.Tasks, Task{
			Key:     fmt.Sprintf("%s/%s/%d", s.r.ID, e, s.r.Version),
			Request: s.r.ID, Effect: e, Seq: s.r.Version, State: TaskIntended, Due: s.now, Expedited: s.r.expedited(),
		})
	}
}
