/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sequences of frames through the whole engine with a small model and a table
 * of 16 conversations. Whatever comes, each frame has one account, and each
 * conversation is told of first at most once and at its end exactly once,
 * nothing after that.
 *
 * Input: records of an operation (1 byte: 3 bits kind, 2 bits source, 3 bits
 * step of time) and what the kind reads. Kinds are frames written out (length
 * and bytes), packets made from a few bytes, so that conversations come about,
 * and what comes between frames: another model, time, a recorder that asks
 * again. The classifier is a stand-in: the real one takes 13 ms to start and
 * has a target of its own (fuzz_classify).
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "bundle.h"
#include "classify.h"
#include "engine.h"
#include "flow.h"
#include "model.h"

#define CONVERSATIONS_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static struct model *models[2]; /* the second is the first, moved about */

static const char model_text[] =
    "{\"format\":\"sekisho-topology/1\",\"stage\":\"in-force\","
    "\"organisation\":{\"name\":\"t\",\"code\":\"999998\"},"
    "\"guideline\":{\"file\":\"g.json\",\"model\":\"alpha\"},"
    "\"zones\":["
    "{\"id\":\"a\",\"tier\":\"lgwan\",\"networks\":[\"10.0.0.0/31\"]},"
    "{\"id\":\"b\",\"tier\":\"lgwan-network\",\"networks\":["
    "\"10.0.0.2/31\"]},"
    "{\"id\":\"c\",\"tier\":\"mynumber\",\"networks\":[\"10.0.0.4/30\"]}],"
    "\"probes\":[{\"id\":\"p\",\"management\":{\"zone\":\"a\",\"address\":"
    "\"10.0.0.0\"}}],"
    "\"boundaries\":[{\"id\":\"m\",\"zones\":[\"a\",\"b\",\"c\"],\"taps\":["
    "{\"id\":\"s\",\"probe\":\"p\",\"segment\":\"a\",\"routers\":[{"
    "\"address\":\"10.0.0.1\",\"macs\":[\"02:00:00:00:00:01\"]}]},"
    "{\"id\":\"t\",\"probe\":\"p\",\"vlans\":{\"1\":\"b\",\"2\":\"c\"}},"
    "{\"id\":\"u\",\"probe\":\"p\"}]}],"
    "\"proxies\":[{\"id\":\"w\",\"hosts\":[\"10.0.0.3\"],\"ports\":[3],"
    "\"for\":[\"a\"]}],"
    "\"conduits\":[{\"id\":\"k\",\"from\":{\"zone\":\"a\"},\"to\":{"
    "\"zone\":\"b\"},\"services\":[{\"protocol\":\"tcp\",\"ports\":["
    "\"0-40\"],\"applications\":[\"FTP_CONTROL\",\"TLS\"]},{\"protocol\":"
    "\"udp\"}],\"approved\":{\"by\":[\"CISO\"],\"applicant\":\"x\","
    "\"number\":\"1\",\"on\":\"2020-01-01\"}}],"
    "\"containments\":[{\"id\":\"z\",\"what\":{\"hosts\":[\"10.0.0.3\"]},"
    "\"since\":\"2026-01-01\"}]}";

/* What the second model has otherwise: a boundary before, another router, one
 * VLAN less, another proxy, no conduit for datagrams. */
static const char *const edits[][2] = {
	{ "\"boundaries\":[",
	    "\"boundaries\":[{\"id\":\"d\",\"zones\":[\"a\","
	    "\"b\"],\"taps\":[{\"id\":\"x\",\"probe\":\"p\""
	    "}]}," },
	{ "02:00:00:00:00:01", "02:00:00:00:00:00" },
	{ ",\"2\":\"c\"", "" },
	{ "\"hosts\":[\"10.0.0.3\"]", "\"hosts\":[\"10.0.0.2\"]" },
	{ ",{\"protocol\":\"udp\"}", "" },
};

static void
require(bool holds)
{
	if (!holds)
		abort();
}

/* ---- the stand-in for the classifier */

struct classifier {
	uint32_t open;
};

struct classify_flow {
	uint8_t protocol;
};

struct classifier *
classifier_new(char *error, size_t size)
{
	(void)error;
	(void)size;
	return calloc(1, sizeof(struct classifier));
}

void
classifier_free(struct classifier *c)
{
	require(c->open == 0);
	free(c);
}

uint32_t
classifier_open(const struct classifier *c)
{
	return c->open;
}

uint64_t
classifier_refused(const struct classifier *c)
{
	(void)c;
	return 0;
}

const char *
classifier_version(void)
{
	return "none";
}

bool
classify_hello(struct classify_label *label, const struct packet *p,
    bool from_initiator)
{
	(void)label;
	(void)p;
	(void)from_initiator;
	return false;
}

