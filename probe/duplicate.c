/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See duplicate.h. The last frames stand in a ring and are found by a keyed
 * hash of what all copies share: place, MACs, lengths and the first bytes of
 * the network layer. Padding and trailers are no part of it. Two frames that
 * were captured alike must agree in all bytes; where one was cut shorter, the
 * first bytes decide, which hold identification and checksums.
 *
 * A packet that carries an IP identification, or opens a TCP connection, is
 * never sent twice alike within milliseconds: its double is a copy, and how
 * often, how late and from which tap copies come is learnt from it. All
 * others (IPv6, identification 0, ARP) are held against what was learnt.
 */
#include "duplicate.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/table.h"
#include "recent.h"

/* Bytes of the network layer that find a frame: IPv6 and a TCP header, and no
 * more than a snap length of 96 leaves. */
#define PREFIX_MAX 60
#define ARP_BYTES 28
#define TAPS_MAX 4 /* of one segment that are told apart */
#define TIMES_MAX 8

/* Shares are of FULL, and move by a 32nd with each packet learnt from. */
#define FULL 65536u
#define SHIFT 5
#define SHARE_LEAST (FULL / 8) /* below it, a double is not the port's */
#define SLACK_US 200

#define TCP 6
#define GROUP_BIT 1 /* of a MAC's first byte */

/* How often a tap showed a frame. */
struct shown {
	uint32_t tap; /* its name; 0: none */
	uint32_t times;
};

/* A frame that was no copy. */
struct original {
	uint64_t bytes; /* hash of all that is compared */
	int64_t us;
	uint32_t length;
	struct shown shown[TAPS_MAX];
};

/* Copies of one kind: how late they come at most. */
struct delay {
	int64_t us;
};

/* What is known of a tap's port and a VLAN of it. */
struct port {
	bool known;
	int64_t us; /* when something was last learnt */
	/* Of the frames it showed, the share that it showed at least times + 2
	 * times; and of those that another tap had shown before. */
	uint32_t share[TIMES_MAX - 1], away;
	struct delay again_delay, away_delay;
};

struct duplicates {
	const struct model *model;
	uint8_t secret[16];
	struct recent recent;
	struct original *originals; /* owned, by slot of it */
	uint64_t overrun;
	struct port *ports; /* owned: two for each place of a tap */
	size_t *first_port; /* owned, by tap index */
	/* Owned, by index: what taps, zones and boundaries are called here,
	 * which is the same in each model. */
	uint32_t *taps, *zones, *boundaries;
};

/* What a frame is found by. Hashed as bytes: without holes. */
struct likeness {
	uint32_t boundary, place;
	uint32_t network; /* bytes of the network layer on the wire, 0: all */
	uint16_t ethertype;
	uint8_t is_segment, has_macs;
	uint8_t kind, layer, zero[2];
	uint8_t macs[12];
	uint8_t prefix[PREFIX_MAX];
};

/* A frame that is asked about. */
struct asked {
	uint64_t hash, bytes;
	int64_t us;
	uint32_t length;
	uint32_t tap;
	struct port *port;
	const struct port *teacher;
	bool is_single;	 /* no host sends it twice alike */
	bool is_telling; /* hardly ever: only to learn from */
};

/* ---- what there is to know of */

static void
make_ports(struct duplicates *d)
{
	size_t count = 0;

	d->first_port = mem_calloc(d->model->tap_count + 1,
	    sizeof(*d->first_port));
	for (size_t i = 0; i < d->model->boundary_count; i++) {
		const struct boundary *b = &d->model->boundaries[i];

		for (size_t j = 0; j < b->tap_count; j++) {
			d->first_port[b->taps[j].index] = count;
			count += 2 * (b->taps[j].vlan_count + 1);
		}
	}
	d->ports = mem_calloc(count + 1, sizeof(*d->ports));
}

static uint32_t
name_of(const struct duplicates *d, const char *id)
{
	return (uint32_t)table_hash(d->secret, id, strlen(id)) | 1;
}

