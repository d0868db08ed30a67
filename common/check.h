/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * check.h - CHECK and DIGEST records (xenrec.5, CHECK and DIGEST): what of a
 * stream is covered, leaf by leaf, and the digest over all leaves.
 *
 * Everything here is for one thread at a time per object.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "format.h"
#include "hash.h"
#include "record.h"

/* What a CRC or hash was made of: one record, or what stands before all. */
struct leaf {
	uint32_t crc, list;	/* as in CHECK */
	uint8_t  hash[DIGEST_HASH_SIZE];	/* with blake2b */
};

/*
 * leaf_of(rec, blake2b, leaf): *leaf of a whole record, header and padding
 * included.  Any thread.
 */
void leaf_of(const struct record *rec, bool blake2b, struct leaf *leaf);

/* A leaf of bytes that come bit by bit. */
struct leaf_maker {
	struct leaf leaf;	/* its crc and list are those of what came */
	uint64_t list;		/* bytes to come that list covers */
	bool blake2b;
	struct hash hash;
};

void leaf_begin(struct leaf_maker *m, bool blake2b);

/*
 * leaf_record(m, rec, blake2b): leaf_begin with a record's header.  All of
 * the body is added then, of which rec->body has as much already as
 * pfn_list_size looks at.
 */
void leaf_record(struct leaf_maker *m, const struct record *rec,
    bool blake2b);
void leaf_add(struct leaf_maker *m, const uint8_t *bytes, size_t size);
void leaf_end(struct leaf_maker *m);

struct check {
	bool     start;		/* covers what stands before the records */
	bool     blake2b;	/* leaves have hashes */
	uint8_t  id[CHECK_ID_SIZE];
	uint64_t index, offset, size;
	uint32_t type;
	struct leaf leaf;	/* without its hash */
};

/* check_put(c, rec, f): *rec becomes that CHECK.  0, or -1 with
 * EXIT_SYSTEM. */
int check_put(const struct check *c, struct record *rec, struct fault *f);

/*
 * check_get(rec, c, f): *c from a CHECK record.  0, or -1: EXIT_REFUSED for a
 * version or flags that are not known, EXIT_INTEGRITY when it is damaged.
 */
int check_get(const struct record *rec, struct check *c, struct fault *f);

struct digest {
	bool     blake2b;
	uint8_t  id[CHECK_ID_SIZE];
	uint64_t records, bytes, tail;
	uint8_t  all[DIGEST_HASH_SIZE], tail_hash[DIGEST_HASH_SIZE];
	uint64_t time, sequence;
	char     context[DIGEST_CONTEXT_MAX + 1];
};

/* digest_put, digest_get: as check_put and check_get. */
int digest_put(const struct digest *d, struct record *rec, struct fault *f);
int digest_get(const struct record *rec, struct digest *d, struct fault *f);

/* signature_put(text, rec, f): *rec becomes a SIGNATURE of that text.  0, or
 * -1 with EXIT_SYSTEM. */
int signature_put(const char *text, struct record *rec, struct fault *f);

/* The digest over all leaves, in the making. */
struct digester {
	bool blake2b;
	struct hash hash;
};

void digester_begin(struct digester *d, bool blake2b);

/* digester_add(d, c): the next CHECK; with blake2b its leaf has a hash. */
void digester_add(struct digester *d, const struct check *c);
void digester_end(struct digester *d, uint8_t all[DIGEST_HASH_SIZE]);

#endif
