/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See identify.h. An announcement waits in correlate's table under a number;
 * what it announces hangs on the control at that number's place in a ring as
 * large as that table. A place may have been taken over by a newer one when
 * its data connection opens at last: then that is judged for itself.
 */
#include "identify.h"

#include <stdlib.h>
#include <string.h>

#include "application.h"
#include "base/mem.h"
#include "control.h"
#include "correlate.h"
#include "inspect_ftp.h"
#include "inspect_proxy.h"
#include "legacy.h"
#include "smb.h"
#include "unread.h"

#define TCP 6
#define UDP 17
#define FTP_PORT 21

/* What a control conversation needs. */
struct announcing {
	struct control *control; /* held */
	struct inspect_ftp ftp;
};

struct waiting {
	uint64_t number;
	struct control *control; /* held, or NULL */
	bool carried; /* said inside a tunnel, which anybody may fill */
};

struct identifier {
	const struct model *model;
	struct classifier *classifier;	  /* owned */
	struct correlate_table *expected; /* owned */
	struct waiting *waiting;	  /* owned ring, CORRELATE_MAX */
	struct unread *unread;		  /* owned */
	uint64_t next;			  /* number of the next announcement */
};

struct identifier *
identifier_new(const struct model *m, const uint8_t secret[16], char *error,
    size_t size)
{
	struct classifier *classifier = classifier_new(error, size);
	struct identifier *i;

	if (!classifier)
		return NULL;
	i = mem_calloc(1, sizeof(*i));
	i->model = m;
	i->classifier = classifier;
	i->expected = correlate_new(secret);
	i->waiting = mem_calloc(CORRELATE_MAX, sizeof(*i->waiting));
	i->unread = unread_new(secret);
	return i;
}

void
identifier_free(struct identifier *i)
{
	if (!i)
		return;
	for (size_t n = 0; n < CORRELATE_MAX; n++)
		control_release(i->waiting[n].control);
	free(i->waiting);
	unread_free(i->unread);
	correlate_free(i->expected);
	classifier_free(i->classifier);
	free(i);
}

uint64_t
identifier_refused(const struct identifier *i)
{
	return classifier_refused(i->classifier);
}

/* ---- what was announced */

static bool
is_correlated(const struct conversation *c)
{
	return c->confidence == CONFIDENCE_CORRELATED;
}

/* What is said in tunnels, which anybody may fill, is apart. */
static uint32_t
unread_place(const struct flow *f)
{
	return 2 * f->conversation.boundary->index + (f->key.carrier != 0);
}

/* Takes over what was announced of f, if it was. p names its ends. */
static bool
match_announcement(struct identifier *i, struct flow *f, const struct packet *p,
    struct wall_us now)
{
	struct conversation *c = &f->conversation;
	struct correlate_match match;
	const struct waiting *w;

	if (!correlate_look(i->expected, c->boundary->index, p, now, &match))
		return false;
	w = &i->waiting[match.control % CORRELATE_MAX];
	/* Anybody can say "227": only what FTP says counts. That it is FTP may
	 * be known a little later. */
	if (!w->control || w->number != match.control || !w->control->announces)
		return false;
	/* What it opened long before is not what it announces. */
	if (match.at.us - f->begun_us > TRACK_REORDER_US ||
	    w->carried != (f->key.carrier != 0))
		return false;
	/* Each tap may show it in a tunnel of its own. */
	if (f->key.carrier == 0)
		(void)correlate_find(i->expected, c->boundary->index, p, now,
		    &match);
	c->application = match.label;
	c->application_state = APPLICATION_KNOWN;
	c->confidence = CONFIDENCE_CORRELATED;
	c->unread_control = false;
	if (!match.stranger) {
		f->control = control_hold(w->control);
		c->control = &f->control->verdict;
	}
	return true;
}

bool
identify_begin(struct identifier *i, struct flow *f, const struct packet *p,
    struct wall_us now)
{
	struct conversation *c = &f->conversation;

	if (c->malformed) { /* opaque by fault: there is nothing to name */
		c->application_state = APPLICATION_UNKNOWN;
		c->classifier_failed = true;
		return false;
	}
	if (match_announcement(i, f, p, now))
		return true;
	c->unread_control = unread_is(i->unread, unread_place(f),
	    &c->address[0], &c->address[1], now);
	return false;
}

