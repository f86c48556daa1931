package journey_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/surguch/surguch/internal/journey"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// TestTellStories plays every story of every process: the request goes where
// the story wants it, and what is told of it names the places in their order
// and nothing that the form says.
func TestTellStories(t *testing.T) {
	told := workflow.Processes()
	if testing.Short() {
		told = told[1:2] // examples/processes tells the others
	}
	for _, p := range told {
		for _, story := range journey.Stories(p) {
			last := story[len(story)-1]
			t.Run(p.Name+", "+last.Name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, stores[0].open(t), onToken(t))
				c, err := w.PlayStory(t.Context(), story)
				if err != nil {
					t.Fatal(err)
				}
				r, entries := request(t, w, c), journal(t, w, c)
				text := journey.Tell(p, entries)
				if i := slices.IndexFunc(p.Places, func(place workflow.Place) bool { return p.Final(place.State) }); r.State != p.Places[i].State {
					t.Errorf("it ends in %s, want %s", r.State, p.Places[i].State)
				}
				for _, a := range last.Via {
					if !slices.ContainsFunc(entries, func(e ra.Entry) bool { return arrowOf(&e) == a }) {
						t.Errorf("%v is not taken", a)
					}
				}
				for _, a := range last.Avoid {
					if slices.ContainsFunc(entries, func(e ra.Entry) bool { return arrowOf(&e) == a }) {
						t.Errorf("%v is taken", a)
					}
				}
				rest := text
				for _, e := range entries {
					if e.Kind != ra.Began && e.Kind != ra.Moved {
						continue
					}
					place, _ := p.Place(e.To)
					title := "→ «" + place.Title + "»"
					_, after, found := strings.Cut(rest, title)
					if !found {
						t.Fatalf("%s is not told in its turn, in\n%s", title, text)
					}
					rest = after
				}
				for field, datum := range personal(t, &r.Form) {
					if strings.Contains(text, datum) {
						t.Errorf("it tells %s, %q, in\n%s", field, datum, text)
					}
				}
				for _, e := range entries {
					if strings.Contains(text, e.By.ID) {
						t.Errorf("it tells the name of an actor, %q, in\n%s", e.By.ID, text)
					}
				}
			})
		}
	}
}

// arrowOf is the one that an entry tells of.
func arrowOf(e *ra.Entry) workflow.Arrow {
	if e.Kind != ra.Moved {
		return workflow.Arrow{}
	}
	return workflow.Arrow{From: e.From, On: e.Event, By: e.By.Role}
}

// personal are the data of a form, but for those of one or two characters, which
// any text has.
func personal(t *testing.T, f *ra.Form) map[string]string {
	t.Helper()
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]string{}
	if err := json.Unmarshal(data, &fields); err != nil {
		t.Fatal(err)
	}
	for _, must := range []string{f.LastName, f.FirstName, f.SNILS, f.INN, f.PassportSeries, f.PassportNumber, f.Phone, f.Email} {
		if utf8.RuneCountInString(must) < 3 {
			t.Errorf("the form is too empty to tell anything by: %v", fields)
		}
	}
	for field, datum := range fields {
		if utf8.RuneCountInString(datum) < 3 {
			delete(fields, field)
		}
	}
	return fields
}

