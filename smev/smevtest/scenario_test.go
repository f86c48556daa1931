package smevtest_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/mtom"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/smevtest"
)

var owner = smev.Organization{OGRN: "1027700132195", INN: "7707083893", Name: "АО Центр"}

// kindCase is a kind of information: how to ask it for a scenario, and what
// comes of each of those that have a meaning of their own.
type kindCase struct {
	kind smev.Kind
	of   func(s *smev.Subject, scenario int)
	want map[int]string // outcome and reason
}

func passportOf(s *smev.Subject, n int) { s.Passport.Number = smevtest.Number(n) }

// common are the scenarios that mean the same to all.
var common = map[int]string{
	700: "not_found rejected_no_data", 701: "rejected rejected_access_denied", 702: "rejected rejected_unknown_request_description",
	703: "unavailable rejected_failure", 730: "rejected smev_rejected", 720: "pending",
}

// kindCases is the table of the package comment, in the words of package smev.
func kindCases() map[string]kindCase {
	mvd := map[int]string{0: "confirmed mvd_300", 302: "not_found mvd_302", 310: "inconclusive mvd_310", 710: "confirmed mvd_300"}
	sfr := map[int]string{0: "confirmed sfr_true", 302: "not_found rejected_no_data", 310: "inconclusive sfr_unknown_result", 710: "confirmed sfr_true"}
	fns := map[int]string{0: "confirmed fns_1", 302: "not_found fns_3", 310: "inconclusive fns_10", 710: "confirmed fns_1"}
	snils := map[int]string{0: "confirmed snils_search_same", 302: "not_found rejected_no_data", 310: "not_found rejected_no_data", 710: "confirmed snils_search_same"}
	inn := map[int]string{0: "confirmed inn_search_same", 302: "not_found rejected_no_data", 310: "not_found inn_search_none", 710: "confirmed inn_search_same"}
	esia := map[int]string{
		0: "confirmed esia_succeeded", 302: "inconclusive esia_validation_failed", 310: "inconclusive esia_contradiction",
		710: "confirmed esia_succeeded", 711: "confirmed esia_succeeded",
	}
	for n := 601; n <= 609; n++ {
		mvd[n] = fmt.Sprintf("refuted mvd_301_%d", n)
		sfr[n], fns[n] = "refuted sfr_false", "refuted fns_2"
		snils[n], inn[n] = "refuted snils_search_other", "refuted inn_search_other"
		esia[n] = "inconclusive esia_validation_failed"
	}
	esia[602], esia[603] = "inconclusive esia_confirmation_failed", "inconclusive esia_fault"
	egrul := map[int]string{
		0: "confirmed egrul_head", 302: "not_found egrul_01", 310: "inconclusive egrul_99", 311: "inconclusive egrul_status_101",
		312: "inconclusive egrul_address_unreliable", 313: "inconclusive egrul_head_hidden", 314: "inconclusive egrul_managed",
		315: "inconclusive egrul_head_inn_missing", 530: "inconclusive egrul_53", 540: "inconclusive egrul_attachment", 541: "inconclusive egrul_attachment",
		601: "refuted egrul_terminated", 602: "refuted egrul_status_701", 603: "refuted egrul_inn_differs", 604: "refuted egrul_kpp_differs",
		605: "refuted egrul_name_differs", 606: "refuted egrul_head_name_differs", 607: "refuted egrul_not_head",
		608: "refuted egrul_head_disqualified", 609: "refuted egrul_head_unreliable", 710: "confirmed egrul_head",
	}
	byINN := map[int]string{}
	for n, want := range egrul {
		byINN[n] = want
	}
	byINN[603] = "refuted egrul_status_702"
	egrip := map[int]string{
		0: "confirmed egrip_active", 302: "not_found egrip_01", 310: "inconclusive egrip_99", 311: "inconclusive egrip_status_101",
		530: "inconclusive egrip_53", 540: "inconclusive egrip_attachment", 541: "inconclusive egrip_attachment",
		602: "refuted egrip_name_differs", 603: "refuted egrip_inn_differs", 710: "confirmed egrip_active",
	}
	personByINN := map[int]string{}
	for _, n := range []int{601, 604, 605, 606, 607, 608, 609} {
		egrip[n] = "refuted egrip_terminated"
	}
	for n, want := range egrip {
		personByINN[n] = want
	}
	personByINN[603] = "refuted egrip_terminated"
	cases := map[string]kindCase{
		"p001":  {smev.PassportP001(), passportOf, mvd},
		"p002":  {smev.PassportP002(), passportOf, mvd},
		"snils": {smev.SNILSValidation101(), func(s *smev.Subject, n int) { s.SNILS = smevtest.SNILS(n) }, sfr},
		"inn":   {smev.PassportINN247(), func(s *smev.Subject, n int) { s.INN = smevtest.INN(n) }, fns},

		"snilssearch": {smev.SNILSSearch(), passportOf, snils},
		"innsearch":   {smev.INNSearch270(owner), passportOf, inn},
		"esia": {smev.CertificateRegistration141(smev.RoutingTest), func(s *smev.Subject, n int) {
			s.Certificate.SerialNumber = smevtest.Serial(n)
		}, esia},
		"egrul": {smev.EGRUL406(), func(s *smev.Subject, n int) { s.Organization.OGRN = smevtest.OGRN(n) }, egrul},
		"egrul by INN": {smev.EGRUL406(), func(s *smev.Subject, n int) {
			s.Organization.OGRN, s.Organization.INN = "", smevtest.INN10(n)
		}, byINN},
		"egrip":        {smev.EGRIP405(), func(s *smev.Subject, n int) { s.OGRNIP = smevtest.OGRNIP(n) }, egrip},
		"egrip by INN": {smev.EGRIP405(), func(s *smev.Subject, n int) { s.OGRNIP, s.INN = "", smevtest.INN(n) }, personByINN},
	}
	for _, c := range cases {
		for n, want := range common {
			c.want[n] = want
		}
	}
	return cases
}

