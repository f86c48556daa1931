package journey_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/journey"
	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/forms"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/softtoken"
	"github.com/surguch/surguch/workflow"
)

// play plays the plans, each about the certificate of the one before it, in a
// directory of its own, and returns the last of them.
func play(ctx context.Context, do func(w *journey.World, c *journey.Case) error, plans ...journey.Plan) (err error) {
	dir, err := os.MkdirTemp("", "journey")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	store, err := sqlstore.Open(ctx, filepath.Join(dir, "ra.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	as := csr.Standard()
	pin, _, err := softtoken.FactoryPINs("plain")
	if err != nil {
		return err
	}
	carrier, err := workplace.Open(ctx, workplace.Place{Kind: workplace.Soft, Path: filepath.Join(dir, "carrier")},
		workplace.Config{Algorithms: as, PIN: token.FixedPIN(pin), Make: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, carrier.Close()) }()
	printer, err := forms.New(forms.Config{Algorithms: as, Authority: forms.Authority{
		Name: "АО «Учебный удостоверяющий центр»", HeadTitle: "Генеральному директору", HeadName: "П. П. Печатникову",
		Address: "109000, г. Москва, ул. Сургучная, д. 1", RulesTitle: "Порядок реализации функций удостоверяющего центра",
		RulesDate: time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC), RulesURL: "https://ca.example.org/rules",
	}, Invoice: &forms.Invoice{
		Seller: forms.Seller{
			Name: "АО «Учебный удостоверяющий центр»", Address: "109000, г. Москва, ул. Сургучная, д. 1", INN: "7707083893", KPP: "770701001",
			Bank: "АО «Учебный банк», г. Москва", BIC: "044525225", Account: "40702810900000000001",
			Correspondent: "30101810400000000225", HeadTitle: "Генеральный директор", HeadName: "П. П. Печатников",
		},
		Items: []forms.Item{{Name: "Сертификат электронной подписи", Price: 250000}}, NoVAT: "учебный счёт",
	}})
	if err != nil {
		return err
	}
	w, err := journey.New(journey.Config{
		Store: store, Messages: store.Messages(nil), Printer: printer, Keys: journey.Carrier{Carrier: carrier, Algorithms: as},
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	var last *journey.Case
	for _, plan := range plans {
		if last == nil {
			last, err = w.Begin(ctx, plan)
		} else {
			last, err = w.BeginAfter(ctx, last, plan)
		}
		if err != nil {
			return err
		}
		if err := w.Play(ctx, last); err != nil {
			return err
		}
	}
	return do(w, last)
}

var _ = io.Discard
var _ = workflow.Processes
var _ = ra.Moved
var _ = fmt.Sprint
