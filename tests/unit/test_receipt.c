/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* receipt.h: the lines that settle a move, whole and otherwise. */
#include <stdlib.h>

#include "receipt.h"
#include "tap.h"

#define MOVE	"\"move\":\"000102030405060708090a0b0c0d0e0f\""
#define REST	"\"domid\":7,\"uuid\":\"0123abcd-4567-89ef-0011-223344556677\"," \
		"\"name\":\"mail\",\"records\":12,\"pages\":1024,\"digest\":" \
		"\"00000000000000000000000000000000" \
		"000000000000000000000000000000ff\""

static void
test_whole(void)
{
	static const char text[] = "{" MOVE ",\"result\":\"paused\"," REST "}";
	struct receipt r;
	struct fault f;
	char *again;

	ok(receipt_parse(text, strlen(text), &r, &f) == 0, "a whole one");
	ok(r.result == RECEIPT_PAUSED && r.domid == 7 && r.records == 12 &&
	    r.pages == 1024 && r.move[15] == 15 && r.digest[31] == 0xff &&
	    strcmp(r.name, "mail") == 0, "and what it says");
	again = receipt_text(&r);
	ok(again != NULL && strcmp(again, text) == 0, "printed it is the same");
	free(again);
}

static void
test_least(void)
{
	static const char *const results[] = { "failed", "absorbing",
	    "broken", "gone", "unknown" };
	char text[200], *again;
	struct receipt r;
	struct fault f;
	size_t i;

	for (i = 0; i < 5; i++) {
		snprintf(text, sizeof(text), "{" MOVE ",\"result\":\"%s\"}",
		    results[i]);
		ok(receipt_parse(text, strlen(text), &r, &f) == 0 &&
		    r.result == RECEIPT_FAILED + i, "%s", results[i]);
		again = receipt_text(&r);
		ok(again != NULL && strcmp(again, text) == 0,
		    "printed it is the same");
		free(again);
	}
}

static void
test_wrong(void)
{
	static const char *const texts[] = {
		"{}", "", "7", "{" MOVE "}", "{\"result\":\"failed\"}",
		"{" MOVE ",\"result\":\"running\"}",
		"{" MOVE ",\"result\":\"moved\"}",
		"{" MOVE ",\"result\":\"running\"," REST,
		"{" MOVE ",\"result\":\"running\"," REST "} {}",
		"{" MOVE ",\"result\":\"running\"," REST ",\"pages\":-1}",
		"{\"move\":\"00\",\"result\":\"failed\"}",
		"{\"move\":7,\"result\":\"failed\"}",
	};
	struct receipt r;
	struct fault f;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ok(receipt_parse(texts[i], strlen(texts[i]), &r, &f) == -1 &&
		    f.status == EXIT_REFUSED, "no receipt: %s (%s)",
		    texts[i], f.text);
}

int
main(void)
{
	test_whole();
	test_least();
	test_wrong();
	return tap_end();
}
