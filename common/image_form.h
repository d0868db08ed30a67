/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * image_form.h - the stored image of xc-absorb (stored.h), as a form.
 */
#ifndef IMAGE_FORM_H
#define IMAGE_FORM_H

#include "convert.h"

/* image_form_knows(bytes, size): a form's knows (convert.h). */
bool image_form_knows(const uint8_t *bytes, size_t size);

/*
 * image_form_read(c, out, f): a form's read; image_form_read_memory(c, m, f): its
 * read_memory.  -1 as stored_take, and with EXIT_REFUSED when c->in is not at
 * the start of a regular file.
 */
int image_form_read(const struct convert *c, int out, struct fault *f);
int image_form_read_memory(const struct convert *c, struct memory *m,
    struct fault *f);

/* image_form_write(c, in, f): a form's write_file.  -1 as memory_keep. */
int image_form_write(const struct convert *c, int in, struct fault *f);

#endif
