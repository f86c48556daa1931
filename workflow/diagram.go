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

// DOT draws the process in the language of Graphviz: places as boxes under
// their Russian titles and their names, final ones with a double border, arrows
// as in Mermaid, those of System dashed. Equal processes give equal text.
func (p *Process) DOT() string {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n", quoted(p.Name))
	fmt.Fprintf(&b, "    graph [label=%s, labelloc=t, rankdir=TB, fontname=\"sans-serif\"];\n", quoted(p.Title))
	b.WriteString("    node [shape=box, style=rounded, fontname=\"sans-serif\"];\n")
	b.WriteString("    edge [fontname=\"sans-serif\", fontsize=10];\n")
	b.WriteString("    \"\" [shape=point];\n")
	for _, place := range p.Places {
		fmt.Fprintf(&b, "    %s [label=%s", quoted(string(place.State)), quoted(place.Title+"\n"+string(place.State)))
		if place.final() {
			b.WriteString(", peripheries=2")
		}
		b.WriteString("];\n")
	}
	fmt.Fprintf(&b, "    \"\" -> %s;\n", quoted(string(p.Initial())))
	for _, s := range p.Steps {
		text := fmt.Sprintf("%s (%s)", s.On, s.By)
		if len(s.Needs) > 0 {
			text += "\n[" + join(s.Needs) + "]"
		}
		fmt.Fprintf(&b, "    %s -> %s [label=%s", quoted(string(s.From)), quoted(string(s.To)), quoted(text))
		if s.By == System {
			b.WriteString(", style=dashed")
		}
		b.WriteString("];\n")
	}
	b.WriteString("}\n")
	return b.String()
}

// quoted writes a string of Graphviz, in which a line feed is written \n.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", " ").Replace(s) + `"`
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