void
classify_end(struct classifier *c, struct classify_flow **flow,
    struct classify_label *label)
{
	if (*flow)
		c->open--;
	free(*flow);
	*flow = NULL;
	if (label->state == CLASSIFY_MORE)
		label->state = label->by_payload ? CLASSIFY_DECIDED :
						   CLASSIFY_GAVE_UP;
}

/* The first byte of payload names what it is; some take several packets. */
bool
classify_packet(struct classifier *c, struct classify_flow **flow,
    struct classify_label *label, const struct packet *p, bool from_initiator,
    struct wall_us time)
{
	static const char *const names[4] = { "", "FTP_CONTROL", "TLS", "" };
	const char *name;

	(void)from_initiator;
	(void)time;
	require(p->kind == PACKET_IP && label->state == CLASSIFY_MORE);
	if (p->payload_captured == 0)
		return true;
	if (!*flow) {
		*flow = calloc(1, sizeof(**flow));
		(*flow)->protocol = p->protocol;
		c->open++;
	}
	require((*flow)->protocol == p->protocol);
	name = names[p->payload[0] % 4];
	(void)snprintf(label->name, sizeof(label->name), "%s", name);
	label->by_payload = name[0] != '\0';
	if (++label->packets > p->payload[0] / 64)
		classify_end(c, flow, label);
	return true;
}

/* ---- what must hold */

struct notebook {
	bool told[CONVERSATIONS_MAX], ended[CONVERSATIONS_MAX];
	uint64_t conversations;
	bool final;
};

static void
on_conversation(void *context, const struct observation *o)
{
	struct notebook *n = context;
	const uint64_t id = o->flow_id;

	require(id < CONVERSATIONS_MAX && !n->ended[id]);
	require(o->conversation->sighting_count > 0 ||
	    o->conversation->sightings_full);
	require(o->tap->boundary == o->conversation->boundary);
	require(o->conversation->first.us <= o->conversation->last.us);
	require(o->frames >= o->packets[0] + o->packets[1]);
	require(o->verdict->kind != VERDICT_CONFORM ||
	    o->conversation->application_state != APPLICATION_PENDING);
	switch (o->stage) {
	case OBSERVATION_FIRST:
		require(!n->told[id]);
		n->told[id] = true;
		break;
	case OBSERVATION_UPDATE:
		require(n->told[id]);
		break;
	default:
		require(o->ending != ENDING_NONE && o->conversation->ended);
		n->ended[id] = true;
		break;
	}
}

/* Reads all that it points to, so that the sanitizers see what is gone. */
static void
on_notice(void *context, const struct notice *n)
{
	size_t read = strlen(n->boundary->id);

	(void)context;
	require(n->check != CHECK_NONE && n->severity != SEVERITY_NONE);
	require(n->word != NOTICE_NONE && n->word < NOTICE_COUNT);
	require(n->packet_count <= EVIDENCE_NOTICE_MAX);
	read += n->tap ? strlen(n->tap->id) : 0;
	read += n->seen ? strlen(n->seen) : 0;
	read += n->expected ? strlen(n->expected) : 0;
	read += n->clause.id ? strlen(n->clause.id) : 0;
	for (int i = 0; i < 2; i++)
		read += n->party[i].zone ? strlen(n->party[i].zone->id) : 0;
	for (size_t i = 0; i < n->packet_count; i++)
		for (uint32_t j = 0; j < n->packets[i].kept; j++)
			read += n->packets[i].bytes[j];
	require(read > 0);
}

static void
on_account(void *context, const struct tally *t)
{
	struct notebook *n = context;
	uint64_t sum = t->judged;

	for (size_t i = 0; i < t->reason_count; i++)
		sum += t->reasons[i].value;
	require(sum == t->read && !n->final);
	n->final = t->final;
	for (size_t i = 0; i < t->counter_count; i++)
		if (strcmp(t->counters[i].name, "conversations") == 0)
			n->conversations = t->counters[i].value;
}

/* ---- frames from bytes */

struct builder {
	uint8_t bytes[512];
	size_t length;
};

static void
put(struct builder *b, unsigned value, int bytes)
{
	while (bytes-- > 0)
		b->bytes[b->length++] = (uint8_t)(value >> (8 * bytes));
}

static void
put_ip(struct builder *b, uint8_t ends, uint8_t protocol, size_t payload,
    unsigned fragment)
{
	put(b, 0x4500, 2);
	put(b, (unsigned)(20 + payload), 2);
	put(b, 1, 2);
	put(b, fragment, 2);
	put(b, 0x4000u | protocol, 2);
	put(b, 0, 2);
	put(b, 0x0a000000u | (ends & 7), 4);
	put(b, 0x0a000000u | (ends >> 3 & 7), 4);
}

