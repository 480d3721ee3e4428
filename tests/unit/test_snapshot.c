/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of verifier/snapshot*.c: what is stored and read again, FWR-8. */
#include "snapshot.h"
#include "holding.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define BASE "chain forward hook forward drop\n"
#define DAY_US (24 * INT64_C(3600000000))
#define NOW INT64_C(1795000000000000)

struct store {
	char folder[64];
	struct diag d;
	struct text said;
};

static void
begin(struct store *s)
{
	memset(s, 0, sizeof(*s));
	s->d.lang = LANG_EN;
	snprintf(s->folder, sizeof(s->folder), "/tmp/sekisho-snapshot-XXXXXX");
	assert_non_null(mkdtemp(s->folder));
}

static void
end(struct store *s)
{
	char path[400], inner[100];
	DIR *dir;
	struct dirent *e;

	snprintf(inner, sizeof(inner), "%s/fw1", s->folder);
	dir = opendir(inner);
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", inner, e->d_name);
		unlink(path);
	}
	if (dir != NULL)
		closedir(dir);
	rmdir(inner);
	rmdir(s->folder);
	diag_free(&s->d);
	text_free(&s->said);
}

static bool
says(struct store *s, const char *words)
{
	text_clear(&s->said);
	diag_print(&s->d, &s->said);
	if (strstr(text_str(&s->said), words) != NULL)
		return true;
	fprintf(stderr, "not said: %s\nbut:\n%s", words, text_str(&s->said));
	return false;
}

/* Stores one state; returns its path, owned by the caller. */
static char *
put(struct store *s, const struct ruleset *r, int64_t at, const char *number,
    const char *approved)
{
	char firewall[] = "fw1", host[] = "h", who[] = "山田 \"t\"";
	char *change = number ? strdup(number) : NULL;
	char *by = approved ? strdup(approved) : NULL;
	char stands[] = "情政第1号";
	struct snapshot x = { .firewall = firewall,
		.first_taken = { at },
		.last_taken = { at + 5 },
		.host = host,
		.operator_name = who,
		.change_number = change,
		.approved = approved != NULL,
		.approved_by = by,
		.approved_number = stands,
		.approved_at = { at + 7 } };
	const int lock = snapshot_lock(s->folder, "fw1", &s->d);

	assert_true(lock >= 0);
	memcpy(x.sha256, r->sha256, sizeof(x.sha256));
	assert_true(snapshot_write(s->folder, &x, r, 9 * 3600, &s->d));
	close(lock);
	free(change);
	free(by);
	return x.path;
}

static void
test_state_is_read_as_it_was_written(void **state)
{
	struct ruleset *r = holding_ruleset(BASE "tcp dport 443 accept\n"),
		       *back;
	struct snapshot_store store;
	const struct snapshot *k;
	struct store s;
	struct stat st;
	char *path;

	(void)state;
	begin(&s);
	path = put(&s, r, NOW, "変更-1", "CISO");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(snapshot_open(s.folder, "fw1", &store, &s.d));
	assert_int_equal(store.count, 1);
	k = &store.items[0];
	assert_string_equal(k->path, path);
	assert_string_equal(k->sha256, r->sha256);
	assert_int_equal(k->first_taken.us, NOW);
	assert_int_equal(k->last_taken.us, NOW + 5);
	assert_string_equal(k->operator_name, "山田 \"t\"");
	assert_string_equal(k->change_number, "変更-1");
	assert_true(k->approved);
	assert_int_equal(k->approved_at.us, NOW + 7);
	assert_false(snapshot_self_approved(k));
	back = snapshot_ruleset(k, &s.d);
	assert_non_null(back);
	assert_string_equal(back->sha256, r->sha256);
	assert_string_equal(back->rules[0]->text, r->rules[0]->text);
	ruleset_free(back);
	snapshot_close(&store);
	ruleset_free(r);
	free(path);
	end(&s);
}

static void
test_folder_that_is_not_there_is_empty(void **state)
{
	struct snapshot_store store;
	struct store s;

	(void)state;
	begin(&s);
	assert_true(snapshot_open(s.folder, "fw1", &store, &s.d));
	assert_int_equal(store.count, 0);
	assert_null(snapshot_approved(&store));
	assert_null(snapshot_newest(&store));
	snapshot_close(&store);
	end(&s);
}

