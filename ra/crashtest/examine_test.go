package crashtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/rpc"
	"slices"
	"strings"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/audit"
	"github.com/surguch/surguch/workflow"
)

// examine looks at a store that nobody works on any more. What it asserts is
// in the comment of the package, by the same letters.
func (k *trial) examine() {
	k.t.Helper()
	ctx := context.Background()
	store, err := k.plan.open(ctx)
	if err != nil {
		k.t.Fatal(err)
	}
	defer store.Close()
	client, err := rpc.Dial("unix", k.world.socket)
	if err != nil {
		k.t.Fatal(err)
	}
	defer client.Close()
	config, err := k.plan.config(store, &remote{Client: client})
	if err != nil {
		k.t.Fatal(err)
	}
	authority, err := ra.New(config)
	if err != nil {
		k.t.Fatal(err)
	}
	rows, err := store.Page(ctx, ra.Query{Limit: 1000})
	if err != nil {
		k.t.Fatal(err)
	}
	if len(rows) != k.plan.People {
		k.t.Errorf("got %d requests for %d people", len(rows), k.plan.People)
	}
	lost, versions, tasks := 0, int64(0), map[string]ra.TaskState{}
	for _, row := range rows {
		if missing := k.acked[row.ID] - row.Version; missing > 0 { // a
			lost += int(missing)
		}
		delete(k.acked, row.ID)
		versions += row.Version
		for key, state := range k.request(ctx, store, authority, row.ID) {
			tasks[key] = state
		}
	}
	for id, version := range k.acked {
		k.t.Errorf("a: request %s at %d is gone", id, version)
		lost += int(version)
	}
	doubled := k.world.compare(k, tasks)
	k.trail(ctx, store, versions)
	harmless, _ := k.world.repeated()
	k.t.Logf("%d kills, %d requests, %d acknowledged transitions of %d entries, %d tasks: %d lost, %d doubled; %d questions repeated under their key; %d kinds of errors that went away",
		k.kills, len(rows), k.total, versions, len(tasks), lost, doubled, harmless, len(k.complain))
	if lost > 0 {
		k.t.Errorf("a: %d acknowledged transitions are lost", lost)
	}
}

