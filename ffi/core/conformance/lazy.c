/*
 * Does an expedited membarrier reach a thread on a CPU that held the address
 * space lazily when the process registered?
 *
 * A CPU that goes idle keeps the last address space (lazy TLB). When the process
 * registers meanwhile with a single thread, sync_runqueues_membarrier_state()
 * updates the caller's runqueue only; when a thread then starts on the idle CPU,
 * membarrier_switch_mm() sees the same address space before and after and
 * returns early. rq->membarrier_state stays 0, and GLOBAL_EXPEDITED, which looks
 * at nothing else, leaves the CPU out: no barrier where one is promised (read in
 * kernel/sched/membarrier.c and sched.h since 227a4aadc75b, 5.4; measured on
 * 6.18). PRIVATE_EXPEDITED looks at rq->curr->mm and is not affected.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "conformance/case.h"
#include "kit/child.h"
#include "kit/clock.h"
#include "kit/crew.h"
#include "kit/sys.h"
#include "protocol/frame.h"
#include "protocol/json.h"

enum { TRIES = 5, PROVEN_CALLS = 200, SETTLE_MS = 2, WITHIN_NS = 50000, LOOP_MS = 500 };

struct reach {
	int registration, command, here, there;
};

/* What one try saw: calls during which the sibling demonstrably ran, and its interrupts. */
struct reached {
	uint64_t calls, interrupts;
	int error;
};

static void keep_busy(uint64_t ms)
{
	uint64_t end = now_ns() + ms * NSEC_PER_MSEC;

	while (now_ns() < end)
		;
}

static int count_reached(struct crew *crew, int command, struct reached *reached)
{
	uint64_t end = now_ns() + LOOP_MS * NSEC_PER_MSEC;

	while (reached->calls < PROVEN_CALLS && now_ns() < end) {
		struct tally before, after;
		int ret = crew_order(crew, CREW_REPORT);

		crew_tally(crew, &before);
		bool ran = crew_running(crew, WITHIN_NS);
		long answer = sys_membarrier(command, 0, 0);

		ran = ran && crew_running(crew, WITHIN_NS);
		ret = ret ? ret : crew_order(crew, CREW_REPORT);
		crew_tally(crew, &after);
		if (ret || answer < 0)
			return ret ? ret : (int)answer;
		if (!ran || after.involuntary != before.involuntary)
			continue;
		reached->calls++;
		reached->interrupts += after.interrupts - before.interrupts;
	}
	return reached->calls < PROVEN_CALLS ? -ETIMEDOUT : 0;
}

static void one_try(void *argument, int answer)
{
	const struct reach *reach = argument;
	struct reached reached = { 0 };
	struct count_plan plan;
	struct crew crew;

	count_plan_make(&plan);
	reached.error = plan.source == COUNT_PERF ? thread_pin(reach->there) : -ENODATA;
	if (!reached.error) {
		keep_busy(SETTLE_MS); /* there: the CPU has this address space, unregistered */
		reached.error = thread_pin(reach->here);
		keep_busy(SETTLE_MS); /* here, while the other CPU idles and keeps it */
	}
	if (!reached.error)
		reached.error = (int)sys_membarrier(reach->registration, 0, 0);
	if (!reached.error)
		reached.error = crew_start(&crew, &reach->there, 1, &plan, PRIORITY_NONE);
	if (!reached.error) {
		reached.error = count_reached(&crew, reach->command, &reached);
		crew_stop(&crew);
	}
	write_all(answer, &reached, sizeof(reached));
}

static bool two_cpus(struct reach *reach)
{
	unsigned long words[8192 / (8 * sizeof(unsigned long))] = { 0 };
	cpu_set_t *set = (cpu_set_t *)words;
	int found = 0;

	if (sched_getaffinity(0, sizeof(words), set) != 0)
		return false;
	for (int cpu = 0; cpu < 8192 && found < 2; cpu++)
		if (CPU_ISSET_S((size_t)cpu, sizeof(words), set))
			*(found++ ? &reach->there : &reach->here) = cpu;
	return found == 2;
}

/*
 * The other CPU may run something else in between and so forget the address
 * space, which hides the defect: one try that shows it is enough.
 */
static void reaches(struct case_context *context, int registration, int command)
{
	struct reach reach = { .registration = registration, .command = command };
	struct child_end end;
	bool seen = false;

	if (!two_cpus(&reach)) {
		case_skip(context, "only one CPU is allowed");
		return;
	}
	for (int i = 0; i < TRIES; i++) {
		struct reached reached = { 0 };

		if (child_run(one_try, &reach, &reached, sizeof(reached), &end) != 0 ||
		    end.length != sizeof(reached) || reached.error)
			continue;
		seen = true;
		if (reached.interrupts * 2 < reached.calls) {
			snprintf(context->answer, sizeof(context->answer), "0, not interrupted");
			return;
		}
	}
	if (seen)
		snprintf(context->answer, sizeof(context->answer), "0, interrupted");
	else
		case_skip(context,
			  "interrupts cannot be counted per thread, or the sibling did not get to run");
}

void case_global_reaches_lazy(struct case_context *context)
{
	reaches(context, MB_REGISTER_GLOBAL_EXPEDITED, MB_GLOBAL_EXPEDITED);
}

void case_private_reaches_lazy(struct case_context *context)
{
	reaches(context, MB_REGISTER_PRIVATE_EXPEDITED, MB_PRIVATE_EXPEDITED);
}
