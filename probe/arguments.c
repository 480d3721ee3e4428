/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See arguments.h. The language is looked for first, so that a fault before it
 * is told in it too. */
#include "arguments.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "complain.h"
#include "flow.h"

enum long_option {
	OPTION_LANG = 256,
	OPTION_DATA,
	OPTION_CONVERSATIONS,
	OPTION_RING,
	OPTION_USER,
	OPTION_NO_SANDBOX,
	OPTION_SYSLOG,
	OPTION_ONLY,
	OPTION_LIST,
	OPTION_VERSION,
	OPTION_HELP
};

static const struct option long_options[] = {
	{ "lang", required_argument, NULL, OPTION_LANG },
	{ "data", required_argument, NULL, OPTION_DATA },
	{ "conversations", required_argument, NULL, OPTION_CONVERSATIONS },
	{ "ring", required_argument, NULL, OPTION_RING },
	{ "user", required_argument, NULL, OPTION_USER },
	{ "no-sandbox", no_argument, NULL, OPTION_NO_SANDBOX },
	{ "only", no_argument, NULL, OPTION_ONLY },
	{ "syslog", no_argument, NULL, OPTION_SYSLOG },
	{ "list", no_argument, NULL, OPTION_LIST },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

static void
find_lang(struct arguments *o, int argc, char **argv)
{
	o->lang = lang_of_environment();
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--lang=", 7) == 0)
			(void)lang_parse(argv[i] + 7, &o->lang);
		else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
			(void)lang_parse(argv[i + 1], &o->lang);
	}
}

/* TAP=WHAT into one of the two lists; bad and many are its sentences. */
static bool
take_pair(struct arguments *o, const char *text,
    struct argument_source list[CAPTURE_SOURCES_MAX], size_t *count,
    enum word bad, enum word many)
{
	const char *equals = strchr(text, '=');
	struct argument_source *s;

	if (!equals || equals == text || equals[1] == '\0') {
		complain(o->lang, bad, text, NULL, NULL);
		return false;
	}
	if (*count == CAPTURE_SOURCES_MAX) {
		char most[16];

		(void)snprintf(most, sizeof(most), "%d", CAPTURE_SOURCES_MAX);
		complain(o->lang, many, most, NULL, NULL);
		return false;
	}
	s = &list[(*count)++];
	s->tap = mem_strndup(text, (size_t)(equals - text));
	s->file = equals + 1;
	return true;
}

/* A whole number of least..most; wrong is the sentence otherwise. */
static bool
take_number(const struct arguments *o, const char *text, uint32_t least,
    uint32_t most, enum word wrong, uint32_t *out)
{
	char low[16], high[16], *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno == 0 && text[0] >= '0' && text[0] <= '9' && *end == '\0' &&
	    n >= least && n <= most) {
		*out = (uint32_t)n;
		return true;
	}
	(void)snprintf(low, sizeof(low), "%" PRIu32, least);
	(void)snprintf(high, sizeof(high), "%" PRIu32, most);
	complain(o->lang, wrong, text, low, high);
	return false;
}

static bool
take_lang(struct arguments *o, const char *text)
{
	if (lang_parse(text, &o->lang))
		return true;
	complain(o->lang, W_PROBE_BAD_LANG, text, NULL, NULL);
	return false;
}

static bool
refuse(const struct arguments *o, int option, char **argv)
{
	char letter[3] = { '-', (char)optopt, '\0' };
	const char *name = argv[optind - 1];

	if (optopt > 0 && optopt < OPTION_LANG)
		name = letter;
	complain(o->lang, option == ':' ? W_PROBE_NO_VALUE : W_PROBE_BAD_OPTION,
	    name, NULL, NULL);
	return false;
}

/* Those that only have a long name. */
static bool
take_long(struct arguments *o, int option, char **argv)
{
	switch (option) {
	case OPTION_LANG:
		return take_lang(o, optarg);
	case OPTION_DATA:
		o->data_dir = optarg;
		return true;
	case OPTION_CONVERSATIONS:
		return take_number(o, optarg, FLOW_MAX_LEAST, FLOW_MAX_MOST,
		    W_PROBE_BAD_CONVERSATIONS, &o->conversations);
	case OPTION_RING:
		return take_number(o, optarg, 1, ARGUMENTS_RING_MOST,
		    W_PROBE_BAD_RING, &o->ring_mib);
	case OPTION_USER:
		o->user = optarg;
		return true;
	case OPTION_NO_SANDBOX:
		o->no_sandbox = true;
		return true;
	case OPTION_SYSLOG:
		o->syslog = true;
		return true;
	case OPTION_ONLY:
		o->only = true;
		return true;
	case OPTION_LIST:
		o->list = true;
		return true;
	case OPTION_VERSION:
		o->version = true;
		return true;
	case OPTION_HELP:
		o->help = true;
		return true;
	default:
		return refuse(o, option, argv);
	}
}

static bool
take_option(struct arguments *o, int option, char **argv)
{
	switch (option) {
	case 't':
		o->model = optarg;
		return true;
	case 'p':
		o->probe = optarg;
		return true;
	case 'r':
		return take_pair(o, optarg, o->sources, &o->source_count,
		    W_PROBE_BAD_SOURCE, W_PROBE_MANY_SOURCES);
	case 'i':
		return take_pair(o, optarg, o->interfaces, &o->interface_count,
		    W_PROBE_BAD_INTERFACE, W_PROBE_MANY_INTERFACES);
	case 'o':
		o->output = optarg;
		return true;
	case 'n':
		o->check_only = true;
		return true;
	default:
		return take_long(o, option, argv);
	}
}

/* What cannot be left out, and what cannot go together. */
static bool
is_complete(const struct arguments *o)
{
	const char *missing = NULL;

	if (o->help || o->version || o->list)
		return true;
	if (!o->model)
		missing = "-t MODEL";
	else if (!o->check_only && !o->probe)
		missing = "-p PROBE";
	if (missing)
		complain(o->lang, W_PROBE_MISSING, missing, NULL, NULL);
	else if (o->source_count > 0 && o->interface_count > 0) {
		complain(o->lang, W_PROBE_FILES_AND_INTERFACES, NULL, NULL,
		    NULL);
		return false;
	}
	return !missing;
}

bool
arguments_parse(struct arguments *o, int argc, char **argv)
{
	int option;

	memset(o, 0, sizeof(*o));
	o->output = "-";
	find_lang(o, argc, argv);
	opterr = 0;
	optind = 1;
	while ((option = getopt_long(argc, argv, ":t:p:r:i:o:n", long_options,
		    NULL)) != -1)
		if (!take_option(o, option, argv))
			return false;
	if (optind < argc) {
		complain(o->lang, W_PROBE_EXTRA, argv[optind], NULL, NULL);
		return false;
	}
	return is_complete(o);
}

void
arguments_free(struct arguments *o)
{
	for (size_t i = 0; i < o->source_count; i++)
		free(o->sources[i].tap);
	for (size_t i = 0; i < o->interface_count; i++)
		free(o->interfaces[i].tap);
	o->source_count = 0;
	o->interface_count = 0;
}
