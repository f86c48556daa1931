package soap_test

import (
	"strings"
	"testing"

	"github.com/surguch/surguch/smev/internal/soap"
)

func in(v *soap.Version, body string) string {
	return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="` + v.Types() + `" xmlns:b="` + v.Basic() + `" xmlns:r="` + v.Routing() + `">` +
		body + `</s:Envelope>`
}

func TestReadEnvelopeRefuses(t *testing.T) {
	v := soap.V13()
	for name, doc := range map[string]string{
		"SOAP 1.2":       `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body/></s:Envelope>`,
		"no body":        in(v, `<s:Header/>`),
		"two bodies":     in(v, `<s:Body/><s:Body/>`),
		"late header":    in(v, `<s:Body/><s:Header/>`),
		"two in a body":  in(v, `<s:Body><t:AckResponse/><t:AckResponse/></s:Body>`),
		"text in a body": in(v, `<s:Body>x</s:Body>`),
		"not XML":        `{}`,
	} {
		if body, err := soap.ReadEnvelope([]byte(doc)); err == nil || body != nil {
			t.Errorf("%s: got %v, %v", name, body, err)
		}
	}
}

// What the schema cannot say with its elements alone, and what the errors say.
func TestReadRefuses(t *testing.T) {
	const now = `<b:Timestamp>2026-11-22T10:00:00Z</b:Timestamp>`
	const ds = `xmlns:ds="http://www.w3.org/2000/09/xmldsig#"`
	ack := func(signature string) string {
		return `<t:AckRequest><b:AckTargetMessage accepted="1">x</b:AckTargetMessage><t:CallerInformationSystemSignature>` +
			signature + `</t:CallerInformationSystemSignature></t:AckRequest>`
	}
	request := func(content, rest string) string {
		return `<t:SendRequestRequest><t:SenderProvidedRequestData><t:MessageID>x</t:MessageID><b:MessagePrimaryContent>` + content +
			`</b:MessagePrimaryContent>` + rest + `</t:SenderProvidedRequestData></t:SendRequestRequest>`
	}
	answer := func(data string) string {
		return `<t:SendResponseRequest><t:SenderProvidedResponseData><t:MessageID>x</t:MessageID><t:To/>` + data + `</t:SenderProvidedResponseData></t:SendResponseRequest>`
	}
	for name, c := range map[string]struct{ body, want string }{
		"half a type":       {`<t:GetResponseRequest><b:MessageTypeSelector><b:NamespaceURI>u</b:NamespaceURI>` + now + `</b:MessageTypeSelector></t:GetResponseRequest>`, "has no RootElementLocalName in its place"},
		"empty type":        {`<t:GetRequestRequest><b:MessageTypeSelector><b:NamespaceURI/><b:RootElementLocalName/>` + now + `</b:MessageTypeSelector></t:GetRequestRequest>`, "the selector names half a type"},
		"no time":           {`<t:GetResponseRequest><b:MessageTypeSelector/></t:GetResponseRequest>`, "has no Timestamp in its place"},
		"not a time":        {`<t:GetStatusRequest><b:Timestamp>secret</b:Timestamp></t:GetStatusRequest>`, "Timestamp is not an xs:dateTime"},
		"no selection":      {`<t:GetResponseRequest/>`, "has no MessageTypeSelector in its place"},
		"not a boolean":     {`<t:AckRequest><b:AckTargetMessage accepted="secret">x</b:AckTargetMessage></t:AckRequest>`, "accepted is not an xs:boolean"},
		"two signatures":    {ack(`<ds:Signature ` + ds + `/><ds:Signature ` + ds + `/>`), "Signature is not allowed here in CallerInformationSystemSignature"},
		"foreign signature": {ack(`<Signature xmlns="urn:x"/>`), "Signature is not allowed here in CallerInformationSystemSignature"},
		"not a signature":   {ack(`<ds:SignedInfo ` + ds + `/>`), "SignedInfo is not allowed here in CallerInformationSystemSignature"},
		"text, no element":  {ack(`secret`), "text beside the elements of CallerInformationSystemSignature"},
		"text beside":       {ack(`<ds:Signature ` + ds + `/>secret`), "text beside the elements of CallerInformationSystemSignature"},
		"two documents":     {request(`<x xmlns="u"/><x xmlns="u"/>`, ""), "x is not allowed here in MessagePrimaryContent"},
		"no document":       {request(``, ""), "MessagePrimaryContent is empty"},
		"no namespace":      {request(`<x/>`, ""), "in no namespace of its own"},
		"our namespace":     {request(`<b:x/>`, ""), "in no namespace of its own"},
		"not Base64":        {request(`<x xmlns="u"/>`, `<b:AttachmentHeaderList><b:AttachmentHeader><b:contentId/><b:MimeType/><b:SignaturePKCS7>secret!</b:SignaturePKCS7></b:AttachmentHeader></b:AttachmentHeaderList>`), "SignaturePKCS7 is not Base64"},
		"empty list":        {request(`<x xmlns="u"/>`, `<b:AttachmentHeaderList/>`), "has no AttachmentHeader in its place"},
		"a full mark":       {request(`<x xmlns="u"/>`, `<t:TestMessage>secret</t:TestMessage>`), "text beside the elements of TestMessage"},
		"not a code":        {answer(`<t:RequestStatus><t:StatusCode>2147483648</t:StatusCode><t:StatusDescription/></t:RequestStatus>`), "StatusCode is not an xs:int"},
		"nothing said":      {answer(``), "the response holds neither content nor status"},
		"two things said":   {answer(`<t:RequestRejected><t:RejectionReasonCode/><t:RejectionReasonDescription/></t:RequestRejected><t:AsyncProcessingStatus/>`), "AsyncProcessingStatus is not allowed here"},
		"no UUID":           {`<t:GetResponseResponse><t:ResponseMessage><t:Response><t:OriginalMessageId>secret</t:OriginalMessageId></t:Response></t:ResponseMessage></t:GetResponseResponse>`, "OriginalMessageId is not a UUID"},
		"upper case":        {`<t:GetResponseResponse><t:ResponseMessage><t:Response><t:SenderProvidedResponseData><t:MessageID>` + strings.ToUpper(id1) + `</t:MessageID></t:SenderProvidedResponseData></t:Response></t:ResponseMessage></t:GetResponseResponse>`, "MessageID is not a UUID"},
		"another message":   {`<t:AckResponse/>`, "where SendRequestRequest is due"},
		"another service":   {`<x:AckRequest xmlns:x="urn:secret"/>`, "the body holds no message of SMEV 3"},
		"nothing":           {``, "the body is empty where SendRequestRequest is due"},
		"no operation":      {`<t:GetIncomingQueueStatisticsRequest>` + now + `</t:GetIncomingQueueStatisticsRequest>`, "version 1.3 has no operation GetIncomingQueueStatistics"},
		"no values":         {`<t:SendRequestRequest><t:SenderProvidedRequestData><t:MessageID>x</t:MessageID><b:MessagePrimaryContent><x xmlns="u"/></b:MessagePrimaryContent></t:SenderProvidedRequestData><r:Routing><r:RoutingInformation><r:MessageID/><r:DynamicRouting/></r:RoutingInformation></r:Routing></t:SendRequestRequest>`, "has no DynamicValue in its place"},
	} {
		t.Run(name, func(t *testing.T) {
			body, err := soap.ReadEnvelope([]byte(in(soap.V13(), `<s:Body>`+c.body+`</s:Body>`)))
			if err != nil {
				t.Fatal(err)
			}
			read := readers["SendRequestRequest"]
			if body != nil && body.Name.Space == soap.V13().Types() && body.Name.Local != "AckResponse" {
				read = readers[body.Name.Local]
			}
			m, _, err := read(body)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, %v, want %s", m, err, c.want)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error quotes a value: %v", err)
			}
		})
	}
	// What 1.3 allows, the versions before it do not, and the other way round.
	for body, versions := range map[string]string{
		`<t:GetIncomingQueueStatisticsResponse><t:QueueStatistics pendingMessageNumber="x"/></t:GetIncomingQueueStatisticsResponse>`: "",
		`<t:AckRequest><b:AckTargetMessage>x</b:AckTargetMessage></t:AckRequest>`:                                                    "1.3",
		`<t:GetIncomingQueueStatisticsRequest>` + now + `</t:GetIncomingQueueStatisticsRequest>`:                                     "1.1 1.2",
		`<t:GetIncomingQueueStatisticsResponse><t:QueueStatistics queueName="q"/></t:GetIncomingQueueStatisticsResponse>`:            "1.1 1.2",
	} {
		for _, v := range soap.Versions() {
			_, _, err := readDoc([]byte(strings.Replace(in(v, `<s:Body>`+body+`</s:Body>`), ` xmlns:r=""`, "", 1)))
			if (err == nil) != strings.Contains(versions, v.Name()) {
				t.Errorf("%s, %s: got %v", v.Name(), body, err)
			}
		}
	}
}

// A message that mixes versions is refused, wherever the other one begins. Of
// a fault in a status whatever is recognised is taken.
func TestVersionsDoNotMix(t *testing.T) {
	v, mixed := soap.V12(), 0
	for _, s := range samples(t, v) {
		doc := string(write(t, v, s, nil))
		if s.root == "Fault" || strings.Contains(doc, "SmevFault") || !strings.Contains(doc, "<ns1:") {
			continue // there is nothing of Basic beneath the root
		}
		for _, other := range []*soap.Version{soap.V11(), soap.V13()} {
			for _, swap := range []*strings.Replacer{
				strings.NewReplacer(`"`+v.Types()+`"`, `"`+other.Types()+`"`),
				strings.NewReplacer(`"`+v.Basic()+`"`, `"`+other.Basic()+`"`),
			} {
				mixed++
				if m, _, err := readDoc([]byte(swap.Replace(doc))); err == nil {
					t.Errorf("%s %s with %s: read as %s", s.root, s.name, other.Name(), show(m))
				}
			}
		}
	}
	if mixed < 40 {
		t.Errorf("only %d mixtures", mixed)
	}
}

func TestVersion(t *testing.T) {
	for _, v := range soap.Versions() {
		for _, form := range []*soap.Version{v, v.Lean()} {
			if got, ok := soap.VersionOf(form.Types()); !ok || got != v {
				t.Errorf("%s: got %v, %v", v.Name(), got, ok)
			}
			if form.Has("GetIncomingQueueStatistics") == (v == soap.V13()) || !form.Has("Ack") || form.Has("") {
				t.Errorf("%s: operations %v", v.Name(), form.Operations())
			}
		}
		v.Operations()[0] = "x"
		if !v.Has("SendRequest") {
			t.Errorf("%s: the operations can be changed from outside", v.Name())
		}
	}
	v := soap.V12()
	for got, want := range map[string]string{
		v.Name():    "1.2",
		v.Types():   "urn://x-artefacts-smev-gov-ru/services/message-exchange/types/1.2",
		v.Basic():   "urn://x-artefacts-smev-gov-ru/services/message-exchange/types/basic/1.2",
		v.Faults():  "urn://x-artefacts-smev-gov-ru/services/message-exchange/types/faults/1.2",
		v.Service(): "urn://x-artefacts-smev-gov-ru/services/message-exchange/1.2",
		v.Routing(): "", v.Path(): "/smev/v1.2/ws", soap.V13().Path(): "/transport_1_0_2/",
		soap.V13().Routing(): "urn://x-artefacts-smev-gov-ru/services/message-exchange/types/routing/1.3",
		soap.Action("Ack"):   `"urn:Ack"`,
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for _, space := range []string{v.Basic(), v.Types() + "0", ""} {
		if got, ok := soap.VersionOf(space); ok {
			t.Errorf("%q: got %s", space, got.Name())
		}
	}
}

// Times come with an offset or without one, which means Moscow, and with white
// space that a reader drops.
func TestTimes(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-22T10:00:00.000+03:00":    "2026-11-22T07:00:00Z",
		"2026-11-22T07:00:00Z":             "2026-11-22T07:00:00Z",
		"2026-11-22T10:00:00":              "2026-11-22T07:00:00Z",
		" \n2026-11-22T10:00:00.5\t ":      "2026-11-22T07:00:00.5Z",
		"2026-11-22T10:00:00.123456+07:00": "2026-11-22T03:00:00.123456Z",
	} {
		m, _, err := readDoc([]byte(strings.Replace(in(soap.V12(), `<s:Body><t:GetStatusRequest><b:Timestamp>`+text+`</b:Timestamp></t:GetStatusRequest></s:Body>`), ` xmlns:r=""`, "", 1)))
		if err != nil || !m.(*soap.GetStatus).At.Equal(at(want)) {
			t.Errorf("%q: got %v, %v, want %s", text, m, err, want)
		}
	}
}

// The type of a fault in a status is one of the same version, or it is not
// told.
func TestFaultTypes(t *testing.T) {
	for kind, want := range map[string]string{
		`xsi:type="f:InvalidContent"`: "InvalidContent", `xsi:type="t:InvalidContent"`: "", `xsi:type="o:InvalidContent"`: "",
		`xsi:type="InvalidContent"`: "", `xsi:type="x:InvalidContent"`: "", `xsi:type=""`: "", `type="f:InvalidContent"`: "", ``: "",
	} {
		v := soap.V11()
		m, _, err := readDoc([]byte(strings.Replace(in(v, `<s:Body><t:GetStatusResponse><t:SmevAsyncProcessingMessage><t:AsyncProcessingStatusData><t:AsyncProcessingStatus><t:OriginalMessageId/><t:StatusCategory/>`+
			`<t:SmevFault xmlns:f="`+v.Faults()+`" xmlns:o="`+soap.V12().Faults()+`" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" `+kind+`/>`+
			`</t:AsyncProcessingStatus></t:AsyncProcessingStatusData></t:SmevAsyncProcessingMessage></t:GetStatusResponse></s:Body>`), ` xmlns:r=""`, "", 1)))
		if err != nil {
			t.Fatal(err)
		}
		if got := m.(*soap.GetStatusResponse).Status.Fault; got == nil || got.Name != want {
			t.Errorf("%s: got %s, want %q", kind, show(got), want)
		}
	}
}

