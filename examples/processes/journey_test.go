package main

import (
	"os"
	"strings"
	"testing"
)

// TestJourney plays both ways that item 7 of seed 002 offers.
func TestJourney(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	t.Setenv("TMP", temporary) // Windows
	stdout, stderr, status := command(t, "", "-journey", "agent")
	if status != 0 || stderr != "" {
		t.Fatalf("got status %d: %s", status, stderr)
	}
	stories := strings.Split(stdout, "\n\n")
	if len(stories) != 2 {
		t.Fatalf("got %d stories, want 2, in\n%s", len(stories), stdout)
	}
	for i, own := range []string{
		"Выдать маркер под роспись → «Изготовление ключей на рабочем месте клиента» [S2.7 S2.7.1a]",
		"Вручить носитель и сертификат → «Оригиналы документов пересылаются в УЦ» [S2.7.2a]",
	} {
		for _, want := range []string{"Порядок выдачи сертификата ЭП клиенту через Агента\n", "→ «Готова к проверке» [S2.3a S2.3b]", "→ «На исполнении» [S2.4b]", own} {
			if !strings.Contains(stories[i], want) {
				t.Errorf("story %d lacks %s, in\n%s", i+1, want, stories[i])
			}
		}
		if strings.Contains(stories[1-i], own) {
			t.Errorf("story %d goes the way of the other", 2-i)
		}
	}
	left, err := os.ReadDir(temporary)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("%v is left behind", left)
	}
}
