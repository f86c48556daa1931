package journey

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/smevtest"
)

// mood is what the world outside does to one request.
type mood string

const (
	kind      mood = ""          // what it is there for
	refuting  mood = "refuting"  // a register contradicts
	silent    mood = "silent"    // a register cannot tell
	tardy     mood = "tardy"     // a register does not answer
	grudging  mood = "grudging"  // nor does one that will contradict
	refusing  mood = "refusing"  // the authority refuses to issue
	mistaken  mood = "mistaken"  // the authority issues something else
	sluggish  mood = "sluggish"  // the authority does not answer
	paperless mood = "paperless" // the printer is out of order
	declining mood = "declining" // the owner declines to sign
)

// ErrFault is the error of a call that went wrong on purpose.
var ErrFault = errors.New("journey: it went wrong, on purpose")

// dice decide which calls go wrong.
type dice struct {
	rate   float64
	mu     sync.Mutex
	chance *rand.Rand
}

func (d *dice) fails() error {
	if d.rate == 0 {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.chance.Float64() < d.rate {
		return ErrFault
	}
	return nil
}

// unsteady is a store whose transactions fail now and then: before anything is
// written, or after everything is.
type unsteady struct {
	ra.Store
	w *World
}

func (u unsteady) Save(ctx context.Context, c *ra.Change) error {
	if err := u.w.dice.fails(); err != nil {
		return err
	}
	if err := u.Store.Save(ctx, c); err != nil {
		return err
	}
	u.w.saved(c)
	u.w.agenda.changed()
	return u.w.dice.fails()
}

func (u unsteady) Settle(ctx context.Context, claimed, after ra.Task) error {
	defer u.w.agenda.changed()
	return u.Store.Settle(ctx, claimed, after)
}

func (u unsteady) Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]ra.Task, error) {
	return u.w.agenda.claim(ctx, now, lease, limit, len(u.w.nodes))
}

func (u unsteady) Due(ctx context.Context, now time.Time, limit int) ([]ra.Timer, time.Time, error) {
	return u.w.agenda.due(ctx, now, limit)
}

// registers pass inquiries on to SMEV; of a request that is to be contradicted
// they ask under a number that the simulator has its own answer for.
type registers struct {
	smev.Verifier
	w *World

	mu    sync.Mutex
	asked map[string]ra.ID // by the inquiry
}

func (r *registers) Ask(ctx context.Context, q smev.Inquiry) (string, error) {
	ctx, end := r.w.watch(ctx, "registers")
	defer end(nil)
	if err := r.w.dice.fails(); err != nil {
		return "", err
	}
	about, _, _ := strings.Cut(q.Key, "/")
	switch r.w.mood(ra.ID(about)) {
	case refuting, grudging:
		q.Subject.SNILS = smevtest.SNILS(601)
	case silent:
		q.Subject.SNILS = smevtest.SNILS(302)
	}
	id, err := r.Verifier.Ask(ctx, q)
	r.mu.Lock()
	r.asked[id] = ra.ID(about)
	r.mu.Unlock()
	return id, err
}

func (r *registers) Answer(ctx context.Context, id string) (*smev.Answer, error) {
	ctx, end := r.w.watch(ctx, "registers")
	defer end(nil)
	if err := r.w.dice.fails(); err != nil {
		return nil, err
	}
	r.mu.Lock()
	about := r.asked[id]
	r.mu.Unlock()
	if m := r.w.mood(about); m == tardy || m == grudging {
		return nil, smev.ErrPending
	}
	return r.Verifier.Answer(ctx, id)
}

// printer is the one that the forms come from. It remembers the codes of
// markers, which people read on the paper.
type printer struct {
	ra.Printer
	w *World

	mu    sync.Mutex
	codes map[ra.ID]string
}

func (p *printer) Print(ctx context.Context, d ra.Document) ([]byte, error) {
	ctx, end := p.w.watch(ctx, "printer")
	defer end(nil)
	if p.w.mood(d.Request.ID) == paperless {
		return nil, ErrFault
	}
	if err := p.w.dice.fails(); err != nil {
		return nil, err
	}
	if d.Marker != nil {
		p.mu.Lock()
		p.codes[d.Request.ID] = d.Marker.Code
		p.mu.Unlock()
	}
	return p.Printer.Print(ctx, d)
}

// code is the code on the latest marker of a request.
func (p *printer) code(id ra.ID) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.codes[id]
}

// phones are the applications of Goskey.
type phones struct {
	*goskey.Emulator
	w *World
}

func (p phones) Submit(ctx context.Context, r ra.SignRequest) (ra.OperationID, error) {
	ctx, end := p.w.watch(ctx, "phone")
	defer end(nil)
	if err := p.w.dice.fails(); err != nil {
		return "", err
	}
	id, err := p.Emulator.Submit(ctx, r)
	p.w.wake(ra.ID(r.Key))
	return id, errors.Join(err, p.w.dice.fails())
}

func (p phones) AskKey(ctx context.Context, r ra.KeyRequest) (ra.OperationID, error) {
	ctx, end := p.w.watch(ctx, "phone")
	defer end(nil)
	if err := p.w.dice.fails(); err != nil {
		return "", err
	}
	id, err := p.Emulator.AskKey(ctx, r)
	p.w.wake(ra.ID(r.Key))
	return id, errors.Join(err, p.w.dice.fails())
}

// post delivers what the authority tells people, and remembers of each request
// the latest code, the latest link, and whom it told what.
type post struct {
	dice *dice
	mu   sync.Mutex
	last map[ra.ID]letters
}

type letters struct{ code, link string }

func newPost(d *dice) *post { return &post{dice: d, last: map[ra.ID]letters{}} }

// Notify implements ra.Notifier.
func (p *post) Notify(_ context.Context, n ra.Notice) error {
	if err := p.dice.fails(); err != nil {
		return err
	}
	p.mu.Lock()
	l := p.last[n.Request]
	if n.Code != "" {
		l.code = n.Code
	}
	if n.Link != "" {
		l.link = n.Link
	}
	p.last[n.Request] = l
	p.mu.Unlock()
	return p.dice.fails()
}

func (p *post) of(id ra.ID) letters {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last[id]
}
