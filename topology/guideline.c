/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads one model of a guideline file into its matrix of cells. The file is
 * written row by row; an entry may name several tiers on each side, and a
 * model may extend another and say what it changes, but nothing is implied:
 * a pair that is decided twice or not at all is a fault. No cell is known
 * here; what a kind means is judge's business.
 */
#include "guideline.h"

#include <string.h>

#include "words.h"

#define EXTENDS_MAX 4	 /* models in one chain */
#define NEAR_MAX 3	 /* letters that may differ in "did you mean" */
#define ENTRIES_MAX 1024 /* of one model: four for each pair */
#define MODELS_MAX 16	 /* of one file, named in "did you mean" */
#define FORMAT "sekisho-guideline/1"

struct reader {
	struct arena *arena;
	const char *file; /* borrowed from the document */
	struct diag *d;
	struct guideline *g;
	/* The model that decided a pair, NULL: none yet. */
	const struct jsonx *decided[TIER_COUNT][TIER_COUNT];
};

struct tiers {
	enum tier items[TIER_COUNT];
	size_t count;
	bool same; /* "same": each tier of the other side with itself */
};

static const struct kind_row {
	const char *name;
	const char *title[LANG_COUNT];
} kinds[CELL_KIND_COUNT] = {
	[CELL_DENY] = { "deny", { "禁止", "forbidden" } },
	[CELL_PERMIT] = { "permit", { "要登録", "if declared" } },
	[CELL_SPECIAL] = { "special", { "特定通信", "if registered" } },
	[CELL_SANITISE] = { "sanitise", { "無害化", "sanitised" } },
	[CELL_SCREEN] = { "screen", { "画面転送", "screen" } },
	[CELL_LIST] = { "list", { "許可先限定", "listed" } },
};

const char *
cell_kind_name(enum cell_kind kind)
{
	return kinds[kind].name;
}

const char *
cell_kind_title(enum cell_kind kind, enum lang lang)
{
	return kinds[kind].title[lang];
}

static struct diag_place
place_of(const struct reader *r, const struct jsonx *node)
{
	struct diag_place place = { r->file, node->line, node->column };

	return place;
}

static struct diag_place
place_of_key(const struct reader *r, const struct jsonx *node)
{
	struct diag_place place = { r->file, node->key_line, node->key_column };

	return place;
}

/* The nearest of names to word, or NULL when none is near. */
static const char *
nearest(const char *word, const char *const *names, size_t count)
{
	const char *best = NULL;
	unsigned least = NEAR_MAX + 1;

	for (size_t i = 0; i < count; i++) {
		unsigned distance = text_distance(word, names[i], NEAR_MAX);

		if (distance < least && distance < strlen(word)) {
			least = distance;
			best = names[i];
		}
	}
	return best;
}

/* A fault about word that is none of names; says which is near. */
static void
unknown(const struct reader *r, struct diag_place place, enum word sentence,
    enum word with_near, const char *word, const char *const *names,
    size_t count)
{
	const char *near = nearest(word, names, count);
	struct text shown = { 0 };

	text_escape(&shown, word, strlen(word));
	if (near != NULL)
		words_diag(r->d, place, DIAG_ERROR, CHECK_NONE, with_near, 2,
		    text_str(&shown), near);
	else
		words_diag(r->d, place, DIAG_ERROR, CHECK_NONE, sentence, 1,
		    text_str(&shown));
	text_free(&shown);
}

static bool
expect(const struct reader *r, const struct jsonx *node, const char *name,
    enum jsonx_kind kind)
{
	if (node->kind == kind)
		return true;
	words_diag(r->d, place_of(r, node), DIAG_ERROR, CHECK_NONE,
	    W_GUIDELINE_KIND, 3, name, jsonx_kind_name(kind, r->d->lang),
	    jsonx_kind_name(node->kind, r->d->lang));
	return false;
}

/* The member, or NULL and a fault when it is missing or of another kind. */
static const struct jsonx *
required(const struct reader *r, const struct jsonx *object, const char *name,
    enum jsonx_kind kind)
{
	const struct jsonx *node = jsonx_get(object, name);

	if (node == NULL) {
		words_diag(r->d, place_of(r, object), DIAG_ERROR, CHECK_NONE,
		    W_GUIDELINE_MISSING, 1, name);
		return NULL;
	}
	return expect(r, node, name, kind) ? node : NULL;
}

/* Every member of object is one of names. */
static void
check_members(const struct reader *r, const struct jsonx *object,
    const char *const *names, size_t count)
{
	const struct jsonx *node;
	size_t i;

	for (node = object->child; node != NULL; node = node->next) {
		for (i = 0; i < count; i++)
			if (strcmp(node->key, names[i]) == 0)
				break;
		if (i == count)
			unknown(r, place_of_key(r, node), W_GUIDELINE_FIELD,
			    W_GUIDELINE_FIELD_NEAR, node->key, names, count);
	}
}

