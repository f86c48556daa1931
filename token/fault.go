package token

import (
	"fmt"
	"strings"
)

// Fault is the kind of thing that went wrong with a carrier. It is an error,
// for errors.Is; what carriers return is an *[Error] that has one.
type Fault string

// The faults.
const (
	Removed     Fault = "removed"     // the device is gone: pulled out, or its folder unmounted
	WrongPIN    Fault = "wrong PIN"   // and Error.Tries are left
	Locked      Fault = "locked"      // too many wrong PINs, or only the last try is left and was not allowed
	Full        Fault = "full"        // no room for another object
	ReadOnly    Fault = "read-only"   // the device may not be written
	Policy      Fault = "policy"      // a rule of the device forbids it: Error.Detail names it
	Unsupported Fault = "unsupported" // the device cannot do that
	Busy        Fault = "busy"        // somebody else has it
	Crashed     Fault = "crashed"     // its driver died or hung; nothing was changed
	Unknown     Fault = "unknown"     // its driver died or hung in the middle of a change: read before trying again
)

// Error makes a fault an error to compare with.
func (f Fault) Error() string { return "token: " + string(f) }

// Error is what went wrong with a carrier. It never holds a PIN or a key.
type Error struct {
	Fault  Fault
	Op     string // open, list, generate, write, sign, delete, PIN
	Device Device
	Tries  int    // with WrongPIN: how many are left; negative: not known
	Detail string // what the driver called it: CKR_PIN_INCORRECT, a rule, a need of room
	Err    error  // what lies beneath; may be nil
}

// Error names the operation, the device if it is known, the fault and what the
// driver called it, in English.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("token: " + e.Op)
	if e.Device != (Device{}) {
		b.WriteString(": " + e.Device.String())
	}
	b.WriteString(": " + string(e.Fault))
	if e.Fault == WrongPIN && e.Tries >= 0 {
		fmt.Fprintf(&b, ", %d tries left", e.Tries)
	}
	if e.Detail != "" {
		b.WriteString(" (" + e.Detail + ")")
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the fault and what lies beneath.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Fault}
	}
	return []error{e.Fault, e.Err}
}

// Hint says what a person can do about it, in Russian and in English.
func (e *Error) Hint() (ru, en string) {
	h := hints[e.Fault]
	ru, en = h[0], h[1]
	if e.Fault == WrongPIN && e.Tries >= 0 {
		ru += fmt.Sprintf(" Осталось попыток: %d.", e.Tries)
		en += fmt.Sprintf(" Tries left: %d.", e.Tries)
	}
	return ru, en
}

var hints = map[Fault][2]string{
	Removed:     {"Носитель извлечён. Подключите тот же носитель и повторите.", "The carrier is gone. Connect the same one and try again."},
	WrongPIN:    {"Неверный ПИН-код или пароль. Он не повторяется автоматически: проверьте раскладку и введите снова.", "Wrong PIN or password. It is never repeated by itself: check the keyboard layout and enter it again."},
	Locked:      {"ПИН-код заблокирован или осталась последняя попытка. Разблокируйте носитель ПИН-кодом администратора либо разрешите последнюю попытку явно.", "The PIN is locked, or its last try is left. Unblock the carrier with the administrator's PIN, or allow the last try."},
	Full:        {"На носителе нет места. Удалите ненужные ключи и сертификаты или возьмите другой носитель.", "There is no room on the carrier. Delete keys and certificates that are not needed, or take another carrier."},
	ReadOnly:    {"Носитель доступен только для чтения.", "The carrier cannot be written."},
	Policy:      {"Правила носителя не разрешают это действие.", "A rule of the carrier forbids this."},
	Unsupported: {"Носитель не поддерживает этот алгоритм или действие. Выберите другой алгоритм или носитель.", "The carrier does not support this algorithm or action. Choose another one."},
	Busy:        {"Носитель занят другой программой. Закройте её и повторите.", "Another program uses the carrier. Close it and try again."},
	Crashed:     {"Драйвер носителя завершился аварийно или не отвечает; на носителе ничего не изменено. Переподключите носитель и повторите.", "The driver of the carrier crashed or hangs; nothing was changed. Reconnect the carrier and try again."},
	Unknown:     {"Драйвер носителя завершился во время записи. Проверьте список ключей, прежде чем повторять.", "The driver of the carrier died while writing. Look at the list of keys before trying again."},
}

// Device is what a carrier is known by. A reader's name and a slot's number
// change, so neither is part of it.
type Device struct {
	Manufacturer string // "Aktiv Co.", "surguch"
	Model        string // "Rutoken ECP", "folder"
	Serial       string // of the stick; of a folder or a file, its name
	Label        string // that its owner gave it; may be empty
}

// String returns manufacturer, model and serial number.
func (d Device) String() string {
	return strings.Join(strings.Fields(d.Manufacturer+" "+d.Model+" "+d.Serial), " ")
}

// Same reports whether it is the same device, whatever its label.
func (d Device) Same(o Device) bool {
	return d.Manufacturer == o.Manufacturer && d.Model == o.Model && d.Serial == o.Serial
}
