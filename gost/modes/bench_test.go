package modes_test

import (
	"crypto/cipher"
	"testing"

	"github.com/surguch/surguch/gost/kuznyechik"
	"github.com/surguch/surguch/gost/magma"
	"github.com/surguch/surguch/gost/modes"
)

const benchmarkSize = 16 << 10

func BenchmarkKuznyechikCTR(b *testing.B) {
	benchmarkCTR(b, kuznyechik.New, 8, modes.KuznyechikSection)
}

func BenchmarkMagmaCTR(b *testing.B) { benchmarkCTR(b, magma.New, 4, modes.MagmaSection) }

func benchmarkCTR(b *testing.B, c newCipher, iv, section int) {
	b.Run("16KiB", func(b *testing.B) {
		s := newCTR(b, c, make([]byte, modes.KeySize), make([]byte, iv), section)
		p := make([]byte, benchmarkSize)
		b.SetBytes(benchmarkSize)
		b.ReportAllocs()
		for b.Loop() {
			s.XORKeyStream(p, p)
		}
	})
}

// eachBlock runs a benchmark with Kuznyechik, and beside it with Magma.
func eachBlock(b *testing.B, f func(b *testing.B, block cipher.Block)) {
	b.Run("16KiB", func(b *testing.B) { f(b, block(b, kuznyechik.New, make([]byte, modes.KeySize))) })
	b.Run("Magma16KiB", func(b *testing.B) { f(b, block(b, magma.New, make([]byte, modes.KeySize))) })
}

func BenchmarkMGM(b *testing.B) {
	eachBlock(b, func(b *testing.B, block cipher.Block) {
		aead := newMGM(b, block)
		nonce, p := make([]byte, aead.NonceSize()), make([]byte, benchmarkSize, benchmarkSize+16)
		b.SetBytes(benchmarkSize)
		b.ReportAllocs()
		for b.Loop() {
			aead.Seal(p[:0], nonce, p, nil)
		}
	})
}

func BenchmarkOMAC(b *testing.B) {
	eachBlock(b, func(b *testing.B, block cipher.Block) {
		mac, p := modes.NewOMAC(block), make([]byte, benchmarkSize)
		tag := make([]byte, 0, 16)
		b.SetBytes(benchmarkSize)
		b.ReportAllocs()
		for b.Loop() {
			mac.Reset()
			mac.Write(p)
			tag = mac.Sum(tag[:0])
		}
	})
}

func BenchmarkKExp15(b *testing.B) {
	key := make([]byte, modes.KeySize)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := modes.KExp15(kuznyechik.New, key, key, key[:8], key); err != nil {
			b.Fatal(err)
		}
	}
}
