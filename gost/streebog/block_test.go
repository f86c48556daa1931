package streebog

import (
	"math/rand/v2"
	"testing"
)

// plain is LPS by RFC 6986, section 7, with the substitution and the linear
// transformation taken out of the tables: octet i of word j becomes octet j of
// word i and goes through the linear transformation with the others.
func plain(b block) (r block) {
	for i := range r {
		for j := range b {
			r[i] ^= table[j][byte(b[j]>>(8*i))]
		}
	}
	return r
}

func random(r *rand.Rand) (b block) {
	for i := range b {
		b[i] = r.Uint64()
	}
	return b
}

func sum(a, b block) block {
	for i := range a {
		a[i] ^= b[i]
	}
	return a
}

// The variables of lpsx may be the same in every way.
func TestLPSX(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		a, b := random(r), random(r)
		want := plain(sum(a, b))
		for _, tc := range []struct {
			name string
			got  func(a, b, r block) block
			want block
		}{
			{"r", func(a, b, r block) block { r.lpsx(&a, &b); return r }, want},
			{"r = a", func(a, b, r block) block { a.lpsx(&a, &b); return a }, want},
			{"r = b", func(a, b, r block) block { b.lpsx(&a, &b); return b }, want},
			{"a = b", func(a, b, r block) block { r.lpsx(&a, &a); return r }, plain(block{})},
			{"r = a = b", func(a, b, r block) block { a.lpsx(&a, &a); return a }, plain(block{})},
		} {
			if got := tc.got(a, b, random(r)); got != tc.want {
				t.Errorf("%s: got %x, want %x", tc.name, got, tc.want)
			}
		}
	}
}

// The prepared schedules do what the compression does with its own.
func TestCompressFirst(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, tc := range []struct {
		size int
		keys *schedule
	}{{Size256, &first256}, {Size512, &first512}} {
		for range 10 {
			m := random(r)
			got, want := initial(tc.size), initial(tc.size)
			got.compressFirst(tc.keys, &m)
			want.compress(&block{}, &m)
			if got != want {
				t.Errorf("%d octets, block %x: got %x, want %x", tc.size, m, got, want)
			}
		}
	}
}
