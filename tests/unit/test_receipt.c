/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * receipt.h: the lines that settle a move, whole and otherwise; as they stand
 * on stdin and come out, too.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "receipt.h"
#include "tap.h"

#define ID	"000102030405060708090a0b0c0d0e0f"
#define ZEROES	"00000000000000000000000000000000"
#define MOVE	"\"move\":\"" ID "\""
#define DIGEST	"\"digest\":\"" ZEROES "000000000000000000000000000000ff\""
#define REST	"\"domid\":7,\"uuid\":\"0123abcd-4567-89ef-0011-223344556677\"," \
		"\"name\":\"mail\",\"records\":12,\"pages\":1024," DIGEST
#define RECEIPT	"{" MOVE ",\"result\":\"running\"," REST "}"
#define GRANT	"{\"grant\":\"" ID "\"," DIGEST "}"

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

static void
put_on_stdin(const char *text)
{
	int file = memfd_create("line", MFD_CLOEXEC);

	if (file == -1 || dprintf(file, "%s", text) < 0 ||
	    lseek(file, 0, SEEK_SET) == -1 || dup2(file, STDIN_FILENO) == -1)
		abort();
	close(file);
}

static void
receipt_refused(const char *line, const char *why)
{
	struct receipt r;
	struct fault f;

	put_on_stdin(line);
	faulty(receipt_read(&r, &f), &f, EXIT_REFUSED, why);
}

static void
test_receipt_read(void)
{
	char longer[5000];
	struct receipt r;
	struct fault f;

	put_on_stdin(RECEIPT "\n");
	ok(receipt_read(&r, &f) == 0 && r.result == RECEIPT_RUNNING &&
	    r.domid == 7, "a receipt on stdin");
	receipt_refused("", "no receipt: stdin is empty");
	receipt_refused(RECEIPT, "the receipt on stdin is cut");
	receipt_refused(RECEIPT "\n\n",
	    "more than one line on stdin: a receipt is one");
	receipt_refused(RECEIPT "\n" RECEIPT "\n",
	    "more than one line on stdin: a receipt is one");
	receipt_refused(GRANT "\n", "no receipt: \"move\" is missing");
	snprintf(longer, sizeof(longer), RECEIPT "%4000s\n", "");
	receipt_refused(longer, "the receipt on stdin is cut");
}

static void
grant_refused(const char *line, const char *why)
{
	struct grant g;
	struct fault f;

	put_on_stdin(line);
	faulty(grant_read(&g, &f), &f, EXIT_REFUSED, why);
}

static void
test_grant_read(void)
{
	struct grant g;
	struct fault f;

	put_on_stdin(GRANT "\n");
	ok(grant_read(&g, &f) == 0 && g.move[15] == 15 &&
	    g.digest[31] == 0xff, "a grant on stdin");
	grant_refused("", "no grant: stdin is empty");
	grant_refused(GRANT, "the grant on stdin is cut");
	grant_refused(GRANT "\n" GRANT "\n",
	    "more than one line on stdin: a grant is one");
	grant_refused(RECEIPT "\n", "no grant: \"grant\" is missing");
	grant_refused("true\n", "no grant: not a JSON object");
}

static void
test_no_line(void)
{
	int directory = open("/", O_RDONLY | O_CLOEXEC);
	struct receipt r;
	struct fault f;

	dup2(directory, STDIN_FILENO);
	close(directory);
	faulty(receipt_read(&r, &f), &f, EXIT_SYSTEM,
	    "read at byte 0: Is a directory");
}

static int
print_receipt(struct fault *f)
{
	static const struct receipt r = { .result = RECEIPT_FAILED };

	return receipt_print(&r, f);
}

static int
print_grant(struct fault *f)
{
	struct grant g = { .digest[31] = 0xff };
	unsigned i;

	for (i = 0; i < MOVE_SIZE; i++)
		g.move[i] = (uint8_t)i;
	return grant_print(&g, f);
}

/* What comes of print, which closes stdout, when that is the file. */
static int
print_to(int file, int (*print)(struct fault *), struct fault *f)
{
	int kept = dup(STDOUT_FILENO), result;

	fflush(stdout);
	dup2(file, STDOUT_FILENO);
	result = print(f);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	return result;
}

static void
test_print(int (*print)(struct fault *), const char *line)
{
	int file = memfd_create("line", MFD_CLOEXEC);
	char text[300] = "";
	struct fault f;

	ok(print_to(file, print, &f) == 0 &&
	    pread(file, text, sizeof(text) - 1, 0) == (ssize_t)strlen(line) &&
	    strcmp(text, line) == 0, "what is printed is a line");
	close(file);
	file = open("/dev/full", O_WRONLY | O_CLOEXEC);
	faulty(print_to(file, print, &f), &f, EXIT_SYSTEM,
	    "write at byte 0: No space left on device");
	close(file);
}

int
main(void)
{
	test_whole();
	test_least();
	test_wrong();
	test_receipt_read();
	test_grant_read();
	test_no_line();
	test_print(print_receipt,
	    "{\"move\":\"" ZEROES "\",\"result\":\"failed\"}\n");
	test_print(print_grant, GRANT "\n");
	return tap_end();
}
