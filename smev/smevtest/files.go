package smevtest

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"sync"
	"time"

	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/smev/internal/ftp"
	"github.com/surguch/surguch/smev/internal/soap"
)

// large is the size from which a provider's attachment goes through the file
// store: the threshold of real adapters, in octets.
const large = 1 << 20

// files is the file store behind SMEV. Everybody uploads as one user; each
// file of a message is fetched by a user of its own, until the message is
// acknowledged.
type files struct {
	now     func() time.Time
	uploads *ftp.Tree

	mu       sync.Mutex
	accounts map[string]ftp.Account
	server   *ftp.Server // nil unless it is served
}

func newFiles(now func() time.Time) *files {
	f := &files{now: now, uploads: ftp.NewTree(ftp.Limits{}, now)}
	f.accounts = map[string]ftp.Account{"anonymous": {Password: "smev", Files: f.uploads, Write: true}}
	return f
}

// storedFile is a file that a message refers to.
type storedFile struct {
	header  soap.RefAttachmentHeader
	name    string
	content []byte
}

var errStored = errors.New("smevtest: not one file of this hash in the store")

// take fetches what a message refers to. What was uploaded is gone then.
func (f *files) take(headers []soap.RefAttachmentHeader) ([]storedFile, error) {
	var list []storedFile
	for _, h := range headers {
		uploaded := f.uploads.Take("/" + h.UUID)
		if h.UUID == "" || len(uploaded) != 1 {
			return nil, errStored
		}
		for name, content := range uploaded {
			if hashOf(content) != h.Hash {
				return nil, errStored
			}
			list = append(list, storedFile{h, name, content})
		}
	}
	return list, nil
}

// hashOf is what RefAttachmentHeader tells of a file: Base64 of Streebog-256.
func hashOf(content []byte) string {
	digest := streebog.Sum256(content)
	return base64.StdEncoding.EncodeToString(digest[:])
}

// offer lays files out for one receiver and returns how to fetch them, and the
// users to withdraw when that is over.
func (f *files) offer(list []storedFile) (how []soap.FSAttachment, users []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, file := range list {
		view := ftp.NewTree(ftp.Limits{}, f.now)
		if err := view.Put("/"+file.name, file.content); err != nil {
			continue // larger than the store takes: there is nothing to be fetched
		}
		user, password := rand.Text(), rand.Text()
		f.accounts[user] = ftp.Account{Password: password, Files: view}
		if f.server != nil {
			f.server.Allow(user, f.accounts[user])
		}
		how = append(how, soap.FSAttachment{UUID: file.header.UUID, UserName: user, Password: password, FileName: "/" + file.name})
		users = append(users, user)
	}
	return how, users
}

// withdraw ends accounts.
func (f *files) withdraw(users []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, user := range users {
		delete(f.accounts, user)
		if f.server != nil {
			f.server.Withdraw(user)
		}
	}
}

// open starts to offer everything through a server.
func (f *files) open(server *ftp.Server) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.server = server
	for user, account := range f.accounts {
		server.Allow(user, account)
	}
}

func (f *files) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.server = nil
}

// attachments are what a provider's files become.
type attachments struct {
	contents []soap.AttachmentContent
	files    []storedFile
}

// attach writes the headers of a provider's files into its answer.
func (s *Server) attach(d *soap.ResponseData, list []Attachment, f fate, at time.Time) (out attachments) {
	for _, a := range list {
		if a.ID == "" {
			a.ID = f.id(at)
			if !a.Stored && len(a.Content) <= large {
				a.ID = "attachment-" + a.ID
			}
		}
		if a.Name == "" {
			a.Name = "SignedContent.zip"
		}
		if !a.Stored && len(a.Content) <= large {
			d.Attachments = append(d.Attachments, soap.AttachmentHeader{ContentID: a.ID, MIMEType: a.MIMEType, Signature: a.Signature})
			out.contents = append(out.contents, soap.AttachmentContent{ID: a.ID, Content: a.Content})
			continue
		}
		h := soap.RefAttachmentHeader{UUID: a.ID, Hash: hashOf(a.Content), MIMEType: a.MIMEType, Signature: a.Signature}
		d.Files = append(d.Files, h)
		out.files = append(out.files, storedFile{h, a.Name, a.Content})
	}
	return out
}
