/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The only file with expat. Each part is handed over in one piece: it lies in
 * memory anyway, and a token that comes in many pieces is scanned again for
 * each of them.
 */
#include "import_xml.h"

#include <expat.h>
#include <limits.h>
#include <string.h>

#define NAMESPACE_END '|'

struct xml {
	XML_Parser parser;
	const struct xml_calls *calls; /* borrowed */
	void *context;
	int depth;
	bool failed;
};

static const char *
local(const char *name)
{
	const char *end = strrchr(name, NAMESPACE_END);

	return end != NULL ? end + 1 : name;
}

void
xml_stop(struct xml *x)
{
	x->failed = true;
	(void)XML_StopParser(x->parser, XML_FALSE);
}

const char *
xml_attribute(const char **attributes, const char *name)
{
	for (size_t i = 0; attributes[i] != NULL; i += 2)
		if (strcmp(local(attributes[i]), name) == 0)
			return attributes[i + 1];
	return NULL;
}

static void XMLCALL
begin(void *data, const XML_Char *name, const XML_Char **attributes)
{
	struct xml *x = data;

	if (x->failed)
		return;
	if (++x->depth > XML_DEPTH_MAX)
		xml_stop(x);
	else if (x->calls->begin != NULL)
		x->calls->begin(x->context, x, local(name), attributes);
}

static void XMLCALL
end(void *data, const XML_Char *name)
{
	struct xml *x = data;

	if (x->failed)
		return;
	x->depth--;
	if (x->calls->end != NULL)
		x->calls->end(x->context, x, local(name));
}

static void XMLCALL
text(void *data, const XML_Char *s, int n)
{
	struct xml *x = data;

	if (!x->failed && x->calls->text != NULL && n > 0)
		x->calls->text(x->context, s, (size_t)n);
}

static void XMLCALL
doctype(void *data, const XML_Char *name, const XML_Char *system_id,
    const XML_Char *public_id, int has_internal)
{
	(void)name;
	(void)system_id;
	(void)public_id;
	(void)has_internal;
	xml_stop(data);
}

bool
xml_walk(const char *bytes, size_t length, const struct xml_calls *calls,
    void *context)
{
	struct xml x = { .calls = calls, .context = context };
	bool fine;

	if (length > INT_MAX)
		return false;
	x.parser = XML_ParserCreateNS(NULL, NAMESPACE_END);
	if (x.parser == NULL)
		return false;
	XML_SetUserData(x.parser, &x);
	XML_SetElementHandler(x.parser, begin, end);
	XML_SetCharacterDataHandler(x.parser, text);
	XML_SetStartDoctypeDeclHandler(x.parser, doctype);
	fine = XML_Parse(x.parser, bytes, (int)length, XML_TRUE) ==
	    XML_STATUS_OK;
	XML_ParserFree(x.parser);
	return fine && !x.failed;
}
