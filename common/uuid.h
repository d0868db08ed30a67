/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * uuid.h - identifiers as people read them.
 */
#ifndef UUID_H
#define UUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UUID_SIZE	16u
#define UUID_TEXT_SIZE	37u	/* 8-4-4-4-12 hex digits and a NUL */

/* uuid_print(uuid, text): in lower case. */
void uuid_print(const uint8_t uuid[UUID_SIZE], char text[UUID_TEXT_SIZE]);

/*
 * uuid_parse(text, uuid): 8-4-4-4-12 hex digits in either case, nothing
 * else.  False otherwise; then uuid's bytes are undefined.
 */
bool uuid_parse(const char *text, uint8_t uuid[UUID_SIZE]);

/* uuid_random(uuid): a new one, of version 4 (RFC 9562). */
void uuid_random(uint8_t uuid[UUID_SIZE]);

/* hex_print(bytes, size, text): 2 * size hex digits and a NUL. */
void hex_print(const uint8_t *bytes, size_t size, char *text);

#endif
