// Package arch holds the test that keeps the house's imports in order: what a
// package may import is a row of a table, and third parties have one door
// each. README and the packages' comments describe the same picture.
package arch

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/surguch/surguch"

// allowed says what of this module a package may import, by prefix rows: the
// longest matching row counts. "x" is the package x, "x/..." everything under
// it as well.
var allowed = map[string][]string{
	"internal/der":         {},
	"internal/oid":         {},
	"internal/atomicfile":  {},
	"internal/arch":        {},
	"internal/filelock":    {},
	"internal/journey":     {"ra", "ra/ca/local", "ra/ca/catest", "ra/goskey", "smev", "smev/client", "smev/smevtest", "smev/xmldsig", "csr", "csr/cms", "csr/qualified", "gost", "token", "workflow", "internal/testenv/..."},
	"internal/workplace":   {"token", "token/cryptopro", "token/file", "token/pfx", "token/pkcs11", "token/softtoken", "csr"},
	"internal/testenv":     {},
	"internal/testenv/...": {"internal/testenv", "ra"},
	"gost":                 {"internal/der", "internal/oid", "gost/..."},
	"gost/...":             {"internal/der", "internal/oid", "gost/..."},
	"csr":                  {"gost/...", "internal/der", "internal/oid"},
	"csr/fetch":            {"csr", "csr/cms", "internal/der", "internal/oid"},
	"csr/cms":              {"csr", "gost/...", "internal/der", "internal/oid"},
	"csr/tsp":              {"csr", "csr/cms", "gost/...", "internal/der", "internal/oid"},
	"csr/qualified":        {"csr", "gost/...", "internal/der", "internal/oid"},
	"token":                {"csr", "gost"},
	"token/...":            {"token/...", "csr", "csr/cms", "gost/...", "internal/der", "internal/oid", "internal/atomicfile", "internal/filelock"},
	"smev/xmldsig":         {"csr", "gost/...", "internal/der", "internal/oid"},
	"smev":                 {"smev/xmldsig", "csr", "csr/cms", "gost/...", "smev/internal/...", "internal/der", "internal/oid"},
	"smev/...":             {"csr", "csr/cms", "gost/...", "smev/...", "internal/der", "internal/oid"},
	"workflow":             {},
	"ra":                   {"csr", "csr/cms", "csr/qualified", "smev", "workflow", "ra/internal/..."},
	"ra/internal/...":      {"gost/..."},
	"ra/audit":             {"ra", "ra/internal/...", "csr", "csr/cms", "gost/...", "workflow", "internal/atomicfile"},
	"ra/sqlstore":          {"ra", "ra/internal/...", "ra/goskey/channel", "workflow", "smev", "smev/client"},
	"ra/storetest":         {"ra", "workflow"},
	"ra/crashtest":         {},
	"ra/ca/local":          {"ra", "csr", "csr/qualified", "internal/oid", "internal/atomicfile", "internal/filelock"},
	"ra/ca/folder":         {"ra", "csr", "csr/qualified", "internal/atomicfile"},
	"ra/ca/catest":         {"ra", "csr", "csr/qualified"},
	"ra/goskey/...":        {"ra", "ra/goskey/...", "csr", "csr/cms", "csr/qualified", "gost", "smev/client"},
	"ra/mchd":              {"ra", "csr", "csr/cms", "csr/qualified", "smev/xmldsig"},
	"ra/files":             {"ra", "internal/atomicfile"},
	"ra/telemetry":         {"ra"},
	"ra/api":               {"ra", "csr", "csr/qualified", "workflow"},
	"ra/notify":            {"ra", "workflow", "ra/notify/..."},
	"ra/notify/...":        {"ra", "workflow", "ra/notify/...", "internal/filelock", "internal/atomicfile"},
	"ra/forms":             {"ra", "workflow", "csr", "csr/qualified", "gost/...", "internal/der", "internal/oid"},
	"examples/...":         {"..."},
}