static void
make_names(struct duplicates *d)
{
	const struct model *m = d->model;

	d->taps = mem_calloc(m->tap_count + 1, sizeof(*d->taps));
	d->zones = mem_calloc(m->zone_count + 1, sizeof(*d->zones));
	d->boundaries = mem_calloc(m->boundary_count + 1,
	    sizeof(*d->boundaries));
	for (size_t i = 0; i < m->zone_count; i++)
		d->zones[m->zones[i].index] = name_of(d, m->zones[i].id);
	for (size_t i = 0; i < m->boundary_count; i++) {
		const struct boundary *b = &m->boundaries[i];

		d->boundaries[b->index] = name_of(d, b->id);
		for (size_t j = 0; j < b->tap_count; j++)
			d->taps[b->taps[j].index] = name_of(d, b->taps[j].id);
	}
}

static void
free_model(struct duplicates *d)
{
	free(d->ports);
	free(d->first_port);
	free(d->taps);
	free(d->zones);
	free(d->boundaries);
}

struct duplicates *
duplicate_new(const struct model *m, const uint8_t secret[16])
{
	struct duplicates *d = mem_calloc(1, sizeof(*d));

	d->model = m;
	memcpy(d->secret, secret, sizeof(d->secret));
	recent_init(&d->recent, DUPLICATE_FRAMES_MAX);
	d->originals = mem_calloc(DUPLICATE_FRAMES_MAX, sizeof(*d->originals));
	make_ports(d);
	make_names(d);
	return d;
}

void
duplicate_free(struct duplicates *d)
{
	if (!d)
		return;
	recent_fini(&d->recent);
	free(d->originals);
	free_model(d);
	free(d);
}

/* Frames to a group are flooded, and shown by as many ports as they leave:
 * they are learnt of apart. */
static struct port *
port_of(const struct duplicates *d, const struct tap *tap, uint16_t vlan,
    bool is_group)
{
	size_t at = 0;

	for (size_t low = 0, high = vlan ? tap->vlan_count : 0; low < high;) {
		const size_t mid = (low + high) / 2;

		if (tap->vlans[mid].id == vlan) {
			at = mid + 1;
			break;
		}
		if (tap->vlans[mid].id < vlan)
			low = mid + 1;
		else
			high = mid;
	}
	return &d->ports[d->first_port[tap->index] + 2 * at + is_group];
}

/* The tap as it was, or NULL. */
static const struct tap *
tap_before(const struct duplicates *old, uint32_t name)
{
	for (size_t i = 0; i < old->model->boundary_count; i++) {
		const struct boundary *b = &old->model->boundaries[i];

		for (size_t j = 0; j < b->tap_count; j++)
			if (old->taps[b->taps[j].index] == name)
				return &b->taps[j];
	}
	return NULL;
}

/* What was learnt of a tap's VLANs, and of what has none. */
static void
take_learnt(struct duplicates *d, const struct duplicates *old,
    const struct tap *tap, const struct tap *before)
{
	for (size_t i = 0; i <= tap->vlan_count; i++) {
		const uint16_t vlan = i ? tap->vlans[i - 1].id : 0;
		const struct port *from = port_of(old, before, vlan, false);
		struct port *to = port_of(d, tap, vlan, false);

		if (vlan != 0 && from == port_of(old, before, 0, false))
			continue; /* it was none of the tap's */
		to[0] = from[0];
		to[1] = from[1];
	}
}

void
duplicate_reload(struct duplicates *d, const struct model *m)
{
	struct duplicates old = *d;

	d->model = m;
	make_ports(d);
	make_names(d);
	for (size_t i = 0; i < m->boundary_count; i++) {
		const struct boundary *b = &m->boundaries[i];

		for (size_t j = 0; j < b->tap_count; j++) {
			const struct tap *tap = &b->taps[j];
			const struct tap *before = tap_before(&old,
			    d->taps[tap->index]);

			if (before)
				take_learnt(d, &old, tap, before);
		}
	}
	free_model(&old);
}

uint64_t
duplicate_overrun(struct duplicates *d)
{
	const uint64_t overrun = d->overrun;

	d->overrun = 0;
	return overrun;
}

static bool
is_known(const struct port *port, int64_t us)
{
	return port->known && recent_apart(us, port->us) <= DUPLICATE_LEARNT_US;
}

