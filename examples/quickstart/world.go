package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/local"
	"github.com/surguch/surguch/ra/forms"
	"github.com/surguch/surguch/ra/goskey"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/smev/client"
	"github.com/surguch/surguch/smev/smevtest"
	"github.com/surguch/surguch/smev/xmldsig"
	"github.com/surguch/surguch/workflow"
)

// world is an authority and everything around it, in one process and on one
// virtual clock.
type world struct {
	clock   *testenv.Clock
	journey *journey
	files   *folder
	as      csr.Algorithms
	curve   *gost.Curve

	registers *smevtest.Server // SMEV
	phones    *goskey.Emulator // Goskey
	mailbox   *mailbox
	root      *csr.Certificate // of the authority that issues
	appRoot   *csr.Certificate // of the authority behind Goskey

	store     *sqlstore.Store
	authority *ra.Authority
	carrier   carrier // at the applicant's workplace
}

// startTime is where the virtual clock begins: half a day ago, so that the
// certificates made on the way are valid by the time the journey ends.
func startTime() time.Time { return time.Now().Add(-12 * time.Hour).Truncate(time.Second) }

func newWorld(ctx context.Context, clock *testenv.Clock, curve *gost.Curve, carrier string, files *folder, j *journey, log *slog.Logger) (w *world, err error) {
	w = &world{clock: clock, journey: j, files: files, as: csr.Standard(), curve: curve, mailbox: &mailbox{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()

	issuing, root, err := w.newCA("Сургуч: учебный удостоверяющий центр")
	if err != nil {
		return w, err
	}
	w.root = root
	behindApp, appRoot, err := w.newCA("Сургуч: учебный центр приложения Госключ")
	if err != nil {
		return w, err
	}
	w.appRoot = appRoot
	if w.phones, err = goskey.NewEmulator(goskey.Config{Algorithms: w.as, CA: behindApp, Curve: curve, Clock: clock}); err != nil {
		return w, err
	}
	printer, err := forms.New(forms.Config{Algorithms: w.as, Authority: forms.Authority{
		Name: "АО «Учебный удостоверяющий центр»", HeadTitle: "Генеральному директору", HeadName: "П. П. Печатникову",
		Address:    "109000, г. Москва, ул. Сургучная, д. 1",
		RulesTitle: "Порядок реализации функций удостоверяющего центра",
		RulesDate:  time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC), RulesURL: "https://ca.example.org/rules",
	}})
	if err != nil {
		return w, err
	}
	process, err := workflow.Lookup(processName)
	if err != nil {
		return w, err
	}
	if w.store, err = sqlstore.Open(ctx, files.path("ra.db")); err != nil {
		return w, err
	}
	verifier, err := w.newRegisters()
	if err != nil {
		return w, err
	}
	if w.carrier, err = openCarrier(ctx, carrier, files, w.as); err != nil {
		return w, err
	}
	w.authority, err = ra.New(ra.Config{
		Store: w.store, Processes: []*workflow.Process{process}, Algorithms: w.as,
		Registers: verifier, Rehearsal: true,
		CA: issuing, Issuers: []*csr.Certificate{root},
		Signer: w.phones, SignerAnchors: []*csr.Certificate{appRoot},
		Notifier: w.mailbox, Printer: printer,
		Clock: clock, Log: log,
	})
	return w, err
}

// newRegisters starts a simulator of SMEV and the registers behind it, and
// makes the client that asks them.
func (w *world) newRegisters() (*client.Client, error) {
	var err error
	if w.registers, err = smevtest.NewServer(smevtest.Config{Clock: w.clock}); err != nil {
		return nil, err
	}
	url, err := w.registers.Listen()
	if err != nil {
		return nil, err
	}
	signer, err := w.registers.Enroll("RA0001")
	if err != nil {
		return nil, err
	}
	return client.New(client.Config{
		URL: url, Clock: w.clock, Test: true, Store: w.store.Messages(nil),
		Signer: func() *xmldsig.Signer { return signer },
		SMEV:   []*csr.Certificate{w.registers.Certificate()}, Participants: []*csr.Certificate{w.registers.Root()},
	})
}

// newCA makes an authority with a key and a root certificate of its own.
func (w *world) newCA(commonName string) (*local.CA, *csr.Certificate, error) {
	key, err := gost.GenerateKey(w.curve, nil)
	if err != nil {
		return nil, nil, err
	}
	name, err := csr.NewName(
		csr.NewAttribute(csr.OGRN, "1027700132195"),
		csr.NewAttribute(csr.INNLE, "7707083893"),
		csr.NewAttribute(csr.Country, "RU"),
		csr.NewAttribute(csr.StateOrProvince, "77 г. Москва"),
		csr.NewAttribute(csr.Locality, "Москва"),
		csr.NewAttribute(csr.Organization, commonName),
		csr.NewAttribute(csr.CommonName, commonName),
	)
	if err != nil {
		return nil, nil, err
	}
	root, err := local.NewRoot(w.as, key, name, w.clock.Now())
	if err != nil {
		return nil, nil, err
	}
	ca, err := local.New(local.Config{
		Algorithms: w.as, Key: key, Certificate: root, Clock: w.clock,
		SubjectTool: "surguch, программное средство для разработки (не сертифицировано)",
		IssuerTool: qualified.IssuerSignTool{
			SignTool: "surguch, программное средство для разработки", CATool: "surguch, учебный удостоверяющий центр",
			SignToolCert: "не сертифицировано", CAToolCert: "не сертифицирован",
		},
	})
	return ca, root, err
}

func (w *world) close() error {
	var errs []error
	if w.carrier.Carrier != nil {
		errs = append(errs, w.carrier.Close())
	}
	if w.store != nil {
		errs = append(errs, w.store.Close())
	}
	if w.registers != nil {
		errs = append(errs, w.registers.Close())
	}
	return errors.Join(errs...)
}

// mailbox receives what the authority tells people.
type mailbox struct{ notices []ra.Notice }

// Notify keeps the notice.
func (m *mailbox) Notify(_ context.Context, n ra.Notice) error {
	m.notices = append(m.notices, n)
	return nil
}

// link returns the secret of the latest individual link.
func (m *mailbox) link() (string, error) {
	for i := len(m.notices) - 1; i >= 0; i-- {
		if l := m.notices[i].Link; l != "" {
			return l, nil
		}
	}
	return "", errors.New("индивидуальная ссылка не пришла")
}

// shipped is the application of an invented person, the same every time.
func shipped() *ra.Application {
	return &ra.Application{Process: processName, Form: applicant.Form(1)}
}

// logTo is where failed attempts of effects are told: nowhere, unless asked.
func logTo(w io.Writer, verbose bool) *slog.Logger {
	if !verbose {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(w, nil))
}

var errStuck = errors.New("заявка не двигается дальше")

// work lets the authority do what it can in its place until the request has
// left it, moving the virtual clock to whatever falls due next.
func (w *world) work(ctx context.Context, id ra.ID, place workflow.State) (*ra.Request, error) {
	end := w.clock.Now().Add(24 * time.Hour)
	for {
		some, err := w.authority.Work(ctx)
		if err != nil {
			return nil, err
		}
		if err := w.journey.show(ctx, w.authority, id); err != nil {
			return nil, err
		}
		if some {
			continue
		}
		r, err := w.authority.Request(ctx, id)
		if err != nil {
			return nil, err
		}
		next, err := w.authority.Next(ctx)
		switch {
		case err != nil:
			return nil, err
		case r.State != place:
			return r, nil
		case next.IsZero() || next.After(end):
			return nil, fmt.Errorf("%w: «%s»", errStuck, r.State)
		}
		w.clock.Set(next)
	}
}
