/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who began a conversation, from its first packet. Pure. Rules: architecture
 * section 5.2, "Initiator".
 */
#ifndef INITIATOR_H
#define INITIATOR_H

#include "conversation.h"
#include "packet.h"

/* True for a SYN or a SYN-ACK (RFC 9293 3.5): it tells who began. */
bool initiator_opens(const struct packet *p);
/* True when a datagram may as well be an answer as a question, by its ports;
 * strict: also where they do not tell. False for TCP and ICMP, which say it
 * themselves. */
bool initiator_may_answer(const struct packet *p, bool strict);
/*
 * Which of two ends began, given that end side (0 or 1) sent the first packet
 * seen of a conversation. watched: its tap had been watched for longer than
 * the protocol's time-out, so that the first seen is the first. *certainty
 * says how sure that is; of an uncertain one the end with the higher port is
 * taken, for presentation only.
 */
int initiator_of(const struct packet *p, int side, bool watched,
    enum initiator *certainty);

#endif
