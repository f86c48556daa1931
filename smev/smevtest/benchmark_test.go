package smevtest_test

import (
	"testing"

	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/smevtest"
)

// Tests open many servers: each makes its keys and certificates anew.
func BenchmarkNewServer(b *testing.B) {
	for b.Loop() {
		newBench(b, smevtest.Config{})
	}
}

// BenchmarkInquiry is an inquiry from SendRequest to Ack, the caller's
// signatures included.
func BenchmarkInquiry(b *testing.B) {
	s := newBench(b, smevtest.Config{})
	asker := s.enroll("ASKER")
	for b.Loop() {
		asker.ask("123456")
		s.step()
		if !asker.ack(asker.get(soap.GetResponse{}).Data.MessageID, true) {
			b.Fatal("not acknowledged")
		}
	}
}
