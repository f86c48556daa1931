package xmldsig

import (
	"cmp"
	"strings"
)

// byPrefix is the order in which canonical forms declare namespaces.
func byPrefix(a, b binding) int { return strings.Compare(a.prefix, b.prefix) }

// byName is the order of attributes (Canonical XML 1.0, section 2.2): by
// namespace name, none first, then by local name. The order of bytes in UTF-8
// is that of code points.
func byName(a, b *attribute) int {
	if order := strings.Compare(a.space, b.space); order != 0 {
		return order
	}
	return strings.Compare(a.local, b.local)
}

// byTransform is the order of attributes: those with a namespace, by its name
// and then by local name, before those without. Names compare as in Java, by
// UTF-16 units.
func byTransform(a, b *attribute) int {
	if qualified := a.space != ""; qualified != (b.space != "") {
		if qualified {
			return -1
		}
		return 1
	}
	if order := compareUTF16(a.space, b.space); order != 0 {
		return order
	}
	return compareUTF16(a.local, b.local)
}

// compareUTF16 compares two texts in UTF-8 as their UTF-16 units compare. The
// orders differ where surrogates, of characters from U+10000 on, meet U+E000
// to U+FFFF.
func compareUTF16(a, b string) int {
	for i := range min(len(a), len(b)) {
		x, y := a[i], b[i]
		if x == y {
			continue
		}
		if supplementary := x >= 0xF0; supplementary != (y >= 0xF0) && x >= 0xEE && y >= 0xEE {
			x, y = y, x
		}
		return cmp.Compare(x, y)
	}
	return cmp.Compare(len(a), len(b))
}