// outcome is what a response means for what was asked.
func outcome(k smev.Kind, r *soap.Response, asked smev.Subject) string {
	var result smev.Result
	switch d := r.Data; {
	case d.Async != nil:
		result = smev.Undelivered(d.Async.Fault.Name)
		return result.Outcome.String() + " smev_rejected"
	case d.Status != nil:
		return "status"
	case d.Rejections != nil:
		result = smev.Refusal(k.Check, d.Rejections[0].Code)
	default:
		var err error
		if result, err = k.Parse(d.Content, asked); errors.Is(err, smev.ErrPending) {
			return "validating"
		} else if err != nil {
			return err.Error()
		}
	}
	return result.Outcome.String() + " " + result.Reason
}

// Every row of the table of the package comment, and every document, against
// its published schema.
func TestScenarios(t *testing.T) {
	t.Parallel()
	v := newValidator(t)
	for name, c := range kindCases() {
		t.Run(name, func(t *testing.T) {
			var documents [][]byte
			b := newBench(t, smevtest.Config{MinDelay: time.Hour, MaxDelay: time.Hour})
			asker := b.enroll("ASKER")
			for n, want := range c.want {
				s := subject()
				c.of(&s, n)
				b.Know(s)
				asker.send(asker.request(must(c.kind.Build(s))))
				switch n {
				case 710:
					b.clock.Advance(30 * time.Minute)
					want = "status then " + want
				case 711:
					b.clock.Advance(30 * time.Minute)
					want = "validating then " + want
				case 730:
					b.clock.Advance(time.Second)
				case 720:
					b.clock.Advance(100 * 24 * time.Hour)
				default:
					b.clock.Advance(time.Hour)
				}
				got := "pending"
				if r := asker.get(soap.GetResponse{}); r != nil {
					got = outcome(c.kind, r, s)
					if r.Data.Content != nil {
						documents = append(documents, r.Data.Content)
					}
					if n == 710 || n == 711 {
						asker.ack(r.Data.MessageID, true)
						b.clock.Advance(30 * time.Minute)
						r = asker.get(soap.GetResponse{})
						got += " then " + outcome(c.kind, r, s)
					}
					asker.ack(r.Data.MessageID, true)
				}
				if got != want {
					t.Errorf("%d: got %s, want %s", n, got, want)
				}
			}
			if c.kind.Schema == smev.Unverified {
				return
			}
			for i, complaint := range v.check(filepath.Join("..", "testdata", "xsd", c.kind.Schema), documents...) {
				if complaint != "" {
					t.Errorf("%s\n%s", complaint, documents[i])
				}
			}
			if len(documents) < 2 {
				t.Errorf("%d documents were held against their schema", len(documents))
			}
		})
	}
}

