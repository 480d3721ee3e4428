/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A device as it was seen on a segment: its MAC and addresses, the names it
 * gives itself, the services it answered on. Told when it is new, when
 * something of it changed, and at the end.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include "model.h"

#define DEVICE_ADDRESSES_MAX 8
#define DEVICE_NAMES_MAX 8
#define DEVICE_SERVICES_MAX 16
#define DEVICE_NAME_MAX 64	  /* bytes with NUL */
#define DEVICE_APPLICATION_MAX 32 /* likewise */

enum device_source {
	DEVICE_BY_DHCP,
	DEVICE_BY_NBNS,
	DEVICE_BY_MDNS,
	DEVICE_BY_LLMNR,
	DEVICE_BY_TLS,
	DEVICE_BY_SMB,
	DEVICE_SOURCE_COUNT,
};

enum device_stage { DEVICE_NEW, DEVICE_CHANGED, DEVICE_LAST };

struct device_name {
	enum device_source source;
	char text[DEVICE_NAME_MAX]; /* UTF-8 without control characters */
};

struct device_service {
	uint8_t protocol; /* IANA */
	uint16_t port;
	char application[DEVICE_APPLICATION_MAX]; /* "" when not known */
};

struct device {
	enum device_stage stage;
	struct wall_us now, first, last;
	const struct boundary *boundary;
	const struct tap *tap; /* that saw it first */
	const struct zone
	    *zone;    /* of its segment, or of its address; or NULL */
	bool has_mac; /* false: it is not on a watched segment */
	struct mac mac;
	struct addr addresses[DEVICE_ADDRESSES_MAX];
	uint8_t address_count;
	struct device_name names[DEVICE_NAMES_MAX];
	uint8_t name_count;
	struct device_service services[DEVICE_SERVICES_MAX];
	uint8_t service_count;
	bool full;		 /* it has more of one of these than are kept */
	const struct host *host; /* of ledger or "hosts", or NULL */
	/* Its zone has rows of ledger or "hosts": without a host it is not
	 * registered. False: that cannot be told. */
	bool ledger;
};

const char *device_source_name(enum device_source s); /* "dhcp" ... */
const char *device_stage_name(enum device_stage s);   /* "new" ... */

#endif
