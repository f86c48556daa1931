package pkcs11

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// faults tells what the return values of the standard mean for a carrier (OASIS
// PKCS #11 3.0, section 5.1). Crashed becomes Unknown where the call changes
// something: those values allow that the function did part of its work. Values
// that are not here are Unsupported.
var faults = map[cryptoki.Code]token.Fault{
	cryptoki.DeviceRemoved:      token.Removed,
	cryptoki.TokenNotPresent:    token.Removed,
	cryptoki.TokenNotRecognized: token.Removed,
	cryptoki.SlotIDInvalid:      token.Removed,

	cryptoki.PINIncorrect: token.WrongPIN,
	cryptoki.PINLocked:    token.Locked,

	cryptoki.DeviceMemory: token.Full,

	cryptoki.TokenWriteProtected: token.ReadOnly,
	cryptoki.SessionReadOnly:     token.ReadOnly,

	cryptoki.PINInvalid:              token.Policy,
	cryptoki.PINLenRange:             token.Policy,
	cryptoki.PINExpired:              token.Policy,
	cryptoki.ActionProhibited:        token.Policy,
	cryptoki.AttributeReadOnly:       token.Policy,
	cryptoki.AttributeSensitive:      token.Policy,
	cryptoki.KeyFunctionNotPermitted: token.Policy,
	cryptoki.UserNotLoggedIn:         token.Policy, // though we logged in: the key wants a PIN of its own
	cryptoki.UserPINNotInitialized:   token.Policy,
	cryptoki.UserTypeInvalid:         token.Policy,
	cryptoki.FunctionRejected:        token.Policy, // by the person at the device
	cryptoki.FunctionCanceled:        token.Policy,
	cryptoki.Cancel:                  token.Policy,

	cryptoki.FunctionNotSupported:  token.Unsupported,
	cryptoki.MechanismInvalid:      token.Unsupported,
	cryptoki.MechanismParamInvalid: token.Unsupported,
	cryptoki.DomainParamsInvalid:   token.Unsupported,
	cryptoki.KeySizeRange:          token.Unsupported,
	cryptoki.KeyTypeInconsistent:   token.Unsupported,
	cryptoki.AttributeTypeInvalid:  token.Unsupported,
	cryptoki.AttributeValueInvalid: token.Unsupported,
	cryptoki.TemplateIncomplete:    token.Unsupported,
	cryptoki.TemplateInconsistent:  token.Unsupported,
	cryptoki.DataInvalid:           token.Unsupported,
	cryptoki.DataLenRange:          token.Unsupported,
	cryptoki.ArgumentsBad:          token.Unsupported,
	cryptoki.BufferTooSmall:        token.Unsupported,
	cryptoki.SignatureInvalid:      token.Unsupported, // nothing here asks a token to verify
	cryptoki.SignatureLenRange:     token.Unsupported,
	cryptoki.NoEvent:               token.Unsupported, // nor for events

	cryptoki.SessionCount:             token.Busy,
	cryptoki.SessionExists:            token.Busy,
	cryptoki.SessionReadOnlyExists:    token.Busy,
	cryptoki.SessionReadWriteSOExists: token.Busy,
	cryptoki.UserAnotherLoggedIn:      token.Busy,
	cryptoki.UserTooManyTypes:         token.Busy,
	cryptoki.OperationActive:          token.Busy,
	cryptoki.CantLock:                 token.Busy,
	cryptoki.ObjectHandleInvalid:      token.Busy, // somebody deleted the object meanwhile
	cryptoki.KeyHandleInvalid:         token.Busy,
	cryptoki.UserAlreadyLoggedIn:      token.Busy,
	cryptoki.AlreadyInitialized:       token.Busy,

	cryptoki.GeneralError:         token.Crashed,
	cryptoki.FunctionFailed:       token.Crashed,
	cryptoki.DeviceError:          token.Crashed,
	cryptoki.HostMemory:           token.Crashed,
	cryptoki.NotInitialized:       token.Crashed,
	cryptoki.SessionClosed:        token.Crashed,
	cryptoki.SessionHandleInvalid: token.Crashed,
	// The library lost its way in an operation, or in its own locks.
	cryptoki.OperationNotInitialized: token.Crashed,
	cryptoki.MutexBad:                token.Crashed,
	cryptoki.MutexNotLocked:          token.Crashed,
}

// codeFault returns the fault and the name of a return value that is in err,
// as the manufacturer of the token has it; none if there is no such value.
func codeFault(err error, manufacturer string) (token.Fault, string) {
	var code cryptoki.Code
	if !errors.As(err, &code) {
		return "", ""
	}
	if v, ok := vendorCode(manufacturer, code); ok {
		return v.fault, v.name
	}
	if f, ok := faults[code]; ok {
		return f, code.Error()
	}
	return token.Unsupported, code.Error()
}

// change is an error of a call that changes what is on the token.
type change struct{ error }

func (c change) Unwrap() error { return c.error }

// final is an error after which nothing is tried again.
type final struct{ error }

func (f final) Unwrap() error { return f.error }

// fault makes an error of a library one of a carrier.
func fault(op string, device token.Device, err error) error {
	if err == nil {
		return nil
	}
	for _, own := range []error{token.ErrNotFound, token.ErrExists, token.ErrOtherKey, token.ErrReadBack} {
		if errors.Is(err, own) {
			return err
		}
	}
	changing := errors.As(err, new(change))
	var e *token.Error
	if errors.As(err, &e) {
		known := *e
		known.Op, known.Device = op, device
		return &known
	}
	if kind, name := codeFault(err, device.Manufacturer); kind != "" {
		if kind == token.Crashed && changing {
			kind = token.Unknown
		}
		return &token.Error{Fault: kind, Op: op, Device: device, Detail: name, Tries: -1}
	}
	if changing && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return &token.Error{Fault: token.Unknown, Op: op, Device: device, Tries: -1, Err: unmarked(err)}
	}
	return fmt.Errorf("pkcs11: %s: %s: %w", op, device, unmarked(err))
}

// unmarked takes the marks off an error.
func unmarked(err error) error {
	for {
		switch e := err.(type) {
		case change:
			err = e.error
		case final:
			err = e.error
		default:
			return err
		}
	}
}

// is reports whether an error is one of the return values.
func is(err error, codes ...cryptoki.Code) bool {
	var code cryptoki.Code
	return errors.As(err, &code) && slices.Contains(codes, code)
}

// gone reports whether an error says that the token is not where it was.
func gone(err error) bool {
	return is(err, cryptoki.DeviceRemoved, cryptoki.TokenNotPresent, cryptoki.TokenNotRecognized, cryptoki.SlotIDInvalid)
}

// lost reports whether an error says that a session, or its login, is no more.
func lost(err error) bool {
	return is(err, cryptoki.SessionHandleInvalid, cryptoki.SessionClosed, cryptoki.UserNotLoggedIn, cryptoki.NotInitialized)
}
