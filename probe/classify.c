/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nDPI 4.2 believes whatever header it is shown, guesses from ports and from
 * lists of addresses of 2022 and calls some of those guesses "DPI". So:
 *
 * - It never sees a frame's headers. Each packet is written anew from what
 *   the decoder understood: a plain IPv4 or IPv6 header, a TCP header of 20
 *   bytes or a UDP header, the payload, and zeroes behind it.
 * - It never guesses: its guess from the port is marked as made already (HTTP
 *   on port 3306 is "MySQL.HTTP, by DPI" otherwise), and public
 *   addresses are shown to it as private ones (an address of a cloud on port
 *   19305 is "Hangouts, by DPI" otherwise).
 * - Where it still goes by the port, the payload is looked at (confirm.h) or
 *   the dissector is left out.
 * - It sees each byte of a TCP stream once: copies and retransmissions spoil
 *   its state machines (FTP fell to a port guess).
 * - What it keeps in clear (passwords, user names, URLs) is wiped before its
 *   memory is freed, and what it prints on standard output is swallowed.
 */
#include "classify.h"

#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ndpi_api.h>

#include "application.h"
#include "base/mem.h"
#include "confirm.h"
#include "inspect_tls.h"
#include "rebuild.h"

#define OPENING_PACKETS 4  /* in which a greeting may stand */
#define SLACK 64	   /* nDPI reads a few bytes beyond the end */
#define QUIC_GATHERED 4096 /* what nDPI takes for one QUIC hello */
/* A segment that lies further back than this is no retransmission: the
 * sequence numbers were led astray, and counting starts from it again. */
#define SEQUENCE_BACK_MAX (16 * 1024 * 1024)

/* Steps of the handshake, in struct classify_label.opening. */
#define OPENING_SYN 1
#define OPENING_SYN_ACK 2
#define OPENING_ACK 4
#define OPENING_ALL (OPENING_SYN | OPENING_SYN_ACK | OPENING_ACK)

/* Who sent a ClientHello, in struct classify_label.offered. */
#define OFFERED_INITIATOR 1
#define OFFERED_RESPONDER 2

struct classifier {
	struct ndpi_detection_module_struct *module; /* owned */
	FILE *sink;    /* owned: swallows what nDPI prints */
	uint32_t open; /* struct classify_flow in existence */
	uint64_t refused;
	size_t held; /* bytes the dissectors gathered, over all flows */
	uint8_t packet[REBUILD_MAX + SLACK]; /* zero between packets */
};

struct classify_flow {
	struct addr address[2]; /* [0] sent the first packet with payload */
	uint16_t port[2];
	uint8_t protocol;
	bool started[2];    /* TCP: end is valid */
	uint32_t end[2];    /* TCP: sequence number after the last byte fed */
	unsigned confirmed; /* CONFIRM_ bits of any packet so far */
	size_t held;	    /* its share of the classifier's */
	uint16_t known[2];  /* nDPI's protocols as last noted */
	struct inspect_tls_client client; /* of whoever spoke first */
	struct ndpi_flow_struct ndpi;
};

/* Named by the protocol field of the IP header: nothing to guess there. */
static const struct {
	uint8_t protocol;
	const char *name;
} by_number[] = {
	{ 1, "ICMP" },
	{ 2, "IGMP" },
	{ 4, "IP_in_IP" },
	{ 8, "EGP" },
	{ 41, "IP_in_IP" },
	{ 46, "RSVP" },
	{ 47, "GRE" },
	{ 50, "IPsec" }, /* ESP */
	{ 51, "IPsec" }, /* AH */
	{ 58, "ICMPV6" },
	{ 88, "EIGRP" },
	{ 89, "OSPF" },
	{ 103, "PIM" },
	{ 112, "VRRP" },
	{ 115, "L2TP" },
	{ 132, "SCTP" },
};

/*
 * Dissectors that name a conversation "by DPI" from its port or the length of
 * its packets alone. FTP data is known from its control connection instead
 * (correlate.h), Teredo from the decoder.
 */
