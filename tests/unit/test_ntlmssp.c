/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The names of computers in SMB session setup: CHALLENGE and AUTHENTICATE in
 * SMB 2 and SMB 1, every truncation, lies; what belongs to a person is never
 * read; and shares that were opened.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "ntlmssp.h"
#include "smb.h"

struct message {
	uint8_t bytes[1024];
	size_t length;
};

static void
put(struct message *m, const void *bytes, size_t n)
{
	memcpy(m->bytes + m->length, bytes, n);
	m->length += n;
}

static void
put_le16(struct message *m, unsigned v)
{
	const uint8_t b[2] = { (uint8_t)v, (uint8_t)(v >> 8) };

	put(m, b, 2);
}

static void
put_le32(struct message *m, uint32_t v)
{
	put_le16(m, v & 0xffff);
	put_le16(m, v >> 16);
}

static void
put_utf16(struct message *m, const char *text)
{
	for (; *text; text++)
		put_le16(m, (uint8_t)*text);
}

static void
put_field(struct message *m, unsigned length, uint32_t offset)
{
	put_le16(m, length);
	put_le16(m, length);
	put_le32(m, offset);
}

static void
put_pair(struct message *m, unsigned id, const char *text)
{
	put_le16(m, id);
	put_le16(m, (unsigned)(2 * strlen(text)));
	put_utf16(m, text);
}

static void
make_challenge(struct message *m)
{
	const size_t begin = m->length;

	put(m, "NTLMSSP", 8);
	put_le32(m, 2);
	put_field(m, 10, 56);
	put_le32(m, 0xe2898215);
	put(m, "\1\2\3\4\5\6\7\10\0\0\0\0\0\0\0\0", 16);
	put_field(m, 90, 66);
	put(m, "\12\0\303\120\0\0\0\17", 8);
	put_utf16(m, "KIKAN");
	assert_int_equal(m->length - begin, 66);
	put_pair(m, 2, "KIKAN");
	put_pair(m, 1, "FILES01");
	put_pair(m, 4, "kikan.example");
	put_pair(m, 3, "files01.lg");
	put_le32(m, 0);
	assert_int_equal(m->length - begin, 66 + 90);
}

static void
make_authenticate(struct message *m)
{
	put(m, "NTLMSSP", 8);
	put_le32(m, 3);
	put_field(m, 0, 72);
	put_field(m, 0, 72);
	put_field(m, 10, 72);
	put_field(m, 12, 82);
	put_field(m, 18, 94);
	put_field(m, 0, 112);
	put_le32(m, 0xe2888215);
	put(m, "\12\0\303\120\0\0\0\17", 8);
	put_utf16(m, "KIKAN");
	put_utf16(m, "yamada");
	put_utf16(m, "ZEIMUPC12");
}

/* A message of SMB 2 around the blob that is made after it. */
static void
begin_smb2(struct message *m, unsigned command, bool response)
{
	m->length = 0;
	put(m, "\0\0\1\0", 4);
	put(m, "\376SMB", 4);
	put_le16(m, 64);
	put_le16(m, 1);
	put_le32(m, response && command == 1 ? 0xc0000016 : 0);
	put_le16(m, command);
	put_le16(m, 1);
	put_le32(m, response ? 1 : 0);
	for (int i = 0; i < 11; i++)
		put_le32(m, 0);
}

static void
make_setup(struct message *m, bool response)
{
	struct message blob = { .length = 0 };

	if (response)
		make_challenge(&blob);
	else
		make_authenticate(&blob);
	begin_smb2(m, 1, response);
	put_le16(m, response ? 9 : 25);
	put_le16(m, 0);
	if (!response) {
		put_le32(m, 0);
		put_le32(m, 0);
	}
	put_le16(m, response ? 72 + 4 : 88 + 4);
	put_le16(m, (unsigned)blob.length);
	if (!response) {
		put_le32(m, 0);
		put_le32(m, 0);
	}
	put(m, "\241\201\12\3", 4); /* as SPNEGO wraps it, in part */
	put(m, blob.bytes, blob.length);
}

