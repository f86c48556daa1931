package audit

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/surguch/surguch/ra"
)

// status is how a sealer is doing. It has a lock of its own: a sealer that
// reads a long trail must still answer whether it is ready.
type status struct {
	mu    sync.Mutex
	begun time.Time
	upTo  time.Time // all leaves from before are sealed; zero: not known yet
	err   error     // of the last Seal
}

func (s *status) ended(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func (s *status) sealed(upTo time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if upTo.After(s.upTo) {
		s.upTo = upTo
	}
}

// Ready returns nil if the trail is being sealed: the last Seal succeeded, its
// checkpoint was given out, and no leaf has waited longer than Config.Late. A
// sealer that does not run is not ready, since nobody knows what waits. It is
// for the readiness of the service: a change whose leaf cannot be written does
// not happen at all, because both are one transaction; one whose leaf is not
// sealed happens, and could be altered by whoever owns the database.
func (s *Sealer) Ready(now time.Time) error {
	s.status.mu.Lock()
	defer s.status.mu.Unlock()
	upTo := s.status.upTo
	if upTo.IsZero() {
		upTo = s.status.begun
	}
	switch late := now.Sub(upTo); {
	case s.status.err != nil:
		return fmt.Errorf("audit: not ready: %w", s.status.err)
	case late > s.cfg.Late:
		return fmt.Errorf("audit: not ready: leaves may have waited %v for their seal, %v at most is allowed", late.Truncate(time.Second), s.cfg.Late)
	}
	return nil
}

// bornAt is when the entry of a leaf was written; zero if it does not say.
func bornAt(l *ra.Leaf) time.Time {
	var b ra.AuditBody
	if err := json.Unmarshal(l.Body, &b); err != nil {
		return time.Time{}
	}
	return b.At
}
