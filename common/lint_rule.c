/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdarg.h>
#include <stdio.h>

#include "lint_rule.h"

#define LINT_RULE(word, name, level, text) { name, level, text },
static const struct {
	const char *name;
	enum lint_level level;
	const char *text;
} rules[LINT_RULES] = {
#include "lint_rules.h"
};

const char *
lint_name(enum lint_rule rule)
{
	return rules[rule].name;
}

enum lint_level
lint_level(enum lint_rule rule)
{
	return rules[rule].level;
}

const char *
lint_text(enum lint_rule rule)
{
	return rules[rule].text;
}

int
lint_tell(struct lint *l, enum lint_rule rule, struct fault *f)
{
	if (l->found == NULL)
		return rules[rule].level == LINT_ERROR ? -1 : 0;
	l->found(l->state, rule, f);
	return 0;
}

int
lint_wrong(struct lint *l, enum lint_rule rule, const struct record *rec,
    struct fault *f, const char *fmt, ...)
{
	char text[FAULT_TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	record_fault(f, EXIT_MALFORMED, rec, "%s", text);
	return lint_tell(l, rule, f);
}
