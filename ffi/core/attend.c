/*
 * A session that ends when its controller falls silent.
 *
 * A pipe tells of a controller that was killed, but a network that is gone says
 * nothing. A controller that asks to be attended to sends heartbeats.
 */
#include "attend.h"

#include <errno.h>

#include "clock.h"

enum { SECONDS_MAX = 3600 };

/* attend_request - request=attend, seconds=1..3600; 0, or -EINVAL with the request's error. */
int attend_request(struct attend *a, struct request *r)
{
	uint64_t seconds = request_u64(r, "seconds", 1, SECONDS_MAX, 0);

	if (!seconds)
		request_fail(r, "seconds says how long a silence may last");
	if (request_finish(r))
		return -EINVAL;
	a->limit_ns = seconds * NSEC_PER_SEC;
	attend_heard(a);
	return 0;
}

/* attend_heard - something came in. */
void attend_heard(struct attend *a)
{
	if (a->limit_ns)
		a->heard_ns = now_ns();
}

/* attend_silent - has it been silent for too long? */
bool attend_silent(const struct attend *a)
{
	return a->limit_ns && now_ns() - a->heard_ns >= a->limit_ns;
}

/* attend_wait_ms - how long poll(2) may wait: until silence is too long, -1 for ever. */
int attend_wait_ms(const struct attend *a)
{
	uint64_t silent = now_ns() - a->heard_ns;

	if (!a->limit_ns)
		return -1;
	return silent >= a->limit_ns ? 0 : (int)((a->limit_ns - silent) / NSEC_PER_MSEC) + 1;
}
