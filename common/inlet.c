/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inlet.h"
#include "nowait.h"
#include "types.h"

#define TELL_US		2000u	/* between two replies that say how far it is */

void
inlet_open(struct inlet *l, int fd)
{
	*l = (struct inlet){ .fd = fd };
	intake_open(&l->in, fd);
}

void
inlet_close(struct inlet *l)
{
	if (l->fd == -1)
		return;
	close(l->fd);
	intake_close(&l->in);
	*l = (struct inlet){ .fd = -1 };
}

int
inlet_header(struct inlet *l, struct fault *f)
{
	const struct record *rec = &l->in.rec;

	if (rec->type != REC_PART_HEADER || !type_is_ours(rec))
		return record_fault(f, EXIT_REFUSED, rec,
		    "no PART_HEADER, as a lane begins with");
	if (part_header_get(rec, &l->header, f) == -1)
		return -1;
	if (!l->header.lane)
		return record_fault(f, EXIT_REFUSED, rec, "this is a part, "
		    "and no lane: rec-split -j joins parts");
	l->known = true;
	l->in.max = PART_PAYLOAD_OFFSET + l->header.chunk;
	return 0;
}

int
inlet_chunk(struct inlet *l, struct merge *m, struct fault *f)
{
	struct record *rec = &l->in.rec;
	struct chunk c;

	if (part_chunk_get(&l->header, rec, &c, f) == -1 ||
	    part_chunk_verify(&l->header, rec, f) == -1 ||
	    merge_add(m, &c, rec, f) == -1)
		return -1;
	l->came++;
	return 0;
}

bool
inlet_tell(struct inlet *l, unsigned kind, uint32_t value,
    const struct merge *m)
{
	if (l->left > 0)
		return false;
	l->told = (struct reply){
		.kind = kind, .value = value, .written = m->next,
		.came = l->came,
	};
	if (l->dead)
		return true;
	reply_put(&l->told, l->header.set, l->reply);
	l->left = REPLY_SIZE;
	inlet_flush(l);
	return true;
}

uint64_t
inlet_news(struct inlet *l, const struct merge *m, uint64_t now)
{
	if (!l->known || l->told.kind == 0 || (l->told.written == m->next &&
	    l->told.came == l->came))
		return 0;
	if (now - l->told_at < TELL_US)
		return TELL_US - (now - l->told_at);
	if (inlet_tell(l, REPLY_CAME, 0, m))
		l->told_at = now;
	return 0;
}

void
inlet_flush(struct inlet *l)
{
	struct fault gone;
	size_t put;

	if (l->left == 0)
		return;
	if (nowait_write(l->fd, l->reply + REPLY_SIZE - l->left, l->left,
	    &put, &gone) == 0) {
		l->left -= put;
		return;
	}
	/* Who feeds it goes then, if he has not; what he sent is read still. */
	shutdown(l->fd, SHUT_WR);
	l->dead = true;
	l->left = 0;
}
