/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FWR-1 and FWR-14 of interfaces that the ruleset names and that no zone of
 * the model has: whatever a rule lets through there is undeclared, since what
 * lies behind is not known. Rules that would let the same packet through at
 * any interface are the business of FWR-4 and FWR-11: a packet counts only if
 * it would not pass at an interface that no rule names. One finding an
 * interface, direction and deciding rule.
 */
#include "audit_stranger.h"

#include <stdlib.h>
#include <string.h>

#include "audit_look.h"
#include "audit_space.h"
#include "base/mem.h"

#define ELSEWHERE_MAX 20000 /* leaves of what passes at any interface */
/* Of a cluster that shares its connections (conntrackd.conf(5), UDP). */
#define STATE_PORT 3780
#define OPENED_MAX 1024 /* rules told of one interface and direction */

/* ---- which they are */

static bool
has_zone(const struct audit *a, const struct span *s)
{
	const struct firewall *f = a->firewall;

	for (size_t i = 0; i < f->interface_count; i++) {
		const packet_value v = packet_value_of_name(
		    f->interfaces[i].name);

		if (f->interfaces[i].zone_count > 0 && s->first <= v &&
		    v <= s->last)
			return true;
	}
	return false;
}

static void
add_stranger(struct strangers *out, const struct span *s)
{
	for (size_t i = 0; i < out->count; i++)
		if (out->items[i].first == s->first &&
		    out->items[i].last == s->last)
			return;
	if (out->count == STRANGERS_MAX) {
		out->left_out++;
		return;
	}
	out->items = mem_grow(out->items, &out->capacity, out->count,
	    sizeof(*out->items));
	out->items[out->count++] = *s;
}

/* Whether the names are those of one name or one wildcard: what is left of a
 * negation names nobody. */
static bool
is_name(const struct span *s)
{
	const packet_value rest = s->first ^ s->last;

	return s->first != 0 && (rest & (rest + 1)) == 0 &&
	    (s->first & rest) == 0;
}

static bool
add_names(const struct audit *a, const struct lookup *l, size_t field,
    struct strangers *out)
{
	const packet_value lo = packet_value_of_name("lo");
	bool known = false;

	for (size_t e = 0; e < l->element_count; e++) {
		const struct spans *s = l->elements[e].parts[field];

		for (size_t i = 0; s != NULL && i < s->count; i++) {
			const struct span *one = &s->items[i];

			if (has_zone(a, one))
				known = true;
			else if (is_name(one) && one->first != lo)
				add_stranger(out, one);
		}
	}
	return known;
}

void
strangers_find(const struct audit *a, const struct ruleset *r,
    struct strangers *out)
{
	const size_t before = out->count;
	bool known = false;

	if (a->firewall == NULL || a->firewall->interface_count == 0)
		return;
	for (size_t i = 0; i < r->rule_count; i++)
		for (size_t k = 0; k < r->rules[i]->statement_count; k++) {
			const struct lookup *l =
			    &r->rules[i]->statements[k].lookup;

			for (size_t f = 0; f < l->field_count; f++)
				if (l->fields[f] == FIELD_IIF ||
				    l->fields[f] == FIELD_OIF)
					known |= add_names(a, l, f, out);
		}
	if (!known)
		out->count = before;
}

void
strangers_fini(struct strangers *s)
{
	free(s->items);
	memset(s, 0, sizeof(*s));
}

const struct spans *
strangers_addresses(struct audit *a, int family, struct pool *p)
{
	const struct box any = space_any(a, a->boundary->zones[0], family, p);
	const struct spans *out = any.dims[DIM_SADDR];

	for (size_t i = 0; i < a->boundary->zone_count; i++) {
		const struct zone *z = a->boundary->zones[i];

		if (space_interfaces(a, z) == NULL)
			out = spans_subtract(p, out,
			    space_addresses(a, z, family),
			    dimension_most(DIM_SADDR));
	}
	return out;
}

void
stranger_words(const struct span *s, enum lang lang, struct text *out)
{
	struct text name = { 0 };
	char buf[17];

	text_printf(&name, "%s%s", packet_value_name(s->first, buf),
	    s->first == s->last ? "" : "*");
	words_add(out, lang, W_STRANGER_INTERFACE, 1, text_str(&name));
	text_free(&name);
}

/* ---- asking */

struct opened {
	const struct rule *rule;
	struct audit_finding finding; /* its rules and witness */
	struct text zones;
	const struct zone *last; /* told last */
};

