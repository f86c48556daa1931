package csr_test

import (
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
)

func TestReasons(t *testing.T) {
	for r := range csr.Reason(12) {
		named := r != 7 && r != 11
		if got := strings.HasPrefix(r.String(), "Reason("); got == named {
			t.Errorf("%d: got %s", r, r)
		}
		if got := strings.HasPrefix(r.Russian(), "причина с кодом"); got == named {
			t.Errorf("%d: got %s", r, r.Russian())
		}
	}
	for s, want := range map[csr.State]string{
		csr.StatusUnknown: "unknown неизвестно", csr.StatusGood: "good действует", csr.StatusRevoked: "revoked отозван", 9: "State(9) неизвестно",
	} {
		if got := s.String() + " " + s.Russian(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
