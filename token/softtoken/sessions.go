package softtoken

import (
	"context"
	"crypto/rand"

	"github.com/surguch/surguch/token/internal/cryptoki"
)

// maxSessions is how many an application may have open.
const maxSessions = 1024

// maxRandom is how many random octets one call gives.
const maxRandom = 1 << 20

// OpenSession opens a session with a token.
func (a *Application) OpenSession(ctx context.Context, number uint64, write bool) (cryptoki.Session, error) {
	return locked(ctx, a, "C_OpenSession", func() (cryptoki.Session, error) {
		if _, err := a.tokens.present(number); err != nil {
			return 0, err
		}
		if l := a.logins[number]; !write && l != nil && l.user == cryptoki.SecurityOfficer {
			return 0, cryptoki.SessionReadWriteSOExists
		}
		if len(a.sessions) >= maxSessions {
			return 0, cryptoki.SessionCount
		}
		h := cryptoki.Session(a.next)
		a.next++
		a.sessions[h] = &session{slot: number, write: write}
		return h, nil
	})
}

// CloseSession closes a session with the objects that are its own. The last
// one with a token logs out of it.
func (a *Application) CloseSession(ctx context.Context, h cryptoki.Session) error {
	return do(ctx, a, "C_CloseSession", func() error {
		s, ok := a.sessions[h]
		if !ok {
			return cryptoki.SessionHandleInvalid
		}
		a.end(h, s)
		return nil
	})
}

// CloseAllSessions closes all sessions of the application with a token.
func (a *Application) CloseAllSessions(ctx context.Context, number uint64) error {
	return do(ctx, a, "C_CloseAllSessions", func() error {
		if _, err := a.tokens.slot(number); err != nil {
			return err
		}
		for h, s := range a.sessions {
			if s.slot == number {
				a.end(h, s)
			}
		}
		return nil
	})
}

// end closes a session.
func (a *Application) end(h cryptoki.Session, s *session) {
	a.dropOwn(h)
	delete(a.sessions, h)
	for _, other := range a.sessions {
		if other.slot == s.slot && !other.lost {
			return
		}
	}
	a.logout(s.slot)
}

// SessionInfo is CK_SESSION_INFO: the state is one of CKS_RO_PUBLIC_SESSION
// and so on, 0 to 4.
type SessionInfo struct {
	Slot  uint64
	State uint64
	Write bool
}

// SessionInfo tells about a session.
func (a *Application) SessionInfo(ctx context.Context, h cryptoki.Session) (SessionInfo, error) {
	return locked(ctx, a, "C_GetSessionInfo", func() (SessionInfo, error) {
		s, sl, err := a.session(h)
		if err != nil {
			return SessionInfo{}, err
		}
		info := SessionInfo{Slot: sl.number, Write: s.write}
		switch l := a.logins[sl.number]; {
		case l == nil && s.write:
			info.State = 2
		case l == nil:
		case l.user == cryptoki.SecurityOfficer:
			info.State = 4
		case s.write:
			info.State = 3
		default:
			info.State = 1
		}
		return info, nil
	})
}

// Login logs a user in to the token of a session, in all sessions that the
// application has with it. A wrong PIN costs a try, and the last one locks: it
// answers CKR_PIN_INCORRECT, and CKR_PIN_LOCKED is what comes after it.
func (a *Application) Login(ctx context.Context, h cryptoki.Session, user uint32, value []byte) error {
	return do(ctx, a, "C_Login", func() error {
		_, sl, err := a.session(h)
		if err != nil {
			return err
		}
		switch user {
		case cryptoki.SecurityOfficer, cryptoki.User:
		case cryptoki.ContextSpecific:
			return cryptoki.OperationNotInitialized // no key asks for it
		default:
			return cryptoki.UserTypeInvalid
		}
		if l := a.logins[sl.number]; l != nil {
			if l.user == user {
				return cryptoki.UserAlreadyLoggedIn
			}
			return cryptoki.UserAnotherLoggedIn
		}
		if user == cryptoki.SecurityOfficer {
			for _, s := range a.sessions {
				if s.slot == sl.number && !s.lost && !s.write {
					return cryptoki.SessionReadOnlyExists
				}
			}
		}
		key, err := a.tokens.try(sl, user, value)
		if err != nil {
			return err
		}
		a.logins[sl.number] = &login{user: user, key: key, objects: map[*stored]*object{}}
		return nil
	})
}

// Logout logs out of the token of a session. Handles of private objects mean
// nothing from then on.
func (a *Application) Logout(ctx context.Context, h cryptoki.Session) error {
	return do(ctx, a, "C_Logout", func() error {
		_, sl, err := a.session(h)
		if err != nil {
			return err
		}
		if a.logins[sl.number] == nil {
			return cryptoki.UserNotLoggedIn
		}
		a.logout(sl.number)
		return nil
	})
}

// InitPIN sets the user's PIN in a session of the security officer, with all
// its tries. The keys of the user stay usable.
func (a *Application) InitPIN(ctx context.Context, h cryptoki.Session, value []byte) error {
	return do(ctx, a, "C_InitPIN", func() error {
		_, sl, err := a.session(h)
		if err != nil {
			return err
		}
		l := a.logins[sl.number]
		if l == nil || l.user != cryptoki.SecurityOfficer {
			return cryptoki.UserNotLoggedIn
		}
		return a.tokens.setPIN(sl, cryptoki.User, value, l.key)
	})
}

// SetPIN changes the PIN of who is logged in, the user's if nobody is. A wrong
// old one costs a try.
func (a *Application) SetPIN(ctx context.Context, h cryptoki.Session, old, value []byte) error {
	return do(ctx, a, "C_SetPIN", func() error {
		s, sl, err := a.session(h)
		if err != nil {
			return err
		}
		if !s.write {
			return cryptoki.SessionReadOnly
		}
		user := cryptoki.User
		if l := a.logins[sl.number]; l != nil {
			user = l.user
		}
		key, err := a.tokens.try(sl, user, old)
		if err != nil {
			return err
		}
		defer clear(key)
		return a.tokens.setPIN(sl, user, value, key)
	})
}

// Random returns random octets, at most 1 MiB.
func (a *Application) Random(ctx context.Context, h cryptoki.Session, n int) ([]byte, error) {
	return locked(ctx, a, "C_GenerateRandom", func() ([]byte, error) {
		if _, _, err := a.session(h); err != nil {
			return nil, err
		}
		if n < 0 || n > maxRandom {
			return nil, cryptoki.ArgumentsBad
		}
		b := make([]byte, n)
		rand.Read(b)
		return b, nil
	})
}