struct asking {
	struct audit *a;
	const struct span *stranger;
	enum dimension side; /* DIM_IIF: it comes in there */
	const struct zone *zone;
	enum way way;
	int family;
	struct pool *p;
	struct box box;
	bool translated;       /* only what is sent into the zone counts */
	struct box *elsewhere; /* owned: what passes at any interface */
	size_t elsewhere_count, elsewhere_capacity;
	bool elsewhere_asked, undecided;
	struct point x;
	bool found;
	struct opened *opened; /* owned: of this interface and direction */
	size_t opened_count, opened_capacity;
};

/* A name that no rule names. */
static packet_value
nobody(void)
{
	return packet_value_of_name("?");
}

static bool
counts(const struct asking *q, const struct leaf *leaf)
{
	if (!leaf->accepted || leaf->redirected)
		return false;
	if (q->side == DIM_OIF || q->way == WAY_INPUT)
		return true;
	if (q->translated)
		return leaf->translated &&
		    !spans_disjoint(leaf->box->dims[DIM_NEW_DADDR],
			space_addresses(q->a, q->zone, q->family));
	return !leaf->translated;
}

static bool
keep_elsewhere(void *context, const struct leaf *leaf)
{
	struct asking *q = context;
	struct box *kept;

	if (!counts(q, leaf))
		return true;
	if (q->elsewhere_count == ELSEWHERE_MAX)
		return false;
	q->elsewhere = mem_grow(q->elsewhere, &q->elsewhere_capacity,
	    q->elsewhere_count, sizeof(*q->elsewhere));
	kept = &q->elsewhere[q->elsewhere_count++];
	for (size_t d = 0; d < DIM_COUNT; d++) {
		const struct spans *s = leaf->box->dims[d];

		kept->dims[d] = s != NULL ?
		    spans_make(q->p, s->items, s->count) :
		    NULL;
	}
	kept->dims[q->side] = NULL;
	kept->dims[DIM_NEW_DADDR] = kept->dims[DIM_NEW_DPORT] = NULL;
	return true;
}

/* What of the box passes at an interface that no rule names. */
static void
find_elsewhere(struct asking *q)
{
	struct budget budget = audit_budget(q->a);
	struct box box = q->box;
	const struct walk w = { .way = q->way,
		.budget = &budget,
		.leaf = keep_elsewhere,
		.context = q };

	q->elsewhere_asked = true;
	box.dims[q->side] = spans_one(q->p, nobody(), nobody());
	if (evaluate_walk(q->a->evaluator, &w, &box) != WALK_DONE)
		q->undecided = true;
}

static bool
passes_elsewhere(const struct asking *q, const struct point *x)
{
	struct pool *p = pool_new();
	struct point y = *x;
	struct fates fates;

	y.at[q->side] = nobody();
	evaluate_point(q->a->evaluator, q->way, &y, p, &fates);
	pool_free(p);
	return fates.possibly_accepted;
}

/* A packet of the leaf that passes at that interface and not at any other. */
static bool
first_own(void *context, const struct leaf *leaf)
{
	struct asking *q = context;
	struct budget budget = audit_budget(q->a);
	const struct box **list;
	struct box box = *leaf->box;
	enum cover answer;

	if (!counts(q, leaf))
		return true;
	box.dims[DIM_NEW_DADDR] = box.dims[DIM_NEW_DPORT] = NULL;
	box_pick(&box, &q->x);
	q->found = !passes_elsewhere(q, &q->x);
	if (q->found)
		return false;
	if (!q->elsewhere_asked)
		find_elsewhere(q);
	list = mem_calloc(q->elsewhere_count + 1, sizeof(*list));
	for (size_t i = 0; i < q->elsewhere_count; i++)
		list[i] = &q->elsewhere[i];
	answer = cover_box(q->p, &box, list, q->elsewhere_count, &budget,
	    &q->x);
	free(list);
	q->undecided |= answer != COVER_YES && answer != COVER_NO;
	q->found = answer == COVER_NO;
	return !q->found;
}

/* ---- what is found */

static const struct rule *
deciding(const struct audit_finding *f)
{
	for (size_t i = f->rule_count; i-- > 0;)
		if (f->rules[i].rule != NULL)
			return f->rules[i].rule;
	return NULL;
}

static bool
is_graver(const struct zone *z, const struct zone *than)
{
	return than != NULL && z != NULL && z->tier == TIER_MYNUMBER &&
	    than->tier != TIER_MYNUMBER;
}

