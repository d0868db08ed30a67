/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * utf8.h - text of foreign bytes, character by character.
 */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * utf8_next(p, size, code): sets *code to the character at p, of which size
 * bytes may be read, at least 1.  Returns how many bytes it takes, 1 to 4, or
 * 0 when no well-formed UTF-8 (RFC 3629) starts there.
 */
size_t utf8_next(const uint8_t *p, size_t size, uint32_t *code);

/*
 * utf8_is_plain(code): whether a terminal only draws it: no control
 * character, nothing that turns the direction or the line.
 */
bool utf8_is_plain(uint32_t code);

/*
 * utf8_print(out, text, size, key): writes it as a terminal may draw it, '?'
 * for all that is not plain; of a key with '_' as a space.
 */
void utf8_print(FILE *out, const char *text, size_t size, bool key);

/*
 * utf8_plain(to, room, text): the same of text, as a string of less than room
 * bytes, which is cut between characters.
 */
void utf8_plain(char *to, size_t room, const char *text);

#endif
