/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See audit_view.h: signs, counts and names of an audit's parts, once for the
 * text, the JSON and the page. Decides nothing.
 */
#include "audit_view.h"
#include "audit_stranger.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"

#define TCP 6
#define UDP 17
#define ICMP 1
#define ICMP6 58
#define FLAG_SYN 2

/* ---- signs */

static void
add_sign(struct audit_sign *out, size_t *n, enum audit_mark mark, size_t count)
{
	out[(*n)++] = (struct audit_sign){ mark, count };
}

size_t
audit_view_signs(const struct audit *a, size_t from, size_t to,
    struct audit_sign out[AUDIT_SIGNS_MAX])
{
	const struct audit_cell *c;
	size_t n = 0;

	if (from == to) {
		add_sign(out, &n, AUDIT_MARK_SAME, 0);
		return n;
	}
	if (a->cells == NULL || a->ruleset == NULL) {
		/* Without a ruleset nothing was asked. */
		add_sign(out, &n,
		    space_judged(a, &a->m->zones[from], &a->m->zones[to]) ?
			AUDIT_MARK_UNDECIDED :
			AUDIT_MARK_ELSEWHERE,
		    0);
		return n;
	}
	c = &a->cells[from * a->zone_count + to];
	if (!c->judged) {
		add_sign(out, &n, AUDIT_MARK_ELSEWHERE, 0);
		return n;
	}
	if (c->undecided)
		add_sign(out, &n, AUDIT_MARK_UNDECIDED, 0);
	if (c->undeclared[AUDIT_CERTAIN] > 0)
		add_sign(out, &n, AUDIT_MARK_UNDECLARED,
		    c->undeclared[AUDIT_CERTAIN]);
	if (c->undeclared[AUDIT_POSSIBLE] > 0)
		add_sign(out, &n, AUDIT_MARK_POSSIBLY,
		    c->undeclared[AUDIT_POSSIBLE]);
	if (c->blocked > 0)
		add_sign(out, &n, AUDIT_MARK_BLOCKED, c->blocked);
	if (c->possibly_blocked > 0)
		add_sign(out, &n, AUDIT_MARK_DOUBTFUL, c->possibly_blocked);
	if (n == 0)
		add_sign(out, &n,
		    c->permits ? AUDIT_MARK_DECLARED : AUDIT_MARK_CLOSED, 0);
	return n;
}

const char *
audit_view_mark_name(enum audit_mark mark)
{
	static const char *const names[AUDIT_MARK_COUNT] = {
		[AUDIT_MARK_SAME] = "same",
		[AUDIT_MARK_ELSEWHERE] = "elsewhere",
		[AUDIT_MARK_CLOSED] = "closed",
		[AUDIT_MARK_DECLARED] = "declared",
		[AUDIT_MARK_DOUBTFUL] = "possibly-blocked",
		[AUDIT_MARK_BLOCKED] = "blocked",
		[AUDIT_MARK_POSSIBLY] = "possibly-undeclared",
		[AUDIT_MARK_UNDECLARED] = "undeclared",
		[AUDIT_MARK_UNDECIDED] = "undecided",
	};

	return names[mark];
}

const char *
audit_view_mark_sign(enum audit_mark mark, enum lang lang)
{
	/* No sign whose width terminals disagree about (○ △ ×). */
	static const char *const signs[AUDIT_MARK_COUNT][LANG_COUNT] = {
		[AUDIT_MARK_SAME] = { "＼", "\\" },
		[AUDIT_MARK_ELSEWHERE] = { "・", "." },
		[AUDIT_MARK_CLOSED] = { "－", "-" },
		[AUDIT_MARK_DECLARED] = { "〇", "o" },
		[AUDIT_MARK_DOUBTFUL] = { "条", "c" },
		[AUDIT_MARK_BLOCKED] = { "遮", "b" },
		[AUDIT_MARK_POSSIBLY] = { "ｘ", "x" },
		[AUDIT_MARK_UNDECLARED] = { "Ｘ", "X" },
		[AUDIT_MARK_UNDECIDED] = { "？", "?" },
	};

	return signs[mark][lang];
}

