package ra_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// guess returns a well-formed code of the marker's number with another secret.
func guess(t *testing.T, code string, n int) string {
	t.Helper()
	text, err := ra.ParseMarker(code)
	if err != nil {
		t.Fatal(err)
	}
	b := []byte(text)
	b[10] = crockford[(strings.IndexByte(crockford, b[10])+1+n)%32]
	for _, c := range crockford {
		b[24] = byte(c)
		if _, err := ra.ParseMarker(string(b)); err == nil {
			return string(b)
		}
	}
	t.Fatal("no check character fits")
	return ""
}

// TestMarkerGuessed: five wrong secrets end the marker, the agent is told and
// the request goes back to him.
func TestMarkerGuessed(t *testing.T) {
	o := newOffice(t)
	id := o.identified()
	o.fire(id, agent, workflow.PrepareMarker, workflow.MarkerReady)
	code := o.marker(id)
	o.attest(id, agent, workflow.DeliveryOwn, workflow.MarkerReceipt)
	o.fire(id, agent, workflow.GiveMarker, workflow.KeyGeneration)
	for n := range 4 {
		if _, err := o.authority.Enter(o.ctx, guess(t, code, n), secret); !errors.Is(err, ra.ErrNotFound) {
			t.Fatalf("guess %d: got %v", n, err)
		}
	}
	if m := o.reload(id).Marker; m.Tries != 1 || m.Ended {
		t.Errorf("got the marker %+v, want one try left", m)
	}
	if _, err := o.authority.Enter(o.ctx, guess(t, code, 9), secret); !errors.Is(err, ra.ErrNotFound) {
		t.Fatalf("got %v", err)
	}
	o.settle()
	o.inState(id, workflow.Identified)
	if _, err := o.authority.Enter(o.ctx, code, secret); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("the right code after five wrong ones: got %v", err)
	}
	if _, err := o.authority.Enter(o.ctx, guess(t, "00000-00000-00000-00000-00000", 3), secret); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("a number that is no marker's: got %v", err)
	}
}

// TestParseMarker: what people mistype is told from what they may write.
func TestParseMarker(t *testing.T) {
	o := newOffice(t)
	id := o.identified()
	o.fire(id, agent, workflow.PrepareMarker, workflow.MarkerReady)
	code := o.marker(id)
	want, err := ra.ParseMarker(code)
	if err != nil || len(want) != 25 {
		t.Fatalf("got %q, %v", want, err)
	}
	written := strings.NewReplacer("-", " ", "0", "o", "1", "l").Replace(strings.ToLower(code))
	if got, err := ra.ParseMarker(written); err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	for i := range want {
		for _, c := range crockford {
			if wrong := want[:i] + string(c) + want[i+1:]; wrong != want {
				if _, err := ra.ParseMarker(wrong); !errors.Is(err, ra.ErrMarker) {
					t.Errorf("character %d as %c is not noticed", i, c)
				}
			}
		}
	}
	for _, wrong := range []string{"", want[1:], want + "0", strings.Replace(want, want[:1], "U", 1), want[:24] + "Ж"} {
		if _, err := ra.ParseMarker(wrong); !errors.Is(err, ra.ErrMarker) {
			t.Errorf("%q: got %v", wrong, err)
		}
	}
}

// linked begins a request and returns the token of its link.
func (w *world) linked() (ra.ID, string) {
	w.t.Helper()
	r := w.must(w.authority.Begin(w.ctx, operator, "personal-link", ra.Form{LegalForm: "person", Email: w.form.Email}))
	w.settle()
	return r.ID, w.link()
}

func (w *world) link() string {
	for _, n := range slices.Backward(w.mail.notices) {
		if n.Link != "" {
			return n.Link
		}
	}
	w.t.Fatal("no link was sent")
	return ""
}

