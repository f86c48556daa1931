package xmldsig

import "fmt"

// Sequence reads the children of an element in the order of an xs:sequence.
// The first failure sticks: the calls after it return empty values and
// [Sequence.End] returns it, so a reader checks once.
type Sequence struct {
	of   *Element
	next int
	err  error
}

// Sequence starts reading the children of e, which must be called name. A nil
// element is one that is missing, and the failure says so.
func (e *Element) Sequence(name Name) *Sequence {
	if e == nil {
		return &Sequence{of: &Element{}, err: fmt.Errorf("xmldsig: %s is missing", name.Local)}
	}
	s := &Sequence{of: e}
	if e.Name != name {
		s.err = fmt.Errorf("xmldsig: byte %d: %s where %s is due", e.begin, e.label(), name.Local)
	} else if e.mixed {
		s.err = fmt.Errorf("xmldsig: byte %d: text beside the elements of %s", e.begin, e.label())
	}
	return s
}

// Optional returns the next child if it is called name, else nil.
func (s *Sequence) Optional(name Name) *Element {
	if s.err != nil || s.next == len(s.of.Children) || s.of.Children[s.next].Name != name {
		return nil
	}
	s.next++
	return s.of.Children[s.next-1]
}

// One returns the next child, which must be called name. After a failure it
// returns an empty element, never nil.
func (s *Sequence) One(name Name) *Element {
	if e := s.Optional(name); e != nil {
		return e
	}
	if s.err == nil {
		s.err = fmt.Errorf("xmldsig: byte %d: %s has no %s in its place", s.of.begin, s.of.label(), name.Local)
	}
	return &Element{Name: name}
}

// Any returns the next child whatever its name, which must exist.
func (s *Sequence) Any() *Element {
	if s.err == nil && s.next < len(s.of.Children) {
		s.next++
		return s.of.Children[s.next-1]
	}
	if s.err == nil {
		s.err = fmt.Errorf("xmldsig: byte %d: %s is empty", s.of.begin, s.of.label())
	}
	return &Element{}
}

// Many returns the run of children called name, none included.
func (s *Sequence) Many(name Name) []*Element {
	var run []*Element
	for e := s.Optional(name); e != nil; e = s.Optional(name) {
		run = append(run, e)
	}
	return run
}

// Text returns the text of the next child, which must be called name.
func (s *Sequence) Text(name Name) string { return s.leaf(s.One(name)) }

// OptionalText returns the text of the next child if it is called name.
func (s *Sequence) OptionalText(name Name) string {
	if e := s.Optional(name); e != nil {
		return s.leaf(e)
	}
	return ""
}

func (s *Sequence) leaf(e *Element) string {
	text, err := e.Leaf()
	if err != nil && s.err == nil {
		s.err = err
	}
	return text
}

// Fail records err unless an earlier failure is recorded.
func (s *Sequence) Fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// End returns the first failure, or an error if children are left unread.
func (s *Sequence) End() error {
	if s.err == nil && s.next < len(s.of.Children) {
		left := s.of.Children[s.next]
		s.err = fmt.Errorf("xmldsig: byte %d: %s is not allowed here in %s", left.begin, left.label(), s.of.label())
	}
	return s.err
}
