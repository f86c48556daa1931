package ra_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/smev"
)

// aviary is a world whose applicant is made of words that stand nowhere else,
// with ears at every place where they could get out.
type aviary struct {
	*world
	mu     sync.Mutex
	stored bytes.Buffer // all that the store was given but for what requests are found by
	told   bytes.Buffer // telemetry
	errors bytes.Buffer // of every call
	kept   bytes.Buffer // errors and notes of tasks
	tokens []string     // of links
	rude   bool         // outside services repeat in their errors what they were given
}

func newAviary(t *testing.T) *aviary {
	v := &aviary{world: newWorld(t)}
	v.world.form = ra.Form{
		LegalForm: "person", Email: "fringilla.canary@example.org", Phone: "+79264410937", SNILS: v.form.SNILS, INN: v.form.INN,
		LastName: "Канарейкин-Чижов", FirstName: "Ипполитослав", MiddleName: "Зябликович", Gender: "1", Country: "RU",
		BirthDate: "1983-02-11", BirthPlace: "с. Певчеперье", PassportSeries: "4593", PassportNumber: "730618",
		PassportDate: "2011-03-07", PassportIssuer: "ОВД Клеткинского района", PassportDivCode: "731-908",
		Region: "77 Снегирёвский край", City: "Щеглоград", Street: "ул. Овсянкина, 44", PostalCode: "618374",
	}
	if faults := v.form.Check(v.clock.Now()); len(faults) > 0 {
		t.Fatal(faults)
	}
	v.reopen(func(c *ra.Config) {
		c.Store, c.CaseKeys, c.Telemetry = eavesdropper{c.Store, v}, &keyring{}, v
		c.Registers, c.Notifier, c.Printer, c.Signer = rudeRegisters{c.Registers, v}, v, v, rudeSigner{c.Signer, v}
		c.Log = slog.New(slog.NewTextHandler(v.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		c.Failures = 3
	})
	return v
}

// heard notes the error of a call.
func (v *aviary) heard(err error) {
	if err != nil {
		fmt.Fprintln(&v.errors, err)
	}
}

// after lets time pass and hears the errors of what happens.
func (v *aviary) after(d time.Duration) {
	v.clock.Advance(d)
	for some := true; some; {
		var err error
		if some, err = v.authority.Work(v.ctx); err != nil {
			v.heard(err)
			return
		}
	}
}

// eavesdropper hears what is stored.
type eavesdropper struct {
	ra.Store
	v *aviary
}

func (e eavesdropper) Save(ctx context.Context, c *ra.Change) error {
	e.v.mu.Lock()
	row := *c.Row
	row.Terms = ra.Terms{}
	fmt.Fprintf(&e.v.stored, "%+v %s\n", row, row.Data)
	for _, l := range c.Lines {
		fmt.Fprintf(&e.v.stored, "%s\n", l.Data)
	}
	for _, l := range c.Leaves {
		fmt.Fprintf(&e.v.stored, "%s\n", l)
	}
	for _, b := range c.Blobs {
		fmt.Fprintf(&e.v.stored, "%s %s\n", b.Name, b.Data)
	}
	for _, t := range append(c.Tasks, deref(c.After)...) {
		fmt.Fprintf(&e.v.kept, "%s %s %s\n", t.Key, t.Note, t.Error)
	}
	if c.Command != nil {
		fmt.Fprintf(&e.v.stored, "%s\n", c.Command.Answer)
	}
	fmt.Fprintln(&e.v.stored, c.Claims, c.Forget, c.Timers)
	e.v.mu.Unlock()
	return e.Store.Save(ctx, c)
}

func deref(t *ra.Task) []ra.Task {
	if t == nil {
		return nil
	}
	return []ra.Task{*t}
}

func (e eavesdropper) Settle(ctx context.Context, claimed, after ra.Task) error {
	fmt.Fprintf(&e.v.kept, "%s %s %s\n", after.Key, after.Note, after.Error)
	return e.Store.Settle(ctx, claimed, after)
}

// Start, Count and Measure make it a ra.Telemetry.
func (v *aviary) Start(ctx context.Context, span string, attributes ...ra.Attribute) (context.Context, func(error)) {
	fmt.Fprintln(&v.told, span, attributes)
	return ctx, func(err error) { fmt.Fprintln(&v.told, span, err) }
}

func (v *aviary) Count(_ context.Context, counter string, n int64, attributes ...ra.Attribute) {
	fmt.Fprintln(&v.told, counter, n, attributes)
}

func (v *aviary) Measure(_ context.Context, measure string, value float64, attributes ...ra.Attribute) {
	fmt.Fprintln(&v.told, measure, value, attributes)
}

// everything is the applicant as an outside service may repeat him.
func (v *aviary) everything() string {
	f := v.form
	return fmt.Sprintf("%+v; %s, %s %s; %s-%s-%s %s; %s", f, strings.ToUpper(f.FullName()), f.PassportSeries, f.PassportNumber,
		f.SNILS[:3], f.SNILS[3:6], f.SNILS[6:9], f.SNILS[9:], "11.02.1983")
}

var errRude = errors.New("the service is rude")

func (v *aviary) rudely() error {
	if v.rude {
		return fmt.Errorf("%w: %s", errRude, v.everything())
	}
	return nil
}

// Notify is a mail server that quotes the letter it refuses.
func (v *aviary) Notify(_ context.Context, n ra.Notice) error {
	if n.Link != "" {
		_, secret, _ := strings.Cut(n.Link, ".")
		v.tokens = append(v.tokens, secret)
	}
	if v.rude {
		return fmt.Errorf("550 no such mailbox: %+v", n)
	}
	return nil
}

// Print is a printer that panics with all it was given.
func (v *aviary) Print(ctx context.Context, d ra.Document) ([]byte, error) {
	if v.rude {
		panic(fmt.Sprintf("no glyph in %s", v.everything()))
	}
	return append([]byte(v.everything()), d.Kind...), nil
}

type rudeRegisters struct {
	smev.Verifier
	v *aviary
}

func (r rudeRegisters) Ask(ctx context.Context, q smev.Inquiry) (string, error) {
	if err := r.v.rudely(); err != nil {
		return "", fmt.Errorf("%w: %+v", err, q)
	}
	return r.Verifier.Ask(ctx, q)
}

type rudeSigner struct {
	ra.MobileSigner
	v *aviary
}

func (s rudeSigner) Submit(ctx context.Context, r ra.SignRequest) (ra.OperationID, error) {
	if err := s.v.rudely(); err != nil {
		return "", fmt.Errorf("no subscriber %s: %w", r.SNILS, err)
	}
	return s.MobileSigner.Submit(ctx, r)
}
