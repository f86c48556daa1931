package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/transparency-dev/merkle/rfc6962"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/streebog"
)

// rootOf is MTH of RFC 6962, section 2.1, literally.
func rootOf(h *hasher, leaves [][]byte) []byte {
	switch len(leaves) {
	case 0:
		return h.EmptyRoot()
	case 1:
		return h.HashLeaf(leaves[0])
	}
	k := 1
	for 2*k < len(leaves) {
		k *= 2
	}
	return h.HashChildren(rootOf(h, leaves[:k]), rootOf(h, leaves[k:]))
}

func TestTree(t *testing.T) {
	h := streebogHasher()
	tree := newTree(h)
	var leaves [][]byte
	for n := range 130 {
		if got, want := tree.root(), rootOf(h, leaves); !bytes.Equal(got, want) {
			t.Fatalf("%d leaves: got %x, want %x", n, got, want)
		}
		if c := tree.clone(); !bytes.Equal(c.root(), tree.root()) {
			t.Fatalf("%d leaves: the clone differs", n)
		}
		leaves = append(leaves, bytes.Repeat([]byte{byte(n)}, n))
		tree.add(leaves[n], nil)
	}
}

// The hasher with SHA-256 is the one of RFC 6962; with Streebog it is the
// prefixes and nothing else.
func TestHasher(t *testing.T) {
	ours, theirs := &hasher{h: sha256.New()}, rfc6962.DefaultHasher
	l, r := ours.HashLeaf([]byte("L123456")), ours.HashLeaf(nil)
	if !bytes.Equal(l, theirs.HashLeaf([]byte("L123456"))) || !bytes.Equal(r, theirs.HashLeaf(nil)) ||
		!bytes.Equal(ours.HashChildren(l, r), theirs.HashChildren(l, r)) || !bytes.Equal(ours.EmptyRoot(), theirs.EmptyRoot()) {
		t.Error("with SHA-256 the hasher is not that of RFC 6962")
	}
	want := streebog.Sum256([]byte("\x00L123456"))
	if got := streebogHasher().HashLeaf([]byte("L123456")); !bytes.Equal(got, want[:]) {
		t.Errorf("got %x, want %x", got, want)
	}
}

const goodText = "ca.example.org/audit\n5\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\nat 2026-11-22T09:00:00.000Z\nafter 0\n"

func TestParseStatement(t *testing.T) {
	if s, err := parseStatement([]byte(goodText)); err != nil || s.size != 5 || s.after != 0 || hex.EncodeToString(s.root[:3]) != "000102" {
		t.Fatalf("got %+v, %v", s, err)
	}
	for what, change := range map[string][2]string{
		"size 0":              {"\n5\n", "\n0\n"},
		"size with a zero":    {"\n5\n", "\n05\n"},
		"size with a sign":    {"\n5\n", "\n+5\n"},
		"size below zero":     {"\n5\n", "\n-5\n"},
		"size too large":      {"\n5\n", "\n9223372036854775808\n"},
		"no size":             {"\n5\n", "\n\n"},
		"short root":          {"AAEC", ""},
		"root in base64url":   {"Hh8=", "_h8="},
		"root with junk bits": {"Hh8=", "Hh9="},
		"root unpadded":       {"Hh8=", "Hh8"},
		"no time":             {"at 2026-11-22T09:00:00.000Z\n", ""},
		"another zone":        {"000Z", "000+03:00"},
		"time of seconds":     {".000Z", "Z"},
		"time of micros":      {".000Z", ".000000Z"},
		"no such day":         {"11-22", "11-31"},
		"after itself":        {"after 0", "after 5"},
		"after below zero":    {"after 0", "after -1"},
		"after with a zero":   {"after 0", "after 00"},
		"a further line":      {"after 0\n", "after 0\nmore\n"},
		"an empty line":       {"after 0\n", "after 0\n\n"},
		"no newline":          {"after 0\n", "after 0"},
		"origin with a space": {"ca.example", "ca example"},
		"origin with a plus":  {"ca.example", "ca+example"},
		"no origin":           {"ca.example.org/audit", ""},
		"carriage return":     {"\n5\n", "\r\n5\r\n"},
	} {
		text := strings.Replace(goodText, change[0], change[1], 1)
		if text == goodText {
			t.Fatalf("%s: changes nothing", what)
		}
		if s, err := parseStatement([]byte(text)); err == nil {
			t.Errorf("%s: got %+v, want an error", what, s)
		}
	}
}

