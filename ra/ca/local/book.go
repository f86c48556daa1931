package local

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/atomicfile"
	"github.com/surguch/surguch/internal/filelock"
	"github.com/surguch/surguch/ra"
)

// line is one entry of the authority's journal. All of them in their order
// are the authority's state.
type line struct {
	Kind        lineKind        `json:"kind"`
	Key         string          `json:"key,omitempty"`         // of the order
	Certificate []byte          `json:"certificate,omitempty"` // of linePlanned unsigned, of lineIssued signed
	Code        string          `json:"code,omitempty"`        // of lineRefused
	Reason      string          `json:"reason,omitempty"`      // of lineRefused
	State       ra.OutcomeState `json:"state,omitempty"`       // of lineState
	Why         csr.Reason      `json:"why,omitempty"`         // of lineState
	At          time.Time       `json:"at,omitzero"`           // of lineState
	Invalid     time.Time       `json:"invalid,omitzero"`      // of lineState: since when the key is suspect
	Number      int64           `json:"number,omitempty"`      // of lineList
}

type lineKind string

const (
	linePlanned lineKind = "planned" // the certificate is about to be signed
	lineIssued  lineKind = "issued"  // it is signed
	lineRefused lineKind = "refused"
	lineState   lineKind = "state" // it ended, was suspended or resumed
	lineList    lineKind = "list"  // a list of that number was made
)

// write makes a line durable and then the state what it says.
func (ca *CA) write(l *line) error {
	if err := ca.check(l); err != nil {
		return fmt.Errorf("local: %w", err)
	}
	if ca.book != nil {
		if err := ca.book.append(l); err != nil {
			return fmt.Errorf("local: %w", err)
		}
	}
	ca.change(l)
	return nil
}

// apply is write for a line that was read.
func (ca *CA) apply(l *line) error {
	if err := ca.check(l); err != nil {
		return err
	}
	ca.change(l)
	return nil
}

// check refuses a line that does not follow on the state.
func (ca *CA) check(l *line) error {
	o := ca.orders[l.Key]
	ok := false
	switch l.Kind {
	case linePlanned, lineRefused:
		ok = o == nil
	case lineIssued:
		ok = o != nil && o.state == ra.Pending
	case lineState:
		ok = o != nil && (o.state == ra.Issued || o.state == ra.Suspended) &&
			(l.State == ra.Issued || l.State == ra.Suspended || l.State == ra.Revoked)
	case lineList:
		ok = l.Number == ca.lists+1
	}
	if !ok {
		return fmt.Errorf("journal: %q does not follow on what stands before it", l.Kind)
	}
	if l.Kind == linePlanned || l.Kind == lineIssued {
		if _, err := ca.cfg.Algorithms.ParseCertificate(l.Certificate); err != nil {
			return fmt.Errorf("journal: %w", err)
		}
	}
	return nil
}

// change is the only place where the state changes.
func (ca *CA) change(l *line) {
	o := ca.orders[l.Key]
	switch l.Kind {
	case lineRefused:
		ca.orders[l.Key] = &order{state: ra.Refused, code: l.Code, reason: l.Reason}
	case linePlanned:
		cert, _ := ca.cfg.Algorithms.ParseCertificate(l.Certificate) // by check it parses
		o = &order{state: ra.Pending, planned: l.Certificate, serial: cert.SerialNumber}
		ca.orders[l.Key] = o
		ca.serials[string(o.serial.Bytes())] = o
	case lineIssued:
		o.state, o.der, o.planned = ra.Issued, l.Certificate, nil
	case lineState:
		o.state, o.revocation = l.State, csr.Revocation{}
		if l.State != ra.Issued {
			o.revocation = csr.Revocation{SerialNumber: o.serial, RevokedAt: l.At, Reason: l.Why, InvalidityDate: l.Invalid}
		}
	case lineList:
		ca.lists = l.Number
	}
}

// book is the journal in its file: lines of JSON, each after its checksum,
// synced one by one.
type book struct {
	file   *os.File
	broken error // why nothing can be written any more
}

// journalName is the file in Config.Dir.
const journalName = "authority.journal"

// ErrLocked says that another process, or another CA of this one, has the
// folder open. Two of them would issue twice under one key.
var ErrLocked = errors.New("local: another authority has the folder open")

// openBook reads what the journal holds. A last line that is not whole was
// never acknowledged, and is cut off; any other fault is an error.
func openBook(dir string, apply func(*line) error) (*book, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	f, err := filelock.Open(filepath.Join(dir, journalName))
	switch {
	case errors.Is(err, filelock.ErrLocked):
		return nil, ErrLocked
	case err != nil:
		return nil, err
	}
	b := &book{file: f}
	if err := b.read(apply); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if err := atomicfile.SyncDir(dir); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return b, nil
}

func (b *book) read(apply func(*line) error) error {
	data, err := io.ReadAll(b.file)
	if err != nil {
		return err
	}
	whole := 0
	for n := 1; whole < len(data); n++ {
		text, _, ended := bytes.Cut(data[whole:], []byte("\n"))
		l, err := parseLine(text)
		if last := whole+len(text)+1 >= len(data); last && (!ended || err != nil) {
			break
		}
		if err == nil {
			err = apply(l)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		whole += len(text) + 1
	}
	if whole < len(data) {
		if err := errors.Join(b.file.Truncate(int64(whole)), b.file.Sync()); err != nil {
			return err
		}
	}
	_, err = b.file.Seek(int64(whole), io.SeekStart)
	return err
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(text []byte) string {
	return fmt.Sprintf("%08x", crc32.Checksum(text, castagnoli))
}

func parseLine(text []byte) (*line, error) {
	sum, body, ok := bytes.Cut(text, []byte(" "))
	if !ok || string(sum) != checksum(body) {
		return nil, errors.New("journal: the checksum is wrong")
	}
	l := &line{}
	if err := json.Unmarshal(body, l); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	return l, nil
}

// append writes and syncs a line. After an error nobody knows what stands in
// the file, so nothing more is written until it is opened again.
func (b *book) append(l *line) error {
	if b.broken != nil {
		return b.broken
	}
	body, err := json.Marshal(l)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(b.file, "%s %s\n", checksum(body), body)
	if err == nil {
		err = b.file.Sync()
	}
	if err != nil {
		b.broken = fmt.Errorf("journal: it has to be opened again: %w", err)
		return b.broken
	}
	return nil
}

func (b *book) close() error {
	if b == nil || b.broken == errClosed {
		return nil
	}
	b.broken = errClosed
	return b.file.Close()
}

var errClosed = errors.New("journal: the authority is closed")