static struct announcing *
announcing_of(struct flow *f)
{
	if (!f->announcing) {
		f->announcing = mem_calloc(1, sizeof(*f->announcing));
		f->announcing->control = control_new(&f->conversation);
	}
	return f->announcing;
}

static void
announcing_free(struct announcing *a)
{
	if (!a)
		return;
	inspect_ftp_wipe(&a->ftp);
	control_release(a->control);
	free(a);
}

static void
expect(struct identifier *i, struct flow *f,
    const struct correlate_expectation *e, struct wall_us now)
{
	const uint64_t number = i->next++;
	struct waiting *w = &i->waiting[number % CORRELATE_MAX];

	control_release(w->control);
	w->number = number;
	w->carried = f->key.carrier != 0;
	w->control = control_hold(announcing_of(f)->control);
	correlate_expect(i->expected, f->conversation.boundary->index, e,
	    number, now);
}

/* FTP by its payload. */
static bool
is_ftp(const struct flow *f)
{
	return f->label.by_payload && strcmp(f->label.name, "FTP_CONTROL") == 0;
}

/* Or what may turn out to be: it is listened to, and not believed yet. */
static bool
may_be_ftp(const struct flow *f)
{
	return f->label.name[0] != '\0' ? is_ftp(f) :
					  f->conversation.port[1] == FTP_PORT;
}

/* Bytes of a control connection, in order. */
static void
read_ftp(struct identifier *i, struct flow *f, const struct packet *p,
    const struct tracked *t, struct wall_us now)
{
	struct correlate_expectation found[INSPECT_FTP_FOUND_MAX];
	struct inspect_ftp *ftp = &announcing_of(f)->ftp;
	const uint32_t again = p->payload_length - t->fresh;
	/* By end, not by direction: that may be corrected later. */
	const int way = t->way ^ f->initiator_side;
	size_t n;

	if (t->gap)
		inspect_ftp_gap(ftp, way);
	if (again < p->payload_captured && t->newest) {
		n = inspect_ftp_payload(ftp, way, &p->source, &p->destination,
		    p->payload + again, p->payload_captured - again, found);
		for (size_t k = 0; k < n; k++)
			expect(i, f, &found[k], now);
	}
	if (p->payload_cut)
		inspect_ftp_gap(ftp, way);
}

/* Announcements may be missing: it is a control, or stands where one would,
 * and not all of it can be read. */
static bool
is_unread_control(const struct flow *f)
{
	const struct conversation *c = &f->conversation;

	return f->key.protocol == TCP && may_be_ftp(f) &&
	    (c->payload[0] || c->payload[1]) &&
	    (!f->way[0].seen || !f->way[1].seen || c->cut || c->lost ||
		c->one_way || f->gapped);
}

/* What opened between hosts whose control cannot be read may belong to it. A
 * control that is out of order at first is read later: then it is known. */
static void
note_unread(struct identifier *i, struct flow *f, struct wall_us now)
{
	struct conversation *c = &f->conversation;
	const uint32_t place = unread_place(f);
	bool unread;

	if (f->key.protocol == TCP && may_be_ftp(f)) {
		unread_note(i->unread, place, &c->address[0], &c->address[1],
		    is_unread_control(f), now);
		return;
	}
	unread = !is_correlated(c) &&
	    unread_is(i->unread, place, &c->address[0], &c->address[1], now);
	f->dirty = f->dirty || unread != c->unread_control;
	c->unread_control = unread;
}

bool
identify_late(struct identifier *i, struct flow *f, struct wall_us now)
{
	const struct conversation *c = &f->conversation;
	const struct packet ends = { .source = c->address[0],
		.destination = c->address[1],
		.protocol = c->protocol,
		.source_port = c->port[0],
		.destination_port = c->port[1] };

	note_unread(i, f, now);
	if (c->malformed || c->application_state == APPLICATION_KNOWN ||
	    (c->protocol != TCP && c->protocol != UDP) ||
	    !match_announcement(i, f, &ends, now))
		return false;
	f->dirty = true;
	return true;
}

