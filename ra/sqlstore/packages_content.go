package sqlstore

import (
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/channel"
)

// requestHead is what is to be signed, but for the octets of the documents,
// which follow it. Names of fields are stored.
type requestHead struct {
	Key         string         `json:"key"`
	SNILS       string         `json:"snils"`
	Title       string         `json:"title"`
	Deadline    time.Time      `json:"deadline"`
	Acknowledge bool           `json:"acknowledge,omitempty"`
	Level       ra.Level       `json:"level,omitempty"`
	Documents   []documentHead `json:"documents,omitempty"`
}

type documentHead struct {
	Name  string `json:"name"`
	Media string `json:"media"`
	Size  int    `json:"size"` // octets
}

// progressHead is what became of it; the octets of the channel's progress and of
// the signatures follow. Names of fields are stored.
type progressHead struct {
	Progress   int               `json:"progress"` // octets
	State      ra.OperationState `json:"state,omitempty"`
	Reason     string            `json:"reason,omitempty"`
	Signatures []int             `json:"signatures,omitempty"` // octets of each
}

func encodeRequest(r *ra.SignRequest) ([]byte, error) {
	head := requestHead{Key: r.Key, SNILS: r.SNILS, Title: r.Title, Deadline: r.Deadline.UTC(), Acknowledge: r.Acknowledge, Level: r.Level}
	var parts [][]byte
	for _, d := range r.Documents {
		head.Documents = append(head.Documents, documentHead{d.Name, d.Media, len(d.Data)})
		parts = append(parts, d.Data)
	}
	return encodeHead(&head, parts...)
}

func decodeRequest(data []byte) (ra.SignRequest, error) {
	var head requestHead
	rest, err := decodeHead(data, &head)
	if err != nil {
		return ra.SignRequest{}, err
	}
	r := ra.SignRequest{Key: head.Key, SNILS: head.SNILS, Title: head.Title, Deadline: head.Deadline, Acknowledge: head.Acknowledge, Level: head.Level}
	for _, d := range head.Documents {
		r.Documents = append(r.Documents, ra.SignDocument{Name: d.Name, Media: d.Media, Data: rest.take(d.Size)})
	}
	if !rest.whole() {
		return ra.SignRequest{}, errBroken
	}
	return r, nil
}

func encodeProgress(p *channel.Package) ([]byte, error) {
	head := progressHead{Progress: len(p.Progress), State: p.Outcome.State, Reason: p.Outcome.Reason}
	parts := [][]byte{p.Progress}
	for _, s := range p.Outcome.Signatures {
		head.Signatures = append(head.Signatures, len(s))
		parts = append(parts, s)
	}
	return encodeHead(&head, parts...)
}

func decodeProgress(data []byte, p *channel.Package) error {
	var head progressHead
	rest, err := decodeHead(data, &head)
	if err != nil {
		return err
	}
	p.Progress, p.Outcome = rest.take(head.Progress), ra.Operation{State: head.State, Reason: head.Reason}
	for _, n := range head.Signatures {
		p.Outcome.Signatures = append(p.Outcome.Signatures, rest.take(n))
	}
	if !rest.whole() {
		return errBroken
	}
	return nil
}
