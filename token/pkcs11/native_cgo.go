//go:build cgo

package pkcs11

/*
#cgo linux LDFLAGS: -ldl

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>
#endif

// CK_ULONG, CK_MECHANISM and CK_FUNCTION_LIST (PKCS #11 3.0, sections 3 and 5).
// A table is a version and pointers to functions in the order of the standard;
// structures are packed on Windows.
typedef unsigned long number;
#ifdef _WIN32
#pragma pack(push, 1)
#endif
typedef struct { number type; void *param; number length; } mechanism;
typedef struct { unsigned char version[2]; void *function[68]; } table;
// CK_TOKEN_INFO_EXTENDED of Rutoken (rtpkcs11t.h): its owner appends fields from
// version to version, and learns from size which the caller knows.
typedef struct {
	number size, type, protocol, microcode, order, flags;
	number maxAdminPIN, minAdminPIN, maxUserPIN, minUserPIN;
	number maxAdminTries, adminTries, maxUserTries, userTries;
	unsigned char serial[8];
	number totalMemory, freeMemory;
	unsigned char atr[64];
	number atrLength, tokenClass;
	number batteryVoltage, bodyColor, firmwareChecksum;
	number batteryPercentage, batteryFlags;
} extended;
#ifdef _WIN32
#pragma pack(pop)
#endif

enum { INIT_PIN = 10, SET_PIN = 11, LOGIN = 18, SIGN_INIT = 42, SIGN = 43 };
enum { EX_TOKEN_INFO = 2 };

typedef struct { table *standard; table *rutoken; } library;

static void *symbol(void *handle, const char *name) {
#ifdef _WIN32
	return (void *) GetProcAddress((HMODULE) handle, name);
#else
	return dlsym(handle, name);
#endif
}

// open_library loads a library that stays loaded; why says why it could not.
static int open_library(const char *path, library *l, char *why, size_t size) {
#ifdef _WIN32
	void *handle = (void *) LoadLibraryA(path);
	if (handle == NULL) {
		snprintf(why, size, "LoadLibrary: error %lu (126: a library that it needs is missing; 193: it is of another architecture)", GetLastError());
		return 0;
	}
#else
	void *handle = dlopen(path, RTLD_LAZY);
	if (handle == NULL) {
		const char *reason = dlerror();
		snprintf(why, size, "%s", reason != NULL ? reason : "dlopen fails");
		return 0;
	}
#endif
	number (*list)(table **) = (number (*)(table **)) symbol(handle, "C_GetFunctionList");
	if (list == NULL) {
		snprintf(why, size, "it has no C_GetFunctionList and is no PKCS #11 library");
		return 0;
	}
	number code = list(&l->standard);
	if (code != 0 || l->standard == NULL) {
		snprintf(why, size, "C_GetFunctionList returns 0x%lX", code);
		return 0;
	}
	list = (number (*)(table **)) symbol(handle, "C_EX_GetFunctionListExtended");
	if (list == NULL || list(&l->rutoken) != 0) {
		l->rutoken = NULL;
	}
	return 1;
}

static number login(library *l, number session, number user, unsigned char *pin, number length) {
	number (*f)(number, number, unsigned char *, number) = (number (*)(number, number, unsigned char *, number)) l->standard->function[LOGIN];
	return f(session, user, pin, length);
}

static number init_pin(library *l, number session, unsigned char *pin, number length) {
	number (*f)(number, unsigned char *, number) = (number (*)(number, unsigned char *, number)) l->standard->function[INIT_PIN];
	return f(session, pin, length);
}

static number set_pin(library *l, number session, unsigned char *old, number oldLength, unsigned char *chosen, number length) {
	number (*f)(number, unsigned char *, number, unsigned char *, number) = (number (*)(number, unsigned char *, number, unsigned char *, number)) l->standard->function[SET_PIN];
	return f(session, old, oldLength, chosen, length);
}

// sign signs in one pass: asking for the length first doubles the traffic, and
// has some devices ask for a touch twice.
static number sign(library *l, number session, number type, void *param, number paramLength, number key, unsigned char *data, number length, unsigned char *signature, number *size) {
	mechanism m = { type, param, paramLength };
	number (*init)(number, mechanism *, number) = (number (*)(number, mechanism *, number)) l->standard->function[SIGN_INIT];
	number (*f)(number, unsigned char *, number, unsigned char *, number *) = (number (*)(number, unsigned char *, number, unsigned char *, number *)) l->standard->function[SIGN];
	number code = init(session, &m, key);
	return code != 0 ? code : f(session, data, length, signature, size);
}

// extended_info asks as much as the library knows.
static number extended_info(library *l, number slot, extended *info) {
	number (*f)(number, extended *) = (number (*)(number, extended *)) l->rutoken->function[EX_TOKEN_INFO];
	union { extended info; unsigned char room[1024]; } u;
	number sizes[] = { sizeof(extended), sizeof(extended) - 2 * sizeof(number), sizeof(extended) - 5 * sizeof(number) };
	number code = 0;
	for (int i = 0; i < 3; i++) {
		memset(&u, 0, sizeof(u));
		u.info.size = sizes[i];
		code = f(slot, &u.info);
		if (code == 0) {
			*info = u.info;
			break;
		}
	}
	return code;
}

// wipe clears memory in a way that compilers do not leave out.
static void wipe(void *p, size_t n) {
	volatile unsigned char *b = p;
	while (n-- > 0) {
		*b++ = 0;
	}
}

// private_output makes another descriptor of standard output, and standard
// error of standard output.
static int private_output(void) {
#ifdef _WIN32
	return 1;
#else
	int fd = fcntl(1, F_DUPFD_CLOEXEC, 3);
	if (fd < 0 || dup2(2, 1) < 0) {
		return -1;
	}
	return fd;
#endif
}
*/
import "C"

