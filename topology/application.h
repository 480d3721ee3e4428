/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of applications: the vocabulary in which models, nDPI and Suricata
 * name what runs over a connection. One table; labels are matched by name and
 * by family ("SMB" is SMBv1 and SMBv23), never by port.
 */
#ifndef APPLICATION_H
#define APPLICATION_H

#include <stdbool.h>
#include <stddef.h>

enum application_trait {
	APPLICATION_FILE = 1 << 0, /* carries files: SMB, FTP, NFS, TFTP... */
	APPLICATION_MAIL = 1 << 1, /* SMTP, POP3, IMAP and over TLS */
	APPLICATION_WEB = 1 << 2,  /* HTTP, TLS and QUIC as browsers use them */
	APPLICATION_SCREEN = 1 << 3, /* RDP, VNC, Citrix */
	APPLICATION_DNS = 1 << 4,
	APPLICATION_FORBIDDEN = 1 << 5, /* SVC-1: file sharing, anonymisers,
					 * remote control from outside */
	APPLICATION_CLEAR = 1 << 6,   /* named so, its content is in clear: over
				     * TLS it would bear another name */
	APPLICATION_UPGRADE = 1 << 7, /* in clear unless it turns to TLS after
				       * its opening (STARTTLS), which shows */
	/* Runs the network, and carries nothing of anybody: CRY-1 I. */
	APPLICATION_CONTROL = 1 << 8,
	APPLICATION_DATABASE = 1 << 9,
};

struct application {
	const char *name;   /* nDPI 4.2's spelling: "SMBv23" */
	const char *family; /* "SMB"; the name itself when it has none */
	const char *eve;    /* Suricata's app_proto: "smb"; NULL: "failed" */
	unsigned traits;
};

/* By name, family or Suricata's spelling, without regard to case; NULL when
 * the word names no application. A family yields its first member. */
const struct application *application_find(const char *word);
/*
 * True when a label is what a model's word asks for: the word is the label's
 * name, family or Suricata's spelling. label may be unknown to the table
 * (compared by name alone) or NULL (false).
 */
bool application_matches(const char *word, const char *label);
/* Traits of a label, 0 when unknown or NULL. */
unsigned application_traits(const char *label);
/* The word of the table nearest to word ("did you mean"), or NULL. */
const char *application_nearest(const char *word);

#endif
