package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/testenv/outside"
)

// TestReadme runs what the README shows: curl drives the server from begin to
// certificate.
func TestReadme(t *testing.T) {
	shell := outside.Need(t, "bash")
	outside.Need(t, "curl")
	outside.Need(t, "openssl")
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```sh\n(.*?)```").FindSubmatch(readme)
	form := regexp.MustCompile("(?s)```json\n(.*?)```").FindSubmatch(readme)
	if block == nil || form == nil {
		t.Fatal("the README shows no session, or no form")
	}
	var fields map[string]string
	if err := json.Unmarshal(form[1], &fields); err != nil {
		t.Fatal(err)
	}
	delete(fields, "process")
	dir := t.TempDir()
	data, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "form.json"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, filepath.Join(dir, "dev"))
	script := strings.ReplaceAll(string(block[1]), "go run ./examples/token", `"$TOKENS"`)
	tokens := filepath.Join(dir, "token")
	if out, err := exec.Command("go", "build", "-C", root, "-o", tokens, "./examples/token").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := exec.Command(shell, "-euo", "pipefail", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "S="+r.base+prefix, "OPERATOR="+r.tokens["Оператор"], "TOKENS="+tokens)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), `"state":"completed"`) {
		t.Errorf("%v:\n%s", err, out)
	}
}
