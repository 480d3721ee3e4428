/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether what crosses is encrypted as its conduit asks and, to a government
 * cloud, as the line asks; the stricter counts. Told by what the ServerHello
 * chose and by the application that the payload shows: CRY-1 is content that
 * was read in clear, CRY-2 a version or suite below the class. Lengths of
 * keys and certificates are not looked at. Where the line itself is said to
 * be encrypted (MACsec, IPsec, by a document), nothing seen on this side of it
 * breaks its rule: that is not observable here, and the document is named.
 */
#include <stdio.h>
#include <string.h>

#include "application.h"
#include "judge_fit.h"
#include "tls_suite.h"

#define PROTOCOL_ESP 50
#define CONTENT                                                  \
	(APPLICATION_FILE | APPLICATION_MAIL | APPLICATION_WEB | \
	    APPLICATION_DATABASE)

/* What the payload shows of encryption. */
enum shown {
	SHOWN_NOTHING,	/* there is no label, so nothing can be said */
	SHOWN_LATER,	/* it is still being looked at */
	SHOWN_TLS,	/* with its ServerHello */
	SHOWN_NO_HELLO, /* TLS, or what may have turned to it */
	SHOWN_IPSEC,
	SHOWN_CLEAR,
	SHOWN_CONTROL, /* in clear too, and of the network itself */
	SHOWN_HIDDEN,  /* encrypted in a way of its own, or it may be */
};

/* What one rule asks for; link NULL: it is the conduit's. */
struct demand {
	enum encryption_class minimum;
	const struct link *link;
};

enum answer { ANSWER_MET, ANSWER_HIDDEN, ANSWER_WEAK, ANSWER_CLEAR };

static bool
is_tls(const struct conversation *c)
{
	return application_matches("TLS", c->application) ||
	    application_matches("TLS", c->master);
}

/* What turns to TLS after its opening has not done so, and all of it was
 * there to see. */
static enum shown
upgraded(const struct conversation *c)
{
	if (c->tls_version)
		return SHOWN_TLS;
	if (c->tls_may_come && !c->ended)
		return SHOWN_LATER;
	if (c->label_unsure || c->lost || c->cut || c->one_way)
		return SHOWN_NO_HELLO;
	return SHOWN_CLEAR;
}

static enum shown
shown_by(const struct conversation *c)
{
	unsigned traits;

	if (c->protocol == PROTOCOL_ESP)
		return SHOWN_IPSEC;
	if (c->legacy & LEGACY_SMB1) /* it knows no encryption */
		return SHOWN_CLEAR;
	if (c->application_state == APPLICATION_PENDING)
		return SHOWN_LATER;
	if (c->application_state != APPLICATION_KNOWN)
		return SHOWN_NOTHING;
	if (c->content_clear)
		return SHOWN_CLEAR;
	traits = application_traits(c->application) |
	    application_traits(c->master);
	if (is_tls(c))
		return c->tls_version ? SHOWN_TLS : SHOWN_NO_HELLO;
	if (application_matches("IPsec", c->application) && c->protocol == 17)
		return SHOWN_IPSEC;
	/* What anybody may carry in it is no less in clear for its name. */
	if (traits & APPLICATION_CLEAR)
		return SHOWN_CLEAR;
	if (traits & APPLICATION_CONTROL)
		return SHOWN_CONTROL;
	if (traits & APPLICATION_UPGRADE)
		return upgraded(c);
	return c->tls_version ? SHOWN_TLS : SHOWN_HIDDEN;
}

static enum tls_class
class_wanted(enum encryption_class e)
{
	switch (e) {
	case ENCRYPTION_HIGH:
		return TLS_CLASS_HIGH;
	case ENCRYPTION_RECOMMENDED:
		return TLS_CLASS_RECOMMENDED;
	case ENCRYPTION_EXCEPTION:
		return TLS_CLASS_EXCEPTION;
	default:
		return TLS_CLASS_UNKNOWN;
	}
}

