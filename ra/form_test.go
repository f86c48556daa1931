package ra_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
)

func mustJSON(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestParseApplication(t *testing.T) {
	want := ra.Application{Process: "personal-link", Form: applicant.Form(3)}
	got, err := ra.ParseApplication(mustJSON(t, want))
	if err != nil || *got != want {
		t.Errorf("got %+v with %v, want %+v", got, err, want)
	}
	for text, want := range map[string]string{
		``:                                 "application: json",
		`[]`:                               "application: json",
		`{"email":"a"`:                     "application: json",
		`{} {}`:                            "application: json",
		`{"email":"a","email":"b"}`:        "email: twice",
		`{"EMAIL":"a"}`:                    "EMAIL: unknown",
		`{"SNILS":"1","snils":"2"}`:        "snils: unknown",
		`{"email":5}`:                      "email: type",
		`{"passport":{"series":"4500"}}`:   "passport: unknown",
		`{"process":"personal-link"} tail`: "application: json",
	} {
		a, err := ra.ParseApplication([]byte(text))
		var form *ra.FormError
		if a != nil || !errors.As(err, &form) || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

func FuzzParseApplication(f *testing.F) {
	f.Add(mustJSON(f, ra.Application{Process: "personal-link", Form: applicant.Form(3)}))
	f.Add([]byte(`{"email":"a","email":"b"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := ra.ParseApplication(data)
		if (a == nil) != (err != nil) {
			t.Fatalf("got %v with error %v", a, err)
		}
		if err != nil {
			return
		}
		again, err := ra.ParseApplication(mustJSON(t, a))
		if err != nil || *again != *a {
			t.Fatalf("written and read again: got %+v with %v, want %+v", again, err, a)
		}
	})
}
