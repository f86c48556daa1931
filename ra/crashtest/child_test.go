package crashtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/rpc"
	"os"
	"sync"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/audit"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/workflow"
)

var (
	operator = ra.Actor{ID: "operator", Role: workflow.CAOperator, SecondFactor: true}
	owner    = ra.Actor{ID: "applicant", Role: workflow.Applicant}
)

// plan is what a child does.
type plan struct {
	Path     string // of a SQLite file
	URL      string // of a PostgreSQL database, instead
	Jobs     bool   // PostgreSQL's job engine runs the effects
	Socket   string // of the world; "": the store is opened and that is all
	People   int
	Idle     bool          // the last of them never fills in the form
	Erase    bool          // nothing but: completed cases are erased
	Offset   time.Duration // of the clock
	Lease    time.Duration
	Roots    [2][]byte
	Seal     []byte
	Point    string // where to die; "": nowhere
	After    int    // how often the point is passed before
	Patience time.Duration
}

// origin names the audit trail.
const origin = "ra.example/crashtest"

func (p *plan) open(ctx context.Context) (*sqlstore.Store, error) {
	if p.URL != "" {
		return sqlstore.OpenPostgres(ctx, sqlstore.PostgresConfig{URL: p.URL, Jobs: p.Jobs, Log: slog.New(slog.DiscardHandler)})
	}
	return sqlstore.Open(ctx, p.Path)
}

// config is the authority's, on a store and in a world.
func (p *plan) config(store ra.Store, r *remote) (ra.Config, error) {
	process, err := workflow.Lookup("personal-link")
	if err != nil {
		return ra.Config{}, err
	}
	var roots [2]*csr.Certificate
	for i, der := range p.Roots {
		if roots[i], err = csr.Standard().ParseCertificate(der); err != nil {
			return ra.Config{}, err
		}
	}
	return ra.Config{
		Store: store, Processes: []*workflow.Process{process},
		Registers: remoteRegisters{r}, Rehearsal: true, CA: remoteCA{r}, Issuers: roots[:1],
		Signer: remotePhones{r}, SignerAnchors: roots[1:],
		Notifier: r, Printer: printer{}, Clock: clock{p.Offset}, Lease: p.Lease, Poll: 10 * time.Millisecond,
		CommandLife: 365 * 24 * time.Hour, // people repeat themselves as long as the test goes on
		Log:         slog.New(slog.NewTextHandler(io.Discard, nil)),
	}, nil
}

// run is the child's life, if nothing ends it.
func (p *plan) run() error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	store, err := p.open(ctx)
	if err != nil || p.Socket == "" {
		return err
	}
	client, err := rpc.Dial("unix", p.Socket)
	if err != nil {
		return err
	}
	r := &remote{Client: client}
	d := &deadly{Store: store, point: p.Point, left: p.After}
	r.answered = func() { d.pass("outside") }
	config, err := p.config(d, r)
	if err != nil {
		return err
	}
	if p.Jobs {
		config.Jobs = store.Jobs(sqlstore.JobsConfig{Workers: 4, Rescue: 2 * time.Second})
	}
	authority, err := ra.New(config)
	if err != nil {
		return err
	}
	key, err := gost.NewPrivateKey(gost.CryptoProA(), p.Seal)
	if err != nil {
		return err
	}
	sealer, err := audit.NewSealer(audit.Config{
		Store: store, Key: key, Origin: origin, Every: 20 * time.Millisecond, Batch: 50,
		Export: func(ctx context.Context, c ra.Checkpoint) error {
			_, err := call[ra.Checkpoint, bool](ctx, &remote{Client: client}, "Export", c)
			return err
		},
	})
	if err != nil {
		return err
	}
	var working sync.WaitGroup
	working.Go(func() {
		for ctx.Err() == nil {
			if err := authority.Run(ctx); ctx.Err() == nil {
				fmt.Fprintln(os.Stderr, "run:", err)
			}
		}
	})
	working.Go(func() { sealer.Run(ctx) })
	if p.Erase {
		err = erase(ctx, store, authority)
	} else {
		err = (&people{plan: p, authority: authority, remote: r, store: store}).live(ctx)
	}
	if err == nil {
		err = p.settled(ctx, store)
	}
	cancel()
	working.Wait()
	if _, e := sealer.Seal(context.Background()); e != nil {
		err = errors.Join(err, e)
	}
	return errors.Join(err, store.Close())
}

// clock runs as the machine's, some time ahead, and nobody waits long.
type clock struct{ offset time.Duration }

func (c clock) Now() time.Time { return time.Now().UTC().Add(c.offset) }

// After cuts short the pauses of those who have nothing to do; leases are as
// long as they are.
func (c clock) After(d time.Duration) <-chan time.Time {
	if d <= time.Second {
		d = min(d, 5*time.Millisecond)
	}
	return time.After(d)
}

// deadly tells of what was saved, and kills the process at a point.
type deadly struct {
	ra.Store
	mu    sync.Mutex
	point string
	left  int
}

func (d *deadly) Save(ctx context.Context, c *ra.Change) error {
	d.pass("before commit")
	if c.Erase {
		d.pass("before erase")
	}
	during := d.due("during commit")
	if c.Erase {
		during = during || d.due("during erase")
	}
	if during {
		go func() {
			time.Sleep(time.Duration(time.Now().UnixNano()%1500) * time.Microsecond)
			die()
		}()
	}
	err := d.Store.Save(ctx, c)
	if err != nil {
		return err
	}
	d.pass("after commit")
	if c.Erase {
		d.pass("after erase")
	}
	if len(c.Lines) > 0 {
		fmt.Printf("saved %s %d\n", c.Row.ID, c.Row.Version)
	}
	return nil
}

// due reports whether the process has to die at this point now.
func (d *deadly) due(point string) bool {
	if d.point != point {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.left--
	return d.left == 0
}

func (d *deadly) pass(point string) {
	if d.due(point) {
		die()
	}
}

// die is kill -9.
func die() {
	if self, err := os.FindProcess(os.Getpid()); err == nil {
		self.Kill()
	}
	select {}
}
