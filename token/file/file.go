// Package file is a carrier in a folder: each key pair is a PKCS #8 file of
// mode 0600 with its certificate beside it.
//
// The private key lies in the file unencrypted, so whoever reads the file has
// the key. That suits development, tests and machines that guard their disks;
// it is no carrier for the key of a qualified certificate, which a certified
// tool must make and keep.
//
//	c, err := file.Open(dir, csr.Standard())
//	key, err := c.Generate(ctx, token.Spec{Algorithm: "CryptoPro-A", Name: "Иванов"})
//
// The files of a key appear and go together or not at all, wherever a change
// is interrupted: a journal is kept, and whoever opens the folder next finishes
// it. The folder is locked against other processes for as long as an operation
// takes.
//
// Errors are a *token.Error with the faults Full, ReadOnly, Removed and Busy by
// what the operating system says, Unknown where the folder was lost in the
// middle of a change, and Unsupported for an algorithm that is not here and a
// file that does not parse.
package file

import (
	"context"
	"crypto"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/disk"
)

// Names of the files of one key: its ID and one of these.
const (
	keySuffix  = ".key"  // PKCS #8 in PEM
	infoSuffix = ".json" // name and algorithm
	certSuffix = ".cer"  // certificate in DER
)

// Carrier is a folder of keys. It is made by Open.
type Carrier struct {
	folder *disk.Folder
	as     csr.Algorithms
}

// Open makes the folder, mode 0700, if it is missing, and returns it as a
// carrier. The algorithms are those that its certificates may be of.
func Open(dir string, as csr.Algorithms) (*Carrier, error) { return open(dir, as, nil) }

// open opens the folder on a system, or the real one if it is nil.
func open(dir string, as csr.Algorithms, system disk.System) (*Carrier, error) {
	device := token.Device{Manufacturer: "surguch", Model: "folder", Serial: filepath.Base(dir)}
	folder, err := disk.Open(disk.Config{Path: dir, Device: device, Make: true, System: system})
	if err != nil {
		return nil, err
	}
	return &Carrier{folder, as}, nil
}

// key is a private key read from its file. It has no String and nothing of
// the private half in its Info.
type key struct {
	private *gost.PrivateKey
	info    token.Info
}

func (k *key) Public() crypto.PublicKey { return k.private.Public() }

func (k *key) Info() token.Info { return k.info }

func (k *key) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return k.private.Sign(rand, digest, opts)
}

// note is the file beside a key.
type note struct {
	Name      string `json:"name"`
	Algorithm string `json:"algorithm"`
}

