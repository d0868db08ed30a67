/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sealed.h - a sealed container as the stream that it holds, for who reads a
 * stream and writes none.
 */
#ifndef SEALED_H
#define SEALED_H

#include "fault.h"
#include "keyring.h"
#include "upstream.h"

struct sealed {
	int in;			/* the container, with check data outside or
				   not */
	struct keyring *keys;	/* that are loaded */
	unsigned threads;
	int others[2];		/* descriptors that are not for who has the
				   keys; -1: none */
};

/*
 * sealed_fork(u, s, f): the payload of the container as the stream on u->fd.
 * The keys of this process may be freed then.  As upstream_fork; what can be
 * wrong with a container (unseal.h) upstream_end says.
 */
int sealed_fork(struct upstream *u, const struct sealed *s, struct fault *f);

#endif
