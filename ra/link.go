package ra

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"strings"
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
	return Link{hashSecret(secret[:]), expires}, string(id) + "." + base64.RawURLEncoding.EncodeToString(secret[:])
}

func hashSecret(secret []byte) string {
	sum := sha256.Sum256(secret)
	return hex.EncodeToString(sum[:])
}

// Open turns the token of an individual link into the actor it stands for and
// the request it opens. A wrong, an expired and a revoked token give
// ErrNotFound alike.
func (a *Authority) Open(ctx context.Context, token string) (Actor, *Request, error) {
	id, text, _ := strings.Cut(token, ".")
	secret, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(secret) != 16 {
		return Actor{}, nil, ErrNotFound
	}
	r, err := a.load(ctx, ID(id))
	if err != nil {
		return Actor{}, nil, err
	}
	hash := hashSecret(secret)
	for _, l := range r.Links {
		if subtle.ConstantTimeCompare([]byte(l.Hash), []byte(hash)) == 1 && a.cfg.Clock.Now().Before(l.Expires) {
			return Actor{ID: "link:" + l.Hash[:12], Role: workflow.Applicant, Authn: "link", Request: r.ID}, r, nil
		}
	}
	return Actor{}, nil, ErrNotFound
}
