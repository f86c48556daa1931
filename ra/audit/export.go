package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/surguch/surguch/internal/atomicfile"
	"github.com/surguch/surguch/ra"
)

// FileExport returns an Export that appends checkpoints to a file, each
// followed by an empty line, and syncs it. The file is worth something where
// the owner of the database cannot write: on another machine, on a medium that
// only appends. Every sealer needs a file of its own. Of a checkpoint that a
// crash cut off, what is there is removed before the next is written.
func FileExport(path string) func(ctx context.Context, c ra.Checkpoint) error {
	var mu sync.Mutex
	return func(_ context.Context, c ra.Checkpoint) error {
		mu.Lock()
		defer mu.Unlock()
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			return err
		}
		end, err := wholeNotes(f)
		if err == nil {
			err = f.Truncate(end)
		}
		if err == nil {
			_, err = f.WriteAt(append(bytes.Clone(c.Note), '\n'), end)
		}
		err = errors.Join(err, f.Sync(), f.Close())
		if err == nil && end == 0 { // the file may be new
			err = atomicfile.SyncDir(filepath.Dir(path))
		}
		return err
	}
}

// wholeNotes is where the last complete checkpoint of a file ends: after the
// empty line that follows on a signature. No checkpoint is longer than
// noteMost.
func wholeNotes(f *os.File) (int64, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	from := max(0, size-2*noteMost)
	tail := make([]byte, size-from)
	if _, err := f.ReadAt(tail, from); err != nil {
		return 0, err
	}
	for end := len(tail); ; {
		end = bytes.LastIndex(tail[:end], []byte("\n\n"))
		if end < 0 {
			if from > 0 {
				return 0, errors.New("it does not hold checkpoints")
			}
			return 0, nil
		}
		line := tail[bytes.LastIndexByte(tail[:end], '\n')+1 : end]
		if bytes.HasPrefix(line, []byte(signaturePrefix)) {
			return from + int64(end) + 2, nil
		}
		end++ // the text of a checkpoint ends here: look before it
	}
}

// ReadExported opens all checkpoints of a file that FileExport has written, or
// of one that holds a single checkpoint. What a crash left of the last is
// passed over; one whose signature does not verify is an error.
func (v *Verifier) ReadExported(file []byte) ([]ra.Checkpoint, error) {
	var list []ra.Checkpoint
	for len(file) > 0 {
		split := bytes.Index(file, []byte("\n\n"))
		if split < 0 {
			break
		}
		end := bytes.Index(file[split+2:], []byte("\n\n"))
		note := file
		switch {
		case end >= 0:
			note = file[:split+2+end+1]
			file = file[split+2+end+2:]
		case len(list) == 0 && file[len(file)-1] == '\n':
			file = nil
		default:
			return list, nil
		}
		c, err := v.Open(note)
		if err != nil {
			return nil, fmt.Errorf("checkpoint %d of the file: %w", len(list)+1, err)
		}
		list = append(list, c)
	}
	if len(list) == 0 {
		return nil, errors.New("audit: the file holds no checkpoint")
	}
	return list, nil
}
