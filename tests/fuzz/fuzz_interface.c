/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One answer of rtnetlink. Whatever it holds, each link that is taken has a
 * name with an end and an index, and the result is one of three.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "interface_internal.h"

#define SEQUENCE 1

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(int holds)
{
	if (!holds)
		abort();
}

static void
take_link(void *context, const struct interface_link *link)
{
	size_t *taken = context;

	require(memchr(link->name, '\0', sizeof(link->name)) != NULL);
	require(link->name[0] != '\0' && link->index != 0);
	(*taken)++;
}

static void
take_address(void *context, uint32_t index)
{
	size_t *taken = context;

	(void)index;
	(*taken)++;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t taken = 0;
	const struct interface_taker t = { .context = &taken,
		.take_link = take_link,
		.take_address = take_address };
	int result = interface_parse(data, size, SEQUENCE, &t);

	require(result >= -1 && result <= 1);
	/* Each takes a head of 16 bytes and a body of 8 at least. */
	require(taken <= size / 24);
	return 0;
}
