package ra

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"time"

	"github.com/surguch/surguch/workflow"
)

// Link is an individual link as stored: it opens one request, for the
// applicant, until it expires. The secret itself is in the applicant's
// mailbox and nowhere else.
type Link struct {
	Hash    string    `json:"hash"` // SHA-256 of the secret, hexadecimal
	Expires time.Time `json:"expires"`
}

// newLink returns a link and the token that opens it: the request's ID, a
// dot, and 128 bits of chance in base64.
func newLink(id ID, expires time.Time) (Link, string) {
	var secret [16]byte
	rand.Read(secret[:])
	return Link{hashSecret(secret[:]), expires}, string(id) + "." + tokenEncoding.EncodeToString(secret[:])
}

func hashSecret(secret []byte) string {
	sum := sha256.Sum256(secret)
	return hex.EncodeToString(sum[:])
}

// linked reports whether a link of this secret opens the request.
func (r *Request) linked(secret []byte, now time.Time) bool {
	hash := hashSecret(secret)
	for _, l := range r.Links {
		if subtle.ConstantTimeCompare([]byte(l.Hash), []byte(hash)) == 1 && now.Before(l.Expires) {
			return true
		}
	}
	return false
}

// Open turns the token of an individual link into the actor it stands for and
// the request it opens: for front ends that ask for nothing but the link, see
// [Authority.Enter] for one that does. A wrong, an expired and a revoked token
// give ErrNotFound alike.
func (a *Authority) Open(ctx context.Context, token string) (Actor, *Request, error) {
	id, secret, err := splitToken(token)
	if err != nil {
		return Actor{}, nil, err
	}
	r, err := a.load(ctx, id)
	if err != nil {
		return Actor{}, nil, err
	}
	if !r.linked(secret, a.cfg.Clock.Now()) {
		return Actor{}, nil, ErrNotFound
	}
	return Actor{ID: byLink + ":" + hashSecret(secret)[:12], Role: workflow.Applicant, Authn: byLink, Request: r.ID}, r, nil
}
