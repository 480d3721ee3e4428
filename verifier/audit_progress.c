/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See audit_progress.h. An audit is one long calculation without a loop to
 * report from, so that a timer's signal does it; what the handler needs comes
 * with the signal, and it calls nothing but write.
 */
#include "audit_progress.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "words.h"

#define LINE_MAX_BYTES 160

static void
tell(int signal, siginfo_t *info, void *context)
{
	struct audit_progress *p = info->si_value.sival_ptr;
	const int saved = errno;
	char line[LINE_MAX_BYTES], digits[12];
	size_t n = 0, d = 0, length = strlen(p->word);
	unsigned s = (unsigned)++p->seconds;

	(void)signal;
	(void)context;
	line[n++] = '\r';
	if (length > sizeof(line) - 32)
		length = sizeof(line) - 32;
	memcpy(line + n, p->word, length);
	n += length;
	line[n++] = ' ';
	do
		digits[d++] = (char)('0' + s % 10);
	while ((s /= 10) > 0 && d < sizeof(digits));
	while (d > 0)
		line[n++] = digits[--d];
	line[n++] = ' ';
	line[n++] = 's';
	(void)!write(STDERR_FILENO, line, n);
	errno = saved;
}

void
audit_progress_begin(struct audit_progress *p, enum lang lang)
{
	const struct itimerspec each = { { 1, 0 }, { 1, 0 } };
	struct sigaction action;
	struct sigevent event;

	memset(p, 0, sizeof(*p));
	if (!isatty(STDERR_FILENO))
		return;
	p->word = words_get(lang, W_PAGE_PROGRESS);
	memset(&action, 0, sizeof(action));
	action.sa_sigaction = tell;
	action.sa_flags = SA_SIGINFO | SA_RESTART;
	(void)sigemptyset(&action.sa_mask);
	memset(&event, 0, sizeof(event));
	event.sigev_notify = SIGEV_SIGNAL;
	event.sigev_signo = SIGALRM;
	event.sigev_value.sival_ptr = p;
	if (sigaction(SIGALRM, &action, NULL) != 0 ||
	    timer_create(CLOCK_MONOTONIC, &event, &p->timer) != 0)
		return;
	p->on = timer_settime(p->timer, 0, &each, NULL) == 0;
	if (!p->on)
		(void)timer_delete(p->timer);
}

void
audit_progress_end(struct audit_progress *p)
{
	static const char clear[] = "\r\033[K";

	if (!p->on)
		return;
	(void)timer_delete(p->timer);
	(void)signal(SIGALRM, SIG_IGN); /* one that is still pending */
	p->on = false;
	if (p->seconds > 0)
		(void)!write(STDERR_FILENO, clear, sizeof(clear) - 1);
}
