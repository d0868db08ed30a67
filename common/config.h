/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config.h - what a guest needs besides its image: the GUEST_CONFIG record.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "keys.h"
#include "record.h"
#include "uuid.h"

#define CONFIG_NAME_SIZE	KEYS_NAME_SIZE
#define CONFIG_TEXT_SIZE	KEYS_TEXT_SIZE
#define MOVE_SIZE		16u

enum config_type { CONFIG_PV, CONFIG_PVH, CONFIG_HVM };

/*
 * Plain values without pointers: one process may send it to another as it
 * is.  Numbers are within the bounds that config.c's table states.
 */
struct config {
	/* The move. */
	uint8_t  move[MOVE_SIZE];	/* random */
	bool     snapshot;		/* a copy: the guest went on */

	/* What the domain is created from. */
	enum config_type type;
	char     name[CONFIG_NAME_SIZE];
	uint8_t  uuid[UUID_SIZE];
	uint64_t vcpus;
	uint64_t max_pages;		/* limit of the domain's memory */
	uint64_t pages;			/* that it had */
	uint64_t target_kib;		/* xenstore's memory/target */
	uint64_t static_max_kib;	/* xenstore's memory/static-max */
	uint64_t paging_pool;		/* bytes; 0 for PV */
	bool     hap, nested, vpmu;
	uint64_t emulation_flags, misc_flags;	/* xen_arch_domainconfig's */
	uint64_t event_channels;	/* highest port */
	uint64_t grant_frames, maptrack_frames;	/* CONFIG_DEFAULT: Xen's */
	uint64_t grant_version;

	/* Not in the record: how the guest comes. */
	bool     in_xl;		/* in a stream of libxl's, for xl */
	bool     from_xl;	/* one without the record: *c is what xl's own
				   configuration says, and has no move */

	/* Where it came from, for people. */
	char     tool[CONFIG_TEXT_SIZE];
	char     time[CONFIG_TEXT_SIZE];
	char     xen_version[CONFIG_TEXT_SIZE];
	char     xen_changeset[CONFIG_TEXT_SIZE];
	char     xen_capabilities[CONFIG_TEXT_SIZE];
	char     cpu_model[CONFIG_TEXT_SIZE];
};

#define CONFIG_DEFAULT	UINT64_C(0xffffffff)

/*
 * config_put(c, rec, f): makes *rec the GUEST_CONFIG record of *c.
 * 0, or -1 with EXIT_SYSTEM.
 */
int config_put(const struct config *c, struct record *rec, struct fault *f);

/*
 * config_get(rec, c, f): *c from a GUEST_CONFIG record.  Keys that are not
 * known are ignored; keys that a domain can be created without take their
 * defaults.  -1 with EXIT_MALFORMED (no JSON, a key missing or of the wrong
 * kind or out of bounds), EXIT_REFUSED (another version) or EXIT_SYSTEM.
 */
int config_get(const struct record *rec, struct config *c, struct fault *f);

/*
 * config_check(c, f): EXIT_REFUSED when config_get would not take *c from its
 * own record.
 */
int config_check(const struct config *c, struct fault *f);

/*
 * config_trust(c, f): EXIT_SYSTEM when *c, as another process sent it, is none
 * that config_get gives, or the opener makes of xl's configuration.
 */
int config_trust(const struct config *c, struct fault *f);

/* config_memory(c): bytes that a host must have free for the guest. */
uint64_t config_memory(const struct config *c);

/* config_type_name(type): "pv", "pvh" or "hvm". */
const char *config_type_name(enum config_type type);

#endif
