package ra

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/surguch/surguch/workflow"
)

// Marker is a one-time code on paper: whoever has it may make the keys of one
// request and fetch its certificate. What is stored opens nothing.
type Marker struct {
	Number  string    `json:"number"` // its first 8 characters, by which its request is found
	Hash    string    `json:"hash"`   // SHA-256 of the 80 bits of its secret, hexadecimal
	Expires time.Time `json:"expires"`
	Tries   int       `json:"tries"`           // wrong secrets until it ends
	Used    string    `json:"used,omitempty"`  // hash of the session it opened
	Ended   bool      `json:"ended,omitempty"` // it opens nothing any more
}

// ErrMarker says that something is not the code of a marker: characters that
// none has, too few or too many of them, or a wrong check character.
var ErrMarker = errors.New("ra: not the code of a marker")

const (
	markerNumber = 8  // characters of 5 bits
	markerSecret = 16 // the same
	markerLength = markerNumber + markerSecret + 1
	markerGroup  = 5 // characters between dashes
	crockford    = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

var markerEncoding = base32.NewEncoding(crockford).WithPadding(base32.NoPadding)

// newMarker returns a marker and its code: 8 characters of number, 16 of
// secret, one check character, in groups of five.
func newMarker(expires time.Time, tries int) (Marker, string) {
	var chance [15]byte
	rand.Read(chance[:])
	text := markerEncoding.EncodeToString(chance[:])
	text += string(checkCharacter(text))
	var groups []string
	for group := range slices.Chunk([]byte(text), markerGroup) {
		groups = append(groups, string(group))
	}
	m := Marker{Number: text[:markerNumber], Hash: hashSecret(chance[5:]), Expires: expires, Tries: tries}
	return m, strings.Join(groups, "-")
}

// ParseMarker returns the code of a marker in capital letters without dashes.
// It takes small letters, spaces and dashes anywhere, O for zero, I and L for
// one, as people type and misread. ErrMarker if it is no such code. That it is
// one says nothing about whether it opens anything: programs spare their users
// a lost try so.
func ParseMarker(code string) (string, error) {
	var b strings.Builder
	for _, c := range strings.ToUpper(code) {
		switch {
		case c == '-' || c == ' ':
			continue
		case c == 'O':
			c = '0'
		case c == 'I' || c == 'L':
			c = '1'
		case !strings.ContainsRune(crockford, c):
			return "", ErrMarker
		}
		b.WriteRune(c)
	}
	text := b.String()
	if len(text) != markerLength || checkCharacter(text[:markerLength-1]) != text[markerLength-1] {
		return "", ErrMarker
	}
	return text, nil
}

// checkCharacter is that of Luhn's formula over 32 characters: it tells every
// wrong character, and nearly every two that changed places.
func checkCharacter(text string) byte {
	const n = len(crockford)
	sum := 0
	for i := range len(text) {
		v := strings.IndexByte(crockford, text[len(text)-1-i])
		if i%2 == 0 {
			v *= 2
		}
		sum += v/n + v%n
	}
	return crockford[(n-sum%n)%n]
}

// opens reports whether the marker takes a secret at a time.
func (m *Marker) opens(secret []byte, now time.Time) bool {
	right := subtle.ConstantTimeCompare([]byte(m.Hash), []byte(hashSecret(secret))) == 1
	return right && !m.Ended && now.Before(m.Expires)
}

// markerClaim is the name under which a marker's number belongs to a request.
func markerClaim(number string) string { return "marker:" + number }

// PrintMarker mints the marker of a request and returns it printed: PDF, with
// the instruction and the receipt that the owner signs. The marker before it
// ends. The code is on that paper and nowhere else, so that a
// repetition prints another, whatever its key ([Authority.Once]). It is for whoever must
// act where the request rests, once the owner's identity is recorded, while a
// marker is of use: else a *DeniedError.
func (a *Authority) PrintMarker(ctx context.Context, id ID, by Actor) ([]byte, error) {
	if a.cfg.Printer == nil {
		return nil, errors.New("ra: config: Printer is required to print markers")
	}
	var pdf []byte
	each := *a
	each.once = ""
	_, err := each.step(ctx, ask{What: "PrintMarker", ID: id, By: by}, func(ctx context.Context, p *workflow.Process, r *Request) (*move, error) {
		place, _ := p.Place(r.State)
		_, known := r.Evidence(workflow.IdentityProofed)
		if by.Role != place.Owner || !known || !wanted(p, r, workflow.MarkerReceipt, workflow.MarkerAccepted) {
			return nil, &DeniedError{id, by.Role, "print the marker"}
		}
		marker, code := newMarker(a.cfg.Clock.Now().UTC().Add(a.cfg.MarkerLife).Truncate(time.Second), a.cfg.MarkerTries)
		var err error
		if pdf, err = a.cfg.Printer.Print(ctx, Document{Kind: MarkerForm, Request: r, Marker: &MarkerPaper{Code: code, Expires: marker.Expires}}); err != nil {
			return nil, r.discreet(err, code)
		}
		return &move{
			by: by, claims: []string{markerClaim(marker.Number)},
			write: []Entry{{Kind: MarkerChanged, Marker: &marker, Note: "маркер напечатан"}},
		}, nil
	})
	if err != nil {
		return nil, err
	}
	return pdf, nil
}

// revokeMarker ends the marker that there was when it was asked for. One that
// was printed since has ended it already, and stays.
func (a *Authority) revokeMarker(ctx context.Context, j *job) (found, error) {
	if m := j.request.Marker; m == nil || m.Ended {
		return found{}, nil
	}
	entries, err := a.History(ctx, j.request.ID)
	if err != nil {
		return found{}, err
	}
	out := found{}
	for _, e := range entries {
		if e.Kind == MarkerChanged && e.Seq < j.task.Seq {
			out.revoke = e.Marker.Number
		}
	}
	return out, nil
}

// revoked is the marker of a number as it is when it opens nothing any more;
// nil if the request has another, or it has ended.
func (r *Request) revoked(number string) *Marker {
	if r.Marker == nil || r.Marker.Number != number || r.Marker.Ended {
		return nil
	}
	ended := *r.Marker
	ended.Ended = true
	return &ended
}

// errNoMarker says that a number is no marker's.
var errNoMarker = fmt.Errorf("%w: no such marker", ErrNotFound)

// holder returns the request of a marker, and its secret.
func (a *Authority) holder(ctx context.Context, code string) (ID, []byte, error) {
	secret, err := markerEncoding.DecodeString(code[markerNumber : markerLength-1])
	if err != nil {
		return "", nil, errNoMarker
	}
	id, err := a.cfg.Store.Claimed(ctx, markerClaim(code[:markerNumber]))
	if errors.Is(err, ErrNotFound) {
		err = errNoMarker
	}
	return id, secret, err
}
