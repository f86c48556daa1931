package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/surguch/surguch/internal/testenv/pg"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/channel"
	packagetest "github.com/surguch/surguch/ra/goskey/channel/storetest"
	"github.com/surguch/surguch/ra/sqlstore"
)

func TestPackages(t *testing.T) {
	t.Parallel()
	for name, open := range databases {
		for how, keys := range sealings {
			t.Run(name+" "+how, func(t *testing.T) {
				t.Parallel()
				packagetest.Run(t, func(t *testing.T) channel.Store { return open(t).Packages(keys) })
			})
		}
	}
}

// TestPackagesReopened: what is there is there after closing.
func TestPackagesReopened(t *testing.T) {
	t.Parallel()
	for how, keys := range sealings {
		path, url := filepath.Join(t.TempDir(), "ra.db"), pg.Start(t)
		for name, open := range map[string]func() *sqlstore.Store{
			"SQLite":     func() *sqlstore.Store { return open(t, path) },
			"PostgreSQL": func() *sqlstore.Store { return openPostgres(t, sqlstore.PostgresConfig{URL: url}) },
		} {
			t.Run(name+" "+how, func(t *testing.T) {
				var s *sqlstore.Store
				packagetest.RunDurable(t, func(t *testing.T) channel.Store {
					s = open()
					return s.Packages(keys)
				}, func(t *testing.T, _ channel.Store) channel.Store {
					if err := s.Close(); err != nil {
						t.Fatal(err)
					}
					s = open()
					return s.Packages(keys)
				})
			})
		}
	}
}

// packageOf is a package about a request, marked with words that must not be
// read by others.
func packageOf(id ra.ID, mark string) channel.Package {
	p := packagetest.Full(string(id) + "/sign_application/7")
	p.Request.Title, p.Request.Documents[0].Data = "Заявление "+mark, []byte("document "+mark)
	p.Progress = []byte("progress " + mark)
	return p
}

func packageWords(mark string) []string {
	return []string{"Заявление " + mark, "document " + mark, "progress " + mark, "outcome " + mark, "signature " + mark}
}

// fillPackage adds a package and brings it to its end.
func fillPackage(t testing.TB, k *sqlstore.Packages, p channel.Package, mark string) channel.Package {
	t.Helper()
	p, err := k.Add(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	p.Outcome = ra.Operation{State: ra.Signed, Reason: "outcome " + mark, Signatures: [][]byte{[]byte("signature " + mark)}}
	if err := k.Save(ctx, p); err != nil {
		t.Fatal(err)
	}
	p.Version++
	return p
}

// TestPackagesSealed looks for what is sealed in every octet of every file.
func TestPackagesSealed(t *testing.T) {
	for how, keys := range sealings {
		dir := t.TempDir()
		s := open(t, filepath.Join(dir, "ra.db"))
		fillPackage(t, s.Packages(keys), packageOf(first, "canary"), "canary")
		list := holds(t, dir, append(packageWords("canary"), "11223344595", "sign_application")...)
		if keys != nil && len(list) > 0 {
			t.Errorf("got in a file:\n%s", strings.Join(list, "\n"))
		}
		if keys == nil && len(list) < 7 {
			t.Errorf("%s: got %d words, want all: the test looks in the wrong place", how, len(list))
		}
		if keys != nil && len(holds(t, dir, "wrapped for "+string(first))) == 0 {
			t.Error("the key is not there, wrapped for its request")
		}
	}
}

// TestErasePackages erases a request: nothing of its packages is left, and
// everything of the others'.
func TestErasePackages(t *testing.T) {
	t.Parallel()
	for name, openOne := range databases {
		for how, keys := range sealings {
			dir := t.TempDir()
			s := openOne(t)
			if name == "SQLite" {
				s = open(t, filepath.Join(dir, "erased.db"))
			}
			k := s.Packages(keys)
			save(t, s, change(first, 0))
			gone := fillPackage(t, k, packageOf(first, "gone"), "gone")
			stays := fillPackage(t, k, packageOf(second, "stays"), "stays")
			alone := fillPackage(t, k, packagetest.Full("alone"), "alone")
			save(t, s, blank(first, 1))
			if _, err := k.Load(ctx, gone.ID); !errors.Is(err, ra.ErrNotFound) {
				t.Errorf("%s %s: got %v, want ErrNotFound", name, how, err)
			}
			if err := k.Save(ctx, gone); !errors.Is(err, channel.ErrConflict) {
				t.Errorf("%s %s: saved after it was erased: got %v, want ErrConflict", name, how, err)
			}
			for _, want := range []channel.Package{stays, alone} {
				if got, err := k.Load(ctx, want.ID); err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("%s %s: of others: got %.200s, %v", name, how, fmt.Sprint(got), err)
				}
			}
			if list := holds(t, dir, append(packageWords("gone"), "wrapped for "+string(first), string(gone.ID))...); len(list) > 0 {
				t.Errorf("%s: got traces:\n%s", how, strings.Join(list, "\n"))
			}
		}
	}
}

