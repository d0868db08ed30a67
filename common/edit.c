/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bytes.h"
#include "edit.h"
#include "edit_pages.h"
#include "format.h"
#include "stream.h"
#include "types.h"

/* The first record names the outermost layer: there may be none. */
static int
check_layer(struct edit *e, const struct record *rec, struct fault *f)
{
	const char *undo;

	if (e->started || !type_has_layers(rec))
		return 0;
	e->started = true;
	if (!type_is_ours(rec) || (undo = type_undo(rec->type)) == NULL)
		return 0;
	record_fault(f, EXIT_REFUSED, rec,
	    "the stream is not plain: this layer holds its records");
	return fault_hint(f, "undo it first: %s | rec-edit", undo);
}

/*
 * Of a container the headers already are what lint refuses, before the record
 * that check_layer looks at.
 */
static int
check_container(struct edit *e, const struct record *rec, struct fault *f)
{
	uint32_t type = get_le32(rec->body + DOMAIN_TYPE_OFFSET);

	e->pv = type == DOMAIN_PV;
	if (type != DOMAIN_CONTAINER || e->out->force)
		return 0;
	record_fault(f, EXIT_REFUSED, rec, "the stream is a container: the "
	    "guest is inside, encrypted or in parts");
	return fault_hint(f, "undo it first: rec-encrypt -d | rec-edit, or "
	    "rec-split -j VOLUMES | rec-edit");
}

/* The record is left out. */
static int
drop(struct edit *e, struct record *rec, struct fault *f)
{
	if (rec->type == REC_PAGE_DATA && edit_pages_gone(e, rec, f) == -1)
		return -1;
	rec->part = PART_NONE;
	e->records++;
	return 0;
}

static int
apply_to(struct edit *e, const struct edit_rule *rule, struct record *rec,
    struct fault *f)
{
	bool selected = expr_record(&rule->expr, rec);
	bool pages = rec->type == REC_PAGE_DATA;

	if (rule->action == EDIT_ZERO)
		return selected && pages ?
		    edit_pages_zero(e, rule, rec, f) : 0;
	if (expr_has_pages(&rule->expr))
		return pages ? edit_pages_drop(e, rule, rec, f) : 0;
	return selected == (rule->action == EDIT_DROP) ?
	    drop(e, rec, f) : 0;
}

static int
apply(struct edit *e, struct edit_rule *rule, struct record *rec,
    struct fault *f)
{
	uint64_t before = e->records + e->pages + e->zeroed + e->needed;

	if (apply_to(e, rule, rec, f) == -1)
		return -1;
	rule->did |= e->records + e->pages + e->zeroed + e->needed > before;
	return 0;
}

static int
edit_record(struct edit *e, struct record *rec, struct fault *f)
{
	size_t i;

	if (rec->type == REC_END || rec->type == REC_CHECKPOINT)
		return 0;
	for (i = 0; i < e->rules && rec->part == PART_RECORD; i++)
		if (apply(e, &e->rule[i], rec, f) == -1)
			return -1;
	return 0;
}

static int
take(struct edit *e, struct record *rec, struct fault *f)
{
	if (check_layer(e, rec, f) == -1)
		return -1;
	if (rec->part == PART_IMAGE && check_container(e, rec, f) == -1)
		return -1;
	if (rec->part == PART_RECORD && edit_record(e, rec, f) == -1)
		return -1;
	if (edit_config_take(&e->config, rec, e->out, f) == -1)
		return -1;
	return edited_take(e->out, rec, f);
}

int
edit_run(struct edit *e, int in, struct fault *f)
{
	struct stream s;
	struct record rec = { 0 };
	int result;

	if (stream_open(&s, in, f) == -1)
		return -1;
	s.whole = true;
	s.pass_after_end = e->pass_after_end;
	while ((result = stream_next(&s, &rec, f)) == 1)
		if ((result = take(e, &rec, f)) == -1)
			break;
	record_free(&rec);
	stream_close(&s);
	return result;
}
