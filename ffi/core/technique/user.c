/*
 * Techniques of the user's own, see user_fence.h.
 *
 * The build (ffi/build.ts) defines FENCELAB_USER_FENCES(EACH) as EACH(0, "name")
 * EACH(1, "other") … and compiles each file with its four functions renamed to
 * fencelab_user0_setup() and so on, so that several can be linked together.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "kit/clock.h"
#include "protocol/json.h"
#include "technique/technique.h"

#ifndef FENCELAB_USER_FENCES
#define FENCELAB_USER_FENCES(EACH)
#endif

/* What a user's heavy call may take beyond the time that a measurement was given. */
enum { LIMIT_S = 20 };

#define DEFINE(n, name)                                                 \
	int fencelab_user##n##_setup(void **state);                     \
	int fencelab_user##n##_heavy(void *state);                      \
	void fencelab_user##n##_light(void *state);                     \
	void fencelab_user##n##_teardown(void *state);                  \
                                                                        \
	static int open_##n(struct fence *f)                            \
	{                                                               \
		int error = fencelab_user##n##_setup(&f->private);      \
                                                                        \
		f->set_up = error == 0;                                 \
		return error ? fence_fail(f, error, "fence_setup") : 0; \
	}                                                               \
                                                                        \
	static int heavy_##n(struct fence *f)                           \
	{                                                               \
		int error = fencelab_user##n##_heavy(f->private);       \
                                                                        \
		return error > 0 ? -error : error;                      \
	}                                                               \
                                                                        \
	static void light_##n(struct fence *f)                          \
	{                                                               \
		/* pairs with heavy_##n() */                            \
		fencelab_user##n##_light(f->private);                   \
	}                                                               \
                                                                        \
	static void close_##n(struct fence *f)                          \
	{                                                               \
		if (f->set_up)                                          \
			fencelab_user##n##_teardown(f->private);        \
		f->set_up = false;                                      \
	}

#define ENTRY(n, name)                   \
	{                                \
		.id = "user:" name,      \
		.flags = TECHNIQUE_USER, \
		.open = open_##n,        \
		.heavy = heavy_##n,      \
		.light = light_##n,      \
		.close = close_##n,      \
	},

FENCELAB_USER_FENCES(DEFINE)

const struct technique techniques_user[] = { FENCELAB_USER_FENCES(ENTRY){ .id = NULL } };

/*
 * technique_limit - a user's technique that does not return ends this process by
 * SIGALRM; to be called by a process that measures for budget_ns.
 */
void technique_limit(const struct technique *technique, uint64_t budget_ns)
{
	if (technique->flags & TECHNIQUE_USER)
		alarm((unsigned int)(2 * budget_ns / NSEC_PER_SEC) + LIMIT_S);
}

/* technique_died - why a process that was using a technique ended: killed, or by its own exit. */
void technique_died(char *reason, size_t room, int signal, int status)
{
	if (signal == SIGSYS)
		snprintf(reason, room, "killed by signal %d (SIGSYS: a seccomp filter)", signal);
	else if (signal == SIGALRM)
		snprintf(reason, room, "the technique did not return in time (SIGALRM)");
	else if (signal == SIGKILL)
		snprintf(reason, room,
			 "killed by SIGKILL: the technique did not return, or memory ran out");
	else if (signal)
		snprintf(reason, room, "the technique crashed: %s (signal %d)", signal_name(signal),
			 signal);
	else
		snprintf(reason, room, "the technique ended its process with status %d", status);
}
