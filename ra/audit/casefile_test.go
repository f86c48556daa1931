package audit_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/audit"
	"github.com/surguch/surguch/workflow"
)

func TestCaseFile(t *testing.T) {
	for _, keys := range []ra.CaseKeys{nil, vault{}} {
		w := newWorld(t, keys)
		other, id := w.completed(1), w.completed(3)
		w.completed(5)
		file := w.export(id)
		if !bytes.Equal(file, w.export(id)) {
			t.Error("the same case gives two files")
		}
		r, err := check(file, audit.VerifierOptions{Verifier: w.v})
		if err != nil {
			t.Fatal(err)
		}
		if r.Request != id || r.State != workflow.Completed || r.Origin != origin || r.Erased || r.Documents < 4 || len(r.Signatures) != 3 || len(r.Issued) != 1 {
			t.Errorf("got %+v", r)
		}
		for _, s := range r.Signatures {
			if s.Chained || s.Document.Kind+"_signature" != s.Signature.Kind {
				t.Errorf("got a signature %s over %s, chained %v", s.Signature.Kind, s.Document.Kind, s.Chained)
			}
		}
		trusted, err := w.v.Open(r.Checkpoint.Note)
		if err != nil {
			t.Fatal(err)
		}
		r, err = check(file, audit.VerifierOptions{Verifier: w.v, Anchors: w.roots, Trusted: []ra.Checkpoint{trusted}})
		if err != nil || !r.Signatures[0].Chained || !r.Known {
			t.Errorf("with anchors: got %+v, %v", r, err)
		}
		r, err = check(file, audit.VerifierOptions{Verifier: w.v, Anchors: w.roots[:1]})
		if !kinds(err)[audit.SignatureInvalid] {
			t.Errorf("with other anchors: got %+v, %v, want %s", r, err, audit.SignatureInvalid)
		}
		trusted.Root = make([]byte, 32)
		if _, err = check(file, audit.VerifierOptions{Verifier: w.v, Trusted: []ra.Checkpoint{trusted}}); !kinds(err)[audit.RootDiffers] {
			t.Errorf("with another trusted checkpoint: got %v, want %s", err, audit.RootDiffers)
		}
		foreign, err := audit.NewVerifier(nil, "", w.newKey().PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := check(file, audit.VerifierOptions{Verifier: foreign}); !kinds(err)[audit.CheckpointUnsigned] {
			t.Errorf("with another key: got %v, want %s", err, audit.CheckpointUnsigned)
		}
		readme := string(parts(t, file)["README.txt"])
		for _, want := range []string{string(id), "заявление на изготовление сертификата", "Как проверить"} {
			if !strings.Contains(readme, want) {
				t.Errorf("the README does not say %q:\n%s", want, readme)
			}
		}
		if strings.Contains(string(file), string(other)) {
			t.Error("the case file names another request")
		}

		report, err := audit.VerifyStore(w.ctx, w.store, w.v, audit.Options{})
		if err != nil || report.Opened+report.Closed != 3 || (report.Closed > 0) != (keys != nil) {
			t.Errorf("got %+v, %v", report, err)
		}
	}
}

// An erased case has lost its data, and its skeleton is still proven.
func TestErasedCase(t *testing.T) {
	w := newWorld(t, vault{})
	id := w.completed(3)
	before, err := check(w.export(id), audit.VerifierOptions{Verifier: w.v})
	if err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(time.Hour)
	if err := w.authority.Erase(w.ctx, id, operator, "срок хранения истёк"); err != nil {
		t.Fatal(err)
	}
	file := w.export(id)
	r, err := check(file, audit.VerifierOptions{Verifier: w.v, Anchors: w.roots})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Erased || r.State != workflow.Completed || r.Entries != before.Entries+1 || r.Documents+len(r.Signatures)+len(r.Issued) != 0 {
		t.Errorf("got %+v", r)
	}
	all := parts(t, file)
	if len(all) != 5 || !bytes.HasPrefix(all["journal.jsonl"], []byte("\n\n")) || !strings.Contains(string(all["README.txt"]), "Дело стёрто") {
		t.Errorf("got %d files", len(all))
	}
	journal(t, w, id)
	if _, err := audit.VerifyStore(w.ctx, w.store, w.v, audit.Options{}); err != nil {
		t.Error(err)
	}
}

// journal verifies the journal of one request.
func journal(t *testing.T, w *world, id ra.ID) ([]ra.Leaf, [][]byte, *ra.Request) {
	t.Helper()
	leaves, err := audit.LeavesOf(w.ctx, w.store, id)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := w.authority.Journal(w.ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	r := w.must(w.authority.Request(w.ctx, id))
	if err := audit.VerifyJournal(leaves, entries, r); err != nil {
		t.Error(err)
	}
	return leaves, entries, r
}

func TestVerifyJournal(t *testing.T) {
	w := newWorld(t, vault{})
	id := w.completed(3)
	w.export(id)
	w.completed(4) // not sealed
	leaves, entries, r := journal(t, w, id)
	clone := func() [][]byte { return append([][]byte{}, entries...) }
	tamper := func(i int, old, new string) [][]byte {
		c := clone()
		c[i] = bytes.Replace(c[i], []byte(old), []byte(new), 1)
		if bytes.Equal(c[i], entries[i]) {
			t.Fatalf("entry %d has no %q: %s", i+1, old, c[i])
		}
		return c
	}
	for what, c := range map[string]struct {
		journal [][]byte
		want    audit.FaultKind
	}{
		"a word changed":      {tamper(0, "example.org", "example.com"), audit.JournalDiffers},
		"the salt changed":    {tamper(0, `"salt":"`, `"salt":"A`), audit.JournalDiffers},
		"a space more":        {tamper(0, `"seq":1`, `"seq": 1`), audit.JournalDiffers},
		"no JSON":             {tamper(0, `{`, `[`), audit.JournalDiffers},
		"the last one gone":   {entries[:len(entries)-1], audit.JournalShort},
		"one more":            {append(clone(), entries[0]), audit.JournalShort},
		"none":                {nil, audit.JournalShort},
		"exchanged":           {append([][]byte{entries[1], entries[0]}, entries[2:]...), audit.JournalDiffers},
		"the first forgotten": {append([][]byte{nil}, entries[1:]...), audit.JournalShort},
		"a later forgotten":   {append([][]byte{entries[0], nil}, entries[2:]...), audit.JournalDiffers},
		"all forgotten":       {make([][]byte, len(entries)), audit.JournalShort},
	} {
		if err := audit.VerifyJournal(leaves, c.journal, r); !kinds(err)[c.want] {
			t.Errorf("%s: got %v, want %s", what, err, c.want)
		}
	}
	other := *r
	other.State = workflow.Rejected
	if err := audit.VerifyJournal(leaves, entries, &other); !kinds(err)[audit.StateDiffers] {
		t.Errorf("another state: got %v, want %s", err, audit.StateDiffers)
	}
	if err := audit.VerifyJournal(leaves[:3], entries[:3], r); !kinds(err)[audit.StateDiffers] {
		t.Errorf("cut short on both sides: got %v, want %s", err, audit.StateDiffers)
	}
}

func TestExportUnsealed(t *testing.T) {
	w := newWorld(t, nil)
	id := w.completed(3)
	if err := audit.Export(w.ctx, w.authority, w.store, id, io.Discard); !errors.Is(err, audit.ErrUnsealed) {
		t.Errorf("got %v, want ErrUnsealed", err)
	}
	if err := audit.Export(context.Background(), w.authority, w.store, "nothing", io.Discard); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

// parts are the files of a zip.
func parts(t testing.TB, file []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if all[f.Name], err = io.ReadAll(in); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// pack is a zip of files in the order of names, by the given method.
func pack(t testing.TB, all map[string][]byte, names []string, method uint16) []byte {
	t.Helper()
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for _, name := range names {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err == nil {
			_, err = f.Write(all[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func names(t testing.TB, file []byte) (list []string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		list = append(list, f.Name)
	}
	return list
}

// Every octet of every file but the README counts, and so does its presence.
func TestEveryCaseMutation(t *testing.T) {
	w := newWorld(t, nil)
	w.completed(1)
	id := w.completed(3)
	w.completed(5)
	file := w.export(id)
	all, order := parts(t, file), names(t, file)
	o := audit.VerifierOptions{Verifier: w.v}
	if again := pack(t, all, order, zip.Store); !bytes.Equal(again, file) {
		t.Fatal("packing again gives another file")
	}
	tried, some, each := 0, 40, 1
	if testing.Short() {
		some, each = 6, 7
	}
	found := func(what string, file []byte) {
		t.Helper()
		tried++
		if r, err := check(file, o); err == nil {
			t.Errorf("%s: got %+v, want it found", what, r)
		}
	}
	for _, name := range order {
		if name == "README.txt" {
			continue
		}
		data := all[name]
		step := max(1, len(data)/some)
		for i := 0; i < len(data); i += step {
			all[name] = bytes.Clone(data)
			all[name][i] ^= 1
			found(name, pack(t, all, order, zip.Store))
		}
		all[name] = data[:len(data)-1]
		found(name+" cut short", pack(t, all, order, zip.Store))
		all[name] = append(bytes.Clone(data), '\n')
		found(name+" longer", pack(t, all, order, zip.Store))
		all[name] = data
		var others []string
		for _, n := range order {
			if n != name {
				others = append(others, n)
			}
		}
		found("without "+name, pack(t, all, others, zip.Store))
	}
	for _, name := range []string{"trail.jsonl", "journal.jsonl"} {
		data := all[name]
		lines := bytes.SplitAfter(data, []byte("\n"))
		for i := 0; i < len(lines)-1; i += each {
			all[name] = bytes.Join(append(append([][]byte{}, lines[:i]...), lines[i+1:]...), nil)
			found(name+" without a line", pack(t, all, order, zip.Store))
			if i > 0 {
				lines[i-1], lines[i] = lines[i], lines[i-1]
				all[name] = bytes.Join(lines, nil)
				found(name+" with two lines exchanged", pack(t, all, order, zip.Store))
				lines[i-1], lines[i] = lines[i], lines[i-1]
			}
		}
		all[name] = data
	}
	all["documents/more.pdf"] = []byte("%PDF")
	found("a document more", pack(t, all, append(order, "documents/more.pdf"), zip.Store))
	t.Logf("%d falsifications, all found", tried)
}

func TestOpenHostile(t *testing.T) {
	w := newWorld(t, nil)
	file := w.export(w.completed(3))
	all, order := parts(t, file), names(t, file)
	all["../x"], all["x/y"], all["big"] = []byte("x"), []byte("x"), nil
	for what, file := range map[string][]byte{
		"nothing":           {},
		"no zip":            bytes.Repeat([]byte("x"), 100),
		"a comment":         append(bytes.Clone(file[:len(file)-2]), 1, 0, 'x'),
		"something before":  append([]byte("x"), file...),
		"something after":   append(bytes.Clone(file), 'x'),
		"cut short":         file[:len(file)-1],
		"compressed":        pack(t, all, order, zip.Deflate),
		"twice":             pack(t, all, append(order, "README.txt"), zip.Store),
		"a document twice":  pack(t, all, append(order, order[5]), zip.Store),
		"a way out":         pack(t, all, append(order, "../x"), zip.Store),
		"another folder":    pack(t, all, append(order, "x/y"), zip.Store),
		"another text":      pack(t, all, append(order, "big"), zip.Store),
		"without the trail": pack(t, all, append(append([]string{}, order[:2]...), order[3:]...), zip.Store),
	} {
		c, err := audit.OpenCaseFile(bytes.NewReader(file), int64(len(file)))
		if err == nil || c != nil || !strings.HasPrefix(err.Error(), "audit: case file: ") {
			t.Errorf("%s: got %v, %v, want an error", what, c != nil, err)
		}
	}
	many := make([]string, 5000)
	for i := range many {
		many[i] = "documents/x" + strings.Repeat("y", i%200)
	}
	if _, err := check(pack(t, all, many, zip.Store), audit.VerifierOptions{Verifier: w.v}); err == nil {
		t.Error("5000 files: got no error")
	}
	if _, err := check(file, audit.VerifierOptions{}); err == nil {
		t.Error("without a verifier: got no error")
	}
}

// shapeless are small zips for the fuzzer to begin with.
func shapeless(t testing.TB) [][]byte {
	texts := []string{"README.txt", "checkpoint.txt", "trail.jsonl", "journal.jsonl", "process.json"}
	all := map[string][]byte{
		"journal.jsonl": {'\n'}, "trail.jsonl": []byte("{\"place\":1,\"body\":\"\",\"proof\":[\"AA==\"]}\n"),
		"checkpoint.txt": []byte("a\n\n— b AAAAAQID\n"), "process.json": []byte("{}"), "documents/x.pdf": []byte("x"),
	}
	return [][]byte{
		pack(t, all, texts, zip.Store), pack(t, all, append(texts, "documents/x.pdf"), zip.Store),
		pack(t, all, texts[:3], zip.Store), pack(t, all, texts, zip.Deflate), pack(t, nil, nil, zip.Store),
	}
}

func FuzzOpenCaseFile(f *testing.F) {
	for _, file := range shapeless(f) {
		f.Add(file)
	}
	v := newVerifier(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := audit.OpenCaseFile(bytes.NewReader(data), int64(len(data)))
		if (err == nil) != (c != nil) {
			t.Errorf("got %v, %v", c != nil, err)
		}
		if err != nil {
			return
		}
		if r, err := c.Verify(audit.VerifierOptions{Verifier: v}); err == nil {
			t.Errorf("a forged case file: got %+v", r)
		}
	})
}

// FuzzCaseTexts changes the texts of a good case file: whatever still verifies
// says the same.
func FuzzCaseTexts(f *testing.F) {
	w := newWorld(f, vault{})
	id := w.completed(3)
	if err := w.authority.Erase(w.ctx, id, operator, "срок хранения истёк"); err != nil {
		f.Fatal(err)
	}
	all := parts(f, w.export(id))
	lines := bytes.SplitAfter(all["trail.jsonl"], []byte("\n"))
	f.Add(lines[0], all["journal.jsonl"])
	f.Add(bytes.Join(lines[:3], nil), []byte("\n\n{}\n"))
	f.Add(all["trail.jsonl"], all["journal.jsonl"])
	order := []string{"README.txt", "checkpoint.txt", "trail.jsonl", "journal.jsonl", "process.json"}
	good, err := check(pack(f, all, order, zip.Store), audit.VerifierOptions{Verifier: w.v})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, trail, journal []byte) {
		changed := maps.Clone(all)
		changed["trail.jsonl"], changed["journal.jsonl"] = trail, journal
		r, err := check(pack(t, changed, order, zip.Store), audit.VerifierOptions{Verifier: w.v})
		if err == nil && (r.Request != good.Request || r.Entries > good.Entries || r.Erased != good.Erased) {
			t.Errorf("got %+v", r)
		}
	})
}