static const uint16_t blind[] = {
	NDPI_PROTOCOL_FTP_DATA,	      /* port 20; any file's first bytes */
	NDPI_PROTOCOL_TEREDO,	      /* port 3544 */
	NDPI_PROTOCOL_TARGUS_GETDATA, /* ports 5001 and 5201 */
	NDPI_PROTOCOL_SKYPE_TEAMS,    /* two bytes of any datagram */
};

/* ---- the module */

/* What nDPI prints must not reach the event stream on standard output. */
static FILE *
mute(struct classifier *c)
{
	FILE *out = stdout;

	stdout = c->sink;
	return out;
}

static bool
module_start(struct classifier *c)
{
	NDPI_PROTOCOL_BITMASK all;

	c->module = ndpi_init_detection_module(ndpi_dont_load_tor_hosts);
	if (c->module == NULL)
		return false;
	NDPI_BITMASK_SET_ALL(all);
	for (size_t i = 0; i < sizeof(blind) / sizeof(blind[0]); i++)
		NDPI_BITMASK_DEL(all, blind[i]);
	ndpi_set_protocol_detection_bitmask2(c->module, &all);
	ndpi_finalize_initialization(c->module);
	return true;
}

struct classifier *
classifier_new(char *error, size_t size)
{
	/* A stream without a write function discards (fopencookie(3)). */
	const cookie_io_functions_t nowhere = { NULL, NULL, NULL, NULL };
	struct classifier *c;
	FILE *out;
	bool started;

	if (ndpi_detection_get_sizeof_ndpi_flow_struct() !=
	    sizeof(struct ndpi_flow_struct)) {
		snprintf(error, size,
		    "libndpi %s is not the one this program was built with: "
		    "its flow has %u bytes, not %zu",
		    ndpi_revision(),
		    ndpi_detection_get_sizeof_ndpi_flow_struct(),
		    sizeof(struct ndpi_flow_struct));
		return NULL;
	}
	c = mem_calloc(1, sizeof(*c));
	c->sink = fopencookie(NULL, "w", nowhere);
	if (c->sink == NULL) {
		snprintf(error, size, "cannot make a stream: out of memory");
		free(c);
		return NULL;
	}
	out = mute(c);
	started = module_start(c);
	stdout = out;
	if (!started) {
		snprintf(error, size, "libndpi %s cannot start",
		    ndpi_revision());
		classifier_free(c);
		return NULL;
	}
	return c;
}

void
classifier_free(struct classifier *c)
{
	FILE *out;

	if (c == NULL)
		return;
	out = mute(c);
	if (c->module != NULL)
		ndpi_exit_detection_module(c->module);
	stdout = out;
	(void)fclose(c->sink);
	free(c);
}

const char *
classifier_version(void)
{
	return ndpi_revision();
}

uint32_t
classifier_open(const struct classifier *c)
{
	return c->open;
}

uint64_t
classifier_refused(const struct classifier *c)
{
	return c->refused;
}

/* ---- the state of a conversation */

static struct classify_flow *
flow_new(struct classifier *c, const struct packet *p,
    const struct classify_label *label)
{
	struct classify_flow *f = mem_calloc(1, sizeof(*f));
	const bool syn = (label->opening & OPENING_SYN) != 0;
	const bool answered = (label->opening & OPENING_SYN_ACK) != 0;

	f->address[0] = p->source;
	f->address[1] = p->destination;
	f->port[0] = p->source_port;
	f->port[1] = p->destination_port;
	f->protocol = p->protocol;
	f->ndpi.protocol_id_already_guessed = 1;
	if (p->protocol == IPPROTO_TCP) {
		/* nDPI gives up at once on a first packet that is no SYN. */
		f->ndpi.num_processed_pkts = 1;
		/* Each step counts behind those before it. */
		f->ndpi.l4.tcp.seen_syn = syn;
		f->ndpi.l4.tcp.seen_syn_ack = syn && answered;
		f->ndpi.l4.tcp.seen_ack = syn && answered &&
		    (label->opening & OPENING_ACK) != 0;
	}
	c->open++;
	return f;
}

