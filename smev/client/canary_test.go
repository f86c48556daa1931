package client_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/client"
	"github.com/surguch/surguch/smev/smevtest"
)

// canary is a person whose every datum is unmistakable in a text.
var canary = smev.Subject{
	LastName: "Канарейкин", FirstName: "Кенарь", MiddleName: "Канареевич", Gender: smev.Male,
	BirthDate: time.Date(1984, 11, 13, 0, 0, 0, 0, time.UTC), SNILS: "87654302135", INN: "770198765434",
	Passport: smev.Passport{Series: "4577", Number: "717273", Issued: time.Date(2004, 12, 17, 0, 0, 0, 0, time.UTC), IssuerCode: "771-919"},
}

// silent fails if a text tells any datum of the canary.
func silent(t *testing.T, what, text string) {
	t.Helper()
	for _, datum := range []string{
		"Канаре", "Кенарь", "1984-11-13", "13.11.1984", "87654302135", "770198765434", "4577", "717273", "2004-12-17", "771919", "771-919",
	} {
		if strings.Contains(text, datum) {
			t.Errorf("%s tells %s: %s", what, datum, text)
		}
	}
}

// No error text shows a personal datum, whatever goes wrong: on our side, on
// the way, at SMEV, in the register. Subjects do not print themselves either.
func TestErrorsAreSilent(t *testing.T) {
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		silent(t, verb, fmt.Sprintf(verb, canary))
		silent(t, verb, fmt.Sprintf(verb, smev.Inquiry{Key: "k", Subject: canary}))
		silent(t, verb, fmt.Sprintf(verb, canary.Passport))
	}
	var texts []string
	note := func(err error) {
		for ; err != nil; err = errors.Unwrap(err) {
			texts = append(texts, err.Error(), fmt.Sprintf("%v", err))
		}
	}
	checks := []smev.Check{smev.CheckPassport, smev.CheckSNILS, smev.CheckINN}

	for _, check := range checks {
		// Data that no schema takes.
		for _, spoil := range []func(*smev.Subject){
			func(s *smev.Subject) { s.LastName += "\x00" },
			func(s *smev.Subject) { s.FirstName += " Kenar" },
			func(s *smev.Subject) { s.MiddleName += "<&>" },
			func(s *smev.Subject) { s.Passport.Series += "4577" },
			func(s *smev.Subject) { s.Passport.Number += "x" },
			func(s *smev.Subject) { s.SNILS += "87654302135" },
			func(s *smev.Subject) { s.INN += "770198765434" },
			func(s *smev.Subject) { s.Passport.IssuerCode = "771-9191" },
			func(s *smev.Subject) { s.BirthDate = time.Time{} },
		} {
			w := newWorld(t)
			s := canary
			spoil(&s)
			_, err := w.Ask(w.ctx, smev.Inquiry{Key: "k", Check: check, Subject: s})
			note(err)
		}
		// Trouble on the way there and back, then the key used for somebody else.
		w := newWorld(t)
		w.server.Inject("SendRequest", smevtest.DropBefore, smevtest.Busy, smevtest.Failure, smevtest.SwappedEcho)
		w.server.Inject("GetResponse", smevtest.DropBefore, smevtest.Busy, smevtest.Failure)
		q := smev.Inquiry{Key: "k", Check: check, Subject: canary}
		for range 4 {
			_, err := w.Ask(w.ctx, q)
			note(err)
		}
		_, err := w.Ask(w.ctx, smev.Inquiry{Key: "k", Check: check, Subject: subject()})
		note(err)
		id, err := w.Ask(w.ctx, q)
		note(err)
		w.step()
		for range 5 {
			_, err := w.Answer(w.ctx, id)
			note(err)
		}
		// Answers in which every text and attribute is about the canary.
		id = w.ask("k2", check, canary)
		w.step()
		a, err := w.Answer(w.ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		silent(t, "answer", fmt.Sprint(a.Reason, a.Fields, a.Text, a.RetryAt))
		for _, change := range [][2]string{
			{"</ns2:Response>", "<ns2:x>Канарейкин</ns2:x></ns2:Response>"}, {"<ns2:MessageType>", "Канарейкин<ns2:MessageType>"},
			{"<ns2:OriginalMessageId>", "<ns2:OriginalMessageId>Канарейкин"}, {"true", "Канарейкин"}, {"300", "Канарейкин"},
			{`="1"`, `="Канарейкин"`}, {"<ns2:SendingTimestamp>", "<ns2:SendingTimestamp>Канарейкин"},
		} {
			doc := strings.Replace(string(a.Evidence.Envelope), change[0], change[1], 1)
			r := client.Received{MessageID: change[0], OriginalMessageID: id, Envelope: []byte(doc)}
			store := client.NewMemory()
			sent, err := w.store.Get(w.ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := store.Put(w.ctx, sent, ""); err != nil {
				t.Fatal(err)
			}
			if err := store.Keep(w.ctx, r); err != nil {
				t.Fatal(err)
			}
			cfg := w.config
			cfg.Store = store
			c, err := client.New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			forged, err := c.Answer(w.ctx, id)
			note(err)
			if forged != nil {
				silent(t, "forged answer", fmt.Sprint(forged.Reason, forged.Fields, forged.Text))
			}
		}
	}
	// SMEV and gateways that quote the message.
	quote := "Канарейкин Кенарь 4577 717273 &#x41A;анарейкин"
	for _, reply := range []http.HandlerFunc{
		xml(500, fault(`<faultcode>Канарейкин</faultcode><faultstring>`+quote+`</faultstring>`)),
		xml(500, fault(`<faultcode>soap:Server</faultcode><detail><Канарейкин><Code>717273</Code><Description>`+quote+`</Description></Канарейкин></detail>`)),
		xml(500, fault(`<detail><f:InvalidContent xmlns:f="u"><Description>SMEV-403:`+quote+`</Description></f:InvalidContent></detail>`)),
		xml(200, `<a>&Канарейкин;</a>`), xml(200, `<a Канарейкин></a>`), xml(200, `<a b="1" b="Канарейкин">`), xml(200, "Канарейкин"),
		xml(200, `<a>Канарейкин`), xml(200, `<?Канарейкин ?><a/>`), xml(503, quote),
	} {
		note(canned(t, reply))
	}
	if len(texts) < 60 {
		t.Fatalf("only %d errors were seen", len(texts))
	}
	for _, text := range texts {
		silent(t, "error", text)
	}
}
