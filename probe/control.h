/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The verdict that a control conversation (FTP, TFTP) hands down to the data
 * connections that it announced. Either may end before the other, so it is
 * held by all who need it: the control while it is open, each announcement
 * that waits, each data connection. What is known of one that has ended is
 * kept, so that it can be judged by another model.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include "judge.h"
#include "rebase.h"

struct control_last;

struct control {
	uint32_t holders;
	const struct conversation *conversation; /* NULL: it has ended */
	struct control_last *last; /* owned: as it was then, or NULL */
	struct verdict verdict;	   /* as last judged */
	bool announces;		   /* it is by payload what may announce */
	uint32_t generation;	   /* of the last control_reload */
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
/*
 * The model is another one: an ended control is judged by it. The verdict of
 * one that is open is empty until the next control_refresh. False: its boundary
 * is gone, and so is its verdict.
 */
bool control_reload(struct control *c, struct rebase *r);

#endif
