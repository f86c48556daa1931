package forms

import (
	"rsc.io/qr"
)

// qrSize is the width of the printed code with its quiet zone, in
// millimetres: with 41 modules of 0.5 mm it survives a scan at 150 dpi.
const qrSize = 25.0

// quietZone is the white border of a QR code, in modules (ISO/IEC 18004).
const quietZone = 4

// drawQR draws a QR code of the text, error correction level M, with the
// left upper corner of its quiet zone at x, y, and so wide with that zone. All
// modules are one path: viewers then leave no hair lines between them.
func (p *paper) drawQR(text string, x, y, size float64) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		p.pdf.SetErrorf("QR code: %v", err)
		return
	}
	module := size / float64(code.Size+2*quietZone)
	left, top := x+quietZone*module, y+quietZone*module
	p.pdf.SetFillColor(0, 0, 0)
	for row := range code.Size {
		for from := 0; from < code.Size; from++ {
			to := from
			for code.Black(to, row) {
				to++
			}
			if to == from {
				continue
			}
			x1, x2 := left+float64(from)*module, left+float64(to)*module
			y1, y2 := top+float64(row)*module, top+float64(row+1)*module
			p.pdf.MoveTo(x1, y1)
			p.pdf.LineTo(x2, y1)
			p.pdf.LineTo(x2, y2)
			p.pdf.LineTo(x1, y2)
			p.pdf.ClosePath()
			from = to
		}
	}
	p.pdf.DrawPath("F")
}
