/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What loading a model and judging a conversation cost, for 10, 1,000 and
 * 100,000 conduits among 20,000 hosts and 5,000 networks. Judging must not
 * grow with the number of conduits. Two mixes tell work from memory: "spread"
 * asks for any of the conduits, so a large model no longer lies in the caches;
 * "hot" asks for the same ten in each model, so that only the work counts.
 * Prints and asserts nothing about time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/digest.h"
#include "judge.h"

#define ZONES 40u
#define NETWORKS 5000u
#define HOSTS 20000u
#define CLIENTS (NETWORKS / 2) /* networks of the tier that opens */
#define CALLS 200000u
#define ROUNDS 3 /* the best of them */
#define HOT 10u	 /* conduits that the hot mix asks for */
#define GUIDELINE "mic-2025-03.json"

struct cost {
	double load_ms, hot_ns, hit_ns, miss_ns;
};

static double
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* The i-th address of the first (side 0) or second half of the zones: those
 * of even side open to those of odd side. */
static uint32_t
address_of(uint32_t i, uint32_t side)
{
	const uint32_t at = i % CLIENTS;
	const uint32_t network = at / (ZONES / 2) * ZONES + side * (ZONES / 2) +
	    at % (ZONES / 2);

	return 10u << 24 | (network / 250) << 16 | (network % 250) << 8 |
	    (1 + i / CLIENTS % 200);
}

static uint32_t
zone_of(uint32_t address)
{
	return ((address >> 16 & 0xff) * 250 + (address >> 8 & 0xff)) % ZONES;
}

/* The server of conduit k: another one for each round over the clients. */
static uint32_t
server_of(uint32_t k)
{
	return address_of(k * 31 + k / CLIENTS, 1);
}

static void
add_address(struct text *t, uint32_t a)
{
	text_printf(t, "%u.%u.%u.%u", a >> 24, a >> 16 & 0xff, a >> 8 & 0xff,
	    a & 0xff);
}

static void
add_zones(struct text *t)
{
	text_add(t, "\"zones\":[");
	for (uint32_t z = 0; z < ZONES; z++) {
		text_printf(t,
		    "%s{\"id\":\"z%u\",\"tier\":\"%s\","
		    "\"networks\":[",
		    z ? "," : "", z, z < ZONES / 2 ? "lgwan" : "lgwan-network");
		for (uint32_t n = z; n < NETWORKS; n += ZONES)
			text_printf(t, "%s\"10.%u.%u.0/24\"", n == z ? "" : ",",
			    n / 250, n % 250);
		text_add(t, "]}");
	}
	text_add(t, "],\"boundaries\":[{\"id\":\"main\",\"zones\":[");
	for (uint32_t z = 0; z < ZONES; z++)
		text_printf(t, "%s\"z%u\"", z ? "," : "", z);
	text_add(t,
	    "],\"taps\":[{\"id\":\"tap\",\"probe\":\"p\","
	    "\"interface\":\"span0\"}]}],");
}

static void
add_hosts(struct text *t)
{
	text_add(t, "\"hosts\":[");
	for (uint32_t h = 0; h < HOSTS; h++) {
		const uint32_t a = address_of(h / 2, h % 2);

		text_printf(t,
		    "%s{\"name\":\"h%u\",\"kind\":\"terminal\","
		    "\"interfaces\":[{\"zone\":\"z%u\","
		    "\"address\":\"",
		    h ? "," : "", h, zone_of(a));
		add_address(t, a);
		text_add(t, "\"}]}");
	}
	text_add(t, "],");
}

static void
add_conduits(struct text *t, uint32_t count)
{
	text_add(t, "\"conduits\":[");
	for (uint32_t k = 0; k < count; k++) {
		const uint32_t from = address_of(k, 0), to = server_of(k);

		text_printf(t,
		    "%s{\"id\":\"c%u\",\"from\":{\"zone\":\"z%u\","
		    "\"hosts\":[\"",
		    k ? "," : "", k, zone_of(from));
		add_address(t, from);
		text_printf(t, "\"]},\"to\":{\"zone\":\"z%u\",\"hosts\":[\"",
		    zone_of(to));
		add_address(t, to);
		text_add(t,
		    "\"]},\"services\":[{\"protocol\":\"tcp\","
		    "\"ports\":[443],\"applications\":[\"TLS\"]}],"
		    "\"approved\":{\"by\":[\"CISO\"],\"applicant\":"
		    "\"x\",\"number\":\"1\",\"on\":\"2026-04-01\"},"
		    "\"expires\":\"2030-03-31\"}");
	}
	text_add(t, "]}\n");
}

static void
write_model(struct text *t, uint32_t conduits)
{
	text_add(t,
	    "{\"format\":\"sekisho-topology/1\",\"stage\":\"in-force\","
	    "\"organisation\":{\"name\":\"bench\",\"code\":\"999997\","
	    "\"timezone\":\"Asia/Tokyo\"},"
	    "\"guideline\":{\"file\":\"" GUIDELINE "\","
	    "\"model\":\"alpha\"},\"probes\":[{\"id\":\"p\"}],");
	add_zones(t);
	add_hosts(t);
	add_conduits(t, conduits);
}

