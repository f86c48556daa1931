/*
 * A PKCS #11 library that passes every call to the softtoken daemon over a
 * Unix socket. It keeps no state but the connection: see message.c.
 *
 *   cc -std=c99 -O2 -fPIC -fvisibility=hidden -shared -pthread -Wl,-Bsymbolic -o libsofttoken.so softtoken.c message.c
 *
 * The socket is named by SURGUCH_SOFTTOKEN, or it is surguch-softtoken.sock in
 * XDG_RUNTIME_DIR. It is for machines of 64 bits.
 */
#define _POSIX_C_SOURCE 200809L
#include <string.h>
#include <time.h>

#include "message.h"

#define EXPORTED(name, params) __attribute__((visibility("default"))) CK_RV name params;
CRYPTOKI_FUNCTIONS(EXPORTED)

enum {
	GET_INFO = 1, GET_SLOT_LIST, GET_SLOT_INFO, GET_TOKEN_INFO, GET_MECHANISM_LIST, GET_MECHANISM_INFO, INIT_TOKEN,
	INIT_PIN, SET_PIN, OPEN_SESSION, CLOSE_SESSION, CLOSE_ALL_SESSIONS, GET_SESSION_INFO, LOGIN, LOGOUT,
	CREATE_OBJECT, DESTROY_OBJECT, GET_OBJECT_SIZE, GET_ATTRIBUTE_VALUE, SET_ATTRIBUTE_VALUE,
	FIND_OBJECTS_INIT, FIND_OBJECTS, FIND_OBJECTS_FINAL, DIGEST_INIT, DIGEST, DIGEST_UPDATE, DIGEST_FINAL,
	SIGN_INIT, SIGN, SIGN_UPDATE, SIGN_FINAL, VERIFY_INIT, VERIFY, VERIFY_UPDATE, VERIFY_FINAL,
	GENERATE_KEY_PAIR, GENERATE_RANDOM, WAIT_FOR_SLOT_EVENT
};

/* ---- general ---- */

CK_RV C_Initialize(void *args)
{
	const CK_C_INITIALIZE_ARGS *given = args;
	if (given != NULL) {
		int mutexes = !!given->CreateMutex + !!given->DestroyMutex + !!given->LockMutex + !!given->UnlockMutex;
		if (given->pReserved != NULL || (mutexes != 0 && mutexes != 4))
			return CKR_ARGUMENTS_BAD;
		if (mutexes == 4 && !(given->flags & CKF_OS_LOCKING_OK))
			return CKR_CANT_LOCK;
	}
	return start();
}

CK_RV C_Finalize(void *reserved) { return reserved != NULL ? CKR_ARGUMENTS_BAD : stop(); }

CK_RV C_GetInfo(CK_INFO *info)
{
	request q;
	answer a;
	CK_RV rv;
	begin(&q, GET_INFO);
	if (info == NULL)
		q.bad = CKR_ARGUMENTS_BAD;
	if ((rv = exchange(&q, &a)) == CKR_OK) {
		memset(info, 0, sizeof *info);
		info->cryptokiVersion = take_version(&a);
		take_text(&a, info->manufacturerID, sizeof info->manufacturerID);
		take_text(&a, info->libraryDescription, sizeof info->libraryDescription);
		info->libraryVersion = take_version(&a);
	}
	return end(&a, rv);
}

/* ---- slots and tokens ---- */

CK_RV C_GetSlotList(CK_BBOOL present, CK_SLOT_ID *slots, CK_ULONG *count)
{
	request q;
	begin(&q, GET_SLOT_LIST);
	number(&q, present);
	capacity(&q, slots, count);
	return filled(&q, slots, count, sizeof *slots);
}

CK_RV C_GetSlotInfo(CK_SLOT_ID slot, CK_SLOT_INFO *info)
{
	request q;
	answer a;
	CK_RV rv;
	begin(&q, GET_SLOT_INFO);
	number(&q, slot);
	if (info == NULL)
		q.bad = CKR_ARGUMENTS_BAD;
	if ((rv = exchange(&q, &a)) == CKR_OK) {
		take_text(&a, info->slotDescription, sizeof info->slotDescription);
		take_text(&a, info->manufacturerID, sizeof info->manufacturerID);
		info->flags = take(&a);
		info->hardwareVersion = take_version(&a);
		info->firmwareVersion = take_version(&a);
	}
	return end(&a, rv);
}

