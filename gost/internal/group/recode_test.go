package group

import (
	"math/big"
	"testing"
)

func toBig(w Words) *big.Int {
	n := new(big.Int)
	for i := len(w) - 1; i >= 0; i-- {
		n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(w[i]))
	}
	return n
}

func toWords(n *big.Int) (w Words) {
	for i := range 8 * len(w) * 8 {
		w[i/64] |= uint64(n.Bit(i)) << (i % 64)
	}
	return w
}

// checkRecoding checks that the digits of a number, in both forms, are what
// they have to be and add up to it.
func checkRecoding(t *testing.T, k Words) {
	t.Helper()
	n := toBig(k)
	for _, w := range []int{2, pointWidth, 8, oddWidth} {
		var z naf
		length := z.set(&k, w)
		sum, last := new(big.Int), -w
		for i, d := range z {
			if d == 0 {
				continue
			}
			if d%2 == 0 || int(d) >= 1<<(w-1) || int(d) <= -1<<(w-1) || i-last < w || i >= length {
				t.Errorf("%x, width %d: digit %d at %d, after one at %d, of %d", n, w, d, i, last, length)
			}
			last = i
			sum.Add(sum, new(big.Int).Lsh(big.NewInt(int64(d)), uint(i)))
		}
		if sum.Cmp(n) != 0 || length != last+1 && n.Sign() != 0 {
			t.Errorf("%x, width %d: got the digits of %x, %d of them", n, w, sum, length)
		}
	}

	q := Words{}
	for i := range q {
		q[i] = 1<<64 - 1
	}
	odd, negative := makeOdd(&k, &q)
	want := n
	if n.Bit(0) == 0 {
		want = new(big.Int).Sub(toBig(q), n)
	}
	if toBig(odd).Cmp(want) != 0 || negative != uint64(n.Bit(0))-1 {
		t.Errorf("makeOdd(%x): got %x, %x", n, toBig(odd), negative)
	}
	const windows = 103
	sum := new(big.Int)
	for i := range windows {
		index, minus := oddDigit(&odd, i, windows)
		d := int64(2*index + 1)
		if minus != 0 {
			d = -d
		}
		if index >= half || minus+1 > 1 {
			t.Errorf("%x: digit %d: got %d, %x", want, i, index, minus)
		}
		sum.Add(sum, new(big.Int).Lsh(big.NewInt(d), uint(window*i)))
	}
	if sum.Cmp(want) != 0 {
		t.Errorf("%x: got the digits of %x", want, sum)
	}
}

func TestRecoding(t *testing.T) {
	one := big.NewInt(1)
	for i := range uint(512) {
		power := new(big.Int).Lsh(one, i)
		checkRecoding(t, toWords(power))
		checkRecoding(t, toWords(new(big.Int).Sub(power, one)))
		checkRecoding(t, toWords(new(big.Int).Add(power, one)))
	}
	checkRecoding(t, toWords(new(big.Int).Sub(new(big.Int).Lsh(one, 512), one)))
}

func FuzzScalar(f *testing.F) {
	f.Add([]byte{0xff, 0xff, 0, 0xff})
	f.Fuzz(func(t *testing.T, be []byte) {
		checkRecoding(t, toWords(new(big.Int).SetBytes(be[:min(len(be), 64)])))
	})
}
