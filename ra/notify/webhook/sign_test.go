package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/ra/notify/webhook"
)

// Deliveries of others: the one that the reference libraries of Standard
// Webhooks are tested with.
var vectors = []struct {
	secret, id, timestamp, body, signature string
	at                                     time.Time
}{
	{
		"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", `{"test": 2432232314}`,
		"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", time.Unix(1614265330, 0),
	},
}

func header(id, timestamp, signature string) http.Header {
	h := http.Header{}
	h.Set("webhook-id", id)
	h.Set("webhook-timestamp", timestamp)
	h.Set("webhook-signature", signature)
	return h
}

func TestVerify(t *testing.T) {
	for _, v := range vectors {
		secret, err := webhook.ParseSecret(v.secret)
		if err != nil {
			t.Fatalf("%s: %v", v.id, err)
		}
		if got := secret.Reveal(); got != v.secret {
			t.Errorf("%s: got secret %s, want %s", v.id, got, v.secret)
		}
		other := webhook.NewSecret()
		check := func(what string, want error, secrets []webhook.Secret, h http.Header, body string, at time.Time) {
			t.Helper()
			if err := webhook.Verify(secrets, h, []byte(body), at); !errors.Is(err, want) {
				t.Errorf("%s: %s: got %v, want %v", v.id, what, err, want)
			}
		}
		mine, good := []webhook.Secret{secret}, header(v.id, v.timestamp, v.signature)
		check("as it is", nil, mine, good, v.body, v.at)
		check("one of two secrets", nil, []webhook.Secret{other, secret}, good, v.body, v.at)
		check("one of two signatures", nil, mine, header(v.id, v.timestamp, "v1a,AAAA v1,AAAA "+v.signature), v.body, v.at)
		check("five minutes late", nil, mine, good, v.body, v.at.Add(5*time.Minute))
		check("later", webhook.ErrSignature, mine, good, v.body, v.at.Add(5*time.Minute+time.Second))
		check("early", webhook.ErrSignature, mine, good, v.body, v.at.Add(-5*time.Minute-time.Second))
		check("another secret", webhook.ErrSignature, []webhook.Secret{other}, good, v.body, v.at)
		check("no secret", webhook.ErrSignature, nil, good, v.body, v.at)
		keyless := hmac.New(sha256.New, nil)
		fmt.Fprintf(keyless, "%s.%s.%s", v.id, v.timestamp, v.body)
		forged := header(v.id, v.timestamp, "v1,"+base64.StdEncoding.EncodeToString(keyless.Sum(nil)))
		check("a zero secret", webhook.ErrSignature, []webhook.Secret{{}}, forged, v.body, v.at)
		check("another body", webhook.ErrSignature, mine, good, v.body+" ", v.at)
		check("another id", webhook.ErrSignature, mine, header(v.id+"x", v.timestamp, v.signature), v.body, v.at)
		check("another time", webhook.ErrSignature, mine, header(v.id, v.timestamp+"0", v.signature), v.body, v.at)
		check("time with a sign", webhook.ErrSignature, mine, header(v.id, "+"+v.timestamp, v.signature), v.body, v.at)
		check("no header", webhook.ErrSignature, mine, http.Header{}, v.body, v.at)
		check("another version", webhook.ErrSignature, mine, header(v.id, v.timestamp, "v2"+v.signature[2:]), v.body, v.at)
	}
}

func TestParseSecret(t *testing.T) {
	encode := func(n int) string { return "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, n)) }
	for text, good := range map[string]bool{
		encode(24): true, encode(32): true, encode(64): true, encode(23): false, encode(65): false, "": false,
		strings.TrimPrefix(encode(24), "whsec_"): false, encode(24) + "\n": false, "whsec_" + canary: false, strings.TrimSuffix(encode(32), "="): false,
	} {
		s, err := webhook.ParseSecret(text)
		if good != (err == nil) {
			t.Errorf("%q: got %v, want good %v", text, err, good)
		}
		if err != nil && text != "" && strings.Contains(err.Error(), strings.TrimPrefix(text, "whsec_")) {
			t.Errorf("the error repeats the secret: %v", err)
		}
		if shown := fmt.Sprintf("%v %+v %#v %s", s, s, s, struct{ S webhook.Secret }{s}); good && strings.Contains(shown, "AAAA") {
			t.Errorf("the secret shows: %s", shown)
		}
	}
}

func FuzzParseSecret(f *testing.F) {
	for _, v := range vectors {
		f.Add(v.secret)
	}
	f.Add("whsec_")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := webhook.ParseSecret(text)
		if err == nil && s.Reveal() != text {
			t.Errorf("got %q back, want %q", s.Reveal(), text)
		}
	})
}

// FuzzVerify: nothing but the signed delivery itself passes.
func FuzzVerify(f *testing.F) {
	v := vectors[0]
	secret, err := webhook.ParseSecret(v.secret)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(v.id, v.timestamp, v.signature, v.body)
	f.Add(v.id, "-9223372036854775808", "v1,", "")
	f.Add("msg.1614265330", "1614265330", v.signature+" "+v.signature, v.body)
	f.Fuzz(func(t *testing.T, id, timestamp, signature, body string) {
		err := webhook.Verify([]webhook.Secret{secret}, header(id, timestamp, signature), []byte(body), v.at)
		if err == nil && (id != v.id || timestamp != v.timestamp || body != v.body) {
			t.Errorf("a forged delivery passes: %q %q %q", id, timestamp, body)
		}
	})
}
