/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The names of what an observation says: why a conversation ended and in
 * which state it was, in Suricata's spelling where Suricata has one, what was
 * noticed, and how a device was named. Nothing is encoded here: offline the
 * records are handed over by call.
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
		[ENDING_ENGINE] = "engine-restarted",
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

const char *
gap_kind_name(enum gap_kind k)
{
	static const char *const names[] = {
		[GAP_CAPTURE] = "capture",
		[GAP_ENGINE] = "engine",
		[GAP_RECORDER] = "recorder",
		[GAP_BACKLOG] = "backlog",
		[GAP_INTERFACE] = "interface",
		[GAP_STORE] = "store",
	};

	assert((unsigned)k < sizeof(names) / sizeof(names[0]));
	return names[k];
}

const char *
health_link_name(enum health_link l)
{
	static const char *const names[] = {
		[LINK_UP] = "up",
		[LINK_DOWN] = "down",
		[LINK_GONE] = "gone",
	};

	assert((unsigned)l < sizeof(names) / sizeof(names[0]));
	return names[l];
}

const char *
clock_state_name(enum clock_state c)
{
	static const char *const names[] = {
		[CLOCK_SYNCHRONISED] = "synchronised",
		[CLOCK_UNSYNCHRONISED] = "unsynchronised",
		[CLOCK_UNKNOWN] = "unknown",
	};

	assert((unsigned)c < sizeof(names) / sizeof(names[0]));
	return names[c];
}

const char *
sandbox_state_name(enum sandbox_state s)
{
	static const char *const names[] = {
		[SANDBOX_FULL] = "full",
		[SANDBOX_RELAXED] = "relaxed",
		[SANDBOX_NONE] = "none",
	};

	assert((unsigned)s < sizeof(names) / sizeof(names[0]));
	return names[s];
}

const char *
notice_name(enum notice_word word)
{
	static const char *const names[NOTICE_COUNT] = {
		[NOTICE_NONE] = "none",
#define NOTICE(name, ja, en, next_ja, next_en) [NOTICE_##name] = #name,
#include "notice_table.h"
#undef NOTICE
	};

	assert((unsigned)word < NOTICE_COUNT);
	return names[word];
}

const char *
device_source_name(enum device_source s)
{
	static const char *const names[] = {
		[DEVICE_BY_DHCP] = "dhcp",
		[DEVICE_BY_NBNS] = "nbns",
		[DEVICE_BY_MDNS] = "mdns",
		[DEVICE_BY_LLMNR] = "llmnr",
		[DEVICE_BY_TLS] = "tls",
		[DEVICE_BY_SMB] = "smb",
	};

	assert((unsigned)s < sizeof(names) / sizeof(names[0]));
	return names[s];
}

const char *
device_stage_name(enum device_stage s)
{
	static const char *const names[] = {
		[DEVICE_NEW] = "new",
		[DEVICE_CHANGED] = "changed",
		[DEVICE_LAST] = "last",
	};

	assert((unsigned)s < sizeof(names) / sizeof(names[0]));
	return names[s];
}
