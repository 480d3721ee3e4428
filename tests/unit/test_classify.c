/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What runs over a conversation: names by payload, never by port or address;
 * what must not be fed is not; nothing secret stays in memory. Captures of
 * others are used where they lie beside the project.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "classify.h"
#include "decode.h"
#include "rebuild.h"

#define CAPTURES "../shared/captures/"
#ifdef __SANITIZE_ADDRESS__
#define HEAP_VISIBLE false /* its allocator keeps no [heap] */
#else
#define HEAP_VISIBLE true
#endif

/* One conversation of 10.3.1.5 with 10.1.0.10. */
struct talk {
	struct classifier *c;
	struct classify_flow *flow;
	struct classify_label label;
	struct addr address[2];
	uint16_t port[2];
	uint8_t protocol;
	uint32_t next[2];
	int64_t us;
};

static int
setup(void **state)
{
	static const uint8_t ends[2][4] = { { 10, 3, 1, 5 }, { 10, 1, 0, 10 } };
	struct talk *t = calloc(1, sizeof(*t));
	char error[256];

	assert_non_null(t);
	t->c = classifier_new(error, sizeof(error));
	assert_non_null(t->c);
	for (int i = 0; i < 2; i++) {
		t->address[i] = addr_from_v4(ends[i]);
		t->next[i] = UINT32_MAX - 20; /* turns over soon */
	}
	t->port[0] = 51514;
	t->protocol = IPPROTO_TCP;
	*state = t;
	return 0;
}

static int
teardown(void **state)
{
	struct talk *t = *state;

	classify_end(t->c, &t->flow, &t->label);
	assert_null(t->flow);
	assert_int_equal(classifier_open(t->c), 0);
	classifier_free(t->c);
	free(t);
	return 0;
}

static void
begin(struct talk *t, uint8_t protocol, uint16_t port)
{
	classify_end(t->c, &t->flow, &t->label);
	memset(&t->label, 0, sizeof(t->label));
	t->protocol = protocol;
	t->port[1] = port;
}

static struct packet
make(const struct talk *t, int way, const void *payload, size_t n)
{
	struct packet p;

	memset(&p, 0, sizeof(p));
	p.kind = PACKET_IP;
	p.protocol = t->protocol;
	p.source = t->address[way];
	p.destination = t->address[!way];
	p.source_port = t->port[way];
	p.destination_port = t->port[!way];
	p.tcp_flags = TCP_ACK;
	p.tcp_seq = t->next[way];
	p.tcp_ack = t->next[!way];
	p.tcp_window = 8192;
	p.payload = payload;
	p.payload_captured = p.payload_length = (uint32_t)n;
	return p;
}

static bool
offer(struct talk *t, const struct packet *p, int way)
{
	t->us += 1000;
	return classify_packet(t->c, &t->flow, &t->label, p, way == 0,
	    (struct wall_us){ t->us });
}

/* Sends a payload and goes on behind it. */
static void
say_bytes(struct talk *t, int way, const void *payload, size_t n)
{
	struct packet p = make(t, way, payload, n);

	assert_true(offer(t, &p, way));
	t->next[way] += (uint32_t)n;
}

static void
say(struct talk *t, int way, const char *text)
{
	say_bytes(t, way, text, strlen(text));
}

static void
end(struct talk *t)
{
	classify_end(t->c, &t->flow, &t->label);
	assert_null(t->flow);
}

static void
expect(const struct talk *t, const char *name, const char *master)
{
	assert_string_equal(t->label.name, name);
	assert_string_equal(t->label.master, master);
	assert_int_equal(t->label.by_payload, name[0] != '\0');
	assert_int_equal(t->label.state,
	    name[0] ? CLASSIFY_DECIDED : CLASSIFY_GAVE_UP);
}

/* ---- TLS */

/* A ClientHello that offers TLS 1.2 for the name. */
static size_t
client_hello(uint8_t *out, const char *name)
{
	size_t n = strlen(name), extension = n + 9;
	size_t hello = 2 + 32 + 1 + 4 + 2 + 2 + extension;
	uint8_t *at = out;
	const uint8_t head[] = { 22, 3, 1, (uint8_t)((hello + 4) >> 8),
		(uint8_t)(hello + 4), 1, 0, (uint8_t)(hello >> 8),
		(uint8_t)hello, 3, 3 };
	const uint8_t suites[] = { 0, 0, 2, 0xc0, 0x2f, 1, 0,
		(uint8_t)(extension >> 8), (uint8_t)extension, 0, 0,
		(uint8_t)((n + 5) >> 8), (uint8_t)(n + 5),
		(uint8_t)((n + 3) >> 8), (uint8_t)(n + 3), 0, (uint8_t)(n >> 8),
		(uint8_t)n };

	memcpy(at, head, sizeof(head));
	at += sizeof(head);
	memset(at, 7, 32);
	at += 32;
	memcpy(at, suites, sizeof(suites));
	at += sizeof(suites);
	memcpy(at, name, n);
	return (size_t)(at + n - out);
}