// A passport series 0000 is scenario 302, and what is no scenario is
// confirmed.
func TestMoreScenarios(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	for number, want := range map[string]string{"999600": "mvd_300", "999610": "mvd_300", "999999": "mvd_300", "998602": "mvd_300"} {
		s := subject()
		s.Passport.Number = number
		asker.send(asker.request(must(smev.PassportP002().Build(s))))
		b.step()
		r := asker.get(soap.GetResponse{})
		if got := outcome(smev.PassportP002(), r, s); !strings.HasSuffix(got, want) {
			t.Errorf("%s: got %s", number, got)
		}
		asker.ack(r.Data.MessageID, true)
	}
	s := subject()
	s.Passport.Series = "0000"
	asker.send(asker.request(must(smev.PassportP001().Build(s))))
	b.step()
	if got := outcome(smev.PassportP001(), asker.get(soap.GetResponse{}), s); got != "not_found mvd_302" {
		t.Errorf("got %s", got)
	}
}

// Of people nobody entered, the registers invent numbers and extracts, always
// the same.
func TestInvented(t *testing.T) {
	found := func(k smev.Kind, s smev.Subject) smev.Result {
		b := newBench(t, smevtest.Config{})
		asker := b.enroll("ASKER")
		asker.send(asker.request(must(k.Build(s))))
		b.step()
		return must(k.Parse(asker.get(soap.GetResponse{}).Data.Content, s))
	}
	s := subject()
	s.SNILS, s.INN = "", ""
	for _, k := range []smev.Kind{smev.SNILSSearch(), smev.INNSearch270(owner)} {
		first, again := found(k, s), found(k, s)
		if first.Outcome != smev.Confirmed || fmt.Sprint(map[string]string(first.Found)) != fmt.Sprint(map[string]string(again.Found)) {
			t.Errorf("%s: got %+v, %+v", k.Root, first, again)
		}
		other := s
		other.FirstName += "а"
		if r := found(k, other); fmt.Sprint(map[string]string(r.Found)) == fmt.Sprint(map[string]string(first.Found)) {
			t.Errorf("%s: two people have one number", k.Root)
		}
	}
	s = subject()
	if r := found(smev.EGRUL406(), s); r.Outcome != smev.Refuted || r.Found["OGRN"] != s.Organization.OGRN {
		t.Errorf("got %+v", r)
	}
	if r := found(smev.EGRIP405(), s); r.Outcome != smev.Refuted || r.Found["OGRNIP"] != s.OGRNIP {
		t.Errorf("got %+v", r)
	}
}

// The latest entry about somebody counts; empty numbers are invented.
func TestKnow(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	s := subject()
	old := s
	old.SNILS = smevtest.SNILS(123)
	b.Know(old)
	b.Know(s)
	asker.send(asker.request(must(smev.SNILSSearch().Build(s))))
	b.step()
	r := asker.get(soap.GetResponse{})
	if got := outcome(smev.SNILSSearch(), r, s); got != "confirmed snils_search_same" {
		t.Errorf("got %s", got)
	}
	asker.ack(r.Data.MessageID, true)
	bare := s
	bare.Organization = smev.Organization{OGRN: s.Organization.OGRN}
	bare.LastName = "A > B \x01" // what cannot be written or signed is replaced
	b.Know(bare)
	asker.send(asker.request(must(smev.EGRUL406().Build(s))))
	b.step()
	if got := outcome(smev.EGRUL406(), asker.get(soap.GetResponse{}), s); !strings.HasPrefix(got, "refuted egrul_") {
		t.Errorf("got %s", got)
	}
}

