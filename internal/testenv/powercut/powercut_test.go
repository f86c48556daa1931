package powercut

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// log is as strace writes it: a file is made, synced with its directory, and
// written again; a second thread speaks between.
const log = `7 open("/d/a", O_RDWR|O_CREAT|O_CLOEXEC, 0600) = 3</d/a>
7 pwrite64(3</d/a>, "\x61\x62", 2, 0) = 2
7 fsync(3</d/a> <unfinished ...>
8 pwrite64(3</d/a>, "\x63", 1, 2) = 1
7 <... fsync resumed>)  = 0
7 fsync(4</d>) = 0
8 write(1<pipe:[5]>, "\x73\x61\x76\x65\x64\x0a", 6) = 6
8 pwrite64(3</d/a>, "\x7a", 1, 0) = 1
7 openat(AT_FDCWD</>, "\x2f\x64\x2f\x62", O_WRONLY|O_CREAT, 0600) = 5</d/b>
8 unlink("/d/a") = 0
8 unlink("/d/c") = -1 ENOENT (No such file or directory)
8 +++ exited with 0 +++
`

// TestModel takes the short log through every moment.
func TestModel(t *testing.T) {
	r, err := parse(strings.NewReader(log), "/d")
	if err != nil {
		t.Fatal(err)
	}
	var nothing, everything []string
	for m := range r.Moments() {
		nothing = append(nothing, contents(t, m, Nothing))
		everything = append(everything, contents(t, m, Everything))
	}
	for _, c := range []struct {
		what string
		got  []string
		want string
	}{
		// The octet c was written while the sync was on its way: not covered.
		{"nothing kept", nothing, "| | | |a=ab|a=ab|a=ab|a=ab|a=ab"},
		{"everything kept", everything, "a=|a=ab|a=abc|a=abc|a=abc|a=abc|a=zbc|a=zbc b=|b="},
	} {
		if got := strings.Join(c.got, "|"); strings.ReplaceAll(c.want, " |", "|") != got {
			t.Errorf("%s: got %s, want %s", c.what, got, c.want)
		}
	}
}

// TestTorn looks that a write of many sectors may be kept in part, sectors
// being whole, and that what was synced is never touched.
func TestTorn(t *testing.T) {
	d := newDisk()
	for i, o := range []op{
		{kind: opened, name: "a"},
		{kind: written, name: "a", data: []byte(strings.Repeat("o", 8192))},
		{kind: synced, name: "a", since: 2},
		{kind: synced, name: ".", since: 2},
		{kind: written, name: "a", data: []byte(strings.Repeat("n", 8192)), at: 1024},
	} {
		d.do(&o, i)
	}
	m := &Moment{disk: d}
	chance := rand.New(rand.NewPCG(1, 2))
	torn := 0
	for range 100 {
		got := contents(t, m, Some(chance))
		data := strings.TrimPrefix(got, "a=")
		if !strings.HasPrefix(data, strings.Repeat("o", 1024)) {
			t.Fatal("what was not written has changed")
		}
		both := 0
		for at := 0; at+512 <= len(data); at += 512 {
			sector := data[at : at+512]
			if strings.Trim(sector, sector[:1]) != "" {
				t.Fatalf("the sector at %d is torn", at)
			}
			if sector[0] == 'n' {
				both++
			}
		}
		if both > 0 && both < 16 {
			torn++
		}
	}
	if torn == 0 {
		t.Error("no write was torn")
	}
}

// TestStrange: what the model does not know is refused, not ignored.
func TestStrange(t *testing.T) {
	for _, line := range []string{
		`7 write(3</d/a>, "\x61", 1) = 1`,
		`7 pwrite64(3</d/a>, "\x61\x62", 2, 0) = 1`,
		`7 pwrite64(3</d/a>, "\x61"..., 2, 0) = 2`,
		`7 splice(3</d/a>) = 1`,
		`7 fsync(3</d/a>, "\x6`,
	} {
		if _, err := parse(strings.NewReader(line+"\n"), "/d"); err == nil {
			t.Errorf("%s: it was taken", line)
		}
	}
}

func contents(t *testing.T, m *Moment, keep Keep) string {
	t.Helper()
	dir := t.TempDir()
	if err := m.Image(dir, keep); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, f.Name()+"="+string(data))
	}
	return strings.Join(list, " ")
}
