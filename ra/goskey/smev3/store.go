package smev3

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/channel"
	"github.com/surguch/surguch/smev/client"
)

// name is that of this channel in the IDs of packages.
const name = "smev3"

// parcel is a package and how far this channel has come with it.
type parcel struct {
	channel.Package
	progress
}

// progress is the message about a package as it is sent, but for the documents.
// It is stored; names of fields are never changed.
type progress struct {
	Made       int      `json:"made"` // messages so far, this one included
	Name       string   `json:"name"` // Id in the message's document, which the answer repeats
	Content    []byte   `json:"content"`
	Signatures [][]byte `json:"signatures"` // the organisation's, of each document
}

// message is the message as it is sent, the same at every attempt.
func (p *parcel) message() client.Message {
	m := client.Message{Content: p.Content}
	for i, d := range p.Request.Documents {
		m.Attachments = append(m.Attachments,
			client.Attachment{Name: d.Name, MediaType: d.Media, Data: d.Data},
			client.Attachment{Name: d.Name + ".sig", MediaType: "application/sig", Data: p.Signatures[i]})
	}
	return m
}

// key is that of the message. It begins with the key of the request, so that
// the message belongs to whatever that belongs to.
func (p *parcel) key() string { return fmt.Sprintf("%s/goskey/%d", p.Request.Key, p.Made) }

// load returns a package from the store. ra.ErrNotFound, also of a package of
// another channel.
func (c *Client) load(ctx context.Context, id ra.OperationID) (*parcel, error) {
	if !channel.Of(name, id) {
		return nil, fmt.Errorf("%w: package %s", ra.ErrNotFound, id)
	}
	p, err := c.cfg.Store.Load(ctx, id)
	if err != nil {
		return nil, err
	}
	out := &parcel{Package: p}
	if json.Unmarshal(p.Progress, &out.progress) != nil || len(out.Signatures) != len(p.Request.Documents) {
		return nil, fmt.Errorf("smev3: package %s: what is stored of it does not parse", id)
	}
	return out, nil
}

// write makes of the progress what the store keeps.
func (p *parcel) write() error {
	var err error
	p.Progress, err = json.Marshal(p.progress)
	return err
}

// save saves a package.
func (c *Client) save(ctx context.Context, p *parcel) error {
	if err := p.write(); err != nil {
		return err
	}
	return c.cfg.Store.Save(ctx, p.Package)
}