// КодОбр 54: the extract is a file, in the message or, when it is large, in
// the file store.
func TestExtractInFile(t *testing.T) {
	for _, k := range []struct {
		kind smev.Kind
		of   func(*smev.Subject, int)
	}{
		{smev.EGRUL406(), func(s *smev.Subject, n int) { s.Organization.OGRN = smevtest.OGRN(n) }},
		{smev.EGRIP405(), func(s *smev.Subject, n int) { s.OGRNIP = smevtest.OGRNIP(n) }},
	} {
		b := newBench(t, smevtest.Config{})
		asker := b.enroll("ASKER")
		s := subject()
		k.of(&s, 540)
		asker.send(asker.request(must(k.kind.Build(s))))
		b.step()
		a := asker.call("GetResponse", asker.write(&soap.GetResponse{At: start}))
		r, by, err := soap.ReadGetResponseResponse(a.content(t))
		if err != nil || len(r.Attachments) != 1 || len(r.Response.Data.Attachments) != 1 || r.Response.Data.Attachments[0].ContentID != r.Attachments[0].ID ||
			!strings.HasPrefix(a.kind, "multipart/related") {
			t.Fatalf("got %s, %v", a.kind, err)
		}
		b.check(by.SMEV)
		if files := unzip(t, r.Attachments[0].Content); !strings.Contains(files["extract.txt"], "вымышленные") {
			t.Errorf("got %v", files)
		}
		if _, err := mtom.Read(a.kind, strings.NewReader(string(a.body)), mtom.Limits{}); err != nil {
			t.Error(err)
		}
	}
}

// A business document that breaks its schema is taken and rejected later.
func TestAsynchronousCheck(t *testing.T) {
	b := newBench(t, smevtest.Config{Lease: time.Hour})
	asker := b.enroll("ASKER")
	for name, changes := range map[string][][2]string{
		"p001":  {{"<tns:passportRFNumber>", "<tns:passportRFNumber>x"}, {"passportRFSeries", "passportRFSerie"}},
		"p002":  {{"<sovm:series>", "<sovm:series>N"}, {"<tns:requestInfo>", "<tns:requestInfo/><tns:requestInfo>"}, {"<sovm:familyName>", "<sovm:familyName>X"}},
		"snils": {{"Male", "M"}, {"tns:Snils>", "tns:SNILS>"}, {"<tns:Snils>", "<tns:Snils>1"}, {"<tns:BirthDate>", "<tns:BirthDate>x"}},
		"inn":   {{`"21"`, `"07"`}, {`ИННФЛ="`, `ИННФЛ="1`}, {`SeriesNumber="`, `SeriesNumber=" `}},

		"snilssearch": {{"Male", "M"}, {"<smev:Number>", "<smev:Number>1"}, {"<smev:FamilyName>", "<smev:FamilyName>Z"}},
		"innsearch":   {{`СерНомДок="`, `СерНомДок="x`}, {`ОГРН="`, `ОГРН="x`}, {`Фамилия="`, `Фамилья="`}},
		"egrul":       {{"<tns:ОГРН>", "<tns:ОГРН>1"}, {`ИдДок="`, `ИдДок="_`}},
		"egrip":       {{"<tns:ОГРНИП>", "<tns:ОГРНИП>1"}, {"ЗапросИП>", "ЗапросЮЛ>"}},
		"esia":        {{">TESIA<", ">X<"}, {"<tns:serialNumber>", "<tns:serialNumber>g"}, {"<tns:startDate>", "<tns:startDate>1"}, {">PSO<", ">X<"}},
	} {
		kind := kindCases()[name].kind
		good := string(must(kind.Build(subject())))
		for _, c := range changes {
			bad := strings.ReplaceAll(good, c[0], c[1])
			if bad == good {
				t.Fatalf("%s: no %s in %s", name, c[0], good)
			}
			id := asker.send(asker.request([]byte(bad)))
			b.clock.Advance(time.Second)
			r := asker.get(soap.GetResponse{})
			if r == nil || r.Data.Async == nil || r.Data.Async.OriginalMessageID != id || r.Data.Async.Fault.Name != "InvalidContent" {
				t.Errorf("%s, %s: got %s", name, c[1], brief(r))
			}
		}
	}
}
