package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/workflow"
)

// install writes the certificate beside its key, reads it back and reports what
// was read: token.Install returns nil if that is the certificate in every octet.
func (j *journey) install(ctx context.Context) error {
	cert, err := j.certificate(ctx)
	if err != nil {
		return err
	}
	if err := token.Install(ctx, j.carrier, j.state.Key, algorithms(), cert); err != nil {
		return err
	}
	j.say("Сертификат записан на носитель, прочитан обратно, пробная подпись верна.")
	return j.client.post(ctx, j.state.Request, "/installation", "application/pkix-cert", j.state.Sends[sendInstallation], cert.Raw)
}

// finish prints the receipt and forgets what was begun.
func (j *journey) finish(ctx context.Context, v *view) error {
	if j.state.Key == "" {
		return errElsewhere
	}
	if err := j.open(ctx); err != nil {
		return err
	}
	entry, err := token.Find(ctx, j.carrier, j.state.Key)
	if err != nil {
		return err
	}
	if entry.Certificate == nil {
		return fmt.Errorf("rqmaker: the server has it installed: %w", token.ErrReadBack)
	}
	j.receipt(v, entry)
	return j.leave(ctx)
}

// receipt says what there is now, and what comes next.
func (j *journey) receipt(v *view, e token.Entry) {
	c := e.Certificate
	line := func(name, value string) { fmt.Fprintf(j.program.stdout, "    %-12s %s\n", name, clean(value)) }
	fmt.Fprintln(j.program.stdout, "Квитанция: сертификат получен и установлен")
	line("заявка", v.ID)
	line("состояние", v.Title)
	line("владелец", c.Subject.Get(csr.CommonName))
	line("сертификат", fmt.Sprintf("%X", c.SerialNumber))
	line("издатель", c.Issuer.Get(csr.CommonName))
	line("действует", "с "+c.NotBefore.Format("02.01.2006")+" по "+c.NotAfter.Format("02.01.2006"))
	line("SHA-256", fmt.Sprintf("%X", sha256.Sum256(c.Raw)))
	line("место ключа", j.place.String())
	if device := e.Info.Device; device != (token.Device{}) {
		line("носитель", workplace.Title(device))
	}
	line("ключ", e.Info.ID+", "+e.Info.Algorithm)
	next := "Подписанный маркер Агент пересылает в удостоверяющий центр. Храните носитель и не сообщайте ПИН-код никому."
	if v.State == workflow.Handover {
		next = "Передайте владельцу носитель и бумажную копию сертификата под роспись и отметьте номер печати в заявке."
	}
	fmt.Fprintln(j.program.stdout, next)
}

// leave forgets what was begun, and ends the session: if that does not succeed,
// it ends by itself.
func (j *journey) leave(ctx context.Context) error {
	err := j.state.remove()
	_, _ = j.client.sendOnce(ctx, message{method: http.MethodDelete, path: "/session"})
	return err
}
