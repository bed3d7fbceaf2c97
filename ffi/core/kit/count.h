/* Counting the interrupts that threads receive. */
#ifndef FENCELAB_COUNT_H
#define FENCELAB_COUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum count_source { COUNT_NONE, COUNT_PERF, COUNT_PROC };

enum { COUNT_EVENTS = 4 };

/* How interrupts are counted in this process; chosen once by count_plan_make(). */
struct count_plan {
	enum count_source source;
	int events;
	uint64_t id[COUNT_EVENTS];
	const char *name[COUNT_EVENTS];
	const char *filter[COUNT_EVENTS]; /* of the tracepoint's fields, or NULL */
	int error; /* -errno of what stands in the way of perf counting, 0 when it works */
	char reason[160];
};

/* One thread's perf counters, opened by itself. */
struct counter {
	int fd[COUNT_EVENTS];
	int fds;
};

int count_plan_make(struct count_plan *plan);
int count_plan_event(struct count_plan *plan, const char *group, const char *event);
const char *count_source_name(enum count_source source);
int counter_open(struct counter *c, const struct count_plan *plan);
uint64_t counter_read(const struct counter *c);
void counter_close(struct counter *c);
int count_proc_interrupts(const int *cpus, int n, uint64_t *total);
int count_proc_parse(const char *text, const int *cpus, int n, uint64_t *total);

#endif
