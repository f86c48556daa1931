package forms

import (
	"errors"
	"fmt"
	"maps"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// Paper is a document that an applicant brings. Required: Name and Bring.
type Paper struct {
	Name  string // «Паспорт, разворот с фотографией»
	Bring string // how: «цветной скан; оригинал предъявляется при посещении»
	Sent  string // what of it is posted to the authority: «копия паспорта»; "": nothing
}

// knownPapers are the documents that processes ask for, by the kinds of their
// exhibits.
var knownPapers = map[string]Paper{
	string(workflow.PassportScan): {"Паспорт, разворот с фотографией",
		"цветной скан; оригинал предъявляется при посещении", "копия паспорта"},
	string(workflow.SNILSScan): {"СНИЛС: страховое свидетельство или уведомление о регистрации",
		"цветной скан; оригинал предъявляется при посещении", "копия СНИЛС"},
	string(ra.PowerScan): {"Доверенность на получение сертификата от имени организации",
		"цветной скан; оригинал предъявляется при посещении", "доверенность"},
	string(workflow.OwnerPhoto): {"Фотография владельца сертификата",
		"делается при посещении", ""},
	string(workflow.ApplicationScan): {"Заявление на изготовление сертификата, подписанное",
		"цветной скан; оригинал передаётся при посещении", "заявление на изготовление сертификата"},
	string(workflow.RequestScan): {"Запрос на сертификат на бумаге, подписанный",
		"цветной скан; оригинал передаётся при посещении", "запрос на сертификат на бумаге"},
	string(workflow.CertificateScan): {"Лист ознакомления с сертификатом, подписанный",
		"цветной скан; оригинал передаётся после выпуска", "лист ознакомления с сертификатом"},
}

// allPapers are the known documents and those of the configuration.
func allPapers(more map[string]Paper) map[string]Paper {
	all := maps.Clone(knownPapers)
	maps.Copy(all, more)
	return all
}

// listShown is what the list of documents shows.
type listShown struct {
	Form     *ra.Form `json:"form"`
	Required []string `json:"required"`
}

// documentList draws which documents the applicant brings, and how.
func (p *Printer) documentList(d ra.Document) (*paper, error) {
	if len(d.Required) == 0 {
		return nil, errors.New("the document requires nothing")
	}
	f := &d.Request.Form
	s, err := jsonPaper(about{"Список необходимых документов", "данных списка"}, d, listShown{f, d.Required})
	if err != nil {
		return nil, err
	}
	p.caption(s)
	s.title("СПИСОК", "документов, необходимых для получения сертификата")
	s.field("Заявитель", f.FullName())
	s.y += 4
	g := s.newGrid(column{title: "№", width: 10}, column{title: "Документ", width: 90}, column{title: "Как представляется", width: textWidth - 100})
	for i, kind := range d.Required {
		paper, ok := p.papers[kind]
		if !ok {
			return nil, fmt.Errorf("no name is known of documents of the kind %q: see Config.Papers", kind)
		}
		g.add(fmt.Sprint(i+1), paper.Name, paper.Bring)
	}
	s.section("Требования к документам")
	s.list(
		"Скан — цветной, со всеми краями страницы; номера, даты, фотография и подписи читаются без увеличения.",
		"Заявление подписывает сам заявитель, как в паспорте, ручкой с синими чернилами. Факсимиле не допускается.",
		"Документы действительны в день подачи; сведения в них совпадают со сведениями заявки.",
		"В файле один документ: PDF, JPEG, PNG или TIFF.",
	)
	return s, nil
}