static void
put_link(struct builder *b, uint8_t choice)
{
	put(b, 0x02000000, 4);
	put(b, choice & 1, 2);
	put(b, 0x02000000, 4);
	put(b, choice >> 1 & 1, 2);
	if (choice & 4) {
		put(b, 0x8100, 2);
		put(b, choice >> 3 & 3, 2);
	}
	put(b, 0x0800, 2);
}

/* Ports are small, so that both ends are met again. */
static void
put_ports(struct builder *b, uint8_t ports)
{
	put(b, ports & 7 ? ports & 7 : 21, 2);
	put(b, ports >> 3 & 7 ? ports >> 3 & 7 : 69, 2);
}

static void
put_payload(struct builder *b, struct cursor *in, size_t n)
{
	const uint8_t *p = cursor_take(in, n);

	if (p && n)
		memcpy(b->bytes + b->length, p, n);
	b->length += p ? n : 0;
}

static void
build_tcp(struct builder *b, struct cursor *in)
{
	const uint8_t link = cursor_u8(in), ends = cursor_u8(in);
	const uint8_t ports = cursor_u8(in), flags = cursor_u8(in);
	const uint32_t seq = cursor_be32(in);
	const uint16_t ack = cursor_be16(in);
	const size_t n = cursor_u8(in) & 63;

	put_link(b, link);
	put_ip(b, ends, 6, 20 + n, 0);
	put_ports(b, ports);
	put(b, seq, 4);
	put(b, ack, 4);
	put(b, 0x5000u | flags, 2);
	put(b, 0, 4);
	put(b, 0, 2);
	put_payload(b, in, n);
}

static void
build_udp(struct builder *b, struct cursor *in)
{
	const uint8_t link = cursor_u8(in), ends = cursor_u8(in);
	const uint8_t ports = cursor_u8(in), fragment = cursor_u8(in);
	const size_t n = cursor_u8(in) & 63;

	put_link(b, link);
	put_ip(b, ends, 17, 8 + n,
	    (fragment & 1 ? 0x2000u : 0) | (fragment >> 4 & 3));
	put_ports(b, ports);
	put(b, (unsigned)(8 + n), 2);
	put(b, 0, 2);
	put_payload(b, in, n);
}

static void
build_icmp(struct builder *b, struct cursor *in)
{
	const uint8_t link = cursor_u8(in), ends = cursor_u8(in);
	const uint8_t type = cursor_u8(in), quoted = cursor_u8(in);
	const uint8_t ports = cursor_u8(in);

	put_link(b, link);
	put_ip(b, ends, 1, 8 + 28, 0);
	put(b, type & 15, 1);
	put(b, type >> 4, 1);
	put(b, 0, 2);
	put(b, ports, 4);
	put_ip(b, quoted, quoted & 64 ? 6 : 17, 8, 0);
	put_ports(b, ports);
	put(b, 8, 4);
}

static void
build_raw(struct builder *b, struct cursor *in)
{
	const size_t n = cursor_u8(in);

	put_payload(b, in, n);
}

/* Puts what was built into a tunnel, or MPLS, or a mirror's way here (the
 * probe's own address is 10.0.0.0), once or twice. */
static void
wrap(struct builder *b, uint8_t choice)
{
	const size_t link = b->bytes[12] == 0x81 ? 18 : 14;
	const struct builder in = *b;
	const bool frame = choice & 1;
	const uint8_t *from = frame ? in.bytes : in.bytes + link;
	const size_t n = frame ? in.length : in.length - link;
	const uint8_t ends = choice & 2 ? 1 : 8 | 1;

	if (in.length < link || in.length > sizeof(in.bytes) / 2)
		return;
	b->length = 0;
	if (choice & 4) {
		put_link(b, 0);
		put_ip(b, ends, 47, 8 + n, 0);
		put(b, frame ? 0x20006558 : 0x20000800, 4);
		put(b, choice & 1, 4);
	} else if (choice & 2) {
		put_link(b, 4 | 8);
		put_ip(b, ends, 17, 8 + 8 + n, 0);
		put(b, 0x040012b5, 4); /* to VXLAN's port */
		put(b, (unsigned)(16 + n), 2);
		put(b, 0, 2);
		put(b, 0x08000000, 4);
		put(b, 0x700, 4);
	} else {
		put_link(b, 0);
		b->length -= 2;
		put(b, 0x8847, 2);
		put(b, 0x00010140, 4);
		if (frame)
			put(b, 0, 4);
	}
	memcpy(b->bytes + b->length, from, n);
	b->length += n;
}

static const int64_t steps_us[8] = { 0, 1000, CLOCK_SECOND / 2,
	11 * CLOCK_SECOND, 61 * CLOCK_SECOND, 2 * CLOCK_HOUR, -CLOCK_SECOND,
	-2 * CLOCK_DAY };

