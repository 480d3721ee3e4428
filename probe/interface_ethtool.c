/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ethtool ioctls: a driver's own counters, which name drops as each
 * vendor likes, and the offloads that glue received frames together. Names
 * and values come from the driver; a driver that has none of it is no fault.
 * linux/ethtool.h, Documentation/networking/statistics.rst.
 */
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "interface_internal.h"

#define NAMES_MAX 16384
#define WORD_BITS 32

/* Bits of interface_settings.offloads, in this order. */
static const char *const offload_names[] = { "rx-gro", "rx-lro", "rx-gro-hw",
	"rx-gro-list", "rx-udp-gro-forwarding" };
#define OFFLOADS (sizeof(offload_names) / sizeof(offload_names[0]))

_Static_assert(OFFLOADS <= 32, "one bit each");

static bool
ask(int control, const char *name, void *command)
{
	struct ifreq request = { .ifr_data = command };
	int fd, result, fault;

	errno = ENODEV;
	if (strlen(name) >= sizeof(request.ifr_name))
		return false;
	memcpy(request.ifr_name, name, strlen(name) + 1);
	fd = control >= 0 ? control :
			    socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	result = ioctl(fd, SIOCETHTOOL, &request);
	fault = errno;
	if (fd != control)
		(void)close(fd);
	errno = fault;
	return result >= 0; /* above 0: not all of it, see below */
}

/* The names of one set, count of them, each of ETH_GSTRING_LEN bytes. NULL
 * when there are none. The caller frees it. */
static struct ethtool_gstrings *
read_names(int control, const char *interface, uint32_t set, uint32_t *count)
{
	struct ethtool_sset_info *info = mem_calloc(1,
	    sizeof(*info) + sizeof(info->data[0]));
	struct ethtool_gstrings *names;
	uint32_t length = 0;

	info->cmd = ETHTOOL_GSSET_INFO;
	info->sset_mask = UINT64_C(1) << set;
	if (ask(control, interface, info) && info->sset_mask != 0)
		length = info->data[0];
	free(info);
	if (length == 0 || length > NAMES_MAX)
		return NULL;
	names = mem_calloc(1,
	    sizeof(*names) + (size_t)length * ETH_GSTRING_LEN);
	names->cmd = ETHTOOL_GSTRINGS;
	names->string_set = set;
	names->len = length;
	if (!ask(control, interface, names) || names->len > length) {
		free(names);
		return NULL;
	}
	*count = names->len;
	return names;
}

static void
copy_name(char out[ETH_GSTRING_LEN + 1], const struct ethtool_gstrings *names,
    uint32_t i)
{
	memcpy(out, names->data + (size_t)i * ETH_GSTRING_LEN, ETH_GSTRING_LEN);
	out[ETH_GSTRING_LEN] = '\0';
}

bool
interface_names_drops(const char *counter, bool *queue)
{
	/* "no_buffer_count" and the like tell of waiting, not of loss. */
	static const char *const losses[] = { "drop", "discard", "missed",
		"out_of_buffer", "nodesc", "no_dma", "no_mem", "overflow" };
	/* Sent, filtered on purpose, or a program's own decision. */
	static const char *const others[] = { "tx", "xdp", "filter", "fdir",
		"rule", "steer" };
	bool lost = false;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcasestr(counter, others[i]) != NULL)
			return false;
	for (size_t i = 0; i < sizeof(losses) / sizeof(losses[0]); i++)
		lost = lost || strcasestr(counter, losses[i]) != NULL;
	*queue = strpbrk(counter, "0123456789") != NULL;
	return lost && strcasestr(counter, "rx") != NULL;
}

uint64_t
interface_driver_drops(const char *name)
{
	uint64_t whole = 0, queues = 0;
	uint32_t count = 0;
	struct ethtool_gstrings *names = read_names(-1, name, ETH_SS_STATS,
	    &count);
	struct ethtool_stats *stats;

	if (names == NULL)
		return 0;
	stats = mem_calloc(1, sizeof(*stats) + count * sizeof(stats->data[0]));
	stats->cmd = ETHTOOL_GSTATS;
	stats->n_stats = count;
	if (!ask(-1, name, stats) || stats->n_stats > count)
		count = 0;
	for (uint32_t i = 0; i < count; i++) {
		char counter[ETH_GSTRING_LEN + 1];
		bool queue;

		copy_name(counter, names, i);
		if (!interface_names_drops(counter, &queue))
			continue;
		if (queue)
			queues += stats->data[i];
		else
			whole += stats->data[i];
	}
	free(stats);
	free(names);
	return whole > queues ? whole : queues;
}

