/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a device answers by multicast DNS (RFC 6762, service discovery RFC
 * 6763) or LLMNR (RFC 4795): host names with their addresses, and the
 * services it announces. Only answers are read: a question names others.
 */
#ifndef MDNS_H
#define MDNS_H

#include "hostname.h"
#include "packet.h"

#define MDNS_PORT 5353
#define LLMNR_PORT 5355
#define MDNS_HOSTS_MAX 8
#define MDNS_SERVICES_MAX 8
#define MDNS_RECORDS_MAX 128 /* of one message; more are left out */

/* The types of service that say what a device is. */
enum mdns_service_kind {
	MDNS_SMB,     /* _smb._tcp */
	MDNS_AFP,     /* _afpovertcp._tcp */
	MDNS_ADISK,   /* _adisk._tcp: a disk for backups */
	MDNS_NFS,     /* _nfs._tcp */
	MDNS_WEBDAV,  /* _webdav._tcp, _webdavs._tcp */
	MDNS_FTP,     /* _ftp._tcp */
	MDNS_IPP,     /* _ipp._tcp, _ipps._tcp */
	MDNS_PRINTER, /* _printer._tcp, _pdl-datastream._tcp */
	MDNS_SCANNER, /* _scanner._tcp, _uscan._tcp */
	MDNS_SERVICE_KINDS,
};

/* An address record: that name stands for that address. */
struct mdns_host {
	char name[DEVICE_NAME_MAX]; /* without ".local" */
	struct addr address;
};

/* A service record: an instance of a type, at that host and port. */
struct mdns_service {
	enum mdns_service_kind kind;
	uint16_t port;		    /* 0: only its type was announced */
	char host[DEVICE_NAME_MAX]; /* without ".local"; "": not said */
};

struct mdns_message {
	struct mdns_host hosts[MDNS_HOSTS_MAX];
	uint8_t host_count;
	struct mdns_service services[MDNS_SERVICES_MAX];
	uint8_t service_count;
	bool full; /* it has more than are kept */
};

/*
 * Reads n bytes of a datagram's payload. OK where it was read to its end,
 * TRUNCATED where bytes are missing, MALFORMED where a name points nowhere or
 * a record's length is wrong, UNSUPPORTED where it is a question or an error.
 * *out holds what was read before. A record that says farewell (time to live
 * 0) is left out. O(n), no allocation.
 */
enum decode_status mdns_decode(const uint8_t *payload, size_t n,
    struct mdns_message *out);
/* "_smb._tcp" ... */
const char *mdns_service_name(enum mdns_service_kind kind);

#endif
