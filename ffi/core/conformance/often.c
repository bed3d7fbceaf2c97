/*
 * Does a command that works fail now and then?
 *
 * One call tells nothing of a failure in one of a thousand. Here each command is
 * called many times: by one thread; by several at once, which wait for one
 * another in the kernel; and by several while signals arrive and memory is taken
 * and given back, since calls that sleep answer EINTR in some kernels and
 * sandboxes, and calls that allocate ENOMEM. The host is not brought to a shortage
 * of memory: that would hit everybody on it.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "conformance/case.h"
#include "kit/clock.h"
#include "kit/sys.h"

enum {
	CALLS = 10000, /* by all threads together: a failure in a thousand shows but once in e^10 */
	THREADS = 4,
	LIMIT_MS = 3000, /* on a machine that is busy; else it is a tenth of that */
	GLOBAL_LIMIT_MS = 400, /* waits for a grace period each time, whatever else runs */
	SIGNAL_NS = 200 * 1000,
	MEMORY = 16 << 20, /* bytes */
};

struct crowd {
	const struct membarrier_step *step;
	uint64_t end;
	_Atomic long calls; /* that are still to be made */
	_Atomic bool over;
	pthread_t thread[THREADS];
	struct answers answers[THREADS];
};

struct member {
	struct crowd *crowd;
	struct answers *answers;
};

static void call_often(struct crowd *crowd, struct answers *answers)
{
	const struct membarrier_step *step = crowd->step;

	while (atomic_fetch_sub_explicit(&crowd->calls, 1, memory_order_relaxed) > 0) {
		answers_add(answers, sys_membarrier(step->command, step->flags, step->cpu), 1);
		if (now_ns() > crowd->end)
			break;
	}
}

static void *member_main(void *argument)
{
	struct member *member = argument;

	call_often(member->crowd, member->answers);
	return NULL;
}

static void interrupted(int signal)
{
	(void)signal;
}

/* Without SA_RESTART, so that a call that a signal ends says so. */
static void take_signals(void)
{
	struct sigaction action = { .sa_handler = interrupted };

	sigaction(SIGUSR1, &action, NULL);
}

static void *signaller_main(void *argument)
{
	struct crowd *crowd = argument;

	for (int i = 0; !atomic_load(&crowd->over); i = (i + 1) % THREADS) {
		pthread_kill(crowd->thread[i], SIGUSR1);
		sleep_ns(SIGNAL_NS);
	}
	return NULL;
}

static void *memory_main(void *argument)
{
	struct crowd *crowd = argument;

	while (!atomic_load(&crowd->over)) {
		void *memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

		if (memory == MAP_FAILED)
			sleep_ns(SIGNAL_NS);
		else
			munmap(memory, MEMORY);
	}
	return NULL;
}

/* 0 or -errno; threads that were started have ended. */
static int call_in_crowd(struct crowd *crowd, bool stressed)
{
	struct member member[THREADS];
	pthread_t signaller, memory;
	int started = 0, stress = 0, ret = 0;

	for (; started < THREADS && !ret; started += !ret) {
		member[started] = (struct member){ crowd, &crowd->answers[started] };
		ret = -pthread_create(&crowd->thread[started], NULL, member_main, &member[started]);
	}
	if (!ret && stressed) {
		ret = -pthread_create(&signaller, NULL, signaller_main, crowd);
		stress += !ret;
		ret = ret ? ret : -pthread_create(&memory, NULL, memory_main, crowd);
		stress += stress && !ret;
	}
	/* a joined thread must not be signalled: those of stress end first, once all calls are made */
	while (stress && atomic_load(&crowd->calls) > 0 && now_ns() < crowd->end)
		sleep_ns(SIGNAL_NS);
	atomic_store(&crowd->over, true);
	if (stress > 0)
		pthread_join(signaller, NULL);
	if (stress > 1)
		pthread_join(memory, NULL);
	while (started--)
		pthread_join(crowd->thread[started], NULL);
	return ret;
}

/*
 * Distinct answers by name: "0" where all calls succeeded, "0, EINTR" where some
 * did not. What QUERY answers differs by kernel.
 */
static void say_answers(struct case_context *context)
{
	size_t used = 0;

	if (context->test->needs == MB_QUERY && context->answers.kinds == 1 &&
	    !answers_failed(&context->answers)) {
		snprintf(context->answer, sizeof(context->answer), "always the same");
		return;
	}
	for (int i = 0; i < context->answers.kinds && used < sizeof(context->answer); i++) {
		char name[32];

		answers_name(name, sizeof(name), context->answers.answer[i]);
		used += (size_t)snprintf(context->answer + used, sizeof(context->answer) - used, "%s%s",
					 i ? ", " : "", name);
	}
}

/* case_often - the case's last step many times, after the others once. */
void case_often(struct case_context *context)
{
	const struct conformance_case *test = context->test;
	const struct membarrier_step *last = &test->step[test->steps - 1];
	struct crowd crowd = { .step = last, .calls = CALLS };
	int ret = 0;

	for (const struct membarrier_step *step = test->step; step < last; step++)
		sys_membarrier(step->command, step->flags, step->cpu);
	take_signals();
	crowd.end = now_ns() + (last->command == MB_GLOBAL ? GLOBAL_LIMIT_MS : LIMIT_MS) * NSEC_PER_MSEC;
	if (test->threaded)
		ret = call_in_crowd(&crowd, test->stressed);
	else
		call_often(&crowd, &crowd.answers[0]);
	for (int i = 0; i < THREADS; i++)
		answers_merge(&context->answers, &crowd.answers[i]);
	if (ret)
		case_skip(context, "threads cannot be made");
	else
		say_answers(context);
}