// request examines one request and returns its tasks.
func (k *trial) request(ctx context.Context, store ra.Store, authority *ra.Authority, id ra.ID) map[string]ra.TaskState {
	k.t.Helper()
	r, err := authority.Request(ctx, id)
	if err != nil {
		k.t.Fatal(err)
	}
	entries, err := authority.History(ctx, id)
	if err != nil {
		k.t.Fatal(err)
	}
	if int64(len(entries)) != r.Version { // b
		k.t.Errorf("b: request %s at %d has %d lines", id, r.Version, len(entries))
	}
	list, err := store.Tasks(ctx, id)
	if err != nil {
		k.t.Fatal(err)
	}
	tasks := map[string]ra.TaskState{}
	for _, t := range list {
		tasks[t.Key] = t.State
		if t.State != ra.TaskDone { // d, h: nothing was ever refused for good here
			k.t.Errorf("d: task %s is %s after %d attempts: %s", t.Key, t.State, t.Attempt, t.Error)
		}
	}
	if k.erased[id] && !r.Erased {
		k.t.Errorf("a: request %s was said to be erased", id)
	}
	if r.Erased {
		return tasks
	}
	again, err := ra.Replay(entries)
	if err != nil {
		k.t.Fatalf("b: %v", err)
	}
	if got, want := text(again), text(r); got != want {
		k.t.Errorf("b: the journal gives\n%s, the request is\n%s", got, want)
	}
	k.ordered(ctx, authority, r, entries, tasks)
	for _, e := range r.Exhibits { // f
		data, err := authority.DocumentByHash(ctx, r, e.Hash)
		if err != nil {
			k.t.Errorf("f: request %s: %s: %v", id, e.Kind, err)
			continue
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != e.Hash {
			k.t.Errorf("f: request %s: %s is another document", id, e.Kind)
		}
	}
	return tasks
}

func text(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// ordered compares the tasks with what the arrows of the journal order.
func (k *trial) ordered(ctx context.Context, authority *ra.Authority, r *ra.Request, entries []ra.Entry, tasks map[string]ra.TaskState) {
	k.t.Helper()
	p, err := authority.Process(ctx, r)
	if err != nil {
		k.t.Fatal(err)
	}
	want := map[string]bool{}
	order := func(seq int64, effects ...workflow.Effect) {
		for _, e := range effects {
			want[fmt.Sprintf("%s/%s/%d", r.ID, e, seq)] = true
		}
	}
	for _, e := range entries {
		switch e.Kind {
		case ra.Began:
			order(e.Seq, p.Start...)
		case ra.Moved:
			i := slices.IndexFunc(p.Steps, func(s workflow.Step) bool {
				return s.From == e.From && s.On == e.Event && s.To == e.To && s.By == e.By.Role
			})
			if i < 0 {
				k.t.Errorf("c: request %s: no arrow is as entry %d says", r.ID, e.Seq)
				continue
			}
			order(e.Seq, p.Steps[i].Do...)
		case ra.Reminded:
			order(e.Seq, workflow.NotifyApplicant)
		case ra.Troubled, ra.LateResult:
			k.t.Errorf("h: request %s: entry %d tells of %s: %s", r.ID, e.Seq, e.Kind, text(e))
		}
	}
	got, should := slices.Sorted(maps.Keys(tasks)), slices.Sorted(maps.Keys(want))
	if !slices.Equal(got, should) {
		k.t.Errorf("c: request %s: got tasks\n%v, the journal orders\n%v", r.ID, got, should)
	}
}

// compare looks that the world did what tasks say that it did, and once.
func (w *world) compare(k *trial, tasks map[string]ra.TaskState) (doubled int) {
	k.t.Helper()
	_, orders := w.repeated()
	for _, key := range orders {
		k.t.Errorf("d: %d certificates under %s", w.orders[key], key)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	effects := map[workflow.Effect]map[string]int{
		workflow.SendToCA: w.orders, workflow.SignApplication: w.packages, workflow.SignAcknowledgement: w.packages,
		workflow.SendLink: w.notices, workflow.NotifyApplicant: w.notices, workflow.NotifyOperator: w.notices,
	}
	for _, m := range []map[string]int{w.orders, w.packages, w.notices} {
		for key := range m {
			if _, known := tasks[key]; !known {
				k.t.Errorf("d: the world did something under %s, which is no task", key)
				doubled++
			}
		}
	}
	for key, state := range tasks {
		effect := workflow.Effect(part(key, 1))
		if done, outside := effects[effect]; outside && state == ra.TaskDone && done[key] == 0 {
			k.t.Errorf("d: %s is done and the world knows nothing of it", key)
		}
	}
	return doubled + len(orders)
}

// trail verifies the audit trail against what was exported.
func (k *trial) trail(ctx context.Context, store ra.Store, versions int64) {
	k.t.Helper()
	sealer, err := audit.NewSealer(audit.Config{Store: store, Key: k.world.seal, Origin: origin})
	if err != nil {
		k.t.Fatal(err)
	}
	if _, err := sealer.Seal(ctx); err != nil {
		k.t.Fatalf("e: %v", err)
	}
	v, err := audit.NewVerifier(nil, origin, k.world.seal.Public())
	if err != nil {
		k.t.Fatal(err)
	}
	k.world.mu.Lock()
	trusted := slices.Clone(k.world.exported)
	k.world.mu.Unlock()
	report, err := audit.VerifyStore(ctx, store, v, audit.Options{Trusted: trusted})
	if err != nil {
		k.t.Errorf("e: %v", err)
	}
	if report.Leaves != versions || report.Unsealed > 0 {
		k.t.Errorf("b: %d leaves are sealed and %d are not; the versions make %d", report.Leaves, report.Unsealed, versions)
	}
	if report.Trusted != len(trusted) || len(trusted) == 0 {
		k.t.Errorf("e: the trail begins with %d of %d exported checkpoints", report.Trusted, len(trusted))
	}
}

// part is one part of a task's key.
func part(key string, i int) string {
	if parts := strings.Split(key, "/"); i < len(parts) {
		return parts[i]
	}
	return ""
}
