package goskey

import (
	"slices"
	"time"

	"github.com/surguch/surguch/ra"
)

// Event is an entry of the list the application shows (S0.2.8, S0.3.1, S0.3.5).
type Event struct {
	At    time.Time
	Kind  EventKind
	Title string         // in Russian
	ID    ra.OperationID // of the package or the key; "": of neither
}

// EventKind is what an Event is about.
type EventKind string

// Kinds of events.
const (
	EventIdentified  EventKind = "identified"  // an office has seen the person
	EventKeyAsked    EventKind = "key_asked"   // a certificate is to be had: a key pair is needed
	EventKeyMade     EventKind = "key_made"    // the request went out
	EventKeyEnded    EventKind = "key_ended"   // refused, withdrawn or too late
	EventCertificate EventKind = "certificate" // a certificate has come
	EventPackage     EventKind = "package"     // documents wait for a signature
	EventSigned      EventKind = "signed"
	EventDeclined    EventKind = "declined"
	EventEnded       EventKind = "ended" // the package was withdrawn or has expired
)

// tell adds an event, now.
func (e *Emulator) tell(a *account, kind EventKind, title string, id ra.OperationID) {
	e.tellAt(a, e.Clock.Now(), kind, title, id)
}

func (e *Emulator) tellAt(a *account, at time.Time, kind EventKind, title string, id ra.OperationID) {
	a.events = append(a.events, Event{at, kind, title, id})
}

// Events returns what has happened, the oldest first. A phone that nobody has
// logged in to has none.
func (p *Phone) Events() []Event {
	e := p.emulator
	e.mu.Lock()
	defer e.mu.Unlock()
	if p.account == nil || p.account.phone != p {
		return nil
	}
	for _, id := range p.account.order {
		e.expire(e.packages[id])
	}
	for _, id := range p.account.keys {
		e.keys[id].expire(e)
	}
	list := slices.Clone(p.account.events)
	slices.SortStableFunc(list, func(a, b Event) int { return a.At.Compare(b.At) })
	return list
}
