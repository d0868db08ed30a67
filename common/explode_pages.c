/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "explode_file.h"
#include "format.h"
#include "page_list.h"

static int
list_fault(const struct explode_pages *p, struct fault *f)
{
	return fault_set(f, EXIT_SYSTEM, "%.150s: %s", p->text.name,
	    strerror(errno));
}

static int
begin(struct explode_pages *p, struct explode_files *x, uint64_t number,
    struct fault *f)
{
	struct exploded e = {
		.kind = EXPLODED_PAGES, .type = REC_PAGE_DATA,
		.number = number,
	};
	char name[EXPLODED_NAME_SIZE];

	exploded_put(&e, name);
	if (explode_file_open(x, name, &p->raw, f) == -1)
		return -1;
	e.kind = EXPLODED_LIST;
	exploded_put(&e, name);
	if (explode_file_open(x, name, &p->text, f) == -1)
		return -1;
	p->first = true;
	p->list = fdopen(p->text.sink.fd, "w");
	return p->list != NULL ? 0 : list_fault(p, f);
}

int
explode_pages_add(struct explode_pages *p, struct explode_files *x,
    const struct record *rec, struct fault *f)
{
	struct pages pages;

	/* That it does not parse is no fault here. */
	if (pages_open(&pages, rec, f) == -1 || !page_list_fits(&pages))
		return 0;
	if (p->list == NULL && begin(p, x, rec->index, f) == -1)
		return -1;
	page_list_put(p->list, &pages, p->first, p->raw.sink.offset);
	p->first = false;
	if (ferror(p->list))
		return list_fault(p, f);
	return explode_file_put(&p->raw, pages.bytes,
	    (size_t)pages.full * PAGE_SIZE, f) == 0 ? 1 : -1;
}

int
explode_pages_end(struct explode_pages *p, struct fault *f)
{
	bool wrong;

	if (p->list != NULL) {
		page_list_end(p->list);
		wrong = ferror(p->list) != 0;
		wrong = fclose(p->list) != 0 || wrong;
		p->list = NULL;
		p->text.open = false;	/* fclose did that */
		if (wrong)
			return list_fault(p, f);
	}
	return explode_file_close(&p->raw, f) == -1 ||
	    explode_file_close(&p->text, f) == -1 ? -1 : 0;
}
