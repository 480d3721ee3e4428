/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Digests over libgcrypt. SHA-256 is FIPS 180-4, SHA-1 likewise and only
 * where a format is defined over it, Base64 is RFC 4648 section 4. Nothing
 * here keeps secrets, so no secure memory is asked for.
 */
#include "base/digest.h"

#include <gcrypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define SHA256_BYTES 32

struct digest {
	gcry_md_hd_t handle; /* owned */
};

static _Noreturn void
broken(const char *what)
{
	(void)fprintf(stderr,
	    "libgcrypt: %s; install libgcrypt20 %s or newer\n", what,
	    GCRYPT_VERSION);
	abort();
}

void
digest_init(void)
{
	if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P))
		return;
	if (gcry_check_version(GCRYPT_VERSION) == NULL)
		broken("the library is older than the one built with");
	(void)gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
	(void)gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
}

struct digest *
digest_new(void)
{
	struct digest *d = mem_calloc(1, sizeof(*d));

	digest_init();
	if (gcry_md_open(&d->handle, GCRY_MD_SHA256, 0) != 0)
		broken("it offers no SHA-256");
	return d;
}

void
digest_add(struct digest *d, const void *bytes, size_t n)
{
	if (n != 0)
		gcry_md_write(d->handle, bytes, n);
}

void
digest_hex(struct digest *d, char out[65])
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *raw = gcry_md_read(d->handle, GCRY_MD_SHA256);
	size_t i;

	for (i = 0; i < SHA256_BYTES; i++) {
		out[2 * i] = digits[raw[i] >> 4];
		out[2 * i + 1] = digits[raw[i] & 15];
	}
	out[2 * SHA256_BYTES] = '\0';
	gcry_md_close(d->handle);
	free(d);
}

void
digest_sha1(const void *bytes, size_t n, uint8_t out[20])
{
	digest_init();
	gcry_md_hash_buffer(GCRY_MD_SHA1, out, n ? bytes : "", n);
}

void
digest_base64(const uint8_t *bytes, size_t n, char *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t group;
	size_t i, left;

	for (i = 0; i < n; i += 3) {
		left = n - i;
		group = (uint32_t)bytes[i] << 16;
		if (left > 1)
			group |= (uint32_t)bytes[i + 1] << 8;
		if (left > 2)
			group |= bytes[i + 2];
		*out++ = digits[group >> 18];
		*out++ = digits[group >> 12 & 63];
		*out++ = left > 1 ? digits[group >> 6 & 63] : '=';
		*out++ = left > 2 ? digits[group & 63] : '=';
	}
	*out = '\0';
}