/* A ServerHello; newer adds supported_versions with TLS 1.3. */
static size_t
server_hello(uint8_t *out, uint16_t version, bool newer)
{
	static const uint8_t versions[] = { 0, 6, 0, 43, 0, 2, 3, 4 };
	uint8_t size = (uint8_t)(38 + (newer ? sizeof(versions) : 0));
	const uint8_t head[] = { 22, 3, 3, 0, (uint8_t)(size + 4), 2, 0, 0,
		size, (uint8_t)(version >> 8), (uint8_t)version };
	const uint8_t chosen[] = { 0, 0x13, 0x01, 0 };
	size_t n = sizeof(head);

	memcpy(out, head, n);
	memset(out + n, 9, 32);
	n += 32;
	memcpy(out + n, chosen, sizeof(chosen));
	n += sizeof(chosen);
	if (newer) {
		memcpy(out + n, versions, sizeof(versions));
		n += sizeof(versions);
	}
	return n;
}

static void
test_tls_is_known_by_its_hello_and_names_its_server(void **state)
{
	struct talk *t = *state;
	uint8_t bytes[512];

	begin(t, IPPROTO_TCP, 8443);
	say_bytes(t, 0, bytes, client_hello(bytes, "VB01.lg.Example.JP"));
	assert_string_equal(t->label.name, "TLS");
	assert_true(t->label.by_payload);
	assert_int_equal(t->label.state, CLASSIFY_MORE);
	assert_string_equal(t->label.server_name, "vb01.lg.example.jp");
	assert_false(t->label.server_name_cut);
	assert_int_equal(t->label.tls_version, 0);
	end(t);
	expect(t, "TLS", "");
}

static void
test_the_negotiated_tls_version_is_the_servers(void **state)
{
	struct talk *t = *state;
	uint8_t bytes[512];

	begin(t, IPPROTO_TCP, 443);
	say_bytes(t, 0, bytes, client_hello(bytes, "a.example.jp"));
	say_bytes(t, 1, bytes, server_hello(bytes, 0x0301, false));
	assert_int_equal(t->label.tls_version, 0x0301); /* 1.2 was offered */
	assert_int_equal(t->label.tls_cipher, 0x1301);

	begin(t, IPPROTO_TCP, 443);
	say_bytes(t, 0, bytes, client_hello(bytes, "a.example.jp"));
	say_bytes(t, 1, bytes, server_hello(bytes, 0x0303, true));
	assert_int_equal(t->label.tls_version, 0x0304);
	expect(t, "TLS", "");
}

/* What turns to TLS does so after its label is final. */
static void
test_a_hello_is_looked_for_after_the_label_is_final(void **state)
{
	struct classify_label label = { .state = CLASSIFY_DECIDED,
		.by_payload = true };
	uint8_t bytes[512] = { 0 };
	struct packet p = { .payload = bytes, .payload_captured = 20 };

	(void)state;
	assert_true(classify_hello(&label, &p, true));
	p.payload_captured = (uint32_t)client_hello(bytes, "a.example.jp");
	assert_true(classify_hello(&label, &p, true));
	p.payload_captured = (uint32_t)server_hello(bytes, 0x0303, false);
	assert_false(classify_hello(&label, &p, false));
	assert_int_equal(label.tls_version, 0x0303);

	label.tls_version = 0;
	label.looked = 0;
	memset(bytes, 0, sizeof(bytes));
	for (int i = 1; i < CLASSIFY_HELLO_PACKETS; i++)
		assert_true(classify_hello(&label, &p, false));
	assert_false(classify_hello(&label, &p, false));
	(void)server_hello(bytes, 0x0303, false);
	/* It has looked enough. */
	assert_false(classify_hello(&label, &p, false));
	assert_int_equal(label.tls_version, 0);
}

/* Two messages, and whether the later one is taken for the server's choice. */
struct hellos {
	const char *name, *master;
	int from[2]; /* ClientHello, ServerHello; 0 the initiator; -1: none */
	bool whole;  /* the opening of the connection was seen */
	bool taken;
};

