/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest's memory and registers, from a plain stream (memory.h, state.h), as
 * the forms of memory and the other forms of streams.
 */
#include "convert.h"
#include "fuzz.h"

#define MAX_PFN	4096u

static int
write_memory(const struct convert *c, struct fault *f)
{
	struct memory m;
	struct sparse out;
	struct sink sink;
	int result;

	if (memory_read(&m, c->in, MAX_PFN, f) == -1)
		return -1;
	sink_open(&sink, fuzz_output());
	sparse_open(&out, &sink);
	result = c->to->write_memory(c, &m, &out, f);
	if (result == 0)
		result = sparse_end(&out, f);
	fuzz_holds(sink_close(&sink, f) == 0, "the output closes");
	memory_close(&m);
	return result;
}

static int
write_stream(const struct convert *c, struct fault *f)
{
	const uint8_t *written;
	struct sink sink;
	size_t has;
	int result;

	sink_open(&sink, fuzz_output());
	result = c->to->write(c, c->in, &sink, f);
	fuzz_holds(sink_close(&sink, f) == 0, "the output closes");
	written = fuzz_written(&has);
	if (result == 0)
		fuzz_holds(fuzz_whole_stream(written, has),
		    "what comes out is a whole stream");
	else
		fuzz_no_end();
	return result;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *const forms[] = {
		"elf-core", "elf-core", "xen-core", "xen-core", "raw", "lime",
		"v2", "v3", "bare", "libxl", "xl", "virsh",
	};
	unsigned way = fuzz_choice(bytes, size,
	    sizeof(forms) / sizeof(forms[0]));
	struct convert c = {
		.tool = "fuzz", .quiet = true, .max_pfn = MAX_PFN,
		.to = form_find(forms[way]), .in = fuzz_input(bytes, size),
		.force = true, .virtual_addresses = way == 1,
	};
	struct fault f;
	int result = c.to->write_memory != NULL ? write_memory(&c, &f) :
	    write_stream(&c, &f);

	if (result == -1)
		fuzz_failed(&f);
	return 0;
}
