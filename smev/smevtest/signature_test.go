package smevtest_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/smevtest"
	"github.com/surguch/surguch/smev/xmldsig"
)

var algorithms = csr.Standard()

// trusted reports whether a certificate is under the simulator's root.
func (b *bench) trusted(c *csr.Certificate) error {
	_, err := algorithms.VerifyChain(c, csr.Chain{Anchors: []*csr.Certificate{b.Root()}, At: b.clock.Now()})
	return err
}

// Whatever the simulator sends is signed by SMEV, whose certificate is under
// the root, and what it passes on by whoever wrote it.
func TestEverythingIsSigned(t *testing.T) {
	for _, v := range soap.Versions() {
		t.Run(v.Name(), func(t *testing.T) {
			b := newBench(t, smevtest.Config{Lease: time.Hour})
			asker, provider := b.enroll("ASKER").at(v), b.enroll("PROVIDER").at(v)
			if err := b.Serve(registry(), "PROVIDER"); err != nil {
				t.Fatal(err)
			}
			bySMEV := func(by soap.Signed) {
				t.Helper()
				if name := b.check(by); name != b.Certificate().Subject.String() {
					t.Errorf("signed by %s", name)
				}
			}
			sent := asker.write(asker.request([]byte(registryRequest)))
			_, by, err := soap.ReadSendRequestResponse(asker.call("SendRequest", sent).content(t))
			if err != nil {
				t.Fatal(err)
			}
			bySMEV(by.SMEV)
			b.clock.Advance(time.Second)

			a := provider.call("GetRequest", provider.write(&soap.GetRequest{At: start}))
			r, by, err := soap.ReadGetRequestResponse(a.content(t))
			if err != nil {
				t.Fatal(err)
			}
			bySMEV(by.SMEV)
			if name := b.check(by.Sender); !strings.Contains(name, "ASKER") {
				t.Errorf("signed by %s", name)
			}
			passed := r.Request.Provided
			if !strings.Contains(sent, inside(passed.Signature)) || !strings.Contains(sent, inside(passed.Data)) {
				t.Error("what the asker signed is not passed on unchanged")
			}

			answer := provider.write(&soap.SendResponse{Data: soap.ResponseData{MessageID: b.ids.New(), To: r.Request.ReplyTo, Content: []byte(registryResponse)}})
			_, by, err = soap.ReadSendResponseResponse(provider.call("SendResponse", answer).content(t))
			if err != nil {
				t.Fatal(err)
			}
			bySMEV(by.SMEV)
			b.clock.Advance(time.Second)
			m, by, err := soap.ReadGetResponseResponse(asker.call("GetResponse", asker.write(&soap.GetResponse{At: start})).content(t))
			if err != nil {
				t.Fatal(err)
			}
			bySMEV(by.SMEV)
			if name := b.check(by.Sender); !strings.Contains(name, "PROVIDER") || !strings.Contains(answer, inside(m.Response.Provided.Signature)) {
				t.Errorf("signed by %s", name)
			}

			asker.ask("123456")
			b.step()
			_, by, err = soap.ReadGetResponseResponse(asker.call("GetResponse", asker.write(&soap.GetResponse{At: start})).content(t))
			if err != nil {
				t.Fatal(err)
			}
			bySMEV(by.SMEV)
			if name := b.check(by.Sender); !strings.Contains(name, "МВД") {
				t.Errorf("signed by %s", name)
			}

			asker.ask(smevtest.Number(730))
			b.clock.Advance(time.Second)
			_, by, err = soap.ReadGetResponseResponse(asker.call("GetResponse", asker.write(&soap.GetResponse{At: start})).content(t))
			if err != nil {
				t.Fatal(err)
			}
			bySMEV(by.SMEV)
			bySMEV(by.Sender)
			if id, _ := by.Sender.Target.Attr(xmldsig.Name{Local: "Id"}); id != "SIGNED_ASYNC_BY_SMEV" {
				t.Errorf("got %s", id)
			}
			_, by, err = soap.ReadGetStatusResponse(asker.call("GetStatus", asker.write(&soap.GetStatus{At: start})).content(t))
			if err != nil {
				t.Fatal(err)
			}
			bySMEV(by.SMEV)
		})
	}
}

// inside returns a document without its first tag, to which declarations of
// namespaces are added wherever it is cut out of another.
func inside(doc []byte) string { return string(doc[bytes.IndexByte(doc, '>')+1:]) }

