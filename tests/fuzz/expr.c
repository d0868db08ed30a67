/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Selections as people write them (expr.h). */
#include <stdlib.h>
#include <string.h>

#include "expr.h"
#include "format.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const struct record rec = {
		.part = PART_RECORD, .type = REC_PAGE_DATA, .index = 3,
	};
	char *text = fuzz_text(bytes, size);
	struct expr e;
	struct fault f;
	size_t i, j;

	if (expr_parse(&e, text, &f) == -1)
		fuzz_failed(&f);
	else
		for (i = 0; i < e.count; i++)
			for (j = 0; j < e.term[i].count; j++) {
				fuzz_holds(e.term[i].range[j].first <=
				    e.term[i].range[j].last, "a range rises");
				fuzz_holds(j == 0 ||
				    e.term[i].range[j].first >
				    e.term[i].range[j - 1].last,
				    "ranges are in order, and apart");
				expr_record(&e, &rec);
				expr_page(&e, e.term[i].range[j].last);
			}
	expr_free(&e);
	free(text);
	return 0;
}
