package forms

// The place for signatures: lines for a pen on the left, a frame for the mark
// of an electronic signature on the right, in millimetres.
const (
	penWidth    = 36.0 // the line for the signature
	nameAt      = leftEdge + penWidth + 3
	nameWidth   = 60.0
	frameWidth  = 66.0
	frameHeight = 20.0
)

// signer is who signs a form.
type signer struct {
	role string
	name string // "": left for the signer to write
	date string // what date it is that he writes
}

// signature draws the place where a form is signed, by pen or by key, all of
// it on one page.
func (p *paper) signature(by signer) {
	top := p.pen(by)
	bottom := p.y
	x := rightEdge - frameWidth
	p.pdf.Rect(x, top, frameWidth, frameHeight, "D")
	p.y = top + 3
	p.block(bodyFace, x+3, frameWidth-6, "Подписано усиленной электронной подписью: см. приложенный файл подписи")
	p.y = max(bottom, top+frameHeight)
}

// pen draws the place where a form is signed by pen alone, all of it on one
// page, and returns where its top is.
func (p *paper) pen(by signer) (top float64) {
	p.font(cellFace)
	name := p.wrap(by.name, nameWidth-2)
	above := float64(len(name)-1) * cellFace.lead()
	p.need(42 + above)
	p.y += 4
	top = p.y

	p.y += 3
	p.font(strongFace)
	p.text(leftEdge, p.y, by.role)
	p.y += 10
	p.font(cellFace)
	for i, l := range name {
		p.text(nameAt+1, p.y-1+float64(i)*cellFace.lead(), l)
	}
	p.y += above
	p.writingLine(leftEdge, penWidth, "подпись, как в паспорте")
	p.writingLine(nameAt, nameWidth, "фамилия, имя, отчество полностью")
	p.y += 11
	p.font(bodyFace)
	p.text(leftEdge+1, p.y-1, "«        »")
	p.textRight(leftEdge+nameWidth-1, p.y-1, "20        г.")
	p.writingLine(leftEdge, nameWidth, by.date)
	p.y += 4
	return top
}

// official draws one line on which somebody signs for an organisation: his
// post, his signature, his name. An empty name is left for him to write.
func (p *paper) official(post, name string) {
	const postWidth = textWidth - penWidth - nameWidth - 6
	p.font(cellFace)
	posts, names := p.wrap(post, postWidth), p.wrap(name, nameWidth-2)
	above := float64(max(len(posts), len(names))-1) * cellFace.lead()
	p.need(16 + above)
	p.y += 10
	for i, l := range posts {
		p.text(leftEdge, p.y-1+float64(i)*cellFace.lead(), l)
	}
	const x = leftEdge + postWidth + 3
	for i, l := range names {
		p.text(x+penWidth+4, p.y-1+float64(i)*cellFace.lead(), l)
	}
	p.y += above
	p.writingLine(x, penWidth, "подпись")
	p.writingLine(x+penWidth+3, nameWidth, "фамилия, инициалы")
	p.y += 5
}

// writingLine draws a line to write on and below it, in small print, what is
// written there.
func (p *paper) writingLine(x, width float64, what string) {
	p.pdf.Line(x, p.y, x+width, p.y)
	p.font(smallFace)
	p.text(x+(width-p.width(what))/2, p.y+3, what)
}
