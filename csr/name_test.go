package csr_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
)

func TestNameKeepsStringTypes(t *testing.T) {
	n := name(t)
	back, err := csr.ParseName(n.Raw())
	if err != nil {
		t.Fatal(err)
	}
	want := []csr.StringKind{csr.Numeric, csr.Printable, csr.UTF8}
	for i, a := range back.Attributes() {
		if a.Kind != want[i] {
			t.Errorf("%s: got %v, want %v", a, a.Kind, want[i])
		}
	}
	if !back.Equal(n) || back.Get(csr.SNILS) != "11223344595" {
		t.Errorf("got %s, want %s", back, n)
	}
}

func TestNewNameRefuses(t *testing.T) {
	for what, a := range map[string]csr.Attribute{
		"empty value":      csr.NewAttribute(csr.CommonName, ""),
		"letters in SNILS": csr.NewAttribute(csr.SNILS, "112-233"),
		"Cyrillic country": csr.NewAttribute(csr.Country, "РФ"),
		"Cyrillic e-mail":  csr.NewAttribute(csr.EmailAddress, "кот@example.org"),
		"broken UTF-8":     csr.NewAttribute(csr.CommonName, "\xff"),
		"NUL":              csr.NewAttribute(csr.CommonName, "a\x00b"),
		"BMPString":        {Type: csr.CommonName, Kind: csr.BMP, Value: "a"},
	} {
		n, err := csr.NewName(a)
		if err == nil {
			t.Errorf("%s: got %s, want it refused", what, n)
			continue
		}
		if strings.Contains(err.Error(), a.Value) && a.Value != "" && a.Value != "a" {
			t.Errorf("%s: the error shows the value: %v", what, err)
		}
	}
}

func TestParseNameOldStrings(t *testing.T) {
	// {CN BMPString "Ёж"}, {C PrintableString "RU"}, {O TeletexString "A\xe9"}
	raw, err := hex.DecodeString("3029" +
		"310d300b06035504031e0404010436" + "310b3009060355040613025255" + "310b3009060355040a140241e9")
	if err != nil {
		t.Fatal(err)
	}
	n, err := csr.ParseName(raw)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := n.String(), "CN=Ёж, C=RU, O=Aé"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if !bytes.Equal(n.Raw(), raw) {
		t.Error("the bytes were not kept")
	}
}

func TestParseNameRefuses(t *testing.T) {
	for what, text := range map[string]string{
		"nothing":            "",
		"not a SEQUENCE":     "3100",
		"an empty SET":       "30023100",
		"trailing bytes":     "300000",
		"an INTEGER value":   "300c310a300806035504030201 05",
		"UTF8String not":     "300c310a30080603550403 0c01ff",
		"odd BMPString":      "300c310a30080603550403 1e0141",
		"eight-bit IA5":      "300c310a30080603550403 1601ff",
		"indefinite lengths": "30800000",
	} {
		raw, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
		if err != nil {
			t.Fatal(what, err)
		}
		if n, err := csr.ParseName(raw); err == nil {
			t.Errorf("%s: got %s, want it refused", what, n)
		}
	}
}

func TestNameStringCannotImitate(t *testing.T) {
	n, err := csr.NewName(csr.NewAttribute(csr.CommonName, "A, SNILS=1\n+"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := n.String(), `CN=A\, SNILS\=1\0A\+`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