const char *
audit_view_mark_title(enum audit_mark mark, enum lang lang)
{
	static const enum word titles[AUDIT_MARK_COUNT] = {
		[AUDIT_MARK_SAME] = W_PAGE_MARK_SAME,
		[AUDIT_MARK_ELSEWHERE] = W_PAGE_MARK_ELSEWHERE,
		[AUDIT_MARK_CLOSED] = W_PAGE_MARK_CLOSED,
		[AUDIT_MARK_DECLARED] = W_PAGE_MARK_AS_DECLARED,
		[AUDIT_MARK_DOUBTFUL] = W_PAGE_MARK_DOUBTFUL,
		[AUDIT_MARK_BLOCKED] = W_PAGE_MARK_BLOCKED,
		[AUDIT_MARK_POSSIBLY] = W_PAGE_MARK_POSSIBLY,
		[AUDIT_MARK_UNDECLARED] = W_PAGE_MARK_UNDECLARED,
		[AUDIT_MARK_UNDECIDED] = W_PAGE_MARK_UNDECIDED,
	};

	return words_get(lang, titles[mark]);
}

/* ---- counts */

void
audit_view_count(const struct audit *a, struct audit_counts *out)
{
	memset(out, 0, sizeof(*out));
	out->undecided = a->undecided_count;
	for (size_t i = 0; i < a->finding_count; i++) {
		const struct audit_finding *f = &a->findings[i];

		out->by[f->severity]++;
		out->certain[f->severity] += f->certainty == AUDIT_CERTAIN;
	}
}

enum audit_result
audit_view_result(const struct audit *a)
{
	struct audit_counts c;

	/* What was not read is not known, whatever else is said of it. */
	if (a->ruleset == NULL)
		return AUDIT_UNDECIDED;
	audit_view_count(a, &c);
	for (int s = SEVERITY_LOW; s <= SEVERITY_CRITICAL; s++)
		if (c.by[s] > 0)
			return AUDIT_FINDINGS;
	if (a->findings_left_out > 0)
		return AUDIT_FINDINGS;
	return c.undecided > 0 ? AUDIT_UNDECIDED : AUDIT_CLEAN;
}

const char *
audit_view_result_name(enum audit_result r)
{
	return r == AUDIT_CLEAN	 ? "clean" :
	    r == AUDIT_UNDECIDED ? "undecided" :
				   "findings";
}

enum word
audit_view_verdict(const struct audit *a)
{
	const enum audit_result result = audit_view_result(a);

	if (a->ruleset == NULL)
		return W_PAGE_NOT_READ;
	if (result != AUDIT_CLEAN)
		return W_PAGE_CLEAN_BUT;
	for (size_t i = 0; i < a->finding_count; i++)
		if (a->findings[i].certainty == AUDIT_POSSIBLE ||
		    a->findings[i].check == CHECK_FWR_13)
			return W_PAGE_CLEAN_CERTAINLY;
	/* Of information alone, yet no proof that all declared passes. */
	for (size_t i = 0; i < a->finding_count; i++)
		if (a->findings[i].check == CHECK_FWR_2)
			return W_PAGE_CLEAN_SAVE;
	return W_PAGE_CLEAN;
}

/* ---- names */

const char *
audit_view_certainty_name(enum audit_certainty c)
{
	return c == AUDIT_CERTAIN ? "certain" : "possible";
}

const char *
audit_view_way_name(enum way way)
{
	return way == WAY_FORWARD ? "forward" :
	    way == WAY_BRIDGE	  ? "bridge" :
				    "input";
}

const char *
audit_view_kind_name(enum firewall_kind kind)
{
	return kind == FIREWALL_NFTABLES ? "nftables" :
	    kind == FIREWALL_IMPORTED	 ? "imported" :
					   "opaque";
}

