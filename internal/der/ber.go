package der

import (
	"errors"
	"math/bits"
)

// FromBER returns the DER structure of one BER element (X.690, section 8):
// lengths become definite and minimal, strings sent in segments become one
// primitive string. What has that structure already is returned as it is,
// the same slice, so that signed parts keep their bytes. The order of a SET OF
// and the contents of primitive elements stay as received: they are for the
// reader of the value to judge.
//
// It takes time and memory linear in the input. It refuses bytes after the
// element, more than 64 levels of nesting, and tag numbers above 30, which no
// structure of this module has. The error names the offset.
//
// A string under an IMPLICIT tag cannot be told from a SEQUENCE under it, so
// its segments stay: see [ReadOctets].
func FromBER(raw []byte) ([]byte, error) {
	total, sizes, same, err := measureBER(raw)
	switch {
	case err != nil:
		return nil, err
	case same:
		return raw, nil
	}
	return writeBER(raw, total, sizes), nil
}

// ReadOctets reads an OCTET STRING under the IMPLICIT tag [n] from DER or from
// what FromBER made: primitive, or OCTET STRINGs to be joined.
func ReadOctets(s *String, n uint8) (content []byte, ok bool) {
	var in, segment String
	if s.PeekASN1Tag(Context(n)) {
		ok = s.ReadASN1(&in, Context(n))
		return in, ok
	}
	if !s.ReadASN1(&in, ContextCons(n)) {
		return nil, false
	}
	content = make([]byte, 0, len(in))
	for !in.Empty() {
		if !in.ReadASN1(&segment, OctetString) {
			return nil, false
		}
		content = append(content, segment...)
	}
	return content, true
}

// measureBER walks through raw once. It returns the size of all in DER and that
// of the contents of every constructed element that keeps its header, in the
// order of their headers.
func measureBER(raw []byte) (total int, sizes []int, same bool, err error) {
	r := berReader{in: raw, same: true}
	if len(raw) == 0 {
		return 0, nil, false, errors.New("der: BER: offset 0: nothing there")
	}
	var open []int // index into sizes of the elements that are open
	for {
		step, err := r.next()
		if err != nil {
			return 0, nil, false, err
		}
		size := len(step.value)
		switch step.kind {
		case berEnd:
			return total, sizes, r.same, nil
		case berOpen:
			if step.segment {
				continue
			}
			open = append(open, len(sizes))
			first := 0
			if segmentTag(step.tag) == byte(BitString) {
				first = 1 // the count of unused bits
			}
			sizes = append(sizes, first)
			continue
		case berClose:
			if step.segment {
				continue
			}
			size = sizes[open[len(open)-1]]
			open = open[:len(open)-1]
		case berValue:
			if step.segment && step.tag == byte(BitString) {
				size--
			}
		}
		if !step.segment {
			size += headerSize(size)
		}
		if len(open) > 0 {
			sizes[open[len(open)-1]] += size
		} else {
			total = size
		}
	}
}

// writeBER walks through raw again, which measureBER has found good, and
// writes it with the sizes found.
func writeBER(raw []byte, total int, sizes []int) []byte {
	r := berReader{in: raw}
	out := make([]byte, 0, total)
	unused := 0 // where the BIT STRING in segments counts its unused bits
	for {
		step, err := r.next()
		if err != nil || step.kind == berEnd {
			return out
		}
		bitString := segmentTag(step.tag|0x20) == byte(BitString)
		switch {
		case step.kind == berClose, step.kind == berOpen && step.segment:
		case step.kind == berOpen:
			tag := step.tag
			if segmentTag(tag) != 0 {
				tag &^= 0x20
			}
			out = appendHeader(out, tag, sizes[0])
			sizes = sizes[1:]
			if bitString {
				unused = len(out)
				out = append(out, 0)
			}
		case step.segment && bitString:
			out[unused] = step.value[0]
			out = append(out, step.value[1:]...)
		case step.segment:
			out = append(out, step.value...)
		default:
			out = append(appendHeader(out, step.tag, len(step.value)), step.value...)
		}
	}
}

// headerSize is the size of a tag and a minimal length.
func headerSize(length int) int {
	if length < 0x80 {
		return 2
	}
	return 2 + (bits.Len(uint(length))+7)/8
}

func appendHeader(out []byte, tag byte, length int) []byte {
	if length < 0x80 {
		return append(out, tag, byte(length))
	}
	octets := (bits.Len(uint(length)) + 7) / 8
	out = append(out, tag, 0x80|byte(octets))
	for i := octets - 1; i >= 0; i-- {
		out = append(out, byte(length>>(8*i)))
	}
	return out
}