/* Every truncation of a file is a fault, and the other file is read. */
static void
test_every_truncation_is_a_fault_that_hides_no_other(void **state)
{
	struct ruleset *r = holding_ruleset(BASE "tcp dport 443 accept\n");
	struct ruleset *o = holding_ruleset(BASE "udp accept\n");
	struct store s;
	char *path, *other, bytes[65536];
	ssize_t n;
	int fd;

	(void)state;
	begin(&s);
	path = put(&s, r, NOW, NULL, NULL);
	other = put(&s, o, NOW + DAY_US, NULL, NULL);
	fd = open(path, O_RDWR);
	n = read(fd, bytes, sizeof(bytes));
	assert_true(n > 0 && n < (ssize_t)sizeof(bytes));
	/* Without the line end it is still whole. */
	for (ssize_t k = n - 2; k >= 0; k -= k > 400 ? 7 : 1) {
		struct snapshot_store store;

		assert_int_equal(ftruncate(fd, k), 0);
		assert_false(snapshot_open(s.folder, "fw1", &store, &s.d));
		assert_true(s.d.errors > 0);
		assert_int_equal(store.count, 1);
		diag_free(&s.d);
		s.d = (struct diag){ .lang = LANG_EN };
		snapshot_close(&store);
	}
	close(fd);
	ruleset_free(r);
	ruleset_free(o);
	free(path);
	free(other);
	end(&s);
}

static void
replace(const char *path, const char *from, const char *to)
{
	char bytes[65536] = "";
	FILE *f = fopen(path, "r");
	size_t n = fread(bytes, 1, sizeof(bytes) - 1, f);
	char *at = strstr(bytes, from);

	fclose(f);
	assert_non_null(at);
	f = fopen(path, "w");
	fwrite(bytes, 1, (size_t)(at - bytes), f);
	fputs(to, f);
	fwrite(at + strlen(from), 1, n - (size_t)(at - bytes) - strlen(from),
	    f);
	fclose(f);
}

static void
test_each_lie_is_a_fault(void **state)
{
	static const char *const lies[][2] = {
		{ "sekisho-snapshot/1", "sekisho-snapshot/2" },
		{ "\"firewall\":\"fw1\"", "\"firewall\":\"fw2\"" },
		{ "\"firewall\":\"fw1\"", "\"firewall\":1" },
		{ "\"sha256\":\"", "\"sha256\":\"G" },
		{ "\"host\"", "\"hast\"" },
		{ "\"operator\"", "\"operater\"" },
		{ "first-taken\":\"2026", "first-taken\":\"2027" },
		{ "first-taken\":\"2026", "first-taken\":\"x026" },
		{ ":\"2026-11-", ":\"2026-13-" },
		{ "\"ruleset\":{", "\"rulesat\":{" },
		{ "\"by\":\"CISO\"", "\"by\":null" },
	};
	struct ruleset *r = holding_ruleset(BASE "tcp dport 443 accept\n");

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct snapshot_store store;
		struct store s;
		char *path;

		begin(&s);
		path = put(&s, r, NOW, NULL, "CISO");
		replace(path, lies[i][0], lies[i][1]);
		if (snapshot_open(s.folder, "fw1", &store, &s.d))
			fail_msg("%s was believed", lies[i][1]);
		assert_int_equal(store.count, 0);
		assert_true(says(&s, "error: "));
		snapshot_close(&store);
		free(path);
		end(&s);
	}
	ruleset_free(r);
}

static void
test_ruleset_that_was_altered_is_not_believed(void **state)
{
	struct ruleset *r = holding_ruleset(BASE "tcp dport 443 accept\n");
	struct snapshot_store store;
	struct store s;
	char *path;

	(void)state;
	begin(&s);
	path = put(&s, r, NOW, NULL, NULL);
	replace(path, r->sha256,
	    "00000000000000000000000000000000000000000000"
	    "00000000000000000000");
	assert_true(snapshot_open(s.folder, "fw1", &store, &s.d));
	assert_null(snapshot_ruleset(&store.items[0], &s.d));
	assert_true(says(&s, "altered"));
	snapshot_close(&store);
	ruleset_free(r);
	free(path);
	end(&s);
}

static void
test_names_that_leave_the_folder_are_refused(void **state)
{
	(void)state;
	assert_true(snapshot_names("fw1"));
	assert_true(snapshot_names("境界1"));
	assert_false(snapshot_names(""));
	assert_false(snapshot_names(".."));
	assert_false(snapshot_names("a/b"));
	assert_false(snapshot_names("a\nb"));
}

/* ---- FWR-8 */

static size_t
held(struct holding *x, struct store *s, const char *now)
{
	struct snapshot_store store;
	size_t n;

	holding_open(x, "", now);
	assert_true(snapshot_open(s->folder, "fw1", &store, &s->d));
	snapshot_audit(&x->a, &store, &s->d);
	n = holding_count(x, CHECK_FWR_8);
	assert_int_equal(s->d.errors, 0);
	snapshot_close(&store);
	return n;
}

