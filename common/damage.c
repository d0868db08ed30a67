/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bytes.h"
#include "damage.h"
#include "format.h"
#include "put.h"
#include "types.h"

/* The CHECK of what stands before them is record 0, and each has one. */
static uint64_t
number(uint64_t record)
{
	return 2 * record + 1;
}

static void
print(const struct damage *d, const struct loss *loss)
{
	char type[TYPE_NAME_SIZE];

	fprintf(stderr, "%s: lost: ", d->tool);
	if (loss->count > 0)
		fprintf(stderr, "record %" PRIu64, number(loss->first));
	if (loss->count > 1)
		fprintf(stderr, " to %" PRIu64,
		    number(loss->first + loss->count - 1));
	if (loss->known)
		fprintf(stderr, " (%s)", type_name(loss->type, type));
	fprintf(stderr, "%s%" PRIu64 " bytes at byte %" PRIu64 ": %s",
	    loss->count > 0 ? ", " : "", loss->size, loss->offset, loss->why);
	if (loss->pfn != NULL) {
		fprintf(stderr, ": pfns");
		put_pfns(stderr, loss->pfn, loss->pfns);
	} else if (loss->lists) {
		fprintf(stderr, ", and so is its list of pfns");
	}
	fputc('\n', stderr);
}

static void
add_pfns(json_object *o, const struct loss *loss)
{
	char *text = NULL;
	size_t size;
	FILE *out;

	if (loss->pfn != NULL &&
	    (out = open_memstream(&text, &size)) != NULL) {
		put_pfns(out, loss->pfn, loss->pfns);
		fclose(out);
		json_object_object_add(o, "pfns",
		    json_object_new_string(text + 1));
		free(text);
	}
}

static void
collect(struct damage *d, const struct loss *loss)
{
	json_object *o = json_object_new_object();
	char type[TYPE_NAME_SIZE];

	if (loss->count > 0) {
		put_number(o, "record", number(loss->first));
		put_number(o, "records", loss->count);
	}
	put_number(o, "byte", loss->offset);
	put_number(o, "bytes", loss->size);
	if (loss->known)
		json_object_object_add(o, "type", json_object_new_string(
		    type_name(loss->type, type)));
	add_pfns(o, loss);
	json_object_object_add(o, "why", json_object_new_string(loss->why));
	json_object_array_add(d->lost, o);
}

void
damage_tell(void *damage, const struct loss *loss)
{
	struct damage *d = damage;

	if (!d->json) {
		print(d, loss);
		return;
	}
	if (d->lost == NULL)
		d->lost = json_object_new_array();
	collect(d, loss);
}

/*
 * What Xen's restorer makes of it: pages that never come are zeroes; of a PV
 * guest they may be page tables, which it checks.
 */
static const char *
verdict(const struct salvage *s)
{
	if (!s->damaged)
		return "nothing is lost";
	if (!s->whole_start)
		return "it should not be restored: its headers are damaged";
	if (!s->whole_end)
		return "it should not be restored: its end is damaged";
	if (!s->pages_only)
		return "it should not be restored: records are lost that a "
		    "guest needs";
	if (s->pv)
		return "it may fail to be restored: page tables may be lost";
	return "it could be restored: what is lost would be zero, or as it "
	    "was before";
}

static bool
could_be_restored(const struct salvage *s)
{
	return !s->damaged || (s->whole_start && s->whole_end &&
	    s->pages_only && !s->pv);
}

void
damage_end(struct damage *d, const struct salvage *s)
{
	json_object *o;

	if (d->json) {
		o = json_object_new_object();
		put_number(o, "sound", s->records);
		json_object_object_add(o, "lost", d->lost != NULL ? d->lost :
		    json_object_new_array());
		json_object_object_add(o, "could_be_restored",
		    json_object_new_boolean(could_be_restored(s)));
		json_object_object_add(o, "around_image_is_lost",
		    json_object_new_boolean(s->bare));
		put_line(stderr, o);
		d->lost = NULL;
		return;
	}
	if (!s->damaged)
		return;
	fprintf(stderr, "%s: %" PRIu64 " records are sound", d->tool,
	    s->records);
	if (s->out != -1)
		fprintf(stderr, "; %s%s", verdict(s), s->bare ?
		    "; what stood around the image is left out" : "");
	fputc('\n', stderr);
}
