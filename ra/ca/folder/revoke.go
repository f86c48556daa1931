package folder

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
)

// suffixes are those of the files that ask for an action.
var suffixes = map[ra.RevocationAction]string{
	ra.ActRevoke: "revoke", ra.ActSuspend: "suspend", ra.ActResume: "resume",
}

// Revoke asks for a change and answers Pending until the authority has
// written that it is done. What the certificate is already, or will be by what
// was asked before, is not asked for again.
func (c *CA) Revoke(_ context.Context, key string, v ra.Revocation) (ra.Outcome, error) {
	if _, ok := suffixes[v.Action]; !ok {
		return ra.Outcome{}, ra.Permanent(fmt.Errorf("folder: revoke: no such action: %d", v.Action))
	}
	if v.Action == ra.ActRevoke && (v.Reason == csr.ReasonCertificateHold || v.Reason == csr.ReasonRemoveFromCRL) {
		return ra.Outcome{}, ra.Permanent(fmt.Errorf("folder: revoke: %v ends no certificate", v.Reason))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r, err := c.record(key)
	if err != nil || r == nil {
		return ra.Outcome{State: ra.Unknown}, err
	}
	out, err := c.outcome(r)
	if err != nil || out.State == ra.Refused || out.State == ra.Revoked {
		return out, err
	}
	now, asked := r.state()
	switch {
	case now == ra.Pending && v.Action != ra.ActRevoke:
		return ra.Outcome{}, errors.New("folder: revoke: there is no certificate yet to suspend or to resume")
	case asked != ra.Revoked && asked != leads[v.Action]:
		n := change{Action: v.Action, Reason: v.Reason, At: v.At.UTC(), Since: v.InvalidSince.UTC()}
		if v.At.IsZero() {
			n.At = time.Now().UTC()
		}
		// On record before it is seen; putOut writes it again after a crash.
		r.Changes = append(r.Changes, n)
		if err := c.save(r); err != nil {
			return ra.Outcome{}, err
		}
		if out, err = c.outcome(r); err != nil {
			return out, err
		}
	}
	if now, asked = r.state(); now != asked {
		return ra.Outcome{State: ra.Pending, Certificate: out.Certificate}, nil
	}
	return out, nil
}

// putChange writes the file that asks for a change.
func (c *CA) putChange(r *record, n int) error {
	v := r.Changes[n-1]
	text := fmt.Sprintf("order: %s\nat: %s\n", Name(r.Key), v.At.Format(time.RFC3339))
	if v.Action == ra.ActRevoke {
		text += fmt.Sprintf("reason: %d\nwhy: %s\n", v.Reason, v.Reason)
		if !v.Since.IsZero() {
			text += fmt.Sprintf("invalid: %s\n", v.Since.Format(time.RFC3339))
		}
	}
	return c.write(outDir, fmt.Sprintf("%s-%d.%s", Name(r.Key), n, suffixes[v.Action]), []byte(text+"end\n"))
}
