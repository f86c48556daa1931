package main

import (
	"os"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/token/softtoken"
)

// TestPIN: a wrong PIN is told with the tries that are left and never repeated;
// the last try wants a yes; the administrator unblocks.
func TestPIN(t *testing.T) {
	b := newBench(t)
	carrier := " -carrier soft:" + b.soft(softtoken.Format{Profile: "rutoken-ecp2", Serial: "0a1b2c3d", Label: "Вощёных"})
	for left := 9; left > 0; left-- {
		b.types("secret 00000000")
		b.want(1, "list"+carrier, "Неверный ПИН-код", "Осталось попыток: "+string(rune('0'+left)), "осталось попыток")
	}
	// The last try is not touched without a yes, by a person or a machine.
	b.types("line нет")
	b.want(1, "list"+carrier, "Последняя попытка", "«да»", "последняя попытка")
	t.Setenv(workplace.PINVariable, userPIN)
	b.want(1, "list"+carrier, "последняя попытка")
	os.Unsetenv(workplace.PINVariable)
	b.types("line да", "secret "+userPIN)
	b.want(0, "pin check"+carrier, "Rutoken ECP 0a1b2c3d «Вощёных»", "ПИН-код верен")

	for range 9 {
		b.types("secret 00000000")
		b.want(1, "pin check"+carrier, "Неверный")
	}
	b.types("line да", "secret 00000000")
	b.want(1, "pin check"+carrier, "Осталось попыток: 0")
	b.want(1, "pin check"+carrier, "заблокирован") // and nobody is asked
	b.types("secret "+officerPIN, "secret 11112222", "secret 11112222")
	b.want(0, "pin unblock"+carrier, "администратора", "разблокирован")
	b.types("secret 11112222", "secret "+userPIN, "secret 3", "secret "+userPIN, "secret "+userPIN)
	b.want(0, "pin change"+carrier, "по-разному", "изменён")
	b.types("secret " + userPIN)
	b.want(0, "pin check"+carrier, "верен")
	b.types("secret "+userPIN, "secret 1", "secret 1")
	b.want(1, "pin change"+carrier, "Правила носителя")
	b.want(1, "pin check"+carrier, "спросить не у кого") // Ctrl-D
}

// TestPINOfMachines: PINs come from the environment, or from the file that the
// URI names; there is no PIN where a place has none.
func TestPINOfMachines(t *testing.T) {
	b := newBench(t)
	carrier := " -carrier soft:" + b.soft(softtoken.Format{})
	t.Setenv(workplace.PINVariable, userPIN)
	t.Setenv(workplace.NewPINVariable, "11112222")
	b.want(0, "pin change"+carrier, "изменён")
	b.want(1, "pin check"+carrier, "Осталось попыток: 9")
	t.Setenv(workplace.OfficerPINVariable, officerPIN)
	b.want(0, "pin unblock"+carrier, "разблокирован")
	t.Setenv(workplace.PINVariable, "11112222")
	b.want(0, "pin check"+carrier, "верен")
	b.want(1, "pin check -carrier file:DIR", "нет ПИН-кода")

	// Nobody is there: neither a variable nor a terminal.
	os.Unsetenv(workplace.PINVariable)
	var out strings.Builder
	if status := run(t.Context(), []string{"pin", "check", "-carrier", "soft:" + b.dir + "/soft"}, nil, &out, &out); status != 1 || !strings.Contains(out.String(), "SURGUCH_PIN") {
		t.Errorf("nobody: got %d: %s", status, out.String())
	}
	b.shown.WriteString(out.String())
}

// TestServed: a folder that a daemon serves is left to it.
func TestServed(t *testing.T) {
	b := newBench(t)
	path := b.soft(softtoken.Format{})
	tokens, err := softtoken.Open(softtoken.Config{Dir: path})
	if err != nil {
		t.Fatal(err)
	}
	defer tokens.Close()
	b.want(1, "list -carrier soft:"+path, "softtoken serve", "pkcs11:?module-path")
}