CK_RV C_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
	request q;
	answer a;
	CK_RV rv;
	begin(&q, GET_TOKEN_INFO);
	number(&q, slot);
	if (info == NULL)
		q.bad = CKR_ARGUMENTS_BAD;
	if ((rv = exchange(&q, &a)) == CKR_OK) {
		take_text(&a, info->label, sizeof info->label);
		take_text(&a, info->manufacturerID, sizeof info->manufacturerID);
		take_text(&a, info->model, sizeof info->model);
		take_text(&a, info->serialNumber, sizeof info->serialNumber);
		info->flags = take(&a);
		info->ulMaxSessionCount = take(&a);
		info->ulSessionCount = take(&a);
		info->ulMaxRwSessionCount = take(&a);
		info->ulRwSessionCount = take(&a);
		info->ulMaxPinLen = take(&a);
		info->ulMinPinLen = take(&a);
		info->ulTotalPublicMemory = take(&a);
		info->ulFreePublicMemory = take(&a);
		info->ulTotalPrivateMemory = take(&a);
		info->ulFreePrivateMemory = take(&a);
		info->hardwareVersion = take_version(&a);
		info->firmwareVersion = take_version(&a);
		take_text(&a, info->utcTime, sizeof info->utcTime);
	}
	return end(&a, rv);
}

CK_RV C_GetMechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE *list, CK_ULONG *count)
{
	request q;
	begin(&q, GET_MECHANISM_LIST);
	number(&q, slot);
	capacity(&q, list, count);
	return filled(&q, list, count, sizeof *list);
}

CK_RV C_GetMechanismInfo(CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
	request q;
	answer a;
	CK_RV rv;
	begin(&q, GET_MECHANISM_INFO);
	number(&q, slot);
	number(&q, type);
	if (info == NULL)
		q.bad = CKR_ARGUMENTS_BAD;
	if ((rv = exchange(&q, &a)) == CKR_OK) {
		info->ulMinKeySize = take(&a);
		info->ulMaxKeySize = take(&a);
		info->flags = take(&a);
	}
	return end(&a, rv);
}

/* The daemon does not wait, so that other threads may call meanwhile. */
CK_RV C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID *slot, void *reserved)
{
	const struct timespec pause = {0, 200 * 1000 * 1000};
	if (reserved != NULL)
		return CKR_ARGUMENTS_BAD;
	for (;;) {
		request q;
		CK_RV rv;
		begin(&q, WAIT_FOR_SLOT_EVENT);
		rv = one(&q, slot);
		if (rv != CKR_NO_EVENT || (flags & CKF_DONT_BLOCK))
			return rv;
		nanosleep(&pause, NULL);
	}
}

CK_RV C_InitToken(CK_SLOT_ID slot, CK_UTF8CHAR *pin, CK_ULONG pinLen, CK_UTF8CHAR *label)
{
	request q;
	begin(&q, INIT_TOKEN);
	number(&q, slot);
	octets(&q, pin, pinLen);
	octets(&q, label, 32);
	return simple(&q);
}

CK_RV C_InitPIN(CK_SESSION_HANDLE s, CK_UTF8CHAR *pin, CK_ULONG pinLen)
{
	request q;
	begin(&q, INIT_PIN);
	number(&q, s);
	octets(&q, pin, pinLen);
	return simple(&q);
}

CK_RV C_SetPIN(CK_SESSION_HANDLE s, CK_UTF8CHAR *old, CK_ULONG oldLen, CK_UTF8CHAR *pin, CK_ULONG pinLen)
{
	request q;
	begin(&q, SET_PIN);
	number(&q, s);
	octets(&q, old, oldLen);
	octets(&q, pin, pinLen);
	return simple(&q);
}

/* ---- sessions ---- */

CK_RV C_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, void *app, CK_NOTIFY notify, CK_SESSION_HANDLE *s)
{
	request q;
	(void)app, (void)notify; /* nothing is notified of */
	begin(&q, OPEN_SESSION);
	number(&q, slot);
	number(&q, flags);
	return one(&q, s);
}