/* Where each offload stands among the features of this kernel; count: it has
 * none of that name. Returns the number of features. */
static uint32_t
find_offloads(int control, const char *interface, uint32_t at[OFFLOADS])
{
	uint32_t count = 0;
	struct ethtool_gstrings *names = read_names(control, interface,
	    ETH_SS_FEATURES, &count);

	for (size_t k = 0; k < OFFLOADS; k++)
		at[k] = count;
	for (uint32_t i = 0; names != NULL && i < count; i++) {
		char feature[ETH_GSTRING_LEN + 1];

		copy_name(feature, names, i);
		for (size_t k = 0; k < OFFLOADS; k++)
			if (strcmp(feature, offload_names[k]) == 0)
				at[k] = i;
	}
	free(names);
	return count;
}

/* Which of the offloads are as on says, or (can) can be changed. */
static uint32_t
read_offloads(int control, const char *interface, const uint32_t at[OFFLOADS],
    uint32_t count, bool can)
{
	uint32_t words = (count + WORD_BITS - 1) / WORD_BITS, found = 0;
	struct ethtool_gfeatures *all = mem_calloc(1,
	    sizeof(*all) + words * sizeof(all->features[0]));

	all->cmd = ETHTOOL_GFEATURES;
	all->size = words;
	if (!ask(control, interface, all))
		words = 0;
	for (size_t k = 0; k < OFFLOADS; k++) {
		const struct ethtool_get_features_block *f;

		if (at[k] >= count || at[k] / WORD_BITS >= words)
			continue;
		f = &all->features[at[k] / WORD_BITS];
		if ((can ? f->available & ~f->never_changed : f->active) >>
			at[k] % WORD_BITS &
		    1)
			found |= 1u << k;
	}
	free(all);
	return found;
}

static bool
write_offloads(int control, const char *interface, const uint32_t at[OFFLOADS],
    uint32_t count, uint32_t which, bool on)
{
	uint32_t words = (count + WORD_BITS - 1) / WORD_BITS;
	struct ethtool_sfeatures *set = mem_calloc(1,
	    sizeof(*set) + words * sizeof(set->features[0]));
	int fault;
	bool ok;

	set->cmd = ETHTOOL_SFEATURES;
	set->size = words;
	for (size_t k = 0; k < OFFLOADS; k++) {
		uint32_t bit = 1u << at[k] % WORD_BITS;

		if (!(which >> k & 1) || at[k] >= count)
			continue;
		set->features[at[k] / WORD_BITS].valid |= bit;
		if (on)
			set->features[at[k] / WORD_BITS].requested |= bit;
	}
	ok = ask(control, interface, set);
	fault = errno;
	free(set);
	errno = fault;
	return ok;
}

uint32_t
interface_offloads_on(int control, const char *name)
{
	uint32_t at[OFFLOADS];
	const uint32_t count = find_offloads(control, name, at);

	if (count == 0)
		return 0;
	return read_offloads(control, name, at, count, true) &
	    read_offloads(control, name, at, count, false);
}

bool
interface_set_offloads(int control, const char *name, uint32_t wanted, bool on)
{
	uint32_t at[OFFLOADS], count, can, are;

	count = find_offloads(control, name, at);
	if (count == 0)
		return true;
	can = read_offloads(control, name, at, count, true) & wanted;
	are = read_offloads(control, name, at, count, false);
	can &= on ? ~are : are;
	if (can == 0)
		return true;
	/* The ioctl succeeds with a positive value when one stays as it was,
	 * so what came of it is read again. */
	if (!write_offloads(control, name, at, count, can, on))
		return false;
	are = read_offloads(control, name, at, count, false);
	errno = EOPNOTSUPP;
	return (can & (on ? ~are : are)) == 0;
}
