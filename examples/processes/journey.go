package main

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
	"github.com/surguch/surguch/ra/forms"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/softtoken"
	"github.com/surguch/surguch/workflow"
)

// tell plays the journeys of processes and tells each of them, in Russian.
func tell(ctx context.Context, out io.Writer, list []*workflow.Process) error {
	gap := ""
	for _, p := range list {
		for _, story := range journey.Stories(p) {
			text, err := play(ctx, p, story)
			if err != nil {
				return fmt.Errorf("%s: %w", p.Name, err)
			}
			fmt.Fprint(out, gap, text)
			gap = "\n"
		}
	}
	return nil
}

// play plays a journey in a world of its own, on a virtual clock, and tells it.
// The authority's database and the token that keys are made on are files of a
// directory that is removed in the end.
func play(ctx context.Context, p *workflow.Process, story []journey.Plan) (text string, err error) {
	dir, err := os.MkdirTemp("", "surguch-journey-")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	store, err := sqlstore.Open(ctx, filepath.Join(dir, "ra.db"))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	as := csr.Standard()
	carrier, err := newCarrier(ctx, as, filepath.Join(dir, "carrier"))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, carrier.Close()) }()
	printer, err := forms.New(forms.Config{Algorithms: as, Authority: authority, Invoice: &invoice})
	if err != nil {
		return "", err
	}
	w, err := journey.New(journey.Config{
		Store: store, Messages: store.Messages(nil), Printer: printer, Keys: journey.Carrier{Carrier: carrier, Algorithms: as},
	})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	c, err := w.PlayStory(ctx, story)
	if err != nil {
		return "", err
	}
	entries, err := w.Authority.History(ctx, c.ID)
	return journey.Tell(p, entries), err
}

// newCarrier makes a token in software.
func newCarrier(ctx context.Context, as csr.Algorithms, path string) (token.Carrier, error) {
	pin, _, err := softtoken.FactoryPINs("plain")
	if err != nil {
		return nil, err
	}
	return workplace.Open(ctx, workplace.Place{Kind: workplace.Soft, Path: path}, workplace.Config{Algorithms: as, PIN: token.FixedPIN(pin), Make: true})
}

// authority is who the printed forms are of.
var authority = forms.Authority{
	Name: "АО «Учебный удостоверяющий центр»", HeadTitle: "Генеральному директору", HeadName: "П. П. Печатникову",
	Address:    "109000, г. Москва, ул. Сургучная, д. 1",
	RulesTitle: "Порядок реализации функций удостоверяющего центра",
	RulesDate:  time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC), RulesURL: "https://ca.example.org/rules",
}

var invoice = forms.Invoice{
	Seller: forms.Seller{
		Name: authority.Name, Address: authority.Address, INN: "7707083893", KPP: "770701001",
		Bank: "АО «Учебный банк», г. Москва", BIC: "044525225", Account: "40702810900000000001", Correspondent: "30101810400000000225",
		HeadTitle: "Генеральный директор", HeadName: "П. П. Печатников",
	},
	Items: []forms.Item{{Name: "Сертификат электронной подписи", Price: 250000}}, NoVAT: "учебный счёт",
}
