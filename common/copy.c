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

/* What outlives the domain, by the ending of its file. */
#define REFUSED	"refused"
#define WHOLE	"whole"

static void
set_path(const uint8_t move[MOVE_SIZE], const char *ending,
    char path[PATH_SIZE])
{
	char id[2 * MOVE_SIZE + 1];

	hex_print(move, MOVE_SIZE, id);
	snprintf(path, PATH_SIZE, RUN_DIRECTORY "/%s.%s", id, ending);
}

/* 1, 0, or -1. */
static int
is_noted(const uint8_t move[MOVE_SIZE], const char *ending, struct fault *f)
{
	char path[PATH_SIZE];

	set_path(move, ending, path);
	if (access(path, F_OK) == 0)
		return 1;
	return errno == ENOENT ? 0 : fault_set(f, EXIT_SYSTEM, "%s: %s",
	    path, strerror(errno));
}

static int
note(const uint8_t move[MOVE_SIZE], const char *ending, struct fault *f)
{
	char path[PATH_SIZE];
	int fd;

	set_path(move, ending, path);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1 || fsync(fd) == -1 || close(fd) == -1)
		return fault_set(f, EXIT_SYSTEM, "%s: %s", path,
		    strerror(errno));
	return 0;
}

static void
forget(const uint8_t move[MOVE_SIZE], const char *ending)
{
	char path[PATH_SIZE];

	set_path(move, ending, path);
	unlink(path);
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

/* The state of a move that no domain here has the mark of. */
static int
state_without(const uint8_t move[MOVE_SIZE], enum copy_state *state,
    struct receipt *r, struct fault *f)
{
	int refused = is_noted(move, REFUSED, f);
	int whole = refused == -1 ? -1 : is_noted(move, WHOLE, f);

	if (whole == -1)
		return -1;
	*r = (struct receipt){
		.result = refused ? RECEIPT_FAILED : whole ? RECEIPT_GONE :
		    RECEIPT_UNKNOWN,
	};
	memcpy(r->move, move, MOVE_SIZE);
	*state = refused ? COPY_REFUSED : whole ? COPY_GONE : COPY_NONE;
	return 0;
}

int
copy_find(struct guest *g, const uint8_t move[MOVE_SIZE],
    enum copy_state *state, struct receipt *r, struct fault *f)
{
	uint32_t next = 1;
	struct fault none;
	char *text;
	bool found = false;
	int more = 1;

	while (!found && (more = guest_marks(g, &next, &text, f)) == 1) {
		found = receipt_parse(text, strlen(text), r, &none) == 0 &&
		    memcmp(r->move, move, MOVE_SIZE) == 0;
		free(text);
	}
	if (more == -1)
		return -1;
	if (!found)
		return state_without(move, state, r, f);
	guest_adopt(g);
	*state = state_of(g, r);
	return 0;
}

int
copy_of(struct guest *g, const struct config *c, enum copy_state *state,
    struct receipt *r, struct fault *f)
{
	uint32_t domid, next;
	struct fault none;
	char *text = NULL;
	int there = guest_by_uuid(g, c->uuid, &domid), marked;

	if (there == -1)
		return fault_set(f, EXIT_SYSTEM,
		    "Xen does not list the domains");
	if (there == 0)
		return state_without(c->move, state, r, f);
	next = domid;
	if ((marked = guest_marks(g, &next, &text, f)) == -1)
		return -1;
	if (marked == 0 || guest_domid(g) != domid)
		*r = (struct receipt){ .result = RECEIPT_ABSORBING };
	else if (receipt_parse(text, strlen(text), r, &none) == -1 ||
	    memcmp(r->move, c->move, MOVE_SIZE) != 0)
		there = 0;	/* another's */
	free(text);
	if (there == 0 || guest_at(g, domid, c->uuid) != 1)
		return state_without(c->move, state, r, f);
	guest_adopt(g);
	*state = state_of(g, r);
	return 0;
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
copy_begin(struct guest *g, const uint8_t move[MOVE_SIZE], struct fault *f)
{
	struct receipt r = { .result = RECEIPT_ABSORBING };

	memcpy(r.move, move, MOVE_SIZE);
	return mark(g, &r, f);
}

int
copy_end(struct guest *g, enum copy_state *state, const struct receipt *r,
    bool snapshot, struct fault *f)
{
	if (copy_allows(*state, COPY_END, r->move, f) == -1 ||
	    (!snapshot && note(r->move, WHOLE, f) == -1) ||
	    mark(g, r, f) == -1)
		return -1;
	*state = copy_step(*state, COPY_END)->last;
	return 0;
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
	if (event == COPY_STREAM && (state == COPY_REFUSED ||
	    state == COPY_GONE))
		return fault_hint(f, "-f takes it if neither its source nor "
		    "another copy runs");
	if (state == COPY_PAUSED || state == COPY_RUNNING)
		return fault_hint(f, "xc-absorb --state %s prints its "
		    "receipt", id);
	return -1;
}

/* What has to stand before the act is done. */
static int
note_first(enum copy_state now, enum copy_state first, enum copy_event event,
    const uint8_t move[MOVE_SIZE], struct fault *f)
{
	if (first == COPY_REFUSED && now != COPY_REFUSED)
		return note(move, REFUSED, f);
	if (event == COPY_STREAM_FORCED) {
		forget(move, REFUSED);
		forget(move, WHOLE);
	}
	return 0;
}

int
copy_take_step(struct guest *g, enum copy_state *state,
    enum copy_event event, const uint8_t move[MOVE_SIZE], bool snapshot,
    struct fault *f)
{
	const struct copy_step *step = copy_step(*state, event);

	if (copy_allows(*state, event, move, f) == -1 ||
	    (!snapshot &&
	    note_first(*state, step->first, event, move, f) == -1) ||
	    (step->act == COPY_DISCARD && guest_abandon(g, f) == -1) ||
	    (step->act == COPY_LET_RUN && guest_unpause(g, f) == -1))
		return -1;
	if (step->last == COPY_REFUSED)
		forget(move, WHOLE);
	*state = step->last;
	return 0;
}

int
copy_tell(struct guest *g, const uint8_t move[MOVE_SIZE], struct fault *f)
{
	struct lock l = { .fd = -1 };
	enum copy_state state;
	struct receipt r;
	bool idle = lock_take(&l, move, "it", f) == 0;
	int result = copy_find(g, move, &state, &r, f);

	lock_drop(&l);
	if (result == -1)
		return -1;
	if (state == COPY_FILLING && idle)
		r.result = RECEIPT_BROKEN;
	/* xl is making the domain, which has no mark yet. */
	if (state == COPY_NONE && !idle)
		r.result = RECEIPT_ABSORBING;
	return receipt_print(&r, f);
}

int
copy_go(struct guest *g, const struct grant *grant, struct fault *f)
{
	enum copy_state state;
	struct receipt r;

	if (copy_find(g, grant->move, &state, &r, f) == -1 ||
	    copy_allows(state, COPY_GO, grant->move, f) == -1)
		return -1;
	if (memcmp(r.digest, grant->digest, TALLY_DIGEST_SIZE) != 0)
		return fault_set(f, EXIT_REFUSED, "the grant is for another "
		    "image than that of domain %s", guest_label(g));
	if (copy_take_step(g, &state, COPY_GO, grant->move, false, f) == -1)
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
	result = copy_find(g, move, &state, &r, f);
	if (result == 0)
		result = copy_take_step(g, &state, COPY_REFUSE, move, false,
		    f);
	lock_drop(&l);
	if (result == -1)
		return -1;
	r.result = RECEIPT_FAILED;
	return receipt_print(&r, f);
}
