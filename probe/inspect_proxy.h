/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a client asks a declared proxy for: the host and port of CONNECT and
 * of absolute request targets (RFC 9112 3.2.2, 3.2.3), which is the end point
 * that is judged. Paths, queries and user names of a URL are passed over and
 * never stored, except that the start of a request which ends within its host
 * is held until the next payload, and then overwritten.
 */
#ifndef INSPECT_PROXY_H
#define INSPECT_PROXY_H

#include "conversation.h"

#define INSPECT_PROXY_HELD_MAX 1024 /* method, scheme, user and host */
#define INSPECT_PROXY_FOUND_MAX 8   /* requests of one payload */

/* Zero-initialise but for self; end with inspect_proxy_wipe. */
struct inspect_proxy {
	struct addr self;     /* the proxy's own address */
	struct target tunnel; /* what CONNECT asked for last; port 0: nothing */
	uint8_t held[INSPECT_PROXY_HELD_MAX];
	uint16_t used;
};

struct inspect_proxy_result {
	size_t count; /* targets that were written */
	bool more;    /* a request has begun whose host is not whole yet */
	/* A request was seen and what it asks for cannot be told: bad syntax,
	 * too long, more than INSPECT_PROXY_FOUND_MAX, or origin form with
	 * the Host of somebody else, whom some proxies then ask. */
	bool unreadable;
};

/*
 * Takes the next payload from client to proxy and writes the targets asked
 * for in it. A request is recognised at the start of a payload and behind
 * another request without body, also after empty lines; what the proxy is asked
 * about itself (origin form, with its address or that of the tunnel as Host) is
 * none. Also inside a tunnel that CONNECT made: a refused CONNECT is
 * asked again on the same connection. The same target may come many times.
 * O(n).
 */
struct inspect_proxy_result inspect_proxy_payload(struct inspect_proxy *p,
    const uint8_t *payload, size_t n,
    struct target found[INSPECT_PROXY_FOUND_MAX]);
/* Bytes are missing: what was held is forgotten. */
void inspect_proxy_gap(struct inspect_proxy *p);
/* Overwrites everything that is held of payload. */
void inspect_proxy_wipe(struct inspect_proxy *p);

#endif
