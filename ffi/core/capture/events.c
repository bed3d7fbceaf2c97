/* Enables events by capability and hands their formats over. */
#include "capture/events.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/sys.h"
#include "protocol/frame.h"

static const char *const wanted[][2] = {
	/* senders: 6.4 (ipi_send_cpu, ipi_send_cpumask), csd since 6.4 */
	{ "ipi", "ipi_send_cpu" },
	{ "ipi", "ipi_send_cpumask" },
	{ "csd", "csd_queue_cpu" },
	{ "csd", "csd_function_entry" },
	{ "csd", "csd_function_exit" },
#if defined(__aarch64__)
	/* since 6.4 other kernels have these events as well (kernel/smp.c), but never pass them */
	{ "ipi", "ipi_raise" },
	{ "ipi", "ipi_entry" },
	{ "ipi", "ipi_exit" },
#elif defined(__powerpc64__)
	{ "powerpc", "doorbell_entry" },
	{ "powerpc", "doorbell_exit" },
#endif
	/* x86 */
	{ "irq_vectors", "call_function_entry" },
	{ "irq_vectors", "call_function_exit" },
	{ "irq_vectors", "call_function_single_entry" },
	{ "irq_vectors", "call_function_single_exit" },
	{ "irq_vectors", "reschedule_entry" },
	{ "irq_vectors", "reschedule_exit" },
	{ "irq_vectors", "irq_work_entry" },
	{ "irq_vectors", "irq_work_exit" },
	{ "irq_vectors", "local_timer_entry" },
	{ "irq_vectors", "local_timer_exit" },
	{ "irq", "irq_handler_entry" },
	{ "irq", "irq_handler_exit" },
	{ "irq", "softirq_entry" },
	{ "irq", "softirq_exit" },
	{ "sched", "sched_switch" },
	{ "sched", "sched_waking" },
	{ "tlb", "tlb_flush" },
	{ "powerpc", "tlbie" },
};
static const char *const processes[][2] = {
	{ "task", "task_newtask" },
	{ "task", "task_rename" },
	{ "sched", "sched_process_exit" },
};
enum { PROCESSES = sizeof(processes) / sizeof(processes[0]) };
enum { WANTED = sizeof(wanted) / sizeof(wanted[0]), FORMAT_MAX = 64 * 1024 };

/*
 * In the order of trust: what proves the path from the sender to its handler
 * comes first. A rung without an event does not exist on this architecture:
 * interrupts between CPUs pass irq:irq_handler_entry under a name of their own
 * only on ppc64le.
 */
static const struct {
	const char *group, *event, *name;
} ladders[] = {
	[LADDER_CSD] = { "csd", "csd_queue_cpu", "csd" },
#if defined(__aarch64__)
	[LADDER_IPI] = { "ipi", "ipi_entry", "ipi" },
#endif
	[LADDER_IRQ_VECTORS] = { "irq_vectors", "call_function_entry", "irq_vectors" },
#if defined(__powerpc64__)
	[LADDER_IRQ] = { "irq", "irq_handler_entry", "irq" },
#endif
	[LADDER_PROC] = { NULL, NULL, "proc-interrupts" },
};

const char *ladder_name(enum ladder ladder)
{
	return ladders[ladder].name;
}

static bool has_event(const struct instance *instance, const char *group, const char *event)
{
	uint64_t id;

	return tracefs_event_id(&instance->tracefs, group, event, &id) == 0;
}

static int enable(const struct instance *instance, const char *group, const char *event, struct json *names)
{
	char path[160], name[128];

	snprintf(path, sizeof(path), "events/%s/%s/enable", group, event);
	int ret = instance_write(instance, path, "1");

	snprintf(name, sizeof(name), "%s:%s", group, event);
	if (!ret)
		json_string(names, NULL, name);
	return ret;
}

/*
 * events_enable - enable what this kernel has; names are appended to a JSON array.
 *
 * System calls are enabled by events_filter_threads(). 0 or the first -errno.
 */
int events_enable(const struct instance *instance, enum ladder *ladder, struct json *names)
{
	int ret = 0;

	*ladder = LADDER_CSD;
	while (*ladder != LADDER_PROC &&
	       (!ladders[*ladder].event ||
		!has_event(instance, ladders[*ladder].group, ladders[*ladder].event)))
		(*ladder)++;
	for (int i = 0; i < WANTED && !ret; i++)
		if (has_event(instance, wanted[i][0], wanted[i][1]))
			ret = enable(instance, wanted[i][0], wanted[i][1], names);
	json_string(names, NULL, "raw_syscalls:sys_enter");
	json_string(names, NULL, "raw_syscalls:sys_exit");
	return ret;
}