/* A sentence in both languages, {"ja": ..., "en": ...}, into out. */
static void
read_sentence(const struct reader *r, const struct jsonx *object,
    const char *name, bool needed, const char *out[LANG_COUNT])
{
	static const char *const names[] = { "ja", "en" };
	const struct jsonx *node = jsonx_get(object, name), *text;

	if (node == NULL && !needed)
		return;
	node = required(r, object, name, JSONX_OBJECT);
	if (node == NULL)
		return;
	check_members(r, node, names, LANG_COUNT);
	for (int i = 0; i < LANG_COUNT; i++) {
		text = required(r, node, names[i], JSONX_STRING);
		if (text != NULL)
			out[i] = arena_strdup(r->arena, text->string);
	}
}

static bool
read_tier(const struct reader *r, const struct jsonx *node, enum tier *out)
{
	const char *names[TIER_COUNT];

	if (!expect(r, node, "tier", JSONX_STRING))
		return false;
	if (tier_parse(node->string, out))
		return true;
	for (int i = 0; i < TIER_COUNT; i++)
		names[i] = tier_name((enum tier)i);
	unknown(r, place_of(r, node), W_GUIDELINE_TIER, W_GUIDELINE_TIER_NEAR,
	    node->string, names, TIER_COUNT);
	return false;
}

static bool
read_kind(const struct reader *r, const struct jsonx *node, enum cell_kind *out)
{
	const char *names[CELL_KIND_COUNT];

	if (!expect(r, node, "cell", JSONX_STRING))
		return false;
	for (int i = 0; i < CELL_KIND_COUNT; i++) {
		names[i] = kinds[i].name;
		if (strcmp(node->string, names[i]) == 0) {
			*out = (enum cell_kind)i;
			return true;
		}
	}
	unknown(r, place_of(r, node), W_GUIDELINE_CELL, W_GUIDELINE_CELL_NEAR,
	    node->string, names, CELL_KIND_COUNT);
	return false;
}

/* One tier or a list of different ones; with same also the word "same". */
static bool
read_tiers(const struct reader *r, const struct jsonx *entry, const char *name,
    bool same, struct tiers *out)
{
	const struct jsonx *node = jsonx_get(entry, name), *item;
	size_t before = r->d->errors;
	enum tier tier;

	out->count = 0;
	out->same = false;
	if (node == NULL || node->kind == JSONX_STRING) {
		node = required(r, entry, name, JSONX_STRING);
		if (node == NULL)
			return false;
		if (same && strcmp(node->string, "same") == 0)
			out->same = true;
		else if (read_tier(r, node, &tier))
			out->items[out->count++] = tier;
		return r->d->errors == before;
	}
	if (!expect(r, node, name, JSONX_ARRAY))
		return false;
	for (item = node->child; item != NULL; item = item->next) {
		if (!read_tier(r, item, &tier))
			continue;
		for (size_t i = 0; i < out->count; i++)
			if (out->items[i] == tier)
				words_diag(r->d, place_of(r, item), DIAG_ERROR,
				    CHECK_NONE, W_GUIDELINE_NAMED_TWICE, 1,
				    tier_name(tier));
		/* Once twice is said, the entry is not applied: no overrun. */
		if (r->d->errors == before)
			out->items[out->count++] = tier;
	}
	return r->d->errors == before;
}

/* "also": more kinds; those that decide the whole pair may not stand there. */
static void
read_also(const struct reader *r, const struct jsonx *entry, struct cell *out)
{
	const struct jsonx *node = jsonx_get(entry, "also"), *item;
	enum cell_kind kind;

	if (node == NULL || !expect(r, node, "also", JSONX_ARRAY))
		return;
	for (item = node->child; item != NULL; item = item->next) {
		if (!read_kind(r, item, &kind))
			continue;
		if (kind == CELL_DENY || kind == CELL_PERMIT ||
		    kind == out->kind || out->kind == CELL_DENY ||
		    out->kind == CELL_PERMIT)
			words_diag(r->d, place_of(r, item), DIAG_ERROR,
			    CHECK_NONE, W_GUIDELINE_ALSO, 2, kinds[kind].name,
			    kinds[out->kind].name);
		else
			out->also |= 1u << kind;
	}
}