static bool
read_guideline(struct text *out)
{
	char path[4096], piece[65536];
	FILE *file;
	size_t n;

	(void)snprintf(path, sizeof(path), "%s/guidelines/" GUIDELINE,
	    bundle_data_dir());
	file = fopen(path, "rb");
	if (!file) {
		perror(path);
		return false;
	}
	while ((n = fread(piece, 1, sizeof(piece), file)) > 0)
		text_add_n(out, piece, n);
	return fclose(file) == 0;
}

/* NULL after the model's faults were printed. */
static struct model *
load(uint32_t conduits, double *load_ms)
{
	struct text model = { 0 }, guideline = { 0 }, faults = { 0 };
	struct diag d = { .lang = LANG_EN };
	struct bundle bundle = { 0 };
	struct model *m = NULL;
	double begun;

	write_model(&model, conduits);
	if (read_guideline(&guideline)) {
		(void)bundle_add(&bundle, "bench.json", "bench.json",
		    model.data, model.length);
		(void)bundle_add(&bundle, GUIDELINE, GUIDELINE, guideline.data,
		    guideline.length);
		begun = now_ns();
		m = model_load(&bundle, &d);
		*load_ms = (now_ns() - begun) / 1e6;
	}
	if (!m) {
		diag_print(&d, &faults);
		(void)fputs(text_str(&faults), stderr);
	}
	diag_free(&d);
	bundle_free(&bundle);
	text_free(&model);
	text_free(&guideline);
	text_free(&faults);
	return m;
}

static struct addr
v4(uint32_t a)
{
	const uint8_t bytes[4] = { (uint8_t)(a >> 24), (uint8_t)(a >> 16),
		(uint8_t)(a >> 8), (uint8_t)a };

	return addr_from_v4(bytes);
}

/* Mean cost of judging an answered TLS conversation; hit: along a conduit,
 * else between the same client and a server that no conduit names to it. */
static double
measure(const struct model *m, uint32_t asked, bool hit)
{
	struct conversation c = { .boundary = &m->boundaries[0],
		.port = { 50000, 443 },
		.protocol = 6,
		.first = { INT64_C(1790000000000000) },
		.outcome = OUTCOME_DATA,
		.payload = { true, true },
		.application_state = APPLICATION_KNOWN,
		.application = "TLS",
		.confidence = CONFIDENCE_PAYLOAD,
		.ended = true };
	const enum verdict_kind expected = hit ? VERDICT_CONFORM :
						 VERDICT_VIOLATE;
	uint32_t random = 12345, wrong = 0;
	struct verdict v;
	double begun;

	c.last = c.first;
	c.sightings[0].tap = &m->boundaries[0].taps[0];
	c.sightings[0].way[0].frames = c.sightings[0].way[1].frames = 5;
	c.sighting_count = 1;
	begun = now_ns();
	for (uint32_t i = 0; i < CALLS; i++) {
		uint32_t k;

		random = random * 1664525u + 1013904223u;
		k = (random >> 8) % asked;
		c.address[0] = v4(address_of(k, 0));
		/* Above 200 no conduit's address ends. */
		c.address[1] = v4(hit ? server_of(k) : server_of(k) | 0xf0);
		judge(m, &c, c.last, &v);
		wrong += v.kind != expected;
	}
	begun = (now_ns() - begun) / CALLS;
	if (wrong) {
		(void)fprintf(stderr, "%u of %u verdicts are not %s\n", wrong,
		    CALLS, verdict_name(expected));
		exit(1);
	}
	return begun;
}

static double
best_of(const struct model *m, uint32_t asked, bool hit)
{
	double best = measure(m, asked, hit);

	for (int i = 1; i < ROUNDS; i++) {
		const double again = measure(m, asked, hit);

		if (again < best)
			best = again;
	}
	return best;
}

static bool
run(uint32_t conduits, struct cost *cost)
{
	struct model *m = load(conduits, &cost->load_ms);

	if (!m)
		return false;
	cost->hot_ns = best_of(m, HOT, true);
	cost->hit_ns = best_of(m, conduits, true);
	cost->miss_ns = best_of(m, conduits, false);
	(void)printf("%6u conduits: load %.0f ms, judge %.0f ns hot, "
		     "%.0f ns spread, %.0f ns undeclared\n",
	    conduits, cost->load_ms, cost->hot_ns, cost->hit_ns, cost->miss_ns);
	model_free(m);
	return true;
}

int
main(void)
{
	static const uint32_t sizes[] = { 10, 1000, 100000 };
	struct cost cost[3];

	digest_init();
	(void)printf("%u hosts, %u networks, %u zones; mean of %u calls\n",
	    HOSTS, NETWORKS, ZONES, CALLS);
	for (int i = 0; i < 3; i++)
		if (!run(sizes[i], &cost[i]))
			return 1;
	(void)printf("100000 conduits against 10: %.2f times hot, "
		     "%.2f times spread, %.2f times undeclared\n",
	    cost[2].hot_ns / cost[0].hot_ns, cost[2].hit_ns / cost[0].hit_ns,
	    cost[2].miss_ns / cost[0].miss_ns);
	return 0;
}
