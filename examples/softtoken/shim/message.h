/*
 * Requests to the softtoken daemon and its answers: octets in the form that
 * package token/softtoken/wire describes.
 */
#ifndef SOFTTOKEN_MESSAGE_H
#define SOFTTOKEN_MESSAGE_H

#include <stddef.h>

#include "cryptoki.h"

/* A request has room for its size in front. What does not fit makes it bad. */
typedef struct {
	unsigned char *p;
	size_t n, room;
	CK_RV bad;
	unsigned char small[512];
} request;

/* An answer is read from its front; a part that is not there makes it bad. */
typedef struct {
	unsigned char *frame, *p;
	size_t left;
	int bad;
} answer;

/* C_Initialize and C_Finalize, their arguments aside. */
CK_RV start(void);
CK_RV stop(void);

/* begin begins a request; the others add to it. */
void begin(request *q, int function);
void number(request *q, CK_ULONG n);
void octets(request *q, const void *data, CK_ULONG n);
void attributes(request *q, const CK_ATTRIBUTE *t, CK_ULONG n);
void mechanism(request *q, const CK_MECHANISM *m);
void capacity(request *q, const void *buffer, const CK_ULONG *size); /* of a buffer, or that there is none */

/* exchange sends a request and waits for the answer, which is end()ed. */
CK_RV exchange(request *q, answer *a);

/* take takes a number from an answer, and so on. */
CK_ULONG take(answer *a);
const unsigned char *take_octets(answer *a, CK_ULONG *n);
void take_text(answer *a, void *text, size_t size);
CK_VERSION take_version(answer *a);

/* end frees an answer; one that is not in order is an error of the device. */
CK_RV end(answer *a, CK_RV rv);

/* The whole of it, for functions that give CK_RV alone, a number, or octets. */
CK_RV simple(request *q);
CK_RV one(request *q, CK_ULONG *n);
CK_RV filled(request *q, void *buffer, CK_ULONG *size, size_t unit);

#endif