static void
wipe_string(char *s)
{
	if (s != NULL)
		explicit_bzero(s, strlen(s));
}

/* Frees nDPI's state and leaves nothing of it in memory. */
static void
flow_free(struct classifier *c, struct classify_flow **flow)
{
	struct classify_flow *f = *flow;

	if (f == NULL)
		return;
	wipe_string(f->ndpi.http.url);
	wipe_string(f->ndpi.http.user_agent);
	wipe_string(f->ndpi.http.nat_ip);
	if (f->ndpi.kerberos_buf.pktbuf != NULL)
		explicit_bzero(f->ndpi.kerberos_buf.pktbuf,
		    f->ndpi.kerberos_buf.pktbuf_maxlen);
	if (f->protocol == IPPROTO_TCP && f->ndpi.l4.tcp.tls.message.buffer)
		explicit_bzero(f->ndpi.l4.tcp.tls.message.buffer,
		    f->ndpi.l4.tcp.tls.message.buffer_len);
	ndpi_free_flow_data(&f->ndpi);
	c->held -= f->held;
	c->open--;
	explicit_bzero(f, sizeof(*f));
	free(f);
	*flow = NULL;
}

/* Brings the account of gathered bytes up to date. */
static void
flow_weigh(struct classifier *c, struct classify_flow *f)
{
	size_t held = f->ndpi.kerberos_buf.pktbuf_maxlen;

	if (f->protocol == IPPROTO_TCP && f->ndpi.l4.tcp.tls.message.buffer)
		held += f->ndpi.l4.tcp.tls.message.buffer_len;
	if (f->protocol == IPPROTO_UDP && f->ndpi.l4.udp.quic_reasm_buf)
		held += QUIC_GATHERED;
	c->held = c->held - f->held + held;
	f->held = held;
}

/*
 * Which of the two sent p: 0 or 1, or -1 when it is of another conversation.
 * Where both have the same address and port, from_initiator tells.
 */
static int
flow_direction(const struct classify_flow *f, const struct packet *p,
    bool from_initiator)
{
	bool same, reverse;

	if (p->protocol != f->protocol)
		return -1;
	same = p->source_port == f->port[0] &&
	    p->destination_port == f->port[1] &&
	    addr_equal(&p->source, &f->address[0]) &&
	    addr_equal(&p->destination, &f->address[1]);
	reverse = p->source_port == f->port[1] &&
	    p->destination_port == f->port[0] &&
	    addr_equal(&p->source, &f->address[1]) &&
	    addr_equal(&p->destination, &f->address[0]);
	if (same && reverse)
		return from_initiator ? 0 : 1;
	return same ? 0 : reverse ? 1 : -1;
}

/*
 * How many bytes at the start of the payload were fed already; all of it when
 * it brings nothing new. Notes the rest as fed.
 */
static uint32_t
flow_known_bytes(struct classify_flow *f, const struct packet *p, int direction)
{
	uint32_t first = p->tcp_seq + (p->tcp_flags & TCP_SYN ? 1 : 0);
	int32_t behind = 0;

	if (f->started[direction])
		behind = (int32_t)(f->end[direction] - first);
	if (behind < 0 && direction == 0)
		f->client.over = true;
	if (behind < 0 || behind > SEQUENCE_BACK_MAX)
		behind = 0; /* a gap, or led astray */
	if ((uint32_t)behind >= p->payload_length)
		return p->payload_length;
	f->started[direction] = true;
	f->end[direction] = first + p->payload_length;
	return (uint32_t)behind;
}

/* ---- what nDPI says */

static bool
is_name_lookup(uint16_t protocol)
{
	return protocol == NDPI_PROTOCOL_DNS ||
	    protocol == NDPI_PROTOCOL_MDNS || protocol == NDPI_PROTOCOL_LLMNR;
}

