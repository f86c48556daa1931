package ra

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/surguch/surguch/workflow"
)

// KeyPhrase is what the owner names on the telephone to have his certificate
// put on hold. What is stored opens nothing.
type KeyPhrase struct {
	Hash   string    `json:"hash"`            // PBKDF2 of the phrase, 64 octets, hexadecimal; the salt is the request's ID, of which 80 bits are chance
	Wrong  int       `json:"wrong,omitempty"` // phrases named since the last lock
	Locked time.Time `json:"locked,omitzero"` // none is taken until then
}

const (
	phraseShortest = 8       // letters and digits
	phraseLongest  = 128     // the same
	phraseRounds   = 210_000 // of PBKDF2 with SHA-512: a phrase is guessed more easily than a key
)

// stretched is a phrase as it is stored with a request. People name it by
// voice, so that case, ё and punctuation do not count ([Normalise]).
func stretched(id ID, phrase string) (string, error) {
	hash, err := pbkdf2.Key(sha512.New, Normalise(phrase), []byte("key phrase of "+id), phraseRounds, sha512.Size)
	if err != nil {
		return "", fmt.Errorf("ra: request %s: its key phrase: %w", id, err)
	}
	return hex.EncodeToString(hash), nil
}

// takes reports whether it is the phrase.
func (k *KeyPhrase) takes(hash string) bool {
	return subtle.ConstantTimeCompare([]byte(k.Hash), []byte(hash)) == 1
}

// PhraseError says that a key phrase is wrong.
type PhraseError struct {
	Left int // phrases that may be named before none is taken for a while
}

func (e *PhraseError) Error() string {
	return fmt.Sprintf("ra: wrong key phrase, %d tries left", e.Left)
}

// SetKeyPhrase keeps the phrase that the owner chooses with his application, by
// which he can have the certificate put on hold on the telephone: 8 letters and
// digits at least, else a *FormError. Whoever fills in the form may set it, and
// whoever works on the request at an office, where it stands on the paper;
// until there is a certificate, since whoever comes later could be anybody. It
// is not kept itself and nobody is shown it again.
func (a *Authority) SetKeyPhrase(ctx context.Context, id ID, by Actor, phrase string) (*Request, error) {
	if n := utf8.RuneCountInString(Normalise(phrase)); n < phraseShortest || n > phraseLongest {
		return nil, &FormError{[]Fault{{"keyPhrase", "length", fmt.Sprintf("ключевая фраза: от %d до %d букв и цифр", phraseShortest, phraseLongest)}}}
	}
	may := func(p *workflow.Process, r *Request) error {
		_, certified := r.Evidence(workflow.CertificateMatches)
		place, _ := p.Place(r.State)
		role := by.as(p)
		acts := role == place.Owner || role == workflow.CAOperator || len(p.Open(r.State, role)) > 0
		if certified || !acts || by.Role == workflow.System || p.Final(r.State) || alters(p) {
			return &DeniedError{id, by.Role, "set the key phrase"}
		}
		return nil
	}
	r, err := a.load(ctx, id)
	if err != nil {
		return nil, err
	}
	p, err := a.process(ctx, r.ProcessHash)
	if err != nil {
		return nil, err
	}
	if by.Role != workflow.CAOperator && !a.sees(by, r) { // before the work that stretching is
		return nil, fmt.Errorf("%w: request %s", ErrNotFound, id)
	}
	_, set := r.Evidence(workflow.CertificateMatches) // perhaps it is repeated
	if err := may(p, r); err != nil && !set {
		return nil, err
	}
	hash, err := stretched(id, phrase)
	if err != nil {
		return nil, err
	}
	return a.step(ctx, ask{"SetKeyPhrase", id, by, hash}, func(_ context.Context, p *workflow.Process, r *Request) (*move, error) {
		if err := may(p, r); err != nil {
			return nil, err
		}
		return &move{by: by, write: []Entry{{Kind: PhraseChanged, Phrase: &KeyPhrase{Hash: hash}, Note: "ключевая фраза задана"}}}, nil
	})
}

// GiveKeyPhrase records that somebody named the key phrase of the certificate
// which the request is about: an operator took it down on the telephone. It is
// the one set with the application for that certificate, and its tries are
// counted there, whatever request they are made in: a *PhraseError if it is
// wrong, a *WaitError after five wrong ones, for a quarter of an hour.
// ErrNotFound if no phrase was set.
func (a *Authority) GiveKeyPhrase(ctx context.Context, id ID, by Actor, phrase string) (*Request, error) {
	r, err := a.load(ctx, id)
	if err != nil {
		return nil, err
	}
	p, err := a.process(ctx, r.ProcessHash)
	if err != nil {
		return nil, err
	}
	denied := &DeniedError{id, by.Role, "give the key phrase"}
	if by.Role != workflow.CAOperator || !by.may(ask{What: "GiveKeyPhrase", ID: id}) || !concerns(p) {
		return nil, denied
	}
	x, err := a.earlier(ctx, &r.Form)
	if err != nil {
		return nil, err
	}
	hash, err := stretched(x.request.ID, phrase)
	if err != nil {
		return nil, err
	}
	q := ask{"GiveKeyPhrase", id, by, hash}
	if done, err := a.repeated(ctx, q); done != nil || err != nil {
		return done, err
	}
	if !wanted(p, r, workflow.KeyPhraseGiven) {
		return nil, denied
	}
	if err := a.tryPhrase(ctx, x.request.ID, by, hash); err != nil {
		return nil, err
	}
	return a.step(ctx, q, func(_ context.Context, p *workflow.Process, now *Request) (*move, error) {
		if !wanted(p, now, workflow.KeyPhraseGiven) || !sameSerial(now.Form.Certificate, r.Form.Certificate) {
			return nil, denied
		}
		return &move{by: by, record: []Held{{
			Evidence: workflow.KeyPhraseGiven, By: by, Note: "ключевая фраза названа по телефону и совпала с заданной в заявлении на сертификат",
		}}}, nil
	})
}

// tryPhrase compares a phrase with the one kept by the request that ordered the
// certificate. A wrong one is written down there before anybody is told.
func (a *Authority) tryPhrase(ctx context.Context, id ID, by Actor, hash string) error {
	each := *a
	each.once = ""
	var wrong error
	_, err := each.insist(ctx, ask{What: "GiveKeyPhrase", ID: id, By: by}, func(_ context.Context, _ *workflow.Process, r *Request) (*move, error) {
		now := a.cfg.Clock.Now().UTC().Truncate(time.Millisecond)
		wrong = nil
		switch {
		case r.Phrase == nil:
			return nil, fmt.Errorf("%w: no key phrase was set with request %s", ErrNotFound, id)
		case now.Before(r.Phrase.Locked):
			return nil, &WaitError{r.Phrase.Locked}
		}
		k, note := *r.Phrase, "ключевая фраза названа верно"
		if k.takes(hash) {
			k.Wrong = 0
		} else {
			k.Wrong, note = k.Wrong+1, "ключевая фраза названа неверно"
			wrong = &PhraseError{codeLockAfter - k.Wrong}
			if k.Wrong >= codeLockAfter {
				k.Wrong, k.Locked = 0, now.Add(codeLock)
				wrong = &WaitError{k.Locked}
			}
		}
		return &move{by: by, write: []Entry{{Kind: PhraseChanged, Phrase: &k, Note: note}}}, nil
	})
	if err != nil {
		return err
	}
	return wrong
}
