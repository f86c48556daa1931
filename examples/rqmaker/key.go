package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/token"
)

// usage is what the keys of qualified certificates are for.
const usage = csr.DigitalSignature | csr.ContentCommitment | csr.KeyEncipherment | csr.DataEncipherment | csr.KeyAgreement

// handIn makes the key pair and the certificate request, and hands the request
// in.
func (j *journey) handIn(ctx context.Context, v *view) error {
	if v.Form == nil {
		return errOver
	}
	if err := j.open(ctx); err != nil {
		return err
	}
	if j.state.HandedIn {
		j.say("Заявка возвращена: прежний запрос отклонён, нужен новый ключ.")
	}
	if j.state.Key == "" || j.state.HandedIn {
		if err := j.propose(ctx, v.Form); err != nil {
			return err
		}
		j.state.newKey(j.place.String(), deviceOf(j.carrier), j.program.curve)
		if err := j.state.save(); err != nil {
			return err
		}
	}
	if j.state.PKCS10 == nil {
		if err := j.makeRequest(ctx, v.Form); err != nil {
			return err
		}
	}
	err := j.client.post(ctx, j.state.Request, "/request", "application/pkcs10", j.state.Sends[sendRequest], j.state.PKCS10)
	if refusedAs(err, http.StatusConflict, http.StatusPreconditionFailed) {
		if j.movedOn(ctx, v) {
			return nil
		}
	}
	if err != nil {
		return err
	}
	j.state.HandedIn = true
	j.say("Запрос на сертификат отправлен.")
	return j.state.save()
}

// movedOn reports whether the request is no longer where it was: somebody was
// faster, and what is to be done now is another question.
func (j *journey) movedOn(ctx context.Context, was *view) bool {
	now, err := j.client.view(ctx, j.state.Request)
	return err == nil && now.State != was.State
}

// propose shows what will be requested, and asks.
func (j *journey) propose(ctx context.Context, f *ra.Form) error {
	j.say("Будет запрошен сертификат")
	j.row("владелец", f.FullName())
	j.row("СНИЛС", f.SNILS)
	j.row("ИНН", f.INN)
	j.row("почта", f.Email)
	j.row("место ключа", j.place.String())
	j.row("ключ", "ГОСТ Р 34.10-2012, "+j.program.curve)
	if j.program.yes {
		return nil
	}
	yes, err := j.agree(ctx, "Создать ключ и отправить запрос?")
	if err == nil && !yes {
		err = errDeclined
	}
	return err
}

// row shows one property.
func (j *journey) row(name, value string) {
	if value != "" {
		j.say("    %-12s %s", name, clean(value))
	}
}

// makeRequest makes the key pair, unless it was made before a crash, and a
// certificate request signed with it.
func (j *journey) makeRequest(ctx context.Context, f *ra.Form) error {
	key, err := j.key(ctx, f)
	if err != nil {
		return err
	}
	subject, err := ra.Subject(f)
	if err != nil {
		return err
	}
	der, err := algorithms().Create(key, &csr.Template{Subject: subject, Extensions: []csr.Extension{csr.NewKeyUsage(usage)}})
	if err != nil {
		return err
	}
	j.state.PKCS10 = der
	return j.state.save()
}

// key returns the key pair of the ID that was chosen: what is on the carrier,
// or a new one. Its ID was kept before, so there is never a second.
func (j *journey) key(ctx context.Context, f *ra.Form) (token.Key, error) {
	entry, err := token.Find(ctx, j.carrier, j.state.Key)
	if err == nil {
		j.say("Ключ уже создан, работа продолжена.")
		return entry.Key, nil
	}
	if !errors.Is(err, token.ErrNotFound) {
		return nil, err
	}
	key, err := token.Generate(ctx, j.carrier, token.Spec{Algorithm: j.state.Algorithm, Name: f.FullName(), ID: j.state.Key})
	if err != nil {
		return nil, fmt.Errorf("rqmaker: %w", err)
	}
	j.say("Ключевая пара создана на носителе, %s.", key.Info().Algorithm)
	return key, nil
}
