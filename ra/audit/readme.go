package audit

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// readme is the file that a person opens first.
func (c *contents) readme(r *ra.Request, p *workflow.Process) []byte {
	var b bytes.Buffer
	line := func(format string, values ...any) { fmt.Fprintf(&b, format+"\r\n", values...) }
	line("Дело по заявке %s", r.ID)
	line("")
	line("Процесс:    %s (%s, версия %s)", p.Title, p.Name, p.Version)
	line("Записей:    %d", len(c.journal))
	if len(c.journal) > 0 && len(c.journal[0]) == 0 {
		line("")
		line("Дело стёрто: данные заявителя и документы уничтожены. Остались номера, время и вид")
		line("записей журнала; доказательства того, что их не меняли, по-прежнему действительны.")
	}
	line("")
	line("Что здесь лежит")
	line("")
	line("%-16s журнал заявки: по одной записи в строке, в том виде, в каком она зафиксирована;", journalName)
	line("%-16s пустая строка — стёртая запись", "")
	line("%-16s записи журнала аудита об этих строках и доказательства их вхождения в дерево", trailName)
	line("%-16s контрольная точка: размер и корень дерева журнала аудита, подписанные центром", checkpointName)
	line("%-16s описание процесса, по которому велась заявка", processName)
	line("%-16s документы, сертификаты и подписи; имя файла — его SHA-256", "папки")
	if len(c.documents) > 0 {
		line("")
		line("Документы в порядке поступления")
		line("")
		for _, d := range c.documents {
			name := ra.ExhibitTitle(d.Kind)
			if name == d.Kind {
				name = printable(name)
			}
			line("%s  %s", d.At.UTC().Format("02.01.2006 15:04:05"), name)
			line("    %s", fileName(d.Exhibit))
		}
	}
	line("")
	line("Как проверить")
	line("")
	line("Нужен только открытый ключ контрольных точек, полученный не из этого файла:")
	line("")
	line("    auditverify -key КЛЮЧ.pem -case ДЕЛО.zip")
	line("")
	line("Проверяется: подпись контрольной точки; вхождение каждой записи в дерево; то, что строки")
	line("журнала те самые и идут без пропусков; SHA-256 каждого документа; подписи документов.")
	line("Не проверяется, продолжалось ли дело после последней из записей: это видно только в базе.")
	line("Сам этот текст ничем не подтверждён.")
	line("Без программы: хеш — ГОСТ Р 34.11-2012, 256 бит; лист — H(00 | body), узел — H(01 | левый |")
	line("правый), порядок по RFC 6962; commitment — H(salt | строка журнала); подпись контрольной")
	line("точки — над её текстом до пустой строки, вместе с переводом строки в конце текста; в base64")
	line("перед подписью стоят 4 октета номера ключа. Время — UTC.")
	line("")
	line("Файл содержит персональные данные (152-ФЗ): хранить и передавать как таковые.")
	return []byte(strings.ReplaceAll(b.String(), "\r\n\r\n\r\n", "\r\n\r\n"))
}
