/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See resident.h. */
#include "resident.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int
resident_open(void)
{
	return open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
}

uint32_t
resident_kb(int fd)
{
	char text[128];
	unsigned long pages;
	uint64_t kb;
	ssize_t n = fd < 0 ? -1 : pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return 0;
	text[n] = '\0';
	if (sscanf(text, "%*u %lu", &pages) != 1)
		return 0;
	kb = (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
	return kb < UINT32_MAX ? (uint32_t)kb : UINT32_MAX;
}
