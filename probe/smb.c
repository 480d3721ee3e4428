/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Four bytes of session message, then a header: 64 bytes in SMB 2 and 3
 * (MS-SMB2 2.2.1), 32 in SMB 1 (MS-CIFS 2.2.3.1), all in little endian. Of
 * SMB 1 only session setup is read: its text is found by its signature.
 */
#include "smb.h"

#include <string.h>

#include "base/cursor.h"

#define SESSION_MESSAGE 0
#define SMB2_HEADER 64
#define SMB2_SESSION_SETUP 1
#define SMB2_TREE_CONNECT 3
#define SMB2_READ 8
#define SMB2_WRITE 9
#define SMB2_RESPONSE 1u
#define SMB1_NEGOTIATE 0x72
#define SMB1_SESSION_SETUP 0x73
#define SMB1_NO_DIALECT 0xffff
#define SMB1_RESPONSE 0x80
#define SHARE_DISK 1
#define SHARE_PRINTER 3

static uint16_t
read_le16(struct cursor *c)
{
	uint16_t low = cursor_u8(c);

	return (uint16_t)(low | (uint16_t)cursor_u8(c) << 8);
}

/* The blob at offset from the SMB header, as far as it is here. */
static enum decode_status
take_blob(const uint8_t *header, size_t n, uint16_t offset, uint16_t length,
    struct smb_message *out)
{
	struct cursor c;

	if (offset < SMB2_HEADER)
		return DECODE_MALFORMED;
	cursor_init(&c, header, n);
	cursor_skip(&c, offset);
	if (cursor_left(&c) < length)
		length = (uint16_t)cursor_left(&c);
	out->kind = SMB_SESSION_SETUP;
	out->blob_length = length;
	out->blob = cursor_take(&c, length);
	return length > 0 ? DECODE_OK : DECODE_TRUNCATED;
}

/* MS-SMB2 2.2.5 and 2.2.6: the request has eight bytes more before them. */
static enum decode_status
read_setup(struct cursor *c, const uint8_t *header, size_t n,
    struct smb_message *out)
{
	uint16_t offset, length;

	cursor_skip(c, out->response ? 4 : 12);
	offset = read_le16(c);
	length = read_le16(c);
	if (!cursor_ok(c))
		return DECODE_TRUNCATED;
	if (length == 0)
		return DECODE_OK;
	return take_blob(header, n, offset, length, out);
}

/* MS-SMB2 2.2.10 */
static enum decode_status
read_tree(struct cursor *c, uint32_t status, struct smb_message *out)
{
	uint8_t type;

	cursor_skip(c, 2); /* size of the structure */
	type = cursor_u8(c);
	if (status != 0) /* refused: it has no share type */
		return DECODE_OK;
	if (!cursor_ok(c))
		return DECODE_TRUNCATED;
	if (type == SHARE_DISK)
		out->kind = SMB_DISK_SHARED;
	else if (type == SHARE_PRINTER)
		out->kind = SMB_PRINTER_SHARED;
	return DECODE_OK;
}

static enum decode_status
read_smb2(struct cursor *c, const uint8_t *header, size_t n,
    struct smb_message *out)
{
	uint32_t status, flags;
	uint16_t size, command;

	cursor_skip(c, 4); /* protocol */
	size = read_le16(c);
	cursor_skip(c, 2); /* credit charge */
	status = cursor_le32(c);
	command = read_le16(c);
	cursor_skip(c, 2); /* credits */
	flags = cursor_le32(c);
	cursor_skip(c, SMB2_HEADER - 20);
	if (!cursor_ok(c))
		return DECODE_TRUNCATED;
	if (size != SMB2_HEADER)
		return DECODE_MALFORMED;
	out->response = flags & SMB2_RESPONSE;
	if (command == SMB2_SESSION_SETUP)
		return read_setup(c, header, n, out);
	if (command == SMB2_TREE_CONNECT && out->response)
		return read_tree(c, status, out);
	return DECODE_OK;
}

