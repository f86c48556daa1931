package main

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/audit"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/workflow"
)

// files are a database with three requests, its key, the checkpoints kept
// outside of it, and one case.
type files struct{ key, other, trusted, db, caseFile string }

func newFiles(t *testing.T) files {
	t.Helper()
	ctx := t.Context()
	dir := t.TempDir()
	f := files{
		key: filepath.Join(dir, "pub.pem"), other: filepath.Join(dir, "other.pem"), trusted: filepath.Join(dir, "checkpoints.txt"),
		db: filepath.Join(dir, "ra.db"), caseFile: filepath.Join(dir, "case.zip"),
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var key *gost.PrivateKey
	for _, name := range []string{f.other, f.key} {
		var err error
		key, err = gost.GenerateKey(gost.TC26A256(), nil)
		must(err)
		must(os.WriteFile(name, csr.EncodePEM("PUBLIC KEY", gost.MarshalPKIXPublicKey(key.PublicKey())), 0o644))
	}
	store, err := sqlstore.Open(ctx, f.db)
	must(err)
	defer func() { must(store.Close()) }()
	clock := testenv.NewClock(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	sealer, err := audit.NewSealer(audit.Config{
		Store: store, Key: key, Origin: "ca.example.org/audit", Clock: clock, Export: audit.FileExport(f.trusted),
	})
	must(err)
	process, err := workflow.Lookup("personal-link")
	must(err)
	// Nothing of what lies outside is called: no effect runs.
	authority, err := ra.New(ra.Config{
		Store: store, Processes: []*workflow.Process{process}, Clock: clock, Log: slog.New(slog.DiscardHandler),
		Registers: struct{ smev.Verifier }{}, CA: struct{ ra.CA }{}, Signer: struct{ ra.MobileSigner }{},
		Notifier: struct{ ra.Notifier }{}, Printer: struct{ ra.Printer }{},
		Issuers: []*csr.Certificate{{}}, SignerAnchors: []*csr.Certificate{{}},
	})
	must(err)
	operator := ra.Actor{ID: "operator-17", Role: workflow.CAOperator}
	owner := ra.Actor{ID: "applicant", Role: workflow.Applicant}
	var id ra.ID
	for i := range 3 {
		form := applicant.Form(uint64(i))
		r, err := authority.Begin(ctx, operator, "personal-link", ra.Form{LegalForm: "person", Email: form.Email})
		must(err)
		clock.Advance(time.Second)
		_, err = authority.Fill(ctx, r.ID, owner, form)
		must(err)
		_, err = sealer.Seal(ctx)
		must(err)
		id = r.ID
	}
	var file bytes.Buffer
	must(audit.Export(ctx, authority, store, id, &file))
	must(os.WriteFile(f.caseFile, file.Bytes(), 0o600))
	return f
}

// tamper runs a statement on the database, its triggers removed before, as its
// owner can.
func (f *files) tamper(t *testing.T, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", f.db)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT name FROM sqlite_master WHERE type = 'trigger'")
	if err != nil {
		t.Fatal(err)
	}
	var triggers []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		triggers = append(triggers, name)
	}
	rows.Close()
	for _, name := range triggers {
		if _, err := db.Exec("DROP TRIGGER " + name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

func TestRun(t *testing.T) {
	f := newFiles(t)
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("text\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		want int
		says string
	}{
		{"database", []string{"-key", f.key, "-trusted", f.trusted, "-db", f.db}, 0, "подтверждено 3 из 3"},
		{"database alone", []string{"-key", f.key, "-db", f.db}, 0, "сверено 3,"},
		{"either key", []string{"-key", f.other, "-key", f.key, "-db", f.db}, 0, "Нарушений не найдено"},
		{"another key", []string{"-key", f.other, "-db", f.db}, 1, "подпись контрольной точки неверна"},
		{"case", []string{"-key", f.key, "-case", f.caseFile}, 0, "состояние draft"},
		{"case, trusted", []string{"-key", f.key, "-trusted", f.trusted, "-case", f.caseFile}, 0, "совпадает с хранимой отдельно"},
		{"case, another key", []string{"-key", f.other, "-case", f.caseFile}, 1, "НАРУШЕНИЯ: 1"},
		{"trusted of another key", []string{"-key", f.other, "-trusted", f.trusted, "-db", f.db}, 2, ""},
		{"no database", []string{"-key", f.key, "-db", text + ".db"}, 2, ""},
		{"no case", []string{"-key", f.key, "-case", text}, 2, ""},
		{"no key", []string{"-key", text, "-db", f.db}, 2, ""},
		{"no roots", []string{"-key", f.key, "-roots", text, "-case", f.caseFile}, 2, ""},
		{"nothing", nil, 2, ""},
		{"both", []string{"-key", f.key, "-db", f.db, "-case", f.caseFile}, 2, ""},
		{"help", []string{"-h"}, 0, ""},
	} {
		var stdout, stderr bytes.Buffer
		got := run(context.Background(), c.args, &stdout, &stderr)
		if got != c.want || !strings.Contains(stdout.String(), c.says) || got == 2 && (stdout.Len() > 0 || stderr.Len() == 0) {
			t.Errorf("%s: got %d, want %d and %q:\n%s%s", c.name, got, c.want, c.says, &stdout, &stderr)
		}
	}
	if _, err := os.Stat(text + ".db"); err == nil {
		t.Error("a missing database was made")
	}
}

func TestTampered(t *testing.T) {
	for _, c := range []struct{ name, statement, says string }{
		{"leaf changed", "UPDATE leaf SET body = CAST(replace(CAST(body AS TEXT), 'operator-17', 'operator-18') AS BLOB) WHERE place = 0", "записи журнала аудита изменены"},
		{"leaf deleted", "DELETE FROM leaf WHERE place = 1", "отсутствует, повторяется или стоит не на своём месте"},
		{"checkpoint deleted", "DELETE FROM checkpoint WHERE size = (SELECT min(size) FROM checkpoint)", "выданной контрольной точки нет в базе"},
		{"newest deleted", "DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)", "не покрыта ни одной контрольной точкой"},
		{"journal changed", "UPDATE line SET data = CAST(replace(CAST(data AS TEXT), 'operator-17', 'operator-18') AS BLOB) WHERE seq = 1", "запись журнала заявки не та"},
		{"journal cut short", "DELETE FROM line WHERE seq = 2", "записей журнала заявки не столько"},
		{"request changed", "UPDATE request SET data = CAST(replace(CAST(data AS TEXT), 'applicant-1', 'applicant-9') AS BLOB)", "журнал заявки не приводит к её состоянию"},
		{"state changed", "UPDATE request SET state = 'completed'", "журнал заявки не приводит к её состоянию"},
		{"request deleted", "DELETE FROM line; DELETE FROM task; DELETE FROM timer; DELETE FROM request", "отсутствует в базе"},
	} {
		f := newFiles(t)
		f.tamper(t, c.statement)
		var stdout, stderr bytes.Buffer
		got := run(context.Background(), []string{"-key", f.key, "-trusted", f.trusted, "-db", f.db}, &stdout, &stderr)
		if got != 1 || !strings.Contains(stdout.String(), c.says) {
			t.Errorf("%s: got %d, want 1 and %q:\n%s%s", c.name, got, c.says, &stdout, &stderr)
		}
	}
}