/* What an entry says of each of its pairs; false when it has faults. */
static bool
read_cell(const struct reader *r, const struct jsonx *entry, struct cell *out)
{
	const struct jsonx *node;
	size_t before = r->d->errors;

	memset(out, 0, sizeof(*out));
	out->place = place_of(r, entry);
	out->article = "";
	node = required(r, entry, "cell", JSONX_STRING);
	if (node == NULL || !read_kind(r, node, &out->kind))
		return false;
	read_also(r, entry, out);
	node = jsonx_get(entry, "article");
	if (node != NULL && expect(r, node, "article", JSONX_STRING))
		out->article = arena_strdup(r->arena, node->string);
	node = jsonx_get(entry, "ours");
	if (node != NULL && expect(r, node, "ours", JSONX_BOOLEAN))
		out->ours = node->integer != 0;
	read_sentence(r, entry, "note", out->ours, out->note);
	/* A cell is never without a ground: an article, or ours and why. */
	if (!out->ours && out->article[0] == '\0')
		words_diag(r->d, out->place, DIAG_ERROR, CHECK_NONE,
		    W_GUIDELINE_GROUND, 0);
	return r->d->errors == before;
}

/*
 * Puts a cell at one pair. In "cells" the pair must be free, in "overrides"
 * it must have been decided by a model that this one extends.
 */
static void
put_cell(struct reader *r, const struct jsonx *model, const struct cell *cell,
    enum tier from, enum tier to, bool override)
{
	const struct jsonx *by = r->decided[from][to];
	struct text line = { 0 };

	if (by != NULL && (!override || by == model)) {
		text_printf(&line, "%u", r->g->cells[from][to].place.line);
		words_diag(r->d, cell->place, DIAG_ERROR, CHECK_NONE,
		    by == model ? W_GUIDELINE_TWICE : W_GUIDELINE_HIDDEN, 3,
		    tier_name(from), tier_name(to), text_str(&line));
		text_free(&line);
		return;
	}
	if (by == NULL && override) {
		words_diag(r->d, cell->place, DIAG_ERROR, CHECK_NONE,
		    W_GUIDELINE_NOTHING_OVERRIDDEN, 2, tier_name(from),
		    tier_name(to));
		return;
	}
	r->g->cells[from][to] = *cell;
	r->decided[from][to] = model;
}

static void
read_entry(struct reader *r, const struct jsonx *model,
    const struct jsonx *entry, bool override)
{
	static const char *const names[] = { "from", "to", "cell", "also",
		"article", "ours", "note" };
	struct tiers from, to;
	struct cell cell;
	bool sound;

	if (!expect(r, entry, override ? "overrides" : "cells", JSONX_OBJECT))
		return;
	check_members(r, entry, names, sizeof(names) / sizeof(names[0]));
	sound = read_tiers(r, entry, "from", false, &from);
	sound = read_tiers(r, entry, "to", true, &to) && sound;
	sound = read_cell(r, entry, &cell) && sound;
	if (!sound)
		return;
	for (size_t i = 0; i < from.count; i++) {
		if (to.same)
			put_cell(r, model, &cell, from.items[i], from.items[i],
			    override);
		for (size_t j = 0; j < to.count; j++)
			put_cell(r, model, &cell, from.items[i], to.items[j],
			    override);
	}
}

static void
read_entries(struct reader *r, const struct jsonx *model, const char *name)
{
	const struct jsonx *node = jsonx_get(model, name), *entry;
	bool override = strcmp(name, "overrides") == 0;

	if (node == NULL || !expect(r, node, name, JSONX_ARRAY))
		return;
	if (node->count > ENTRIES_MAX) {
		words_diag(r->d, place_of(r, node), DIAG_ERROR, CHECK_NONE,
		    W_GUIDELINE_ENTRIES, 1, name);
		return;
	}
	for (entry = node->child; entry != NULL; entry = entry->next)
		read_entry(r, model, entry, override);
}

static void
read_screen(struct reader *r, const struct jsonx *model)
{
	static const char *const names[] = { "from", "to" };
	const struct jsonx *node = jsonx_get(model, "screen"), *end;

	if (node == NULL || !expect(r, node, "screen", JSONX_OBJECT))
		return;
	check_members(r, node, names, 2);
	end = required(r, node, "from", JSONX_STRING);
	if (end != NULL)
		read_tier(r, end, &r->g->screen_from);
	end = required(r, node, "to", JSONX_STRING);
	if (end != NULL)
		read_tier(r, end, &r->g->screen_to);
}

static void
read_model(struct reader *r, const struct jsonx *model)
{
	static const char *const names[] = { "title", "extends", "screen",
		"cells", "overrides" };
	const char *title[LANG_COUNT] = { NULL };

	check_members(r, model, names, sizeof(names) / sizeof(names[0]));
	read_sentence(r, model, "title", true, title);
	r->g->title_ja = title[LANG_JA];
	r->g->title_en = title[LANG_EN];
	read_screen(r, model);
	read_entries(r, model, "cells");
	read_entries(r, model, "overrides");
}