/* What a port's frames are held against: where nothing is known of frames to
 * groups, they are doubled as the others are. */
static const struct port *
teacher_of(const struct port *port, bool is_group, int64_t us)
{
	return is_group && !is_known(port, us) ? port - 1 : port;
}

/* ---- a frame's likeness */

/* Bytes of the network layer that are compared: not what pads the frame. */
static uint32_t
compared(const struct frame *f, const struct packet *p, uint32_t *network)
{
	const uint8_t *end = f->bytes + f->captured;
	const size_t captured = p->network ? (size_t)(end - p->network) : 0;

	*network = 0;
	if (p->wrapped == TUNNEL_NONE && p->source.family != 0)
		*network = p->ip_length;
	else if (p->kind == PACKET_ARP)
		*network = ARP_BYTES;
	return *network && *network < captured ? *network : (uint32_t)captured;
}

static void
liken(const struct duplicates *d, const struct tap *tap,
    const struct zone *segment, const struct packet *p, uint32_t length,
    struct likeness *out)
{
	const uint32_t prefix = length < PREFIX_MAX ? length : PREFIX_MAX;

	out->boundary = d->boundaries[tap->boundary->index];
	out->place = segment ? d->zones[segment->index] : d->taps[tap->index];
	out->is_segment = segment != NULL;
	out->ethertype = p->ethertype;
	out->kind = (uint8_t)p->kind;
	out->layer = (uint8_t)p->layer;
	out->has_macs = p->has_macs;
	memcpy(out->macs, p->source_mac.bytes, 6);
	memcpy(out->macs + 6, p->destination_mac.bytes, 6);
	if (prefix)
		memcpy(out->prefix, p->network, prefix);
}

static bool
opens(const struct packet *p)
{
	return p->kind == PACKET_IP && p->protocol == TCP &&
	    p->tcp_flags & TCP_SYN;
}

/* No host sends it twice within milliseconds: a SYN is sent again after a
 * second (RFC 6298 2.1), and an identification that is given is another. */
static bool
is_single(const struct packet *p)
{
	if (p->source.family == 0)
		return false;
	return p->fragment || opens(p) ||
	    (p->source.family == 4 && p->fragment_id != 0);
}

/* Without an identification: sent again so soon only after a loss. */
static bool
is_telling(const struct packet *p)
{
	return p->kind == PACKET_IP && p->protocol == TCP &&
	    p->payload_length > 0;
}

/* ---- learning */

static void
freshen(struct port *port, int64_t us)
{
	if (!is_known(port, us))
		memset(port, 0, sizeof(*port));
	port->known = true;
	port->us = us;
}

static void
raise(uint32_t *share)
{
	*share += FULL >> SHIFT;
	if (*share > FULL)
		*share = FULL;
}

/* Up at once, down slowly. */
static void
note_delay(struct delay *delay, int64_t us)
{
	if (us > delay->us)
		delay->us = us;
	else
		delay->us -= (delay->us - us) >> SHIFT;
}

/* The port shows a frame for the first time; away: after another tap, and so
 * much later. */
static void
learn_first(struct port *port, int64_t us, bool away, int64_t later)
{
	freshen(port, us);
	for (int i = 0; i < TIMES_MAX - 1; i++)
		port->share[i] -= port->share[i] >> SHIFT;
	port->away -= port->away >> SHIFT;
	if (!away)
		return;
	raise(&port->away);
	note_delay(&port->away_delay, later);
}

/* It has shown it so many times before. */
static void
learn_again(struct port *port, int64_t us, unsigned times, int64_t later)
{
	freshen(port, us);
	if (times < TIMES_MAX)
		raise(&port->share[times - 1]);
	note_delay(&port->again_delay, later);
}

/* As often as the port shows a frame at most. */
static unsigned
multiplicity(const struct port *port)
{
	unsigned times = 1;

	while (times < TIMES_MAX && port->share[times - 1] >= SHARE_LEAST)
		times++;
	return times;
}

/* ---- the window */

static unsigned
times_of(const struct original *o, uint32_t tap)
{
	for (int i = 0; i < TAPS_MAX; i++)
		if (o->shown[i].tap == tap)
			return o->shown[i].times;
	return 0;
}

