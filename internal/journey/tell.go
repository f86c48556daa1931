package journey

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// Tell tells the journal of a request as a story, in Russian: a line for each
// arrow taken, with the Moscow time, who took it and, in «quotes», where the
// request is from then on; indented under it what was brought, found and sent
// while the request was there. In brackets are the clauses of the process's
// source that are carried out thereby. Everything is said in the titles of the
// process and of its vocabulary: notes, names and data of the applicant are not
// told. Of an erased case nothing is left to tell.
func Tell(p *workflow.Process, entries []ra.Entry) string {
	t := teller{process: p, followed: followed(p, entries)}
	fmt.Fprintln(&t.text, p.Title)
	for _, e := range entries {
		t.entry(&e)
	}
	t.rest()
	return t.text.String()
}

// teller is a story as far as it is told.
type teller struct {
	process  *workflow.Process
	followed map[string]bool // clauses
	text     strings.Builder
	facts    []fact // of the place where the request is
}

// fact is what one person did at one place in one way, until another did
// something.
type fact struct {
	who     string
	what    []string
	clauses []string
}

// moscow is the time of the people in the story.
var moscow = time.FixedZone("MSK", 3*60*60)

// entry tells an entry.
func (t *teller) entry(e *ra.Entry) {
	who := e.By.Role.Title()
	switch e.Kind {
	case ra.Began:
		t.step(e, "Создать заявку")
	case ra.Moved:
		t.step(e, e.Event.Title())
		t.fact("Больше не засчитывается", nil, voided(e)...)
	case ra.Attached:
		t.fact(who, e.Clauses, ra.ExhibitTitle(e.Document.Kind))
	case ra.Recorded:
		t.fact(who, e.Clauses, e.Evidence.Title())
	case ra.Lapsed:
		t.fact("Больше не засчитывается", e.Clauses, e.Evidence.Title())
	case ra.Judged:
		verdict := " возвращает"
		if e.Verdict.Accepted {
			verdict = " принимает"
		}
		t.fact(who+verdict, e.Clauses, ra.ExhibitTitle(e.Verdict.Kind))
	case ra.Done:
		// Its clauses are those of whatever ordered it: many arrows send the
		// same notice, and each tells its own.
		_, task, _ := strings.Cut(e.Task, "/")
		effect, _, _ := strings.Cut(task, "/")
		if workflow.Effect(effect) != workflow.SendToCA { // the certificate is told already
			t.fact(who, nil, workflow.Effect(effect).Title())
		}
	case ra.Troubled:
		t.fact("Нужен оператор", e.Clauses, e.Trouble.Effect.Title())
	default:
		if title := entryTitles[e.Kind]; title != "" {
			t.fact(who, e.Clauses, title)
		}
	}
}

// step tells that the request is somewhere else.
func (t *teller) step(e *ra.Entry, what string) {
	t.rest()
	place, _ := t.process.Place(e.To)
	fmt.Fprintf(&t.text, "%s  %s: %s → «%s»", e.At.In(moscow).Format("02.01.2006 15:04"), e.By.Role.Title(), what, place.Title)
	if clauses := t.clauses(e.Clauses); clauses != "" {
		t.text.WriteString(" " + clauses)
	}
	t.text.WriteByte('\n')
}

// fact adds to what somebody did where the request is.
func (t *teller) fact(who string, clauses []string, what ...string) {
	if len(what) == 0 {
		return
	}
	if n := len(t.facts); n == 0 || t.facts[n-1].who != who {
		t.facts = append(t.facts, fact{who: who})
	}
	f := &t.facts[len(t.facts)-1]
	for _, name := range what {
		if !slices.Contains(f.what, name) {
			f.what = append(f.what, name)
		}
	}
	f.clauses = append(f.clauses, clauses...)
}

// rest tells what was done where the request was.
func (t *teller) rest() {
	for _, f := range t.facts {
		words := strings.Fields(f.who + ": " + strings.Join(f.what, "; "))
		if clauses := t.clauses(f.clauses); clauses != "" {
			words = append(words, clauses)
		}
		wrap(&t.text, words)
	}
	t.facts = nil
}

// clauses are some of the process's clauses, in its order and in brackets, less
// those that the request did not follow; "" if none is left.
func (t *teller) clauses(ids []string) string {
	var list []string
	for _, c := range t.process.Clauses {
		if slices.Contains(ids, c.ID) && t.followed[c.ID] {
			list = append(list, c.ID)
		}
	}
	if len(list) == 0 {
		return ""
	}
	return "[" + strings.Join(list, " ") + "]"
}

// followed are the clauses that a request follows: of those that speak of
// arrows, the ones of which it has taken an arrow. The two ways to the keys of
// seed 002 have facts in common, and their clauses with them; the arrows tell
// which way it was.
func followed(p *workflow.Process, entries []ra.Entry) map[string]bool {
	taken := map[workflow.Arrow]bool{}
	for _, e := range entries {
		if e.Kind == ra.Moved {
			taken[workflow.Arrow{From: e.From, On: e.Event, By: e.By.Role}] = true
		}
	}
	ids := map[string]bool{}
	for _, c := range p.Clauses {
		ids[c.ID] = len(c.Arrows) == 0 || c.Begins ||
			slices.ContainsFunc(c.Arrows, func(a workflow.Arrow) bool { return taken[a] })
	}
	return ids
}

// Lines under a step.
const (
	indent = "                  " // as wide as the time
	width  = 110                  // characters, if the words allow
)

// wrap writes words in a line under a step, or in as many as it takes.
func wrap(b *strings.Builder, words []string) {
	column := 0
	for i, word := range words {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
			b.WriteString(indent)
			column = len(indent)
		case column+1+n > width:
			b.WriteString("\n" + indent + "  ")
			column = len(indent) + 2
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
	b.WriteByte('\n')
}

// voided is what does not count after an arrow. That the reason of a return is
// used up is no news.
func voided(e *ra.Entry) (names []string) {
	for _, v := range e.Void {
		if v != workflow.ReturnReason {
			names = append(names, v.Title())
		}
	}
	return names
}

// entryTitles are of entries that are told by their kind alone. Of approvals
// only those that came together are told, as evidence: any change of the
// request makes their givers look again.
var entryTitles = map[ra.EntryKind]string{
	ra.FormChanged:   "анкета",
	ra.LinkMinted:    "индивидуальная ссылка",
	ra.AccessEnded:   "прежние ссылки и маркеры закрыты",
	ra.PhraseChanged: "ключевая фраза",
	ra.SupportLinked: "обращение в техподдержку",
	ra.Represented:   "представитель заявителя",
	ra.Reminded:      "напоминание",
	ra.Assigned:      "назначение исполнителя",
	ra.Retried:       "повторная попытка",
	ra.Dismissed:     "сбой устранён иначе",
}