/* Whether host_server_name is what the client asked this server for. */
static bool
has_server_name(uint16_t protocol)
{
	switch (protocol) {
	case NDPI_PROTOCOL_HTTP:
	case NDPI_PROTOCOL_HTTP_CONNECT:
	case NDPI_PROTOCOL_HTTP_PROXY:
	case NDPI_PROTOCOL_TLS:
	case NDPI_PROTOCOL_DTLS:
	case NDPI_PROTOCOL_QUIC:
	case NDPI_PROTOCOL_MAIL_SMTPS:
	case NDPI_PROTOCOL_MAIL_IMAPS:
	case NDPI_PROTOCOL_MAIL_POPS:
		return true;
	default:
		return false;
	}
}

static void
set_name(const struct classifier *c, char out[CLASSIFY_LABEL_MAX],
    uint16_t protocol)
{
	const char *name = "";

	if (protocol != NDPI_PROTOCOL_UNKNOWN)
		name = ndpi_get_proto_name(c->module, protocol);
	/* None of nDPI's names is that long. */
	if (snprintf(out, CLASSIFY_LABEL_MAX, "%s", name) >= CLASSIFY_LABEL_MAX)
		out[0] = '\0';
}

/*
 * The SNI or Host as nDPI kept it: its last 79 bytes, in lower case. A name
 * with a byte that no name has is dropped whole: a part of it could be the
 * name of somebody else.
 */
static void
note_server_name(struct classify_label *label, const char *kept)
{
	char name[CLASSIFY_NAME_MAX];
	size_t n = strnlen(kept, CLASSIFY_NAME_MAX - 1);
	bool cut = n == CLASSIFY_NAME_MAX - 1;
	const char *colon = memchr(kept, ':', n);

	if (colon != NULL)
		n = (size_t)(colon - kept); /* Host: name:port */
	if (n > 0 && kept[n - 1] == '.')
		n--; /* the root's dot */
	for (size_t i = 0; i < n; i++) {
		unsigned char byte = (unsigned char)kept[i];

		if (byte <= ' ' || byte > '~' || byte == '[')
			return;
		name[i] = (char)tolower(byte);
	}
	if (n == 0)
		return;
	name[n] = '\0';
	memcpy(label->server_name, name, n + 1);
	label->server_name_cut = cut;
}

/* Whether nDPI names this protocol from the port and hardly more, and a look
 * at the payload did not bear it out. */
static bool
is_doubtful(const struct classify_flow *f, uint16_t protocol)
{
	switch (protocol) {
	case NDPI_PROTOCOL_DNS:
	case NDPI_PROTOCOL_MDNS:
	case NDPI_PROTOCOL_LLMNR:
		return (f->confirmed & CONFIRM_NAMES) == 0;
	case NDPI_PROTOCOL_NTP:
		return (f->confirmed & CONFIRM_TIME) == 0;
	case NDPI_PROTOCOL_RDP:
		return f->protocol == IPPROTO_UDP &&
		    (f->confirmed & CONFIRM_RDP) == 0;
	case NDPI_PROTOCOL_H323: /* port 1719 and a length */
		return f->protocol == IPPROTO_UDP;
	default:
		return false;
	}
}

/* A cache speaks of the hosts, from other payload, and is weakly keyed. nDPI
 * says "cache" of BitTorrent's own handshake too, so that is looked for. */
static bool
by_payload(const struct classify_flow *f, uint16_t application)
{
	if (f->ndpi.confidence == NDPI_CONFIDENCE_DPI_CACHE)
		return application == NDPI_PROTOCOL_BITTORRENT &&
		    (f->confirmed & CONFIRM_BITTORRENT) != 0;
	return f->ndpi.confidence == NDPI_CONFIDENCE_DPI;
}

