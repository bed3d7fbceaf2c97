/*
 * Does an expedited membarrier interrupt a thread that runs on another CPU?
 *
 * Each counted call has its proof: the sibling made progress right before and
 * right after it, and nobody took its CPU in between. So each must have
 * interrupted it, whatever else the machine does. The sibling ran when the process
 * registered, or started later on a CPU that held the address space lazily
 * (kit/lazy.c).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conformance/case.h"
#include "kit/child.h"
#include "kit/clock.h"
#include "kit/crew.h"
#include "kit/lazy.h"
#include "kit/sys.h"
#include "protocol/frame.h"

enum {
	TRIES = 10,
	ENOUGH = 3, /* tries that could have shown the defect of kit/lazy.c, and did not */
	STARVED_TRIES = 2,
	LIMIT_MS = 2000, /* of all tries; each takes some 30 on a quiet machine */
	PROVEN_CALLS = 200,
	WITHIN_NS = 50000,
	LOOP_MS = 500,
};

struct reach {
	const struct conformance_case *test;
	int here, there;
	bool lazy;
};

/* What one try saw. */
struct reached {
	uint64_t calls, missed; /* calls with proof; those of them without any interrupt */
	enum cpu_kept kept;
	int error; /* ENODATA: interrupts cannot be counted per thread */
};

static int count_reached(struct crew *crew, const struct membarrier_step *fence, struct reached *reached)
{
	uint64_t end = now_ns() + LOOP_MS * NSEC_PER_MSEC;
	int cpu = crew->sibling[0].cpu;

	while (reached->calls < PROVEN_CALLS && now_ns() < end) {
		struct tally before, after;
		int ret = crew_order(crew, CREW_REPORT);

		crew_tally(crew, &before);
		bool ran = crew_running(crew, WITHIN_NS);
		long answer = sys_membarrier(fence->command, fence->flags, cpu);

		ran = ran && crew_running(crew, WITHIN_NS);
		ret = ret ? ret : crew_order(crew, CREW_REPORT);
		crew_tally(crew, &after);
		if (ret || answer < 0)
			return ret ? ret : (int)answer;
		if (!ran || after.involuntary != before.involuntary)
			continue;
		reached->calls++;
		reached->missed += after.interrupts == before.interrupts;
	}
	return reached->calls < PROVEN_CALLS ? -ETIMEDOUT : 0;
}

/*
 * The sibling is favoured, since another process on its CPU would end the defect,
 * but no real-time thread: on PREEMPT_RT the kernel's own threads need that CPU
 * for the grace period that registering waits for.
 */
static int start_sibling(const struct reach *reach, const struct count_plan *plan, struct crew *crew)
{
	return crew_start(crew, &reach->there, 1, plan, priority_apply(false, true));
}

static int start_late(const struct reach *reach, const struct count_plan *plan, struct crew *crew)
{
	int ret = thread_pin(reach->here);

	if (!ret)
		ret = start_sibling(reach, plan, crew);
	return ret ? ret : (int)sys_membarrier(reach->test->step[0].command, 0, 0);
}

static void one_try(void *argument, int answer)
{
	const struct reach *reach = argument;
	struct lazy lazy = { .here = reach->here,
			     .there = reach->there,
			     .registration = reach->test->step[0].command,
			     .threaded = reach->test->threaded };
	struct reached reached = { .kept = CPU_KEPT };
	struct count_plan plan;
	struct crew crew = { .siblings = 0 };

	count_plan_make(&plan);
	if (plan.source != COUNT_PERF)
		reached.error = -ENODATA;
	else if (!reach->lazy)
		reached.error = start_late(reach, &plan, &crew);
	else if (!(reached.error = lazy_register(&lazy)))
		reached.error = start_sibling(reach, &plan, &crew);
	if (!reached.error)
		reached.error = count_reached(&crew, &reach->test->step[1], &reached);
	if (reach->lazy && !reached.error)
		reached.kept = lazy_kept(&lazy);
	lazy_close(&lazy);
	if (crew.siblings)
		crew_stop(&crew);
	write_all(answer, &reached, sizeof(reached));
}

/* Others interrupt the sibling, too, so a command that reaches nobody seems to now and then. */
static void say_unreached(struct case_context *context, const struct reached *reached)
{
	snprintf(context->answer, sizeof(context->answer), "0, %s",
		 reached->missed * 2 > reached->calls ? "not interrupted" : "not interrupted by each call");
}

/*
 * One try that shows the defect is enough. One that does not counts only if it
 * could have: where the idle CPU ran another process meanwhile, and so forgot the
 * address space, or where that cannot be told, it is neither for nor against.
 */
static void reaches(struct case_context *context, bool lazy)
{
	struct reach reach = { .test = context->test, .lazy = lazy };
	int wanted = lazy ? ENOUGH : 1, good = 0, starved = 0, forgot = 0, unknown = 0;
	uint64_t over = now_ns() + LIMIT_MS * NSEC_PER_MSEC;
	struct child_end end;

	if (!case_two_cpus(&reach.here, &reach.there)) {
		case_skip(context, "only one CPU is allowed");
		return;
	}
	for (int i = 0; i < TRIES && good < wanted && starved < STARVED_TRIES && now_ns() < over; i++) {
		struct reached reached = { .error = -EIO };

		if (child_run(one_try, &reach, &reached, sizeof(reached), &end) != 0 ||
		    end.length != sizeof(reached) || reached.error == -ETIMEDOUT) {
			starved++;
		} else if (reached.error == -ENODATA) {
			case_skip(context, "interrupts cannot be counted per thread");
			return;
		} else if (reached.error) {
			case_say(context, reached.error, false);
			return;
		} else if (reached.missed) {
			say_unreached(context, &reached);
			return;
		} else {
			good += reached.kept == CPU_KEPT;
			forgot += reached.kept == CPU_FORGOT;
			unknown += reached.kept == CPU_KEPT_UNKNOWN;
		}
	}
	if (good == wanted)
		snprintf(context->answer, sizeof(context->answer), "0, interrupted");
	else
		case_skip(context, forgot  ? "the idle CPU ran other processes, which hides the defect" :
				   unknown ? "whether the idle CPU ran other processes cannot be told" :
					     "the sibling did not get to run");
}

/* The sibling runs when the process registers. */
void case_reaches_running(struct case_context *context)
{
	reaches(context, false);
}

/* The sibling starts on a CPU that held the address space lazily when the process registered. */
void case_reaches_lazy(struct case_context *context)
{
	reaches(context, true);
}
