/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LNK-5: one device in two zones. Known again by its MAC where it lives with
 * an address of the zone, by what its DHCP client calls itself (client id,
 * UUID), or by host name and vendor class together. Not by the DUID of DHCP
 * for IPv6, which systems that were copied all have from their master.
 *
 * What is no identity is left out: MACs that software gives to many, UUIDs
 * that boards are sold with, names that systems come with, and anything that
 * more than a few MACs have called themselves.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "link_internal.h"

#define IDENTITY_MACS_MAX 4

struct resident {
	uint64_t zone; /* mark; 0: none yet */
	struct addr address;
	int64_t seen_us;
	bool routers_known; /* for that zone's segment */
};

enum identity_kind { IDENTITY_CLIENT = 1, IDENTITY_UUID, IDENTITY_NAME };

struct identity {
	struct mac macs[IDENTITY_MACS_MAX];
	uint64_t zones[IDENTITY_MACS_MAX];
	uint8_t count;
	bool shared; /* more have it: it tells nobody from others */
};

void
link_device_init(struct link_watch *l)
{
	link_memory_init(&l->residents, LINK_RESIDENTS_MAX, sizeof(struct mac),
	    sizeof(struct resident), LINK_RESIDENT_US, l->secret);
	link_memory_init(&l->identities, LINK_IDENTITIES_MAX, sizeof(uint64_t),
	    sizeof(struct identity), LINK_RESIDENT_US, l->secret);
}

/* Given to many devices by the software that makes them. */
static bool
is_shared_mac(const struct mac *m)
{
	static const struct {
		uint8_t bytes[6], length;
	} known[] = {
		{ { 0x02, 0x42, 0xac }, 3 },		       /* containers */
		{ { 0x02, 0x00, 0x4c, 0x4f, 0x4f, 0x50 }, 6 }, /* loopback */
		{ { 0x02, 0x50, 0x41, 0x00, 0x00, 0x01 }, 6 }, /* VPN */
		{ { 0x00, 0x05, 0x9a, 0x3c, 0x78, 0x00 }, 6 }, /* VPN */
		{ { 0x02, 0x00, 0x00, 0x00, 0x00, 0x00 }, 6 }, /* none */
		{ { 0x00, 0x15, 0x5d, 0x00, 0x00, 0x00 }, 6 }, /* none */
	};
	unsigned group;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (memcmp(m->bytes, known[i].bytes, known[i].length) == 0)
			return true;
	return link_virtual(m, &group) != LINK_VIRTUAL_NONE;
}

static void
tell(const struct link_look *k, enum notice_word word, const struct mac *m,
    const struct addr *a, const struct notice_party *there, const char *seen)
{
	struct link_claim c = { .check = CHECK_LNK_5,
		.severity = SEVERITY_HIGH,
		.word = word,
		.who = link_party(m, a, k->segment),
		.whom = *there,
		.clause = link_clause_zone(k->segment),
		.expected = there->zone->id,
		.seen = seen,
		.by_mac = true };
	const uint64_t mark = link_mark(k->l, there->zone);

	/* Both zones in either order are one finding; so the place is left
	 * out of it. */
	c.also = mark ^ link_mark(k->l, k->segment);
	struct link_look anywhere = *k;

	anywhere.mark = 0;
	(void)link_tell(&anywhere, &c);
}

void
link_reside(const struct link_look *k, const struct mac *m,
    const struct addr *a)
{
	const uint64_t mark = link_mark(k->l, k->segment);
	const struct zone *there;
	struct notice_party party;
	struct resident *r;
	bool fresh;

	if (mac_is_group(m) || is_shared_mac(m))
		return;
	r = link_memory_take(&k->l->residents, m->bytes, k->us, &fresh);
	if (!fresh && r->zone != mark) {
		there = link_zone(k->l, r->zone);
		/* Where no routers are declared for either it may be one. */
		if (there && !link_near(there, k->segment) &&
		    (k->routers_known || r->routers_known) &&
		    !link_may_be_in(k->l, m, k->segment, there)) {
			party = link_party(m, &r->address, there);
			tell(k, NOTICE_LINK_TWO_ZONES, m, a, &party, NULL);
		}
	}
	r->zone = mark;
	r->address = *a;
	r->seen_us = k->us;
	r->routers_known = k->routers_known;
}

bool
link_resides(const struct link_look *k, const struct mac *m, struct addr *out)
{
	const struct resident *r = link_memory_find(&k->l->residents, m->bytes,
	    k->us);

	if (!r || r->zone != link_mark(k->l, k->segment))
		return false;
	*out = r->address;
	return true;
}

/* ---- what a client calls itself */

/* Another MAC of the same identity lives in another zone; *at is which. */
static bool
is_elsewhere(const struct link_look *k, const struct identity *id,
    const struct mac *m, const struct zone **there, size_t *at)
{
	for (size_t i = 0; i < id->count; i++) {
		if (mac_equal(&id->macs[i], m))
			continue;
		*there = link_zone(k->l, id->zones[i]);
		*at = i;
		if (*there && !link_near(*there, k->segment) &&
		    !link_may_be_in(k->l, m, k->segment, *there) &&
		    !link_may_be_in(k->l, &id->macs[i], k->segment, *there))
			return true;
	}
	return false;
}

