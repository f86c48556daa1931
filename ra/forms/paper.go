package forms

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"codeberg.org/go-pdf/fpdf"

	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/ra"
)

// The page, in millimetres: A4 with the margins that GOST R 7.0.97-2016 asks
// of documents (left 20, right 10, top and bottom 20 at least). Header and
// footer stand in the margins above and below.
const (
	pageWidth    = 210.0
	leftEdge     = 20.0
	rightEdge    = pageWidth - 15
	topEdge      = 20.0
	bottomEdge   = 276.0
	textWidth    = rightEdge - leftEdge
	headerLine   = 14.0 // baseline
	footerLine   = 284.5
	ruleWidth    = 0.2
	paragraphGap = 1.6 // space below a paragraph
)

// paper is a form while it is drawn, from top to bottom. Its first error
// stays in fpdf and comes out of close.
type paper struct {
	pdf    *fpdf.Fpdf
	about  about
	number string  // of the request
	hash   string  // of the data shown, hexadecimal
	y      float64 // top of what comes next
	cell   string  // label of the table row being drawn, for errors
}

// about is what tells one form from another on every page.
type about struct {
	name   string // in the header and among the document's properties
	hashed string // what the hash is of, in the genitive
}

// newPaper begins a form about data: first page, header, QR code.
func newPaper(what about, d ra.Document, data []byte) *paper {
	sum := streebog.Sum256(data)
	p := &paper{
		pdf: fpdf.New("P", "mm", "A4", ""), about: what,
		number: string(d.Request.ID), hash: hex.EncodeToString(sum[:]),
	}
	at := d.Request.Updated.UTC()
	p.pdf.SetCreationDate(at)
	p.pdf.SetModificationDate(at)
	p.pdf.SetCatalogSort(true)
	p.pdf.SetTitle(fmt.Sprintf("%s, заявка № %s", what.name, p.number), true)
	p.pdf.SetCreator("surguch", true)
	p.pdf.SetLang("ru-RU")
	p.pdf.SetMargins(leftEdge, topEdge, pageWidth-rightEdge)
	p.pdf.SetAutoPageBreak(false, 0)
	p.pdf.SetLineWidth(ruleWidth)
	p.pdf.SetDrawColor(96, 96, 96)
	addFonts(p.pdf)
	p.page()
	p.drawOwnQR(leftEdge-1, topEdge-2)
	return p
}

// formPaper begins a form about the applicant's data, beneath the authority's
// name.
func (p *Printer) formPaper(name string, d ra.Document) (*paper, error) {
	data, err := json.Marshal(&d.Request.Form)
	if err != nil {
		return nil, err
	}
	s := newPaper(about{name, "данных анкеты"}, d, data)
	p.caption(s)
	return s, nil
}

// jsonPaper begins a form about several things: those of a struct.
func jsonPaper(what about, d ra.Document, shown any) (*paper, error) {
	data, err := json.Marshal(shown)
	if err != nil {
		return nil, err
	}
	return newPaper(what, d, data), nil
}

// drawOwnQR draws the code of the request's number and the hash.
func (p *paper) drawOwnQR(x, y float64) { p.drawQR(p.number+" "+p.hash, x, y, qrSize) }

// page begins a page and draws its header.
func (p *paper) page() {
	p.pdf.AddPage()
	p.y = topEdge
	p.font(smallFace)
	p.text(leftEdge, headerLine, "Заявка на сертификат № "+p.number)
	p.textRight(rightEdge, headerLine, p.about.name)
	p.pdf.Line(leftEdge, headerLine+1.8, rightEdge, headerLine+1.8)
}

// need begins a page unless so much height is left on this one.
func (p *paper) need(height float64) {
	if p.y+height > bottomEdge {
		p.page()
	}
}

// close draws the footers, whose page count is known only now, and returns
// the file.
func (p *paper) close() ([]byte, error) {
	pages := p.pdf.PageCount()
	for n := 1; n <= pages; n++ {
		p.pdf.SetPage(n)
		p.pdf.Line(leftEdge, footerLine-4, rightEdge, footerLine-4)
		p.font(smallFace)
		p.text(leftEdge, footerLine, "Стрибог-256 "+p.about.hashed+": "+p.hash)
		p.textRight(rightEdge, footerLine, fmt.Sprintf("стр. %d из %d", n, pages))
	}
	var out bytes.Buffer
	if err := p.pdf.Output(&out); err != nil {
		return nil, err
	}
	return tagSubsets(out.Bytes(), p.hash), nil
}

// font chooses the face of what is drawn and measured next.
func (p *paper) font(f face) { p.pdf.SetFont(fontFamily, f.style, f.size) }

// text draws a text, its baseline beginning at x, y.
func (p *paper) text(x, y float64, s string) {
	if p.printable(s) {
		p.pdf.Text(x, y, s)
	}
}

// textRight draws a text that ends at x.
func (p *paper) textRight(x, y float64, s string) { p.text(x-p.width(s), y, s) }

// textCentre draws a text in the middle between the margins.
func (p *paper) textCentre(y float64, s string) {
	p.text((leftEdge+rightEdge-p.width(s))/2, y, s)
}

// width measures a text in the present face.
func (p *paper) width(s string) float64 {
	if !p.printable(s) {
		return 0
	}
	return p.pdf.GetStringWidth(s)
}

// printable reports whether the font has all of a text. If not, the form has
// failed; the error names the character and where it stands, not the text,
// which is personal data.
func (p *paper) printable(s string) bool {
	r, lacks := lacking(s)
	if lacks {
		where := ""
		if p.cell != "" {
			where = p.cell + ": "
		}
		p.pdf.SetErrorf("%sthe font has no character %U", where, r)
	}
	return !lacks && p.pdf.Ok()
}
