package forms

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"
)

// title draws the title of a form, and in smaller lines what it is about.
func (p *paper) title(title string, about ...string) {
	p.y += 4 + titleFace.lead()
	p.font(titleFace)
	p.textCentre(p.y, title)
	p.font(strongFace)
	for _, l := range about {
		p.y += strongFace.lead() + 0.4
		p.textCentre(p.y, l)
	}
	p.y += 5
}

// section draws a heading, together on its page with the beginning of what
// follows.
func (p *paper) section(heading string) {
	p.need(25)
	p.y += 2.5
	p.font(strongFace)
	p.y += strongFace.lead()
	p.text(leftEdge, p.y, heading)
	p.y += 2.2
}

// paragraph draws a text over the whole width.
func (p *paper) paragraph(text string) { p.block(bodyFace, leftEdge, textWidth, text) }

// block draws a text in a column, over as many pages as it takes.
func (p *paper) block(f face, x, width float64, text string) {
	p.font(f)
	lines := p.wrap(text, width)
	if len(lines) > 1 {
		p.need(2 * f.lead()) // no single first line
	}
	for _, l := range lines {
		p.need(f.lead())
		p.font(f) // a new page has drawn its header meanwhile
		p.y += f.lead()
		p.text(x, p.y, l)
	}
	p.y += paragraphGap
}

// wrap breaks a text into lines of the present face that are no wider than
// given. A word that is wider itself is cut, after a punctuation mark if
// there is one.
func (p *paper) wrap(text string, width float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.Split(text, " ") {
		longer := word
		if line != "" {
			longer = line + " " + word
		}
		if p.width(longer) <= width {
			line = longer
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for p.width(word) > width {
			n := p.cut(word, width)
			lines = append(lines, word[:n])
			word = word[n:]
		}
		line = word
	}
	return append(lines, line)
}

// cut returns how many octets of a word fit the width: one character at
// least, and up to a separator if one stands in the second half.
func (p *paper) cut(word string, width float64) int {
	fits, separated := 0, 0
	for i, r := range word {
		end := i + utf8.RuneLen(r)
		if i > 0 && p.width(word[:end]) > width {
			break
		}
		fits = end
		if strings.ContainsRune("/-._@?&=,;:", r) {
			separated = end
		}
	}
	if 2*separated > fits {
		return separated
	}
	return fits
}

// piece is a part of a table cell: words that wrap, or octets in groups.
type piece struct {
	words  string
	octets []byte
}

func words(s string) piece    { return piece{words: s} }
func octets(raw []byte) piece { return piece{octets: raw} }

// groupsPerLine and groupPitch arrange octets: groups of four hexadecimal
// digits, all lines alike, so that two sheets can be compared by eye.
const (
	groupsPerLine = 10
	groupPitch    = 10.4 // millimetres
)

// groups writes octets as lines of groups.
func groups(raw []byte) (lines []string) {
	var line []string
	for digits := hex.EncodeToString(raw); digits != ""; {
		n := min(4, len(digits))
		line = append(line, digits[:n])
		digits = digits[n:]
		if len(line) == groupsPerLine || digits == "" {
			lines = append(lines, strings.Join(line, " "))
			line = nil
		}
	}
	return lines
}

// cellLine is a line of a table cell.
type cellLine struct {
	text    string
	grouped bool
}

// cellLines breaks the pieces of a cell into lines.
func (p *paper) cellLines(width float64, pieces []piece) (lines []cellLine) {
	for _, piece := range pieces {
		if piece.octets != nil {
			for _, l := range groups(piece.octets) {
				lines = append(lines, cellLine{l, true})
			}
			continue
		}
		for _, l := range p.wrap(piece.words, width) {
			lines = append(lines, cellLine{l, false})
		}
	}
	return lines
}

// draw draws the line with its baseline at x, y.
func (l cellLine) draw(p *paper, x, y float64) {
	if !l.grouped {
		p.text(x, y, l.text)
		return
	}
	for i, group := range strings.Fields(l.text) {
		p.text(x+float64(i)*groupPitch, y, group)
	}
}

// list draws numbered paragraphs over the whole width.
func (p *paper) list(items ...string) { p.steps(textWidth, items...) }

// steps draws numbered paragraphs in a column at the left edge.
func (p *paper) steps(width float64, items ...string) {
	const indent = 7.0
	for i, item := range items {
		p.font(bodyFace)
		p.need(float64(min(len(p.wrap(item, width-indent)), 2)) * bodyFace.lead())
		p.font(bodyFace)
		p.text(leftEdge+1, p.y+bodyFace.lead(), fmt.Sprintf("%d.", i+1))
		p.block(bodyFace, leftEdge+indent, width-indent, item)
	}
}
