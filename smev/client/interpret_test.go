package client

import (
	"slices"
	"testing"

	"github.com/surguch/surguch/smev/internal/soap"
)

// A message whose parts tell of different messages belongs to none.
func TestMisaddressed(t *testing.T) {
	m := func(original, id, metadata string, async *soap.AsyncStatus) *opened {
		return &opened{response: soap.Response{
			OriginalMessageID: original, Data: soap.ResponseData{MessageID: id, Async: async}, Metadata: soap.Metadata{MessageID: metadata},
		}}
	}
	for name, c := range map[string]struct {
		m    *opened
		want []string
	}{
		"right":             {m("q", "a", "a", nil), nil},
		"of another":        {m("x", "a", "a", nil), []string{"OriginalMessageId"}},
		"contradicts":       {m("q", "a", "b", nil), []string{"MessageId"}},
		"status of another": {m("q", "a", "a", &soap.AsyncStatus{OriginalMessageID: "x"}), []string{"OriginalMessageId"}},
		"all of it":         {m("x", "a", "b", nil), []string{"OriginalMessageId", "MessageId"}},
	} {
		if got := c.m.misaddressed("q"); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}