// TestLinkSession: a link opens a request that has no phone yet at once; then
// a code must come back from it, before anything personal is shown.
func TestLinkSession(t *testing.T) {
	o := &office{newWorld(t)}
	id, link := o.linked()
	e, err := o.authority.Enter(o.ctx, link, secret)
	if err != nil || e.Phone != "" || e.Request != id {
		t.Fatalf("got %+v, %v", e, err)
	}
	by, _, err := o.authority.Session(o.ctx, e.Token)
	if err != nil || by.SecondFactor || by.Role != workflow.Applicant {
		t.Fatalf("got %+v, %v", by, err)
	}
	o.must(o.authority.Fill(o.ctx, id, by, o.form))

	other := bytes.Repeat([]byte{9}, 32)
	second, err := o.authority.Enter(o.ctx, link, other)
	if err != nil || second.Phone != "+7 9** ***-**-"+o.form.Phone[10:] {
		t.Fatalf("got %+v, %v", second, err)
	}
	look, r, err := o.authority.Session(o.ctx, second.Token)
	if !errors.Is(err, ra.ErrUnconfirmed) || r == nil {
		t.Fatalf("got %v, want ErrUnconfirmed", err)
	}
	if _, err := o.authority.Fire(o.ctx, id, look, workflow.Submit); !isDenied(err) {
		t.Errorf("without the code: got %v", err)
	}
	right := o.sms()
	wrong := fmt.Sprintf("%06d", (atoi(t, right)+1)%1_000_000)
	for left := 2; left >= 0; left-- {
		var code *ra.CodeError
		if err := o.authority.Confirm(o.ctx, second.Token, wrong); !errors.As(err, &code) || code.Left != left {
			t.Errorf("got %v, want %d tries left", err, left)
		}
	}
	var code *ra.CodeError
	if err := o.authority.Confirm(o.ctx, second.Token, right); !errors.As(err, &code) {
		t.Errorf("the right code after three wrong ones: got %v", err)
	}
	var wait *ra.WaitError
	if _, err := o.authority.SendCode(o.ctx, second.Token); !errors.As(err, &wait) {
		t.Errorf("another code at once: got %v", err)
	}
	o.clock.Set(wait.Until)
	if _, err := o.authority.SendCode(o.ctx, second.Token); err != nil {
		t.Fatal(err)
	}
	right = o.sms()
	wrong = fmt.Sprintf("%06d", (atoi(t, right)+1)%1_000_000)
	o.authority.Confirm(o.ctx, second.Token, wrong)
	if err := o.authority.Confirm(o.ctx, second.Token, wrong); !errors.As(err, &wait) || wait.Until.Sub(o.clock.Now()) != 15*time.Minute {
		t.Errorf("the fifth wrong code: got %v, want a quarter of an hour", err)
	}
	if err := o.authority.Confirm(o.ctx, second.Token, right); !errors.As(err, &wait) {
		t.Errorf("while it is locked: got %v", err)
	}
	o.clock.Set(wait.Until)
	if _, err := o.authority.SendCode(o.ctx, second.Token); err != nil {
		t.Fatal(err)
	}
	o.clock.Advance(5 * time.Minute)
	if err := o.authority.Confirm(o.ctx, second.Token, o.sms()); !errors.As(err, &code) {
		t.Errorf("a code of five minutes ago: got %v", err)
	}
	if _, err := o.authority.SendCode(o.ctx, second.Token); err != nil {
		t.Fatal(err)
	}
	if err := o.authority.Confirm(o.ctx, second.Token, o.sms()); err != nil {
		t.Fatal(err)
	}
	if by, _, err = o.authority.Session(o.ctx, second.Token); err != nil || !by.SecondFactor || by.Authn != "link+code" {
		t.Errorf("got %+v, %v", by, err)
	}
	o.must(o.authority.Fire(o.ctx, id, by, workflow.Submit))
	if err := o.authority.Leave(o.ctx, second.Token); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.authority.Session(o.ctx, second.Token); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("after leaving: got %v", err)
	}
	o.clock.Advance(24 * time.Hour)
	if _, _, err := o.authority.Session(o.ctx, e.Token); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("a day later: got %v", err)
	}
}

// TestCodesLockTheRequest: whoever has the link does not get further tries by
// further sessions.
func TestCodesLockTheRequest(t *testing.T) {
	o := &office{newWorld(t)}
	id, link := o.linked()
	o.must(o.authority.Fill(o.ctx, id, owner, o.form))
	wrong := 0
	var wait *ra.WaitError
	for n := byte(1); n < 5; n++ {
		e, err := o.authority.Enter(o.ctx, link, bytes.Repeat([]byte{n}, 16))
		if errors.As(err, &wait) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		guess := fmt.Sprintf("%06d", (atoi(t, o.sms())+1)%1_000_000)
		for range 2 {
			o.authority.Confirm(o.ctx, e.Token, guess)
			wrong++
		}
	}
	if wait == nil || wrong > 6 {
		t.Errorf("after %d wrong codes in several sessions: got %v, want a lock after five", wrong, wait)
	}
	o.reload(id)
}

// TestRightMarkerTooEarly: the right code before the marker was given is
// refused and costs no try.
func TestRightMarkerTooEarly(t *testing.T) {
	o := newOffice(t)
	id := o.identified()
	o.fire(id, agent, workflow.PrepareMarker, workflow.MarkerReady)
	code := o.marker(id)
	if _, err := o.authority.Enter(o.ctx, code, secret); !errors.Is(err, ra.ErrNotFound) {
		t.Fatalf("got %v", err)
	}
	if m := o.reload(id).Marker; m.Tries != 5 {
		t.Errorf("got %d tries left, want 5", m.Tries)
	}
}

