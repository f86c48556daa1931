package main

import (
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/kuznyechik"
	"github.com/surguch/surguch/gost/magma"
	"github.com/surguch/surguch/gost/modes"
	"github.com/surguch/surguch/gost/streebog"
)

// engineSets are the engine's names of the parameter sets.
var engineSets = map[string][2]string{
	"256-A": {"gost2012_256", "TCA"}, "256-B": {"gost2012_256", "TCB"},
	"256-C": {"gost2012_256", "TCC"}, "256-D": {"gost2012_256", "TCD"},
	"512-A": {"gost2012_512", "A"}, "512-B": {"gost2012_512", "B"}, "512-C": {"gost2012_512", "C"},
	"CryptoPro-A": {"gost2012_256", "A"}, "CryptoPro-B": {"gost2012_256", "B"}, "CryptoPro-C": {"gost2012_256", "C"},
	"CryptoPro-XchA": {"gost2012_256", "XA"}, "CryptoPro-XchB": {"gost2012_256", "XB"},
}

// comparison is one run of -peers.
type comparison struct {
	*table
	rounds   int
	engine   *engine // nil: there is none
	spent    int     // octets encrypted under one counter
	progress io.Writer
}

func comparePeers(rounds int, only string, progress io.Writer) (*table, error) {
	c := &comparison{table: newTable(), rounds: rounds, progress: progress}
	var err error
	if c.engine, err = startEngine(); err != nil {
		c.Engine = err.Error()
	} else {
		defer c.engine.close()
	}
	curves := gost.Curves()[:7] // the names of CryptoPro are the same curves
	if only != "" {
		curve, err := gost.CurveByName(only)
		if err != nil {
			return nil, err
		}
		curves = []*gost.Curve{curve}
	}
	for _, curve := range curves {
		if err := c.signatures(curve); err != nil {
			return nil, fmt.Errorf("%s: %w", curve.Name(), err)
		}
	}
	if only == "" {
		if err := errors.Join(c.hashes(), c.ciphers(), c.ecdsa(elliptic.P256()), c.ecdsa(elliptic.P384())); err != nil {
			return nil, err
		}
	}
	fmt.Fprintln(progress)
	return c.table, nil
}

// add measures one row.
func (c *comparison) add(operation, set string, bytes int, ours, theirs measure) error {
	fmt.Fprint(c.progress, ".")
	r, err := compare(c.rounds, ours, theirs)
	if err != nil {
		return fmt.Errorf("%s: %w", operation, err)
	}
	r.Operation, r.Set, r.Bytes = operation, set, bytes
	c.Rows = append(c.Rows, r)
	return nil
}

// theirs measures a command of the helper, which ends with the number of
// operations.
func (c *comparison) theirs(command string) measure {
	if c.engine == nil {
		return nil
	}
	return func(n int) (time.Duration, error) { return c.engine.ask("%s %d", command, n) }
}

// loop measures an operation of ours.
func loop(op func() error) measure {
	return func(n int) (time.Duration, error) {
		start := time.Now()
		for range n {
			if err := op(); err != nil {
				return 0, err
			}
		}
		return time.Since(start), nil
	}
}

var errRefused = errors.New("a signature is refused")

func (c *comparison) signatures(curve *gost.Curve) error {
	if c.engine != nil {
		names := engineSets[curve.Name()]
		if _, err := c.engine.ask("key %s %s", names[0], names[1]); err != nil {
			return err
		}
	}
	key, err := gost.GenerateKey(curve, nil)
	if err != nil {
		return err
	}
	digest := make([]byte, curve.Size())
	for i := range digest {
		digest[i] = 0x5a // as the helper has it
	}
	sig, err := key.Sign(nil, digest, nil)
	if err != nil {
		return err
	}
	pub := key.PublicKey()
	prepared := pub.Prepare()
	return errors.Join(
		c.add("keygen", curve.Name(), 0, loop(func() error { _, err := gost.GenerateKey(curve, nil); return err }), c.theirs("keygen")),
		c.add("sign", curve.Name(), 0, loop(func() error { _, err := key.Sign(nil, digest, nil); return err }), c.theirs("sign")),
		c.add("verify", curve.Name(), 0, loop(func() error { return check(gost.Verify(pub, digest, sig)) }), c.theirs("verify")),
		c.add("verify prepared", curve.Name(), 0, loop(func() error { return check(prepared.Verify(digest, sig)) }), c.theirs("verify")),
	)
}

func check(ok bool) error {
	if !ok {
		return errRefused
	}
	return nil
}

func (c *comparison) hashes() error {
	var errs []error
	for _, size := range []int{16 << 10, 64} {
		data := make([]byte, size)
		set := fmt.Sprintf("%d octets", size)
		errs = append(errs,
			c.add("Streebog-256", set, size, loop(func() error { streebog.Sum256(data); return nil }), c.theirs(fmt.Sprintf("hash md_gost12_256 %d", size))),
			c.add("Streebog-512", set, size, loop(func() error { streebog.Sum512(data); return nil }), c.theirs(fmt.Sprintf("hash md_gost12_512 %d", size))))
	}
	return errors.Join(errs...)
}

// ciphers are measured in counter mode, where the engine is at its best.
func (c *comparison) ciphers() error {
	const size = 16 << 10
	data, key := make([]byte, size), make([]byte, modes.KeySize)
	set := fmt.Sprintf("%d octets", size)
	var errs []error
	for _, one := range []struct {
		name, engine string
		new          func([]byte) (cipher.Block, error)
		block        int
	}{
		{"Kuznyechik-CTR", "kuznyechik-ctr", kuznyechik.New, kuznyechik.BlockSize},
		{"Magma-CTR", "magma-ctr", magma.New, magma.BlockSize},
	} {
		stream, err := modes.NewCTRACPKM(one.new, key, make([]byte, one.block/2), 0)
		if err != nil {
			return err
		}
		ours := func() error {
			if c.spent += size; c.spent > 1<<30 { // the counter of Magma has 32 bits
				c.spent = 0
				if stream, err = modes.NewCTRACPKM(one.new, key, make([]byte, one.block/2), 0); err != nil {
					return err
				}
			}
			stream.XORKeyStream(data, data)
			return nil
		}
		errs = append(errs, c.add(one.name, set, size, loop(ours), c.theirs(fmt.Sprintf("encrypt %s %d", one.engine, size))))
	}
	return errors.Join(errs...)
}

// ecdsa sets Go's own signatures beside ours, for scale.
func (c *comparison) ecdsa(curve elliptic.Curve) error {
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		return err
	}
	digest := make([]byte, 32)
	sig, err := ecdsa.SignASN1(rand.Reader, key, digest)
	if err != nil {
		return err
	}
	name := "Go " + curve.Params().Name
	return errors.Join(
		c.add("sign", name, 0, loop(func() error { _, err := ecdsa.SignASN1(rand.Reader, key, digest); return err }), nil),
		c.add("verify", name, 0, loop(func() error { return check(ecdsa.VerifyASN1(&key.PublicKey, digest, sig)) }), nil),
	)
}
