/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "copy.h"

#define PATH_SIZE	96u

static void
refusal_path(const uint8_t move[MOVE_SIZE], char path[PATH_SIZE])
{
	char id[2 * MOVE_SIZE + 1];

	hex_print(move, MOVE_SIZE, id);
	snprintf(path, PATH_SIZE, RUN_DIRECTORY "/%s.refused", id);
}

static bool
is_refused(const uint8_t move[MOVE_SIZE])
{
	char path[PATH_SIZE];

	refusal_path(move, path);
	return access(path, F_OK) == 0;
}

static int
write_refusal(const uint8_t move[MOVE_SIZE], struct fault *f)
{
	char path[PATH_SIZE];
	int fd;

	refusal_path(move, path);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1 || fsync(fd) == -1 || close(fd) == -1)
		return fault_set(f, EXIT_SYSTEM, "%s: %s", path,
		    strerror(errno));
	return 0;
}

/* What a copy's mark and Xen say together. */
static enum copy_state
state_of(struct guest *g, struct receipt *r)
{
	if (r->result == RECEIPT_ABSORBING)
		return COPY_FILLING;
	if (guest_paused(g))
		return COPY_PAUSED;
	r->result = RECEIPT_RUNNING;
	return COPY_RUNNING;
}

enum copy_state
copy_find(struct guest *g, const uint8_t move[MOVE_SIZE], struct receipt *r)
{
	uint32_t next = 1;
	struct fault f;
	char *text;
	bool found = false;

	while (!found && (text = guest_marks(g, &next)) != NULL) {
		found = receipt_parse(text, strlen(text), r, &f) == 0 &&
		    memcmp(r->move, move, MOVE_SIZE) == 0;
		free(text);
	}
	if (found) {
		guest_adopt(g);
		return state_of(g, r);
	}
	*r = (struct receipt){ .result = RECEIPT_UNKNOWN };
	memcpy(r->move, move, MOVE_SIZE);
	if (!is_refused(move))
		return COPY_NONE;
	r->result = RECEIPT_FAILED;
	return COPY_REFUSED;
}

enum copy_state
copy_of(struct guest *g, const uint8_t uuid[UUID_SIZE], struct receipt *r)
{
	uint32_t domid, next;
	struct fault f;
	char *text;

	if (guest_by_uuid(g, uuid, &domid) != 1)
		return COPY_NONE;
	*r = (struct receipt){ .result = RECEIPT_ABSORBING };
	next = domid;
	text = guest_marks(g, &next);
	if (text == NULL || guest_domid(g) != domid ||
	    receipt_parse(text, strlen(text), r, &f) == -1)
		r->result = RECEIPT_ABSORBING;
	free(text);
	guest_at(g, domid, uuid);
	guest_adopt(g);
	return state_of(g, r);
}

/* Keeps the receipt with g's domain. */
static int
mark(struct guest *g, const struct receipt *r, struct fault *f)
{
	char *text = receipt_text(r);
	int result;

	if (text == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory for JSON");
	result = guest_mark(g, text, f);
	free(text);
	return result;
}

int
copy_mark_filling(struct guest *g, const uint8_t move[MOVE_SIZE],
    struct fault *f)
{
	struct receipt r = { .result = RECEIPT_ABSORBING };

	memcpy(r.move, move, MOVE_SIZE);
	return mark(g, &r, f);
}

int
copy_mark_whole(struct guest *g, const struct receipt *r, struct fault *f)
{
	return mark(g, r, f);
}

int
copy_allows(enum copy_state state, enum copy_event event,
    const uint8_t move[MOVE_SIZE], struct fault *f)
{
	const struct copy_step *step = copy_step(state, event);
	char id[2 * MOVE_SIZE + 1];

	if (step->act != COPY_DECLINE)
		return 0;
	hex_print(move, MOVE_SIZE, id);
	fault_set(f, EXIT_REFUSED, "move %s: %s", id, step->why);
	if (state == COPY_FILLING)
		return fault_hint(f, "xc-absorb --refuse %s removes what was "
		    "left of one", id);
	if (state == COPY_PAUSED || state == COPY_RUNNING)
		return fault_hint(f, "xc-absorb --state %s prints its "
		    "receipt", id);
	return -1;
}

int
copy_take_step(struct guest *g, enum copy_state *state,
    enum copy_event event, const uint8_t move[MOVE_SIZE], struct fault *f)
{
	const struct copy_step *step = copy_step(*state, event);

	if (copy_allows(*state, event, move, f) == -1 ||
	    (step->first == COPY_REFUSED && *state != COPY_REFUSED &&
	    write_refusal(move, f) == -1) ||
	    (step->act == COPY_DISCARD && guest_abandon(g, f) == -1) ||
	    (step->act == COPY_LET_RUN && guest_unpause(g, f) == -1))
		return -1;
	*state = step->last;
	return 0;
}

int
copy_tell(struct guest *g, const uint8_t move[MOVE_SIZE], struct fault *f)
{
	struct lock l = { .fd = -1 };
	struct receipt r;

	if (copy_find(g, move, &r) == COPY_FILLING &&
	    lock_take(&l, move, "it", f) == 0)
		r.result = RECEIPT_BROKEN;
	lock_drop(&l);
	return receipt_print(&r, f);
}

int
copy_go(struct guest *g, const struct grant *grant, struct fault *f)
{
	enum copy_state state;
	struct receipt r;

	state = copy_find(g, grant->move, &r);
	if (copy_allows(state, COPY_GO, grant->move, f) == -1)
		return -1;
	if (memcmp(r.digest, grant->digest, TALLY_DIGEST_SIZE) != 0)
		return fault_set(f, EXIT_REFUSED, "the grant is for another "
		    "image than that of domain %s", guest_label(g));
	if (copy_take_step(g, &state, COPY_GO, grant->move, f) == -1)
		return -1;
	r.result = RECEIPT_RUNNING;
	return receipt_print(&r, f);
}

int
copy_refuse(struct guest *g, const uint8_t move[MOVE_SIZE], struct fault *f)
{
	/* One whose connection broke may be about to end. */
	struct lock l = { .fd = -1, .patient = true };
	enum copy_state state;
	struct receipt r;
	char id[2 * MOVE_SIZE + 1], what[sizeof(id) + 8];
	int result;

	hex_print(move, MOVE_SIZE, id);
	snprintf(what, sizeof(what), "move %s", id);
	if (lock_take(&l, move, what, f) == -1)
		return -1;
	state = copy_find(g, move, &r);
	result = copy_take_step(g, &state, COPY_REFUSE, move, f);
	lock_drop(&l);
	if (result == -1)
		return -1;
	r.result = RECEIPT_FAILED;
	return receipt_print(&r, f);
}
