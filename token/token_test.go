package token_test

import (
	"context"
	"crypto"
	"errors"
	"io"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/file"
)

// fake is a carrier with its mistakes: what a nil function does not replace
// works as it should.
type fake struct {
	token.Carrier
	write func(id string, cert *csr.Certificate) error
	list  func(*token.Entry)
}

func (f fake) Write(ctx context.Context, id string, cert *csr.Certificate) error {
	if f.write != nil {
		return f.write(id, cert)
	}
	return f.Carrier.Write(ctx, id, cert)
}

func (f fake) List(ctx context.Context) ([]token.Entry, error) {
	entries, err := f.Carrier.List(ctx)
	for i := range entries {
		if f.list != nil {
			f.list(&entries[i])
		}
	}
	return entries, err
}

// dud is a key whose signatures or public half are not right.
type dud struct {
	token.Key
	public crypto.PublicKey
	err    error
}

func (d dud) Public() crypto.PublicKey {
	if d.public != nil {
		return d.public
	}
	return d.Key.Public()
}

func (d dud) Sign(_ io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
	return make([]byte, 2*len(digest)), d.err
}

func open(t *testing.T) token.Carrier {
	t.Helper()
	c, err := file.Open(t.TempDir(), csr.Standard())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func generate(t *testing.T, c token.Carrier) token.Key {
	t.Helper()
	key, err := c.Generate(t.Context(), token.Spec{Algorithm: "CryptoPro-A", Name: "Вощёных"})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// certify has a certificate issued for the key.
func certify(t *testing.T, key crypto.Signer, serial int64) *csr.Certificate {
	t.Helper()
	as := csr.Standard()
	name, err := csr.NewName(csr.NewAttribute(csr.CommonName, "Вощёных Ефим Ильич"))
	if err != nil {
		t.Fatal(err)
	}
	request, err := as.Create(key, &csr.Template{Subject: name})
	if err != nil {
		t.Fatal(err)
	}
	cert, err := issue(as, request, serial)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestInstall(t *testing.T) {
	ctx, as, c := t.Context(), csr.Standard(), open(t)
	key, other := generate(t, c), generate(t, c)
	id := key.Info().ID
	if err := token.Verify(ctx, c, id, as, certify(t, key, 1)); !errors.Is(err, token.ErrReadBack) {
		t.Errorf("before it is installed: got %v, want ErrReadBack", err)
	}
	for serial := int64(1); serial <= 2; serial++ { // the second takes the place of the first
		cert := certify(t, key, serial)
		if err := token.Install(ctx, c, id, as, cert); err != nil {
			t.Fatal(err)
		}
		entry, err := token.Find(ctx, c, id)
		if err != nil {
			t.Fatal(err)
		}
		if string(entry.Certificate.Raw) != string(cert.Raw) || entry.Info != key.Info() {
			t.Errorf("got certificate %v of key %v, want %v of %v", entry.Certificate.SerialNumber, entry.Info, cert.SerialNumber, key.Info())
		}
	}
	if entry, err := token.Find(ctx, c, other.Info().ID); err != nil || entry.Certificate != nil {
		t.Errorf("the other key: got %v, %v, want no certificate", entry.Certificate, err)
	}
}

func TestInstallRefuses(t *testing.T) {
	ctx, as, good := t.Context(), csr.Standard(), open(t)
	key := generate(t, good)
	other := generate(t, good)
	cert, second := certify(t, key, 1), certify(t, key, 2)
	broken := errors.New("the device is broken")
	alter := func(change func(token.Key) token.Key) func(*token.Entry) {
		return func(e *token.Entry) { e.Key = change(e.Key) }
	}
	for what, c := range map[string]struct {
		carrier fake
		id      string
		cert    *csr.Certificate
		as      csr.Algorithms
		want    error
		writes  int
	}{
		"unknown key":       {fake{}, "0123", cert, as, token.ErrNotFound, 0},
		"of another key":    {fake{}, key.Info().ID, certify(t, other, 1), as, token.ErrOtherKey, 0},
		"a key of no Equal": {fake{list: alter(func(k token.Key) token.Key { return dud{Key: k, public: 7} })}, key.Info().ID, cert, as, token.ErrOtherKey, 0},
		"not written":       {fake{write: func(string, *csr.Certificate) error { return broken }}, key.Info().ID, cert, as, broken, 1},
		"written nowhere":   {fake{write: func(string, *csr.Certificate) error { return nil }}, key.Info().ID, certify(t, key, 3), as, token.ErrReadBack, 1},
		"written otherwise": {fake{write: func(id string, _ *csr.Certificate) error { return good.Write(ctx, id, second) }}, key.Info().ID, cert, as, token.ErrReadBack, 1},
		"wrong signatures":  {fake{list: alter(func(k token.Key) token.Key { return dud{Key: k} })}, key.Info().ID, cert, as, csr.ErrSignature, 1},
		"no signatures":     {fake{list: alter(func(k token.Key) token.Key { return dud{Key: k, err: broken} })}, key.Info().ID, cert, as, broken, 1},
		"unknown scheme":    {fake{}, key.Info().ID, cert, nil, csr.ErrUnknownAlgorithm, 1},
	} {
		writes := 0
		c, write := c, c.carrier.write
		if write == nil {
			write = func(id string, cert *csr.Certificate) error { return good.Write(ctx, id, cert) }
		}
		c.carrier.Carrier = good
		c.carrier.write = func(id string, cert *csr.Certificate) error {
			writes++
			return write(id, cert)
		}
		if err := token.Install(ctx, c.carrier, c.id, c.as, c.cert); !errors.Is(err, c.want) || writes != c.writes {
			t.Errorf("%s: got %v after %d writes, want %v after %d", what, err, writes, c.want, c.writes)
		}
	}
}

// TestVerifyOtherKey has the carrier change the key under a certificate that
// is right byte for byte.
func TestVerifyOtherKey(t *testing.T) {
	ctx, as, good := t.Context(), csr.Standard(), open(t)
	key, other := generate(t, good), generate(t, good)
	cert := certify(t, key, 1)
	if err := token.Install(ctx, good, key.Info().ID, as, cert); err != nil {
		t.Fatal(err)
	}
	swapped := fake{Carrier: good, list: func(e *token.Entry) { e.Key = other }}
	if err := token.Verify(ctx, swapped, key.Info().ID, as, cert); !errors.Is(err, token.ErrOtherKey) {
		t.Errorf("got %v, want ErrOtherKey", err)
	}
}

func TestInstallCancelled(t *testing.T) {
	c := open(t)
	key := generate(t, c)
	ctx, cancel := context.WithCancel(t.Context())
	// The device is lost between writing and reading back.
	lost := fake{Carrier: c, write: func(id string, cert *csr.Certificate) error {
		cancel()
		return c.Write(t.Context(), id, cert)
	}}
	for range 2 {
		if err := token.Install(ctx, lost, key.Info().ID, csr.Standard(), certify(t, key, 1)); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
	}
}
