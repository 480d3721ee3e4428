/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The mute: on a tap's interface nothing leaves, and nothing that came in gets
 * to this machine's own network stack. An nftables netdev table with two chains
 * for each interface. The one on egress counts and drops every frame, also
 * those of AF_PACKET and PACKET_QDISC_BYPASS. The one on ingress drops what
 * came after the packet sockets for all protocols (ETH_P_ALL, as the capture's)
 * have had it, so that no mirrored frame is answered, routed or handed to a
 * program, and rx_dropped does not count each frame of a protocol that nobody
 * here speaks (tagged STP, LLDP) as a loss; an interface above this one (VLAN,
 * bridge, bond) and a packet socket of one protocol get nothing either. The
 * table has an owner (NFT_TABLE_F_OWNER): the netlink socket of this process,
 * so that "nft flush ruleset" cannot remove it and the death of this process
 * does. Needs CAP_NET_ADMIN all the time and Linux 5.17. Two things pass it by,
 * as the kernel has it: AF_XDP, and frames of another interface that tc(8)
 * mirrors or redirects here (nf_skip_egress); interface_state.sent shows them.
 * What tc(8) does on ingress it does before. The only file with libnftnl is
 * mute.c. nftables wiki, "Netfilter hooks"; nft(8).
 */
#ifndef MUTE_H
#define MUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUTE_INTERFACES_MAX 64

/*
 * What a finding (COV-11) tells of a mute, a code in its detail after the
 * interface's name and MUTE_TOLD_MARK, which no such name has. The sentences
 * are message_coverage.c's.
 */
#define MUTE_TOLD_MARK ": "
#define MUTE_TOLD_STOPPED "stopped"	/* frames, kept from leaving */
#define MUTE_TOLD_LINK_UP "link-up"	/* the same, soon after link-up */
#define MUTE_TOLD_SENT "tx"		/* frames that left past it */
#define MUTE_TOLD_REMOVED "removed"	/* it was, and stands again */
#define MUTE_TOLD_NOT_MUTED "not-muted" /* it cannot be made */
#define MUTE_TOLD_UNPROVEN "unproven"	/* see mute_read */

struct mute;

/* Makes the table, without chains yet. NULL with a cause in error. */
struct mute *mute_new(char *error, size_t size);
void mute_free(struct mute *m); /* the table goes with it */
/*
 * Nothing leaves this interface from now on, and nothing that comes in goes
 * further than to packet sockets. Again after the interface was gone and came
 * back: its counter then goes on from where it stood. False with a cause in
 * error.
 */
bool mute_add(struct mute *m, const char *interface, char *error, size_t size);
/*
 * Reads every counter: frames kept from leaving, for ever growing; those that
 * ingress drops are mirrored ones and not counted. False when the chains cannot
 * be read or are not what was made: the mute is then not proven and that is a
 * finding.
 */
bool mute_read(struct mute *m);
/* As of the last mute_read; 0 for a name that is not muted. */
uint64_t mute_count(const struct mute *m, const char *interface);
/*
 * False: a chain of that interface is gone (the interface is, too, or somebody
 * removed it) and mute_add must be called again. Where the last mute_read could
 * not read the chains (it was false) this is as it was before.
 */
bool mute_holds(const struct mute *m, const char *interface);

#endif
