package workflow

import (
	"fmt"
	"strings"
)

// Mermaid draws the process as a Mermaid state diagram (stateDiagram-v2):
// places under their Russian titles, arrows as "event (role) [needs]". Equal
// processes give equal text.
func (p *Process) Mermaid() string {
	var b strings.Builder
	fmt.Fprintf(&b, "---\ntitle: %q\n---\nstateDiagram-v2\n", p.Title)
	for _, place := range p.Places {
		fmt.Fprintf(&b, "    state \"%s\" as %s\n", label.Replace(place.Title), place.State)
	}
	fmt.Fprintf(&b, "    [*] --> %s\n", p.Initial())
	for _, s := range p.Steps {
		fmt.Fprintf(&b, "    %s --> %s: %s (%s)", s.From, s.To, s.On, s.By)
		if len(s.Needs) > 0 {
			fmt.Fprintf(&b, " [%s]", join(s.Needs))
		}
		b.WriteByte('\n')
	}
	for _, place := range p.Places {
		if place.final() {
			fmt.Fprintf(&b, "    %s --> [*]\n", place.State)
		}
	}
	return b.String()
}

// label escapes what would end a Mermaid string, as entity codes.
var label = strings.NewReplacer(`"`, "#quot;", "#", "#35;", ";", "#59;", "\n", " ")

// join lists names for a reader.
func join[T ~string](names []T) string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = string(name)
	}
	return strings.Join(list, ", ")
}
