/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * note.h - what the source of a move knows of it: a file under RUN_DIRECTORY
 * named by uuid and move id, 0600, JSON (xenrec.5).  It is written before
 * what it says is acted on, and holds after any process has died.
 */
#ifndef NOTE_H
#define NOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "fault.h"
#include "move.h"
#include "tally.h"

struct note {
	uint8_t  move[MOVE_SIZE];
	enum move_state state;		/* not MOVE_NONE */
	bool     snapshot;
	uint8_t  uuid[UUID_SIZE];
	char     name[CONFIG_NAME_SIZE];
	uint64_t domid;
	uint64_t begun;			/* now_ms */
	bool     by_xl;			/* which leaves it paused */

	/* From MOVE_SENT on; 0 before. */
	uint64_t stopped;		/* when the guest was, as begun */
	uint64_t cpu;			/* ns that its vcpus had run */
	uint64_t rounds, pages_sent;	/* of a live save, and in all */
	uint64_t records, pages;
	uint8_t  digest[TALLY_DIGEST_SIZE];
};

/*
 * note_write(n, f): the note as it is now, in place of an older one of the
 * same move, whose guest is locked; the file is never seen half-written.
 * 0, or -1 with EXIT_SYSTEM, with the older one still there.
 */
int note_write(const struct note *n, struct fault *f);

/* note_remove(n): the move is over. */
void note_remove(const struct note *n);

/*
 * note_of_domain(uuid, domid, n, f), note_of_move(move, n, f): the note of a
 * move of this domain, or of this move.  1, 0 when there is none, or -1 with
 * EXIT_SYSTEM when it cannot be read or says nothing sensible.
 */
int note_of_domain(const uint8_t uuid[UUID_SIZE], uint32_t domid,
    struct note *n, struct fault *f);
int note_of_move(const uint8_t move[MOVE_SIZE], struct note *n,
    struct fault *f);

/*
 * note_tell(text, f): prints on stdout, a line each, the notes of the domain
 * with this name or number, or of this move; "{"state":"none"}" if there are
 * none.  stdout is closed.  0, or -1 with EXIT_SYSTEM, also when there is
 * none but one that cannot be read.
 */
int note_tell(const char *text, struct fault *f);

#endif