// TestTell tells a journal that is written here.
func TestTell(t *testing.T) {
	at := time.Date(2026, 11, 23, 21, 30, 0, 0, time.UTC) // the next day in Moscow
	const secret = "Сургучев"
	by := func(role workflow.Role) ra.Actor { return ra.Actor{ID: secret, Role: role} }
	p := &workflow.Process{
		Title: "Как это бывает",
		Places: []workflow.Place{
			{State: "draft", Title: "Пишется"}, {State: "ca_review", Title: "Читается"}, {State: "rework", Title: "Правится"},
		},
		Clauses: []workflow.Clause{
			{ID: "1", Begins: true},
			{ID: "2", Arrows: []workflow.Arrow{{From: "draft", On: workflow.Submit, By: workflow.Applicant}}},
			{ID: "3", Evidence: []workflow.Evidence{workflow.SNILSScan}},
			{ID: "4", Arrows: []workflow.Arrow{{From: "rework", On: workflow.Resubmit, By: workflow.Applicant}}},
		},
	}
	entries := []ra.Entry{
		{Kind: ra.Began, By: by(workflow.Agent), To: "draft", Clauses: []string{"1"}},
		{Kind: ra.FormChanged, By: by(workflow.Applicant), Form: &ra.Form{LastName: secret}},
		{Kind: ra.Attached, By: by(workflow.Applicant), Document: &ra.Exhibit{Kind: "snils_scan"}, Clauses: []string{"4", "3"}, Note: secret},
		{Kind: ra.Recorded, By: by(workflow.Applicant), Evidence: workflow.SNILSScan, Clauses: []string{"3"}, Note: secret},
		{Kind: ra.Attached, By: by(workflow.Applicant), Document: &ra.Exhibit{Kind: "letter"}},
		{Kind: ra.Admission, By: by(workflow.Applicant), Note: secret},
		{Kind: ra.Moved, By: by(workflow.Applicant), Event: workflow.Submit, From: "draft", To: "ca_review", Clauses: []string{"2"}},
		{Kind: ra.Done, By: by(workflow.System), Task: "id/notify_operator/7", Clauses: []string{"2"}},
		{Kind: ra.Attached, By: by(workflow.System), Document: &ra.Exhibit{Kind: "smev_passport"}},
		{Kind: ra.Attached, By: by(workflow.System), Document: &ra.Exhibit{Kind: "smev_inn"}},
		{Kind: ra.Troubled, By: by(workflow.System), Trouble: &ra.Trouble{Effect: workflow.AskRegisters, Error: secret}},
		{Kind: ra.Judged, By: by(workflow.CAOperator), Verdict: &ra.Verdict{Kind: "passport_scan", Accepted: true}},
		{Kind: ra.Judged, By: by(workflow.CAOperator), Verdict: &ra.Verdict{Kind: "snils_scan", Reason: secret}},
		{Kind: ra.Lapsed, By: by(workflow.System), Evidence: workflow.RegistersPositive},
		{Kind: ra.Moved, By: by(workflow.CAOperator), Event: workflow.Return, From: "ca_review", To: "rework",
			Void: []workflow.Evidence{workflow.ReturnReason, workflow.DocumentsComplete}},
		{Kind: ra.Done, By: by(workflow.System), Task: "id/send_to_ca/15"},
	}
	for i := range entries {
		entries[i].At = at
	}
	const want = `Как это бывает
24.11.2026 00:30  Агент: Создать заявку → «Пишется» [1]
                  Заявитель: анкета; скан СНИЛС; letter [3]
24.11.2026 00:30  Заявитель: Далее → «Читается» [2]
                  Система: уведомление оператора; ответы СМЭВ
                  Нужен оператор: запросы в государственные реестры
                  Оператор удостоверяющего центра принимает: скан паспорта (разворот с фото)
                  Оператор удостоверяющего центра возвращает: скан СНИЛС
                  Больше не засчитывается: положительный ответ СМЭВ
24.11.2026 00:30  Оператор удостоверяющего центра: Вернуть на исправление → «Правится»
                  Больше не засчитывается: полный комплект документов
`
	if got := journey.Tell(p, entries); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	erased := []ra.Entry{{Kind: ra.Forgotten, At: at}, {Kind: ra.Erased, At: at, By: by(workflow.CAOperator)}}
	if got := journey.Tell(p, erased); got != "Как это бывает\n" {
		t.Errorf("of an erased case it tells %q", got)
	}
}

// TestTellWraps compares the longest line under a step with what fits.
func TestTellWraps(t *testing.T) {
	p := &workflow.Process{Places: []workflow.Place{{State: "draft"}}, Clauses: []workflow.Clause{{ID: "7.1"}, {ID: "7.2"}}}
	word := strings.Repeat("ж", 40)
	text := journey.Tell(p, []ra.Entry{
		{Kind: ra.Began, To: "draft"},
		{Kind: ra.Attached, By: ra.Actor{Role: "r"}, Document: &ra.Exhibit{Kind: word + " " + word + " " + word}, Clauses: []string{"7.2", "7.1"}},
	})
	_, text, _ = strings.Cut(text, "«»\n")
	gap := strings.Repeat(" ", 18)
	if want := gap + "r: " + word + " " + word + "\n" + gap + "  " + word + " [7.1 7.2]\n"; text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}
