/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * offer.h - what a host has for a guest that comes, and whether that is
 * enough: one line of JSON (xenrec.5), asked for before a move.
 *
 *     ssh dst xc-absorb --offer | xc-emit --for - --dry-run 7
 */
#ifndef OFFER_H
#define OFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "fault.h"
#include "policy.h"

#define OFFER_VERSION	1u
#define OFFER_MAX	(1u << 20)	/* bytes */
#define OFFER_TYPES	3u		/* of enum config_type */

/* What the host has for guests of one type. */
struct offer_type {
	bool     possible;	/* else nothing below counts */
	bool     hap, shadow;	/* not used for PV */
	uint64_t vcpus;		/* at most */
	struct policy policy;	/* the most that it can show */
};

struct xen_version {
	uint64_t major, minor;
	char     extra[CONFIG_TEXT_SIZE];
	char     changeset[CONFIG_TEXT_SIZE];
};

/* Made by offer_begin or offer_read, freed by offer_free. */
struct offer {
	char     tool[CONFIG_TEXT_SIZE], time[CONFIG_TEXT_SIZE];
	uint32_t streams;	/* bit n: it reads image version n */
	uint32_t configs;	/* bit n: and GUEST_CONFIG version n */
	uint32_t compressed;	/* bit n: and COMPRESSED version n */
	struct xen_version xen;
	bool     xl;		/* it restores what xl saved */
	uint64_t free_memory;	/* bytes */
	uint64_t cpus;		/* physical */
	struct offer_type types[OFFER_TYPES];
	char   (*names)[CONFIG_NAME_SIZE];	/* taken */
	size_t   name_count;
	uint8_t (*uuids)[UUID_SIZE];		/* taken */
	size_t   uuid_count;
};

/* The guest that wants to go there, and where it is now. */
struct offer_guest {
	const struct config *config;
	struct xen_version xen;
	struct policy shown;	/* to the guest */
	uint8_t  digest[POLICY_DIGEST_SIZE];	/* of this host's policy */
};

/* offer_begin(o): what these tools read, of a host that is not known yet. */
void offer_begin(struct offer *o);

/* offer_free(o): frees its lists. */
void offer_free(struct offer *o);

/*
 * offer_name(o, name, f), offer_uuid(o, uuid, f): one more that is taken.  A
 * name that no guest of ours can have is left out.
 * 0, or -1 with EXIT_SYSTEM.
 */
int offer_name(struct offer *o, const char *name, struct fault *f);
int offer_uuid(struct offer *o, const uint8_t uuid[UUID_SIZE],
    struct fault *f);

/*
 * offer_print(o, f): writes it to stdout in one write, and closes stdout.
 * 0, or -1 with EXIT_SYSTEM when that failed, or offer_parse would not take
 * it.
 */
int offer_print(const struct offer *o, struct fault *f);

/*
 * offer_parse(text, size, source, o, f): *o from JSON text, which `source`
 * names in messages.  Keys that are not known are ignored.
 * 0, or -1 with EXIT_MALFORMED (no JSON, over OFFER_MAX bytes, a key missing
 * or of the wrong kind or out of bounds), EXIT_REFUSED (another version) or
 * EXIT_SYSTEM; then there is nothing to free.
 */
int offer_parse(const char *text, size_t size, const char *source,
    struct offer *o, struct fault *f);

/* offer_read(path, o, f): the same from a file, "-" for stdin. */
int offer_read(const char *path, struct offer *o, struct fault *f);

/*
 * offer_check(o, g, reason, f): whether the guest can go there.  0, or -1 with
 * EXIT_REFUSED and what is in the way in *f; where more than that is,
 * reason was called for each of the others before.
 */
int offer_check(const struct offer *o, const struct offer_guest *g,
    void (*reason)(const struct fault *), struct fault *f);

#endif
