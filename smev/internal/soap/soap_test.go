package soap_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/smev/internal/soap"
)

const (
	id1 = "39f52a38-9a54-11ea-b23a-3316e2108089"
	id2 = "c0938f39-9a55-11ea-8ec7-2dd0b486eb66"
)

var (
	sent     = time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC)
	received = time.Date(2026, 11, 22, 7, 20, 0, 661e6, time.UTC)
	metadata = soap.Metadata{
		MessageID: id2, Type: "RESPONSE", Sender: soap.Party{Mnemonic: "EMU", Name: "Эмулятор"}, SentAt: sent,
		Destination: "unknown", Recipient: soap.Party{Mnemonic: "CA", Name: "УЦ"}, ContentType: "t",
		DeliveredAt: received, Status: "messageIsDelivered",
	}
)

// codec writes a message and reads it back from what was written.
type codec struct {
	message any
	write   func() ([]byte, error)
	read    func(doc []byte) (any, error)
}

func reader[T any](read func(doc []byte) (T, error)) func([]byte) (any, error) {
	return func(doc []byte) (any, error) {
		m, err := read(doc)
		return m, err
	}
}

func readSendRequest(doc []byte) (*soap.SendRequest, error) {
	body, err := soap.ReadEnvelope(doc)
	if err != nil {
		return nil, err
	}
	return soap.ReadSendRequest(body)
}

func readResponse(doc []byte) (*soap.Response, error) {
	body, err := soap.ReadEnvelope(doc)
	if err != nil {
		return nil, err
	}
	return soap.ReadResponse(body)
}

func codecs() map[string]codec {
	request := &soap.SendRequest{
		MessageID: id1, ReferenceMessageID: id1, TransactionCode: "t<1>", NodeID: "n", EndOfLife: received,
		Content: []byte(`<p:r xmlns:p="u"><p:a>&amp;ж</p:a></p:r>`), Test: true,
	}
	small := &soap.SendRequest{MessageID: id1, ReferenceMessageID: id1, Content: []byte(`<p:r xmlns:p="u"/>`)}
	sendResponse := &soap.SendRequestResponse{Metadata: metadata}
	get := &soap.GetResponse{Namespace: "urn:x", Root: "response", At: sent, NodeID: "n"}
	anyType := &soap.GetResponse{At: received}
	yes, no := &soap.Ack{Target: id2, Accepted: true}, &soap.Ack{Target: id2}
	base := soap.Response{
		OriginalMessageID: id1, OriginalTransactionCode: "c", ReferenceMessageID: id1, MessageID: id2, To: "b64==", Metadata: metadata,
	}
	content, rejected, status, async, bare := base, base, base, base, base
	content.Content = []byte(`<p:r xmlns:p="u">1</p:r>`)
	rejected.Rejections = []soap.Rejection{{"NO_DATA", "нет"}, {"ACCESS_DENIED", ""}}
	status.Status = &soap.RequestStatus{Code: -7, Description: "в работе"}
	async.Async = &soap.AsyncStatus{
		OriginalMessageID: id1, Category: "requestIsRejectedBySmev", Details: "d",
		Fault: &soap.Fault{Name: "InvalidContent", Code: "c", Description: "SMEV-403:d", ValidationErrors: []string{"a", "b"}},
	}
	bare.Async = &soap.AsyncStatus{OriginalMessageID: id1, Category: "cancelled"}
	fault := &soap.Fault{
		FaultCode: "soap:Server", Text: "t", Name: "BusinessDataTypeIsNotSupported", Code: "c", Description: "d",
		RootLocalName: "r", RootNamespace: "u",
	}
	plain := &soap.Fault{FaultCode: "soap:Client", Text: "t"}
	cs := map[string]codec{
		"request":          {request, request.Envelope, reader(readSendRequest)},
		"small request":    {small, small.Envelope, reader(readSendRequest)},
		"request response": {sendResponse, sendResponse.Envelope, nil},
		"get":              {get, get.Envelope, nil},
		"get any":          {anyType, anyType.Envelope, nil},
		"ack":              {yes, yes.Envelope, nil},
		"ack refused":      {no, no.Envelope, nil},
		"fault":            {fault, fault.Envelope, nil},
		"fault, no detail": {plain, plain.Envelope, nil},
	}
	for name, m := range map[string]*soap.Response{
		"content": &content, "rejected": &rejected, "status": &status, "async": &async, "async, bare": &bare,
	} {
		cs[name] = codec{m, m.Envelope, reader(readResponse)}
	}
	return cs
}

