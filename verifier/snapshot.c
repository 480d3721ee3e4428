/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads what is stored: DIR/FIREWALL/TIME-DIGEST.json, one state each. A file
 * that cannot be read is a fault and hides no other. Writes nothing.
 */
#include "snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/jsonx.h"
#include "base/mem.h"

#define STAMP_LENGTH 31 /* 2026-11-21T10:15:33.123456+0900 */
#define MINUTE_LENGTH 16

static void
fault(struct diag *d, const char *file, const struct jsonx *at, enum word word,
    const char *value)
{
	struct text shown = { 0 };
	const struct diag_place place = { file, at != NULL ? at->line : 0,
		at != NULL ? at->column : 0 };

	text_quote(&shown, value);
	words_diag(d, place, DIAG_ERROR, CHECK_NONE, word, 1, text_str(&shown));
	text_free(&shown);
}

/* ---- one file */

/* All bytes of a regular file; NULL with a fault. */
static char *
read_file(const char *path, size_t *length, struct diag *d)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	char *bytes;
	size_t got = 0;
	ssize_t n = 1;

	if (fd < 0 || fstat(fd, &st) != 0) {
		fault(d, path, NULL, W_SNAPSHOT_UNREADABLE, strerror(errno));
		if (fd >= 0)
			(void)close(fd);
		return NULL;
	}
	if (!S_ISREG(st.st_mode) || st.st_size > (off_t)JSONX_BYTES_MAX) {
		fault(d, path, NULL, W_SNAPSHOT_NO_FILE, "");
		(void)close(fd);
		return NULL;
	}
	bytes = mem_calloc((size_t)st.st_size + 1, 1);
	while (got < (size_t)st.st_size && n > 0) {
		n = read(fd, bytes + got, (size_t)st.st_size - got);
		if (n > 0)
			got += (size_t)n;
	}
	(void)close(fd);
	if (n < 0) {
		fault(d, path, NULL, W_SNAPSHOT_UNREADABLE, strerror(errno));
		free(bytes);
		return NULL;
	}
	*length = got;
	return bytes;
}

static struct jsonx_doc *
parse_file(const char *path, struct diag *d)
{
	size_t length;
	char *bytes = read_file(path, &length, d);
	struct jsonx_doc *doc;

	if (bytes == NULL)
		return NULL;
	doc = jsonx_parse(path, bytes, length, d);
	free(bytes);
	return doc;
}

static int
digits(const char *s, size_t n)
{
	int value = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		value = value * 10 + (s[i] - '0');
	}
	return value;
}

/* As clock_stamp writes it. */
static bool
parse_stamp(const char *s, struct wall_us *out)
{
	char minute[MINUTE_LENGTH + 1];
	int seconds, micro, hours, minutes;
	int32_t offset;

	if (strlen(s) != STAMP_LENGTH || s[16] != ':' || s[19] != '.' ||
	    (s[26] != '+' && s[26] != '-'))
		return false;
	memcpy(minute, s, MINUTE_LENGTH);
	minute[MINUTE_LENGTH] = '\0';
	seconds = digits(s + 17, 2);
	micro = digits(s + 20, 6);
	hours = digits(s + 27, 2);
	minutes = digits(s + 29, 2);
	if (seconds < 0 || seconds > 59 || micro < 0 || hours < 0 ||
	    hours > 23 || minutes < 0 || minutes > 59)
		return false;
	offset = (hours * 60 + minutes) * 60 * (s[26] == '-' ? -1 : 1);
	if (!clock_parse(minute, offset, out))
		return false;
	out->us += seconds * CLOCK_SECOND + micro;
	return true;
}

/* What one file is read with. */
struct reading {
	const char *path;
	struct diag *d;
	bool ok;
};

static const char *
get_string(struct reading *r, const struct jsonx *o, const char *key,
    bool needed)
{
	const struct jsonx *v = jsonx_get(o, key);

	if (v != NULL && v->kind == JSONX_STRING)
		return v->string;
	if (v == NULL ? needed : v->kind != JSONX_NULL || needed) {
		fault(r->d, r->path, v != NULL ? v : o, W_SNAPSHOT_FIELD, key);
		r->ok = false;
	}
	return NULL;
}

static void
get_stamp(struct reading *r, const struct jsonx *o, const char *key,
    struct wall_us *out)
{
	const char *s = get_string(r, o, key, true);

	if (s != NULL && !parse_stamp(s, out)) {
		fault(r->d, r->path, jsonx_get(o, key), W_SNAPSHOT_FIELD, key);
		r->ok = false;
	}
}

static void
get_digest(struct reading *r, const struct jsonx *o, char out[65])
{
	const char *s = get_string(r, o, "sha256", true);

	if (s == NULL)
		return;
	if (strlen(s) != 64 || strspn(s, "0123456789abcdef") != 64) {
		fault(r->d, r->path, jsonx_get(o, "sha256"), W_SNAPSHOT_FIELD,
		    "sha256");
		r->ok = false;
		return;
	}
	memcpy(out, s, 65);
}

