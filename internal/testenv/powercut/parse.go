package powercut

import (
	"errors"
	"strconv"
	"strings"
)

// argument is one argument of a system call as strace writes it: a word, a
// descriptor with the path it stands for, or a quoted text.
type argument struct {
	word string // 8 of 8</data/ra.db>; O_RDWR|O_CREAT
	path string // /data/ra.db
	text string // unquoted
}

func (a argument) number() int64 {
	n, err := strconv.ParseInt(a.word, 0, 64)
	if err != nil {
		return -1
	}
	return n
}

var errArguments = errors.New("cannot read the arguments")

// arguments takes a list of arguments apart.
func arguments(s string) (list []argument, err error) {
	for s != "" {
		var a argument
		switch {
		case s[0] == '"':
			end := strings.IndexByte(s[1:], '"') // hexadecimal: nothing is escaped
			if end < 0 {
				return nil, errArguments
			}
			if a.text, err = unhex(s[1 : 1+end]); err != nil {
				return nil, err
			}
			s = s[end+2:]
			if strings.HasPrefix(s, "...") {
				return nil, errors.New("a text is cut short")
			}
		default:
			n := strings.IndexAny(s, ",<")
			if n < 0 {
				n = len(s)
			}
			a.word, s = strings.TrimSpace(s[:n]), s[n:]
			if strings.HasPrefix(s, "<") {
				end := strings.IndexByte(s, '>')
				if end < 0 {
					return nil, errArguments
				}
				if a.path, err = unhex(s[1:end]); err != nil {
					return nil, err
				}
				s = s[end+1:]
				if strings.HasPrefix(s, "(deleted)") {
					a.path, s = "", s[len("(deleted)"):]
				}
			}
		}
		list = append(list, a)
		s = strings.TrimPrefix(s, ",")
		s = strings.TrimPrefix(s, " ")
	}
	return list, nil
}

// unhex reads \x41\x42; what is not written so stands for itself.
func unhex(s string) (string, error) {
	var out strings.Builder
	out.Grow(len(s) / 4)
	for len(s) > 0 {
		if !strings.HasPrefix(s, `\x`) {
			out.WriteByte(s[0])
			s = s[1:]
			continue
		}
		if len(s) < 4 {
			return "", errArguments
		}
		high, low := digit(s[2]), digit(s[3])
		if high < 0 || low < 0 {
			return "", errArguments
		}
		out.WriteByte(byte(high<<4 | low))
		s = s[4:]
	}
	return out.String(), nil
}

func digit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}
