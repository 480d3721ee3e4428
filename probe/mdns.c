/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The message of DNS (dns.h): header, questions, then records, whose three
 * sections are read alike. LLMNR has the same. A service is named by the
 * last labels of the record's name but one: "Instance._smb._tcp.local".
 */
#include "mdns.h"

#include <string.h>

#include "dns.h"

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

/* What a wanted record says; false where it is not what its type says. */
static bool
read_data(struct reader *r, const struct dns_record *record)
{
	char target[HOSTNAME_DNS_MAX];
	struct cursor in_message = record->data;
	struct addr address;
	uint16_t port;

	if (record->type == DNS_TYPE_A || record->type == DNS_TYPE_AAAA) {
		if (dns_record_address(record, &address) != DECODE_OK)
			return false;
		add_host(r->out, record->name, &address);
		return true;
	}
	if (record->type == DNS_TYPE_PTR) {
		add_service(r->out, kind_of(record->name), 0, NULL);
		return true;
	}
	/* Names in it may point before it: they are read with the whole
	 * message behind them, and must end where the record does. */
	cursor_skip(&in_message, 4); /* priority, weight */
	port = cursor_be16(&in_message);
	in_message.end = r->c.end;
	if (!cursor_ok(&in_message) ||
	    hostname_read_dns(&in_message, r->message, r->length, target) !=
		DECODE_OK ||
	    in_message.pos > record->data.end)
		return false;
	add_service(r->out, kind_of(record->name), port, target);
	return true;
}

static bool
is_wanted(const struct dns_record *record)
{
	if ((record->class & CLASS_MASK) != DNS_CLASS_IN || record->ttl == 0 ||
	    record->name[0] == '\0')
		return false;
	switch (record->type) {
	case DNS_TYPE_A:
	case DNS_TYPE_AAAA:
		return true;
	case DNS_TYPE_SRV:
	case DNS_TYPE_PTR:
		return kind_of(record->name) != MDNS_SERVICE_KINDS;
	default:
		return false;
	}
}

static enum decode_status
read_record(struct reader *r)
{
	struct dns_record record;
	const enum decode_status status = dns_read_record(&r->c, r->message,
	    r->length, &record);

	if (status != DECODE_OK)
		return status;
	return !is_wanted(&record) || read_data(r, &record) ? DECODE_OK :
							      DECODE_MALFORMED;
}

static enum decode_status
skip_questions(struct reader *r, uint16_t count)
{
	struct dns_question question;
	enum decode_status s = DECODE_OK;

	while (s == DECODE_OK && count-- > 0)
		s = dns_read_question(&r->c, r->message, r->length, &question);
	return s;
}

enum decode_status
mdns_decode(const uint8_t *payload, size_t n, struct mdns_message *out)
{
	struct reader r = { .message = payload, .length = n, .out = out };
	enum decode_status status;
	struct dns_header header;
	uint32_t records;

	*out = (struct mdns_message){ 0 };
	cursor_init(&r.c, payload, n);
	if (dns_read_header(&r.c, &header) != DECODE_OK)
		return DECODE_TRUNCATED;
	if (!(header.flags & DNS_RESPONSE) || DNS_RCODE(header.flags) != 0)
		return DECODE_UNSUPPORTED;
	status = skip_questions(&r, header.questions);
	if (status != DECODE_OK)
		return status;
	records = (uint32_t)header.answers + header.authorities +
	    header.additionals;
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
