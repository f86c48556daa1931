package gost_test

import (
	"testing"

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

func BenchmarkGenerateKey(b *testing.B) {
	for _, c := range []*gost.Curve{gost.TC26A256(), gost.TC26A512()} {
		b.Run(c.Name(), func(b *testing.B) {
			for b.Loop() {
				if _, err := gost.GenerateKey(c, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
