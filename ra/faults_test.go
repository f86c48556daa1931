package ra_test

import (
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/catest"
	"github.com/surguch/surguch/ra/storetest"
	"github.com/surguch/surguch/workflow"
)

// TestFailingCA runs requests through an authority whose CA fails in every way
// that catest knows, at one call in three and one order in three. In the end
// no order has two certificates, and every certificate there is either counts,
// in exactly one request, or is revoked.
func TestFailingCA(t *testing.T) {
	const requests = 40
	w := newWorld(t)
	w.reopen(func(c *ra.Config) {
		c.Store, c.Lease = storetest.NewMemory(storetest.Faults{}), time.Minute
	})
	var ids []ra.ID
	first, phone := w.sent(w.newKey())
	ids = append(ids, first)
	for len(ids) < requests {
		id := w.confirmed()
		w.must(w.authority.SubmitCSR(w.ctx, id, owner, w.request(w.newKey(), w.form)))
		ids = append(ids, id)
	}
	w.settle()
	ca := w.failing(catest.Config{Seed: 1, Rate: 1.0 / 3})
	w.sign(phone)
	for range 60 {
		w.pass(2 * time.Minute)
	}

	orders, err := ca.Orders(w.ctx)
	if err != nil || len(orders) != requests {
		t.Fatalf("got %d orders, %v, want one for each of %d requests", len(orders), err, requests)
	}
	alive := map[string]bool{}
	for _, o := range orders {
		if len(o.Certificates) > 1 {
			t.Errorf("%s: %d certificates", o.Key, len(o.Certificates))
		}
		if o.Now.State == ra.Issued {
			alive[string(o.Now.Certificate)] = true
		}
	}
	states := map[workflow.State]int{}
	for _, id := range ids {
		r := w.reload(id)
		states[r.State]++
		_, counts := r.Evidence(workflow.CertificateMatches)
		certificate, _ := w.exhibit(id, ra.CertificateExhibit)
		switch {
		case counts && !alive[string(certificate)]:
			t.Errorf("%s has a certificate that is not alive", id)
		case !counts && r.State != workflow.ManualCheck && len(r.Trouble) == 0:
			t.Errorf("%s rests in %s without a certificate, and no human knows", id, r.State)
		}
		delete(alive, string(certificate))
	}
	if len(alive) > 0 {
		t.Errorf("%d certificates are alive and nobody's", len(alive))
	}
	for _, f := range catest.Faults() {
		if ca.Counts()[f] == 0 {
			t.Errorf("the run never met %s", f)
		}
	}
	t.Logf("requests by place: %v; faults: %v", states, ca.Counts())
	w.logIsClean()
}
