/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An expression (expr.h), a zero byte, and a stream, which is edited by it
 * (edit.h): where that goes well, a whole stream comes out.
 */
#include <stdlib.h>
#include <string.h>

#include "edit.h"
#include "fuzz.h"

static void
edit(struct edit *e, const uint8_t *bytes, size_t size)
{
	const uint8_t *written;
	struct fault f;
	size_t has;
	int result;

	e->out->force = e->config.vcpus == 2;
	if (edited_open(e->out, fuzz_output(), &f) == -1)
		return;
	result = edit_run(e, fuzz_input(bytes, size), &f);
	if (result == 0)
		result = edited_close(e->out, &f);
	if (result == -1) {
		fuzz_failed(&f);
		fuzz_no_end();
		return;
	}
	written = fuzz_written(&has);
	fuzz_holds(fuzz_whole_stream(written, has),
	    "an edited stream is a whole one");
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const enum edit_action actions[] = {
		EDIT_KEEP, EDIT_DROP, EDIT_ZERO
	};
	char *text = fuzz_text(bytes, size);
	size_t used = strlen(text) < size ? strlen(text) + 1 : size;
	unsigned way = fuzz_choice(bytes, used, 12);
	struct edit_rule rule = { .action = actions[way % 3], .text = text };
	struct edited out = { .force = false };
	struct edit e = { .rule = &rule, .rules = 1, .out = &out };
	struct fault f;

	fuzz_watch();
	if (way >= 6)
		e.config = (struct edit_config){
			.name = "other", .uuid_set = true, .vcpus = way % 2 + 1,
			.memory_kib = 4096,
		};
	if (used == 1)
		e.rules = 0;
	if (used > 1 && expr_parse(&rule.expr, text, &f) == -1)
		fuzz_failed(&f);
	else
		edit(&e, bytes + used, size - used);
	expr_free(&rule.expr);
	free(text);
	fuzz_sweep();
	return 0;
}
