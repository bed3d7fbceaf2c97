/* Which processes a CPU has run: whether it may still hold the address space of one that left it. */
#ifndef FENCELAB_CPU_WATCH_H
#define FENCELAB_CPU_WATCH_H

#include <stddef.h>
#include <stdint.h>

struct cpu_watch {
	int fd;
	void *ring; /* perf's pages, NULL while nothing is watched */
	size_t size;
	uint64_t left; /* where the records begin that come after the process has left */
};

/* What became of the address space of a process that left the CPU. */
enum cpu_kept {
	CPU_KEPT, /* it is back, and besides it only kernel threads have run, which keep it */
	CPU_FORGOT, /* another process has run */
	CPU_KEPT_UNKNOWN, /* it has not come back, or there were more switches than were recorded */
};

int cpu_watch_open(struct cpu_watch *watch, int cpu);
void cpu_watch_left(struct cpu_watch *watch);
enum cpu_kept cpu_watch_kept(const struct cpu_watch *watch);
void cpu_watch_close(struct cpu_watch *watch);

#endif
