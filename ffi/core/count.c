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
#include "count.h"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "sys.h"
#include "tracefs.h"

/* Sets of tracepoints that show every inter-processor interrupt once, best first. */
static const struct event_set {
	const char *event[COUNT_EVENTS][2];
} sets[] = {
	/* x86 (arch/x86/include/asm/trace/irq_vectors.h) */
	{ { { "irq_vectors", "call_function_entry" },
	    { "irq_vectors", "call_function_single_entry" },
	    { "irq_vectors", "reschedule_entry" } } },
	/* arm, arm64 (arch/arm64/kernel/smp.c do_handle_IPI()) */
	{ { { "ipi", "ipi_entry" } } },
	/* ppc64le from 6.4: functions run on behalf of another CPU (kernel/smp.c) */
	{ { { "csd", "csd_function_entry" } } },
};

static int open_event(uint64_t id)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = id,
	};
	int fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int resolve(struct count_plan *plan, const struct tracefs *tracefs, const struct event_set *set)
{
	plan->events = 0;
	for (int i = 0; i < COUNT_EVENTS && set->event[i][0]; i++) {
		int ret = tracefs_event_id(tracefs, set->event[i][0], set->event[i][1],
					   &plan->id[plan->events]);

		if (ret)
			return ret;
		plan->name[plan->events++] = set->event[i][1];
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
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		plan->error = resolve(plan, &tracefs, &sets[i]);
		if (plan->error != -ENOENT)
			break;
	}
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
			 "perf_event_open refuses tracepoint counting (%s)",
			 errno_name(-plan->error));
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
		int fd = open_event(plan->id[i]);

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

/*
 * The rows that count inter-processor interrupts: labels of x86 (its TLB row is
 * a part of CAL), arm64 and ppc64le's doorbells; on ppc64le also the numbered
 * row whose name, the last word, is IPI.
 */
static int wanted_row(const char *label, size_t length, const char *end)
{
	static const char *const labels[] = { "CAL", "RES", "IPI0", "IPI1", "DBL" };
	const char *word = end;

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (strlen(labels[i]) == length && memcmp(labels[i], label, length) == 0)
			return 1;
	while (word > label && word[-1] != ' ')
		word--;
	return end - word >= 3 && memcmp(word, "IPI", 3) == 0;
}

/* Column of each CPU: the header names online CPUs only, so columns are not CPU numbers. */
static int column_of(const char *header, int cpu)
{
	char wanted[16];
	int column = 0;

	snprintf(wanted, sizeof(wanted), "CPU%d", cpu);
	for (const char *at = header; *at && *at != '\n';) {
		size_t blank = strspn(at, " \t"), length = strcspn(at + blank, " \t\n");

		at += blank;
		if (length == strlen(wanted) && memcmp(at, wanted, length) == 0)
			return column;
		if (length > 0)
			column++;
		at += length;
	}
	return -1;
}

static uint64_t sum_row(const char *numbers, const int *columns, int n)
{
	uint64_t total = 0;
	int column = 0;

	for (const char *at = numbers;; column++) {
		at += strspn(at, " ");
		if (*at < '0' || *at > '9')
			return total;
		char *end;
		uint64_t value = strtoull(at, &end, 10);

		at = end;
		for (int i = 0; i < n; i++)
			if (columns[i] == column)
				total += value;
	}
}

/* count_proc_parse - sum the IPI rows of /proc/interrupts over some CPUs; 0 or -ENODATA. */
int count_proc_parse(const char *text, const int *cpus, int n, uint64_t *total)
{
	int *columns = calloc((size_t)(n > 0 ? n : 1), sizeof(*columns));
	int rows = 0;

	if (!columns)
		return -ENOMEM;
	for (int i = 0; i < n; i++)
		columns[i] = column_of(text, cpus[i]);
	*total = 0;
	for (const char *line = strchr(text, '\n'); line && line[1]; line = strchr(line + 1, '\n')) {
		const char *name = line + 1 + strspn(line + 1, " ");
		size_t length = strcspn(name, ":\n");

		if (name[length] == ':' && wanted_row(name, length, name + strcspn(name, "\n"))) {
			*total += sum_row(name + length + 1, columns, n);
			rows++;
		}
	}
	free(columns);
	return rows ? 0 : -ENODATA;
}

/* count_proc_interrupts - the same from the file itself; 0 or -errno. */
int count_proc_interrupts(const int *cpus, int n, uint64_t *total)
{
	size_t cap = 256 * 1024, length = 0;
	char *text = malloc(cap);
	int fd = open("/proc/interrupts", O_RDONLY | O_CLOEXEC), ret = 0;

	if (!text || fd < 0) {
		ret = !text ? -ENOMEM : -errno;
		goto out;
	}
	for (;;) {
		if (length + 1 == cap) {
			char *grown = realloc(text, cap * 2);

			if (!grown) {
				ret = -ENOMEM;
				goto out;
			}
			text = grown;
			cap *= 2;
		}
		ssize_t got = read(fd, text + length, cap - 1 - length);

		if (got < 0)
			ret = -errno;
		if (got <= 0)
			break;
		length += (size_t)got;
	}
	text[length] = '\0';
	if (!ret)
		ret = count_proc_parse(text, cpus, n, total);
out:
	if (fd >= 0)
		close(fd);
	free(text);
	return ret;
}
