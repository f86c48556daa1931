package mail

import (
	"bytes"
	"errors"
	"mime"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/ra/notify"
)

// FuzzMessage: whatever is to be said, to whomever, a letter has the headers
// that it always has, each once, and the subject that was given.
func FuzzMessage(f *testing.F) {
	f.Add("name@example.org", "Заявка 17: «Выпуск сертификата»", "Здравствуйте!\n.\n")
	f.Add("name@example.org\r\nBcc: other@example.org", "a\r\nBcc: other@example.org", "\r\n.\r\nMAIL FROM:<>\r\n")
	f.Add("name@example.org", "=?utf-8?q?=0D=0ABcc:_other@example.org?=", "")
	f.Add("name@example.org", "\xff\x00\u2028", "\x00")
	s, err := New(Config{Host: "smtp.example.org", From: "Удостоверяющий центр <ra@example.org>"})
	if err != nil {
		f.Fatal(err)
	}
	want := []string{"Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To"}
	f.Fuzz(func(t *testing.T, to, subject, text string) {
		m, err := s.message(notify.Letter{ID: "0123456789abcdef", To: to, Subject: subject, Text: text})
		if err != nil {
			if !errors.Is(err, notify.ErrRefused) {
				t.Errorf("got %v, want it refused", err)
			}
			return
		}
		var b bytes.Buffer
		if _, err := m.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		read, err := netmail.ReadMessage(&b)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for name, values := range read.Header {
			if got = append(got, name); len(values) != 1 {
				t.Errorf("got %s %d times", name, len(values))
			}
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("got headers %v, want %v", got, want)
		}
		list, err := read.Header.AddressList("To")
		if err != nil || len(list) != 1 || list[0].Address != to {
			t.Errorf("got recipients %v, %v, want %q", list, err, to)
		}
		if given, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject")); err != nil || given != strings.TrimSpace(subject) {
			t.Errorf("got subject %q, %v, want %q", given, err, subject)
		}
	})
}
