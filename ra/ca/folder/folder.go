package folder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/atomicfile"
	"github.com/surguch/surguch/ra"
)

// Config says where the folder is. Required: Dir and Algorithms.
type Config struct {
	Dir        string         // made, with its three parts, if it is not there
	Algorithms csr.Algorithms // of the certificates that come in
}

// CA is an authority behind a folder; it implements ra.CA. Its methods may be
// called from several goroutines. All there is to know is in files, so it may
// be opened anew at any time; one process at a time uses a folder.
type CA struct {
	cfg Config
	mu  sync.Mutex
}

// Parts of the folder.
const (
	ordersDir = "orders"
	outDir    = "out"
	inDir     = "in"
)

// New returns the authority behind a folder.
func New(c Config) (*CA, error) {
	if c.Dir == "" || len(c.Algorithms) == 0 {
		return nil, errors.New("folder: config: Dir and Algorithms are required")
	}
	for _, part := range []string{ordersDir, outDir, inDir} {
		if err := os.MkdirAll(filepath.Join(c.Dir, part), 0o700); err != nil {
			return nil, fmt.Errorf("folder: %w", err)
		}
	}
	return &CA{cfg: c}, nil
}

// Name is what the files of an order are called by: safe in every file
// system, whatever the key.
func Name(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

func (c *CA) path(part, file string) string { return filepath.Join(c.cfg.Dir, part, file) }

// write puts a file into the folder, whole or not at all.
func (c *CA) write(part, file string, data []byte) error {
	if err := atomicfile.Write(c.path(part, file), data, 0o600); err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	return nil
}

// Submit puts the request out, or tells what became of it. The order is on
// record before its file is seen, and after a crash between the two the file
// is written again.
func (c *CA) Submit(ctx context.Context, key string, o ra.Order) (ra.Outcome, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, err := c.record(key)
	if err != nil {
		return ra.Outcome{}, err
	}
	if r == nil {
		if err := ctx.Err(); err != nil {
			return ra.Outcome{}, err
		}
		if o.Request == nil {
			return ra.Outcome{}, ra.Permanent(errors.New("folder: the order has no request"))
		}
		r = &record{Key: key, Request: o.Request.Raw, Identification: o.Identification, Purposes: o.Purposes, Licence: o.Licence}
		if err := c.save(r); err != nil {
			return ra.Outcome{}, err
		}
	}
	return c.outcome(r)
}

// Find tells what became of an order.
func (c *CA) Find(_ context.Context, key string) (ra.Outcome, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, err := c.record(key)
	if err != nil || r == nil {
		return ra.Outcome{State: ra.Unknown}, err
	}
	return c.outcome(r)
}

// Answer changes nothing: through a folder nothing is asked.
func (c *CA) Answer(ctx context.Context, key string, _ ra.Answer) (ra.Outcome, error) {
	return c.Find(ctx, key)
}

// outcome does what is still to be done about an order, takes in what has
// come, and tells where it stands.
func (c *CA) outcome(r *record) (ra.Outcome, error) {
	if err := c.putOut(r); err != nil {
		return ra.Outcome{}, err
	}
	if err := c.takeIn(r); err != nil {
		return ra.Outcome{}, err
	}
	return r.outcome(), nil
}

// putOut writes the files of an order that are not known to have been
// written, and then records that they are.
func (c *CA) putOut(r *record) error {
	changed := false
	if !r.Sent {
		if err := c.putOrder(r); err != nil {
			return err
		}
		r.Sent, changed = true, true
	}
	for i := range r.Changes {
		if r.Changes[i].Sent {
			continue
		}
		if err := c.putChange(r, i+1); err != nil {
			return err
		}
		r.Changes[i].Sent, changed = true, true
	}
	if !changed {
		return nil
	}
	return c.save(r)
}

// putOrder writes the card and then the request.
func (c *CA) putOrder(r *record) error {
	name := Name(r.Key)
	if err := c.write(outDir, name+".txt", []byte(r.card())); err != nil {
		return err
	}
	return c.write(outDir, name+".p10", r.Request)
}

// takeIn records what the authority has written since.
func (c *CA) takeIn(r *record) error {
	name, changed := Name(r.Key), false
	if r.Certificate == nil && !r.Refused {
		der, refusal, err := c.answer(name)
		if err != nil {
			return err
		}
		switch {
		case der != nil:
			r.Certificate, changed = der, true
		case refusal != nil:
			r.Refused, r.Code, r.Reason, changed = true, refusal.code, refusal.reason, true
		}
	}
	for i := range r.Changes {
		if r.Changes[i].Done {
			continue
		}
		switch _, err := os.Stat(c.path(inDir, fmt.Sprintf("%s-%d.done", name, i+1))); {
		case err == nil:
			r.Changes[i].Done, changed = true, true
		case !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("folder: %w", err)
		}
	}
	if !changed {
		return nil
	}
	return c.save(r)
}

// answer reads the certificate or the refusal of an order; neither, if it is
// not there or not whole.
func (c *CA) answer(name string) (der []byte, r *refusal, err error) {
	err = c.read(name+".cer", func(data []byte) (err error) {
		der, err = parseCertificate(c.cfg.Algorithms, data)
		return err
	})
	if err == nil && der == nil {
		err = c.read(name+".refused", func(data []byte) (err error) {
			r, err = parseRefusal(data)
			return err
		})
	}
	return der, r, err
}

// Bounds of what is read.
const (
	maxFile = 64 << 10
	halting = 10 * time.Minute // how long a file may be half-written
)

// read has a file of the authority parsed. One that does not parse is not
// there yet, unless it has been so for long.
func (c *CA) read(file string, parse func([]byte) error) error {
	path := c.path(inDir, file)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && (!info.Mode().IsRegular() || info.Size() > maxFile) {
		return fmt.Errorf("folder: %s: no file, or of more than %d octets", file, maxFile)
	}
	var data []byte
	if err == nil {
		data, err = os.ReadFile(path)
	}
	if err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	if err := parse(data); err != nil && time.Since(info.ModTime()) > halting {
		return fmt.Errorf("folder: %s: %w", file, err)
	}
	return nil
}
