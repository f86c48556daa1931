package ra

import (
	"context"
	"fmt"
	"time"

	"github.com/surguch/surguch/workflow"
)

// SendCode sends another code to the owner's phone; the one before it ends. At
// most one a minute: *WaitError. ErrNotFound if there is no such session.
func (a *Authority) SendCode(ctx context.Context, token string) (*Entrance, error) {
	id, hash, err := sessionOf(token)
	if err != nil {
		return nil, err
	}
	var entrance *Entrance
	var code string
	r, err := a.insist(ctx, ask{What: "SendCode", ID: id}, func(_ context.Context, _ *workflow.Process, r *Request) (*move, error) {
		now := a.cfg.Clock.Now().UTC().Truncate(time.Millisecond)
		s, ok := r.session(hash, now)
		if !ok {
			return nil, ErrNotFound
		}
		entrance, code = &Entrance{Token: token, Request: id, Expires: s.Expires}, ""
		if s.Open {
			return s.move(r), nil
		}
		if now.Before(s.Locked) {
			return nil, &WaitError{s.Locked}
		}
		if s.Code != nil && now.Before(s.Code.Sent.Add(codePause)) {
			return nil, &WaitError{s.Code.Sent.Add(codePause)}
		}
		entrance.Phone = maskedPhone(r.Form.Phone)
		s.Code, code = newCode(now, a.cfg.CodeLife, a.cfg.CodeTries)
		return s.move(r, Entry{Kind: Admission, Session: &s, Note: "код отправлен ещё раз"}), nil
	})
	if err != nil {
		return nil, err
	}
	return entrance, a.deliver(ctx, r, code)
}

// Confirm opens a session by the code that was sent to the owner's phone. A
// *CodeError if it is wrong or has run out, with the tries that are left; a
// *WaitError after five wrong ones, for a quarter of an hour; ErrNotFound if
// there is no such session.
func (a *Authority) Confirm(ctx context.Context, token, code string) error {
	id, hash, err := sessionOf(token)
	if err != nil {
		return err
	}
	var wrong error
	_, err = a.insist(ctx, ask{What: "Confirm", ID: id}, func(_ context.Context, p *workflow.Process, r *Request) (*move, error) {
		now := a.cfg.Clock.Now().UTC().Truncate(time.Millisecond)
		s, ok := r.session(hash, now)
		switch wrong = nil; {
		case !ok:
			return nil, ErrNotFound
		case s.Open:
			return s.move(r), nil
		case now.Before(s.Locked):
			return nil, &WaitError{s.Locked}
		case s.Code == nil || s.Code.Tries == 0 || !now.Before(s.Code.Expires):
			return nil, &CodeError{}
		case s.Code.takes(code, now):
			s.Open, s.Proven, s.Code, s.Wrong = true, true, nil, 0
			m := s.move(r, Entry{Kind: Admission, Session: &s, Note: "код подтверждён"})
			m.record = s.evidence(p, r)
			return m, nil
		}
		left := *s.Code
		left.Tries--
		s.Code, s.Wrong = &left, s.Wrong+1
		wrong = &CodeError{left.Tries}
		if s.Wrong >= codeLockAfter {
			s.Code, s.Wrong, s.Locked = nil, 0, now.Add(codeLock)
			wrong = &WaitError{s.Locked}
		}
		return s.move(r, Entry{Kind: Admission, Session: &s, Note: "неверный код"}), nil
	})
	if err != nil {
		return err
	}
	return wrong
}

// Session returns who acts in the session of a token, and on what request.
// ErrUnconfirmed, with both, while the code from the phone is missing: the
// actor may give no command then and is to be shown nothing personal.
// ErrNotFound if there is no such session, or it has ended.
func (a *Authority) Session(ctx context.Context, token string) (Actor, *Request, error) {
	id, hash, err := sessionOf(token)
	if err != nil {
		return Actor{}, nil, err
	}
	r, err := a.load(ctx, id)
	if err != nil {
		return Actor{}, nil, err
	}
	s, ok := r.session(hash, a.cfg.Clock.Now())
	switch {
	case !ok:
		return Actor{}, nil, ErrNotFound
	case !s.Open:
		return s.actor(r), r, ErrUnconfirmed
	}
	return s.actor(r), r, nil
}

// Leave ends a session. ErrNotFound if there is none.
func (a *Authority) Leave(ctx context.Context, token string) error {
	id, hash, err := sessionOf(token)
	if err != nil {
		return err
	}
	_, err = a.insist(ctx, ask{What: "Leave", ID: id}, func(_ context.Context, _ *workflow.Process, r *Request) (*move, error) {
		s, ok := r.session(hash, a.cfg.Clock.Now())
		if !ok {
			return nil, ErrNotFound
		}
		s.Ended, s.Code = true, nil
		return s.move(r, Entry{Kind: Admission, Session: &s, Note: "сеанс окончен"}), nil
	})
	return err
}

// RevokeAccess ends the individual links, the marker and the sessions of a
// request, on the word of somebody of the authority or of the partner behind
// it. The note says why and is required.
func (a *Authority) RevokeAccess(ctx context.Context, id ID, by Actor, note string) (*Request, error) {
	if note == "" {
		return nil, fmt.Errorf("ra: request %s: the end of all access needs a note that says why", id)
	}
	return a.step(ctx, ask{"RevokeAccess", id, by, note}, func(_ context.Context, _ *workflow.Process, r *Request) (*move, error) {
		if !a.administers(by, r) {
			return nil, &DeniedError{id, by.Role, "end all access"}
		}
		return &move{by: by, write: []Entry{{Kind: AccessEnded, Note: note}}}, nil
	})
}

// SendLink has a new individual link sent to the applicant; the ones before it
// end with what they opened.
func (a *Authority) SendLink(ctx context.Context, id ID, by Actor) (*Request, error) {
	return a.step(ctx, ask{What: "SendLink", ID: id, By: by}, func(_ context.Context, p *workflow.Process, r *Request) (*move, error) {
		if !a.administers(by, r) || p.Final(r.State) || a.handlers[workflow.SendLink] == nil {
			return nil, &DeniedError{id, by.Role, "send a link"}
		}
		return &move{by: by, write: []Entry{{Kind: AccessEnded, Note: "заказана новая ссылка"}}, order: []workflow.Effect{workflow.SendLink}}, nil
	})
}

// sessionOf returns the request and the hash of the secret of a token.
func sessionOf(token string) (ID, string, error) {
	id, secret, err := splitToken(token)
	if err != nil {
		return "", "", err
	}
	return id, hashSecret(secret), nil
}

// move is a move of the session itself, whatever its scope.
func (s *Session) move(r *Request, entries ...Entry) *move {
	by := s.actor(r)
	by.Scope = ScopeAll
	return &move{by: by, write: entries}
}

// codeKey names the delivery of a code.
func codeKey(r *Request) string { return fmt.Sprintf("%s/code/%d", r.ID, r.Version) }
