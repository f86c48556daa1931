/*
 * The part of Cryptoki that the shim implements, declared from the text of
 * OASIS PKCS #11 2.40: types, structures and the function list, in which every
 * function has its place.
 */
#ifndef SOFTTOKEN_CRYPTOKI_H
#define SOFTTOKEN_CRYPTOKI_H

typedef unsigned char CK_BYTE, CK_BBOOL, CK_UTF8CHAR, CK_CHAR;
typedef unsigned long CK_ULONG, CK_FLAGS, CK_RV, CK_SLOT_ID, CK_SESSION_HANDLE, CK_OBJECT_HANDLE;
typedef unsigned long CK_USER_TYPE, CK_STATE, CK_MECHANISM_TYPE, CK_ATTRIBUTE_TYPE, CK_NOTIFICATION;

#define CK_UNAVAILABLE (~0UL)

#define CKR_OK 0x000UL
#define CKR_HOST_MEMORY 0x002UL
#define CKR_ARGUMENTS_BAD 0x007UL
#define CKR_NO_EVENT 0x008UL
#define CKR_CANT_LOCK 0x00AUL
#define CKR_ATTRIBUTE_SENSITIVE 0x011UL
#define CKR_ATTRIBUTE_TYPE_INVALID 0x012UL
#define CKR_DATA_LEN_RANGE 0x021UL
#define CKR_DEVICE_ERROR 0x030UL
#define CKR_FUNCTION_NOT_PARALLEL 0x051UL
#define CKR_FUNCTION_NOT_SUPPORTED 0x054UL
#define CKR_RANDOM_SEED_NOT_SUPPORTED 0x120UL
#define CKR_BUFFER_TOO_SMALL 0x150UL
#define CKR_CRYPTOKI_NOT_INITIALIZED 0x190UL
#define CKR_CRYPTOKI_ALREADY_INITIALIZED 0x191UL

#define CKF_DONT_BLOCK 1UL
#define CKF_OS_LOCKING_OK 2UL

typedef struct { CK_BYTE major, minor; } CK_VERSION;

typedef struct {
	CK_VERSION cryptokiVersion;
	CK_UTF8CHAR manufacturerID[32];
	CK_FLAGS flags;
	CK_UTF8CHAR libraryDescription[32];
	CK_VERSION libraryVersion;
} CK_INFO;

typedef struct {
	CK_UTF8CHAR slotDescription[64], manufacturerID[32];
	CK_FLAGS flags;
	CK_VERSION hardwareVersion, firmwareVersion;
} CK_SLOT_INFO;

typedef struct {
	CK_UTF8CHAR label[32], manufacturerID[32], model[16];
	CK_CHAR serialNumber[16];
	CK_FLAGS flags;
	CK_ULONG ulMaxSessionCount, ulSessionCount, ulMaxRwSessionCount, ulRwSessionCount, ulMaxPinLen, ulMinPinLen;
	CK_ULONG ulTotalPublicMemory, ulFreePublicMemory, ulTotalPrivateMemory, ulFreePrivateMemory;
	CK_VERSION hardwareVersion, firmwareVersion;
	CK_CHAR utcTime[16];
} CK_TOKEN_INFO;

typedef struct {
	CK_SLOT_ID slotID;
	CK_STATE state;
	CK_FLAGS flags;
	CK_ULONG ulDeviceError;
} CK_SESSION_INFO;

typedef struct {
	CK_ATTRIBUTE_TYPE type;
	void *pValue;
	CK_ULONG ulValueLen;
} CK_ATTRIBUTE;

typedef struct {
	CK_MECHANISM_TYPE mechanism;
	void *pParameter;
	CK_ULONG ulParameterLen;
} CK_MECHANISM;

typedef struct { CK_ULONG ulMinKeySize, ulMaxKeySize; CK_FLAGS flags; } CK_MECHANISM_INFO;

typedef CK_RV (*CK_NOTIFY)(CK_SESSION_HANDLE, CK_NOTIFICATION, void *);

typedef struct {
	CK_RV (*CreateMutex)(void **);
	CK_RV (*DestroyMutex)(void *);
	CK_RV (*LockMutex)(void *);
	CK_RV (*UnlockMutex)(void *);
	CK_FLAGS flags;
	void *pReserved;
} CK_C_INITIALIZE_ARGS;

typedef struct CK_FUNCTION_LIST CK_FUNCTION_LIST;

/*
 * CRYPTOKI_FUNCTIONS applies F to the name and the parameters of every
 * function, in the order of the function list.
 */
