package ftp

import (
	"bufio"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLine is the longest command line in octets, its end included.
const maxLine = 1024

var errSyntax = errors.New("ftp: not a command line")

// command is one line of a client.
type command struct {
	verb     string // 3 or 4 letters, in upper case
	argument string // UTF-8 (RFC 2640, section 2.2) without control characters; may be empty
}

// readLine returns the next line with its end. Of a line longer than maxLine
// it returns the first octets, which have no end, and skips the rest.
func readLine(r *bufio.Reader) (string, error) {
	part, err := r.ReadSlice('\n')
	text := string(part)
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = r.ReadSlice('\n')
	}
	return text, err
}

// parseCommand reads a line with its end, LF or CR LF (RFC 959, section 5.3).
// An argument is all between one space and the end. Telnet signals that come
// before ABOR are dropped, whether or not their last octet came as urgent data
// (RFC 959, section 4.1.3). Its only error is errSyntax.
func parseCommand(text string) (command, error) {
	size := len(text)
	text, ended := strings.CutSuffix(text, "\n")
	text = strings.TrimSuffix(text, "\r")
	for text != "" && text[0] >= 0xf0 {
		text = text[1:]
	}
	verb, argument, _ := strings.Cut(text, " ")
	if size > maxLine || !ended || len(verb) < 3 || len(verb) > 4 {
		return command{}, errSyntax
	}
	for _, r := range verb {
		if (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return command{}, errSyntax
		}
	}
	if !utf8.ValidString(argument) || strings.ContainsFunc(argument, unicode.IsControl) {
		return command{}, errSyntax
	}
	return command{strings.ToUpper(verb), argument}, nil
}
