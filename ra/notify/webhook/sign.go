package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Headers of a delivery.
const (
	headerID        = "Webhook-Id"
	headerTimestamp = "Webhook-Timestamp"
	headerSignature = "Webhook-Signature"
)

const (
	secretPrefix = "whsec_"
	minSecret    = 24 // octets, as the standard has it
	maxSecret    = 64
	version1     = "v1," // HMAC-SHA-256
	tolerance    = 5 * time.Minute
)

// Secret signs deliveries and verifies them. Its zero value does neither.
type Secret struct{ key []byte }

// NewSecret returns a secret of 32 octets of chance.
func NewSecret() Secret {
	s := Secret{make([]byte, 32)}
	rand.Read(s.key)
	return s
}

// ParseSecret reads a secret: "whsec_" and 24 to 64 octets in base64. The error
// does not repeat it.
func ParseSecret(text string) (Secret, error) {
	encoded, ok := strings.CutPrefix(text, secretPrefix)
	key, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if !ok || err != nil || len(key) < minSecret || len(key) > maxSecret || base64.StdEncoding.EncodeToString(key) != encoded {
		return Secret{}, fmt.Errorf("webhook: a secret is %s and %d to %d octets in base64", secretPrefix, minSecret, maxSecret)
	}
	return Secret{key}, nil
}

// Reveal writes the secret as ParseSecret reads it, to be given to the
// receiver.
func (s Secret) Reveal() string { return secretPrefix + base64.StdEncoding.EncodeToString(s.key) }

// String keeps the secret out of logs.
func (s Secret) String() string { return secretPrefix + "…" }

// GoString keeps the secret out of logs.
func (s Secret) GoString() string { return s.String() }

// signature signs a delivery: base64 of HMAC-SHA-256 over the identifier, the
// time in Unix seconds and the body, joined by dots.
func (s Secret) signature(id, timestamp string, body []byte) string {
	h := hmac.New(sha256.New, s.key)
	fmt.Fprintf(h, "%s.%s.", id, timestamp)
	h.Write(body)
	return version1 + base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// sign sets the headers of a delivery. Each secret signs, so that the receiver
// may change from one to the next in his own time.
func sign(header http.Header, secrets []Secret, id string, at time.Time, body []byte) {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	var signatures []string
	for _, s := range secrets {
		signatures = append(signatures, s.signature(id, timestamp, body))
	}
	header.Set(headerID, id)
	header.Set(headerTimestamp, timestamp)
	header.Set(headerSignature, strings.Join(signatures, " "))
}

// ErrSignature says that a delivery is not signed by any of the secrets, or
// was not signed in the last five minutes. It does not say which.
var ErrSignature = errors.New("webhook: the delivery is not signed, or not lately")

// Verify checks what a receiver got: that one of the secrets signed the body,
// and did so no more than five minutes before or after now. The error is
// ErrSignature. A receiver remembers the Webhook-Id of what it has dealt with,
// since a delivery may come twice.
func Verify(secrets []Secret, header http.Header, body []byte, now time.Time) error {
	id, timestamp := header.Get(headerID), header.Get(headerTimestamp)
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || id == "" || now.Sub(time.Unix(seconds, 0)).Abs() > tolerance {
		return ErrSignature
	}
	for _, given := range strings.Fields(header.Get(headerSignature)) {
		for _, s := range secrets {
			if len(s.key) >= minSecret && hmac.Equal([]byte(given), []byte(s.signature(id, timestamp, body))) {
				return nil
			}
		}
	}
	return ErrSignature
}
