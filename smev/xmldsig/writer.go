package xmldsig

import "errors"

// Writer writes a document without indentation. Names and namespace
// declarations are written as given; values are escaped. The zero value is
// ready for use.
type Writer struct {
	buf   []byte
	stack []string
	bare  bool // the last start tag has no content yet, so it still lacks its '>'
	err   error
}

// Open starts an element. attrs are names and values in turn, written in
// that order.
func (w *Writer) Open(name string, attrs ...string) {
	w.content()
	w.buf = append(append(w.buf, '<'), name...)
	for i := 0; i+1 < len(attrs); i += 2 {
		w.check(attrs[i+1])
		w.buf = appendAttr(w.buf, "", attrs[i], attrs[i+1])
	}
	w.stack = append(w.stack, name)
	w.bare = true
}

// Close ends the innermost open element.
func (w *Writer) Close() {
	name := w.stack[len(w.stack)-1]
	w.stack = w.stack[:len(w.stack)-1]
	if w.bare {
		w.bare = false
		w.buf = append(w.buf, "/>"...)
		return
	}
	w.buf = append(append(append(w.buf, "</"...), name...), '>')
}

// Leaf writes an element with text; an empty text gives an empty element.
func (w *Writer) Leaf(name, text string, attrs ...string) {
	w.Open(name, attrs...)
	if text != "" {
		w.content()
		w.check(text)
		w.buf = appendEscaped(w.buf, text, &textEscapes)
	}
	w.Close()
}

// OptionalLeaf writes the element unless its text is empty.
func (w *Writer) OptionalLeaf(name, text string) {
	if text != "" {
		w.Leaf(name, text)
	}
}

// Raw inserts bytes that are already well-formed.
func (w *Writer) Raw(doc []byte) {
	w.content()
	w.buf = append(w.buf, doc...)
}

// Bytes returns the document. It fails if a value held a character XML 1.0
// cannot carry, or if an element is still open.
func (w *Writer) Bytes() ([]byte, error) {
	if w.err == nil && len(w.stack) != 0 {
		w.err = errors.New("xmldsig: an element is left open")
	}
	if w.err != nil {
		return nil, w.err
	}
	return w.buf, nil
}

func (w *Writer) content() {
	if w.bare {
		w.buf = append(w.buf, '>')
		w.bare = false
	}
}

func (w *Writer) check(value string) {
	if !Writable(value) && w.err == nil {
		w.err = errors.New("xmldsig: a value holds a character XML cannot carry")
	}
}
