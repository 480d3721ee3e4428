/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The message of RFC 1035 section 4.1: header, questions, then records, whose
 * three sections are read alike. LLMNR has the same. A service is named by the
 * last labels of the record's name but one: "Instance._smb._tcp.local".
 */
#include "mdns.h"

#include <string.h>

#include "base/cursor.h"

#define FLAG_RESPONSE 0x8000
#define RCODE(flags) ((flags)&0xf)
#define TYPE_A 1
#define TYPE_PTR 12
#define TYPE_AAAA 28
#define TYPE_SRV 33
#define CLASS_IN 1
#define CLASS_MASK 0x7fff /* the high bit asks caches to forget, 10.2 */

static const struct {
	const char *type;
	enum mdns_service_kind kind;
} types[] = {
	{ "_smb._tcp", MDNS_SMB },
	{ "_afpovertcp._tcp", MDNS_AFP },
	{ "_adisk._tcp", MDNS_ADISK },
	{ "_nfs._tcp", MDNS_NFS },
	{ "_webdav._tcp", MDNS_WEBDAV },
	{ "_webdavs._tcp", MDNS_WEBDAV },
	{ "_ftp._tcp", MDNS_FTP },
	{ "_ipp._tcp", MDNS_IPP },
	{ "_ipps._tcp", MDNS_IPP },
	{ "_printer._tcp", MDNS_PRINTER },
	{ "_pdl-datastream._tcp", MDNS_PRINTER },
	{ "_scanner._tcp", MDNS_SCANNER },
	{ "_uscan._tcp", MDNS_SCANNER },
};

#define TYPES (sizeof(types) / sizeof(types[0]))
#define LOCAL ".local"

/* What is being read. */
struct reader {
	const uint8_t *message;
	size_t length;
	struct cursor c;
	struct mdns_message *out;
};

/* Without its end, where that is ".local". */
static size_t
without_local(const char *name)
{
	const size_t n = strlen(name), m = sizeof(LOCAL) - 1;

	return n >= m && strcmp(name + n - m, LOCAL) == 0 ? n - m : n;
}

static void
add_host(struct mdns_message *out, const char *name, const struct addr *address)
{
	struct mdns_host *h = &out->hosts[out->host_count];

	if (out->host_count == MDNS_HOSTS_MAX) {
		out->full = true;
		return;
	}
	if (!hostname_take(name, without_local(name), h->name))
		return;
	h->address = *address;
	out->host_count++;
}

/* The kind that a name ends in, or MDNS_SERVICE_KINDS. */
static enum mdns_service_kind
kind_of(const char *name)
{
	const size_t n = without_local(name);

	for (size_t i = 0; i < TYPES; i++) {
		const size_t m = strlen(types[i].type);

		if (n >= m && memcmp(name + n - m, types[i].type, m) == 0 &&
		    (n == m || name[n - m - 1] == '.'))
			return types[i].kind;
	}
	return MDNS_SERVICE_KINDS;
}

/* The same again adds what it says more: a port, a host. */
static void
add_service(struct mdns_message *out, enum mdns_service_kind kind,
    uint16_t port, const char *host)
{
	struct mdns_service *s = NULL;

	for (uint8_t i = 0; i < out->service_count && !s; i++)
		if (out->services[i].kind == kind &&
		    (out->services[i].port == port || port == 0 ||
			out->services[i].port == 0))
			s = &out->services[i];
	if (!s && out->service_count == MDNS_SERVICES_MAX) {
		out->full = true;
		return;
	}
	if (!s) {
		s = &out->services[out->service_count++];
		*s = (struct mdns_service){ .kind = kind };
	}
	if (port != 0)
		s->port = port;
	if (host)
		(void)hostname_take(host, without_local(host), s->host);
}

/* The data of a record with its fence; false where it is not what its type
 * says. */
static bool
read_data(struct reader *r, uint16_t type, const char *name,
    struct cursor *data)
{
	char target[HOSTNAME_DNS_MAX];
	const uint8_t *bytes;
	struct addr address;
	struct cursor in_message;
	uint16_t port;

