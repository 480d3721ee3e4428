/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list of interfaces: what is counted of frames, the table in both
 * languages, and, in a network namespace of this process alone, the whole of
 * it. That part is skipped where no such namespace can be made.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "frame_build.h"
#include "survey.h"
#include "survey_internal.h"

static const uint8_t secret[16] = "a secret of 16 b";

static void
count(struct survey_row *row, const struct build *b, uint32_t wire)
{
	const struct frame f = { .captured = (uint32_t)b->length,
		.wire = wire,
		.link_type = DECODE_LINK_ETHERNET,
		.bytes = b->bytes };

	survey_frame(row, &f);
}

static void
put_tag(struct build *b, unsigned id)
{
	b->length -= 2;
	build_u16(b, 0x8100);
	build_u16(b, 0xa000 | id);
	build_u16(b, 0x0800);
}

/* An IPv4 datagram, in a VLAN or (0) in none. */
static void
count_ip4(struct survey_row *row, unsigned vlan, uint32_t source,
    uint32_t destination, uint32_t wire)
{
	static struct build b;

	b.length = 0;
	build_ethernet(&b, 0x0800);
	if (vlan != 0)
		put_tag(&b, vlan);
	build_u32(&b, 0x4500001c);
	build_u32(&b, 0);
	build_u32(&b, 0x40110000);
	build_u32(&b, source);
	build_u32(&b, destination);
	build_u32(&b, 0x00350035);
	build_u32(&b, 0x00080000);
	count(row, &b, wire);
}

static bool
has_vlan(const struct survey_row *row, unsigned id)
{
	return row->vlans[id / 8] >> id % 8 & 1;
}

static void
test_prefixes_are_ranked_by_their_bytes(void **state)
{
	struct survey_prefix biggest[SURVEY_SHOWN];
	struct survey_row row = { 0 };
	char text[PREFIX_TEXT_MAX];

	(void)state;
	survey_begin(&row, secret);
	assert_int_equal(survey_biggest(&row, biggest), 0);
	count_ip4(&row, 0, 0x0a010101, 0x0a020202, 1000);
	count_ip4(&row, 10, 0x0a010102, 0x0a030303, 500);
	count_ip4(&row, 4095, 0x0a040404, 0x0a030303, 600);
	/* both ends in one prefix: once */
	count_ip4(&row, 20, 0x0a050501, 0x0a050502, 1200);
	/* multicast, broadcast and no address tell no place */
	count_ip4(&row, 20, 0x0a060601, 0xe00000fb, 9000);
	count_ip4(&row, 20, 0x00000000, 0xffffffff, 9000);
	assert_int_equal(survey_biggest(&row, biggest), 3);
	assert_string_equal(prefix_format(&biggest[0].prefix, text),
	    "10.6.6.0/24");
	assert_int_equal(biggest[0].bytes, 9000);
	assert_string_equal(prefix_format(&biggest[1].prefix, text),
	    "10.1.1.0/24");
	assert_int_equal(biggest[1].bytes, 1500);
	assert_string_equal(prefix_format(&biggest[2].prefix, text),
	    "10.5.5.0/24");
	assert_int_equal(biggest[2].bytes, 1200);
	assert_true(row.untagged);
	assert_true(has_vlan(&row, 10) && has_vlan(&row, 20));
	assert_true(has_vlan(&row, 4095));
	assert_false(has_vlan(&row, 11));
	survey_end(&row);
}

static void
test_ipv6_stands_by_its_64_bits(void **state)
{
	struct survey_prefix biggest[SURVEY_SHOWN];
	struct survey_row row = { 0 };
	char text[PREFIX_TEXT_MAX];
	static struct build b;

	(void)state;
	survey_begin(&row, secret);
	build_ethernet(&b, 0x86dd);
	build_ip6(&b, 17, 8);
	build_udp(&b, 1, 2, 0);
	count(&row, &b, 100);
	assert_int_equal(survey_biggest(&row, biggest), 2);
	assert_string_equal(prefix_format(&biggest[0].prefix, text),
	    "fd00:1::/64");
	assert_string_equal(prefix_format(&biggest[1].prefix, text),
	    "fd00:3::/64");
	survey_end(&row);
}

