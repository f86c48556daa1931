package forms

import (
	"bytes"
	_ "embed"
	"strings"
	"sync"

	"codeberg.org/go-pdf/fpdf"
)

// The fonts: see font/README. They are strings so that every document works
// on a copy of its own, whatever fpdf does with the bytes it is given.
var (
	//go:embed font/regular.ttf
	regularFont string
	//go:embed font/bold.ttf
	boldFont string
)

// fontFamily is the fonts' name within fpdf, and fontName the one that
// documents have instead: see tagSubsets.
const (
	fontFamily = "surguchtextpdf"
	fontName   = "SurguchText"
)

// face is a font in a size.
type face struct {
	style string  // fpdf's: "" regular, "B" bold
	size  float64 // points
}

// Faces of the forms.
var (
	codeFace   = face{"B", 19}
	titleFace  = face{"B", 13}
	strongFace = face{"B", 10.5}
	bodyFace   = face{"", 10}
	cellFace   = face{"", 9}
	smallFace  = face{"", 7.5}
)

const millimetresPerPoint = 25.4 / 72

// lead is the distance between baselines, in millimetres.
func (f face) lead() float64 { return f.size * millimetresPerPoint * 1.28 }

// addFonts embeds the fonts in a document. What the document does not use of
// them fpdf leaves out when it closes.
func addFonts(pdf *fpdf.Fpdf) {
	pdf.AddUTF8FontFromBytes(fontFamily, "", []byte(regularFont))
	pdf.AddUTF8FontFromBytes(fontFamily, "B", []byte(boldFont))
}

// tagSubsets gives the embedded fonts names as PDF asks of a font that is only
// a part: six capital letters and a plus sign before the name, other letters
// for another part (ISO 32000-1, section 9.6.4). fpdf has no way to do that;
// the names it writes, "utf8" and the family, are as long as those that
// replace them, so that the offsets in the file stay right. The letters come
// from a hash of what the document shows.
func tagSubsets(pdf []byte, hash string) []byte {
	tag := func(digits string) string {
		return strings.Map(func(r rune) rune { return 'A' + r%26 }, digits)
	}
	old := "utf8" + fontFamily
	pdf = bytes.ReplaceAll(pdf, []byte(old+"B"), []byte(tag(hash[:6])+"+"+fontName+"B"))
	return bytes.ReplaceAll(pdf, []byte(old), []byte(tag(hash[6:12])+"+"+fontName))
}

// lacking returns the first character of a text that the fonts do not have.
// Bytes that are no UTF-8 count as U+FFFD, which they do not have either.
func lacking(text string) (rune, bool) {
	has := charset()
	for _, r := range text {
		if !has[r] {
			return r, true
		}
	}
	return 0, false
}

// charset is the set of characters that both fonts have. Reading it from the
// fonts themselves leaves no second list to keep in step.
var charset = sync.OnceValue(func() map[rune]bool {
	both := map[rune]bool{}
	bold := characters(boldFont)
	for r := range characters(regularFont) {
		if bold[r] {
			both[r] = true
		}
	}
	return both
})

// characters reads the cmap table of a TrueType font: the subtable of format
// 4, of Unicode's basic plane, which is the one that fpdf uses (OpenType
// specification, "cmap"). The font is part of the program, so a malformed one
// may panic.
func characters(font string) map[rune]bool {
	u16 := func(at int) int { return int(font[at])<<8 | int(font[at+1]) }
	u32 := func(at int) int { return u16(at)<<16 | u16(at+2) }
	set := map[rune]bool{}
	for i := range u16(4) { // table directory
		record := 12 + 16*i
		if font[record:record+4] != "cmap" {
			continue
		}
		cmap := u32(record + 8)
		for j := range u16(cmap + 2) { // subtables
			table := cmap + u32(cmap+4+8*j+4)
			if u16(table) != 4 {
				continue
			}
			segments := u16(table+6) / 2
			ends, starts := table+14, table+16+2*segments
			for k := range segments - 1 { // the last is the end mark U+FFFF
				for r := u16(starts + 2*k); r <= u16(ends+2*k); r++ {
					set[rune(r)] = true
				}
			}
		}
	}
	return set
}