const char *
audit_view_source_name(enum ruleset_source source)
{
	static const char *const names[] = {
		[RULESET_KERNEL] = "kernel",
		[RULESET_JSON] = "nft-json",
		[RULESET_NEUTRAL] = "neutral",
		[RULESET_IMAGE] = "snapshot",
	};

	return names[source];
}

const char *
audit_view_source_title(enum ruleset_source source, enum lang lang)
{
	static const enum word titles[] = {
		[RULESET_KERNEL] = W_PAGE_SOURCE_KERNEL,
		[RULESET_JSON] = W_PAGE_SOURCE_JSON,
		[RULESET_NEUTRAL] = W_PAGE_SOURCE_NEUTRAL,
		[RULESET_IMAGE] = W_PAGE_SOURCE_IMAGE,
	};

	return words_get(lang, titles[source]);
}

const char *
audit_view_family(int family, enum lang lang)
{
	return family == 4 ? "IPv4" :
	    family == 6	   ? "IPv6" :
			     words_get(lang, W_PAGE_BOTH_FAMILIES);
}

void
audit_view_zone(const struct audit *a, const struct zone *z, struct text *out)
{
	const char *name = z == &a->m->firewall_zone ?
	    words_get(a->lang, W_PAGE_TO_FIREWALL) :
	    z->name;

	text_add(out, name);
	if (strcmp(name, z->id) != 0)
		text_printf(out, "(%s)", z->id);
}

static void
add_known(const struct audit *a, const struct audit_finding *f,
    const struct zone *z, struct text *out)
{
	if (z != NULL)
		audit_view_zone(a, z, out);
	else if (f->stranger.last != 0)
		stranger_words(&f->stranger, a->lang, out);
}

void
audit_view_ends(const struct audit *a, const struct audit_finding *f,
    struct text *out)
{
	add_known(a, f, f->from, out);
	if (f->to == NULL && f->stranger.last == 0)
		return;
	text_add(out, " → ");
	add_known(a, f, f->to, out);
}

void
audit_view_end_id(const struct audit *a, const struct audit_finding *f,
    const struct zone *z, struct text *out)
{
	if (z != NULL)
		text_add(out, z->id);
	else if (f->stranger.last != 0)
		stranger_words(&f->stranger, a->lang, out);
	else
		text_add_char(out, '-');
}

/* ---- witnesses */

bool
audit_view_has_ports(packet_value protocol)
{
	return protocol == TCP || protocol == UDP || protocol == 132 ||
	    protocol == 33 || protocol == 136;
}

static void
add_address(packet_value v, int family, bool brackets, struct text *out)
{
	const struct addr a = packet_value_addr(v, family);
	char buf[ADDR_TEXT_MAX];

	brackets = brackets && family == 6;
	text_printf(out, "%s%s%s", brackets ? "[" : "", addr_format(&a, buf),
	    brackets ? "]" : "");
}

static void
add_end(const struct point *x, enum dimension address, enum dimension port,
    struct text *out)
{
	const bool ports = audit_view_has_ports(x->at[DIM_PROTOCOL]);

	add_address(x->at[address], (int)x->at[DIM_FAMILY], ports, out);
	if (ports)
		text_printf(out, ":%u", (unsigned)x->at[port]);
}

static void
add_interface(const char *word, packet_value v, struct text *out)
{
	char name[17];

	if (v == 0)
		return;
	text_printf(out, " %s ", word);
	describe_name(packet_value_name(v, name), out);
}

