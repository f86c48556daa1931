package soap_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

const (
	id1 = "39f52a38-9a54-11ea-b23a-3316e2108089"
	id2 = "c0938f39-9a55-11ea-8ec7-2dd0b486eb66"
)

var (
	sent     = time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC)
	received = time.Date(2026, 11, 22, 7, 20, 0, 661e6, time.UTC)
)

// envelope is any message.
type envelope interface {
	Envelope(v *soap.Version, sign soap.Sign) ([]byte, error)
}

// sample is a message that the tests write and read.
type sample struct {
	name string
	root string // local name of the element in the body
	envelope
}

// samples returns messages of a version: of each kind one that says all it can
// and one that says as little as it may.
func samples(t testing.TB, v *soap.Version) []sample {
	t.Helper()
	list := []sample{
		{"full", "SendRequestRequest", fullRequest(v)},
		{"bare", "SendRequestRequest", &soap.SendRequest{Data: soap.RequestData{
			MessageID: id1, ReferenceMessageID: id1, Content: []byte(`<p:r xmlns:p="urn:p"/>`),
		}}},
		{"taken", "SendRequestResponse", &soap.SendRequestResponse{Metadata: fullMetadata(v)}},
		{"taken", "SendResponseResponse", &soap.SendResponseResponse{Metadata: bareMetadata()}},
		{"any", "GetRequestRequest", &soap.GetRequest{At: received}},
		{"typed", "GetRequestRequest", &soap.GetRequest{Namespace: "urn:x", Root: "request", At: sent, NodeID: "n"}},
		{"any", "GetResponseRequest", &soap.GetResponse{At: received}},
		{"typed", "GetResponseRequest", &soap.GetResponse{Namespace: "urn:x", Root: "response", At: sent, NodeID: "n"}},
		{"taken", "AckRequest", &soap.Ack{Target: id2, Accepted: true}},
		{"refused", "AckRequest", &soap.Ack{Target: id2}},
		{"ok", "AckResponse", &soap.AckResponse{}},
		{"now", "GetStatusRequest", &soap.GetStatus{At: sent}},
		{"empty", "GetStatusResponse", &soap.GetStatusResponse{}},
		{"rejected", "GetStatusResponse", &soap.GetStatusResponse{Status: fullStatus(v)}},
		{"empty", "GetRequestResponse", &soap.GetRequestResponse{}},
		{"empty", "GetResponseResponse", &soap.GetResponseResponse{}},
		{"full", "GetRequestResponse", &soap.GetRequestResponse{
			Request: &soap.Request{
				Provided: provide(t, &fullRequest(v).Data, v, "SIGNED_BY_CALLER"), Data: fullRequest(v).Data,
				Metadata: fullMetadata(v), Files: files(), ReplyTo: "b64==",
			},
			Attachments: contents(),
		}},
		{"bare", "GetRequestResponse", &soap.GetRequestResponse{Request: &soap.Request{
			Data:     soap.RequestData{MessageID: id1, ReferenceMessageID: id1, Content: []byte(`<p:r xmlns:p="urn:p"/>`)},
			Metadata: bareMetadata(), ReplyTo: "b64==",
		}}},
	}
	for _, name := range slices.Sorted(maps.Keys(answers(v))) {
		d := answers(v)[name]
		list = append(list,
			sample{name, "SendResponseRequest", &soap.SendResponse{Data: d}},
			sample{name, "GetResponseResponse", &soap.GetResponseResponse{Response: &soap.Response{
				OriginalMessageID: id1, ReferenceMessageID: id1, Provided: provide(t, &d, v, "SENDER_OV_SIGNATURE"), Data: d,
				Metadata: bareMetadata(),
			}}})
	}
	content := answers(v)["content"]
	list = append(list,
		sample{"attached", "SendResponseRequest", &soap.SendResponse{Data: content, Attachments: contents()}},
		sample{"attached", "GetResponseResponse", &soap.GetResponseResponse{
			Response: &soap.Response{
				OriginalMessageID: id1, OriginalTransactionCode: "c", ReferenceMessageID: id2, Data: content,
				Metadata: fullMetadata(v), Files: files(),
			},
			Attachments: contents(),
		}})
	if v.Has("GetIncomingQueueStatistics") {
		list = append(list,
			sample{"node", "GetIncomingQueueStatisticsRequest", &soap.GetIncomingQueueStatistics{NodeID: "n", At: sent}},
			sample{"empty", "GetIncomingQueueStatisticsResponse", &soap.GetIncomingQueueStatisticsResponse{}},
			sample{"two", "GetIncomingQueueStatisticsResponse", &soap.GetIncomingQueueStatisticsResponse{
				Queues: []soap.QueueStatistics{{Queue: "q1", Pending: 7}, {Queue: "q2"}},
			}},
			sample{"cancel", "GetRequestResponse", &soap.GetRequestResponse{Cancel: &soap.Cancel{
				Reference: id1, MessageID: id2, Metadata: bareMetadata(),
			}}})
	}
	for i := range faults() {
		f := &faults()[i]
		name := f.Name
		if name == "" {
			name = "no-detail"
		}
		list = append(list, sample{name, "Fault", f})
	}
	return list
}

