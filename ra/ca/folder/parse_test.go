package folder

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
)

func TestParseRefusal(t *testing.T) {
	for text, want := range map[string]refusal{
		"code: 17\nreason: нет подписи\nend\n":               {"17", "нет подписи"},
		"\ufeffcode: 17\r\nreason: нет\r\nreason: да\r\nend": {"17", "нет да"},
		"reason:\ncode:a:b\n\nend\n\n":                       {"a:b", ""},
	} {
		if got, err := parseRefusal([]byte(text)); err != nil || *got != want {
			t.Errorf("%q: got %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "end\n", "code: 17\n", "code: 17\nen", "code: 17\nend\nmore", "code: 1\ncode: 2\nend\n", "hello\nend\n",
		"code: \xff\nend\n", "code: a\tb\nend\n", "code: " + strings.Repeat("x", 65) + "\nend\n",
		"code: 1\nreason: " + strings.Repeat("x", 5000) + "\nend\n",
	} {
		if got, err := parseRefusal([]byte(text)); err == nil || got != nil {
			t.Errorf("%q: got %v, want an error", text, got)
		}
	}
}

func FuzzParseRefusal(f *testing.F) {
	f.Add([]byte("code: 17\nreason: нет\nreason: подписи\nend\n"))
	f.Add([]byte("\ufeffcode: a:b\r\nend"))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := parseRefusal(file)
		if (err == nil) != (r != nil) {
			t.Fatalf("got %v and %v", r, err)
		}
		if err != nil {
			return
		}
		if !utf8.ValidString(r.code) || !utf8.ValidString(r.reason) {
			t.Errorf("got %q, %q", r.code, r.reason)
		}
		again, err := parseRefusal([]byte("code: " + r.code + "\nreason: " + r.reason + "\nend\n"))
		if err != nil || *again != *r {
			t.Errorf("written again: got %v, %v, want %v", again, err, r)
		}
	})
}

func FuzzParseCertificate(f *testing.F) {
	as := csr.Standard()
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"))
	f.Add([]byte{0x30, 0})
	f.Fuzz(func(t *testing.T, file []byte) {
		der, err := parseCertificate(as, file)
		if (err == nil) != (der != nil) {
			t.Fatalf("got %x and %v", der, err)
		}
		if again, failed := parseCertificate(as, der); err == nil && (failed != nil || string(again) != string(der)) {
			t.Errorf("written again: got %x, %v, want %x", again, failed, der)
		}
	})
}

// FuzzRecord: whatever stands in a record, it is in a state that the contract
// knows.
func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"key":"a","certificate":"MAA=","changes":[{"action":1,"done":true},{"action":0}]}`))
	f.Add([]byte(`{"key":"a","refused":true,"code":"17"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := parseRecord(data)
		if err != nil {
			return
		}
		switch out := r.outcome(); out.State {
		case ra.Pending, ra.Refused:
			if out.Certificate != nil {
				t.Errorf("%s with a certificate", out.State)
			}
		case ra.Issued, ra.Suspended, ra.Revoked:
			if out.Certificate == nil {
				t.Errorf("%s without a certificate", out.State)
			}
		default:
			t.Errorf("got %v", out.State)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Error(err)
		}
	})
}
