package epgu

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/surguch/surguch/ra"
)

// Limits of a package (specification 1.9; API ЕПГУ 2.1).
const (
	MaxDocuments = 20
	MaxTotal     = 100_000_000 // octets of all documents
	ChunkSize    = 5_000_000   // octets of an archive in one request
)

const (
	formName    = "req.xml"
	sigSuffix   = ".sig"
	maxName     = 50 // characters
	maxSig      = 1 << 20
	maxArchived = MaxTotal + (MaxDocuments+2)*maxSig
)

// extensions of documents.
var extensions = []string{".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".xml", ".txt"}

// ErrDocuments says that the portal would not take the documents.
var ErrDocuments = errors.New("epgu: documents")

// CheckDocuments reports whether the portal takes such documents: how many,
// how large together, and how they are named. ErrDocuments; it tells the place
// of the document, not its name.
func CheckDocuments(list []ra.SignDocument) error {
	if len(list) == 0 || len(list) > MaxDocuments {
		return fmt.Errorf("%w: not 1 to %d", ErrDocuments, MaxDocuments)
	}
	total, seen := 0, map[string]bool{}
	for i, d := range list {
		if err := checkName(d.Name); err != nil {
			return fmt.Errorf("%w: name %d: %w", ErrDocuments, i+1, err)
		}
		if low := strings.ToLower(d.Name); seen[low] {
			return fmt.Errorf("%w: name %d stands twice", ErrDocuments, i+1)
		} else {
			seen[low] = true
		}
		if total += len(d.Data); total > MaxTotal {
			return fmt.Errorf("%w: more than %d octets", ErrDocuments, MaxTotal)
		}
	}
	return nil
}

func checkName(name string) error {
	if n := utf8.RuneCountInString(name); n > maxName || !utf8.ValidString(name) {
		return fmt.Errorf("longer than %d characters", maxName)
	}
	for _, r := range name {
		letter := r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r >= 'А' && r <= 'я' || r == 'Ё' || r == 'ё'
		if !letter && !strings.ContainsRune("_ .,’", r) {
			return errors.New("a character that is not allowed")
		}
	}
	ext := strings.ToLower(path.Ext(name))
	if !slices.Contains(extensions, ext) || len(ext) == len(name) || strings.EqualFold(name, formName) {
		return errors.New("no extension of a document, or nothing else, or a reserved name")
	}
	return nil
}

// File is a file of an archive with the sender's detached signature over it.
type File struct {
	Name      string
	Data      []byte
	Signature []byte // CMS, DER
}

// Archive is what is sent: the form and the documents, all signed.
type Archive struct {
	Form      File // req.xml
	Documents []File
}

// Marshal packs the archive, flat, every file followed by its signature.
func (a *Archive) Marshal() ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range append([]File{a.Form}, a.Documents...) {
		for _, part := range []struct {
			name string
			data []byte
		}{{f.Name, f.Data}, {f.Name + sigSuffix, f.Signature}} {
			w, err := z.Create(part.name)
			if err != nil {
				return nil, fmt.Errorf("epgu: archive: %w", err)
			}
			if _, err := w.Write(part.data); err != nil {
				return nil, fmt.Errorf("epgu: archive: %w", err)
			}
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("epgu: archive: %w", err)
	}
	return out.Bytes(), nil
}

// ParseArchive unpacks an archive and checks what the portal checks: it is
// flat, has req.xml, every file has its signature beside it, and the documents
// are within the limits. The signatures are not verified.
func ParseArchive(raw []byte) (*Archive, error) {
	a, err := parseArchive(raw, maxArchived)
	if err != nil {
		return nil, fmt.Errorf("epgu: archive: %w", err)
	}
	return a, nil
}

// parseArchive unpacks up to so many octets.
func parseArchive(raw []byte, left int64) (*Archive, error) {
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, errors.New("no ZIP")
	}
	if len(z.File) > 2*(MaxDocuments+1) {
		return nil, errors.New("too many files")
	}
	var order []string
	files := map[string][]byte{}
	for _, f := range z.File {
		if _, twice := files[f.Name]; twice || strings.ContainsAny(f.Name, `/\`) {
			return nil, errors.New("a file stands twice or in a folder")
		}
		data, err := unpack(f, left)
		if err != nil {
			return nil, err
		}
		left -= int64(len(data))
		files[f.Name] = data
		if !strings.HasSuffix(f.Name, sigSuffix) {
			order = append(order, f.Name)
		}
	}
	if len(files) != 2*len(order) {
		return nil, errors.New("files and signatures do not pair")
	}
	a, found := &Archive{}, false
	var documents []ra.SignDocument
	for _, name := range order {
		sig, ok := files[name+sigSuffix]
		if !ok || len(sig) > maxSig {
			return nil, errors.New("files and signatures do not pair")
		}
		f := File{Name: name, Data: files[name], Signature: sig}
		if name == formName {
			a.Form, found = f, true
			continue
		}
		a.Documents = append(a.Documents, f)
		documents = append(documents, ra.SignDocument{Name: name, Data: f.Data})
	}
	if !found {
		return nil, errors.New("req.xml is missing")
	}
	return a, CheckDocuments(documents)
}

// unpack reads one file of up to limit octets.
func unpack(f *zip.File, limit int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, errors.New("a file cannot be unpacked")
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, errors.New("a file cannot be unpacked")
	}
	if int64(len(data)) > limit {
		return nil, errors.New("larger than a package may be")
	}
	return data, nil
}
