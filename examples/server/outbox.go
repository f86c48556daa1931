package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/surguch/surguch/internal/atomicfile"
	"github.com/surguch/surguch/ra/notify"
)

// Parts of the outbox, where messages to people are put into files that
// somebody takes away, or that a developer reads. A file is named by the
// identifier of its message, so that a repetition is the same file; it appears
// whole.
const (
	mailDir  = "mail"
	smsDir   = "sms"
	hooksDir = "webhook"
)

// letters is the part of the outbox for letters: a notify.Mailer.
type letters struct{ dir string }

// openLetters makes the folder.
func openLetters(outbox string) (letters, error) {
	dir, err := openPart(outbox, mailDir)
	return letters{dir}, err
}

// Send writes the letter.
func (b letters) Send(_ context.Context, l notify.Letter) error {
	return put(b.dir, l.ID, fmt.Sprintf("To: %s\nSubject: %s\n\n%s", l.To, l.Subject, l.Text))
}

// smsFiles is the part of the outbox for text messages: a notify.Texter.
type smsFiles struct{ dir string }

// openTexts makes the folder.
func openTexts(outbox string) (smsFiles, error) {
	dir, err := openPart(outbox, smsDir)
	return smsFiles{dir}, err
}

// Send writes the message.
func (b smsFiles) Send(_ context.Context, m notify.SMS) error {
	return put(b.dir, m.ID, fmt.Sprintf("To: %s\n\n%s\n", m.To, m.Text))
}

func openPart(outbox, part string) (string, error) {
	dir := filepath.Join(outbox, part)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("outbox: %w", err)
	}
	return dir, nil
}

func put(dir, id, text string) error {
	if err := atomicfile.Write(filepath.Join(dir, id+".txt"), []byte(text), 0o600); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	return nil
}
