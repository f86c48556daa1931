package xmldsig_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/surguch/surguch/smev/xmldsig"
)

// sizes of the signed messages that are measured.
var sizes = map[string]int{"10KiB": 10 << 10, "1MiB": 1 << 20}

// measure runs a benchmark on a signed envelope of each size: an extract from
// a register, of as many records as fill it.
func measure(b *testing.B, run func(b *testing.B, doc []byte)) {
	for _, name := range []string{"10KiB", "1MiB"} {
		var content strings.Builder
		content.WriteString(`<e:FNSVipULResponse xmlns:e="urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.6" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ИдДок="4b1a1f3e">` + "\n")
		for i := 0; content.Len() < sizes[name]-4000; i++ {
			fmt.Fprintf(&content, "  <e:СведДолжнФЛ>\n    <e:ГРНДатаПерв ГРН=\"%013d\" ДатаЗаписи=\"2020-05-20\"/>\n"+
				"    <e:СвФЛ Фамилия=\"Вощёных\" Имя=\"Ефим\" Отчество=\"Ильич\" ИННФЛ=\"500100732259\"/>\n"+
				"    <e:СвДолжн ВидДолжн=\"02\" xsi:type=\"e:ВидДолжн\">Руководитель юридического лица &amp; партнёр</e:СвДолжн>\n  </e:СведДолжнФЛ>\n", i)
		}
		content.WriteString("</e:FNSVipULResponse>")
		doc := []byte(forger{content: content.String()}.make(b))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			b.ReportAllocs()
			run(b, doc)
		})
	}
}

func BenchmarkParse(b *testing.B) {
	measure(b, func(b *testing.B, doc []byte) {
		for b.Loop() {
			if _, err := xmldsig.Parse(doc); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkCanonical(b *testing.B) {
	measure(b, func(b *testing.B, doc []byte) {
		e := parse(b, string(doc))
		for b.Loop() {
			e.Canonical()
		}
	})
}

func BenchmarkTransform(b *testing.B) {
	measure(b, func(b *testing.B, doc []byte) {
		e := one(b, parse(b, string(doc)), "SenderProvidedRequestData")
		for b.Loop() {
			if _, err := e.Transform(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkDigest is the transform into a hash that costs next to nothing where
// the processor has it.
func BenchmarkDigest(b *testing.B) {
	measure(b, func(b *testing.B, doc []byte) {
		e := one(b, parse(b, string(doc)), "SenderProvidedRequestData")
		for b.Loop() {
			if _, _, err := e.Digest(sha256.New(), xmldsig.Woodstox); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkVerifyEnvelope is all a receiver does: reading, finding, GOST R
// 34.11-2012 over the element and one signature of GOST R 34.10-2012.
func BenchmarkVerifyEnvelope(b *testing.B) {
	measure(b, func(b *testing.B, doc []byte) {
		s := string(doc)
		for b.Loop() {
			if _, err := receive(s); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSign(b *testing.B) {
	key, _ := gostKey(b)
	s := newSigner(b, key)
	measure(b, func(b *testing.B, doc []byte) {
		e := one(b, parse(b, string(doc)), "SenderProvidedRequestData")
		for b.Loop() {
			if _, err := s.Sign(e); err != nil {
				b.Fatal(err)
			}
		}
	})
}