static void
read_announcements(struct identifier *i, struct flow *f, const struct packet *p,
    const struct tracked *t, struct wall_us now)
{
	struct correlate_expectation e;

	if (is_correlated(&f->conversation))
		return;
	if (f->key.protocol == TCP && t->fresh > 0 && may_be_ftp(f))
		read_ftp(i, f, p, t, now);
	else if (f->key.protocol == UDP && inspect_tftp_request(p, &e)) {
		expect(i, f, &e, now); /* the request itself is the payload */
		f->announcing->control->announces = true;
	}
	if (f->announcing && f->key.protocol == TCP)
		f->announcing->control->announces = is_ftp(f);
}

/* ---- what is asked for behind a proxy */

static bool
same_target(const struct target *a, const struct target *b)
{
	return a->port == b->port && addr_equal(&a->address, &b->address) &&
	    strcmp(a->name, b->name) == 0;
}

static void
add_target(struct flow *f, const struct target *found)
{
	struct conversation *c = &f->conversation;

	for (size_t i = 0; i < c->target_count; i++)
		if (same_target(&c->targets[i], found))
			return;
	f->dirty = true;
	if (c->target_count == CONVERSATION_TARGETS_MAX)
		c->targets_full = true;
	else
		c->targets[c->target_count++] = *found;
}

static void
hide_target(struct flow *f)
{
	f->dirty = f->dirty || !f->conversation.targets_full;
	f->conversation.targets_full = true;
}

/* Bytes that were sent again need not be those that were there before, and
 * the proxy may have taken either; late ones were passed over. A request that
 * begins in them counts too. */
static void
read_aside(struct flow *f, const struct packet *p, bool again)
{
	struct target found[INSPECT_PROXY_FOUND_MAX];
	struct inspect_proxy aside = { .self = f->proxy->self,
		.tunnel = f->proxy->tunnel };
	const struct inspect_proxy_result result = inspect_proxy_payload(&aside,
	    p->payload, p->payload_captured, found);
	const size_t before = f->conversation.target_count;

	for (size_t n = 0; n < result.count; n++)
		add_target(f, &found[n]);
	if (result.unreadable ||
	    (again && f->conversation.target_count > before))
		hide_target(f);
	inspect_proxy_wipe(&aside);
}

static void
begin_proxy(struct flow *f, const struct model *m)
{
	if (!f->proxy_checked &&
	    model_is_proxy(m, &f->conversation.address[1],
		f->conversation.port[1])) {
		f->proxy = mem_calloc(1, sizeof(*f->proxy));
		f->proxy->self = f->conversation.address[1];
	}
	f->proxy_checked = true;
}

/* The client's bytes, in order. What cannot be read counts as more than can
 * be kept: there is a target that will not be judged. */
static void
read_onward(struct flow *f, const struct packet *p, const struct tracked *t)
{
	struct target found[INSPECT_PROXY_FOUND_MAX];
	const uint32_t again = p->payload_length - t->fresh;
	struct inspect_proxy_result result;

	if (t->gap)
		inspect_proxy_gap(f->proxy);
	if (again >= p->payload_captured)
		return;
	result = inspect_proxy_payload(f->proxy, p->payload + again,
	    p->payload_captured - again, found);
	for (size_t n = 0; n < result.count; n++)
		add_target(f, &found[n]);
	if (result.unreadable)
		hide_target(f);
	if (p->payload_cut)
		inspect_proxy_gap(f->proxy);
}

static void
read_targets(struct identifier *i, struct flow *f, const struct packet *p,
    const struct tracked *t)
{
	const uint32_t again = p->payload_length - t->fresh;

	if (f->key.protocol != TCP || t->way != 0 || p->payload_length == 0)
		return;
	begin_proxy(f, i->model);
	if (!f->proxy)
		return;
	if (t->fresh > 0 && t->newest)
		read_onward(f, p, t);
	if (again > 0 || !t->newest)
		read_aside(f, p, again > 0);
}

static void
proxy_free(struct flow *f)
{
	if (!f->proxy)
		return;
	inspect_proxy_wipe(f->proxy);
	free(f->proxy);
	f->proxy = NULL;
}

/* ---- what the payload is */

