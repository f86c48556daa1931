package soap_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/testenv/outside"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// validator checks documents with xmllint against the schemas of a version,
// all in one run.
type validator struct {
	t    testing.TB
	dir  string
	tool string
	docs int
}

func newValidator(t testing.TB, v *soap.Version) *validator {
	t.Helper()
	x := &validator{t: t, dir: t.TempDir(), tool: outside.Need(t, "xmllint")}
	schemas, err := filepath.Abs(filepath.Join("testdata", "xsd", "v"+strings.ReplaceAll(v.Name(), ".", "_")))
	if err != nil {
		t.Fatal(err)
	}
	// The asynchronous status names fault types by xsi:type, and the schema of
	// the messages does not import them.
	x.write("all.xsd", `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:import namespace="`+v.Types()+`" schemaLocation="`+schemas+`/smev-message-exchange-types-`+v.Name()+`.xsd"/>
<xs:import namespace="`+v.Faults()+`" schemaLocation="`+schemas+`/smev-message-exchange-faults-`+v.Name()+`.xsd"/>
</xs:schema>`)
	return x
}

func (x *validator) write(name, text string) {
	if err := os.WriteFile(filepath.Join(x.dir, name), []byte(text), 0o600); err != nil {
		x.t.Fatal(err)
	}
}

// add takes a document in and returns its number.
func (x *validator) add(doc []byte) int {
	x.docs++
	x.write(fmt.Sprintf("%d.xml", x.docs), string(doc))
	return x.docs
}

var verdictLine = regexp.MustCompile(`^(\d+)\.xml (validates|fails to validate)\n$`)

// verdicts returns what xmllint complains about in each document, by number;
// a valid one is not there.
func (x *validator) verdicts() map[int]string {
	x.t.Helper()
	args := []string{"--noout", "--nonet", "--schema", "all.xsd"}
	for i := range x.docs {
		args = append(args, fmt.Sprintf("%d.xml", i+1))
	}
	cmd := exec.CommandContext(x.t.Context(), x.tool, args...)
	cmd.Dir = x.dir
	out, _ := cmd.CombinedOutput() // fails if a single document is invalid
	bad, seen := map[int]string{}, 0
	var complaint strings.Builder
	for line := range strings.Lines(string(out)) {
		var n int
		switch verdict := verdictLine.FindStringSubmatch(line); {
		case verdict == nil:
			complaint.WriteString(line)
			continue
		case verdict[2] != "validates":
			fmt.Sscan(verdict[1], &n)
			bad[n] = complaint.String()
		}
		seen++
		complaint.Reset()
	}
	if seen != x.docs {
		x.t.Fatalf("xmllint judged %d documents of %d: %.2000s", seen, x.docs, out)
	}
	return bad
}

// Every message is valid against the published schemas of its version. The
// exceptions are those of real traffic, and each fails for its one reason.
func TestSchemas(t *testing.T) {
	for _, v := range soap.Versions() {
		x := newValidator(t, v)
		files := map[int]sample{}
		for _, s := range samples(t, v) {
			doc := write(t, v, s, name)
			body, err := soap.ReadEnvelope(doc)
			if err != nil {
				t.Fatal(err)
			}
			if f, ok := s.envelope.(*soap.Fault); ok {
				if f.Name == "" {
					continue // no message of SMEV
				}
				body = body.Children[len(body.Children)-1].Children[0]
			}
			files[x.add(body.Raw())] = s
		}
		blind := x.add([]byte(`<ns2:AckRequest xmlns:ns2="` + v.Types() + `"/>`))
		bad := x.verdicts()
		if bad[blind] == "" {
			t.Error("an AckRequest without its target is called valid")
		}
		for n, s := range files {
			complaint := bad[n]
			switch {
			case s.name == "failure" && v.Name() == "1.2":
				// FAILURE is a RejectCode of 1.1 and 1.3; 1.2 alone leaves it out.
				if !strings.Contains(complaint, "RejectionReasonCode") || !strings.Contains(complaint, "'FAILURE'") {
					t.Errorf("%s %s: %s", v.Name(), s.name, complaint)
				}
			case s.root == "Fault" && !published[s.name]:
				// The published type is empty, though SMEV puts Code and Description
				// into every fault.
				if !strings.Contains(complaint, "Element content is not allowed, because the content type is empty") {
					t.Errorf("%s %s: %s", v.Name(), s.name, complaint)
				}
			case complaint != "":
				t.Errorf("%s %s %s: %s", v.Name(), s.root, s.name, complaint)
			}
		}
	}
}

// published are the faults whose published type has Code and Description.
var published = map[string]bool{
	"AttachmentSizeLimitExceeded": true, "BusinessDataTypeIsNotSupported": true, "DestinationOverflow": true,
	"InvalidContent": true, "QuoteLimitExceeded": true, "SignatureVerificationFault": true, "TransactionCodeInvalid": true,
}

// forgiven are the elements that the schemas require and real traffic leaves
// out.
var forgiven = map[string]bool{
	"ReferenceMessageID": true, "TransactionCode": true, "OriginalTransactionCode": true, "HumanReadableName": true,
	"DestinationName": true, "SupplementaryData": true,
	"CallerInformationSystemSignature": true, "RoutingSignature": true,
}

