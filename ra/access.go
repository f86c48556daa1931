package ra

import (
	"context"
	"encoding/base64"
	"errors"
	"time"

	"github.com/surguch/surguch/workflow"
)

var tokenEncoding = base64.RawURLEncoding.Strict()

// Entrance is what a credential was exchanged for.
type Entrance struct {
	Token   string // of the session: the request's ID, a dot, and the caller's secret in base64 (RFC 4648, section 5)
	Request ID
	Expires time.Time
	Phone   string // where a code was sent, all but a few digits hidden; "": the session is open
}

// Enter exchanges a credential for a session: the token of an individual link,
// or the code of a marker. The caller brings the secret of the session, 16 to
// 32 octets of chance: to enter again with the same secret is the same session,
// so that whoever did not get the answer may ask again.
//
// A code goes to the owner's phone, if there is one yet; until it comes back
// ([Authority.Confirm]) the session shows nothing personal. A marker opens one
// session; wrong secrets under its number end it, after Config.MarkerTries of
// them.
//
// Whatever is refused is refused alike, by ErrNotFound: what is wrong, used,
// expired, revoked, or of no use where the request rests. A *WaitError says
// that wrong codes from the phone have locked the request for a while.
func (a *Authority) Enter(ctx context.Context, credential string, secret []byte) (*Entrance, error) {
	if n := len(secret); n < minSecret || n > maxSecret {
		return nil, errSecret
	}
	hash := hashSecret(secret)
	token := func(id ID) string { return string(id) + "." + tokenEncoding.EncodeToString(secret) }
	if code, err := ParseMarker(credential); err == nil {
		id, key, err := a.holder(ctx, code)
		if err != nil {
			return nil, err
		}
		return a.enter(ctx, id, token(id), hash, func(p *workflow.Process, r *Request, now time.Time) (*move, bool) {
			return useMarker(p, r, code[:markerNumber], key, hash, now)
		})
	}
	id, key, err := splitToken(credential)
	if err != nil {
		return nil, err
	}
	return a.enter(ctx, id, token(id), hash, func(_ *workflow.Process, r *Request, now time.Time) (*move, bool) {
		return &move{by: Actor{ID: byLink + ":" + hash[:12], Role: workflow.Applicant, Authn: byLink, Request: id}}, r.linked(key, now)
	})
}

// useMarker is what comes of the code of a marker: it is used up, or has a try
// less, or nothing happens.
func useMarker(p *workflow.Process, r *Request, number string, secret []byte, session string, now time.Time) (*move, bool) {
	place, _ := p.Place(r.State)
	by := Actor{ID: byMarker + ":" + number, Role: place.Owner, Authn: byMarker, Request: r.ID}
	if place.Owner == workflow.Agent {
		by.Partner = r.Partner
	}
	m := r.Marker
	switch {
	case m == nil || m.Number != number || m.Ended || m.Used != "" && m.Used != session:
		return nil, false
	case m.opens(secret, now) && (m.Used == session || wanted(p, r, workflow.MarkerAccepted)):
		used := *m
		used.Used = session
		if m.Used == session {
			return &move{by: by}, true
		}
		return &move{by: by, write: []Entry{{Kind: MarkerChanged, Marker: &used, Note: "маркер предъявлен"}}}, true
	case m.Used == "" && now.Before(m.Expires) && !m.opens(secret, now): // and not a right one that is shown too early
		tried := *m
		tried.Tries--
		tried.Ended = tried.Tries <= 0
		guess := &move{by: by, write: []Entry{{Kind: MarkerChanged, Marker: &tried, Note: "неверный код маркера"}}}
		if _, err := p.Step(r.State, workflow.WithdrawMarker, workflow.System, r.Fresh(now)); err == nil && tried.Ended {
			guess.by, guess.fire = System(), workflow.WithdrawMarker
		}
		return guess, false
	}
	return nil, false
}

// enter opens a session, if use says that the credential is good. A move that
// comes without that is made all the same.
func (a *Authority) enter(ctx context.Context, id ID, token, hash string, use func(*workflow.Process, *Request, time.Time) (*move, bool)) (*Entrance, error) {
	var entrance *Entrance
	var code string
	r, err := a.insist(ctx, ask{What: "Enter", ID: id}, func(_ context.Context, p *workflow.Process, r *Request) (*move, error) {
		entrance, code = nil, ""
		now := a.cfg.Clock.Now().UTC().Truncate(time.Millisecond)
		m, good := use(p, r, now)
		switch {
		case m == nil || m.by.Role == "" || !good && len(m.write) == 0:
			return nil, ErrNotFound
		case !good:
			return m, nil
		}
		s, again := r.session(hash, now)
		if !again {
			s = Session{
				Hash: hash, By: m.by.Authn, Role: m.by.Role, Expires: now.Add(a.cfg.SessionLife), Open: r.Form.Phone == "",
				Wrong: r.Wrong, Locked: r.Locked,
			}
			if !s.Open && now.Before(r.Locked) {
				return nil, &WaitError{r.Locked}
			}
			if !s.Open {
				s.Code, code = newCode(now, a.cfg.CodeLife, a.cfg.CodeTries)
			}
			m.write = append(m.write, Entry{Kind: Admission, Session: &s, Note: "сеанс начат"})
			m.record = s.evidence(p, r)
		}
		entrance = &Entrance{Token: token, Request: id, Expires: s.Expires}
		if !s.Open {
			entrance.Phone = maskedPhone(r.Form.Phone)
		}
		return m, nil
	})
	if err != nil {
		return nil, err
	}
	if entrance == nil {
		return nil, ErrNotFound
	}
	return entrance, a.deliver(ctx, r, code)
}

// evidence is what an open session proves.
func (s *Session) evidence(p *workflow.Process, r *Request) (list []Held) {
	if s.Proven && wanted(p, r, workflow.PhoneConfirmed) {
		list = append(list, Held{Evidence: workflow.PhoneConfirmed, Note: "введён код, отправленный на телефон"})
	}
	if s.By == byMarker && s.Open && wanted(p, r, workflow.MarkerAccepted) {
		list = append(list, Held{Evidence: workflow.MarkerAccepted, Note: "предъявлен верный маркер"})
	}
	return list
}

// deliver sends a code to the owner's phone.
func (a *Authority) deliver(ctx context.Context, r *Request, code string) error {
	if code == "" {
		return nil
	}
	if a.cfg.Notifier == nil {
		return errors.New("ra: config: Notifier is required to send codes")
	}
	p, err := a.process(ctx, r.ProcessHash)
	if err != nil {
		return err
	}
	place, _ := p.Place(r.State)
	n := Notice{Key: codeKey(r), Request: r.ID, Partner: r.Partner, Seq: r.Version, To: workflow.Applicant, Phone: r.Form.Phone, State: place.State, Title: place.Title, Code: code}
	return r.discreet(a.cfg.Notifier.Notify(ctx, n), code)
}

// insist is step for what must not be lost in a race: it is decided again.
func (a *Authority) insist(ctx context.Context, q ask, decide decide) (*Request, error) {
	whatever := *a
	whatever.at, whatever.once = 0, ""
	for {
		r, err := whatever.step(ctx, q, decide)
		var conflict *ConflictError
		if !errors.As(err, &conflict) || ctx.Err() != nil {
			return r, err
		}
	}
}
