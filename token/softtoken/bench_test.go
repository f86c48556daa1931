package softtoken_test

import (
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token/internal/cryptoki"
	"github.com/surguch/surguch/token/softtoken"
)

// BenchmarkSign signs digests in process.
func BenchmarkSign(b *testing.B) {
	ctx := b.Context()
	tokens := must[*softtoken.Tokens](b)(softtoken.Open(softtoken.Config{Dir: b.TempDir(), Iterations: 1}))
	defer tokens.Close()
	must[uint64](b)(tokens.Add(softtoken.Format{}))
	a := tokens.Application()
	s := must[cryptoki.Session](b)(a.OpenSession(ctx, 0, true))
	if err := a.Login(ctx, s, cryptoki.User, []byte(userPIN)); err != nil {
		b.Fatal(err)
	}
	for _, p := range []pair{gostPair(gost.CryptoProA()), gostPair(gost.TC26A512()), p256Pair, rsaPair} {
		_, key, err := a.GenerateKeyPair(ctx, s, cryptoki.Mechanism{Type: p.generate}, p.public, nil)
		if err != nil {
			b.Fatal(err)
		}
		digest := p.input([]byte("message"))
		b.Run(p.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := a.Sign(ctx, s, p.raw, key, digest); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "signatures/s")
		})
	}
}

// BenchmarkLogin takes the default cost of a PIN.
func BenchmarkLogin(b *testing.B) {
	ctx := b.Context()
	tokens := must[*softtoken.Tokens](b)(softtoken.Open(softtoken.Config{Dir: b.TempDir()}))
	defer tokens.Close()
	must[uint64](b)(tokens.Add(softtoken.Format{}))
	a := tokens.Application()
	s := must[cryptoki.Session](b)(a.OpenSession(ctx, 0, true))
	for b.Loop() {
		if err := a.Login(ctx, s, cryptoki.User, []byte(userPIN)); err != nil {
			b.Fatal(err)
		}
		if err := a.Logout(ctx, s); err != nil {
			b.Fatal(err)
		}
	}
}
