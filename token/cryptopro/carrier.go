package cryptopro

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/disk"
)

// Config says which folder holds the containers. Dir is required.
type Config struct {
	// Dir is the folder of containers: /var/opt/cprocsp/keys/<user>, the root
	// of a flash drive, or any other. It is made, mode 0700, if it is missing.
	Dir string
	// Password asks for the password of a container, whose name is the label of
	// the device in the question; there is no limit of tries. For a new one
	// the answer may be empty, which leaves its key open to whoever reads the
	// files. Nil: new containers have no password, and those that have one are
	// not opened.
	Password token.PIN
	// Algorithms are those that certificates may be of. Nil: csr.Standard.
	Algorithms csr.Algorithms
}

// Carrier is a folder of containers. It is made by Open.
type Carrier struct {
	config Config
	device token.Device
	folder *disk.Folder

	mu sync.Mutex
	// public are public keys that neither the password nor a certificate is
	// needed for any more, by IDs.
	public map[string]*gost.PublicKey
}

// Open returns a folder as a carrier. Its device is of the manufacturer
// "CryptoPro" and the model "folder container"; its serial number is the name
// of the folder.
func Open(config Config) (*Carrier, error) { return open(config, nil) }

func open(config Config, system disk.System) (*Carrier, error) {
	if config.Dir == "" {
		return nil, errors.New("cryptopro: the Config has no Dir")
	}
	if config.Algorithms == nil {
		config.Algorithms = csr.Standard()
	}
	path, err := filepath.Abs(config.Dir)
	if err != nil {
		return nil, fmt.Errorf("cryptopro: %w", err)
	}
	c := &Carrier{
		config: config,
		device: token.Device{Manufacturer: "CryptoPro", Model: "folder container", Serial: filepath.Base(path)},
		public: map[string]*gost.PublicKey{},
	}
	c.folder, err = disk.Open(disk.Config{Path: path, Device: c.device, Journal: ".surguch-cryptopro", Make: true, System: system})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// List returns the keys of all containers, in the order of the folders' names.
//
// A public key comes from the certificate. Where there is none yet, and the
// container has a password, List asks for it once; if the answer is not right,
// the key's Public is a Fingerprint until Sign gets the right one. An error
// instead of an answer ends the list.
//
// The second key of a container follows the first. A container that is damaged
// or not supported is listed too, as a key that says why when it is to sign.
func (c *Carrier) List(ctx context.Context) ([]token.Entry, error) {
	all, err := c.read(ctx, "list")
	if err != nil {
		return nil, err
	}
	defer wipe(all)
	var entries []token.Entry
	for _, p := range all {
		e, err := c.entry(ctx, p)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// entry completes a key that was found.
func (c *Carrier) entry(ctx context.Context, p place) (token.Entry, error) {
	k := &key{carrier: c, info: p.info(c.device)}
	if p.err != nil {
		return token.Entry{Info: k.info, Key: k}, nil
	}
	e := token.Entry{Info: k.info, Key: k}
	known := p.keyInfo()
	copy(k.fingerprint[:], known.Fingerprint)
	if known.RawCertificate != nil {
		if cert, err := c.config.Algorithms.ParseCertificate(known.RawCertificate); err == nil {
			e.Certificate = cert
		}
	}
	switch pub := c.recall(p); {
	case known.certified != nil:
		k.public = known.certified
	case pub != nil:
		k.public = pub
	case !known.Legacy && (!p.container.Protected() || c.config.Password != nil):
		private, err := c.unlock(ctx, "list", p)
		var fault *token.Error
		switch {
		case err == nil && p.container.Protected():
			k.private = private // not to ask for the password again
		case err == nil:
			k.public = private.PublicKey()
		case !errors.As(err, &fault):
			return token.Entry{}, err // of who was asked
		}
	}
	return e, nil
}

// recall returns a public key that was learnt, if it still fits.
func (c *Carrier) recall(p place) *gost.PublicKey {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := p.keyInfo()
	if pub := c.public[p.id]; pub != nil && known.known() && known.matches(pub) {
		return pub
	}
	return nil
}

// Generate makes a GOST R 34.10-2012 key pair in a container of its own, with
// a password that is asked for. The key may sign and agree on others, and CSP
// may copy it.
//
// The ID stands at the end of the container's name, after the key's name and a
// hyphen, and its first eight digits name the folder. So a name has at most 92
// characters. Those that Windows-1251 or CSP do not have, such as a backslash,
// are written as %5C, and count as three for each octet of their UTF-8.
func (c *Carrier) Generate(ctx context.Context, spec token.Spec) (token.Key, error) {
	const op = "generate"
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	curve, err := gost.CurveByName(spec.Algorithm)
	if err != nil {
		return nil, c.error(token.Unsupported, op, err)
	}
	if spec.ID == "" {
		var id [16]byte
		rand.Read(id[:])
		spec.ID = hex.EncodeToString(id[:])
	}
	if !isID(spec.ID) {
		return nil, c.error(token.Policy, op, errors.New("cryptopro: an ID has 32 lower-case hexadecimal digits"))
	}
	name := joinName(spec.Name, spec.ID)
	if _, err := encodeName(name); err != nil {
		return nil, c.error(token.Policy, op, err)
	}
	if err := c.vacant(ctx, op, spec.ID); err != nil {
		return nil, err
	}
	password, err := c.ask(ctx, op, name, true)
	if err != nil {
		return nil, err
	}
	defer clear(password)
	private, err := gost.GenerateKey(curve, nil)
	if err != nil {
		return nil, c.fail(op, err)
	}
	made, err := New(private, Template{Name: name, Password: password, Exportable: true})
	if err != nil {
		return nil, c.fail(op, err)
	}
	defer made.files.Wipe()
	err = c.folder.Change(ctx, op, func(v disk.View) (disk.Files, error) {
		folder, err := newFolder(v, spec.ID)
		return made.files.in(folder), err
	})
	if err != nil {
		return nil, c.fail(op, err)
	}
	return c.readBack(ctx, spec.ID, private, password)
}

// vacant refuses an ID that is taken, before anybody is asked for a password.
func (c *Carrier) vacant(ctx context.Context, op, id string) error {
	return c.fail(op, c.folder.Read(ctx, op, func(v disk.View) error {
		_, err := newFolder(v, id)
		return err
	}))
}

// readBack returns the key that was just made, as the folder has it. From here
// on the key may be there whatever goes wrong.
func (c *Carrier) readBack(ctx context.Context, id string, private *gost.PrivateKey, password []byte) (token.Key, error) {
	p, err := c.find(ctx, "generate", id)
	if err != nil {
		return nil, c.error(token.Unknown, "generate", err)
	}
	defer p.files.Wipe()
	read, err := p.open(password)
	if err == nil && !read.Equal(private) {
		err = ErrDamaged
	}
	if err != nil {
		return nil, c.error(token.Unknown, "generate", err)
	}
	c.learn(id, private)
	return &key{carrier: c, info: p.info(c.device), private: private}, nil
}

func (c *Carrier) learn(id string, private *gost.PrivateKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.public[id] = private.PublicKey()
}

// Write puts the certificate into the header, without the password. Nothing
// else in the container changes. ErrOtherKey if it does not fit the
// fingerprint or the certificate that is there.
func (c *Carrier) Write(ctx context.Context, id string, cert *csr.Certificate) error {
	const op = "write"
	return c.fail(op, c.folder.Change(ctx, op, func(v disk.View) (disk.Files, error) {
		p, err := locate(v, id)
		if err != nil {
			return nil, err
		}
		defer p.files.Wipe()
		if p.err != nil {
			return nil, p.err
		}
		changed, err := p.container.WithCertificate(cert.Raw)
		if err != nil {
			return nil, err
		}
		return disk.Files{p.folder + "/header.key": changed.files.Header}, nil
	}))
}

// Delete removes the six files of a container, and its folder if nothing else
// is in it. The two keys of a container that has two are not deleted: the
// fault is Policy.
func (c *Carrier) Delete(ctx context.Context, id string) error {
	const op = "delete"
	err := c.folder.Change(ctx, op, func(v disk.View) (disk.Files, error) {
		p, err := locate(v, id)
		if err != nil {
			return nil, err
		}
		defer p.files.Wipe()
		if p.err == nil && p.container.header.secondary != nil {
			return nil, c.error(token.Policy, op, errors.New("cryptopro: the container holds another key as well"))
		}
		return Files{}.in(p.folder), nil
	})
	if err != nil {
		return c.fail(op, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.public, id)
	return nil
}

// Close does nothing: a folder needs no release. Keys that were listed stay as
// they are.
func (c *Carrier) Close() error { return nil }
