/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The names of what an observation says: why a conversation ended and in
 * which state it was, in Suricata's spelling where Suricata has one. Nothing
 * is encoded here: offline the records are handed over by call.
 */
#include "observation.h"

#include <assert.h>

const char *
ending_name(enum ending e)
{
	static const char *const names[] = {
		[ENDING_NONE] = "none",
		[ENDING_TCP_END] = "tcp-end",
		[ENDING_TIMEOUT] = "timeout",
		[ENDING_EVICTED] = "evicted",
		[ENDING_REUSED] = "reused",
		[ENDING_SHUTDOWN] = "shutdown",
	};

	assert((unsigned)e < sizeof(names) / sizeof(names[0]));
	return names[e];
}

const char *
flow_state_name(enum flow_state s)
{
	static const char *const names[] = {
		[FLOW_NEW] = "new",
		[FLOW_ESTABLISHED] = "established",
		[FLOW_CLOSED] = "closed",
	};

	assert((unsigned)s < sizeof(names) / sizeof(names[0]));
	return names[s];
}
