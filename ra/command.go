package ra

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// Once returns the authority for one command under a key of the caller's
// choice, such as a UUID: carried out once, and when it is repeated with the
// same key and the same content, answered as it was the first time. With other
// content, the key is refused with a *ReusedKeyError. Answers are kept for
// Config.CommandLife, or until the request is erased: after that the same key
// is a new command. If somebody changes the request in the same moment the
// command is decided again, on the request as it is then, unless [Authority.At]
// names the version that it is for.
//
//	request, err := authority.Once(key).Fire(ctx, id, actor, workflow.Submit)
func (a *Authority) Once(key string) *Authority {
	b := *a
	b.once = key
	return &b
}

// At returns the authority for commands to a request as somebody has seen it:
// they are refused with a *ConflictError if it is at another version by then. A
// command that [Authority.Once] repeats is answered all the same.
//
//	request, err := authority.Once(key).At(seen.Version).Fire(ctx, id, actor, workflow.Submit)
func (a *Authority) At(version int64) *Authority {
	b := *a
	b.at = version
	return &b
}

// ReusedKeyError says that the key of a command was used before for something
// else. Nothing was done.
type ReusedKeyError struct{ Key string }

func (e *ReusedKeyError) Error() string {
	return fmt.Sprintf("ra: the command key %q was used for another command", e.Key)
}

// ask is what a caller asks for: the name of the method, the request, and all
// that came with it.
type ask struct {
	What string `json:"what"`
	ID   ID     `json:"id,omitempty"`
	By   Actor  `json:"by"`
	With any    `json:"with,omitempty"`
}

// hash is that of all that is asked.
func (q ask) hash() (string, error) {
	data, err := json.Marshal(q)
	if err != nil {
		return "", fmt.Errorf("ra: %s: %w", q.What, err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// repeated answers a command that has been carried out; nil if it has not, or
// has no key.
func (a *Authority) repeated(ctx context.Context, q ask) (*Request, error) {
	if a.once == "" {
		return nil, nil
	}
	c, err := a.cfg.Store.Command(ctx, a.once)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return a.answered(ctx, q, c)
}

// answered is the stored answer to a command, if it is the one that is asked.
func (a *Authority) answered(ctx context.Context, q ask, c *Command) (*Request, error) {
	asked, err := q.hash()
	if err != nil {
		return nil, err
	}
	var sealed sealedAnswer
	if err := json.Unmarshal(c.Answer, &sealed); err != nil {
		return nil, fmt.Errorf("ra: the answer to command %q does not parse: %w", c.Key, err)
	}
	key, err := a.keyOf(ctx, &Row{ID: sealed.ID, Key: sealed.Key})
	if err != nil {
		return nil, err
	}
	data, err := key.open("answer "+c.Key, sealed.Data)
	if err != nil {
		return nil, fmt.Errorf("ra: the answer to command %q: %w", c.Key, err)
	}
	done := answer{Request: &Request{key: key}}
	if err := json.Unmarshal(data, &done); err != nil {
		return nil, fmt.Errorf("ra: the answer to command %q does not parse: %w", c.Key, err)
	}
	if done.Asked != asked {
		return nil, &ReusedKeyError{c.Key}
	}
	if done.Version == 0 {
		return done.Request, nil
	}
	return a.asOf(ctx, sealed.ID, done.Version)
}

// asOf returns a request as it was at a version: what its journal amounted to.
func (a *Authority) asOf(ctx context.Context, id ID, version int64) (*Request, error) {
	now, err := a.load(ctx, id)
	if err != nil || now.Version == version {
		return now, err
	}
	entries, err := a.History(ctx, id)
	if err != nil {
		return nil, err
	}
	if int64(len(entries)) < version {
		return nil, fmt.Errorf("ra: request %s: its journal ends before version %d", id, version)
	}
	then, err := Replay(entries[:version])
	if err != nil {
		return nil, err
	}
	then.key = now.key
	return then, nil
}

// answer is what a command led to: the request at a version. The hash of what
// was asked is sealed with it: that could be personal data which somebody
// tries to guess.
type answer struct {
	Asked   string   `json:"asked"`
	Version int64    `json:"version,omitempty"`
	Request *Request `json:"request,omitempty"` // the whole of it, in answers stored before there was Version
}

// sealedAnswer is an answer as it is stored.
type sealedAnswer struct {
	ID   ID     `json:"id"`
	Key  []byte `json:"key,omitempty"`
	Data []byte `json:"data"` // an answer
}

// command is what Save stores of a command; nil if it has no key.
func (a *Authority) command(q ask, r *Request) (*Command, error) {
	if a.once == "" {
		return nil, nil
	}
	asked, err := q.hash()
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(answer{Asked: asked, Version: r.Version})
	if err != nil {
		return nil, fmt.Errorf("ra: request %s: %w", r.ID, err)
	}
	sealed := sealedAnswer{ID: r.ID, Data: r.key.seal("answer "+a.once, data)}
	if r.key != nil {
		sealed.Key = r.key.wrapped
	}
	stored, err := json.Marshal(sealed)
	if err != nil {
		return nil, fmt.Errorf("ra: request %s: %w", r.ID, err)
	}
	return &Command{Key: a.once, Request: r.ID, Answer: stored, At: r.Updated}, nil
}
