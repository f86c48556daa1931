package soap

import (
	"encoding/base64"

	"github.com/surguch/surguch/smev/xmldsig"
)

// AttachmentHeader describes a file that travels in the message. What is in
// the file stands in an AttachmentContent, outside what the caller signs.
type AttachmentHeader struct {
	ContentID    string // ID of the AttachmentContent
	NamespaceURI string // of the file's kind, if registered with SMEV; 1.3
	MIMEType     string
	Signature    []byte         // of an official over the file: CMS SignedData, detached, DER; nil if there is none
	Archive      []ArchivedFile // what the file holds, if it is an archive; 1.3
}

// AttachmentContent is a file that travels in the message.
type AttachmentContent struct {
	ID      string // an xs:ID: unique among all Ids of the message
	Content []byte
}

// RefAttachmentHeader describes a file that travels through the file store.
type RefAttachmentHeader struct {
	UUID         string // the folder of the file in the store
	FileName     string // 1.3
	NamespaceURI string // 1.3
	Hash         string // of the file: Base64 of Streebog-256
	MIMEType     string
	Signature    []byte         // as that of AttachmentHeader
	Archive      []ArchivedFile // 1.3
}

// ArchivedFile is a file in an archive. 1.3 has it, at most 1000 an archive.
type ArchivedFile struct{ Name, NamespaceURI string }

// FSAttachment says how to fetch a file from the file store.
type FSAttachment struct{ UUID, UserName, Password, FileName string }

func (w *writer) headers(attachments []AttachmentHeader, files []RefAttachmentHeader) {
	newer := w.v.minor >= 3
	if len(attachments) != 0 {
		w.Open("ns1:AttachmentHeaderList")
		for _, a := range attachments {
			w.Open("ns1:AttachmentHeader")
			w.Leaf("ns1:contentId", a.ContentID)
			w.known(newer, "ns1:NamespaceUri", a.NamespaceURI)
			w.fileTail(a.MIMEType, a.Signature, a.Archive)
			w.Close()
		}
		w.Close()
	}
	if len(files) != 0 {
		w.Open("ns1:RefAttachmentHeaderList")
		for _, f := range files {
			w.Open("ns1:RefAttachmentHeader")
			w.Leaf("ns1:uuid", f.UUID)
			w.known(newer, "ns1:FileName", f.FileName)
			w.known(newer, "ns1:NamespaceUri", f.NamespaceURI)
			w.Leaf("ns1:Hash", f.Hash)
			w.fileTail(f.MIMEType, f.Signature, f.Archive)
			w.Close()
		}
		w.Close()
	}
}

// fileTail writes what both kinds of headers end with.
func (w *writer) fileTail(mimeType string, signature []byte, archive []ArchivedFile) {
	w.Leaf("ns1:MimeType", mimeType)
	if signature != nil {
		w.Leaf("ns1:SignaturePKCS7", base64.StdEncoding.EncodeToString(signature))
	}
	if len(archive) == 0 {
		return
	}
	w.needs(w.v.minor >= 3, "ns1:Archive")
	w.Open("ns1:Archive")
	for _, f := range archive {
		w.Open("ns1:File")
		w.Leaf("ns1:Name", f.Name)
		w.Leaf("ns1:NamespaceUri", f.NamespaceURI)
		w.Close()
	}
	w.Close()
}

