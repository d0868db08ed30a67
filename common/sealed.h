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

/*
 * sealed_fork(u, in, keys, threads, f): the payload of the container on `in`,
 * with check data outside or not, as the stream on u->fd.  The keys are loaded,
 * and those of this process may be freed then.  As upstream_fork; what can be
 * wrong with a container (unseal.h) upstream_end says.
 */
int sealed_fork(struct upstream *u, int in, struct keyring *keys,
    unsigned threads, struct fault *f);

#endif
