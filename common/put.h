/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * put.h - members of JSON objects, objects on a line, and lists of pfns.
 */
#ifndef PUT_H
#define PUT_H

#include <stdint.h>
#include <stdio.h>

#include <json-c/json.h>

/* put_number(o, key, n), put_hex(o, key, n): the member as 31, or as "0x1f". */
void put_number(json_object *o, const char *key, uint64_t n);
void put_hex(json_object *o, const char *key, uint64_t n);

/* put_line(out, o): the object on a line, of which a terminal draws all, as by
 * utf8.h: the rest is escaped.  Its reference is given up. */
void put_line(FILE *out, json_object *o);

/* put_pfns(out, pfn, count): " 0x41 0x77-0x79": what follows each other as
 * one. */
void put_pfns(FILE *out, const uint64_t *pfn, uint32_t count);

#endif
