package ra_test

import (
	"context"
	"errors"

	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// ownSignature is the owner's over the sheet of his certificate, where there is
// one.
func (x *walk) ownSignature(r *ra.Request) []byte {
	sheet, err := x.authority.Document(x.ctx, r, string(ra.CertificateSheet))
	issued, err2 := x.authority.Document(x.ctx, r, ra.CertificateExhibit)
	if errors.Join(err, err2) != nil {
		return []byte("no CMS")
	}
	certificate, err := x.as.ParseCertificate(issued)
	if err != nil {
		x.t.Fatal(err)
	}
	signature, err := cms.Sign(x.as, x.key, certificate, cms.Options{Detached: true, At: x.clock.Now()}, sheet)
	if err != nil {
		x.t.Fatal(err)
	}
	return signature
}

// shut wants a session and a link to open nothing any more.
func (x *walk) shut(what, token, link string) {
	x.t.Helper()
	if by, _, err := x.authority.Session(x.ctx, token); token != "" && !errors.Is(err, ra.ErrNotFound) {
		x.t.Errorf("after %s the session is still that of %v: %v", what, by, err)
	}
	if by, _, err := x.authority.Open(x.ctx, link); link != "" && !errors.Is(err, ra.ErrNotFound) {
		x.t.Errorf("after %s the link still lets %v in: %v", what, by, err)
	}
}

// ears are what the walk hears of secrets: links and codes that are sent, and
// codes of markers that are printed.
type ears struct{ moody }

func (e ears) Notify(ctx context.Context, n ra.Notice) error {
	if n.Request == e.id && n.Link != "" {
		e.link = n.Link
	}
	if n.Code == "" {
		return e.moody.Notify(ctx, n)
	}
	if n.Request == e.id {
		e.code = n.Code
	}
	return e.calm()
}

func (e ears) Print(ctx context.Context, d ra.Document) ([]byte, error) {
	switch {
	case d.Marker != nil:
		return []byte(d.Marker.Code), e.calm()
	case d.Kind == ra.OriginalsRegister:
		return []byte("%PDF register"), e.calm()
	}
	return e.moody.Print(ctx, d)
}

// calm is a mood in which nothing is broken: it is not an effect that asks, but
// a command, whose caller has to see to that.
func (e ears) calm() error {
	if e.IntN(4) == 0 {
		return errMood
	}
	return nil
}

// linked has a link sent if there is none, mostly.
func (x *walk) linked() {
	if x.link == "" && x.IntN(4) > 0 {
		x.authority.SendLink(x.ctx, x.id, ra.Actor{ID: "another clerk", Role: workflow.CAOperator, SecondFactor: true})
		x.settle()
	}
}

// phrase is a key phrase. One that is long enough costs much time.
func (x *walk) phrase() string {
	if n := x.IntN(64); n == 0 || x.aim == "SetKeyPhrase" && n < 8 {
		return "снегирь на заборе"
	}
	return "мала"
}
