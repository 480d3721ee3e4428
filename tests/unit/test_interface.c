/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the kernel is asked of interfaces: its answers as bytes, good, cut and
 * lying; names of drivers' counters; and, in a network namespace of this
 * process alone, real interfaces. That part is skipped where no such namespace
 * can be made.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interface_internal.h"

#define SEQUENCE 9

struct taken {
	struct interface_link links[8];
	uint32_t addresses[8];
	size_t link_count, address_count;
};

static void
take_link(void *context, const struct interface_link *link)
{
	struct taken *t = context;

	if (t->link_count < 8)
		t->links[t->link_count] = *link;
	t->link_count++;
}

static void
take_address(void *context, uint32_t index)
{
	struct taken *t = context;

	if (t->address_count < 8)
		t->addresses[t->address_count] = index;
	t->address_count++;
}

struct message {
	uint8_t bytes[2048];
	size_t length, begun;
};

static void
put(struct message *m, const void *bytes, size_t n)
{
	assert_true(m->length + n + 4 <= sizeof(m->bytes));
	memcpy(m->bytes + m->length, bytes, n);
	m->length = (m->length + n + 3) / 4 * 4;
}

static void
begin(struct message *m, uint16_t type, uint16_t flags)
{
	const struct nlmsghdr head = { .nlmsg_type = type,
		.nlmsg_flags = flags,
		.nlmsg_seq = SEQUENCE };

	m->begun = m->length;
	put(m, &head, sizeof(head));
}

static void
end(struct message *m)
{
	uint32_t length = (uint32_t)(m->length - m->begun);

	memcpy(m->bytes + m->begun, &length, sizeof(length));
}

static void
put_attribute(struct message *m, uint16_t type, const void *value, size_t n)
{
	const struct rtattr a = { .rta_len = (unsigned short)(4 + n),
		.rta_type = type };

	put(m, &a, sizeof(a));
	put(m, value, n);
}

static void
put_link(struct message *m, const char *name, int index, uint64_t packets)
{
	const struct ifinfomsg info = { .ifi_index = index,
		.ifi_flags = IFF_UP | IFF_RUNNING };
	const struct rtnl_link_stats64 stats = { .rx_packets = packets,
		.rx_errors = 3,
		.rx_dropped = 10,
		.rx_missed_errors = 200,
		.rx_fifo_errors = 3000,
		.rx_over_errors = 40000 };

	begin(m, RTM_NEWLINK, NLM_F_MULTI);
	put(m, &info, sizeof(info));
	put_attribute(m, IFLA_IFNAME, name, strlen(name) + 1);
	put_attribute(m, IFLA_STATS64, &stats, sizeof(stats));
	end(m);
}

static void
put_done(struct message *m)
{
	const int32_t zero = 0;

	begin(m, NLMSG_DONE, NLM_F_MULTI);
	put(m, &zero, sizeof(zero));
	end(m);
}

static int
parse(const struct message *m, size_t length, struct taken *out)
{
	const struct interface_taker t = { .context = out,
		.take_link = take_link,
		.take_address = take_address };
	uint8_t *copy = malloc(length + 1);
	int result;

	/* At the end of its own memory, for the address sanitizer. */
	assert_non_null(copy);
	memcpy(copy + 1, m->bytes, length);
	*out = (struct taken){ 0 };
	result = interface_parse(copy + 1, length, SEQUENCE, &t);
	free(copy);
	return result;
}

static void
test_links_are_read_from_an_answer(void **state)
{
	struct message m = { 0 };
	struct taken t;

	(void)state;
	put_link(&m, "eth0", 2, 5);
	put_link(&m, "span1", 7, UINT64_C(1) << 40);
	assert_int_equal(parse(&m, m.length, &t), 1);
	put_done(&m);
	assert_int_equal(parse(&m, m.length, &t), 0);
	assert_int_equal(t.link_count, 2);
	assert_string_equal(t.links[1].name, "span1");
	assert_int_equal(t.links[1].index, 7);
	assert_int_equal(t.links[1].received, UINT64_C(1) << 40);
	assert_int_equal(t.links[1].missed, 43210);
	assert_int_equal(t.links[1].errors, 3);
	assert_int_equal(t.links[1].flags, IFF_UP | IFF_RUNNING);
}

