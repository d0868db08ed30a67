/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "convert.h"
#include "elf_core.h"
#include "raw.h"
#include "v3.h"
#include "xen_core.h"

static const struct form forms[] = {
	{ .name = "v3", .about = "a stream of Xen 4.6 and later, of any kind",
	    .write = v3_write },
	{ .name = "raw", .about = "memory, each page at its guest-physical "
	    "address", .write_memory = raw_write, .cannot_read = true },
	{ .name = "elf-core", .about = "a core as of QEMU and Linux, for gdb, "
	    "crash and drgn", .write_memory = elf_core_write,
	    .cannot_read = true },
	{ .name = "xen-core", .about = "what xl dump-core writes, for crash",
	    .write_memory = xen_core_write, .cannot_read = true },
};
#define FORMS	(sizeof(forms) / sizeof(forms[0]))

const struct form *
form_find(const char *name)
{
	const struct form *form = NULL;

	while ((form = form_next(form)) != NULL)
		if (strcmp(form->name, name) == 0)
			return form;
	return NULL;
}

const struct form *
form_next(const struct form *form)
{
	if (form == NULL)
		return forms;
	return form + 1 < forms + FORMS ? form + 1 : NULL;
}
