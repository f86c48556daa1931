//go:build cgo

package pkcs11

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/surguch/surguch/internal/testenv/outside"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// rutokenC is as much of a Rutoken's library as tells its counters. It writes
// into CK_TOKEN_INFO_EXTENDED by the octet, as rtpkcs11t.h lays it out with a
// CK_ULONG of 8, and knows the structure up to KNOWN octets.
const rutokenC = `
#include <stddef.h>
#include <string.h>
static struct { unsigned char version[2]; void *function[68]; } standard = {{2, 40}}, extended = {{1, 7}};
static unsigned long info(unsigned long slot, unsigned char *out)
{
	unsigned long size, flags = 4, total = 131072, left = 103200, user = 9, admin = 10;
	memcpy(&size, out, 8);
	if (size > KNOWN || slot != 1)
		return 7; /* CKR_ARGUMENTS_BAD */
	memset(out + 8, 0xEE, size - 8);
	memcpy(out + 40, &flags, 8);
	memcpy(out + 88, &admin, 8);
	memcpy(out + 104, &user, 8);
	memcpy(out + 120, &total, 8);
	memcpy(out + 128, &left, 8);
	return 0;
}
unsigned long C_GetFunctionList(void **list) { *list = &standard; return 0; }
unsigned long C_EX_GetFunctionListExtended(void **list) { extended.function[2] = (void *)info; *list = &extended; return 0; }
`

// TestRutokenCounters reads what a Rutoken tells beyond the standard from
// libraries of three versions, and nothing from one that is older.
func TestRutokenCounters(t *testing.T) {
	if runtime.GOOS == "windows" || ^uint(0)>>32 == 0 {
		t.Log("CK_ULONG has 4 octets here: the structure is another one")
		return
	}
	cc := outside.Need(t, "cc")
	dir := t.TempDir()
	source := outside.File(t, "rutoken.c", []byte(rutokenC))
	before := cryptoki.TokenInfo{UserTries: -1, SOTries: -1, TotalMemory: 1, FreeMemory: 1}
	for known, told := range map[string]bool{"256": true, "240": true, "216": true, "200": false} {
		library := filepath.Join(dir, known+".so")
		if out, err := exec.Command(cc, "-shared", "-fPIC", "-DKNOWN="+known, "-o", library, source).CombinedOutput(); err != nil {
			t.Fatalf("cc: %v\n%s", err, out)
		}
		n, err := openNative(library)
		if err != nil {
			t.Fatal(err)
		}
		got, want := before, before
		n.extend(1, &got)
		if told {
			want = cryptoki.TokenInfo{UserTries: 9, SOTries: 10, DefaultUserPIN: true, TotalMemory: 131072, FreeMemory: 103200}
		}
		if got != want {
			t.Errorf("a library that knows %s octets: got %+v, want %+v", known, got, want)
		}
		got = before
		if n.extend(2, &got); got != before {
			t.Errorf("of a slot that is not there: got %+v", got)
		}
	}
}
