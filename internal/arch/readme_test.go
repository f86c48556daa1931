package arch

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReadme compiles and runs every Go program of the README and compares
// what it prints with its Output comment; it also keeps the README short and
// its file names true.
func TestReadme(t *testing.T) {
	data, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(data)
	programs := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(readme, -1)
	if len(programs) == 0 {
		t.Fatal("the README has no example")
	}
	for i, p := range programs {
		_, want, found := strings.Cut(p[1], "// Output: ")
		if !found {
			t.Errorf("program %d has no Output comment", i+1)
		}
		want, _, _ = strings.Cut(want, "\n")
		file := filepath.Join(t.TempDir(), "main.go")
		if err := os.WriteFile(file, []byte(p[1]), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("go", "run", file).CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("program %d: got %s (%v), want %s", i+1, out, err, want)
		}
	}
	if n := strings.Count(readme, "\n"); n > 200 {
		t.Errorf("the README has %d lines, want at most 200", n)
	}
	for _, name := range regexp.MustCompile("`([a-z]+(?:/[a-z]+)*/[a-z]+\\.go)`").FindAllStringSubmatch(readme, -1) {
		if _, err := os.Stat(filepath.Join("../..", name[1])); err != nil {
			t.Errorf("the README names %s, which is not there", name[1])
		}
	}
}
