package pfx

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MinPassword is how many characters a password that a file is written with
// has at least; of digits alone, twice as many.
const MinPassword = 8

// common are passwords that anybody tries first, in lower case.
var common = []string{
	"password", "passw0rd", "password1", "qwertyui", "qwertyuiop", "qwerty123", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "zaq12wsx",
	"asdfghjk", "asdfghjkl", "iloveyou", "admin123", "administrator", "changeit", "changeme", "letmein1", "welcome1", "abcd1234", "abc12345",
	"йцукенгш", "йцукенгшщз", "пароль12", "пароль123", "парольпароль", "passwordpassword", "rutoken1", "cryptopro", "криптопро",
}

// CheckPassword returns an error that is ErrWeakPassword, with the rule, for a
// password that Marshal refuses: one that is not UTF-8 or has control
// characters, has less than MinPassword characters or less than five different
// ones, has digits alone and less than twice MinPassword, goes up or down by
// one, or is among those that anybody tries first. What it does not refuse is
// not strong for that.
func CheckPassword(password []byte) error {
	weak := func(why string) error { return fmt.Errorf("%w: %s", ErrWeakPassword, why) }
	if !utf8.Valid(password) {
		return weak("not text in UTF-8")
	}
	var chars []rune
	defer func() { clear(chars) }()
	digits, up, down := true, true, true
	for rest := password; len(rest) > 0; {
		c, n := utf8.DecodeRune(rest)
		rest = rest[n:]
		if unicode.IsControl(c) {
			return weak("control characters")
		}
		if len(chars) > 0 {
			last := chars[len(chars)-1]
			up, down = up && c == last+1, down && c == last-1
		}
		digits = digits && unicode.IsDigit(c)
		chars = append(chars, c)
	}
	switch count := len(chars); {
	case count < MinPassword:
		return weak(fmt.Sprintf("less than %d characters", MinPassword))
	case digits && count < 2*MinPassword:
		return weak(fmt.Sprintf("digits alone, less than %d", 2*MinPassword))
	case up || down:
		return weak("characters that follow one another")
	}
	if slices.ContainsFunc(common, func(word string) bool { return strings.EqualFold(word, string(password)) }) {
		return weak("one that anybody tries first")
	}
	slices.Sort(chars)
	if len(slices.Compact(chars)) < 5 {
		return weak("less than 5 different characters")
	}
	return nil
}
