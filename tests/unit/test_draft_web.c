/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a draft takes from the model's own declarations: what is asked of a
 * declared proxy, what runs in a declared tunnel, what is logged all day, and
 * what a zone of guests is there for. Each of them has a way to be too wide.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "draft.h"
#include "loading.h"

struct scene {
	struct loading l;
	struct draft_seen seen;
	struct draft_channel c;
};

static void
begin(struct scene *s)
{
	memset(s, 0, sizeof(*s));
	loading_with(&s->l,
	    "\"boundaries\":[{\"id\":\"main\",\"zones\":[\"core\",\"gcloud\","
	    "\"lg\",\"gate\",\"lgwan\",\"outside\"],\"taps\":[{\"id\":\"t\","
	    "\"probe\":\"p\",\"interface\":\"e\"}]}],\"probes\":[{\"id\":\"p\""
	    "}],\"proxies\":[{\"id\":\"web\",\"hosts\":[\"10.9.0.80\"],"
	    "\"ports\":[8080],\"for\":[\"lg\"]}],\"tunnels\":[{\"id\":\"a\","
	    "\"name\":\"a\",\"protocol\":\"gre\",\"from\":{\"hosts\":["
	    "\"10.2.250.1\"]},\"to\":{\"hosts\":[\"10.9.0.250\"]},"
	    "\"approved\":{\"by\":[\"CISO\"],\"applicant\":\"a\","
	    "\"number\":\"1\",\"on\":\"2025-04-01\"}}]",
	    NULL);
	assert_non_null(s->l.m);
	draft_seen_init(&s->seen, s->l.m);
}

static void
end(struct scene *s)
{
	draft_seen_fini(&s->seen);
	loading_free(&s->l);
}

static void
between(struct scene *s, const char *from, const char *to, int protocol,
    int port)
{
	struct draft_channel *c = &s->c;

	memset(c, 0, sizeof(*c));
	assert_true(addr_parse(from, &c->from));
	assert_true(addr_parse(to, &c->to));
	c->from_zone = draft_zone_of(s->l.m, &c->from);
	c->to_zone = draft_zone_of(s->l.m, &c->to);
	c->protocol = (uint8_t)protocol;
	c->port = (uint16_t)port;
}

static unsigned
asked(struct scene *s, const char *application, const char *name)
{
	return draft_web_asked(s->l.m, &s->l.m->boundaries[0], &s->c,
	    application, name);
}

static void
test_only_what_is_asked_of_a_declared_proxy_leads_out(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	between(&s, "10.2.1.1", "10.9.0.80", 6, 8080);
	assert_int_equal(asked(&s, "HTTP_Connect", "www.example"),
	    DRAFT_ASKED_TLS);
	assert_int_equal(asked(&s, "HTTP_Proxy", "www.example"),
	    DRAFT_ASKED_HTTP);
	assert_int_equal(asked(&s, "HTTP_Connect", "203.0.113.9"),
	    DRAFT_ASKED_TLS);
	assert_int_equal(asked(&s, "HTTP_Connect", "10.1.0.20"), 0);
	assert_int_equal(asked(&s, "HTTP_Connect", ""), 0);
	assert_int_equal(asked(&s, "SSH", "www.example"), 0);
	between(&s, "10.2.1.1", "10.9.0.80", 6, 8081);
	assert_int_equal(asked(&s, "HTTP_Connect", "www.example"), 0);
	end(&s);
}

static void
test_a_tier_that_may_not_go_out_may_not_by_a_proxy(void **state)
{
	struct draft_channel inner;
	struct scene s;

	(void)state;
	begin(&s);
	between(&s, "10.1.1.1", "10.9.0.80", 6, 8080);
	s.c.asked = DRAFT_ASKED_TLS;
	assert_false(draft_web_inner(&s.seen, &s.c, &inner));
	between(&s, "10.2.1.1", "10.9.0.80", 6, 8080);
	s.c.asked = DRAFT_ASKED_TLS;
	assert_false(draft_web_inner(&s.seen, &s.c, &inner));
	end(&s);
}

static void
test_a_declared_tunnel_is_its_kind_between_its_ends(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	between(&s, "10.2.250.1", "10.9.0.250", 47, 0);
	assert_true(draft_web_is_declared_tunnel(s.l.m, &s.c));
	between(&s, "10.9.0.250", "10.2.250.1", 47, 0);
	assert_true(draft_web_is_declared_tunnel(s.l.m, &s.c));
	between(&s, "10.9.0.250", "10.2.250.1", 50, 0);
	assert_false(draft_web_is_declared_tunnel(s.l.m, &s.c));
	between(&s, "10.2.250.2", "10.9.0.250", 47, 0);
	assert_false(draft_web_is_declared_tunnel(s.l.m, &s.c));
	end(&s);
}

static void
test_logs_of_a_day_are_no_doubt_and_a_burst_is(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	s.seen.last_us = 24 * CLOCK_HOUR;
	between(&s, "10.2.1.1", "10.9.0.40", 17, 514);
	s.c.unanswered = true;
	s.c.application = draft_word(&s.seen, "Syslog");
	s.c.last_us = 23 * CLOCK_HOUR;
	s.c.count = 1;
	assert_true(draft_web_is_daily_report(&s.seen, &s.c));
	s.c.last_us = CLOCK_HOUR;
	assert_false(draft_web_is_daily_report(&s.seen, &s.c));
	s.c.last_us = 23 * CLOCK_HOUR;
	assert_true(addr_parse("203.0.113.7", &s.c.to));
	s.c.to_zone = draft_zone_of(s.l.m, &s.c.to);
	assert_false(draft_web_is_daily_report(&s.seen, &s.c));
	end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_only_what_is_asked_of_a_declared_proxy_leads_out),
		cmocka_unit_test(
		    test_a_tier_that_may_not_go_out_may_not_by_a_proxy),
		cmocka_unit_test(
		    test_a_declared_tunnel_is_its_kind_between_its_ends),
		cmocka_unit_test(
		    test_logs_of_a_day_are_no_doubt_and_a_burst_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
