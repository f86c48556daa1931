package soap_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/smev/internal/mtom"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

func realMessage(t testing.TB, name string) []byte {
	t.Helper()
	doc, err := os.ReadFile(filepath.Join("..", "..", "xmldsig", "testdata", "signed", name+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// Real messages of 2020 and 2021: what they say, and that the elements found
// for their signatures are those that were signed.
func TestRealMessages(t *testing.T) {
	verify := func(who string, s soap.Signed) {
		t.Helper()
		if s.Signature == nil {
			t.Errorf("%s: no signature", who)
		} else if _, err := xmldsig.Verify(csr.Standard(), s.Signature, s.Target); err != nil {
			t.Errorf("%s: %v", who, err)
		}
	}
	send, by, err := read(t, realMessage(t, "gosha20777-rr-01-SendRequestRequest"), soap.ReadSendRequest)
	if err != nil {
		t.Fatal(err)
	}
	verify("rr-01, caller", by.Caller)
	if d := send.Data; d.MessageID != id1 || d.ReferenceMessageID != "" || d.TransactionCode != "" || !bytes.HasPrefix(d.Content, []byte("<ns0:PublicPrintOutRequest ")) {
		t.Errorf("rr-01: %s", show(d))
	}

	taken, by, err := read(t, realMessage(t, "gosha20777-rr-02-SendRequestResponse"), soap.ReadSendRequestResponse)
	if err != nil {
		t.Fatal(err)
	}
	verify("rr-02, SMEV", by.SMEV)
	if m := taken.Metadata; m.MessageID != id1 || m.Type != "REQUEST" || m.Sender != (soap.Party{Mnemonic: "500502_3T"}) || m.Status != "requestIsQueued" {
		t.Errorf("rr-02: %s", show(m))
	}

	answer, by, err := read(t, realMessage(t, "gosha20777-rr-03-GetResponseResponse"), soap.ReadGetResponseResponse)
	if err != nil {
		t.Fatal(err)
	}
	verify("rr-03, SMEV", by.SMEV)
	verify("rr-03, sender", by.Sender)
	if r := answer.Response; r.OriginalMessageID != id1 || r.Data.MessageID != id2 || r.Data.Content == nil || r.Metadata.Type != "RESPONSE" || r.Data.To == "" {
		t.Errorf("rr-03: %s", show(r))
	}

	ack, by, err := read(t, realMessage(t, "gosha20777-rr-04-AckRequest"), soap.ReadAck)
	if err != nil {
		t.Fatal(err)
	}
	verify("rr-04, caller", by.Caller)
	if *ack != (soap.Ack{Target: id2, Accepted: true}) {
		t.Errorf("rr-04: %+v", *ack)
	}

	// The author of the next two has indented them, SignedInfo included.
	taken, by, err = read(t, compact(realMessage(t, "smev3sharp-SendRequestResponce")), soap.ReadSendRequestResponse)
	if err != nil {
		t.Fatal(err)
	}
	verify("taken, SMEV", by.SMEV)
	want := soap.Metadata{
		MessageID: "ac9fbf27-8b8c-11eb-9086-e2bf794ac2e9", Type: "REQUEST", Sender: soap.Party{Mnemonic: "77BD01"},
		SentAt: at("2021-03-23T07:03:07+03:00"), Recipient: soap.Party{Mnemonic: "emu"}, Status: "requestIsQueued",
	}
	if taken.Metadata != want {
		t.Errorf("got %s, want %s", show(taken.Metadata), show(want))
	}

	rejection := realMessage(t, "smev3sharp-GetResponseResponce_InvalidContent")
	for _, doc := range [][]byte{rejection, compact(rejection)} {
		if answer, by, err = read(t, doc, soap.ReadGetResponseResponse); err != nil {
			t.Fatal(err)
		}
		a := answer.Response.Data.Async
		if a == nil || a.Category != "requestIsRejectedBySmev" || a.Fault == nil || a.Fault.Name != "InvalidContent" ||
			a.Fault.Code != "tsmev3:P:TSMEV3_ASYNC_CORE1:TR:ASYNC:PP:BSV:3" || !strings.HasPrefix(a.Fault.Description, "SMEV-403:") ||
			len(a.Fault.ValidationErrors) != 1 || a.Fault.ValidationErrors[0].Position != -1 {
			t.Errorf("got %s", show(answer))
		}
		if m := answer.Response.Metadata; !m.DeliveredAt.Equal(at("2021-04-01T06:36:55.191+03:00")) || m.Status != "messageIsDelivered" {
			t.Errorf("got %s", show(m))
		}
	}
	verify("rejection, SMEV", by.SMEV)
	verify("rejection, sender, which is SMEV", by.Sender)
}

// compact removes the white space that the author of a message has put between
// its elements.
func compact(doc []byte) []byte { return regexp.MustCompile(`>\s+<`).ReplaceAll(doc, []byte("><")) }

// A real request of version 1.1 with an octet string in a MIME part: without
// the part it is refused, with one it reads. The part itself is lost, so the
// digest cannot match, but SignedInfo was signed.
func TestRealRequestInParts(t *testing.T) {
	doc := realMessage(t, "gosha20777-rr-05-GetRequestResponse")
	if m, _, err := read(t, doc, soap.ReadGetRequestResponse); err == nil {
		t.Fatalf("got %s, want a refusal of the Include", show(m))
	}
	href := regexp.MustCompile(`cid:([^"]+)"`).FindSubmatch(doc)
	body := "--b\r\nContent-Type: application/xop+xml\r\n\r\n" + string(doc) +
		"\r\n--b\r\nContent-Id: <" + string(href[1]) + ">\r\n\r\n\x30\x00\xff\r\n--b--"
	doc, err := mtom.Read(`multipart/related; type="application/xop+xml"; boundary=b`, strings.NewReader(body), mtom.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	m, by, err := read(t, doc, soap.ReadGetRequestResponse)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Request.Data.Files) != 1 || !bytes.Equal(m.Request.Data.Files[0].Signature, []byte{0x30, 0, 0xff}) || m.Request.ReplyTo == "" {
		t.Errorf("got %s", show(m))
	}
	var refused *xmldsig.VerifyError
	if _, err := xmldsig.Verify(csr.Standard(), by.SMEV.Signature, by.SMEV.Target); !errors.As(err, &refused) || !refused.SignedInfoVerified {
		t.Errorf("got %v, want SignedInfo verified and the digest refused", err)
	}
	if by.Sender.Target == nil || by.Sender.Signature != nil {
		t.Errorf("got %+v, want a sender who has not signed", by.Sender)
	}
}

// Faults as real SMEV has sent them.
func TestRealFaults(t *testing.T) {
	v := soap.V12()
	for text, want := range map[string]soap.Fault{
		`<faultcode>soap:Server</faultcode><faultstring>&#x421;&#1088;</faultstring>`: {FaultCode: "soap:Server", Text: "Ср"},
		`<faultcode>soap:Server</faultcode><faultstring>t</faultstring><detail/>`:     {FaultCode: "soap:Server", Text: "t"},
		`<faultcode>soap:Server</faultcode><faultstring>t</faultstring><detail>
<ns3:SignatureVerificationFault xmlns:ns3="` + v.Faults() + `" xmlns:ns2="` + v.Types() + `" xmlns="` + v.Basic() + `">
<Code>tsmev3:PRODUCTION_AREA:TSMEV3_CORE2 : TR:SYNC:SPS:4</Code><Description>SMEV-100:&#x421;</Description>
<ns3:SignatureVerificationFault>CertificateIsExpired</ns3:SignatureVerificationFault></ns3:SignatureVerificationFault></detail>`: {
			FaultCode: "soap:Server", Text: "t", Name: "SignatureVerificationFault",
			Code: "tsmev3:PRODUCTION_AREA:TSMEV3_CORE2 : TR:SYNC:SPS:4", Description: "SMEV-100:С", SignatureFault: "CertificateIsExpired",
		},
		`<faultcode>c</faultcode><faultstring>t</faultstring><faultactor>a</faultactor><detail>
<f:DestinationOverflow xmlns:f="` + soap.V11().Faults() + `"><x><y/></x><Code xmlns="urn:other">c</Code>
<f:DestinationName>q</f:DestinationName><f:RealTotalAttachmentSize>x</f:RealTotalAttachmentSize></f:DestinationOverflow></detail>`: {
			FaultCode: "c", Text: "t", Name: "DestinationOverflow", Code: "c", Destination: "q",
		},
	} {
		body, err := soap.ReadEnvelope([]byte(`<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault>` +
			text + `</soap:Fault></soap:Body></soap:Envelope>`))
		if err != nil {
			t.Fatal(err)
		}
		if got := soap.ReadFault(body); got == nil || show(got) != show(want) {
			t.Errorf("got  %s\nwant %s", show(got), show(want))
		}
	}
	body, err := soap.ReadEnvelope([]byte(`<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header/><soap:Body></soap:Body></soap:Envelope>`))
	if err != nil || body != nil || soap.ReadAckResponse(body) != nil || soap.ReadFault(body) != nil {
		t.Errorf("the empty body of a real AckResponse: %v, %v", body, err)
	}
}
