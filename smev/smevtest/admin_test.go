package smevtest_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"time"
)

// letter is a message as GET /messages gives it.
type letter struct {
	ID          string    `json:"id"`
	Queue       string    `json:"queue"`
	About       string    `json:"about"`
	Namespace   string    `json:"namespace"`
	Holds       string    `json:"holds"`
	State       string    `json:"state"`
	VisibleAt   time.Time `json:"visible_at"`
	LeasedUntil time.Time `json:"leased_until"`
	Deliveries  int       `json:"deliveries"`
	Attachments int       `json:"attachments"`
	Files       int       `json:"files"`
}

// admin calls the administration, reads JSON into into unless it is nil, and
// returns status and text.
func (b *bench) admin(method, target, body string, into any) (int, string) {
	b.t.Helper()
	w := httptest.NewRecorder()
	b.Admin().ServeHTTP(w, httptest.NewRequest(method, target, strings.NewReader(body)))
	if into != nil {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			b.t.Fatalf("%s %s: %d %s: %v", method, target, w.Code, w.Body, err)
		}
	}
	return w.Code, w.Body.String()
}