/* The model called name, or NULL and a fault at place. */
static const struct jsonx *
find_model(const struct reader *r, const struct jsonx *models, const char *name,
    struct diag_place place)
{
	const char *names[MODELS_MAX];
	const struct jsonx *node = jsonx_get(models, name);
	size_t count = 0;

	if (node != NULL)
		return expect(r, node, name, JSONX_OBJECT) ? node : NULL;
	for (node = models->child; node != NULL; node = node->next)
		if (count < MODELS_MAX)
			names[count++] = node->key;
	unknown(r, place, W_GUIDELINE_MODEL, W_GUIDELINE_MODEL_NEAR, name,
	    names, count);
	return NULL;
}

/*
 * The chain of "extends" that begins at name, the wanted model first.
 * Returns how many, 0 with a fault when it breaks, turns round or is longer
 * than EXTENDS_MAX.
 */
static size_t
find_chain(const struct reader *r, const struct jsonx *models, const char *name,
    const struct jsonx *chain[EXTENDS_MAX])
{
	struct diag_place place = place_of(r, models);
	const struct jsonx *parent;
	size_t count = 0;

	for (;;) {
		if (count == EXTENDS_MAX) {
			words_diag(r->d, place, DIAG_ERROR, CHECK_NONE,
			    W_GUIDELINE_EXTENDS, 0);
			return 0;
		}
		chain[count] = find_model(r, models, name, place);
		if (chain[count] == NULL)
			return 0;
		parent = jsonx_get(chain[count++], "extends");
		if (parent == NULL)
			return count;
		if (!expect(r, parent, "extends", JSONX_STRING))
			return 0;
		name = parent->string;
		place = place_of(r, parent);
	}
}

/* One fault for each tier that has undecided pairs, with all of them. */
static void
check_complete(const struct reader *r, const struct jsonx *model)
{
	struct text missing = { 0 };

	for (int from = 0; from < TIER_COUNT; from++) {
		text_clear(&missing);
		for (int to = 0; to < TIER_COUNT; to++) {
			if (r->decided[from][to] != NULL)
				continue;
			text_printf(&missing, "%s%s",
			    missing.length ? ", " : "",
			    tier_name((enum tier)to));
		}
		if (missing.length)
			words_diag(r->d, place_of_key(r, model), DIAG_ERROR,
			    CHECK_NONE, W_GUIDELINE_UNDECIDED, 3, model->key,
			    tier_name((enum tier)from), text_str(&missing));
	}
	text_free(&missing);
}

/* What stands above the models. Returns the models, or NULL and a fault. */
static const struct jsonx *
read_head(struct reader *r, const struct jsonx *root)
{
	static const char *const names[] = { "format", "edition", "document",
		"remark", "models" };
	const struct jsonx *node;

	if (!expect(r, root, "guideline", JSONX_OBJECT))
		return NULL;
	check_members(r, root, names, sizeof(names) / sizeof(names[0]));
	node = required(r, root, "format", JSONX_STRING);
	if (node != NULL && strcmp(node->string, FORMAT) != 0)
		words_diag(r->d, place_of(r, node), DIAG_ERROR, CHECK_NONE,
		    W_GUIDELINE_FORMAT, 1, FORMAT);
	node = required(r, root, "edition", JSONX_STRING);
	if (node != NULL)
		r->g->edition = arena_strdup(r->arena, node->string);
	read_sentence(r, root, "document", true, r->g->document);
	read_sentence(r, root, "remark", false, r->g->remark);
	return required(r, root, "models", JSONX_OBJECT);
}

struct guideline *
guideline_load(struct arena *arena, const struct jsonx_doc *doc,
    const char *model_name, struct diag *d)
{
	const struct jsonx *chain[EXTENDS_MAX], *models;
	struct reader r = { .arena = arena, .file = jsonx_name(doc), .d = d };
	size_t before = d->errors, count;

	r.g = arena_calloc(arena, 1, sizeof(*r.g));
	r.g->file = r.file;
	r.g->model = arena_strdup(arena, model_name);
	r.g->screen_from = r.g->screen_to = TIER_COUNT;
	models = read_head(&r, jsonx_root(doc));
	if (models == NULL)
		return NULL;
	count = find_chain(&r, models, model_name, chain);
	if (count == 0)
		return NULL;
	for (size_t i = count; i > 0; i--)
		read_model(&r, chain[i - 1]);
	if (d->errors == before)
		check_complete(&r, chain[0]);
	return d->errors == before ? r.g : NULL;
}
