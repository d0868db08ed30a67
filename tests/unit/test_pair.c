/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pair.h: two processes, and the end of one of them. */
#include <signal.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pair.h"
#include "tap.h"

static void
test_messages(void)
{
	struct pair p;
	struct fault f;
	uint32_t n = 7;
	char image[8];

	if (pair_fork(&p, true, &f) == -1)
		return;
	if (p.child == 0) {
		pair_say(&p, MESSAGE_NEWS, &n, sizeof(n));
		if (write(p.stream, "image", 5) != 5)
			_exit(1);
		pair_end(&p);
		_exit(pair_hear(&p, NULL, 0) == MESSAGE_DONE ? 3 : 1);
	}
	n = 0;
	ok(pair_hear(&p, &n, sizeof(n)) == MESSAGE_NEWS && n == 7,
	    "a message comes with its data");
	ok(!pair_heard(&p, MESSAGE_SAVED), "no other is waiting");
	ok(read(p.stream, image, sizeof(image)) == 5, "the stream comes");
	ok(pair_say(&p, MESSAGE_DONE, NULL, 0), "a message goes");
	ok(pair_wait(&p) == 3, "the child's status");
	ok(pair_hear(&p, NULL, 0) == MESSAGE_NONE, "then nobody is there");
}

/* A child that dies with mail unread: what it had said is heard still. */
static void
test_killed(void)
{
	struct pair p;
	struct fault f;
	uint32_t n = 9, big[64] = { 0 };

	if (pair_fork(&p, false, &f) == -1)
		return;
	if (p.child == 0) {
		pair_say(&p, MESSAGE_NEWS, &n, sizeof(n));
		pause();
		_exit(0);
	}
	pair_say(&p, MESSAGE_SUMMARY, big, sizeof(big));
	while (!pair_heard(&p, MESSAGE_NEWS))
		;
	kill(p.child, SIGKILL);
	ok(pair_wait(&p) == -1, "a signal killed it");
	ok(pair_heard(&p, MESSAGE_NEWS), "its last message waits");
	n = 0;
	ok(pair_hear(&p, &n, sizeof(n)) == MESSAGE_NEWS && n == 9,
	    "and is heard");
	ok(pair_hear(&p, NULL, 0) == MESSAGE_NONE, "it is the last");
	ok(write(p.stream, "x", 1) == -1, "the stream is broken, no SIGPIPE");
}

/* A child that hears nothing, whoever has filled its socket, and one that
 * says too little. */
static void
test_hostile(void)
{
	struct pair p;
	struct fault f;
	uint32_t n = 9;
	size_t count = 0;

	if (pair_fork(&p, false, &f) == -1)
		return;
	if (p.child == 0) {
		pair_say(&p, MESSAGE_SUMMARY, NULL, 0);
		pair_pass(&p, MESSAGE_SUMMARY, &n, sizeof(n), STDIN_FILENO);
		pause();
		_exit(0);
	}
	while (pair_shout(&p, MESSAGE_ABORT))
		count++;
	ok(count > 0, "after %zu messages there is no room", count);
	ok(pair_hear(&p, &n, sizeof(n)) == MESSAGE_SUMMARY && n == 0,
	    "data that did not come are zero");
	ok(pair_hear(&p, &n, sizeof(n)) == MESSAGE_SUMMARY && n == 9 &&
	    p.passed == -1, "a descriptor that nobody wants is closed");
	ok(recv(p.to, &n, sizeof(n), MSG_DONTWAIT) == 0,
	    "who says something hears nothing");
	kill(p.child, SIGKILL);
	pair_wait(&p);
}

int
main(void)
{
	test_messages();
	test_killed();
	test_hostile();
	return tap_end();
}