static enum application_state
state_of(const struct flow *f)
{
	const struct conversation *c = &f->conversation;
	const struct classify_label *l = &f->label;
	const bool named_by_number = f->key.protocol != TCP &&
	    f->key.protocol != UDP;

	if (!named_by_number && !c->payload[0] && !c->payload[1])
		return APPLICATION_NO_PAYLOAD;
	if (l->state == CLASSIFY_MORE)
		return APPLICATION_PENDING;
	return l->state == CLASSIFY_DECIDED && l->by_payload &&
		l->name[0] != '\0' ?
	    APPLICATION_KNOWN :
	    APPLICATION_UNKNOWN;
}

/* What was announced turns out to be something else by its payload: then it is
 * that, and no longer of who announced it. */
static bool
contradict(struct flow *f)
{
	struct conversation *c = &f->conversation;

	if (!f->label.by_payload || strcmp(f->label.name, c->application) == 0)
		return false;
	c->application = NULL;
	c->confidence = CONFIDENCE_NONE;
	c->control = NULL;
	control_release(f->control);
	f->control = NULL;
	f->dirty = true;
	return true;
}

/* The classifier has not seen all that there was. */
static bool
is_unsure(const struct flow *f)
{
	const struct conversation *c = &f->conversation;

	return c->cut || c->lost || f->gapped || f->midstream ||
	    (f->key.protocol == TCP && (!f->way[0].seen || !f->way[1].seen));
}

/* A label under which TLS may begin later, or may have begun unseen. */
static bool
may_turn_to_tls(const struct flow *f)
{
	return f->key.protocol == TCP && f->label.by_payload &&
	    f->label.tls_version == 0 &&
	    ((application_traits(f->label.name) |
		 application_traits(f->label.master)) &
		(APPLICATION_CLEAR | APPLICATION_CONTROL)) == 0;
}

static bool
awaits_hello(const struct flow *f)
{
	return f->label.state == CLASSIFY_DECIDED &&
	    f->label.looked < CLASSIFY_HELLO_PACKETS && may_turn_to_tls(f);
}

static void
apply_tls(struct flow *f)
{
	struct conversation *c = &f->conversation;
	const struct classify_label *l = &f->label;
	const bool later = awaits_hello(f) ||
	    (l->state == CLASSIFY_MORE && may_turn_to_tls(f));

	/* Nothing will come: it is not to be asked again of each packet. */
	if (l->state == CLASSIFY_DECIDED && !later)
		f->label.looked = CLASSIFY_HELLO_PACKETS;
	f->dirty = f->dirty || c->tls_version != l->tls_version ||
	    c->tls_cipher != l->tls_cipher || c->tls_may_come != later;
	c->tls_version = l->tls_version;
	c->tls_cipher = l->tls_cipher;
	c->tls_may_come = later;
}

/* SMB 2 and 3 may be encrypted: told by the first file that moves. The bytes
 * are asked first: most packets are none of it. */
static void
look_for_content(struct flow *f, const struct packet *p,
    const struct tracked *t)
{
	struct conversation *c = &f->conversation;

	if (c->content_clear || f->key.protocol != TCP || !c->application ||
	    t->fresh != p->payload_length ||
	    !smb_is_clear_content(p->payload, p->payload_captured) ||
	    !application_matches("SMB", c->application))
		return;
	c->content_clear = true;
	f->dirty = true;
}

/* Carries the label over to the conversation. */
static void
apply_label(struct flow *f)
{
	struct conversation *c = &f->conversation;
	const struct classify_label *l = &f->label;
	const enum application_state state = state_of(f);
	const bool named = l->server_name[0] != '\0';

	if (c->malformed ||
	    (is_correlated(c) && (is_unsure(f) || !contradict(f))))
		return;
	if (state != c->application_state || named != (c->server_name != NULL))
		f->dirty = true;
	if (state == APPLICATION_KNOWN &&
	    c->application_state != APPLICATION_KNOWN)
		c->label_unsure = is_unsure(f);
	c->application_state = state;
	if (state == APPLICATION_KNOWN) {
		c->application = l->name;
		c->master = l->master[0] != '\0' ? l->master : NULL;
		c->confidence = CONFIDENCE_PAYLOAD;
	}
	c->server_name = named ? l->server_name : NULL;
	c->server_name_cut = l->server_name_cut;
	c->server_name_outer = l->server_name_outer;
	apply_tls(f);
}

