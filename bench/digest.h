/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * digest.h - what a stream too long to be kept is told by: its XXH3 of 128
 * bits (libxxhash), and its size.  Nobody is to be kept from making another
 * stream with the same one.
 */
#ifndef DIGEST_H
#define DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct digest;

/* digest_new(): of nothing as yet; NULL without memory.  The caller's, to be
 * given to free(3). */
struct digest *digest_new(void);

/* digest_add(d, bytes, size): what follows. */
void digest_add(struct digest *d, const void *bytes, size_t size);

/* digest_print(d, fd): 32 hexadecimal digits, a blank, the size in bytes.  0,
 * or -1 with errno. */
int digest_print(const struct digest *d, int fd);

#endif
