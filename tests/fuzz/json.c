/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * JSON that ends of a move send one another, and GUEST_CONFIG: what is read of
 * it and written again is read as the same.
 */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "config.h"
#include "format.h"
#include "fuzz.h"
#include "offer.h"
#include "ours.h"
#include "receipt.h"

static void
read_offer(const char *text, size_t size)
{
	struct offer o;
	struct fault f;

	if (offer_parse(text, size, "offer", &o, &f) == -1)
		fuzz_failed(&f);
	else
		offer_free(&o);
}

static void
read_receipt(const char *text, size_t size)
{
	struct receipt r, again;
	struct fault f;
	char *line;

	memset(&r, 0, sizeof(r));
	memset(&again, 0, sizeof(again));
	if (receipt_parse(text, size, &r, &f) == -1) {
		fuzz_failed(&f);
		return;
	}
	line = receipt_text(&r);
	fuzz_holds(line != NULL && receipt_parse(line, strlen(line), &again,
	    &f) == 0, "a receipt is one again");
	fuzz_holds(again.result == r.result && memcmp(again.move, r.move,
	    sizeof(r.move)) == 0, "and the same");
	free(line);
}

static void
read_config(const uint8_t *bytes, size_t size)
{
	struct record rec = { .part = PART_RECORD }, again = rec;
	struct config c, same;
	struct fault f;

	if (size > GUEST_CONFIG_MAX || record_reserve(&rec,
	    OUR_HEADER_SIZE + size + 8, &f) == -1)
		return;
	record_set(&rec, REC_GUEST_CONFIG,
	    (uint32_t)(OUR_HEADER_SIZE + size));
	ours_put(rec.body, 0);
	memcpy(rec.body + OUR_HEADER_SIZE, bytes, size);
	memset(&c, 0, sizeof(c));
	memset(&same, 0, sizeof(same));
	if (config_get(&rec, &c, &f) == -1) {
		fuzz_failed(&f);
	} else {
		fuzz_holds(config_check(&c, &f) == 0, "it is taken again");
		fuzz_holds(config_put(&c, &again, &f) == 0 &&
		    config_get(&again, &same, &f) == 0, "it is written");
		fuzz_holds(same.vcpus == c.vcpus && same.pages == c.pages &&
		    same.type == c.type && strcmp(same.name, c.name) == 0 &&
		    memcmp(same.uuid, c.uuid, sizeof(c.uuid)) == 0,
		    "and is the same");
	}
	record_free(&rec);
	record_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	/* Just as many bytes: none of it ends with a NUL. */
	read_offer((const char *)bytes, size);
	read_receipt((const char *)bytes, size);
	read_config(bytes, size);
	return 0;
}
