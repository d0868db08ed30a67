/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wrap.h - the forms of what stands around an image: nothing, libxl's records,
 * and in front of those xl's or virsh's header with the guest's configuration.
 *
 *     bare                      | image |
 *     libxl            LibxlFmt | image | device model's state, END
 *     xl     xl, JSON, LibxlFmt | image | device model's state, END
 *     virsh  XML,      LibxlFmt | image | device model's state, END
 *
 * The image stays as it is, and so does all that is the same in both forms.
 */
#ifndef WRAP_H
#define WRAP_H

#include "convert.h"

/*
 * A form's write each.  -1 also with EXIT_REFUSED: for a layer; wrap_bare for
 * records of libxl's that would be lost, without c->force; wrap_virsh without
 * XML; or as envelope.h says of c->config and GUEST_CONFIG.
 */
int wrap_bare(const struct convert *c, int in, struct sink *out,
    struct fault *f);
int wrap_libxl(const struct convert *c, int in, struct sink *out,
    struct fault *f);
int wrap_xl(const struct convert *c, int in, struct sink *out,
    struct fault *f);
int wrap_virsh(const struct convert *c, int in, struct sink *out,
    struct fault *f);

#endif
