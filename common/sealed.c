/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guard.h"
#include "sandbox.h"
#include "sealed.h"
#include "suite.h"
#include "unprivileged.h"
#include "unseal.h"

static int
write_payload(void *unseal, int fd, struct fault *f)
{
	struct unseal *u = unseal;

	/* What the reader did about its memory does not hold here. */
	if (guard_secrets(f) == -1)
		return -1;
	suite_load();
	if (unprivileged(true, f) == -1 || sandbox_enter(NULL, f) == -1)
		return -1;
	u->out = fd;
	return unseal_run(u, f);
}

int
sealed_fork(struct upstream *u, int in, struct keyring *keys,
    unsigned threads, struct fault *f)
{
	struct unseal unseal = {
		.in = in, .threads = threads, .checked = true,
		.unwrap = keyring_unwrap, .keys = keys,
	};

	return upstream_fork(u, write_payload, &unseal, f);
}
