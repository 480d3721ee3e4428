/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Protocols and ports of a cell, in whichever order: 「TCP/443」, 「443/tcp」,
 * 「TCP 80,443　UDP 53」, 「53(TCP/UDP)」. The cell becomes words and numbers;
 * a protocol before numbers holds until the next one, one behind a slash or a
 * parenthesis holds for the numbers before it.
 */
#include "cell.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define PENDING_MAX 32

enum { TCP = 1, UDP = 2, BOTH = 3, OTHER = 4, ANY = 8, NOISE = 16 };

static const struct known {
	const char *word; /* as cell_key writes it */
	uint8_t set;
	uint8_t number;	     /* of OTHER */
	const char *service; /* of an application's name, or NULL */
} known[] = {
	{ "tcp", TCP, 6, NULL },
	{ "udp", UDP, 17, NULL },
	{ "icmp", OTHER, 1, NULL },
	{ "ping", OTHER, 1, NULL },
	{ "icmpv6", OTHER, 58, NULL },
	{ "igmp", OTHER, 2, NULL },
	{ "gre", OTHER, 47, NULL },
	{ "esp", OTHER, 50, NULL },
	{ "ah", OTHER, 51, NULL },
	{ "sctp", OTHER, 132, NULL },
	{ "any", ANY, 0, NULL },
	{ "all", ANY, 0, NULL },
	{ "ip", ANY, 0, NULL },
	{ "*", ANY, 0, NULL },
	{ "全て", ANY, 0, NULL },
	{ "すべて", ANY, 0, NULL },
	{ "全ポート", ANY, 0, NULL },
	{ "全プロトコル", ANY, 0, NULL },
	{ "指定なし", ANY, 0, NULL },
	{ "port", NOISE, 0, NULL },
	{ "ports", NOISE, 0, NULL },
	{ "ポート", NOISE, 0, NULL },
	{ "番", NOISE, 0, NULL },
	{ "番ポート", NOISE, 0, NULL },
	{ "ポート番号", NOISE, 0, NULL },
	/* What runs over one transport by its standard, or nearly always. */
	{ "https", TCP, 6, "TLS" },
	{ "tls", TCP, 6, "TLS" },
	{ "ssl", TCP, 6, "TLS" },
	{ "http", TCP, 6, "HTTP" },
	{ "ssh", TCP, 6, "SSH" },
	{ "sftp", TCP, 6, "SSH" },
	{ "rdp", TCP, 6, "RDP" },
	{ "リモートデスクトップ", TCP, 6, "RDP" },
	{ "smtp", TCP, 6, "SMTP" },
	{ "smtps", TCP, 6, "SMTPS" },
	{ "pop3", TCP, 6, "POP3" },
	{ "imap", TCP, 6, "IMAP" },
	{ "ftp", TCP, 6, "FTP_CONTROL" },
	{ "telnet", TCP, 6, "Telnet" },
	{ "smb", TCP, 6, "SMBv23" },
	{ "cifs", TCP, 6, "SMBv23" },
	{ "oracle", TCP, 6, "Oracle" },
	{ "postgresql", TCP, 6, "PostgreSQL" },
	{ "mysql", TCP, 6, "MySQL" },
	{ "dns", BOTH, 0, "DNS" },
	{ "ntp", UDP, 17, "NTP" },
	{ "snmp", UDP, 17, "SNMP" },
	{ "dhcp", UDP, 17, "DHCP" },
};

struct services {
	struct cell_service *items;
	size_t max, count;
	struct port_range pending[PENDING_MAX]; /* without a protocol yet */
	size_t pending_count;
	unsigned column;  /* set that the protocol column says, 0: none */
	unsigned current; /* set that numbers take, 0: none */
	unsigned behind;  /* set read behind the pending numbers */
	unsigned named;	  /* set that an application's name says */
	bool number_last; /* the last token was a number */
	bool protocol_last;
	bool bare;    /* a transport without any number so far */
	bool guessed; /* TCP was taken */
	bool every;   /* "any" */
	const char *application;
};

static enum cell_fault
put(struct services *s, uint16_t protocol, struct port_range ports)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->items[i].protocol == protocol &&
		    s->items[i].ports.first == ports.first &&
		    s->items[i].ports.last == ports.last)
			return CELL_OK;
	if (s->count == s->max)
		return CELL_MANY;
	s->items[s->count].protocol = protocol;
	s->items[s->count++].ports = ports;
	return CELL_OK;
}

static enum cell_fault
put_set(struct services *s, unsigned set, struct port_range ports)
{
	enum cell_fault fault = CELL_OK;

	if (set & TCP)
		fault = put(s, 6, ports);
	if (set & UDP && fault == CELL_OK)
		fault = put(s, 17, ports);
	return fault;
}

/* Gives the pending numbers a set of protocols. */
static enum cell_fault
settle(struct services *s, unsigned set)
{
	enum cell_fault fault = CELL_OK;

	for (size_t i = 0; i < s->pending_count && fault == CELL_OK; i++)
		fault = put_set(s, set, s->pending[i]);
	s->pending_count = 0;
	return fault;
}

