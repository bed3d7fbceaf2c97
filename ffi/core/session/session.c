/*
 * The supervisor of a session.
 *
 * Each request runs in a worker process that leads a session of its own, under a
 * warden. The supervisor relays its frames, whole ones only, and listens for a
 * cancellation, the end of its input, or a silence that lasts too long, upon
 * which the worker and all its descendants are killed. So a worker may crash, be
 * killed by a filter, or take real-time priority, and neither the controller nor
 * the host is the worse for it.
 */
#include "session/session.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/clock.h"
#include "protocol/hello.h"
#include "session/reap.h"
#include "session/supervisor.h"

/* The pipe has ended, and with it the request. */
static int finish_request(struct session *s)
{
	bool incomplete = s->relay.from != s->relay.to, broken = s->relay.broken;
	int code, ret = 0;
	bool killed = warden_bury(&s->warden, &code);

	relay_end(&s->relay);
	if (s->warden.cancelled)
		return send_done(s, "cancelled");
	/* whoever is killed may well leave half a frame; whoever sent nonsense was killed for it */
	if (killed && !broken)
		ret = outlet_error(&s->out, "worker-died", "%s: the worker was killed by signal %d (%s%s)",
				   s->kind, code, signal_name(code),
				   code == SIGSYS ? ": a seccomp filter" : "");
	else if (broken || incomplete)
		ret = outlet_error(&s->out, "worker-died", "%s: the worker left a broken frame", s->kind);
	return ret ? ret : send_done(s, code == 0 && !incomplete ? "ok" : "failed");
}

static int read_worker(struct session *s)
{
	if (!relay_read(&s->relay))
		return finish_request(s);
	if (s->warden.cancelled)
		s->relay.from = s->relay.to = 0; /* nothing of a cancelled request is passed on */
	return 0;
}

static int read_input(struct session *s)
{
	ssize_t n = read(s->in, s->input + s->have, sizeof(s->input) - s->have);

	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		return -EPIPE;
	s->have += n > 0 ? (size_t)n : 0;
	attend_heard(&s->attend);
	return 0;
}

/* Write what there is; the worker's next frames follow when the last ones are gone. */
static int push_out(struct session *s)
{
	int ret = 0;

	do {
		if (outlet_idle(&s->out)) {
			if (s->alive)
				ret = outlet_frame(&s->out, FRAME_ALIVE, NULL);
			s->alive = false;
			relay_pass(&s->relay, &s->out);
		}
		ret = ret ? ret : outlet_flush(&s->out);
	} while (!ret && outlet_idle(&s->out) && (s->alive || relay_waits(&s->relay)));
	if (s->relay.broken)
		warden_stop(&s->warden);
	return ret;
}

/* The controller is gone, or says what it cannot mean: nothing of the worker may stay. */
static void abandon(struct session *s)
{
	int code;

	warden_stop(&s->warden);
	if (s->warden.pid > 0)
		warden_bury(&s->warden, &code);
}

/*
 * Wait for whatever is next. The worker's pipe is left alone while frames wait to
 * be written, so that a slow controller slows the worker down and nothing piles up.
 */
static int turn(struct session *s)
{
	enum { IN, OUT, PIPE, CLAIM, STOP, ALL };
	bool listen = outlet_room(&s->out) >= OUTLET_ANSWER, idle = outlet_idle(&s->out);
	struct pollfd wait[ALL] = {
		[IN] = { .fd = s->in, .events = listen ? POLLIN : POLLRDHUP },
		[OUT] = { .fd = s->out.fd, .events = idle ? 0 : POLLOUT },
		[PIPE] = { .fd = idle ? s->relay.pipe : -1, .events = POLLIN },
		[CLAIM] = { .fd = s->claim.fd, .events = POLLIN },
		[STOP] = { .fd = s->stop.fd, .events = POLLIN },
	};

	if (poll(wait, ALL, attend_wait_ms(&s->attend)) < 0)
		return errno == EINTR ? 0 : -errno;
	if (wait[STOP].revents)
		return -EINTR;
	if (!listen && wait[IN].revents)
		return -EPIPE;
	if (wait[OUT].revents & (POLLERR | POLLHUP | POLLNVAL))
		return -EPIPE;
	if (wait[CLAIM].revents)
		claim_serve(&s->claim);
	int ret = wait[IN].revents ? read_input(s) : 0;

	if (!ret && attend_silent(&s->attend)) {
		outlet_error(
			&s->out, "silent",
			"it has heard nothing from the controller for %u s. Remedy: look whether the way "
			"to it is up and neither side is overloaded, then run again",
			(unsigned int)(s->attend.limit_ns / NSEC_PER_SEC));
		return -ETIMEDOUT;
	}
	if (!ret && wait[PIPE].revents)
		ret = read_worker(s);
	return ret;
}

static int serve(struct session *s, const char *door)
{
	struct json hello;

	hello_write(&hello, door);
	int ret = outlet_frame(&s->out, FRAME_HELLO, &hello);

	while (!ret) {
		ret = handle_input(s);
		ret = ret ? ret : push_out(s);
		ret = ret ? ret : turn(s);
	}
	abandon(s);
	/* what was said last, such as why the session ends; nobody is waited for */
	outlet_flush(&s->out);
	return ret;
}

/*
 * session_serve - answer requests until the input ends; 0, or -errno when it could not begin.
 *
 * `in` and `out` may be the same: a socket, or a virtio-serial port.
 */
int session_serve(int in, int out, const char *door)
{
	struct session *s = calloc(1, sizeof(*s));
	int ret = s ? 0 : -ENOMEM;

	if (ret)
		return ret;
	s->in = in;
	claim_init(&s->claim);
	signal(SIGPIPE, SIG_IGN);
	reap_adopt();
	stop_open(&s->stop);
	ret = relay_open(&s->relay);
	int opened = outlet_open(&s->out, out);

	if (!ret && !opened)
		serve(s, door);
	outlet_close(&s->out);
	relay_close(&s->relay);
	claim_release(&s->claim);
	stop_close(&s->stop);
	free(s);
	return ret ? ret : opened;
}
