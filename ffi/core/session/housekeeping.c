/* Keeps the supervisor off the CPUs that are measured. */
#include "session/housekeeping.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <string.h>

enum { WORD_BITS = sizeof(unsigned long) * CHAR_BIT };

/*
 * housekeeping_pin - run on these CPUs only; 0, or -EINVAL when one of them is
 * offline or not this process's to use.
 */
int housekeeping_pin(struct housekeeping *h, const int *cpus, int count)
{
	unsigned long wanted[HOUSEKEEPING_WORDS] = { 0 }, got[HOUSEKEEPING_WORDS] = { 0 };

	if (!h->pinned) {
		memset(h->before, 0, sizeof(h->before));
		if (sched_getaffinity(0, sizeof(h->before), (cpu_set_t *)h->before) != 0)
			return -errno;
	}
	for (int i = 0; i < count; i++)
		wanted[(unsigned int)cpus[i] / WORD_BITS] |= 1ul << ((unsigned int)cpus[i] % WORD_BITS);
	if (sched_setaffinity(0, sizeof(wanted), (cpu_set_t *)wanted) != 0)
		return -errno;
	h->pinned = true;
	/* the kernel leaves out quietly what a cpuset does not allow */
	if (sched_getaffinity(0, sizeof(got), (cpu_set_t *)got) == 0 &&
	    memcmp(wanted, got, sizeof(got)) == 0)
		return 0;
	housekeeping_undo(h);
	h->pinned = false;
	return -EINVAL;
}

/* housekeeping_undo - the affinity that the session began with, for a worker. */
void housekeeping_undo(const struct housekeeping *h)
{
	if (h->pinned)
		sched_setaffinity(0, sizeof(h->before), (const cpu_set_t *)h->before);
}
