/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A second look at payload for protocols that nDPI 4.2 names "by DPI" from
 * the port and a bit or two: on port 53 any datagram with the answer bit is
 * DNS to it, on port 123 any with a low version is NTP. A tunnel on such a
 * port must not pass as what the port is for.
 */
#ifndef CONFIRM_H
#define CONFIRM_H

#include "packet.h"

#define CONFIRM_NAMES 1	     /* DNS, mDNS, LLMNR */
#define CONFIRM_TIME 2	     /* NTP */
#define CONFIRM_RDP 4	     /* RDP over UDP: its opening */
#define CONFIRM_BITTORRENT 8 /* its handshake, or a DHT message */
#define CONFIRM_CITRIX 16    /* the greeting of ICA, or of CGP around it */

/*
 * Which of these the payload of p (TCP or UDP) can be by its syntax; 0 for
 * none. One cut by the snap length within what must be read is none. O(n).
 */
unsigned confirm_payload(const struct packet *p);

#endif
