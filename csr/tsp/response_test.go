package tsp_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr/tsp"
	"github.com/surguch/surguch/gost"
)

func TestParseResponse(t *testing.T) {
	token := []byte{0x30, 2, 5, 0}
	for what, test := range map[string]struct {
		raw  []byte
		want tsp.Response
	}{
		"granted":     {append([]byte{0x30, 9, 0x30, 3, 2, 1, 0}, token...), tsp.Response{Token: token}},
		"with mods":   {append([]byte{0x30, 9, 0x30, 3, 2, 1, 1}, token...), tsp.Response{Status: tsp.GrantedWithMods, Token: token}},
		"waiting":     {[]byte{0x30, 5, 0x30, 3, 2, 1, 3}, tsp.Response{Status: tsp.Waiting}},
		"with reason": {[]byte{0x30, 9, 0x30, 7, 2, 1, 2, 3, 2, 5, 0x20}, tsp.Response{Status: tsp.Rejection, Failure: tsp.BadRequest}},
		"with text": {[]byte{0x30, 17, 0x30, 15, 2, 1, 2, 0x30, 4, 12, 2, 'n', 'o', 3, 4, 6, 0, 0, 0x40},
			tsp.Response{Status: tsp.Rejection, Text: []string{"no"}, Failure: 1 << 17}},
		"BER":          {[]byte{0x30, 0x80, 0x30, 0x80, 2, 1, 0, 0, 0, 0x30, 0x80, 5, 0, 0, 0, 0, 0}, tsp.Response{Token: token}},
		"far-off bits": {[]byte{0x30, 14, 0x30, 12, 2, 1, 2, 3, 7, 0, 0, 0, 0, 0x40, 0, 1}, tsp.Response{Status: tsp.Rejection, Failure: tsp.SystemFailure}},
	} {
		got, err := tsp.ParseResponse(test.raw)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if !reflect.DeepEqual(*got, test.want) {
			t.Errorf("%s: got %+v, want %+v", what, *got, test.want)
		}
		var rejected *tsp.RejectedError
		if errors.As(got.Err(), &rejected) == (got.Token != nil) {
			t.Errorf("%s: got error %v", what, got.Err())
		}
	}
	for what, raw := range map[string][]byte{
		"der: BER":                     {0x30},
		"not a TimeStampResp":          {0x30, 0},
		"not a TimeStampResp ":         {0x30, 5, 0x30, 3, 2, 1, 0xff},
		"statusString":                 {0x30, 7, 0x30, 5, 2, 1, 2, 0x30, 0},
		"statusString ":                {0x30, 10, 0x30, 8, 2, 1, 2, 0x30, 3, 12, 1, 0xff},
		"failInfo":                     {0x30, 8, 0x30, 6, 2, 1, 2, 3, 1, 5},
		"status does not parse":        {0x30, 7, 0x30, 5, 2, 1, 2, 5, 0},
		"timeStampToken":               {0x30, 7, 0x30, 3, 2, 1, 0, 5, 0},
		"granted, and a token: false":  {0x30, 5, 0x30, 3, 2, 1, 0},
		"rejection, and a token: true": {0x30, 7, 0x30, 3, 2, 1, 2, 0x30, 0},
	} {
		if r, err := tsp.ParseResponse(raw); r != nil || err == nil || !strings.Contains(err.Error(), strings.TrimSpace(what)) {
			t.Errorf("got %v, want %s", err, what)
		}
	}
}

// TestAnswer reads what our TSA writes.
func TestAnswer(t *testing.T) {
	a := newAuthority(t, key(t, gost.CryptoProA()))
	raw, err := tsp.CreateRequest(&tsp.Request{Imprint: a.token(t).Imprint})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := a.Stamp(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	response, err := tsp.ParseResponse(answer)
	if err != nil {
		t.Fatal(err)
	}
	if response.Status != tsp.Granted || response.Err() != nil {
		t.Errorf("got %v, %v", response.Status, response.Err())
	}
}