static void
test_an_answer_that_is_cut_is_no_end(void **state)
{
	struct message m = { 0 };
	struct taken t;
	size_t whole;

	(void)state;
	put_link(&m, "eth0", 2, 5);
	whole = m.length;
	put_done(&m);
	for (size_t n = 0; n < m.length; n++) {
		int result = parse(&m, n, &t);

		/* only a cut between messages is no fault, and then more is
		 * awaited */
		assert_int_equal(result, n == 0 || n == whole ? 1 : -1);
		if (result < 0)
			assert_int_equal(errno, EBADMSG);
		assert_int_equal(t.link_count, n >= whole);
	}
}

static void
test_lies_of_length_stay_within_the_bytes(void **state)
{
	struct message m = { 0 };
	struct taken t;

	(void)state;
	put_link(&m, "eth0", 2, 5);
	put_done(&m);
	/* each byte in turn is every extreme */
	for (size_t i = 0; i < m.length; i++) {
		static const uint8_t lies[] = { 0, 1, 3, 0x7f, 0x80, 0xff };

		for (size_t k = 0; k < sizeof(lies); k++) {
			uint8_t was = m.bytes[i];

			m.bytes[i] = lies[k];
			(void)parse(&m, m.length, &t);
			assert_true(t.link_count <= 1);
			m.bytes[i] = was;
		}
	}
}

static void
test_a_link_without_a_fit_name_is_none(void **state)
{
	static const char *const names[] = { "", "sixteen-letters.", "\0x" };
	struct taken t;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct message m = { 0 };
		const struct ifinfomsg info = { .ifi_index = 3 };

		begin(&m, RTM_NEWLINK, 0);
		put(&m, &info, sizeof(info));
		put_attribute(&m, IFLA_IFNAME, names[i],
		    i == 1 ? 17 : strlen(names[i]));
		end(&m);
		assert_int_equal(parse(&m, m.length, &t), 0);
		assert_int_equal(t.link_count, 0);
	}
}

static void
put_error(struct message *m, int32_t fault)
{
	begin(m, NLMSG_ERROR, 0);
	put(m, &fault, sizeof(fault));
	end(m);
}

static void
test_errors_and_changes_are_told(void **state)
{
	struct message none = { 0 }, well = { 0 }, changed = { 0 };
	struct message other = { 0 }, lies = { 0 };
	struct taken t;

	(void)state;
	put_error(&none, -ENODEV);
	assert_int_equal(parse(&none, none.length, &t), -1);
	assert_int_equal(errno, ENODEV);
	put_error(&lies, INT32_MIN);
	assert_int_equal(parse(&lies, lies.length, &t), -1);
	assert_int_equal(errno, EBADMSG);
	put_error(&well, 0);
	assert_int_equal(parse(&well, well.length, &t), 0);
	begin(&changed, NLMSG_DONE, NLM_F_MULTI | NLM_F_DUMP_INTR);
	end(&changed);
	assert_int_equal(parse(&changed, changed.length, &t), -1);
	assert_int_equal(errno, EINTR);
	/* the answer to another question */
	put_link(&other, "eth0", 2, 5);
	other.bytes[8] = SEQUENCE + 1;
	assert_int_equal(parse(&other, other.length, &t), 1);
	assert_int_equal(t.link_count, 0);
}

static void
put_address(struct message *m, int family, uint32_t index, const void *bytes)
{
	const struct ifaddrmsg info = { .ifa_family = (uint8_t)family,
		.ifa_index = index };

	begin(m, RTM_NEWADDR, NLM_F_MULTI);
	put(m, &info, sizeof(info));
	put_attribute(m, IFA_ADDRESS, bytes, family == AF_INET ? 4 : 16);
	end(m);
}