/* Seen beyond a translation a packet has other addresses and ports than the
 * conversation; the classifier knows only one pair. */
static void
classify(struct identifier *i, struct flow *f, const struct packet *p,
    const struct tracked *t, struct wall_us time)
{
	const struct conversation *c = &f->conversation;
	struct packet own;

	if (!addr_equal(&p->source, &c->address[t->way]) ||
	    !addr_equal(&p->destination, &c->address[!t->way]) ||
	    p->source_port != c->port[t->way] ||
	    p->destination_port != c->port[!t->way]) {
		own = *p;
		own.source = c->address[t->way];
		own.destination = c->address[!t->way];
		own.source_port = c->port[t->way];
		own.destination_port = c->port[!t->way];
		p = &own;
	}
	(void)classify_packet(i->classifier, &f->classifying, &f->label, p,
	    t->way == 0, time);
}

void
identify_packet(struct identifier *i, struct flow *f, const struct arrival *a,
    const struct tracked *t, struct wall_us now)
{
	const struct packet *p = a->packet;

	if (f->conversation.malformed)
		return;
	f->gapped = f->gapped || t->gap;
	/* It may have been seen before what announced it. */
	if (now.us - f->begun_us <= FLOW_SETTLE_US && !f->conversation.control)
		(void)identify_late(i, f, now);
	if (f->label.state == CLASSIFY_MORE) {
		classify(i, f, p, t, a->time);
		apply_label(f);
	} else if (awaits_hello(f) && t->fresh == p->payload_length) {
		(void)classify_hello(&f->label, p, t->way == 0);
		apply_tls(f);
	} else if (f->conversation.application_state ==
	    APPLICATION_NO_PAYLOAD) {
		apply_label(f); /* given up before there was any */
	}
	legacy_packet(f, p, t);
	look_for_content(f, p, t);
	read_announcements(i, f, p, t, now);
	read_targets(i, f, p, t);
	note_unread(i, f, now);
}

bool
identify_listens(const struct flow *f)
{
	return f->label.state == CLASSIFY_MORE || awaits_hello(f) ||
	    f->announcing || f->proxy || !f->proxy_checked;
}

void
identify_end(struct identifier *i, struct flow *f, struct wall_us now)
{
	note_unread(i, f, now);
	classify_end(i->classifier, &f->classifying, &f->label);
	apply_label(f);
	if (f->announcing) {
		if (f->key.protocol == TCP)
			f->announcing->control->announces = is_ftp(f);
		control_end(f->announcing->control, i->model);
	}
}

void
identify_free(struct identifier *i, struct flow *f)
{
	struct classify_label none = { 0 };

	classify_end(i->classifier, &f->classifying, &none);
	proxy_free(f);
	announcing_free(f->announcing);
	f->announcing = NULL;
	control_release(f->control);
	f->control = NULL;
	f->conversation.control = NULL;
}

/* ---- another model */

void
identifier_reload(struct identifier *i, struct rebase *r)
{
	i->model = r->to;
	if (r->boundaries_moved)
		correlate_rename(i->expected, r->boundaries);
	if (r->boundaries_moved)
		unread_forget(i->unread);
	for (size_t n = 0; n < CORRELATE_MAX; n++) {
		struct waiting *w = &i->waiting[n];

		if (!w->control || control_reload(w->control, r))
			continue;
		control_release(w->control);
		w->control = NULL;
	}
}

/* Who was no proxy until now was not asked: there may be targets that nobody
 * read. */
static void
reload_proxy(struct flow *f, const struct model *m)
{
	struct conversation *c = &f->conversation;

	if (!f->proxy_checked)
		return;
	if (!model_is_proxy(m, &c->address[1], c->port[1])) {
		proxy_free(f);
		c->target_count = 0;
		c->targets_full = false;
	} else if (!f->proxy) {
		f->proxy_checked = false;
		begin_proxy(f, m);
		hide_target(f);
	}
}

void
identify_reload(struct flow *f, struct rebase *r)
{
	reload_proxy(f, r->to);
	if (!f->control || control_reload(f->control, r))
		return;
	f->conversation.control = NULL;
	control_release(f->control);
	f->control = NULL;
}
