package api

import (
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/surguch/surguch/ra"
)

// entering is a credential that is exchanged for a session. The secret is the
// caller's half of the session: whoever repeats it gets the same session.
type entering struct {
	Credential string `json:"credential"` // a link's token, or a marker's code
	Secret     string `json:"secret"`     // 16 to 32 octets of chance, base64url without padding
}

// entrance is the session.
type entrance struct {
	Token   string    `json:"token"` // for Authorization: Bearer
	Request ra.ID     `json:"request"`
	Expires time.Time `json:"expires"`
	Phone   string    `json:"phone,omitempty"` // where a code was sent, masked; absent: no code is needed
}

func (c *call) enter(in *entering) (*entrance, error) {
	secret, err := base64.RawURLEncoding.DecodeString(in.Secret)
	if err != nil || len(secret) < secretLeast || len(secret) > secretMost {
		return nil, malformed("secret", "secret", "от 16 до 32 октетов в base64url без дополнения")
	}
	// Tries are counted for one address and for one link or marker, so that
	// neither one guesser nor many of them get far.
	if err := c.h.limits.entry.take("from " + c.address()); err != nil {
		return nil, err
	}
	if err := c.h.limits.entry.take("to " + subjectOf(in.Credential)); err != nil {
		return nil, err
	}
	e, err := c.h.cfg.Authority.Enter(c.ctx(), in.Credential, secret)
	if errors.Is(err, ra.ErrNotFound) || errors.Is(err, ra.ErrMarker) {
		return nil, c.refuse(ra.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return entranceOf(e), nil
}

func entranceOf(e *ra.Entrance) *entrance {
	return &entrance{e.Token, e.Request, e.Expires.UTC(), e.Phone}
}

// subjectOf is what of a credential is no secret: the request of a link, the
// number of a marker.
func subjectOf(credential string) string {
	if marker, err := ra.ParseMarker(credential); err == nil {
		return strings.ReplaceAll(marker, "-", "")[:8]
	}
	id, _, _ := strings.Cut(credential, ".")
	return id[:min(len(id), 32)]
}

func (c *call) sendCode(*none) (*entrance, error) {
	e, err := c.h.cfg.Authority.SendCode(c.ctx(), c.token)
	if err != nil {
		return nil, err
	}
	return entranceOf(e), nil
}

// confirming is the code that came to the phone.
type confirming struct {
	Code string `json:"code"`
}

func (c *call) confirm(in *confirming) (*none, error) {
	err := c.h.cfg.Authority.Confirm(c.ctx(), c.token, in.Code)
	var wrong *ra.CodeError
	if errors.As(err, &wrong) || errors.Is(err, ra.ErrNotFound) {
		return nil, c.refuse(err)
	}
	return nil, err
}

func (c *call) leave(*none) (*none, error) {
	return nil, c.h.cfg.Authority.Leave(c.ctx(), c.token)
}
