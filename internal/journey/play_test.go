package journey_test

import (
	"context"
	"errors"
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
)

// play plays a story: on SQLite in a file, with SMEV and Goskey simulated, real
// forms, and a token in software where the keys are made. It returns the last
// request and its journal.
func play(ctx context.Context, story []journey.Plan) (r *ra.Request, entries []ra.Entry, err error) {
	var closers []func() error
	defer func() {
		for i := len(closers) - 1; i >= 0; i-- {
			err = errors.Join(err, closers[i]())
		}
	}()
	dir, err := os.MkdirTemp("", "journey")
	if err != nil {
		return nil, nil, err
	}
	closers = append(closers, func() error { return os.RemoveAll(dir) })
	store, err := sqlstore.Open(ctx, filepath.Join(dir, "ra.db"))
	if err != nil {
		return nil, nil, err
	}
	closers = append(closers, store.Close)
	as := csr.Standard()
	carrier, err := newCarrier(ctx, as, filepath.Join(dir, "carrier"))
	if err != nil {
		return nil, nil, err
	}
	closers = append(closers, carrier.Close)
	printer, err := forms.New(forms.Config{Algorithms: as, Authority: authority, Invoice: &invoice})
	if err != nil {
		return nil, nil, err
	}
	w, err := journey.New(journey.Config{
		Store: store, Messages: store.Messages(nil), Printer: printer, Keys: journey.Carrier{Carrier: carrier, Algorithms: as},
	})
	if err != nil {
		return nil, nil, err
	}
	closers = append(closers, w.Close)
	c, err := w.PlayStory(ctx, story)
	if err != nil {
		return nil, nil, err
	}
	if r, err = w.Authority.Request(ctx, c.ID); err != nil {
		return nil, nil, err
	}
	entries, err = w.Authority.History(ctx, c.ID)
	return r, entries, err
}

// newCarrier makes a token in software.
func newCarrier(ctx context.Context, as csr.Algorithms, path string) (token.Carrier, error) {
	pin, _, err := softtoken.FactoryPINs("plain")
	if err != nil {
		return nil, err
	}
	return workplace.Open(ctx, workplace.Place{Kind: workplace.Soft, Path: path}, workplace.Config{Algorithms: as, PIN: token.FixedPIN(pin), Make: true})
}

var authority = forms.Authority{
	Name: "АО «Учебный удостоверяющий центр»", HeadTitle: "Генеральному директору", HeadName: "П. П. Печатникову",
	Address: "109000, г. Москва, ул. Сургучная, д. 1", RulesTitle: "Порядок реализации функций удостоверяющего центра",
	RulesDate: time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC), RulesURL: "https://ca.example.org/rules",
}

var invoice = forms.Invoice{
	Seller: forms.Seller{
		Name: "АО «Учебный удостоверяющий центр»", Address: "109000, г. Москва, ул. Сургучная, д. 1", INN: "7707083893", KPP: "770701001",
		Bank: "АО «Учебный банк», г. Москва", BIC: "044525225", Account: "40702810900000000001",
		Correspondent: "30101810400000000225", HeadTitle: "Генеральный директор", HeadName: "П. П. Печатников",
	},
	Items: []forms.Item{{Name: "Сертификат электронной подписи", Price: 250000}}, NoVAT: "учебный счёт",
}