import (
	"errors"
	"os"
	"runtime"
	"unsafe"

	"github.com/surguch/surguch/token/internal/cryptoki"
)

// native is what miekg/pkcs11 does not do: it says why a library cannot be
// loaded, wipes PINs, signs in one pass and asks a Rutoken for its counters.
type native struct{ library C.library }

// openNative loads a library. It stays loaded.
func openNative(path string) (*native, error) {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	why := (*C.char)(C.calloc(1, 512))
	defer C.free(unsafe.Pointer(why))
	n := new(native)
	if C.open_library(name, &n.library, why, 512) == 0 {
		return nil, errors.New(C.GoString(why))
	}
	return n, nil
}

// secret is a PIN in memory of C, where nothing copies it.
type secret struct {
	p *C.uchar
	n C.number
}

// newSecret copies a PIN; nil stays nil.
func newSecret(pin []byte) secret {
	if pin == nil {
		return secret{}
	}
	return secret{(*C.uchar)(C.CBytes(pin)), C.number(len(pin))}
}

func (s secret) free() {
	if s.p != nil {
		C.wipe(unsafe.Pointer(s.p), C.size_t(s.n))
		C.free(unsafe.Pointer(s.p))
	}
}

// code makes an error of a return value.
func code(rv C.number) error {
	if rv == 0 {
		return nil
	}
	return cryptoki.Code(rv)
}

func (n *native) login(s cryptoki.Session, user uint32, pin secret) error {
	return code(C.login(&n.library, C.number(s), C.number(user), pin.p, pin.n))
}

func (n *native) initPIN(s cryptoki.Session, pin secret) error {
	return code(C.init_pin(&n.library, C.number(s), pin.p, pin.n))
}

func (n *native) setPIN(s cryptoki.Session, old, chosen secret) error {
	return code(C.set_pin(&n.library, C.number(s), old.p, old.n, chosen.p, chosen.n))
}

// maxSignature has room for RSA of 16384 bits, octets.
const maxSignature = 2048

func (n *native) sign(s cryptoki.Session, m cryptoki.Mechanism, key cryptoki.Object, data []byte) ([]byte, error) {
	signature := make([]byte, maxSignature)
	size := C.number(len(signature))
	err := code(C.sign(&n.library, C.number(s), C.number(m.Type), unsafe.Pointer(unsafe.SliceData(m.Param)), C.number(len(m.Param)),
		C.number(key), (*C.uchar)(unsafe.SliceData(data)), C.number(len(data)), (*C.uchar)(unsafe.SliceData(signature)), &size))
	if err != nil {
		return nil, err
	}
	return signature[:min(int(size), len(signature))], nil
}

// pinNotDefault is TOKEN_FLAGS_USER_PIN_NOT_DEFAULT of rtpkcs11t.h.
const pinNotDefault = 0x8

// extend adds to what a token tells what a Rutoken tells beyond the standard.
func (n *native) extend(slot uint64, t *cryptoki.TokenInfo) {
	if n.library.rutoken == nil {
		return
	}
	var x C.extended
	if C.extended_info(&n.library, C.number(slot), &x) != 0 {
		return
	}
	t.UserTries, t.SOTries = int(x.userTries), int(x.adminTries)
	t.DefaultUserPIN = x.flags&pinNotDefault == 0
	t.TotalMemory, t.FreeMemory = uint64(x.totalMemory), uint64(x.freeMemory)
}

// privateOutput returns standard output for nobody else: what a library prints
// goes to standard error from now on. On Windows it returns standard output.
func privateOutput() (*os.File, error) {
	if runtime.GOOS == "windows" {
		return os.Stdout, nil
	}
	fd := C.private_output()
	if fd < 0 {
		return nil, errors.New("pkcs11: the worker has no standard output")
	}
	return os.NewFile(uintptr(fd), "pkcs11"), nil
}
