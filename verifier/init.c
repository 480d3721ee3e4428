/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads what sekisho init is told: one text a zone, tap or probe, the same on
 * the command line and as an answer. Strict, since a network that was typed
 * wrongly would be found only by the alarms it causes.
 */
#include "init.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool
refuse(struct init_fault *fault, enum word word, const char *wrong, size_t n)
{
	fault->word = word;
	if (n > INIT_NAME_MAX)
		n = INIT_NAME_MAX;
	memcpy(fault->wrong, wrong, n);
	fault->wrong[n] = '\0';
	return false;
}

/* As the model's ids: no spaces, capitals, quotes, '/' nor '@'. */
static bool
is_id(const char *s, size_t n)
{
	if (n == 0 || n > INIT_ID_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!islower((unsigned char)s[i]) &&
		    !isdigit((unsigned char)s[i]) && s[i] != '-' && s[i] != '_')
			return false;
	return true;
}

static void
trim(const char **s, size_t *n)
{
	while (*n > 0 && ((*s)[0] == ' ' || (*s)[0] == '\t')) {
		(*s)++;
		(*n)--;
	}
	while (*n > 0 && ((*s)[*n - 1] == ' ' || (*s)[*n - 1] == '\t'))
		(*n)--;
}

/* Copies n bytes that are known to fit. */
static void
keep(char *to, const char *from, size_t n)
{
	memcpy(to, from, n);
	to[n] = '\0';
}

bool
init_take_name(struct init *in, const char *text, struct init_fault *fault)
{
	size_t n = strlen(text);

	trim(&text, &n);
	if (n == 0 || n > INIT_NAME_MAX || !text_is_safe(text))
		return refuse(fault, W_INIT_BAD_NAME, text, n);
	keep(in->name, text, n);
	return true;
}

/* Six digits: prefecture, body and a check digit (JIS X 0402), which must be
 * right. */
static bool
is_code(const char *s)
{
	int sum = 0;

	for (int i = 0; i < 6; i++)
		if (!isdigit((unsigned char)s[i]))
			return false;
	for (int i = 0; i < 5; i++)
		sum += (6 - i) * (s[i] - '0');
	return (11 - sum % 11) % 10 == s[5] - '0';
}

bool
init_take_code(struct init *in, const char *text, struct init_fault *fault)
{
	size_t n = strlen(text);

	trim(&text, &n);
	if (n != 0 && (n != 6 || !is_code(text)))
		return refuse(fault, W_INIT_BAD_CODE, text, n);
	keep(in->code, text, n);
	return true;
}

bool
init_take_guideline(struct init *in, const char *text, struct init_fault *fault)
{
	static const char *const models[] = { "alpha", "alpha-prime", "beta",
		"beta-prime" };
	size_t n = strlen(text);

	trim(&text, &n);
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
		if (n == strlen(models[i]) &&
		    strncmp(text, models[i], n) == 0) {
			keep(in->guideline, text, n);
			return true;
		}
	return refuse(fault, W_INIT_BAD_GUIDELINE, text, n);
}

bool
init_find_zone(const struct init *in, const char *id, size_t *at)
{
	for (size_t i = 0; i < in->zone_count; i++)
		if (strcmp(in->zones[i].id, id) == 0) {
			*at = i;
			return true;
		}
	return false;
}

static bool
take_prefix(struct init_zone *z, const char *s, size_t n,
    struct init_fault *fault)
{
	char text[PREFIX_TEXT_MAX];
	struct prefix p;

	trim(&s, &n);
	if (n == 0 || n >= sizeof(text))
		return refuse(fault, W_INIT_BAD_NETWORK, s, n);
	keep(text, s, n);
	switch (prefix_parse(text, &p)) {
	case PREFIX_OK:
		break;
	case PREFIX_HOST_BITS:
		return refuse(fault, W_INIT_HOST_BITS, s, n);
	case PREFIX_BAD:
		return refuse(fault, W_INIT_BAD_NETWORK, s, n);
	}
	if (z->network_count == INIT_NETWORKS_MAX)
		return refuse(fault, W_INIT_TOO_MANY_NETWORKS, s, n);
	z->networks[z->network_count++] = p;
	return true;
}

static bool
take_address(struct addr *out, const char *s, size_t n,
    struct init_fault *fault)
{
	char text[ADDR_TEXT_MAX];

	trim(&s, &n);
	if (n == 0 || n >= sizeof(text))
		return refuse(fault, W_INIT_BAD_ADDRESS, s, n);
	keep(text, s, n);
	if (!addr_parse(text, out))
		return refuse(fault, W_INIT_BAD_ADDRESS, s, n);
	return true;
}

static bool
holds(const struct init_zone *z, const struct addr *a)
{
	for (size_t i = 0; i < z->network_count; i++)
		if (prefix_contains(&z->networks[i], a))
			return true;
	return false;
}