static void
note_mac(struct identity *id, const struct mac *m, uint64_t zone)
{
	size_t i = 0;

	while (i < id->count && !mac_equal(&id->macs[i], m))
		i++;
	if (i == IDENTITY_MACS_MAX) {
		id->shared = true;
		return;
	}
	id->macs[i] = *m;
	id->zones[i] = zone;
	if (i == id->count)
		id->count++;
}

static void
take_identity(const struct link_look *k, enum identity_kind kind,
    const void *bytes, size_t n, const struct mac *m, const char *seen)
{
	const uint64_t key = table_hash(k->l->secret, bytes, n) ^
	    (uint64_t)kind << 60;
	struct notice_party party;
	const struct zone *there;
	struct identity *id;
	size_t at;
	bool fresh;

	id = link_memory_take(&k->l->identities, &key, k->us, &fresh);
	if (!id->shared && is_elsewhere(k, id, m, &there, &at)) {
		party = link_party(&id->macs[at], NULL, there);
		tell(k,
		    kind == IDENTITY_NAME ? NOTICE_LINK_TWO_ZONES_NAME :
					    NOTICE_LINK_TWO_ZONES_CLIENT,
		    m, NULL, &party, seen);
	}
	note_mac(id, m, link_mark(k->l, k->segment));
}

static bool
is_one_byte(const uint8_t *bytes, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (bytes[i] != bytes[0])
			return false;
	return true;
}

/* Boards that nobody gave a number of their own. */
static bool
is_sold_with(const uint8_t uuid[DHCP_UUID_SIZE])
{
	static const uint8_t known[] = { 0x00, 0x02, 0x00, 0x03, 0x00, 0x04,
		0x00, 0x05, 0x00, 0x06, 0x00, 0x07, 0x00, 0x08, 0x00, 0x09 };
	static const uint8_t little[] = { 0x00, 0x02, 0x00, 0x03, 0x00, 0x04,
		0x05, 0x00, 0x00, 0x06, 0x00, 0x07, 0x00, 0x08, 0x00, 0x09 };
	static const uint8_t usual[] = { 0x03, 0x00, 0x02, 0x00, 0x04, 0x00,
		0x05, 0x00, 0x00, 0x06, 0x00, 0x07, 0x00, 0x08, 0x00, 0x09 };

	return is_one_byte(uuid, DHCP_UUID_SIZE) ||
	    memcmp(uuid, known, sizeof(known)) == 0 ||
	    memcmp(uuid, little, sizeof(little)) == 0 ||
	    memcmp(uuid, usual, sizeof(usual)) == 0;
}

/* Names that systems come with. */
static bool
is_usual_name(const char *name)
{
	static const char *const usual[] = { "localhost", "iphone", "ipad",
		"android", "raspberrypi", "ubuntu", "debian", "linux", "pc",
		"windows", "printer", "camera", "nas", "unknown", "none",
		"user-pc", "admin-pc", "default", "esp" };
	size_t n = strcspn(name, ".");

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (strlen(usual[i]) == n &&
		    strncasecmp(name, usual[i], n) == 0)
			return true;
	return n < 3 || strncasecmp(name, "android-", 8) == 0;
}

static void
take_name(const struct link_look *k, const struct dhcp_message *m)
{
	const char *name = m->host_name[0] ? m->host_name : m->full_name;
	char both[2 * DHCP_NAME_MAX], seen[2 * DHCP_NAME_MAX];
	const size_t n = strcspn(name, ".");
	int length;

	if (n == 0 || m->vendor_class[0] == '\0' || is_usual_name(name))
		return;
	(void)snprintf(seen, sizeof(seen), "%.*s, %s", (int)n, name,
	    m->vendor_class);
	length = snprintf(both, sizeof(both), "%.*s\n%s", (int)n, name,
	    m->vendor_class);
	if (length < 0 || (size_t)length >= sizeof(both))
		return;
	for (int i = 0; i < length; i++)
		both[i] = (char)tolower((unsigned char)both[i]);
	take_identity(k, IDENTITY_NAME, both, (size_t)length, &m->mac, seen);
}

/* A client id is a MAC as a rule, which is known as such; else RFC 4361: 255,
 * which interface(4), and who (a DUID). */
static void
take_client_id(const struct link_look *k, const struct dhcp_message *m)
{
	const uint8_t *bytes = m->id.bytes;
	size_t n = m->id.length;

	if (n == 7 && bytes[0] == 1 &&
	    memcmp(bytes + 1, m->mac.bytes, sizeof(m->mac.bytes)) == 0)
		return;
	if (n > 5 && bytes[0] == 255) {
		bytes += 5;
		n -= 5;
	}
	if (n < 6 || is_one_byte(bytes, n))
		return;
	take_identity(k, IDENTITY_CLIENT, bytes, n, &m->mac, NULL);
}

void
link_identify(const struct link_look *k, const struct dhcp_message *m)
{
	/* Only from the client itself, on its own segment. */
	if (m->reply || m->relay.family != 0 || m->hops > 0 || !m->has_mac ||
	    k->from_router || !mac_equal(&m->mac, &k->p->source_mac) ||
	    is_shared_mac(&m->mac))
		return;
	if (m->id.length > 0)
		take_client_id(k, m);
	if (m->has_uuid && !is_sold_with(m->uuid))
		take_identity(k, IDENTITY_UUID, m->uuid, sizeof(m->uuid),
		    &m->mac, NULL);
	take_name(k, m);
}
