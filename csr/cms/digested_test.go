package cms_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
)

// TestDigestedTC26 verifies the examples of both documents of TC 26, and makes
// that of R 1323565.1.025-2019 again.
func TestDigestedTC26(t *testing.T) {
	as := csr.Standard()
	for _, name := range []string{"tc26/hashed_a311.pem", "tc26-28147/digested256.hex", "tc26-28147/digested512.hex"} {
		d, err := cms.ParseDigested(as, file(t, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := d.Verify(nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := d.Verify(d.Content); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := d.Verify([]byte("other")); !errors.Is(err, cms.ErrContent) {
			t.Errorf("%s: other content: got %v", name, err)
		}
	}
	want := file(t, "tc26/hashed_a311.pem")
	d, err := cms.ParseDigested(as, want)
	if err != nil {
		t.Fatal(err)
	}
	if got := cms.Digest(as[0], d.Content); !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

func TestDigestedRefuses(t *testing.T) {
	as := csr.Standard()
	raw := cms.Digest(as[0], []byte("text"))
	if _, err := cms.ParseDigested(as[1:], raw); !errors.Is(err, csr.ErrUnknownAlgorithm) {
		t.Errorf("unknown digest: got %v", err)
	}
	if d, err := cms.ParseDigested(as, raw[:len(raw)-1]); err == nil || d != nil {
		t.Error("a short message was read")
	}
	changed := bytes.Clone(raw)
	changed[len(raw)-1] ^= 1
	d, err := cms.ParseDigested(as, changed)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Verify(nil); !errors.Is(err, cms.ErrContent) {
		t.Errorf("another digest: got %v", err)
	}

	// Detached: the content and the three lengths around it go.
	for _, a := range as[:2] {
		whole, err := cms.ParseDigested(as, cms.Digest(a, nil))
		if err != nil || whole.Content == nil {
			t.Fatalf("empty content: got %v, %v", whole, err)
		}
		detached := bytes.Replace(whole.Raw, []byte{0xa0, 2, 4, 0}, nil, 1)
		for i, x := range [][]byte{{0x30, byte(len(whole.Raw) - 2)}, {0xa0, byte(len(whole.Raw) - 15)}, {0x30, byte(len(whole.Raw) - 17)}, {0x30, 0x0f, 6, 9}} {
			y := append([]byte{x[0], x[1] - 4}, x[2:]...)
			if bytes.Count(detached, x) < 1 {
				t.Fatalf("length %d: not found in %x", i, detached)
			}
			detached = bytes.Replace(detached, x, y, 1)
		}
		d, err := cms.ParseDigested(as, detached)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Verify(nil); err == nil || d.Content != nil {
			t.Error("nothing to verify, and it verifies")
		}
		if err := d.Verify([]byte{}); err != nil {
			t.Error(err)
		}
	}
}
