package soap_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/surguch/surguch/smev/internal/soap"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Every message of every version, as written, byte for byte.
func TestGolden(t *testing.T) {
	for _, v := range soap.Versions() {
		dir := filepath.Join("testdata", "golden", v.Name())
		if *update {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		list := samples(t, v)
		for _, s := range list {
			file := filepath.Join(dir, s.root+"."+s.name+".xml")
			got := write(t, v, s, name)
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s:\ngot  %s\nwant %s", file, got, want)
			}
		}
		files, err := filepath.Glob(filepath.Join(dir, "*.xml"))
		if err != nil || len(files) != len(list) {
			t.Errorf("%s: %d files for %d messages, %v", dir, len(files), len(list), err)
		}
	}
}

// What is written reads the same, signed and unsigned, in the full and in the
// lean form.
func TestRoundTrip(t *testing.T) {
	for _, v := range soap.Versions() {
		for what, v := range map[string]*soap.Version{"": v, "lean ": v.Lean()} {
			for i, s := range samples(t, v) {
				for _, sign := range []soap.Sign{name, nil} {
					doc := write(t, v, s, sign)
					got, by, err := readDoc(doc)
					if err != nil {
						t.Errorf("%s%s %s %s: %v\n%s", what, v.Name(), s.root, s.name, err, doc)
						continue
					}
					if sign == nil && (by.Caller.Signature != nil || by.SMEV.Signature != nil || by.Routing.Signature != nil) {
						t.Errorf("%s %s: a signature nobody made", s.root, s.name)
					}
					want := samples(t, v)[i].envelope
					complete(want, what == "" && v.Name() != "1.3")
					if r, ok := want.(*soap.GetRequestResponse); ok && r.Request != nil && r.Request.Provided.Data == nil {
						r.Request.Provided = got.(*soap.GetRequestResponse).Request.Provided
					}
					if r, ok := want.(*soap.GetResponseResponse); ok && r.Response != nil && r.Response.Provided.Data == nil {
						r.Response.Provided = got.(*soap.GetResponseResponse).Response.Provided
					}
					normal(want)
					normal(got)
					if !reflect.DeepEqual(got, want) {
						t.Errorf("%s%s %s %s:\ngot  %s\nwant %s", what, v.Name(), s.root, s.name, show(got), show(want))
					}
				}
			}
		}
	}
}

// complete sets what writing adds to a message of which it was not told.
func complete(m envelope, full bool) {
	for _, metadata := range metadataOf(m) {
		if full && metadata.Interaction == "" {
			metadata.Interaction = "NotDetected"
		}
	}
}

func metadataOf(m envelope) []*soap.Metadata {
	switch m := m.(type) {
	case *soap.SendRequestResponse:
		return []*soap.Metadata{&m.Metadata}
	case *soap.SendResponseResponse:
		return []*soap.Metadata{&m.Metadata}
	case *soap.GetRequestResponse:
		switch {
		case m.Request != nil:
			return []*soap.Metadata{&m.Request.Metadata}
		case m.Cancel != nil:
			return []*soap.Metadata{&m.Cancel.Metadata}
		}
	case *soap.GetResponseResponse:
		if m.Response != nil {
			return []*soap.Metadata{&m.Response.Metadata}
		}
	}
	return nil
}
