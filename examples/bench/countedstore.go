package main

import (
	"context"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/smev/client"
)

// countedStore is a store whose calls are counted: those that a journey makes.
type countedStore struct {
	ra.Store
	c *count
}

func (s countedStore) Save(ctx context.Context, change *ra.Change) error {
	_, err := timed(ctx, s.c, "store: save", func(ctx context.Context) (struct{}, error) { return struct{}{}, s.Store.Save(ctx, change) })
	return err
}

func (s countedStore) Load(ctx context.Context, id ra.ID) (*ra.Row, error) {
	return timed(ctx, s.c, "store: load", func(ctx context.Context) (*ra.Row, error) { return s.Store.Load(ctx, id) })
}

func (s countedStore) Blob(ctx context.Context, name string) ([]byte, error) {
	return timed(ctx, s.c, "store: blob", func(ctx context.Context) ([]byte, error) { return s.Store.Blob(ctx, name) })
}

func (s countedStore) Command(ctx context.Context, key string) (*ra.Command, error) {
	return timed(ctx, s.c, "store: command", func(ctx context.Context) (*ra.Command, error) { return s.Store.Command(ctx, key) })
}

func (s countedStore) Tasks(ctx context.Context, id ra.ID) ([]ra.Task, error) {
	return timed(ctx, s.c, "store: tasks", func(ctx context.Context) ([]ra.Task, error) { return s.Store.Tasks(ctx, id) })
}

func (s countedStore) Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]ra.Task, error) {
	return timed(ctx, s.c, "store: claim", func(ctx context.Context) ([]ra.Task, error) { return s.Store.Claim(ctx, now, lease, limit) })
}

func (s countedStore) Due(ctx context.Context, now time.Time, limit int) (timers []ra.Timer, next time.Time, err error) {
	ctx, end := s.c.Start(ctx, "store: due")
	defer end(nil)
	return s.Store.Due(ctx, now, limit)
}

// countedMessages is countedStore for the messages of SMEV.
type countedMessages struct {
	client.Store
	c *count
}

func (m countedMessages) Put(ctx context.Context, s client.Sent, was string) (client.Sent, error) {
	return timed(ctx, m.c, "messages: put", func(ctx context.Context) (client.Sent, error) { return m.Store.Put(ctx, s, was) })
}

func (m countedMessages) Get(ctx context.Context, id string) (client.Sent, error) {
	return timed(ctx, m.c, "messages: get", func(ctx context.Context) (client.Sent, error) { return m.Store.Get(ctx, id) })
}

func (m countedMessages) Keep(ctx context.Context, r client.Received) error {
	_, err := timed(ctx, m.c, "messages: keep", func(ctx context.Context) (struct{}, error) { return struct{}{}, m.Store.Keep(ctx, r) })
	return err
}

func (m countedMessages) Answers(ctx context.Context, original string) ([]client.Received, error) {
	return timed(ctx, m.c, "messages: answers", func(ctx context.Context) ([]client.Received, error) { return m.Store.Answers(ctx, original) })
}
