package epgu

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// tokenSlack is how long before its end a token is not used any more.
const tokenSlack = time.Minute

// token returns a token of the organisation, a new one if there is none or it
// is about to end. The organisation shows who it is by a detached signature
// over the text of its API key.
func (c *Client) token(ctx context.Context) (string, error) {
	c.tokens.Lock()
	defer c.tokens.Unlock()
	now := c.cfg.Clock.Now()
	if c.access != "" && now.Before(c.until.Add(-tokenSlack)) {
		return c.access, nil
	}
	signature, err := c.sign([]byte(c.cfg.APIKey))
	if err != nil {
		return "", err
	}
	address := c.cfg.ESIA + "/esia-rs/api/public/v1/orgs/ext-app/" + url.PathEscape(c.cfg.APIKey) + "/tkn?signature=" +
		base64.URLEncoding.EncodeToString(signature)
	body, err := c.send(ctx, "token", http.MethodGet, address, "", "", nil, maxJSON)
	if err != nil {
		return "", err
	}
	var answer struct {
		Token string `json:"accessTkn"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return "", errors.New("epgu: token: no JSON with a token")
	}
	until, err := parseToken(answer.Token)
	if err != nil {
		return "", err
	}
	c.access, c.until = answer.Token, until
	return c.access, nil
}

// spoil forgets a token that the portal refused.
func (c *Client) spoil(token string) {
	c.tokens.Lock()
	defer c.tokens.Unlock()
	if c.access == token {
		c.access = ""
	}
}

// parseToken returns when a JWT ends. Its signature is for the portal to
// verify, which made it.
func parseToken(token string) (until time.Time, err error) {
	bad := errors.New("epgu: token: no JWT with an end")
	parts := strings.Split(token, ".")
	if len(parts) != 3 || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return time.Time{}, bad
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return time.Time{}, bad
	}
	var claims struct {
		End *int64 `json:"exp"` // seconds since 1970
	}
	if json.Unmarshal(payload, &claims) != nil || claims.End == nil || *claims.End <= 0 || *claims.End > 1<<40 {
		return time.Time{}, bad
	}
	return time.Unix(*claims.End, 0).UTC(), nil
}
