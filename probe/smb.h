/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two messages of SMB that say what a host is (MS-SMB2, MS-CIFS): session
 * setup, for the names in its security blob, and the answer to a tree connect,
 * which says that a folder or a printer is shared. Reads the first message of
 * a segment; what is encrypted or begins elsewhere is not read.
 */
#ifndef SMB_H
#define SMB_H

#include "packet.h"

enum smb_kind {
	SMB_OTHER,
	SMB_SESSION_SETUP, /* blob is its security blob */
	SMB_DISK_SHARED,   /* a folder was opened to the client */
	SMB_PRINTER_SHARED,
	SMB_ENCRYPTED, /* SMB 3: nothing of it can be seen */
};

struct smb_message {
	enum smb_kind kind;
	bool response;
	const uint8_t *blob; /* borrowed from payload; NULL: none */
	uint32_t blob_length;
};

/*
 * Reads n bytes of TCP payload at the beginning of a NetBIOS session message
 * (RFC 1002 section 4.3.1, MS-SMB2 2.1). TRUNCATED where bytes of the headers
 * are missing (a blob may be cut: blob_length is what is here), MALFORMED
 * where it says what cannot be, UNSUPPORTED where it is no SMB. O(1).
 */
enum decode_status smb_decode(const uint8_t *payload, size_t n,
    struct smb_message *out);
/*
 * Whether n bytes begin with a message in clear that reads or writes a file
 * (MS-SMB2 2.2.19 to 2.2.22): its content is not encrypted. O(1).
 */
bool smb_is_clear_content(const uint8_t *payload, size_t n);
/*
 * Whether n bytes from a server begin with a message by which it speaks SMB 1
 * (MS-CIFS 2.2.3.1): any answer but the one to a negotiation that takes none
 * of the dialects offered. False where too little is there to tell. O(1).
 */
bool smb_is_version1(const uint8_t *payload, size_t n);

#endif