static void
test_any_bytes_can_be_counted(void **state)
{
	struct survey_row row = { 0 };
	static struct build b;

	(void)state;
	survey_begin(&row, secret);
	srand(1);
	for (int i = 0; i < 20000; i++) {
		b.length = 0;
		if (i % 2)
			build_ethernet(&b, i % 4 == 1 ? 0x0800 : 0x86dd);
		for (int n = rand() % 80; n > 0; n--)
			build_u8(&b, (unsigned)rand() & 0xff);
		count(&row, &b, (uint32_t)b.length);
	}
	assert_true(row.table.count <= SURVEY_PREFIXES_MAX);
	survey_end(&row);
}

static void
test_a_full_table_says_so(void **state)
{
	struct survey_row row = { .is_measured = true, .state.link = LINK_UP };
	struct text out = { 0 };

	(void)state;
	strcpy(row.state.name, "span0");
	survey_begin(&row, secret);
	for (uint32_t i = 0; i < SURVEY_PREFIXES_MAX + 7; i++)
		count_ip4(&row, 0, 0x0b000001 + (i << 8), 0xe0000001, 60);
	assert_int_equal(row.table.count, SURVEY_PREFIXES_MAX);
	assert_int_equal(row.unlisted, 7);
	survey_table(&row, 1, true, LANG_EN, &out);
	assert_non_null(strstr(text_str(&out),
	    "span0: there are more than 4096 networks; 7 frames"));
	text_free(&out);
	survey_end(&row);
}

static void
begin_row(struct survey_row *row, const char *name)
{
	*row = (struct survey_row){ .is_measured = true,
		.state.link = LINK_UP,
		.elapsed_ms = 3000 };
	strcpy(row->state.name, name);
	survey_begin(row, secret);
}

static void
test_the_table_is_aligned_in_both_languages(void **state)
{
	static const char *const wanted[LANG_COUNT] = {
		"インターフェース  リンク  IPアドレス  フレーム/秒  VLAN                                通信量の多いネットワーク（バイトの割合）\n"
		"eth0              切断    あり                  -  -                                   -\n"
		"span0             接続    なし                4.0  タグなし, 10, 20                    10.1.1.0/24 100%\n"
		"                                                                                       10.2.2.0/24 50%\n"
		"                                                                                       10.3.3.0/24 50%\n"
		"span1             接続    なし             123457  1, 2, 3, 4, 5, 6, 7, 8、ほか 92 個  -\n",
		"interface  link  IP address  frames/s  VLANs                               networks with the most traffic (share of bytes)\n"
		"eth0       down  yes                -  -                                   -\n"
		"span0      up    no               4.0  untagged, 10, 20                    10.1.1.0/24 100%\n"
		"                                                                           10.2.2.0/24 50%\n"
		"                                                                           10.3.3.0/24 50%\n"
		"span1      up    no            123457  1, 2, 3, 4, 5, 6, 7, 8 and 92 more  -\n",
	};
	struct survey_row rows[3];

	(void)state;
	rows[0] = (struct survey_row){ .state.link = LINK_DOWN,
		.state.has_address = true };
	strcpy(rows[0].state.name, "eth0");
	begin_row(&rows[1], "span0");
	rows[1].frames = 12;
	count_ip4(&rows[1], 0, 0x0a010101, 0x0a020202, 600);
	count_ip4(&rows[1], 10, 0x0a010101, 0x0a030303, 300);
	count_ip4(&rows[1], 20, 0x0a010101, 0x0a030303, 300);
	begin_row(&rows[2], "span1");
	rows[2].frames = 370371;
	for (unsigned id = 1; id <= 100; id++)
		rows[2].vlans[id / 8] |= (uint8_t)(1u << id % 8);
	for (int i = 0; i < LANG_COUNT; i++) {
		struct text out = { 0 };

		survey_table(rows, 3, true, (enum lang)i, &out);
		assert_string_equal(text_str(&out), wanted[i]);
		text_free(&out);
		survey_table(rows, 3, false, (enum lang)i, &out);
		assert_null(strstr(text_str(&out), "VLAN"));
		text_free(&out);
	}
	for (int i = 0; i < 3; i++)
		survey_end(&rows[i]);
}

