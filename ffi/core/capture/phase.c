/* One technique under the tracer: first with tracing off, then on. */
#include <errno.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "capture/capture.h"
#include "capture/events.h"
#include "kit/clock.h"
#include "kit/sys.h"
#include "protocol/json.h"

enum { WARM_UP = 16 };

/* One operation with proof; logged into memory when there is a recorder, without a system call. */
static int operate(const struct crew *crew, uint64_t proof_ns, struct fence *fence,
		   struct recorder *recorder, struct hist *hist, uint64_t *took)
{
	const struct technique *technique = fence->technique;
	int ret = technique->prepare ? technique->prepare(fence) : 0;
	bool before = crew_running(crew, proof_ns);
	uint64_t begin = boot_ns();

	ret = ret ? ret : technique->heavy(fence);
	uint64_t end = boot_ns();
	bool kept = before && crew_running(crew, proof_ns);

	*took = end - begin;
	if (kept)
		hist_add(hist, *took * 1000);
	if (recorder)
		recorder->log[recorder->logged++] = (struct operation){
			.begin_ns = begin,
			.end_ns = end,
			.tid = (uint32_t)sys_gettid(),
			.cpu = (uint32_t)sched_getcpu(),
			.technique = recorder->technique,
			.kept = kept,
			.id = recorder->next_id++,
		};
	return ret;
}

/* Real-time bursts need pauses, in tracing as elsewhere. */
static int rest(struct crew *crew, const struct duty *duty, uint64_t *burst)
{
	uint64_t now = now_ns();

	if (!duty->burst_ns || now - *burst < duty->burst_ns)
		return 0;
	int ret = crew_order(crew, CREW_PAUSE);

	sleep_ns(duty->pause_ns);
	*burst = now_ns();
	return ret ? ret : crew_order(crew, CREW_RUN);
}

static int operate_many(const struct capture_setup *setup, struct crew *crew, struct fence *fence,
			struct recorder *recorder, struct phase *phase, const struct instance *instance)
{
	struct hist *hist = recorder ? &phase->traced : &phase->untraced;
	uint64_t burst = now_ns(), end = burst + setup->seconds_ns;
	struct duty duty;
	int ret = 0;

	duty_choose(&duty, crew->priority);
	for (uint64_t i = 0; i < setup->ops && !ret && now_ns() < end; i++) {
		uint64_t took;

		ret = operate(crew, setup->proof_ns, fence, recorder, hist, &took);
		if (recorder && took > phase->worst_ns) {
			phase->worst_ns = took;
			phase->worst_id = recorder->next_id - 1;
		}
		if (recorder && setup->stop_above_ns && took > setup->stop_above_ns) {
			/* the buffer still holds what led to this operation */
			instance_tracing(instance, 0);
			phase->stopped = true;
			break;
		}
		ret = ret ? ret : rest(crew, &duty, &burst);
	}
	return ret;
}

/* Interrupts of the siblings so far, as they count themselves. */
static int count_perf(struct crew *crew, uint64_t *perf)
{
	struct tally tally;
	int ret = crew_order(crew, CREW_REPORT);

	crew_tally(crew, &tally);
	*perf = tally.interrupts;
	return ret;
}

/*
 * The same of their whole CPUs. Reading the file allocates and frees memory, for
 * which the kernel interrupts the siblings: keep it outside of count_perf().
 */
static uint64_t count_proc(const struct capture_setup *setup)
{
	uint64_t proc = 0;

	count_proc_interrupts(setup->sibling_cpus, setup->siblings, &proc);
	return proc;
}

/* The caller's own counters: TLB flushes, and cycles where the machine has a PMU. */
struct own_counters {
	struct counter flushes, cycles;
};

static bool open_cycles(struct counter *c)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_HW_CPU_CYCLES,
	};

	c->fd[0] = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	c->fds = c->fd[0] >= 0;
	return c->fds == 1;
}

/*
 * Opening and closing the counter of a tracepoint patches kernel code, for which
 * every CPU is interrupted: both belong outside of what is counted.
 */
static void own_open(struct own_counters *own, struct phase *phase)
{
	struct count_plan plan;

	phase->flushes_known = count_plan_event(&plan, "tlb", "tlb_flush") == 0 &&
			       counter_open(&own->flushes, &plan) == 0;
	phase->cycles_known = open_cycles(&own->cycles);
}

static void own_read(const struct own_counters *own, struct phase *phase, bool begin)
{
	uint64_t flushes = phase->flushes_known ? counter_read(&own->flushes) : 0;
	uint64_t cycles = phase->cycles_known ? counter_read(&own->cycles) : 0;

	phase->flushes = begin ? flushes : flushes - phase->flushes;
	phase->cycles = begin ? cycles : cycles - phase->cycles;
}