/* with is for what takes a session, or a slot, and gives CK_RV. */
static CK_RV with(int function, CK_ULONG handle)
{
	request q;
	begin(&q, function);
	number(&q, handle);
	return simple(&q);
}

CK_RV C_CloseSession(CK_SESSION_HANDLE s) { return with(CLOSE_SESSION, s); }

CK_RV C_CloseAllSessions(CK_SLOT_ID slot) { return with(CLOSE_ALL_SESSIONS, slot); }

CK_RV C_Logout(CK_SESSION_HANDLE s) { return with(LOGOUT, s); }

CK_RV C_FindObjectsFinal(CK_SESSION_HANDLE s) { return with(FIND_OBJECTS_FINAL, s); }

CK_RV C_GetSessionInfo(CK_SESSION_HANDLE s, CK_SESSION_INFO *info)
{
	request q;
	answer a;
	CK_RV rv;
	begin(&q, GET_SESSION_INFO);
	number(&q, s);
	if (info == NULL)
		q.bad = CKR_ARGUMENTS_BAD;
	if ((rv = exchange(&q, &a)) == CKR_OK) {
		info->slotID = take(&a);
		info->state = take(&a);
		info->flags = take(&a);
		info->ulDeviceError = take(&a);
	}
	return end(&a, rv);
}

CK_RV C_Login(CK_SESSION_HANDLE s, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG pinLen)
{
	request q;
	begin(&q, LOGIN);
	number(&q, s);
	number(&q, user);
	octets(&q, pin, pinLen);
	return simple(&q);
}

/* ---- objects ---- */

CK_RV C_CreateObject(CK_SESSION_HANDLE s, CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *o)
{
	request q;
	begin(&q, CREATE_OBJECT);
	number(&q, s);
	attributes(&q, t, n);
	return one(&q, o);
}

CK_RV C_DestroyObject(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o)
{
	request q;
	begin(&q, DESTROY_OBJECT);
	number(&q, s);
	number(&q, o);
	return simple(&q);
}

CK_RV C_GetObjectSize(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ULONG *size)
{
	request q;
	begin(&q, GET_OBJECT_SIZE);
	number(&q, s);
	number(&q, o);
	return one(&q, size);
}

CK_RV C_GetAttributeValue(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE *t, CK_ULONG n)
{
	request q;
	answer a;
	CK_RV rv;
	begin(&q, GET_ATTRIBUTE_VALUE);
	number(&q, s);
	number(&q, o);
	number(&q, n);
	if (t == NULL)
		q.bad = CKR_ARGUMENTS_BAD;
	for (CK_ULONG i = 0; i < n && q.bad == CKR_OK; i++) {
		number(&q, t[i].type);
		capacity(&q, t[i].pValue, &t[i].ulValueLen);
	}
	rv = exchange(&q, &a);
	if (rv == CKR_OK || rv == CKR_BUFFER_TOO_SMALL || rv == CKR_ATTRIBUTE_SENSITIVE || rv == CKR_ATTRIBUTE_TYPE_INVALID)
		for (CK_ULONG i = 0; i < n && !a.bad; i++) {
			CK_ULONG length, need = take(&a);
			const unsigned char *value = take_octets(&a, &length);
			if (a.bad)
				break;
			if (need != CK_UNAVAILABLE && need > t[i].ulValueLen && t[i].pValue != NULL)
				need = CK_UNAVAILABLE; /* as the standard has it for a buffer too small */
			else if (t[i].pValue != NULL && need != CK_UNAVAILABLE) {
				if (length != need) {
					a.bad = 1;
					break;
				}
				if (length > 0)
					memcpy(t[i].pValue, value, length);
			}
			t[i].ulValueLen = need;
		}
	return end(&a, rv);
}

CK_RV C_SetAttributeValue(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE *t, CK_ULONG n)
{
	request q;
	begin(&q, SET_ATTRIBUTE_VALUE);
	number(&q, s);
	number(&q, o);
	attributes(&q, t, n);
	return simple(&q);
}

CK_RV C_FindObjectsInit(CK_SESSION_HANDLE s, CK_ATTRIBUTE *t, CK_ULONG n)
{
	request q;
	begin(&q, FIND_OBJECTS_INIT);
	number(&q, s);
	attributes(&q, t, n);
	return simple(&q);
}

