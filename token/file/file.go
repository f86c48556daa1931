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
// A file appears whole or not at all: it is written under a temporary name,
// synced, renamed, and the folder is synced.
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
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/atomicfile"
	"github.com/surguch/surguch/token"
)

// Names of the files of one key: its ID and one of these.
const (
	keySuffix  = ".key"  // PKCS #8 in PEM
	infoSuffix = ".json" // name and algorithm
	certSuffix = ".cer"  // certificate in DER
)

// Carrier is a folder of keys. It is made by Open.
type Carrier struct {
	dir string
	as  csr.Algorithms
	mu  sync.Mutex // one change at a time
}

// Open makes the folder, mode 0700, if it is missing, and returns it as a
// carrier. The algorithms are those that its certificates may be of.
func Open(dir string, as csr.Algorithms) (*Carrier, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	return &Carrier{dir: dir, as: as}, nil
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

// Generate makes a GOST R 34.10-2012 key pair. The note is written before the
// key: a folder never holds a key that cannot be listed.
func (c *Carrier) Generate(ctx context.Context, spec token.Spec) (token.Key, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	curve, err := gost.CurveByName(spec.Algorithm)
	if err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	private, err := gost.GenerateKey(curve, nil)
	if err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	name := spec.ID
	if name == "" {
		id := make([]byte, 16)
		rand.Read(id)
		name = hex.EncodeToString(id)
	}
	info, err := json.Marshal(note{spec.Name, spec.Algorithm})
	if err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	if err := checkID(name); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := os.Lstat(c.path(name, keySuffix)); err == nil {
		return nil, fmt.Errorf("%w: %s", token.ErrExists, name)
	}
	if err := atomicfile.Write(c.path(name, infoSuffix), info, 0o600); err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	der := gost.MarshalPKCS8PrivateKey(private)
	defer clear(der)
	block := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	defer clear(block)
	if err := atomicfile.Write(c.path(name, keySuffix), block, 0o600); err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	entry, err := c.read(name)
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
func (c *Carrier) List(ctx context.Context) ([]token.Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	files, err := os.ReadDir(c.dir) // in the order of names
	if err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	var entries []token.Entry
	for _, f := range files {
		id, ok := strings.CutSuffix(f.Name(), keySuffix)
		if !ok || checkID(id) != nil {
			continue
		}
		e, err := c.read(id)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// Write stores the certificate, DER.
func (c *Carrier) Write(ctx context.Context, id string, cert *csr.Certificate) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.read(id); err != nil {
		return err
	}
	if err := atomicfile.Write(c.path(id, certSuffix), cert.Raw, 0o600); err != nil {
		return fmt.Errorf("file: %w", err)
	}
	return nil
}

// Delete removes the key first: what a crash leaves behind is no secret. A key
// that cannot be read any more can be deleted.
func (c *Carrier) Delete(ctx context.Context, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := checkID(id); err != nil {
		return err
	}
	for _, suffix := range []string{keySuffix, certSuffix, infoSuffix} {
		switch err := os.Remove(c.path(id, suffix)); {
		case errors.Is(err, fs.ErrNotExist) && suffix == keySuffix:
			return fmt.Errorf("%w: %s", token.ErrNotFound, id)
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("file: %w", err)
		}
	}
	if err := atomicfile.SyncDir(c.dir); err != nil {
		return fmt.Errorf("file: %w", err)
	}
	return nil
}

// Close does nothing: a folder needs no release.
func (c *Carrier) Close() error { return nil }

func (c *Carrier) device() token.Device {
	return token.Device{Manufacturer: "surguch", Model: "folder", Serial: filepath.Base(c.dir)}
}

func (c *Carrier) path(id, suffix string) string { return filepath.Join(c.dir, id+suffix) }

// checkID keeps whatever is no ID of Generate's out of paths.
func checkID(id string) error {
	if raw, err := hex.DecodeString(id); err != nil || len(raw) != 16 {
		return fmt.Errorf("%w: %q is no key ID", token.ErrNotFound, id)
	}
	return nil
}

func (c *Carrier) read(id string) (e token.Entry, err error) {
	if err := checkID(id); err != nil {
		return e, err
	}
	pemKey, err := os.ReadFile(c.path(id, keySuffix))
	if errors.Is(err, fs.ErrNotExist) {
		return e, fmt.Errorf("%w: %s", token.ErrNotFound, id)
	}
	if err != nil {
		return e, fmt.Errorf("file: %w", err)
	}
	defer clear(pemKey)
	block, _ := pem.Decode(pemKey)
	if block == nil || block.Type != "PRIVATE KEY" {
		return e, fmt.Errorf("file: key %s: not a PEM private key", id)
	}
	defer clear(block.Bytes)
	private, err := gost.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return e, fmt.Errorf("file: key %s: %w", id, err)
	}
	var n note
	info, err := os.ReadFile(c.path(id, infoSuffix))
	if err == nil {
		err = json.Unmarshal(info, &n)
	}
	if err != nil {
		return e, fmt.Errorf("file: key %s: %w", id, err)
	}
	e.Info = token.Info{ID: id, Name: n.Name, Algorithm: private.Curve().Name(), Device: c.device(), Extractable: true}
	e.Key = &key{private, e.Info}
	raw, err := os.ReadFile(c.path(id, certSuffix))
	if errors.Is(err, fs.ErrNotExist) {
		return e, nil
	}
	if err == nil {
		e.Certificate, err = c.as.ParseCertificate(raw)
	}
	if err != nil {
		return token.Entry{}, fmt.Errorf("file: certificate of key %s: %w", id, err)
	}
	return e, nil
}
