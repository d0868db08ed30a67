/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "standby.h"
#include "uuid.h"

#define LINE_SIZE	160u

bool
standby_checkpoint(void *state)
{
	struct standby *s = state;
	char line[LINE_SIZE];
	struct fault f;
	int n;

	if (pair_hear(s->pair, &s->last, sizeof(s->last)) !=
	    MESSAGE_CHECKPOINT || summary_trust(&s->last, &f) == -1)
		return false;
	s->checkpoints++;
	n = snprintf(line, sizeof(line), "{\"checkpoint\":%" PRIu64
	    ",\"records\":%" PRIu64 ",\"pages\":%" PRIu64 "}\n",
	    s->checkpoints, s->last.records, s->last.pages);
	if (write(STDOUT_FILENO, line, (size_t)n) == -1)
		errno = 0;	/* nobody reads it: the copy goes on */
	return true;
}

bool
standby_broke(struct standby *s)
{
	struct summary torn;

	/* One may be announced that did not come. */
	while (pair_heard(s->pair, MESSAGE_CHECKPOINT))
		pair_hear(s->pair, &torn, sizeof(torn));
	return pair_heard(s->pair, MESSAGE_BROKEN);
}

enum standby_end
standby_end(struct standby *s, struct fault *why)
{
	struct summary torn;
	enum message said;

	while ((said = pair_hear(s->pair, &torn, sizeof(torn))) ==
	    MESSAGE_CHECKPOINT)
		;
	fault_set(why, EXIT_MALFORMED, "%s", "");
	if (said == MESSAGE_BROKEN &&
	    pair_hear(s->pair, why, sizeof(*why)) == MESSAGE_WHY)
		fault_foreign(why);
	return said == MESSAGE_STAYS ? STANDBY_STAYS :
	    said == MESSAGE_ABORT ? STANDBY_STOPPED : STANDBY_BROKEN;
}

int
standby_fence(const char *command, const struct guest *g,
    const struct config *c, struct fault *f)
{
	char uuid[UUID_TEXT_SIZE], domid[16], *text;
	struct command run;
	int result;

	uuid_print(c->uuid, uuid);
	snprintf(domid, sizeof(domid), "%" PRIu32, guest_domid(g));
	if (setenv("XENREC_NAME", c->name, 1) == -1 ||
	    setenv("XENREC_UUID", uuid, 1) == -1 ||
	    setenv("XENREC_DOMID", domid, 1) == -1 ||
	    asprintf(&text, "exec >&2\n%s", command) == -1)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	result = command_start(&run, text, NULL, f);
	if (result == 0)
		result = command_end(&run, NULL, f);
	free(text);
	return result;
}
