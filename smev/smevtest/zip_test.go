package smevtest_test

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"
)

// unzip returns the files of an archive by name.
func unzip(t *testing.T, archive []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r := must(f.Open())
		files[f.Name] = string(must(io.ReadAll(r)))
		r.Close()
	}
	return files
}
