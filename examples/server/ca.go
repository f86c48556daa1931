package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/filelock"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/folder"
	"github.com/surguch/surguch/ra/ca/local"
)

// Names of the files of a local authority.
const (
	caKey  = "key.pem"
	caRoot = "root.pem"
)

// sharedCA is an authority that lives in a folder and allows one process at a
// time: it is opened for each order, so that all instances of a server on one
// machine can use it.
type sharedCA struct {
	dir  string
	open func() (ra.CA, func() error, error)
}

// newCA returns the authority of a configuration, and what its certificates
// lead to.
func newCA(c *config, as csr.Algorithms) (ra.CA, []*csr.Certificate, error) {
	dir := c.path(c.CA.Dir)
	switch c.CA.Kind {
	case "folder":
		issuers, err := readCertificates(as, c.path(c.CA.Issuers))
		if err != nil {
			return nil, nil, fmt.Errorf("ca: %w", err)
		}
		ca, err := folder.New(folder.Config{Dir: dir, Algorithms: as})
		return &sharedCA{dir, func() (ra.CA, func() error, error) { return ca, func() error { return nil }, nil }}, issuers, err
	case "local":
		return newLocalCA(dir, c.CA, as)
	}
	return nil, nil, fmt.Errorf("ca: kind %q is neither folder nor local", c.CA.Kind)
}

// newLocalCA returns the authority with the key in a folder.
func newLocalCA(dir string, c caConfig, as csr.Algorithms) (ra.CA, []*csr.Certificate, error) {
	key, err := readKey(filepath.Join(dir, caKey))
	if err != nil {
		return nil, nil, fmt.Errorf("ca: %w", err)
	}
	roots, err := readCertificates(as, filepath.Join(dir, caRoot))
	if err != nil {
		return nil, nil, fmt.Errorf("ca: %w", err)
	}
	ca := &sharedCA{dir, func() (ra.CA, func() error, error) {
		ca, err := local.New(local.Config{
			Algorithms: as, Key: key, Certificate: roots[0], Dir: dir,
			IssuerTool: c.IssuerTool, SubjectTool: c.SubjectTool,
		})
		if err != nil {
			return nil, nil, err
		}
		return ca, ca.Close, nil
	}}
	_, err = ca.Find(context.Background(), "") // what is wrong with it shows now
	return ca, roots, err
}

// lockPause is how long another instance's order is waited for at a time.
const lockPause = 20 * time.Millisecond

// with opens the authority for one order.
func (s *sharedCA) with(ctx context.Context, do func(ra.CA) (ra.Outcome, error)) (o ra.Outcome, err error) {
	lock, err := s.lock(ctx)
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	ca, end, err := s.open()
	if err != nil {
		return o, err
	}
	o, err = do(ca)
	return o, errors.Join(err, end())
}

func (s *sharedCA) lock(ctx context.Context) (*os.File, error) {
	for {
		f, err := filelock.Open(filepath.Join(s.dir, "server.lock"))
		if !errors.Is(err, filelock.ErrLocked) {
			return f, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(lockPause):
		}
	}
}

// Submit is that of the authority.
func (s *sharedCA) Submit(ctx context.Context, key string, order ra.Order) (ra.Outcome, error) {
	return s.with(ctx, func(ca ra.CA) (ra.Outcome, error) { return ca.Submit(ctx, key, order) })
}

// Find is that of the authority.
func (s *sharedCA) Find(ctx context.Context, key string) (ra.Outcome, error) {
	return s.with(ctx, func(ca ra.CA) (ra.Outcome, error) { return ca.Find(ctx, key) })
}

// Answer is that of the authority.
func (s *sharedCA) Answer(ctx context.Context, key string, a ra.Answer) (ra.Outcome, error) {
	return s.with(ctx, func(ca ra.CA) (ra.Outcome, error) { return ca.Answer(ctx, key, a) })
}

// Revoke is that of the authority.
func (s *sharedCA) Revoke(ctx context.Context, key string, r ra.Revocation) (ra.Outcome, error) {
	return s.with(ctx, func(ca ra.CA) (ra.Outcome, error) { return ca.Revoke(ctx, key, r) })
}
