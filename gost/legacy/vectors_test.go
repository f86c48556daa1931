package legacy_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/surguch/surguch/gost/legacy"
)

// octets is a field of hexadecimal digits in a JSON file.
type octets []byte

func (o *octets) UnmarshalText(text []byte) (err error) {
	*o, err = hex.DecodeString(string(text))
	return err
}

func readJSON(t testing.TB, name string, v any) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// message returns n octets that are not all alike: the message of
// testdata/openssl.
func message(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*i + i>>3)
	}
	return b
}

func allSets() []*legacy.ParamSet { return append(legacy.ParamSets(), legacy.ParamSetTest()) }

func setNamed(t testing.TB, name string) *legacy.ParamSet {
	t.Helper()
	for _, s := range allSets() {
		if s.Name() == name {
			return s
		}
	}
	t.Fatalf("no parameter set %q", name)
	return nil
}
