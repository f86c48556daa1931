package pfx

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/disk"
)

// Config says which file is a carrier. Path, Algorithms and PIN are required.
type Config struct {
	// Path is the file. It need not be there: the first key makes it. Its
	// folder has to be.
	Path string
	// Algorithms are those that its certificates may be of.
	Algorithms csr.Algorithms
	// PIN asks for the password; with Question.New for one that the file is to
	// have. The tries left are not known: nothing counts them.
	PIN token.PIN
	// Options say how the file is written. The zero value is right.
	Options Options
}

// Carrier is a file of keys and certificates. It is made by Open.
//
// The password is asked for when the file is first read, or made, and then kept
// until Close, as a stick keeps its user logged in. One that turns out wrong is
// forgotten: WrongPIN, and the next operation asks again. What was read is kept
// as well, so that keys are derived from the password again only when the file
// has changed.
//
// Changes write the whole file anew in the form of RFC 9548, whatever it was
// before. A file that holds something that would be lost so is Unsupported,
// and left alone; so is a password that CheckPassword refuses, by Policy.
//
// Other processes may change the file meanwhile; nothing of theirs is
// overwritten unread. The faults Full, ReadOnly, Removed, Busy and Unknown are
// what they are in all carriers on a disk; a file that is not there any more is
// a carrier without keys.
type Carrier struct {
	config   Config
	name     string // of the file in the folder
	folder   *disk.Folder
	turn     chan struct{} // one operation at a time
	password []byte        // nil: to be asked for
	file     []byte        // that was read last; nil: none
	contents *Contents     // of it; never changed
}

// Open returns a file as a carrier. It reads nothing of it yet, and asks
// nobody. A change that was interrupted is finished.
func Open(c Config) (*Carrier, error) { return open(c, nil) }

// open opens a file on a system, or the real one if it is nil.
func open(c Config, system disk.System) (*Carrier, error) {
	if c.Path == "" || c.Algorithms == nil || c.PIN == nil {
		return nil, errors.New("pfx: open: Path, Algorithms and PIN are required")
	}
	path := c.Path
	if system == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real // what is replaced is the file and not the link
		}
	}
	name := filepath.Base(path)
	folder, err := disk.Open(disk.Config{
		Path:    filepath.Dir(path),
		Device:  token.Device{Manufacturer: "surguch", Model: "PFX", Serial: filepath.Base(c.Path)},
		Journal: "." + name + ".journal",
		System:  system,
	})
	if err != nil {
		return nil, err
	}
	return &Carrier{config: c, name: name, folder: folder, turn: make(chan struct{}, 1)}, nil
}

