package ra

import (
	"cmp"
	"strings"

	"github.com/surguch/surguch/workflow"
)

// ExhibitTitle is what people call a kind of exhibit, in Russian; of an
// embedder's own kind, the kind itself.
func ExhibitTitle(kind string) string {
	if strings.HasPrefix(kind, "smev_") {
		return "ответы СМЭВ"
	}
	return cmp.Or(exhibitTitles[kind], workflow.Evidence(kind).Title())
}

var exhibitTitles = map[string]string{
	string(ApplicationForm):       "заявление на изготовление сертификата",
	string(RequestForm):           "печатная форма запроса на сертификат",
	string(CertificateSheet):      "бланк сертификата",
	string(InvoiceForm):           "счёт",
	string(DocumentListForm):      "список необходимых документов",
	string(QuestionnaireForm):     "анкета на получение сертификата",
	string(PowersForm):            "образцы доверенностей",
	string(RevocationApplication): "бланк заявления о сертификате",
	string(InstructionScans):      "инструкция: как передать сканы документов",
	string(InstructionRequest):    "инструкция: как запросить сертификат",
	string(InstructionVisit):      "инструкция: как прийти с документами",
	string(PowerScan):             "скан доверенности",
	PowerExhibit:                  "доверенность",
	PowerSignature:                "подпись доверенности",
	RequestExhibit:                "запрос на сертификат",
	CertificateExhibit:            "сертификат",
	ApplicationSignature:          "подпись заявления",
	RequestFormSignature:          "подпись запроса",
	SheetSignature:                "подпись бланка сертификата",
	RefusalExhibit:                "отказ удостоверяющего центра",
	RequestedExhibit:              "документ удостоверяющего центра на подпись",
	RevocationExhibit:             "ответ удостоверяющего центра о сертификате",
	string(HandoverAct):           "акт о вручении носителя",
	string(SafetyMemo):            "памятка по безопасности",
	string(ConsentForm):           "согласие на обработку персональных данных",
	string(OriginalsRegister):     "реестр оригиналов",
}
