/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pieces of a DNS message (RFC 1035 section 4.1), which mDNS and LLMNR
 * share: header, questions, records. What they mean is their readers' business.
 */
#ifndef DNS_H
#define DNS_H

#include "hostname.h"

#define DNS_PORT 53
#define DNS_RESPONSE 0x8000 /* of flags */
#define DNS_OPCODE(flags) (((flags) >> 11) & 0xf)
#define DNS_RCODE(flags) ((flags)&0xf)
#define DNS_TYPE_A 1
#define DNS_TYPE_CNAME 5
#define DNS_TYPE_PTR 12
#define DNS_TYPE_AAAA 28
#define DNS_TYPE_SRV 33
#define DNS_CLASS_IN 1

struct dns_header {
	uint16_t id, flags;
	uint16_t questions, answers, authorities, additionals; /* how many */
};

struct dns_question {
	char name[HOSTNAME_DNS_MAX]; /* as hostname_read_dns */
	uint16_t type, class;
};

struct dns_record {
	char name[HOSTNAME_DNS_MAX];
	uint16_t type, class;
	uint32_t ttl;	    /* seconds */
	struct cursor data; /* fenced */
};

/* Each reads one at c, which stands somewhere in message[0..length), and steps
 * over it. TRUNCATED where bytes are missing, MALFORMED as hostname_read_dns;
 * c has then failed. O(1) and O(HOSTNAME_DNS_MAX). */
enum decode_status dns_read_header(struct cursor *c, struct dns_header *out);
enum decode_status dns_read_question(struct cursor *c, const uint8_t *message,
    size_t length, struct dns_question *out);
enum decode_status dns_read_record(struct cursor *c, const uint8_t *message,
    size_t length, struct dns_record *out);
/* The address of a record whose type is A or AAAA; MALFORMED where its data
 * has another length. */
enum decode_status dns_record_address(const struct dns_record *r,
    struct addr *out);

#endif