	/* Names in it may point before it: they are read with the whole
	 * message behind them, and must end where the record does. */
	in_message = *data;
	if (type == TYPE_A || type == TYPE_AAAA) {
		bytes = cursor_take(data, type == TYPE_A ? 4 : 16);
		if (!bytes || cursor_left(data) > 0)
			return false;
		address = type == TYPE_A ? addr_from_v4(bytes) :
					   addr_from_v6(bytes);
		add_host(r->out, name, &address);
		return true;
	}
	if (type == TYPE_PTR) {
		add_service(r->out, kind_of(name), 0, NULL);
		return true;
	}
	cursor_skip(&in_message, 4); /* priority, weight */
	port = cursor_be16(&in_message);
	in_message.end = r->c.end;
	if (!cursor_ok(&in_message) ||
	    hostname_read_dns(&in_message, r->message, r->length, target) !=
		DECODE_OK ||
	    in_message.pos > data->end)
		return false;
	add_service(r->out, kind_of(name), port, target);
	return true;
}

static enum decode_status
read_record(struct reader *r)
{
	char name[HOSTNAME_DNS_MAX];
	enum decode_status status;
	struct cursor data;
	uint16_t type, class, length;
	uint32_t ttl;
	bool wanted;

	status = hostname_read_dns(&r->c, r->message, r->length, name);
	if (status != DECODE_OK)
		return status;
	type = cursor_be16(&r->c);
	class = cursor_be16(&r->c) & CLASS_MASK;
	ttl = cursor_be32(&r->c);
	length = cursor_be16(&r->c);
	cursor_sub(&r->c, length, &data);
	if (!cursor_ok(&r->c))
		return DECODE_TRUNCATED;
	wanted = class == CLASS_IN && ttl != 0 && name[0] != '\0' &&
	    (type == TYPE_A || type == TYPE_AAAA ||
		((type == TYPE_SRV || type == TYPE_PTR) &&
		    kind_of(name) != MDNS_SERVICE_KINDS));
	return !wanted || read_data(r, type, name, &data) ? DECODE_OK :
							    DECODE_MALFORMED;
}

static enum decode_status
skip_questions(struct reader *r, uint16_t count)
{
	char name[HOSTNAME_DNS_MAX];

	for (uint16_t i = 0; i < count; i++) {
		const enum decode_status s = hostname_read_dns(&r->c,
		    r->message, r->length, name);

		if (s != DECODE_OK)
			return s;
		cursor_skip(&r->c, 4); /* type and class */
	}
	return cursor_ok(&r->c) ? DECODE_OK : DECODE_TRUNCATED;
}

enum decode_status
mdns_decode(const uint8_t *payload, size_t n, struct mdns_message *out)
{
	struct reader r = { .message = payload, .length = n, .out = out };
	enum decode_status status;
	uint16_t flags, questions;
	uint32_t records = 0;

	*out = (struct mdns_message){ 0 };
	cursor_init(&r.c, payload, n);
	cursor_skip(&r.c, 2); /* id */
	flags = cursor_be16(&r.c);
	questions = cursor_be16(&r.c);
	for (int i = 0; i < 3; i++)
		records += cursor_be16(&r.c);
	if (!cursor_ok(&r.c))
		return DECODE_TRUNCATED;
	if (!(flags & FLAG_RESPONSE) || RCODE(flags) != 0)
		return DECODE_UNSUPPORTED;
	status = skip_questions(&r, questions);
	if (status != DECODE_OK)
		return status;
	if (records > MDNS_RECORDS_MAX) {
		out->full = true;
		records = MDNS_RECORDS_MAX;
	}
	while (status == DECODE_OK && records-- > 0)
		status = read_record(&r);
	return status;
}

const char *
mdns_service_name(enum mdns_service_kind kind)
{
	for (size_t i = 0; i < TYPES; i++)
		if (types[i].kind == kind)
			return types[i].type;
	return "";
}
