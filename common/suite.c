/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sodium.h>

#include "suite.h"

static const struct {
	unsigned id;
	const char *name;
	const EVP_CIPHER *(*cipher)(void);
} suites[] = {
	{ SUITE_CHACHA20, "ChaCha20-Poly1305", EVP_chacha20_poly1305 },
	{ SUITE_AES256, "AES-256-GCM", EVP_aes_256_gcm },
};
#define SUITES	(sizeof(suites) / sizeof(suites[0]))

const char *
suite_name(unsigned id)
{
	size_t i;

	for (i = 0; i < SUITES; i++)
		if (suites[i].id == id)
			return suites[i].name;
	return NULL;
}

unsigned
suite_fastest(void)
{
	return crypto_aead_aes256gcm_is_available() ? SUITE_AES256 :
	    SUITE_CHACHA20;
}

/* What a configuration names is loaded, which nothing static can. */
#ifdef STATIC
#define CONFIGURED OPENSSL_INIT_NO_LOAD_CONFIG
#else
#define CONFIGURED OPENSSL_INIT_LOAD_CONFIG
#endif

void
suite_load(void)
{
	/* Of a process that fails threads may be at work when it exits. */
	OPENSSL_init_crypto(CONFIGURED | OPENSSL_INIT_ADD_ALL_CIPHERS |
	    OPENSSL_INIT_NO_ATEXIT, NULL);
}

/* It is libcrypto's context, and nothing else. */
static EVP_CIPHER_CTX *
context(struct suite_key *k)
{
	return (EVP_CIPHER_CTX *)k;
}

struct suite_key *
suite_key_new(unsigned id, bool seals, const uint8_t key[SUITE_KEY_SIZE])
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	size_t i = 0;

	while (i < SUITES && suites[i].id != id)
		i++;
	if (ctx != NULL && i < SUITES && EVP_CipherInit_ex(ctx,
	    suites[i].cipher(), NULL, key, NULL, seals) == 1)
		return (struct suite_key *)ctx;
	EVP_CIPHER_CTX_free(ctx);
	return NULL;
}

void
suite_key_free(struct suite_key *k)
{
	EVP_CIPHER_CTX_free(context(k));
}

/* Bytes and associated data through the cipher, up to the tag. */
static bool
run(EVP_CIPHER_CTX *ctx, uint8_t *bytes, size_t size, const uint8_t *ad,
    size_t ad_size, const uint8_t nonce[SUITE_NONCE_SIZE])
{
	int n;

	return EVP_CipherInit_ex(ctx, NULL, NULL, NULL, nonce, -1) == 1 &&
	    EVP_CipherUpdate(ctx, NULL, &n, ad, (int)ad_size) == 1 &&
	    EVP_CipherUpdate(ctx, bytes, &n, bytes, (int)size) == 1;
}

int
suite_seal(struct suite_key *k, uint8_t *bytes, size_t size,
    const uint8_t *ad, size_t ad_size,
    const uint8_t nonce[SUITE_NONCE_SIZE])
{
	int n;

	return run(context(k), bytes, size, ad, ad_size, nonce) &&
	    EVP_CipherFinal_ex(context(k), bytes + size, &n) == 1 &&
	    EVP_CIPHER_CTX_ctrl(context(k), EVP_CTRL_AEAD_GET_TAG,
	    SUITE_TAG_SIZE, bytes + size) == 1 ? 0 : -1;
}

int
suite_open(struct suite_key *k, uint8_t *bytes, size_t size,
    const uint8_t *ad, size_t ad_size,
    const uint8_t nonce[SUITE_NONCE_SIZE])
{
	uint8_t last[SUITE_TAG_SIZE];
	int n;

	if (run(context(k), bytes, size, ad, ad_size, nonce) &&
	    EVP_CIPHER_CTX_ctrl(context(k), EVP_CTRL_AEAD_SET_TAG,
	    SUITE_TAG_SIZE, bytes + size) == 1 &&
	    EVP_CipherFinal_ex(context(k), last, &n) == 1)
		return 0;
	sodium_memzero(bytes, size);
	return -1;
}
