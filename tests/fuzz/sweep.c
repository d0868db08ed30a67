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
#include <sys/mman.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <sodium.h>
#include <zstd.h>

#include "fuzz.h"

#define NOTES	8192u		/* twice what any run leaves */

static struct note {
	void *p;
	void (*give_back)(void *);
	size_t mapped;		/* bytes to unmap; 0: it is given back */
} notes[NOTES];
static size_t count;
static bool watching;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The linker's --wrap calls them so, by names that C reserves. */
#define REAL(result, name, ...) \
	result real_##name(__VA_ARGS__) __asm__("__real_" #name)
#define WRAP(result, name, ...) \
	result wrap_##name(__VA_ARGS__) __asm__("__wrap_" #name); \
	result wrap_##name(__VA_ARGS__)

REAL(void *, malloc, size_t size);
REAL(void *, calloc, size_t items, size_t size);
REAL(void *, aligned_alloc, size_t unit, size_t size);
REAL(char *, strdup, const char *text);
REAL(void *, realloc, void *p, size_t size);
REAL(void, free, void *p);
REAL(void *, sodium_malloc, size_t size);
REAL(void, sodium_free, void *p);
REAL(ZSTD_DCtx *, ZSTD_createDCtx, void);
REAL(ZSTD_CCtx *, ZSTD_createCCtx, void);
REAL(size_t, ZSTD_freeDCtx, ZSTD_DCtx *d);
REAL(size_t, ZSTD_freeCCtx, ZSTD_CCtx *c);
REAL(void *, mmap, void *p, size_t size, int prot, int flags, int fd,
    off_t at);
REAL(int, munmap, void *p, size_t size);
REAL(EVP_CIPHER_CTX *, EVP_CIPHER_CTX_new, void);
REAL(void, EVP_CIPHER_CTX_free, EVP_CIPHER_CTX *c);

static size_t
place_of(const void *p)
{
	uint64_t n = (uint64_t)(uintptr_t)p * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(n >> 40) % NOTES;
}

static void *
take_note(const struct note n)
{
	size_t at = place_of(n.p);

	if (n.p == NULL || !watching)
		return n.p;
	pthread_mutex_lock(&lock);
	fuzz_holds(++count < NOTES / 2, "few things are left behind");
	while (notes[at].p != NULL)
		at = (at + 1) % NOTES;
	notes[at] = n;
	pthread_mutex_unlock(&lock);
	return n.p;
}

static void *
note(void *p, void (*give_back)(void *))
{
	return take_note((struct note){ p, give_back, 0 });
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
		if (notes[at].mapped > 0)
			real_munmap(notes[at].p, notes[at].mapped);
		else
			notes[at].give_back(notes[at].p);
		notes[at].p = NULL;
		count--;
	}
}

WRAP(void *, malloc, size_t size)
{
	return note(real_malloc(size), real_free);
}

WRAP(void *, calloc, size_t items, size_t size)
{
	return note(real_calloc(items, size), real_free);
}

WRAP(void *, aligned_alloc, size_t unit, size_t size)
{
	return note(real_aligned_alloc(unit, size), real_free);
}

WRAP(char *, strdup, const char *text)
{
	return note(real_strdup(text), real_free);
}

WRAP(void *, realloc, void *p, size_t size)
{
	void *to = real_realloc(p, size);

	if (to != NULL || size == 0) {
		forget(p);
		note(to, real_free);
	}
	return to;
}

WRAP(void, free, void *p)
{
	forget(p);
	real_free(p);
}

WRAP(void *, mmap, void *p, size_t size, int prot, int flags, int fd, off_t at)
{
	void *to = real_mmap(p, size, prot, flags, fd, at);

	/* What maps a file is a target, which unmaps it itself. */
	if (to != MAP_FAILED && fd == -1)
		take_note((struct note){ to, NULL, size });
	return to;
}

WRAP(int, munmap, void *p, size_t size)
{
	forget(p);
	return real_munmap(p, size);
}

WRAP(void *, sodium_malloc, size_t size)
{
	return note(real_sodium_malloc(size), real_sodium_free);
}

WRAP(void, sodium_free, void *p)
{
	forget(p);
	real_sodium_free(p);
}

/*
 * Contexts of zstd that were given back, for the next run: to make one asks the
 * processor what it is, which in a virtual machine takes as long as the rest of
 * a run.
 */
#define SPARES	8u
static struct spares {
	void *p[SPARES];
	unsigned count;
} expanders, compressors;

static void *
spare(struct spares *s)
{
	void *p;

	pthread_mutex_lock(&lock);
	p = s->count > 0 ? s->p[--s->count] : NULL;
	pthread_mutex_unlock(&lock);
	return p;
}

static bool
is_kept(struct spares *s, void *p)
{
	bool kept;

	pthread_mutex_lock(&lock);
	kept = p != NULL && s->count < SPARES;
	if (kept)
		s->p[s->count++] = p;
	pthread_mutex_unlock(&lock);
	return kept;
}

static void
drop_expander(void *d)
{
	if (!is_kept(&expanders, d))
		real_ZSTD_freeDCtx(d);
}

static void
drop_compressor(void *c)
{
	if (!is_kept(&compressors, c))
		real_ZSTD_freeCCtx(c);
}

static void
drop_cipher(void *c)
{
	real_EVP_CIPHER_CTX_free(c);
}

WRAP(ZSTD_DCtx *, ZSTD_createDCtx, void)
{
	ZSTD_DCtx *d = spare(&expanders);

	if (d == NULL)
		d = real_ZSTD_createDCtx();
	else
		ZSTD_DCtx_reset(d, ZSTD_reset_session_and_parameters);
	return note(d, drop_expander);
}

WRAP(ZSTD_CCtx *, ZSTD_createCCtx, void)
{
	ZSTD_CCtx *c = spare(&compressors);

	if (c == NULL)
		c = real_ZSTD_createCCtx();
	else
		ZSTD_CCtx_reset(c, ZSTD_reset_session_and_parameters);
	return note(c, drop_compressor);
}

WRAP(EVP_CIPHER_CTX *, EVP_CIPHER_CTX_new, void)
{
	return note(real_EVP_CIPHER_CTX_new(), drop_cipher);
}

WRAP(size_t, ZSTD_freeDCtx, ZSTD_DCtx *d)
{
	forget(d);
	drop_expander(d);
	return 0;
}

WRAP(size_t, ZSTD_freeCCtx, ZSTD_CCtx *c)
{
	forget(c);
	drop_compressor(c);
	return 0;
}

WRAP(void, EVP_CIPHER_CTX_free, EVP_CIPHER_CTX *c)
{
	forget(c);
	real_EVP_CIPHER_CTX_free(c);
}