/* A mail may hold any bytes: only an answer to the client's hello counts. */
static void
test_a_server_hello_counts_only_as_the_answer_to_a_clients(void **state)
{
	static const struct hellos rows[] = {
		{ "SMTP", "", { 0, 1 }, true, true },
		{ "SMTP", "", { 0, 1 }, false, true },
		{ "SMTP", "", { -1, 0 }, true, false },
		{ "SMTP", "", { -1, 1 }, true, false },
		{ "SMTP", "", { -1, 1 }, false, false },
		{ "SMTP", "", { 0, 0 }, true, false },
		{ "SMTP", "", { 1, 0 }, true, false },
		{ "SMTP", "", { 1, 1 }, true, false },
		{ "SMTPS", "TLS", { -1, 1 }, false, false },
		{ "PostgreSQL", "", { -1, 1 }, true, false },
		{ "RDP", "", { 0, 1 }, true, true },
		{ "RDP", "", { -1, 1 }, false, false },
		{ "TLS", "", { 0, 1 }, true, true },
		{ "TLS", "", { -1, 1 }, true, false },
		{ "TLS", "", { -1, 1 }, false, true },
		{ "Teams", "TLS", { -1, 1 }, false, true },
		{ "TLS", "", { -1, 0 }, false, false },
		{ "TLS", "", { 0, 0 }, true, false },
		{ "TLS", "", { 1, 0 }, true, true }, /* data of FTP */
	};
	uint8_t client[512], server[512];
	struct packet p = { .payload = client };
	struct packet q = { .payload = server };

	(void)state;
	p.payload_captured = (uint32_t)client_hello(client, "a.example.jp");
	q.payload_captured = (uint32_t)server_hello(server, 0x0303, true);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct hellos *r = &rows[i];
		struct classify_label label = { .state = CLASSIFY_DECIDED,
			.by_payload = true,
			.opening = r->whole ? 7 : 0 };

		(void)snprintf(label.name, sizeof(label.name), "%s", r->name);
		(void)snprintf(label.master, sizeof(label.master), "%s",
		    r->master);
		if (r->from[0] >= 0)
			assert_true(
			    classify_hello(&label, &p, r->from[0] == 0));
		(void)classify_hello(&label, &q, r->from[1] == 0);
		if ((label.tls_version != 0) != r->taken)
			fail_msg("row %zu: %s", i, r->name);
	}
}

/* The same while nDPI still looks. */
static void
test_a_forged_hello_in_a_mail_is_none(void **state)
{
	struct talk *t = *state;
	uint8_t bytes[512];

	for (int way = 0; way < 2; way++) {
		begin(t, IPPROTO_TCP, 25);
		say(t, 1, "220 mx.example ESMTP Postfix\r\n");
		say(t, 0, "EHLO a.example\r\n");
		say_bytes(t, way, bytes, server_hello(bytes, 0x0303, true));
		say(t, 1, "250-mx.example\r\n250 SIZE 1000\r\n");
		say_bytes(t, way, bytes, server_hello(bytes, 0x0303, true));
		say(t, 0, "MAIL FROM:<a@a.example>\r\n");
		say_bytes(t, way, bytes, server_hello(bytes, 0x0303, true));
		end(t);
		assert_int_equal(t->label.tls_version, 0);
	}
}

static void
test_tls_that_began_unseen_is_told_by_the_servers_side_alone(void **state)
{
	struct talk *t = *state;
	uint8_t bytes[512];

	begin(t, IPPROTO_TCP, 443);
	say_bytes(t, 1, bytes, server_hello(bytes, 0x0303, true));
	end(t);
	assert_int_equal(t->label.tls_version,
	    strcmp(t->label.name, "TLS") == 0 ? 0x0304 : 0);
}

/* Its record may come in pieces. */
static void
test_a_client_hello_in_pieces_is_one(void **state)
{
	struct talk *t = *state;
	uint8_t bytes[512];
	size_t n = client_hello(bytes, "a.example.jp");

	begin(t, IPPROTO_TCP, 443);
	t->label.opening = 7;
	say_bytes(t, 0, bytes, 5);
	say_bytes(t, 0, bytes + 5, n - 5);
	say_bytes(t, 1, bytes, server_hello(bytes, 0x0303, true));
	assert_int_equal(t->label.tls_version, 0x0304);
}

static void
test_a_name_longer_than_kept_is_marked_as_cut(void **state)
{
	struct talk *t = *state;
	uint8_t bytes[512];
	char name[121];

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	name[60] = '.';
	begin(t, IPPROTO_TCP, 443);
	say_bytes(t, 0, bytes, client_hello(bytes, name));
	assert_int_equal(strlen(t->label.server_name), CLASSIFY_NAME_MAX - 1);
	assert_true(t->label.server_name_cut);
}

