package forms

import "strings"

// The table: a column of names and one of values, in millimetres.
const (
	labelWidth = 60.0
	padding    = 1.6 // left and right of a cell's text
	cellGap    = 0.9 // above and below it
	keepLines  = 3   // of a row that is divided by a page's end, before it
)

// row draws a row of a table. A row that does not fit goes on on the next
// page. Lines of the label are divided by line feeds.
func (p *paper) row(label string, value ...piece) {
	p.cell = label
	defer func() { p.cell = "" }()
	p.font(cellFace)
	names := p.labelLines(label)
	values := p.cellLines(textWidth-labelWidth-2*padding, value)
	lead := cellFace.lead()
	for first := true; first || len(names)+len(values) > 0; first = false {
		want := max(len(names), len(values), 1)
		room := int((bottomEdge - p.y - 2*cellGap) / lead)
		if first && room < min(want, keepLines) || room < 1 {
			p.page()
			room = int((bottomEdge - p.y - 2*cellGap) / lead)
		}
		n := min(want, room)
		p.rowPart(names[:min(n, len(names))], values[:min(n, len(values))], float64(n)*lead+2*cellGap)
		names, values = names[min(n, len(names)):], values[min(n, len(values)):]
		if !p.pdf.Ok() {
			return
		}
	}
}

// labelLines breaks a label into lines.
func (p *paper) labelLines(label string) (lines []cellLine) {
	for part := range strings.SplitSeq(label, "\n") {
		for _, l := range p.wrap(part, labelWidth-2*padding) {
			lines = append(lines, cellLine{l, false})
		}
	}
	return lines
}

// rowPart draws as much of a row as stands on one page.
func (p *paper) rowPart(names, values []cellLine, height float64) {
	p.pdf.SetFillColor(244, 244, 244)
	p.pdf.Rect(leftEdge, p.y, labelWidth, height, "FD")
	p.pdf.Rect(leftEdge+labelWidth, p.y, textWidth-labelWidth, height, "D")
	p.pdf.SetFillColor(0, 0, 0)
	p.font(cellFace)
	for column, lines := range [][]cellLine{names, values} {
		x := leftEdge + padding + float64(column)*labelWidth
		y := p.y + cellGap + cellFace.size*millimetresPerPoint
		for _, l := range lines {
			l.draw(p, x, y)
			y += cellFace.lead()
		}
	}
	p.y += height
}