/* Numbers that wait take what was read behind them. */
static enum cell_fault
end_behind(struct services *s)
{
	enum cell_fault fault = CELL_OK;

	if (s->behind != 0)
		fault = settle(s, s->behind);
	s->behind = 0;
	return fault;
}

static enum cell_fault
take_transport(struct services *s, unsigned set, bool tied)
{
	enum cell_fault fault;

	if (s->column & BOTH && (set & ~s->column) != 0)
		return CELL_CONFLICT;
	/* "443/tcp", "53(TCP/UDP)" */
	if (s->pending_count > 0 &&
	    ((s->number_last && tied) || (s->protocol_last && s->behind))) {
		s->behind |= set;
		return CELL_OK;
	}
	/* The same again behind a number that has it: "TCP", "443/tcp". */
	if (s->number_last && tied)
		return set == s->current ? CELL_OK : CELL_CONFLICT;
	fault = end_behind(s);
	s->current = s->protocol_last ? s->current | set : set;
	s->bare = true;
	return fault;
}

/* glued: digits follow without a blank, as in TCP443, and SMB2 is no port 2. */
static enum cell_fault
take_word(struct services *s, const char *key, bool tied, bool glued)
{
	static const struct port_range every = { 0, 0 };
	const struct known *k = NULL;
	enum cell_fault fault = CELL_OK;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].word, key) == 0)
			k = &known[i];
	if (k == NULL || (glued && (k->set & (BOTH | NOISE)) == 0) ||
	    (glued && k->service != NULL))
		return CELL_BAD;
	if (k->service != NULL) {
		s->application = k->service;
		s->named |= k->set;
	} else if (k->set & BOTH) {
		fault = take_transport(s, k->set, tied);
		s->protocol_last = true;
		s->number_last = false;
	} else if (k->set == OTHER) {
		fault = put(s, k->number, every);
	} else if (k->set == ANY) {
		s->every = true;
	}
	return fault;
}

static enum cell_fault
take_number(struct services *s, unsigned long first, unsigned long last)
{
	struct port_range ports;
	enum cell_fault fault;

	if (first < 1 || last > 65535)
		return CELL_BAD;
	if (first > last)
		return CELL_REVERSE;
	ports.first = (uint16_t)first;
	ports.last = (uint16_t)last;
	fault = end_behind(s);
	s->number_last = true;
	s->protocol_last = false;
	s->bare = false;
	if (fault != CELL_OK)
		return fault;
	if (s->current != 0)
		return put_set(s, s->current, ports);
	if (s->pending_count == PENDING_MAX)
		return CELL_MANY;
	s->pending[s->pending_count++] = ports;
	return CELL_OK;
}

/* Digits at *p, at most five; *out, and *p behind them. */
static bool
digits(const char **p, unsigned long *out)
{
	size_t n = strspn(*p, "0123456789");

	*out = 0;
	for (size_t i = 0; i < n && n <= 5; i++)
		*out = *out * 10 + (unsigned long)((*p)[i] - '0');
	*p += n;
	return n > 0 && n <= 5;
}

static enum cell_fault
number_at(struct services *s, const char **p)
{
	unsigned long first, last;
	const char *after;

	if (!digits(p, &first))
		return CELL_BAD;
	last = first;
	after = *p + strspn(*p, " ");
	if (*after == '-' || *after == '~') {
		after++;
		after += strspn(after, " ");
		if (!digits(&after, &last))
			return CELL_BAD;
		*p = after;
	}
	return take_number(s, first, last);
}

/* A word up to a digit, sign or blank; ICMPv6, POP3 keep their digit. */
static enum cell_fault
word_at(struct services *s, const char **p, bool tied)
{
	size_t n = strcspn(*p, " ,;:/()-~+&0123456789");
	const char *dot = strstr(*p, "・");
	struct text key = { 0 };
	char word[CELL_WORD_MAX];
	enum cell_fault fault;

	if (dot != NULL && (size_t)(dot - *p) < n)
		n = (size_t)(dot - *p);
	if (n == 0 || n + 1 >= sizeof(word))
		return CELL_BAD;
	if ((n == 3 && strncasecmp(*p, "pop3", 4) == 0) ||
	    (n == 5 && strncasecmp(*p, "icmpv6", 6) == 0))
		n++;
	memcpy(word, *p, n);
	word[n] = '\0';
	*p += n;
	cell_key(&key, word);
	fault = take_word(s, text_str(&key), tied,
	    isdigit((unsigned char)**p) != 0);
	text_free(&key);
	return fault;
}

