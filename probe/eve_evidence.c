/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What lines say of evidence: an alert of its file, or why it has none; stats
 * and health of all files together.
 */
#include <stdio.h>

#include "eve_internal.h"

/* Fewer than the first packets had come, and more may: the file must not be
 * taken for the whole conversation. What a notice tells of a conversation says
 * not whether that goes on. */
static bool
is_so_far(const struct alert *a, const struct exhibited *x)
{
	const bool may_go_on = a->notice ? a->evidence_id == a->flow_id :
					   a->ongoing;

	return may_go_on && x->packets + x->missing < EVIDENCE_FIRST_MAX;
}

void
eve_evidence(struct jsonw *w, const struct eve *e, const struct alert *a)
{
	const struct exhibited *x = e->evidence;
	char file[sizeof(EXHIBIT_FOLDER) + EXHIBIT_NAME_MAX];

	jsonw_object(w, "evidence");
	if (x == NULL) {
		jsonw_null(w, "file");
		jsonw_string(w, "reason", "none");
	} else if (x->reason == EXHIBIT_KEPT) {
		(void)snprintf(file, sizeof(file), "%s/%s", EXHIBIT_FOLDER,
		    x->name);
		jsonw_string(w, "file", file);
		jsonw_string(w, "sha256", x->sha256);
		jsonw_uint(w, "packets", x->packets);
		jsonw_bool(w, "payload", x->payload);
		jsonw_bool(w, "cut", x->cut);
		jsonw_uint(w, "missing", x->missing);
		jsonw_bool(w, "so_far", is_so_far(a, x));
	} else {
		jsonw_null(w, "file");
		jsonw_string(w, "reason", exhibit_reason_name(x->reason));
	}
	jsonw_object_end(w);
}

void
eve_evidence_counts(struct jsonw *w, const struct exhibit_counters *c)
{
	if (c == NULL) {
		jsonw_null(w, "evidence");
		return;
	}
	jsonw_object(w, "evidence");
	jsonw_uint(w, "files", c->files);
	jsonw_uint(w, "bytes", c->bytes);
	jsonw_uint(w, "written", c->written);
	jsonw_uint(w, "written_bytes", c->written_bytes);
	jsonw_object(w, "without"); /* alert lines that name no file */
	for (int i = EXHIBIT_KEPT + 1; i < EXHIBIT_REASON_COUNT; i++)
		if (c->without[i] != 0)
			jsonw_uint(w,
			    exhibit_reason_name((enum exhibit_reason)i),
			    c->without[i]);
	jsonw_object_end(w);
	jsonw_uint(w, "expired", c->expired);
	jsonw_uint(w, "made_room", c->made_room);
	jsonw_uint(w, "mended", c->mended);
	jsonw_uint(w, "held", c->held);
	jsonw_uint(w, "held_bytes", c->held_bytes);
	jsonw_uint(w, "held_lost", c->held_lost);
	jsonw_object_end(w);
}
