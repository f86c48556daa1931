package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"github.com/surguch/surguch/ra"
)

// tokenHash is the size of what is kept of a token, octets.
const tokenHash = sha256.Size

// callers know people and machines by their bearer tokens.
type callers []caller

type caller struct {
	hash  [tokenHash]byte
	actor ra.Actor
}

// newCallers reads the actors of a configuration, which has been checked.
func newCallers(list []actor) callers {
	all := make(callers, len(list))
	for i, a := range list {
		hex.Decode(all[i].hash[:], []byte(a.Token))
		all[i].actor = ra.Actor{ID: a.ID, Role: a.Role, Partner: a.Partner, Authn: "token", SecondFactor: a.SecondFactor}
	}
	return all
}

// errUnknown says that a token is nobody's.
var errUnknown = errors.New("server: unknown bearer token")

// authenticate tells who calls. It takes as long whoever it is.
func (c callers) authenticate(r *http.Request) (ra.Actor, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return ra.Actor{}, errUnknown
	}
	hash := sha256.Sum256([]byte(token))
	found, who := 0, 0
	for i := range c {
		same := subtle.ConstantTimeCompare(hash[:], c[i].hash[:])
		found |= same
		who = subtle.ConstantTimeSelect(same, i, who)
	}
	if found == 0 {
		return ra.Actor{}, errUnknown
	}
	return c[who].actor, nil
}