static enum decode_status
read_smb1(struct cursor *c, struct smb_message *out)
{
	uint8_t command, flags;

	cursor_skip(c, 4);
	command = cursor_u8(c);
	cursor_skip(c, 4); /* status */
	flags = cursor_u8(c);
	cursor_skip(c, 22);
	if (!cursor_ok(c))
		return DECODE_TRUNCATED;
	out->response = flags & SMB1_RESPONSE;
	if (command != SMB1_SESSION_SETUP)
		return DECODE_OK;
	out->kind = SMB_SESSION_SETUP;
	out->blob_length = (uint32_t)cursor_left(c);
	out->blob = out->blob_length ? cursor_take(c, out->blob_length) : NULL;
	return DECODE_OK;
}

bool
smb_is_clear_content(const uint8_t *payload, size_t n)
{
	static const uint8_t smb2[4] = { 0xfe, 'S', 'M', 'B' };
	const uint8_t *protocol;
	uint16_t size, command;
	uint32_t status;
	struct cursor c;

	cursor_init(&c, payload, n);
	if (cursor_u8(&c) != SESSION_MESSAGE)
		return false;
	cursor_skip(&c, 3); /* length */
	protocol = cursor_take(&c, sizeof(smb2));
	size = read_le16(&c);
	cursor_skip(&c, 2); /* credit charge */
	status = cursor_le32(&c);
	command = read_le16(&c);
	return cursor_ok(&c) && memcmp(protocol, smb2, sizeof(smb2)) == 0 &&
	    size == SMB2_HEADER && status == 0 &&
	    (command == SMB2_READ || command == SMB2_WRITE);
}

bool
smb_is_version1(const uint8_t *payload, size_t n)
{
	static const uint8_t smb1[4] = { 0xff, 'S', 'M', 'B' };
	const uint8_t *protocol;
	uint8_t type, command, flags, words;
	uint16_t dialect;
	struct cursor c;

	cursor_init(&c, payload, n);
	type = cursor_u8(&c);
	cursor_skip(&c, 3); /* length */
	protocol = cursor_take(&c, sizeof(smb1));
	command = cursor_u8(&c);
	cursor_skip(&c, 4); /* status */
	flags = cursor_u8(&c);
	cursor_skip(&c, 22);
	if (!cursor_ok(&c) || type != SESSION_MESSAGE ||
	    memcmp(protocol, smb1, sizeof(smb1)) != 0 ||
	    !(flags & SMB1_RESPONSE))
		return false;
	if (command != SMB1_NEGOTIATE)
		return true;
	words = cursor_u8(&c);
	dialect = read_le16(&c);
	return cursor_ok(&c) && words > 0 && dialect != SMB1_NO_DIALECT;
}

enum decode_status
smb_decode(const uint8_t *payload, size_t n, struct smb_message *out)
{
	static const uint8_t smb1[4] = { 0xff, 'S', 'M', 'B' };
	static const uint8_t smb2[4] = { 0xfe, 'S', 'M', 'B' };
	static const uint8_t sealed[4] = { 0xfd, 'S', 'M', 'B' };
	const uint8_t *header;
	struct cursor c, look;
	uint8_t type;

	memset(out, 0, sizeof(*out));
	cursor_init(&c, payload, n);
	type = cursor_u8(&c);
	cursor_skip(&c,
	    3); /* length: a message may go on in the next segment */
	look = c;
	header = cursor_take(&look, 4);
	if (!header)
		return cursor_ok(&c) && type == SESSION_MESSAGE ?
		    DECODE_TRUNCATED :
		    DECODE_UNSUPPORTED;
	if (type != SESSION_MESSAGE)
		return DECODE_UNSUPPORTED;
	n = cursor_left(&c);
	if (memcmp(header, smb2, 4) == 0)
		return read_smb2(&c, header, n, out);
	if (memcmp(header, smb1, 4) == 0)
		return read_smb1(&c, out);
	if (memcmp(header, sealed, 4) != 0)
		return DECODE_UNSUPPORTED;
	out->kind = SMB_ENCRYPTED;
	return DECODE_OK;
}
