package notify_test

import (
	"reflect"
	"testing"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// TestFilesGoWithLetters: what a notice brings goes with its letter, and a text
// message goes without.
func TestFilesGoWithLetters(t *testing.T) {
	p := &post{}
	n := notice(workflow.SendInstruction, workflow.Applicant, workflow.KeyGeneration)
	n.Files = []ra.NoticeFile{{Name: "Инструкция.pdf", Media: "application/pdf", Data: []byte("%PDF")}}
	if err := router(t, config(p)).Notify(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	if len(p.letters) != 1 || !reflect.DeepEqual(p.letters[0].Files, n.Files) {
		t.Errorf("got %+v, want one letter with the file", p.letters)
	}
}
