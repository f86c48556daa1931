package soap_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/surguch/surguch/smev/internal/soap"
)

// FuzzEnvelope reads any envelope as every message. What is read as a request
// or a response can be written, and what was written says the same.
func FuzzEnvelope(f *testing.F) {
	for _, c := range codecs() {
		doc, err := c.write()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(doc)
	}
	goldens, _ := filepath.Glob("../../client/testdata/golden/*.xml")
	for _, g := range goldens {
		doc, err := os.ReadFile(g)
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
		soap.ReadFault(body)
		_ = soap.ReadAckResponse(body)
		_, _ = soap.ReadSendRequestResponse(body)
		_, _ = soap.ReadGetResponse(body)
		_, _ = soap.ReadAck(body)
		if m, err := soap.ReadSendRequest(body); err == nil && writable(m.EndOfLife) {
			back := rewrite(t, m.Envelope, readSendRequest)
			m.EndOfLife = m.EndOfLife.Truncate(time.Millisecond)
			m.Content, back.Content = nil, nil
			if !reflect.DeepEqual(m, back) {
				t.Fatalf("got  %+v\nwant %+v", back, m)
			}
		}
		if m, err := soap.ReadResponse(body); err == nil && m != nil && writable(m.Metadata.SentAt) && writable(m.Metadata.DeliveredAt) {
			back := rewrite(t, m.Envelope, readResponse)
			for _, m := range []*soap.Response{m, back} {
				m.Content = nil
				m.Metadata.SentAt = m.Metadata.SentAt.Truncate(time.Millisecond)
				m.Metadata.DeliveredAt = m.Metadata.DeliveredAt.Truncate(time.Millisecond)
				if m.Async != nil && m.Async.Fault != nil { // extensions are written for their own fault only
					m.Async.Fault = &soap.Fault{Name: m.Async.Fault.Name, Code: m.Async.Fault.Code, Description: m.Async.Fault.Description}
				}
			}
			if m.Metadata.Recipient.Mnemonic == "" { // a nameless recipient is left out
				m.Metadata.Recipient = soap.Party{}
			}
			if !reflect.DeepEqual(m, back) {
				t.Fatalf("got  %+v\nwant %+v", back, m)
			}
		}
	})
}

// writable reports whether t has a year an xs:dateTime of SMEV can show in
// any zone.
func writable(t time.Time) bool { return t.IsZero() || t.Year() > 1 && t.Year() < 9999 }

func rewrite[T any](t *testing.T, write func() ([]byte, error), read func([]byte) (T, error)) T {
	doc, err := write()
	if err != nil {
		t.Fatal(err)
	}
	back, err := read(doc)
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	return back
}
