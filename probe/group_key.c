/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys are fixed-size values: ids of any length go in as a keyed digest.
 */
#include "group_key.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/table.h"

#define ID_BYTES 8
#define NAMED_MAX 768 /* text that a name is a digest of */

static uint64_t
digest_of(const char *s, const uint8_t secret[16])
{
	return s == NULL ? 0 : table_hash(secret, s, strlen(s));
}

/* One alert a conduit and day: neither hosts nor service tell apart. */
static bool
is_of_conduit(const struct alert *a)
{
	return a->finding.check == CHECK_SEG_8 && a->clause.id != NULL;
}

/*
 * That the government cloud is reached over its backup line is one record a
 * pair of zones and day: when a line fails over, everybody takes it.
 */
static bool
is_of_line(const struct alert *a)
{
	return a->finding.check == CHECK_SEG_10 &&
	    a->finding.severity == SEVERITY_INFORMATION;
}

static uint64_t
zones_digest(const struct alert *a, const uint8_t secret[16])
{
	const char *boundary = a->boundary ? a->boundary->id : NULL;
	const char *from = a->from.zone ? a->from.zone->id : NULL;
	const char *to = a->to.zone ? a->to.zone->id : NULL;
	const uint64_t about[3] = { digest_of(boundary, secret),
		digest_of(from, secret), digest_of(to, secret) };

	return table_hash(secret, about, sizeof(about));
}

static uint16_t
service_port(const struct alert *a)
{
	return ends_are_icmp(&a->ends) ? 0 : a->ends.port[1];
}

static uint8_t
service_icmp(const struct alert *a)
{
	return ends_are_icmp(&a->ends) ? a->ends.icmp_type : 0;
}

static uint64_t
coverage_digest(const struct alert *a, const uint8_t secret[16])
{
	const char *boundary = a->boundary ? a->boundary->id : NULL;
	const char *tap = a->tap ? a->tap->id : NULL;
	uint64_t about[3] = { digest_of(boundary, secret),
		digest_of(tap, secret), digest_of(a->detail, secret) };

	return table_hash(secret, about, sizeof(about));
}

static void
set_host(struct group_key *key, const struct alert *a, int i)
{
	const struct addr *address = &a->ends.address[i];

	key->family[i] = address->family;
	memcpy(key->host[i], address->bytes, sizeof(key->host[i]));
	if (address->family != 0 || !a->notice || !a->has_mac[i])
		return;
	key->family[i] = GROUP_KEY_MAC;
	memset(key->host[i], 0, sizeof(key->host[i]));
	memcpy(key->host[i], a->mac[i].bytes, sizeof(a->mac[i].bytes));
}

/* Of a notice without parties: where it was and what. */
static uint64_t
seen_digest(const struct alert *a, const uint8_t secret[16])
{
	const char *boundary = a->boundary ? a->boundary->id : NULL;
	const uint64_t about[2] = { digest_of(boundary, secret),
		digest_of(a->seen, secret) };

	return table_hash(secret, about, sizeof(about));
}

void
group_key_of(struct group_key *key, const struct alert *a,
    const uint8_t secret[16])
{
	_Static_assert(sizeof(*key) == 8 + 2 * 16 + 2 + 2 + 6 + 2 + 4,
	    "a hashed key has no padding");
	memset(key, 0, sizeof(*key));
	key->check = (uint8_t)a->finding.check;
	if (a->coverage) {
		key->clause = coverage_digest(a, secret);
		return;
	}
	if (is_of_line(a)) {
		key->clause = zones_digest(a, secret);
		return;
	}
	key->clause = digest_of(a->clause.id, secret);
	key->clause_kind = (uint8_t)a->clause.kind;
	key->clause_from = (uint8_t)a->clause.from;
	key->clause_to = (uint8_t)a->clause.to;
	if (is_of_conduit(a))
		return;
	for (int i = 0; i < 2; i++)
		set_host(key, a, i);
	key->protocol = a->ends.protocol;
	key->icmp_type = service_icmp(a);
	key->port = service_port(a);
	if (!a->notice)
		return;
	key->word = (uint16_t)a->word;
	if (key->family[0] == 0 && key->family[1] == 0)
		key->clause ^= seen_digest(a, secret);
}

/* What a notice has besides; returns how long it is. */
static size_t
name_notice(char named[NAMED_MAX], size_t at, const struct alert *a)
{
	char macs[2][MAC_TEXT_MAX];
	int n;

	for (int i = 0; i < 2; i++)
		(void)mac_format(&a->mac[i], macs[i]);
	n = snprintf(named + at, NAMED_MAX - at, " %s %s %s %s",
	    notice_name(a->word), macs[0], macs[1], a->seen);
	return n < 0 || at + (size_t)n >= NAMED_MAX ? NAMED_MAX - 1 :
						      at + (size_t)n;
}

void
group_name(char id[GROUP_ID_MAX], const struct alert *a, struct wall_us opened,
    bool folded)
{
	char named[NAMED_MAX], from[ADDR_TEXT_MAX], to[ADDR_TEXT_MAX];
	uint8_t digest[20];
	size_t length;

	(void)snprintf(named, sizeof(named),
	    "%s %lld %d %d %d %s %s %u %u %u %s %s %s %s",
	    folded ? "folded" : checks_id(a->finding.check),
	    (long long)opened.us, (int)a->clause.kind, (int)a->clause.from,
	    (int)a->clause.to, addr_format(&a->ends.address[0], from),
	    addr_format(&a->ends.address[1], to), a->ends.protocol,
	    service_port(a), service_icmp(a),
	    a->boundary ? a->boundary->id : "-",
	    a->coverage && a->tap ? a->tap->id : "-", a->detail,
	    a->clause.id ? a->clause.id : "-");
	length = strlen(named);
	if (a->notice)
		length = name_notice(named, length, a);
	digest_sha1(named, length, digest);
	for (int i = 0; i < ID_BYTES; i++)
		(void)snprintf(id + 2 * i, 3, "%02x", digest[i]);
}
