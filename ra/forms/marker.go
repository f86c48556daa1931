package forms

import (
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/surguch/surguch/ra"
)

// A marker's code: 25 characters of Crockford's alphabet in groups of five, of
// which 8 are its number, 16 its secret of 80 bits, one a check character. The
// alphabet has no I, L, O and U: no character can be taken for another one
// that occurs.
var (
	markerPattern  = regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){4}$`)
	markerEncoding = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)
)

const (
	markerNumber = 8  // characters
	markerSecret = 16 // the same, after the number
	markerQR     = 30.0
)

// markerData is what a marker's hash is of: "REQUEST NUMBER HASH", the
// request's number, the marker's number, and the SHA-256 of its secret,
// hexadecimal, as ra.Marker has both on record. So the receipt, which does not
// have the code, shows which marker was signed for: one of another request, or
// one that was replaced, has another hash than the record gives, and the code
// is not needed to find that out. Nor does the hash help to guess the code:
// the secret has 80 bits.
func markerData(id ra.ID, code string) ([]byte, error) {
	if !markerPattern.MatchString(code) {
		return nil, errors.New("the marker's code is not of five groups of five characters of its alphabet")
	}
	text := strings.ReplaceAll(code, "-", "")[:markerNumber+markerSecret]
	raw, err := markerEncoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("the marker's code cannot be decoded")
	}
	secret := raw[markerNumber*5/8:]
	return fmt.Appendf(nil, "%s %s %x", id, text[:markerNumber], sha256.Sum256(secret)), nil
}

// marker draws the marker for its owner, with the instruction, and below a
// line to tear along the receipt that stays with the authority. The code
// stands on the owner's part alone, and not among the file's properties.
func (p *Printer) marker(d ra.Document) (*paper, error) {
	f := &d.Request.Form
	switch {
	case d.Marker == nil:
		return nil, errors.New("the document has no marker")
	case d.Marker.Expires.IsZero():
		return nil, errors.New("the marker has no time at which it expires")
	}
	if err := complete(f); err != nil {
		return nil, err
	}
	data, err := markerData(d.Request.ID, d.Marker.Code)
	if err != nil {
		return nil, err
	}
	s := newPaper(about{"Маркер", "заявки и Маркера"}, d, data)
	until := d.Marker.Expires.In(moscow).Format("02.01.2006 15:04") + " по московскому времени"
	p.caption(s)
	s.title("МАРКЕР", "для изготовления ключей и получения сертификата при помощи RQmaker")
	s.row("Владелец сертификата", words(f.FullName()))
	s.row("Действует до", words(until))
	s.code(d.Marker.Code)
	p.instruction(s, d.Marker.Code)
	s.receipt(f, until)
	return s, nil
}

// code draws the code, each character in a box of its own.
func (p *paper) code(code string) {
	const box, height, gap = 6.2, 9.0, 4.0
	groups := strings.Split(code, "-")
	width := float64(len(groups)-1) * gap
	for _, g := range groups {
		width += float64(len(g)) * box
	}
	p.y += 4
	p.font(codeFace)
	x := (leftEdge + rightEdge - width) / 2
	for _, g := range groups {
		for _, r := range g {
			p.pdf.Rect(x, p.y, box, height, "D")
			p.text(x+(box-p.width(string(r)))/2, p.y+height-2.4, string(r))
			x += box
		}
		x += gap
	}
	p.y += height + 1
	p.font(smallFace)
	const hint = "Латинские буквы и цифры. Букв I, L и O в коде нет: это цифры 1 и 0."
	p.y += smallFace.lead()
	p.textCentre(p.y, hint)
	p.y += 2
}

// instruction draws what to do with the marker, with the code for a scanner
// or a phone beside it.
func (p *Printer) instruction(s *paper, code string) {
	server := "адрес сервера " + p.workplace
	if p.workplace == "" {
		server = "адрес сервера ______________________________"
	}
	s.section("Как получить сертификат")
	top := s.y
	s.drawQR(code, rightEdge-markerQR, top, markerQR)
	s.y = top + markerQR
	s.font(smallFace)
	const caption = "код Маркера"
	s.text(rightEdge-(markerQR+s.width(caption))/2, s.y+1, caption)
	s.y = top
	s.steps(textWidth-markerQR-2,
		"Подключите ключевой носитель к компьютеру, на котором будете работать.",
		"Запустите программу RQmaker, "+server+".",
		"Введите код Маркера: прописными или строчными буквами, с дефисами или без них — или считайте QR-код сканером.",
		"Введите код из СМС, которое придёт на номер телефона из заявки.",
		"Сверьте показанные фамилию, имя, отчество и СНИЛС со своими. Если они чужие или с ошибкой, прекратите работу и обратитесь к Агенту.",
		"Подтвердите изготовление ключей и дождитесь сертификата, не отключая носитель. Если связь прервалась, запустите RQmaker снова на том же "+
			"компьютере: работа продолжится с места остановки.",
		"Прочитайте сведения из сертификата и подпишите их: сертификат будет записан на носитель.",
	)
	s.y = max(s.y, top+markerQR+4)
	s.paragraph("Маркер действует один раз и только для этой заявки. Никому не сообщайте код и не пересылайте его. Если Маркер утрачен или его мог " +
		"видеть другой, сразу сообщите Агенту: он отзовёт Маркер и выдаст новый.")
}

// receipt draws the part that the owner signs and the authority keeps.
func (p *paper) receipt(f *ra.Form, until string) {
	p.need(72)
	p.y += 3
	p.pdf.SetDashPattern([]float64{2, 1.5}, 0)
	p.pdf.Line(leftEdge, p.y, rightEdge, p.y)
	p.pdf.SetDashPattern(nil, 0)
	p.y += 2
	p.font(smallFace)
	p.textCentre(p.y+1, "линия отрыва")
	p.y += 2
	p.font(strongFace)
	p.y += strongFace.lead()
	p.text(leftEdge, p.y, "РАСПИСКА")
	p.y += 1.5
	p.paragraph(fmt.Sprintf("Маркер и инструкцию %s. Заявка № %s, Маркер действует до %s.", gendered(f, "получил", "получила"), p.number, until))
	top := p.pen(signer{"Владелец сертификата", f.FullName(), "дата получения"})
	bottom := p.y
	p.drawOwnQR(rightEdge-qrSize, top)
	p.y = max(bottom, top+qrSize)
	p.official("Выдал Агент", "")
}