static void
test_a_name_with_a_byte_no_name_has_is_dropped(void **state)
{
	struct talk *t = *state;
	uint8_t bytes[512];

	begin(t, IPPROTO_TCP, 443);
	say_bytes(t, 0, bytes, client_hello(bytes, "a\x1b[2J.example.jp"));
	assert_string_equal(t->label.server_name, "");
	assert_string_equal(t->label.name, "TLS");
}

static void
test_a_cut_server_hello_tells_no_version(void **state)
{
	struct talk *t = *state;
	uint8_t hello[512], bytes[512];
	size_t n = server_hello(hello, 0x0303, true);

	for (size_t cut = 0; cut < n; cut++) {
		begin(t, IPPROTO_TCP, 443);
		say_bytes(t, 0, bytes, client_hello(bytes, "a.example.jp"));
		say_bytes(t, 1, hello, cut);
		assert_int_equal(t->label.tls_version, 0);
	}
}

/* ---- names by payload alone */

static const char request[] = "GET /secret?q=1 HTTP/1.1\r\n"
			      "Host: WWW.Example.JP:8080\r\n\r\n";
static const char response[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
			       "Content-Type: text/plain\r\n\r\nok";

static void
test_http_is_known_and_names_its_host_without_port(void **state)
{
	struct talk *t = *state;

	begin(t, IPPROTO_TCP, 80);
	say(t, 0, request);
	say(t, 1, response);
	expect(t, "HTTP", "");
	assert_string_equal(t->label.server_name, "www.example.jp");
}

/* nDPI 4.2 calls HTTP on these ports MySQL and so on, with confidence DPI. */
static void
test_http_on_the_port_of_another_protocol_is_http(void **state)
{
	static const uint16_t ports[] = { 22, 25, 53, 389, 445, 1433, 1521,
		3306, 3389, 5432, 8008, 8009, 27017 };
	struct talk *t = *state;

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		begin(t, IPPROTO_TCP, ports[i]);
		say(t, 0, request);
		say(t, 1, response);
		end(t);
		expect(t, "HTTP", "");
	}
}

static void
test_payload_of_no_known_kind_never_gets_a_name_from_its_port(void **state)
{
	static const uint16_t ports[] = { 20, 21, 22, 23, 25, 53, 80, 88, 102,
		110, 139, 143, 389, 443, 445, 502, 993, 1433, 1521, 3306, 3389,
		3478, 3544, 5001, 5201, 5222, 5900, 8080, 19305 };
	static const uint8_t bytes[] = "\xf1\x9b\xe3\x88\xd7\xaa\xc5\x93\xb2"
				       "\xf1\x9b\xe3\x88\xd7\xaa\xc5\x93\xb2"
				       "\xf1\x9b\xe3\x88\xd7\xaa\xc5\x93\xb2"
				       "\xf1\x9b\xe3\x88\xd7\xaa\xc5\x93\xb2"
				       "\xf1\x9b\xe3\x88\xd7\xaa\xc5\x93\xb2";
	struct talk *t = *state;

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
		for (int udp = 0; udp < 2; udp++) {
			begin(t, udp ? IPPROTO_UDP : IPPROTO_TCP, ports[i]);
			for (int k = 0; k < 30; k++)
				say_bytes(t, k & 1, bytes, sizeof(bytes) - 1);
			end(t);
			expect(t, "", "");
		}
}

static void
test_an_address_of_a_cloud_is_no_name(void **state)
{
	static const uint8_t google[4] = { 74, 125, 1, 1 };
	static const uint8_t apple[4] = { 17, 57, 144, 116 };
	static const uint8_t bytes[64] = { 0x41, 0x93, 0xd2, 0x88, 0x99 };
	struct talk *t = *state;

	t->address[1] = addr_from_v4(google);
	begin(t, IPPROTO_UDP, 19305); /* "Hangouts, by DPI" */
	for (int k = 0; k < 30; k++)
		say_bytes(t, k & 1, bytes, sizeof(bytes));
	expect(t, "", "");
	t->address[1] = addr_from_v4(apple);
	begin(t, IPPROTO_TCP, 5223); /* "ApplePush, by DPI" */
	say_bytes(t, 0, bytes, sizeof(bytes));
	end(t);
	expect(t, "", "");
}

static void
test_ssh_on_port_443_is_ssh(void **state)
{
	struct talk *t = *state;

	begin(t, IPPROTO_TCP, 443);
	say(t, 1, "SSH-2.0-OpenSSH_9.2p1\r\n");
	say(t, 0, "SSH-2.0-OpenSSH_9.2p1\r\n");
	expect(t, "SSH", "");
	assert_string_equal(t->label.server_name, ""); /* no banner */
}

