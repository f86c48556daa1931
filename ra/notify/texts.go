package notify

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"text/template"
	"unicode"
	"unicode/utf8"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

//go:embed texts
var embedded embed.FS

// Folders and files of texts.
const (
	mailDir       = "mail"
	smsDir        = "sms"
	ending        = ".txt"
	signatureFile = "signature" + ending
)

// Bounds of what is sent.
const (
	maxSubject = 200     // runes
	maxSMS     = 500     // runes: seven parts of 67 and some
	maxText    = 100_000 // octets of a letter
	maxTexts   = 1000    // texts of an embedder
)

// reasonCode is the reason of a notice that delivers a code: it has no effect.
const reasonCode = "code"

// reasons are the effects that tell somebody something, and the code.
var reasons = map[string]bool{
	reasonCode:                           true,
	string(workflow.SendLink):            true,
	string(workflow.SendInvoice):         true,
	string(workflow.SendPack):            true,
	string(workflow.SendInstruction):     true,
	string(workflow.SendSMS):             true,
	string(workflow.IssueMarker):         true,
	string(workflow.NotifyApplicant):     true,
	string(workflow.NotifyAgent):         true,
	string(workflow.NotifyServiceCentre): true,
	string(workflow.NotifyOperator):      true,
	string(workflow.NotifyDocDept):       true,
}

// reason is why a notice is sent.
func reason(n ra.Notice) string { return cmp.Or(string(n.Effect), reasonCode) }

// Facts are what a text may say. None is personal, but for the secrets, each
// of which is given to the one text that delivers it.
type Facts struct {
	Request   string // its number
	Title     string // of the place it rests in: «Выпуск сертификата»
	Link      string // address of an individual link, in mail/send_link
	Code      string // digits, in sms/code
	Portal    string // address of the portal, up to and with "#"
	Site      string // the same as people type it: ra.example.org
	Authority string // its name
}

// texts are the texts of both channels, by folder and name.
type texts map[string]*text

// text is what is said for one reason.
type text struct {
	name     string // "mail/notify_applicant.completed.txt"
	silent   bool   // nothing is to be said
	template *template.Template
}

// said reports whether there is something to say.
func (t *text) said() bool { return t != nil && !t.silent }

// find returns the text of a channel for a notice: that of the reason and the
// place, or that of the reason; nil if there is neither.
func (ts texts) find(dir string, n ra.Notice) *text {
	if t := ts[path.Join(dir, reason(n)+"."+string(n.State)+ending)]; t != nil {
		return t
	}
	return ts[path.Join(dir, reason(n)+ending)]
}

// render writes a text. An error does not say what the facts were.
func (t *text) render(f Facts) (string, error) {
	var b strings.Builder
	if err := t.template.Execute(&b, f); err != nil {
		return "", fmt.Errorf("text %s cannot be written", t.name)
	}
	return strings.TrimSpace(b.String()), nil
}

var namePattern = regexp.MustCompile(`^([a-z0-9_]+)(\.[a-z0-9_]+)?\.txt$`)

// readTexts reads the embedded texts, those of over in place of them, and
// checks every one.
func readTexts(over fs.FS) (texts, error) {
	own, err := fs.Sub(embedded, "texts")
	if err != nil {
		return nil, err
	}
	sources := map[string]string{}
	for _, from := range []fs.FS{own, over} {
		if from == nil {
			continue
		}
		if err := collect(from, sources); err != nil {
			return nil, err
		}
	}
	signature, err := template.New("signature").Parse(sources[signatureFile])
	if err != nil {
		return nil, err
	}
	delete(sources, signatureFile)
	all := texts{}
	for name, source := range sources {
		t := &text{name: name, silent: strings.TrimSpace(source) == ""}
		base, err := signature.Clone()
		if err != nil {
			return nil, err
		}
		if t.template, err = base.New(name).Parse(source); err != nil {
			return nil, err
		}
		if err := t.check(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all[name] = t
	}
	return all, nil
}

// collect reads the texts of one source.
func collect(from fs.FS, into map[string]string) error {
	return fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if len(into) > maxTexts {
			return fmt.Errorf("more than %d texts", maxTexts)
		}
		dir, file := path.Split(name)
		parts := namePattern.FindStringSubmatch(file)
		switch {
		case name == signatureFile:
		case dir != mailDir+"/" && dir != smsDir+"/", parts == nil:
			return fmt.Errorf("%s is not mail/REASON.txt or sms/REASON.txt", name)
		case !reasons[parts[1]]:
			return fmt.Errorf("%s: nothing is sent for the reason %q", name, parts[1])
		}
		source, err := fs.ReadFile(from, name)
		if err == nil {
			into[name] = string(source)
		}
		return err
	})
}

// check renders a text with invented facts and looks at what comes out.
func (t *text) check() error {
	dir, file := path.Split(t.name)
	why := namePattern.FindStringSubmatch(file)[1]
	mail := dir == mailDir+"/"
	f := Facts{
		Request: "0123456789abcdef", Title: "Выпуск сертификата", Portal: "https://ra.example.org/#",
		Site: "ra.example.org", Authority: "АО «Удостоверяющий центр»",
	}
	secret := ""
	switch {
	case why == reasonCode && mail:
		return errors.New("a code does not go by mail")
	case why == reasonCode:
		secret = "314159"
		f.Code = secret
	case why == string(workflow.SendLink) && mail:
		secret = "https://ra.example.org/#0123456789abcdef.c2VjcmV0"
		f.Link = secret
	}
	if t.silent {
		if secret != "" {
			return errors.New("is empty, but has to deliver a secret")
		}
		return nil
	}
	var b strings.Builder
	if err := t.template.Execute(&b, f); err != nil {
		return err
	}
	said := strings.TrimSpace(b.String())
	switch {
	case !utf8.ValidString(said):
		return errors.New("is not UTF-8")
	case !strings.Contains(said, secret):
		return errors.New("does not contain what it has to deliver")
	case !mail && (said == "" || utf8.RuneCountInString(said) > maxSMS):
		return fmt.Errorf("has no text, or more than %d characters", maxSMS)
	case !mail:
		return nil
	}
	subject, _, err := splitLetter(said)
	if err == nil && secret != "" && strings.Contains(subject, secret) {
		return errors.New("has the secret in its subject")
	}
	return err
}

// splitLetter takes a rendered letter apart: the subject is the first line,
// the second is empty.
func splitLetter(said string) (subject, body string, err error) {
	said = strings.ReplaceAll(said, "\r\n", "\n")
	subject, rest, _ := strings.Cut(said, "\n")
	gap, body, _ := strings.Cut(rest, "\n")
	subject, body = strings.TrimSpace(subject), strings.TrimSpace(body)
	switch {
	case subject == "" || utf8.RuneCountInString(subject) > maxSubject || hasControl(subject):
		return "", "", fmt.Errorf("its first line is not a subject of 1 to %d characters", maxSubject)
	case strings.TrimSpace(gap) != "" || body == "":
		return "", "", errors.New("the subject is not followed by an empty line and a text")
	case len(body) > maxText:
		return "", "", fmt.Errorf("is longer than %d octets", maxText)
	}
	return subject, body + "\n", nil
}

// hasControl reports whether a line has characters that are none of a line.
func hasControl(s string) bool {
	return !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	})
}

// oneLine makes one line of a text.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
