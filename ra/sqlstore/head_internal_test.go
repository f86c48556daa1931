package sqlstore

import (
	"reflect"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/channel"
	"github.com/surguch/surguch/smev/client"
)

// FuzzStored: whatever stands in a column of personal data, it is read whole or
// not at all, and what was read comes back when it is written.
func FuzzStored(f *testing.F) {
	request := ra.SignRequest{
		Key: "key", SNILS: "11223344595", Title: "Заявление", Deadline: time.Unix(1_800_000_000, 0),
		Documents: []ra.SignDocument{{Name: "a.pdf", Media: "application/pdf", Data: []byte("%PDF\n")}, {Name: "empty"}},
	}
	p := channel.Package{Progress: []byte("progress"), Outcome: ra.Operation{State: ra.Signed, Signatures: [][]byte{{0x30, 0}, nil}}}
	c := content{Digest: "digest", Envelope: []byte("<e/>"), Files: []client.File{{ID: "1", Name: "a", Data: []byte("a")}}}
	for _, encode := range []func() ([]byte, error){
		func() ([]byte, error) { return encodeRequest(&request) },
		func() ([]byte, error) { return encodeProgress(&p) },
		c.encode,
	} {
		data, err := encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)-1])
	}
	f.Add([]byte(`{"documents":[{"size":9223372036854775807},{"size":1}]}` + "\na"))
	f.Add([]byte(`{"progress":-1}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, err := decodeRequest(data); err != nil {
			if !reflect.DeepEqual(r, ra.SignRequest{}) {
				t.Errorf("got part of a request with %v", err)
			}
		} else if again, err := encodeRequest(&r); err == nil { // a year beyond 9999 in UTC is not written
			r.Deadline = r.Deadline.UTC()
			if back, err := decodeRequest(again); err != nil || !reflect.DeepEqual(back, r) {
				t.Errorf("got %+v, %v, want %+v", back, err, r)
			}
		}
		var p, back channel.Package
		if decodeProgress(data, &p) == nil {
			again, err := encodeProgress(&p)
			if err == nil {
				err = decodeProgress(again, &back)
			}
			if err != nil || !reflect.DeepEqual(back, p) {
				t.Errorf("got %+v, %v, want %+v", back, err, p)
			}
		}
		if c, err := decode(data); (c == nil) == (err == nil) {
			t.Errorf("got %v with %v", c, err)
		}
	})
}