static void
test_asking_for_the_address_of_a_service_is_dns(void **state)
{
	static const uint8_t query[] = "\x12\x34\x01\x00\x00\x01\x00\x00\x00"
				       "\x00\x00\x00\x03www\x08"
				       "facebook\x03"
				       "com\x00\x00\x01\x00\x01";
	struct talk *t = *state;

	begin(t, IPPROTO_UDP, 53);
	say_bytes(t, 0, query, sizeof(query) - 1);
	expect(t, "DNS", "");
	assert_string_equal(t->label.server_name, "");
}

static void
test_other_protocols_are_named_by_their_number(void **state)
{
	static const struct {
		uint8_t protocol;
		const char *name;
	} rows[] = { { 1, "ICMP" }, { 2, "IGMP" }, { 47, "GRE" },
		{ 50, "IPsec" }, { 51, "IPsec" }, { 58, "ICMPV6" },
		{ 89, "OSPF" }, { 112, "VRRP" }, { 132, "SCTP" }, { 253, "" } };
	struct talk *t = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct packet p;

		begin(t, rows[i].protocol, 0);
		p = make(t, 0, NULL, 0);
		assert_true(offer(t, &p, 0));
		expect(t, rows[i].name, "");
	}
}

/* What nDPI calls "DNS, by DPI" and so on from the port. */
static void
test_a_tunnel_on_a_well_known_port_is_not_what_the_port_is_for(void **state)
{
	static const uint8_t answer[] = "\xf1\x9b\xe3\x88\xd7\xaa\xc5\x93\xb2"
					"tunnelled bytes, no names at all";
	static const uint16_t ports[] = { 53, 5353, 5355, 123, 1719, 3389 };
	struct talk *t = *state;
	uint8_t bytes[64];

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
		for (int fill = 0; fill < 256; fill++) {
			begin(t, IPPROTO_UDP, ports[i]);
			memset(bytes, fill, sizeof(bytes) - 1);
			memcpy(bytes + 30, answer, 20);
			for (int k = 0; k < 8; k++)
				say_bytes(t, k & 1, bytes, sizeof(bytes) - 1);
			end(t);
			if (strcmp(t->label.name, "DNS") == 0 ||
			    strcmp(t->label.name, "MDNS") == 0 ||
			    strcmp(t->label.name, "LLMNR") == 0 ||
			    strcmp(t->label.name, "NTP") == 0 ||
			    strcmp(t->label.name, "H323") == 0 ||
			    strcmp(t->label.name, "RDP") == 0)
				fail_msg("%d on port %u is %s", fill, ports[i],
				    t->label.name);
		}
	begin(t, IPPROTO_UDP, 53);
	say_bytes(t, 1, answer, sizeof(answer) - 1);
	expect(t, "", "");
}

static void
test_time_is_known(void **state)
{
	static const uint8_t question[48] = { 0x23 };
	struct talk *t = *state;

	begin(t, IPPROTO_UDP, 123);
	say_bytes(t, 0, question, sizeof(question));
	expect(t, "NTP", "");
}

/* ---- what is fed and what is not */

static void
test_packets_without_payload_make_no_state(void **state)
{
	struct talk *t = *state;
	struct packet p;

	begin(t, IPPROTO_TCP, 80);
	p = make(t, 0, NULL, 0);
	p.tcp_flags = TCP_SYN;
	assert_true(offer(t, &p, 0));
	assert_null(t->flow);
	begin(t, IPPROTO_UDP, 443);
	p = make(t, 0, NULL, 0);
	assert_true(offer(t, &p, 0));
	assert_null(t->flow);
	assert_int_equal(t->label.packets, 0);
	end(t);
	expect(t, "", "");
}

static void
test_a_packet_of_another_conversation_is_refused(void **state)
{
	static const uint8_t v6[16] = { 0xfd, 0x01 };
	struct talk *t = *state;
	struct packet p, other;

	begin(t, IPPROTO_TCP, 80);
	say(t, 0, "GET / HT");
	p = make(t, 0, "TP/1.1\r\n", 8);
	other = p;
	other.protocol = IPPROTO_UDP;
	assert_false(offer(t, &other, 0));
	other = p;
	other.destination_port++;
	assert_false(offer(t, &other, 0));
	other = p;
	other.source = other.destination = addr_from_v6(v6);
	assert_false(offer(t, &other, 0));
	other = p;
	other.source = p.destination; /* the ports are not turned */
	other.destination = p.source;
	assert_false(offer(t, &other, 0));
	other = p;
	other.kind = PACKET_FRAGMENT;
	assert_false(offer(t, &other, 0));
	other = p;
	other.fragment = other.first_fragment = true;
	assert_false(offer(t, &other, 0));
	assert_int_equal(t->label.packets, 1);
	other.reassembled = true;
	assert_true(offer(t, &other, 0));
	assert_int_equal(t->label.packets, 2);
}

