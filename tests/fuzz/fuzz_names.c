/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes what reads names of devices out of payload: NetBIOS, mDNS and LLMNR,
 * NTLMSSP, SMB. The first byte chooses; the rest is the payload. Whatever
 * comes out must be text that can be shown.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mdns.h"
#include "nbns.h"
#include "ntlmssp.h"
#include "smb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_name(const char *name)
{
	assert(strnlen(name, DEVICE_NAME_MAX) < DEVICE_NAME_MAX);
	assert(text_is_safe(name));
}

static void
run_nbns(const uint8_t *bytes, size_t n)
{
	struct nbns_message m;

	(void)nbns_decode(bytes, n, &m);
	assert(m.name_count <= NBNS_NAMES_MAX);
	for (uint8_t i = 0; i < m.name_count; i++) {
		assert(m.names[i].text[0] != '\0');
		check_name(m.names[i].text);
	}
}

static void
run_mdns(const uint8_t *bytes, size_t n)
{
	struct mdns_message m;

	(void)mdns_decode(bytes, n, &m);
	assert(m.host_count <= MDNS_HOSTS_MAX);
	assert(m.service_count <= MDNS_SERVICES_MAX);
	for (uint8_t i = 0; i < m.host_count; i++) {
		assert(m.hosts[i].name[0] != '\0');
		assert(m.hosts[i].address.family != 0);
		check_name(m.hosts[i].name);
	}
	for (uint8_t i = 0; i < m.service_count; i++) {
		assert(m.services[i].kind < MDNS_SERVICE_KINDS);
		assert(mdns_service_name(m.services[i].kind)[0] == '_');
		check_name(m.services[i].host);
	}
}

static void
run_ntlmssp(const uint8_t *bytes, size_t n)
{
	struct ntlmssp_message m;

	(void)ntlmssp_decode(bytes, n, &m);
	check_name(m.computer);
	check_name(m.dns);
}

static void
run_smb(const uint8_t *bytes, size_t n)
{
	struct smb_message m;

	(void)smb_decode(bytes, n, &m);
	if (m.blob) {
		assert(m.blob >= bytes && m.blob_length <= n &&
		    m.blob + m.blob_length <= bytes + n);
		run_ntlmssp(m.blob, m.blob_length);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[DEVICE_NAME_MAX];
	uint8_t *exact;

	if (size == 0)
		return 0;
	exact = malloc(size - 1 ? size - 1 : 1);
	assert(exact != NULL);
	memcpy(exact, data + 1, size - 1);
	switch (data[0] % 6) {
	case 0:
		run_nbns(exact, size - 1);
		break;
	case 1:
		run_mdns(exact, size - 1);
		break;
	case 2:
		run_ntlmssp(exact, size - 1);
		break;
	case 3:
		run_smb(exact, size - 1);
		break;
	case 4:
		(void)hostname_take((const char *)exact, size - 1, name);
		check_name(name);
		break;
	default:
		(void)hostname_take_utf16(exact, size - 1, name);
		check_name(name);
		break;
	}
	free(exact);
	return 0;
}