// SMEV of 2026 does not sign the content of its rejections.
func TestRejectionOf2026(t *testing.T) {
	b := newBench(t, smevtest.Config{Manner: smevtest.Like2026})
	asker := b.enroll("ASKER")
	asker.ask(smevtest.Number(730))
	_, by, err := soap.ReadGetResponseResponse(asker.call("GetResponse", asker.write(&soap.GetResponse{At: start})).content(t))
	if err != nil || by.Sender.Target == nil || by.Sender.Signature != nil {
		t.Fatalf("got %+v, %v", by, err)
	}
	if id, _ := by.Sender.Target.Attr(xmldsig.Name{Local: "Id"}); id != "SIGNED_ASYNC_BY_SMEV" {
		t.Errorf("got %s", id)
	}
	b.check(by.SMEV)
}

// Each way in which a signature can fail has its code, with every operation.
func TestSignatureFaults(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	for operation, m := range map[string]envelope{
		"SendRequest": asker.request(business("123456")), "SendResponse": &soap.SendResponse{Data: soap.ResponseData{MessageID: b.ids.New(), To: "x", Content: []byte(registryResponse)}},
		"GetRequest": &soap.GetRequest{At: start}, "GetResponse": &soap.GetResponse{At: start}, "GetStatus": &soap.GetStatus{At: start},
		"GetIncomingQueueStatistics": &soap.GetIncomingQueueStatistics{At: start}, "Ack": &soap.Ack{Target: b.ids.New()},
	} {
		good := asker.write(m)
		swap := func(old, with string) string {
			t.Helper()
			if !strings.Contains(good, old) {
				t.Fatalf("%s: no %s in %s", operation, old, good)
			}
			return strings.Replace(good, old, with, 1)
		}
		cut := func(begin, end string) string {
			i, j := strings.Index(good, begin), strings.Index(good, end)
			return good[:i] + good[j+len(end):]
		}
		value := good[strings.Index(good, "<ds:SignatureValue>")+19:]
		digest := good[strings.Index(good, "<ds:DigestValue>")+16:]
		other := "A"
		if value[0] == 'A' {
			other = "B"
		}
		id := ` Id="SIGNED_BY_CALLER"`
		if strings.HasPrefix(operation, "Send") {
			id = ` Id="SIGNED_BY_CONSUMER"`
		}
		for name, c := range map[string]struct{ doc, want string }{
			"no block":       {cut("<ns2:CallerInformationSystemSignature>", "</ns2:CallerInformationSystemSignature>"), "InvalidContent SMEV-403"},
			"empty block":    {cut("<ds:Signature ", "</ds:Signature>"), "InvalidContent SMEV-403"},
			"something else": {strings.Replace(strings.Replace(good, "<ds:Signature ", "<ds:Seal ", 1), "</ds:Signature>", "</ds:Seal>", 1), "NoSignatureFound SMEV-100"},
			"two blocks":     {swap("</ns2:CallerInformationSystemSignature>", "</ns2:CallerInformationSystemSignature><ns2:CallerInformationSystemSignature/>"), "PoorSOAPEnvelopeFormat SMEV-100"},
			"target":         {swap(`URI="#SIGNED`, `URI="#RESIGNED`), "IncorrectSignatureTarget SMEV-100"},
			"duplicate Id":   {swap("<soap:Body>", `<soap:Header><x xmlns="urn:x"`+id+`/></soap:Header><soap:Body>`), "IncorrectSignatureTarget SMEV-100"},
			"value":          {swap(value[:10], other+value[1:10]), "SignatureIsInvalid SMEV-100"},
			"digest":         {swap(digest[:10], "AAAA"+digest[4:10]), "SignatureIsInvalid SMEV-100"},
			"changed":        {swap(id, ` other="1"`+id), "SignatureIsInvalid SMEV-100"},
			"transform":      {swap("urn://smev-gov-ru/xmldsig/transform", "urn://smev-gov-ru/xmldsig/transform2"), "SignatureIsInvalid SMEV-100"},
			"no transform":   {swap(`<ds:Transform Algorithm="urn://smev-gov-ru/xmldsig/transform"/>`, ""), "SignatureIsInvalid SMEV-100"},
			"certificate":    {cut("<ds:X509Certificate>", "</ds:X509Certificate>"), "CertificateIsNotFound SMEV-100"},
			"not DER":        {swap("<ds:X509Certificate>MII", "<ds:X509Certificate>AII"), "CertificateIsNotFound SMEV-100"},
		} {
			if got := asker.call(operation, c.doc).describe(t); got != c.want {
				t.Errorf("%s, %s: got %s, want %s", operation, name, got, c.want)
			}
		}
		if operation == "GetStatus" {
			if got := asker.call(operation, good).describe(t); got != "ok" {
				t.Errorf("the good one: got %s", got)
			}
		}
		stranger := &system{b, "", soap.V12(), must(newBench(t, smevtest.Config{}).Enroll("ASKER")).Sign}
		if got := stranger.call(operation, stranger.write(m)).describe(t); got != "CertificateIsNotFound SMEV-100" {
			t.Errorf("%s of a stranger: got %s", operation, got)
		}
	}
}

