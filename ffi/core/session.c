/*
 * The supervisor of a session.
 *
 * Each request runs in a worker process that leads a session of its own; the
 * supervisor relays its frames, whole ones only, and listens for a cancellation
 * or the end of its input, upon which the worker and all its children are
 * killed. So a worker may crash, be killed by a filter, or take real-time
 * priority, and neither the controller nor the host is the worse for it.
 */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "frame.h"
#include "hello.h"
#include "instance.h"
#include "json.h"
#include "request.h"
#include "worker.h"

enum { POLL_MS = 200, RELAY_CAP = FRAME_HEADER + FRAME_MAX };

struct session {
	int in, out;
	char input[REQUEST_MAX];
	size_t have; /* bytes of input */
	pid_t worker; /* 0 while idle */
	int pipe; /* frames of the worker */
	unsigned char *relay; /* begin of a frame that is not complete yet */
	size_t relayed;
	bool cancelled, broken;
	char kind[32], id[64]; /* of the running request */
	struct request request;
};

static int send_done(struct session *s, const char *status)
{
	struct json j;

	json_init(&j);
	json_object(&j, NULL);
	json_string(&j, "request", s->kind);
	json_string(&j, "id", s->id);
	json_string(&j, "status", status);
	json_object_end(&j);
	return frame_send_json(s->out, FRAME_DONE, &j);
}

static int start_worker(struct session *s, const struct experiment *experiment)
{
	int pipefd[2];
	pid_t self = getpid();

	if (pipe2(pipefd, O_CLOEXEC) != 0)
		return -errno;
	s->worker = fork();
	if (s->worker == 0) {
		close(pipefd[0]);
		/* not only closed: the next file to be opened must not become its stdin */
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		dup2(null, s->in);
		dup2(null, s->out);
		worker_main(&s->request, experiment, pipefd[1], self);
	}
	close(pipefd[1]);
	if (s->worker < 0) {
		int ret = -errno;

		s->worker = 0;
		close(pipefd[0]);
		return ret;
	}
	s->pipe = pipefd[0];
	s->relayed = 0;
	s->cancelled = s->broken = false;
	return 0;
}

/* Its group, or itself in the moment before it leads one. */
static void kill_worker(const struct session *s)
{
	if (s->worker > 0 && kill(-s->worker, SIGKILL) != 0)
		kill(s->worker, SIGKILL);
}

/* Reap a worker whose pipe is closed, and end its request. */
static int finish_worker(struct session *s)
{
	int status = 0;
	siginfo_t info;

	/* while it is a zombie its group's number cannot be anybody else's */
	waitid(P_PID, (id_t)s->worker, &info, WEXITED | WNOWAIT);
	kill_worker(s);
	waitpid(s->worker, &status, 0);
	if (WIFSIGNALED(status))
		instance_sweep();
	s->worker = 0;
	close(s->pipe);
	if (s->cancelled)
		return send_done(s, "cancelled");
	int ret = 0;

	if (WIFSIGNALED(status))
		ret = frame_send_error(s->out, "worker-died", "%s: the worker was killed by signal %d%s",
				       s->kind, WTERMSIG(status),
				       WTERMSIG(status) == SIGSYS ? " (SIGSYS: a seccomp filter)" : "");
	else if (s->broken || s->relayed)
		ret = frame_send_error(s->out, "worker-died", "%s: the worker left a broken frame", s->kind);
	/* a broken frame cannot come with a good status: the worker was killed for it */
	return ret ? ret : send_done(s, status == 0 && !s->relayed ? "ok" : "failed");
}

/* Pass on the complete frames that have arrived. */
static int relay_frames(struct session *s)
{
	size_t at = 0;
	int ret = 0;

	while (!ret && s->relayed - at >= FRAME_HEADER) {
		size_t length = frame_get_u32(s->relay + at + 4);

		if (length > FRAME_MAX) {
			s->broken = true;
			kill_worker(s);
			at = s->relayed;
			break;
		}
		if (s->relayed - at < FRAME_HEADER + length)
			break;
		ret = write_all(s->out, s->relay + at, FRAME_HEADER + length);
		at += FRAME_HEADER + length;
	}
	memmove(s->relay, s->relay + at, s->relayed - at);
	s->relayed -= at;
	return ret;
}

static int read_worker(struct session *s)
{
	ssize_t n = read(s->pipe, s->relay + s->relayed, RELAY_CAP - s->relayed);

	if (n < 0 && errno == EINTR)
		return 0;
	if (n <= 0)
		return finish_worker(s);
	s->relayed += (size_t)n;
	if (!s->cancelled)
		return relay_frames(s);
	s->relayed = 0; /* nothing of a cancelled request is passed on */
	return 0;
}

