package pfx_test

import (
	"bytes"
	"encoding/asn1"
	"testing"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/token/pfx"
)

// seeds returns the examples of the standards, with the keys of their parts.
func seeds(f *testing.F) (files [][]byte, learnt *pfx.Learnt) {
	f.Helper()
	learnt = new(pfx.Learnt)
	for _, file := range [][]byte{vector(f, "tc26/pfx.hex"), rfc9548(f, "a2"), rfc9548(f, "a3")} {
		if err := learnt.Learn(tc26Password, file); err != nil {
			f.Fatal(err)
		}
		files = append(files, file)
	}
	return files, learnt
}

// FuzzParse: whatever is opened can be written and opened again, with the same
// keys and certificates; nothing comes with an error. Most seeds have no MAC,
// so that what is changed in them is read.
func FuzzParse(f *testing.F) {
	files, learnt := seeds(f)
	f.Add(unsealed())
	for _, file := range files {
		f.Add(file)
		f.Add(withoutMAC(f, file))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		c, err := learnt.Parse(tc26Password, file)
		if err != nil {
			if c != nil {
				t.Error("contents came with an error")
			}
			return
		}
		again, err := pfx.Marshal(c, password, pfx.Options{Iterations: few})
		if err != nil {
			t.Fatal(err)
		}
		got, err := pfx.Parse(again, password)
		if err != nil || len(got.Keys) != len(c.Keys) || len(got.Certificates) != len(c.Certificates) {
			t.Fatalf("got %v, %v", got, err)
		}
		for i, k := range got.Keys {
			if want := c.Keys[i]; k.Name != want.Name || !bytes.Equal(k.LocalID, want.LocalID) {
				t.Errorf("got key %q, %x, want %q, %x", k.Name, k.LocalID, want.Name, want.LocalID)
			}
		}
		for i, cert := range got.Certificates {
			if want := c.Certificates[i]; !bytes.Equal(cert.Raw, want.Raw) || cert.Name != want.Name || !bytes.Equal(cert.LocalID, want.LocalID) {
				t.Errorf("got another certificate")
			}
		}
	})
}

// withoutMAC takes the MAC off a file.
func withoutMAC(t testing.TB, file []byte) []byte {
	t.Helper()
	in, ok := der.ReadWhole(file, der.Sequence)
	var version, safe der.String
	if !ok || !in.ReadASN1Element(&version, der.Integer) || !in.ReadASN1Element(&safe, der.Sequence) {
		t.Fatal("no file")
	}
	return seq(version, safe)
}

// FuzzPBES2 reads the parameters of PBES2 and decrypts with them.
func FuzzPBES2(f *testing.F) {
	files, learnt := seeds(f)
	id := object(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13})
	for _, file := range files {
		for _, rest := range bytes.Split(file, id)[1:] {
			in := der.String(rest)
			params, ok := der.ReadRaw(&in, der.Sequence)
			if !ok {
				f.Fatal("no parameters")
			}
			f.Add(params, make([]byte, 64))
			f.Add(params, []byte{})
		}
	}
	f.Fuzz(func(t *testing.T, params, text []byte) {
		algorithm := der.AlgorithmIdentifier{OID: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}, Params: params}
		plain, err := learnt.Decrypt(tc26Password, algorithm, text)
		if (plain == nil) != (err != nil) || len(plain) > len(text) {
			t.Errorf("got %d octets out of %d, and %v", len(plain), len(text), err)
		}
	})
}
