package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"github.com/surguch/surguch/ra"
)

// Bounds of the job engine.
const (
	queueName   = "surguch" // apart from queues that the embedder may have
	jobAttempts = 10_000    // an error of ours is no reason to give a task up
	longestWait = time.Minute
	missedEvery = time.Minute
	missedAfter = 30 * time.Second
	missedBatch = 1000
	stopWithin  = 10 * time.Second
)

// queue hands tasks to the job engine River, in the transaction that orders
// them. Its jobs hold the key of a task and nothing else: what is to be done,
// and whether it is, stands in the table task.
type queue struct {
	client *river.Client[pgx.Tx] // inserts, works nothing
	log    *slog.Logger
}

// jobArgs is what a job holds.
type jobArgs struct {
	Key string `json:"key" river:"unique"`
}

// Kind is the name of the kind of job.
func (jobArgs) Kind() string { return "surguch_task" }

// newQueue brings River's tables up to date.
func newQueue(ctx context.Context, pool *pgxpool.Pool, log *slog.Logger) (*queue, error) {
	q := &queue{log: cmp.Or(log, slog.Default())}
	driver := riverpgxv5.New(pool)
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err == nil {
		_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	}
	if err == nil {
		q.client, err = river.NewClient(driver, &river.Config{Logger: q.log})
	}
	if err != nil {
		return nil, fmt.Errorf("sqlstore: job engine: %w", err)
	}
	return q, nil
}

// insert makes a job of each task that has none yet. The job that runs now
// counts: it is put off when the worker says so.
func (q *queue) insert(ctx context.Context, tx pgx.Tx, tasks []ordered) error {
	jobs := make([]river.InsertManyParams, len(tasks))
	for i, t := range tasks {
		options := &river.InsertOpts{
			Queue: queueName, MaxAttempts: jobAttempts, Priority: 2,
			UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
				rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
				rivertype.JobStateRetryable, rivertype.JobStateScheduled,
			}},
		}
		if t.expedited {
			options.Priority = 1
		}
		if t.due.After(time.Now()) {
			options.ScheduledAt = t.due
		}
		jobs[i] = river.InsertManyParams{Args: jobArgs{t.key}, InsertOpts: options}
	}
	if _, err := q.client.InsertManyTx(ctx, tx, jobs); err != nil {
		return fmt.Errorf("sqlstore: job engine: %w", err)
	}
	return nil
}

// JobsConfig is how a node works on jobs.
type JobsConfig struct {
	// Workers is how many effects run at once on this node. Zero: 16.
	Workers int
	// Rescue is after what time the job of a node that died is given to
	// another one; looked for every half minute. It need not be longer than
	// effects run. Zero: one minute.
	Rescue time.Duration
}

// Jobs returns the job engine of a store that was opened with
// PostgresConfig.Jobs, for ra.Config.Jobs; nil of any other. A job that runs
// longer than Rescue may be begun on another node as well: the lease of the
// task decides.
func (s *Store) Jobs(c JobsConfig) ra.Jobs {
	e, ok := s.engine.(*postgres)
	if !ok || e.queue == nil {
		return nil
	}
	return &engineJobs{s, e, c}
}

type engineJobs struct {
	store  *Store
	engine *postgres
	config JobsConfig
}

// Run works on jobs until ctx ends.
func (j *engineJobs) Run(ctx context.Context, work func(ctx context.Context, key string) (time.Time, error)) error {
	workers := river.NewWorkers()
	// How long an effect may take is between it and the lease of its task:
	// River's own limit, the context that is not used, does not break it off.
	river.AddWorker(workers, river.WorkFunc(func(_ context.Context, job *river.Job[jobArgs]) error {
		again, err := work(ctx, job.Args.Key)
		switch {
		case err != nil && ctx.Err() != nil:
			return river.JobSnooze(0) // this node stops; another one goes on
		case err == nil && !again.IsZero():
			return river.JobSnooze(max(time.Until(again), 0))
		}
		return err
	}))
	rescue := cmp.Or(j.config.Rescue, time.Minute)
	client, err := river.NewClient(riverpgxv5.New(j.engine.pool), &river.Config{
		Queues:               map[string]river.QueueConfig{queueName: {MaxWorkers: cmp.Or(j.config.Workers, 16)}},
		Workers:              workers,
		JobTimeout:           rescue, // River rescues no job without one
		RescueStuckJobsAfter: rescue,
		RetryPolicy:          retry{},
		Logger:               j.engine.queue.log,
	})
	if err != nil {
		return fmt.Errorf("sqlstore: job engine: %w", err)
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("sqlstore: job engine: %w", err)
	}
	defer func() {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
		defer cancel()
		if err := client.StopAndCancel(stop); err != nil {
			j.engine.queue.log.WarnContext(ctx, "sqlstore: job engine: stop", "error", err)
		}
	}()
	for {
		if err := j.missed(ctx); err != nil && ctx.Err() == nil {
			j.engine.queue.log.ErrorContext(ctx, "sqlstore: job engine", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(missedEvery):
		}
	}
}

// missed makes jobs of tasks that are late and have none: ordered when nobody
// set Jobs, or retried while their last job was ending.
func (j *engineJobs) missed(ctx context.Context) error {
	type late struct {
		ordered
		n int64
	}
	last := late{ordered{due: time.UnixMilli(-1 << 53)}, 0}
	for {
		tasks, err := list(ctx, j.store, func(scan scan) (t late, err error) {
			var due, ordinary int64
			err = scan(&t.key, &due, &t.n, &ordinary)
			t.due, t.expedited = at(due), ordinary == 0
			return t, err
		}, `SELECT key, due_ms, n, ordinary FROM task WHERE state = 'intended' AND due_ms <= $1 AND (due_ms, n) > ($2, $3) ORDER BY due_ms, n LIMIT $4`,
			milli(time.Now().Add(-missedAfter)), milli(last.due), last.n, missedBatch)
		if err != nil || len(tasks) == 0 {
			return err
		}
		u := &unit{}
		for _, t := range tasks {
			u.jobs = append(u.jobs, t.ordered)
		}
		if err := j.engine.write(ctx, u); err != nil {
			return err
		}
		last = tasks[len(tasks)-1]
	}
}

// retry is how long to wait after an error of ours, such as a database that
// was away: 1 s, 2 s, 4 s … a minute.
type retry struct{}

// NextRetry is when the job is tried again.
func (retry) NextRetry(job *rivertype.JobRow) time.Time {
	return time.Now().Add(min(time.Second<<min(len(job.Errors), 10), longestWait))
}
