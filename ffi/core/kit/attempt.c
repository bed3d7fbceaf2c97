/* Tells what is refused for good from what went wrong this time. */
#include "kit/attempt.h"

#include <errno.h>

/*
 * error_passes - whether an error says how busy or full the machine is right now.
 *
 * Errno names as man pages of system calls explain them; negative or positive. All
 * others are answers: the same call will get the same one again. A process that is
 * killed is so for want of memory as a rule.
 */
bool error_passes(int error)
{
	switch (error < 0 ? -error : error) {
	case EAGAIN:
	case EBUSY:
	case EINTR:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ENOSPC:
	case ETIMEDOUT:
	case -ATTEMPT_DIED:
		return true;
	default:
		return false;
	}
}

/*
 * attempt_write - whether something was measured, and what stood in the way: the members
 * `available`, `outcome`, `reason` and `errno` of a result.
 *
 * refused: kernel, filter or limit said no to the technique itself, as they will the next
 * time. Any other error is a failure: a thread that cannot run on its CPU, a call that fails
 * now and then. It says nothing of whether the technique can be used.
 */
void attempt_write(struct json *j, int error, bool refused, const char *reason)
{
	json_bool(j, "available", !error);
	json_string(j, "outcome", !error ? "measured" : refused ? "refused" : "failed");
	json_string(j, "reason", reason && reason[0] ? reason : NULL);
	json_errno(j, "errno", error == ATTEMPT_DIED ? 0 : error);
}
