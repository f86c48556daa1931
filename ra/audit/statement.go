package audit

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/surguch/surguch/gost/streebog"
)

// statement is the text of a checkpoint. It has the shape of C2SP's
// (c2sp.org/tlog-checkpoint):
//
//	ca.example.org/audit
//	20852163
//	CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//	at 2026-11-22T09:00:00.000Z
//	after 20852101
//
// which are the origin, the size of the tree, and its root in base64. The two
// extension lines are our own: when it was signed, and the size of the
// checkpoint before (0: it is the first). C2SP allows such lines and
// recommends against them, since monitors of a public log cannot audit them.
// Here they are audited: with "after" no checkpoint can be left out of the
// store unnoticed, and "at" is what ra.Checkpoint.At is held against.
//
// The root is by Streebog-256, where C2SP has SHA-256: the shape is shared,
// the trees are not, and no C2SP client takes one for the other, since it does
// not know the type of the signature.
type statement struct {
	origin string
	size   int64
	root   []byte
	at     time.Time // UTC, milliseconds
	after  int64
}

const timeForm = "2006-01-02T15:04:05.000Z"

func (s *statement) text() []byte {
	return fmt.Appendf(nil, "%s\n%d\n%s\nat %s\nafter %d\n",
		s.origin, s.size, base64.StdEncoding.EncodeToString(s.root), s.at.UTC().Format(timeForm), s.after)
}

// parseStatement reads what text wrote and accepts no other spelling.
func parseStatement(text []byte) (*statement, error) {
	lines := strings.Split(string(text), "\n")
	if len(lines) != 6 {
		return nil, errors.New("not the lines of a checkpoint")
	}
	at, okAt := strings.CutPrefix(lines[3], "at ")
	after, okAfter := strings.CutPrefix(lines[4], "after ")
	s := &statement{origin: lines[0]}
	var errs [4]error
	s.size, errs[0] = strconv.ParseInt(lines[1], 10, 64)
	s.root, errs[1] = base64Strict.DecodeString(lines[2])
	s.at, errs[2] = time.Parse(timeForm, at)
	s.after, errs[3] = strconv.ParseInt(after, 10, 64)
	switch {
	case !okAt || !okAfter || errors.Join(errs[:]...) != nil:
		return nil, errors.New("a line does not parse")
	case !validName(s.origin):
		return nil, errors.New("no origin that can be a name")
	case len(s.root) != streebog.Size256:
		return nil, errors.New("the root is no hash of 256 bits")
	case s.size < 1 || s.after < 0 || s.after >= s.size:
		return nil, errors.New("no such sizes")
	case !bytes.Equal(s.text(), text):
		return nil, errors.New("not spelled as it is signed")
	}
	return s, nil
}