/* What the pattern takes for granted need not stand there. */
static void
add_rest(const struct point *x, struct text *out)
{
	static const char *const states[CT_STATES] = { "invalid", "established",
		"related", "new", "untracked" };
	const packet_value protocol = x->at[DIM_PROTOCOL];

	if (protocol == ICMP || protocol == ICMP6)
		text_printf(out, " type %u code %u",
		    (unsigned)x->at[DIM_ICMP_TYPE],
		    (unsigned)x->at[DIM_ICMP_CODE]);
	add_interface("iif", x->at[DIM_IIF], out);
	add_interface("oif", x->at[DIM_OIF], out);
	if (x->at[DIM_CT_STATE] != CT_NEW && x->at[DIM_CT_STATE] < CT_STATES)
		text_printf(out, " state %s",
		    states[(size_t)x->at[DIM_CT_STATE]]);
	if (protocol == TCP && x->at[DIM_TCP_FLAGS] != FLAG_SYN)
		text_printf(out, " flags 0x%02x",
		    (unsigned)x->at[DIM_TCP_FLAGS]);
}

void
audit_witness_text(const struct point *x, bool translated, struct text *out)
{
	(void)translated; /* the packet as it comes, before translation */
	if (x->at[DIM_PROTOCOL] == ICMP6)
		text_add(out, "icmpv6");
	else
		describe_protocol((uint16_t)x->at[DIM_PROTOCOL], out);
	text_add_char(out, ' ');
	add_end(x, DIM_SADDR, DIM_SPORT, out);
	text_add(out, " -> ");
	add_end(x, DIM_DADDR, DIM_DPORT, out);
	add_rest(x, out);
}

void
audit_view_witness(const struct audit_finding *f, struct text *out)
{
	audit_witness_text(&f->witness, f->translated, out);
	if (f->way == WAY_INPUT)
		text_add(out, " to firewall");
	else if (f->way == WAY_BRIDGE)
		text_add(out, " bridged");
}

void
audit_view_translated(const struct audit_finding *f, struct text *out)
{
	add_end(&f->witness, DIM_NEW_DADDR, DIM_NEW_DPORT, out);
}

/* ---- who decides */

void
audit_view_rule(const struct audit_rule *r, enum lang lang, struct text *out)
{
	if (r->rule != NULL) {
		ruleset_where(r->rule, out);
	} else {
		ruleset_chain_name(r->chain, out);
		text_printf(out, " %s", words_get(lang, W_PAGE_POLICY));
		if (r->chain->place.line > 0 && r->chain->place.file != NULL) {
			text_add(out, " (");
			describe_name(r->chain->place.file, out);
			text_printf(out, ":%u)", r->chain->place.line);
		}
	}
	text_printf(out, ": %s",
	    r->action == ACTION_UNKNOWN ? words_get(lang, W_PAGE_EITHER) :
					  action_name(r->action));
}

static void
add_place(const struct diag_place *p, struct text *out)
{
	text_add(out, p->file != NULL ? p->file : "-");
	if (p->line > 0)
		text_printf(out, ":%u", p->line);
}

static void
add_clause(enum lang lang, enum word word, const char *id,
    const struct diag_place *place, struct text *out)
{
	struct text where = { 0 };

	add_place(place, &where);
	text_add(out, out->length > 0 ? "; " : "");
	words_add(out, lang, word, 2, id, text_str(&where));
	text_free(&where);
}

void
audit_view_clause(const struct audit *a, const struct audit_finding *f,
    struct text *out)
{
	struct text what = { 0 };

	if (f->conduit != NULL)
		add_clause(a->lang, W_PAGE_BY_CONDUIT, f->conduit->id,
		    &f->conduit->place, out);
	if (f->exception != NULL)
		add_clause(a->lang, W_PAGE_BY_EXCEPTION, f->exception->id,
		    &f->exception->place, out);
	if (f->cell == NULL)
		return;
	text_add(&what, cell_kind_title(f->cell->kind, a->lang));
	if (f->cell->article != NULL && f->cell->article[0] != '\0')
		text_printf(&what, " %s", f->cell->article);
	else if (f->cell->ours)
		text_printf(&what, " %s", words_get(a->lang, W_PAGE_OURS));
	add_clause(a->lang, W_PAGE_BY_CELL, text_str(&what), &f->cell->place,
	    out);
	text_free(&what);
}
