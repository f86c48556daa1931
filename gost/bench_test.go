package gost_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/surguch/surguch/gost"
)

func BenchmarkSign(b *testing.B) {
	for _, c := range gost.Curves() {
		k := generate(b, c, 1)
		digest := streebogOf(c, nil)
		b.Run(c.Name(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := k.Sign(nil, digest, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, c := range gost.Curves() {
		k := generate(b, c, 1)
		digest := streebogOf(c, nil)
		sig, err := k.Sign(nil, digest, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.Name(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !gost.Verify(k.PublicKey(), digest, sig) {
					b.Fatal("signature is refused")
				}
			}
		})
	}
}

func BenchmarkVerifyPrepared(b *testing.B) {
	for _, c := range gost.Curves() {
		k := generate(b, c, 1)
		digest := streebogOf(c, nil)
		sig, err := k.Sign(nil, digest, nil)
		if err != nil {
			b.Fatal(err)
		}
		prepared := k.PublicKey().Prepare()
		b.Run(c.Name(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !prepared.Verify(digest, sig) {
					b.Fatal("signature is refused")
				}
			}
		})
	}
}

func BenchmarkPrepare(b *testing.B) {
	for _, c := range gost.Curves() {
		k := generate(b, c, 1)
		b.Run(c.Name(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				k.PublicKey().Prepare()
			}
		})
	}
}

func BenchmarkGenerateKey(b *testing.B) {
	for _, c := range gost.Curves() {
		b.Run(c.Name(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := gost.GenerateKey(c, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkConstantTime measures signatures under one fixed key, with few bits
// set, and under random ones, in random turn, and reports Welch's t of the two
// classes of times, the slowest tenth left out (O. Reparaz, J. Balasch,
// I. Verbauwhede, "Dude, is my code constant time?", DATE 2017). Beyond 4.5
// either way, the more so when it grows with the number of measurements, time
// depends on the key.
func BenchmarkConstantTime(b *testing.B) {
	const keys = 64
	for _, c := range gost.Curves() {
		two := make([]byte, c.Size())
		two[0] = 2
		fixed, err := gost.NewPrivateKey(c, two)
		if err != nil {
			b.Fatal(err)
		}
		// Copies, so that both classes read as much memory.
		var classes [2][keys]*gost.PrivateKey
		for i := range keys {
			if classes[0][i], err = gost.NewPrivateKey(c, fixed.Bytes()); err != nil {
				b.Fatal(err)
			}
			classes[1][i] = generate(b, c, byte(i))
		}
		digest := streebogOf(c, nil)
		nonce := make([]byte, 2*c.Size())
		b.Run(c.Name(), func(b *testing.B) {
			var times [2][]float64
			for i := 0; b.Loop(); i++ {
				class := rand.IntN(2)
				k := classes[class][rand.IntN(keys)]
				// The secret number is of the same class as the key.
				copy(nonce, k.Bytes())
				start := time.Now()
				if _, err := k.SignWithNonces(bytes.NewReader(nonce), digest); err != nil {
					b.Fatal(err)
				}
				times[class] = append(times[class], float64(time.Since(start)))
			}
			b.ReportMetric(welch(times[0], times[1]), "t")
		})
	}
}

// welch returns the t statistic of two samples without the times that are
// longer than nine tenths of all.
func welch(x, y []float64) float64 {
	both := slices.Sorted(slices.Values(slices.Concat(x, y)))
	if len(both) == 0 {
		return 0
	}
	limit := both[len(both)*9/10]
	mean := func(x []float64) (mean, variance float64) {
		var n float64
		for _, v := range x {
			if v <= limit { // Welford's method
				n++
				delta := v - mean
				mean += delta / n
				variance += delta * (v - mean)
			}
		}
		if n < 2 {
			return mean, 0
		}
		return mean, variance / (n - 1) / n
	}
	mx, vx := mean(x)
	my, vy := mean(y)
	if vx+vy == 0 {
		return 0
	}
	return (mx - my) / math.Sqrt(vx+vy)
}
