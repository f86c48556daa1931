package legacy_test

import (
	"bytes"
	"crypto/hmac"
	"fmt"
	"log"
	"strings"
	"testing"

	"github.com/surguch/surguch/gost/legacy"
	"github.com/surguch/surguch/internal/testenv/outside"
)

func TestMAC(t *testing.T) {
	var vectors []struct {
		Set    string
		Key    octets
		Length int
		MAC    octets
	}
	readJSON(t, "testdata/openssl/mac.json", &vectors)
	for _, v := range vectors {
		m, err := legacy.NewMAC(v.Key, setNamed(t, v.Set))
		if err != nil {
			t.Fatal(err)
		}
		m.Write(message(v.Length))
		if got := m.Sum(nil); !bytes.Equal(got, v.MAC) {
			t.Errorf("%s, %d octets: got %x, want %x", v.Set, v.Length, got, v.MAC)
		}
	}
}

func TestMACInterface(t *testing.T) {
	for _, s := range allSets() {
		m, err := legacy.NewMAC(random(1, 32), s)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{0, 1, 8, 16, 17, 1024, 1025, 3000} {
			checkHash(t, m, legacy.MACSize, legacy.BlockSize, message(n), 1, 7, 8, 9, 1000, 1024, 3000)
		}
	}
}

// A message of less than two blocks is filled with zeros.
func TestMACShort(t *testing.T) {
	sum := func(msg []byte) []byte {
		m, err := legacy.NewMAC(random(1, 32), legacy.ParamSetB())
		if err != nil {
			t.Fatal(err)
		}
		m.Write(msg)
		return m.Sum(nil)
	}
	for n := range 16 {
		filled := make([]byte, 16)
		copy(filled, message(n))
		if got, want := sum(message(n)), sum(filled); !bytes.Equal(got, want) {
			t.Errorf("%d octets: got %x, want %x", n, got, want)
		}
	}
}

func FuzzMAC(f *testing.F) {
	f.Add(message(1100), uint(1030), uint(0))
	f.Add(message(20), uint(3), uint(5))
	f.Fuzz(func(t *testing.T, msg []byte, cut, set uint) {
		m, err := legacy.NewMAC(make([]byte, 32), allSets()[set%6])
		if err != nil {
			t.Fatal(err)
		}
		m.Write(msg)
		want := m.Sum(nil)
		i := cut % uint(len(msg)+1)
		m.Reset()
		m.Write(msg[:i])
		m.Sum(nil)
		m.Write(msg[i:])
		if got := m.Sum(nil); !bytes.Equal(got, want) {
			t.Errorf("%x cut at %d: got %x, want %x", msg, i, got, want)
		}
	})
}

// OpenSSL computes the same MAC of messages of this run. It knows two sets.
func TestOpenSSLMAC(t *testing.T) {
	o := outside.NewOpenSSL(t)
	for name, s := range map[string]*legacy.ParamSet{"gost-mac": legacy.ParamSetA(), "gost-mac-12": legacy.ParamSetZ()} {
		for i, n := range []int{5, 8, 500, 2060, 4096} {
			key, msg := random(byte(i), 32), random(byte(i+10), n)
			out := o.Run("dgst", "-mac", name, "-macopt", fmt.Sprintf("hexkey:%x", key), outside.File(t, "msg", msg))
			_, want, _ := strings.Cut(strings.TrimSpace(out), "= ")
			m, err := legacy.NewMAC(key, s)
			if err != nil {
				t.Fatal(err)
			}
			m.Write(msg)
			if got := fmt.Sprintf("%x", m.Sum(nil)); got != want {
				t.Errorf("%s of %d octets: got %s, want %s", name, n, got, want)
			}
		}
	}
}

func ExampleNewMAC() {
	mac, err := legacy.NewMAC(make([]byte, legacy.KeySize), legacy.ParamSetZ())
	if err != nil {
		log.Fatal(err)
	}
	mac.Write([]byte("message"))
	fmt.Println(hmac.Equal(mac.Sum(nil), []byte{0, 0, 0, 0}))
	// Output: false
}
