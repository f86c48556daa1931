package sqlstore

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
)

// What is personal is stored as a line of JSON, the head, and behind it the
// octets of whatever the head counts.

// encodeHead writes a line of JSON and behind it the parts. errText if the head
// does not come back as it is: JSON silently replaces what is no text.
func encodeHead[T any](head *T, parts ...[]byte) ([]byte, error) {
	line, err := json.Marshal(head)
	if err != nil {
		return nil, errText // the parser's error might quote
	}
	back := new(T)
	if json.Unmarshal(line, back) != nil || !reflect.DeepEqual(head, back) {
		return nil, errText
	}
	return bytes.Join(append([][]byte{line, {'\n'}}, parts...), nil), nil
}

func decodeHead(data []byte, head any) (*remainder, error) {
	line, rest, found := bytes.Cut(data, []byte("\n"))
	if !found || json.Unmarshal(line, head) != nil {
		return nil, errBroken
	}
	return &remainder{data: rest}, nil
}

// remainder is taken apart from its beginning.
type remainder struct {
	data   []byte
	broken bool
}

// take returns the next n octets, nil of none.
func (r *remainder) take(n int) []byte {
	if r.broken = r.broken || n < 0 || n > len(r.data); r.broken || n == 0 {
		return nil
	}
	taken := r.data[:n:n]
	r.data = r.data[n:]
	return taken
}

// whole reports whether everything was taken and nothing was missing.
func (r *remainder) whole() bool { return !r.broken && len(r.data) == 0 }

// errBroken tells no more, since errors of parsers quote what they read.
var errBroken = errors.New("what is stored does not parse")