static void
test_addresses_other_than_link_local_count(void **state)
{
	static const uint8_t local6[16] = { 0xfe, 0x80, [15] = 1 };
	static const uint8_t global6[16] = { 0x20, 0x01, 0x0d, 0xb8 };
	static const uint8_t local4[4] = { 169, 254, 1, 1 };
	static const uint8_t private4[4] = { 10, 1, 1, 1 };
	struct message m = { 0 };
	struct taken t;

	(void)state;
	put_address(&m, AF_INET6, 1, local6);
	put_address(&m, AF_INET, 2, local4);
	put_address(&m, AF_INET6, 3, global6);
	put_address(&m, AF_INET, 4, private4);
	put_done(&m);
	assert_int_equal(parse(&m, m.length, &t), 0);
	assert_int_equal(t.address_count, 2);
	assert_int_equal(t.addresses[0], 3);
	assert_int_equal(t.addresses[1], 4);
}

static void
test_counters_of_drivers_are_told_by_their_names(void **state)
{
	static const struct {
		const char *name;
		bool lost, queue;
	} cases[] = {
		{ "rx_missed_errors", true, false }, /* e1000e, igb, ixgbe */
		{ "rx_dropped", true, false },	     /* i40e */
		{ "port.rx_discards", true, false }, /* i40e */
		{ "rx_out_of_buffer", true, false }, /* mlx5 */
		{ "rx_discards_phy", true, false },  /* mlx5 */
		{ "port_rx_nodesc_drops", true, false }, /* sfc */
		{ "rx_no_dma_resources", true, false },	 /* ixgbe */
		{ "rx_queue_0_drops", true, true },	 /* virtio, veth */
		{ "rx_no_buffer_count", false, false },
		{ "rx_queue_0_xdp_drops", false, false },
		{ "tx_dropped", false, false },
		{ "fdir_overflow", false, false },
		{ "rx_filtered_dropped", false, false },
		{ "rx_packets", false, false },
		{ "rx_crc_errors", false, false },
		{ "", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool queue = false;

		if (interface_names_drops(cases[i].name, &queue) !=
		    cases[i].lost)
			fail_msg("%s", cases[i].name);
		if (cases[i].lost)
			assert_int_equal(queue, cases[i].queue);
	}
}

/* ---- real interfaces */

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
	if (run("ip link add t0 type veth peer name t1 2>/dev/null && "
		"ip link del t0") != 0)
		return "no veth pair can be made";
	return NULL;
}

static int
setup(void **state)
{
	(void)state;
	return run("ip link add a0 type veth peer name b0 && "
		   "ip link set a0 up && ip link set b0 up");
}

static int
teardown(void **state)
{
	(void)state;
	return run("ip link del a0 2>/dev/null; ip link del r0 2>/dev/null; "
		   ":");
}

static void
send_frame(const char *interface)
{
	const struct sockaddr_ll to = { .sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(interface) };
	const uint8_t frame[60] = { 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0x88,
		0xb5 };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(sendto(fd, frame, sizeof(frame), 0,
			     (const struct sockaddr *)&to, sizeof(to)),
	    sizeof(frame));
	(void)close(fd);
	(void)usleep(20000);
}

static void
test_an_interface_is_read_in_this_namespace(void **state)
{
	struct interface_state s;
	uint64_t before;

	(void)state;
	assert_true(interface_read("b0", &s));
	assert_string_equal(s.name, "b0");
	assert_int_equal(s.index, if_nametoindex("b0"));
	assert_int_equal(s.link, LINK_UP);
	assert_false(s.has_address);
	before = s.received;
	assert_int_equal(run("ip addr add 10.77.0.1/24 dev b0"), 0);
	send_frame("a0");
	assert_true(interface_read("b0", &s));
	assert_true(s.has_address);
	assert_true(s.received > before);
	assert_int_equal(run("ip link set a0 down"), 0);
	assert_true(interface_read("b0", &s));
	assert_int_equal(s.link, LINK_DOWN);
	assert_true(interface_read("b1", &s));
	assert_int_equal(s.index, 0);
	assert_int_equal(s.link, LINK_GONE);
	assert_true(interface_read("a-name-that-is-too-long", &s));
	assert_int_equal(s.link, LINK_GONE);
	assert_true(interface_read("", &s));
	assert_int_equal(s.link, LINK_GONE);
}

