package journey_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/journey"
	"github.com/surguch/surguch/internal/testenv/pg"
	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/ra/forms"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/softtoken"
)

// base is what a world stands on.
type base struct {
	name string
	open func(t testing.TB) *sqlstore.Store
}

var stores = []base{
	{"SQLite", func(t testing.TB) *sqlstore.Store {
		s, err := sqlstore.Open(t.Context(), filepath.Join(t.TempDir(), "ra.db"))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}},
	{"PostgreSQL", func(t testing.TB) *sqlstore.Store {
		s, err := sqlstore.OpenPostgres(t.Context(), sqlstore.PostgresConfig{URL: pg.Start(t)})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}},
}

// tested are the stores that a test is run on: SQLite alone, if it is to be short.
func tested() []base {
	if testing.Short() {
		return stores[:1]
	}
	return stores
}

// newWorld is one on a store, which is closed with it.
func newWorld(t testing.TB, store *sqlstore.Store, change func(*journey.Config)) *journey.World {
	t.Helper()
	config := journey.Config{
		Store: store, Messages: store.Messages(nil), Printer: newPrinter(t), Seed: 1,
		Log: slog.New(slog.NewTextHandler(&testLog{t: t}, nil)),
	}
	if change != nil {
		change(&config)
	}
	w, err := journey.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, err := range []error{w.Close(), store.Close()} {
			if err != nil {
				t.Error(err)
			}
		}
	})
	return w
}

// onToken has applicants keep their keys on a token in software.
func onToken(t testing.TB) func(*journey.Config) {
	t.Helper()
	as := csr.Standard()
	pin, _, err := softtoken.FactoryPINs("plain")
	if err != nil {
		t.Fatal(err)
	}
	carrier, err := workplace.Open(t.Context(), workplace.Place{Kind: workplace.Soft, Path: filepath.Join(t.TempDir(), "carrier")},
		workplace.Config{Algorithms: as, PIN: token.FixedPIN(pin), Make: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := carrier.Close(); err != nil {
			t.Error(err)
		}
	})
	return func(c *journey.Config) { c.Keys = journey.Carrier{Carrier: carrier, Algorithms: as} }
}

// testLog is shown when a test fails.
type testLog struct {
	t    testing.TB
	seen int
}

func (l *testLog) Write(p []byte) (int, error) {
	if l.seen++; l.seen < 3 {
		l.t.Logf("%s", p)
	}
	return len(p), nil
}

// newPrinter prints the real forms.
func newPrinter(t testing.TB) *forms.Printer {
	t.Helper()
	p, err := forms.New(forms.Config{Algorithms: csr.Standard(), Authority: authority, Invoice: &invoice})
	if err != nil {
		t.Fatal(err)
	}
	return p
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
