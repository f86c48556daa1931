/*
 * The connection to the daemon, and what goes over it.
 *
 * Threads take turns. A daemon that does not answer gives CKR_DEVICE_ERROR,
 * and the next call connects anew: what was open is closed then, and its
 * handles are invalid. So it is in a child after fork(), which gets a
 * connection of its own; it may call C_Initialize, and need not.
 */
#define _POSIX_C_SOURCE 200809L
#define _DARWIN_C_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "message.h"

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SO_NOSIGPIPE does it */
#endif

#define GREETING "SOFTTOKEN\x01"
#define MAX_FRAME (16u << 20)

/* Numbers of C go over the wire as they are. */
typedef char eight_octets[sizeof(CK_ULONG) == 8 ? 1 : -1];

/* ---- the connection ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* over all below */
static int initialized, forked, connection = -1;

/*
 * In the child the lock may be held by a thread that is not there, and the
 * connection is the parent's.
 */
static void after_fork(void)
{
	pthread_mutex_init(&lock, NULL);
	if (connection >= 0)
		close(connection);
	connection = -1;
	forked = initialized;
}

static void watch_forks(void) { pthread_atfork(NULL, NULL, after_fork); }

static int send_all(const void *data, size_t n)
{
	const unsigned char *p = data;
	while (n > 0) {
		ssize_t done = send(connection, p, n, MSG_NOSIGNAL);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return -1;
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

static int receive_all(void *data, size_t n)
{
	unsigned char *p = data;
	while (n > 0) {
		ssize_t done = recv(connection, p, n, 0);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return -1;
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

/* The four octets before a frame. */
static void put_size(unsigned char *p, size_t n)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(n >> 8 * i);
}

/* receive_frame returns a frame in memory of its own, or NULL. */
static unsigned char *receive_frame(size_t *n)
{
	unsigned char head[4], *frame;
	if (receive_all(head, 4) != 0)
		return NULL;
	*n = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
	if (*n > MAX_FRAME || (frame = malloc(*n + 1)) == NULL)
		return NULL;
	if (receive_all(frame, *n) != 0) {
		free(frame);
		return NULL;
	}
	return frame;
}

static void disconnect(void)
{
	if (connection >= 0)
		close(connection);
	connection = -1;
}

static int socket_name(struct sockaddr_un *address)
{
	const char *name = getenv("SURGUCH_SOFTTOKEN"), *dir = getenv("XDG_RUNTIME_DIR"), *file = "";
	if (name == NULL || *name == 0) {
		if (dir == NULL || *dir == 0)
			return -1;
		name = dir;
		file = "/surguch-softtoken.sock";
	}
	if (strlen(name) + strlen(file) >= sizeof address->sun_path)
		return -1;
	memset(address, 0, sizeof *address);
	address->sun_family = AF_UNIX;
	strcpy(address->sun_path, name);
	strcat(address->sun_path, file);
	return 0;
}

/* connected connects, if there is no connection, and greets. */
static int connected(void)
{
	struct sockaddr_un address;
	unsigned char head[4], *answer;
	size_t n;
	int ok;
	if (connection >= 0)
		return 1;
	if (socket_name(&address) != 0 || (connection = socket(AF_UNIX, SOCK_STREAM, 0)) < 0)
		return 0;
	fcntl(connection, F_SETFD, FD_CLOEXEC);
#ifdef SO_NOSIGPIPE
	setsockopt(connection, SOL_SOCKET, SO_NOSIGPIPE, &(int){1}, sizeof(int));
#endif
	put_size(head, strlen(GREETING));
	if (connect(connection, (struct sockaddr *)&address, sizeof address) == 0 && send_all(head, 4) == 0 &&
	    send_all(GREETING, strlen(GREETING)) == 0 && (answer = receive_frame(&n)) != NULL) {
		ok = n == strlen(GREETING) && memcmp(answer, GREETING, n) == 0;
		free(answer);
		if (ok)
			return 1;
	}
	disconnect();
	return 0;
}

CK_RV start(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	CK_RV rv = CKR_OK;
	pthread_once(&once, watch_forks);
	pthread_mutex_lock(&lock);
	if (initialized && !forked)
		rv = CKR_CRYPTOKI_ALREADY_INITIALIZED;
	else if (!connected())
		rv = CKR_DEVICE_ERROR;
	else {
		initialized = 1;
		forked = 0;
	}
	pthread_mutex_unlock(&lock);
	return rv;
}

CK_RV stop(void)
{
	CK_RV rv = CKR_OK;
	pthread_mutex_lock(&lock);
	if (!initialized)
		rv = CKR_CRYPTOKI_NOT_INITIALIZED;
	initialized = forked = 0;
	disconnect();
	pthread_mutex_unlock(&lock);
	return rv;
}

/* ---- requests and answers ---- */

static void wipe(void *p, size_t n)
{
	volatile unsigned char *v = p;
	while (n-- > 0)
		*v++ = 0;
}

static void add(request *q, const void *data, CK_ULONG n)
{
	if (n > MAX_FRAME || q->n + n > MAX_FRAME) {
		q->bad = CKR_DATA_LEN_RANGE;
		return;
	}
	if (q->n + n > q->room) {
		size_t room = 2 * (q->n + n);
		unsigned char *p = malloc(room);
		if (p == NULL) {
			q->bad = CKR_HOST_MEMORY;
			return;
		}
		memcpy(p, q->p, q->n);
		wipe(q->p, q->n);
		if (q->p != q->small)
			free(q->p);
		q->p = p;
		q->room = room;
	}
	if (n > 0)
		memcpy(q->p + q->n, data, n);
	q->n += n;
}

void begin(request *q, int function)
{
	unsigned char f = (unsigned char)function;
	q->p = q->small;
	q->n = 4;
	q->room = sizeof q->small;
	q->bad = CKR_OK;
	add(q, &f, 1);
}

void number(request *q, CK_ULONG n)
{
	unsigned char b[8];
	for (int i = 0; i < 8; i++)
		b[i] = (unsigned char)(n >> 8 * i);
	add(q, b, 8);
}

void octets(request *q, const void *data, CK_ULONG n)
{
	if (data == NULL && n > 0)
		q->bad = CKR_ARGUMENTS_BAD;
	if (q->bad != CKR_OK)
		return;
	number(q, n);
	add(q, data, n);
}

void attributes(request *q, const CK_ATTRIBUTE *t, CK_ULONG n)
{
	if (t == NULL && n > 0)
		q->bad = CKR_ARGUMENTS_BAD;
	number(q, n);
	for (CK_ULONG i = 0; i < n && q->bad == CKR_OK; i++) {
		number(q, t[i].type);
		octets(q, t[i].pValue, t[i].ulValueLen);
	}
}

void mechanism(request *q, const CK_MECHANISM *m)
{
	if (m == NULL) {
		q->bad = CKR_ARGUMENTS_BAD;
		return;
	}
	number(q, m->mechanism);
	octets(q, m->pParameter, m->ulParameterLen);
}

/* The size of a buffer, or that there is none. */
void capacity(request *q, const void *buffer, const CK_ULONG *size)
{
	if (size == NULL)
		q->bad = CKR_ARGUMENTS_BAD;
	else
		number(q, buffer == NULL ? CK_UNAVAILABLE : *size);
}

CK_ULONG take(answer *a)
{
	CK_ULONG n = 0;
	if (a->bad || a->left < 8) {
		a->bad = 1;
		return 0;
	}
	for (int i = 0; i < 8; i++)
		n |= (CK_ULONG)a->p[i] << 8 * i;
	a->p += 8;
	a->left -= 8;
	return n;
}

const unsigned char *take_octets(answer *a, CK_ULONG *n)
{
	const unsigned char *p;
	*n = take(a);
	if (a->bad || *n > a->left) {
		a->bad = 1;
		*n = 0;
		return a->p;
	}
	p = a->p;
	a->p += *n;
	a->left -= *n;
	return p;
}

void take_text(answer *a, void *text, size_t size)
{
	CK_ULONG n;
	const unsigned char *p = take_octets(a, &n);
	if (n == size)
		memcpy(text, p, n);
	else
		a->bad = 1;
}

CK_VERSION take_version(answer *a)
{
	CK_ULONG n = take(a);
	CK_VERSION v;
	v.major = (CK_BYTE)(n >> 8);
	v.minor = (CK_BYTE)n;
	return v;
}

/* take_buffer fills a buffer of the caller's, or tells the size it must have. */
static void take_buffer(answer *a, CK_RV rv, void *buffer, CK_ULONG *size, size_t unit)
{
	CK_ULONG n, need = take(a);
	const unsigned char *p = take_octets(a, &n);
	if (a->bad)
		return;
	if (rv == CKR_OK && buffer != NULL) {
		if (need > *size || n != need * unit) {
			a->bad = 1;
			return;
		}
		if (n > 0)
			memcpy(buffer, p, n);
	}
	*size = need;
}

/* exchange sends a request and waits for the answer, which is end()ed. */
CK_RV exchange(request *q, answer *a)
{
	CK_RV rv = q->bad;
	memset(a, 0, sizeof *a);
	if (rv == CKR_OK) {
		put_size(q->p, q->n - 4);
		pthread_mutex_lock(&lock);
		if (!initialized)
			rv = CKR_CRYPTOKI_NOT_INITIALIZED;
		else if (!connected())
			rv = CKR_DEVICE_ERROR;
		else if (send_all(q->p, q->n) != 0 || (a->frame = receive_frame(&a->left)) == NULL) {
			disconnect();
			rv = CKR_DEVICE_ERROR;
		}
		pthread_mutex_unlock(&lock);
	}
	wipe(q->p, q->n);
	if (q->p != q->small)
		free(q->p);
	a->p = a->frame;
	return rv == CKR_OK ? take(a) : rv;
}

/* end frees an answer; one that is not in order is an error of the device. */
CK_RV end(answer *a, CK_RV rv)
{
	if (a->frame != NULL && a->bad)
		rv = CKR_DEVICE_ERROR;
	free(a->frame);
	return rv;
}

/* simple is for what gives CK_RV alone. */
CK_RV simple(request *q)
{
	answer a;
	CK_RV rv = exchange(q, &a);
	return end(&a, rv);
}

/* one is for what gives a number. */
CK_RV one(request *q, CK_ULONG *n)
{
	answer a;
	CK_RV rv;
	if (n == NULL)
		q->bad = CKR_ARGUMENTS_BAD;
	if ((rv = exchange(q, &a)) == CKR_OK)
		*n = take(&a);
	return end(&a, rv);
}

/* filled is for what fills a buffer. */
CK_RV filled(request *q, void *buffer, CK_ULONG *size, size_t unit)
{
	answer a;
	CK_RV rv = exchange(q, &a);
	if (rv == CKR_OK || rv == CKR_BUFFER_TOO_SMALL)
		take_buffer(&a, rv, buffer, size, unit);
	return end(&a, rv);
}