static void
test_all_are_listed_but_loopback(void **state)
{
	struct interface_state list[8];
	size_t n = interface_list(list, 8);

	(void)state;
	assert_int_equal(n, 2);
	assert_true(list[0].index < list[1].index);
	assert_true(strcmp(list[0].name, "lo") != 0);
	assert_int_equal(interface_list(list, 1), 1);
	assert_int_equal(run("ip link del a0"), 0);
	errno = EBADMSG;
	assert_int_equal(interface_list(list, 8), 0);
	assert_int_equal(errno, 0);
}

static void
test_what_is_built_on_another_is_found(void **state)
{
	static const char *const names[] = { "gone", "b0", "a0", "r0", "m0" };
	size_t upper = 9, lower = 9;

	(void)state;
	/* The two ends of a pair are not above one another. */
	assert_int_equal(interface_stacked(names, 5, &upper, &lower), 0);
	if (run("ip link add link a0 name m0 type macvlan") != 0)
		skip();
	assert_int_equal(interface_stacked(names, 5, &upper, &lower), 1);
	assert_int_equal(upper, 4);
	assert_int_equal(lower, 2);
	assert_int_equal(interface_stacked(names, 4, &upper, &lower), 0);
	/* At one more remove. */
	if (run("ip link add r0 type bridge && ip link set m0 master r0") != 0)
		skip();
	assert_int_equal(interface_stacked(names, 4, &upper, &lower), 1);
	assert_int_equal(upper, 3);
	assert_int_equal(lower, 2);
	assert_int_equal(interface_stacked(names + 3, 2, &upper, &lower), 1);
	assert_int_equal(upper, 0);
	assert_int_equal(interface_stacked(names, 0, &upper, &lower), 0);
}

static bool
make_quiet(const char *name, struct interface_settings *before)
{
	char error[256];

	return interface_look(name, before, error, sizeof(error)) &&
	    interface_quiet(before, error, sizeof(error));
}

/* The switch of IPv6, or '?' where this kernel has none. */
static char
ipv6_switch(const char *name)
{
	char path[96], value = '?';
	int fd;

	(void)snprintf(path, sizeof(path),
	    "/proc/sys/net/ipv6/conf/%s/disable_ipv6", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		assert_int_equal(read(fd, &value, 1), 1);
		(void)close(fd);
	}
	return value;
}

static void
test_what_was_quieted_is_put_back(void **state)
{
	struct interface_settings before, again;
	char had = ipv6_switch("b0"), error[256];

	(void)state;
	assert_int_equal(run("ethtool -K b0 gro on >/dev/null 2>&1; :"), 0);
	/* to look changes nothing */
	assert_true(interface_look("b0", &before, error, sizeof(error)));
	assert_int_equal(ipv6_switch("b0"), had);
	assert_int_not_equal(run("ip link show b0 | grep -q NOARP"), 0);
	assert_int_equal(run("ethtool -k b0 | grep -q 'generic-receive.*on'"),
	    0);
	assert_int_equal(before.index, if_nametoindex("b0"));
	assert_true(before.had_arp);
	assert_int_equal(before.had_ipv6, had == '0');
	assert_true(before.offloads & 1);
	assert_true(interface_quiet(&before, error, sizeof(error)));
	assert_true(had == '?' || ipv6_switch("b0") == '1');
	assert_int_equal(run("ip link show b0 | grep -q NOARP"), 0);
	assert_int_equal(run("ethtool -k b0 | grep -q 'generic-receive.*off'"),
	    0);
	/* once more: nothing is changed, so nothing is to be put back */
	assert_true(make_quiet("b0", &again));
	assert_int_equal(again.index, 0);
	interface_restore(&again);
	assert_int_equal(run("ip link show b0 | grep -q NOARP"), 0);
	/* under another name it is the same interface */
	assert_int_equal(run("ip link set b0 down; ip link set b0 name r0"), 0);
	interface_restore(&before);
	assert_int_equal(ipv6_switch("r0"), had);
	assert_int_not_equal(run("ip link show r0 | grep -q NOARP"), 0);
	assert_int_equal(run("ethtool -k r0 | grep -q 'generic-receive.*on'"),
	    0);
}

