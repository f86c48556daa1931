package ftp_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/testenv/outside"
	"github.com/surguch/surguch/smev/internal/ftp"
)

// TestCurl lets curl do what a member of SMEV does: upload under a UUID,
// download what is there, in both passive modes.
func TestCurl(t *testing.T) {
	curl := outside.Need(t, "curl")
	tree, address := upload(t, ftp.Config{}, ftp.Limits{File: 1 << 20})
	folder := "ftp://" + address + "/8ac9a002-c751-11eb-bc0d-001a4a165f5b/"
	octets := strings.Repeat("\x00\r\nЗаявление\n", 10000)
	file := outside.File(t, "SignedContent.zip", []byte(octets))
	for _, mode := range []string{"--ftp-pasv", "--disable-epsv"} {
		run := func(args ...string) (string, error) {
			args = append([]string{"--silent", "--show-error", "--noproxy", "*", "--user", "u:p", mode}, args...)
			cmd := exec.Command(curl, args...)
			cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
			out, err := cmd.CombinedOutput()
			return string(out), err
		}
		if out, err := run("--upload-file", file, "--ftp-create-dirs", folder); err != nil {
			t.Fatalf("%s: upload: %v: %s", mode, err, out)
		}
		if out, err := run(folder + filepath.Base(file)); err != nil || out != octets {
			t.Errorf("%s: download: got %d octets, %v", mode, len(out), err)
		}
		if out, err := run("--list-only", folder); err != nil || strings.TrimSpace(out) != "SignedContent.zip" {
			t.Errorf("%s: list: got %q, %v", mode, out, err)
		}
		large := outside.File(t, "large", make([]byte, 2<<20))
		if out, err := run("--upload-file", large, folder); err == nil {
			t.Errorf("%s: too large: got %q, want it refused", mode, out)
		}
		files := tree.Take("/8ac9a002-c751-11eb-bc0d-001a4a165f5b")
		if len(files) != 1 || string(files["SignedContent.zip"]) != octets {
			t.Errorf("%s: got %d files", mode, len(files))
		}
		if out, err := run(folder + filepath.Base(file)); err == nil {
			t.Errorf("%s: taken: got %d octets, want nothing", mode, len(out))
		}
	}
}