CK_RV C_FindObjects(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE *found, CK_ULONG max, CK_ULONG *count)
{
	request q;
	answer a;
	CK_RV rv;
	begin(&q, FIND_OBJECTS);
	number(&q, s);
	number(&q, max);
	if (count == NULL || (found == NULL && max > 0))
		q.bad = CKR_ARGUMENTS_BAD;
	if ((rv = exchange(&q, &a)) == CKR_OK) {
		CK_ULONG n;
		const unsigned char *handles = take_octets(&a, &n);
		if (n % 8 != 0 || n / 8 > max)
			a.bad = 1;
		else {
			if (n > 0)
				memcpy(found, handles, n);
			*count = n / 8;
		}
	}
	return end(&a, rv);
}

CK_RV C_GenerateKeyPair(CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_ATTRIBUTE *pubT, CK_ULONG pubN,
	CK_ATTRIBUTE *privT, CK_ULONG privN, CK_OBJECT_HANDLE *pub, CK_OBJECT_HANDLE *priv)
{
	request q;
	answer a;
	CK_RV rv;
	begin(&q, GENERATE_KEY_PAIR);
	number(&q, s);
	mechanism(&q, m);
	attributes(&q, pubT, pubN);
	attributes(&q, privT, privN);
	if (pub == NULL || priv == NULL)
		q.bad = CKR_ARGUMENTS_BAD;
	if ((rv = exchange(&q, &a)) == CKR_OK) {
		*pub = take(&a);
		*priv = take(&a);
	}
	return end(&a, rv);
}

/* ---- digests, signatures ---- */

static CK_RV operation(int function, CK_SESSION_HANDLE s, CK_MECHANISM *m, const CK_OBJECT_HANDLE *key)
{
	request q;
	begin(&q, function);
	number(&q, s);
	mechanism(&q, m);
	if (key != NULL)
		number(&q, *key);
	return simple(&q);
}

static CK_RV update(int function, CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen)
{
	request q;
	begin(&q, function);
	number(&q, s);
	octets(&q, in, inLen);
	return simple(&q);
}

static CK_RV whole(int function, CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *out, CK_ULONG *outLen)
{
	request q;
	begin(&q, function);
	number(&q, s);
	octets(&q, in, inLen);
	capacity(&q, out, outLen);
	return filled(&q, out, outLen, 1);
}

static CK_RV final(int function, CK_SESSION_HANDLE s, CK_BYTE *out, CK_ULONG *outLen)
{
	request q;
	begin(&q, function);
	number(&q, s);
	capacity(&q, out, outLen);
	return filled(&q, out, outLen, 1);
}

CK_RV C_DigestInit(CK_SESSION_HANDLE s, CK_MECHANISM *m) { return operation(DIGEST_INIT, s, m, NULL); }

CK_RV C_Digest(CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *out, CK_ULONG *outLen)
{
	return whole(DIGEST, s, in, inLen, out, outLen);
}

CK_RV C_DigestUpdate(CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen) { return update(DIGEST_UPDATE, s, in, inLen); }

CK_RV C_DigestFinal(CK_SESSION_HANDLE s, CK_BYTE *out, CK_ULONG *outLen) { return final(DIGEST_FINAL, s, out, outLen); }

CK_RV C_SignInit(CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE key) { return operation(SIGN_INIT, s, m, &key); }

CK_RV C_Sign(CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *out, CK_ULONG *outLen)
{
	return whole(SIGN, s, in, inLen, out, outLen);
}

CK_RV C_SignUpdate(CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen) { return update(SIGN_UPDATE, s, in, inLen); }

CK_RV C_SignFinal(CK_SESSION_HANDLE s, CK_BYTE *out, CK_ULONG *outLen) { return final(SIGN_FINAL, s, out, outLen); }

CK_RV C_VerifyInit(CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE key) { return operation(VERIFY_INIT, s, m, &key); }

CK_RV C_Verify(CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *sig, CK_ULONG sigLen)
{
	request q;
	begin(&q, VERIFY);
	number(&q, s);
	octets(&q, in, inLen);
	octets(&q, sig, sigLen);
	return simple(&q);
}

