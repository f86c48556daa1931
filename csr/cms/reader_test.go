package cms_test

import (
	"bytes"
	"crypto"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
)

// failing is a key that cannot be reached.
type failing struct{ crypto.Signer }

func (failing) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("the token is gone")
}

// garbling is a key whose signatures come out wrong.
type garbling struct{ crypto.Signer }

func (g garbling) Sign(r io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	sig, err := g.Signer.Sign(r, digest, o)
	if len(sig) > 0 {
		sig[0] ^= 1
	}
	return sig, err
}

// zeros is an endless document.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// TestReader signs and verifies a large document of two signers with two
// digests, and counts the memory.
func TestReader(t *testing.T) {
	size := int64(64 << 20)
	if testing.Short() {
		size = 4 << 20
	}
	as := csr.Standard()
	a, b := keys(t)["256-A"], keys(t)["RSA"]
	first, second := selfSigned(t, as, a, 1), selfSigned(t, as, b, 2)
	o := cms.Options{At: time.Now()}
	content := func() io.Reader { return io.LimitReader(zeros{}, size) }
	used := func(what string, run func()) {
		t.Helper()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		run()
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
			t.Errorf("%s: %d octets of memory for a document of %d", what, n, size)
		}
	}

	var raw []byte
	var err error
	used("signing", func() { raw, err = cms.SignReader(as, a, first, o, content()) })
	if err != nil {
		t.Fatal(err)
	}
	sd, err := cms.Parse(as, raw)
	if err != nil {
		t.Fatal(err)
	}
	if sd.Content != nil {
		t.Error("the content is in the message")
	}
	used("cosigning", func() { raw, err = sd.CosignReader(b, second, o, content()) })
	if err != nil {
		t.Fatal(err)
	}
	if sd, err = cms.Parse(as, raw); err != nil {
		t.Fatal(err)
	}
	with := csr.Chain{Anchors: []*csr.Certificate{first, second}, At: time.Now()}
	var signers []cms.Signer
	used("verifying", func() { signers, err = sd.VerifyReader(content(), with) })
	if err != nil || len(signers) != 2 {
		t.Fatalf("got %d signers, %v; want 2", len(signers), err)
	}
	if _, err := sd.VerifyReader(io.LimitReader(zeros{}, size-1), with); !errors.Is(err, cms.ErrContent) {
		t.Errorf("an octet less: got %v, want ErrContent", err)
	}
}

func TestReaderRefuses(t *testing.T) {
	as := csr.Standard()
	key := keys(t)["256-A"]
	cert := selfSigned(t, as, key, 1)
	with := csr.Chain{Anchors: []*csr.Certificate{cert}, At: time.Now()}
	o := cms.Options{At: time.Now()}
	gone := errors.New("the disk is gone")
	broken := io.MultiReader(bytes.NewReader(document), iotest.ErrReader(gone))
	if raw, err := cms.SignReader(as, key, cert, o, broken); !errors.Is(err, gone) || raw != nil {
		t.Errorf("signing: got %v, want the reader's error", err)
	}
	o.Detached = true
	raw, err := cms.Sign(as, key, cert, o, document)
	if err != nil {
		t.Fatal(err)
	}
	detached, err := cms.Parse(as, raw)
	if err != nil {
		t.Fatal(err)
	}
	if signers, err := detached.VerifyReader(iotest.ErrReader(gone), with); !errors.Is(err, gone) || signers != nil {
		t.Errorf("verifying: got %v, want the reader's error", err)
	}
	if raw, err := detached.CosignReader(key, cert, o, iotest.ErrReader(gone)); !errors.Is(err, gone) || raw != nil {
		t.Errorf("cosigning: got %v, want the reader's error", err)
	}
	if signers, err := detached.Verify(nil, with); err == nil || signers != nil {
		t.Error("a detached message verifies without its content")
	}
	if raw, err := detached.Cosign(key, cert, o, nil); err == nil || raw != nil {
		t.Error("a detached message is cosigned without its content")
	}
	// In pieces of one octet.
	if _, err := detached.VerifyReader(iotest.OneByteReader(bytes.NewReader(document)), with); err != nil {
		t.Error(err)
	}

	o.Detached = false
	if raw, err = cms.Sign(as, key, cert, o, document); err != nil {
		t.Fatal(err)
	}
	attached, err := cms.Parse(as, raw)
	if err != nil {
		t.Fatal(err)
	}
	const want = "the message carries its content"
	if signers, err := attached.VerifyReader(bytes.NewReader(document), with); err == nil || signers != nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("verifying: got %v, want …%s", err, want)
	}
	if raw, err := attached.CosignReader(key, cert, o, bytes.NewReader(document)); err == nil || raw != nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("cosigning: got %v, want …%s", err, want)
	}
}

// TestEmptyContent tells an empty document from none.
func TestEmptyContent(t *testing.T) {
	as := csr.Standard()
	key := keys(t)["256-A"]
	cert := selfSigned(t, as, key, 1)
	with := csr.Chain{Anchors: []*csr.Certificate{cert}, At: time.Now()}
	for _, content := range [][]byte{nil, {}} {
		raw, err := cms.Sign(as, key, cert, cms.Options{At: time.Now()}, content)
		if err != nil {
			t.Fatal(err)
		}
		sd, err := cms.Parse(as, raw)
		if err != nil {
			t.Fatal(err)
		}
		if sd.Content == nil || len(sd.Content) != 0 {
			t.Errorf("got content %v, want an empty one", sd.Content)
		}
		if _, err := sd.Verify(nil, with); err != nil {
			t.Error(err)
		}
	}
}
