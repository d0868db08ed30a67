/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "hash.h"

void
hash_begin(struct hash *h, size_t size)
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, size);
	memcpy(h->state, &state, sizeof(state));
}

void
hash_add(struct hash *h, const uint8_t *bytes, size_t size)
{
	crypto_generichash_state state;

	memcpy(&state, h->state, sizeof(state));
	crypto_generichash_update(&state, bytes, size);
	memcpy(h->state, &state, sizeof(state));
}

void
hash_end(struct hash *h, uint8_t *out, size_t size)
{
	crypto_generichash_state state;

	memcpy(&state, h->state, sizeof(state));
	crypto_generichash_final(&state, out, size);
}