static int refuse(struct session *s, const char *code, const char *message)
{
	int ret = frame_send_error(s->out, code, "%s", message);

	return ret ? ret : send_done(s, "failed");
}

static int handle_record(struct session *s, const char *text, size_t length)
{
	if (length == strlen("cancel=1") && memcmp(text, "cancel=1", length) == 0) {
		if (s->worker > 0) {
			s->cancelled = true;
			s->relayed = 0;
			kill_worker(s);
		}
		return 0;
	}
	if (s->worker > 0)
		return frame_send_error(s->out, "busy", "a request is running: cancel it or wait for its end");

	int ret = request_parse(&s->request, text, length);

	/* copies of what DONE repeats; the request itself goes on in the worker */
	snprintf(s->kind, sizeof(s->kind), "%s", request_string(&s->request, "request", ""));
	snprintf(s->id, sizeof(s->id), "%s", request_string(&s->request, "id", ""));
	if (ret)
		return refuse(s, "bad-request", s->request.error);
	const struct experiment *experiment = experiment_find(s->kind);

	if (!experiment) {
		request_fail(&s->request, "request '%.31s' is not known to protocol %d", s->kind,
			     PROTOCOL_VERSION);
		return refuse(s, "bad-request", s->request.error);
	}
	ret = start_worker(s, experiment);
	return ret ? refuse(s, "failed", errno_name(-ret)) : 0;
}

/* Take complete records (up to an empty line) out of the input. */
static int handle_input(struct session *s)
{
	int ret = 0;

	for (;;) {
		size_t skip = 0;

		while (skip < s->have && s->input[skip] == '\n')
			skip++;
		memmove(s->input, s->input + skip, s->have - skip);
		s->have -= skip;
		char *end = memmem(s->input, s->have, "\n\n", 2);

		if (!end || ret)
			break;
		size_t length = (size_t)(end - s->input);

		ret = handle_record(s, s->input, length);
		memmove(s->input, end + 2, s->have - length - 2);
		s->have -= length + 2;
	}
	if (!ret && s->have == sizeof(s->input)) {
		frame_send_error(s->out, "bad-request", "a request is longer than %d bytes", REQUEST_MAX);
		ret = -EMSGSIZE;
	}
	return ret;
}

/* The controller is gone, or says what it cannot mean: nothing of the worker may stay. */
static void abandon(struct session *s)
{
	if (s->worker > 0) {
		kill_worker(s);
		waitpid(s->worker, NULL, 0);
		instance_sweep();
		close(s->pipe);
	}
}

/* Has the worker ended while a child of it keeps the pipe open? Then end the child. */
static void check_worker(const struct session *s)
{
	siginfo_t info = { .si_pid = 0 };

	if (s->worker > 0 && waitid(P_PID, (id_t)s->worker, &info, WEXITED | WNOWAIT | WNOHANG) == 0 &&
	    info.si_pid == s->worker)
		kill_worker(s);
}

static int turn(struct session *s)
{
	struct pollfd wait[2] = { { .fd = s->in, .events = POLLIN },
				  { .fd = s->worker > 0 ? s->pipe : -1, .events = POLLIN } };
	int ready = poll(wait, 2, s->worker > 0 ? POLL_MS : -1);

	if (ready < 0)
		return errno == EINTR ? 0 : -errno;
	if (ready == 0)
		check_worker(s);
	if (wait[0].revents) {
		ssize_t n = read(s->in, s->input + s->have, sizeof(s->input) - s->have);

		if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
			return -EPIPE;
		s->have += n > 0 ? (size_t)n : 0;
		int ret = handle_input(s);

		if (ret)
			return ret;
	}
	return wait[1].revents && s->worker > 0 ? read_worker(s) : 0;
}

/*
 * session_serve - answer requests until the input ends; 0, or -errno when it could not begin.
 */
int session_serve(int in, int out, const char *door)
{
	struct session *s = calloc(1, sizeof(*s));
	int ret;

	if (!s)
		return -ENOMEM;
	s->in = in;
	s->out = out;
	s->relay = malloc(RELAY_CAP);
	signal(SIGPIPE, SIG_IGN);
	ret = s->relay ? hello_send(out, door) : -ENOMEM;
	bool begun = ret == 0;

	while (!ret)
		ret = turn(s);
	abandon(s);
	free(s->relay);
	free(s);
	return begun ? 0 : ret;
}
