package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/surguch/surguch/internal/filelock"
)

// stateName and lockName are the files of the state's folder.
const (
	stateName = "rqmaker.json"
	lockName  = "rqmaker.lock"
)

// record is what a run has begun, as it is kept: everything that must be the
// same if it has to be done again.
type record struct {
	Server  string `json:"server"`
	Secret  []byte `json:"secret"`            // the session's half of ours, 32 octets
	Token   string `json:"token,omitempty"`   // of the session; empty: none is open
	Request string `json:"request,omitempty"` // ID of the request that the session is about

	Carrier   string            `json:"carrier,omitempty"`   // the place of the key
	Device    string            `json:"device,omitempty"`    // the token there, where there is one
	Algorithm string            `json:"algorithm,omitempty"` // of the key
	Key       string            `json:"key,omitempty"`       // its ID; known before the key is made
	PKCS10    []byte            `json:"pkcs10,omitempty"`    // the certificate request; known before it is sent
	HandedIn  bool              `json:"handedIn,omitempty"`  // the server has said that it has it
	Signature []byte            `json:"signature,omitempty"` // the acknowledgement; known before it is sent
	Sends     map[string]string `json:"sends,omitempty"`     // Idempotency-Key of each message
}

// Messages, as keys of record.Sends.
const (
	sendRequest         = "request"
	sendAcknowledgement = "acknowledgement"
	sendInstallation    = "installation"
)

// state is the record in its file, for this process alone.
type state struct {
	record
	dir   string
	lock  *os.File
	write func(name string, data []byte, mode fs.FileMode) error
}

// Errors of the state.
var (
	errStateBusy   = errors.New("rqmaker: another run has the state")
	errStateBroken = errors.New("rqmaker: the state does not read")
)

// openState reads what was begun, or begins.
func openState(dir string, write func(string, []byte, fs.FileMode) error) (*state, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("-state: %w", err)
	}
	lock, err := filelock.Open(filepath.Join(dir, lockName))
	if errors.Is(err, filelock.ErrLocked) {
		return nil, errStateBusy
	}
	if err != nil {
		return nil, fmt.Errorf("-state: %w", err)
	}
	s := &state{dir: dir, lock: lock, write: write}
	data, err := os.ReadFile(s.path(stateName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, nil
	case err == nil:
		s.record, err = parseRecord(data)
	}
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return s, nil
}

// parseRecord reads the file of a state, strictly.
func parseRecord(data []byte) (record, error) {
	var r record
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return record{}, fmt.Errorf("%w: %w", errStateBroken, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return record{}, fmt.Errorf("%w: something follows it", errStateBroken)
	}
	key, err := hex.DecodeString(r.Key)
	switch {
	case len(r.Secret) != secretSize || r.Server == "":
		return record{}, fmt.Errorf("%w: no session", errStateBroken)
	case r.Token != "" && r.Request == "":
		return record{}, fmt.Errorf("%w: a session without a request", errStateBroken)
	case r.Key != "" && (err != nil || len(key) != 16 || r.Carrier == "" || r.Algorithm == ""):
		return record{}, fmt.Errorf("%w: the key", errStateBroken)
	case r.Key == "" && (r.PKCS10 != nil || r.HandedIn || r.Signature != nil):
		return record{}, fmt.Errorf("%w: messages without a key", errStateBroken)
	}
	return r, nil
}

func (s *state) path(name string) string { return filepath.Join(s.dir, name) }

// save keeps the record: what it says now is so after a crash.
func (s *state) save() error {
	data, err := json.MarshalIndent(s.record, "", "  ")
	if err != nil {
		return fmt.Errorf("-state: %w", err)
	}
	if err := s.write(s.path(stateName), append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("-state: %w", err)
	}
	return nil
}

// remove forgets what was begun: it is done.
func (s *state) remove() error {
	if err := os.Remove(s.path(stateName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("-state: %w", err)
	}
	return nil
}

// close gives the state up to another run.
func (s *state) close() error { return s.lock.Close() }

// secretSize is that of the session's secret, octets.
const secretSize = 32

// newSecret makes the secret of a session, which nobody has yet.
func (r *record) newSecret() {
	r.Secret, r.Token = make([]byte, secretSize), ""
	rand.Read(r.Secret)
}

// newKey gives up the key and all that was made with it, and chooses the ID of
// another one.
func (r *record) newKey(place, device, algorithm string) {
	var id [16]byte
	rand.Read(id[:])
	r.Carrier, r.Device, r.Algorithm, r.Key = place, device, algorithm, hex.EncodeToString(id[:])
	r.PKCS10, r.HandedIn, r.Signature = nil, false, nil
	r.Sends = map[string]string{}
	for _, message := range []string{sendRequest, sendAcknowledgement, sendInstallation} {
		r.Sends[message] = rand.Text()
	}
}
