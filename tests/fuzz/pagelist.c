/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lists of pages as people edit them (page_list.h), and names of the files that
 * a stream is exploded into (exploded.h).
 */
#include <stdlib.h>
#include <string.h>

#include "exploded.h"
#include "format.h"
#include "fuzz.h"
#include "page_list.h"

static void
read_name(const uint8_t *bytes, size_t size)
{
	char again[EXPLODED_NAME_SIZE], *name = fuzz_text(bytes, size);
	struct exploded e, same;

	if (strlen(name) < EXPLODED_NAME_SIZE && exploded_get(name, &e)) {
		exploded_beside(name, EXPLODED_PADDING, again);
		fuzz_holds(exploded_get(again, &same) &&
		    same.kind == EXPLODED_PADDING && same.number == e.number,
		    "what is beside it is of the same record");
	}
	free(name);
}

static void
read_list(struct steady *file)
{
	struct page_list *l = malloc(sizeof(*l));
	struct fault f;
	int more;

	fuzz_holds(l != NULL && page_list_open(l, file, &f) == 0,
	    "a list opens");
	while ((more = page_list_next(l, &f)) == 1)
		fuzz_holds(l->entries > 0 && l->full <= l->entries &&
		    page_list_length(l) <= RECORD_LENGTH_MAX,
		    "a record that is one");
	if (more == -1)
		fuzz_failed(&f);
	page_list_close(l);
	free(l);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct steady file = {
		.fd = fuzz_input(bytes, size), .name = "list", .size = size,
	};

	read_name(bytes, size);
	read_list(&file);
	return 0;
}
