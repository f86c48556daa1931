package pkcs11

import (
	"strings"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// meaning is what a return value of a vendor means.
type meaning struct {
	name  string
	fault token.Fault
}

// vendors are the return values that vendors add, CKR_VENDOR_DEFINED and up.
// The numbers of different vendors overlap, so the manufacturer of the token
// decides: its name begins as the rows here do.
var vendors = []struct {
	manufacturer string
	codes        map[cryptoki.Code]meaning // without CKR_VENDOR_DEFINED
}{
	// rtpkcs11t.h of the Rutoken SDK.
	{"Aktiv", map[cryptoki.Code]meaning{
		0x01: {"CKR_CORRUPTED_MAPFILE", token.Crashed},
		0x02: {"CKR_WRONG_VERSION_FIELD", token.Unsupported},
		0x03: {"CKR_WRONG_PKCS1_ENCODING", token.Unsupported},
		0x04: {"CKR_RTPKCS11_DATA_CORRUPTED", token.Crashed},
		0x05: {"CKR_RTPKCS11_RSF_DATA_CORRUPTED", token.Crashed},
		0x06: {"CKR_SM_PASSWORD_INVALID", token.WrongPIN},
		0x07: {"CKR_LICENSE_READ_ONLY", token.ReadOnly},
		0x08: {"CKR_VENDOR_EMITENT_KEY_BLOCKED", token.Locked},
		0x09: {"CKR_CERT_CHAIN_NOT_VERIFIED", token.Policy},
		0x0A: {"CKR_INAPPROPRIATE_PIN", token.Policy},
		0x0B: {"CKR_PIN_IN_HISTORY", token.Policy},
	}},
	// jcPKCS11t.h of the JaCarta SDK.
	{"Aladdin", map[cryptoki.Code]meaning{
		0x11: {"CKR_KT2_PIN_ALREADY_SET", token.Policy},
		0x15: {"CKR_PUK_INCORRECT", token.WrongPIN},
		0x16: {"CKR_CANNOT_UNLOCK", token.Locked},
		0x17: {"CKR_WEBPASS_SLOT_LOCKED", token.Locked},
		0x18: {"CKR_INCORRECT_LIFE_CYCLE", token.Policy},
		0x19: {"CKR_DEVICE_BUSY", token.Busy},
		0x20: {"CKR_TOKEN_ALREADY_INITIALIZED", token.Policy},
		0x23: {"CKR_BROKEN_STATE", token.Crashed},
		0x24: {"CKR_TOKEN_NOT_INITIALIZED", token.Policy},
		0x26: {"CKR_PUK_INVALID", token.Policy},
		0x27: {"CKR_PUK_LEN_RANGE", token.Policy},
		0x28: {"CKR_CERTIFICATED_MODE", token.Unsupported},
		0x29: {"CKR_CLEAR_NOT_FINISHED", token.Busy},
		0x2A: {"CKR_SM_REQUIRED", token.Unsupported},
		0x2B: {"CKR_PINPOLICY_HISTORY", token.Policy},
		0x2E: {"CKR_APPLET_STARTKEY_INVALID", token.Policy},
		0x2F: {"CKR_PINPOLICY_AGE", token.Policy},
		0x31: {"CKR_PINPOLICY_REPEAT", token.Policy},
		0x32: {"CKR_PINPOLICY_CASE", token.Policy},
		0x33: {"CKR_PINPOLICY_DIGIT", token.Policy},
		0x34: {"CKR_PINPOLICY_SPECCHAR", token.Policy},
		0x35: {"CKR_PINPOLICY_VIOLATION", token.Policy},
	}},
}

// vendorCode looks a return value up among those of the manufacturer.
func vendorCode(manufacturer string, code cryptoki.Code) (meaning, bool) {
	if code < cryptoki.Vendor {
		return meaning{}, false
	}
	for _, v := range vendors {
		if strings.HasPrefix(manufacturer, v.manufacturer) {
			m, ok := v.codes[code-cryptoki.Vendor]
			return m, ok
		}
	}
	return meaning{}, false
}
