/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "convert.h"
#include "elf_core.h"
#include "image_form.h"
#include "legacy.h"
#include "lime.h"
#include "mapped_ram.h"
#include "raw.h"
#include "v3.h"
#include "wrap.h"
#include "xen_core.h"

static const struct form forms[] = {
	{ .name = "v3", .about = "a stream of Xen 4.6 and later, of any kind",
	    .checkpointed = true, .write = v3_write },
	{ .name = "legacy", .about = "a stream of Xen 3.1 to 4.5, of xl, xend, "
	    "XAPI or Remus", .knows = legacy_known, .read = legacy_read,
	    .checkpointed = true },
	{ .name = "v2", .about = "the same for Xen 4.6 to 4.13",
	    .cannot_read = true, .write = v2_write },
	{ .name = "bare", .about = "an image alone, without libxl's records",
	    .cannot_read = true, .write = wrap_bare },
	{ .name = "libxl", .about = "an image in a stream of libxl's",
	    .cannot_read = true, .write = wrap_libxl },
	{ .name = "xl", .about = "a save file of xl", .cannot_read = true,
	    .configured = true, .write = wrap_xl },
	{ .name = "virsh", .about = "a save file of libvirt's Xen driver",
	    .cannot_read = true, .configured = true, .write = wrap_virsh },
	{ .name = "image", .about = "a stored image, of xc-absorb --image",
	    .knows = image_form_knows, .read = image_form_read,
	    .read_memory = image_form_read_memory,
	    .write_file = image_form_write },
	{ .name = "raw", .about = "memory, each page at its guest-physical "
	    "address", .read = raw_read, .write_memory = raw_write },
	{ .name = "lime", .about = "memory, as LiME writes it for Volatility",
	    .knows = lime_knows, .read = lime_read,
	    .write_memory = lime_write },
	{ .name = "qemu-mapped-ram", .about = "memory of a PC, as QEMU "
	    "migrates it to a file", .knows = mapped_ram_knows,
	    .read = mapped_ram_read },
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
