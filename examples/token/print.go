package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/token"
)

// printer writes a report for people.
type printer struct{ io.Writer }

func (w printer) line(format string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = workplace.Clean(s)
		}
	}
	fmt.Fprintf(w, format+"\n", args...)
}

// row is a name and what stands behind it, within a section.
func (w printer) row(name, format string, args ...any) {
	w.line("      %-14s "+format, append([]any{name}, args...)...)
}

// print writes the report in Russian.
func (r *report) print(out io.Writer) {
	w := printer{out}
	w.line("Собственный ГОСТ")
	for _, c := range r.GOST {
		if c.Error == "" {
			w.line("  исправен    %s: подпись проверена, изменённая отвергнута, новая сделана и проверена", c.Name)
		} else {
			w.line("  НЕИСПРАВЕН  %s: %s", c.Name, c.Error)
		}
	}
	w.line("")
	w.line("Библиотеки PKCS #11")
	for _, m := range r.Modules {
		w.module(m)
	}
	if r.Carrier != nil {
		w.line("")
		w.place(r.Carrier)
	}
	w.line("")
	w.line("Выводы")
	for _, f := range r.Findings {
		w.finding(f)
	}
	if r.OK {
		w.line("  Ошибок нет, работать можно.")
	}
}

func (w printer) module(m moduleReport) {
	if m.Name == m.Path {
		m.Name = "-module"
	}
	switch m.State {
	case stateAbsent:
		w.line("  %-10s не установлена: %s", m.Name, m.Path)
	case stateFailed:
		w.line("  %-10s %s", m.Name, m.Path)
		w.line("    не работает: %s", m.Reason)
	default:
		w.line("  %-10s %s: %s", m.Name, m.Path, m.Library)
		if len(m.Tokens) == 0 {
			w.line("    токенов нет")
		}
	}
	for _, t := range m.Tokens {
		w.token(t)
	}
}

func (w printer) token(t deviceReport) {
	w.line("    %s", workplace.Title(t.device()))
	w.row("URI", "%s", t.URI)
	w.row("считыватель", "%s", t.Reader)
	w.row("состояние", "%s", state(t))
	w.row("ПИН-код", "осталось попыток: %s, у администратора: %s; длина от %d до %d", number(t.Tries), number(t.OfficerTries), t.MinPIN, t.MaxPIN)
	w.row("память", "свободно октетов: %s, всего: %s", number(t.FreeMemory), number(t.TotalMemory))
	w.row("версии", "аппаратная %s, прошивка %s", t.Hardware, t.Firmware)
	if len(t.Algorithms) == 0 {
		w.row("ключи", "никакие")
	} else {
		fmt.Fprintf(w, "      %-14s %s\n", "ключи", wrap(t.Algorithms, 56, "                     "))
	}
	w.row("механизмов", "%d", len(t.Mechanisms))
}

// state puts the flags of a token into words.
func state(t deviceReport) string {
	if !t.Initialized {
		return "не инициализирован"
	}
	s := "инициализирован"
	for _, flag := range []struct {
		set  bool
		text string
	}{
		{!t.PINSet, "ПИН-код не задан"},
		{t.DefaultPIN, "ПИН-код заводской"},
		{t.MustChange, "ПИН-код нужно сменить"},
		{t.Pinpad, "ПИН-код вводится на устройстве"},
		{t.WriteProtected, "только для чтения"},
	} {
		if flag.set {
			s += ", " + flag.text
		}
	}
	return s
}

// number is one that a token may not tell.
func number[T int | int64](n *T) string {
	if n == nil {
		return "неизвестно"
	}
	return fmt.Sprint(*n)
}

func (w printer) place(c *placeReport) {
	w.line("Место %s", c.Place)
	if c.Token != nil {
		w.token(*c.Token)
	}
	if c.Error != "" {
		w.line("    %s", c.Error)
	}
	if c.Listed {
		w.line("    Ключей: %d", len(c.Objects))
	}
	for _, o := range c.Objects {
		w.object(o)
	}
	if c.Trial != nil {
		w.trial(c.Trial)
	}
}

func (w printer) object(o object) {
	w.line("      %s", describe(token.Info{ID: o.ID, Name: o.Name, Algorithm: o.Algorithm, Extractable: o.Extractable}))
	if c := o.Certificate; c != nil {
		w.line("        сертификат %s, №%s, с %s по %s", c.Subject, c.Serial, c.NotBefore.Format(day), c.NotAfter.Format(day))
	} else if o.Algorithm != "" {
		w.line("        сертификата нет")
	}
}

// trial says clearly what was done to the device.
func (w printer) trial(t *trial) {
	w.line("    Проба на устройстве: ключ %s", t.Algorithm)
	for _, step := range []struct {
		done      bool
		yes, fail string
	}{
		{t.Generated, "создана ключевая пара " + t.ID, "ключевая пара не создана"},
		{t.Signed, "устройство подписало ею, подпись проверена программно", "подпись не получилась"},
		{t.Deleted, "пара удалена, на устройстве её больше нет", "ПАРА НЕ УДАЛЕНА"},
	} {
		if !step.done {
			w.line("      нет  %s", step.fail)
			if !t.Generated {
				break
			}
			continue
		}
		w.line("      да   %s", step.yes)
	}
	if t.Error != "" {
		w.line("      %s", t.Error)
	}
}

func (w printer) finding(f finding) {
	severity := "внимание"
	if f.Severity == severityError {
		severity = "ОШИБКА"
	}
	if f.Where == "" {
		w.line("  %-8s  %s", severity, f.Text)
		return
	}
	w.line("  %-8s  %s: %s", severity, f.Where, f.Text)
}

// wrap keeps a long list within a screen, each further line behind the indent.
func wrap(words []string, width int, indent string) string {
	var b strings.Builder
	column := 0
	for _, w := range words {
		n := len([]rune(w))
		switch {
		case column == 0:
		case column+1+n > width:
			b.WriteString("\n" + indent)
			column = 0
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(w)
		column += n
	}
	return b.String()
}