static char *
copy(const char *s)
{
	return s != NULL ? mem_strdup(s) : NULL;
}

static void
get_approval(struct reading *r, const struct jsonx *root, struct snapshot *s)
{
	const struct jsonx *o = jsonx_get(root, "approved");

	if (o == NULL || o->kind == JSONX_NULL)
		return;
	if (o->kind != JSONX_OBJECT) {
		fault(r->d, r->path, o, W_SNAPSHOT_FIELD, "approved");
		r->ok = false;
		return;
	}
	s->approved = true;
	s->approved_by = copy(get_string(r, o, "by", true));
	s->approved_number = copy(get_string(r, o, "number", true));
	get_stamp(r, o, "at", &s->approved_at);
}

static void
snapshot_fini(struct snapshot *s)
{
	free(s->path);
	free(s->firewall);
	free(s->host);
	free(s->operator_name);
	free(s->change_number);
	free(s->approved_by);
	free(s->approved_number);
}

static void
get_all(struct reading *r, const struct jsonx *root, struct snapshot *s)
{
	const char *format = get_string(r, root, "format", true);
	const struct jsonx *ruleset = jsonx_get(root, "ruleset");

	if (format != NULL && strcmp(format, "sekisho-snapshot/1") != 0) {
		fault(r->d, r->path, jsonx_get(root, "format"),
		    W_SNAPSHOT_FORMAT, format);
		r->ok = false;
	}
	if (!r->ok)
		return;
	s->firewall = copy(get_string(r, root, "firewall", true));
	get_digest(r, root, s->sha256);
	get_stamp(r, root, "first-taken", &s->first_taken);
	get_stamp(r, root, "last-taken", &s->last_taken);
	s->host = copy(get_string(r, root, "host", true));
	s->operator_name = copy(get_string(r, root, "operator", true));
	s->change_number = copy(get_string(r, root, "change-number", false));
	get_approval(r, root, s);
	if (ruleset == NULL || ruleset->kind != JSONX_OBJECT) {
		fault(r->d, r->path, ruleset != NULL ? ruleset : root,
		    W_SNAPSHOT_FIELD, "ruleset");
		r->ok = false;
	}
	if (r->ok && s->last_taken.us < s->first_taken.us) {
		fault(r->d, r->path, jsonx_get(root, "last-taken"),
		    W_SNAPSHOT_FIELD, "last-taken");
		r->ok = false;
	}
}

/* firewall: whose folder it lies in. */
static bool
read_snapshot(struct snapshot_store *store, const char *path,
    const char *firewall, struct diag *d)
{
	struct reading r = { path, d, true };
	struct jsonx_doc *doc = parse_file(path, d);
	struct snapshot s = { 0 };
	const struct jsonx *root;

	if (doc == NULL)
		return false;
	root = jsonx_root(doc);
	if (root->kind != JSONX_OBJECT) {
		fault(d, path, root, W_SNAPSHOT_FORMAT, "");
		r.ok = false;
	} else
		get_all(&r, root, &s);
	if (r.ok && strcmp(s.firewall, firewall) != 0) {
		fault(d, path, jsonx_get(root, "firewall"),
		    W_SNAPSHOT_ELSEWHERE, s.firewall);
		r.ok = false;
	}
	jsonx_free(doc);
	if (!r.ok) {
		snapshot_fini(&s);
		return false;
	}
	s.path = mem_strdup(path);
	store->items = mem_grow(store->items, &store->capacity, store->count,
	    sizeof(*store->items));
	store->items[store->count++] = s;
	return true;
}

/* ---- folders */

/* A name that a fault may point to as long as the store lives. */
static const char *
keep_name(struct snapshot_store *s, const char *folder, const char *name)
{
	struct text path = { 0 };

	text_add(&path, folder);
	if (name != NULL)
		text_printf(&path, "/%s", name);
	s->names = mem_grow(s->names, &s->name_capacity, s->name_count,
	    sizeof(*s->names));
	s->names[s->name_count] = mem_strdup(text_str(&path));
	text_free(&path);
	return s->names[s->name_count++];
}

struct listing {
	char **items; /* owned, sorted */
	size_t count, capacity, left_out;
};

static int
order_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
ends_with(const char *s, const char *end)
{
	const size_t n = strlen(s), m = strlen(end);

	return n > m && strcmp(s + n - m, end) == 0;
}

/* Names in folder that end so and begin with no dot. False with a fault;
 * a folder that is not there has none. */
static bool
list_folder(const char *folder, const char *end, struct listing *out,
    struct diag *d)
{
	DIR *dir = opendir(folder);
	const struct dirent *e;

