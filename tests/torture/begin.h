/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * begin.h - a library that is preloaded to a filter, and runs instead of its
 * main.
 */
#ifndef BEGIN_H
#define BEGIN_H

#include "plan.h"

typedef int program(int, char **, char **);

/* The filter's main. */
extern program *torture_filter;

/* What runs instead; each such library has its own. */
int torture_main(int argc, char *argv[], char *envp[]);

/*
 * torture_share(fd): from now on calls are counted in the file on fd, as large as
 * struct seen, and fail as torture_plan says; commands that the filter runs are
 * not concerned.  The process exits with 127 where that cannot be.
 */
void torture_share(int fd);

#endif
