/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <limits.h>

#include "opts.h"
#include "pmap.h"
#include "tap.h"
#include "uuid.h"

static void
test_number(void)
{
	static const char *const wrong[] = { "", " 1", "1 ", "+1", "-1", "x",
	    "1x", "0x1", "1.0", "9", "18446744073709551617",
	    "99999999999999999999999" };
	size_t i;
	long n = 77;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ok(opts_number(wrong[i], 0, 8, &n) == -1 && n == 77,
		    "'%s' is no number from 0 to 8", wrong[i]);
	ok(opts_number("0", 0, 8, &n) == 0 && n == 0, "the smallest");
	ok(opts_number("8", 0, 8, &n) == 0 && n == 8, "the largest");
	ok(opts_number("007", 0, 8, &n) == 0 && n == 7, "decimal");
	ok(opts_number("1", 2, 8, &n) == -1 && n == 7, "under the smallest");
	ok(opts_number("9223372036854775807", 0, LONG_MAX, &n) == 0 &&
	    n == LONG_MAX, "the largest of all");
	ok(opts_number("9223372036854775808", 0, LONG_MAX, &n) == -1,
	    "one more");
}

static void
test_threads(void)
{
	ok(opts_threads("1") == 1 && opts_threads("256") == THREADS_MAX,
	    "threads as told");
	ok(opts_threads("0") >= 1 && opts_threads("0") <= THREADS_MAX,
	    "one per processor");
	ok(opts_threads("257") == 0 && opts_threads("x") == 0 &&
	    opts_threads("") == 0 && opts_threads("-1") == 0, "wrong ones");
}

static void
test_uuid(void)
{
	static const char good[] = "0123ABCD-4567-89ef-0011-223344556677";
	static const char *const wrong[] = { "",
	    "0123abcd-4567-89ef-0011-22334455667",
	    "0123abcd-4567-89ef-0011-2233445566778",
	    "0123abcd-4567-89ef-0011-22334455667g",
	    "0123abcd4-567-89ef-0011-223344556677",
	    "0123abcd45-67-89ef-0011-223344556677",
	    "0123abcd-4567-89ef-0011223344556-677",
	    "0123abcd045670-89ef-0011-22334455667",
	    "{123abcd-4567-89ef-0011-22334455667}" };
	uint8_t uuid[UUID_SIZE];
	char text[UUID_TEXT_SIZE];
	size_t i;

	ok(uuid_parse(good, uuid) && uuid[0] == 0x01 && uuid[2] == 0xab &&
	    uuid[15] == 0x77, "a uuid in either case");
	uuid_print(uuid, text);
	ok(strcmp(text, "0123abcd-4567-89ef-0011-223344556677") == 0,
	    "is printed in lower case");
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ok(!uuid_parse(wrong[i], uuid), "'%s' is none", wrong[i]);
	hex_print((const uint8_t *)"\xf0\x0d", 2, text);
	ok(strcmp(text, "f00d") == 0, "hex");
}

int
main(void)
{
	test_number();
	test_threads();
	test_uuid();
	return tap_end();
}