static enum cell_fault
read_all(struct services *s, const char *p, char bad[CELL_WORD_MAX])
{
	bool tied = false; /* a slash or parenthesis just before */
	enum cell_fault fault = CELL_OK;

	while (*p != '\0' && fault == CELL_OK) {
		const char *from = p;

		/* Signs that only separate; a dot as ・ is folded to itself. */
		if (strncmp(p, "・", strlen("・")) == 0) {
			p += strlen("・");
			continue;
		}
		if (strchr(" ,;:/()+&", *p) != NULL) {
			tied = *p == '/' || *p == '(' || (tied && *p == ' ');
			p++;
			continue;
		}
		fault = isdigit((unsigned char)*p) ? number_at(s, &p) :
						     word_at(s, &p, tied);
		tied = false;
		if (fault != CELL_OK)
			(void)snprintf(bad, CELL_WORD_MAX, "%.*s",
			    (int)(p - from < CELL_WORD_MAX - 1 ?
				    p - from :
				    CELL_WORD_MAX - 1),
			    from);
	}
	return fault;
}

/* What the protocol column says, as a set; its numbers are not ports. */
static enum cell_fault
read_column(struct services *s, const char *text, char bad[CELL_WORD_MAX])
{
	struct text folded = { 0 };
	enum cell_fault fault;

	if (text == NULL || cell_is_nothing(text))
		return CELL_OK;
	cell_fold(&folded, text);
	fault = strlen(text_str(&folded)) > CELL_LIST_MAX ?
	    CELL_BAD :
	    read_all(s, text_str(&folded), bad);
	text_free(&folded);
	s->column = s->current;
	s->protocol_last = s->number_last = false;
	return fault;
}

static enum cell_fault
finish(struct services *s)
{
	static const struct port_range every = { 0, 0 };
	enum cell_fault fault = end_behind(s);

	if (fault != CELL_OK)
		return fault;
	if (s->pending_count > 0) {
		s->guessed = s->named == 0;
		fault = settle(s, s->named ? s->named : TCP);
		if (fault != CELL_OK)
			return fault;
		s->bare = false;
	}
	if (s->every && s->count == 0)
		return s->current ? put_set(s, s->current, every) :
				    put(s, CELL_PROTOCOL_ANY, every);
	if (s->every)
		return CELL_BITS;
	if (s->bare || (s->count == 0 && s->named))
		return CELL_NO_PORT;
	if (s->count == 0)
		return CELL_NOTHING;
	return s->guessed ? CELL_NO_PROTOCOL : CELL_OK;
}

enum cell_fault
cell_services(const char *protocol, const char *ports, struct cell_service *out,
    size_t max, size_t *count, const char **application,
    char bad[CELL_WORD_MAX])
{
	struct services s = { .items = out, .max = max };
	struct text folded = { 0 };
	enum cell_fault fault;

	*count = 0;
	*application = NULL;
	bad[0] = '\0';
	fault = read_column(&s, protocol, bad);
	if (fault == CELL_OK && ports != NULL && !cell_is_nothing(ports)) {
		/* "any" in the protocol column and ports beside it. */
		bool every = s.every;

		s.every = false;
		cell_fold(&folded, ports);
		fault = folded.length > CELL_LIST_MAX ?
		    CELL_BAD :
		    read_all(&s, text_str(&folded), bad);
		text_free(&folded);
		if (every && (s.count > 0 || s.pending_count > 0))
			fault = CELL_BITS;
		s.every |= every;
	}
	if (fault == CELL_OK)
		fault = finish(&s);
	if (fault == CELL_OK || fault == CELL_NO_PROTOCOL)
		*count = s.count;
	*application = s.application;
	return fault;
}

enum cell_fault
cell_direction(const char *s, enum cell_way *out)
{
	static const struct {
		const char *word;
		enum cell_way way;
	} words[] = {
		{ "双方向", CELL_BOTH_WAYS },
		{ "両方向", CELL_BOTH_WAYS },
		{ "両方", CELL_BOTH_WAYS },
		{ "⇔", CELL_BOTH_WAYS },
		{ "↔", CELL_BOTH_WAYS },
		{ "<->", CELL_BOTH_WAYS },
		{ "<=>", CELL_BOTH_WAYS },
		{ "←→", CELL_BOTH_WAYS },
		{ "both", CELL_BOTH_WAYS },
		{ "片方向", CELL_ONE_WAY },
		{ "一方向", CELL_ONE_WAY },
		{ "単方向", CELL_ONE_WAY },
		{ "→", CELL_ONE_WAY },
		{ "⇒", CELL_ONE_WAY },
		{ "->", CELL_ONE_WAY },
		{ "=>", CELL_ONE_WAY },
		{ "one-way", CELL_ONE_WAY },
		{ "←", CELL_BACKWARDS },
		{ "⇐", CELL_BACKWARDS },
		{ "<-", CELL_BACKWARDS },
	};
	struct text key = { 0 };
	enum cell_fault fault = CELL_BAD;

	*out = CELL_ONE_WAY;
	if (cell_is_nothing(s))
		return CELL_NOTHING;
	cell_key(&key, s);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(text_str(&key), words[i].word) == 0) {
			*out = words[i].way;
			fault = CELL_OK;
		}
	}
	text_free(&key);
	return fault;
}