static const char *
class_text(enum encryption_class e)
{
	if (e == ENCRYPTION_IPSEC || e == ENCRYPTION_MACSEC)
		return e == ENCRYPTION_IPSEC ? "ipsec" : "macsec";
	return tls_class_name(class_wanted(e));
}

static enum answer
answer_tls(const struct conversation *c, enum tls_class wanted)
{
	const enum tls_class seen = tls_class(c->tls_version, c->tls_cipher);

	if (seen == TLS_CLASS_UNKNOWN)
		return ANSWER_HIDDEN;
	return seen >= wanted ? ANSWER_MET : ANSWER_WEAK;
}

/* The line is encrypted by itself, and a document says so. */
static bool
is_protected(const struct demand *d)
{
	return d->link && d->link->or_link && d->link->document;
}

static enum answer
answer(const struct conversation *c, enum shown shown, const struct demand *d)
{
	const enum tls_class wanted = class_wanted(d->minimum);
	enum answer a = ANSWER_HIDDEN;

	if (shown == SHOWN_CONTROL)
		return ANSWER_MET; /* and a remark */
	if (wanted == TLS_CLASS_UNKNOWN) {
		/* What a gateway or a switch further on does is not seen. */
		return shown == SHOWN_IPSEC && d->minimum == ENCRYPTION_IPSEC ?
		    ANSWER_MET :
		    ANSWER_HIDDEN;
	}
	if (shown == SHOWN_TLS)
		a = answer_tls(c, wanted);
	else if (shown == SHOWN_CLEAR)
		a = ANSWER_CLEAR;
	return a >= ANSWER_WEAK && is_protected(d) ? ANSWER_HIDDEN : a;
}

/* ---- what is said of it */

static void
describe_seen(const struct conversation *c, enum shown shown, char *out,
    size_t size)
{
	char version[TLS_TEXT_MAX], suite[TLS_TEXT_MAX];

	if (shown == SHOWN_TLS)
		(void)snprintf(out, size, "%s %s",
		    tls_version_name(c->tls_version, version),
		    tls_suite_name(c->tls_cipher, suite));
	else
		(void)snprintf(out, size, "%s",
		    c->legacy & LEGACY_SMB1 ? "SMBv1" :
			c->application	    ? c->application :
					      "-");
}

static void
describe_wanted(const struct demand *d, enum answer a, char *out, size_t size)
{
	const bool by_link = d->link && d->link->document &&
	    (d->link->or_link || class_wanted(d->minimum) == TLS_CLASS_UNKNOWN);

	if (a == ANSWER_HIDDEN && by_link)
		(void)snprintf(out, size, "%s %s",
		    d->link->or_link ? d->link->or_link :
				       class_text(d->minimum),
		    d->link->document);
	else
		(void)snprintf(out, size, "%s", class_text(d->minimum));
}

static enum severity
clear_severity(const struct fit *f, const struct look *l)
{
	unsigned traits = application_traits(l->c->application) |
	    application_traits(l->c->master);

	if (l->c->legacy & LEGACY_SMB1)
		traits |= APPLICATION_FILE;
	if (l->passed == PASSED_NO)
		return SEVERITY_LOW; /* sent in clear, and stopped */
	if (!zone_is_cloud(l->from.zone) && !zone_is_cloud(l->to.zone))
		return SEVERITY_HIGH;
	return f->conduit->carry_count || traits & CONTENT ? SEVERITY_CRITICAL :
							     SEVERITY_HIGH;
}

/* Why it cannot be said, where the capture is to blame. */
static void
hide(struct fit *f, const struct look *l, enum shown shown)
{
	const struct conversation *c = l->c;

	if (shown == SHOWN_HIDDEN || shown == SHOWN_TLS ||
	    shown == SHOWN_CLEAR || shown == SHOWN_IPSEC)
		fit_hidden(f, ELEMENT_ENCRYPTION);
	else if (shown == SHOWN_NO_HELLO && !c->lost && !c->cut && !c->one_way)
		fit_hidden(f, ELEMENT_ENCRYPTION);
	else {
		f->unobserved |= ELEMENT_ENCRYPTION;
		f->reasons |= 1u << fit_undecided(c);
	}
}