// List returns the keys in the order of the file. It asks for the password, if
// there is a file, because keys and certificates are both encrypted.
func (c *Carrier) List(ctx context.Context) (entries []token.Entry, err error) {
	const op = "list"
	err = c.alone(ctx, func() error {
		contents, _, err := c.read(ctx, op)
		if err != nil {
			return err
		}
		ids, err := c.ids(contents.Keys)
		if err != nil {
			return c.fail(op, token.Unsupported, err)
		}
		for i, k := range contents.Keys {
			e, err := c.entry(k, ids[i], contents.Certificates)
			if err != nil {
				return c.fail(op, token.Unsupported, err)
			}
			entries = append(entries, e)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return entries, nil
}

// Generate makes a GOST R 34.10-2012 key pair, and the file if it is not there,
// whose password it asks for.
func (c *Carrier) Generate(ctx context.Context, spec token.Spec) (token.Key, error) {
	const op = "generate"
	curve, err := gost.CurveByName(spec.Algorithm)
	if err != nil {
		return nil, c.fail(op, token.Unsupported, err)
	}
	local := make([]byte, 16)
	rand.Read(local)
	if spec.ID != "" {
		if local, err = hex.DecodeString(spec.ID); err != nil || len(local) != 16 || strings.ToLower(spec.ID) != spec.ID {
			return nil, c.fail(op, token.Unsupported, fmt.Errorf("%q is no key ID: want 32 lower-case hexadecimal digits", spec.ID))
		}
	}
	private, err := gost.GenerateKey(curve, nil)
	if err != nil {
		return nil, fmt.Errorf("pfx: %w", err)
	}
	made := Key{Private: private, Name: spec.Name, LocalID: local}
	id := hex.EncodeToString(local)
	err = c.change(ctx, op, func(contents *Contents, ids []string) error {
		if slices.Contains(ids, id) {
			return fmt.Errorf("%w: %s", token.ErrExists, id)
		}
		contents.Keys = append(contents.Keys, made)
		return nil
	})
	if err != nil {
		return nil, err
	}
	e, err := c.entry(made, id, nil)
	return e.Key, err
}

// Write puts the certificate beside its key, in place of the one that stands
// there. Others in the file, as of the authorities, stay.
func (c *Carrier) Write(ctx context.Context, id string, cert *csr.Certificate) error {
	return c.change(ctx, "write", func(contents *Contents, ids []string) error {
		i := slices.Index(ids, id)
		if i < 0 {
			return fmt.Errorf("%w: %q", token.ErrNotFound, id)
		}
		k := &contents.Keys[i]
		c.dropCertificate(contents, *k)
		if len(k.LocalID) == 0 || hex.EncodeToString(k.LocalID) != id {
			var err error
			if k.LocalID, err = hex.DecodeString(id); err != nil {
				return fmt.Errorf("pfx: %w", err)
			}
		}
		contents.Certificates = append(contents.Certificates, Certificate{Raw: cert.Raw, Name: k.Name, LocalID: k.LocalID})
		return nil
	})
}

// Delete removes a key and its certificate. The file stays, if without keys.
func (c *Carrier) Delete(ctx context.Context, id string) error {
	return c.change(ctx, "delete", func(contents *Contents, ids []string) error {
		i := slices.Index(ids, id)
		if i < 0 {
			return fmt.Errorf("%w: %q", token.ErrNotFound, id)
		}
		k := contents.Keys[i]
		contents.Keys = slices.Delete(contents.Keys, i, i+1)
		c.dropCertificate(contents, k)
		return nil
	})
}

// dropCertificate removes the certificate of a key.
func (c *Carrier) dropCertificate(contents *Contents, k Key) {
	if i := c.certificateOf(k, contents.Certificates); i >= 0 {
		contents.Certificates = slices.Delete(contents.Certificates, i, i+1)
	}
}

// Close forgets the password. Keys that were given out go on signing.
func (c *Carrier) Close() error {
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	c.forget()
	return nil
}

// alone does something while no other goroutine is in the carrier.
func (c *Carrier) alone(ctx context.Context, do func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
		return do()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// attempts is how often a change is begun anew because another process has
// changed the file meanwhile.
const attempts = 3

// change rewrites the file with edited contents, all or nothing. The folder is
// not locked while passwords are asked for and keys derived of them: that the
// file is still the same is looked at last.
func (c *Carrier) change(ctx context.Context, op string, edit func(contents *Contents, ids []string) error) error {
	return c.alone(ctx, func() error {
		for range attempts {
			err := c.changeOnce(ctx, op, edit)
			if !errors.Is(err, errChanged) {
				return err
			}
		}
		return c.fail(op, token.Busy, errChanged)
	})
}

var errChanged = errors.New("pfx: another process changes the file")

func (c *Carrier) changeOnce(ctx context.Context, op string, edit func(contents *Contents, ids []string) error) error {
	contents, old, err := c.read(ctx, op)
	if err != nil {
		return err
	}
	ids, err := c.ids(contents.Keys)
	if err != nil {
		return c.fail(op, token.Unsupported, err)
	}
	if err := edit(contents, ids); err != nil {
		return err
	}
	for _, f := range contents.Findings {
		if slices.Contains([]Finding{OtherBag, OtherKey, OtherAttribute, BadAttribute}, f) {
			return c.fail(op, token.Unsupported, fmt.Errorf("pfx: the file holds what would be lost: %s", f))
		}
	}
	if c.password == nil {
		if err := c.ask(ctx, true); err != nil {
			return err
		}
	}
	file, err := Marshal(contents, c.password, c.config.Options)
	switch {
	case errors.Is(err, ErrWeakPassword):
		if old == nil {
			c.forget()
		}
		return c.fail(op, token.Policy, err)
	case err != nil:
		return c.fail(op, token.Unsupported, err)
	}
	return c.folder.Change(ctx, op, func(v disk.View) (disk.Files, error) {
		now, err := v.Read(c.name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if !bytes.Equal(now, old) {
			return nil, errChanged
		}
		return disk.Files{c.name: file}, nil
	})
}

// read returns what the file holds, and its octets; nothing and nil if it is
// not there.
func (c *Carrier) read(ctx context.Context, op string) (*Contents, []byte, error) {
	var file []byte
	err := c.folder.Read(ctx, op, func(v disk.View) (err error) {
		file, err = v.Read(c.name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	if errors.Is(err, disk.ErrTooLarge) {
		err = c.fail(op, token.Unsupported, err)
	}
	if err != nil || file == nil {
		return &Contents{}, nil, err
	}
	if c.password == nil {
		if err := c.ask(ctx, false); err != nil {
			return nil, nil, err
		}
	}
	if !bytes.Equal(file, c.file) {
		contents, err := Parse(file, c.password)
		switch {
		case errors.Is(err, ErrPassword):
			c.forget()
			return nil, nil, c.fail(op, token.WrongPIN, nil)
		case err != nil:
			return nil, nil, c.fail(op, token.Unsupported, err)
		}
		c.file, c.contents = file, contents
	}
	return &Contents{
		Keys:         slices.Clone(c.contents.Keys),
		Certificates: slices.Clone(c.contents.Certificates),
		Findings:     c.contents.Findings,
	}, file, nil
}

// ask asks for the password and keeps it.
func (c *Carrier) ask(ctx context.Context, anew bool) error {
	answer, err := c.config.PIN(ctx, token.Question{Device: c.folder.Device, Left: -1, New: anew})
	defer clear(answer.PIN)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return err
	}
	c.password = append([]byte{}, answer.PIN...)
	return nil
}

// forget wipes the password, and drops what it opened.
func (c *Carrier) forget() {
	clear(c.password)
	c.password, c.file, c.contents = nil, nil, nil
}

func (c *Carrier) fail(op string, fault token.Fault, err error) error {
	return &token.Error{Fault: fault, Op: op, Device: c.folder.Device, Tries: -1, Err: err}
}

// Format prints the name of the file, and no password whatever the verb.
func (c *Carrier) Format(s fmt.State, _ rune) { fmt.Fprintf(s, "pfx.Carrier(%q)", c.name) }