func fullRequest(v *soap.Version) *soap.SendRequest {
	m := &soap.SendRequest{
		Data: soap.RequestData{
			MessageID: id1, ReferenceMessageID: id2, TransactionCode: "t<1>", NodeID: "n", EndOfLife: received,
			Content:           []byte(`<p:r xmlns:p="urn:p" Id="PERSONAL"><p:a>&amp;ж</p:a></p:r>`),
			PersonalSignature: []byte(`<s:Signature xmlns:s="http://www.w3.org/2000/09/xmldsig#"><s:SignedInfo/></s:Signature>`),
			Attachments:       attachments(v),
			Files:             []soap.RefAttachmentHeader{{UUID: id2, Hash: "aGFzaA==", MIMEType: "application/zip", Signature: []byte{0x30, 0}}},
			BusinessProcess:   [][]byte{[]byte(`<b:frgu xmlns:b="urn:b">1</b:frgu>`), []byte(`<b:more xmlns:b="urn:b"/>`)},
			Test:              true,
		},
		Attachments: contents(),
	}
	if v.Name() == "1.3" {
		m.Data.Files[0].FileName, m.Data.Files[0].NamespaceURI = "a.zip", "urn:f"
		m.Data.Files[0].Archive = []soap.ArchivedFile{{Name: "a", NamespaceURI: "urn:a"}}
		m.Routing = &soap.Routing{
			MessageID: id1, Dynamic: []string{"77", "78"}, Identifiers: []string{"i"},
			Records: []soap.RecordRouting{{RecordID: 1, General: true}, {RecordID: -2, Dynamic: []string{"d"}, Identifiers: []string{"j"}}},
		}
	}
	return m
}

func attachments(v *soap.Version) []soap.AttachmentHeader {
	list := []soap.AttachmentHeader{
		{ContentID: "A1", MIMEType: "application/pdf", Signature: []byte{0x30, 3, 2, 1, 5}},
		{ContentID: "A2", MIMEType: "text/plain"},
	}
	if v.Name() == "1.3" {
		list[0].NamespaceURI = "urn:n"
		list[0].Archive = []soap.ArchivedFile{{Name: "a", NamespaceURI: "urn:a"}, {Name: "b", NamespaceURI: "urn:b"}}
	}
	return list
}

func contents() []soap.AttachmentContent {
	return []soap.AttachmentContent{{ID: "A1", Content: []byte("%PDF-1.4\x00\xff")}, {ID: "A2", Content: []byte("1")}}
}

func files() []soap.FSAttachment {
	return []soap.FSAttachment{{UUID: id2, UserName: "u", Password: "p", FileName: "/SignedContent.zip"}}
}

func fullMetadata(v *soap.Version) soap.Metadata {
	m := soap.Metadata{
		MessageID: id2, Type: "REQUEST", Sender: soap.Party{Mnemonic: "EMU", Name: "Эмулятор"}, SentAt: sent,
		Recipient: soap.Party{Mnemonic: "CA", Name: "УЦ"}, DeliveredAt: received, Status: "requestIsQueued",
	}
	if v.Name() == "1.1" {
		m.Broker = "broker"
	}
	if v.Name() != "1.3" {
		m.Destination, m.ContentType, m.Interaction = "unknown", "t", "OIV2OIV"
	}
	return m
}

func bareMetadata() soap.Metadata {
	return soap.Metadata{MessageID: id2, Type: "RESPONSE", Sender: soap.Party{Mnemonic: "EMU"}, SentAt: sent}
}

