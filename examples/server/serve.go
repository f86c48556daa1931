package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/surguch/surguch/ra"
)

// Times of the server.
const (
	headerTime = 5 * time.Second
	idleTime   = 2 * time.Minute
	stopTime   = 20 * time.Second // for what was begun to be answered
	readyTime  = 2 * time.Second
)

// serve runs the authority and answers until ctx ends; then it stops in order.
func (p *program) serve(ctx context.Context, c *config) (err error) {
	w, err := p.newWorld(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	certificate, err := tls.LoadX509KeyPair(p.cert, p.key)
	if err != nil {
		return fmt.Errorf("%w: -tls-cert, -tls-key: %w", errUsage, err)
	}
	listener, err := net.Listen("tcp", p.addr)
	if err != nil {
		return fmt.Errorf("-addr: %w", err)
	}
	stopping := &atomic.Bool{}
	server := &http.Server{
		Handler:           p.handler(w, stopping),
		ReadHeaderTimeout: headerTime, IdleTimeout: idleTime, MaxHeaderBytes: 64 << 10,
		ErrorLog:  slog.NewLogLogger(p.log.Handler(), slog.LevelDebug), // handshakes that strangers break off
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12},
	}
	server.RegisterOnShutdown(w.front.Close)

	background, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	all := []func(context.Context) error{w.authority.Run, w.registers.Run}
	if w.hooks != nil {
		all = append(all, w.hooks.Run)
	}
	failed := make(chan error, len(all)+1)
	var workers sync.WaitGroup
	for _, work := range all {
		workers.Go(func() {
			if err := work(background); background.Err() == nil {
				failed <- fmt.Errorf("the work in the background ended: %w", err)
			}
		})
	}
	go func() { failed <- server.ServeTLS(listener, "", "") }()
	p.log.Info("server: ready", "address", listener.Addr().String())
	fmt.Fprintf(p.stdout, "https://%s%s\n", listener.Addr(), prefix)

	select {
	case <-ctx.Done():
		p.log.Info("server: stopping")
	case err = <-failed:
	}
	stopping.Store(true)
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	stopped := server.Shutdown(patience)
	end()
	workers.Wait()
	return errors.Join(err, stopped)
}

// handler is the interface with what looks after it.
func (p *program) handler(w *world, stopping *atomic.Bool) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(prefix+"/", w.front)
	mux.HandleFunc("GET /healthz", func(rw http.ResponseWriter, _ *http.Request) { answer(rw, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", func(rw http.ResponseWriter, r *http.Request) {
		if stopping.Load() {
			answer(rw, http.StatusServiceUnavailable, "stopping")
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), readyTime)
		defer cancel()
		if _, err := w.store.Load(ctx, ""); !errors.Is(err, ra.ErrNotFound) {
			p.log.ErrorContext(ctx, "server: not ready", "error", err)
			answer(rw, http.StatusServiceUnavailable, "store")
			return
		}
		answer(rw, http.StatusOK, "ok")
	})
	return mux
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	fmt.Fprintln(w, text)
}