static void
test_what_is_put_on_meanwhile_is_found_by_the_next_look(void **state)
{
	struct interface_settings before, again;
	char error[256];

	(void)state;
	assert_int_equal(run("ip link set b0 arp off"), 0);
	assert_true(interface_look("b0", &before, error, sizeof(error)));
	assert_false(before.had_arp);
	assert_int_equal(run("ip link set b0 arp on"), 0);
	assert_true(interface_quiet(&before, error, sizeof(error)));
	assert_int_not_equal(run("ip link show b0 | grep -q NOARP"), 0);
	assert_true(make_quiet("b0", &again));
	assert_true(again.had_arp);
	assert_int_equal(run("ip link show b0 | grep -q NOARP"), 0);
}

static void
test_another_of_its_name_is_left_alone(void **state)
{
	struct interface_settings before;
	char error[256] = "";

	(void)state;
	assert_true(make_quiet("b0", &before));
	assert_int_equal(run("ip link del b0; "
			     "ip link add a0 type veth peer name b0; "
			     "ip link set b0 arp off"),
	    0);
	interface_restore(&before);
	assert_int_equal(run("ip link show b0 | grep -q NOARP"), 0);
	assert_int_equal(run("ip link set b0 arp on"), 0);
	assert_false(interface_quiet(&before, error, sizeof(error)));
	assert_true(error[0] != '\0');
	assert_int_not_equal(run("ip link show b0 | grep -q NOARP"), 0);
	error[0] = '\0';
	assert_false(interface_look("none", &before, error, sizeof(error)));
	assert_int_equal(before.index, 0);
	assert_true(error[0] != '\0');
}

static void
test_capabilities_alone_are_enough(void **state)
{
	(void)state;
	if (run("command -v setpriv >/dev/null") != 0)
		skip();
	/* a user that is not root, with CAP_NET_ADMIN, may write the switch */
	assert_int_equal(
	    run("! [ -e /proc/sys/net/ipv6/conf/b0 ] || setpriv --reuid 61234 "
		"--regid 61234 --clear-groups --inh-caps +net_admin "
		"--ambient-caps +net_admin sh -c "
		"'echo 1 >/proc/sys/net/ipv6/conf/b0/disable_ipv6'"),
	    0);
}

static const char *cause; /* why nothing can be tried, or NULL */

static void
test_interfaces_can_be_tried_here(void **state)
{
	(void)state;
	if (cause != NULL) {
		print_message("%s\n", cause);
		skip();
	}
}

#define REAL_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest bytes[] = {
		cmocka_unit_test(test_links_are_read_from_an_answer),
		cmocka_unit_test(test_an_answer_that_is_cut_is_no_end),
		cmocka_unit_test(test_lies_of_length_stay_within_the_bytes),
		cmocka_unit_test(test_a_link_without_a_fit_name_is_none),
		cmocka_unit_test(test_errors_and_changes_are_told),
		cmocka_unit_test(test_addresses_other_than_link_local_count),
		cmocka_unit_test(
		    test_counters_of_drivers_are_told_by_their_names),
		cmocka_unit_test(test_interfaces_can_be_tried_here),
	};
	const struct CMUnitTest real[] = {
		REAL_TEST(test_an_interface_is_read_in_this_namespace),
		REAL_TEST(test_all_are_listed_but_loopback),
		REAL_TEST(test_what_is_built_on_another_is_found),
		REAL_TEST(test_what_was_quieted_is_put_back),
		REAL_TEST(
		    test_what_is_put_on_meanwhile_is_found_by_the_next_look),
		REAL_TEST(test_another_of_its_name_is_left_alone),
		REAL_TEST(test_capabilities_alone_are_enough),
	};
	int failed;

	cause = enter_namespace();
	failed = cmocka_run_group_tests(bytes, NULL, NULL);
	if (cause == NULL)
		failed += cmocka_run_group_tests(real, NULL, NULL);
	return failed;
}