static struct opened *
opened_by(struct asking *q, const struct rule *rule)
{
	struct opened *o;

	for (size_t i = 0; i < q->opened_count; i++)
		if (q->opened[i].rule == rule)
			return &q->opened[i];
	if (q->opened_count == OPENED_MAX) {
		q->a->findings_left_out++;
		return NULL;
	}
	q->opened = mem_grow(q->opened, &q->opened_capacity, q->opened_count,
	    sizeof(*q->opened));
	o = &q->opened[q->opened_count++];
	memset(o, 0, sizeof(*o));
	o->rule = rule;
	return o;
}

static const struct zone *
other_end(const struct asking *q, const struct audit_finding *f)
{
	return q->side == DIM_IIF ? f->to : f->from;
}

static void
note(struct asking *q)
{
	struct audit_finding f = { .check = q->way == WAY_INPUT ? CHECK_FWR_14 :
								  CHECK_FWR_1 };
	struct opened *o;
	bool better;

	/* What ends here goes out nowhere. */
	if (q->way == WAY_INPUT)
		q->x.at[DIM_OIF] = 0;
	if (!audit_witness(q->a, &f, q->way, &q->x, true))
		return;
	o = opened_by(q, deciding(&f));
	if (o == NULL)
		return;
	f.from = q->side == DIM_IIF ? NULL : q->zone;
	f.to = q->side == DIM_IIF ? q->zone : NULL;
	f.family = q->family;
	f.stranger = *q->stranger;
	better = !o->finding.has_witness ||
	    is_graver(q->zone, other_end(q, &o->finding)) ||
	    (f.certainty < o->finding.certainty &&
		!is_graver(other_end(q, &o->finding), q->zone));
	if (better)
		o->finding = f;
	if (o->last == q->zone)
		return;
	text_printf(&o->zones, "%s%s", o->zones.length > 0 ? ", " : "",
	    q->zone->id);
	o->last = q->zone;
}

static void
tell(struct asking *q, struct opened *o)
{
	struct audit *a = q->a;
	struct audit_finding *f = audit_add(a, o->finding.check);
	const struct zone *zone = other_end(q, &o->finding);
	struct text name = { 0 };
	enum severity severity;

	if (f != NULL) {
		severity = f->severity;
		*f = o->finding;
		f->severity = zone->tier == TIER_MYNUMBER &&
			f->check == CHECK_FWR_1 ?
		    SEVERITY_CRITICAL :
		    severity;
		stranger_words(q->stranger, a->lang, &name);
		audit_say(a, f,
		    f->check == CHECK_FWR_14 ? W_STRANGER_MANAGES :
			q->side == DIM_IIF   ? W_STRANGER_IN :
					       W_STRANGER_OUT,
		    2, text_str(&name), text_str(&o->zones));
		audit_suggest_note(a, f, W_STRANGER_SUGGEST, 1,
		    text_str(&name));
		text_free(&name);
	}
	text_free(&o->zones);
}

/* ---- one question */

static void
ask_walk(struct asking *q, const struct slice *slice, const struct rule *rule,
    const struct chain *base)
{
	struct budget budget = audit_budget(q->a);
	const struct walk w = { .way = q->way,
		.slice = slice,
		.candidate = rule,
		.candidate_policy = rule == NULL,
		.candidate_base = base,
		.budget = &budget,
		.leaf = first_own,
		.context = q };
	const enum walk_result r = (q->found = false,
	    evaluate_walk(q->a->evaluator, &w, &q->box));

	if (q->found)
		note(q);
	else if (r != WALK_DONE)
		q->undecided = true;
}

static void
ask_box(struct asking *q)
{
	const size_t most = q->a->ruleset->rule_count;
	const struct chain *chains[LOOK_CHAINS_MAX], *base = NULL;
	const size_t n = look_chains(q->a, q->way, q->family, chains);
	struct slice *slice;
	const struct rule **rules;
	size_t count;

	for (size_t i = 0; i < n; i++)
		if (base == NULL ||
		    (chains[i]->policy_drop && !base->policy_drop))
			base = chains[i];
	/* Where nothing filters, everything passes everywhere. */
	if (base == NULL)
		return;
	slice = evaluate_slice(q->a->evaluator, NULL, q->way, &q->box);
	rules = mem_calloc(most + 1, sizeof(*rules));
	count = evaluate_accepting(slice, base, rules, most);
	q->elsewhere_asked = false;
	q->elsewhere_count = 0;
	for (size_t i = 0; i < count; i++)
		ask_walk(q, slice, rules[i], base);
	if (!base->policy_drop)
		ask_walk(q, slice, NULL, base);
	free(rules);
	evaluate_slice_free(slice);
}

