/*
 * Interrupts per thread by perf tracepoint counting, else per CPU by
 * /proc/interrupts.
 *
 * Events are counted where they arrive: a per-thread counter on the handler's
 * entry tracepoint goes up exactly when that thread was interrupted, whatever
 * other processes do to the CPU at other times. Each thread reads its own
 * counters: reading another CPU's counter would send that CPU an interrupt
 * (kernel/events/core.c, perf_event_read()), which would then be counted.
 */
#include "kit/count.h"

#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "kit/sys.h"
#include "kit/tracefs.h"
#include "protocol/json.h"

/*
 * Tracepoints that together show every inter-processor interrupt once, by
 * architecture. They are chosen by name and not by trial: since 6.4 every kernel
 * has ipi:ipi_entry (kernel/smp.c instantiates all of trace/events/ipi.h), but
 * only arm and arm64 ever pass it, and elsewhere it would count zero for ever.
 */
static const struct {
	const char *group, *event, *filter;
} events[] = {
#if defined(__x86_64__)
	/* arch/x86/include/asm/trace/irq_vectors.h */
	{ "irq_vectors", "call_function_entry", NULL },
	{ "irq_vectors", "call_function_single_entry", NULL },
	{ "irq_vectors", "reschedule_entry", NULL },
#elif defined(__aarch64__)
	/* arch/arm64/kernel/smp.c do_handle_IPI() */
	{ "ipi", "ipi_entry", NULL },
#else
	/*
	 * ppc64le: an ordinary interrupt whose handler is named IPI (sysdev/xics) or IPI-NODE
	 * (sysdev/xive/common.c), or, within a core of POWER8 and later, a doorbell.
	 */
	{ "irq", "irq_handler_entry", "name ~ \"IPI*\"" },
	{ "powerpc", "doorbell_entry", NULL },
#endif
};

static int open_event(uint64_t id, const char *filter)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = id,
	};
	int fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd >= 0 && filter && ioctl(fd, PERF_EVENT_IOC_SET_FILTER, filter) != 0) {
		int ret = -errno;

		close(fd);
		return ret;
	}
	return fd < 0 ? -errno : fd;
}

static int resolve(struct count_plan *plan, const struct tracefs *tracefs)
{
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		int ret = tracefs_event_id(tracefs, events[i].group, events[i].event,
					   &plan->id[plan->events]);

		if (ret)
			return ret;
		plan->filter[plan->events] = events[i].filter;
		plan->name[plan->events++] = events[i].event;
	}
	return 0;
}

/*
 * count_plan_make - choose how to count; always leaves a usable plan.
 *
 * Returns 0 for perf counting, else the -errno that stands in its way, with the
 * reason in words; the plan then says COUNT_PROC or, without a readable
 * /proc/interrupts, COUNT_NONE.
 */
int count_plan_make(struct count_plan *plan)
{
	struct tracefs tracefs;
	uint64_t ignored;
	int cpu = 0;

	memset(plan, 0, sizeof(*plan));
	plan->source = count_proc_interrupts(&cpu, 1, &ignored) == 0 ? COUNT_PROC : COUNT_NONE;
	plan->error = tracefs_open(&tracefs);
	if (plan->error) {
		snprintf(plan->reason, sizeof(plan->reason), "tracefs cannot be opened (%s)",
			 errno_name(-plan->error));
		return plan->error;
	}
	plan->error = resolve(plan, &tracefs);
	tracefs_close(&tracefs);
	if (plan->error) {
		plan->events = 0;
		snprintf(plan->reason, sizeof(plan->reason), "%s (%s)",
			 plan->error == -ENOENT ? "the kernel has no tracepoint on interrupt entry" :
						  "the tracepoint's number cannot be read",
			 errno_name(-plan->error));
		return plan->error;
	}
	struct counter trial;

	plan->error = counter_open(&trial, plan);
	if (plan->error) {
		plan->events = 0;
		snprintf(plan->reason, sizeof(plan->reason),
			 "perf_event_open refuses tracepoint counting (%s)", errno_name(-plan->error));
		return plan->error;
	}
	counter_close(&trial);
	plan->source = COUNT_PERF;
	return 0;
}

/* count_plan_event - a plan that counts one tracepoint only; 0 or -errno. */
int count_plan_event(struct count_plan *plan, const char *group, const char *event)
{
	struct tracefs tracefs;
	int ret = tracefs_open(&tracefs);

	memset(plan, 0, sizeof(*plan));
	if (ret)
		return ret;
	ret = tracefs_event_id(&tracefs, group, event, &plan->id[0]);
	tracefs_close(&tracefs);
	plan->name[0] = event;
	plan->events = ret ? 0 : 1;
	plan->source = ret ? COUNT_NONE : COUNT_PERF;
	return ret;
}

const char *count_source_name(enum count_source source)
{
	return source == COUNT_PERF ? "perf" : source == COUNT_PROC ? "proc-interrupts" : NULL;
}

/* counter_open - open the calling thread's counters; 0 or -errno with nothing left open. */
int counter_open(struct counter *c, const struct count_plan *plan)
{
	c->fds = 0;
	for (int i = 0; i < plan->events; i++) {
		int fd = open_event(plan->id[i], plan->filter[i]);

		if (fd < 0) {
			counter_close(c);
			return fd;
		}
		c->fd[c->fds++] = fd;
	}
	return 0;
}

/* counter_read - interrupts that this thread has received; only to be called by the thread itself. */
uint64_t counter_read(const struct counter *c)
{
	uint64_t total = 0;

	for (int i = 0; i < c->fds; i++) {
		uint64_t value = 0;

		if (read(c->fd[i], &value, sizeof(value)) == (ssize_t)sizeof(value))
			total += value;
	}
	return total;
}

void counter_close(struct counter *c)
{
	for (int i = 0; i < c->fds; i++)
		close(c->fd[i]);
	c->fds = 0;
}
