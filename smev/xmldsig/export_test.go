package xmldsig

import "hash"

var CompareUTF16 = compareUTF16

// TransformIn is Transform in either escaping.
func (e *Element) TransformIn(escaping Escaping) ([]byte, error) {
	t := transformer{escaping: escaping}
	err := t.run(e)
	return t.out, err
}

// Digest is the digest that Verify takes, and whether it would take another.
func (e *Element) Digest(h hash.Hash, escaping Escaping) (sum []byte, loose bool, err error) {
	t := transformer{escaping: escaping, to: h}
	sum, err = t.digest(e)
	return sum, t.loose != nil, err
}
