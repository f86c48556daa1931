package smev_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/smev"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// The shapes of all documents are pinned; of kinds without a schema nothing
// else holds them.
func TestGolden(t *testing.T) {
	nameless := subject()
	nameless.MiddleName = ""
	official := subject()
	official.Certificate.Owner = smev.OwnerOfficial
	byINN := subject()
	byINN.Organization.OGRN, byINN.OGRNIP = "", ""
	for name, kind := range kinds() {
		golden(t, name+".request", build(t, kind, subject()))
		golden(t, name+".response", sound()[name])
	}
	for name, s := range map[string]smev.Subject{"p002": nameless, "snils": nameless, "snilssearch": nameless, "inn": nameless, "innsearch": nameless} {
		golden(t, name+"-no-patronymic.request", build(t, kinds()[name], s))
	}
	golden(t, "esia-official.request", build(t, kinds()["esia"], official))
	golden(t, "egrul-by-inn.request", build(t, kinds()["egrul"], byINN))
	golden(t, "egrip-by-inn.request", build(t, kinds()["egrip"], byINN))
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name+".xml")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s:\ngot  %s\nwant %s", name, got, want)
	}
}

// A pinned answer says what its kind reads in it, without the fixtures that
// made it.
func TestGoldenAnswers(t *testing.T) {
	for name, kind := range kinds() {
		doc, err := os.ReadFile(filepath.Join("testdata", "golden", name+".response.xml"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := kind.Parse(doc, subject())
		if err != nil || got.Outcome != smev.Confirmed || !strings.Contains(string(doc), kind.ResponseRoot) {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
}