func fixture(t testing.TB) (*Verifier, []byte) {
	t.Helper()
	raw := make([]byte, 32)
	raw[0] = 1
	key, err := gost.NewPrivateKey(gost.TC26A256(), raw)
	if err != nil {
		t.Fatal(err)
	}
	v, err := NewVerifier(nil, "", key.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	sig, err := key.SignMessage(nil, []byte(goodText), nil)
	if err != nil {
		t.Fatal(err)
	}
	return v, joinNote([]byte(goodText), signature{"ca.example.org/audit", keyID("ca.example.org/audit", v.keys[0].spki), sig})
}

func TestOpen(t *testing.T) {
	v, note := fixture(t)
	if _, err := v.Open(note); err != nil {
		t.Fatal(err)
	}
	witness := "— witness.example AAAAAQID\n"
	line := string(note[bytes.Index(note, []byte("\n\n"))+2:])
	for what, c := range map[string]struct {
		note string
		ok   bool
	}{
		"with a witness":       {string(note) + witness, true},
		"the witness first":    {goodText + "\n" + witness + line, true},
		"twice":                {string(note) + line, true},
		"the witness alone":    {goodText + "\n" + witness, false},
		"another text":         {strings.Replace(string(note), "\n5\n", "\n6\n", 1), false},
		"another name":         {strings.Replace(string(note), "— ca.", "— cb.", 1), false},
		"no signature":         {goodText + "\n", false},
		"no empty line":        {goodText + line, false},
		"no newline":           {strings.TrimSuffix(string(note), "\n"), false},
		"a newline more":       {string(note) + "\n", false},
		"a signature with tab": {strings.Replace(string(note), "— ", "—\t", 1), false},
		"a hyphen":             {strings.Replace(string(note), "— ", "- ", 1), false},
		"a broken witness":     {string(note) + "— witness.example AAAA\n", false},
		"too many":             {string(note) + strings.Repeat(witness, signaturesMost), false},
		"16 more":              {string(note) + strings.Repeat(witness, 16), true},
		"too long":             {string(note) + strings.Repeat(witness, noteMost/len(witness)), false},
		"empty":                {"", false},
		"not UTF-8":            {string(note) + "— \xff.example AAAAAQID\n", false},
		"two, one wrong":       {string(note) + flipLast(line), false},
	} {
		_, err := v.Open([]byte(c.note))
		if (err == nil) != c.ok {
			t.Errorf("%s: got %v, want ok %v", what, err, c.ok)
		}
	}
}

// flipLast changes the signature in a line.
func flipLast(line string) string {
	s, _ := parseSignature(strings.TrimSuffix(line, "\n"))
	s.value = bytes.Clone(s.value)
	s.value[len(s.value)-1] ^= 1
	return s.String() + "\n"
}

func FuzzOpen(f *testing.F) {
	v, note := fixture(f)
	f.Add(note)
	f.Add([]byte(goodText))
	f.Add([]byte("a\n\n— b AAAAAQID\n"))
	f.Fuzz(func(t *testing.T, note []byte) {
		if text, list, err := splitNote(note); err == nil {
			again := bytes.Clone(text)
			again = append(again, '\n')
			for _, s := range list {
				again = append(again, s.String()+"\n"...)
			}
			if !bytes.Equal(again, note) {
				t.Errorf("got %q, want %q", again, note)
			}
			if s, err := parseStatement(text); err == nil && !bytes.Equal(s.text(), text) {
				t.Errorf("got %q, want %q", s.text(), text)
			} else if err != nil && s != nil {
				t.Error("a statement with an error")
			}
		}
		c, err := v.Open(note)
		if err != nil && (c.Note != nil || c.Size != 0) {
			t.Error("a checkpoint with an error")
		}
		if err == nil && !bytes.HasPrefix(note, []byte(goodText)) {
			t.Errorf("a forged checkpoint: %q", note)
		}
		v.ReadExported(note)
	})
}
