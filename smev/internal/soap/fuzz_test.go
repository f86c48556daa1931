package soap_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/surguch/surguch/smev/internal/soap"
)

// FuzzReadEnvelope reads any envelope as the message it says to be and as all
// others. What is read can be written, and what was written says the same.
func FuzzReadEnvelope(f *testing.F) {
	for _, v := range soap.Versions() {
		for _, s := range samples(f, v) {
			f.Add(write(f, v, s, name))
		}
	}
	files, _ := filepath.Glob("../../xmldsig/testdata/signed/*.xml")
	for _, file := range files {
		doc, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		body, err := soap.ReadEnvelope(doc)
		if err != nil {
			if body != nil {
				t.Fatal("a body together with an error")
			}
			return
		}
		for root, read := range readers {
			m, _, err := read(body)
			if body == nil && root != "AckResponse" && root != "Fault" && err == nil {
				t.Fatalf("%s read from an empty body", root)
			}
			if err != nil || body == nil || root == "Fault" && body.Name.Local != root {
				continue
			}
			if root != body.Name.Local {
				t.Fatalf("%s read as %s", body.Name.Local, root)
			}
			v, known := soap.VersionOf(body.Name.Space)
			if !known {
				v = soap.V12() // of a fault
			}
			if !writable(reflect.ValueOf(m)) {
				continue
			}
			again, err := m.Envelope(v.Lean(), nil)
			if err != nil {
				t.Fatalf("%s: %v", show(m), err)
			}
			back, _, err := readDoc(again)
			if err != nil {
				t.Fatalf("%s: %v", again, err)
			}
			for _, x := range []envelope{m, back} {
				settle(x)
				normal(x)
			}
			if !reflect.DeepEqual(m, back) {
				t.Fatalf("got  %s\nwant %s", show(back), show(m))
			}
		}
	})
}

// settle removes what is not written again: extensions of another fault, and
// how a missing InteractionType is filled in.
func settle(m envelope) {
	for _, metadata := range metadataOf(m) {
		if metadata.Interaction == "" && metadata.ContentType != "" {
			metadata.Interaction = "NotDetected"
		}
	}
	var faults []*soap.Fault
	async := func(a *soap.AsyncStatus) {
		if a != nil && a.Fault != nil {
			faults = append(faults, a.Fault)
		}
	}
	switch m := m.(type) {
	case *soap.Fault:
		faults = append(faults, m)
	case *soap.GetStatusResponse:
		async(m.Status)
	case *soap.SendResponse:
		async(m.Data.Async)
	case *soap.GetResponseResponse:
		if m.Response != nil {
			async(m.Response.Data.Async)
		}
	}
	for _, f := range faults {
		*f = soap.Fault{FaultCode: f.FaultCode, Text: f.Text, Name: f.Name, Code: f.Code, Description: f.Description}
		if f.Name == "" { // no detail, nothing in it
			f.Code, f.Description = "", ""
		}
	}
}

// writable reports whether all times in v have a year that an xs:dateTime of
// SMEV can show in any zone.
func writable(v reflect.Value) bool {
	if t, ok := v.Interface().(time.Time); ok {
		return t.IsZero() || t.Year() > 1 && t.Year() < 9999
	}
	switch v.Kind() {
	case reflect.Pointer:
		return v.IsNil() || writable(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if !writable(v.Field(i)) {
				return false
			}
		}
	}
	return true
}
