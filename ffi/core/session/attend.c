/*
 * A session that ends when its controller falls silent.
 *
 * A pipe tells of a controller that was killed, but a network that is gone says
 * nothing. A controller that asks to be attended to sends heartbeats.
 *
 * Silence is what was listened to: where the whole machine stood still (a guest
 * that was paused, a CPU that real-time threads held), the controller's heartbeats
 * may be on their way, and the clock alone would blame it.
 */
#include "session/attend.h"

#include <errno.h>

#include "kit/clock.h"

/* It looks LOOKS times within the limit; whoever looks later than twice as late was held up. */
enum { SECONDS_MAX = 3600, LOOKS = 8 };

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
	if (!a->limit_ns)
		return;
	a->silent_ns = 0;
	a->looked_ns = now_ns();
}

/* attend_silent - has it been silent for too long? Asked whenever attend_wait_ms() is over. */
bool attend_silent(struct attend *a)
{
	uint64_t most = 2 * a->limit_ns / LOOKS, now, passed;

	if (!a->limit_ns)
		return false;
	now = now_ns();
	passed = now - a->looked_ns;
	a->looked_ns = now;
	a->silent_ns += passed < most ? passed : most;
	return a->silent_ns >= a->limit_ns;
}

/* attend_wait_ms - how long poll(2) may wait until it is time to look again, -1 for ever. */
int attend_wait_ms(const struct attend *a)
{
	return a->limit_ns ? (int)(a->limit_ns / LOOKS / NSEC_PER_MSEC) + 1 : -1;
}
