package pkcs11

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// TestFaults is the table of what return values mean, as a person who reads the
// standard would have it: while reading, and while changing.
func TestFaults(t *testing.T) {
	const rutoken, jacarta = "Aktiv Co.", "Aladdin R.D."
	for _, test := range []struct {
		code         cryptoki.Code
		manufacturer string
		read, change token.Fault
		detail       string
	}{
		{cryptoki.DeviceRemoved, "", token.Removed, token.Removed, "CKR_DEVICE_REMOVED"},
		{cryptoki.TokenNotPresent, "", token.Removed, token.Removed, "CKR_TOKEN_NOT_PRESENT"},
		{cryptoki.TokenNotRecognized, "", token.Removed, token.Removed, "CKR_TOKEN_NOT_RECOGNIZED"},
		{cryptoki.SlotIDInvalid, "", token.Removed, token.Removed, "CKR_SLOT_ID_INVALID"},
		{cryptoki.PINIncorrect, "", token.WrongPIN, token.WrongPIN, "CKR_PIN_INCORRECT"},
		{cryptoki.PINLocked, "", token.Locked, token.Locked, "CKR_PIN_LOCKED"},
		{cryptoki.PINInvalid, "", token.Policy, token.Policy, "CKR_PIN_INVALID"},
		{cryptoki.PINLenRange, "", token.Policy, token.Policy, "CKR_PIN_LEN_RANGE"},
		{cryptoki.PINExpired, "", token.Policy, token.Policy, "CKR_PIN_EXPIRED"},
		{cryptoki.UserPINNotInitialized, "", token.Policy, token.Policy, "CKR_USER_PIN_NOT_INITIALIZED"},
		{cryptoki.DeviceMemory, "", token.Full, token.Full, "CKR_DEVICE_MEMORY"},
		{cryptoki.TokenWriteProtected, "", token.ReadOnly, token.ReadOnly, "CKR_TOKEN_WRITE_PROTECTED"},
		{cryptoki.SessionReadOnly, "", token.ReadOnly, token.ReadOnly, "CKR_SESSION_READ_ONLY"},
		{cryptoki.MechanismInvalid, "", token.Unsupported, token.Unsupported, "CKR_MECHANISM_INVALID"},
		{cryptoki.FunctionNotSupported, "", token.Unsupported, token.Unsupported, "CKR_FUNCTION_NOT_SUPPORTED"},
		{cryptoki.TemplateInconsistent, "", token.Unsupported, token.Unsupported, "CKR_TEMPLATE_INCONSISTENT"},
		{cryptoki.SessionCount, "", token.Busy, token.Busy, "CKR_SESSION_COUNT"},
		{cryptoki.UserAnotherLoggedIn, "", token.Busy, token.Busy, "CKR_USER_ANOTHER_ALREADY_LOGGED_IN"},
		{cryptoki.GeneralError, "", token.Crashed, token.Unknown, "CKR_GENERAL_ERROR"},
		{cryptoki.FunctionFailed, "", token.Crashed, token.Unknown, "CKR_FUNCTION_FAILED"},
		{cryptoki.DeviceError, "", token.Crashed, token.Unknown, "CKR_DEVICE_ERROR"},
		{cryptoki.HostMemory, "", token.Crashed, token.Unknown, "CKR_HOST_MEMORY"},
		{0x0000ABCD, "", token.Unsupported, token.Unsupported, "CKR_0xABCD"},
		{0x8000000A, "", token.Unsupported, token.Unsupported, "CKR_VENDOR_DEFINED+0xA"},
		{0x8000000A, rutoken, token.Policy, token.Policy, "CKR_INAPPROPRIATE_PIN"},
		{0x8000000B, rutoken, token.Policy, token.Policy, "CKR_PIN_IN_HISTORY"},
		{0x80000006, rutoken, token.WrongPIN, token.WrongPIN, "CKR_SM_PASSWORD_INVALID"},
		{0x80000007, rutoken, token.ReadOnly, token.ReadOnly, "CKR_LICENSE_READ_ONLY"},
		{0x80000008, rutoken, token.Locked, token.Locked, "CKR_VENDOR_EMITENT_KEY_BLOCKED"},
		{0x80000001, rutoken, token.Crashed, token.Unknown, "CKR_CORRUPTED_MAPFILE"},
		{0x80000016, rutoken, token.Unsupported, token.Unsupported, "CKR_VENDOR_DEFINED+0x16"},
		{0x80000015, jacarta, token.WrongPIN, token.WrongPIN, "CKR_PUK_INCORRECT"},
		{0x80000016, jacarta, token.Locked, token.Locked, "CKR_CANNOT_UNLOCK"},
		{0x80000019, jacarta, token.Busy, token.Busy, "CKR_DEVICE_BUSY"},
		{0x8000002B, jacarta, token.Policy, token.Policy, "CKR_PINPOLICY_HISTORY"},
		{0x80000035, jacarta, token.Policy, token.Policy, "CKR_PINPOLICY_VIOLATION"},
		{0x8000000A, jacarta, token.Unsupported, token.Unsupported, "CKR_VENDOR_DEFINED+0xA"},
	} {
		device := token.Device{Manufacturer: test.manufacturer, Model: "model", Serial: "1"}
		for err, want := range map[error]token.Fault{error(test.code): test.read, error(change{test.code}): test.change, error(final{change{test.code}}): test.change} {
			var e *token.Error
			got := fault("write", device, err)
			if !errors.As(got, &e) || e.Fault != want || e.Detail != test.detail || e.Op != "write" || e.Device != device || e.Tries >= 0 {
				t.Errorf("%v of %q: got %v, want %s (%s)", test.code, test.manufacturer, got, want, test.detail)
			}
		}
	}
}

// TestOtherErrors: what is no return value keeps its meaning.
func TestOtherErrors(t *testing.T) {
	var device token.Device
	for _, err := range []error{token.ErrNotFound, token.ErrExists, token.ErrOtherKey, token.ErrReadBack, context.Canceled, context.DeadlineExceeded, io.ErrClosedPipe} {
		if got := fault("list", device, err); !errors.Is(got, err) {
			t.Errorf("got %v, want %v", got, err)
		}
	}
	got := fault("generate", device, change{context.Canceled})
	if !errors.Is(got, token.Unknown) || !errors.Is(got, context.Canceled) {
		t.Errorf("a change given up: got %v, want Unknown", got)
	}
	inner := &token.Error{Fault: token.Crashed, Tries: -1}
	if got := fault("sign", token.Device{Serial: "1"}, inner); !errors.Is(got, token.Crashed) || !strings.Contains(got.Error(), "sign: 1") || inner.Op != "" {
		t.Errorf("got %v, and %v changed", got, inner)
	}
	if fault("list", device, nil) != nil {
		t.Error("no error became one")
	}
}