static void
test_a_name_cannot_drive_a_terminal(void **state)
{
	struct survey_row row = { .state.link = LINK_UP };
	struct text out = { 0 };

	(void)state;
	strcpy(row.state.name, "e\033[2J");
	survey_table(&row, 1, true, LANG_JA, &out);
	assert_null(strchr(text_str(&out), '\033'));
	text_free(&out);
}

/* ---- for real */

static int
run(const char *command)
{
	int status = system(command);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const char *
enter_namespace(void)
{
	if (geteuid() != 0)
		return "needs root";
	if (unshare(CLONE_NEWNET) != 0)
		return "no network namespace can be made";
	if (run("ip link add s0 type veth peer name m0 2>/dev/null && "
		"ip link add s1 type veth peer name m1 && "
		"for i in s0 m0 s1; do ip link set dev $i up || exit 1; "
		"done") != 0)
		return "no veth pair can be made";
	return NULL;
}

static void
send_for_ever(void)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex("s0") };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	static struct build b;

	build_ethernet(&b, 0x0800);
	put_tag(&b, 77);
	build_u32(&b, 0x4500001c);
	build_u32(&b, 0);
	build_u32(&b, 0x40110000);
	build_u32(&b, 0xc0000201);
	build_u32(&b, 0xc6336401);
	build_u32(&b, 0x00350035);
	build_u32(&b, 0x00080000);
	for (;;) {
		(void)sendto(fd, b.bytes, b.length, 0, (struct sockaddr *)&to,
		    sizeof(to));
		(void)usleep(10000);
	}
}

/* What it prints in a process of its own, since it gives its rights up. */
static char *
survey_in_child(bool without_rights, int *status)
{
	char *out = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t child = fork();

	assert_true(out != MAP_FAILED);
	if (child == 0) {
		FILE *file = fmemopen(out, 65536, "w");

		if (without_rights && (setgid(65534) || setuid(65534)))
			_exit(99);
		_exit((int)survey_print(LANG_EN, file));
	}
	assert_int_equal(waitpid(child, status, 0), child);
	return out;
}

static void
test_interfaces_are_listened_on(void **state)
{
	pid_t child = fork();
	char *out;
	int status;

	(void)state;
	if (child == 0)
		send_for_ever();
	out = survey_in_child(false, &status);
	(void)kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
	assert_int_equal(status, 0);
	assert_non_null(strstr(out, "m0 "));
	assert_non_null(strstr(out, " 77 "));
	assert_non_null(strstr(out, "192.0.2.0/24 "));
	assert_non_null(strstr(out, "198.51.100.0/24 "));
	assert_non_null(strstr(out, "down"));
	assert_null(strstr(out, "lo "));
	(void)munmap(out, 65536);
}

static void
test_without_rights_it_says_what_is_missing(void **state)
{
	int status;
	char *out = survey_in_child(true, &status);

	(void)state;
	assert_int_equal(status, 0);
	assert_non_null(strstr(out, "m0 "));
	assert_non_null(strstr(out, "CAP_NET_RAW"));
	assert_null(strstr(out, "frames/s"));
	(void)munmap(out, 65536);
}

static const char *cause; /* why nothing can be tried, or NULL */

static void
test_a_survey_can_be_tried_here(void **state)
{
	(void)state;
	if (cause != NULL) {
		print_message("%s\n", cause);
		skip();
	}
}

int
main(void)
{
	const struct CMUnitTest counting[] = {
		cmocka_unit_test(test_prefixes_are_ranked_by_their_bytes),
		cmocka_unit_test(test_ipv6_stands_by_its_64_bits),
		cmocka_unit_test(test_any_bytes_can_be_counted),
		cmocka_unit_test(test_a_full_table_says_so),
		cmocka_unit_test(test_the_table_is_aligned_in_both_languages),
		cmocka_unit_test(test_a_name_cannot_drive_a_terminal),
		cmocka_unit_test(test_a_survey_can_be_tried_here),
	};
	const struct CMUnitTest real[] = {
		cmocka_unit_test(test_interfaces_are_listened_on),
		cmocka_unit_test(test_without_rights_it_says_what_is_missing),
	};
	int failed;

	cause = enter_namespace();
	failed = cmocka_run_group_tests(counting, NULL, NULL);
	if (cause == NULL)
		failed += cmocka_run_group_tests(real, NULL, NULL);
	return failed;
}
