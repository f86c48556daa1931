package tsp

import (
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/surguch/surguch/internal/der"
)

// Info is what a token says (TSTInfo; RFC 3161, section 2.4.2).
type Info struct {
	Policy       asn1.ObjectIdentifier // under which it was issued
	Imprint      Imprint
	SerialNumber *big.Int
	Time         time.Time     // the data existed then, give or take Accuracy
	Accuracy     time.Duration // zero: not said
	Ordering     bool          // tokens of this authority are in the order of Time, whatever Accuracy
	Nonce        *big.Int      // nil: none
}

// marshal returns TSTInfo in DER, as a TSA of this package makes it: the time is
// to the second, and nothing is said of the order of tokens.
func (i *Info) marshal() ([]byte, error) {
	var b der.Builder
	b.AddASN1(der.Sequence, func(b *der.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1ObjectIdentifier(i.Policy)
		i.Imprint.add(b)
		b.AddASN1BigInt(i.SerialNumber)
		b.AddASN1GeneralizedTime(i.Time.UTC())
		if i.Accuracy > 0 {
			addAccuracy(b, i.Accuracy)
		}
		if i.Nonce != nil {
			b.AddASN1BigInt(i.Nonce)
		}
	})
	return b.Bytes()
}

// readInfo reads TSTInfo. The name of the authority in it is a hint that
// nothing rests on (RFC 3161, section 2.4.2), and is passed over; extensions
// are too unless they are critical.
func readInfo(raw []byte) (i Info, err error) {
	in, ok := der.ReadWhole(raw, der.Sequence)
	var version int
	if !ok || !in.ReadASN1Integer(&version) || version != 1 {
		return i, errors.New("not a TSTInfo of version 1")
	}
	if !in.ReadASN1ObjectIdentifier(&i.Policy) {
		return i, errors.New("policy does not parse")
	}
	if i.Imprint, err = readImprint(&in); err != nil {
		return i, err
	}
	i.SerialNumber = new(big.Int)
	if !in.ReadASN1Integer(i.SerialNumber) {
		return i, errors.New("serialNumber does not parse")
	}
	if i.Time, ok = readTime(&in); !ok {
		return i, errors.New("genTime does not parse")
	}
	if in.PeekASN1Tag(der.Sequence) {
		if i.Accuracy, ok = readAccuracy(&in); !ok {
			return i, errors.New("accuracy does not parse")
		}
	}
	if in.PeekASN1Tag(der.Boolean) && !in.ReadASN1Boolean(&i.Ordering) {
		return i, errors.New("ordering does not parse")
	}
	if in.PeekASN1Tag(der.Integer) {
		i.Nonce = new(big.Int)
		if !in.ReadASN1Integer(i.Nonce) {
			return i, errors.New("nonce does not parse")
		}
	}
	var name der.String
	var present bool
	if !in.ReadOptionalASN1(&name, &present, der.ContextCons(0)) {
		return i, errors.New("tsa does not parse")
	}
	extensions, err := readExtensions(&in, 1)
	if err != nil {
		return i, err
	}
	for _, e := range extensions {
		if e.Critical {
			return i, fmt.Errorf("critical extension %v is not understood", e.ID)
		}
	}
	return i, nil
}

// readTime reads genTime: a GeneralizedTime in UTC with seconds and, unlike
// those of certificates, their fraction, which does not end in zero (RFC 3161,
// section 2.4.2). What is finer than a nanosecond is cut off.
func readTime(in *der.String) (t time.Time, ok bool) {
	var raw der.String
	if !in.ReadASN1(&raw, der.GeneralizedTime) {
		return t, false
	}
	const whole = "20060102150405"
	text, zone := strings.CutSuffix(string(raw), "Z")
	seconds, fraction, fractional := strings.Cut(text, ".")
	if !zone || len(seconds) != len(whole) {
		return t, false
	}
	t, err := time.Parse(whole, seconds)
	if err != nil || !fractional {
		return t, err == nil
	}
	if fraction == "" || strings.HasSuffix(fraction, "0") || strings.Trim(fraction, "0123456789") != "" {
		return time.Time{}, false
	}
	nanoseconds := 0
	for _, digit := range (fraction + "000000000")[:9] {
		nanoseconds = 10*nanoseconds + int(digit-'0')
	}
	return t.Add(time.Duration(nanoseconds)), true
}

// maxSeconds keeps an Accuracy within a Duration, and within reason.
const maxSeconds = 366 * 24 * 60 * 60

// readAccuracy reads Accuracy: SEQUENCE {seconds INTEGER OPTIONAL, millis [0]
// OPTIONAL, micros [1] OPTIONAL}. The last two are from 1 to 999; a zero, which
// says nothing, is let pass.
func readAccuracy(in *der.String) (d time.Duration, ok bool) {
	var seq der.String
	if !in.ReadASN1(&seq, der.Sequence) {
		return 0, false
	}
	if seq.PeekASN1Tag(der.Integer) {
		var seconds int64
		if !seq.ReadASN1Integer(&seconds) || seconds < 0 || seconds > maxSeconds {
			return 0, false
		}
		d = time.Duration(seconds) * time.Second
	}
	for n, unit := range []time.Duration{time.Millisecond, time.Microsecond} {
		tag := der.Context(uint8(n))
		if !seq.PeekASN1Tag(tag) {
			continue
		}
		var part int64
		if !seq.ReadASN1Int64WithTag(&part, tag) || part < 0 || part > 999 {
			return 0, false
		}
		d += time.Duration(part) * unit
	}
	return d, seq.Empty()
}

func addAccuracy(b *der.Builder, d time.Duration) {
	b.AddASN1(der.Sequence, func(b *der.Builder) {
		if s := d / time.Second; s > 0 {
			b.AddASN1Int64(int64(s))
		}
		for n, unit := range []time.Duration{time.Millisecond, time.Microsecond} {
			if part := d / unit % 1000; part > 0 {
				b.AddASN1Int64WithTag(int64(part), der.Context(uint8(n)))
			}
		}
	})
}