static void
test_change_without_a_number_is_told_with_what_it_opens(void **state)
{
	struct ruleset *r = holding_ruleset(BASE "iif lg0 oif lgwan0 accept\n");
	const struct audit_finding *f;
	struct holding x;
	struct store s;

	(void)state;
	begin(&s);
	free(put(&s, r, NOW, NULL, "CISO"));
	assert_int_equal(
	    held(&x, &s,
		BASE "iif lg0 oif lgwan0 accept\niif lg0 oif core0 accept\n"),
	    1);
	f = holding_find(&x, CHECK_FWR_8, 0);
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	assert_true(holding_says(f, "1 open, 0 close"));
	assert_true(f->has_witness);
	assert_int_equal(f->rules[0].rule->index, 1);
	holding_close(&x);
	/* The same meaning is no change. */
	assert_int_equal(held(&x, &s,
			     BASE "iif lg0 oif lgwan0 counter accept\n"),
	    0);
	assert_int_equal(x.a.note_count, 0);
	holding_close(&x);
	ruleset_free(r);
	end(&s);
}

static void
test_change_with_a_number_waits_for_approval(void **state)
{
	struct ruleset *r = holding_ruleset(BASE "iif lg0 oif lgwan0 accept\n");
	struct ruleset *o = holding_ruleset(BASE "tcp accept\n");
	struct holding x;
	struct store s;

	(void)state;
	begin(&s);
	free(put(&s, r, NOW, NULL, "CISO"));
	free(put(&s, o, NOW + DAY_US, "情政第9号", NULL));
	assert_int_equal(held(&x, &s, BASE "tcp accept\n"), 0);
	assert_int_equal(x.a.note_count, 1);
	holding_close(&x);
	/* Its number does not stand for another one. */
	assert_int_equal(held(&x, &s, BASE "udp accept\n"), 1);
	holding_close(&x);
	ruleset_free(r);
	ruleset_free(o);
	end(&s);
}

static void
test_nothing_approved_is_said_and_not_judged(void **state)
{
	struct holding x;
	struct store s;

	(void)state;
	begin(&s);
	assert_int_equal(held(&x, &s, BASE "tcp accept\n"), 0);
	assert_int_equal(x.a.note_count, 0);
	assert_int_equal(x.a.undecided_count, 1);
	assert_int_equal(x.a.undecided[0].check, CHECK_FWR_8);
	holding_close(&x);
	end(&s);
}

/* The header of what was approved (or stored under a number) given today's
 * digest: the ruleset beside it is still another. */
static void
test_header_with_another_digest_hides_no_change(void **state)
{
	struct ruleset *r = holding_ruleset(BASE "iif lg0 oif lgwan0 accept\n");
	struct ruleset *o = holding_ruleset(BASE "tcp accept\n");

	(void)state;
	for (int approved = 0; approved < 2; approved++) {
		struct snapshot_store store;
		struct holding x;
		struct store s;
		char *path;

		begin(&s);
		path = put(&s, r, NOW, NULL, "CISO");
		if (!approved) {
			free(path);
			path = put(&s, r, NOW + DAY_US, "情政第9号", NULL);
		}
		replace(path, r->sha256, o->sha256);
		holding_open(&x, "", BASE "tcp accept\n");
		assert_true(snapshot_open(s.folder, "fw1", &store, &s.d));
		snapshot_audit(&x.a, &store, &s.d);
		assert_true(says(&s, "altered"));
		assert_int_equal(s.d.errors, 1);
		assert_true(approved ? x.a.undecided_count == 1 :
				       holding_count(&x, CHECK_FWR_8) == 1);
		snapshot_close(&store);
		holding_close(&x);
		free(path);
		end(&s);
	}
	ruleset_free(r);
	ruleset_free(o);
}

static void
test_approval_by_oneself_is_noted(void **state)
{
	struct ruleset *r = holding_ruleset(BASE "tcp accept\n");
	struct holding x;
	struct store s;

	(void)state;
	begin(&s);
	free(put(&s, r, NOW, NULL, "山田 \"t\""));
	assert_int_equal(held(&x, &s, BASE "tcp accept\n"), 0);
	assert_int_equal(x.a.note_count, 1);
	holding_close(&x);
	ruleset_free(r);
	end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_state_is_read_as_it_was_written),
		cmocka_unit_test(test_folder_that_is_not_there_is_empty),
		cmocka_unit_test(
		    test_every_truncation_is_a_fault_that_hides_no_other),
		cmocka_unit_test(test_each_lie_is_a_fault),
		cmocka_unit_test(test_ruleset_that_was_altered_is_not_believed),
		cmocka_unit_test(test_names_that_leave_the_folder_are_refused),
		cmocka_unit_test(
		    test_change_without_a_number_is_told_with_what_it_opens),
		cmocka_unit_test(test_change_with_a_number_waits_for_approval),
		cmocka_unit_test(test_nothing_approved_is_said_and_not_judged),
		cmocka_unit_test(
		    test_header_with_another_digest_hides_no_change),
		cmocka_unit_test(test_approval_by_oneself_is_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