func fullStatus(v *soap.Version) *soap.AsyncStatus {
	a := &soap.AsyncStatus{
		OriginalMessageID: id1, Category: "requestIsRejectedBySmev", Details: "d",
		Fault: &soap.Fault{
			Name: "InvalidContent", Code: "c", Description: "SMEV-403:d",
			ValidationErrors: []soap.ValidationError{{Position: -1, Text: "a"}, {Position: 7, Text: "b"}},
		},
	}
	if v.Name() == "1.3" {
		a.Routing = &soap.RoutingStatus{
			Dynamic:     []soap.ValueStatus{{Value: "77", Code: "success"}, {Value: "78", Code: "recipientNotFound"}},
			Identifiers: []soap.ValueStatus{{Value: "i", Code: "success"}},
			Records: []soap.RecordStatus{{
				RecordID: 1, Code: "signatureInvalid",
				Dynamic:     []soap.ValueStatus{{Value: "d", Code: "success"}},
				Identifiers: []soap.ValueStatus{{Value: "j", Code: "invalidRegistryRecordId"}},
			}},
		}
	}
	return a
}

// answers are all that an answer can be.
func answers(v *soap.Version) map[string]soap.ResponseData {
	base := soap.ResponseData{MessageID: id2, To: "b64=="}
	content, rejected, failed, status, async, bare := base, base, base, base, base, base
	request := fullRequest(v).Data
	content.Content, content.PersonalSignature = request.Content, request.PersonalSignature
	content.Attachments, content.Files = request.Attachments, request.Files
	rejected.Rejections = []soap.Rejection{{Code: "NO_DATA", Description: "нет"}, {Code: "ACCESS_DENIED"}}
	failed.Rejections = []soap.Rejection{{Code: "FAILURE", Description: "сбой"}}
	status.Status = &soap.RequestStatus{Code: -7, Parameters: []soap.StatusParameter{{Key: "k", Value: "v"}, {Key: "l"}}, Description: "в работе"}
	async.Async = fullStatus(v)
	bare.Async = &soap.AsyncStatus{OriginalMessageID: id1, Category: "cancelled", Fault: &soap.Fault{Description: "SMEV-1:d"}}
	return map[string]soap.ResponseData{
		"content": content, "rejected": rejected, "failure": failed, "status": status, "async": async, "async-bare": bare,
	}
}

func faults() []soap.Fault {
	list := []soap.Fault{{FaultCode: "soap:Client", Text: "t"}}
	for _, name := range []string{
		"AccessDenied", "AttachmentContentMiscoordination", "EndOfLifeReached", "IncorrectResponseContentType",
		"InvalidMessageIdFormat", "MessageIsAlreadySent", "RecipientIsNotFound", "RequestIsNotFound", "SMEVFailure",
		"SenderIsNotRegistered", "StaleMessageId", "TargetMessageIsNotFound", "TransactionCodeInvalid", "UnknownMessageType",
		"AttachmentSizeLimitExceeded", "BusinessDataTypeIsNotSupported", "DestinationOverflow", "InvalidContent",
		"QuoteLimitExceeded", "SignatureVerificationFault",
	} {
		f := soap.Fault{FaultCode: "soap:Server", Text: "t", Name: name, Code: "c", Description: "SMEV-100:Описание"}
		switch name {
		case "AttachmentSizeLimitExceeded":
			f.PermittedSize, f.RealSize = 5<<20, 1<<40
		case "BusinessDataTypeIsNotSupported":
			f.RootLocalName, f.RootNamespace = "r", "urn:u"
		case "DestinationOverflow":
			f.Broker, f.Destination = "b", "d"
		case "InvalidContent":
			f.ValidationErrors = []soap.ValidationError{{Position: -1, Text: "a"}, {Position: 7, Text: "b"}}
		case "QuoteLimitExceeded":
			f.RemainedSize, f.RealSize = 1, 2
		case "SignatureVerificationFault":
			f.SignatureFault = "CertificateIsExpired"
		}
		list = append(list, f)
	}
	return list
}