// Elements that the schema requires are written though they are empty.
func TestRequiredElements(t *testing.T) {
	for element, versions := range map[string]string{
		"ns2:MessageId": "1.2", "ns2:ReplyTo": "1.1 1.2", "ns2:DestinationName": "1.1 1.2", "ns2:Sender>": "1.1 1.2",
		"ns2:Mnemonic": "1.1 1.2", "ns2:HumanReadableName": "1.1 1.2", "ns2:InteractionType": "1.1 1.2",
		"ns2:ReferenceMessageID": "1.2", "ns2:TransactionCode": "1.2", "ns2:MessageID": "1.1 1.2 1.3", "ns2:SendingTimestamp": "1.1 1.2 1.3",
	} {
		for _, v := range soap.Versions() {
			doc, err := (&soap.GetRequestResponse{Request: &soap.Request{}}).Envelope(v, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := strings.Contains(string(doc), "<"+element), strings.Contains(versions, v.Name()); got != want {
				t.Errorf("%s in %s: written %v, want %v", element, v.Name(), got, want)
			}
		}
	}
	for _, v := range soap.Versions() {
		doc, err := (&soap.GetResponseResponse{Response: &soap.Response{}}).Envelope(v, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, element := range []string{"OriginalMessageId", "OriginalTransactionCode", "ReferenceMessageID"} {
			if got := strings.Contains(string(doc), "<ns2:"+element); got != (v == soap.V12()) {
				t.Errorf("%s in %s: written %v", element, v.Name(), got)
			}
		}
	}
}

// The lean form is what real messages look like.
func TestLean(t *testing.T) {
	v := soap.V12().Lean()
	doc, err := (&soap.AckResponse{}).Envelope(v, nil)
	if want := `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body></soap:Body></soap:Envelope>`; err != nil || string(doc) != want {
		t.Errorf("got %s, %v, want %s", doc, err, want)
	}
	doc, err = (&soap.GetResponseResponse{Response: &soap.Response{
		OriginalMessageID: id1, Data: soap.ResponseData{MessageID: id2, Rejections: []soap.Rejection{{}}}, Metadata: bareMetadata(),
	}}).Envelope(v, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, element := range []string{"OriginalTransactionCode", "ReferenceMessageID", "HumanReadableName", "DestinationName", "SupplementaryData"} {
		if strings.Contains(string(doc), element) {
			t.Errorf("%s is written", element)
		}
	}
	doc, err = (&soap.SendRequest{Data: soap.RequestData{MessageID: id1, Content: []byte(`<x xmlns="u"/>`)}}).Envelope(v, nil)
	if err != nil || strings.Contains(string(doc), "ReferenceMessageID") || strings.Contains(string(doc), "TransactionCode") {
		t.Errorf("got %s, %v", doc, err)
	}
}
