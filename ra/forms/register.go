package forms

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// registerLine is what the register of originals shows of one request. The
// register shows a list of them.
type registerLine struct {
	Request ra.ID    `json:"request"`
	Owner   string   `json:"owner"`
	Papers  []string `json:"papers"`
}

// register draws which originals go by post, of one request or of several.
// Sheets are counted and the parcel is numbered by hand.
func (p *Printer) register(d ra.Document) (*paper, error) {
	requests := d.Requests
	if len(requests) == 0 {
		requests = []*ra.Request{d.Request}
	}
	var lines []registerLine
	for _, r := range requests {
		if r == nil || r.ID == "" {
			return nil, errors.New("a request of the register has no number")
		}
		lines = append(lines, registerLine{r.ID, r.Form.FullName(), p.originals(r)})
	}
	s, err := jsonPaper(about{"Реестр пересылаемых оригиналов", "данных реестра"}, d, lines)
	if err != nil {
		return nil, err
	}
	p.caption(s)
	s.title("РЕЕСТР", "пересылаемых оригиналов документов")
	s.row("Куда", words(p.authority.Name), words(p.authority.Address))
	s.field("Номер почтового отправления", "")
	s.field("Дата отправления", "")
	s.y += 4
	g := s.newGrid(column{title: "№", width: 10}, column{title: "Заявка", width: 40}, column{title: "Владелец сертификата", width: 45},
		column{title: "Документы", width: 62}, column{title: "Листов", width: textWidth - 157})
	for i, l := range lines {
		g.add(fmt.Sprint(i+1), string(l.Request), l.Owner, strings.Join(l.Papers, "; "), "")
	}
	s.y += 2
	s.paragraph(fmt.Sprintf("Всего заявок: %d. Всего листов: ____________", len(lines)))
	s.official("Отправил Агент", "")
	s.official("Принял удостоверяющий центр", "")
	return s, nil
}

// originals names the papers of a request that go to the authority: the
// signed application, what confirms its statements, and the receipt of the
// marker or the certified copy of the certificate, by how it was received.
func (p *Printer) originals(r *ra.Request) []string {
	names := []string{p.papers[string(workflow.ApplicationScan)].Sent}
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, e := range r.Exhibits {
		add(p.papers[e.Kind].Sent)
	}
	if _, own := r.Evidence(workflow.MarkerReceipt); own {
		add("расписка в получении Маркера")
	}
	if _, stamped := r.Evidence(workflow.StampNumber); stamped {
		add(p.papers[string(workflow.CertificateScan)].Sent)
	}
	return names
}