// readHeaders reads both lists of headers, either of which may be missing.
func (v *Version) readHeaders(s *xmldsig.Sequence) (attachments []AttachmentHeader, files []RefAttachmentHeader) {
	v.readList(s, "AttachmentHeaderList", "AttachmentHeader", func(sub *xmldsig.Sequence) {
		a := AttachmentHeader{ContentID: sub.Text(v.bas("contentId"))}
		if v.minor >= 3 {
			a.NamespaceURI = sub.OptionalText(v.bas("NamespaceUri"))
		}
		a.MIMEType, a.Signature, a.Archive = v.readFileTail(sub)
		attachments = append(attachments, a)
	})
	v.readList(s, "RefAttachmentHeaderList", "RefAttachmentHeader", func(sub *xmldsig.Sequence) {
		f := RefAttachmentHeader{UUID: sub.Text(v.bas("uuid"))}
		if v.minor >= 3 {
			f.FileName = sub.OptionalText(v.bas("FileName"))
			f.NamespaceURI = sub.OptionalText(v.bas("NamespaceUri"))
		}
		f.Hash = sub.Text(v.bas("Hash"))
		f.MIMEType, f.Signature, f.Archive = v.readFileTail(sub)
		files = append(files, f)
	})
	return attachments, files
}

func (v *Version) readFileTail(s *xmldsig.Sequence) (mimeType string, signature []byte, archive []ArchivedFile) {
	mimeType = s.Text(v.bas("MimeType"))
	if e := s.Optional(v.bas("SignaturePKCS7")); e != nil {
		signature = readBase64(s, e)
	}
	if v.minor >= 3 {
		v.readList(s, "Archive", "File", func(sub *xmldsig.Sequence) {
			archive = append(archive, ArchivedFile{sub.Text(v.bas("Name")), sub.Text(v.bas("NamespaceUri"))})
		})
	}
	return mimeType, signature, archive
}

// contents writes the files themselves.
func (w *writer) contents(attachments []AttachmentContent) {
	if len(attachments) == 0 {
		return
	}
	w.Open("ns1:AttachmentContentList")
	for _, a := range attachments {
		w.Open("ns1:AttachmentContent")
		w.Leaf("ns1:Id", a.ID)
		w.Leaf("ns1:Content", base64.StdEncoding.EncodeToString(a.Content))
		w.Close()
	}
	w.Close()
}

func (v *Version) readContents(s *xmldsig.Sequence) (attachments []AttachmentContent) {
	v.readList(s, "AttachmentContentList", "AttachmentContent", func(sub *xmldsig.Sequence) {
		a := AttachmentContent{ID: collapse(sub.Text(v.bas("Id")))}
		a.Content = readBase64(sub, sub.One(v.bas("Content")))
		attachments = append(attachments, a)
	})
	return attachments
}

// stored writes how to fetch files from the file store.
func (w *writer) stored(files []FSAttachment) {
	if len(files) == 0 {
		return
	}
	w.Open("ns1:FSAttachmentsList")
	for _, f := range files {
		w.Open("ns1:FSAttachment")
		w.Leaf("ns1:uuid", f.UUID)
		w.Leaf("ns1:UserName", f.UserName)
		w.Leaf("ns1:Password", f.Password)
		w.Leaf("ns1:FileName", f.FileName)
		w.Close()
	}
	w.Close()
}

func (v *Version) readStored(s *xmldsig.Sequence) (files []FSAttachment) {
	v.readList(s, "FSAttachmentsList", "FSAttachment", func(sub *xmldsig.Sequence) {
		files = append(files, FSAttachment{
			UUID: sub.Text(v.bas("uuid")), UserName: sub.Text(v.bas("UserName")),
			Password: sub.Text(v.bas("Password")), FileName: sub.Text(v.bas("FileName")),
		})
	})
	return files
}

// readList reads a list of Basic that may come next and holds one element of
// that name or more.
func (v *Version) readList(s *xmldsig.Sequence, list, element string, read func(*xmldsig.Sequence)) {
	if e := s.Optional(v.bas(list)); e != nil {
		readAll(s, e, v.bas(element), read)
	}
}

// readAll reads all children of e, which was read from s. They are called name
// and there is one or more.
func readAll(s *xmldsig.Sequence, e *xmldsig.Element, name xmldsig.Name, read func(*xmldsig.Sequence)) {
	sub := e.Sequence(e.Name)
	for c := sub.One(name); c != nil; c = sub.Optional(name) {
		child := c.Sequence(name)
		read(child)
		sub.Fail(child.End())
	}
	s.Fail(sub.End())
}
