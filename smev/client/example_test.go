package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/client"
	"github.com/surguch/surguch/smev/smevtest"
	"github.com/surguch/surguch/smev/xmldsig"
)

// A passport that was replaced by a new one, asked about at the simulator on a
// virtual clock.
func Example() {
	ctx := context.Background()
	clock := testenv.NewClock(time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC))
	server, err := smevtest.NewServer(smevtest.Config{Clock: clock})
	if err != nil {
		log.Fatal(err)
	}
	url, err := server.Listen()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	signer, err := server.Enroll("RA0001") // ours, in production from a CA
	if err != nil {
		log.Fatal(err)
	}

	c, err := client.New(client.Config{
		URL: url, Clock: clock, Test: true,
		Signer: func() *xmldsig.Signer { return signer },
		SMEV:   []*csr.Certificate{server.Certificate()}, Participants: []*csr.Certificate{server.Root()},
	})
	if err != nil {
		log.Fatal(err)
	}
	p := testenv.NewPerson(1)
	id, err := c.Ask(ctx, smev.Inquiry{Key: "request-17/passport/1", Check: smev.CheckPassport, Subject: smev.Subject{
		LastName: p.LastName, FirstName: p.FirstName, MiddleName: p.MiddleName, BirthDate: p.Born,
		Passport: smev.Passport{Series: p.Series, Number: smevtest.Number(602), Issued: p.Issued, IssuerCode: p.IssuerCode},
	}})
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.Answer(ctx, id)
	fmt.Println("at once:", errors.Is(err, smev.ErrPending))

	if at, ok := server.Next(); ok {
		clock.Set(at)
	}
	answer, err := c.Answer(ctx, id)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.Outcome, answer.Reason, answer.Fields)
	fmt.Println("evidence of an emulator:", answer.Evidence.Provider == smev.Emulator)
	fmt.Println("signed by SMEV and the register:", len(answer.Evidence.SMEVSigner) > 0, len(answer.Evidence.SenderSigner) > 0)
	// Output:
	// at once: true
	// refuted mvd_301_602 [passportSeries passportNumber]
	// evidence of an emulator: true
	// signed by SMEV and the register: true true
}

// Errors tell whether the same call is worth repeating.
func ExampleTransportError_Temporary() {
	c, err := client.New(nobody())
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.Ask(context.Background(), smev.Inquiry{Key: "k", Check: smev.CheckSNILS, Subject: smev.Subject{
		LastName: "Хартиев", FirstName: "Пётр", Gender: smev.Male, SNILS: "112-233-445 95",
		BirthDate: time.Date(1990, 2, 3, 0, 0, 0, 0, time.UTC),
	}})
	var e *client.TransportError
	fmt.Println(errors.As(err, &e) && e.Temporary(), e.Operation)
	// Output: true SendRequest
}

// nobody is a configuration for an address where nobody listens.
func nobody() client.Config {
	server, err := smevtest.NewServer(smevtest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	signer, err := server.Enroll("RA0001")
	if err != nil {
		log.Fatal(err)
	}
	return client.Config{
		URL: "http://127.0.0.1:1/smev/v1.2/ws", Signer: func() *xmldsig.Signer { return signer },
		SMEV: []*csr.Certificate{server.Certificate()}, Participants: []*csr.Certificate{server.Root()},
	}
}
