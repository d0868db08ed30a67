/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The mark is a node beside libxl's own of the domain: whoever destroys the
 * domain removes it too, xl as well as these tools.
 */
#include <errno.h>
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

int
guest_marks(struct guest *g, uint32_t *next, char **text, struct fault *f)
{
	char path[GUEST_PATH_SIZE];
	xc_domaininfo_t info;
	unsigned length;
	int more;

	while ((more = guest_next(g, next, &info)) == 1) {
		snprintf(path, sizeof(path), MARK, info.domain);
		*text = xs_read(g->xs, XBT_NULL, path, &length);
		if (*text == NULL && errno != ENOENT)
			return guest_fault(g, f, "xenstore does not tell "
			    "which copies are here");
		if (*text == NULL)
			continue;
		guest_at(g, info.domain, info.handle);
		return 1;
	}
	return more == 0 ? 0 : guest_fault(g, f,
	    "Xen does not list the domains");
}
