package sqlstore

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/client"
)

// content is what is personal of a message. Stored, it is one line of JSON and
// behind it the octets of the envelope and of the files.
type content struct {
	Subject  smev.Subject
	Digest   string
	Envelope []byte
	Files    []client.File
}

// contentHead is the line of JSON. Names of fields are stored, those of
// smev.Subject included.
type contentHead struct {
	Subject  smev.Subject  `json:"subject,omitzero"`
	Digest   string        `json:"digest,omitempty"`
	Envelope int           `json:"envelope"` // octets
	Files    []contentFile `json:"files,omitempty"`
}

type contentFile struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Size int    `json:"size"` // octets
}

func (c *content) encode() ([]byte, error) {
	head := contentHead{Subject: c.Subject, Digest: c.Digest, Envelope: len(c.Envelope)}
	parts := [][]byte{nil, {'\n'}, c.Envelope}
	for _, f := range c.Files {
		head.Files = append(head.Files, contentFile{f.ID, f.Name, len(f.Data)})
		parts = append(parts, f.Data)
	}
	var err error
	if parts[0], err = json.Marshal(head); err != nil {
		return nil, err
	}
	var back contentHead // JSON silently replaces what is no text
	if err := json.Unmarshal(parts[0], &back); err != nil || !back.Subject.Equal(head.Subject) || back.Digest != head.Digest || !slices.Equal(back.Files, head.Files) {
		return nil, errText
	}
	return bytes.Join(parts, nil), nil
}

func decode(data []byte) (*content, error) {
	var head contentHead
	rest, err := decodeHead(data, &head)
	if err != nil {
		return nil, err
	}
	c := &content{Subject: head.Subject, Digest: head.Digest, Envelope: rest.take(head.Envelope)}
	for _, f := range head.Files {
		c.Files = append(c.Files, client.File{ID: f.ID, Name: f.Name, Data: rest.take(f.Size)})
	}
	if !rest.whole() {
		return nil, errBroken
	}
	return c, nil
}

// errText says that a database could not bring back a text as it was.
var errText = errors.New("part of it is no text")

func texts(all ...string) error {
	for _, s := range all {
		if !valid(s) {
			return fmt.Errorf("sqlstore: message: %w", errText)
		}
	}
	return nil
}
