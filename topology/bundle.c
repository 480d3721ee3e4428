/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading a model and its side files into named buffers. The model is parsed
 * here only to learn which files it names; its faults are told by model_load,
 * which reads the same bytes again.
 */
#include "bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/jsonx.h"
#include "base/mem.h"
#include "words.h"

#define READ_BYTES (64u * 1024)
#define NOT_A_FILE ENOTBLK /* errno of ours: not a regular file */

#ifndef SEKISHO_DATADIR
#define SEKISHO_DATADIR "/usr/local/share/sekisho"
#endif

void
bundle_free(struct bundle *b)
{
	size_t i;

	for (i = 0; i < b->count; i++) {
		free(b->files[i].reference);
		free(b->files[i].shown);
		free(b->files[i].bytes);
	}
	free(b->files);
	memset(b, 0, sizeof(*b));
}

/* Adds bytes that the bundle owns from now on, or frees them. */
static bool
add_owned(struct bundle *b, const char *reference, const char *shown,
    char *bytes, size_t length)
{
	struct bundle_file *f;

	if (b->count >= BUNDLE_FILES_MAX) {
		free(bytes);
		return false;
	}
	b->files = mem_grow(b->files, &b->capacity, b->count, sizeof(*f));
	f = &b->files[b->count++];
	f->reference = mem_strdup(reference);
	f->shown = mem_strdup(shown);
	f->bytes = bytes;
	f->length = length;
	return true;
}

bool
bundle_add(struct bundle *b, const char *reference, const char *shown,
    const char *bytes, size_t length)
{
	char *copy;

	if (b->count >= BUNDLE_FILES_MAX || length == SIZE_MAX)
		return false;
	copy = mem_calloc(length + 1, 1);
	if (length != 0)
		memcpy(copy, bytes, length);
	return add_owned(b, reference, shown, copy, length);
}

const struct bundle_file *
bundle_find(const struct bundle *b, const char *reference)
{
	size_t i;

	/* [0] is the model itself, which no model names. */
	for (i = 1; i < b->count; i++)
		if (strcmp(b->files[i].reference, reference) == 0)
			return &b->files[i];
	return NULL;
}

const char *
bundle_data_dir(void)
{
	const char *dir = getenv("SEKISHO_DATADIR");

	return dir != NULL && dir[0] != '\0' ? dir : SEKISHO_DATADIR;
}

void
bundle_sha256(const struct bundle *b, char out[65])
{
	struct digest *d = digest_new();
	uint8_t size[8];
	size_t i, j;

	for (i = 0; i < b->count; i++) {
		/* Not the model's own name: where it lies is no part of it. */
		if (i > 0)
			digest_add(d, b->files[i].reference,
			    strlen(b->files[i].reference));
		digest_add(d, "", 1);
		for (j = 0; j < sizeof(size); j++)
			size[j] = (uint8_t)((uint64_t)b->files[i].length >>
			    (56 - 8 * j));
		digest_add(d, size, sizeof(size));
		digest_add(d, b->files[i].bytes, b->files[i].length);
	}
	digest_hex(d, out);
}

/* Everything of a descriptor, owned by the caller, or NULL and errno. */
static char *
read_all(int fd, size_t *length)
{
	char *bytes = NULL;
	size_t used = 0, room = 0;
	ssize_t got;

	do {
		if (room - used < READ_BYTES) {
			room = room ? room * 2 : READ_BYTES * 2;
			bytes = mem_reallocarray(bytes, room, 1);
		}
		got = read(fd, bytes + used, room - used - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got > 0)
			used += (size_t)got;
		if (used > BUNDLE_FILE_BYTES_MAX) {
			errno = EFBIG;
			got = -1;
		}
		if (got < 0) {
			free(bytes);
			return NULL;
		}
	} while (got != 0);
	bytes[used] = '\0';
	*length = used;
	return bytes;
}

/* The model may come from a pipe; a side file must be a regular file, which
 * is opened without waiting for whoever might write into a pipe of its name. */
static char *
read_path(const char *path, bool side, size_t *length)
{
	struct stat st;
	char *bytes;
	int fd, saved;

	fd = open(path,
	    O_RDONLY | O_CLOEXEC | O_NOCTTY | (side ? O_NONBLOCK : 0));
	if (fd < 0)
		return NULL;
	if (side && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		(void)close(fd);
		errno = NOT_A_FILE;
		return NULL;
	}
	bytes = read_all(fd, length);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return bytes;
}

#define PROGRAM_PATH_MAX 4096

struct reader {
	struct bundle *b;
	struct diag *d;
	const char *folder;   /* the model's, with its slash, or "" */
	const char *data_dir; /* or NULL */
};

static void
fault(const struct reader *r, const struct jsonx *at, enum word word,
    const char *what, const char *why)
{
	struct diag_place place = { r->b->files[0].shown, at->line,
		at->column };
	struct text name = { 0 };

	text_quote(&name, what);
	words_diag(r->d, place, DIAG_ERROR, CHECK_TOP_9, word, 2,
	    text_str(&name), why);
	text_free(&name);
}