bool
init_take_networks(struct init_zone *z, const char *text,
    struct init_fault *fault)
{
	const char *at = strchr(text, '@'), *end = text + strlen(text);
	const char *stop = at != NULL ? at : end, *comma;
	struct init_zone new = *z;

	new.network_count = 0;
	memset(&new.router, 0, sizeof(new.router));
	while (text < stop) {
		comma = memchr(text, ',', (size_t)(stop - text));
		if (comma == NULL)
			comma = stop;
		if (!take_prefix(&new, text, (size_t)(comma - text), fault))
			return false;
		text = comma < stop ? comma + 1 : stop;
	}
	if (at != NULL) {
		if (!take_address(&new.router, at + 1, (size_t)(end - at - 1),
			fault))
			return false;
		if (!holds(&new, &new.router))
			return refuse(fault, W_INIT_NOT_INSIDE, at + 1,
			    (size_t)(end - at - 1));
	}
	*z = new;
	return true;
}

static bool
has_tier(const struct init *in, enum tier tier)
{
	for (size_t i = 0; i < in->zone_count; i++)
		if (in->zones[i].tier == tier)
			return true;
	return false;
}

void
init_add_outside(struct init *in)
{
	struct init_zone *z = &in->zones[in->zone_count];
	size_t at;

	if (has_tier(in, TIER_OUTSIDE) || init_find_zone(in, "outside", &at) ||
	    in->zone_count == INIT_ZONES_MAX)
		return;
	memset(z, 0, sizeof(*z));
	keep(z->id, "outside", strlen("outside"));
	z->tier = TIER_OUTSIDE;
	in->zone_count++;
}

bool
init_take_zone(struct init *in, const char *text, struct init_fault *fault)
{
	const char *equals = strchr(text, '='), *colon;
	struct init_zone z = { 0 };
	char tier[INIT_ID_MAX + 1];
	size_t n, at;

	if (equals == NULL || !is_id(text, (size_t)(equals - text)))
		return refuse(fault, W_INIT_BAD_ZONE, text, strlen(text));
	keep(z.id, text, (size_t)(equals - text));
	if (init_find_zone(in, z.id, &at))
		return refuse(fault, W_INIT_ZONE_TWICE, z.id, strlen(z.id));
	colon = strchr(equals, ':');
	n = colon != NULL ? (size_t)(colon - equals - 1) : strlen(equals + 1);
	if (n > INIT_ID_MAX)
		return refuse(fault, W_INIT_BAD_TIER, equals + 1, n);
	keep(tier, equals + 1, n);
	z.is_cloud = strcmp(tier, "government-cloud") == 0;
	if (z.is_cloud ? !has_tier(in, TIER_MYNUMBER) :
			 !tier_parse(tier, &z.tier))
		return refuse(fault,
		    z.is_cloud ? W_INIT_CLOUD_ALONE : W_INIT_BAD_TIER,
		    equals + 1, n);
	if (z.is_cloud)
		z.tier = TIER_MYNUMBER;
	if (colon != NULL && !init_take_networks(&z, colon + 1, fault))
		return false;
	if (z.network_count == 0 && z.tier != TIER_OUTSIDE)
		return refuse(fault, W_INIT_NO_NETWORKS, z.id, strlen(z.id));
	if (in->zone_count == INIT_ZONES_MAX)
		return refuse(fault, W_INIT_TOO_MANY_ZONES, z.id, strlen(z.id));
	in->zones[in->zone_count++] = z;
	return true;
}

static bool
find_zone(const struct init *in, const char *s, size_t n, size_t *at,
    struct init_fault *fault)
{
	char id[INIT_ID_MAX + 1];

	trim(&s, &n);
	if (n > INIT_ID_MAX)
		return refuse(fault, W_INIT_NO_ZONE, s, n);
	keep(id, s, n);
	if (!init_find_zone(in, id, at))
		return refuse(fault, W_INIT_NO_ZONE, s, n);
	return true;
}

bool
init_take_probe(struct init *in, const char *text, struct init_fault *fault)
{
	const char *equals = strchr(text, '='), *colon;
	const size_t n = equals != NULL ? (size_t)(equals - text) :
					  strlen(text);
	struct addr address = { 0 };
	size_t zone = 0;

	if (!is_id(text, n))
		return refuse(fault, W_INIT_BAD_ID, text, n);
	if (equals != NULL) {
		colon = strchr(equals, ':');
		if (colon == NULL)
			return refuse(fault, W_INIT_BAD_PROBE, text,
			    strlen(text));
		if (!find_zone(in, equals + 1, (size_t)(colon - equals - 1),
			&zone, fault) ||
		    !take_address(&address, colon + 1, strlen(colon + 1),
			fault))
			return false;
		if (!holds(&in->zones[zone], &address))
			return refuse(fault, W_INIT_NOT_INSIDE, colon + 1,
			    strlen(colon + 1));
	}
	keep(in->probe, text, n);
	in->has_management = equals != NULL;
	in->management = zone;
	in->address = address;
	return true;
}

