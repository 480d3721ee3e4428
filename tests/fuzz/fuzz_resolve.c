/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes what reads DNS for names of addresses, and what looks for ways of
 * old. The first byte says how the rest is taken: as pairs of question and
 * answer, each of a length byte and that many bytes, the answer made to fit
 * its question where a bit says so; as SNMP; or as SMB. Names that come out
 * must be plain, and an answer without its question names nothing.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "inspect_snmp.h"
#include "resolve.h"
#include "smb.h"

#define HEAD 12 /* of a DNS message */
#define FIT 1	/* the answer begins as the question does */
#define LATE 2	/* and comes too late */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_name(const char *name)
{
	if (name == NULL || strcmp(name, ".") == 0)
		return;
	assert(strlen(name) <= RESOLVE_NAME_MAX && name[0] != '\0');
	for (const char *s = name; *s != '\0'; s++)
		assert((*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9') ||
		    *s == '-' || *s == '_' || *s == '.');
}

/* Takes up to n bytes after their length into memory of their own. */
static uint8_t *
take(const uint8_t **data, size_t *size, size_t *n)
{
	uint8_t *out;

	*n = *size > 0 ? **data : 0;
	if (*size > 0) {
		(*data)++;
		(*size)--;
	}
	if (*n > *size)
		*n = *size;
	out = malloc(*n ? *n : 1);
	assert(out != NULL);
	memcpy(out, *data, *n);
	*data += *n;
	*size -= *n;
	return out;
}

static void
run_pair(struct resolver *r, uint8_t how, const uint8_t client[4],
    const uint8_t **data, size_t *size, int64_t *now_us)
{
	const uint8_t server[4] = { 10, 2, 0, 53 };
	struct packet ask = { .kind = PACKET_IP,
		.protocol = 17,
		.source = addr_from_v4(client),
		.destination = addr_from_v4(server),
		.source_port = 40001,
		.destination_port = 53 };
	struct packet reply = { .kind = PACKET_IP,
		.protocol = 17,
		.source = ask.destination,
		.destination = ask.source,
		.source_port = 53,
		.destination_port = 40001 };
	const uint8_t shown[4] = { 203, 0, 113, 7 };
	const struct addr target = addr_from_v4(shown);
	size_t asked, answered;
	uint8_t *question = take(data, size, &asked);
	uint8_t *answer = take(data, size, &answered);

	if ((how & FIT) && asked > HEAD && answered > asked) {
		memcpy(answer, question, 2);
		memcpy(answer + HEAD, question + HEAD, asked - HEAD);
		answer[2] |= 0x80;
	}
	ask.payload = question;
	ask.payload_captured = ask.payload_length = (uint32_t)asked;
	reply.payload = answer;
	reply.payload_captured = reply.payload_length = (uint32_t)answered;
	check_name(resolve_packet(r, &ask, (struct wall_us){ *now_us }));
	*now_us += how & LATE ? RESOLVE_ANSWER_US + 1 : 1;
	assert(resolve_packet(r, &reply, (struct wall_us){ *now_us }) == NULL);
	check_name(
	    resolve_name(r, &ask.source, &target, (struct wall_us){ *now_us }));
	assert(!(how & LATE) ||
	    resolve_name(r, &ask.source, &target,
		(struct wall_us){ *now_us }) == NULL);
	free(question);
	free(answer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t secret[16] = { 1, 2, 3 };
	static struct resolver *r; /* large: made once, a client an input */
	static uint32_t inputs;
	enum inspect_snmp_version version;
	uint8_t *exact, how, client[4];
	int64_t now_us = 1;

	if (size == 0)
		return 0;
	how = *data++;
	size--;
	if (how & 0xc0) {
		exact = malloc(size ? size : 1);
		assert(exact != NULL);
		memcpy(exact, data, size);
		if (how & 0x80)
			(void)smb_is_version1(exact, size);
		else
			(void)inspect_snmp_message(exact, size,
			    size + (how & 1), &version);
		free(exact);
		return 0;
	}
	if (r == NULL)
		r = resolve_new(secret);
	inputs++;
	memcpy(client, &inputs, sizeof(client));
	for (int i = 0; i < 4 && size > 0; i++)
		run_pair(r, how, client, &data, &size, &now_us);
	return 0;
}