// Reading is as strict as the schema: each element of each message is taken
// out, doubled, swapped with the next, moved into another namespace of ours
// and given a stranger for a neighbour, and xmllint says what of that is still
// valid. An element with the same children is changed in one message only.
func TestReadingFollowsSchemas(t *testing.T) {
	for _, v := range soap.Versions() {
		t.Run(v.Name(), func(t *testing.T) {
			x := newValidator(t, v)
			type change struct {
				sample
				what, element string
				doc           []byte
			}
			changes, done := map[int]change{}, map[string]bool{}
			for _, s := range samples(t, v) {
				if s.root == "Fault" || s.name == "failure" {
					continue // read as it comes; not valid in 1.2
				}
				body, err := soap.ReadEnvelope(write(t, v, s, name))
				if err != nil {
					t.Fatal(err)
				}
				root := newNode(body)
				mutate(v, root, done, func(what, element string) {
					doc := []byte(root.write(v, true))
					changes[x.add(doc)] = change{s, what, element, doc}
				})
			}
			bad := x.verdicts()
			refused := 0
			for n, c := range changes {
				_, _, err := readers[c.root](parse(t, c.doc))
				valid := bad[n] == "" ||
					c.what == "removed" && forgiven[c.element] ||
					c.what == "doubled" && c.element == "AttachmentContent" // its Id is doubled too
				if err != nil {
					refused++
				}
				if valid != (err == nil) {
					t.Errorf("%s %s, %s %s: xmllint says %q, reading says %v\n%s", c.root, c.name, c.element, c.what, bad[n], err, c.doc)
				}
			}
			if refused < 300 || refused == len(changes) {
				t.Errorf("%d of %d changes refused", refused, len(changes))
			}
			t.Logf("%d changes, %d refused", len(changes), refused)
		})
	}
}

// node is an element that can be changed.
type node struct {
	name     xmldsig.Name
	attrs    []xmldsig.Attr
	text     string
	children []*node
}

func newNode(e *xmldsig.Element) *node {
	n := &node{name: e.Name, attrs: e.Attrs}
	if len(e.Children) == 0 {
		n.text, _ = e.Leaf()
	}
	for _, c := range e.Children {
		n.children = append(n.children, newNode(c))
	}
	return n
}

// mutate makes one change after another in n and beneath it, calls try and
// takes the change back. Elements that are noted in done stay as they are.
func mutate(v *soap.Version, n *node, done map[string]bool, try func(what, element string)) {
	own := func(c *node) bool {
		return c.name.Space == v.Types() || c.name.Space == v.Basic() || v.Routing() != "" && c.name.Space == v.Routing()
	}
	if !own(n) || n.name.Local == "SmevFault" {
		return // business documents, signatures; and what is read as it comes
	}
	before := n.children
	for _, c := range before {
		mutate(v, c, done, try)
	}
	shape := n.name.Local + ":"
	for _, c := range before {
		shape += " " + c.name.Local
	}
	if done[shape] {
		return
	}
	done[shape] = true
	with := func(what string, c *node, children ...*node) {
		n.children = children
		try(what, c.name.Local)
		n.children = before
	}
	splice := func(i, j int, between ...*node) []*node {
		return append(append(append([]*node{}, before[:i]...), between...), before[j:]...)
	}
	stranger := &node{name: xmldsig.Name{Space: v.Types(), Local: "Stranger"}}
	for i, c := range before {
		if !own(c) {
			continue
		}
		with("removed", c, splice(i, i+1)...)
		with("doubled", c, splice(i, i+1, c, c)...)
		with("after a stranger", c, splice(i, i, stranger)...)
		with("before a stranger", c, splice(i+1, i+1, stranger)...)
		for _, space := range []string{v.Types(), v.Basic(), v.Faults()} {
			if space != c.name.Space {
				moved := *c
				moved.name.Space = space
				with("in another namespace", c, splice(i, i+1, &moved)...)
			}
		}
		if i+1 < len(before) && own(before[i+1]) {
			with("behind "+before[i+1].name.Local, c, splice(i, i+2, before[i+1], c)...)
		}
	}
}

func (n *node) write(v *soap.Version, root bool) string {
	prefixes := map[string]string{v.Types(): "t:", v.Basic(): "b:", v.Faults(): "ns3:", "http://www.w3.org/2001/XMLSchema-instance": "i:"}
	if v.Routing() != "" {
		prefixes[v.Routing()] = "r:"
	}
	var b strings.Builder
	own, known := prefixes[n.name.Space]
	b.WriteString("<" + own + n.name.Local)
	if !known {
		b.WriteString(` xmlns="` + n.name.Space + `"`)
	}
	if root {
		for space, prefix := range prefixes {
			b.WriteString(` xmlns:` + strings.TrimSuffix(prefix, ":") + `="` + space + `"`)
		}
	}
	for _, a := range n.attrs {
		b.WriteString(` ` + prefixes[a.Name.Space] + a.Name.Local + `="` + escape(a.Value) + `"`)
	}
	b.WriteString(">" + escape(n.text))
	for _, c := range n.children {
		b.WriteString(c.write(v, false))
	}
	return b.String() + "</" + own + n.name.Local + ">"
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;").Replace(s)
}

func parse(t testing.TB, doc []byte) *xmldsig.Element {
	t.Helper()
	e, err := xmldsig.Parse(doc)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
