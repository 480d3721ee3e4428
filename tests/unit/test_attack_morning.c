/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A morning of a town of 300 desktops, with its servers and devices: not one
 * early sign may be told. And the same with an attack in the midst of it, which
 * must be.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "attack.h"
#include "attacking.h"

#define DESKTOPS 300
#define SERVERS 6 /* of files and printing, in each tier */

/* A number below n. */
static unsigned
draw(struct attacking *t, unsigned n)
{
	static uint64_t seed = 7;

	(void)t;
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static const char *
desktop(unsigned i)
{
	return attacking_host(i % 3 ? "10.2" : "10.3", 1000 + i);
}

/* The same, for longer than the next few calls. */
struct name {
	char text[ADDR_TEXT_MAX];
};

static struct name
name_of(unsigned i)
{
	struct name n;

	(void)snprintf(n.text, sizeof(n.text), "%s", desktop(i));
	return n;
}

static const char *
server(unsigned i, unsigned number)
{
	return attacking_host(i % 3 ? "10.2" : "10.3", number);
}

/* Log-in: directory, names, time, shares, policies. */
static void
log_in(struct attacking *t, unsigned i)
{
	static const uint16_t dc[] = { 88, 135, 389, 445, 464, 636, 3268,
		49667 };
	const struct name name = name_of(i);
	const char *me = name.text;

	for (unsigned j = 0; j < 12; j++)
		attacking_ask(t, me, server(i, 1 + j % 2), 53, 40, 120);
	attacking_ask(t, me, server(i, 1), 123, 48, 48);
	attacking_ask(t, me, server(i, 1), 389, 160, 200);
	for (unsigned j = 0; j < 14; j++)
		attacking_talk(t, me, server(i, 1 + j % 2), dc[j % 8], 900,
		    1600, 0);
	for (unsigned j = 0; j < SERVERS; j++)
		attacking_talk(t, me, server(i, 3 + j), 445, 4000,
		    draw(t, 60000), 0);
}

/* The web, by the proxy and from the internet tier directly. */
static void
browse(struct attacking *t, unsigned i)
{
	const struct name name = name_of(i);
	const char *me = name.text;

	for (unsigned j = 0; j < 60; j++) {
		const unsigned site = draw(t, 3000);

		if (i % 3)
			break;
		attacking_ask(t, me, server(i, 1), 53, 40, 160);
		if (j % 3 == 0)
			attacking_talk(t, me, "10.3.0.8", 8080, 500, 4000, 0);
		else if (j % 20 == 1) /* gone, or blocked */
			attacking_try(t, me, attacking_host("198.51", site),
			    443);
		else if (j % 10 == 2)
			attacking_ask(t, me, attacking_host("198.51", site),
			    443, 1200, 1200);
		else
			attacking_talk(t, me, attacking_host("198.51", site),
			    443, 700, 9000, 0);
	}
	/* What every desktop says home to and may not reach. */
	for (unsigned j = 0; j < 12; j++)
		attacking_try(t, me, attacking_host("203.0", draw(t, 200)),
		    j % 2 ? 443 : 80);
	attacking_talk(t, me, attacking_host("198.51", 9), 80, 300, 1800, 0);
}

/* Updates, patterns of viruses, printing, meetings, mail. */
static void
work(struct attacking *t, unsigned i)
{
	const struct name name = name_of(i);
	const char *me = name.text;

	for (unsigned j = 0; j < 3; j++)
		attacking_talk(t, me, server(i, 20), 8530, 900, 3000, 0);
	attacking_talk(t, me, server(i, 20), 8530, 900, 200000, 0);
	attacking_talk(t, me, server(i, 21), 14125, 400, 30000, 0);
	attacking_talk(t, me, server(i, 30 + i % 12), 9100, 20000, 0, 0);
	attacking_ask(t, me, server(i, 30 + i % 12), 161, 40, 90);
	for (unsigned j = 0; j < 5; j++)
		attacking_talk(t, me, server(i, 22), 110, 60, 200, 0);
	/* others that share updates: some are off */
	for (unsigned j = 0; j < 6; j++)
		if (j % 2)
			attacking_talk(t, me, desktop(draw(t, DESKTOPS)), 7680,
			    300, 20000, 0);
		else
			attacking_try(t, me, desktop(draw(t, DESKTOPS)), 7680);
	for (unsigned j = 0; j < 40 && i % 9 == 0; j++)
		scene_udp(&t->s, attacking_place(me), me, 50000,
		    "198.51.100.200", 3478, &j, sizeof(j));
	if (i % 3) /* the virtual browser: a broker, and a long session */
		for (unsigned j = 0; j < 2; j++)
			attacking_talk(t, me, "10.3.50.1", 3389, 900,
			    j ? 90000 : 1800, 0);
}

/* What runs by itself, each minute. */
static void
background(struct attacking *t, unsigned minute)
{
	for (unsigned i = 0; i < 120; i++) { /* the monitor, declared */
		const char *to = attacking_host("10.3", i);

		attacking_ping(t, "10.3.7.7", to, i % 10 != 0);
		attacking_ask(t, "10.3.7.7", to, 161, 40, i % 10 ? 90 : 0);
	}
	for (unsigned i = 0; i < 30 && minute % 5 == 0; i++) /* undeclared */
		attacking_ping(t, "10.2.0.99", attacking_host("10.2", i),
		    minute == 0 || i % 10 != 0);
	for (unsigned i = 0; i < 200; i++) /* a resolver */
		attacking_ask(t, "10.3.0.53",
		    attacking_host("198.51", draw(t, 3000)), 53, 40,
		    i % 12 ? 200 : 0);
	for (unsigned i = 0; i < 300; i++) /* logs, without an answer */
		scene_udp(&t->s, attacking_place("10.3.0.1"), "10.3.0.1", 514,
		    "10.3.0.90", 514, &i, sizeof(i));
	for (unsigned i = 0; i < 4; i++) /* leases, offered to new addresses */
		scene_udp(&t->s, attacking_place("10.2.0.67"), "10.2.0.67", 67,
		    attacking_host("10.2", 2000 + minute * 4 + i), 68, &i,
		    sizeof(i));
	for (unsigned i = 0; i < 3; i++) /* devices scan into folders */
		attacking_talk(t, attacking_host("10.2", 30 + i), "10.2.0.5",
		    445, 90000, 4000, 0);
	for (unsigned i = 0; i < 4; i++) /* the relay, to its clients */
		attacking_talk(t, "10.3.0.30", desktop(minute * 4 + i), 445,
		    3000, 9000, 0);
	attacking_talk(t, "10.2.0.77", "10.3.0.78", 22, 4000, 200000, 0);
}

/* From 8:20 to 9:20: most log in within twenty minutes. */
static void
morning(struct attacking *t, bool attacked)
{
	unsigned in = 0;

	for (unsigned minute = 0; minute < 60; minute++) {
		const int64_t until = t->s.us + CLOCK_MINUTE;
		const unsigned come = minute > 5 && minute < 26 ? 15 : 0;

		background(t, minute);
		for (unsigned i = 0; i < come && in < DESKTOPS; i++)
			log_in(t, in++);
		for (unsigned i = 0; i < 10 && in > 0; i++) {
			browse(t, draw(t, in));
			work(t, draw(t, in));
		}
		if (minute == 40) /* all fetch an update at nine */
			for (unsigned i = 0; i < DESKTOPS; i++)
				attacking_talk(t, desktop(i), server(i, 20),
				    8530, 900, 30000, 0);
		if (attacked && minute < 40)
			attacking_try(t, "10.3.4.4",
			    attacking_host("10.1", minute * 5), 3389);
		if (attacked && minute == 45)
			for (unsigned i = 0; i < 30; i++)
				attacking_talk(t, "10.2.4.4",
				    desktop(i * 3 + 1), 445, 3000, 9000, 0);
		if (attacked && minute == 50)
			for (unsigned i = 0; i < 40; i++)
				attacking_talk(t, "10.2.4.5", "10.2.0.77", 22,
				    1800, 2400, 0);
		if (t->s.us < until)
			t->s.us = until;
	}
}

static void
test_a_morning_of_a_town_tells_nothing(void **state)
{
	struct attacking *t = attacking_new();

	(void)state;
	morning(t, false);
	attacking_print(t);
	assert_int_equal(t->count, 0);
	attacking_free(t);
}

static void
test_attacks_in_the_midst_of_it_are_told(void **state)
{
	struct attacking *t = attacking_new();

	(void)state;
	morning(t, true);
	attacking_wait(t, 20 * CLOCK_SECOND);
	attacking_print(t);
	assert_int_equal(attacking_count(t, CHECK_ATK_1), 1);
	assert_int_equal(attacking_count(t, CHECK_ATK_4), 1);
	assert_int_equal(attacking_count(t, CHECK_ATK_6), 1);
	assert_int_equal(t->count, 3);
	attacking_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_morning_of_a_town_tells_nothing),
		cmocka_unit_test(test_attacks_in_the_midst_of_it_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
