/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * text.h - a line that is put together without what a signal handler may not
 * call.  What has no room is left out.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>
#include <stdint.h>

#define TEXT_SIZE	512u

struct text {
	size_t size;		/* bytes that are there */
	char   bytes[TEXT_SIZE];
};

/* text_put(t, s): the string. */
void text_put(struct text *t, const char *s);

/* text_number(t, n): in decimal. */
void text_number(struct text *t, uint64_t n);

/* text_size(t, bytes): "512 B", "1.5 KiB", "20.0 GiB". */
void text_size(struct text *t, uint64_t bytes);

/* text_duration(t, seconds): "0:07", "1:02:09". */
void text_duration(struct text *t, uint64_t seconds);

/* text_key(t, key, n): a member of a JSON object, with a comma before it. */
void text_key(struct text *t, const char *key, uint64_t n);

#endif
