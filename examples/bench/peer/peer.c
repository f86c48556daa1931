// Peer times OpenSSL with the GOST engine for examples/bench: it reads one
// command a line from standard input and answers each with one line, the
// nanoseconds that the calls themselves took, or "error: …".
//
//   key ALGORITHM PARAMSET   makes the key of the commands below; answers 0
//   sign N | verify N | keygen N
//   hash NAME SIZE N         hashes SIZE octets N times
//   encrypt NAME SIZE N      encrypts SIZE octets N times
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static ENGINE *engine;
static EVP_PKEY_CTX *generator;
static EVP_PKEY *key;
static unsigned char digest[64], signature[128], buffer[1 << 16];
static size_t digest_length, signature_length;

static long long now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static const char *load(void) {
	ENGINE_load_builtin_engines();
	engine = ENGINE_by_id("gost");
	if (!engine || !ENGINE_init(engine) || !ENGINE_set_default(engine, ENGINE_METHOD_ALL))
		return "openssl has no GOST engine";
	return NULL;
}

static const char *make_key(const char *algorithm, const char *paramset) {
	EVP_PKEY_free(key);
	EVP_PKEY_CTX_free(generator);
	key = NULL;
	generator = EVP_PKEY_CTX_new_id(OBJ_sn2nid(algorithm), engine);
	if (!generator || EVP_PKEY_keygen_init(generator) <= 0 ||
	    EVP_PKEY_CTX_ctrl_str(generator, "paramset", paramset) <= 0 ||
	    EVP_PKEY_keygen(generator, &key) <= 0)
		return "the engine does not know this parameter set";
	digest_length = strstr(algorithm, "512") ? 64 : 32;
	return NULL;
}

static const char *sign(long n, long long *took) {
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(key, engine);
	const char *fault = NULL;
	if (!c || EVP_PKEY_sign_init(c) <= 0)
		fault = "sign_init";
	long long start = now();
	for (long i = 0; i < n && !fault; i++) {
		signature_length = sizeof signature;
		if (EVP_PKEY_sign(c, signature, &signature_length, digest, digest_length) <= 0)
			fault = "sign";
	}
	*took = now() - start;
	EVP_PKEY_CTX_free(c);
	return fault;
}

static const char *verify(long n, long long *took) {
	const char *fault = sign(1, took);
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(key, engine);
	if (!fault && (!c || EVP_PKEY_verify_init(c) <= 0))
		fault = "verify_init";
	long long start = now();
	for (long i = 0; i < n && !fault; i++)
		if (EVP_PKEY_verify(c, signature, signature_length, digest, digest_length) != 1)
			fault = "verify";
	*took = now() - start;
	EVP_PKEY_CTX_free(c);
	return fault;
}

static const char *keygen(long n, long long *took) {
	*took = 0;
	for (long i = 0; i < n; i++) {
		EVP_PKEY *k = NULL;
		long long start = now();
		int ok = EVP_PKEY_keygen(generator, &k);
		*took += now() - start;
		EVP_PKEY_free(k);
		if (ok <= 0)
			return "keygen";
	}
	return NULL;
}

static const char *hash(const char *name, long size, long n, long long *took) {
	const EVP_MD *md = EVP_get_digestbyname(name);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	const char *fault = md && c ? NULL : "unknown digest";
	unsigned char out[EVP_MAX_MD_SIZE];
	long long start = now();
	for (long i = 0; i < n && !fault; i++)
		if (!EVP_DigestInit_ex(c, md, NULL) || !EVP_DigestUpdate(c, buffer, size) || !EVP_DigestFinal_ex(c, out, NULL))
			fault = "digest";
	*took = now() - start;
	EVP_MD_CTX_free(c);
	return fault;
}

static const char *encrypt(const char *name, long size, long n, long long *took) {
	const EVP_CIPHER *cipher = EVP_get_cipherbyname(name);
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	unsigned char k[32] = {1}, iv[32] = {2};
	const char *fault = cipher && c && EVP_EncryptInit_ex(c, cipher, NULL, k, iv) ? NULL : "unknown cipher";
	int out;
	long long start = now();
	for (long i = 0; i < n && !fault; i++)
		if (!EVP_EncryptUpdate(c, buffer, &out, buffer, size))
			fault = "encrypt";
	*took = now() - start;
	EVP_CIPHER_CTX_free(c);
	return fault;
}

int main(void) {
	const char *missing = load();
	char line[256], a[64], b[64];
	long n, size;
	setvbuf(stdout, NULL, _IOLBF, 0);
	memset(digest, 0x5a, sizeof digest);
	while (fgets(line, sizeof line, stdin)) {
		long long took = 0;
		const char *fault = missing;
		if (fault) {
		} else if (sscanf(line, "sign %ld", &n) == 1) {
			fault = key ? sign(n, &took) : "no key";
		} else if (sscanf(line, "verify %ld", &n) == 1) {
			fault = key ? verify(n, &took) : "no key";
		} else if (sscanf(line, "keygen %ld", &n) == 1) {
			fault = key ? keygen(n, &took) : "no key";
		} else if (sscanf(line, "key %63s %63s", a, b) == 2) {
			fault = make_key(a, b);
		} else if (sscanf(line, "hash %63s %ld %ld", a, &size, &n) == 3 && size <= (long)sizeof buffer) {
			fault = hash(a, size, n, &took);
		} else if (sscanf(line, "encrypt %63s %ld %ld", a, &size, &n) == 3 && size <= (long)sizeof buffer) {
			fault = encrypt(a, size, n, &took);
		} else {
			fault = "unknown command";
		}
		if (fault)
			printf("error: %s\n", fault);
		else
			printf("%lld\n", took);
	}
	return 0;
}
