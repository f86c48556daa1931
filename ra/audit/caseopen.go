package audit

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// Bounds of a case file. A dossier has some dozens of documents of at most 20
// MiB and some hundreds of entries.
const (
	caseMost      = 2 << 30   // octets in all
	directoryMost = 1 << 20   // octets of the zip's directory
	filesMost     = 4096      // files
	textMost      = 64 << 20  // octets of one of the texts
	documentMost  = 128 << 20 // octets of a document
	entriesMost   = 100_000   // entries of the journal
)

// CaseFile is an opened case file, not yet verified: nothing in it counts
// before [CaseFile.Verify] has returned nil.
type CaseFile struct {
	checkpoint []byte
	leaves     []provenLeaf
	journal    [][]byte
	process    []byte
	documents  map[string]*zip.File // by name
}

// OpenCaseFile reads a case file of the given size. It is a stranger's: what
// [Export] would not write is refused, compressed files among it, and memory
// stays within some multiples of the size of its texts. Documents are read when
// they are verified.
func OpenCaseFile(r io.ReaderAt, size int64) (*CaseFile, error) {
	c, err := openCaseFile(r, size)
	if err != nil {
		return nil, fmt.Errorf("audit: case file: %w", err)
	}
	return c, nil
}

func openCaseFile(r io.ReaderAt, size int64) (*CaseFile, error) {
	if err := checkDirectory(r, size); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, err
	}
	c := &CaseFile{documents: map[string]*zip.File{}}
	texts := map[string][]byte{}
	var total uint64
	for _, f := range z.File {
		// Files may share octets; together they must not be more than there are.
		if total += f.UncompressedSize64; f.UncompressedSize64 > caseMost || total > uint64(size) {
			return nil, errors.New("its files overlap")
		}
		if f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64 {
			return nil, errors.New("a file in it is compressed")
		}
		switch folder, base := path.Split(f.Name); folder {
		case "":
			if _, twice := texts[base]; twice || !isText(base) || f.UncompressedSize64 > textMost {
				return nil, fmt.Errorf("a file %q of %d octets", printable(base), f.UncompressedSize64)
			}
			if texts[base], err = readAll(f); err != nil {
				return nil, err
			}
		case documentFolder, certificateFolder, signatureFolder:
			if c.documents[f.Name] != nil || f.UncompressedSize64 > documentMost {
				return nil, fmt.Errorf("a document %q of %d octets", printable(f.Name), f.UncompressedSize64)
			}
			c.documents[f.Name] = f
		default:
			return nil, fmt.Errorf("a folder %q", printable(folder))
		}
	}
	if len(texts) != 5 {
		return nil, errors.New("a part of it is missing")
	}
	c.checkpoint, c.process = texts[checkpointName], texts[processName]
	return c, c.lines(texts[trailName], texts[journalName])
}

func isText(name string) bool {
	switch name {
	case readmeName, checkpointName, trailName, journalName, processName:
		return true
	}
	return false
}

// lines reads the texts that have one item on each line.
func (c *CaseFile) lines(trail, journal []byte) error {
	var err error
	if c.journal, err = splitLines(journal); err != nil {
		return fmt.Errorf("%s: %w", journalName, err)
	}
	leaves, err := splitLines(trail)
	if err != nil {
		return fmt.Errorf("%s: %w", trailName, err)
	}
	for i, line := range leaves {
		var l provenLeaf
		d := json.NewDecoder(bytes.NewReader(line))
		d.DisallowUnknownFields()
		if err := d.Decode(&l); err != nil || l.Place < 0 || len(l.Proof) > 64 {
			return fmt.Errorf("%s: line %d does not parse", trailName, i+1)
		}
		// Base64 has bits that mean nothing, and JSON has spellings: there is one.
		if again, err := json.Marshal(l); err != nil || !bytes.Equal(again, line) {
			return fmt.Errorf("%s: line %d is not spelt as it was written", trailName, i+1)
		}
		c.leaves = append(c.leaves, l)
	}
	return nil
}

// splitLines splits a text into lines, each of which ends in a newline.
func splitLines(text []byte) ([][]byte, error) {
	body, ended := bytes.CutSuffix(text, []byte("\n"))
	if !ended || bytes.Count(body, []byte("\n")) >= entriesMost {
		return nil, errors.New("no lines, or too many")
	}
	return bytes.Split(body, []byte("\n")), nil
}

// checkDirectory looks at the end of the zip before archive/zip does, which
// reads as many headers as there are: the directory must be short and end
// where its end record begins (APPNOTE.TXT, section 4.3.16; no comment, no
// ZIP64, which Export never needs).
func checkDirectory(r io.ReaderAt, size int64) error {
	const record = 22
	var end [record]byte
	if size < record || size > caseMost {
		return fmt.Errorf("%d octets: too short or too long", size)
	}
	if _, err := r.ReadAt(end[:], size-record); err != nil && err != io.EOF {
		return err
	}
	le := binary.LittleEndian
	files, length, offset := le.Uint16(end[10:]), int64(le.Uint32(end[12:])), int64(le.Uint32(end[16:]))
	switch {
	case !strings.HasPrefix(string(end[:]), "PK\x05\x06") || le.Uint16(end[20:]) != 0:
		return errors.New("it is no zip, or has a comment")
	case files > filesMost || length > directoryMost:
		return fmt.Errorf("too many files: %d", files)
	case offset+length != size-record:
		return errors.New("its directory is not where it belongs")
	}
	return nil
}

// hashOf is the SHA-256 of a file, hexadecimal.
func hashOf(f *zip.File) (string, error) {
	in, err := f.Open()
	if err != nil {
		return "", err
	}
	defer in.Close()
	h := sha256.New()
	if _, err := io.Copy(h, in); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// readAll reads a file whose size has been checked. Its CRC is checked as well.
func readAll(f *zip.File) ([]byte, error) {
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, int64(f.UncompressedSize64)+1))
	if err != nil {
		return nil, fmt.Errorf("%q: %w", printable(f.Name), err)
	}
	if uint64(len(data)) != f.UncompressedSize64 {
		return nil, fmt.Errorf("%q: not of its size", printable(f.Name))
	}
	return data, nil
}
