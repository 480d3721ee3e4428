/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The verdict that a control conversation (FTP, TFTP) hands down to the data
 * connections that it announced. Either may end before the other, so it is
 * held by all who need it: the control while it is open, each announcement
 * that waits, each data connection.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include "judge.h"

struct control {
	uint32_t holders;
	const struct conversation *conversation; /* NULL: it has ended */
	struct verdict verdict;			 /* as last judged */
	bool announces; /* it is by payload what may announce */
};

/* With one holder. conversation is borrowed until control_end. */
struct control *control_new(const struct conversation *conversation);
struct control *control_hold(struct control *c);
/* NULL is fine; the last holder frees it. */
void control_release(struct control *c);
/* Judges the control as it stands now; what has ended stays as it was. */
void control_refresh(struct control *c, const struct model *m);
/* The control conversation is final and about to go. */
void control_end(struct control *c, const struct model *m);

#endif
