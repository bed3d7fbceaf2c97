/* Records of the controller: those that the supervisor answers itself, and those for a worker. */
#include "session/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "session/worker.h"

/* send_done - end a request; 0 or -errno. */
int send_done(struct session *s, const char *status)
{
	struct json j;

	json_init(&j);
	json_object(&j, NULL);
	json_string(&j, "request", s->kind);
	json_string(&j, "id", s->id);
	json_string(&j, "status", status);
	json_object_end(&j);
	return outlet_frame(&s->out, FRAME_DONE, &j);
}

static int refuse(struct session *s, const char *code, const char *message)
{
	int ret = outlet_error(&s->out, code, "%s", message);

	return ret ? ret : send_done(s, "failed");
}

static int refuse_claimed(struct session *s, const char *holder)
{
	int ret = holder[0] ?
			  outlet_error(&s->out, "claimed", "it is claimed by '%s'", holder) :
			  outlet_error(&s->out, "claimed", "it is claimed by somebody who does not answer");

	return ret ? ret : send_done(s, "failed");
}

/* request=claim: owner, and housekeeping as a list of CPUs for the supervisor. */
static int handle_claim(struct session *s)
{
	char holder[CLAIM_OWNER_MAX + 1];
	int cpus[CPU_LIST_MAX];
	const char *owner = request_string(&s->request, "owner", "");
	int count = request_cpus(&s->request, "housekeeping", cpus, CPU_LIST_MAX);
	struct json j;

	if (!owner[0] || strlen(owner) > CLAIM_OWNER_MAX)
		request_fail(&s->request, "owner is 1 to %d bytes that say whose the host is",
			     CLAIM_OWNER_MAX);
	if (s->claim.fd >= 0)
		request_fail(&s->request, "this session has claimed the host already");
	if (request_finish(&s->request))
		return refuse(s, "bad-request", s->request.error);
	int ret = claim_take(&s->claim, owner, holder, sizeof(holder));

	if (ret == -EBUSY)
		return refuse_claimed(s, holder);
	if (!ret && count && housekeeping_pin(&s->housekeeping, cpus, count) != 0) {
		claim_release(&s->claim);
		return refuse(s, "failed", "housekeeping: not all of these CPUs may be used here");
	}
	if (ret)
		return refuse(s, "failed", errno_name(-ret));
	json_init(&j);
	json_object(&j, NULL);
	json_bool(&j, "claimed", true);
	json_object_end(&j);
	ret = outlet_frame(&s->out, FRAME_RESULT, &j);
	return ret ? ret : send_done(s, "ok");
}

/* In the child: what is the supervisor's stays the supervisor's. */
static void forget_session(struct session *s)
{
	/* not only closed: the next file to be opened must not become its stdin */
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(null, s->in);
	dup2(null, s->out.fd);
	claim_release(&s->claim);
	stop_close(&s->stop);
	housekeeping_undo(&s->housekeeping);
}

/* Fork the processes of the parsed request; 0 or -errno. */
static int start_worker(struct session *s, const struct experiment *experiment)
{
	int pipe;
	pid_t self = getpid(), pid = warden_fork(&s->warden, &pipe);

	if (pid == 0) {
		forget_session(s);
		warden_main(&s->request, experiment, pipe, self);
	}
	if (pid > 0)
		relay_begin(&s->relay, pipe);
	return pid < 0 ? pid : 0;
}

static int handle_record(struct session *s, const char *text, size_t length)
{
	if (length == strlen("cancel=1") && memcmp(text, "cancel=1", length) == 0) {
		if (s->warden.pid > 0) {
			s->warden.cancelled = true;
			s->relay.from = s->relay.to = 0;
			warden_stop(&s->warden);
		}
		return 0;
	}
	if (s->warden.pid > 0)
		return outlet_error(&s->out, "busy", "a request is running: cancel it or wait for its end");

	int ret = request_parse(&s->request, text, length);

	/* copies of what DONE repeats; the request itself goes on in the worker */
	snprintf(s->kind, sizeof(s->kind), "%s", request_string(&s->request, "request", ""));
	snprintf(s->id, sizeof(s->id), "%s", request_string(&s->request, "id", ""));
	if (ret)
		return refuse(s, "bad-request", s->request.error);
	if (strcmp(s->kind, "attend") == 0)
		return attend_request(&s->attend, &s->request) ?
			       refuse(s, "bad-request", s->request.error) :
			       send_done(s, "ok");
	if (strcmp(s->kind, "claim") == 0)
		return handle_claim(s);
	const struct experiment *experiment = experiment_find(s->kind);

	if (!experiment) {
		request_fail(&s->request, "request '%.31s' is not known to protocol %d", s->kind,
			     PROTOCOL_VERSION);
		return refuse(s, "bad-request", s->request.error);
	}
	ret = start_worker(s, experiment);
	return ret ? refuse(s, "failed", errno_name(-ret)) : 0;
}

/*
 * handle_input - take complete records (up to an empty line) out of the input.
 *
 * Only as long as there is room for their answers. 0 or -errno.
 */
int handle_input(struct session *s)
{
	int ret = 0;

	while (!ret && outlet_room(&s->out) >= OUTLET_ANSWER) {
		size_t skip = 0;

		/* an empty line where a record could begin is a heartbeat */
		while (skip < s->have && s->input[skip] == '\n')
			skip++;
		s->alive = s->alive || skip > 0;
		memmove(s->input, s->input + skip, s->have - skip);
		s->have -= skip;
		char *end = memmem(s->input, s->have, "\n\n", 2);

		if (!end)
			break;
		size_t length = (size_t)(end - s->input);

		ret = handle_record(s, s->input, length);
		memmove(s->input, end + 2, s->have - length - 2);
		s->have -= length + 2;
	}
	if (!ret && s->have == sizeof(s->input) && !memmem(s->input, s->have, "\n\n", 2)) {
		outlet_error(&s->out, "bad-request", "a request is longer than %d bytes", REQUEST_MAX);
		ret = -EMSGSIZE;
	}
	return ret;
}