// TestForgetPackage looks for what was forgotten in every octet of every file.
func TestForgetPackage(t *testing.T) {
	for how, keys := range sealings {
		dir := t.TempDir()
		k := open(t, filepath.Join(dir, "ra.db")).Packages(keys)
		gone := fillPackage(t, k, packagetest.Full("alone"), "gone")
		stays := fillPackage(t, k, packageOf(second, "stays"), "stays")
		if err := k.Forget(ctx, gone.ID); err != nil {
			t.Fatal(err)
		}
		if list := holds(t, dir, append(packageWords("gone"), string(gone.ID), "%PDF alone")...); len(list) > 0 {
			t.Errorf("%s: got traces:\n%s", how, strings.Join(list, "\n"))
		}
		if got, err := k.Load(ctx, stays.ID); err != nil || !reflect.DeepEqual(got, stays) {
			t.Errorf("%s: of others: got %.200s, %v", how, fmt.Sprint(got), err)
		}
	}
}

// TestPackagesCopied: a copy in the other database answers the same.
func TestPackagesCopied(t *testing.T) {
	t.Parallel()
	for how, keys := range sealings {
		from, to, back := databases["SQLite"](t), databases["PostgreSQL"](t), databases["SQLite"](t)
		over := fillPackage(t, from.Packages(keys), packageOf(first, "over"), "over")
		waiting, err := from.Packages(keys).Add(ctx, packageOf(second, "waiting"))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(from.CopyTo(ctx, to), to.CopyTo(ctx, back)); err != nil {
			t.Fatal(err)
		}
		for name, s := range map[string]*sqlstore.Store{"PostgreSQL": to, "SQLite": back} {
			for _, want := range []channel.Package{over, waiting} {
				if got, err := s.Packages(keys).Load(ctx, want.ID); err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("%s %s: got %.200s, %v", name, how, fmt.Sprint(got), err)
				}
			}
		}
		if got, want := dump(t, back), dump(t, from); !slices.Equal(got, want) {
			t.Errorf("%s: there and back it is not the same", how)
		}
	}
}

// TestWrongPackageKeys: what does not open is an error that names the package
// and nothing of the person, and nothing is written over it.
func TestWrongPackageKeys(t *testing.T) {
	s := databases["SQLite"](t)
	p := fillPackage(t, s.Packages(ring{mask: 0x5a}), packageOf(first, "canary"), "canary")
	before := dump(t, s)
	for what, c := range map[string]struct {
		keys ra.CaseKeys
		says string
	}{
		"another key": {ring{mask: 0x33}, "does not open"},
		"none":        {nil, "no keys"},
		"lost":        {lost{}, errLost.Error()},
		"no key":      {short{}, "no key"},
	} {
		k := s.Packages(c.keys)
		for where, call := range map[string]func() (channel.Package, error){
			"load": func() (channel.Package, error) { return k.Load(ctx, p.ID) },
			"add":  func() (channel.Package, error) { return k.Add(ctx, p) }, // returns the one that is there
			"save": func() (channel.Package, error) { return channel.Package{}, k.Save(ctx, p) },
		} {
			got, err := call()
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), string(p.ID)) || strings.Contains(err.Error(), "canary") {
				t.Errorf("%s, %s: got %v", what, where, err)
			}
			if got.ID != "" || got.Request.Key != "" {
				t.Errorf("%s, %s: got a package with the error", what, where)
			}
		}
	}
	for _, keys := range []ra.CaseKeys{lost{}, short{}} {
		if _, err := s.Packages(keys).Add(ctx, packageOf(second, "x")); err == nil {
			t.Error("what could not be wrapped is stored")
		}
	}
	if after := dump(t, s); !slices.Equal(before, after) {
		t.Error("something was written")
	}
}

