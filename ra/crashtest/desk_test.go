package crashtest

import (
	"context"
	"fmt"
	"strings"

	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/smev"
)

// desk is where the authority calls.
type desk struct{ w *world }

// Order is a certificate order under a key.
type Order struct {
	Key            string
	Request        []byte
	Identification qualified.Identification
	Revocation     ra.Revocation
}

// Submit issues, whether it did so before under the key or not.
func (d *desk) Submit(o Order, out *ra.Outcome) error {
	request, err := d.w.as.Parse(o.Request)
	if err != nil {
		return err
	}
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	d.w.orders[o.Key]++
	key := fmt.Sprintf("%s#%d", o.Key, d.w.orders[o.Key])
	*out, err = d.w.issuing.Submit(context.Background(), key, ra.Order{Request: request, Identification: o.Identification})
	if _, known := d.w.first[o.Key]; !known && err == nil {
		d.w.first[o.Key] = *out
	}
	return err
}

// Find tells what was issued first.
func (d *desk) Find(o Order, out *ra.Outcome) error {
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	*out = ra.Outcome{State: ra.Unknown}
	if first, known := d.w.first[o.Key]; known {
		*out = first
	}
	return nil
}

// Revoke ends the certificate.
func (d *desk) Revoke(o Order, out *ra.Outcome) (err error) {
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	d.w.revoked[o.Key]++
	*out, err = d.w.issuing.Revoke(context.Background(), o.Key+"#1", o.Revocation)
	return err
}

// Ask files an inquiry; its key is its number.
func (d *desk) Ask(q smev.Inquiry, id *string) error {
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	d.w.asked[q.Key]++
	*id = string(q.Check) + " " + q.Key
	return nil
}

// Answer confirms.
func (d *desk) Answer(id string, a *smev.Answer) error {
	check, _, _ := strings.Cut(id, " ")
	*a = smev.Answer{
		Check: smev.Check(check), Outcome: smev.Confirmed, Reason: "confirmed",
		Evidence: smev.Evidence{OriginalMessageID: id, Provider: smev.Emulator, Envelope: []byte("<answer to=\"" + id + "\"/>")},
	}
	return nil
}

// Notify takes a message; its reader sees those of one key once.
func (d *desk) Notify(n ra.Notice, _ *bool) error {
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	d.w.notices[n.Key]++
	return nil
}

// Sign sends a package to a phone.
func (d *desk) Sign(r ra.SignRequest, id *ra.OperationID) (err error) {
	d.w.mu.Lock()
	d.w.packages[r.Key]++
	d.w.mu.Unlock()
	*id, err = d.w.phones.Submit(context.Background(), r)
	return err
}

// Status tells what became of a package.
func (d *desk) Status(id ra.OperationID, o *ra.Operation) (err error) {
	*o, err = d.w.phones.Status(context.Background(), id)
	return err
}

// Export keeps a checkpoint.
func (d *desk) Export(c ra.Checkpoint, _ *bool) error {
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	d.w.exported = append(d.w.exported, c)
	return nil
}

// PKCS10 is the request that a person's workplace has made.
func (d *desk) PKCS10(person int, der *[]byte) error {
	*der = d.w.requests[person]
	return nil
}
