package smevtest_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"time"

	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/internal/uuid"
	"github.com/surguch/surguch/smev/smevtest"
	"github.com/surguch/surguch/smev/xmldsig"
)

// A request goes out signed, the clock is moved to its answer, and the answer
// comes back signed. A client does more: see smev/client.
func ExampleServer() {
	clock := testenv.NewClock(time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC))
	server := try(smevtest.NewServer(smevtest.Config{Clock: clock, Seed: 1}))
	url := try(server.Listen())
	defer server.Close()
	signer := try(server.Enroll("ASKER"))

	post := func(operation string, message envelope) *xmldsig.Element {
		doc := try(message.Envelope(soap.V12(), signer.Sign))
		r := try(http.NewRequest(http.MethodPost, url, bytes.NewReader(doc)))
		r.Header.Set("Content-Type", soap.ContentType)
		r.Header.Set("SOAPAction", soap.Action(operation))
		res := try(http.DefaultClient.Do(r))
		defer res.Body.Close()
		return try(soap.ReadEnvelope(try(io.ReadAll(res.Body))))
	}

	kind := smev.SNILSValidation101()
	asked := smev.Subject{
		LastName: "Хартиев", FirstName: "Пётр", Gender: smev.Male, BirthDate: time.Date(1990, 2, 3, 0, 0, 0, 0, time.UTC),
		SNILS: smevtest.SNILS(601),
	}
	id := uuid.At(clock.Now(), [8]byte{1, 2, 3}) // of version 1, as SMEV asks
	post("SendRequest", &soap.SendRequest{Data: soap.RequestData{
		MessageID: id, ReferenceMessageID: id, Content: try(kind.Build(asked)), Test: true,
	}})

	at, _ := server.Next()
	fmt.Println("the answer takes 10 to 30 minutes:", at.Sub(clock.Now()).Round(time.Minute))
	clock.Set(at)

	body := post("GetResponse", &soap.GetResponse{At: clock.Now()})
	got, by, err := soap.ReadGetResponseResponse(body)
	if err != nil {
		log.Fatal(err)
	}
	signature := try(xmldsig.Verify(algorithms, by.SMEV.Signature, by.SMEV.Target))
	fmt.Println("signed by SMEV:", bytes.Equal(signature.Certificate.Raw, server.Certificate().Raw))
	result := try(kind.Parse(got.Response.Data.Content, asked))
	fmt.Println(got.Response.Metadata.Sender.Mnemonic, result.Outcome, result.Reason)
	post("Ack", &soap.Ack{Target: got.Response.Data.MessageID, Accepted: true})
	fmt.Println(server.Queued(), "left")
	// Output:
	// the answer takes 10 to 30 minutes: 12m0s
	// signed by SMEV: true
	// EMU refuted sfr_false
	// 0 left
}

// A register of one's own answers in Go.
func ExampleServer_Provide() {
	clock := testenv.NewClock(time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC))
	server := try(smevtest.NewServer(smevtest.Config{Clock: clock}))
	kind := smev.Kind{Namespace: "urn:x-weather", Root: "Question", ResponseRoot: "Answer", Name: "Погода"}
	if err := server.Provide(kind, weather{}); err != nil {
		log.Fatal(err)
	}
	id := try(server.Ask([]byte(`<w:Question xmlns:w="urn:x-weather"/>`)))
	clock.Advance(time.Minute)
	fmt.Printf("%s\n", server.Replies(id)[0].Content)
	// Output: <w:Answer xmlns:w="urn:x-weather">снег</w:Answer>
}

type weather struct{}

func (weather) Handle(context.Context, smevtest.Request) ([]smevtest.Reply, error) {
	return []smevtest.Reply{{After: time.Minute, Content: []byte(`<w:Answer xmlns:w="urn:x-weather">снег</w:Answer>`)}}, nil
}

func try[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
