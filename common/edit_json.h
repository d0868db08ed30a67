/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * edit_json.h - the members that edit_config.h sets, in JSON as it is.
 */
#ifndef EDIT_JSON_H
#define EDIT_JSON_H

#include <stddef.h>

#include <json-c/json.h>

#include "edit_config.h"
#include "fault.h"

struct edit_json {
	json_object *o;
	const char *text;	/* of it, when it was changed; lives as long */
};

/*
 * edit_json_open(j, text, size, f): the object that text is.  0, or -1 with
 * EXIT_MALFORMED; otherwise edit_json_close gives it back.
 */
int edit_json_open(struct edit_json *j, const char *text, size_t size,
    struct fault *f);
void edit_json_close(struct edit_json *j);

/*
 * edit_json_guest(j, c, f), edit_json_xl(j, c, f): sets what *c says, in the
 * object of a GUEST_CONFIG and of libxl's domain configuration, and j->text.
 * 0, or -1 with EXIT_REFUSED (a member that is to hold others is no object) or
 * EXIT_SYSTEM.
 */
int edit_json_guest(struct edit_json *j, const struct edit_config *c,
    struct fault *f);
int edit_json_xl(struct edit_json *j, const struct edit_config *c,
    struct fault *f);

#endif
