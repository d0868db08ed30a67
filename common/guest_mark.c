/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The mark is a node beside libxl's own of the domain: whoever destroys the
 * domain removes it too, xl as well as these tools.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest_xen.h"

#define MARK	"/libxl/%u/xenrec"

int
guest_mark(struct guest *g, const char *text, struct fault *f)
{
	char path[GUEST_PATH_SIZE];

	snprintf(path, sizeof(path), MARK, g->domid);
	if (xs_write(g->xs, XBT_NULL, path, text, (unsigned)strlen(text)))
		return 0;
	return guest_fault(g, f, "its state cannot be noted in xenstore");
}

char *
guest_marks(struct guest *g, uint32_t *next)
{
	char path[GUEST_PATH_SIZE], *text;
	xc_domaininfo_t info;
	unsigned length;

	while (xc_domain_getinfolist(g->xc, *next, 1, &info) == 1) {
		*next = info.domain + 1u;
		snprintf(path, sizeof(path), MARK, info.domain);
		text = xs_read(g->xs, XBT_NULL, path, &length);
		if (text == NULL || info.flags & XEN_DOMINF_dying) {
			free(text);
			continue;
		}
		guest_at(g, info.domain, info.handle);
		return text;
	}
	return NULL;
}