// doors says which packages may import a third-party module, by prefix.
var doors = map[string][]string{
	"golang.org/x/crypto":                {"internal/der"},
	"golang.org/x/sys":                   {"ra/sqlstore"},
	"golang.org/x/term":                  {"internal/workplace"},
	"golang.org/x/text":                  {"ra"},
	"github.com/miekg/pkcs11":            {"token/pkcs11"},
	"modernc.org/sqlite":                 {"ra/sqlstore"},
	"github.com/pressly/goose":           {"ra/sqlstore"},
	"github.com/jackc/pgx":               {"ra/sqlstore", "internal/testenv/pg"},
	"github.com/riverqueue":              {"ra/sqlstore"},
	"github.com/transparency-dev/merkle": {"ra/audit"},
	"github.com/jlaffaye/ftp":            {"smev/client"},
	"github.com/wneessen/go-mail":        {"ra/notify/mail"},
	"codeberg.org/go-pdf/fpdf":           {"ra/forms"},
	"go.opentelemetry.io/otel":           {"ra/telemetry"},
	"rsc.io/qr":                          {"ra/forms"},
}

// listed is what `go list -json` tells of a package.
type listed struct {
	ImportPath                         string
	Standard                           bool
	Imports, TestImports, XTestImports []string
}

func TestImports(t *testing.T) {
	packages := list(t, "linux")
	packages = append(packages, list(t, "windows")...)
	seen := 0
	for _, p := range packages {
		seen++
		for _, fault := range faults(p) {
			t.Error(fault)
		}
	}
	if seen < 15 {
		t.Errorf("got %d packages, want the whole module", seen)
	}
}

// TestForbiddenEdge shows that the rules bite: each of these imports must be
// refused.
func TestForbiddenEdge(t *testing.T) {
	for _, edge := range [][2]string{
		{"gost", module + "/csr"},
		{"workflow", module + "/internal/oid"},
		{"ra", module + "/token"},
		{"ra", module + "/gost"},
		{"ra/sqlstore", module + "/ra/forms"},
		{"smev", module + "/ra"},
		{"csr", module + "/csr/cms"},
		{"csr", "golang.org/x/crypto/cryptobyte"},
		{"ra", "modernc.org/sqlite"},
		{"ra", "github.com/transparency-dev/merkle"},
		{"gost", "github.com/stretchr/testify/require"},
		{"newcomer", module + "/gost"},
	} {
		p := listed{ImportPath: module + "/" + edge[0], Imports: []string{edge[1]}}
		if len(faults(p)) == 0 {
			t.Errorf("%s may import %s, want it refused", edge[0], edge[1])
		}
	}
}

// faults lists the imports of p that no row allows.
func faults(p listed) (list []string) {
	name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
	row, ok := rowOf(name)
	if !ok {
		return []string{name + " has no row in the table of imports"}
	}
	for _, imported := range p.Imports {
		inside, local := strings.CutPrefix(imported, module+"/")
		switch {
		case local && !matchAny(row, inside):
			list = append(list, name+" imports "+inside+", which its row does not allow")
		case !local && !standard(imported) && !throughDoor(name, imported):
			list = append(list, name+" imports "+imported+", whose door is elsewhere")
		}
	}
	return list
}

// rowOf finds the row of the longest matching prefix.
func rowOf(name string) (row []string, ok bool) {
	best := -1
	for pattern, r := range allowed {
		if match(pattern, name) && len(pattern) > best {
			row, ok, best = r, true, len(pattern)
		}
	}
	return row, ok
}

func match(pattern, name string) bool {
	prefix, tree := strings.CutSuffix(pattern, "...")
	if !tree {
		return pattern == name
	}
	return strings.HasPrefix(name+"/", prefix)
}

func matchAny(patterns []string, name string) bool {
	for _, p := range patterns {
		if match(p, name) {
			return true
		}
	}
	return false
}

func throughDoor(name, imported string) bool {
	for prefix, packages := range doors {
		if strings.HasPrefix(imported, prefix) {
			return matchAny(packages, name)
		}
	}
	return false
}

// standard reports whether the path is of the standard library, whose first
// elements have no dot.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

func list(t *testing.T, goos string) (packages []listed) {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", module+"/...")
	cmd.Env = append(cmd.Environ(), "GOOS="+goos, "CGO_ENABLED=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.Bytes())
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages
		case err != nil:
			t.Fatalf("go list: %v", err)
		}
		packages = append(packages, p)
	}
}