func atoi(t *testing.T, s string) (n int) {
	t.Helper()
	if _, err := fmt.Sscanf(s, "%d", &n); err != nil || len(s) != 6 {
		t.Fatalf("the code %q is not of six digits", s)
	}
	return n
}

// TestAccessEnds: a new link ends the old one and what it opened; all access
// ends on an operator's word, and on nobody else's.
func TestAccessEnds(t *testing.T) {
	w := newWorld(t)
	id, old := w.linked()
	e, err := w.authority.Enter(w.ctx, old, secret)
	if err != nil {
		t.Fatal(err)
	}
	w.must(w.authority.SendLink(w.ctx, id, operator))
	w.settle()
	fresh := w.link()
	for what, err := range map[string]error{
		"the old link": second(w.authority.Enter(w.ctx, old, bytes.Repeat([]byte{1}, 16))),
		"its session":  third(w.authority.Session(w.ctx, e.Token)),
		"a short key":  second(w.authority.Enter(w.ctx, strings.SplitAfter(fresh, ".")[0]+"AAAA", secret)),
	} {
		if !errors.Is(err, ra.ErrNotFound) {
			t.Errorf("%s: got %v", what, err)
		}
	}
	if _, err := w.authority.Enter(w.ctx, fresh, []byte("short")); err == nil || errors.Is(err, ra.ErrNotFound) {
		t.Errorf("a short secret: got %v", err)
	}
	if e, err = w.authority.Enter(w.ctx, fresh, secret); err != nil {
		t.Fatal(err)
	}
	for _, by := range []ra.Actor{owner, stranger} {
		if _, err := w.authority.RevokeAccess(w.ctx, id, by, "утерян телефон"); err == nil {
			t.Errorf("%s ended all access", by.Role)
		}
	}
	w.must(w.authority.RevokeAccess(w.ctx, id, operator, "утерян телефон"))
	if _, _, err := w.authority.Session(w.ctx, e.Token); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("after the end of all access: got %v", err)
	}
	if _, _, err := w.authority.Open(w.ctx, fresh); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("the link after the end of all access: got %v", err)
	}
	w.reload(id)
}

func second[A any](_ A, err error) error        { return err }
func third[A, B any](_ A, _ B, err error) error { return err }

// TestPartners: a partner's people see and touch their own requests alone.
func TestPartners(t *testing.T) {
	o := newOffice(t)
	id := o.must(o.authority.Begin(o.ctx, customer, "agent", ra.Form{LegalForm: "person", Email: o.form.Email})).ID
	o.must(o.authority.Fill(o.ctx, id, agent, o.form))
	for _, by := range []ra.Actor{stranger, {ID: "x", Role: workflow.Applicant}, {ID: "y"}, {ID: "z", Role: workflow.CAOperator, Request: "other"}} {
		if _, err := o.authority.Read(o.ctx, id, by); !errors.Is(err, ra.ErrNotFound) {
			t.Errorf("%s of %q reads it: %v", by.Role, by.Partner, err)
		}
	}
	for _, by := range []ra.Actor{agent, customer, inspector} {
		if _, err := o.authority.Read(o.ctx, id, by); err != nil {
			t.Errorf("%s of %q: %v", by.Role, by.Partner, err)
		}
	}
	if _, err := o.authority.Fill(o.ctx, id, stranger, o.form); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("another partner's agent fills: %v", err)
	}
	for by, want := range map[ra.Actor]int{agent: 1, stranger: 0, inspector: 1} {
		list, err := o.authority.Page(o.ctx, by, ra.Query{SNILS: o.form.SNILS})
		if err != nil || len(list) != want {
			t.Errorf("%s of %q: got %d requests (%v), want %d", by.Role, by.Partner, len(list), err, want)
		}
	}
	if _, err := o.authority.Page(o.ctx, customer, ra.Query{}); !isDenied(err) {
		t.Errorf("an applicant searches: %v", err)
	}
	if _, err := o.authority.Page(o.ctx, agent, ra.Query{Partners: []string{stranger.Partner}}); !isDenied(err) {
		t.Errorf("an agent searches another's: %v", err)
	}
	list, err := o.authority.Page(o.ctx, inspector, ra.Query{})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	if list, err = o.authority.Page(o.ctx, inspector, ra.Query{After: list[0].Cursor()}); err != nil || len(list) != 0 {
		t.Errorf("got %d requests after the last (%v)", len(list), err)
	}
}
