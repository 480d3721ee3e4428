/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See legacy.h. Looks at where a message would begin, which is the first byte
 * of a segment or datagram.
 */
#include "legacy.h"

#include "inspect_snmp.h"
#include "smb.h"

#define TCP 6
#define UDP 17

static bool
is_smb1(const struct packet *p, const struct tracked *t)
{
	/* Repeated bytes stand before new ones: a message begins elsewhere. */
	return t->way == 1 && t->fresh == p->payload_length &&
	    smb_is_version1(p->payload, p->payload_captured);
}

static bool
is_community(const struct packet *p)
{
	enum inspect_snmp_version version;

	return inspect_snmp_message(p->payload, p->payload_captured,
		   p->payload_length, &version) == DECODE_OK &&
	    version <= INSPECT_SNMP_V2C;
}

void
legacy_packet(struct flow *f, const struct packet *p, const struct tracked *t)
{
	struct conversation *c = &f->conversation;

	if (f->key.protocol == TCP && !(c->legacy & LEGACY_SMB1) &&
	    is_smb1(p, t))
		c->legacy |= LEGACY_SMB1;
	else if (f->key.protocol == UDP &&
	    !(c->legacy & LEGACY_SNMP_COMMUNITY) && is_community(p))
		c->legacy |= LEGACY_SNMP_COMMUNITY;
}