func provide(t testing.TB, d interface {
	Provide(*soap.Version, string, soap.Sign) (soap.Provided, error)
}, v *soap.Version, id string) soap.Provided {
	t.Helper()
	p, err := d.Provide(v, id, name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// name is a signature that says of which element it is, and no more.
func name(target *xmldsig.Element) ([]byte, error) {
	id, ok := target.Attr(xmldsig.Name{Local: "Id"})
	if !ok {
		return nil, fmt.Errorf("%s has no Id", target.Name.Local)
	}
	return []byte(`<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Reference URI="#` + id + `">` +
		target.Name.Local + `</ds:Reference></ds:Signature>`), nil
}

// readers has the function that reads the element of each name.
var readers = map[string]func(*xmldsig.Element) (envelope, soap.Signatures, error){
	"SendRequestRequest":                reader(soap.ReadSendRequest),
	"SendRequestResponse":               reader(soap.ReadSendRequestResponse),
	"SendResponseRequest":               reader(soap.ReadSendResponse),
	"SendResponseResponse":              reader(soap.ReadSendResponseResponse),
	"GetRequestRequest":                 reader(soap.ReadGetRequest),
	"GetRequestResponse":                reader(soap.ReadGetRequestResponse),
	"GetResponseRequest":                reader(soap.ReadGetResponse),
	"GetResponseResponse":               reader(soap.ReadGetResponseResponse),
	"GetStatusRequest":                  reader(soap.ReadGetStatus),
	"GetStatusResponse":                 reader(soap.ReadGetStatusResponse),
	"AckRequest":                        reader(soap.ReadAck),
	"GetIncomingQueueStatisticsRequest": reader(soap.ReadGetIncomingQueueStatistics),
	"GetIncomingQueueStatisticsResponse": reader(func(e *xmldsig.Element) (*soap.GetIncomingQueueStatisticsResponse, soap.Signatures, error) {
		m, err := soap.ReadGetIncomingQueueStatisticsResponse(e)
		return m, soap.Signatures{}, err
	}),
	"AckResponse": reader(func(e *xmldsig.Element) (*soap.AckResponse, soap.Signatures, error) {
		if err := soap.ReadAckResponse(e); err != nil {
			return nil, soap.Signatures{}, err
		}
		return &soap.AckResponse{}, soap.Signatures{}, nil
	}),
	"Fault": reader(func(e *xmldsig.Element) (*soap.Fault, soap.Signatures, error) {
		return soap.ReadFault(e), soap.Signatures{}, nil
	}),
}

func reader[T envelope](read func(*xmldsig.Element) (T, soap.Signatures, error)) func(*xmldsig.Element) (envelope, soap.Signatures, error) {
	return func(e *xmldsig.Element) (envelope, soap.Signatures, error) {
		m, by, err := read(e)
		if err != nil {
			if !reflect.ValueOf(m).IsNil() || by != (soap.Signatures{}) {
				panic("a result together with an error")
			}
			return nil, by, err
		}
		return m, by, nil
	}
}

// readDoc reads a message by the name of what is in the body.
func readDoc(doc []byte) (envelope, soap.Signatures, error) {
	body, err := soap.ReadEnvelope(doc)
	if err != nil {
		return nil, soap.Signatures{}, err
	}
	if body == nil {
		return &soap.AckResponse{}, soap.Signatures{}, soap.ReadAckResponse(nil)
	}
	read, ok := readers[body.Name.Local]
	if !ok {
		return nil, soap.Signatures{}, fmt.Errorf("nothing reads %s", body.Name.Local)
	}
	return read(body)
}

func write(t testing.TB, v *soap.Version, s sample, sign soap.Sign) []byte {
	t.Helper()
	doc, err := s.Envelope(v, sign)
	if err != nil {
		t.Fatalf("%s %s %s: %v", v.Name(), s.root, s.name, err)
	}
	return doc
}

// normal replaces, all over a value, documents by their trees and times by
// their milliseconds: a document cut out of a message has its declarations.
func normal(x any) {
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch x := v.Interface().(type) {
		case []byte:
			if e, err := xmldsig.Parse(x); err == nil {
				v.SetBytes([]byte(tree(e)))
			}
			return
		case time.Time:
			v.Set(reflect.ValueOf(x.Truncate(time.Millisecond).UTC()))
			return
		}
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		}
	}
	walk(reflect.ValueOf(x))
}

// tree writes an element so that two are equal if and only if they mean the
// same.
func tree(e *xmldsig.Element) string {
	var b strings.Builder
	fmt.Fprintf(&b, "{%q %q %q ", e.Name.Space, e.Name.Local, e.Attrs)
	if text, err := e.Leaf(); err == nil {
		fmt.Fprintf(&b, "%q", text)
	}
	for _, c := range e.Children {
		b.WriteString(tree(c))
	}
	return b.String() + "}"
}

// show prints a message with what its pointers point to.
func show(m any) string {
	text, err := json.Marshal(m)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