static enum decode_status
read(const struct message *m, size_t n, struct smb_message *smb,
    struct ntlmssp_message *out)
{
	uint8_t *exact = malloc(n ? n : 1);
	enum decode_status s;

	assert_non_null(exact);
	memcpy(exact, m->bytes, n);
	memset(out, 0, sizeof(*out));
	s = smb_decode(exact, n, smb);
	if (s == DECODE_OK && smb->blob)
		s = ntlmssp_decode(smb->blob, smb->blob_length, out);
	free(exact);
	return s;
}

static void
test_a_server_names_itself_in_its_challenge(void **state)
{
	struct message m;
	struct smb_message smb;
	struct ntlmssp_message out;

	(void)state;
	make_setup(&m, true);
	assert_int_equal(read(&m, m.length, &smb, &out), DECODE_OK);
	assert_int_equal(smb.kind, SMB_SESSION_SETUP);
	assert_true(smb.response);
	assert_int_equal(out.kind, NTLMSSP_CHALLENGE);
	assert_string_equal(out.computer, "FILES01");
	assert_string_equal(out.dns, "files01.lg");
}

static bool
contains(const void *where, size_t n, const char *what)
{
	return memmem(where, n, what, strlen(what)) != NULL;
}

static void
test_a_client_names_its_workstation_and_its_user_is_not_read(void **state)
{
	struct message m;
	struct smb_message smb;
	struct ntlmssp_message out;

	(void)state;
	make_setup(&m, false);
	assert_int_equal(read(&m, m.length, &smb, &out), DECODE_OK);
	assert_false(smb.response);
	assert_int_equal(out.kind, NTLMSSP_AUTHENTICATE);
	assert_string_equal(out.computer, "ZEIMUPC12");
	assert_string_equal(out.dns, "");
	assert_false(contains(&out, sizeof(out), "yamada"));
	assert_false(contains(&out, sizeof(out), "KIKAN"));
}

static void
test_every_truncation_yields_no_wrong_name(void **state)
{
	struct message m;
	struct smb_message smb;
	struct ntlmssp_message out;

	(void)state;
	for (int response = 0; response < 2; response++) {
		make_setup(&m, response);
		for (size_t n = 0; n < m.length; n++) {
			const enum decode_status s = read(&m, n, &smb, &out);

			assert_int_not_equal(s, DECODE_OK);
			assert_int_not_equal(s, DECODE_MALFORMED);
			assert_string_equal(out.computer, "");
		}
	}
}

static void
test_fields_that_point_elsewhere_are_not_followed(void **state)
{
	struct message m = { .length = 0 };
	struct ntlmssp_message out;

	(void)state;
	make_challenge(&m);
	m.bytes[44] = 0xff; /* the offset of the target info */
	m.bytes[47] = 0xff;
	assert_int_equal(ntlmssp_decode(m.bytes, m.length, &out),
	    DECODE_TRUNCATED);
	m.length = 0;
	make_challenge(&m);
	m.bytes[68] = 0xff; /* the length of its first pair */
	assert_int_equal(ntlmssp_decode(m.bytes, m.length, &out),
	    DECODE_MALFORMED);
	m.length = 0;
	make_challenge(&m);
	m.bytes[8] = 1; /* NEGOTIATE: no names are read of it */
	assert_int_equal(ntlmssp_decode(m.bytes, m.length, &out),
	    DECODE_UNSUPPORTED);
	assert_int_equal(ntlmssp_decode((const uint8_t *)"Kerberos", 8, &out),
	    DECODE_UNSUPPORTED);
}

static void
test_the_old_smb_is_read_too(void **state)
{
	struct message m = { .length = 0 };
	struct smb_message smb;
	struct ntlmssp_message out;

	(void)state;
	put(&m, "\0\0\1\0\377SMB\163\26\0\0\300\230", 14);
	for (int i = 0; i < 22; i++)
		put(&m, "", 1);
	put(&m, "\4\377\0\0\0\0\0\0\0", 9);
	make_challenge(&m);
	assert_int_equal(read(&m, m.length, &smb, &out), DECODE_OK);
	assert_true(smb.response);
	assert_string_equal(out.computer, "FILES01");
	for (size_t n = 0; n < 36; n++)
		assert_int_not_equal(read(&m, n, &smb, &out), DECODE_OK);
}

