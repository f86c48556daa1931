package modes_test

import (
	"bytes"
	"testing"

	"github.com/surguch/surguch/gost/modes"
)

// The stream does not depend on how the text is cut, and is that of plain
// blocks.
func FuzzCTRACPKM(f *testing.F) {
	f.Add([]byte("a text that is encrypted in pieces, which are of several sizes"), uint8(1), uint8(3), uint16(20))
	f.Add(random(1, 1100), uint8(0), uint8(200), uint16(600))
	f.Add(random(1, 40), uint8(33), uint8(16), uint16(0))
	f.Fuzz(func(t *testing.T, p []byte, blocks, first uint8, second uint16) {
		for name, c := range ciphers {
			key := random(1, 32)
			n := block(t, c, key).BlockSize()
			iv := random(2, n/2)
			section := int(blocks) * n
			want := plainCTR(t, c, key, iv, section, p)

			s := newCTR(t, c, key, iv, section)
			got := bytes.Clone(p)
			i := min(int(first), len(got))
			j := min(i+int(second), len(got))
			for _, piece := range [][]byte{got[:i], got[i:j], got[j:]} {
				s.XORKeyStream(piece, piece)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s in sections of %d, cut at %d and %d: got %x, want %x", name, section, i, j, got, want)
			}
		}
	})
}

// A tag does not depend on how the message is cut, and is that of plain blocks.
func FuzzOMAC(f *testing.F) {
	f.Add([]byte("a message that comes in pieces"), uint8(1), uint16(20))
	f.Add(random(1, 64), uint8(16), uint16(32))
	f.Fuzz(func(t *testing.T, msg []byte, first uint8, second uint16) {
		if len(msg) > 1000 {
			return // there is plain key material for no more
		}
		for name, c := range ciphers {
			key := random(1, modes.KeySize)
			for mode, mac := range macs(t, c, key, block(t, c, key).BlockSize()) {
				i := min(int(first), len(msg))
				j := min(i+int(second), len(msg))
				for _, piece := range [][]byte{msg[:i], msg[i:j], msg[j:]} {
					mac.hash.Write(piece)
					mac.hash.Sum(nil)
				}
				if got, want := mac.hash.Sum(nil), mac.plain(msg); !bytes.Equal(got, want) {
					t.Errorf("%s, %s, cut at %d and %d: got %x, want %x", name, mode, i, j, got, want)
				}
			}
		}
	})
}
