package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/workflow"
)

// carriers are the places that the journeys are made on.
var carriers = map[string]struct{ kind, pin, curve string }{
	"soft": {"soft:", "12345678", "CryptoPro-A"},
	"pfx":  {"pfx:", "Сургуч-и-печать-17", "512-A"},
}

// workstation is a new one for a request, with an empty carrier.
func (o *office) workstation(t *testing.T, carrier, id, marker string) *workstation {
	c := carriers[carrier]
	dir := t.TempDir()
	phone, _ := o.phones.Load(id)
	number, _ := phone.(string) // none, if there is no such request
	return &workstation{
		t: t, server: o.server, dir: dir, id: id, marker: marker, phone: number,
		place: c.kind + filepath.Join(dir, "carrier"), pin: c.pin, curve: c.curve, state: filepath.Join(dir, "state"),
	}
}

// TestOwnWorkplace is branch 7.1 of seed 002: the owner makes the keys at home.
func TestOwnWorkplace(t *testing.T) { testBranch(t, true, workflow.OriginalsPending) }

// TestAtAgent is branch 7.2: the agent makes them while the owner waits.
func TestAtAgent(t *testing.T) { testBranch(t, false, workflow.Handover) }

func testBranch(t *testing.T, own bool, end workflow.State) {
	t.Parallel()
	s := startServer(t)
	for name := range carriers {
		if name != carrierOf(name == "pfx") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, s)
			id, marker := o.request(seedOf(t), own)
			w := o.workstation(t, name, id, marker)
			got := w.rqmaker("")
			if got.status != 0 {
				t.Fatalf("status %d\n%s%s\n%s", got.status, got.stdout, got.stderr, s.output.String())
			}
			o.mustHold(w, end)
			for _, want := range []string{"Квитанция", id, w.place} {
				if !strings.Contains(got.stdout, want) {
					t.Errorf("the receipt lacks %q:\n%s", want, got.stdout)
				}
			}
			for _, secret := range []string{marker, w.pin, strings.ReplaceAll(marker, "-", "")} {
				if strings.Contains(strings.ToUpper(got.stdout+got.stderr), strings.ToUpper(secret)) {
					t.Errorf("the output shows a secret:\n%s%s", got.stdout, got.stderr)
				}
			}
			o.finish(id, own)
		})
	}
}

// seedOf is a number of its own for each test, of which an invented person is
// made.
func seedOf(t *testing.T) (seed uint64) {
	for _, c := range []byte(t.Name()) {
		seed = seed*131 + uint64(c)
	}
	return seed % 1_000_000
}

// mustHold proves that the request has come to its end at the workstation: one
// key pair on the carrier, one request and one certificate at the authority,
// the certificate beside the key that signs under it, and nothing left of what
// was begun.
func (o *office) mustHold(w *workstation, end workflow.State) {
	w.t.Helper()
	var view struct {
		State     workflow.State
		Documents []struct{ Kind string }
	}
	if err := json.Unmarshal(o.operator.do(http.MethodGet, of(w.id, ""), "", nil), &view); err != nil {
		w.t.Fatal(err)
	}
	count := map[string]int{}
	for _, d := range view.Documents {
		count[d.Kind]++
	}
	if view.State != end || count["request"] != 1 || count["certificate"] != 1 || count["certificate_sheet_signature"] != 1 || count["refused_certificate"] != 0 {
		w.t.Errorf("got %s with %v, want %s with one of each", view.State, count, end)
	}
	certificate, err := csr.Standard().ParseCertificate(o.operator.do(http.MethodGet, of(w.id, "/certificate"), "", nil))
	if err != nil {
		w.t.Fatal(err)
	}
	place, err := workplace.ParsePlace(w.place)
	if err != nil {
		w.t.Fatal(err)
	}
	carrier, err := workplace.Open(w.t.Context(), place, workplace.Config{PIN: token.FixedPIN(w.pin)})
	if err != nil {
		w.t.Fatal(err)
	}
	defer carrier.Close()
	entries, err := carrier.List(w.t.Context())
	if err != nil || len(entries) != 1 {
		w.t.Fatalf("got %d key pairs, %v, want 1", len(entries), err)
	}
	if err := token.Verify(w.t.Context(), carrier, entries[0].Info.ID, csr.Standard(), certificate); err != nil {
		w.t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(w.state, stateName)); !errors.Is(err, fs.ErrNotExist) {
		w.t.Errorf("the state is still there: %v", err)
	}
}

// TestNothingPersonal: neither the log of the server, nor what rqmaker shows
// before the code from the phone, has a name or a number of the person.
func TestNothingPersonal(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	o := newOffice(t, s)
	seed := seedOf(t)
	id, marker := o.request(seed, true)
	w := o.workstation(t, "soft", id, marker)
	if got := w.rqmaker(""); got.status != 0 {
		t.Fatalf("status %d\n%s", got.status, got.stderr)
	} else if before, _, _ := strings.Cut(got.stderr, "Будет запрошен"); contains(before, personal(seed)...) {
		t.Errorf("before the code:\n%s", before)
	}
	if log := s.output.String(); contains(log, append(personal(seed), marker, strings.ReplaceAll(marker, "-", ""))...) || !strings.Contains(log, id) {
		t.Errorf("the log:\n%s", log)
	}
}

// personal is what nobody but those who work on a request may read of a person.
func personal(seed uint64) []string {
	f := applicant.Form(seed)
	return []string{f.LastName, f.FirstName, f.SNILS, f.INN, f.Email, f.Phone, f.PassportNumber, f.Street}
}

func contains(text string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
