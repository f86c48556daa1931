package folder

import (
	"encoding/asn1"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/ra"
)

// record is what we know of an order, a file in `orders`.
type record struct {
	Key            string                   `json:"key"`
	Request        []byte                   `json:"request"` // PKCS #10
	Identification qualified.Identification `json:"identification"`
	Purposes       []asn1.ObjectIdentifier  `json:"purposes,omitempty"`
	Licence        bool                     `json:"licence,omitempty"`
	Sent           bool                     `json:"sent"` // its files have been in `out`

	Certificate []byte   `json:"certificate,omitempty"` // as it came first, DER
	Refused     bool     `json:"refused,omitempty"`
	Code        string   `json:"code,omitempty"`
	Reason      string   `json:"reason,omitempty"`
	Changes     []change `json:"changes,omitempty"` // asked for, in their order
}

// change is one thing asked about a certificate.
type change struct {
	Action ra.RevocationAction `json:"action"`
	Reason csr.Reason          `json:"reason"`
	At     time.Time           `json:"at"`
	Since  time.Time           `json:"since,omitzero"` // since when the key is suspect
	Sent   bool                `json:"sent"`           // its file has been in `out`
	Done   bool                `json:"done"`
}

// record reads what is known of a key; nil if nothing is.
func (c *CA) record(key string) (*record, error) {
	file := Name(key) + ".json"
	data, err := os.ReadFile(c.path(ordersDir, file))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("folder: %w", err)
	}
	r, err := parseRecord(data)
	if err == nil && r.Key != key {
		err = errors.New("it is of another order")
	}
	if err != nil {
		return nil, fmt.Errorf("folder: %s: %w", file, err)
	}
	return r, nil
}

func parseRecord(data []byte) (*record, error) {
	r := &record{}
	if err := json.Unmarshal(data, r); err != nil {
		return nil, err
	}
	for _, c := range r.Changes {
		if _, ok := suffixes[c.Action]; !ok {
			return nil, fmt.Errorf("no such action: %d", c.Action)
		}
	}
	return r, nil
}

func (c *CA) save(r *record) error {
	data, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	return c.write(ordersDir, Name(r.Key)+".json", data)
}

// state is where the certificate stands by what is done, and by what is asked
// for as well.
func (r *record) state() (now, asked ra.OutcomeState) {
	switch {
	case r.Refused:
		return ra.Refused, ra.Refused
	case r.Certificate == nil:
		now = ra.Pending
	default:
		now = ra.Issued
	}
	asked = now
	for _, c := range r.Changes {
		if asked != ra.Revoked {
			asked = leads[c.Action]
		}
		if c.Done && now != ra.Revoked {
			now = leads[c.Action]
		}
	}
	return now, asked
}

// leads is the state that an action leads to.
var leads = map[ra.RevocationAction]ra.OutcomeState{
	ra.ActRevoke: ra.Revoked, ra.ActSuspend: ra.Suspended, ra.ActResume: ra.Issued,
}

// outcome is the record as a CA's answer. An order that was dropped before
// there was a certificate is refused.
func (r *record) outcome() ra.Outcome {
	now, _ := r.state()
	switch {
	case now == ra.Refused:
		return ra.Outcome{State: now, Code: r.Code, Reason: r.Reason}
	case now == ra.Revoked && r.Certificate == nil:
		return ra.Outcome{State: ra.Refused, Code: "withdrawn", Reason: "заявка отозвана до выпуска сертификата"}
	case r.Certificate == nil:
		return ra.Outcome{State: ra.Pending}
	}
	return ra.Outcome{State: now, Certificate: r.Certificate}
}

// card is what the authority reads about the order beside the request.
func (r *record) card() string {
	var b strings.Builder
	fmt.Fprintf(&b, "order: %s\nidentification: %d\nidentified: %s\n", Name(r.Key), int(r.Identification), r.Identification)
	for _, p := range r.Purposes {
		fmt.Fprintf(&b, "purpose: %s\n", p)
	}
	if r.Licence {
		b.WriteString("licence: embedded\n")
	}
	return b.String() + "end\n"
}