CK_RV C_VerifyUpdate(CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen) { return update(VERIFY_UPDATE, s, in, inLen); }

CK_RV C_VerifyFinal(CK_SESSION_HANDLE s, CK_BYTE *sig, CK_ULONG sigLen) { return update(VERIFY_FINAL, s, sig, sigLen); }

CK_RV C_GenerateRandom(CK_SESSION_HANDLE s, CK_BYTE *out, CK_ULONG len)
{
	request q;
	answer a;
	CK_RV rv;
	begin(&q, GENERATE_RANDOM);
	number(&q, s);
	number(&q, len);
	if (out == NULL && len > 0)
		q.bad = CKR_ARGUMENTS_BAD;
	if ((rv = exchange(&q, &a)) == CKR_OK)
		take_text(&a, out, len);
	return end(&a, rv);
}

/* ---- what the token does not do ---- */

#define UNSUPPORTED(name, params) CK_RV name params { return CKR_FUNCTION_NOT_SUPPORTED; }
#define FOUR_OF(Verb) \
	UNSUPPORTED(C_##Verb##Init, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE key)) \
	UNSUPPORTED(C_##Verb, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *out, CK_ULONG *outLen)) \
	UNSUPPORTED(C_##Verb##Update, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *out, CK_ULONG *outLen)) \
	UNSUPPORTED(C_##Verb##Final, (CK_SESSION_HANDLE s, CK_BYTE *out, CK_ULONG *outLen))

FOUR_OF(Encrypt)
FOUR_OF(Decrypt)
UNSUPPORTED(C_GetOperationState, (CK_SESSION_HANDLE s, CK_BYTE *state, CK_ULONG *len))
UNSUPPORTED(C_SetOperationState, (CK_SESSION_HANDLE s, CK_BYTE *state, CK_ULONG len, CK_OBJECT_HANDLE enc, CK_OBJECT_HANDLE auth))
UNSUPPORTED(C_CopyObject, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE from, CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *o))
UNSUPPORTED(C_DigestKey, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE key))
UNSUPPORTED(C_SignRecoverInit, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE key))
UNSUPPORTED(C_SignRecover, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *out, CK_ULONG *outLen))
UNSUPPORTED(C_VerifyRecoverInit, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE key))
UNSUPPORTED(C_VerifyRecover, (CK_SESSION_HANDLE s, CK_BYTE *sig, CK_ULONG sigLen, CK_BYTE *out, CK_ULONG *outLen))
UNSUPPORTED(C_DigestEncryptUpdate, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *out, CK_ULONG *outLen))
UNSUPPORTED(C_DecryptDigestUpdate, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *out, CK_ULONG *outLen))
UNSUPPORTED(C_SignEncryptUpdate, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *out, CK_ULONG *outLen))
UNSUPPORTED(C_DecryptVerifyUpdate, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *out, CK_ULONG *outLen))
UNSUPPORTED(C_GenerateKey, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *key))
UNSUPPORTED(C_WrapKey, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE with, CK_OBJECT_HANDLE key, CK_BYTE *out, CK_ULONG *outLen))
UNSUPPORTED(C_UnwrapKey, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE with, CK_BYTE *in, CK_ULONG inLen, CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *key))
UNSUPPORTED(C_DeriveKey, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE base, CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *key))

CK_RV C_SeedRandom(CK_SESSION_HANDLE s, CK_BYTE *seed, CK_ULONG len)
{
	(void)s, (void)seed, (void)len;
	return CKR_RANDOM_SEED_NOT_SUPPORTED;
}

CK_RV C_GetFunctionStatus(CK_SESSION_HANDLE s) { (void)s; return CKR_FUNCTION_NOT_PARALLEL; }

CK_RV C_CancelFunction(CK_SESSION_HANDLE s) { (void)s; return CKR_FUNCTION_NOT_PARALLEL; }

#define ADDRESS(name, params) name,

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list)
{
	static CK_FUNCTION_LIST functions = {{2, 40}, CRYPTOKI_FUNCTIONS(ADDRESS)};
	if (list == NULL)
		return CKR_ARGUMENTS_BAD;
	*list = &functions;
	return CKR_OK;
}