// Certificates count within their validity, by the clock of SMEV.
func TestCertificateValidity(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	b.clock.Advance(456 * 24 * time.Hour)
	if got := asker.call("GetStatus", asker.write(&soap.GetStatus{At: start})).describe(t); got != "ok" {
		t.Errorf("on the last day: got %s", got)
	}
	b.clock.Advance(time.Second)
	a := asker.call("GetStatus", asker.write(&soap.GetStatus{At: start}))
	if got := a.describe(t); got != "CertificateIsExpired SMEV-100" || !strings.Contains(string(a.body), "истёк") {
		t.Errorf("a second after: got %s", a.body)
	}
	renewed := b.enroll("ASKER") // another key of the same participant
	if got := renewed.call("GetStatus", renewed.write(&soap.GetStatus{At: start})).describe(t); got != "ok" {
		t.Errorf("renewed: got %s", got)
	}
}

// selfSigned makes a certificate that no authority issued.
func (b *bench) selfSigned(key *gost.PrivateKey, from, until time.Time) *csr.Certificate {
	name := must(csr.NewName(csr.NewAttribute(csr.CommonName, "Сам себе")))
	spki, _, err := algorithms.EncodeKey(key.Public())
	if err != nil {
		b.t.Fatal(err)
	}
	return must(algorithms.ParseCertificate(must(algorithms.CreateCertificate(key, &csr.CertificateTemplate{
		SerialNumber: big.NewInt(from.Unix()), Issuer: name, Subject: name, RawKey: spki, NotBefore: from, NotAfter: until,
	}))))
}

// A participant may bring a certificate of his own, of any issuer and of 512
// bits too; it is his alone.
func TestRegister(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	key := must(gost.GenerateKey(gost.TC26A512(), nil))
	cert := b.selfSigned(key, start.Add(time.Hour), start.Add(2*time.Hour))
	own := &system{b, "OWN", soap.V12(), must(xmldsig.NewSigner(algorithms, key, cert)).Sign}
	status := func() string {
		return own.call("GetStatus", own.write(&soap.GetStatus{At: start})).describe(t)
	}
	if got := status(); got != "CertificateIsNotFound SMEV-100" {
		t.Errorf("unknown: got %s", got)
	}
	if err := b.Register("OWN", cert); err != nil {
		t.Fatal(err)
	}
	if got := status(); got != "CertificateIsExpired SMEV-100" {
		t.Errorf("not valid yet: got %s", got)
	}
	b.clock.Advance(time.Hour)
	if got := status(); got != "ok" {
		t.Errorf("valid: got %s", got)
	}
	if b.Register("OTHER", cert) == nil {
		t.Error("a certificate of two participants")
	}
	b.Dismiss("OWN")
	if got := status(); got != "SenderIsNotRegistered" {
		t.Errorf("dismissed: got %s", got)
	}
	for _, mnemonic := range []string{"", smev.Emulator, "ДА", "a b", strings.Repeat("x", 51)} {
		if _, err := b.Enroll(mnemonic); err == nil {
			t.Errorf("%q is a mnemonic", mnemonic)
		}
	}
	for _, curve := range []*gost.Curve{gost.TC26A256(), gost.TC26C512()} {
		b := newBench(t, smevtest.Config{Curve: curve})
		if b.Root().PublicKey.(*gost.PublicKey).Curve() != curve || b.Certificate().PublicKey.(*gost.PublicKey).Curve() != curve {
			t.Errorf("%s: keys of another curve", curve.Name())
		}
		asker := b.enroll("ASKER")
		asker.ask("123456")
		b.step()
		_, by, err := soap.ReadGetResponseResponse(asker.call("GetResponse", asker.write(&soap.GetResponse{At: start})).content(t))
		if err != nil {
			t.Fatal(err)
		}
		b.check(by.SMEV)
		b.check(by.Sender)
	}
}

// SMEV takes GOST and nothing else.
func TestOtherAlgorithms(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	key := must(rsa.GenerateKey(rand.Reader, 2048))
	name := must(csr.NewName(csr.NewAttribute(csr.CommonName, "RSA")))
	spki, _, err := algorithms.EncodeKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	cert := must(algorithms.ParseCertificate(must(algorithms.CreateCertificate(key, &csr.CertificateTemplate{
		SerialNumber: big.NewInt(1), Issuer: name, Subject: name, RawKey: spki, NotBefore: start, NotAfter: start.AddDate(1, 0, 0),
	}))))
	if err := b.Register("RSA", cert); err != nil {
		t.Fatal(err)
	}
	who := &system{b, "RSA", soap.V12(), must(xmldsig.NewSigner(algorithms, key, cert)).Sign}
	if got := who.call("GetStatus", who.write(&soap.GetStatus{At: start})).describe(t); got != "SignatureIsInvalid SMEV-100" {
		t.Errorf("got %s", got)
	}
}

