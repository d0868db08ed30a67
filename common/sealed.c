/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <unistd.h>

#include "guard.h"
#include "sandbox.h"
#include "sealed.h"
#include "suite.h"
#include "unprivileged.h"
#include "unseal.h"

static int
write_payload(void *sealed, int fd, struct fault *f)
{
	const struct sealed *s = sealed;
	struct unseal unseal = {
		.in = s->in, .out = fd, .threads = s->threads,
		.checked = true, .unwrap = keyring_unwrap, .keys = s->keys,
	};
	size_t i;

	for (i = 0; i < 2; i++)
		if (s->others[i] != -1)
			close(s->others[i]);
	/* What the reader did about its memory does not hold here. */
	if (guard_secrets(f) == -1)
		return -1;
	suite_load();
	if (unprivileged(true, f) == -1 || sandbox_enter(NULL, f) == -1)
		return -1;
	return unseal_run(&unseal, f);
}

int
sealed_fork(struct upstream *u, const struct sealed *s, struct fault *f)
{
	struct sealed sealed = *s;

	return upstream_fork(u, write_payload, &sealed, f);
}
