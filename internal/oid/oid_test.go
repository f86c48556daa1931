package oid_test

import (
	"encoding/asn1"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/oid"
)

// TestTable reads the table's source: every identifier is one that DER can
// hold, and no two are the same.
func TestTable(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "oid.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{} // by identifier
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		var dotted []string
		for _, number := range v.Values[0].(*ast.CompositeLit).Elts {
			dotted = append(dotted, number.(*ast.BasicLit).Value)
		}
		name, id := v.Names[0].Name, strings.Join(dotted, ".")
		if twin := names[id]; twin != "" {
			t.Errorf("%s is %s, and so is %s", name, id, twin)
		}
		names[id] = name
		return true
	})
	if len(names) < 70 {
		t.Errorf("got %d identifiers, want the whole table", len(names))
	}
}

// TestNames checks the names of attributes that print.
func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for want, id := range map[string]asn1.ObjectIdentifier{
		"CN": oid.CommonName, "SN": oid.Surname, "G": oid.GivenName, "serialNumber": oid.SerialNumber,
		"C": oid.Country, "S": oid.StateOrProvince, "L": oid.Locality, "STREET": oid.StreetAddress,
		"O": oid.Organization, "OU": oid.OrganizationalUnit, "T": oid.Title, "E": oid.EmailAddress,
		"OGRN": oid.OGRN, "OGRNIP": oid.OGRNIP, "SNILS": oid.SNILS, "INN": oid.INN, "INNLE": oid.INNLE,
	} {
		if got := oid.Short(id); got != want {
			t.Errorf("%v: got %s, want %s", id, got, want)
		}
		if text := oid.Russian(id); text == id.String() || seen[text] {
			t.Errorf("%v: got %q, want a name of its own", id, text)
		}
		seen[oid.Russian(id)] = true
	}
	if got, want := oid.Short(oid.GOSTSign256), "1.2.643.7.1.1.3.2"; got != want || oid.Russian(oid.GOSTSign256) != want {
		t.Errorf("no attribute: got %s, want %s", got, want)
	}
}