	memset(out, 0, sizeof(*out));
	if (dir == NULL) {
		if (errno == ENOENT)
			return true;
		fault(d, folder, NULL, W_SNAPSHOT_UNREADABLE, strerror(errno));
		return false;
	}
	while ((e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.' || !ends_with(e->d_name, end))
			continue;
		if (out->count == SNAPSHOTS_MAX) {
			out->left_out++;
			continue;
		}
		out->items = mem_grow(out->items, &out->capacity, out->count,
		    sizeof(*out->items));
		out->items[out->count++] = mem_strdup(e->d_name);
	}
	(void)closedir(dir);
	if (out->count > 0)
		qsort(out->items, out->count, sizeof(*out->items), order_names);
	return true;
}

static void
listing_free(struct listing *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->items[i]);
	free(l->items);
}

static bool
read_firewall(struct snapshot_store *s, const char *folder,
    const char *firewall, struct diag *d)
{
	const char *path = keep_name(s, folder, firewall);
	struct listing files;
	char number[24];
	bool ok = list_folder(path, ".json", &files, d);

	for (size_t i = 0; i < files.count; i++)
		ok &= read_snapshot(s, keep_name(s, path, files.items[i]),
		    firewall, d);
	if (files.left_out > 0) {
		(void)snprintf(number, sizeof(number), "%zu", files.left_out);
		fault(d, path, NULL, W_SNAPSHOT_LEFT_OUT, number);
		s->left_out += files.left_out;
		ok = false;
	}
	listing_free(&files);
	return ok;
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int
order_snapshots(const void *left, const void *right)
{
	const struct snapshot *a = left, *b = right;
	const int order = strcmp(a->firewall, b->firewall);

	if (order != 0)
		return order;
	if (a->first_taken.us != b->first_taken.us)
		return a->first_taken.us < b->first_taken.us ? -1 : 1;
	return strcmp(a->path, b->path);
}

bool
snapshot_is_there(const char *folder)
{
	struct stat st;

	return stat(folder, &st) == 0 || errno != ENOENT;
}

bool
snapshot_open(const char *folder, const char *firewall,
    struct snapshot_store *out, struct diag *d)
{
	const char *path;
	struct listing all;
	bool ok;

	memset(out, 0, sizeof(*out));
	if (firewall != NULL)
		ok = read_firewall(out, folder, firewall, d);
	else {
		path = keep_name(out, folder, NULL);
		ok = list_folder(path, "", &all, d);
		for (size_t i = 0; i < all.count; i++)
			if (is_folder(keep_name(out, path, all.items[i])))
				ok &= read_firewall(out, path, all.items[i], d);
		listing_free(&all);
	}
	if (out->count > 0)
		qsort(out->items, out->count, sizeof(*out->items),
		    order_snapshots);
	return ok;
}

void
snapshot_close(struct snapshot_store *s)
{
	for (size_t i = 0; i < s->count; i++)
		snapshot_fini(&s->items[i]);
	for (size_t i = 0; i < s->name_count; i++)
		free(s->names[i]);
	free(s->items);
	free(s->names);
	memset(s, 0, sizeof(*s));
}

/* ---- asking */

const struct snapshot *
snapshot_approved(const struct snapshot_store *s)
{
	const struct snapshot *best = NULL;

	for (size_t i = 0; i < s->count; i++)
		if (s->items[i].approved &&
		    (best == NULL ||
			s->items[i].approved_at.us >= best->approved_at.us))
			best = &s->items[i];
	return best;
}

const struct snapshot *
snapshot_newest(const struct snapshot_store *s)
{
	const struct snapshot *best = NULL;

	for (size_t i = 0; i < s->count; i++)
		if (best == NULL ||
		    s->items[i].last_taken.us >= best->last_taken.us)
			best = &s->items[i];
	return best;
}

bool
snapshot_self_approved(const struct snapshot *s)
{
	return s->approved && strcmp(s->approved_by, s->operator_name) == 0;
}

struct ruleset *
snapshot_ruleset(const struct snapshot *s, struct diag *d)
{
	struct jsonx_doc *doc = parse_file(s->path, d);
	struct ruleset *r;

	if (doc == NULL)
		return NULL;
	r = ruleset_image(s->path, jsonx_get(jsonx_root(doc), "ruleset"), d);
	jsonx_free(doc);
	if (r != NULL && strcmp(r->sha256, s->sha256) != 0) {
		fault(d, s->path, NULL, W_SNAPSHOT_ALTERED, "");
		ruleset_free(r);
		r = NULL;
	}
	return r;
}

struct day
snapshot_day(const char *path, int32_t utc_offset_s)
{
	struct diag d = { .lang = LANG_EN }; /* told by who read it before */
	struct jsonx_doc *doc = parse_file(path, &d);
	const struct jsonx *taken = doc != NULL ?
	    jsonx_get(jsonx_root(doc), "last-taken") :
	    NULL;
	struct day day = { 0 };
	struct wall_us t;

	if (taken != NULL && taken->kind == JSONX_STRING &&
	    parse_stamp(taken->string, &t))
		day = clock_day(t, utc_offset_s, NULL);
	jsonx_free(doc);
	diag_free(&d);
	return day;
}