static void
test_what_was_seen_already_is_not_fed_again(void **state)
{
	struct talk *t = *state;
	struct packet p;
	uint32_t first;

	begin(t, IPPROTO_TCP, 2121);
	first = t->next[1];
	say(t, 1, "220 ready\r\n");
	p = make(t, 1, "220 ready\r\n", 11);
	p.tcp_seq = first;
	assert_true(offer(t, &p, 1));
	assert_int_equal(t->label.packets, 1);
	/* Half old, half new: only the new half goes on. */
	p = make(t, 1, "220 ready\r\n220 more\r\n", 21);
	p.tcp_seq = first;
	assert_true(offer(t, &p, 1));
	assert_int_equal(t->label.packets, 2);
	t->next[1] += 10;
	assert_true(offer(t, &p, 1));
	assert_int_equal(t->label.packets, 2);
}

static void
test_doubled_frames_do_not_spoil_ftp(void **state)
{
	static const struct {
		int way;
		const char *text;
	} lines[] = { { 1, "220 (vsFTPd 3.0.3)\r\n" },
		{ 0, "USER anonymous\r\n" }, { 1, "331 password?\r\n" },
		{ 0, "PASS x@example.jp\r\n" }, { 1, "230 Login\r\n" } };
	struct talk *t = *state;

	begin(t, IPPROTO_TCP, 2121);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		size_t n = strlen(lines[i].text);
		struct packet p = make(t, lines[i].way, lines[i].text, n);

		assert_true(offer(t, &p, lines[i].way));
		assert_true(offer(t, &p, lines[i].way));
		t->next[lines[i].way] += (uint32_t)n;
	}
	end(t);
	expect(t, "FTP_CONTROL", "");
}

static void
test_after_the_decision_nothing_is_fed(void **state)
{
	struct talk *t = *state;
	uint16_t packets;

	begin(t, IPPROTO_TCP, 80);
	say(t, 0, request);
	say(t, 1, response);
	expect(t, "HTTP", "");
	packets = t->label.packets;
	say(t, 0, "SSH-2.0-x\r\n");
	assert_int_equal(t->label.packets, packets);
	expect(t, "HTTP", "");
}

static void
test_a_segmentation_giant_is_taken(void **state)
{
	struct talk *t = *state;
	uint8_t *bytes = calloc(1, 65000);

	assert_non_null(bytes);
	memcpy(bytes, request, sizeof(request) - 1);
	begin(t, IPPROTO_TCP, 80);
	say_bytes(t, 0, bytes, 65000);
	say(t, 1, response);
	free(bytes);
	expect(t, "HTTP", "");
}

static void
test_payload_cut_by_the_snap_length_is_taken_as_far_as_it_goes(void **state)
{
	struct talk *t = *state;
	struct packet p;

	begin(t, IPPROTO_TCP, 80);
	p = make(t, 0, request, 40);
	p.payload_length = 1400;
	p.payload_cut = true;
	assert_true(offer(t, &p, 0));
	t->next[0] += 1400;
	say(t, 1, response);
	end(t);
	expect(t, "HTTP", "");
}

static void
test_a_rebuilt_packet_holds_nothing_but_the_parsed_fields(void **state)
{
	struct talk *t = *state;
	struct packet p, back;
	uint8_t out[REBUILD_MAX];
	size_t n;

	begin(t, IPPROTO_TCP, 80);
	p = make(t, 0, "0123456789", 10);
	p.tcp_flags = TCP_SYN | TCP_ACK;
	n = rebuild_packet(&p, 4, out);
	assert_int_equal(n, 20 + 20 + 6);
	assert_int_equal(decode_frame(DECODE_LINK_RAW, out, n, n, &back),
	    DECODE_OK);
	assert_true(addr_equal(&back.source, &p.source));
	assert_true(addr_equal(&back.destination, &p.destination));
	assert_int_equal(back.source_port, p.source_port);
	assert_int_equal(back.destination_port, p.destination_port);
	assert_int_equal(back.tcp_flags, TCP_ACK);
	assert_int_equal(back.tcp_seq, p.tcp_seq + 1 + 4);
	assert_int_equal(back.payload_captured, 6);
	assert_memory_equal(back.payload, "456789", 6);
}

