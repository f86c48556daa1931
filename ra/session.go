package ra

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/surguch/surguch/workflow"
)

// Session is in what a person acts who came with a link or a marker. What is
// stored opens nothing: the secret is the caller's.
type Session struct {
	Hash    string        `json:"hash"` // SHA-256 of the secret, hexadecimal
	By      string        `json:"by"`   // link, marker
	Role    workflow.Role `json:"role"`
	Expires time.Time     `json:"expires"`
	Open    bool          `json:"open"`             // nothing more is asked for
	Proven  bool          `json:"proven,omitempty"` // the code that was sent came back
	Code    *Code         `json:"code,omitempty"`   // that is waited for
	Wrong   int           `json:"wrong,omitempty"`  // codes since the last lock, in all sessions of the request
	Locked  time.Time     `json:"locked,omitzero"`  // no code is taken in any of them until then
	Ended   bool          `json:"ended,omitempty"`
}

// Code is one that was sent to the owner's phone, hashed: 6 digits.
type Code struct {
	Salt    []byte    `json:"salt"`
	Hash    string    `json:"hash"` // SHA-256 of salt and code, hexadecimal
	Sent    time.Time `json:"sent"`
	Expires time.Time `json:"expires"`
	Tries   int       `json:"tries"` // that are left
}

// Credentials that open a session.
const (
	byLink   = "link"
	byMarker = "marker"
)

var (
	// ErrUnconfirmed says that the code sent to the owner's phone has not come
	// back yet.
	ErrUnconfirmed = errors.New("ra: the session waits for the code from the phone")
	errSecret      = fmt.Errorf("ra: the secret of a session has %d to %d octets", minSecret, maxSecret)
)

// CodeError says that a code is wrong, or not waited for any more.
type CodeError struct {
	Left int // tries with the same code; 0: another one must be sent
}

func (e *CodeError) Error() string { return fmt.Sprintf("ra: wrong code, %d tries left", e.Left) }

// WaitError says that something may be tried again later.
type WaitError struct{ Until time.Time }

func (e *WaitError) Error() string { return "ra: not before " + e.Until.UTC().Format(time.RFC3339) }

// newCode returns a code as stored, and as sent.
func newCode(now time.Time, life time.Duration, tries int) (*Code, string) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	text := fmt.Sprintf("%06d", n)
	c := &Code{Salt: make([]byte, 16), Sent: now, Expires: now.Add(life), Tries: tries}
	rand.Read(c.Salt)
	c.Hash = c.hash(text)
	return c, text
}

func (c *Code) hash(text string) string {
	sum := sha256.Sum256(append(slices.Clip(c.Salt), text...))
	return hex.EncodeToString(sum[:])
}

// takes reports whether it is the code, and still counts.
func (c *Code) takes(text string, now time.Time) bool {
	right := subtle.ConstantTimeCompare([]byte(c.Hash), []byte(c.hash(text))) == 1
	return right && c.Tries > 0 && now.Before(c.Expires)
}

// actor is who acts in the session.
func (s *Session) actor(r *Request) Actor {
	by := Actor{ID: s.By + ":" + s.Hash[:12], Role: s.Role, Authn: s.By, Request: r.ID, SecondFactor: s.Proven}
	if s.Role == workflow.Agent {
		by.Partner = r.Partner
	}
	if s.Proven {
		by.Authn += "+code"
	}
	switch {
	case !s.Open:
		by.Scope = ScopeLook
	case s.By == byMarker:
		by.Scope = ScopeWorkshop
	}
	return by
}

// session returns the session of a hash that has not run out.
func (r *Request) session(hash string, now time.Time) (Session, bool) {
	for _, s := range r.Sessions {
		if subtle.ConstantTimeCompare([]byte(s.Hash), []byte(hash)) == 1 && now.Before(s.Expires) {
			s.Wrong, s.Locked = r.Wrong, r.Locked
			return s, true
		}
	}
	return Session{}, false
}

// admit makes the sessions what they are after an entry: the one that it tells
// of is among them or has ended, and those that have run out are gone. Of too
// many the oldest end.
func (r *Request) admit(e *Entry) {
	r.Wrong, r.Locked = e.Session.Wrong, e.Session.Locked
	r.endSessions(func(s Session) bool { return s.Hash == e.Session.Hash || !e.At.Before(s.Expires) })
	if !e.Session.Ended {
		r.Sessions = append(r.Sessions, *e.Session)
	}
	if over := len(r.Sessions) - maxSessions; over > 0 {
		r.Sessions = r.Sessions[over:]
	}
}

func (r *Request) endSessions(over func(Session) bool) {
	r.Sessions = slices.DeleteFunc(r.Sessions, over)
}

// maskedPhone is a phone number as its owner knows it again and nobody else.
func maskedPhone(phone string) string {
	if len(phone) < 5 {
		return ""
	}
	return phone[:2] + " " + phone[2:3] + "** ***-**-" + phone[len(phone)-2:]
}

// splitToken returns the request and the secret of a token: ID, dot, base64.
func splitToken(token string) (ID, []byte, error) {
	id, text, _ := strings.Cut(token, ".")
	secret, err := tokenEncoding.DecodeString(text)
	if err != nil || len(secret) < minSecret || len(secret) > maxSecret {
		return "", nil, ErrNotFound
	}
	return ID(id), secret, nil
}