// Two simulators have nothing in common, and no simulator anything with
// anybody else.
func TestRoots(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	if err := newBench(t, smevtest.Config{}).trusted(b.Certificate()); err == nil {
		t.Error("two simulators trust each other")
	}
	if err := b.trusted(b.Certificate()); err != nil || b.Certificate().IsCA || !b.Root().IsCA {
		t.Error("the certificates are not what they should be")
	}
}

// Each owner of a register signs with a key of its own.
func TestOwnersOfRegisters(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	signers := map[string]string{}
	for name, owner := range map[string]string{
		"p001": "МВД", "p002": "МВД", "snils": "СФР", "snilssearch": "СФР", "inn": "ФНС", "innsearch": "ФНС", "egrul": "ФНС", "egrip": "ФНС", "esia": "Минцифры",
	} {
		asker.send(asker.request(must(kindCases()[name].kind.Build(subject()))))
		b.step()
		r, by, err := soap.ReadGetResponseResponse(asker.call("GetResponse", asker.write(&soap.GetResponse{At: start})).content(t))
		if err != nil {
			t.Fatal(err)
		}
		if who := b.check(by.Sender); !strings.Contains(who, owner) {
			t.Errorf("%s: signed by %s", name, who)
		}
		key := string(must(xmldsig.Verify(algorithms, by.Sender.Signature, by.Sender.Target)).Certificate.RawKey)
		if other, ok := signers[key]; ok && other != owner {
			t.Errorf("%s and %s sign with one key", owner, other)
		}
		signers[key] = owner
		asker.ack(r.Response.Data.MessageID, true)
	}
	if len(signers) != 4 {
		t.Errorf("%d keys", len(signers))
	}
}

// A configuration may take messages without signatures; one that is there is
// verified all the same.
func TestUnsigned(t *testing.T) {
	b := newBench(t, smevtest.Config{Unsigned: true})
	nobody := &system{b, "CONSUMER", soap.V12(), nil}
	id := nobody.ask("123456")
	b.step()
	r := nobody.get(soap.GetResponse{})
	if r == nil || r.OriginalMessageID != id || r.Metadata.Recipient.Mnemonic != "CONSUMER" || !nobody.ack(r.Data.MessageID, true) {
		t.Errorf("got %s", brief(r))
	}
	asker := b.enroll("ASKER")
	good := asker.write(&soap.GetStatus{At: start})
	if got := asker.call("GetStatus", good).describe(t); got != "ok" {
		t.Errorf("signed: got %s", got)
	}
	if got := asker.call("GetStatus", strings.Replace(good, "10:00", "11:00", 1)).describe(t); got != "SignatureIsInvalid SMEV-100" {
		t.Errorf("signed wrongly: got %s", got)
	}
	for _, e := range b.Journal() {
		if e.Caller == "CONSUMER" && e.Verdict != "unsigned" {
			t.Errorf("got %+v", e)
		}
	}
}

// The routing of 1.3 is signed by the same participant.
func TestRoutingSignature(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker, other := b.enroll("ASKER").at(soap.V13()), b.enroll("OTHER").at(soap.V13())
	routed := func() *soap.SendRequest {
		m := asker.request(business("123456"))
		m.Routing = &soap.Routing{MessageID: m.Data.MessageID, Identifiers: []string{"x"}}
		return m
	}
	asker.send(routed())
	mixed := *asker
	mixed.sign = func(target *xmldsig.Element) ([]byte, error) {
		if target.Name.Local == "RoutingInformation" {
			return other.sign(target)
		}
		return asker.sign(target)
	}
	doc := asker.write(routed())
	begin, end := strings.Index(doc, "<ns4:RoutingSignature>"), strings.Index(doc, "</ns4:RoutingSignature>")
	for name, c := range map[string]struct{ doc, want string }{
		"of another": {mixed.write(routed()), "SignatureIsInvalid SMEV-100"},
		"missing":    {doc[:begin] + doc[end+len("</ns4:RoutingSignature>"):], "NoSignatureFound SMEV-100"},
		"changed":    {strings.Replace(doc, ">x<", ">y<", 1), "SignatureIsInvalid SMEV-100"},
	} {
		if got := asker.call("SendRequest", c.doc).describe(t); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}