static void
note_shown(struct original *o, uint32_t tap)
{
	for (int i = 0; i < TAPS_MAX; i++) {
		struct shown *s = &o->shown[i];

		if (s->tap != tap && s->tap != 0)
			continue;
		s->tap = tap;
		if (s->times < UINT32_MAX)
			s->times++;
		return;
	}
}

static void
add(struct duplicates *d, const struct asked *a)
{
	const uint32_t last = recent_giving_way(&d->recent);
	struct original *o;

	if (last != RECENT_NONE &&
	    recent_apart(a->us, d->originals[last].us) <= DUPLICATE_WINDOW_US)
		d->overrun++;
	o = &d->originals[recent_add(&d->recent, a->hash)];
	memset(o, 0, sizeof(*o));
	o->bytes = a->bytes;
	o->length = a->length;
	o->us = a->us;
	note_shown(o, a->tap);
}

static bool
is_alike(const struct original *o, const struct asked *a)
{
	return recent_apart(o->us, a->us) <= DUPLICATE_WINDOW_US &&
	    (o->length != a->length || o->bytes == a->bytes);
}

/* Whether this may be the port's doing. */
static bool
may_copy(const struct original *o, const struct asked *a)
{
	const unsigned times = times_of(o, a->tap);
	const struct port *port = a->teacher;
	const int64_t late = times ? port->again_delay.us : port->away_delay.us;

	/* No switch shows one frame so often: that is somebody's traffic. */
	if (a->is_single)
		return times < TIMES_MAX;
	if (!is_known(port, a->us))
		return false;
	if (recent_apart(o->us, a->us) > 2 * late + SLACK_US)
		return false;
	return times == 0 ? port->away >= SHARE_LEAST :
			    times < multiplicity(port);
}

/* The oldest that the frame may be a copy of, or NULL; *alike is the oldest
 * that it is like at all. */
static struct original *
find(const struct duplicates *d, const struct asked *a, struct original **alike)
{
	struct original *found = NULL;
	struct recent_look look;

	*alike = NULL;
	for (uint32_t at = recent_first(&d->recent, a->hash, &look);
	     at != RECENT_NONE; at = recent_next(&d->recent, &look)) {
		struct original *o = &d->originals[at];

		if (!is_alike(o, a))
			continue;
		*alike = o;
		if (may_copy(o, a))
			found = o;
	}
	return found;
}

static void
learn(const struct asked *a, const struct original *o)
{
	const unsigned times = o ? times_of(o, a->tap) : 0;
	const int64_t later = o ? recent_apart(o->us, a->us) : 0;

	if (!a->is_single && !a->is_telling)
		return;
	if (times == 0)
		learn_first(a->port, a->us, o != NULL, later);
	else
		learn_again(a->port, a->us, times, later);
}

enum duplicate
duplicate_frame(struct duplicates *d, const struct tap *tap,
    const struct zone *segment, uint16_t vlan, const struct frame *f,
    const struct packet *p)
{
	const bool is_group = p->has_macs &&
	    p->destination_mac.bytes[0] & GROUP_BIT;
	struct likeness like = { 0 };
	struct asked a = { .us = f->time.us,
		.tap = d->taps[tap->index],
		.port = port_of(d, tap, vlan, is_group),
		.is_single = is_single(p),
		.is_telling = is_telling(p) };
	struct original *o, *alike;
	unsigned times;

	a.teacher = teacher_of(a.port, is_group, a.us);
	a.length = compared(f, p, &like.network);
	_Static_assert(sizeof(like) == 92, "the likeness has holes");
	liken(d, tap, segment, p, a.length, &like);
	a.hash = table_hash(d->secret, &like, sizeof(like));
	a.bytes = table_hash(d->secret, p->network, a.length);
	o = find(d, &a, &alike);
	learn(&a, o ? o : alike);
	if (!o) {
		add(d, &a);
		return DUPLICATE_NONE;
	}
	times = times_of(o, a.tap);
	note_shown(o, a.tap);
	return times ? DUPLICATE_AGAIN : DUPLICATE_AWAY;
}
