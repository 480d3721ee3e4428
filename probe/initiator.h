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
/* Mirrors and taps are late by so much at most, and then show an answer before
 * its question. */
#define INITIATOR_OVERTAKE_US (10 * CLOCK_SECOND / 1000)
/*
 * True when who is taken to have begun c, which has shown one way alone so
 * far, would be in doubt if a datagram came the other way at that time (wall,
 * us): by its ports the first one may be an answer that overtook its question.
 * A question sent from the port of a service to a port of clients looks the
 * same, so that nobody may be called certain then, neither the one nor the
 * other. Only of datagrams with a likely initiator.
 */
bool initiator_may_turn(const struct conversation *c, int64_t us);
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
