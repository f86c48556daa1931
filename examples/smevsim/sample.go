package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/xmldsig"
)

const (
	soapNamespace  = "http://schemas.xmlsoap.org/soap/envelope/"
	typesNamespace = "urn://x-artefacts-smev-gov-ru/services/message-exchange/types/1.2"
	basicNamespace = "urn://x-artefacts-smev-gov-ru/services/message-exchange/types/basic/1.2"
)

// printSample prints an envelope of version 1.2 to send.
func printSample(_ context.Context, o options, stdout io.Writer) error {
	body, ok := map[string]func(*xmldsig.Writer, options) error{
		"SendRequest": sendRequest, "GetResponse": getResponse, "Ack": ack,
	}[o.sample]
	if !ok {
		return errors.New("-sample: SendRequest, GetResponse или Ack")
	}
	var w xmldsig.Writer
	w.Open("soap:Envelope", "xmlns:soap", soapNamespace)
	w.Open("soap:Body")
	w.Open("ns2:"+o.sample+"Request", "xmlns:ns1", basicNamespace, "xmlns:ns2", typesNamespace)
	if err := body(&w, o); err != nil {
		return err
	}
	w.Open("ns2:CallerInformationSystemSignature")
	w.Raw(nil)
	w.Close()
	w.Close()
	w.Close()
	w.Close()
	doc, err := w.Bytes()
	if err == nil && o.key != "" {
		doc, err = sign(doc, o.key)
	}
	if err != nil {
		return err
	}
	_, err = stdout.Write(append(doc, '\n'))
	return err
}

// sendRequest asks the MVD about a passport of an invented person.
func sendRequest(w *xmldsig.Writer, o options) error {
	p := testenv.NewPerson(1)
	content, err := smev.PassportP002().Build(smev.Subject{
		LastName: p.LastName, FirstName: p.FirstName, MiddleName: p.MiddleName, BirthDate: p.Born,
		Passport: smev.Passport{Series: p.Series, Number: o.passport, Issued: p.Issued, IssuerCode: p.IssuerCode},
	})
	if err != nil {
		return fmt.Errorf("-passport: %w", err)
	}
	id := newID(time.Now())
	w.Open("ns2:SenderProvidedRequestData", "Id", "SIGNED_BY_CONSUMER")
	w.Leaf("ns2:MessageID", id)
	w.Leaf("ns2:ReferenceMessageID", id)
	w.Leaf("ns2:TransactionCode", "")
	w.Open("ns1:MessagePrimaryContent")
	w.Raw(content)
	w.Close()
	w.Leaf("ns2:TestMessage", "")
	w.Close()
	return nil
}

// getResponse asks for the next answer of any kind.
func getResponse(w *xmldsig.Writer, _ options) error {
	w.Open("ns1:MessageTypeSelector", "Id", "SIGNED_BY_CALLER")
	w.Leaf("ns1:Timestamp", time.Now().Format("2006-01-02T15:04:05.000-07:00"))
	w.Close()
	return nil
}

// ack acknowledges the answer in a file.
func ack(w *xmldsig.Writer, o options) error {
	doc, err := os.ReadFile(o.of)
	if err != nil {
		return fmt.Errorf("-of: %w", err)
	}
	root, err := xmldsig.Parse(doc)
	if err != nil {
		return fmt.Errorf("-of: %w", err)
	}
	data := find(root, xmldsig.Name{Space: typesNamespace, Local: "SenderProvidedResponseData"})
	if data == nil || len(data.Children) == 0 {
		return errors.New("-of: в файле нет ответа")
	}
	id, err := data.Children[0].Leaf()
	if err != nil {
		return fmt.Errorf("-of: %w", err)
	}
	w.Leaf("ns1:AckTargetMessage", id, "Id", "SIGNED_BY_CALLER", "accepted", "true")
	return nil
}

// find returns the first element of a name.
func find(e *xmldsig.Element, name xmldsig.Name) *xmldsig.Element {
	if e.Name == name {
		return e
	}
	for _, c := range e.Children {
		if found := find(c, name); found != nil {
			return found
		}
	}
	return nil
}

// sign signs the first element of the message, with the key and certificate in
// a file.
func sign(doc []byte, file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("-key: %w", err)
	}
	key, rest := pem.Decode(text)
	cert, _ := pem.Decode(rest)
	if key == nil || cert == nil {
		return nil, errors.New("-key: в файле нет ключа и сертификата")
	}
	private, err := gost.ParsePKCS8PrivateKey(key.Bytes)
	if err != nil {
		return nil, fmt.Errorf("-key: %w", err)
	}
	as := csr.Standard()
	certificate, err := as.ParseCertificate(cert.Bytes)
	if err != nil {
		return nil, fmt.Errorf("-key: %w", err)
	}
	signer, err := xmldsig.NewSigner(as, private, certificate)
	if err != nil {
		return nil, fmt.Errorf("-key: %w", err)
	}
	root, err := xmldsig.Parse(doc)
	if err != nil {
		return nil, err
	}
	message := root.Children[0].Children[0]
	signature, err := signer.Sign(message.Children[0])
	if err != nil {
		return nil, err
	}
	return xmldsig.Splice(message.Children[1], signature), nil
}

// newID returns a UUID of version 1 of a moment, with a node of chance (RFC
// 4122, sections 4.2 and 4.5).
func newID(t time.Time) string {
	const since1582 = 122192928000000000 // intervals of 100 ns from 1582-10-15 to 1970-01-01
	var id [16]byte
	_, _ = rand.Read(id[8:]) // never fails
	n := uint64(t.UnixNano()/100) + since1582
	binary.BigEndian.PutUint32(id[0:], uint32(n))
	binary.BigEndian.PutUint16(id[4:], uint16(n>>32))
	binary.BigEndian.PutUint16(id[6:], uint16(n>>48)|1<<12)
	id[8] = id[8]&0x3f | 0x80
	id[10] |= 1 // no address of a network card
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