// Generate makes a GOST R 34.10-2012 key pair.
func (c *Carrier) Generate(ctx context.Context, spec token.Spec) (token.Key, error) {
	const op = "generate"
	curve, err := gost.CurveByName(spec.Algorithm)
	if err != nil {
		return nil, c.unsupported(op, err)
	}
	private, err := gost.GenerateKey(curve, nil)
	if err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	id := spec.ID
	if id == "" {
		random := make([]byte, 16)
		rand.Read(random)
		id = hex.EncodeToString(random)
	}
	if err := checkID(id); err != nil {
		return nil, c.unsupported(op, err)
	}
	info, err := json.Marshal(note{spec.Name, spec.Algorithm})
	if err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	der := gost.MarshalPKCS8PrivateKey(private)
	defer clear(der)
	block := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	defer clear(block)
	err = c.folder.Change(ctx, op, func(v disk.View) (disk.Files, error) {
		switch _, err := v.Read(id + keySuffix); {
		case err == nil:
			return nil, fmt.Errorf("%w: %s", token.ErrExists, id)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
		// A certificate that a folder was left with is of another key.
		return disk.Files{id + keySuffix: block, id + infoSuffix: info, id + certSuffix: nil}, nil
	})
	if err != nil {
		return nil, err
	}
	var entry token.Entry
	err = c.folder.Read(ctx, op, func(v disk.View) (err error) {
		entry, err = c.read(op, v, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !private.Equal(entry.Key.(*key).private) {
		return nil, errors.New("file: the key read back differs from the one written")
	}
	return entry.Key, nil
}

// List returns the keys in the order of their IDs. Files that are not of this
// package are passed over; a key that cannot be read fails the list.
func (c *Carrier) List(ctx context.Context) (entries []token.Entry, err error) {
	const op = "list"
	err = c.folder.Read(ctx, op, func(v disk.View) error {
		files, err := v.List(".") // in the order of names
		if err != nil {
			return err
		}
		for _, f := range files {
			id, ok := strings.CutSuffix(f, keySuffix)
			if !ok || checkID(id) != nil {
				continue
			}
			e, err := c.read(op, v, id)
			if err != nil {
				return err
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

// Write stores the certificate, DER.
func (c *Carrier) Write(ctx context.Context, id string, cert *csr.Certificate) error {
	const op = "write"
	return c.folder.Change(ctx, op, func(v disk.View) (disk.Files, error) {
		if _, err := c.read(op, v, id); err != nil {
			return nil, err
		}
		return disk.Files{id + certSuffix: cert.Raw}, nil
	})
}

// Delete removes a key and what stands beside it. A key that cannot be read
// any more can be deleted. The disk may still hold its contents: nothing is
// overwritten.
func (c *Carrier) Delete(ctx context.Context, id string) error {
	return c.folder.Change(ctx, "delete", func(v disk.View) (disk.Files, error) {
		if checkID(id) != nil {
			return nil, fmt.Errorf("%w: %q", token.ErrNotFound, id)
		}
		data, err := v.Read(id + keySuffix)
		clear(data)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w: %s", token.ErrNotFound, id)
		}
		return disk.Files{id + keySuffix: nil, id + certSuffix: nil, id + infoSuffix: nil}, err
	})
}

// Close does nothing: a folder needs no release.
func (c *Carrier) Close() error { return nil }

// checkID keeps whatever is no ID of Generate's out of names.
func checkID(id string) error {
	if raw, err := hex.DecodeString(id); err != nil || len(raw) != 16 || strings.ToLower(id) != id {
		return fmt.Errorf("%q is no key ID: want 32 lower-case hexadecimal digits", id)
	}
	return nil
}

// unsupported is the error for what this carrier does not have, and for files
// that are not what they should be.
func (c *Carrier) unsupported(op string, err error) error {
	return &token.Error{Fault: token.Unsupported, Op: op, Device: c.folder.Device, Tries: -1, Err: err}
}

// damaged is the error for a key whose files are not all there or do not
// parse. What the operating system has to say it says itself.
func (c *Carrier) damaged(op, id string, err error) error {
	if _, ok := disk.FaultOf(err); ok && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return c.unsupported(op, fmt.Errorf("key %s: %w", id, err))
}

func (c *Carrier) read(op string, v disk.View, id string) (e token.Entry, err error) {
	if checkID(id) != nil {
		return e, fmt.Errorf("%w: %q", token.ErrNotFound, id)
	}
	pemKey, err := v.Read(id + keySuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return e, fmt.Errorf("%w: %s", token.ErrNotFound, id)
	}
	if err != nil {
		return e, c.damaged(op, id, err)
	}
	defer clear(pemKey)
	block, _ := pem.Decode(pemKey)
	if block == nil || block.Type != "PRIVATE KEY" {
		return e, c.damaged(op, id, errors.New("not a PEM private key"))
	}
	defer clear(block.Bytes)
	private, err := gost.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return e, c.damaged(op, id, err)
	}
	var n note
	info, err := v.Read(id + infoSuffix)
	if err == nil {
		err = json.Unmarshal(info, &n)
	}
	if err != nil {
		return e, c.damaged(op, id, err)
	}
	e.Info = token.Info{ID: id, Name: n.Name, Algorithm: private.Curve().Name(), Device: c.folder.Device, Extractable: true}
	e.Key = &key{private, e.Info}
	raw, err := v.Read(id + certSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return e, nil
	}
	if err == nil {
		e.Certificate, err = c.as.ParseCertificate(raw)
	}
	if err != nil {
		return token.Entry{}, c.damaged(op, id, fmt.Errorf("certificate: %w", err))
	}
	return e, nil
}