/* ---- secrets and output */

/* How often the bytes stand in the heap. */
static size_t
count_in_heap(const uint8_t *bytes, size_t n)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[256];
	size_t count = 0;

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps) != NULL) {
		uintptr_t from, to;

		if (strstr(line, "[heap]") == NULL ||
		    sscanf(line, "%" SCNxPTR "-%" SCNxPTR, &from, &to) != 2)
			continue;
		for (const uint8_t *at = (const uint8_t *)from;
		     (at = memmem(at, to - (uintptr_t)at, bytes, n)) != NULL;
		     at++)
			count++;
	}
	(void)fclose(maps);
	return count;
}

static void
test_a_password_does_not_stay_in_memory(void **state)
{
	static const struct {
		uint16_t port;
		const char *hello, *user, *ask;
	} kinds[] = { { 21, "220 FTP\r\n", "USER a\r\n", "331 ?\r\n" },
		{ 110, "+OK POP3\r\n", "USER a\r\n", "+OK\r\n" } };
	struct talk *t = *state;
	uint8_t *line, secret[9];

	if (!HEAP_VISIBLE) {
		print_message(
		    "skipped: a sanitizer's heap cannot be searched\n");
		skip();
	}
	line = malloc(64);
	assert_non_null(line);
	for (size_t i = 0; i < sizeof(secret); i++)
		secret[i] = (uint8_t)('b' + (i * 7 + 3) % 23);
	for (size_t k = 0; k < 2; k++) {
		begin(t, IPPROTO_TCP, kinds[k].port);
		say(t, 1, kinds[k].hello);
		say(t, 0, kinds[k].user);
		say(t, 1, kinds[k].ask);
		memcpy(line, "PASS ", 5);
		memcpy(line + 5, secret, sizeof(secret));
		memcpy(line + 5 + sizeof(secret), "\r\n", 2);
		assert_true(count_in_heap(secret, sizeof(secret)) > 0);
		say_bytes(t, 0, line, 5 + sizeof(secret) + 2);
		explicit_bzero(line, 64);
		end(t);
		assert_int_equal(count_in_heap(secret, sizeof(secret)), 0);
	}
	free(line);
}

static void
test_standard_output_is_given_back(void **state)
{
	struct talk *t = *state;
	FILE *before = stdout;

	begin(t, IPPROTO_TCP, 80);
	say(t, 0, request);
	end(t);
	assert_ptr_equal(stdout, before);
	assert_true(strncmp(classifier_version(), "4.2", 3) == 0);
	assert_int_equal(classifier_refused(t->c), 0);
}

/* ---- captures of others */

#define OPEN_MAX 256

/* One conversation of a capture. */
struct seen {
	struct classify_flow *flow;
	struct classify_label label;
	uint64_t key;
};

static void
run_frame(struct talk *t, const struct frame *f, bool one_flow,
    struct seen seen[OPEN_MAX], size_t *count)
{
	struct packet p;
	uint64_t key;
	size_t i;

	if (decode_frame(f->link_type, f->bytes, f->captured, f->wire, &p) !=
		DECODE_OK ||
	    p.kind != PACKET_IP || p.fragment)
		return;
	/* Near enough to tell apart the few conversations of a capture. */
	key = one_flow ? 1 :
			 (uint64_t)p.protocol << 40 |
		(((uint64_t)p.source_port + 1) * (p.destination_port + 1u));
	for (i = 0; i < *count && seen[i].key != key; i++)
		;
	if (i == OPEN_MAX)
		return;
	if (i == *count)
		(*count)++;
	seen[i].key = key;
	(void)classify_packet(t->c, &seen[i].flow, &seen[i].label, &p, true,
	    f->time);
}

/* Whether a conversation of the capture is called so; with one_flow all its
 * packets are offered as if they were of one conversation. */
static bool
run_capture(struct talk *t, const char *path, bool one_flow, const char *wanted)
{
	struct seen *seen = calloc(OPEN_MAX, sizeof(*seen));
	struct capture *capture = capture_new();
	enum capture_result result;
	struct frame f;
	char error[512];
	size_t count = 0;
	bool found = false;

	assert_non_null(seen);
	assert_int_equal(capture_open_file(capture, path, error, sizeof(error)),
	    0);
	while ((result = capture_next(capture, &f)) != CAPTURE_END)
		if (result == CAPTURE_FRAME)
			run_frame(t, &f, one_flow, seen, &count);
	for (size_t i = 0; i < count; i++) {
		classify_end(t->c, &seen[i].flow, &seen[i].label);
		if (strcmp(seen[i].label.name, wanted) == 0)
			found = true;
	}
	capture_free(capture);
	free(seen);
	return found;
}