static void
ask_zone(struct asking *q, const struct zone *zone)
{
	struct pool *p = q->p;
	const struct spans *all = strangers_addresses(q->a, q->family, p);
	const struct spans *own = space_addresses(q->a, zone, q->family);
	const struct spans *port = spans_make(p, q->stranger, 1);

	q->zone = zone;
	q->box = space_any(q->a, zone, q->family, p);
	q->translated = false;
	if (q->side == DIM_OIF) {
		q->box.dims[DIM_SADDR] = own;
		q->box.dims[DIM_DADDR] = all;
		q->box.dims[DIM_OIF] = port;
		ask_box(q);
		return;
	}
	q->box.dims[DIM_IIF] = port;
	q->box.dims[DIM_OIF] = space_interfaces(q->a, zone);
	q->box.dims[DIM_SADDR] = all;
	q->box.dims[DIM_DADDR] = own;
	ask_box(q);
	q->box.dims[DIM_DADDR] = spans_subtract(p, NULL, own,
	    dimension_most(DIM_DADDR));
	box_clip(p, &q->box);
	q->translated = true;
	ask_box(q);
}

static void
ask_zones(struct asking *q)
{
	const struct boundary *b = q->a->boundary;
	const struct chain *chains[LOOK_CHAINS_MAX];

	for (size_t i = 0; i < b->zone_count; i++) {
		const struct zone *z = b->zones[i];
		const enum way ways[] = { WAY_FORWARD, WAY_BRIDGE };

		if (space_addresses(q->a, z, q->family)->count == 0)
			continue;
		for (size_t w = 0; w < 2; w++) {
			q->way = ways[w];
			if (look_chains(q->a, ways[w], q->family, chains) > 0)
				ask_zone(q, z);
		}
	}
}

static void
ask_input(struct asking *q)
{
	struct look_boxes boxes = { 0 };
	struct box box = look_everything(q->p, q->family);
	struct box state = { { NULL } };

	q->way = WAY_INPUT;
	q->zone = &q->a->m->firewall_zone;
	q->translated = false;
	box.dims[DIM_IIF] = spans_make(q->p, q->stranger, 1);
	box.dims[DIM_SADDR] = strangers_addresses(q->a, q->family, q->p);
	look_uncontrolled(q->p, &box, &boxes);
	/* A line that joins two firewalls alone is no zone's. */
	state.dims[DIM_PROTOCOL] = spans_one(q->p, 17, 17);
	state.dims[DIM_DPORT] = spans_one(q->p, STATE_PORT, STATE_PORT);
	look_subtract(q->p, &boxes, &state);
	for (size_t i = 0; i < boxes.count; i++) {
		q->box = boxes.items[i];
		ask_box(q);
	}
	look_boxes_fini(&boxes);
}

enum kind { COMES_IN, GOES_OUT, COMES_TO_FIREWALL, KINDS };

static void
ask_stranger(struct audit *a, const struct span *s, enum kind kind)
{
	struct asking q = { .a = a,
		.stranger = s,
		.side = kind == GOES_OUT ? DIM_OIF : DIM_IIF };
	struct text name = { 0 };

	for (q.family = 4; q.family <= 6; q.family += 2) {
		q.p = pool_new();
		if (kind == COMES_TO_FIREWALL)
			ask_input(&q);
		else
			ask_zones(&q);
		pool_free(q.p);
	}
	for (size_t i = 0; i < q.opened_count; i++)
		tell(&q, &q.opened[i]);
	if (q.undecided) {
		stranger_words(s, a->lang, &name);
		audit_add_undecided(a,
		    kind == COMES_TO_FIREWALL ? CHECK_FWR_14 : CHECK_FWR_1,
		    NULL, NULL, NULL, W_STRANGER_UNDECIDED, 1, text_str(&name));
		text_free(&name);
	}
	free(q.opened);
	free(q.elsewhere);
}

void
audit_strangers(struct audit *a)
{
	struct strangers s = { 0 };

	if (a->boundary->zone_count == 0)
		return;
	strangers_find(a, a->ruleset, &s);
	for (size_t i = 0; i < s.count; i++)
		for (int k = 0; k < KINDS; k++)
			ask_stranger(a, &s.items[i], (enum kind)k);
	if (s.left_out > 0)
		audit_add_undecided(a, CHECK_FWR_1, NULL, NULL, NULL,
		    W_STRANGER_TOO_MANY, 0);
	strangers_fini(&s);
}