static void
test_an_opened_folder_is_told_from_a_refused_one_and_a_pipe(void **state)
{
	static const struct {
		uint8_t type, status;
		enum smb_kind kind;
	} cases[] = {
		{ 1, 0, SMB_DISK_SHARED },
		{ 2, 0, SMB_OTHER },
		{ 3, 0, SMB_PRINTER_SHARED },
		{ 1, 0x22, SMB_OTHER },
	};
	struct message m;
	struct smb_message smb;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin_smb2(&m, 3, true);
		put_le16(&m, 16);
		put_le16(&m, cases[i].type);
		put_le32(&m, 0);
		put_le32(&m, 0);
		put_le32(&m, 0);
		m.bytes[12] = cases[i].status;
		assert_int_equal(smb_decode(m.bytes, m.length, &smb),
		    DECODE_OK);
		assert_int_equal(smb.kind, cases[i].kind);
	}
	assert_int_equal(smb_decode(m.bytes, 68, &smb), DECODE_OK);
	m.bytes[12] = 0;
	assert_int_equal(smb_decode(m.bytes, 68, &smb), DECODE_TRUNCATED);
}

static void
test_a_file_that_moves_in_clear_is_told_from_what_opens_it(void **state)
{
	struct message m;

	(void)state;
	for (unsigned command = 0; command <= 18; command++) {
		begin_smb2(&m, command, true);
		m.bytes[12] = m.bytes[13] = m.bytes[14] = m.bytes[15] = 0;
		assert_int_equal(smb_is_clear_content(m.bytes, m.length),
		    command == 8 || command == 9);
	}
	begin_smb2(&m, 8, false);
	for (size_t n = 0; n < m.length; n++) {
		uint8_t *exact = malloc(n + 1);

		memcpy(exact, m.bytes, n);
		assert_int_equal(smb_is_clear_content(exact, n), n >= 18);
		free(exact);
	}
	m.bytes[12] = 0x34; /* refused: nothing moved */
	assert_false(smb_is_clear_content(m.bytes, m.length));
	m.bytes[12] = 0;
	m.bytes[4] = 0xfd; /* encrypted */
	assert_false(smb_is_clear_content(m.bytes, m.length));
	m.bytes[4] = 0xfe;
	m.bytes[8] = 63;
	assert_false(smb_is_clear_content(m.bytes, m.length));
	m.bytes[8] = 64;
	m.bytes[0] = 0x85;
	assert_false(smb_is_clear_content(m.bytes, m.length));
}

static void
test_what_is_no_smb_is_unsupported(void **state)
{
	struct smb_message smb;

	(void)state;
	assert_int_equal(smb_decode((const uint8_t *)"GET / HTTP/1.1", 14,
			     &smb),
	    DECODE_UNSUPPORTED);
	assert_int_equal(smb_decode((const uint8_t *)"\0\0\0\4abcd", 8, &smb),
	    DECODE_UNSUPPORTED);
	assert_int_equal(smb_decode((const uint8_t *)"\0\0\1\0\375SMBxyz", 11,
			     &smb),
	    DECODE_OK);
	assert_int_equal(smb.kind, SMB_ENCRYPTED);
	assert_int_equal(smb_decode(NULL, 0, &smb), DECODE_UNSUPPORTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_server_names_itself_in_its_challenge),
		cmocka_unit_test(
		    test_a_client_names_its_workstation_and_its_user_is_not_read),
		cmocka_unit_test(test_every_truncation_yields_no_wrong_name),
		cmocka_unit_test(
		    test_fields_that_point_elsewhere_are_not_followed),
		cmocka_unit_test(test_the_old_smb_is_read_too),
		cmocka_unit_test(
		    test_an_opened_folder_is_told_from_a_refused_one_and_a_pipe),
		cmocka_unit_test(
		    test_a_file_that_moves_in_clear_is_told_from_what_opens_it),
		cmocka_unit_test(test_what_is_no_smb_is_unsupported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