/* Takes over what nDPI knows by payload; nothing else. */
static void
note(struct classifier *c, struct classify_flow *f,
    struct classify_label *label, uint16_t application, uint16_t master)
{
	if (!by_payload(f, application) ||
	    (application == NDPI_PROTOCOL_UNKNOWN &&
		master == NDPI_PROTOCOL_UNKNOWN))
		return;
	if (is_doubtful(f, application) || is_doubtful(f, master))
		return;
	/* Asking for the address of a service is not using it. */
	if (is_name_lookup(master))
		application = master;
	if (application == NDPI_PROTOCOL_UNKNOWN)
		application = master;
	if (application == master)
		master = NDPI_PROTOCOL_UNKNOWN;
	/* What runs over TLS on the ports of mail is TLS by payload. */
	if (master == NDPI_PROTOCOL_UNKNOWN &&
	    (application == NDPI_PROTOCOL_MAIL_SMTPS ||
		application == NDPI_PROTOCOL_MAIL_IMAPS ||
		application == NDPI_PROTOCOL_MAIL_POPS))
		master = NDPI_PROTOCOL_TLS;
	if (f->known[0] != application || f->known[1] != master) {
		set_name(c, label->name, application);
		set_name(c, label->master, master);
		label->by_payload = label->name[0] != '\0';
		f->known[0] = application;
		f->known[1] = master;
	}
	if (has_server_name(master) || has_server_name(application))
		note_server_name(label, f->ndpi.host_server_name);
}

/* Mail or FTP whose TLS was asked for (STARTTLS, AUTH TLS): the ServerHello
 * that tells version and cipher is still to come. */
static bool
is_starting_tls(const struct classify_flow *f)
{
	switch (f->known[0]) {
	case NDPI_PROTOCOL_MAIL_SMTPS:
	case NDPI_PROTOCOL_MAIL_IMAPS:
	case NDPI_PROTOCOL_MAIL_POPS:
		return true;
	case NDPI_PROTOCOL_FTP_CONTROL:
	case NDPI_PROTOCOL_MAIL_SMTP:
	case NDPI_PROTOCOL_MAIL_IMAP:
	case NDPI_PROTOCOL_MAIL_POP:
		return f->ndpi.l4.tcp.ftp_imap_pop_smtp.auth_tls;
	default:
		return false;
	}
}

/*
 * Whether more packets could tell more that is wanted. nDPI would go on after
 * passwords, fingerprints and answers, which nobody here asks for.
 */
static bool
is_finished(struct classifier *c, struct classify_flow *f,
    const struct classify_label *label)
{
	if (!label->by_payload) /* excluded all, or guessed and stopped */
		return f->ndpi.fail_with_unknown ||
		    f->ndpi.detected_protocol_stack[0] != NDPI_PROTOCOL_UNKNOWN;
	if (is_starting_tls(f) && label->tls_version == 0)
		return false;
	switch (f->known[1] ? f->known[1] : f->known[0]) {
	case NDPI_PROTOCOL_DNS:
	case NDPI_PROTOCOL_MDNS:
	case NDPI_PROTOCOL_LLMNR:
	case NDPI_PROTOCOL_SSH:
	case NDPI_PROTOCOL_TELNET:
	case NDPI_PROTOCOL_BITTORRENT:
		return true;
	default:
		return f->ndpi.check_extra_packets == 0 ||
		    f->ndpi.extra_packets_func == NULL ||
		    !ndpi_extra_dissection_possible(c->module, &f->ndpi);
	}
}

/* Whether all packets that nDPI may have were fed; it stops by itself too. */
static bool
is_enough(const struct classify_flow *f, const struct classify_label *label)
{
	unsigned most = f->protocol == IPPROTO_TCP ? CLASSIFY_TCP_PACKETS :
						     CLASSIFY_UDP_PACKETS;

	return label->packets >= most ||
	    f->ndpi.num_processed_pkts >= NDPI_MAX_NUM_PKTS_PER_FLOW_TO_DISSECT;
}

/* No more packets: the last word, and the state goes. */
static void
settle(struct classifier *c, struct classify_flow **flow,
    struct classify_label *label)
{
	struct classify_flow *f = *flow;
	ndpi_protocol last;
	uint8_t guessed;
	FILE *out;

