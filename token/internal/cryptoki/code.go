package cryptoki

import "fmt"

// Code is CK_RV, what a function returns. It is an error, even if it is OK.
type Code uint32

// Return values.
const (
	OK                       Code = 0x000
	Cancel                   Code = 0x001
	HostMemory               Code = 0x002
	SlotIDInvalid            Code = 0x003
	GeneralError             Code = 0x005
	FunctionFailed           Code = 0x006
	ArgumentsBad             Code = 0x007
	NoEvent                  Code = 0x008
	CantLock                 Code = 0x00A
	AttributeReadOnly        Code = 0x010
	AttributeSensitive       Code = 0x011
	AttributeTypeInvalid     Code = 0x012
	AttributeValueInvalid    Code = 0x013
	ActionProhibited         Code = 0x01B
	DataInvalid              Code = 0x020
	DataLenRange             Code = 0x021
	DeviceError              Code = 0x030
	DeviceMemory             Code = 0x031
	DeviceRemoved            Code = 0x032
	FunctionCanceled         Code = 0x050
	FunctionNotSupported     Code = 0x054
	KeyHandleInvalid         Code = 0x060
	KeySizeRange             Code = 0x062
	KeyTypeInconsistent      Code = 0x063
	KeyFunctionNotPermitted  Code = 0x068
	MechanismInvalid         Code = 0x070
	MechanismParamInvalid    Code = 0x071
	ObjectHandleInvalid      Code = 0x082
	OperationActive          Code = 0x090
	OperationNotInitialized  Code = 0x091
	PINIncorrect             Code = 0x0A0
	PINInvalid               Code = 0x0A1
	PINLenRange              Code = 0x0A2
	PINExpired               Code = 0x0A3
	PINLocked                Code = 0x0A4
	SessionClosed            Code = 0x0B0
	SessionCount             Code = 0x0B1
	SessionHandleInvalid     Code = 0x0B3
	SessionReadOnly          Code = 0x0B5
	SessionExists            Code = 0x0B6
	SessionReadOnlyExists    Code = 0x0B7
	SessionReadWriteSOExists Code = 0x0B8
	SignatureInvalid         Code = 0x0C0
	SignatureLenRange        Code = 0x0C1
	TemplateIncomplete       Code = 0x0D0
	TemplateInconsistent     Code = 0x0D1
	TokenNotPresent          Code = 0x0E0
	TokenNotRecognized       Code = 0x0E1
	TokenWriteProtected      Code = 0x0E2
	UserAlreadyLoggedIn      Code = 0x100
	UserNotLoggedIn          Code = 0x101
	UserPINNotInitialized    Code = 0x102
	UserTypeInvalid          Code = 0x103
	UserAnotherLoggedIn      Code = 0x104
	UserTooManyTypes         Code = 0x105
	DomainParamsInvalid      Code = 0x130
	BufferTooSmall           Code = 0x150
	NotInitialized           Code = 0x190
	AlreadyInitialized       Code = 0x191
	MutexBad                 Code = 0x1A0
	MutexNotLocked           Code = 0x1A1
	FunctionRejected         Code = 0x200
	Vendor                   Code = 0x80000000 // and above: what they mean depends on the manufacturer
)

var names = map[Code]string{
	OK: "OK", Cancel: "CANCEL", HostMemory: "HOST_MEMORY", SlotIDInvalid: "SLOT_ID_INVALID", GeneralError: "GENERAL_ERROR",
	FunctionFailed: "FUNCTION_FAILED", ArgumentsBad: "ARGUMENTS_BAD", NoEvent: "NO_EVENT", CantLock: "CANT_LOCK",
	AttributeReadOnly: "ATTRIBUTE_READ_ONLY", AttributeSensitive: "ATTRIBUTE_SENSITIVE", AttributeTypeInvalid: "ATTRIBUTE_TYPE_INVALID",
	AttributeValueInvalid: "ATTRIBUTE_VALUE_INVALID", ActionProhibited: "ACTION_PROHIBITED", DataInvalid: "DATA_INVALID", DataLenRange: "DATA_LEN_RANGE",
	DeviceError: "DEVICE_ERROR", DeviceMemory: "DEVICE_MEMORY", DeviceRemoved: "DEVICE_REMOVED", FunctionCanceled: "FUNCTION_CANCELED",
	FunctionNotSupported: "FUNCTION_NOT_SUPPORTED", KeyHandleInvalid: "KEY_HANDLE_INVALID", KeySizeRange: "KEY_SIZE_RANGE",
	KeyTypeInconsistent: "KEY_TYPE_INCONSISTENT", KeyFunctionNotPermitted: "KEY_FUNCTION_NOT_PERMITTED", MechanismInvalid: "MECHANISM_INVALID",
	MechanismParamInvalid: "MECHANISM_PARAM_INVALID", ObjectHandleInvalid: "OBJECT_HANDLE_INVALID", OperationActive: "OPERATION_ACTIVE",
	OperationNotInitialized: "OPERATION_NOT_INITIALIZED", PINIncorrect: "PIN_INCORRECT", PINInvalid: "PIN_INVALID", PINLenRange: "PIN_LEN_RANGE",
	PINExpired: "PIN_EXPIRED", PINLocked: "PIN_LOCKED", SessionClosed: "SESSION_CLOSED", SessionCount: "SESSION_COUNT",
	SessionHandleInvalid: "SESSION_HANDLE_INVALID", SessionReadOnly: "SESSION_READ_ONLY", SessionExists: "SESSION_EXISTS",
	SessionReadOnlyExists: "SESSION_READ_ONLY_EXISTS", SessionReadWriteSOExists: "SESSION_READ_WRITE_SO_EXISTS",
	SignatureInvalid: "SIGNATURE_INVALID", SignatureLenRange: "SIGNATURE_LEN_RANGE", TemplateIncomplete: "TEMPLATE_INCOMPLETE",
	TemplateInconsistent: "TEMPLATE_INCONSISTENT", TokenNotPresent: "TOKEN_NOT_PRESENT", TokenNotRecognized: "TOKEN_NOT_RECOGNIZED",
	TokenWriteProtected: "TOKEN_WRITE_PROTECTED", UserAlreadyLoggedIn: "USER_ALREADY_LOGGED_IN", UserNotLoggedIn: "USER_NOT_LOGGED_IN",
	UserPINNotInitialized: "USER_PIN_NOT_INITIALIZED", UserTypeInvalid: "USER_TYPE_INVALID", UserAnotherLoggedIn: "USER_ANOTHER_ALREADY_LOGGED_IN",
	UserTooManyTypes: "USER_TOO_MANY_TYPES", DomainParamsInvalid: "DOMAIN_PARAMS_INVALID", BufferTooSmall: "BUFFER_TOO_SMALL",
	NotInitialized: "CRYPTOKI_NOT_INITIALIZED", AlreadyInitialized: "CRYPTOKI_ALREADY_INITIALIZED", MutexBad: "MUTEX_BAD",
	MutexNotLocked: "MUTEX_NOT_LOCKED", FunctionRejected: "FUNCTION_REJECTED",
}

// Error returns the name the standard gives the value, such as
// CKR_PIN_INCORRECT; of others the number.
func (c Code) Error() string {
	if name, ok := names[c]; ok {
		return "CKR_" + name
	}
	if c >= Vendor {
		return fmt.Sprintf("CKR_VENDOR_DEFINED+0x%X", uint32(c-Vendor))
	}
	return fmt.Sprintf("CKR_0x%X", uint32(c))
}