static int filter_calls(const struct instance *instance, const char *filter)
{
	static const char *const events[] = { "sys_enter", "sys_exit" };
	int ret = 0;

	for (size_t i = 0; i < 2 && !ret; i++) {
		char path[96];

		snprintf(path, sizeof(path), "events/raw_syscalls/%s/filter", events[i]);
		ret = instance_write(instance, path, filter);
		snprintf(path, sizeof(path), "events/raw_syscalls/%s/enable", events[i]);
		ret = ret ? ret : instance_write(instance, path, "1");
	}
	return ret;
}

/*
 * events_filter_threads - trace system calls of these threads only, filtered in the kernel.
 *
 * -E2BIG where the filter would be longer than the kernel takes (a page).
 */
int events_filter_threads(const struct instance *instance, const int *tids, int n)
{
	char filter[4096];
	size_t length = 0;

	for (int i = 0; i < n; i++) {
		length += (size_t)snprintf(filter + length, sizeof(filter) - length, "%scommon_pid==%d",
					   i ? "||" : "", tids[i]);
		if (length >= sizeof(filter))
			return -E2BIG;
	}
	return filter_calls(instance, filter);
}

/* events_enable_processes - births, deaths and names of threads, for programs that make many. */
int events_enable_processes(const struct instance *instance, struct json *names)
{
	int ret = 0;

	for (int i = 0; i < PROCESSES && !ret; i++)
		if (has_event(instance, processes[i][0], processes[i][1]))
			ret = enable(instance, processes[i][0], processes[i][1], names);
	return ret;
}

/*
 * events_filter_calls - trace, of all threads, the system calls that interrupt others.
 *
 * Those that change mappings, membarrier, futexes, signals and affinity.
 */
int events_filter_calls(const struct instance *instance)
{
	static const long calls[] = { SYS_membarrier,
				      SYS_mprotect,
				      SYS_munmap,
				      SYS_mremap,
				      SYS_madvise,
				      SYS_mmap,
				      SYS_futex,
				      SYS_kill,
				      SYS_tkill,
				      SYS_tgkill,
				      SYS_rt_tgsigqueueinfo,
				      SYS_sched_setaffinity };
	char filter[1024];
	size_t length = 0;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		length += (size_t)snprintf(filter + length, sizeof(filter) - length, "%sid==%ld",
					   i ? "||" : "", calls[i]);
	return filter_calls(instance, filter);
}

static int send_text(const struct instance *instance, int out, const char *path, const char *name,
		     char *text)
{
	int n = instance_read(instance, path, text, FORMAT_MAX);

	return n < 0 ? n : frame_send_file(out, name, text, (size_t)n);
}

static int send_format(const struct instance *instance, int out, const char *const *event, char *text)
{
	char path[160], name[160];

	if (!has_event(instance, event[0], event[1]))
		return 0;
	snprintf(path, sizeof(path), "events/%s/%s/format", event[0], event[1]);
	snprintf(name, sizeof(name), "events/%s/%s.format", event[0], event[1]);
	return send_text(instance, out, path, name, text);
}

/* events_send_formats - header_page and the format of each enabled event, as files of the capture. */
int events_send_formats(const struct instance *instance, int out)
{
	char *text = malloc(FORMAT_MAX);
	int ret = text ? 0 : -ENOMEM;
	/* the formats are the same in every instance, but this file is only at the top */
	struct instance top = { .fd = instance->tracefs.fd };

	if (!ret)
		ret = send_text(&top, out, "events/header_page", "header_page", text);
	/* constant texts that events point to, such as the reasons of arm64's IPIs */
	if (!ret && send_text(&top, out, "printk_formats", "printk_formats", text) != 0)
		ret = frame_send_file(out, "printk_formats", "", 0);
	for (int i = 0; i < WANTED && !ret; i++)
		ret = send_format(instance, out, wanted[i], text);
	for (int i = 0; i < PROCESSES && !ret; i++)
		ret = send_format(instance, out, processes[i], text);
	for (int i = 0; i < 2 && !ret; i++) {
		static const char *const calls[][2] = { { "raw_syscalls", "sys_enter" },
							{ "raw_syscalls", "sys_exit" } };

		ret = send_format(instance, out, calls[i], text);
	}
	free(text);
	return ret;
}
