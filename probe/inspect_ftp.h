/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads which data connections an FTP control connection (RFC 959, 2428) and
 * a TFTP request (RFC 1350) announce. Only the lines 227, 229, PORT and EPRT
 * are ever held, byte by byte as they turn out to be one of them: a user name
 * or a password is not stored, not even for the length of a line.
 */
#ifndef INSPECT_FTP_H
#define INSPECT_FTP_H

#include "correlate.h"

#define INSPECT_FTP_LINE_MAX 512 /* longer lines are skipped */
#define INSPECT_FTP_FOUND_MAX 16 /* announcements of one segment */
#define INSPECT_TFTP_PORT 69

/* One direction: the line that is being gathered. */
struct inspect_ftp_line {
	uint8_t bytes[INSPECT_FTP_LINE_MAX];
	uint16_t used;
	bool skip; /* until the line ends */
};

/* Zero-initialise; end with inspect_ftp_wipe. */
struct inspect_ftp {
	struct inspect_ftp_line way[2];
};

/*
 * Takes the next payload of a control connection. way is 0 or 1, always the
 * same for one sender. Writes what was announced to found and returns how
 * many (at most INSPECT_FTP_FOUND_MAX, the rest of the segment's is dropped).
 * An announcement of another address than the sender's counts twice: as it
 * stands (stranger) and with the sender's own address, which is what a client
 * uses behind translation. Ports below 1024 are no data ports (RFC 2577) and
 * are left out. O(n).
 */
size_t inspect_ftp_payload(struct inspect_ftp *f, int way,
    const struct addr *sender, const struct addr *receiver,
    const uint8_t *payload, size_t n,
    struct correlate_expectation found[INSPECT_FTP_FOUND_MAX]);
/* Bytes of that direction are missing: nothing is believed until a line ends.
 */
void inspect_ftp_gap(struct inspect_ftp *f, int way);
/* Overwrites everything that is held. */
void inspect_ftp_wipe(struct inspect_ftp *f);

/*
 * True, and *out written, when p is a read or write request to a TFTP server:
 * the transfer runs between the client's address and port and the server's
 * address, at a port of its choice.
 */
bool inspect_tftp_request(const struct packet *p,
    struct correlate_expectation *out);

#endif
