/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * edit_config.h - what a stream says of the domain, changed: in GUEST_CONFIG,
 * and in the JSON of an xl save file's header.
 *
 * Other keys than those named below stay as they are.
 */
#ifndef EDIT_CONFIG_H
#define EDIT_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "edited.h"
#include "fault.h"
#include "record.h"
#include "uuid.h"

#define EDIT_CONFIG_DATA_MAX	(1u << 20)	/* bytes behind xl's header */

struct edit_config {
	/* Set by the caller; NULL, false and 0: stays as it is. */
	const char *name;	/* keys_name_ok */
	bool     uuid_set;
	uint8_t  uuid[UUID_SIZE];
	uint64_t vcpus;
	uint64_t memory_kib;	/* in whole pages */

	/* Where it was set. */
	bool     in_record, in_xl;

	/* edit_config's own, all zero at first. */
	struct record header, data;	/* the envelope's, held back */
	uint32_t left;		/* bytes of the data to come */
};

/* edit_config_any(c): whether there is anything to set. */
bool edit_config_any(const struct edit_config *c);

/*
 * edit_config_take(c, rec, out, f): the next piece of a stream, a whole
 * record.  *rec is changed, or held back and PART_NONE then; xl's header and
 * data are held back until they are whole, and the header then goes to out
 * first.  At most EDIT_CONFIG_DATA_MAX bytes of them.
 *
 *   name        GUEST_CONFIG's name, xl's c_info.name
 *   uuid        uuid, c_info.uuid
 *   vcpus       vcpus, b_info.max_vcpus and avail_vcpus: all of them
 *   memory_kib  max_pages, target_kib and static_max_kib; b_info.max_memkb
 *               and target_memkb
 *
 * 0, or -1: EXIT_REFUSED (a virsh save file; more data; a record of Xen's
 * before anything said what is to be set; a result that config_get does not
 * take), EXIT_MALFORMED (no JSON), EXIT_SYSTEM, or as edited_take.
 */
int edit_config_take(struct edit_config *c, struct record *rec,
    struct edited *out, struct fault *f);

/* edit_config_free(c): frees what edit_config_take took. */
void edit_config_free(struct edit_config *c);

#endif
