/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What common/ takes and gives back, noted (the linker's --wrap): objects of
 * this program alone, so that what a shared library keeps for later stays.
 *
 *     note: pointer, and what gives it back
 *     note of a pointer, or a free one, is found by its hash
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <sodium.h>
#include <zstd.h>

#include "fuzz.h"

#define NOTES	8192u		/* twice what any run leaves */

static struct note {
	void *p;
	void (*give_back)(void *);
} notes[NOTES];
static size_t count;
static bool watching;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define WRAP(result, name, ...) \
	result __real_##name(__VA_ARGS__); \
	result __wrap_##name(__VA_ARGS__); \
	result __wrap_##name(__VA_ARGS__)

void __real_free(void *p);

static size_t
place_of(const void *p)
{
	uint64_t n = (uint64_t)(uintptr_t)p * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(n >> 40) % NOTES;
}

static void *
note(void *p, void (*give_back)(void *))
{
	size_t at = place_of(p);

	if (p == NULL || !watching)
		return p;
	pthread_mutex_lock(&lock);
	fuzz_holds(++count < NOTES / 2, "few things are left behind");
	while (notes[at].p != NULL)
		at = (at + 1) % NOTES;
	notes[at] = (struct note){ p, give_back };
	pthread_mutex_unlock(&lock);
	return p;
}

/* Takes it out; those behind it that its place kept from theirs move up. */
static void
take_out(const void *p)
{
	size_t at = place_of(p), next;

	while (notes[at].p != NULL && notes[at].p != p)
		at = (at + 1) % NOTES;
	if (notes[at].p == NULL)
		return;
	count--;
	for (next = (at + 1) % NOTES; notes[next].p != NULL;
	    next = (next + 1) % NOTES)
		if ((next - place_of(notes[next].p)) % NOTES >=
		    (next - at) % NOTES) {
			notes[at] = notes[next];
			at = next;
		}
	notes[at].p = NULL;
}

static void
forget(const void *p)
{
	pthread_mutex_lock(&lock);
	if (p != NULL)
		take_out(p);
	pthread_mutex_unlock(&lock);
}

void
fuzz_watch(void)
{
	watching = true;
}

void
fuzz_sweep(void)
{
	size_t at;

	watching = false;
	fuzz_close();
	for (at = 0; count > 0 && at < NOTES; at++) {
		if (notes[at].p == NULL)
			continue;
		notes[at].give_back(notes[at].p);
		notes[at].p = NULL;
		count--;
	}
}

WRAP(void *, malloc, size_t size)
{
	return note(__real_malloc(size), __real_free);
}

WRAP(void *, calloc, size_t items, size_t size)
{
	return note(__real_calloc(items, size), __real_free);
}

WRAP(void *, aligned_alloc, size_t unit, size_t size)
{
	return note(__real_aligned_alloc(unit, size), __real_free);
}

WRAP(char *, strdup, const char *text)
{
	return note(__real_strdup(text), __real_free);
}

WRAP(void *, realloc, void *p, size_t size)
{
	void *to = __real_realloc(p, size);

	if (to != NULL || size == 0) {
		forget(p);
		note(to, __real_free);
	}
	return to;
}

void __wrap_free(void *p);
void
__wrap_free(void *p)
{
	forget(p);
	__real_free(p);
}

void __real_sodium_free(void *p);
WRAP(void *, sodium_malloc, size_t size)
{
	return note(__real_sodium_malloc(size), __real_sodium_free);
}

void __wrap_sodium_free(void *p);
void
__wrap_sodium_free(void *p)
{
	forget(p);
	__real_sodium_free(p);
}

size_t __real_ZSTD_freeDCtx(ZSTD_DCtx *d);
size_t __real_ZSTD_freeCCtx(ZSTD_CCtx *c);
void __real_EVP_CIPHER_CTX_free(EVP_CIPHER_CTX *c);

static void
drop_expander(void *d)
{
	__real_ZSTD_freeDCtx(d);
}

static void
drop_compressor(void *c)
{
	__real_ZSTD_freeCCtx(c);
}

static void
drop_cipher(void *c)
{
	__real_EVP_CIPHER_CTX_free(c);
}

WRAP(ZSTD_DCtx *, ZSTD_createDCtx, void)
{
	return note(__real_ZSTD_createDCtx(), drop_expander);
}

WRAP(ZSTD_CCtx *, ZSTD_createCCtx, void)
{
	return note(__real_ZSTD_createCCtx(), drop_compressor);
}

WRAP(EVP_CIPHER_CTX *, EVP_CIPHER_CTX_new, void)
{
	return note(__real_EVP_CIPHER_CTX_new(), drop_cipher);
}

size_t __wrap_ZSTD_freeDCtx(ZSTD_DCtx *d);
size_t
__wrap_ZSTD_freeDCtx(ZSTD_DCtx *d)
{
	forget(d);
	return __real_ZSTD_freeDCtx(d);
}

size_t __wrap_ZSTD_freeCCtx(ZSTD_CCtx *c);
size_t
__wrap_ZSTD_freeCCtx(ZSTD_CCtx *c)
{
	forget(c);
	return __real_ZSTD_freeCCtx(c);
}

void __wrap_EVP_CIPHER_CTX_free(EVP_CIPHER_CTX *c);
void
__wrap_EVP_CIPHER_CTX_free(EVP_CIPHER_CTX *c)
{
	forget(c);
	__real_EVP_CIPHER_CTX_free(c);
}
