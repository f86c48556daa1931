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

// standard is what return values mean, as a person who reads the standard would
// have it.
var standard = map[token.Fault]map[cryptoki.Code]string{
	token.Removed: {
		cryptoki.DeviceRemoved: "CKR_DEVICE_REMOVED", cryptoki.TokenNotPresent: "CKR_TOKEN_NOT_PRESENT",
		cryptoki.TokenNotRecognized: "CKR_TOKEN_NOT_RECOGNIZED", cryptoki.SlotIDInvalid: "CKR_SLOT_ID_INVALID",
	},
	token.WrongPIN: {cryptoki.PINIncorrect: "CKR_PIN_INCORRECT"},
	token.Locked:   {cryptoki.PINLocked: "CKR_PIN_LOCKED"},
	token.Full:     {cryptoki.DeviceMemory: "CKR_DEVICE_MEMORY"},
	token.ReadOnly: {cryptoki.TokenWriteProtected: "CKR_TOKEN_WRITE_PROTECTED", cryptoki.SessionReadOnly: "CKR_SESSION_READ_ONLY"},
	token.Policy: {
		cryptoki.PINInvalid: "CKR_PIN_INVALID", cryptoki.PINLenRange: "CKR_PIN_LEN_RANGE", cryptoki.PINExpired: "CKR_PIN_EXPIRED",
		cryptoki.UserPINNotInitialized: "CKR_USER_PIN_NOT_INITIALIZED", cryptoki.UserNotLoggedIn: "CKR_USER_NOT_LOGGED_IN",
		cryptoki.UserTypeInvalid: "CKR_USER_TYPE_INVALID", cryptoki.ActionProhibited: "CKR_ACTION_PROHIBITED",
		cryptoki.AttributeReadOnly: "CKR_ATTRIBUTE_READ_ONLY", cryptoki.AttributeSensitive: "CKR_ATTRIBUTE_SENSITIVE",
		cryptoki.KeyFunctionNotPermitted: "CKR_KEY_FUNCTION_NOT_PERMITTED", cryptoki.FunctionRejected: "CKR_FUNCTION_REJECTED",
		cryptoki.FunctionCanceled: "CKR_FUNCTION_CANCELED", cryptoki.Cancel: "CKR_CANCEL",
	},
	token.Unsupported: {
		cryptoki.FunctionNotSupported: "CKR_FUNCTION_NOT_SUPPORTED", cryptoki.MechanismInvalid: "CKR_MECHANISM_INVALID",
		cryptoki.MechanismParamInvalid: "CKR_MECHANISM_PARAM_INVALID", cryptoki.DomainParamsInvalid: "CKR_DOMAIN_PARAMS_INVALID",
		cryptoki.KeySizeRange: "CKR_KEY_SIZE_RANGE", cryptoki.KeyTypeInconsistent: "CKR_KEY_TYPE_INCONSISTENT",
		cryptoki.AttributeTypeInvalid: "CKR_ATTRIBUTE_TYPE_INVALID", cryptoki.AttributeValueInvalid: "CKR_ATTRIBUTE_VALUE_INVALID",
		cryptoki.TemplateIncomplete: "CKR_TEMPLATE_INCOMPLETE", cryptoki.TemplateInconsistent: "CKR_TEMPLATE_INCONSISTENT",
		cryptoki.DataInvalid: "CKR_DATA_INVALID", cryptoki.DataLenRange: "CKR_DATA_LEN_RANGE", cryptoki.ArgumentsBad: "CKR_ARGUMENTS_BAD",
		cryptoki.BufferTooSmall: "CKR_BUFFER_TOO_SMALL", cryptoki.SignatureInvalid: "CKR_SIGNATURE_INVALID",
		cryptoki.SignatureLenRange: "CKR_SIGNATURE_LEN_RANGE", cryptoki.NoEvent: "CKR_NO_EVENT",
		0x0000ABCD: "CKR_0xABCD", 0x8000000A: "CKR_VENDOR_DEFINED+0xA",
	},
	token.Busy: {
		cryptoki.SessionCount: "CKR_SESSION_COUNT", cryptoki.SessionExists: "CKR_SESSION_EXISTS",
		cryptoki.SessionReadOnlyExists: "CKR_SESSION_READ_ONLY_EXISTS", cryptoki.SessionReadWriteSOExists: "CKR_SESSION_READ_WRITE_SO_EXISTS",
		cryptoki.UserAnotherLoggedIn: "CKR_USER_ANOTHER_ALREADY_LOGGED_IN", cryptoki.UserAlreadyLoggedIn: "CKR_USER_ALREADY_LOGGED_IN",
		cryptoki.UserTooManyTypes: "CKR_USER_TOO_MANY_TYPES", cryptoki.OperationActive: "CKR_OPERATION_ACTIVE", cryptoki.CantLock: "CKR_CANT_LOCK",
		cryptoki.ObjectHandleInvalid: "CKR_OBJECT_HANDLE_INVALID", cryptoki.KeyHandleInvalid: "CKR_KEY_HANDLE_INVALID",
		cryptoki.AlreadyInitialized: "CKR_CRYPTOKI_ALREADY_INITIALIZED",
	},
	token.Crashed: {
		cryptoki.GeneralError: "CKR_GENERAL_ERROR", cryptoki.FunctionFailed: "CKR_FUNCTION_FAILED", cryptoki.DeviceError: "CKR_DEVICE_ERROR",
		cryptoki.HostMemory: "CKR_HOST_MEMORY", cryptoki.NotInitialized: "CKR_CRYPTOKI_NOT_INITIALIZED",
		cryptoki.SessionClosed: "CKR_SESSION_CLOSED", cryptoki.SessionHandleInvalid: "CKR_SESSION_HANDLE_INVALID",
		cryptoki.OperationNotInitialized: "CKR_OPERATION_NOT_INITIALIZED", cryptoki.MutexBad: "CKR_MUTEX_BAD", cryptoki.MutexNotLocked: "CKR_MUTEX_NOT_LOCKED",
	},
}

