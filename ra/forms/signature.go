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

// signature draws the place where a form is signed, all of it on one page.
func (p *paper) signature(by signer) {
	p.font(cellFace)
	name := p.wrap(by.name, nameWidth-2)
	above := float64(len(name)-1) * cellFace.lead()
	p.need(42 + above)
	p.y += 4
	top := p.y

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
	bottom := p.y + 4

	x := rightEdge - frameWidth
	p.pdf.Rect(x, top, frameWidth, frameHeight, "D")
	p.y = top + 3
	p.block(bodyFace, x+3, frameWidth-6, "Подписано усиленной электронной подписью: см. приложенный файл подписи")
	p.y = max(bottom, top+frameHeight)
}

// writingLine draws a line to write on and below it, in small print, what is
// written there.
func (p *paper) writingLine(x, width float64, what string) {
	p.pdf.Line(x, p.y, x+width, p.y)
	p.font(smallFace)
	p.text(x+(width-p.width(what))/2, p.y+3, what)
}
