/*
 * What membarrier does in a process with a single thread, where nobody else is
 * to be reached: PRIVATE_EXPEDITED returns at once, SYNC_CORE never does.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "conformance/case.h"
#include "conformance/seccomp.h"
#include "kit/clock.h"
#include "kit/count.h"
#include "kit/sys.h"
#include "kit/thread.h"

enum { CALLS = 100, CONTENDED_CALLS = 5000, CONTENDED_ENOUGH = 20, CONTENDED_LIMIT_MS = 2000 };

/*
 * case_sync_core_alone - functions that the kernel ran on this CPU.
 *
 * csd:csd_function_entry also fires for the caller's own part of
 * on_each_cpu_mask(): one for each call that did its work.
 */
void case_sync_core_alone(struct case_context *context)
{
	struct count_plan plan;
	struct counter counter;

	sys_membarrier(MB_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0);
	if (count_plan_event(&plan, "csd", "csd_function_entry") != 0 ||
	    counter_open(&counter, &plan) != 0) {
		case_skip(
			context,
			"csd:csd_function_entry cannot be counted (kernel before 6.4, or no right to it)");
		return;
	}
	uint64_t before = counter_read(&counter);
	long ret = 0;

	for (int i = 0; i < CALLS && ret == 0; i++)
		ret = sys_membarrier(MB_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0);
	uint64_t ran = counter_read(&counter) - before;

	counter_close(&counter);
	if (ret < 0)
		case_say(context, ret, false);
	else /* other work may be sent to this CPU now and then, hence classes and no exact number */
		snprintf(context->answer, sizeof(context->answer), "%s",
			 ran >= CALLS	  ? "0, runs on the caller's CPU" :
			 ran < CALLS / 10 ? "0, does not run on the caller's CPU" :
					    "0, runs sometimes");
}

/* Another process, which takes membarrier's mutex over and over: a second thread spares it the fast path. */
static pid_t start_contender(int cpu)
{
	pid_t child = fork();

	if (child != 0)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (thread_pin(cpu) || thread_sleeping())
		_exit(1);
	for (;;)
		sys_membarrier(MB_PRIVATE_EXPEDITED, 0, 0);
}

/* How often, in CONTENDED_CALLS calls, one had to wait for a lock; or -errno. */
static long count_waits(const struct counter *counter)
{
	uint64_t before = counter_read(counter), end = now_ns() + CONTENDED_LIMIT_MS * NSEC_PER_MSEC;

	for (int i = 0; i < CONTENDED_CALLS; i++) {
		long ret = sys_membarrier(MB_PRIVATE_EXPEDITED, 0, 0);

		if (ret < 0)
			return ret;
		if (now_ns() > end)
			return -ETIMEDOUT;
	}
	return (long)(counter_read(counter) - before);
}

/*
 * Both ways answer 0 and interrupt nobody; they differ in that the long one
 * waits for membarrier's mutex (since 6.8, 944d5fe50f3f) while another process has
 * it. The control is this process with a second thread. Other locks are waited
 * for now and then, those of a filter's notifications often.
 */
static void compare_waits(struct case_context *context, const struct counter *counter)
{
	long alone = count_waits(counter);
	long control = thread_sleeping() ? 0 : count_waits(counter);

	if (alone < 0 && alone != -ETIMEDOUT)
		case_say(context, alone, false);
	else if (alone >= 0 && control >= CONTENDED_ENOUGH && alone * 10 < control)
		snprintf(context->answer, sizeof(context->answer), "0, fast path");
	else if (seccomp_mode() > 0) /* a filter that notifies has locks of its own, in every call */
		case_skip(context,
			  "a seccomp filter stands, whose locks may be those that were waited for");
	else if (control >= CONTENDED_ENOUGH && alone * 2 > control)
		snprintf(context->answer, sizeof(context->answer), "0, waits for other processes");
	else
		case_skip(context,
			  "calls hardly wait for each other here, which would tell the ways apart");
}

/* case_private_alone - whether PRIVATE_EXPEDITED takes the fast path of mm_users == 1. */
void case_private_alone(struct case_context *context)
{
	struct count_plan plan;
	struct counter counter;
	int here, there;

	if (!case_two_cpus(&here, &there)) {
		case_skip(context, "only one CPU is allowed");
		return;
	}
	if (count_plan_event(&plan, "lock", "contention_begin") != 0 ||
	    counter_open(&counter, &plan) != 0) {
		case_skip(
			context,
			"lock:contention_begin cannot be counted (kernel before 5.19, or no right to it)");
		return;
	}
	thread_pin(here);
	sys_membarrier(MB_REGISTER_PRIVATE_EXPEDITED, 0, 0);
	pid_t contender = start_contender(there);

	if (contender < 0) {
		case_skip(context, "no process can be made");
	} else {
		compare_waits(context, &counter);
		kill(contender, SIGKILL);
		waitpid(contender, NULL, 0);
	}
	counter_close(&counter);
}
