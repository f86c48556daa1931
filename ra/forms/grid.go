package forms

// column is one column of a grid.
type column struct {
	title string
	width float64 // millimetres; those of a grid make up textWidth
	right bool    // numbers stand on the right
}

// grid is a table with a heading over each column, for lists of like things.
// The heading is repeated on every page.
type grid struct {
	*paper
	columns []column
}

// newGrid begins a grid with its heading, together with the first row.
func (p *paper) newGrid(columns ...column) *grid {
	g := &grid{p, columns}
	p.need(25)
	g.heading()
	return g
}

func (g *grid) heading() {
	var titles []string
	for _, c := range g.columns {
		titles = append(titles, c.title)
	}
	cells, lines := g.wrapAll(titles)
	g.part(cells, lines, "FD")
}

// add draws a row, one text a column. A row that does not fit goes on on the
// next page.
func (g *grid) add(texts ...string) {
	cells, rest := g.wrapAll(texts)
	room := func() int { return int((bottomEdge - g.y - 2*cellGap) / cellFace.lead()) }
	for rest > 0 && g.pdf.Ok() {
		if room() < min(rest, keepLines) {
			g.page()
			g.heading()
		}
		n := min(rest, room())
		part := make([][]string, len(cells))
		for i, lines := range cells {
			k := min(n, len(lines))
			part[i], cells[i] = lines[:k], lines[k:]
		}
		g.part(part, n, "D")
		rest -= n
	}
}

// wrapAll breaks the texts of a row into lines and returns how many lines the
// longest has.
func (g *grid) wrapAll(texts []string) (cells [][]string, lines int) {
	g.font(cellFace)
	defer func() { g.cell = "" }()
	for i, text := range texts {
		g.cell = g.columns[i].title
		cell := g.wrap(text, g.columns[i].width-2*padding)
		cells, lines = append(cells, cell), max(lines, len(cell))
	}
	return cells, lines
}

// part draws as much of a row as stands on one page; style is fpdf's: "D" with
// a frame, "FD" shaded too.
func (g *grid) part(cells [][]string, lines int, style string) {
	height := float64(lines)*cellFace.lead() + 2*cellGap
	x := leftEdge
	g.font(cellFace)
	for i, c := range g.columns {
		g.pdf.SetFillColor(244, 244, 244)
		g.pdf.Rect(x, g.y, c.width, height, style)
		g.pdf.SetFillColor(0, 0, 0)
		y := g.y + cellGap + cellFace.size*millimetresPerPoint
		for _, l := range cells[i] {
			if c.right {
				g.textRight(x+c.width-padding, y, l)
			} else {
				g.text(x+padding, y, l)
			}
			y += cellFace.lead()
		}
		x += c.width
	}
	g.y += height
}