// ofVendors are the return values of manufacturers, the same numbers for
// different things among them.
var ofVendors = map[string]map[token.Fault]map[cryptoki.Code]string{
	"Aktiv Co.": {
		token.WrongPIN:    {0x80000006: "CKR_SM_PASSWORD_INVALID"},
		token.Locked:      {0x80000008: "CKR_VENDOR_EMITENT_KEY_BLOCKED"},
		token.ReadOnly:    {0x80000007: "CKR_LICENSE_READ_ONLY"},
		token.Policy:      {0x80000009: "CKR_CERT_CHAIN_NOT_VERIFIED", 0x8000000A: "CKR_INAPPROPRIATE_PIN", 0x8000000B: "CKR_PIN_IN_HISTORY"},
		token.Unsupported: {0x80000002: "CKR_WRONG_VERSION_FIELD", 0x80000003: "CKR_WRONG_PKCS1_ENCODING", 0x80000016: "CKR_VENDOR_DEFINED+0x16"},
		token.Crashed:     {0x80000001: "CKR_CORRUPTED_MAPFILE", 0x80000004: "CKR_RTPKCS11_DATA_CORRUPTED", 0x80000005: "CKR_RTPKCS11_RSF_DATA_CORRUPTED"},
	},
	"Aladdin R.D.": {
		token.WrongPIN: {0x80000015: "CKR_PUK_INCORRECT"},
		token.Locked:   {0x80000016: "CKR_CANNOT_UNLOCK", 0x80000017: "CKR_WEBPASS_SLOT_LOCKED"},
		token.Policy: {
			0x80000011: "CKR_KT2_PIN_ALREADY_SET", 0x80000018: "CKR_INCORRECT_LIFE_CYCLE", 0x80000020: "CKR_TOKEN_ALREADY_INITIALIZED",
			0x80000024: "CKR_TOKEN_NOT_INITIALIZED", 0x80000026: "CKR_PUK_INVALID", 0x80000027: "CKR_PUK_LEN_RANGE",
			0x8000002B: "CKR_PINPOLICY_HISTORY", 0x8000002E: "CKR_APPLET_STARTKEY_INVALID", 0x8000002F: "CKR_PINPOLICY_AGE",
			0x80000031: "CKR_PINPOLICY_REPEAT", 0x80000032: "CKR_PINPOLICY_CASE", 0x80000033: "CKR_PINPOLICY_DIGIT",
			0x80000034: "CKR_PINPOLICY_SPECCHAR", 0x80000035: "CKR_PINPOLICY_VIOLATION",
		},
		token.Unsupported: {0x80000028: "CKR_CERTIFICATED_MODE", 0x8000002A: "CKR_SM_REQUIRED", 0x8000000A: "CKR_VENDOR_DEFINED+0xA"},
		token.Busy:        {0x80000019: "CKR_DEVICE_BUSY", 0x80000029: "CKR_CLEAR_NOT_FINISHED"},
		token.Crashed:     {0x80000023: "CKR_BROKEN_STATE"},
	},
}

// TestFaults looks every return value up, while reading and while changing: a
// crash in a change leaves it unknown whether it was made.
func TestFaults(t *testing.T) {
	tables := map[string]map[token.Fault]map[cryptoki.Code]string{"": standard}
	for manufacturer, table := range ofVendors {
		tables[manufacturer] = table
	}
	for manufacturer, table := range tables {
		device := token.Device{Manufacturer: manufacturer, Model: "model", Serial: "1"}
		for read, codes := range table {
			changed := read
			if read == token.Crashed {
				changed = token.Unknown
			}
			for code, detail := range codes {
				for err, want := range map[error]token.Fault{error(code): read, error(change{code}): changed, error(final{change{code}}): changed} {
					var e *token.Error
					got := fault("write", device, err)
					if !errors.As(got, &e) || e.Fault != want || e.Detail != detail || e.Op != "write" || e.Device != device || e.Tries >= 0 {
						t.Errorf("%v of %q: got %v, want %s (%s)", code, manufacturer, got, want, detail)
					}
				}
			}
		}
	}
}

// TestFaultsAreAll: the tables of the test have every return value that has a
// name, each under one fault.
func TestFaultsAreAll(t *testing.T) {
	count := func(table map[token.Fault]map[cryptoki.Code]string, code cryptoki.Code) (n int) {
		for _, codes := range table {
			if _, ok := codes[code]; ok {
				n++
			}
		}
		return n
	}
	named := 0
	for code := cryptoki.OK + 1; code < 0x10000; code++ {
		if strings.HasPrefix(code.Error(), "CKR_0x") {
			continue
		}
		named++
		if _, ok := faults[code]; !ok || count(standard, code) != 1 {
			t.Errorf("%v: in the table: %v, in that of the test: %d times", code, ok, count(standard, code))
		}
	}
	if named != len(faults) || named < 60 {
		t.Errorf("%d values have a name, and %d a meaning", named, len(faults))
	}
	for _, v := range vendors {
		for manufacturer, table := range ofVendors {
			for code, m := range v.codes {
				if strings.HasPrefix(manufacturer, v.manufacturer) && count(table, cryptoki.Vendor+code) != 1 {
					t.Errorf("%s of %s: in the table of the test %d times", m.name, manufacturer, count(table, cryptoki.Vendor+code))
				}
			}
		}
	}
	if len(vendors) != len(ofVendors) {
		t.Errorf("got %d vendors, want those %d of the test", len(vendors), len(ofVendors))
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
