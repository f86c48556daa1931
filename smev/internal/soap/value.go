package soap

import (
	"encoding/base64"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/surguch/surguch/smev/xmldsig"
)

// moscow is UTC+3: SMEV stamps its messages with the local time of Moscow,
// which has had no other offset since 2014.
var moscow = time.FixedZone("", 3*60*60)

// stamp writes an xs:dateTime as SMEV does, with milliseconds and offset.
func stamp(t time.Time) string {
	return t.In(moscow).Format("2006-01-02T15:04:05.000-07:00")
}

// moment reads an xs:dateTime; one without offset is taken as Moscow time.
func moment(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t.UTC(), nil
	}
	t, err := time.ParseInLocation("2006-01-02T15:04:05.999999999", s, moscow)
	if err != nil {
		return time.Time{}, errors.New("soap: not an xs:dateTime")
	}
	return t.UTC(), nil
}

// collapse removes the white space that types other than xs:string allow
// around a value (XML Schema part 2, section 4.3.6).
func collapse(s string) string { return strings.Trim(s, " \t\r\n") }

// The functions below read a value within s, which takes the failure if there
// is one.

func readMoment(s *xmldsig.Sequence, name xmldsig.Name) time.Time {
	return parseMoment(s, name, s.Text(name))
}

// readOptionalMoment returns the zero time if there is no element.
func readOptionalMoment(s *xmldsig.Sequence, name xmldsig.Name) time.Time {
	text := s.OptionalText(name)
	if text == "" {
		return time.Time{}
	}
	return parseMoment(s, name, text)
}

func parseMoment(s *xmldsig.Sequence, name xmldsig.Name, text string) time.Time {
	t, err := moment(collapse(text))
	if err != nil {
		s.Fail(errors.New("soap: " + name.Local + " is not an xs:dateTime"))
	}
	return t
}

func readInt(s *xmldsig.Sequence, name xmldsig.Name) int {
	n, err := strconv.ParseInt(collapse(s.Text(name)), 10, 32)
	if err != nil {
		s.Fail(errors.New("soap: " + name.Local + " is not an xs:int"))
	}
	return int(n)
}

func parseBool(s *xmldsig.Sequence, name, text string) bool {
	switch collapse(text) {
	case "true", "1":
		return true
	case "false", "0":
	default:
		s.Fail(errors.New("soap: " + name + " is not an xs:boolean"))
	}
	return false
}

// readBase64 reads the octets of an xs:base64Binary. White space between its
// characters is allowed.
func readBase64(s *xmldsig.Sequence, e *xmldsig.Element) []byte {
	text, err := e.Leaf()
	s.Fail(err)
	octets, err := base64.StdEncoding.DecodeString(strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '\r' || r == '\n' {
			return -1
		}
		return r
	}, text))
	if err != nil {
		s.Fail(errors.New("soap: " + e.Name.Local + " is not Base64"))
	}
	return octets
}

// id is the UUID type of smev-message-exchange-basic.xsd.
var id = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// readID reads an identifier that SMEV has let through, so it is a UUID.
func readID(s *xmldsig.Sequence, name xmldsig.Name) string {
	return parseID(s, name, s.Text(name))
}

// readOptionalID returns "" if there is no element.
func readOptionalID(s *xmldsig.Sequence, name xmldsig.Name) string {
	text := s.OptionalText(name)
	if text == "" {
		return ""
	}
	return parseID(s, name, text)
}

func parseID(s *xmldsig.Sequence, name xmldsig.Name, text string) string {
	if !id.MatchString(text) {
		s.Fail(errors.New("soap: " + name.Local + " is not a UUID"))
	}
	return text
}
