/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shared by the tests of how notices are told: one notice to vary, in the
 * model of recording.h.
 */
#ifndef NOTICING_H
#define NOTICING_H

#include "recording.h"

/* An unknown device of the office answers DHCP of 税務-PC12. */
static inline struct notice
noticing(const struct recording *r)
{
	static const uint8_t rogue[] = { 2, 0, 0, 0, 0x30, 0x99 };
	static const uint8_t client[] = { 2, 0, 0, 0, 0x30, 5 };
	struct notice n = { .check = CHECK_LNK_3,
		.severity = SEVERITY_HIGH,
		.word = (enum notice_word)(NOTICE_NONE + 1),
		.now = { RECORDING_START },
		.first = { RECORDING_START - CLOCK_SECOND },
		.boundary = &r->m->boundaries[0],
		.tap = &r->m->boundaries[0].taps[0],
		.tags = { 300 },
		.tag_count = 1,
		.protocol = 17,
		.expected = "10.3.0.2",
		.seen = "DHCPOFFER 10.3.1.77",
		.counted = 3,
		.of = 4 };

	for (int i = 0; i < 2; i++) {
		n.party[i].has_mac = true;
		n.party[i].zone = model_zone(r->m, "office");
	}
	memcpy(n.party[0].mac.bytes, rogue, sizeof(rogue));
	memcpy(n.party[1].mac.bytes, client, sizeof(client));
	(void)addr_parse("10.3.7.9", &n.party[0].address);
	(void)addr_parse("10.3.1.5", &n.party[1].address);
	n.party[0].port = 67;
	n.party[1].port = 68;
	n.clause.kind = CLAUSE_MODEL;
	n.clause.id = n.party[0].zone->id;
	n.clause.place = n.party[0].zone->place;
	return n;
}

#endif
