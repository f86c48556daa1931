/*
 * A program that loads a PKCS #11 library, for tests of the shim:
 *
 *   host LIBRARY fork     signs, forks, and signs in both processes
 *   host LIBRARY threads  signs in four threads at once
 *   host LIBRARY churn    makes objects, telling of each, until the token fails
 *   host LIBRARY outlive  calls once for every line of its input, telling CK_RV
 *
 * It exits with 0 if all was as it should be.
 */
#define _POSIX_C_SOURCE 200809L
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../cryptoki.h"

#define CKR_SESSION_HANDLE_INVALID 0x0B3UL
#define CKR_USER_ALREADY_LOGGED_IN 0x100UL

static CK_FUNCTION_LIST *p11;

#define WANT(want, call) \
	do { \
		CK_RV got_ = (call); \
		if (got_ != (want)) { \
			fprintf(stderr, "%s:%d: %s: got 0x%lx, want 0x%lx\n", __FILE__, __LINE__, #call, got_, (CK_RV)(want)); \
			_exit(1); \
		} \
	} while (0)

static CK_SESSION_HANDLE login(void)
{
	CK_SESSION_HANDLE s;
	CK_RV rv;
	WANT(CKR_OK, p11->C_OpenSession(0, 6, NULL, NULL, &s));
	rv = p11->C_Login(s, 1, (CK_UTF8CHAR *)"12345678", 8);
	if (rv != CKR_USER_ALREADY_LOGGED_IN)
		WANT(CKR_OK, rv);
	return s;
}

/* The first private key of the token. */
static CK_OBJECT_HANDLE find_key(CK_SESSION_HANDLE s)
{
	CK_ULONG class = 3, n;
	CK_ATTRIBUTE template = {0, &class, sizeof class};
	CK_OBJECT_HANDLE key;
	WANT(CKR_OK, p11->C_FindObjectsInit(s, &template, 1));
	WANT(CKR_OK, p11->C_FindObjects(s, &key, 1, &n));
	WANT(CKR_OK, p11->C_FindObjectsFinal(s));
	if (n != 1) {
		fprintf(stderr, "no private key\n");
		_exit(1);
	}
	return key;
}

static void generate(CK_SESSION_HANDLE s)
{
	CK_BYTE curve[] = {0x06, 0x07, 0x2a, 0x85, 0x03, 0x02, 0x02, 0x23, 0x01}, yes = 1;
	CK_ATTRIBUTE pub[] = {{0x250, curve, sizeof curve}, {1, &yes, 1}}, priv[] = {{1, &yes, 1}};
	CK_MECHANISM m = {0x1200, NULL, 0};
	CK_OBJECT_HANDLE a, b;
	WANT(CKR_OK, p11->C_GenerateKeyPair(s, &m, pub, 2, priv, 1, &a, &b));
}

static void sign(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE key)
{
	CK_MECHANISM m = {0x1201, NULL, 0};
	CK_BYTE digest[32] = {1}, sig[64];
	CK_ULONG n = 0;
	WANT(CKR_OK, p11->C_SignInit(s, &m, key));
	WANT(CKR_OK, p11->C_Sign(s, digest, sizeof digest, NULL, &n));
	if (n != sizeof sig)
		_exit(1);
	n = 1;
	WANT(CKR_BUFFER_TOO_SMALL, p11->C_Sign(s, digest, sizeof digest, sig, &n));
	n = sizeof sig;
	WANT(CKR_OK, p11->C_Sign(s, digest, sizeof digest, sig, &n));
}

static int in_child(CK_SESSION_HANDLE s, int again)
{
	int status;
	pid_t child = fork();
	if (child == 0) {
		alarm(20); /* a child that hangs fails */
		WANT(CKR_SESSION_HANDLE_INVALID, p11->C_Logout(s));
		if (again)
			WANT(CKR_OK, p11->C_Initialize(NULL));
		else
			WANT(CKR_OK, p11->C_GetInfo(&(CK_INFO){{0, 0}, "", 0, "", {0, 0}}));
		s = login();
		sign(s, find_key(s));
		WANT(CKR_OK, p11->C_Finalize(NULL));
		_exit(0);
	}
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static void *sign_often(void *unused)
{
	CK_SESSION_HANDLE s = login();
	CK_OBJECT_HANDLE key = find_key(s);
	(void)unused;
	for (int i = 0; i < 200; i++)
		sign(s, key);
	return NULL;
}

static int threads(void)
{
	pthread_t t[4];
	for (int i = 0; i < 4; i++)
		if (pthread_create(&t[i], NULL, sign_often, NULL) != 0)
			return 1;
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	return 0;
}

static int churn(CK_SESSION_HANDLE s)
{
	CK_ULONG class = 0;
	CK_BYTE yes = 1;
	CK_ATTRIBUTE data[] = {{0, &class, sizeof class}, {1, &yes, 1}};
	CK_OBJECT_HANDLE o;
	CK_RV rv;
	while ((rv = p11->C_CreateObject(s, data, 2, &o)) == CKR_OK) {
		puts("made");
		fflush(stdout);
	}
	WANT(CKR_DEVICE_ERROR, rv);
	WANT(CKR_DEVICE_ERROR, p11->C_CreateObject(s, data, 2, &o));
	return 0;
}

static int outlive(CK_SESSION_HANDLE s)
{
	char line[16];
	while (fgets(line, sizeof line, stdin) != NULL) {
		CK_SESSION_INFO info;
		printf("0x%lx\n", p11->C_GetSessionInfo(s, &info));
		fflush(stdout);
	}
	return 0;
}

int main(int argc, char **argv)
{
	CK_RV (*list)(CK_FUNCTION_LIST **);
	void *library = argc == 3 ? dlopen(argv[1], RTLD_NOW) : NULL;
	CK_SESSION_HANDLE s;
	int status = 1;
	if (library == NULL) {
		fprintf(stderr, "host: %s\n", argc == 3 ? dlerror() : "arguments");
		return 2;
	}
	*(void **)&list = dlsym(library, "C_GetFunctionList");
	WANT(CKR_OK, list(&p11));
	WANT(CKR_CRYPTOKI_NOT_INITIALIZED, p11->C_Finalize(NULL));
	WANT(CKR_OK, p11->C_Initialize(NULL));
	WANT(CKR_CRYPTOKI_ALREADY_INITIALIZED, p11->C_Initialize(NULL));
	s = login();
	if (strcmp(argv[2], "fork") == 0) {
		CK_OBJECT_HANDLE key;
		generate(s);
		key = find_key(s);
		sign(s, key);
		status = in_child(s, 0) | in_child(s, 1);
		sign(s, key); /* the parent goes on as if nothing had been */
	} else if (strcmp(argv[2], "threads") == 0) {
		generate(s);
		status = threads();
	} else if (strcmp(argv[2], "churn") == 0) {
		status = churn(s);
	} else if (strcmp(argv[2], "outlive") == 0) {
		status = outlive(s);
	}
	WANT(CKR_OK, p11->C_Finalize(NULL));
	dlclose(library);
	return status;
}
