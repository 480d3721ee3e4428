/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the files of a FortiGate's tables to one ruleset.
 */
#include "import_ruleset.h"

#include <stdlib.h>
#include <string.h>

#include "import_ruleset_internal.h"

static void
read_book(struct forti *f, const struct book *b, const char *file)
{
	for (size_t i = 0; i < b->count; i++)
		forti_read_sheet(f, &b->sheets[i], file);
}

static void
begin(struct forti *f, struct import_ruleset *out, struct diag *d)
{
	memset(f, 0, sizeof(*f));
	memset(out, 0, sizeof(*out));
	f->arena = arena_new();
	f->d = d;
	f->out = out;
}

static bool
end(struct forti *f, const char *file, bool fine)
{
	struct diag_place place = { file, 0, 0 };

	if (fine && f->policy_count == 0) {
		forti_fault(f, place, DIAG_ERROR, W_FORTI_NO_POLICIES, NULL,
		    NULL);
		fine = false;
	}
	if (fine)
		forti_write(f);
	forti_objects_fini(f);
	free(f->objects);
	free(f->policies);
	free(f->aliases.items);
	arena_free(f->arena);
	return fine && f->d->errors == 0;
}

bool
import_ruleset(const char *const *paths, size_t count, const char *encoding,
    struct import_ruleset *out, struct diag *d)
{
	struct forti f;
	bool fine = true;

	begin(&f, out, d);
	for (size_t i = 0; i < count; i++) {
		struct book b;

		if (book_load(&b, paths[i], encoding, f.arena, d))
			read_book(&f, &b, paths[i]);
		else
			fine = false;
		book_fini(&b);
	}
	return end(&f, paths[0], fine);
}

bool
import_ruleset_bytes(const char *shown, const char *bytes, size_t length,
    struct import_ruleset *out, struct diag *d)
{
	struct forti f;
	struct book b;
	bool fine;

	begin(&f, out, d);
	fine = book_read(&b, shown, bytes, length, NULL, f.arena, d);
	if (fine)
		read_book(&f, &b, shown);
	book_fini(&b);
	return end(&f, shown, fine);
}

void
import_ruleset_fini(struct import_ruleset *x)
{
	text_free(&x->unread);
	text_free(&x->aliases);
	text_free(&x->json);
}
