package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// journey prints what happens, as it happens: the entries of the request's
// journal, and between them what is done at the workplace and on the phone.
type journey struct {
	out     io.Writer
	files   *folder
	clock   *testenv.Clock
	verbose bool
	started time.Time
	seen    int64 // entries printed
	text    bytes.Buffer
}

func newJourney(out io.Writer, files *folder, clock *testenv.Clock, verbose bool) *journey {
	return &journey{out: out, files: files, clock: clock, verbose: verbose, started: time.Now()}
}

// print writes to the screen and to what becomes journey.txt.
func (j *journey) print(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	j.text.WriteString(line + "\n")
	fmt.Fprintln(j.out, line)
}

// line is one event: virtual time, real time, who, what.
func (j *journey) line(at time.Time, who, format string, args ...any) {
	j.print("%s  %6.3f с  %-13s %s", at.Format("02.01 15:04:05"), time.Since(j.started).Seconds(), who, fmt.Sprintf(format, args...))
}

func (j *journey) begin(form *ra.Form) {
	j.print("surguch: заявка на квалифицированный сертификат, процесс personal-link")
	j.print("Заявитель: %s (вымышленное лицо, если заявка не ваша)", form.FullName())
	j.print("")
	j.print("%-14s  %8s  %-13s %s", "виртуально", "на деле", "кто", "что")
}

func (j *journey) workplace(format string, args ...any) {
	j.line(j.clock.Now(), "рабочее место", format, args...)
}

func (j *journey) phone(format string, args ...any) {
	j.line(j.clock.Now(), "Госключ", format, args...)
}

// actors are the roles' names for the narrow column.
var actors = map[workflow.Role]string{
	workflow.Applicant: "заявитель", workflow.CAOperator: "оператор", workflow.System: "система",
}

// show prints the journal's entries that were not printed yet.
func (j *journey) show(ctx context.Context, a *ra.Authority, id ra.ID) error {
	r, err := a.Request(ctx, id)
	if err != nil || r.Version == j.seen {
		return err
	}
	p, err := a.Process(ctx, r)
	if err != nil {
		return err
	}
	entries, err := a.History(ctx, id)
	if err != nil {
		return err
	}
	for _, e := range entries[j.seen:] {
		j.entry(p, e)
	}
	j.seen = int64(len(entries))
	return nil
}

func (j *journey) entry(p *workflow.Process, e ra.Entry) {
	what := ""
	switch e.Kind {
	case ra.Began:
		what = fmt.Sprintf("заявка создана → «%s»", title(p, e.To))
	case ra.FormChanged:
		what = "анкета заполнена"
	case ra.LinkMinted:
		what = "индивидуальная ссылка отправлена на электронную почту"
	case ra.Moved:
		what = fmt.Sprintf("%s → «%s»", e.Event.Title(), title(p, e.To))
	case ra.Recorded:
		what = fmt.Sprintf("  + %s: %s", e.Evidence.Title(), e.Note)
	case ra.Done:
		what = "  " + e.Note
	case ra.Attached:
		if !j.verbose {
			return
		}
		what = fmt.Sprintf("  документ %s, SHA-256 %s…", e.Note, e.Exhibit[:16])
	}
	j.line(e.At, actors[e.By.Role], "%s", what)
}

func title(p *workflow.Process, s workflow.State) string {
	place, _ := p.Place(s)
	return place.Title
}

// end prints the last line of the seed and keeps the whole as journey.txt.
func (j *journey) end(r *ra.Request, c carrier) error {
	j.print("")
	j.print("Подпись успешно выпущена. Заявка %s, записей в журнале: %d.", r.ID, j.seen)
	if j.files.kept || !c.own {
		j.print("Ключ и сертификат: %s", c)
	}
	if j.files.kept {
		j.print("Всё сохранено в %s", j.files.dir)
	}
	return j.files.keep("journey.txt", j.text.Bytes())
}
