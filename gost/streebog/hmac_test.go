package streebog_test

import (
	"bytes"
	"crypto/hmac"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"os"
	"testing"

	"github.com/surguch/surguch/gost/streebog"
)

// HMAC_GOSTR3411_2012_256 and _512 are crypto/hmac over the hashes (RFC 7836,
// section 4.1).
func TestHMAC(t *testing.T) {
	b, err := os.ReadFile("testdata/rfc7836/hmac.json")
	if err != nil {
		t.Fatal(err)
	}
	var examples []struct {
		Name              string
		Size              int
		Key, Message, MAC string
	}
	if err := json.Unmarshal(b, &examples); err != nil {
		t.Fatal(err)
	}
	if len(examples) != 2 {
		t.Fatalf("got %d examples, want 2", len(examples))
	}
	for _, e := range examples {
		var key, msg, want []byte
		for _, f := range []struct {
			to  *[]byte
			hex string
		}{{&key, e.Key}, {&msg, e.Message}, {&want, e.MAC}} {
			if *f.to, err = hex.DecodeString(f.hex); err != nil {
				t.Fatal(err)
			}
		}
		mac := hmac.New(map[int]func() hash.Hash{256: streebog.New256, 512: streebog.New512}[e.Size], key)
		// Reset keeps the states after the key and comes back to them.
		for range 3 {
			mac.Reset()
			mac.Write(msg[:5])
			if clone, err := mac.(hash.Cloner).Clone(); err != nil {
				t.Errorf("%s: Clone: %v", e.Name, err)
			} else {
				clone.Write([]byte("of no effect on mac"))
			}
			mac.Write(msg[5:])
			if got := mac.Sum(nil); !bytes.Equal(got, want) {
				t.Errorf("%s: got %x, want %x", e.Name, got, want)
			}
		}
	}
}

// HMAC is crypto/hmac over the hash.
func ExampleNew256_hmac() {
	mac := hmac.New(streebog.New256, []byte("a key of any length"))
	mac.Write([]byte("message"))
	fmt.Printf("%x\n", mac.Sum(nil))
	// Output: 4bc8891a4e693b03b543a1a4c899572b72043b1976433ce8d9b59cc340499fb5
}