static void
test_what_crashes_ndpi_does_not_crash_us(void **state)
{
	struct talk *t = *state;
	char path[128];
	FILE *in = fopen(CAPTURES "ndpi42-crashers/crasher-01.pcap", "rb");

	if (in == NULL) {
		print_message("skipped: no " CAPTURES "ndpi42-crashers\n");
		skip();
	}
	(void)fclose(in);
	for (int i = 1; i <= 11; i++)
		for (int one = 0; one < 2; one++) {
			snprintf(path, sizeof(path),
			    CAPTURES "ndpi42-crashers/crasher-%02d.pcap", i);
			(void)run_capture(t, path, one != 0, "");
			assert_int_equal(classifier_open(t->c), 0);
		}
}

static void
test_captures_yield_the_names_of_what_they_hold(void **state)
{
	static const struct {
		const char *file, *name;
	} rows[] = { { "ndpi-ssh", "SSH" }, { "ndpi-smtp", "SMTP" },
		{ "ndpi-imap", "IMAP" }, { "ndpi-pop3", "POP3" },
		{ "ndpi-ftp", "FTP_CONTROL" }, { "ndpi-tftp", "TFTP" },
		{ "ndpi-telnet", "Telnet" }, { "ndpi-vnc", "VNC" },
		{ "ndpi-snmp", "SNMP" }, { "ndpi-syslog", "Syslog" },
		{ "ndpi-nfsv2", "NFS" }, { "ndpi-mssql_tds", "MsSQL-TDS" },
		{ "ndpi-kerberos-login", "Kerberos" },
		{ "ndpi-wireguard", "WireGuard" },
		{ "ndpi-openvpn", "OpenVPN" }, { "ndpi-sip", "SIP" },
		{ "ndpi-rdp_over_tls", "RDP" } };
	struct talk *t = *state;
	char path[128];
	FILE *in = fopen(CAPTURES "dev/ndpi-ssh.pcap", "rb");

	if (in == NULL) {
		print_message("skipped: no " CAPTURES "dev\n");
		skip();
	}
	(void)fclose(in);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(path, sizeof(path), CAPTURES "dev/%s.pcap",
		    rows[i].file);
		if (!run_capture(t, path, false, rows[i].name))
			fail_msg("%s holds no %s", rows[i].file, rows[i].name);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_tls_is_known_by_its_hello_and_names_its_server),
		TEST(test_the_negotiated_tls_version_is_the_servers),
		TEST(test_a_hello_is_looked_for_after_the_label_is_final),
		TEST(
		    test_a_server_hello_counts_only_as_the_answer_to_a_clients),
		TEST(test_a_forged_hello_in_a_mail_is_none),
		TEST(
		    test_tls_that_began_unseen_is_told_by_the_servers_side_alone),
		TEST(test_a_client_hello_in_pieces_is_one),
		TEST(test_a_name_longer_than_kept_is_marked_as_cut),
		TEST(test_a_name_with_a_byte_no_name_has_is_dropped),
		TEST(test_a_cut_server_hello_tells_no_version),
		TEST(test_http_is_known_and_names_its_host_without_port),
		TEST(test_http_on_the_port_of_another_protocol_is_http),
		TEST(
		    test_payload_of_no_known_kind_never_gets_a_name_from_its_port),
		TEST(test_an_address_of_a_cloud_is_no_name),
		TEST(test_ssh_on_port_443_is_ssh),
		TEST(test_asking_for_the_address_of_a_service_is_dns),
		TEST(
		    test_a_tunnel_on_a_well_known_port_is_not_what_the_port_is_for),
		TEST(test_time_is_known),
		TEST(test_other_protocols_are_named_by_their_number),
		TEST(test_packets_without_payload_make_no_state),
		TEST(test_a_packet_of_another_conversation_is_refused),
		TEST(test_what_was_seen_already_is_not_fed_again),
		TEST(test_doubled_frames_do_not_spoil_ftp),
		TEST(test_after_the_decision_nothing_is_fed),
		TEST(test_a_segmentation_giant_is_taken),
		TEST(
		    test_payload_cut_by_the_snap_length_is_taken_as_far_as_it_goes),
		TEST(test_a_rebuilt_packet_holds_nothing_but_the_parsed_fields),
		TEST(test_a_password_does_not_stay_in_memory),
		TEST(test_standard_output_is_given_back),
		TEST(test_what_crashes_ndpi_does_not_crash_us),
		TEST(test_captures_yield_the_names_of_what_they_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
