/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * qemu_get.h - what the qemu_file*.c files share, and nobody else uses.
 *
 * -1 with EXIT_SYSTEM, or EXIT_MALFORMED where the file ends before.
 */
#ifndef QEMU_GET_H
#define QEMU_GET_H

#include <stddef.h>
#include <stdint.h>

#include "qemu_file.h"

/*
 * qemu_get(q, to, size, f): the next size bytes.
 * qemu_get_number(q, size, n, f): a number of 1 to 8 of them.
 * qemu_get_name(q, name, f): a name, with a NUL.
 * qemu_get_command(q, f): what follows the type of a command; it says nothing
 * here.
 */
int qemu_get(struct qemu_file *q, void *to, size_t size, struct fault *f);
int qemu_get_number(struct qemu_file *q, unsigned size, uint64_t *n,
    struct fault *f);
int qemu_get_name(struct qemu_file *q, char name[QEMU_NAME_SIZE],
    struct fault *f);
int qemu_get_command(struct qemu_file *q, struct fault *f);

/* qemu_wrong(q, status, f, what, n): fault_set with the byte of what was read
 * last in front, and n behind.  Returns -1. */
int qemu_wrong(const struct qemu_file *q, int status, struct fault *f,
    const char *what, uint64_t n);

#endif
