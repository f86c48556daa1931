package client

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/smev/internal/soap"
)

// Sizes of files, in octets.
const (
	// maxInside is the most that travels in a message. The adapters of SMEV
	// take larger files to the file store.
	maxInside = 1 << 20
	// maxTogether is the most that all files in one message may have.
	maxTogether = 5 << 20
	// MaxFile is the most that a file of the file store may have, 1 GiB in
	// SMEV; larger than what is held in memory here, 256 MiB, is refused.
	MaxFile = 256 << 20
)

// Attachment is a file that goes with a message.
type Attachment struct {
	Name      string // of the file; told to SMEV for large files only, and for the others in V13
	MediaType string // such as application/pdf
	Data      []byte
	Signature []byte // of an official over Data: CMS SignedData, detached, DER; nil if there is none
}

// FileStore is SMEV's store of files that are too large for a message.
type FileStore interface {
	// Upload puts a file into the folder f.ID. To upload the same again is no
	// error.
	Upload(ctx context.Context, f File) error
	// Download fetches a file with the credentials that came with a message,
	// up to MaxFile.
	Download(ctx context.Context, folder, name, user, password string) ([]byte, error)
}

// FileError says that a file of a message cannot be brought or fetched.
type FileError struct {
	ID  string
	Err error
}

// Error names the file by its id.
func (e *FileError) Error() string {
	return fmt.Sprintf("smev/client: file %s of the file store: %v", e.ID, e.Err)
}

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// Temporary reports true: the same call may succeed later.
func (e *FileError) Temporary() bool { return true }

var errNoFileStore = errors.New("Config.Files is not set")

// attach divides files between a message and the file store.
func (c *Client) attach(files []Attachment) (inside []soap.AttachmentHeader, contents []soap.AttachmentContent, outside []soap.RefAttachmentHeader, uploads []File, err error) {
	left := maxTogether
	for i, a := range files {
		if len(a.Data) == 0 || len(a.Data) > MaxFile {
			return nil, nil, nil, nil, fmt.Errorf("smev/client: attachment %d is empty or too large", i+1)
		}
		if len(a.Data) <= maxInside && len(a.Data) <= left {
			left -= len(a.Data)
			id := fmt.Sprintf("ATTACHMENT_%d", i+1)
			inside = append(inside, soap.AttachmentHeader{ContentID: id, MIMEType: a.MediaType, Signature: a.Signature})
			contents = append(contents, soap.AttachmentContent{ID: id, Content: a.Data})
			continue
		}
		if c.cfg.Files == nil {
			return nil, nil, nil, nil, fmt.Errorf("smev/client: attachment %d: %w", i+1, errNoFileStore)
		}
		f := File{ID: c.ids.New(), Name: a.Name, Data: a.Data}
		if f.Name == "" {
			f.Name = "attachment"
		}
		ref := soap.RefAttachmentHeader{UUID: f.ID, Hash: fileHash(a.Data), MIMEType: a.MediaType, Signature: a.Signature}
		if c.cfg.Version == V13 {
			ref.FileName = f.Name
		}
		outside, uploads = append(outside, ref), append(uploads, f)
	}
	return inside, contents, outside, uploads, nil
}

// fileHash is the hash by which a message refers to a file: Base64 of
// Streebog-256.
func fileHash(data []byte) string {
	sum := streebog.Sum256(data)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// upload brings the files of a message to the file store.
func (c *Client) upload(ctx context.Context, files []File) error {
	for _, f := range files {
		if c.cfg.Files == nil {
			return &FileError{f.ID, errNoFileStore}
		}
		if err := c.cfg.Files.Upload(ctx, f); err != nil {
			return &FileError{f.ID, err}
		}
	}
	return nil
}

// download fetches the files that a message refers to. What their hash does
// not fit is refused.
func (c *Client) download(ctx context.Context, refs []soap.RefAttachmentHeader, places []soap.FSAttachment) (files []File, err error) {
	for _, ref := range refs {
		if c.cfg.Files == nil {
			return nil, &FileError{ref.UUID, errNoFileStore}
		}
		var at *soap.FSAttachment
		for i := range places {
			if places[i].UUID == ref.UUID {
				at = &places[i]
			}
		}
		if at == nil {
			return nil, &FileError{ref.UUID, errors.New("SMEV does not say where it is")}
		}
		data, err := c.cfg.Files.Download(ctx, at.UUID, at.FileName, at.UserName, at.Password)
		if err == nil && fileHash(data) != ref.Hash {
			err = errors.New("it is not the file that was sent: its hash differs")
		}
		if err != nil {
			return nil, &FileError{ref.UUID, err}
		}
		files = append(files, File{ID: ref.UUID, Name: at.FileName, Data: data})
	}
	return files, nil
}

// attachments are the files of a received message, from inside and outside.
func attachments(inside []soap.AttachmentHeader, contents []soap.AttachmentContent, outside []soap.RefAttachmentHeader, files []File) ([]Attachment, error) {
	var list []Attachment
	for _, h := range inside {
		found := false
		for _, content := range contents {
			if content.ID == h.ContentID {
				list, found = append(list, Attachment{MediaType: h.MIMEType, Data: content.Content, Signature: h.Signature}), true
			}
		}
		if !found {
			return nil, errors.New("smev/client: a file that the message describes is not in it")
		}
	}
	for _, h := range outside {
		found := false
		for _, f := range files {
			if f.ID == h.UUID {
				list, found = append(list, Attachment{Name: f.Name, MediaType: h.MIMEType, Data: f.Data, Signature: h.Signature}), true
			}
		}
		if !found {
			return nil, errors.New("smev/client: a file that the message refers to was not fetched")
		}
	}
	return list, nil
}
