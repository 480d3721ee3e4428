/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the alert line of a notice has of its own: parties of which perhaps
 * only a MAC is known, what was declared and what was seen. Suricata's names
 * where it has them: "src_ip", "dest_ip" and "ether".
 */
#include "eve_internal.h"

#include "message.h"

#define NAME_MAX_BYTES 64 /* of a notice */

static void
add_end(struct jsonw *w, const struct alert *a, int i)
{
	static const char *const keys[2][2] = { { "src_ip", "src_port" },
		{ "dest_ip", "dest_port" } };
	char address[ADDR_TEXT_MAX];

	if (a->ends.address[i].family == 0)
		return;
	jsonw_string(w, keys[i][0], addr_format(&a->ends.address[i], address));
	if (a->ends.port[i] != 0 && ends_have_ports(&a->ends))
		jsonw_uint(w, keys[i][1], a->ends.port[i]);
}

void
eve_parties(struct jsonw *w, const struct alert *a)
{
	char number[4], mac[MAC_TEXT_MAX];

	add_end(w, a, 0);
	add_end(w, a, 1);
	if (a->ends.protocol != 0)
		jsonw_string(w, "proto",
		    eve_protocol(a->ends.protocol, number));
	if (!a->has_mac[0] && !a->has_mac[1])
		return;
	jsonw_object(w, "ether");
	if (a->has_mac[0])
		jsonw_string(w, "src_mac", mac_format(&a->mac[0], mac));
	if (a->has_mac[1])
		jsonw_string(w, "dest_mac", mac_format(&a->mac[1], mac));
	jsonw_object_end(w);
}

/* "DHCP_SERVER" as "dhcp-server". */
static void
add_name(struct jsonw *w, enum notice_word word)
{
	const char *s = notice_name(word);
	char name[NAME_MAX_BYTES];
	size_t i = 0;

	for (; s[i] != '\0' && i < sizeof(name) - 1; i++) {
		name[i] = s[i];
		if (s[i] == '_')
			name[i] = '-';
		else if (s[i] >= 'A' && s[i] <= 'Z')
			name[i] = (char)(s[i] - 'A' + 'a');
	}
	name[i] = '\0';
	jsonw_string(w, "notice", name);
}

static void
add_asset(struct jsonw *w, const struct eve *e, const struct alert *a, int i)
{
	const struct mac *mac = a->has_mac[i] ? &a->mac[i] : NULL;
	struct asset asset = asset_of_alert(e->model, a, i);

	if (asset.mac == NULL)
		asset.mac = mac;
	eve_asset(w, i == 0 ? "src_asset" : "dest_asset", &asset);
}

void
eve_notice(struct jsonw *w, const struct eve *e, const struct alert *a)
{
	add_name(w, a->word);
	/* Information is a record: nothing is broken. */
	if (a->finding.severity > SEVERITY_INFORMATION)
		jsonw_string(w, "verdict", verdict_name(a->verdict));
	jsonw_string(w, "boundary", a->boundary ? a->boundary->id : NULL);
	eve_alert_taps(w, a);
	eve_zone(w, "src_zone", &a->from);
	eve_zone(w, "dest_zone", &a->to);
	eve_clause(w, e, &a->clause);
	jsonw_string(w, "expected", a->has_expected ? a->expected : NULL);
	jsonw_string(w, "seen", a->has_seen ? a->seen : NULL);
	jsonw_uint(w, "counted", a->counted);
	jsonw_uint(w, "of", a->of);
	eve_requirements(w, a);
	add_asset(w, e, a, 0);
	add_asset(w, e, a, 1);
}
