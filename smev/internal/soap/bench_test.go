package soap_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// business is a document of about 10 KiB.
func business() []byte {
	return []byte(`<p:r xmlns:p="urn:p">` + strings.Repeat(`<p:field kind="text">Значение поля</p:field>`, 170) + `</p:r>`)
}

func benchmark[T any](b *testing.B, m envelope, read func(*xmldsig.Element) (T, soap.Signatures, error)) {
	doc, err := m.Envelope(soap.V12(), name)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("write", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		b.ReportAllocs()
		for b.Loop() {
			if again, err := m.Envelope(soap.V12(), nil); err != nil || len(again) == 0 {
				b.Fatal(err)
			}
		}
	})
	b.Run("write and splice a signature", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		b.ReportAllocs()
		for b.Loop() {
			if again, err := m.Envelope(soap.V12(), name); err != nil || !bytes.Equal(again, doc) {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		b.ReportAllocs()
		for b.Loop() {
			body, err := soap.ReadEnvelope(doc)
			if err != nil {
				b.Fatal(err)
			}
			if _, _, err := read(body); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSendRequest(b *testing.B) {
	benchmark(b, &soap.SendRequest{Data: soap.RequestData{MessageID: id1, ReferenceMessageID: id1, Content: business()}}, soap.ReadSendRequest)
}

func BenchmarkGetResponse(b *testing.B) {
	d := &soap.ResponseData{MessageID: id2, To: "b64==", Content: business()}
	benchmark(b, &soap.GetResponseResponse{Response: &soap.Response{
		OriginalMessageID: id1, ReferenceMessageID: id1, Provided: provide(b, d, soap.V12(), "SENDER_OV_SIGNATURE"), Metadata: bareMetadata(),
	}}, soap.ReadGetResponseResponse)
}