// TestOldProgress: an older progress of a package is not taken for its newest,
// nor that of another package.
func TestOldProgress(t *testing.T) {
	s := databases["SQLite"](t)
	k := s.Packages(ring{mask: 0x5a})
	p, err := k.Add(ctx, packageOf(first, "x"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Exec(`CREATE TABLE older AS SELECT progress FROM package`); err != nil {
		t.Fatal(err)
	}
	p.Outcome = channel.Withdrawn()
	if err := k.Save(ctx, p); err != nil {
		t.Fatal(err)
	}
	if err := s.Exec(`UPDATE package SET progress = (SELECT progress FROM older)`); err != nil {
		t.Fatal(err)
	}
	if got, err := k.Load(ctx, p.ID); err == nil {
		t.Errorf("got a package whose end was undone: %s", got.Outcome.State)
	}
}

// TestRefusedPackages are mistakes of their makers: nothing is written.
func TestRefusedPackages(t *testing.T) {
	for name, open := range databases {
		s := open(t)
		k := s.Packages(nil)
		for what, spoil := range map[string]func(p *channel.Package){
			"no ID":               func(p *channel.Package) { p.ID = "" },
			"ID is no text":       func(p *channel.Package) { p.ID = "\x00" },
			"title is no text":    func(p *channel.Package) { p.Request.Title = "Канарейкин\xff" },
			"document is no text": func(p *channel.Package) { p.Request.Documents[0].Name = "Канарейкин\xff" },
			"reason is no text":   func(p *channel.Package) { p.Outcome.Reason = "Канарейкин\xff" },
			"no year":             func(p *channel.Package) { p.Request.Deadline = p.Request.Deadline.AddDate(17000, 0, 0) },
		} {
			p := packageOf(first, "x")
			spoil(&p)
			if _, err := k.Add(ctx, p); err == nil || strings.Contains(err.Error(), "Канарейкин") {
				t.Errorf("%s, %s: got %v", name, what, err)
			}
		}
		if rows := dump(t, s); len(rows) > 0 {
			t.Errorf("%s: got %d rows, want none", name, len(rows))
		}
		if _, err := k.Load(ctx, "\xff"); !errors.Is(err, ra.ErrNotFound) {
			t.Errorf("%s: got %v, want ErrNotFound", name, err)
		}
	}
}

// TestBrokenPackages: what does not parse is an error that quotes nothing.
func TestBrokenPackages(t *testing.T) {
	s := databases["SQLite"](t)
	k := s.Packages(nil)
	p := fillPackage(t, k, packageOf(first, "x"), "x")
	for column, list := range map[string][]string{
		"request": {
			"", "\n", "Канарейкин\n", `{"documents":[{"size":-1}]}` + "\n", `{"documents":[{"size":3}]}` + "\nab", `{"documents":[{"size":1}]}` + "\nab",
			`{"documents":[{"size":1},{"size":9223372036854775807}]}` + "\na", `{"deadline":"Канарейкин"}` + "\n",
		},
		"progress": {"", "Канарейкин\n", `{"progress":-1}` + "\n", `{"progress":3}` + "\nab", `{"progress":1,"signatures":[2]}` + "\nab", `{"progress":1}` + "\nab"},
	} {
		for _, data := range list {
			if err := s.Exec(`UPDATE package SET `+column+` = $1`, []byte(data)); err != nil {
				t.Fatal(err)
			}
			if got, err := k.Load(ctx, p.ID); err == nil || got.ID != "" || strings.Contains(err.Error(), "Канарейкин") {
				t.Errorf("%s %q: got %v, %v", column, data, got.ID, err)
			}
		}
		if err := s.Exec(`DELETE FROM package`); err != nil {
			t.Fatal(err)
		}
		p = fillPackage(t, k, packageOf(first, "x"), "x")
	}
}

// TestPackageRace: two nodes go on with the same package, and each version is
// saved by one of them, whatever isolation the server likes best.
func TestPackageRace(t *testing.T) {
	stores, _ := nodes(t)
	for round := range races() / 4 {
		p := packageOf(first, "x")
		p.ID += ra.OperationID(fmt.Sprint(round))
		p.Request.Documents = p.Request.Documents[:1]
		var wg sync.WaitGroup
		var mu sync.Mutex
		titles, saves := map[string]bool{}, 0
		for i := range 4 {
			wg.Go(func() {
				mine := p
				mine.Request.Title = fmt.Sprint("added by ", i)
				got, err := stores[i%2].Packages(ring{mask: 0x5a}).Add(ctx, mine)
				if err != nil {
					t.Error(err)
					return
				}
				got.Version = 0
				err = stores[i%2].Packages(ring{mask: 0x5a}).Save(ctx, got)
				mu.Lock()
				defer mu.Unlock()
				titles[got.Request.Title] = true
				switch {
				case err == nil:
					saves++
				case !errors.Is(err, channel.ErrConflict):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if len(titles) != 1 || saves != 1 {
			t.Fatalf("got %d packages and %d saves of one version, want one each", len(titles), saves)
		}
	}
}

// TestPackageMeanwhile: somebody adds the package, or erases its request,
// between what Add or Save reads and what it writes.
func TestPackageMeanwhile(t *testing.T) {
	for name, open := range databases {
		s := open(t)
		others, keys := s.Packages(ring{mask: 0x5a}), &meddler{ring: ring{mask: 0x5a}}
		k := s.Packages(keys)
		save(t, s, change(first, 0))
		theirs := packageOf(first, "theirs")
		keys.meddle = func() {
			if _, err := others.Add(context.WithoutCancel(ctx), theirs); err != nil {
				t.Error(err)
			}
		}
		got, err := k.Add(ctx, packageOf(first, "ours"))
		if err != nil || !reflect.DeepEqual(got, theirs) {
			t.Errorf("%s: got %q, %v, want the one that somebody else has added", name, got.Request.Title, err)
		}
		keys.meddle = func() { save(t, s, blank(first, 1)) }
		if err := k.Save(ctx, got); !errors.Is(err, channel.ErrConflict) {
			t.Errorf("%s: got %v, want ErrConflict", name, err)
		}
		for _, line := range dump(t, s) {
			if strings.HasPrefix(line, "package|") {
				t.Errorf("%s: got %.100s after its request was erased", name, line)
			}
		}
	}
}
