package journey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/catest"
	"github.com/surguch/surguch/ra/goskey"
	"github.com/surguch/surguch/workflow"
)

// most is how many commands a request may take: one that goes in circles is
// found out by it.
const most = 2000

// Case is a request and the people around it.
type Case struct {
	ID   ra.ID
	Plan Plan

	w       *World
	process *workflow.Process
	form    ra.Form
	client  ra.Actor // the applicant as the embedder's portal knows him

	mood    mood
	next    int                // of Plan.Via: what the request has not taken yet
	given   int                // commands given
	until   time.Time          // when its people look again, whatever happens
	pause   time.Time          // of the operator, who waits between retries
	awake   bool               // something has happened since its people looked
	tasks   map[string]ra.Task // by key, as they were saved last
	over    bool
	err     error  // why it goes on no more
	spoilt  bool   // the certificate that the request is about was changed by others
	moves   int    // arrows taken since the last one of the plan
	tried   string // code that was entered last
	retried int    // by the operator, of what failed for good

	session   string // token
	code      string // of the marker
	keyID     string
	key       signer
	phone     *goskey.Phone
	old       *certificate // that the request is about; nil: none
	successor *Case        // about the certificate of this one; nil: none
	sheets    int          // documents attached, so that each is another
}

// act lets whoever must act do one thing. It reports whether anything was done:
// if not, there is nothing left to do but wait.
func (c *Case) act(ctx context.Context, node *ra.Authority) (bool, error) {
	now := c.w.Clock.Now()
	c.w.mu.Lock()
	ready := c.awake || !c.until.IsZero() && !c.until.After(now)
	c.awake = false
	c.w.mu.Unlock()
	if !ready {
		return false, nil
	}
	c.until = time.Time{}
	if c.given++; c.given > most {
		return false, errors.New("it goes in circles")
	}
	h := &hand{Case: c, a: node}
	did, err := h.move(ctx)
	if did {
		c.w.wake(c.ID)
	}
	var wait *ra.WaitError
	switch {
	case errors.Is(err, ErrFault), errors.Is(err, catest.ErrFault), errors.Is(err, errLater): // look again what has become of the request
		c.w.wake(c.ID)
		return true, nil
	case errors.As(err, &wait):
		c.until = wait.Until
		return false, nil
	case err == nil && !did, errors.Is(err, errUnderWay):
		c.given--
		return false, nil
	}
	return did, err
}

// hand is a case in the hands of one node.
type hand struct {
	*Case
	a *ra.Authority
}

// do is the authority for one more command, with a key of its own.
func (h *hand) do() *ra.Authority {
	return h.a.Once(fmt.Sprintf("%s: %d", h.ID, h.given))
}

// move does the next thing.
func (h *hand) move(ctx context.Context) (bool, error) {
	r, err := h.a.Request(ctx, h.ID)
	if err != nil {
		return false, err
	}
	running := h.running()
	if now := h.w.Clock.Now(); len(r.Trouble) > 0 && h.mood == kind && !h.pause.After(now) {
		if h.retried++; h.retried > 20 {
			return false, errors.New("there is no end of trouble")
		}
		h.pause = now.Add(time.Hour)
		h.until = h.pause
		_, err := h.do().Retry(ctx, h.ID, operator, r.Trouble[0].Task, "ещё раз")
		return err == nil, err
	}
	if h.process.Final(r.State) {
		h.mood = kind
		h.over = len(running) == 0 && len(r.Trouble) == 0
		return false, nil
	}
	route, ok := h.route(r.State)
	if !ok || len(route) == 0 {
		return false, fmt.Errorf("no way leads from %s to where the plan wants it", r.State)
	}
	h.setMood(moodFor(route))
	if r.State == workflow.MarkerReady && h.code == "" {
		return h.printMarker(ctx)
	}
	arrow := route[0]
	now := h.w.Clock.Now()
	fresh := r.Fresh(now)
	waits := false
	for _, need := range last(arrow.Needs, behind...) {
		if h.process.Holds(need, fresh) {
			continue
		}
		if waits && slices.Contains(behind, need) {
			continue
		}
		did, err := h.provide(ctx, r, arrow, need, running)
		if err != nil {
			return false, fmt.Errorf("%s for %s: %w", need, arrow, err)
		}
		if did {
			return true, nil
		}
		waits = true
	}
	if arrow.By == workflow.System {
		if !waits && !arrow.Automatic() {
			return h.bring(ctx, r, arrow, running)
		}
		return false, nil
	}
	if waits {
		return false, nil
	}
	if err := h.enterFirst(ctx, r, arrow.By); err != nil {
		return false, err
	}
	_, err = h.do().Fire(ctx, h.ID, h.by(ctx, arrow.By), arrow.On)
	if err != nil {
		return false, fmt.Errorf("%s: %w", arrow, err)
	}
	return true, nil
}

// behind is evidence that is brought when all the other is there.
var behind = []workflow.Evidence{workflow.ApprovalsComplete, workflow.RequestVerified, workflow.CertificateInstalled}

// last puts some of a list behind the rest.
func last(list []workflow.Evidence, behind ...workflow.Evidence) []workflow.Evidence {
	var front, back []workflow.Evidence
	for _, e := range list {
		if slices.Contains(behind, e) {
			back = append(back, e)
		} else {
			front = append(front, e)
		}
	}
	return append(front, back...)
}

// stuck is why a request does not go on.
func (c *Case) stuck(ctx context.Context, why error) error {
	text := ""
	if e, err := c.w.Authority.Explain(ctx, c.ID); err == nil {
		text = fmt.Sprintf("%s (%s), running %v, trouble %v", e.State, e.Russian(), e.Running, e.Trouble)
	}
	came := ""
	if entries, err := c.w.Authority.History(ctx, c.ID); err == nil {
		for _, e := range entries {
			if e.Kind == ra.Moved {
				came += fmt.Sprintf(" %s(%s)", e.Event, e.By.Role)
			}
		}
	}
	return fmt.Errorf("journey: %s, %s: %w; it came by%s and is in %s", c.Plan.Name, c.Plan.Process, why, came, text)
}

// orders reports whether the process has an effect, and needs whether it asks
// for evidence.
func (c *Case) orders(e workflow.Effect) bool {
	return slices.ContainsFunc(c.process.Steps, func(s workflow.Step) bool { return slices.Contains(s.Do, e) })
}

func (c *Case) needs(e workflow.Evidence) bool {
	return slices.ContainsFunc(c.process.Steps, func(s workflow.Step) bool { return slices.Contains(s.Needs, e) })
}
