package soap_test

import (
	"bytes"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// signedParts tells for each message what the schema has signed by whom: local
// names of the target, "" where the sample has no signature.
type signedParts struct{ caller, smev, sender, personal, routing string }

var wantSigned = map[string]signedParts{
	"SendRequestRequest full":                {caller: "SenderProvidedRequestData", personal: "r"},
	"SendRequestRequest bare":                {caller: "SenderProvidedRequestData"},
	"SendRequestResponse taken":              {smev: "MessageMetadata"},
	"SendResponseRequest content":            {caller: "SenderProvidedResponseData", personal: "r"},
	"SendResponseRequest rejected":           {caller: "SenderProvidedResponseData"},
	"SendResponseResponse taken":             {smev: "MessageMetadata"},
	"GetRequestRequest typed":                {caller: "MessageTypeSelector"},
	"GetRequestResponse full":                {smev: "Request", sender: "SenderProvidedRequestData", personal: "r"},
	"GetRequestResponse empty":               {},
	"GetRequestResponse cancel":              {smev: "Cancel"},
	"GetResponseRequest any":                 {caller: "MessageTypeSelector"},
	"GetResponseResponse content":            {smev: "Response", sender: "SenderProvidedResponseData", personal: "r"},
	"GetResponseResponse async":              {smev: "Response", sender: "SenderProvidedResponseData"},
	"GetResponseResponse attached":           {smev: "Response", personal: "r"},
	"GetStatusRequest now":                   {caller: "Timestamp"},
	"GetStatusResponse rejected":             {smev: "AsyncProcessingStatusData"},
	"AckRequest taken":                       {caller: "AckTargetMessage"},
	"AckResponse ok":                         {},
	"GetIncomingQueueStatisticsRequest node": {caller: "Timestamp"},
	"GetIncomingQueueStatisticsResponse two": {},
}

// Each signature is made over the element that the schema names, and reading
// returns that element with it.
func TestSignedElements(t *testing.T) {
	for _, v := range soap.Versions() {
		for _, s := range samples(t, v) {
			want, ok := wantSigned[s.root+" "+s.name]
			if !ok {
				continue
			}
			if v.Name() == "1.3" && s.root == "SendRequestRequest" && s.name == "full" {
				want.routing = "RoutingInformation"
			}
			_, by, err := readDoc(write(t, v, s, name))
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range []struct {
				who  string
				got  soap.Signed
				want string
			}{
				{"caller", by.Caller, want.caller}, {"SMEV", by.SMEV, want.smev}, {"sender", by.Sender, want.sender},
				{"personal", by.Personal, want.personal}, {"routing", by.Routing, want.routing},
			} {
				switch {
				case c.got.Signature == nil:
					if c.want != "" {
						t.Errorf("%s %s: no signature of %s", s.root, s.name, c.who)
					}
				case c.got.Target.Name.Local != c.want:
					t.Errorf("%s %s: %s signed %s, want %s", s.root, s.name, c.who, c.got.Target.Name.Local, c.want)
				case c.who != "personal":
					id, _ := c.got.Target.Attr(xmldsig.Name{Local: "Id"})
					reference := c.got.Signature.Children[0]
					uri, _ := reference.Attr(xmldsig.Name{Local: "URI"})
					if text, _ := reference.Leaf(); text != c.want || uri != "#"+id || id == "" {
						t.Errorf("%s %s: the signature of %s is of %s %s, want %s %s", s.root, s.name, c.who, text, uri, c.want, id)
					}
				}
			}
		}
	}
}

// Signing adds the content of the signature blocks and changes nothing else:
// what was signed is what is sent.
func TestSigningChangesNothingElse(t *testing.T) {
	empty := func(*xmldsig.Element) ([]byte, error) {
		return []byte(`<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>`), nil
	}
	for _, v := range soap.Versions() {
		for _, s := range samples(t, v) {
			unsigned := string(write(t, v, s, nil))
			signed := string(write(t, v, s, empty))
			for _, block := range []string{"ns2:CallerInformationSystemSignature", "ns2:SMEVSignature", "ns4:RoutingSignature"} {
				signed = strings.ReplaceAll(signed, "<"+block+`><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></`+block+">", "")
			}
			if signed != unsigned {
				t.Errorf("%s %s:\nsigned   %s\nunsigned %s", s.root, s.name, signed, unsigned)
			}
		}
	}
}

// Two parties with keys of their own: the provider's signature survives the
// way through SMEV, and every signature on the way verifies.
func TestThroughSMEV(t *testing.T) {
	asker, provider, smev := newSigner(t), newSigner(t), newSigner(t)
	verify := func(who string, s soap.Signed) {
		t.Helper()
		if s.Signature == nil {
			t.Fatalf("%s has not signed", who)
		}
		if _, err := xmldsig.Verify(csr.Standard(), s.Signature, s.Target); err != nil {
			t.Errorf("%s: %v", who, err)
		}
	}
	for _, v := range soap.Versions() {
		request := fullRequest(v)
		request.Data.PersonalSignature, request.Data.TransactionCode = nil, "t" // the signer refuses '>'
		doc, err := request.Envelope(v, asker.Sign)
		if err != nil {
			t.Fatal(err)
		}
		_, by, err := read(t, doc, soap.ReadSendRequest)
		if err != nil {
			t.Fatal(err)
		}
		verify("asker", by.Caller)
		if v.Name() == "1.3" {
			verify("asker of routing", by.Routing)
		}
		provided := by.Caller.Provided()
		delivery := &soap.GetRequestResponse{
			Request:     &soap.Request{Provided: provided, Metadata: fullMetadata(v), ReplyTo: "b64=="},
			Attachments: contents(),
		}
		if doc, err = delivery.Envelope(v, smev.Sign); err != nil {
			t.Fatal(err)
		}
		got, by, err := read(t, doc, soap.ReadGetRequestResponse)
		if err != nil {
			t.Fatal(err)
		}
		verify("SMEV", by.SMEV)
		verify("asker", by.Sender)
		normal(&request.Data)
		normal(&got.Request.Data)
		if show(got.Request.Data) != show(request.Data) {
			t.Errorf("got  %s\nwant %s", show(got.Request.Data), show(request.Data))
		}
		if !bytes.Equal(got.Request.Provided.Data, provided.Data) || !bytes.Contains(doc, provided.Data) {
			t.Errorf("SMEV passes on %s, got %s", provided.Data, got.Request.Provided.Data)
		}

		answer := &soap.SendResponse{Data: answers(v)["status"]}
		if doc, err = answer.Envelope(v, provider.Sign); err != nil {
			t.Fatal(err)
		}
		_, by, err = read(t, doc, soap.ReadSendResponse)
		if err != nil {
			t.Fatal(err)
		}
		rejection := answers(v)["async"]
		own, err := rejection.Provide(v, "SIGNED_ASYNC_BY_SMEV", smev.Sign)
		if err != nil {
			t.Fatal(err)
		}
		for _, provided := range []soap.Provided{by.Caller.Provided(), own} {
			response := &soap.GetResponseResponse{Response: &soap.Response{
				OriginalMessageID: id1, ReferenceMessageID: id1, Provided: provided, Metadata: bareMetadata(),
			}}
			if doc, err = response.Envelope(v, smev.Sign); err != nil {
				t.Fatal(err)
			}
			_, by, err := read(t, doc, soap.ReadGetResponseResponse)
			if err != nil {
				t.Fatal(err)
			}
			verify("SMEV", by.SMEV)
			verify("sender", by.Sender)
			// A change in what the sender provided breaks both.
			_, by, err = read(t, bytes.Replace(doc, []byte(">"+id2+"<"), []byte(">"+id1+"<"), 1), soap.ReadGetResponseResponse)
			if err != nil {
				t.Fatal(err)
			}
			for who, s := range map[string]soap.Signed{"SMEV": by.SMEV, "sender": by.Sender} {
				if _, err := xmldsig.Verify(csr.Standard(), s.Signature, s.Target); err == nil {
					t.Errorf("%s: a changed message verifies", who)
				}
			}
		}
	}
}

func TestSigningFails(t *testing.T) {
	v := soap.V13()
	broken := errors.New("broken")
	for what, sign := range map[string]soap.Sign{
		"key":       func(*xmldsig.Element) ([]byte, error) { return nil, broken },
		"nothing":   func(*xmldsig.Element) ([]byte, error) { return nil, nil },
		"stranger":  func(*xmldsig.Element) ([]byte, error) { return []byte(`<Signature/>`), nil },
		"two":       func(*xmldsig.Element) ([]byte, error) { return []byte(`<Signature/><Signature/>`), nil },
		"malformed": func(*xmldsig.Element) ([]byte, error) { return []byte(`<ds:Signature/>`), nil },
	} {
		for _, m := range []envelope{&soap.Ack{Target: id1}, fullRequest(v)} {
			doc, err := m.Envelope(v, sign)
			if err == nil || doc != nil {
				t.Errorf("%s: got %s", what, doc)
			}
			if what == "key" && !errors.Is(err, broken) {
				t.Errorf("%s: got %v", what, err)
			}
		}
		if p, err := new(soap.RequestData).Provide(v, "i", sign); err == nil || p.Data != nil {
			t.Errorf("%s: provided %s", what, p.Data)
		}
	}
	for what, content := range map[string]string{
		"malformed": `<a>`,
		// It closes what it stands in, which would move the signature.
		"breaking out": `<a xmlns="u"/></ns1:MessagePrimaryContent></ns2:SenderProvidedRequestData></ns2:SendRequestRequest>` +
			`<ns2:SendRequestRequest xmlns:ns1="u" xmlns:ns2="u"><ns2:SenderProvidedRequestData><ns1:MessagePrimaryContent>`,
		"breaking the body": `<a xmlns="u"/></ns1:MessagePrimaryContent></ns2:SenderProvidedRequestData></ns2:SendRequestRequest></soap:Body>` +
			`<soap:Body><x xmlns:ns1="u" xmlns:ns2="u"><ns2:SendRequestRequest><ns2:SenderProvidedRequestData><ns1:MessagePrimaryContent>`,
	} {
		d := soap.RequestData{Content: []byte(content)}
		if doc, err := (&soap.SendRequest{Data: d}).Envelope(v, name); err == nil {
			t.Errorf("%s: got %s", what, doc)
		}
		if p, err := d.Provide(v, "i", name); err == nil {
			t.Errorf("%s: provided %s", what, p.Data)
		}
	}
	// SMEV does not sign what carries the Id of its own signature.
	taken := provide(t, &soap.ResponseData{Status: &soap.RequestStatus{}}, v, "SIGNED_BY_SMEV")
	if doc, err := (&soap.GetResponseResponse{Response: &soap.Response{Provided: taken}}).Envelope(v, newSigner(t).Sign); err == nil {
		t.Errorf("got %s", doc)
	}
	if p := (soap.Signed{}).Provided(); p.Data != nil || p.Signature != nil {
		t.Errorf("nothing provides %s", p.Data)
	}
}

// Values that XML cannot carry do not become a message.
func TestUnwritable(t *testing.T) {
	v := soap.V12()
	d := soap.ResponseData{To: "\x00", Status: &soap.RequestStatus{}}
	if doc, err := (&soap.SendResponse{Data: d}).Envelope(v, nil); err == nil || doc != nil {
		t.Errorf("got %q, %v", doc, err)
	}
	if p, err := d.Provide(v, "i", nil); err == nil || p.Data != nil {
		t.Errorf("got %q, %v", p.Data, err)
	}
}

// What a version has no element for is not left out silently.
func TestVersionLacks(t *testing.T) {
	archive := []soap.ArchivedFile{{}}
	for lacks, c := range map[string]struct {
		v *soap.Version
		m envelope
	}{
		"1.2 has no Routing":               {soap.V12(), &soap.SendRequest{Routing: &soap.Routing{}}},
		"1.1 has no RoutingStatus":         {soap.V11(), &soap.GetStatusResponse{Status: &soap.AsyncStatus{Routing: &soap.RoutingStatus{}}}},
		"1.2 has no NamespaceUri":          {soap.V12(), &soap.SendRequest{Data: soap.RequestData{Attachments: []soap.AttachmentHeader{{NamespaceURI: "u"}}}}},
		"1.2 has no Archive":               {soap.V12(), &soap.SendRequest{Data: soap.RequestData{Attachments: []soap.AttachmentHeader{{Archive: archive}}}}},
		"1.1 has no Archive":               {soap.V11(), &soap.SendRequest{Data: soap.RequestData{Files: []soap.RefAttachmentHeader{{Archive: archive}}}}},
		"1.2 has no FileName":              {soap.V12(), &soap.SendRequest{Data: soap.RequestData{Files: []soap.RefAttachmentHeader{{FileName: "f"}}}}},
		"1.2 has no MessageBroker":         {soap.V12(), &soap.SendRequestResponse{Metadata: soap.Metadata{Broker: "b"}}},
		"1.3 has no DestinationName":       {soap.V13(), &soap.SendRequestResponse{Metadata: soap.Metadata{Destination: "d"}}},
		"1.3 has no SupplementaryData":     {soap.V13(), &soap.SendResponseResponse{Metadata: soap.Metadata{Interaction: "i"}}},
		"1.3 has no Cancel":                {soap.V13(), &soap.GetRequestResponse{Cancel: &soap.Cancel{}}},
		"1.3 has no operation GetIncoming": {soap.V13(), &soap.GetIncomingQueueStatistics{}},
		"something else is to be passed on than SenderProvidedRequestData of version 1.3": {
			soap.V13(), &soap.GetRequestResponse{Request: &soap.Request{Provided: provide(t, &soap.RequestData{}, soap.V12(), "i")}},
		},
		"something else is to be passed on than SenderProvidedResponseData of version 1.2": {
			soap.V12(), &soap.GetResponseResponse{Response: &soap.Response{Provided: provide(t, &soap.RequestData{}, soap.V12(), "i")}},
		},
		"something else is to be passed on than Signature": {
			soap.V12(), &soap.SendRequest{Data: soap.RequestData{PersonalSignature: []byte(`<s/>`)}},
		},
		"to be passed on: xmldsig": {soap.V12(), &soap.SendRequest{Data: soap.RequestData{BusinessProcess: [][]byte{[]byte(`<a/><b/>`)}}}},
	} {
		doc, err := c.m.Envelope(c.v, name)
		if err == nil || !strings.Contains(err.Error(), lacks) || doc != nil {
			t.Errorf("got %s, %v, want %q", doc, err, lacks)
		}
	}
}

// newSigner returns a signer with a key and a certificate of its own.
func newSigner(t testing.TB) *xmldsig.Signer {
	t.Helper()
	as := csr.Standard()
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		t.Fatal(err)
	}
	spki, _, err := as.EncodeKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	subject, err := csr.NewName(csr.NewAttribute(csr.CommonName, "Информационная система"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := as.CreateCertificate(key, &csr.CertificateTemplate{
		SerialNumber: big.NewInt(1), Issuer: subject, Subject: subject, RawKey: spki, NotBefore: sent, NotAfter: received,
	})
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := as.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	s, err := xmldsig.NewSigner(as, key, certificate)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// read reads an envelope as one message.
func read[T any](t testing.TB, doc []byte, read func(*xmldsig.Element) (T, soap.Signatures, error)) (T, soap.Signatures, error) {
	t.Helper()
	body, err := soap.ReadEnvelope(doc)
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	return read(body)
}
