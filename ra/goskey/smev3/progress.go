package smev3

import (
	"fmt"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/channel"
	"github.com/surguch/surguch/smev/client"
)

// name is that of this channel in the IDs of packages.
const name = "smev3"

// parcel is a package and how far this channel has come with it.
type parcel = channel.Parcel[progress]

// progress is the message about a package as it is sent, but for the documents.
// It is stored; names of fields are never changed.
type progress struct {
	Made       int      `json:"made"` // messages so far, this one included
	Name       string   `json:"name"` // Id in the message's document, which the answer repeats
	Content    []byte   `json:"content"`
	Signatures [][]byte `json:"signatures"` // the organisation's, of each document
}

// Fits implements channel.Progress.
func (g progress) Fits(r *ra.SignRequest) bool { return len(g.Signatures) == len(r.Documents) }

// message is the message as it is sent, the same at every attempt.
func (g progress) message(r *ra.SignRequest) client.Message {
	m := client.Message{Content: g.Content}
	for i, d := range r.Documents {
		m.Attachments = append(m.Attachments,
			client.Attachment{Name: d.Name, MediaType: d.Media, Data: d.Data},
			client.Attachment{Name: d.Name + ".sig", MediaType: "application/sig", Data: g.Signatures[i]})
	}
	return m
}

// key is that of the message. It begins with the key of the request, so that
// the message belongs to whatever that belongs to.
func (g progress) key(r *ra.SignRequest) string { return fmt.Sprintf("%s/goskey/%d", r.Key, g.Made) }