func read(c codec, doc []byte) (any, error) {
	if c.read != nil {
		return c.read(doc)
	}
	body, err := soap.ReadEnvelope(doc)
	if err != nil {
		return nil, err
	}
	switch c.message.(type) {
	case *soap.SendRequestResponse:
		return soap.ReadSendRequestResponse(body)
	case *soap.GetResponse:
		return soap.ReadGetResponse(body)
	case *soap.Ack:
		return soap.ReadAck(body)
	}
	return soap.ReadFault(body), nil
}

func TestRoundTrip(t *testing.T) {
	for name, c := range codecs() {
		t.Run(name, func(t *testing.T) {
			doc, err := c.write()
			if err != nil {
				t.Fatal(err)
			}
			got, err := read(c, doc)
			if err != nil {
				t.Fatalf("%s: %v", doc, err)
			}
			want := c.message
			if r, ok := got.(*soap.SendRequest); ok {
				// The document is cut out with the prefixes of the envelope declared.
				if !bytes.Contains(r.Content, []byte(`xmlns:p="u"`)) {
					t.Errorf("content: got %s", r.Content)
				}
				r.Content = want.(*soap.SendRequest).Content
			}
			if r, ok := got.(*soap.Response); ok && r.Content != nil {
				r.Content = want.(*soap.Response).Content
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

// Every element is needed in its place: a message with one element removed,
// doubled or moved behind its neighbour either still says the same or is
// refused; nothing is read into another field.
func TestElementsInPlace(t *testing.T) {
	doc, err := codecs()["content"].write()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"OriginalMessageId", "MessageID", "To", "MessageId", "MessageType", "Mnemonic", "SendingTimestamp", "InteractionType",
	} {
		leaf := cut(t, string(doc), name)
		for what, changed := range map[string]string{
			"removed": strings.Replace(string(doc), leaf, "", 1),
			"doubled": strings.Replace(string(doc), leaf, leaf+leaf, 1),
			"foreign": strings.Replace(string(doc), leaf, strings.ReplaceAll(leaf, "ns2:", "ns1:"), 1),
		} {
			if m, err := readResponse([]byte(changed)); err == nil || m != nil {
				t.Errorf("%s %s: accepted", name, what)
			}
		}
	}
	for _, name := range []string{"OriginalTransactionCode", "ReferenceMessageID", "HumanReadableName", "DestinationName", "DeliveryTimestamp", "Status"} {
		if _, err := readResponse([]byte(strings.Replace(string(doc), cut(t, string(doc), name), "", 1))); err != nil {
			t.Errorf("without %s, as in real messages: %v", name, err)
		}
	}
}

func cut(t *testing.T, doc, name string) string {
	t.Helper()
	from, to := strings.Index(doc, "<ns2:"+name+">"), strings.Index(doc, "</ns2:"+name+">")
	if from < 0 || to < 0 {
		t.Fatalf("no %s in %s", name, doc)
	}
	return doc[from : to+len("</ns2:"+name+">")]
}

func TestReadRefuses(t *testing.T) {
	const open = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="` + soap.Types + `" xmlns:b="` + soap.Basic + `">`
	for name, doc := range map[string]string{
		"SOAP 1.2":       `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body/></s:Envelope>`,
		"no body":        open + `<s:Header/></s:Envelope>`,
		"two bodies":     open + `<s:Body/><s:Body/></s:Envelope>`,
		"late header":    open + `<s:Body/><s:Header/></s:Envelope>`,
		"two in a body":  open + `<s:Body><t:AckResponse/><t:AckResponse/></s:Body></s:Envelope>`,
		"text in a body": open + `<s:Body>x</s:Body></s:Envelope>`,
		"not an answer":  open + `<s:Body><t:AckResponse><t:x/></t:AckResponse></s:Body></s:Envelope>`,
		"other version":  open + `<s:Body><GetResponseResponse xmlns="urn://x-artefacts-smev-gov-ru/services/message-exchange/types/1.3"/></s:Body></s:Envelope>`,
		"empty body":     open + `<s:Body/></s:Envelope>`,
	} {
		if m, err := readResponse([]byte(doc)); err == nil {
			t.Errorf("%s: read as %+v", name, m)
		}
	}
	for name, body := range map[string]string{
		"half a type":  `<t:GetResponseRequest><b:MessageTypeSelector><b:NamespaceURI>u</b:NamespaceURI><b:Timestamp>2026-11-22T10:00:00Z</b:Timestamp></b:MessageTypeSelector></t:GetResponseRequest>`,
		"no time":      `<t:GetResponseRequest><b:MessageTypeSelector/></t:GetResponseRequest>`,
		"not a time":   `<t:GetResponseRequest><b:MessageTypeSelector><b:Timestamp>now</b:Timestamp></b:MessageTypeSelector></t:GetResponseRequest>`,
		"no selection": `<t:GetResponseRequest/>`,
	} {
		e, err := soap.ReadEnvelope([]byte(open + `<s:Body>` + body + `</s:Body></s:Envelope>`))
		if err != nil {
			t.Fatal(err)
		}
		if m, err := soap.ReadGetResponse(e); err == nil {
			t.Errorf("%s: read as %+v", name, m)
		}
	}
}

// The shapes below are those of real messages of 2020–2026: default namespace
// for basic, byte order mark, indentation, signatures, left out elements.
func TestReadsRealShapes(t *testing.T) {
	doc := "\uFEFF" + `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Body>
    <ns2:GetResponseResponse xmlns="` + soap.Basic + `" xmlns:ns2="` + soap.Types + `" xmlns:ns3="` + soap.Faults + `">
      <ns2:ResponseMessage>
        <ns2:Response Id="SIGNED_BY_SMEV">
          <ns2:OriginalMessageId>` + id1 + `</ns2:OriginalMessageId>
          <ns2:SenderProvidedResponseData Id="SIGNED_ASYNC_BY_SMEV">
            <ns2:MessageID>` + id2 + `</ns2:MessageID>
            <ns2:To>eyJz</ns2:To>
            <ns2:AsyncProcessingStatus>
              <ns2:OriginalMessageId>` + id1 + `</ns2:OriginalMessageId>
              <ns2:StatusCategory>requestIsRejectedBySmev</ns2:StatusCategory>
              <ns2:SmevFault xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="ns3:InvalidContent">
                <Code>028122</Code>
                <Description>SMEV-403:&#x421;</Description>
                <ns3:ValidationError errorPosition="-1">cvc-complex-type.2.4.b</ns3:ValidationError>
              </ns2:SmevFault>
            </ns2:AsyncProcessingStatus>
          </ns2:SenderProvidedResponseData>
          <ns2:MessageMetadata>
            <ns2:MessageId>` + id2 + `</ns2:MessageId>
            <ns2:MessageType>RESPONSE</ns2:MessageType>
            <ns2:Sender>
              <ns2:Mnemonic>smev</ns2:Mnemonic>
            </ns2:Sender>
            <ns2:SendingTimestamp>2021-03-23T07:03:08.000+03:00</ns2:SendingTimestamp>
            <ns2:Status>messageIsDelivered</ns2:Status>
          </ns2:MessageMetadata>
          <ns2:SenderInformationSystemSignature><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/></ns2:SenderInformationSystemSignature>
        </ns2:Response>
        <ns2:SMEVSignature><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/></ns2:SMEVSignature>
      </ns2:ResponseMessage>
    </ns2:GetResponseResponse>
  </soap:Body>
</soap:Envelope>`
	m, err := readResponse([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	want := &soap.Fault{Name: "InvalidContent", Code: "028122", Description: "SMEV-403:С", ValidationErrors: []string{"cvc-complex-type.2.4.b"}}
	if !reflect.DeepEqual(m.Async.Fault, want) {
		t.Errorf("got %+v, want %+v", m.Async.Fault, want)
	}
	if want := time.Date(2021, 3, 23, 4, 3, 8, 0, time.UTC); !m.Metadata.SentAt.Equal(want) || !m.Metadata.DeliveredAt.IsZero() {
		t.Errorf("got %v and %v, want %v and none", m.Metadata.SentAt, m.Metadata.DeliveredAt, want)
	}

	body, err := soap.ReadEnvelope([]byte(`<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header/><soap:Body></soap:Body></soap:Envelope>`))
	if err != nil || soap.ReadAckResponse(body) != nil {
		t.Errorf("the empty body of a real AckResponse: %v", err)
	}
	body, err = soap.ReadEnvelope([]byte(`<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault>
		<faultcode>soap:Server</faultcode><faultstring>&#x421;</faultstring></soap:Fault></soap:Body></soap:Envelope>`))
	if f := soap.ReadFault(body); err != nil || f == nil || f.Text != "С" || f.Name != "" {
		t.Errorf("a fault without detail: %+v, %v", f, err)
	}
}
