/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes what reads payload itself: FTP and TFTP announcements with their
 * correlation, requests to proxies, and TLS hellos. The first byte chooses;
 * then come pieces: way and length (two bytes), payload.
 */
#include <assert.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "correlate.h"
#include "inspect_ftp.h"
#include "inspect_proxy.h"
#include "inspect_tls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t secret[16] = { 1 };

static void
check_correlation(struct correlate_table *t,
    const struct correlate_expectation *e)
{
	struct correlate_match match;
	struct packet p;

	correlate_expect(t, 1, e, 7, (struct wall_us){ 0 });
	memset(&p, 0, sizeof(p));
	p.protocol = e->kind == CORRELATE_TFTP ? IPPROTO_UDP : IPPROTO_TCP;
	p.source = e->other;
	p.source_port = 20;
	p.destination = e->named;
	p.destination_port = e->named_port;
	assert(correlate_find(t, 1, &p, (struct wall_us){ 0 }, &match));
	assert(match.control == 7 && match.stranger == e->stranger);
	assert(!correlate_find(t, 1, &p, (struct wall_us){ 0 }, &match));
}

static void
run_ftp(const struct addr ends[2], struct inspect_ftp *f,
    struct correlate_table *t, int way, const uint8_t *bytes, size_t n)
{
	struct correlate_expectation found[INSPECT_FTP_FOUND_MAX];
	size_t count = inspect_ftp_payload(f, way, &ends[way], &ends[!way],
	    bytes, n, found);
	struct packet p;

	assert(count <= INSPECT_FTP_FOUND_MAX);
	for (size_t i = 0; i < count; i++) {
		assert(found[i].named_port >= 1024);
		assert(addr_equal(&found[i].other, &ends[!way]));
		check_correlation(t, &found[i]);
	}
	memset(&p, 0, sizeof(p));
	p.protocol = IPPROTO_UDP;
	p.source = ends[0];
	p.destination = ends[1];
	p.destination_port = INSPECT_TFTP_PORT;
	p.payload = bytes;
	p.payload_captured = p.payload_length = (uint32_t)n;
	if (inspect_tftp_request(&p, &found[0]))
		check_correlation(t, &found[0]);
}

static void
run_proxy(struct inspect_proxy *p, const uint8_t *bytes, size_t n)
{
	struct target found[INSPECT_PROXY_FOUND_MAX];
	struct inspect_proxy_result r = inspect_proxy_payload(p, bytes, n,
	    found);

	assert(r.count <= INSPECT_PROXY_FOUND_MAX);
	for (size_t i = 0; i < r.count; i++) {
		const struct target *t = &found[i];
		size_t length = strnlen(t->name, sizeof(t->name));

		assert(length < sizeof(t->name) && t->port != 0);
		assert((length == 0) == (t->address.family != 0));
		for (size_t k = 0; k < length; k++)
			assert(isalnum((unsigned char)t->name[k]) ||
			    strchr("-._", t->name[k]) != NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct correlate_table *table;
	const uint8_t v4[2][4] = { { 10, 3, 1, 5 }, { 10, 1, 0, 10 } };
	const uint8_t v6[2][16] = { { 0xfd, [15] = 1 }, { 0xfd, [15] = 2 } };
	struct inspect_ftp ftp = { 0 };
	struct inspect_proxy proxy = { 0 };
	struct inspect_tls_client client = { 0 };
	struct inspect_tls_hello hello;
	struct addr ends[2];
	struct cursor c;
	uint8_t choice;

	if (table == NULL)
		table = correlate_new(secret);
	cursor_init(&c, data, size);
	choice = cursor_u8(&c);
	for (int i = 0; i < 2; i++)
		ends[i] = choice & 4 ? addr_from_v6(v6[i]) :
				       addr_from_v4(v4[i]);
	while (cursor_left(&c) > 2) {
		uint16_t head = cursor_be16(&c);
		size_t n = head & 0x7fff;
		uint8_t *copy;

		if (n > cursor_left(&c))
			n = cursor_left(&c);
		copy = malloc(n ? n : 1);
		assert(copy != NULL);
		if (n > 0)
			memcpy(copy, cursor_take(&c, n), n);
		if ((choice & 3) == 0)
			run_ftp(ends, &ftp, table, head >> 15, copy, n);
		else if ((choice & 3) == 1)
			run_proxy(&proxy, copy, n);
		else
			(void)inspect_tls_server_hello(copy, n, &hello);
		inspect_tls_client_hello(&client, copy, n);
		free(copy);
	}
	inspect_ftp_wipe(&ftp);
	inspect_proxy_wipe(&proxy);
	return 0;
}
