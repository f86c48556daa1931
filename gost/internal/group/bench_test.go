package group_test

import (
	"math/big"
	"testing"

	"github.com/surguch/surguch/gost/internal/group"
)

func Benchmark(b *testing.B) {
	for _, c := range all {
		k, l := words(new(big.Int).Rsh(c.set.Q, 1)), words(new(big.Int).Div(c.set.Q, big.NewInt(3)))
		p := c.point(b, c.set.Generator())
		var table group.Table
		run := func(name string, f func()) {
			f() // tables
			b.Run(c.set.Name+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					f()
				}
			})
		}
		run("BaseMult", func() { c.BaseMult(k) })
		run("ScalarMult", func() { c.ScalarMult(k, p) })
		run("SumHasX", func() { c.SumHasX(k, l, p, l) })
		run("NewTable", func() { table = c.NewTable(p) })
		run("TableSumHasX", func() { table.SumHasX(k, l, l) })
	}
}