/* "110=core" */
static bool
take_vlan(const struct init *in, struct init_tap *t, const char *s, size_t n,
    struct init_fault *fault)
{
	const char *equals = memchr(s, '=', n);
	char *end;
	unsigned long id;

	if (equals == NULL || !isdigit((unsigned char)s[0]))
		return refuse(fault, W_INIT_BAD_VLAN, s, n);
	id = strtoul(s, &end, 10);
	if (end != equals || id < 1 || id > 4094)
		return refuse(fault, W_INIT_BAD_VLAN, s, n);
	for (size_t i = 0; i < t->vlan_count; i++)
		if (t->vlans[i].id == id)
			return refuse(fault, W_INIT_VLAN_TWICE, s, n);
	if (t->vlan_count == INIT_VLANS_MAX)
		return refuse(fault, W_INIT_BAD_VLAN, s, n);
	if (!find_zone(in, equals + 1, (size_t)(s + n - equals - 1),
		&t->vlans[t->vlan_count].zone, fault))
		return false;
	t->vlans[t->vlan_count++].id = (uint16_t)id;
	return true;
}

/* What stands behind the colon: a zone, or VLANs. */
static bool
take_watched(const struct init *in, struct init_tap *t, const char *s,
    struct init_fault *fault)
{
	if (strchr(s, '=') == NULL) {
		t->has_segment = true;
		return find_zone(in, s, strlen(s), &t->segment, fault);
	}
	while (*s != '\0') {
		size_t n = strcspn(s, ",");
		const char *part = s;
		size_t length = n;

		trim(&part, &length);
		if (!take_vlan(in, t, part, length, fault))
			return false;
		s += n + (s[n] == ',');
	}
	return true;
}

bool
init_take_tap(struct init *in, const char *text, struct init_fault *fault)
{
	const char *equals = strchr(text, '='), *colon;
	struct init_tap t = { 0 };
	size_t n;

	if (equals == NULL || !is_id(text, (size_t)(equals - text)))
		return refuse(fault, W_INIT_BAD_TAP, text, strlen(text));
	keep(t.id, text, (size_t)(equals - text));
	for (size_t i = 0; i < in->tap_count; i++)
		if (strcmp(in->taps[i].id, t.id) == 0)
			return refuse(fault, W_INIT_TAP_TWICE, t.id,
			    strlen(t.id));
	colon = strchr(equals, ':');
	n = colon != NULL ? (size_t)(colon - equals - 1) : strlen(equals + 1);
	if (n == 0 || n > 15 || memchr(equals + 1, '/', n) != NULL ||
	    memchr(equals + 1, ' ', n) != NULL)
		return refuse(fault, W_INIT_BAD_INTERFACE, equals + 1, n);
	keep(t.interface, equals + 1, n);
	if (!text_is_safe(t.interface))
		return refuse(fault, W_INIT_BAD_INTERFACE, equals + 1, n);
	if (colon != NULL && !take_watched(in, &t, colon + 1, fault))
		return false;
	if (in->tap_count == INIT_TAPS_MAX)
		return refuse(fault, W_INIT_TOO_MANY_TAPS, t.id, strlen(t.id));
	in->taps[in->tap_count++] = t;
	return true;
}

const char *
init_tier_title(enum tier tier, enum lang lang)
{
	static const struct {
		enum tier tier;
		const char *title[LANG_COUNT];
	} titles[] = {
		{ TIER_MYNUMBER, { "個人番号利用事務系", "My Number tier" } },
		{ TIER_LGWAN, { "LGWAN接続系", "LGWAN tier" } },
		{ TIER_INTERNET, { "インターネット接続系", "Internet tier" } },
		{ TIER_LGWAN_NETWORK, { "LGWAN", "LGWAN" } },
		{ TIER_SECURITY_CLOUD,
		    { "自治体情報セキュリティクラウド", "security cloud" } },
		{ TIER_PARTNER, { "接続先の公的機関", "partner" } },
		{ TIER_SAAS, { "クラウドサービス", "cloud services" } },
		{ TIER_RELAY,
		    { "無害化・中継セグメント", "sanitising and relays" } },
		{ TIER_DMZ, { "公開セグメント", "DMZ" } },
		{ TIER_SHARED_SERVICES,
		    { "庁内共通サービス", "shared services" } },
		{ TIER_SCHOOL_AFFAIRS, { "校務系", "school affairs" } },
		{ TIER_SCHOOL_LEARNING, { "学習系", "school learning" } },
		{ TIER_GUEST, { "庁舎公衆無線LAN", "guest wireless LAN" } },
		{ TIER_MANAGEMENT, { "運用管理", "management" } },
		{ TIER_REMOTE_ACCESS, { "リモートアクセス", "remote access" } },
		{ TIER_OUTSIDE, { "インターネット", "Internet" } },
	};

	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (titles[i].tier == tier)
			return titles[i].title[lang];
	return "";
}
