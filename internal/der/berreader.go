package der

import "fmt"

// maxDepth is how deep FromBER lets elements nest. Certificates in a message
// in a message need about thirty levels.
const maxDepth = 64

// berKind says what a step of berReader is.
type berKind int

const (
	berValue berKind = iota // a primitive element
	berOpen                 // the header of a constructed element
	berClose                // its end
	berEnd                  // the end of the input
)

// berStep is one step through BER. Segment says that it belongs to a string
// in segments: only its octets count, not its header.
type berStep struct {
	kind    berKind
	tag     byte
	value   []byte
	segment bool
}

// berFrame is a constructed element that is open.
type berFrame struct {
	tag        byte
	indefinite bool
	segment    bool // itself a segment of a string
	limit      int  // its contents end here, or before it when indefinite
}

// berReader walks through BER without recursion.
type berReader struct {
	in     []byte
	pos    int
	open   []berFrame
	unused byte // bits unused in the last segment of a BIT STRING
	same   bool // all so far has the structure of DER
}

func (r *berReader) fail(at int, why string) error {
	return fmt.Errorf("der: BER: offset %d: %s", at, why)
}

// next takes the next step.
func (r *berReader) next() (berStep, error) {
	limit := len(r.in)
	var joined byte // the tag that segments of the string we are in must have
	if n := len(r.open); n > 0 {
		top := r.open[n-1]
		limit, joined = top.limit, segmentTag(top.tag)
		end := !top.indefinite && r.pos == limit
		if top.indefinite && limit-r.pos >= 2 && r.in[r.pos] == 0 && r.in[r.pos+1] == 0 {
			r.pos += 2
			end = true
		}
		if end {
			r.open = r.open[:n-1]
			return berStep{kind: berClose, tag: top.tag, segment: top.segment}, nil
		}
	} else if r.pos > 0 {
		if r.pos != limit {
			return berStep{}, r.fail(r.pos, "bytes after the element")
		}
		return berStep{kind: berEnd}, nil
	}
	return r.element(limit, joined)
}

// element reads a header and, if the element is primitive, its contents.
func (r *berReader) element(limit int, joined byte) (berStep, error) {
	start := r.pos
	if limit-start < 2 {
		return berStep{}, r.fail(start, "cut short")
	}
	tag := r.in[start]
	constructed := tag&0x20 != 0
	r.pos++
	switch {
	case tag&0x1f == 0x1f:
		return berStep{}, r.fail(start, "a tag number above 30")
	case tag == 0:
		return berStep{}, r.fail(start, "end-of-contents where none is due")
	case joined != 0 && tag&^0x20 != joined:
		return berStep{}, r.fail(start, "a segment of another type than its string")
	case constructed != (tag&^0x20 == byte(Sequence)&^0x20 || tag&^0x20 == byte(Set)&^0x20) && !mayBeEither(tag):
		return berStep{}, r.fail(start, "primitive where constructed is due, or the reverse")
	}
	length, indefinite, err := r.length(limit)
	if err != nil {
		return berStep{}, err
	}
	if !constructed {
		if indefinite {
			return berStep{}, r.fail(start, "an indefinite length of a primitive element")
		}
		value := r.in[r.pos : r.pos+length]
		if joined == byte(BitString) {
			if r.unused != 0 || len(value) == 0 || value[0] > 7 || len(value) == 1 && value[0] != 0 {
				return berStep{}, r.fail(start, "a segment of a BIT STRING does not parse")
			}
			r.unused = value[0]
		}
		r.pos += length
		return berStep{kind: berValue, tag: tag, value: value, segment: joined != 0}, nil
	}
	if len(r.open) == maxDepth {
		return berStep{}, r.fail(start, "nested too deep")
	}
	if segmentTag(tag) != 0 {
		r.same = false
		if joined == 0 {
			r.unused = 0
		}
	}
	if !indefinite {
		limit = r.pos + length
	}
	r.open = append(r.open, berFrame{tag, indefinite, joined != 0, limit})
	return berStep{kind: berOpen, tag: tag, segment: joined != 0}, nil
}

// length reads length octets: the definite form in up to eight octets, or the
// indefinite form.
func (r *berReader) length(limit int) (length int, indefinite bool, err error) {
	start := r.pos
	first := r.in[r.pos]
	r.pos++
	n := uint64(first)
	switch {
	case first == 0x80:
		r.same = false
		return 0, true, nil
	case first > 0x88:
		return 0, false, r.fail(start, "a length of more than eight octets")
	case first > 0x80:
		octets := int(first & 0x7f)
		if limit-r.pos < octets {
			return 0, false, r.fail(start, "cut short")
		}
		n = 0
		for _, b := range r.in[r.pos : r.pos+octets] {
			n = n<<8 | uint64(b)
		}
		r.pos += octets
	}
	if n > uint64(limit-r.pos) {
		return 0, false, r.fail(start, "a length beyond the end")
	}
	if r.pos-start != headerSize(int(n))-1 {
		r.same = false
	}
	return int(n), false, nil
}

// segmentTag returns the tag of the segments that a constructed string of the
// given tag is sent in (X.690, sections 8.6, 8.7 and 8.23), or zero if it is
// no constructed string.
func segmentTag(tag byte) byte {
	switch tag &^ 0x20 {
	case tag: // primitive
		return 0
	case byte(BitString):
		return byte(BitString)
	case byte(OctetString), byte(UTF8String), 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 30:
		return byte(OctetString)
	}
	return 0
}

// mayBeEither reports whether elements of the tag are both primitive and
// constructed: strings, and everything outside the universal class.
func mayBeEither(tag byte) bool {
	return tag&0xc0 != 0 || segmentTag(tag|0x20) != 0 ||
		tag == 0x28 || tag == 0x2b // EXTERNAL and EMBEDDED PDV are constructed
}
