package workplace

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"runtime"
	"strings"

	"github.com/surguch/surguch/token"
)

// Variables of the environment that programs at a workplace read PINs from,
// where no person is there.
const (
	PINVariable        = "SURGUCH_PIN"     // the user's PIN, or the password
	NewPINVariable     = "SURGUCH_NEW_PIN" // the one to change it into
	OfficerPINVariable = "SURGUCH_SO_PIN"  // the administrator's
)

// Errors of asking for a PIN.
var (
	// ErrNoPIN says that there is no source and no person to ask.
	ErrNoPIN = errors.New("workplace: there is nobody to ask for the PIN")
	// ErrPublicPIN says that others may read the file with the PIN.
	ErrPublicPIN = errors.New("workplace: others may read the file with the PIN")
)

// Sources are where a PIN may come from. The first that is set is the only one
// that is asked.
type Sources struct {
	File     string    // as [Source] reads it; empty: none
	Variable string    // of the environment, if it is set there
	Person   token.PIN // nil: nobody is there
}

// PIN returns the source; without any, one that answers ErrNoPIN with the name
// of the variable.
func (s Sources) PIN() token.PIN {
	_, set := os.LookupEnv(s.Variable)
	switch {
	case s.File != "":
		return Source(s.File)
	case set:
		return Environment(s.Variable)
	case s.Person != nil:
		return s.Person
	}
	return Environment(s.Variable)
}

// Environment returns the PIN that a variable of the environment holds, for
// machines; ErrNoPIN if it is not set. It does not use up the last try. The copy
// in the environment cannot be wiped.
func Environment(variable string) token.PIN {
	return func(ctx context.Context, _ token.Question) (token.Answer, error) {
		pin, set := os.LookupEnv(variable)
		if !set {
			return token.Answer{}, fmt.Errorf("%w: %s is not set", ErrNoPIN, variable)
		}
		return token.Answer{PIN: []byte(pin)}, ctx.Err()
	}
}

// Source returns the PIN that the pin-source of a PKCS #11 URI points to (RFC
// 7512, section 2.4): a path, or a URI of the scheme file. It is the first line
// of the file, without the end of the line and without the mark that Windows
// begins text with. A file that others may read is refused, where the system
// tells: ErrPublicPIN. Commands, which RFC 7512 would write behind a bar, are
// not run. It does not use up the last try, and is no source of new PINs.
func Source(source string) token.PIN {
	return func(ctx context.Context, q token.Question) (token.Answer, error) {
		if q.New {
			return token.Answer{}, fmt.Errorf("%w: a pin-source has no new one", ErrNoPIN)
		}
		pin, err := readSource(source)
		if err != nil {
			return token.Answer{}, err
		}
		return token.Answer{PIN: pin}, ctx.Err()
	}
}

// maxPIN is how many octets a PIN in a file may have.
const maxPIN = 1024

func readSource(source string) ([]byte, error) {
	path, err := sourcePath(source)
	if err != nil {
		return nil, err
	}
	// What is no file may keep whoever opens it waiting.
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New(path + " is no file")
	}
	if err != nil {
		return nil, fmt.Errorf("workplace: pin-source: %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("workplace: pin-source: %w", err)
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return nil, fmt.Errorf("workplace: pin-source: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%w: %s has mode %v", ErrPublicPIN, path, info.Mode().Perm())
	}
	data := make([]byte, maxPIN+2)
	defer clear(data)
	n, err := io.ReadFull(f, data)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("workplace: pin-source: %w", err)
	}
	return firstLine(data[:n])
}

// firstLine returns a copy of the first line of a file. It may be the last and
// have no end.
func firstLine(data []byte) ([]byte, error) {
	line := data
	for i, c := range data {
		if c == '\n' {
			line = data[:i]
			break
		}
	}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	if mark := "\uFEFF"; len(line) >= len(mark) && string(line[:len(mark)]) == mark {
		line = line[len(mark):]
	}
	if len(line) == 0 || len(line) > maxPIN {
		return nil, fmt.Errorf("workplace: pin-source: want a first line of 1 to %d octets", maxPIN)
	}
	return append([]byte(nil), line...), nil
}

// sourcePath returns the path of the file.
func sourcePath(source string) (string, error) {
	switch scheme := "file:"; {
	case source == "" || source[0] == '|':
		return "", errors.New("workplace: pin-source: a command is not run: name a file")
	case len(source) < len(scheme) || !strings.EqualFold(source[:len(scheme)], scheme):
		return source, nil
	}
	u, err := url.Parse(source)
	if err != nil || u.Path == "" || u.Host != "" && u.Host != "localhost" || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("workplace: pin-source: not a file URI of this machine")
	}
	path := u.Path
	if runtime.GOOS == "windows" {
		path = strings.TrimPrefix(path, "/") // file:///C:/…
	}
	return path, nil
}