/* Tries one path; true when it was read and added. */
static bool
try_path(const struct reader *r, const char *reference, const char *folder,
    const char *between)
{
	struct text path = { 0 };
	size_t length;
	char *bytes;
	int saved;

	text_add(&path, folder);
	text_add(&path, between);
	text_add(&path, reference);
	bytes = read_path(text_str(&path), true, &length);
	saved = errno;
	if (bytes != NULL)
		(void)add_owned(r->b, reference, text_str(&path), bytes,
		    length);
	text_free(&path);
	errno = saved;
	return bytes != NULL;
}

/* A program that was not installed where it was built for: in the build tree
 * (build/MODE/), or moved with its share folder. */
static bool
try_beside_program(const struct reader *r, const char *name)
{
	static const char *const places[] = { "../../topology/guidelines/",
		"../share/sekisho/guidelines/" };
	char program[PROGRAM_PATH_MAX];
	const ssize_t n = readlink("/proc/self/exe", program,
	    sizeof(program) - 1);
	char *slash;

	if (n <= 0)
		return false;
	program[n] = '\0';
	slash = strrchr(program, '/');
	if (slash == NULL)
		return false;
	slash[1] = '\0';
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (try_path(r, name, program, places[i]))
			return true;
	return false;
}

/* What is not there: */
enum side {
	SIDE_NEEDED,	/* a fault */
	SIDE_INSTALLED, /* may be among the installed ones, else a fault */
	SIDE_OPTIONAL,	/* is no part of the bundle, and may be later */
};

/* Reads the file that the string names, unless it is there. */
static void
side_file(const struct reader *r, const struct jsonx *file, enum side side)
{
	const bool installed = side == SIDE_INSTALLED;
	const char *name;
	int saved;

	if (file == NULL || file->kind != JSONX_STRING ||
	    file->string[0] == '\0')
		return; /* told by model_load */
	name = file->string;
	if (bundle_find(r->b, name) != NULL)
		return;
	if (name[0] == '/') {
		fault(r, file, W_BUNDLE_ABSOLUTE, name, NULL);
		return;
	}
	if (r->b->count >= BUNDLE_FILES_MAX) {
		fault(r, file, W_BUNDLE_TOO_MANY, name, NULL);
		return;
	}
	if (try_path(r, name, r->folder, ""))
		return;
	saved = errno;
	if (side == SIDE_OPTIONAL && saved == ENOENT)
		return;
	if (installed && saved == ENOENT && r->data_dir != NULL) {
		if (try_path(r, name, r->data_dir, "/guidelines/"))
			return;
		saved = errno;
	}
	if (installed && saved == ENOENT && try_beside_program(r, name))
		return;
	if (saved == NOT_A_FILE)
		fault(r, file, W_BUNDLE_NOT_A_FILE, name, NULL);
	else
		fault(r, file, W_BUNDLE_UNREADABLE, name, strerror(saved));
}

static void
side_files(const struct reader *r, const struct jsonx *root, const char *key)
{
	const struct jsonx *list = jsonx_get(root, key), *item;

	if (list == NULL || list->kind != JSONX_ARRAY)
		return;
	for (item = list->child; item != NULL; item = item->next)
		side_file(r, jsonx_get(item, "file"), SIDE_NEEDED);
}

bool
bundle_read(struct bundle *b, const char *path, const char *data_dir,
    struct diag *d)
{
	struct reader r = { .b = b, .d = d, .data_dir = data_dir };
	const char *slash = strrchr(path, '/');
	struct diag_place whole = { path, 0, 0 };
	struct diag unheard = { .lang = d->lang };
	struct jsonx_doc *doc;
	const struct jsonx *root;
	char *bytes, *folder;
	size_t length;

	bytes = strcmp(path, "-") == 0 ? read_all(STDIN_FILENO, &length) :
					 read_path(path, false, &length);
	if (bytes == NULL) {
		words_diag(d, whole, DIAG_ERROR, CHECK_NONE,
		    W_BUNDLE_UNREADABLE, 2, path, strerror(errno));
		return false;
	}
	(void)add_owned(b, path, path, bytes, length);
	folder = mem_strndup(path, slash ? (size_t)(slash - path) + 1 : 0);
	r.folder = folder;
	doc = jsonx_parse(b->files[0].shown, bytes, length, &unheard);
	if (doc != NULL) {
		root = jsonx_root(doc);
		side_file(&r, jsonx_get(jsonx_get(root, "guideline"), "file"),
		    SIDE_INSTALLED);
		side_file(&r, jsonx_get(jsonx_get(root, "ledger"), "file"),
		    SIDE_NEEDED);
		side_file(&r, jsonx_get(root, "emergency-file"), SIDE_OPTIONAL);
		side_files(&r, root, "address-lists");
		side_files(&r, root, "calendars");
	}
	jsonx_free(doc);
	diag_free(&unheard);
	free(folder);
	return true;
}
