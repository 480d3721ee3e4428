/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Traffic for the town of engine_scene.h: a few hosts that do a bit of
 * everything, each step one frame, all of it at random by a seed. For tests of
 * what must not change what the engine tells.
 */
#ifndef ENGINE_PLAY_H
#define ENGINE_PLAY_H

#include "engine_scene.h"
#include "packet.h"

#define SYN TCP_SYN
#define ACK TCP_ACK
#define FIN TCP_FIN

static const struct scene_place core = { .vlan = 110 };
static const struct scene_place core_router = { .vlan = 110,
	.from_router = true };
static const struct scene_place lg = { .vlan = 200 };
static const struct scene_place lg_router = { .vlan = 200,
	.from_router = true };
static const struct scene_place office = { .vlan = 300 };
static const struct scene_place lgwan = { .vlan = 400 };
static const struct scene_place transit = { .source = 1 };
static const struct scene_place floor_tap = { .source = 2 };

static const uint8_t dns_query[] = { 0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
	3, 'w', 'w', 'w', 2, 'l', 'g', 2, 'j', 'p', 0, 0, 1, 0, 1 };
static const uint8_t dns_reply[] = { 0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0,
	0, 0, 3, 'w', 'w', 'w', 2, 'l', 'g', 2, 'j', 'p', 0, 0, 1, 0, 1, 0xc0,
	12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 172, 20, 0, 80 };

/* Of two fragments. */
static inline void
fragment(struct scene *s, unsigned id, bool last)
{
	scene_ethernet(s, 300, false, 0x0800);
	scene_ip(s, "10.3.1.5", "10.1.0.10", 17, last ? 8 : 16, id,
	    last ? 2 : 0x2000);
	if (last)
		scene_bytes(s, "abcdefgh", 8);
	else
		scene_bytes(s, "\0\5\0\65\0\30\0\0abcdefgh", 16);
	scene_send(s, 0, s->length);
}

static inline void
unreachable(struct scene *s, uint16_t port)
{
	scene_ethernet(s, 300, true, 0x0800);
	scene_ip(s, "10.1.0.77", "10.3.1.5", 1, 8 + 28, 1, 0);
	scene_u16(s, 0x030d);
	scene_u16(s, 0);
	scene_u32(s, 0);
	scene_ip(s, "10.3.1.5", "10.1.0.10", 17, 8 + 1, 1, 0);
	scene_u16(s, 5);
	scene_u16(s, port);
	scene_u16(s, 9);
	scene_u16(s, 0);
	scene_send(s, 0, s->length);
}

/* An FTP session, and its data connection. */
#define FTP_STEPS 11
#define FTP_ANNOUNCED 9
#define FTP_DATA_PORT (156 * 256 + 64)

static const struct {
	bool back;
	uint8_t flags;
	const char *payload;
} ftp_steps[FTP_STEPS] = {
	{ false, SYN, NULL },
	{ true, SYN | ACK, NULL },
	{ true, ACK, "220 (vsFTPd 3.0.3)\r\n" },
	{ false, ACK, "USER anonymous\r\n" },
	{ true, ACK, "331 Please specify the password.\r\n" },
	{ false, ACK, "PASS guest\r\n" },
	{ true, ACK, "230 Login successful.\r\n" },
	{ false, ACK, "PASV\r\n" },
	{ true, ACK, "227 Entering Passive Mode (172,20,0,21,156,64).\r\n" },
	{ false, ACK | FIN, NULL },
	{ true, ACK | FIN, NULL },
};

static inline void
ftp(struct scene *s, uint16_t port, unsigned step)
{
	uint32_t seq[2] = { 1, 1 };

	for (unsigned i = 0; i < step; i++) {
		const char *payload = ftp_steps[i].payload;

		seq[ftp_steps[i].back] += payload ? (uint32_t)strlen(payload) :
						    i < 2; /* the opening's */
	}
	if (ftp_steps[step].back)
		scene_tcp(s, lg_router, "172.20.0.21", 21, "10.2.0.9", port,
		    ftp_steps[step].flags, seq[1], seq[0],
		    ftp_steps[step].payload);
	else
		scene_tcp(s, lg, "10.2.0.9", port, "172.20.0.21", 21,
		    ftp_steps[step].flags, seq[0], seq[1],
		    ftp_steps[step].payload);
}

static inline void
ftp_data(struct scene *s, bool back)
{
	if (back)
		scene_tcp(s, lg_router, "172.20.0.21", FTP_DATA_PORT,
		    "10.2.0.9", 6000, SYN | ACK, 1, 8, NULL);
	else
		scene_tcp(s, lg, "10.2.0.9", 6000, "172.20.0.21", FTP_DATA_PORT,
		    SYN, 7, 0, NULL);
}

/* The client of the declared proxy asks for one or another. */
static inline void
ask_proxy(struct scene *s, uint16_t port, uint32_t step)
{
	static const char *const asks[] = {
		"GET http://10.1.0.10/ HTTP/1.1\r\nHost: 10.1.0.10\r\n\r\n",
		"CONNECT www.example.jp:443 HTTP/1.1\r\n\r\n",
	};

	if (step == 0)
		scene_tcp(s, office, "10.3.1.5", port, "10.2.0.8", 8080, SYN, 1,
		    0, NULL);
	else
		scene_tcp(s, office, "10.3.1.5", port, "10.2.0.8", 8080, ACK, 2,
		    2, asks[step % 2]);
}

static inline uint32_t
draw(uint64_t *seed, uint32_t below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % below;
}

struct player {
	uint64_t seed;
	unsigned ftp; /* the session goes on where it was */
};

/* One frame, or a while, as the seed will have it. */
static inline void
play(struct scene *s, struct player *player)
{
	uint64_t *seed = &player->seed;
	const uint16_t port = (uint16_t)(100 + draw(seed, 6));

	switch (draw(seed, 16)) {
	case 0:
		scene_udp(s, lg, "10.2.0.53", port, "172.20.0.53", 53,
		    dns_query, sizeof(dns_query));
		break;
	case 1: /* beyond the translation */
		scene_udp(s, lgwan, "172.20.0.53", 53, "172.20.5.53", port,
		    dns_reply, sizeof(dns_reply));
		break;
	case 2:
		scene_tcp(s, office, "10.3.1.5", port, "10.1.0.10", 445, SYN, 1,
		    0, NULL);
		break;
	case 3:
		scene_tcp(s, core_router, "10.3.1.5", port, "10.1.0.10", 445,
		    SYN, 1, 0, NULL);
		break;
	case 4:
		scene_tcp(s, core, "10.1.0.10", 445, "10.3.1.5", port,
		    draw(seed, 2) ? SYN | ACK : TCP_RST | ACK, 9, 2, NULL);
		break;
	case 5:
		fragment(s, draw(seed, 3), draw(seed, 2));
		break;
	case 6:
		unreachable(s, port);
		break;
	case 7:
		ask_proxy(s, port, draw(seed, 3));
		break;
	case 8:
		scene_udp(s, transit, "10.3.1.5", 5, "10.1.0.10", port, "x", 1);
		break;
	case 9:
		scene_udp(s, floor_tap, "10.3.1.5", 5, "10.1.0.10", port, "x",
		    1);
		break;
	case 10:
		s->us += CLOCK_SECOND * draw(seed, 4);
		break;
	case 11:
		s->us += CLOCK_SECOND * (draw(seed, 40) ? 1 : 70);
		break;
	case 12:
		ftp_data(s, draw(seed, 2));
		break;
	default:
		ftp(s, 107, player->ftp++ % FTP_STEPS);
		break;
	}
}

#endif