	if (f != NULL && !label->by_payload) {
		/* nDPI takes this bit of a union for a TLS hello, also in
		 * conversations whose dissector keeps something else there. */
		f->ndpi.protos.tls_quic.hello_processed = 0;
		out = mute(c);
		last = ndpi_detection_giveup(c->module, &f->ndpi, 0, &guessed);
		stdout = out;
		note(c, f, label, last.app_protocol, last.master_protocol);
	}
	label->state = label->by_payload ? CLASSIFY_DECIDED : CLASSIFY_GAVE_UP;
	flow_free(c, flow);
}

static void
refuse(struct classifier *c, struct classify_flow **flow,
    struct classify_label *label)
{
	c->refused++;
	settle(c, flow, label);
}

/* ---- feeding */

static void
name_by_number(struct classify_label *label, uint8_t protocol)
{
	label->state = CLASSIFY_GAVE_UP;
	for (size_t i = 0; i < sizeof(by_number) / sizeof(by_number[0]); i++) {
		if (by_number[i].protocol != protocol)
			continue;
		snprintf(label->name, sizeof(label->name), "%s",
		    by_number[i].name);
		label->by_payload = true;
		label->state = CLASSIFY_DECIDED;
	}
}

/* In whatever order they come: taps are merged by time. */
static void
note_opening(struct classify_label *label, uint8_t flags)
{
	switch (flags & (TCP_SYN | TCP_ACK)) {
	case TCP_SYN:
		label->opening |= OPENING_SYN;
		break;
	case TCP_SYN | TCP_ACK:
		label->opening |= OPENING_SYN_ACK;
		break;
	case TCP_ACK:
		label->opening |= OPENING_ACK;
		break;
	default:
		break;
	}
}

static void
note_offer(struct classify_label *label, bool from_initiator)
{
	label->offered |= from_initiator ? OFFERED_INITIATOR :
					   OFFERED_RESPONDER;
}

/* Only from the first byte on, and without a gap. */
static void
note_client(struct classify_flow *f, struct classify_label *label,
    const struct packet *p, uint32_t skip, bool from_initiator)
{
	inspect_tls_client_hello(&f->client, p->payload + skip,
	    p->payload_captured - skip);
	if (p->payload_captured < p->payload_length)
		f->client.over = true;
	label->server_name_outer = f->client.encrypted_hello;
	if (f->client.hello)
		note_offer(label, from_initiator);
}

/* TLS from its first byte, as nDPI reads it; mail may have turned to it. */
static bool
is_plain_tls(const struct classify_label *label)
{
	return label->by_payload &&
	    (application_matches("TLS", label->name) ||
		application_matches("TLS", label->master)) &&
	    (application_traits(label->name) &
		(APPLICATION_MAIL | APPLICATION_UPGRADE)) == 0;
}

/*
 * Whether a ServerHello from this side answers a ClientHello of the other. Of
 * TLS itself the one who was called may be the client (FTP's data connections,
 * RFC 4217 section 7), and where the opening was not seen the ClientHello may
 * be missing too. Anything else could be bytes within what is sent.
 */
static bool
is_answer(const struct classify_label *label, bool from_initiator)
{
	if (from_initiator)
		return label->offered == OFFERED_RESPONDER &&
		    is_plain_tls(label);
	if (label->offered & OFFERED_INITIATOR)
		return true;
	return label->offered == 0 && label->opening != OPENING_ALL &&
	    is_plain_tls(label);
}

static void
note_tls(struct classify_label *label, const struct packet *p,
    bool from_initiator)
{
	struct inspect_tls_hello hello;

	if (label->tls_version != 0)
		return;
	if (inspect_tls_is_client_hello(p->payload, p->payload_captured))
		note_offer(label, from_initiator);
	if (!is_answer(label, from_initiator) ||
	    !inspect_tls_server_hello(p->payload, p->payload_captured, &hello))
		return;
	label->tls_version = hello.version;
	label->tls_cipher = hello.cipher;
}

