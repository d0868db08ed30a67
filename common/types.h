/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * types.h - what is known of each type of record: one table.
 */
#ifndef TYPES_H
#define TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "record.h"

#define TYPE_NAME_SIZE 32

/* Which guests' images a record may stand in. */
enum {
	GUEST_PV = 1,
	GUEST_HVM = 2,		/* PVH too */
	GUEST_ANY = GUEST_PV | GUEST_HVM
};

struct type {
	uint32_t type;		/* a REC_ value */
	const char *name;	/* as in the specification */
	unsigned guests;	/* GUEST_ bits; 0: never in a plain image */
	uint32_t length_min;	/* of the body, bytes */
	uint32_t length_max;
	uint32_t unit;		/* length - length_min is a multiple of it */
};

/* type_find(type): the table's entry, or NULL for an unknown type. */
const struct type *type_find(uint32_t type);

/*
 * type_name(type, buf): the type's name in the specification, or its number
 * in hex, written to buf.  Returns a string that lives as long as buf.
 */
const char *type_name(uint32_t type, char buf[TYPE_NAME_SIZE]);

/* type_libxl_name(type, buf): the same for the types of libxl's records. */
const char *type_libxl_name(uint32_t type, char buf[TYPE_NAME_SIZE]);

/*
 * type_parse(word, type), type_libxl_parse(word, type): the type of that name,
 * or of that number: 0x and 1 to 8 digits.  False for no type.
 */
bool type_parse(const char *word, uint32_t *type);
bool type_libxl_parse(const char *word, uint32_t *type);

/* type_is_our_number(type): whether the number is one of our own types'. */
bool type_is_our_number(uint32_t type);

/*
 * type_is_ours(rec): whether *rec is a record that this project defines:
 * one of its numbers, and its magic in the body.
 */
bool type_is_ours(const struct record *rec);

/* type_is_check(rec): whether it is a CHECK, DIGEST or SIGNATURE of ours. */
bool type_is_check(const struct record *rec);

/*
 * type_undo(type): the command line that undoes the layer whose first record
 * has this type, or NULL when the type names no layer.
 */
const char *type_undo(uint32_t type);

/*
 * type_has_layers(rec): whether the piece is a record that filters pack, and
 * that may name a layer: any but END and CHECKPOINT.
 */
bool type_has_layers(const struct record *rec);

#endif