static void own_close(struct own_counters *own, const struct phase *phase)
{
	if (phase->flushes_known)
		counter_close(&own->flushes);
	if (phase->cycles_known)
		counter_close(&own->cycles);
}

static int traced(const struct capture_setup *setup, struct crew *crew, struct fence *fence,
		  const struct instance *instance, struct recorder *recorder, struct phase *phase)
{
	uint64_t perf[2] = { 0 }, proc, first = recorder->logged;
	struct own_counters own;
	int ret;

	recorder->tgid = getpid();
	recorder->tids = 0;
	for (int i = 0; i < crew->siblings && i < CREW_TIDS - 1; i++)
		recorder->tid[recorder->tids++] = crew->sibling[i].tid;
	recorder->tid[recorder->tids++] = sys_gettid();
	/*
	 * Filters and counters wait for the kernel's workers, which siblings that spin
	 * with real-time priority keep from running until the throttle strikes (1 s).
	 */
	ret = crew_order(crew, CREW_PAUSE);
	ret = ret ? ret : events_filter_threads(instance, recorder->tid, recorder->tids);
	own_open(&own, phase);
	ret = ret ? ret : crew_order(crew, CREW_RUN);
	ret = ret ? ret : instance_tracing(instance, 1);
	proc = count_proc(setup);
	ret = ret ? ret : count_perf(crew, &perf[0]);
	own_read(&own, phase, true);
	phase->begin_ns = boot_ns();
	ret = ret ? ret : operate_many(setup, crew, fence, recorder, phase, instance);
	phase->end_ns = boot_ns();
	own_read(&own, phase, false);
	ret = ret ? ret : count_perf(crew, &perf[1]);
	phase->proc_interrupts = count_proc(setup) - proc;
	instance_tracing(instance, 0);
	crew_order(crew, CREW_PAUSE);
	own_close(&own, phase);
	if (ret)
		return ret;
	phase->perf_interrupts = perf[1] - perf[0];
	phase->ops = recorder->logged - first;
	for (uint64_t i = first; i < recorder->logged; i++)
		phase->kept += recorder->log[i].kept;
	return 0;
}

static int with_crew(const struct capture_setup *setup, struct crew *crew, struct fence *fence,
		     const struct instance *instance, struct recorder *recorder, struct phase *phase)
{
	int targets[CREW_TIDS], ret = thread_pin(setup->caller_cpu);
	uint64_t took;

	prctl(PR_SET_NAME, CALLER_NAME);
	for (int i = 0; i < crew->siblings && i < CREW_TIDS; i++)
		targets[i] = crew->sibling[i].tid;
	fence->targets = targets;
	fence->ntargets = crew->siblings;
	if (!ret && crew->priority == PRIORITY_FIFO)
		ret = thread_fifo(2); /* above the siblings, so that affinity-walk gets in */
	for (int i = 0; i < WARM_UP && !ret; i++)
		ret = operate(crew, setup->proof_ns, fence, NULL, &phase->untraced, &took);
	hist_reset(&phase->untraced);
	ret = ret ? ret : operate_many(setup, crew, fence, NULL, phase, instance);
	ret = ret ? ret : traced(setup, crew, fence, instance, recorder, phase);
	return ret;
}

/*
 * phase_run - one technique: cost with tracing off, then on with everything recorded.
 *
 * 0, or -errno with `reason`. To be called in a process of its own, whose CPU,
 * priority and registrations it changes; the recorder must have room for
 * setup->ops operations.
 */
int phase_run(const struct capture_setup *setup, const struct technique *technique,
	      const struct instance *instance, const struct count_plan *plan, struct recorder *recorder,
	      struct phase *phase, char *reason, size_t room)
{
	bool late = technique->flags & TECHNIQUE_LATE;
	struct fence fence = { .technique = NULL };
	struct crew crew;

	memset(phase, 0, sizeof(*phase));
	hist_reset(&phase->untraced);
	hist_reset(&phase->traced);
	int ret = late ? 0 : fence_open(&fence, technique, setup->sibling_cpus[0], 10000);

	if (!ret) {
		ret = crew_start(&crew, setup->sibling_cpus, setup->siblings, plan,
				 priority_apply(setup->fifo, true));
		if (!ret && late)
			ret = fence_open(&fence, technique, setup->sibling_cpus[0], 10000);
		if (!ret)
			ret = with_crew(setup, &crew, &fence, instance, recorder, phase);
		crew_stop(&crew);
	}
	snprintf(reason, room, "%s", ret && fence.reason[0] ? fence.reason : ret ? errno_name(-ret) : "");
	phase->refused = ret && fence.refused;
	fence_close(&fence);
	return ret;
}