static void
find_taps(const struct model *m, const struct tap *taps[3])
{
	static const char *const ids[3] = { "s", "t", "u" };

	for (size_t i = 0; i < 3; i++) {
		taps[i] = model_tap(m, ids[i]);
		require(taps[i] != NULL);
	}
}

/* What happens between frames: another model, a recorder that asks again,
 * time. */
static void
interrupt(struct engine *e, struct cursor *in, struct wall_us now)
{
	const uint8_t what = cursor_u8(in);
	const struct tap *taps[3];

	if (what & 2) {
		find_taps(models[what & 1], taps);
		if (what & 4)
			taps[2] = NULL;
		engine_reload(e, models[what & 1], taps, what);
	}
	if (what & 8)
		engine_again(e);
	if (what & 16)
		engine_account(e);
	if (what & 32)
		engine_missed(e);
	engine_time(e, now);
}

static void
feed(struct engine *e, struct cursor *in, int64_t *us)
{
	static void (*const kinds[7])(struct builder *,
	    struct cursor *) = { build_tcp, build_tcp, build_tcp, build_udp,
		build_udp, build_icmp, build_raw };
	const uint8_t operation = cursor_u8(in);
	struct builder b = { .length = 0 };
	struct cursor ahead = *in;
	uint8_t choice;
	struct frame f = { .source = operation >> 3 & 3, .link_type = 1 };
	uint8_t *exact;

	if ((operation & 7) == 7) {
		*us += steps_us[operation >> 5];
		interrupt(e, in, (struct wall_us){ *us });
		return;
	}
	choice = cursor_u8(&ahead) >> 5;
	kinds[operation & 7](&b, in);
	if (!cursor_ok(in))
		return;
	if (choice != 0)
		wrap(&b, choice);
	if (choice == 7)
		wrap(&b, choice);
	*us += steps_us[operation >> 5];
	exact = malloc(b.length ? b.length : 1);
	require(exact != NULL);
	memcpy(exact, b.bytes, b.length);
	f.time.us = *us;
	f.captured = f.wire = (uint32_t)b.length;
	f.bytes = exact;
	engine_frame(e, &f);
	free(exact);
}

static struct model *
load(const char *text, const char *guideline, size_t n)
{
	struct bundle b = { 0 };
	struct diag d = { .lang = LANG_EN };
	struct model *m;

	(void)bundle_add(&b, "m", "m", text, strlen(text));
	(void)bundle_add(&b, "g.json", "g.json", guideline, n);
	m = model_load(&b, &d);
	if (!m) {
		struct text faults = { 0 };

		diag_print(&d, &faults);
		(void)fputs(text_str(&faults), stderr);
		abort();
	}
	diag_free(&d);
	bundle_free(&b);
	return m;
}

/* The text of the second model; the caller frees it. */
static char *
edited(void)
{
	char *text = strdup(model_text);

	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		char *next = NULL;
		const char *at = text ? strstr(text, edits[i][0]) : NULL;

		require(at != NULL);
		require(asprintf(&next, "%.*s%s%s", (int)(at - text), text,
			    edits[i][1], at + strlen(edits[i][0])) > 0);
		free(text);
		text = next;
	}
	return text;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static char guideline[256 * 1024];
	char path[4096], *text = edited();
	FILE *f;
	size_t n;

	(void)argc;
	(void)argv;
	(void)snprintf(path, sizeof(path), "%s/guidelines/mic-2025-03.json",
	    bundle_data_dir());
	f = fopen(path, "r");
	require(f != NULL);
	n = fread(guideline, 1, sizeof(guideline), f);
	(void)fclose(f);
	models[0] = load(model_text, guideline, n);
	models[1] = load(text, guideline, n);
	free(text);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct engine_options options = {
		.conversations_max = FLOW_MAX_LEAST
	};
	struct notebook *n = calloc(1, sizeof(*n));
	const struct observer observer = { .context = n,
		.conversation = on_conversation,
		.account = on_account,
		.notice = on_notice };
	const struct tap *taps[3];
	struct engine *e;
	struct cursor in;
	int64_t us = INT64_C(1795222800) * CLOCK_SECOND;
	char error[256];

	require(n != NULL);
	find_taps(models[0], taps);
	e = engine_new(models[0], taps, NULL, 3, &options, &observer, error,
	    sizeof(error));
	require(e != NULL);
	cursor_init(&in, data, size < 16384 ? size : 16384);
	while (cursor_left(&in) > 0)
		feed(e, &in, &us);
	if (size % 8 != 7) { /* else it is freed with everything open */
		engine_finish(e);
		require(n->final);
		for (uint64_t i = 0; i < n->conversations; i++)
			require(n->ended[i]);
		require(!n->ended[n->conversations]);
	}
	engine_free(e);
	free(n);
	return 0;
}