#define CRYPTOKI_FUNCTIONS(F) \
	F(C_Initialize, (void *args)) \
	F(C_Finalize, (void *reserved)) \
	F(C_GetInfo, (CK_INFO *info)) \
	F(C_GetFunctionList, (CK_FUNCTION_LIST **list)) \
	F(C_GetSlotList, (CK_BBOOL present, CK_SLOT_ID *slots, CK_ULONG *count)) \
	F(C_GetSlotInfo, (CK_SLOT_ID slot, CK_SLOT_INFO *info)) \
	F(C_GetTokenInfo, (CK_SLOT_ID slot, CK_TOKEN_INFO *info)) \
	F(C_GetMechanismList, (CK_SLOT_ID slot, CK_MECHANISM_TYPE *list, CK_ULONG *count)) \
	F(C_GetMechanismInfo, (CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)) \
	F(C_InitToken, (CK_SLOT_ID slot, CK_UTF8CHAR *pin, CK_ULONG pinLen, CK_UTF8CHAR *label)) \
	F(C_InitPIN, (CK_SESSION_HANDLE s, CK_UTF8CHAR *pin, CK_ULONG pinLen)) \
	F(C_SetPIN, (CK_SESSION_HANDLE s, CK_UTF8CHAR *old, CK_ULONG oldLen, CK_UTF8CHAR *pin, CK_ULONG pinLen)) \
	F(C_OpenSession, (CK_SLOT_ID slot, CK_FLAGS flags, void *app, CK_NOTIFY notify, CK_SESSION_HANDLE *s)) \
	F(C_CloseSession, (CK_SESSION_HANDLE s)) \
	F(C_CloseAllSessions, (CK_SLOT_ID slot)) \
	F(C_GetSessionInfo, (CK_SESSION_HANDLE s, CK_SESSION_INFO *info)) \
	F(C_GetOperationState, (CK_SESSION_HANDLE s, CK_BYTE *state, CK_ULONG *len)) \
	F(C_SetOperationState, (CK_SESSION_HANDLE s, CK_BYTE *state, CK_ULONG len, CK_OBJECT_HANDLE enc, CK_OBJECT_HANDLE auth)) \
	F(C_Login, (CK_SESSION_HANDLE s, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG pinLen)) \
	F(C_Logout, (CK_SESSION_HANDLE s)) \
	F(C_CreateObject, (CK_SESSION_HANDLE s, CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *o)) \
	F(C_CopyObject, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE from, CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *o)) \
	F(C_DestroyObject, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o)) \
	F(C_GetObjectSize, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ULONG *size)) \
	F(C_GetAttributeValue, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE *t, CK_ULONG n)) \
	F(C_SetAttributeValue, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE *t, CK_ULONG n)) \
	F(C_FindObjectsInit, (CK_SESSION_HANDLE s, CK_ATTRIBUTE *t, CK_ULONG n)) \
	F(C_FindObjects, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE *found, CK_ULONG max, CK_ULONG *count)) \
	F(C_FindObjectsFinal, (CK_SESSION_HANDLE s)) \
	F(C_EncryptInit, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE key)) \
	F(C_Encrypt, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *out, CK_ULONG *outLen)) \
	F(C_EncryptUpdate, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *out, CK_ULONG *outLen)) \
	F(C_EncryptFinal, (CK_SESSION_HANDLE s, CK_BYTE *out, CK_ULONG *outLen)) \
	F(C_DecryptInit, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE key)) \
	F(C_Decrypt, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *out, CK_ULONG *outLen)) \
	F(C_DecryptUpdate, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *out, CK_ULONG *outLen)) \
	F(C_DecryptFinal, (CK_SESSION_HANDLE s, CK_BYTE *out, CK_ULONG *outLen)) \
	F(C_DigestInit, (CK_SESSION_HANDLE s, CK_MECHANISM *m)) \
	F(C_Digest, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *out, CK_ULONG *outLen)) \
	F(C_DigestUpdate, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen)) \
	F(C_DigestKey, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE key)) \
	F(C_DigestFinal, (CK_SESSION_HANDLE s, CK_BYTE *out, CK_ULONG *outLen)) \
	F(C_SignInit, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE key)) \
	F(C_Sign, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *out, CK_ULONG *outLen)) \
	F(C_SignUpdate, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen)) \
	F(C_SignFinal, (CK_SESSION_HANDLE s, CK_BYTE *out, CK_ULONG *outLen)) \
	F(C_SignRecoverInit, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE key)) \
	F(C_SignRecover, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *out, CK_ULONG *outLen)) \
	F(C_VerifyInit, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE key)) \
	F(C_Verify, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *sig, CK_ULONG sigLen)) \
	F(C_VerifyUpdate, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen)) \
	F(C_VerifyFinal, (CK_SESSION_HANDLE s, CK_BYTE *sig, CK_ULONG sigLen)) \
	F(C_VerifyRecoverInit, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE key)) \
	F(C_VerifyRecover, (CK_SESSION_HANDLE s, CK_BYTE *sig, CK_ULONG sigLen, CK_BYTE *out, CK_ULONG *outLen)) \
	F(C_DigestEncryptUpdate, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *out, CK_ULONG *outLen)) \
	F(C_DecryptDigestUpdate, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *out, CK_ULONG *outLen)) \
	F(C_SignEncryptUpdate, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *out, CK_ULONG *outLen)) \
	F(C_DecryptVerifyUpdate, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG inLen, CK_BYTE *out, CK_ULONG *outLen)) \
	F(C_GenerateKey, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *key)) \
	F(C_GenerateKeyPair, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_ATTRIBUTE *pubT, CK_ULONG pubN, \
		CK_ATTRIBUTE *privT, CK_ULONG privN, CK_OBJECT_HANDLE *pub, CK_OBJECT_HANDLE *priv)) \
	F(C_WrapKey, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE with, CK_OBJECT_HANDLE key, CK_BYTE *out, CK_ULONG *outLen)) \
	F(C_UnwrapKey, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE with, CK_BYTE *in, CK_ULONG inLen, \
		CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *key)) \
	F(C_DeriveKey, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE base, CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *key)) \
	F(C_SeedRandom, (CK_SESSION_HANDLE s, CK_BYTE *seed, CK_ULONG len)) \
	F(C_GenerateRandom, (CK_SESSION_HANDLE s, CK_BYTE *out, CK_ULONG len)) \
	F(C_GetFunctionStatus, (CK_SESSION_HANDLE s)) \
	F(C_CancelFunction, (CK_SESSION_HANDLE s)) \
	F(C_WaitForSlotEvent, (CK_FLAGS flags, CK_SLOT_ID *slot, void *reserved))

#define CRYPTOKI_MEMBER(name, params) CK_RV (*name) params;

struct CK_FUNCTION_LIST {
	CK_VERSION version;
	CRYPTOKI_FUNCTIONS(CRYPTOKI_MEMBER)
};

#endif
