package smev_test

import (
	"slices"
	"testing"

	"github.com/surguch/surguch/smev"
)

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		codes   []string
		outcome smev.Outcome
		reason  string
	}{
		{[]string{"NO_DATA"}, smev.NotFound, "rejected_no_data"},
		{[]string{"ACCESS_DENIED"}, smev.Rejected, "rejected_access_denied"},
		{[]string{"UNKNOWN_REQUEST_DESCRIPTION"}, smev.Rejected, "rejected_unknown_request_description"},
		{[]string{"FAILURE"}, smev.Unavailable, "rejected_failure"},
		{[]string{"NO_DATA", "FAILURE"}, smev.Unavailable, "rejected_failure"},
		{[]string{"NEW_CODE"}, smev.Inconclusive, "rejected_other"},
	} {
		for name, kind := range kinds() {
			got := smev.Refusal(kind.Check, c.codes...)
			if got.Outcome != c.outcome || got.Reason != c.reason || got.Text == "" || got.Found != nil {
				t.Errorf("%s, %v: got %v", name, c.codes, got)
			}
			// A certificate is in no form, so nothing in the form is to blame.
			blames := name != "esia" && (c.outcome == smev.NotFound || c.outcome == smev.Inconclusive)
			if blames != (got.Fields != nil) {
				t.Errorf("%s, %v concerns %v", name, c.codes, got.Fields)
			}
		}
	}
	for fault, want := range map[string]smev.Outcome{
		"SMEVFailure": smev.Unavailable, "DestinationOverflow": smev.Unavailable, "EndOfLifeReached": smev.Unavailable,
		"InvalidContent": smev.Rejected, "AccessDenied": smev.Rejected, "": smev.Rejected,
	} {
		if got := smev.Undelivered(fault); got.Outcome != want || got.Fields != nil || got.Text == "" {
			t.Errorf("%s: got %v", fault, got)
		}
	}
	if got := smev.Unreadable(smev.CheckEGRUL); got.Outcome != smev.Inconclusive || got.Reason != "answer_unreadable" || got.Fields[0] != "OGRN" {
		t.Errorf("unreadable: got %v", got)
	}
}

// The strings are stored; this table is their only definition.
func TestStoredStrings(t *testing.T) {
	for o, want := range map[smev.Outcome]string{
		smev.Confirmed: "confirmed", smev.Refuted: "refuted", smev.NotFound: "not_found", smev.Inconclusive: "inconclusive",
		smev.Unavailable: "unavailable", smev.Rejected: "rejected", 0: "outcome(0)", 7: "outcome(7)", -1: "outcome(-1)",
	} {
		if o.String() != want {
			t.Errorf("got %s, want %s", o, want)
		}
	}
	for c, want := range map[smev.Check]string{
		smev.CheckPassport: "passport", smev.CheckSNILS: "snils", smev.CheckSNILSSearch: "snils_search", smev.CheckINN: "inn",
		smev.CheckINNSearch: "inn_search", smev.CheckEGRUL: "egrul", smev.CheckEGRIP: "egrip", smev.CheckESIACertificate: "esia_certificate",
	} {
		if string(c) != want {
			t.Errorf("got %s, want %s", c, want)
		}
	}
}

func TestKinds(t *testing.T) {
	checks := map[string]smev.Check{
		"p001": smev.CheckPassport, "p002": smev.CheckPassport, "snils": smev.CheckSNILS, "snilssearch": smev.CheckSNILSSearch,
		"inn": smev.CheckINN, "innsearch": smev.CheckINNSearch, "egrul": smev.CheckEGRUL, "egrip": smev.CheckEGRIP, "esia": smev.CheckESIACertificate,
	}
	unverified := map[string]bool{"p001": true, "snils": true, "inn": true}
	seen := map[string]bool{}
	for name, k := range kinds() {
		if k.Check != checks[name] {
			t.Errorf("%s: got check %s, want %s", name, k.Check, checks[name])
		}
		if k.Name == "" || k.Provider == "" || k.Version == "" || k.Root == "" || k.ResponseRoot == "" || k.Build == nil || k.Parse == nil {
			t.Errorf("%s is incomplete", name)
		}
		if seen[k.Namespace] {
			t.Errorf("%s shares its namespace", name)
		}
		seen[k.Namespace] = true
		if (k.Schema == smev.Unverified) != unverified[name] {
			t.Errorf("%s: schema %s", name, k.Schema)
		}
	}
	var usual []smev.Check
	for _, k := range smev.Kinds() {
		usual = append(usual, k.Check)
	}
	if want := []smev.Check{smev.CheckPassport, smev.CheckSNILS, smev.CheckINN, smev.CheckEGRUL, smev.CheckEGRIP}; !slices.Equal(usual, want) {
		t.Errorf("the usual kinds: got %v, want %v", usual, want)
	}
	if smev.Kinds()[0].Namespace != smev.PassportP002().Namespace {
		t.Error("passports are not asked about in the latest version")
	}
}