static void
say(struct fit *f, const struct look *l, const struct demand *d,
    enum shown shown, enum answer a)
{
	char expected[sizeof(f->near.expected)], seen[sizeof(f->near.seen)];

	describe_wanted(d, a, expected, sizeof(expected));
	describe_seen(l->c, shown, seen, sizeof(seen));
	if (a == ANSWER_HIDDEN) {
		hide(f, l, shown);
		if (is_protected(d) ||
		    class_wanted(d->minimum) == TLS_CLASS_UNKNOWN)
			fit_near(f, ELEMENT_ENCRYPTION, expected, seen);
		return;
	}
	f->judged |= ELEMENT_ENCRYPTION;
	if (a == ANSWER_MET)
		return;
	fit_fault(f, a == ANSWER_CLEAR ? CHECK_CRY_1 : CHECK_CRY_2,
	    a == ANSWER_CLEAR ? clear_severity(f, l) : SEVERITY_HIGH,
	    ELEMENT_ENCRYPTION, expected, seen);
	f->faults[f->fault_count - 1].link = d->link;
}

/* ---- what is asked for */

struct worst {
	struct demand demand;
	enum answer answer;
	bool any;
};

/* The worse of two answers; of equals what asks for more. */
static void
take(struct worst *w, struct demand demand, enum answer a)
{
	if (demand.minimum == ENCRYPTION_NONE)
		return;
	/* The classes of TLS stand from strict to lax. */
	if (!w->any || a > w->answer ||
	    (a == w->answer && demand.minimum < w->demand.minimum)) {
		w->demand = demand;
		w->answer = a;
	}
	w->any = true;
}

/* Of a government-cloud area the line it took counts. Where that was not seen
 * it may have been any of them, and what one of them allows breaks none. */
static void
ask_links(struct worst *w, const struct look *l, enum shown shown,
    const struct zone *z)
{
	bool known = false, spared = false;

	if (!zone_is_cloud(z))
		return;
	for (size_t i = 0; i < z->link_count; i++)
		known |= path_took(l, z->links[i]);
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < z->link_count; i++) {
			const struct link *k = z->links[i];
			const struct demand d = { k->has_encryption ?
				    k->minimum :
				    ENCRYPTION_NONE,
				k };
			enum answer a = d.minimum == ENCRYPTION_NONE ?
			    ANSWER_MET :
			    answer(l->c, shown, &d);

			if (known && !path_took(l, k))
				continue;
			if (round == 0) {
				spared |= !known && a < ANSWER_WEAK;
				continue;
			}
			if (spared && a >= ANSWER_WEAK)
				a = ANSWER_HIDDEN;
			take(w, d, a);
		}
}

/* Inside a proxy's tunnel the hello is the target's, if there is but one. */
static bool
is_of_target(const struct look *l, enum shown shown)
{
	return !l->target ||
	    (shown == SHOWN_TLS && l->c->target_count == 1 &&
		!l->c->targets_full);
}

void
fit_encryption(struct fit *f, const struct look *l)
{
	const enum shown shown = shown_by(l->c);
	const struct demand own = { f->conduit->encryption, NULL };
	struct worst w = { .answer = ANSWER_MET };

	if (l->c->application_state == APPLICATION_NO_PAYLOAD)
		return;
	take(&w, own, answer(l->c, shown, &own));
	ask_links(&w, l, shown, l->from.zone);
	ask_links(&w, l, shown, l->to.zone);
	if (!w.any)
		return;
	f->clear_control = shown == SHOWN_CONTROL;
	if (is_of_target(l, shown))
		say(f, l, &w.demand, shown, w.answer);
	else
		fit_hidden(f, ELEMENT_ENCRYPTION);
}
