package main

import (
	"encoding/json"
	"fmt"

	"github.com/surguch/surguch/csr/qualified"
)

// report is what is said of one certificate or request.
type report struct {
	File     string              `json:"file"`
	Kind     string              `json:"kind"` // certificate or request
	Owner    string              `json:"owner"`
	Findings []qualified.Finding `json:"findings"`
}

// print writes the report in the language or form asked for.
func (l *linter) print(r report, owner qualified.OwnerType) error {
	if l.asJSON {
		return json.NewEncoder(l.stdout).Encode(r)
	}
	if l.english {
		fmt.Fprintf(l.stdout, "%s: %s, owner: %s, findings: %d\n", r.File, r.Kind, r.Owner, len(r.Findings))
		for _, f := range r.Findings {
			fmt.Fprintf(l.stdout, "  %s %s: %s: %s [%v]\n", f.Severity, f.Rule, f.Where, f.English, f.Citation)
		}
		return nil
	}
	kind := map[string]string{"certificate": "сертификат", "request": "запрос"}[r.Kind]
	fmt.Fprintf(l.stdout, "%s: %s, владелец: %s, замечаний: %d\n", r.File, kind, owner.Russian(), len(r.Findings))
	for _, f := range r.Findings {
		severity := [...]string{"сведение", "предупреждение", "ошибка"}[f.Severity]
		fmt.Fprintf(l.stdout, "  %s %s: %s: %s [%s]\n", severity, f.Rule, f.Where, f.Russian, f.Citation.Russian)
	}
	return nil
}