/* nDPI looks for Citrix in the third packet alone, which it seldom is. */
static void
note_greeting(struct classifier *c, struct classify_flow *f,
    struct classify_label *label)
{
	if (label->by_payload || label->packets > OPENING_PACKETS ||
	    (f->confirmed & CONFIRM_CITRIX) == 0)
		return;
	set_name(c, label->name, NDPI_PROTOCOL_CITRIX);
	label->by_payload = true;
	f->known[0] = NDPI_PROTOCOL_CITRIX;
	f->ndpi.check_extra_packets = 0; /* there is no more to know */
}

/* Shows nDPI the packet from byte skip of its payload on. */
static void
feed(struct classifier *c, struct classify_flow **flow,
    struct classify_label *label, const struct packet *p, uint32_t skip,
    struct wall_us time)
{
	struct classify_flow *f = *flow;
	size_t length = rebuild_packet(p, skip, c->packet);
	uint64_t ms = time.us > 0 ? (uint64_t)(time.us / 1000) : 0;
	ndpi_protocol said;
	FILE *out = mute(c);

	f->confirmed |= confirm_payload(p);
	said = ndpi_detection_process_packet(c->module, &f->ndpi, c->packet,
	    (unsigned short)length, ms);
	stdout = out;
	explicit_bzero(c->packet, length + SLACK);
	label->packets++;
	flow_weigh(c, f);
	note(c, f, label, said.app_protocol, said.master_protocol);
	note_greeting(c, f, label);
	if (is_finished(c, f, label) || is_enough(f, label))
		settle(c, flow, label);
	else if (c->held > CLASSIFY_HELD_MAX)
		refuse(c, flow, label);
}

bool
classify_packet(struct classifier *c, struct classify_flow **flow,
    struct classify_label *label, const struct packet *p, bool from_initiator,
    struct wall_us time)
{
	uint32_t skip = 0;

	if (p->kind != PACKET_IP || (p->fragment && !p->reassembled))
		return false;
	if (*flow != NULL && flow_direction(*flow, p, from_initiator) < 0)
		return false;
	if (label->state != CLASSIFY_MORE)
		return true;
	if (p->protocol != IPPROTO_TCP && p->protocol != IPPROTO_UDP) {
		name_by_number(label, p->protocol);
		return true;
	}
	if (p->protocol == IPPROTO_TCP)
		note_opening(label, p->tcp_flags);
	if (p->payload == NULL || p->payload_captured == 0)
		return true;
	if (*flow == NULL) {
		if (c->open >= CLASSIFY_OPEN_MAX ||
		    c->held > CLASSIFY_HELD_MAX) {
			refuse(c, flow, label);
			return true;
		}
		*flow = flow_new(c, p, label);
	}
	if (p->protocol == IPPROTO_TCP) {
		const int direction = flow_direction(*flow, p, from_initiator);

		skip = flow_known_bytes(*flow, p, direction);
		if (skip >= p->payload_captured)
			return true;
		if (direction == 0)
			note_client(*flow, label, p, skip, from_initiator);
		note_tls(label, p, from_initiator);
	}
	feed(c, flow, label, p, skip, time);
	if (p->protocol == IPPROTO_TCP) /* it may be TLS by these bytes */
		note_tls(label, p, from_initiator);
	return true;
}

bool
classify_hello(struct classify_label *label, const struct packet *p,
    bool from_initiator)
{
	if (label->tls_version != 0 || label->looked >= CLASSIFY_HELLO_PACKETS)
		return false;
	if (p->payload == NULL || p->payload_captured == 0)
		return true;
	label->looked++;
	note_tls(label, p, from_initiator);
	return label->tls_version == 0 &&
	    label->looked < CLASSIFY_HELLO_PACKETS;
}

void
classify_end(struct classifier *c, struct classify_flow **flow,
    struct classify_label *label)
{
	if (label->state == CLASSIFY_MORE)
		settle(c, flow, label);
	else
		flow_free(c, flow);
}
