package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/surguch/surguch/token/pkcs11"
)

// daemonArgs, in the environment, makes the test binary the program itself,
// with these arguments; workerVariable makes it a worker of package pkcs11.
const (
	daemonArgs     = "SURGUCH_SOFTTOKEN_ARGS"
	workerVariable = "SURGUCH_SOFTTOKEN_WORKER"
)

func TestMain(m *testing.M) {
	if args := os.Getenv(daemonArgs); args != "" {
		os.Exit(run(context.Background(), strings.Split(args, "\n"), os.Stdout, os.Stderr))
	}
	if os.Getenv(workerVariable) != "" {
		if err := pkcs11.Serve(); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestCommands goes through the commands that need no daemon, and the command
// lines that are wrong.
func TestCommands(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("SURGUCH_SOFTTOKEN", "")
	t.Setenv("XDG_RUNTIME_DIR", "")
	for _, c := range []struct {
		args   string
		want   int
		stdout string
	}{
		{"init -dir DIR -profile jacarta-2 -label Вощёных -serial 0A1B2C3D", 0, "Слот 0: jacarta-2, Aladdin R.D. 0A1B2C3D «Вощёных»"},
		{"init -dir DIR -profile rutoken-ecp3 -iterations 1", 0, "пользователя 12345678, администратора 87654321"},
		{"list -dir DIR", 0, "Слот 1: rutoken-ecp3, Aktiv Co."},
		{"fault -dir DIR -slot 1 remove", 0, "извлечён"},
		{"fault -dir DIR fail -call C_Sign -nth 3 -after -code 0x30", 0, "Сбой fail: вызов 3 C_Sign, после действия"},
		{"fault -dir DIR remove -call C_Login", 0, "Сбой remove: вызов 1 C_Login, вместо действия"},
		{"fault -dir DIR hang", 0, "Сбой hang: вызов 1 любой функции"},
		{"fault -dir DIR full", 0, "свободно 0"},
		{"fault -dir DIR lock", 0, "попыток ПИН-кода 0 (администратора 10)"},
		{"list -dir DIR", 0, "Сбой hang"},
		{"fault -dir DIR clear", 0, "Слот 1"},

		{"", 2, ""}, {"melt", 2, ""}, {"init", 2, ""}, {"serve", 2, ""}, {"list extra", 2, ""}, {"fault -dir DIR", 2, ""},
		{"fault -dir DIR melt", 2, ""}, {"fault -dir DIR fail -code DEVICE_ERROR", 2, ""}, {"list -nonsense", 2, ""}, {"list -h", 0, ""},
		{"init -dir DIR -profile etoken", 1, ""}, {"fault -dir DIR -slot 7 remove", 1, ""}, {"fault -dir DIR -nth -1 fail", 1, ""},
		{"list", 1, ""}, {"list -socket DIR/none", 1, ""}, {"serve -dir DIR", 1, ""}, {"serve -dir DIR -socket DIR/none/s", 1, ""},
	} {
		var stdout, stderr bytes.Buffer
		got := run(t.Context(), strings.Fields(strings.ReplaceAll(c.args, "DIR", dir)), &stdout, &stderr)
		if got != c.want || !strings.Contains(stdout.String(), c.stdout) || got != 0 && stderr.Len() == 0 {
			t.Errorf("%s: got %d, want %d and %q:\n%s%s", c.args, got, c.want, c.stdout, &stdout, &stderr)
		}
	}
}
