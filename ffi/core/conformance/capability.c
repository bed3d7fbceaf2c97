/*
 * Recognises what answers membarrier(2).
 *
 * EPERM on QUERY: the kernel never answers so (kernel/sched/membarrier.c), hence
 * a seccomp filter. SIGSYS: a filter that kills. ENOSYS: a kernel without the
 * call, unless it has the call's code, then a filter.
 */
#include "conformance/capability.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/child.h"
#include "kit/sys.h"
#include "protocol/frame.h"

struct query_answer {
	long mask;
	int mode; /* of seccomp */
};

static void query(void *argument, int answer)
{
	const enum membarrier_filter *filter = argument;
	struct query_answer reply = { .mask = seccomp_filter_membarrier(*filter) };

	if (reply.mask == 0)
		reply.mask = sys_membarrier(MB_QUERY, 0, 0);
	reply.mode = seccomp_mode();
	write_all(answer, &reply, sizeof(reply));
}

/*
 * kernel_has_membarrier - 1 if /proc/kallsyms defines the system call, 0 if it
 * only has the weak stub of a kernel without it, -1 if it cannot be told.
 */
static int kernel_has_membarrier(void)
{
	FILE *symbols = fopen("/proc/kallsyms", "re");
	char line[512];
	int answer = -1;

	if (!symbols)
		return -1;
	while (answer != 1 && fgets(line, sizeof(line), symbols)) {
		const char *kind = strchr(line, ' ');

		if (!kind || !strstr(kind, "sys_membarrier\n"))
			continue;
		/* COND_SYSCALL() leaves a weak symbol (W) where the call is configured out */
		answer = kind[1] == 'T' || kind[1] == 't' ? 1 : 0;
	}
	fclose(symbols);
	return answer;
}

static void explain_enosys(struct membarrier_capability *c, int mode)
{
	int has = kernel_has_membarrier();

	c->state = mode == 2 && has != 0 ? MEMBARRIER_FILTERED_ENOSYS : MEMBARRIER_ABSENT;
	c->doubtful = c->state == MEMBARRIER_FILTERED_ENOSYS && has < 0;
	snprintf(c->reason, sizeof(c->reason), "%s",
		 c->state == MEMBARRIER_ABSENT ?
			 "ENOSYS: the kernel is older than 4.3 or built without CONFIG_MEMBARRIER" :
		 has == 1 ?
			 "ENOSYS from a seccomp filter: the kernel has the call (kallsyms)" :
			 "ENOSYS under a seccomp filter; whether the kernel has the call cannot be told");
}

/*
 * membarrier_capability - ask in a process of its own, since the answer may be a kill.
 *
 * `filter` is installed in that process first (FILTER_NONE: ask as things are).
 */
void membarrier_capability(struct membarrier_capability *c, enum membarrier_filter filter)
{
	struct query_answer answer = { 0 };
	struct child_end end;
	int ret = child_run(query, &filter, &answer, sizeof(answer), &end);

	memset(c, 0, sizeof(*c));
	c->state = MEMBARRIER_ERROR;
	if (ret) {
		snprintf(c->reason, sizeof(c->reason), "no process could be made: %s", errno_name(-ret));
	} else if (end.signal == SIGSYS) {
		c->state = MEMBARRIER_FILTERED_KILL;
		snprintf(c->reason, sizeof(c->reason),
			 "a seccomp filter kills who calls membarrier (SIGSYS)");
	} else if (end.length != sizeof(answer)) {
		snprintf(c->reason, sizeof(c->reason), "the probe died of signal %d", end.signal);
	} else if (answer.mask >= 0) {
		c->state = MEMBARRIER_NATIVE;
		c->mask = answer.mask;
	} else if (answer.mask == -EPERM) {
		c->state = MEMBARRIER_FILTERED_EPERM;
		snprintf(c->reason, sizeof(c->reason),
			 "EPERM on QUERY, which the kernel never answers: a seccomp filter");
	} else if (answer.mask == -ENOSYS) {
		explain_enosys(c, answer.mode);
	} else {
		snprintf(c->reason, sizeof(c->reason), "QUERY answers %s", errno_name((int)-answer.mask));
	}
	if (c->state != MEMBARRIER_NATIVE)
		c->mask = answer.mask;
}

const char *membarrier_state_name(enum membarrier_state state)
{
	static const char *const names[] = {
		[MEMBARRIER_NATIVE] = "native",
		[MEMBARRIER_FILTERED_EPERM] = "filtered-eperm",
		[MEMBARRIER_FILTERED_ENOSYS] = "filtered-enosys",
		[MEMBARRIER_FILTERED_KILL] = "filtered-kill",
		[MEMBARRIER_ABSENT] = "absent",
		[MEMBARRIER_ERROR] = "error",
	};

	return names[state];
}
