package main

import (
	"fmt"
	"io"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/audit"
)

func printReport(w io.Writer, r *audit.Report, trusted int) {
	line := lines(w)
	line("Журнал аудита", "%s", or(r.Origin, "контрольных точек нет"))
	line("Записей", "%d, заявок %d", r.Leaves, r.Requests)
	line("Контрольных точек", "%d%s", r.Checkpoints, last(r.Last))
	if trusted > 0 {
		line("Из хранимых отдельно", "подтверждено %d из %d", r.Trusted, trusted)
	} else {
		line("Из хранимых отдельно", "не даны: удаление новейших записей вместе с их точками не обнаружить")
	}
	more := ""
	if r.MoreUnsealed {
		more = " или больше"
	}
	line("Ещё не подтверждено", "%d%s", r.Unsealed, more)
	line("Журналы заявок", "сверено %d, зашифровано и сверено только по числу записей %d", r.Opened, r.Closed)
}

func printCase(w io.Writer, r *audit.CaseReport, faulty bool) {
	line := lines(w)
	line("Заявка", "%s", or(string(r.Request), "не прочитана"))
	line("Журнал аудита", "%s", or(r.Origin, "подпись контрольной точки не подтверждена"))
	if r.Checkpoint.Size > 0 {
		known := ""
		if r.Known {
			known = ", совпадает с хранимой отдельно"
		}
		line("Контрольная точка", "%d%s%s", r.Checkpoint.Size, last(r.Checkpoint), known)
	}
	if faulty {
		return
	}
	line("Начата", "%s", moment(r.Began))
	line("Процесс", "%s, состояние %s", r.Process, r.State)
	line("Записей", "%d", r.Entries)
	if r.Erased {
		line("Дело стёрто", "остались номера, время и вид записей")
		return
	}
	line("Документов", "%d, сертификатов %d", r.Documents, len(r.Issued))
	for _, s := range r.Signatures {
		chain := "цепочка не проверялась"
		if s.Chained {
			chain = "цепочка верна"
		}
		line("Подпись", "%s: верна, сертификат %x, %s", s.Document.Kind, s.Signer.Certificate.SerialNumber, chain)
	}
}

func printFaults(w io.Writer, found *audit.FaultError) {
	fmt.Fprintf(w, "\nНАРУШЕНИЯ: %d\n", len(found.Faults)+found.More)
	for _, f := range found.Faults {
		fmt.Fprintf(w, "  - %s\n", f.Russian())
	}
	if found.More > 0 {
		fmt.Fprintf(w, "  и ещё %d\n", found.More)
	}
}

// lines prints names and values in two columns.
func lines(w io.Writer) func(name, format string, values ...any) {
	return func(name, format string, values ...any) {
		fmt.Fprintf(w, "%-22s %s\n", name+":", fmt.Sprintf(format, values...))
	}
}

func last(c ra.Checkpoint) string {
	if c.Size == 0 {
		return ""
	}
	return ", последняя от " + moment(c.At)
}

func moment(t time.Time) string { return t.UTC().Format("02.01.2006 15:04:05 UTC") }

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
